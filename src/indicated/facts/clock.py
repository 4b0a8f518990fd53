"""Stretches of time in two units: "5 h 48 min", "7:12 h", "2 years and 3 months"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from indicated.facts.parts import Number
from indicated.model import Quantity
from indicated.units import unit_names

# The larger unit, the smaller one, how many of it make one of the larger, and what a lone "m" is.
_PAIRS = (("h", "min", 60, "m"), ("a", "mo", 12, "m"), ("wk", "d", 7, ""))
_JOINED = r"(?:, and |,? |\s?and )?"
# "6 weeks, 3 days a week" and "1 year and 3 months respectively" are two amounts.
_TWO = r"(?!\s?(?:/|x\b|\u00d7|-?\s?(?:per|an?|each|every|out|of|weekly|respectively)\b))"
_CLOCK = re.compile(r"(?P<n>\d{1,2}):(?P<rest>[0-5]\d)(?::[0-5]\d)?\s?h(?:(?:ou)?rs?)?(?![\w:])")
_TIME_OF_DAY = re.compile(
    r"(?:\b(?:at|from|to|by|until|till|before|after|around|since)|-|\u2013)\s?$"
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    return tuple(
        (
            re.compile(
                rf"(?P<n>\d{{1,3}})[\s-]?(?:{_names(large)})\.?{_JOINED}"
                rf"(?P<rest>\d{{1,2}})[\s-]?(?:{_names(small, alone)})(?!\w){_TWO}"
            ),
            small,
            size,
        )
        for large, small, size, alone in _PAIRS
    )


def _names(code: str, alone: str = "") -> str:
    names = {n for n, c in unit_names().items() if c == code} | ({alone} - {""})
    return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))


@cache
def _begins() -> re.Pattern[str]:
    """What stands before every one of them, so that most numbers are passed at once."""
    larger = "|".join(_names(large) for large, *_ in _PAIRS)
    return re.compile(rf"\d{{1,3}}(?:[\s-]?(?:{larger})|:)")


def duration_in_two(folded: str, at: int) -> Number | None:
    """The number that begins at an offset and goes on in a smaller unit, in that unit."""
    if _begins().match(folded, at) is None:
        return None
    clock = _CLOCK.match(folded, at)
    if clock and not _TIME_OF_DAY.search(folded, max(0, at - 8), at):
        return _whole(clock, "min", 60)
    for pattern, unit, size in _patterns():
        found = pattern.match(folded, at)
        if found and Decimal(found["rest"]) < size:
            return _whole(found, unit, size)
    return None


def _whole(match: re.Match[str], unit: str, size: int) -> Number:
    n = Decimal(match["n"]) * size + Decimal(match["rest"])
    return Number(match.start(), match.end(), Quantity.of(n, unit), match.end())
