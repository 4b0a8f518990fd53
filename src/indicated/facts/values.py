"""Measurements and scores: each value with its unit as stated, its day, and the treatment it was
taken on.

Units stay as stated. A missing unit is taken from a printed reference range and marked, or, where
the program knows only one unit for what is measured, is that unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from indicated.facts.context import Reading
from indicated.facts.meaning import THERAPIES, meaning
from indicated.facts.parts import Mention, Number, Span, Spanned
from indicated.facts.spans import source
from indicated.facts.value_numbers import (
    VALUES,
    Bound,
    ahead,
    behind,
    candidates_of,
    counts_what_is_named,
)
from indicated.facts.value_time import during, time_of
from indicated.model import UNDATED, Assertion, Concepts, Fact, Mark


@dataclass(frozen=True, slots=True)
class Values:
    """The facts, the numbers they use, and the treatments named only with earlier values."""

    facts: list[Fact]
    numbers: frozenset[int] = frozenset()
    earlier: frozenset[int] = frozenset()


def values(frame: Reading, concepts: Concepts) -> Values:
    """Every value that a sentence states."""
    if not any(concepts[c].kind in VALUES for m in frame.mentions for c in m.concepts):
        return Values([])
    measured = [m for m in frame.mentions if candidates_of(m, concepts)]
    taken: set[int] = set()
    bound: list[Bound] = []
    for mention in measured:  # "11 headache days per month": the number stands before such a name
        if counts_what_is_named(frame, mention, concepts):
            bound += behind(frame, mention, concepts, taken)
    counted = {id(b.mention) for b in bound}
    for mention in measured:
        if id(mention) not in counted:
            bound += ahead(frame, mention, concepts, taken)
    have = {id(b.mention) for b in bound}
    for mention in measured:
        if id(mention) not in have:
            bound += behind(frame, mention, concepts, taken)
    treated = [m for m in frame.mentions if any(concepts[c].kind in THERAPIES for c in m.concepts)]
    facts = [f for b in bound if (f := _fact(frame, b, bound, treated, concepts)) is not None]
    have = {id(b.mention) for b in bound}
    for mention in frame.mentions:
        if id(mention) not in have and (sought := _sought(frame, mention, concepts)):
            facts.append(sought)
    passed = {
        m.start for b in bound if not b.last
        for m in during(frame, b.number, _series(b, bound), treated, concepts)[1]
    }  # fmt: skip
    return Values(facts, frozenset(taken), frozenset(passed))


def _series(one: Bound, bound: list[Bound]) -> list[Number]:
    return [b.number for b in bound if b.mention is one.mention]


def _fact(
    frame: Reading, bound: Bound, all_bound: list[Bound], treated: list[Mention], concepts: Concepts
) -> Fact | None:
    kind = concepts[bound.concept].kind
    meant = meaning(frame, bound.mention, kind)
    if meant is None or meant.assertion in (Assertion.ABSENT, Assertion.NOT_DOCUMENTED):
        return None
    if meant.assertion in (Assertion.HYPOTHETICAL, Assertion.PLANNED):
        return None
    series = _series(bound, all_bound)
    time = time_of(frame, bound.mention, bound.number, series)
    given, words = during(frame, bound.number, series, treated, concepts)
    marks = bound.marks | ({Mark.DATE_ASSUMED} if time.assumed else frozenset())
    spans: list[Spanned] = [bound.mention, bound.number, *bound.extra, *time.words, *words]
    return Fact(
        concept=bound.concept,
        assertion=Assertion.FAMILY if meant.assertion is Assertion.FAMILY else Assertion.PRESENT,
        value=bound.quantity,
        when=time.when,
        asserter=meant.asserter,
        during=given,
        marks=marks,
        sources=(source(frame.page.document, spans),),
    )


def _sought(frame: Reading, mention: Mention, concepts: Concepts) -> Fact | None:
    """A measurement that the text says is not on record."""
    candidates = [concepts[c] for c in mention.concepts if concepts[c].kind in VALUES]
    if not candidates:
        return None
    meant = meaning(frame, mention, candidates[0].kind)
    if meant is None or meant.assertion is not Assertion.NOT_DOCUMENTED or len(candidates) > 1:
        return None
    cue = meant.effects.get("not_documented") or meant.effects.get("not_on_file")
    spans: list[Spanned] = [mention, cue or Span(mention.start, mention.end)]
    if "absent" in meant.effects:
        spans.append(meant.effects["absent"])
    return Fact(
        candidates[0].id,
        Assertion.NOT_DOCUMENTED,
        when=UNDATED,
        asserter=meant.asserter,
        sources=(source(frame.page.document, spans),),
    )


__all__ = ["VALUES", "Values", "values"]
