"""Holding two statements against each other: opposites, values, sides, codes, rest and activity.

Every function answers from data (concepts and the cue file); none decides what is clinically true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from indicated.ask.cues import data, quantity
from indicated.messages import clause
from indicated.model import Assertion, Concept, Concepts, Day, Fact, Mark, Quantity
from indicated.units import convertible, factor

_ICD = re.compile(r"(?<![\w.])[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![\w.]*\w)")
HELD = (Assertion.PRESENT, Assertion.HISTORICAL)


def same_value(
    asked: Quantity | str | None, found: Quantity | str | None, concept: Concept | None
) -> bool | None:
    """Whether a value of the question is one of the record; None when they cannot be compared.

    A rounded number agrees with the number it was rounded from.

    >>> same_value(Quantity.of(38, "kg/m2"), Quantity.of("38.4", "kg/m2"), None)
    True
    >>> same_value(Quantity.of(38), Quantity.of(40, "kg/m2"), None) is None
    True
    """
    if asked is None or found is None:
        return None
    if isinstance(asked, str) or isinstance(found, str):
        if not (isinstance(asked, str) and isinstance(found, str)):
            return None
        return _letters(asked) == _letters(found)
    if asked.unit != found.unit and not (asked.unit and found.unit):
        return True if asked.low == found.low and asked.high == found.high else None
    mass = concept.molar_mass if concept else None
    if not convertible(found.unit, asked.unit, mass):
        return None
    k = factor(found.unit, asked.unit, mass) if found.unit else Decimal(1)
    slack = _slack(asked, concept)
    low = None if found.low is None else found.low * k - slack
    high = None if found.high is None else found.high * k + slack
    return not (_beyond(low, asked.high) or _beyond(asked.low, high))


def sides(fact: Fact) -> frozenset[str]:
    """The sides a fact is about; "bilateral" is both, and no side is the empty set."""
    known = frozenset(data("sides"))
    return known if "bilateral" in fact.site else fact.site & known


def side_words(of: frozenset[str]) -> str:
    """One side or both, in words."""
    named = [clause(f"sides.{side}") for side in sorted(of)]
    return clause("sides.both", one=named[0], other=named[1]) if len(named) > 1 else named[0]


def written_codes(fact: Fact) -> frozenset[str]:
    """The diagnosis codes in a fact's words.

    >>> from indicated.model import Source
    >>> sorted(written_codes(Fact("x", sources=(Source("d", "coded D80.1"),))))
    ['D80.1']
    """
    return frozenset(code for s in fact.sources for code in _ICD.findall(s.quote))


def is_rest(concept: str) -> bool:
    """Whether a concept is a state of rest ("stable") that an active event contradicts."""
    return concept in data("contradicts")


def active_against(rest: Fact, facts: Iterable[Fact], concepts: Concepts) -> list[Fact]:
    """The events of the record that are active while the fact says that all is at rest."""
    listed = list(facts)
    rule = data("contradicts", rest.concept)
    newest = max((d for f in listed if (d := _last(f)) and f.assertion is Assertion.PRESENT),
                 default=None, key=lambda d: d.latest)  # fmt: skip
    found = []
    for fact in listed:
        if fact.assertion is not Assertion.PRESENT or Mark.CODE_ONLY in fact.marks:
            continue
        acute, dated = (
            any(concepts.is_a(fact.concept, c) for c in rule[key]) for key in ("acute", "dated")
        )
        if (acute and _is_active(fact, newest)) or (dated and _is_recent(fact, newest)):
            found.append(fact)
    return [f for f in found if not _far_apart(rest, f)]


def newest_first(facts: Iterable[Fact]) -> list[Fact]:
    """Facts with the latest dated first, undated last, otherwise in their order."""

    def key(fact: Fact) -> tuple[bool, int]:
        last = _last(fact)
        return (last is None, -last.latest.toordinal() if last else 0)

    return sorted(facts, key=key)


def same_day(a: Fact, b: Fact) -> bool:
    """Whether two facts may speak of the same day: both undated, or their last days meet."""
    one, other = _last(a), _last(b)
    if one is None or other is None:
        return one is other
    return one.earliest <= other.latest and other.earliest <= one.latest


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", text.casefold())


def _slack(asked: Quantity, concept: Concept | None) -> Decimal:
    """Half of the last digit written, or what the cue file allows for the concept."""
    written = asked.exact
    exponent = written.as_tuple().exponent if written is not None else None
    slack = Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)
    allowed = data("tolerance").get(concept.id) if concept else None
    if allowed:
        q = quantity(allowed)
        if asked.unit and convertible(q.unit, asked.unit) and q.low is not None:
            slack = max(slack, q.low * factor(q.unit, asked.unit))
    return slack


def _beyond(a: Decimal | None, b: Decimal | None) -> bool:
    return a is not None and b is not None and a > b


def _last(fact: Fact) -> Day | None:
    return fact.when.end or fact.when.start


def _is_active(fact: Fact, newest: Day | None) -> bool:
    return _last(fact) is None or _is_recent(fact, newest)


def _is_recent(fact: Fact, newest: Day | None) -> bool:
    last = _last(fact)
    close = last and newest and newest.latest - last.latest <= _window()
    return fact.when.ongoing or bool(close)


def _far_apart(a: Fact, b: Fact) -> bool:
    one, other = _last(a), _last(b)
    if one is None or other is None or a.when.ongoing or b.when.ongoing:
        return False
    return abs(one.latest - other.latest) > _window()


def _window() -> timedelta:
    days = quantity(data("active_within"))
    return timedelta(days=int(days.low or 0))
