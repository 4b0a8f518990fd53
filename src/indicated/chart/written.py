"""A calendar date that stands at a place: ISO, US order, day first with dots, or with the month's
name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = {m: i for i, m in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
)}  # fmt: skip
_NAME = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<y>(?:19|20)\d{2})(?!\d)"
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?P<y>(?:19|20)\d{2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)",
        rf"(?P<d>\d{{1,2}})\.[ ]?(?P<m>\d{{1,2}})\.[ ]?{_YEAR}",  # dots: the day first
        rf"(?P<m>\d{{1,2}})(?P<s>[-/])(?P<d>\d{{1,2}})(?P=s){_YEAR}",
        r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>\d{1,2})(?P=s)(?P<y>\d{2})(?![\d/-])",
        r"(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)",
        rf"{_DAY}[ -]?(?:of )?{_NAME}[ ,-]*{_YEAR}",
        rf"{_DAY}-{_NAME}-(?P<y>\d{{2}})(?!\d)",
        rf"{_NAME}[ -]?{_DAY}(?:,[ ]?|[ -]){_YEAR}",
    )
)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?[ ]+", re.I)
_TIME = re.compile(
    r"(?:,|[ ]+at)?[ T]*\d{1,2}:\d{2}(?::\d{2})?[ ]*(?:[ap]\.?m\.?)?(?:[ ]*\(?[A-Z]{1,4}\)?|Z)?",
    re.I,
)

_WORD = re.compile(r"(?<![0-9A-Za-z./-])(?=[0-9A-Za-z])")
_BIRTH = re.compile(r"(?:\bd\.?o\.?b\b|\bbirth(?:date|day)?|\bborn)[^\d\n]{0,12}$", re.I)
_BORN = re.compile(r"(?:dob|birth(?:-?date|day)?|born)[-.,:]*\d{1,4}[-./]?\d{1,2}[-./]?\d{1,4}")


def date_at(text: str, at: int, *, whole: bool = False) -> date | None:
    """The date that begins at an offset; `whole`: and is all there is, but for a time of day.

    >>> date_at("Date: 12 March 2025", 6), date_at("3/12/25", 0), date_at("13/40/2025", 0)
    (datetime.date(2025, 3, 12), datetime.date(2025, 3, 12), None)
    >>> date_at("12.03.2025", 0), date_at("Wednesday, March 12th, 2025", 0), date_at("Mar 2025", 0)
    (datetime.date(2025, 3, 12), datetime.date(2025, 3, 12), None)
    """
    if day := _WEEKDAY.match(text, at):
        at = day.end()
    for form in _FORMS:
        match = form.match(text, at)
        if match is None:
            continue
        if whole and match.end() != len(text) and not _TIME.fullmatch(text, match.end()):
            continue
        return _date(match)
    return None


def dates_in(text: str) -> Iterator[tuple[int, date]]:
    """Every date of a line with its offset, but none that is said to be of birth.

    >>> [(at, day.year) for at, day in dates_in("A B, DOB 3/22/1989 - seen 8/28/2025, Neurology")]
    [(26, 2025)]
    """
    past = 0
    for start in _WORD.finditer(text):
        at = start.start()
        if at < past or (found := date_at(text, at)) is None:
            continue
        past = at + 6  # no date is shorter
        if not _BIRTH.search(text[:at]):
            yield at, found


def date_in_name(name: str) -> date | None:
    """The first date in a file's name that is not said to be a date of birth.

    >>> date_in_name("labs_20250312.pdf"), date_in_name("smith dob 1961-02-03.txt")
    (datetime.date(2025, 3, 12), None)
    """
    plain = _BORN.sub("", name.replace("_", "-").replace(" ", "-").lower())
    for start in re.finditer(r"(?<![0-9a-z])(?=[0-9a-z])", plain):
        if found := date_at(plain, start.start()):
            return found
    return None


def _date(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    year = int(groups["y"])
    year += 2000 if year < 100 else 0
    month = _MONTHS[groups["mon"][:3].lower()] if groups.get("mon") else int(groups["m"])
    day = int(groups["d"])
    if month > 12 >= day:  # 25/12/2024 can only be the day first
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None
