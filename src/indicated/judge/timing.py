"""Time in three values: a day known only to its month may or may not lie in a window.

Every fact spans from a start to an end, each known to some precision. What cannot be placed
for certain is unknown, never "no".
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from indicated.errors import UnitError
from indicated.judge.compare import in_unit
from indicated.model import Fact, Quantity, When
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, any_of
from indicated.units import convert

EVER, NEVER = date.min, date.max


@dataclass(frozen=True, slots=True)
class Span:
    """The earliest and latest day on which something can have begun and ended."""

    start_from: date
    start_to: date
    end_from: date
    end_to: date


def span(when: When, as_of: date) -> Span | None:
    """What is known of a stretch of time; None when nothing is.

    Something ongoing without a start began at some time up to `as_of`.
    """
    if not when.dated and not when.ongoing:
        return None
    start = (when.start.earliest, when.start.latest) if when.start else (EVER, as_of)
    if when.end:
        end = (when.end.earliest, when.end.latest)
    elif when.ongoing:
        end = (as_of, as_of)
    else:
        end = (start[0], as_of)
    if when.start is None:
        start = (EVER, min(start[1], end[1]))
    return Span(start[0], start[1], max(end[0], start[0]), max(end[1], start[1]))


def shift(day: date, length: Quantity, sign: int) -> date:
    """A day some time earlier (-1) or later (+1): whole months and years by the calendar.

    >>> shift(date(2024, 2, 29), Quantity.of(1, "a"), -1)
    datetime.date(2023, 2, 28)
    >>> shift(date(2025, 3, 31), Quantity.of(1, "mo"), -1)
    datetime.date(2025, 2, 28)
    """
    number = length.high if length.high is not None else length.low
    if number is None:
        return day
    months = {"mo": number, "a": number * 12}.get(length.unit)
    try:
        if months is not None and months == int(months):
            years, month = divmod(day.year * 12 + day.month - 1 + sign * int(months), 12)
            last = calendar.monthrange(years, month + 1)[1]
            return date(years, month + 1, min(day.day, last))
        return day + sign * timedelta(days=float(convert(number, length.unit, "d")))
    except (ValueError, OverflowError):
        return EVER if sign < 0 else NEVER


def not_after(a: tuple[date, date], b: tuple[date, date]) -> Truth:
    """Whether day `a` (from, to) is on or before day `b` (from, to)."""
    if a[1] <= b[0]:
        return MET
    return NOT_MET if a[0] > b[1] else UNKNOWN


def overlaps(a: Span, b: Span) -> Truth:
    """Whether two stretches have a day in common."""
    first = not_after((a.start_from, a.start_to), (b.end_from, b.end_to))
    second = not_after((b.start_from, b.start_to), (a.end_from, a.end_to))
    if NOT_MET in (first, second):
        return NOT_MET
    return MET if (first, second) == (MET, MET) else UNKNOWN


def within(when: When, length: Quantity, as_of: date) -> Truth:
    """Whether it overlaps the time of that length before `as_of`. Undated: unknown."""
    own = span(when, as_of)
    if own is None:
        return UNKNOWN
    begin = shift(as_of, length, -1)
    return overlaps(own, Span(begin, begin, as_of, as_of))


def before(own: Span | None, others: Sequence[Span | None]) -> Truth:
    """Whether it ended on or before the first of the others began."""
    if own is None or not others:
        return UNKNOWN
    return not_after((own.end_from, own.end_to), _first(others))


def after_first(own: Span | None, others: Sequence[Span | None]) -> Truth:
    """Whether it began on or after the day the first of the others began."""
    if own is None or not others:
        return UNKNOWN
    return not_after(_first(others), (own.start_from, own.start_to))


def since_last(own: Span | None, others: Sequence[Span | None]) -> Truth:
    """Whether it began on or after the day the last of the others began."""
    if own is None or not others:
        return UNKNOWN
    known = [o for o in others if o is not None]
    earliest = max((o.start_from for o in known), default=EVER)
    latest = max((o.start_to for o in known), default=NEVER)
    return not_after(
        (earliest, latest if len(known) == len(others) else NEVER), (own.start_from, own.start_to)
    )


def _first(others: Sequence[Span | None]) -> tuple[date, date]:
    """When the first of them began, from and to; one without any date may have been the first."""
    known = [o for o in others if o is not None]
    earliest = min((o.start_from for o in known), default=EVER)
    latest = min((o.start_to for o in known), default=NEVER)
    return (earliest if len(known) == len(others) else EVER), latest


def during(own: Span | None, others: Sequence[Span | None]) -> Truth:
    """Whether it overlaps one of the others."""
    if not others:
        return UNKNOWN
    return any_of(UNKNOWN if own is None or o is None else overlaps(own, o) for o in others)


def length(fact: Fact, as_of: date) -> Quantity | None:
    """How long it lasted, in days: as stated, from its dates, or from its start until `as_of`."""
    if fact.therapy and fact.therapy.duration:
        try:
            return in_unit(fact.therapy.duration, "d")
        except UnitError:
            return None  # "six sessions" is a number of times, not a length
    own = span(fact.when, as_of)
    if own is None or fact.when.start is None or not (fact.when.end or fact.when.ongoing):
        return None
    if fact.when.start == fact.when.end and fact.therapy is None:
        return None  # a single day on which something was noted says nothing of how long it lasts
    shortest = max((own.end_from - own.start_to).days, 0)
    return Quantity(Decimal(shortest), Decimal((own.end_to - own.start_from).days), "d")


def newest(fact: Fact) -> date | None:
    """The day by which a fact is ordered in time; None when it is undated."""
    mark = fact.when.end or fact.when.start
    return mark.latest if mark else None
