"""The command line. Rich output in a terminal, plain text in a pipe; exit codes in `errors`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from indicated import __version__
from indicated.assess import assess
from indicated.errors import ExitCode
from indicated.record_file import RecordFile, stamp, to_text
from indicated.serve.ask import ask_command
from indicated.serve.case import Given, on_a_case
from indicated.serve.check import check_command
from indicated.serve.collection import default_place, opening_option, own
from indicated.serve.facts import facts_command
from indicated.serve.later import LATER, Later
from indicated.serve.letter import letter_command
from indicated.serve.model.case import asked, rephrase_option, without_option
from indicated.serve.model.chosen import chosen, model_options
from indicated.serve.model.commands import model_group
from indicated.serve.model.confirm import confirm_command
from indicated.serve.options import (
    as_of_option,
    language_option,
    library_of,
    paper_option,
    policies_option,
    profile_option,
    reader_option,
    reported,
)
from indicated.serve.output import BYTES, FORMATS, can_print, deliver, save_form, write_file
from indicated.serve.policies import policy_group
from indicated.serve.sharing import log_group, publish_command, sign_command
from indicated.serve.sheet_command import sheet_command
from indicated.settings import Settings


@click.group(cls=Later, later=LATER, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="indicated")
def main() -> None:
    """Is this treatment medically necessary, and the standard of care, for this patient?

    Computed from written criteria over the chart, offline. The output is a draft until a named
    reviewer signs it.
    """


@main.command("assess")
@on_a_case
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default=None,
    help="text, md, html, json, pdf, docx or fhir; guessed from the ending of -o, otherwise text.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write to this file instead of the screen.",
)  # fmt: skip
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.json",
    help="Keep the case and what it came to in this file, for `indicated ask`; it holds the "
    "record.",
)  # fmt: skip
@click.option(
    "--with-chart", is_flag=True,
    help="Beside an HTML page also write the chart with every fact marked (OUT-chart.html): the "
    "page's citations open it at the words. It holds the record's own words, names included.",
)  # fmt: skip
@opening_option
@model_options
@without_option
@rephrase_option
@paper_option
@reader_option
@language_option
def assess_command(
    given: Given,
    form: str | None,
    output: Path | None,
    save: Path | None,
    with_chart: bool,
    place: Path | None,
    model: str,
    inside: bool,
    without_model: bool,
    rephrase: bool,
    paper: str,
    reader: str,
    language: str,
) -> None:
    """Answer QUESTION about the record. "@file" reads the question from a file, "-" from standard
    input."""
    settings = replace(given.settings, locale=language, reader=reader, paper=paper)
    beside = chosen(model, given.library, inside=inside)
    with own(place, given.library.concepts) as mine:
        if beside is None:
            assessment = assess(given.case, given.library, settings, literature=mine.literature)
        else:
            assessment = asked(
                given, settings, beside, without=without_model, rephrase=rephrase,
                literature=mine.literature,
            )  # fmt: skip
        opened = mine.sources(assessment.article)
    if save:
        folders = tuple(map(str, given.folders))
        made = assessment.case
        case = replace(
            given.case, proposed=made.proposed, pointed=made.pointed, rephrased=made.rephrased
        )
        kept = RecordFile(case, settings, stamp(assessment), given.turns, folders)
        write_file(save, to_text(kept))
        click.echo(f"saved: {save}", err=True)
    chart = given.library if with_chart else None
    deliver(assessment, form, output, chart, opened=opened, paper=settings.paper)


@main.command("batch")
@click.argument("cases", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path),
    metavar="RESULTS.jsonl", help="Results are appended; a run that was stopped goes on.",
)  # fmt: skip
@click.option("--jobs", "-j", default=1, show_default=True, type=click.IntRange(1, 256))
@as_of_option
@profile_option
@policies_option
@model_options
@reported
def batch_command(
    cases: Path,
    output: Path,
    jobs: int,
    as_of: date,
    profile: str,
    folders: tuple[Path, ...],
    model: str,
    inside: bool,
) -> None:
    """Assess every line of CASES.jsonl: id, question, chart; as_of where it differs; answers, laid
    out as on an answer sheet, where a person gave some."""
    from rich.progress import Progress

    from indicated.bulk import already_done, read_lines, run_batch

    total = sum(1 for _ in read_lines(cases))
    done = len(already_done(output))
    wrong = 0
    settings, library = Settings(profile=profile), library_of(folders)
    beside = chosen(model, library, inside=inside, jobs=jobs)
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("assessing", total=total, completed=done)
        for result in run_batch(
            cases, output, library, settings, as_of=as_of, jobs=jobs, beside=beside
        ):
            wrong += "error" in result
            progress.advance(bar)
    click.echo(
        f"{total} cases, {done} of them done before, {wrong} with errors: {output}", err=True
    )
    if wrong:
        sys.exit(int(ExitCode.PARTIAL))


@main.command("demo")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-output"),
    show_default=True, help="Where the page and the files go.",
)  # fmt: skip
@opening_option
@reported
def demo_command(folder: Path, place: Path | None) -> None:
    """Assess the shipped case, print the article and write it as HTML with its chart,
    Markdown and JSON, and where the extra [paper] is installed as PDF and Word. Where you have a
    collection of literature, its citations open the passages in it."""
    from indicated.serve.demo import demo_case

    library = library_of(())
    usual = default_place(os.environ)
    with own(place or (usual if usual.exists() else None), library.concepts) as mine:
        assessment = assess(demo_case(), library, literature=mine.literature)
        opened = mine.sources(assessment.article)
    deliver(assessment, "text", None)
    forms = ["html", "md", "json", *(BYTES if can_print() else ())]
    for form in forms:
        save_form(assessment, form, folder / f"lung-transplant.{form}", library, opened=opened)
    others = ", ".join(f".{form}" for form in forms[1:])
    click.echo(f"\nwritten: {folder}/lung-transplant.html (and {others})", err=True)


for command in (
    facts_command,
    ask_command,
    check_command,
    sheet_command,
    letter_command,
    sign_command,
    log_group,
    publish_command,
    policy_group,
    model_group,
):
    main.add_command(command)
model_group.add_command(confirm_command)
