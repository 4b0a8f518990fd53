"""What the commands share: options with one meaning everywhere, and how errors are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from indicated.criteria import load_library
from indicated.errors import ExitCode, IndicatedError, InputError
from indicated.messages import ENGLISH, languages
from indicated.model import Library, Reader
from indicated.report.paper import A4, SIZES
from indicated.serve.kept import kept_in


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors that a person can mend are printed as they are, with their exit code alone."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except IndicatedError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(int(error.exit_code))
        except BrokenPipeError:
            sys.exit(int(ExitCode.OK))

    return run


def today(_: click.Context, __: click.Parameter, text: str | None) -> date:
    """The as-of date: the one given, otherwise today."""
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f'"{text}" is not a date; write it as 2026-01-31') from None


as_of_option = click.option(
    "--as-of", callback=today, metavar="DATE",
    help="Judge as known on this day (2026-01-31); today when left out.",
)  # fmt: skip
policies_option = click.option(
    "--policies", "folders", multiple=True, metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A library folder of your own, beside the shipped one. May be given more than once.",
)  # fmt: skip
profile_option = click.option(
    "--profile", default="", metavar="NAME",
    help="A plan profile of the library; the article names its rules as the plan's.",
)  # fmt: skip
answers_option = click.option(
    "--answers", multiple=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Answers that a person gave to what was missing (see `indicated sheet`). May be given "
    "more than once.",
)  # fmt: skip
chart_option = click.option(
    "--chart", "charts", multiple=True, type=click.Path(path_type=Path), metavar="FILE_OR_FOLDER",
    help="The record: files of any format that docs/reading.md lists, or a folder of them. May be "
    "given more than once.",
)  # fmt: skip
closed_option = click.option(
    "--closed", is_flag=True, help="An appeal or audit: no more records will come."
)

reader_option = click.option(
    "--reader", default=Reader.CLINICIAN.value, show_default=True,
    type=click.Choice([r.value for r in Reader]),
    help="Which best describes who will read it. The verdicts, numbers and citations are the same.",
)  # fmt: skip
language_option = click.option(
    "--language", default=ENGLISH, show_default=True, type=click.Choice(languages()),
    help="The language of the article. Sentences of policies that nobody has translated stay in "
    "their own.",
)  # fmt: skip
paper_option = click.option(
    "--paper", default=A4, show_default=True, type=click.Choice(list(SIZES)),
    help="The size of the pages of a PDF or Word file.",
)  # fmt: skip
ocr_option = click.option(
    "--ocr", is_flag=True,
    help="Read scanned pages and pictures too; it needs the extra [ocr], and takes time.",
)  # fmt: skip


def library_of(folders: tuple[Path, ...]) -> Library:
    """The shipped library and the user's own folders, read once and then kept (serve/kept.py)."""
    return load_library(extra=folders, kept_in=kept_in(os.environ))


def needs(extra: str, *modules: str) -> None:
    """Raise `InputError` where the libraries that an extra brings are not installed."""
    if not all(find_spec(module) for module in modules):
        raise InputError(
            "this needs libraries that are not installed", do=f"pip install 'indicated[{extra}]'"
        )
