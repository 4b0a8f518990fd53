"""Facts made for a criterion: such as would meet it, or such as would fail it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from indicated.model import (
    Assertion,
    Bound,
    Combine,
    Criterion,
    Day,
    Fact,
    Has,
    Qualifiers,
    Quantity,
    Therapy,
    Value,
    When,
)

_LATELY = timedelta(days=7)  # within every window, and not of the very day


def made_fact(criterion: Criterion, as_of: date, *, met: bool) -> list[Fact]:
    """Facts that speak for a leaf, or against it. Not every leaf can be met by one plain fact (a
    relation in time, a change, several different ones), so they must be judged, never trusted."""
    test = criterion.test
    if isinstance(test, Combine):
        raise ValueError("a combination is met by its parts")
    if isinstance(test, Value):
        return _measured(test, as_of, met)
    return _stated(test, as_of, met)


def _stated(test: Has, as_of: date, met: bool) -> list[Fact]:
    day = as_of - _LATELY
    if not met:
        return [Fact(c, Assertion.ABSENT, when=When.on(day)) for c in test.concepts]
    concept = test.concepts[0]
    days = [day - timedelta(days=30 * n) for n in range(test.times)]
    whens = [When.on(d) for d in days]
    if test.where.currently:
        whens = [When(start=Day.of(days[-1]), ongoing=True)]
    return [
        Fact(
            concept,
            when=when,
            therapy=_therapy(test.where),
            shown_by=frozenset(sorted(test.where.shown_by)[:1]),
        )
        for when in whens
    ]


def _therapy(where: Qualifiers) -> Therapy | None:
    if not (where.ended_because or where.response or where.lasting or where.dose):
        return None
    return Therapy(
        ended_because=min(where.ended_because, default=""),
        response=min(where.response, default=""),
        duration=_within(where.lasting, True),
        dose=_within(where.dose, True),
    )


def _measured(test: Value, as_of: date, met: bool) -> list[Fact]:
    when = When.on(as_of - _LATELY)
    if test.one_of:
        return [Fact(test.concept, value=min(test.one_of), when=when)] if met else []
    value = _within(test.bounds, met)
    if value is None or test.versus is not None:
        return []
    return [Fact(test.concept, value=value, when=when)]


def _within(bounds: Sequence[Bound], met: bool) -> Quantity | None:
    """A number inside the bounds, or outside the first of them."""
    if not bounds:
        return None
    bound = bounds[0]
    edge = bound.limit.low if bound.limit.low is not None else bound.limit.high
    if edge is None:
        return None
    step = abs(edge) / 10 or Decimal(1)
    up = bound.op in ("above", "at_least")
    if not met:
        return Quantity.of(edge - step if up else edge + step, bound.limit.unit)
    others = [b.limit.low for b in bounds[1:] if b.limit.low is not None]
    if others and bounds[1].limit.unit == bound.limit.unit:
        return Quantity.of((edge + others[0]) / 2, bound.limit.unit)
    return Quantity.of(edge + step if up else edge - step, bound.limit.unit)
