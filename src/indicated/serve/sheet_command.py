"""`indicated sheet`: what is missing, as a sheet on which a person answers."""

from __future__ import annotations

from pathlib import Path

import click

from indicated.serve.case import Given, on_a_case
from indicated.serve.model.case import judged, without_option
from indicated.serve.model.chosen import model_options
from indicated.serve.output import write_file
from indicated.serve.sheet import answer_sheet


@click.command("sheet")
@on_a_case
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.yaml",
    help="Write the sheet to this file instead of the screen.",
)  # fmt: skip
@model_options
@without_option
def sheet_command(
    given: Given, output: Path | None, model: str, inside: bool, without_model: bool
) -> None:
    """Write the answer sheet of QUESTION: what the record leaves open, the fewest answers that
    settle it first, each with what either answer would change. Fill in what you know and give it to
    `indicated assess --answers`."""
    assessment = judged(given, model, inside=inside, without=without_model)
    sheet = answer_sheet(assessment, given.library)
    if output:
        write_file(output, sheet)
        click.echo(f"written: {output}", err=True)
    else:
        click.echo(sheet, nl=False)
