"""Criteria over what the request names, and over any treatment but the one asked for.

Before anything is judged, "each alternative that the plan asks for first" becomes the plain
criteria it stands for, one for each concept named, and "a treatment" becomes the treatments that
the record names; so no engine needs to know of either. Nothing named: the leaf stays, and is
unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indicated.model import Combine, Concepts, Criterion, Fact, Has, PhaseCriteria


def expanded(
    phase: PhaseCriteria, facts: Sequence[Fact], concepts: Concepts, treatment: str = ""
) -> PhaseCriteria:
    """The phase with every leaf over a request's own list, or over any treatment, written out.
    `treatment` is what is asked for: it is never one of the others."""

    def written(c: Criterion) -> Criterion:
        return _any_treatment(_written_out(c, facts, concepts), facts, concepts, treatment)

    def each(listed: Sequence[Criterion]) -> tuple[Criterion, ...]:
        return tuple(written(c) for c in listed)

    return replace(
        phase,
        routes=tuple(replace(r, criteria=each(r.criteria)) for r in phase.routes),
        exceptions=tuple(replace(r, criteria=each(r.criteria)) for r in phase.exceptions),
        exclusions=each(phase.exclusions),
        requirements=each(phase.requirements),
        supporting=each(phase.supporting),
    )


def _written_out(criterion: Criterion, facts: Sequence[Fact], concepts: Concepts) -> Criterion:
    test = criterion.test
    if isinstance(test, Combine):
        parts = tuple(_written_out(part, facts, concepts) for part in test.parts)
        return (
            replace(criterion, test=replace(test, parts=parts))
            if parts != test.parts
            else criterion
        )
    if not isinstance(test, Has) or not test.each:
        return criterion
    named = [f.value for f in facts if f.concept in test.concepts and isinstance(f.value, str)]
    parts = tuple(
        replace(
            criterion,
            id=f"{criterion.id}.{id}",
            says=f"{concepts.label(id)}.",
            test=replace(test, concepts=(id,), each=""),
        )
        for id in dict.fromkeys(named)
        if id in concepts
    )
    return replace(criterion, test=Combine(test.each, parts), silence="") if parts else criterion


def _any_treatment(
    criterion: Criterion, facts: Sequence[Fact], concepts: Concepts, treatment: str
) -> Criterion:
    test = criterion.test
    if isinstance(test, Combine):
        parts = tuple(_any_treatment(p, facts, concepts, treatment) for p in test.parts)
        changed = parts != test.parts
        return replace(criterion, test=replace(test, parts=parts)) if changed else criterion
    wide = [c for c in test.concepts if concepts[c].kinds] if isinstance(test, Has) else []
    if not isinstance(test, Has) or not wide:
        return criterion
    kinds = {kind for c in wide for kind in concepts[c].kinds}
    named = [
        f.concept
        for f in facts
        if f.concept in concepts
        and concepts[f.concept].kind in kinds
        and not _kin(f.concept, treatment, concepts)
    ]
    # The wide concept stays in the list: that each treatment named went on proves no "never".
    ids = tuple(dict.fromkeys((*test.concepts, *named)))
    return replace(criterion, test=replace(test, concepts=ids))


def _kin(concept: str, treatment: str, concepts: Concepts) -> bool:
    return bool(treatment) and (
        concepts.is_a(concept, treatment) or concepts.is_a(treatment, concept)
    )
