"""Interval, route and dose of a medicine as lists and records name them.

The phrases are the ones by which notes are read (`library/cues/therapy.yaml`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from indicated.chart.labs_values import Cell, number_of, parse_value, unit_of
from indicated.cue_files import cue, cue_file
from indicated.model import Quantity, Therapy

_N = r"\d{1,3}(?:\.\d{1,2})?"
_EVERY = re.compile(
    rf"(?<!\w)(?:q\.?\s?|every\s)(?P<a>{_N})(?:\s?(?:-|to)\s?(?P<b>{_N}))?[\s-]?"
    r"(?P<u>hours?|hrs?|h|days?|d|weeks?|wks?|wk|w|months?|mos?|mo|m|years?)(?!\w)",
    re.I,
)
_TIMES = re.compile(
    rf"(?<!\w)(?P<a>{_N})\s?(?:x|times?)\s?(?:/|per\s|a\s|each\s)?\s?"
    r"(?P<u>days?|daily|weeks?|weekly|wk|months?|monthly|years?)(?!\w)",
    re.I,
)
_UNITS = {"h": "h", "d": "d", "w": "wk", "m": "mo", "y": "a"}
_DOSE = re.compile(
    r"(?P<n>\d[\d,]{0,9}(?:\.\d{1,4})?)\s?(?P<u>[A-Za-z\u00b5\u03bc%][\w/\u00b5\u03bc]{0,8})"
)
_SPACE = re.compile(r"\s+")


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], Quantity], ...]:
    found = []
    for written, names in cue("therapy", "every").items():
        number, unit = written.split()
        for name in names:
            found.append((_whole(name), Quantity.of(number, unit)))
    return tuple(sorted(found, key=lambda p: -len(p[0].pattern)))


@cache
def _routes() -> tuple[tuple[re.Pattern[str], str], ...]:
    tree = cue_file("therapy")
    low = [(_whole(w), route) for route, words in tree["routes"].items() for w in words]
    return (
        *low,
        *(
            (re.compile(rf"(?<!\w){re.escape(w)}(?!\w)"), route)
            for route, words in tree["routes_exact"].items()
            for w in words
        ),
    )


def _whole(name: str) -> re.Pattern[str]:
    start = r"(?<!\w)" if name[0].isalnum() else ""
    end = r"(?!\w)" if name[-1].isalnum() else ""
    return re.compile(start + re.escape(name) + end, re.I)


def interval_of(text: str) -> Quantity | None:
    """How often: the first interval that words name.

    >>> interval_of("every 4 weeks"), interval_of("1 tab BID"), interval_of("as needed")
    (Quantity(low=Decimal('4'), high=Decimal('4'), unit='wk', open=False),
     Quantity(low=Decimal('12'), high=Decimal('12'), unit='h', open=False), None)
    """
    text = _SPACE.sub(" ", text)[:400]
    if match := _EVERY.search(text):
        low = Decimal(match["a"])
        high = Decimal(match["b"] or match["a"])
        unit = _UNITS[match["u"][0].lower()]
        return Quantity(low, high, unit) if low <= high and high > 0 else None
    if (match := _TIMES.search(text)) and Decimal(match["a"]) > 0:
        unit = _UNITS[match["u"][0].lower()]
        hours = unit == "d" and 24 % Decimal(match["a"]) == 0 and Decimal(match["a"]) > 1
        length = Decimal(24) if hours else Decimal(7) if unit == "wk" else Decimal(1)
        each = round(length / Decimal(match["a"]), 4).normalize()
        whole = unit == "wk" and each == 7
        return (
            Quantity.of(1, "wk")
            if whole
            else Quantity.of(Decimal(f"{each:f}"), "h" if hours else "d" if unit == "wk" else unit)
        )
    folded = text.replace("-", " ")
    for pattern, every in _phrases():
        if pattern.search(folded):
            return every
    return None


def route_of(text: str) -> str:
    """The route that words name, as notes are read; "" where they name none.

    >>> route_of("Intravenous Route of Administration"), route_of("PO"), route_of("as told")
    ('intravenous', 'oral', '')
    """
    for pattern, route in _routes():
        if pattern.search(text[:400]):
            return route
    return ""


def dose_of(text: str, unit: str = "") -> Quantity | None:
    """One administration, where number and unit are both known.

    >>> dose_of("40 mg"), dose_of("2 tablets")
    (Quantity(low=Decimal('40'), high=Decimal('40'), unit='mg', open=False), None)
    """
    text = " ".join(text.split())[:200]
    result = parse_value(text)
    if result.cell is Cell.VALUE and isinstance(result.value, Quantity):
        code = unit_of(result.unit or unit)
        return Quantity(result.value.low, result.value.high, code) if code else None
    match = _DOSE.match(text)
    code = unit_of(match["u"]) if match else None
    number = number_of(match["n"]) if match else None
    return Quantity.of(number, code) if number is not None and code else None


def therapy_of(dose: Quantity | None, every: Quantity | None, route: str) -> Therapy | None:
    """The details together; None where there are none."""
    return Therapy(dose=dose, every=every, route=route) if dose or every or route else None
