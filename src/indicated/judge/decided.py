"""A person decides otherwise than computed: their decision beside the findings, never instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indicated.model import Determination, Leaning, Outcome, Override

# What a person may decide. A condition is the policy's to state, and "no policy" is no decision.
DECIDABLE = (
    Outcome.INDICATED,
    Outcome.INDICATED_WITH_CHANGES,
    Outcome.NOT_INDICATED,
    Outcome.CANNOT_DETERMINE,
)


def overridden(d: Determination, overrides: Sequence[Override]) -> Determination:
    """The determination with a person's decision, the last one that still holds; the findings, and
    what is missing, stay as they were computed."""
    held = [o for o in overrides if _holds(o, d)]
    if not held:
        return d
    last = held[-1]
    return replace(
        d, outcome=last.outcome, because=last.said.quote, leaning=Leaning.NONE,
        leaning_because="", override=last,
    )  # fmt: skip


def _holds(o: Override, d: Determination) -> bool:
    same = o.item == d.item.id and o.words == d.item.words
    return same and o.computed is d.outcome and o.outcome in DECIDABLE
