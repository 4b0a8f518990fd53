"""Renderings of an assessment, and writing them so that nothing is ever half there."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import click

from indicated.errors import OutputError
from indicated.model import Assessment, Library, Opened
from indicated.report import to_docx, to_fhir, to_html, to_json, to_markdown, to_pdf
from indicated.report.draw import can_draw
from indicated.report.listing import Listing
from indicated.report.marked import anchor, to_marked_html
from indicated.report.page import blocks_of
from indicated.report.paper import A4
from indicated.report.sources import place_of, to_sources_html

FORMATS = ("text", "md", "html", "json", "pdf", "docx", "fhir")
BYTES = ("pdf", "docx")  # no text: they go to a file
ENDINGS = {
    ".html": "html", ".htm": "html", ".json": "json", ".md": "md", ".pdf": "pdf", ".docx": "docx",
}  # fmt: skip


def render(
    assessment: Assessment,
    form: str,
    *,
    chart: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
    paper: str = A4,
) -> str | bytes:
    """The assessment in one of `FORMATS`; text is Markdown.

    `chart` and `sources`: where the words of a printed label, and the passages behind a
    reference's, stand in a page beside this one, for HTML;
    `paper`: its size, for PDF and Word.
    Raises `OutputError` where a library that a form needs is not installed.
    """
    article = assessment.article
    match form:
        case "json":
            return json.dumps(to_json(assessment), ensure_ascii=False, indent=2)
        case "fhir":
            return json.dumps(to_fhir(article), ensure_ascii=False, indent=2)
        case "html":
            return to_html(article, chart=chart, sources=sources)
        case "pdf":
            return to_pdf(article, size=paper)
        case "docx":
            return to_docx(article, size=paper)
    return to_markdown(article)


def can_print() -> bool:
    """Whether the extra [paper] is installed."""
    return all(find_spec(name) for name in ("docx", "typst"))


def lacks_pictures(assessment: Assessment, form: str) -> bool:
    """Whether the form would show pictures that nothing here can draw."""
    drawn = form in ("html", "pdf", "docx") and not can_draw()
    return drawn and any(b.figure for s in assessment.article.sections for b in blocks_of(s))


def chart_page(assessment: Assessment, library: Library, path: Path) -> tuple[str, dict[str, str]]:
    """The chart with every fact marked, to stand beside the article at `path`; and for each
    printed label of the article where its words stand there."""
    case = assessment.case
    listing = Listing.of(case.chart, assessment.facts, library.concepts, as_of=case.as_of)
    text = to_marked_html(listing, program=assessment.article.program, article=path.name)
    beside = chart_path(path).name
    places = {
        label: f"{beside}#{name}"
        for label, source in assessment.article.record
        if f'id="{(name := anchor(source))}"' in text
    }
    return text, places


def chart_path(path: Path) -> Path:
    """Where the chart of the article at `path` goes."""
    return path.with_name(f"{path.stem}-chart.html")


def sources_path(path: Path) -> Path:
    """Where the sources of the article at `path` go."""
    return path.with_name(f"{path.stem}-sources.html")


def save_form(
    assessment: Assessment,
    form: str,
    path: Path,
    beside: Library | None = None,
    *,
    opened: Mapping[str, Opened] | None = None,
    paper: str = A4,
) -> None:
    """Write one form of the assessment; beside a page, where wanted, the chart that it cites, and
    the sources that were opened (by the label of their reference)."""
    if lacks_pictures(assessment, form):
        click.echo("without pictures: they need pip install 'indicated[pictures]'", err=True)
    chart = sources = None
    if opened and form == "html":
        program = assessment.article.program
        text = to_sources_html(opened, program=program, article=path.name)
        write_file(sources_path(path), text)
        sources = {label: f"{sources_path(path).name}#{place_of(label)}" for label in opened}
        click.echo(f"written: {sources_path(path)} ({len(opened)} sources)", err=True)
    if beside and form == "html":
        text, chart = chart_page(assessment, beside, path)
        write_file(chart_path(path), text)
        click.echo(f"written: {chart_path(path)} (holds the record's own words)", err=True)
    write_file(path, render(assessment, form, chart=chart, sources=sources, paper=paper))


def deliver(
    assessment: Assessment,
    form: str | None,
    output: Path | None,
    beside: Library | None = None,
    *,
    opened: Mapping[str, Opened] | None = None,
    paper: str = A4,
) -> None:
    """Write the assessment to a file, or print it: for the eye in a terminal, plain in a pipe."""
    form = form or (ENDINGS.get(output.suffix.lower()) if output else None) or "text"
    if output:
        save_form(assessment, form, output, beside, opened=opened, paper=paper)
        click.echo(f"written: {output}", err=True)
    elif form in BYTES:
        raise OutputError(f"{form} is no text for a screen", do="Name a file with -o.")
    elif form == "text":
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console()
        text = str(render(assessment, "md"))
        console.print(Markdown(text)) if console.is_terminal else click.echo(text)
    else:
        click.echo(render(assessment, form))


def write_file(path: Path, content: str | bytes | Iterable[bytes]) -> None:
    """Write the whole file or nothing: what was there before stays until the new one is complete.
    What comes in pieces is written as they come.

    Raises `OutputError` with the reason (no such folder, no room, no right).
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as out:
            text = content.encode("utf-8") if isinstance(content, str) else content
            out.writelines([text] if isinstance(text, bytes) else text)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise OutputError(
            f"the file cannot be written: {error.strerror}",
            str(path),
            "What was there before is untouched.",
            "Make room, or name a place where you may write.",
        ) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
