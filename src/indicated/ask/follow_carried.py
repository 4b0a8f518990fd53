"""Which amounts and times of a supposition no fact carries: to suppose the rest would mislead.

That a number stands within the words of a fact is not enough. "Back pain for several months" gives
a fact of back pain whose words end before the months, or whose dates know nothing of them; a
supposition is judged only where each number, day and word of time went into a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from indicated.ask.follow_refs import Scene, Span
from indicated.ask.follow_words import pattern
from indicated.ask.mentions import everything
from indicated.model import UNDATED, Fact, Quantity, When
from indicated.units import unit_code


def not_carried(text: str, assumed: Sequence[Fact], scene: Scene) -> list[str]:
    """The numbers, days and words of time of a supposition that went into no fact, as written."""
    named = [(m.start, m.end) for m in everything(text, scene.concepts)]
    free = [*named, *(m.span() for m in pattern("what_if", "baseline").finditer(text))]
    day = scene.standing.case.as_of
    times = [m.span() for kind in ("day", "time") for m in pattern("what_if", kind).finditer(text)]
    lost = [
        (a, b)
        for a, b in times
        if not _within((a, b), free)
        and not any(_tells(f, text[a:b], day) for f in _here((a, b), assumed))
        and not any(_is_rate(f, text[a:b]) for f in assumed)
    ]
    for m in pattern("what_if", "number").finditer(text):
        if _within(m.span(), [*free, *times]):
            continue
        if not any(_counts(f, m[0]) for f in _here(m.span(), assumed)):
            lost.append(m.span())
    lost += [m.span() for m in pattern("what_if", "besides").finditer(text)]
    return list(dict.fromkeys(text[a:b] for a, b in sorted(lost)))


def _within(span: Span, others: Sequence[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in others)


def _here(span: Span, assumed: Sequence[Fact]) -> Iterator[Fact]:
    """The facts whose words hold the whole of it."""
    for fact in assumed:
        spans = [(s.start, s.end) for s in fact.sources if s.start is not None and s.end]
        if any(a <= span[0] and span[1] <= b for a, b in spans):
            yield fact


def _tells(fact: Fact, words: str, as_of: date) -> bool:
    """Whether a fact carries a time: it has a day of its own, or an amount in which it stands."""
    if fact.when not in (UNDATED, When.on(as_of), When(end=When.on(as_of).end)):
        return fact.when.start is not None or fact.when.end is not None
    t = fact.therapy
    if t is not None and (t.duration is not None or t.every is not None):
        return True
    numbers = pattern("what_if", "number").findall(words)
    if not numbers:  # "headache days per month": part of what is measured
        return isinstance(fact.value, Quantity)
    return all(_counts(fact, n) for n in numbers)


def _is_rate(fact: Fact, word: str) -> bool:
    """Whether the word is what a value is counted per: the month of "4 per month"."""
    unit = unit_code(word)
    return isinstance(fact.value, Quantity) and bool(unit) and fact.value.unit.endswith(f"/{unit}")


def _counts(fact: Fact, number: str) -> bool:
    """Whether a fact carries a number: in its value, the amounts of a treatment, or its site."""
    t = fact.therapy
    amounts = [fact.value, *((t.dose, t.every, t.duration) if t else ())]
    found = {n for q in amounts if isinstance(q, Quantity) for n in (q.low, q.high)}
    words = " ".join((fact.value if isinstance(fact.value, str) else "", *fact.site))
    said = Decimal(number.replace(",", ""))
    return said in found or re.search(rf"(?<!\d){re.escape(number)}(?!\d)", words) is not None


__all__ = ["not_carried"]
