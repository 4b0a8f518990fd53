"""Numbers of a text held against the record: results and doses, with their days and intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from indicated.evidence.claims.record import (
    HELD,
    NOT_FOUND,
    SAYS_SOMETHING,
    Record,
    earlier,
    last_day,
    meets,
    own_day,
)
from indicated.evidence.claims.scope import Said, doses
from indicated.evidence.claims.words import pattern
from indicated.model import Assertion, ClaimStanding, Fact, Mark, Quantity, Remark
from indicated.units import convertible, factor


def value_told(fact: Fact, said: Said, record: Record) -> Iterator[Remark]:
    """A result that the text gives, with its day where it gives one."""
    if fact.assertion not in HELD or _aimed_at(fact, said):
        return
    stated = _stated(fact, said, record)
    answers = [
        (f, fact.value == f.value or record.same(fact.value, f.value, fact.concept)) for f in stated
    ]
    agree = [f for f, same in answers if same]
    differ = [f for f, same in answers if same is False]
    day = own_day(fact)
    unread = [f for f in agree if Mark.UNIT_MISSING in f.marks]
    if unread and len(unread) == len(agree) and pattern("judges").search(said.text):
        yield Remark("no_unit", ClaimStanding.OVERSTATED, fact.concept, tuple(unread[:1]))
    elif agree:
        dated = [f for f in agree if f.when.dated and not f.when.assumed]
        if day and dated and len(dated) == len(agree) and not any(meets(day, f) for f in dated):
            yield Remark("date_wrong", ClaimStanding.NUMBER, fact.concept, tuple(agree[:2]))
        else:
            yield Remark("record", ClaimStanding.SUPPORTED, fact.concept, tuple(agree[:2]))
    elif day:
        then = [f for f in differ if f.when.dated and not f.when.assumed and meets(day, f)]
        kind = ("value_wrong", ClaimStanding.NUMBER) if then else NOT_FOUND
        yield Remark(*kind, fact.concept, tuple(then[:2]))
    elif differ and len(differ) == len(answers) and not earlier(fact, record):
        newest = sorted(differ, key=lambda f: last_day(f) or date.min, reverse=True)
        yield Remark("value_wrong", ClaimStanding.NUMBER, fact.concept, tuple(newest[:2]))
    else:
        yield Remark(*NOT_FOUND, fact.concept)


def _stated(fact: Fact, said: Said, record: Record) -> list[Fact]:
    """The record's values of the measurement, or of another one that the same name stands for."""
    source, shift = fact.sources[0], said.source.start or 0
    named = [
        c for n in said.named
        if (source.start or 0) <= n.start + shift and n.end + shift <= (source.end or 0)
        for c in n.concepts
    ]  # fmt: skip
    for concept in (fact.concept, *named):
        values = [f for f in record.of(concept) if f.value is not None and f.assertion in HELD]
        if values:
            return values
    return []


def _aimed_at(fact: Fact, said: Said) -> bool:
    """Whether the number is a target, a limit or a usual range rather than a result."""
    source = fact.sources[0]
    at = (source.start or 0) - (said.source.start or 0)
    quote = source.quote
    number = next((i for i, c in enumerate(quote) if c.isdigit()), 0)
    value = fact.value
    open_ended = isinstance(value, Quantity) and (value.low is None or value.high is None)
    before = said.text[:at] + quote[:number]
    return open_ended or bool(pattern("no_result").search(before))


# --- doses ----------------------------------------------------------------------------------


def with_dose(fact: Fact, said: Said, record: Record) -> Fact | None:
    """A treatment's fact with the dose that the sentence gives for it; None where it gives none."""
    assert fact.therapy is not None
    told = (*SAYS_SOMETHING, Assertion.PLANNED)
    if fact.assertion not in told or not record.treatment(fact.concept):
        return None
    if fact.therapy.dose:
        return fact
    given = [
        (dose, every) for id, dose, every in doses(said, record.concepts) if id == fact.concept
    ]
    if not given:
        return None
    return replace(fact, therapy=replace(fact.therapy, dose=given[0][0], every=given[0][1]))


def dose_told(fact: Fact, said: Said, record: Record) -> Iterator[Remark]:
    """A dose that the text says is given or asked for."""
    assert fact.therapy is not None
    is_a = record.concepts.is_a
    related = [
        f for f in record.facts if f.therapy and f.therapy.dose
        and (is_a(f.concept, fact.concept) or is_a(fact.concept, f.concept))
    ]  # fmt: skip
    answers = [(f, same_amount(fact.therapy.dose, f.therapy.dose)) for f in related if f.therapy]
    agree = [f for f, same in answers if same]
    differ = [f for f, same in answers if same is False]
    rhythm = [f for f in agree if f.therapy and _same_rhythm(fact.therapy.every, f.therapy.every)]
    plans = bool(pattern("plan_words").search(said.text)) or fact.assertion not in HELD
    if rhythm:
        yield Remark("record", ClaimStanding.SUPPORTED, fact.concept, tuple(rhythm[:2]))
    elif plans:
        return
    elif agree:
        yield Remark("dose_wrong", ClaimStanding.NUMBER, fact.concept, tuple(agree[:2]))
    elif differ:
        yield Remark("dose_wrong", ClaimStanding.NUMBER, fact.concept, tuple(differ[:2]))
    else:
        yield Remark(*NOT_FOUND, fact.concept)


def same_amount(a: Quantity | None, b: Quantity | None) -> bool | None:
    """Whether two doses are one; None where their units are of another kind.

    >>> same_amount(Quantity.of(60, "g"), Quantity.of(60000, "mg"))
    True
    """
    if a is None or b is None or not convertible(b.unit, a.unit):
        return None
    k = factor(b.unit, a.unit)
    low, high = (None if x is None else x * k for x in (b.low, b.high))
    return a.low == low and a.high == high


def _same_rhythm(a: Quantity | None, b: Quantity | None) -> bool:
    """Whether two intervals may be one: a month of an order is four weeks."""
    if a is None or b is None:
        return True
    one, other = _days(a), _days(b)
    if one is None or other is None:
        return a == b
    return abs(one - other) <= 3


def _days(every: Quantity) -> float | None:
    if every.exact is None or not convertible(every.unit, "d"):
        return None
    return 28.0 if every == Quantity.of(1, "mo") else float(every.exact * factor(every.unit, "d"))
