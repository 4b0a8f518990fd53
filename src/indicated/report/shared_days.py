"""Days of a patient's course as days before the one as of which the article was answered.

What comes out is no number that could be mistaken for a value: "day -24", "month -3".
"""

from __future__ import annotations

import re
from datetime import date

from indicated.messages import Messages

_SPANISH = {"ene": 1, "abr": 4, "ago": 8, "dic": 12}  # where the first letters differ
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def counted(text: str, as_of: date, m: Messages) -> str:
    """A day or a month as a count back from `as_of`; withheld where it cannot be read.

    >>> from indicated.messages import load_messages
    >>> m = load_messages()
    >>> counted("10/28/2025", date(2025, 11, 21), m), counted("Oct 2025", date(2025, 11, 21), m)
    ('day -24', 'month -1')
    >>> counted("21 Nov 2025", date(2025, 11, 21), m)
    'day zero'
    """
    read = _read(text, as_of)
    if read is None:
        return m.template("shared.date")
    year, month, day = read
    if not day:
        back = (as_of.year - year) * 12 + as_of.month - month
        return m.fill("shared.month", n=str(back)) if back > 0 else m.template(
            "shared.zero" if back == 0 else "shared.later_month"
        )  # fmt: skip
    try:
        back = (as_of - date(year, month, day)).days
    except ValueError:
        return m.template("shared.date")
    if back > 0:
        return m.fill("shared.day", n=str(back))
    return m.template("shared.zero" if back == 0 else "shared.later")


def _read(text: str, as_of: date) -> tuple[int, int, int] | None:
    """Year, month and day (0 where only the month is said)."""
    named = next((m for w in re.findall(r"[a-z]{3,}", text.casefold()) if (m := _month(w))), 0)
    pieces = re.findall(r"\d+", text)
    numbers = [int(n) for n in pieces]
    years = [n for n, p in zip(numbers, pieces, strict=True) if len(p) == 4]
    rest = [n for n, p in zip(numbers, pieces, strict=True) if len(p) != 4]
    if named:
        day = rest.pop(0) if rest else 0
    elif len(rest) >= 2:
        if pieces and len(pieces[0]) != 4 and rest[0] > 12:
            rest[0], rest[1] = rest[1], rest[0]
        named, day = rest.pop(0), rest.pop(0)
    elif len(rest) == 1 and years:
        named, day = rest.pop(0), 0
    else:
        return None
    if years:
        year = years[0]
    elif rest:
        year = 2000 + rest[0] if 2000 + rest[0] <= as_of.year + 1 else 1900 + rest[0]
    else:  # the last such day
        year = as_of.year - ((named, day or 1) > (as_of.month, as_of.day))
    return (year, named, day) if 1 <= named <= 12 else None


def _month(word: str) -> int:
    if word == "martes":  # a weekday
        return 0
    return _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else _SPANISH.get(word[:3], 0)
