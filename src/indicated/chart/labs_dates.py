"""The dates of a column, read together: which comes first, day or month, is one habit of a column.

"03/04/2025" alone does not say. Another date of the column may ("25/04/2025"); so may the way the
dates are written (dots are the day-first habit) or a decimal comma in the table. Where nothing
tells, the month comes first, and `Order.sure` says that this was a choice.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from indicated.model import Day

_MONTHS = {m: i for i, m in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
)}  # fmt: skip
_NAME = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_TIME = (
    r"(?:(?:[T ,]\s?|\s+at\s+)\d{1,2}(?::?\d{2}){0,2}(?:[.,]\d{1,9})?\s?(?:[ap]\.?m\.?)?"
    r"(?:\s?(?:Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?)?"
)
_Y = r"(?P<y>(?:18|19|20|21)\d{2})"
_FORMS = tuple(
    re.compile(rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\.?,?\s+)?{form}{_TIME}", re.I)
    for form in (
        rf"{_Y}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})",
        rf"{_Y}(?P<m>\d{{2}})(?P<d>\d{{2}})(?:\d{{4}}|\d{{6}})?",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]?{_NAME}[ ,-]*(?P<y>(?:18|19|20|21)\d{{2}}|\d{{2}})",
        rf"{_NAME}[ -](?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s?|[ -]){_Y}",
    )
)
_PARTIAL = tuple(
    re.compile(form, re.I)
    for form in (rf"{_Y}[-/](?P<m>\d{{1,2}})", rf"{_NAME}[ ,-]*{_Y}", rf"(?P<m>\d{{1,2}})/{_Y}", _Y)
)
_NUMERIC = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<s>[-/.])(?P<b>\d{{1,2}})(?P=s)(?P<y>(?:18|19|20|21)\d{{2}}|\d{{2}}){_TIME}",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Order:
    """Whether the day comes first in numeric dates, and whether the column itself shows it."""

    day_first: bool = False
    sure: bool = True


MONTH_FIRST = Order()


def order_of(cells: Iterable[str], *, european: bool = False) -> Order:
    """The habit of a column. `european`: the rest of the table is written in the day-first habit.

    >>> order_of(["03/04/2025", "25/04/2025"]), order_of(["03/04/2025"])
    (Order(day_first=True, sure=True), Order(day_first=False, sure=False))
    """
    numeric = [m for c in cells if (m := _NUMERIC.fullmatch(c.strip()))]
    days = any(int(m["a"]) > 12 for m in numeric)
    months = any(int(m["b"]) > 12 for m in numeric)
    if days != months:
        return Order(days)
    open_ones = [m for m in numeric if m["a"] != m["b"] and max(int(m["a"]), int(m["b"])) <= 12]
    if days and months:  # a mixed column shows no habit
        return Order(False, not open_ones)
    if open_ones and all(m["s"] == "." for m in open_ones):
        return Order(True)
    return Order(european, not open_ones)


def parse_day(text: str, order: Order = MONTH_FIRST) -> Day | None:
    """The day, month or year that a cell names; None where it is no date.

    >>> parse_day("2025-03"), parse_day("12 Mar 2025").earliest, parse_day("13/40/2025")
    (Day(earliest=datetime.date(2025, 3, 1), latest=datetime.date(2025, 3, 31)),
     datetime.date(2025, 3, 12), None)
    """
    text = " ".join(text.split())
    if not text or len(text) > 60 or not any(c.isdigit() for c in text):
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            groups = match.groupdict()
            month = _MONTHS[groups["mon"].lower()] if groups.get("mon") else int(groups["m"])
            return _day(groups["y"], month, int(groups["d"]))
    if match := _NUMERIC.fullmatch(text):
        a, b = int(match["a"]), int(match["b"])
        day_first = a > 12 if (a > 12) != (b > 12) else order.day_first
        return _day(match["y"], *((b, a) if day_first else (a, b)))
    for form in _PARTIAL:
        if match := form.fullmatch(text):
            groups = match.groupdict()
            if groups.get("mon"):
                return month_of(int(groups["y"]), _MONTHS[groups["mon"].lower()])
            return (
                month_of(int(groups["y"]), int(groups["m"]))
                if "m" in groups
                else year_of(int(groups["y"]))
            )
    return None


def _day(year: str, month: int, day: int) -> Day | None:
    whole = int(year) + (0 if len(year) == 4 else 2000)
    try:
        return Day.of(date(whole, month, day))
    except ValueError:
        return None


def month_of(year: int, month: int) -> Day | None:
    """A month as the days it may be; None where there is no such month."""
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    return Day(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def year_of(year: int) -> Day | None:
    """A year as the days it may be."""
    return Day(date(year, 1, 1), date(year, 12, 31)) if 1 <= year <= 9999 else None
