"""Dates as a chart writes them, with the precision they have.

"March 2025" is some day of that month; "3 weeks ago" is reckoned from the day of the document and
is as precise as its unit. "the past year" is a stretch of time.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from indicated.facts.numbers import WORDS
from indicated.facts.parts import Dated, leftmost_longest
from indicated.model import Day

LONG_AGO = date(1900, 1, 1)  # "before then" needs an earliest day; nothing in a chart is older
MONTHS = {m.lower(): i for i, m in enumerate(calendar.month_abbr) if m}
_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_N = rf"(?P<n>\d{{1,3}}(?:\.\d)?|a|an|{'|'.join(WORDS)})"
_ABOUT = (
    r"(?:(?P<about>about|approximately|approx\.?|around|roughly|almost|nearly|some|over|"
    r"more than|at least) )?"
)
_N2 = _N.replace("<n>", "<n2>")
_UNIT = r"(?P<u>days?|weeks?|wks?|months?|mos?|years?|yrs?)"
_UNIT3 = _UNIT.replace("<u>", "<u3>")

# kind, what it begins with (a digit "0", a month's name "jan", or words), and how it is written.
_FORMS: tuple[tuple[str, str, str], ...] = (
    ("ymd", "0", rf"{_YEAR}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:t\d\d:\d\d(?::\d\d)?z?)?"),
    ("mdy", "0", r"(?P<m>\d{1,2})(?P<sep>[-/.])(?P<d>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d{2}|\d{2})"),
    ("dmony", "0", rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?{_MONTH}[ ,-]+{_YEAR}"),
    ("mondy", "jan", rf"{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}"),
    ("mony", "jan", rf"{_MONTH}[ ,]+(?:of )?{_YEAR}"),
    ("my", "0", r"(?P<m>0?[1-9]|1[0-2])/(?P<y>(?:19|20)\d{2})"),
    ("ym", "0", r"(?P<y>(?:19|20)\d{2})-(?P<m>0[1-9]|1[0-2])"),
    ("mond", "jan", rf"{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?! ?mg)"),
    ("md", "on since from until by dated", r"\w+ (?P<m>0?[1-9]|1[0-2])/(?P<d>\d{1,2})"),
    ("year", "in since from until during of by around circa after before early late mid fall "
     "spring summer winter year through to", r"\w+[ ]?(?:early |late |mid )?" + _YEAR),
    ("year", "(", r"[(,][ ]?(?:early |late |mid )?" + _YEAR),
    ("bare", "0", rf"(?<=[a-z)] ){_YEAR}(?! ?(?:mg|g|ml|iu|u|units?|%|days?|weeks?|kcal|feet)\b)"),
    ("ago", f"0 a an {' '.join(WORDS)} about approximately approx around roughly almost nearly "
     "some over more at",
     rf"{_ABOUT}{_N} {_UNIT} (?P<way>ago|prior|earlier|back|previously|before)(?! to)"),
    ("vague", "a several some many",
     r"(?:a few|several|some|many|a couple of|a number of) (?:days|weeks|months|years) "
     r"(?P<way>ago|prior|earlier|back|previously|before)(?! to)"),
    ("last", "last this", r"(?:last|this past) (?P<u>week|month|year)"),
    ("this", "this earlier",
     r"this (?P<u>week|month|year)|earlier this (?P<u2>week|month|year)"),
    ("day", "today yesterday this day",
     r"today|yesterday|this morning|this visit|day of this visit"),
    ("window", "in over within during for throughout the past last previous preceding",
     r"(?:(?:in|over|within|during|for|throughout) (?:the )?|the )"
     rf"(?:past|last|previous|preceding|prior) (?:{_N} )?{_UNIT}|"
     rf"(?:past|last|previous|preceding) {_N2} {_UNIT3}"),
    ("hospital", "on post postop postoperative pod hospital day admission",
     r"(?:on )?(?:post ?op(?:erative)? day|pod|hospital day|day of admission|admission day)"
     r"(?: #?\d{1,3})?"),
)  # fmt: skip

_WORD = re.compile(r"(?<![\w/.])(?:[a-z]+|\d|[(,](?= ?(?:early |late |mid )?[12]))")
_Matcher = tuple[str, re.Pattern[str]]


def _by_first() -> dict[str, tuple[_Matcher, ...]]:
    """The forms by the word that they begin with: most words begin none."""
    table: dict[str, list[_Matcher]] = {}
    for kind, begins, form in _FORMS:
        matcher = (kind, re.compile(form + r"(?![\w/])", re.ASCII))
        for word in begins.split():
            for first in _MONTHS_WRITTEN if word == "jan" else (word,):
                table.setdefault(first, []).append(matcher)
    return {word: tuple(matchers) for word, matchers in table.items()}


_MONTHS_WRITTEN = (*MONTHS, "sept", *(m.lower() for m in calendar.month_name if m and m != "May"))
_BY_FIRST = _by_first()


def find_dates(lower: str, today: date) -> list[Dated]:
    """Every time that a text (in lower case) names, reckoned from the day of the document."""
    found: list[Dated] = []
    for word in _WORD.finditer(lower):
        first = word[0]
        for kind, form in _BY_FIRST.get(
            "0" if first.isdigit() else "(" if first == "," else first, ()
        ):
            match = form.match(lower, word.start())
            if match and (one := _dated(kind, match, today)):
                found.append(one)
    return leftmost_longest(found)


def before(day: date) -> Day:
    """Some day before that one."""
    return Day(LONG_AGO, shifted(day, -1, "d"))


def shifted(day: date, n: Decimal | int, unit: str) -> date:
    """A day so many days, weeks, months or years on; kept within what dates can say.

    >>> shifted(date(2025, 3, 31), -1, "mo"), shifted(date(2024, 2, 29), 1, "a")
    (datetime.date(2025, 2, 28), datetime.date(2025, 2, 28))
    """
    try:
        if unit in ("mo", "a") and n == int(n):
            months = day.year * 12 + day.month - 1 + int(n) * (12 if unit == "a" else 1)
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
        days = {"d": Decimal(1), "wk": Decimal(7), "mo": Decimal("30.4"), "a": Decimal("365.25")}
        return day + timedelta(days=int(n * days.get(unit, Decimal(0))))
    except (ValueError, OverflowError):
        return LONG_AGO if n < 0 else date.max


def unit_of(word: str) -> str:
    """The UCUM code of a word for a stretch of time."""
    return {"d": "d", "w": "wk", "m": "mo", "y": "a"}[word[0]]


def number_of(word: str) -> Decimal:
    """A number in digits or in words; "a" is one."""
    return Decimal(1) if word in ("a", "an") else WORDS.get(word) or Decimal(word)


# A time that long ago is meant as precisely as its unit: half a unit either way.
_BLUR = {"d": 0, "wk": 3, "mo": 15, "a": 182}


def ago(today: date, n: Decimal, unit: str, *, at_least: bool = False) -> Day:
    """The day that lies so long ago."""
    middle = shifted(today, -n, unit)
    if at_least:
        return Day(LONG_AGO, middle)
    blur = timedelta(days=_BLUR[unit])
    return Day(max(middle - blur, LONG_AGO), max(min(middle + blur, today), LONG_AGO))


def _dated(kind: str, match: re.Match[str], today: date) -> Dated | None:
    groups = match.groupdict()
    if kind in ("ymd", "mdy", "dmony", "mondy", "mony", "my", "ym", "mond", "md", "year", "bare"):
        day = _calendar(groups, today)
        if day is None:
            return None
        start = match.start()
        if kind in ("year", "md", "mond", "bare"):
            start = next(_positions(match))
        return Dated(start, match.end(), day, day, "bare" if kind == "bare" else "day")
    if kind == "ago":
        if groups["way"] == "before":
            return None
        far = (groups["about"] or "") in ("over", "more than", "at least")
        day = ago(today, number_of(groups["n"]), unit_of(groups["u"]), at_least=far)
        return Dated(*match.span(), day, day, "ago")
    if kind == "vague":
        return Dated(*match.span(), before(today), before(today), "ago")
    return _relative(kind, match, groups, today)


def _positions(match: re.Match[str]) -> Iterator[int]:
    """Where the date itself begins, behind "in" or "since"."""
    yield min(match.start(g) for g, v in match.groupdict().items() if v is not None)


def _relative(
    kind: str, match: re.Match[str], groups: dict[str, str | None], today: date
) -> Dated | None:
    if kind == "day":
        day = today - timedelta(days=1) if match[0] == "yesterday" else today
        return Dated(*match.span(), Day.of(day), Day.of(day))
    if kind == "hospital":
        return Dated(*match.span(), Day.of(today), Day.of(today), "anchor")
    unit = groups.get("u") or groups.get("u2") or groups.get("u3") or "day"
    if kind == "last":
        first, last = _period(unit, today, 1)
        return Dated(*match.span(), Day(first, last), Day(first, last))
    if kind == "this":
        first, _ = _period(unit, today, 0)
        return Dated(*match.span(), Day(first, today), Day(first, today))
    number = groups.get("n") or groups.get("n2")
    begin = shifted(today, -number_of(number or "one"), unit_of(unit))
    return Dated(*match.span(), Day.of(begin), Day.of(today), "window")


def _period(unit: str, today: date, back: int) -> tuple[date, date]:
    """The calendar week, month or year that many before the present one."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        first = shifted(today.replace(day=1), -back, "mo")
        return first, shifted(shifted(first, 1, "mo"), -1, "d")
    return date(today.year - back, 1, 1), date(today.year - back, 12, 31)


def _calendar(groups: dict[str, str | None], today: date) -> Day | None:
    """The day, month or year written; None when there is no such date."""
    year = _year(groups.get("y"), today)
    month = MONTHS[(groups["mon"] or "")[:3]] if groups.get("mon") else int(groups.get("m") or 0)
    day = int(groups.get("d") or 0)
    if month > 12 and 1 <= day <= 12 and "sep" in groups:
        month, day = day, month  # 25/12/2024 can only be the day first
    try:
        if not month:
            return Day(date(year, 1, 1), date(year, 12, 31))
        if not day:
            return Day(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        found = date(year, month, day)
    except ValueError:
        return None
    if not groups.get("y") and found > today:  # "March 12" is the last one there was
        found = shifted(found, -1, "a")
    return Day.of(found)


def _year(text: str | None, today: date) -> int:
    if not text:
        return today.year
    if len(text) == 4:
        return int(text)
    full = today.year // 100 * 100 + int(text)
    return full if full <= today.year + 1 else full - 100
