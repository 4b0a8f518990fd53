"""Times that are reckoned from another date of the text: "POD 5 of surgery on 3/18/2025"."""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

from indicated.facts.cues import alternatives
from indicated.facts.days import shifted
from indicated.facts.parts import Dated, Spanned, apart, leftmost_longest, within
from indicated.model import Day

AHEAD = 60  # characters within which the date follows that a time is reckoned from
BEHIND = 160  # and within which it stands before
_STOP = re.compile(r"[;:\n]|\.\s")


@dataclass(frozen=True, slots=True)
class Head:
    """ "two weeks after", "POD 5", "a year later"; `whole`: "the following year"."""

    start: int
    end: int
    kind: str  # offset | later | hospital
    number: Decimal
    unit: str
    whole: bool = False


def anchored(
    lower: str, dates: Sequence[Dated], heads: Sequence[Head], today: date, names: Sequence[Spanned]
) -> list[Dated]:
    """The dates with the times that the heads give; a date that only anchors one is part of it.

    A head without a date to reckon from gives no time, except that a day in hospital or after
    surgery is at least near the day of the document.
    """
    fixed = [d for d in dates if d.kind in ("day", "bare") and not _of_a_form(lower, d)]
    out: list[Dated] = []
    spent: list[Dated] = []
    for head in heads:
        if lower.endswith(("for ", "every ", "each "), 0, head.start):
            continue  # "for 10 days after the operation" is how long, "every 12 weeks" how often
        if head.kind != "later" and (anchor := _following(lower, fixed, head)):
            merged = not within(names, head.end, anchor.start)
            out.append(_reckoned(head, anchor, anchor.end if merged else head.end))
            spent += [anchor] if merged else []
        elif head.kind != "offset" and (anchor := _preceding(lower, fixed, head)):
            out.append(_reckoned(head, anchor, head.end))
        elif head.kind == "hospital":
            out.append(Dated(head.start, head.end, Day.of(today), Day.of(today), "anchor"))
    firm = leftmost_longest(out)
    merged_in = {d.start for d in spent}
    rest = apart([d for d in dates if d.start not in merged_in], firm)
    return sorted([*rest, *firm], key=lambda d: d.start)


def _of_a_form(lower: str, dated: Dated) -> bool:
    """Whether it is a date of birth, of a fax or of a print, which no time is reckoned from."""
    return _form_dates().search(lower, max(0, dated.start - 28), dated.start) is not None


@cache
def _form_dates() -> re.Pattern[str]:
    return re.compile(alternatives("words", "other_dates").pattern + r"[\s:(]*(?:on )?$")


def _following(lower: str, dates: Sequence[Dated], head: Head) -> Dated | None:
    i = bisect_left(dates, head.end, key=lambda d: d.start)
    if i == len(dates) or dates[i].start - head.end > AHEAD:
        return None
    return None if _STOP.search(lower, head.end, dates[i].start) else dates[i]


def _preceding(lower: str, dates: Sequence[Dated], head: Head) -> Dated | None:
    i = bisect_left(dates, head.start, key=lambda d: d.start) - 1
    if i < 0 or head.start - dates[i].end > BEHIND:
        return None
    return None if "\n\n" in lower[dates[i].end : head.start] else dates[i]


def _reckoned(head: Head, anchor: Dated, end: int) -> Dated:
    first = shifted(anchor.first.earliest, head.number, head.unit)
    last = shifted(anchor.last.latest, head.number, head.unit)
    if head.unit == "a" and (head.whole or anchor.first != Day.of(anchor.first.earliest)):
        first, last = date(first.year, 1, 1), date(last.year, 12, 31)
    elif head.unit in ("mo", "a"):
        first = first.replace(day=1)
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    day = Day(min(first, last), max(first, last))
    return replace(anchor, start=head.start, end=end, first=day, last=day, kind="day")
