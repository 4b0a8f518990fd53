"""Files into a collection on the command line, with what became of each."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from indicated.evidence.bring import Brought, bring
from indicated.evidence.collection import Collection


def bring_in(
    place: Path, paths: Sequence[Path], total: int, given: Mapping[str, Any], *, again: bool
) -> int:
    """Bring files in, and say what came of it; gives how many could not be read."""
    done: list[Brought] = []
    screen = Console(stderr=True)
    with (
        Collection(place, create=True) as collection,
        Progress(console=screen, disable=not sys.stderr.isatty()) as progress,
    ):
        bar = progress.add_task("reading", total=total)
        for brought in bring(collection, paths, given, again=again):
            done.append(brought)
            progress.advance(bar)
            for said_of_it in (brought.failed, *brought.remarks):
                if said_of_it:
                    click.echo(f"{brought.path}: {said_of_it}", err=True)
        works, passages = collection.counts()
    failed = sum(bool(b.failed) for b in done)
    click.echo(
        f"{len(done)} files: {sum(b.new for b in done)} new works, "
        f"{sum(b.superseded for b in done)} superseded, "
        f"{sum(b.skipped for b in done)} files known before, {failed} failed"
    )
    click.echo(f"{place}: {works} works, {passages} passages")
    return failed
