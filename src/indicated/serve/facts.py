"""`indicated facts`: what was read of a chart, for a person to inspect."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from indicated.assess import PROGRAM
from indicated.errors import ExitCode
from indicated.facts import read_facts
from indicated.model import Concepts
from indicated.report.facts_output import facts_to_json
from indicated.report.listing import Listing
from indicated.report.marked import to_marked_html
from indicated.serve.inputs import answers_of, chart_of
from indicated.serve.options import (
    answers_option,
    library_of,
    needs,
    ocr_option,
    policies_option,
    reported,
    today,
)
from indicated.serve.output import write_file

FORMATS = ("text", "json", "html")
ENDINGS = {".html": "html", ".htm": "html", ".json": "json"}
STYLES = {
    "head": "bold", "concept": "bold cyan", "quiet": "dim", "absent": "red", "possible": "yellow",
    "planned": "blue", "hypothetical": "magenta", "family": "magenta", "historical": "dim",
    "not_documented": "yellow",
}  # fmt: skip


@click.command("facts")
@click.argument(
    "charts", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CHART..."
)
@click.option(
    "--as-of", callback=today, metavar="DATE",
    help="A document without a date counts as written on this day (2026-01-31); today when left "
    "out.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default=None,
    help="text, json or html; guessed from the ending of -o, otherwise text.",
)  # fmt: skip
@click.option(
    "--html",
    "as_page",
    is_flag=True,
    help="The same as --format html: the chart as one page with every fact marked at its words.",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write to this file instead of the screen.",
)  # fmt: skip
@click.option(
    "--to-parquet", "table", metavar="FOLDER", default=None,
    type=click.Path(file_okay=False, path_type=Path),
    help="Read every CHART as a case of its own (a file, each entry of a folder, each patient of "
    "an NDJSON export) into one long table of facts (docs/bulk.md). A stopped run goes on.",
)  # fmt: skip
@click.option(
    "--jobs",
    "-j",
    default=1,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Charts read at the same time, with --to-parquet.",
)
@answers_option
@ocr_option
@policies_option
@reported
def facts_command(
    charts: tuple[Path, ...],
    as_of: date,
    form: str | None,
    as_page: bool,
    output: Path | None,
    table: Path | None,
    jobs: int,
    answers: tuple[Path, ...],
    ocr: bool,
    folders: tuple[Path, ...],
) -> None:
    """List what was read of CHART (files or folders): facts by concept, newest first, each with its
    words and their place; contradictions; and what was left unread.

    It shows the record's own words, names included: keep it as you keep the record.
    """
    concepts = library_of(folders).concepts
    if table:
        _to_table(charts, table, concepts, as_of, jobs)
        return
    chart = chart_of(charts, ocr=ocr)
    facts = read_facts(chart, concepts, as_of=as_of, answers=answers_of(answers, concepts))
    listing = Listing.of(chart, facts, concepts, as_of=as_of)
    form = "html" if as_page else form or (ENDINGS.get(output.suffix.lower()) if output else None)
    if output:
        write_file(output, _rendered(listing, form or "text"))
        click.echo(f"written: {output}", err=True)
    elif form in ("html", "json"):
        click.echo(_rendered(listing, form))
    else:
        _show(listing)


def _to_table(
    charts: tuple[Path, ...], out: Path, concepts: Concepts, as_of: date, jobs: int
) -> None:
    needs("bulk", "duckdb")
    from indicated.fact_files import SET_ASIDE, write_facts

    count = write_facts(charts, out, concepts, as_of, jobs=jobs)
    click.echo(
        f"{count.read} cases read ({count.facts} facts), {count.before} done before, "
        f"{count.set_aside} set aside, {count.partly} read in part: {out}",
        err=True,
    )
    if count.set_aside or count.partly:
        click.echo(f"why, by case: {out / SET_ASIDE}", err=True)
    if count.set_aside:
        sys.exit(int(ExitCode.PARTIAL))


def _rendered(listing: Listing, form: str) -> str:
    if form == "json":
        return json.dumps(facts_to_json(listing, program=PROGRAM), ensure_ascii=False, indent=2)
    if form == "html":
        return to_marked_html(listing, program=PROGRAM)
    return "\n".join(text for _, text in listing.lines()) + "\n"


def _show(listing: Listing) -> None:
    """For the eye in a terminal, plain in a pipe. A record's words are never taken for markup."""
    console = Console()
    if not console.is_terminal:
        click.echo(_rendered(listing, "text"), nl=False)
        return
    for style, text in listing.lines():
        console.print(Text(text, style=STYLES.get(style, "")))
