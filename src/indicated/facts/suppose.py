"""What would be so: facts assumed for one answer, and what of the record they take the place of.

An assumed fact replaces what it contradicts and nothing else: a value stands for the last one that
the record holds, a denial for what it denies, a statement for its denial and for its opposite.
Nothing is deleted from the record; what was set aside is handed back, so that the answer can show
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from indicated.facts.merge import conflicts
from indicated.model import (
    Assertion,
    Concepts,
    Day,
    Derived,
    Fact,
    Facts,
    Mark,
    Quantity,
    Source,
    When,
)

Spans = Sequence[tuple[int, int]]
_NO_UNIT = frozenset({Mark.UNIT_MISSING})


def as_assumed(
    read: Sequence[Fact], known: Facts, *, as_of: date, shift: int = 0, before: Spans = ()
) -> tuple[Fact, ...]:
    """The facts read from a supposition, marked as assumed.

    A number without a unit takes the unit in which the record gives that very measurement. A plain
    denial reaches back without end. `before`: the stretches of the text that speak of the time
    before treatment; what they say was so before it, whenever it began. `shift` moves offsets.
    """
    return tuple(_assumed(f, known, as_of, shift, before) for f in read)


def _assumed(fact: Fact, known: Facts, as_of: date, shift: int, before: Spans) -> Fact:
    when, value, marks = fact.when, fact.value, fact.marks
    at = next((s.start for s in fact.sources if s.start is not None), -1)
    vague = when.start is not None and when.start.earliest < _ANY_CHART
    if any(a <= at < b for a, b in before) and (vague or when == When.on(as_of)):
        when = When.on(date.min)
    elif vague and before:  # the words on time belong to another part
        when = When.on(as_of)
    elif fact.assertion is Assertion.ABSENT and when == When.on(as_of):
        when = When(end=Day.of(as_of))
    if isinstance(value, Quantity) and not value.unit and marks & _NO_UNIT:
        units = {
            f.value.unit
            for f in known.items
            if f.concept == fact.concept and isinstance(f.value, Quantity) and f.value.unit
        }
        if len(units) == 1:
            value, marks = replace(value, unit=units.pop()), marks - _NO_UNIT
    sources = tuple(_moved(s, shift) for s in fact.sources)
    marks = (marks - {Mark.DATE_ASSUMED}) | {Mark.HYPOTHETICAL}
    return replace(fact, when=when, value=value, marks=marks, sources=sources)


_ANY_CHART = date(1901, 1, 1)  # a day "before" another begins where the calendar of charts does


def _moved(source: Source, shift: int) -> Source:
    start, end = source.start, source.end
    return replace(
        source,
        start=None if start is None else start + shift,
        end=None if end is None else end + shift,
    )


def suppose(
    facts: Facts, assumed: Sequence[Fact], concepts: Concepts, derived: Iterable[Derived] = ()
) -> tuple[Facts, tuple[Fact, ...]]:
    """The facts with the assumed ones in place of what they contradict, and what was set aside."""
    formulas = tuple(derived)
    aside = dict.fromkeys(
        f
        for new in assumed
        for f in facts.items
        if _replaces(new, f, facts, concepts, formulas)
        or _began_otherwise(new, f)
        or (_other_course(new, f) and _of_the_same(new, assumed, f, facts, concepts))
    )
    kept = [f for f in facts.items if f not in aside]
    for clash in conflicts([*kept, *assumed], concepts):
        if any(Mark.HYPOTHETICAL in f.marks for f in clash.facts):
            aside |= dict.fromkeys(f for f in clash.facts if Mark.HYPOTHETICAL not in f.marks)
    left = tuple(f for f in facts.items if f not in aside)
    standing = tuple(c for c in facts.conflicts if not any(f in aside for f in c.facts))
    return replace(facts, items=(*left, *assumed), conflicts=standing), tuple(aside)


def _replaces(
    new: Fact, old: Fact, facts: Facts, concepts: Concepts, derived: Sequence[Derived]
) -> bool:
    if new.site and old.site and not new.site & old.site:
        return False
    if new.assertion is Assertion.ABSENT:
        said = old.assertion not in (Assertion.ABSENT, Assertion.FAMILY, Assertion.NOT_DOCUMENTED)
        return said and concepts.is_a(old.concept, new.concept)
    if new.assertion is not Assertion.PRESENT:  # possible, or over: so not simply so
        stands = old.assertion is Assertion.PRESENT and old.therapy is None
        return stands and concepts.is_a(old.concept, new.concept)
    if old.assertion in (Assertion.ABSENT, Assertion.NOT_DOCUMENTED):
        return concepts.is_a(new.concept, old.concept)
    if concepts.opposed(new.concept, old.concept):
        return old.assertion is Assertion.PRESENT
    if isinstance(new.value, Quantity) and new.therapy is None:
        computed = any(d.id == old.concept and _takes(d, new) for d in derived)
        same = old.concept == new.concept and old.during == new.during
        return (same or computed) and _is_last(old, new, facts)
    if isinstance(new.value, str) and old.concept == new.concept:
        return isinstance(old.value, str) and old.value != new.value and _is_last(old, new, facts)
    return False


def _began_otherwise(new: Fact, old: Fact) -> bool:
    """Whether what lasts is said to have begun at another time: "for 4 months", "since June"."""
    plain = new.concept == old.concept and not (new.value or old.value or new.therapy)
    if not plain or {new.assertion, old.assertion} != {Assertion.PRESENT}:
        return False
    now, was = new.when, old.when
    if not (now.ongoing and was.ongoing and now.start and was.start):
        return False
    if new.site and old.site and not new.site & old.site:
        return False
    return now.start.latest < was.start.earliest or was.start.latest < now.start.earliest


# --- treatments ----------------------------------------------------------------------------------


def _other_course(new: Fact, old: Fact) -> bool:
    """Whether a treatment cannot have gone as supposed and as recorded: never taken and taken,
    another duration, another response. What only one of the two says contradicts nothing, save a
    duration: a record without one may hold it in its dates or sessions."""
    now, was = new.therapy, old.therapy
    if now is None or was is None or old.concept != new.concept:
        return False
    if not {new.assertion, old.assertion} <= _HAD:
        return False
    said, day = _day(new), _day(old)
    if said is not None and day is not None and said != day:
        return False  # of another time, and so beside it
    if now.taken != was.taken:
        return True
    if now.duration is not None and now.duration != was.duration:
        return True
    if now.response and not was.response:  # it helped, and was stopped for another reason
        return not now.ended_because and was.ended_because not in _NO_VERDICT
    return bool(now.response) and was.response != now.response


_NO_VERDICT = frozenset({"", "completed"})
_HAD = frozenset({Assertion.PRESENT, Assertion.HISTORICAL, Assertion.POSSIBLE})


def _of_the_same(
    new: Fact, assumed: Sequence[Fact], old: Fact, facts: Facts, concepts: Concepts
) -> bool:
    """Whether both speak of one treatment, and not of two of one class: words that are read as a
    drug and its class replace those of that drug, and leave the class as another drug's words
    gave it."""
    now, was = _together(new, assumed), _together(old, facts.items)
    label = concepts.label(new.concept).casefold()
    named = any(label in source.quote.casefold() for source in new.sources)
    return now <= was or (named and was == {old.concept})


def _together(fact: Fact, every: Iterable[Fact]) -> frozenset[str]:
    """The concepts of the treatments that were read from the same words."""
    return frozenset(
        f.concept for f in every if f.therapy and (f is fact or set(f.sources) & set(fact.sources))
    )


def _takes(derived: Derived, fact: Fact) -> bool:
    return any(concept == fact.concept for concept, _ in derived.inputs.values())


def _is_last(old: Fact, new: Fact, facts: Facts) -> bool:
    """Whether it is the value that a supposition without a day of its own speaks of: the last one,
    or one without a day."""
    if old.value is None or old.therapy:
        return False
    day, said = _day(old), _day(new)
    if said is not None and day is not None and said < day:
        return False  # of an earlier day, and so beside it
    same = [_day(f) for f in facts.items if f.concept == old.concept and f.value is not None]
    return day is None or day == max((d for d in same if d), default=None)


def _day(fact: Fact) -> date | None:
    mark = fact.when.end or fact.when.start
    return mark.latest if mark else None


__all__ = ["as_assumed", "suppose"]
