"""What was given on the command line, as what the stories take."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from indicated.chart import read_chart
from indicated.errors import InputError
from indicated.facts.answers import load_answers
from indicated.model import Chart, Concepts, Fact


def asked(text: str) -> str:
    """The question itself, "@file" for one in a file, "-" for one on standard input."""
    if text == "-":
        return sys.stdin.read().strip()
    if not text.startswith("@"):
        return text.strip()
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(
            f"the question cannot be read: {reason}",
            text[1:],
            do="Check the path after the @, or give the question itself in quotes.",
        ) from None


def chart_of(paths: tuple[Path, ...], *, closed: bool = False, ocr: bool = False) -> Chart:
    """The record; an empty one where none was given."""
    return read_chart(paths, closed=closed, ocr=ocr) if paths else Chart(closed=closed)


def answers_of(files: tuple[Path, ...], concepts: Concepts) -> tuple[Fact, ...]:
    """What persons answered in these files; a sheet that nobody filled in is said to be one."""
    found: list[Fact] = []
    for file in files:
        said = load_answers(file, concepts)
        if not said:
            click.echo(f"note: {file}: no answer is filled in", err=True)
        found += said
    return tuple(found)
