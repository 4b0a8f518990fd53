"""Renderings of an assessment, and writing them so that nothing is ever half there."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

import click

from indicated.errors import OutputError
from indicated.model import Assessment
from indicated.report import to_html, to_json, to_markdown

FORMATS = ("text", "md", "html", "json")


def render(assessment: Assessment, form: str) -> str:
    """The assessment as md, html or json text."""
    if form == "json":
        return json.dumps(to_json(assessment), ensure_ascii=False, indent=2)
    if form == "html":
        return to_html(assessment.article)
    return to_markdown(assessment.article)


def deliver(assessment: Assessment, form: str | None, output: Path | None) -> None:
    """Write the assessment to a file, or print it: for the eye in a terminal, plain in a pipe."""
    endings = {".html": "html", ".htm": "html", ".json": "json", ".md": "md"}
    form = form or (endings.get(output.suffix.lower()) if output else None) or "text"
    if output:
        write_file(output, render(assessment, "md" if form == "text" else form))
        click.echo(f"written: {output}", err=True)
    elif form == "text":
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console()
        text = render(assessment, "md")
        console.print(Markdown(text)) if console.is_terminal else click.echo(text)
    else:
        click.echo(render(assessment, form))


def write_file(path: Path, text: str) -> None:
    """Write the whole file or nothing: what was there before stays until the new one is complete.

    Raises `OutputError` with the reason (no such folder, no room, no right).
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise OutputError(
            f"the file cannot be written: {error.strerror}",
            str(path),
            "What was there before is untouched.",
            "Make room, or name a place where you may write.",
        ) from None
