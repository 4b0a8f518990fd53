"""`indicated evidence check --online`: what the registers say of identifiers, for people."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import Progress

from indicated.evidence.collection import Collection
from indicated.evidence.existence import (
    DIFFERS,
    EXISTS,
    MISSING,
    NO_REGISTER,
    UNKNOWN,
    Held,
    Stated,
    heed,
    held,
    stated,
)
from indicated.evidence.shipped import cited
from indicated.model import Library
from indicated.serve.online.allowed import client, require, service, shown
from indicated.serve.options import needs

SHOWN = 3  # of those that state an identifier
_FALLEN = {
    "retracted": "retracted", "concern": "an expression of concern", "superseded": "superseded",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to, for the exit code."""

    doubts: int  # identifiers that do not exist, bear another title, or whose work does not stand
    failed: int  # registers that did not answer


def allowed(online: bool) -> None:
    """Raise `InputError` where registers were asked for and may not be asked."""
    if online:
        would = "identifiers (PMID, PMCID, DOI, NCT number, set id) of works and cited sources"
        require(online, os.environ, f"{would}, to the registers that gave them out")
        needs("model", "httpx2")


def check_online(collection: Collection, library: Library, *, again: bool) -> Outcome:
    """Ask for every identifier of the collection and of the library's sources, mark works that do
    not stand, and print what an author may want to know."""
    from indicated.serve.online.registers import told

    things = stated(collection.works(), cited(library))
    failures: list[str] = []
    named = list(dict.fromkeys(s.named for s in things))
    screen = Console(stderr=True)
    with (
        client(again=again) as asking,
        Progress(console=screen, disable=not sys.stderr.isatty()) as progress,
    ):
        answers = told(asking, service, named, failures.append)
        said = dict(progress.track(answers, total=len(named), description="asking"))
    found = held(things, said)
    marked = heed(collection, found)
    lines = list(_doubts(found))
    for line in (*lines, *_confirmable(found), *_unknown(found)):
        click.echo(shown(line))
    for failure in failures:
        click.echo(f"error: {failure}", err=True)
    counts = Counter(h.verdict for h in found)
    told_of = ", ".join(f"{counts[v]} {_MANY[v]}" for v in (EXISTS, MISSING, DIFFERS, UNKNOWN))
    click.echo(f"{len(found)} identifiers: {told_of}; {len(marked)} works marked")
    click.echo(
        "That a record exists under its title does not say that it holds what is cited from it: "
        "nothing was marked as checked."
    )
    return Outcome(len(lines), len(failures))


_MANY = {
    EXISTS: "exist", MISSING: "do not exist", DIFFERS: "bear another title", UNKNOWN: "not known",
}  # fmt: skip


def _doubts(found: Sequence[Held]) -> Iterator[str]:
    for one in found:
        named, register = _named(one.stated), one.told.register
        has = next(iter(one.told.titles), "")
        if one.verdict == MISSING:
            yield f'does not exist: {named}: {register} has none; stated: "{one.stated.title}"'
        elif one.verdict == DIFFERS:
            yield f'title differs: {named}: stated: "{one.stated.title}"; {register}: "{has}"'
        if one.told.status != "current":
            yield f'{_FALLEN[one.told.status]}: {named}: {register}; "{has}"'


def _confirmable(found: Sequence[Held]) -> Iterator[str]:
    """Sources that a policy calls unverified, and that exist under their title."""
    for one in found:
        if one.verdict == EXISTS and one.compared and one.stated.checked == "unverified":
            yield (
                f'an author could confirm: {_named(one.stated)}: {one.told.register} has '
                f'"{one.told.titles[0]}", stated as unverified'
            )  # fmt: skip


def _unknown(found: Sequence[Held]) -> Iterator[str]:
    whys = Counter((h.stated.named[0], h.told.why) for h in found if h.verdict == UNKNOWN)
    for (kind, why), n in sorted(whys.items()):
        yield f"{'not asked' if why == NO_REGISTER else 'no answer'}: {n} {kind}: {why}"
    untitled = Counter(
        h.stated.named[0] for h in found if h.verdict == EXISTS and not h.compared
    )  # fmt: skip
    for kind, n in sorted(untitled.items()):
        yield f"exists, but its register gives no title to compare: {n} {kind}"


def _named(one: Stated) -> str:
    more = f" and {len(one.by) - SHOWN} more" if len(one.by) > SHOWN else ""
    return f"{' '.join(one.named)} ({', '.join(one.by[:SHOWN])}{more})"
