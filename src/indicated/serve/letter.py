"""`indicated letter`: letters and forms from one assessment."""

from __future__ import annotations

from pathlib import Path

import click

from indicated.errors import InputError
from indicated.letters import letter
from indicated.model import Assessment
from indicated.report.letters import LETTERS, about, blanks, load_letterhead
from indicated.serve.case import Given, on_a_case
from indicated.serve.inputs import chart_of
from indicated.serve.model.case import judged, unconfirmed, unconfirmed_items, without_option
from indicated.serve.model.chosen import model_options
from indicated.serve.options import language_option, paper_option
from indicated.serve.output import FORMATS, deliver


@click.command("letter")
@click.argument("kind", type=click.Choice(list(LETTERS)))
@on_a_case
@click.option(
    "--denial", "denials", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="For an appeal: the denial, in any format that a chart may have.",
)  # fmt: skip
@click.option(
    "--with", "letterhead", type=click.Path(dir_okay=False, path_type=Path),
    metavar="LETTERHEAD.yaml",
    help="Sender, recipient, member and the plan's own texts (docs/letters.md). What it leaves out "
    "stands in the letter as a marked blank.",
)  # fmt: skip
@click.option(
    "--item", type=click.IntRange(min=1), metavar="N",
    help="The item that the letter is about, by its number in the article; the first that is asked "
    "for when left out.",
)  # fmt: skip
@click.option("--final", is_flag=True, help="Refuse the letter while it has a blank left to fill, "
              "or rests on what a model proposed and nobody confirmed.")  # fmt: skip
@model_options
@without_option
@language_option
@paper_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default=None,
    help="Guessed from the ending of -o, otherwise text.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write to this file instead of the screen.",
)  # fmt: skip
def letter_command(
    given: Given,
    kind: str,
    denials: tuple[Path, ...],
    letterhead: Path | None,
    item: int | None,
    final: bool,
    model: str,
    inside: bool,
    without_model: bool,
    language: str,
    paper: str,
    form: str | None,
    output: Path | None,
) -> None:
    """Write a letter of KIND on QUESTION: necessity (refused where the record does not carry it),
    appeal, notice (of a determination), request (for information) or peer-to-peer (a sheet to
    prepare the call). It says nothing that the article of the same case does not support."""
    if denials and kind != "appeal":
        raise InputError("only an appeal answers a denial", do="Leave out --denial.")
    fields = load_letterhead(letterhead) if letterhead else None
    assessment = judged(given, model, inside=inside, without=without_model)
    denial = chart_of(denials, ocr=given.ocr) if denials else None
    written = letter(
        kind, assessment, given.library,
        letterhead=fields, denial=denial, item=item, language=language,
    )  # fmt: skip
    _others(kind, assessment, item)
    _unfilled(written, final=final)
    _proposed(written, final=final)
    deliver(written, form, output, paper=paper)


def _others(kind: str, assessment: Assessment, item: int | None) -> None:
    """Say which items the letter leaves out, and how to ask for them."""
    chosen = about(kind, assessment.determinations, item)
    n, of = len(chosen), len(assessment.determinations)
    if item is None and n < of:
        place = assessment.determinations.index(chosen[0]) + 1
        note = f"note: the letter is about item {place} of {of}; --item takes another"
        click.echo(note, err=True)


def _unfilled(written: Assessment, *, final: bool) -> None:
    """Say what a person must still fill in; refuse where the letter was to be final."""
    left = blanks(written.article)
    if left and final:
        listed = "\n  ".join(left)
        raise InputError(
            f"{len(left)} blank(s) are left to fill:\n  {listed}",
            why="A letter with a blank must not leave.",
            do="Fill them in the letterhead file (--with), or leave out --final.",
        )
    if left:
        click.echo(f"note: {len(left)} blank(s) are left to fill in", err=True)


def _proposed(written: Assessment, *, final: bool) -> None:
    """Say where the letter rests on what only a model pointed at; refuse a final one."""
    left = [f"{f.concept}, {f.assertion.value}" for f in unconfirmed(written)]
    left += [f"{i.words}, asked for" for i in unconfirmed_items(written)]
    if left and final:
        listed = "\n  ".join(left)
        raise InputError(
            f"{len(left)} statement(s) were proposed by a model, and no person has confirmed them:"
            f"\n  {listed}",
            why="Whoever signs the letter answers for them.",
            do="Save the assessment (`assess --save`), confirm them (`model confirm`), and write "
            "the letter with --saved; or write it without the model.",
        )
    if left:
        note = f"note: {len(left)} statement(s) were proposed by a model; no person confirmed them"
        click.echo(note, err=True)
