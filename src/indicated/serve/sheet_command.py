"""`indicated sheet`: what is missing, as a sheet on which a person answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from indicated.assess import assess
from indicated.model import Case
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
from indicated.serve.output import write_file
from indicated.serve.sheet import answer_sheet
from indicated.settings import Settings


@click.command("sheet")
@click.argument("question")
@chart_option
@answers_option
@as_of_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.yaml",
    help="Write the sheet to this file instead of the screen.",
)  # fmt: skip
@closed_option
@ocr_option
@profile_option
@policies_option
@reported
def sheet_command(
    question: str,
    charts: tuple[Path, ...],
    answers: tuple[Path, ...],
    as_of: date,
    output: Path | None,
    closed: bool,
    ocr: bool,
    profile: str,
    folders: tuple[Path, ...],
) -> None:
    """Write the answer sheet of QUESTION: what the record leaves open, the fewest answers that
    settle it first, each with what either answer would change. Fill in what you know and give it to
    `indicated assess --answers`."""
    library = library_of(folders)
    said = answers_of(answers, library.concepts)
    chart = chart_of(charts, closed=closed, ocr=ocr)
    case = Case(asked(question), chart, as_of, id="case", answers=said)
    settings = Settings(profile=profile, closed_record=closed)
    sheet = answer_sheet(assess(case, library, settings), library)
    if output:
        write_file(output, sheet)
        click.echo(f"written: {output}", err=True)
    else:
        click.echo(sheet, nl=False)
