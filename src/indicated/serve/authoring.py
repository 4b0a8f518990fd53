"""`indicated policy new | concepts`: what an author needs before there is a policy to check."""

from __future__ import annotations

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
    """Start a policy in FOLDER (my-library when left out): policy.yaml and examples.yaml, with
    FILL-IN wherever its author decides."""
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
    """Find concepts by a word of their id, label, names or codes."""
    found = [c for c in load(folders).concepts.by_id.values() if _speaks_of(c, word.casefold())]
    for c in found:
        unit = f", in {c.unit}" if c.unit else ""
        under = f", under {', '.join(c.under)}" if c.under else ""
        click.echo(f"{c.id}\t{c.label} ({c.kind}{unit}{under})")
    if not found:
        click.echo(f'no concept speaks of "{word}"; define one in FOLDER/concepts', err=True)


def _speaks_of(concept: Concept, word: str) -> bool:
    codes = (code for of in concept.codes.values() for code in of)
    said = (concept.id, concept.label, *concept.names, *concept.abbreviations, *codes)
    return any(word in text.casefold() for text in said)
