"""The question, the record and the settings of a command that assesses a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce, wraps
from pathlib import Path
from typing import Any

import click

from indicated.model import Case, Library
from indicated.serve.inputs import answers_of, asked, chart_of
from indicated.serve.options import (
    answers_option,
    as_of_option,
    chart_option,
    closed_option,
    library_of,
    ocr_option,
    policies_option,
    profile_option,
    reported,
)
from indicated.settings import Settings

_OPTIONS = (
    chart_option,
    answers_option,
    as_of_option,
    closed_option,
    ocr_option,
    profile_option,
    policies_option,
)


@dataclass(frozen=True)
class Given:
    """What the options came to. `ocr`: scanned pages of further files are read as well; `folders`:
    the library folders that were named."""

    library: Library
    case: Case
    settings: Settings
    ocr: bool
    folders: tuple[Path, ...] = ()


def on_a_case(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command on one case: it takes QUESTION and the options of the record, and is called with
    what they came to, `Given`, before its own options. Errors are shown as everywhere."""

    @reported
    @wraps(command)
    def run(
        question: str,
        charts: tuple[Path, ...],
        answers: tuple[Path, ...],
        as_of: date,
        closed: bool,
        ocr: bool,
        profile: str,
        folders: tuple[Path, ...],
        **own: Any,
    ) -> Any:
        library = library_of(folders)
        said = answers_of(answers, library.concepts)
        chart = chart_of(charts, closed=closed, ocr=ocr)
        case = Case(asked(question), chart, as_of, id="case", answers=said)
        settings = Settings(profile=profile, closed_record=closed)
        return command(Given(library, case, settings, ocr, folders), **own)

    # What is put around a command last stands first in its help.
    made = reduce(lambda inner, option: option(inner), reversed(_OPTIONS), run)
    return click.argument("question")(made)
