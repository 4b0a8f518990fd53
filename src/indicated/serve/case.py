"""The question, the record and the settings of a command that assesses a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce, wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from indicated.errors import InputError
from indicated.model import Case, Library, Turn
from indicated.record_file import held_by
from indicated.serve.inputs import answers_of, asked, chart_of
from indicated.serve.loaded import loaded
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

saved_option = click.option(
    "--saved", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.json",
    help="In place of QUESTION and the record: an assessment that was saved (`assess --save`), "
    "with what persons confirmed of it since. It is judged anew.",
)  # fmt: skip
_OPTIONS = (
    saved_option,
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
    turns: tuple[Turn, ...] = ()  # of a saved case: the talk since


def on_a_case(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command on one case: it takes QUESTION and the options of the record, or a saved case, and
    is called with what they came to, `Given`, before its own options. Errors are shown as
    everywhere."""

    @reported
    @wraps(command)
    def run(
        question: str | None,
        saved: Path | None,
        charts: tuple[Path, ...],
        answers: tuple[Path, ...],
        as_of: date,
        closed: bool,
        ocr: bool,
        profile: str,
        folders: tuple[Path, ...],
        **own: Any,
    ) -> Any:
        if saved is not None:
            others = {"QUESTION": question, "--chart": charts, "--answers": answers,
                      "--closed": closed, "--profile": profile,
                      "--as-of": _given("as_of")}  # fmt: skip
            return command(_kept(saved, folders, ocr, [k for k, v in others.items() if v]), **own)
        if question is None:
            raise InputError(
                "nothing is asked", do="Give the QUESTION, or --saved with a saved assessment."
            )
        library = library_of(folders)
        said = answers_of(answers, library.concepts)
        chart = chart_of(charts, closed=closed, ocr=ocr)
        case = Case(asked(question), chart, as_of, id="case", answers=said)
        settings = Settings(profile=profile, closed_record=closed)
        return command(Given(library, case, settings, ocr, folders), **own)

    # What is put around a command last stands first in its help.
    made = reduce(lambda inner, option: option(inner), reversed(_OPTIONS), run)
    return click.argument("question", required=False)(made)


def _given(option: str) -> bool:
    """Whether an option stands on the command line, and is not only its default."""
    source = click.get_current_context().get_parameter_source(option)
    return source is ParameterSource.COMMANDLINE


def _kept(file: Path, folders: tuple[Path, ...], ocr: bool, besides: list[str]) -> Given:
    """A case that was saved, as it stands by now."""
    if besides:
        raise InputError(
            f"a saved assessment has its own record, and {', '.join(besides)} was given as well",
            str(file),
            do="Leave that out, or leave out --saved.",
        )
    kept, library = loaded(file), library_of(folders)
    held_by(kept, library, str(file))
    return Given(library, kept.case, kept.settings, ocr, folders, kept.turns)
