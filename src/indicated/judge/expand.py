"""Criteria over what the request itself names: "each alternative that the plan asks for first".

Before anything is judged, such a leaf becomes the plain criteria it stands for, one for each
concept named; so no engine needs to know of it. Nothing named: the leaf stays, and is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indicated.model import Combine, Concepts, Criterion, Fact, Has, PhaseCriteria


def expanded(phase: PhaseCriteria, facts: Sequence[Fact], concepts: Concepts) -> PhaseCriteria:
    """The phase with every leaf over a request's own list written out."""

    def each(listed: Sequence[Criterion]) -> tuple[Criterion, ...]:
        return tuple(_written_out(c, facts, concepts) for c in listed)

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
