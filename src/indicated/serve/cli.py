"""The command line. Rich output in a terminal, plain text in a pipe; exit codes in `errors`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from indicated import __version__
from indicated.assess import assess
from indicated.chart import chart_from_text, read_chart
from indicated.criteria import load_library
from indicated.errors import ExitCode, IndicatedError, InputError
from indicated.model import Assessment, Case, Chart, Library
from indicated.serve.output import FORMATS, render, write_file
from indicated.settings import Settings


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


def library_of(folders: tuple[Path, ...]) -> Library:
    """The shipped library and the user's own folders."""
    return load_library(extra=folders)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="indicated")
def main() -> None:
    """Is this treatment medically necessary, and the standard of care, for this patient?

    Computed from written criteria over the chart, offline. The output is a draft until a named
    reviewer signs it.
    """


@main.command("assess")
@click.argument("question")
@click.option(
    "--chart", "charts", multiple=True, type=click.Path(path_type=Path), metavar="FILE_OR_FOLDER",
    help="The record: text or Markdown files, or a folder of them. May be given more than once.",
)  # fmt: skip
@as_of_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default=None,
    help="md, html, json or text; guessed from the ending of -o, otherwise text.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write to this file instead of the screen.",
)  # fmt: skip
@click.option("--closed", is_flag=True, help="An appeal or audit: no more records will come.")
@profile_option
@policies_option
@reported
def assess_command(
    question: str,
    charts: tuple[Path, ...],
    as_of: date,
    form: str | None,
    output: Path | None,
    closed: bool,
    profile: str,
    folders: tuple[Path, ...],
) -> None:
    """Answer QUESTION about the record. "@file" reads the question from a file, "-" from standard
    input."""
    case = Case(_question(question), _chart(charts, closed), as_of, id="case")
    assessment = assess(case, library_of(folders), Settings(profile=profile, closed_record=closed))
    deliver(assessment, form, output)


def _question(text: str) -> str:
    if text == "-":
        return sys.stdin.read().strip()
    if text.startswith("@"):
        try:
            return Path(text[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise InputError(
                f"the question cannot be read: {reason}",
                text[1:],
                do="Check the path after the @, or give the question itself in quotes.",
            ) from None
    return text.strip()


def _chart(paths: tuple[Path, ...], closed: bool) -> Chart:
    return read_chart(paths, closed=closed) if paths else Chart(closed=closed)


def deliver(assessment: Assessment, form: str | None, output: Path | None) -> None:
    """Write the assessment to a file, or print it: for the eye in a terminal, plain in a pipe."""
    endings = {".html": "html", ".htm": "html", ".json": "json", ".md": "md"}
    form = form or (endings.get(output.suffix.lower()) if output else None) or "text"
    if output:
        write_file(output, render(assessment, "md" if form == "text" else form))
        click.echo(f"written: {output}", err=True)
    elif form == "text":
        from rich.markdown import Markdown

        console = Console()
        text = render(assessment, "md")
        console.print(Markdown(text)) if console.is_terminal else click.echo(text)
    else:
        click.echo(render(assessment, form))


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
@reported
def batch_command(
    cases: Path, output: Path, jobs: int, as_of: date, profile: str, folders: tuple[Path, ...]
) -> None:
    """Assess every line of CASES.jsonl (id, question, chart, and as_of if it differs)."""
    from rich.progress import Progress

    from indicated.bulk import already_done, read_lines, run_batch

    total = sum(1 for _ in read_lines(cases))
    done = len(already_done(output))
    wrong = 0
    settings = Settings(profile=profile)
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("assessing", total=total, completed=done)
        for result in run_batch(
            cases, output, library_of(folders), settings, as_of=as_of, jobs=jobs
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
    show_default=True, help="Where the page, the Markdown and the JSON go.",
)  # fmt: skip
@reported
def demo_command(folder: Path) -> None:
    """Assess the shipped case, print the article and write it as HTML, Markdown and JSON."""
    from indicated.serve.demo import demo_case

    assessment = assess(demo_case(), load_library())
    deliver(assessment, "text", None)
    for form in ("html", "md", "json"):
        write_file(folder / f"lung-transplant.{form}", render(assessment, form))
    click.echo(f"\nwritten: {folder}/lung-transplant.html (and .md, .json)", err=True)


from indicated.serve.policies import policy_group  # noqa: E402  (it needs the options above)

main.add_command(policy_group)

__all__ = ["chart_from_text", "main"]
