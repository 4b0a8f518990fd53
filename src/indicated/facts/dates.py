"""Dates as a chart writes them, with the precision they have.

"March 2025" is some day of that month; "3 weeks ago" is reckoned from the day of the document and
is as precise as its unit. "the past year" is a stretch of time.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from indicated.facts.anchors import Head, anchored
from indicated.facts.date_forms import FORMS
from indicated.facts.days import LONG_AGO, shifted
from indicated.facts.numbers import WORDS
from indicated.facts.parts import Dated, Spanned, leftmost_longest
from indicated.model import Day
from indicated.units import factor

MONTHS = {m.lower(): i for i, m in enumerate(calendar.month_abbr) if m}
_WORD = re.compile(r"(?<![\w/.])(?:[a-z]+|\d)|[(,](?= ?(?:early |late |mid )?[12]\d{3}(?!\w))")
_Matcher = tuple[str, re.Pattern[str]]
_GROUP = re.compile(r"\(\?P<\w+>")
_AGAIN = re.compile(r"\(\?P=\w+\)")


def _by_first() -> dict[str, tuple[re.Pattern[str], tuple[_Matcher, ...]]]:
    """The forms by the word that they begin with: most words begin none.

    Before them a pattern that fits wherever one of them does, so that a number that is no date is
    told at one stroke.
    """
    table: dict[str, list[tuple[str, str]]] = {}
    for kind, begins, form in FORMS:
        for word in begins.split():
            for first in _MONTHS_WRITTEN if word == "jan" else (word,):
                table.setdefault(first, []).append((kind, form))
    return {
        word: (
            re.compile("|".join(_AGAIN.sub(".", _GROUP.sub("(?:", f)) for _, f in forms), re.ASCII),
            tuple((k, re.compile(f + r"(?![\w/])", re.ASCII)) for k, f in forms),
        )
        for word, forms in table.items()
    }


_MONTHS_WRITTEN = (*MONTHS, "sept", *(m.lower() for m in calendar.month_name if m and m != "May"))
_BY_FIRST = _by_first()


def find_dates(lower: str, today: date, names: Sequence[Spanned] = ()) -> list[Dated]:
    """Every time that a text (in lower case) names, reckoned from the day of the document.

    "POD 5 of surgery on 3/18" is reckoned from that other date; `names` are what the text names
    besides, sorted: a name between the two keeps them two dates.
    """
    found: list[Dated] = []
    heads: list[Head] = []
    for word in _WORD.finditer(lower):
        first = word[0]
        known = _BY_FIRST.get("0" if first.isdigit() else "(" if first in ",(" else first)
        if known is None or known[0].match(lower, word.start()) is None:
            continue
        for kind, form in known[1]:
            match = form.match(lower, word.start())
            if match is None:
                continue
            if kind == "range":
                found += _ends(match, today)
            elif kind in ("offset", "later") or (kind == "hospital" and _counted(match)):
                heads.append(_head(kind, match))
            elif one := _dated(kind, match, today):
                found.append(one)
    plain = leftmost_longest(found)
    return anchored(lower, plain, heads, today, names) if heads else plain


def _counted(match: re.Match[str]) -> str | None:
    return match["n"] or match["n2"]


def _head(kind: str, match: re.Match[str]) -> Head:
    """A time that is reckoned from another: how far, and which way."""
    groups = match.groupdict()
    way = groups.get("way") or ""
    n = groups.get("n") or groups.get("n2")
    unit = unit_of(groups.get("u") or groups.get("u3") or "day")
    number = _and_more(groups, number_of(n), unit) if n else Decimal(1)
    if kind == "hospital":
        # The day of admission is day 1; the day of surgery is day 0.
        number -= 0 if "p" in match[0].replace("hospital", "") else 1
    elif way == "same":
        number = Decimal(0)
    back = way in ("prior to", "before", "preceding", "ahead of", "previous")
    whole = not n and kind == "later"
    return Head(*match.span(), kind, -number if back else number, unit, whole)


def _ends(match: re.Match[str], today: date) -> list[Dated]:
    """Both ends of "4 Mar-22 Apr 2025": what the first leaves out is as in the second."""
    groups = match.groupdict()
    second = {k: groups.get(k) for k in ("y", "mon", "m", "d")}
    first = {
        "y": groups.get("y1") or groups["y"],
        "mon": groups.get("mon1") or (groups.get("mon") if not groups.get("m1") else None),
        "m": groups.get("m1"),
        "d": groups.get("d1"),
    }
    if not second["mon"] and not second["m"]:
        second["mon"] = groups.get("mon1")
    if groups.get("y") and len(groups["y"] or "") == 2 and groups.get("y1") and not groups.get("m"):
        second["y"] = (groups["y1"] or "")[:2] + (groups["y"] or "")
    a, b = _calendar(first, today), _calendar(second, today)
    if a and b and a.earliest > b.earliest and not groups.get("y1"):
        a = Day(shifted(a.earliest, -1, "a"), shifted(a.latest, -1, "a"))
    if a is None or b is None or a.earliest > b.latest:
        return []
    return [
        Dated(match.start(), match.start("to"), a, a),
        Dated(match.end("to"), match.end(), b, b),
    ]


def before(day: date) -> Day:
    """Some day before that one."""
    return Day(LONG_AGO, shifted(day, -1, "d"))


def unit_of(word: str) -> str:
    """The UCUM code of a word for a stretch of time."""
    return {"d": "d", "w": "wk", "m": "mo", "y": "a"}[word[0]]


def number_of(word: str) -> Decimal:
    """A number in digits or in words; "a" is one."""
    return Decimal(1) if word in ("a", "an") else WORDS.get(word) or Decimal(word)


# A time that long ago is meant as precisely as its unit: half a unit either way.
_BLUR = {"d": 0, "wk": 3, "mo": 15, "a": 182}


def ago(today: date, n: Decimal, unit: str, *, at_least: bool = False, plain: bool = False) -> Day:
    """The day that lies so long ago. `plain`: said without an "about".

    >>> str(ago(date(2026, 3, 2), Decimal(18), "h").earliest)
    '2026-03-01'
    """
    if unit not in _BLUR:  # hours and minutes: that day or the one it began on
        days = Decimal(n * factor(unit, "d")).to_integral_value(ROUND_CEILING)
        return Day(max(shifted(today, -days, "d"), LONG_AGO), today)
    middle = shifted(today, -n, unit)
    if at_least:
        return Day(LONG_AGO, middle)
    blur = timedelta(days=_BLUR[unit] - (2 if plain and unit == "mo" else 0))
    return Day(max(middle - blur, LONG_AGO), max(min(middle + blur, today), LONG_AGO))


_CALENDAR = frozenset(
    ["ymd", "mdy", "dmony", "dmon", "mondy", "mony", "monrel", "my", "ym", "mond", "md", "inmon",
     "year", "bare"]
)  # fmt: skip


def _dated(kind: str, match: re.Match[str], today: date) -> Dated | None:
    groups = match.groupdict()
    if kind in _CALENDAR:
        day = _calendar(groups, today)
        if day is None:
            return None
        start = match.start()
        if kind in ("year", "md", "mond", "bare", "inmon"):
            start = next(_positions(match))
        return Dated(start, match.end(), day, day, "bare" if kind == "bare" else "day")
    if kind == "ago":
        if groups["way"] == "before":
            return None
        about = groups["about"] or ""
        far, sharp = about in ("over", "more than", "at least"), about in ("exactly", "precisely")
        unit = unit_of(groups["u"] or "")
        n = _and_more(groups, number_of(groups["n"] or ""), unit)
        day = Day.of(shifted(today, -n, unit)) if sharp else ago(
            today, n, unit, at_least=far, plain=not about
        )  # fmt: skip
        return Dated(*match.span(), day, day, "ago")
    if kind == "vague":
        return Dated(*match.span(), before(today), before(today), "vague")
    return _relative(kind, match, groups, today)


# How many of a smaller unit a larger one has.
_HAS = {("a", "mo"): 12, ("a", "wk"): 52, ("a", "d"): 365, ("mo", "wk"): 4, ("mo", "d"): 30,
        ("wk", "d"): 7}  # fmt: skip


def _and_more(groups: Mapping[str, str | None], n: Decimal, unit: str) -> Decimal:
    """So many of a unit with the larger one before it: "2 years and 3 months" are 27 months."""
    if not groups.get("n0"):
        return n
    return n + number_of(groups["n0"] or "") * _HAS.get((unit_of(groups["u0"] or ""), unit), 0)


def _positions(match: re.Match[str]) -> Iterator[int]:
    """Where the date itself begins, behind "in" or "since"."""
    yield min(match.start(g) for g, v in match.groupdict().items() if v and g != "last")


_DAYS = {"yesterday": -1, "last night": -1, "day before yesterday": -2, "tomorrow": 1}


def _relative(
    kind: str, match: re.Match[str], groups: dict[str, str | None], today: date
) -> Dated | None:
    if kind == "day":
        day = today + timedelta(days=_DAYS.get(match[0].removeprefix("the "), 0))
        return Dated(*match.span(), Day.of(day), Day.of(day))
    if kind == "hospital":
        return Dated(*match.span(), Day.of(today), Day.of(today), "anchor")
    unit = groups.get("u") or groups.get("u2") or groups.get("u3") or "day"
    if kind == "season":
        then = season(groups["season"] or "", today, last=groups["rel"] == "last")
        return Dated(match.start("rel"), match.end(), then, then)
    if kind == "last":
        first, last = _period(unit, today, 1)
        return Dated(*match.span(), Day(first, last), Day(first, last))
    if kind == "this":
        first, _ = _period(unit, today, 0)
        return Dated(*match.span(), Day(first, today), Day(first, today))
    number = groups.get("n") or groups.get("n2")
    begin = shifted(today, -number_of(number or "one"), unit_of(unit))
    return Dated(*match.span(), Day.of(begin), Day.of(today), "window")


_BEGINS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def season(name: str, today: date, *, last: bool) -> Day:
    """The latest such season that has begun; "last" where that was this year may be the one before.

    >>> [str(d) for d in (season("fall", date(2025, 6, 15), last=True).earliest,
    ...                   season("spring", date(2025, 6, 15), last=True).earliest,
    ...                   season("spring", date(2025, 6, 15), last=False).earliest)]
    ['2024-09-01', '2024-03-01', '2025-03-01']
    """
    first = date(today.year, _BEGINS[name], 1)
    if first > today:
        first = shifted(first, -1, "a")
    end = shifted(shifted(first, 3, "mo"), -1, "d")
    if last and first.year == today.year:
        first = shifted(first, -1, "a")
        if end >= today:
            end = shifted(end, -1, "a")
    return Day(first, min(end, today))


def _period(unit: str, today: date, back: int) -> tuple[date, date]:
    """The calendar week, month or year that many before the present one."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        first = shifted(today.replace(day=1), -back, "mo")
        return first, shifted(shifted(first, 1, "mo"), -1, "d")
    return date(today.year - back, 1, 1), date(today.year - back, 12, 31)


def _calendar(groups: Mapping[str, str | None], today: date) -> Day | None:
    """The day, month or year written; None when there is no such date."""
    short = groups.get("y2") or groups.get("y3")
    year, written = _year(groups.get("y") or short, today), bool(groups.get("y") or short)
    if groups.get("rel"):
        year, written = today.year - (groups["rel"] == "last"), True
    name = groups.get("mon") or groups.get("mon2")
    month = MONTHS[name[:3]] if name else int(groups.get("m") or 0)
    day = int(groups.get("d") or 0)
    if month > 12 and 1 <= day <= 12 and "sep" in groups:
        month, day = day, month  # 25/12/2024 can only be the day first
    try:
        if not month:
            return Day(date(year, 1, 1), date(year, 12, 31))
        if not written and date(year, month, max(day, 1)) > today:
            year -= 1  # "March 12" is the last one there was
        elif groups.get("last") and month == today.month:
            year -= 1
        if not day:
            return Day(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        return Day.of(date(year, month, day))
    except ValueError:
        return None


def _year(text: str | None, today: date) -> int:
    if not text:
        return today.year
    if len(text) == 4:
        return int(text)
    full = today.year // 100 * 100 + int(text)
    return full if full <= today.year + 1 else full - 100
