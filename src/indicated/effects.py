"""The story of a change of policy, told in effects: whose case comes out otherwise?

The worked examples of both versions are judged by both; what changed in the text is listed beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from indicated.criteria import (
    HISTORY,
    Difference,
    Example,
    differences,
    load_examples,
    load_library,
    load_policy,
    policy_folders,
    shipped,
)
from indicated.errors import InputError, PolicyError, PolicyErrors
from indicated.examples import judged, truths
from indicated.model import Determination, Library, Outcome, Policy
from indicated.truth import Truth


@dataclass(frozen=True)
class Side:
    """One of the two: policies, the vocabulary around them, and their worked examples."""

    library: Library
    policies: Mapping[str, Policy]
    examples: Mapping[str, tuple[Example, ...]]


@dataclass(frozen=True)
class Moved:
    """A worked example that comes out otherwise. None: that version has no such phase."""

    name: str
    old: Outcome | None
    new: Outcome | None
    findings: tuple[tuple[str, Truth, Truth], ...] = ()


@dataclass(frozen=True)
class Effects:
    """What a change does to one policy. `old` or `new` is None for one that came or went."""

    id: str
    old: Policy | None
    new: Policy | None
    run: int = 0  # examples judged by both
    moved: tuple[Moved, ...] = ()
    differences: tuple[Difference, ...] = field(default=())


def effects(old: Side, new: Side) -> Iterator[Effects]:
    """For every policy of either side that differs in anything: the effects of the change."""
    for id in dict.fromkeys((*old.policies, *new.policies)):
        before, after = old.policies.get(id), new.policies.get(id)
        if before is None or after is None:
            yield Effects(id, before, after)
            continue
        examples = {e.name: e for side in (old, new) for e in side.examples.get(id, ())}
        moved = tuple(m for e in examples.values() if (m := _moved(e, (before, old), (after, new))))
        found = tuple(differences(before, after, new.library.concepts))
        if moved or found:
            yield Effects(id, before, after, len(examples), moved, found)


def _moved(example: Example, old: tuple[Policy, Side], new: tuple[Policy, Side]) -> Moved | None:
    def by(policy: Policy, side: Side) -> Determination | None:
        return judged(example, policy, side.library) if example.phase in policy.phases else None

    before, after = by(*old), by(*new)
    if before is None and after is None:
        return None
    if before is None or after is None:
        was_one = before.outcome if before else None
        return Moved(example.name, was_one, after.outcome if after else None)
    was, now = dict(truths(before.findings())), dict(truths(after.findings()))
    changed = tuple((id, was[id], now[id]) for id in was if now.get(id, was[id]) is not was[id])
    if before.outcome is after.outcome and not changed:
        return None
    return Moved(example.name, before.outcome, after.outcome, changed)


def side(path: Path) -> Side:
    """What stands at a path: a policy file, a policy's folder, or a library folder.

    A library folder that stands by itself is taken so; any other joins the shipped library.
    Raises `InputError` where there is nothing of the kind.
    """
    if path.is_file() or path.joinpath("policy.yaml").is_file():
        return _one(path)
    if not policy_folders(path):
        raise InputError(
            "here is no policy",
            str(path),
            do="Give a policy.yaml, a policy's folder, or a folder with policies/.",
        )
    library = _library(path)
    folders = {f.name: f for f in policy_folders(path)}
    examples = {id: load_examples(f, library.concepts) for id, f in folders.items()}
    return Side(library, {id: library.policies[id] for id in folders}, examples)


def _library(path: Path) -> Library:
    try:
        return load_library(path)
    except (PolicyError, PolicyErrors):  # it leans on the shipped one; what is wrong is said there
        return load_library(extra=[path])


def _one(path: Path) -> Side:
    folder = path if path.is_dir() else path.parent
    if folder.name == HISTORY:
        folder = folder.parent
    root = folder.parent.parent
    own = folder.parent.name == "policies" and root.joinpath("concepts").is_dir()
    library = _library(root) if own and not root.samefile(str(shipped())) else load_library()
    policy = load_policy(path, library.concepts)
    file = folder / "examples.yaml"
    examples = load_examples(file, library.concepts) if file.is_file() else ()
    library = replace(library, policies={**library.policies, policy.id: policy})
    return Side(library, {policy.id: policy}, {policy.id: examples})
