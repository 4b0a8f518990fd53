"""`indicated check`: a letter, an article or a model's answer, held against a record."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from indicated.claims import check_text
from indicated.errors import ExitCode, InputError
from indicated.model import Case, ClaimStanding
from indicated.report import check_json, write_check
from indicated.serve.collection import own
from indicated.serve.inputs import asked, chart_of
from indicated.serve.options import (
    as_of_option,
    chart_option,
    closed_option,
    language_option,
    library_of,
    ocr_option,
    paper_option,
    policies_option,
    profile_option,
    reported,
)
from indicated.serve.output import ENDINGS, FORMATS, deliver, write_file
from indicated.settings import Settings

AS_WRITTEN = frozenset({".txt", ".md", ""})  # read as it is, so that offsets are those of the file
WRONG = (ClaimStanding.CONTRADICTED, ClaimStanding.NUMBER, ClaimStanding.ARITHMETIC)


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path), metavar="TEXT_FILE")
@chart_option
@click.option(
    "--question", "question", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The question that the text answers; when left out, it is made from the treatments on "
    "which the text gives a verdict.",
)  # fmt: skip
@as_of_option
@closed_option
@ocr_option
@profile_option
@policies_option
@click.option(
    "--format", "form", type=click.Choice([f for f in FORMATS if f != "fhir"]), default=None,
    help="Guessed from the ending of -o, otherwise text.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write to this file instead of the screen.",
)  # fmt: skip
@click.option(
    "--with-chart", is_flag=True,
    help="Beside an HTML page also write the chart with every fact marked (OUT-chart.html): the "
    "page's citations open it at the words. It holds the record's own words, names included.",
)  # fmt: skip
@click.option(
    "--strict", is_flag=True,
    help="End with exit code 9 where a sentence is contradicted, or gives another number.",
)  # fmt: skip
@click.option(
    "--collection", "place", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Your collection of literature: what the text says of a treatment is held against its "
    "passages too; beside an HTML page also write the sources (OUT-sources.html).",
)  # fmt: skip
@paper_option
@language_option
@reported
def check_command(
    file: Path,
    charts: tuple[Path, ...],
    question: Path | None,
    as_of: date,
    closed: bool,
    ocr: bool,
    profile: str,
    folders: tuple[Path, ...],
    form: str | None,
    output: Path | None,
    with_chart: bool,
    strict: bool,
    place: Path | None,
    paper: str,
    language: str,
) -> None:
    """Hold TEXT_FILE ("-": standard input) against the record and the library, sentence by
    sentence: supported, contradicted, another number, wrong arithmetic, overstated, no source, or
    not found; and name the warnings that it leaves out. A text that was checked is no part of the
    record."""
    library = library_of(folders)
    words = asked(f"@{question}") if question else ""
    chart = chart_of(charts, closed=closed, ocr=ocr)
    settings = Settings(profile=profile, closed_record=closed, locale=language)
    title = "" if str(file) == "-" else file.stem
    case = Case(words, chart, as_of, id="case")
    text = _text(file, ocr=ocr)
    with own(place, library.concepts) as mine:
        checked = check_text(text, case, library, settings, title=title, passages=mine.passages)
        article = write_check(checked, library, language=language)
        opened = mine.sources(article)
    form = form or (ENDINGS.get(output.suffix.lower()) if output else None) or "text"
    if form == "json":
        data = json.dumps(check_json(checked, article), ensure_ascii=False, indent=2)
        write_file(output, data) if output else click.echo(data)
    else:
        told = replace(checked.assessment, article=article)
        beside = library if with_chart else None
        deliver(told, form, output, beside, opened=opened, paper=paper)
    if strict and any(c.standing in WRONG for c in checked.claims):
        sys.exit(int(ExitCode.CLAIMS))


def _text(file: Path, *, ocr: bool) -> str:
    """The words of the text to check, from any format that a chart may have."""
    if str(file) == "-":
        return sys.stdin.read()
    if file.suffix.lower() in AS_WRITTEN:
        return asked(f"@{file}")
    read = chart_of((file,), ocr=ocr)
    if not read.documents:
        why = read.unread[0] if read.unread else "it has no words"
        raise InputError("the text to check cannot be read", str(file), why)
    return "\n\n".join(d.text for d in read.documents)
