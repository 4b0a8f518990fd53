"""Reckoning with days: so many days, weeks, months or years on or back."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

LONG_AGO = date(1900, 1, 1)  # "before then" needs an earliest day; nothing in a chart is older


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
