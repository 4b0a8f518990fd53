"""Facts in one line each, so that a table of sentences can be read and written by hand.

What is usual is left out: present, said by the provider, on the day of the document.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path

from indicated.criteria import load_concepts
from indicated.facts import read_facts
from indicated.model import (
    Asserter,
    Assertion,
    Chart,
    Concepts,
    Day,
    Document,
    Fact,
    Facts,
    Mark,
    Quantity,
    Therapy,
)
from indicated.units import plain

WRITTEN = date(2025, 6, 15)
AS_OF = date(2025, 7, 1)
CONCEPTS: Concepts = load_concepts(Path(__file__).parent / "concepts")


def read(text: str, *, kind: str = "note", written: date | None = WRITTEN) -> Facts:
    """The facts of one document."""
    chart = Chart((Document("a", text, written, kind=kind),))
    return read_facts(chart, CONCEPTS, as_of=AS_OF)


def lines(facts: Facts, written: date | None = WRITTEN) -> list[str]:
    """Every fact in one line, in alphabetical order."""
    return sorted(line(f, written or AS_OF) for f in facts.items)


def line(fact: Fact, today: date) -> str:
    """One fact in one line."""
    parts = [fact.concept if fact.value is None else f"{fact.concept} = {_value(fact.value)}"]
    if fact.assertion is not Assertion.PRESENT:
        parts.append(fact.assertion.value)
    parts += _when(fact, today)
    if fact.asserter is not Asserter.PROVIDER:
        parts.append(f"by {fact.asserter.value}")
    if fact.therapy is not None:
        parts += _therapy(fact.therapy)
    for label, words in (("at", fact.site), ("shown by", fact.shown_by), ("during", fact.during)):
        if words:
            parts.append(f"{label} {' '.join(sorted(words))}")
    parts += sorted(m.value for m in fact.marks - {Mark.DATE_ASSUMED})
    return " | ".join(parts)


def _value(value: Quantity | str) -> str:
    if isinstance(value, str):
        return value
    low, high = value.low, value.high
    if low is None:
        number = f"{'<' if value.open else '<='} {plain(high)}" if high is not None else "?"
    elif high is None:
        number = f"{'>' if value.open else '>='} {plain(low)}"
    else:
        number = plain(low) if low == high else f"{plain(low)}-{plain(high)}"
    return f"{number} {value.unit}".strip()


def _when(fact: Fact, today: date) -> list[str]:
    when = fact.when
    if not when.dated:
        return ["ongoing"] if when.ongoing else ["undated"]
    if when.start == when.end and when.start == Day.of(today):
        return []
    if when.start == when.end and when.start is not None:
        return [f"on {_day(when.start)}"]
    parts = []
    if when.start:
        parts.append(f"from {_day(when.start)}")
    if when.end:
        parts.append(f"to {_day(when.end)}")
    return [*parts, "ongoing"] if when.ongoing else parts


def _day(day: Day) -> str:
    first, last = day.earliest, day.latest
    if first == last:
        return first.isoformat()
    if first.year == 1900:
        return f"or before {last}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    if whole and (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first}..{last}"


def _therapy(therapy: Therapy) -> list[str]:
    parts = []
    for label, quantity in (
        ("dose", therapy.dose),
        ("every", therapy.every),
        ("for", therapy.duration),
    ):
        if quantity is not None:
            parts.append(f"{label} {_value(quantity)}")
    if therapy.route:
        parts.append(therapy.route)
    if therapy.response:
        parts.append(f"response {therapy.response}")
    if therapy.ended_because:
        parts.append(f"ended {therapy.ended_because}")
    if therapy.adequate is not None:
        parts.append("adequate" if therapy.adequate else "inadequate")
    if not therapy.taken:
        parts.append("not taken")
    return parts
