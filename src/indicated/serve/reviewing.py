"""`indicated policy diff | coverage`: what a change does, and what a library still lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from indicated.contradictions import Examples, contradictions
from indicated.criteria import GAPS, Difference, gaps, oldest_sources
from indicated.effects import Effects, Moved, effects, side
from indicated.errors import IndicatedError, PolicyError, PolicyErrors
from indicated.examples import example_folders, unshown
from indicated.model import Library
from indicated.serve.folders import ids_and_folders, listed, load, policy_of

either = click.Path(exists=True, path_type=Path)


@click.command("diff")
@click.argument("old", type=either)
@click.argument("new", type=either)
def diff_command(old: Path, new: Path) -> None:
    """What changes from OLD to NEW (policy files, policy folders or library folders): which worked
    examples come out otherwise, then which thresholds, criteria, roles and sources differ."""
    try:
        found = list(effects(side(old), side(new)))
    except PolicyErrors as error:
        listed(error.errors)
    except IndicatedError as error:
        listed([error])
    else:
        for each in found:
            click.echo("\n".join(_effects(each)))
        if not found:
            click.echo("no difference")


def _effects(e: Effects) -> Iterator[str]:
    if e.old is None or e.new is None:
        yield f"{e.id}: {'new' if e.old is None else 'no longer there'}"
        return
    yield f"{e.id}: {e.old.version} -> {e.new.version}"
    outcomes = [m for m in e.moved if m.old is not m.new]
    yield f"  outcome changes in {len(outcomes)} of {e.run} worked examples"
    for moved in outcomes:
        old, new = (o.value if o else "no such phase" for o in (moved.old, moved.new))
        yield f"    {moved.name}: {old} -> {new}"
        yield from _findings(moved)
    others = [m for m in e.moved if m.old is m.new]
    if others:
        yield "  same outcome by other findings"
    for moved in others:
        yield f"    {moved.name}"
        yield from _findings(moved)
    for kind, differences in groupby(e.differences, key=lambda d: d.kind):
        yield f"  {kind}"
        yield from (f"    {_difference(d)}" for d in differences)


def _findings(moved: Moved) -> Iterator[str]:
    for id, was, now in moved.findings:
        yield f"      {id}: {was.value} -> {now.value}"


def _difference(d: Difference) -> str:
    if d.old is None:
        return f"+ {d.name}: {d.new}"
    if d.new is None:
        return f"- {d.name}: {d.old}"
    return f"{d.name}: {d.old or 'none'} -> {d.new or 'none'}"


@click.command("coverage")
@click.argument("what", nargs=-1, metavar="[POLICY_ID | FOLDER]...")
def coverage_command(what: tuple[str, ...]) -> None:
    """What the library, or the policies that are named, still lack: concepts that no reader
    recognises, sources and criteria that nobody has checked, labels, criteria that no example shows
    in words; and the oldest sources."""
    ids, folders = ids_and_folders(what)
    library = load(folders)
    for id in ids:
        policy_of(library, id, folders)
    found = [g for g in gaps(library) if not ids or g.policy in ids]
    for kind, says in GAPS.items():
        of = [g for g in found if g.kind == kind]
        click.echo(f"{says}: {len(of)}")
        for policy, group in groupby(of, key=lambda g: g.policy):
            click.echo(f"  {policy or 'asked for by no policy'}")
            click.echo("\n".join(f"    {g.what}" for g in group))
    _unspoken(library, ids, folders)
    click.echo("The oldest sources")
    shown = [f for f in oldest_sources(library, 10_000) if not ids or f[1] in ids]
    for year, policy, r in shown[:10]:
        click.echo(f"  {year}  {policy}: [{r.key}] {r.title}")


def _unspoken(library: Library, ids: Collection[str], folders: Sequence[Path]) -> None:
    """The answers to deciding criteria that no example shows in words."""
    lacking = {
        folder.name: list(unshown(folder, library))
        for folder in example_folders(library, folders)
        if not ids or folder.name in ids
    }
    total = sum(map(len, lacking.values()))
    click.echo(f"Answers to criteria that no example gives in words: {total}")
    for policy, answers in lacking.items():
        if answers:
            click.echo(f"  {policy}")
            click.echo("\n".join(f"    {id}: {truth.value}" for id, truth in answers))


def opposed(library: Library, examples: Examples, own: Collection[str] = ()) -> list[PolicyError]:
    """Pairs of policies that contradict each other while no rule says which goes first; those where
    one does are told as notes. With `own`, only pairs with one of these policies."""
    errors = []
    for c in contradictions(library, examples, of=own):
        labels = dict.fromkeys(library.concepts.label(f.concept) for f in c.facts)
        case = f"{library.concepts.label(c.item.treatment)}, {c.item.phase.value}; facts on"
        what = f'"{c.yes}" says yes and "{c.no}" no to one case ({case} {", ".join(labels)})'
        if c.first:
            note = f'note: {what}; "{c.first}" answers, being on the narrower treatment'
            click.echo(note, err=True)
            continue
        errors.append(
            PolicyError(
                what,
                f"{library.policies[c.yes].path}:1",
                "Which of the two answers is an accident.",
                "Write in `over` which goes first, or make `applies` of one of them narrower.",
            )
        )
    return errors
