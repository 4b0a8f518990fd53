"""`indicated evidence check`: whether a collection is whole, and what must be looked at again where
a source does not stand any more: policies, and what rests on them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from indicated.errors import ExitCode, InputError
from indicated.evidence.collection import Collection
from indicated.evidence.links import Doubt, check_policy
from indicated.rests_on import rests_on
from indicated.serve.collection import collection_option
from indicated.serve.listed import line_of
from indicated.serve.online.allowed import online_option
from indicated.serve.online.checking import Outcome, allowed, check_online
from indicated.serve.options import library_of, policies_option, reported

LARGEST = 200_000_000  # bytes of a file that is looked into


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@collection_option
@policies_option
@online_option
@click.option("--again", is_flag=True, help="With --online: ask for what was asked within a day.")
@reported
def check_command(
    files: tuple[Path, ...], place: Path, folders: tuple[Path, ...], online: bool, again: bool
) -> None:
    """Whether the collection's file is whole, which works do not stand any more, and which policies
    must be looked at again for that: a source retracted or superseded, words quoted from it that
    do not stand in it.

    FILES are assessments that were saved (`assess --save`) or written as JSON, or folders with
    such: those that rest on such a source are named.

    With --online also whether the identifiers of works and of the library's sources exist, under
    the title that is stated, and stand; works that do not are marked."""
    allowed(online)
    library = library_of(folders)
    with Collection(place) as collection:
        problems = collection.damage()
        asked = check_online(collection, library, again=again) if online else Outcome(0, 0)
        fallen = [w for w in collection.works() if w.status != "current"]
        works, passages = collection.counts()
        bound = {p.id: check_policy(collection, p) for p in library.policies.values()}
        doubts = {id: b.doubts for id, b in bound.items()}
        looked = list(_looked_into(files, collection, doubts))
    for line in (*problems, *map(line_of, fallen)):
        click.echo(line)
    for d in (d for b in bound.values() for d in b.doubts):
        click.echo(f"{d.policy}: {d.key}: {d.says}")
    click.echo(f"{works} works, {passages} passages: {'damaged' if problems else 'whole'}")
    click.echo(
        f"{sum(b.sources for b in bound.values())} sources of "
        f"{sum(b.sources > 0 for b in bound.values())} policies are in it; "
        f"{sum(b.quotes for b in bound.values())} quotations stand; "
        f"{sum(len(b.doubts) for b in bound.values())} to look at"
    )
    resting = _told(looked) if files else 0
    if problems:
        sys.exit(int(ExitCode.INPUT))
    if resting or asked.doubts or any(doubts.values()):
        sys.exit(int(ExitCode.POLICY))
    if asked.failed or any(isinstance(found, InputError) for _, found in looked):
        sys.exit(int(ExitCode.PARTIAL))


Looked = tuple[Path, "tuple[Doubt, ...] | InputError"]


def _looked_into(
    files: Sequence[Path], collection: Collection, doubts: dict[str, tuple[Doubt, ...]]
) -> Iterator[Looked]:
    """Each file with what it rests on; what cannot be read is told and the rest goes on."""
    for given in files:
        inside = sorted(given.rglob("*.json")) if given.is_dir() else [given]
        for file in inside:
            try:
                found = rests_on(_text(file), str(file), collection, doubts)
            except InputError as error:
                yield file, error
                continue
            if found is not None:
                yield file, found
            elif not given.is_dir():
                yield (
                    file,
                    InputError(
                        "this is no assessment",
                        str(file),
                        "What it rests on cannot be told.",
                        "Name a file of `assess --save`, or of `assess --format json`.",
                    ),
                )


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise InputError("the file is too large for an assessment", str(file))
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"the file cannot be read: {reason}", str(file)) from None


def _told(looked: Sequence[Looked]) -> int:
    """Say which files rest on what must be looked at; how many these are."""
    resting = 0
    for file, found in looked:
        if isinstance(found, InputError):
            click.echo(f"not looked into: {found}", err=True)
            continue
        resting += bool(found)
        for d in found:
            where = f"{d.policy}: {d.key}" if d.policy else d.key
            click.echo(f"{file}: rests on {where}: {d.says}")
    read = sum(not isinstance(found, InputError) for _, found in looked)
    click.echo(f"{read} assessments looked into; {resting} to be looked at again")
    return resting
