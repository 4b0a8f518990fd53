"""What the library cites: one citation record for each source, and what uses it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from indicated.evidence.identifiers import Identifier, identifiers_in
from indicated.model import Library, Reference

UNWRITTEN = "practice"  # what is commonly done, without a source that could be looked up


@dataclass(frozen=True, slots=True)
class Cited:
    """A source that the library cites."""

    reference: Reference
    identifiers: tuple[Identifier, ...]
    used_by: tuple[str, ...]  # policies, and "label: product" and the like


def identifiers_of(reference: Reference) -> tuple[Identifier, ...]:
    """The identifiers that a policy gives for a source, in its `id` or in its address."""
    return identifiers_in(reference.identifier, reference.url)


def cited(library: Library) -> tuple[Cited, ...]:
    """Every source of the policies, labels, derived values and profiles, each once, by title.

    Two entries are one source where they share an identifier, or, without one, where type, title,
    organisation and year are the same.
    """
    found: dict[Hashable, tuple[Reference, dict[Identifier, None], dict[str, None]]] = {}
    of: dict[Identifier, Hashable] = {}
    for by, reference in _references(library):
        if reference.type == UNWRITTEN:
            continue
        named = identifiers_of(reference)
        key: Hashable = next((of[n] for n in named if n in of), None) or _key(reference, named)
        kept = found.setdefault(key, (reference, {}, {}))
        kept[1].update(dict.fromkeys(named))
        kept[2][by] = None
        of.update((n, key) for n in named)
    records = [Cited(r, tuple(ids), tuple(by)) for r, ids, by in found.values()]
    return tuple(sorted(records, key=lambda c: (c.reference.title.lower(), c.reference.year)))


def _references(library: Library) -> Iterator[tuple[str, Reference]]:
    for id, policy in sorted(library.policies.items()):
        yield from ((id, r) for r in policy.references.values())
    for label in library.labels:
        yield from ((f"label: {label.product}", r) for r in label.references)
    for derived in library.derived:
        yield from ((f"derived: {derived.id}", r) for r in derived.references.values())
    for profile in library.profiles.values():
        yield from ((f"profile: {profile.id}", r) for r in profile.references.values())


def _key(reference: Reference, named: tuple[Identifier, ...]) -> Hashable:
    r = reference
    return named or (r.type, r.title.lower(), r.organisation.lower(), r.year)
