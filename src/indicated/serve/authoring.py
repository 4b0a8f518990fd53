"""`indicated policy new | concepts`: what an author needs before there is a policy to check."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from indicated.criteria import new_policy
from indicated.model import Concept
from indicated.serve.folders import folder_argument, load
from indicated.serve.options import reported


@click.command("new")
@click.argument("policy_id")
@click.argument(
    "folder", default=Path("my-library"), type=click.Path(file_okay=False, path_type=Path)
)
@reported
def new_command(policy_id: str, folder: Path) -> None:
    """Start a policy in FOLDER (my-library when left out): policy.yaml, examples.yaml and
    said.yaml (each criterion in words), with FILL-IN wherever its author decides."""
    for file in new_policy(policy_id, folder, date.today()):
        click.echo(file)
    click.echo(
        f"Next: replace every FILL-IN; `indicated policy check {folder}` lists what is left.",
        err=True,
    )


@click.command("concepts")
@click.argument("word")
@folder_argument
def concepts_command(word: str, folders: tuple[Path, ...]) -> None:
    """Find concepts by how a word of their id, label, names or codes begins; the name that fits is
    shown, an exact one first."""
    wanted = word.casefold().strip()
    known = load(folders).concepts.by_id.values()
    found = [(concept, name) for concept in known if (name := _named(concept, wanted))]
    for c, name in sorted(found, key=lambda f: _rank(f[1], wanted)):
        unit = f", in {c.unit}" if c.unit else ""
        under = f", under {', '.join(c.under)}" if c.under else ""
        as_ = "" if name in (c.id, c.label) else f'\tas "{name}"'
        click.echo(f"{c.id}\t{c.label} ({c.kind}{unit}{under}){as_}")
    if not found:
        click.echo(f'no concept speaks of "{word}"; define one in FOLDER/concepts', err=True)


def _named(concept: Concept, word: str) -> str:
    """The id, label, name or code of a concept that fits the word best; "" where none does."""
    codes = (code for of in concept.codes.values() for code in of)
    said = (concept.id, concept.label, *concept.names, *concept.abbreviations, *codes)
    begins = re.compile(rf"(?<!\w){re.escape(word)}")
    return min(
        (text for text in said if begins.search(text.casefold())),
        key=lambda text: _rank(text, word),
        default="",
    )


def _rank(text: str, word: str) -> int:
    """The very word first, then as a whole word, then at the beginning of one."""
    text = text.casefold()
    if text == word:
        return 0
    return 1 if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) else 2
