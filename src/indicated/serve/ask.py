"""`indicated ask`: follow-up questions on top of an assessment that was saved."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from indicated.assess import assess
from indicated.followup import Reply
from indicated.model import Article, Turn
from indicated.record_file import RecordFile, drift, held_by, to_text
from indicated.report import answer_json, to_html, to_markdown
from indicated.serve.loaded import loaded
from indicated.serve.model.chosen import chosen, model_options
from indicated.serve.model.question import placed
from indicated.serve.options import library_of, policies_option, reported
from indicated.serve.output import write_file

LEAVE = frozenset({"", "exit", "quit", "q", "bye"})

ANSWERS = ("text", "md", "html", "json")  # how an answer can be written


@click.command("ask")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.json")
@click.argument("question", required=False)
@click.option(
    "--format", "form", type=click.Choice(ANSWERS), default="text", show_default=True,
    help="How the answer is written.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write the answer to this file instead of the screen.",
)  # fmt: skip
@click.option("--history", is_flag=True, help="Print the conversation so far, and ask nothing.")
@model_options
@policies_option
@reported
def ask_command(
    file: Path,
    question: str | None,
    form: str,
    output: Path | None,
    history: bool,
    model: str,
    inside: bool,
    folders: tuple[Path, ...],
) -> None:
    """Answer a follow-up QUESTION on the assessment in FILE.json (see `assess --save`): why, what
    if, what is missing, which dose, what a source says, what an appeal would need, and so on.
    Without a QUESTION, questions are read line by line. Each is kept in the file, with its
    answer."""
    kept = loaded(file)
    if history:
        for turn in kept.turns:
            _said(turn.follow_up.words, turn.answer, turn.at)
        return
    library = library_of(folders)
    held_by(kept, library, str(file))
    again = assess(kept.case, library, kept.settings)
    changed = drift(kept.standing, again)
    beside = chosen(model, library, inside=inside)
    for asked in [question] if question is not None else _lines(kept):
        reply = placed(
            asked, again, library, kept.settings, beside, turns=kept.turns, drift=changed
        )
        turn = Turn(datetime.now(UTC), reply.follow_up, reply.article)
        kept = replace(kept, turns=(*kept.turns, turn))
        write_file(file, to_text(kept))
        _deliver(reply, form, output)


def _lines(kept: RecordFile) -> Iterator[str]:
    """Questions as they are typed; an empty line or the end of input ends the conversation."""
    asking = sys.stdin.isatty()
    if asking:
        click.echo(f"{len(kept.turns)} questions so far. An empty line ends the conversation.")
    while True:
        if asking:
            click.echo("? ", nl=False)
        line = sys.stdin.readline()
        if line.strip().casefold() in LEAVE:
            return
        yield line.strip()


def _deliver(reply: Reply, form: str, output: Path | None) -> None:
    if form == "json":
        data: dict[str, Any] = answer_json(reply.follow_up, reply.article)
        text = json.dumps(data, ensure_ascii=False, indent=2)
    else:
        text = to_html(reply.article) if form == "html" else to_markdown(reply.article)
    if output:
        write_file(output, text)
        click.echo(f"written: {output}", err=True)
    elif form == "text":
        _said(reply.follow_up.words, reply.article)
    else:
        click.echo(text)


def _said(question: str, answer: Article, at: datetime | None = None) -> None:
    """A question and its answer, for the eye in a terminal, plain in a pipe."""
    from rich.markdown import Markdown

    console, text = Console(), to_markdown(answer)
    head = f"{at:%Y-%m-%d %H:%M} UTC  {question}" if at else question
    click.echo(f"\n? {head}\n")
    console.print(Markdown(text)) if console.is_terminal else click.echo(text)
