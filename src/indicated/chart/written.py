"""A calendar date that stands at a place: ISO, US order, or with the month's name."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {m: i for i, m in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
)}  # fmt: skip
_NAME = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?P<y>(?:19|20)\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>(?:19|20)\d{2})(?!\d)",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{2})(?!\d)",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_NAME}[ ,-]+(?P<y>(?:19|20)\d{{2}})(?!\d)",
        rf"{_NAME}[ -](?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[ -](?P<y>(?:19|20)\d{{2}})(?!\d)",
    )
)


def date_at(text: str, at: int, *, whole: bool = False) -> date | None:
    """The date that begins at an offset; `whole`: and is all there is.

    >>> date_at("Date: 12 March 2025", 6), date_at("3/12/25", 0), date_at("13/40/2025", 0)
    (datetime.date(2025, 3, 12), datetime.date(2025, 3, 12), None)
    """
    for form in _FORMS:
        match = form.match(text, at)
        if match is None or (whole and match.end() != len(text)):
            continue
        groups = match.groupdict()
        year = int(groups["y"])
        year += 2000 if year < 100 else 0
        month = _MONTHS[groups["mon"].lower()] if groups.get("mon") else int(groups["m"])
        day = int(groups["d"])
        if month > 12 >= day:  # 25/12/2024 can only be the day first
            month, day = day, month
        try:
            return date(year, month, day)
        except ValueError:
            return None
    return None
