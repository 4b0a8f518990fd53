"""What a library still lacks: words to recognise, sources that were seen, labels of named drugs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indicated.criteria.check import listed
from indicated.criteria.logic import nodes
from indicated.model import Combine, Concept, Concepts, Criterion, Library, Policy, Reference, Value

_LABELLED = ("drug", "device")  # kinds whose products have a regulator's label


@dataclass(frozen=True)
class Gap:
    """One thing that is lacking, and whose it is: a policy's id, or "" for the vocabulary."""

    kind: str  # a key of GAPS
    policy: str
    what: str


# What each kind of gap means for those who use the library.
GAPS = {
    "unreadable": "Concepts that no reader can recognise: no name, no code, nothing under them",
    "unseen-criterion": "Criteria that rest on no source whose text was seen",
    "unseen-source": "Sources whose text was not seen",
    "no-label": "Treatments without a row in a label table",
}


def gaps(library: Library) -> Iterator[Gap]:
    """Everything that is lacking, kind by kind in the order of `GAPS`, policy by policy."""
    policies = library.policies.values()
    seen = _recognised(library)
    for policy in policies:
        for concept in sorted(_asked(policy) - seen):
            yield Gap("unreadable", policy.id, concept)
    asked = {c for p in policies for c in _asked(p)}
    for concept in sorted(set(library.concepts.by_id) - seen - asked):
        yield Gap("unreadable", "", concept)
    for policy in policies:
        for criterion in _unseen(policy):
            yield Gap("unseen-criterion", policy.id, criterion.id)
    for policy in policies:
        for r in policy.references.values():
            if r.checked != "seen":
                yield Gap("unseen-source", policy.id, f"[{r.key}] {r.title} ({r.checked})")
    for policy in policies:
        for treatment in _unlabelled(policy, library):
            yield Gap("no-label", policy.id, treatment)


def oldest_sources(library: Library, count: int = 10) -> list[tuple[int, str, Reference]]:
    """The sources with the lowest years: (year, policy, source)."""
    found = [
        (year, policy.id, r)
        for policy in library.policies.values()
        for r in policy.references.values()
        if (year := year_of(r)) is not None
    ]
    return sorted(found, key=lambda f: (f[0], f[1], f[2].key))[:count]


def year_of(reference: Reference) -> int | None:
    """The latest year that a source gives for itself.

    >>> year_of(Reference("A", "guideline", "A", year="2019, updated 2024"))
    2024
    """
    years = re.findall(r"\b(?:19|20)\d\d\b", reference.year)
    return max(map(int, years), default=None)


def _recognised(library: Library) -> set[str]:
    """The concepts that words, codes, the request or a formula can give, and all above them."""
    concepts = library.concepts
    given = {d.id for d in library.derived}
    own = {c.id for c in concepts.by_id.values() if c.id in given or c.kinds or _has_words(c)}
    named = own | {c.opposite for c in concepts.by_id.values() if c.id in own and c.opposite}
    pairs = {part for c in concepts.by_id.values() if c.id in own for part in c.parts}
    return {above for id in named | pairs for above in concepts.above(id)}


def _has_words(concept: Concept) -> bool:
    words = concept.names or concept.abbreviations or any(concept.codes.values())
    return bool(words) or concept.kind == "request" or concept.id.startswith("request.")


def _asked(policy: Policy) -> set[str]:
    """The concepts that the policy's criteria look at."""
    found: set[str] = set()
    for criterion in _criteria(policy):
        test = criterion.test
        if isinstance(test, Combine):
            continue
        found.update((test.concept,) if isinstance(test, Value) else test.concepts)
        found.update(r.concept for r in test.where.relations)
        found.update(criterion.given)
    return found


def _criteria(policy: Policy) -> Iterator[Criterion]:
    for asked in policy.phases.values():
        for criterion in listed(asked):
            yield from nodes(criterion)


def _unseen(policy: Policy) -> list[Criterion]:
    tops = {c.id: c for p in policy.phases.values() for c in listed(p)}
    seen = {key for key, r in policy.references.items() if r.checked == "seen"}
    return [c for c in tops.values() if not any(cite.key in seen for cite in c.cite)]


def _unlabelled(policy: Policy, library: Library) -> list[str]:
    concepts: Concepts = library.concepts
    labelled = {row.ingredient for row in library.labels}
    return [
        t
        for t in policy.treatments
        if t in concepts
        and concepts[t].kind in _LABELLED
        and not any(concepts.is_a(i, t) or concepts.is_a(t, i) for i in labelled)
    ]
