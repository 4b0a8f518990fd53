"""Dose, interval, route and duration as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from indicated.facts.cues import alternatives, load, quantity, whole_words
from indicated.facts.dates import number_of
from indicated.facts.fold import fold
from indicated.facts.numbers import TIME, WORDS
from indicated.facts.parts import Number
from indicated.model import Quantity
from indicated.units import dimension, tidy

DOSES = frozenset({"mass", "dose-per-weight", "dose-per-area", "biological-units"})
BODY = frozenset({"kg", "[lb_av]"})
_N = rf"(?:\d{{1,3}}(?:\.\d)?|{'|'.join(WORDS)})"
_EVERY = re.compile(
    rf"(?<!\w)(?:q\.?\s?|every\s{{1,6}})(?P<a>{_N})(?:\s?(?:-|to|\u2013)\s?(?P<b>{_N}))?[\s-]{{0,6}}"
    r"(?P<u>hours?|hrs?|h|days?|d|weeks?|wks?|wk|w|months?|mos?|mo|m|years?)(?!\w)"
)
_TIMES = re.compile(
    rf"(?<![\w-])(?P<a>{_N})\s?(?:x|times)\s?(?:/|per |a |each )?\s?"
    r"(?P<u>days?|daily|weeks?|weekly|wk|months?|monthly|years?)(?!\w)"
)
_SPELL = re.compile(
    r"\b(?:for|over|within|in|after|about|almost|nearly|than|half|of|lasted|took|under|once in|"
    r"quite|such|only|just|barely|around|approximately|roughly|until|before|inside)\s$"
)
_UNITS = {"h": "h", "d": "d", "w": "wk", "m": "mo", "y": "a"}
_LASTS = re.compile(
    r"(?:for|x|\u00d7|over|during|lasting|of|,|\(|:|\||;|-)\s?"
    r"(?:about |approximately |at least |more than |over |nearly |almost |only |just |a |an |"
    r"total |the |a total of |a further |another |up to |"
    r"(?:a |an )?(?:good|full|solid|entire|whole) )?$"
)
_NOT_LASTING = re.compile(
    r"[\s-]*(?:ago|later|apart|prior|before|after|old|of age|earlier|post|from now|interval)"
)
_FOR = re.compile(
    r"(?:for|x|\u00d7|lasting)\s?(?:about |approximately |at least |only |just |a |the |"
    r"(?:a |an )?(?:good|full|solid|entire|whole) )?$"
)
_NOT_EVEN_FOR = re.compile(r"[\s-]*(?:ago|old|of age|apart|interval)")
_PLACE = re.compile(r" (?:center|centre|suite|clinic|site|pump|orders?|reaction)")
_TRIAL = re.compile(r"[\s-]*(?:long )?(?:trial|course|of|duration|treatment|supply)")
_NOT_DURATION = re.compile(r"(?:every|q|age|aged|at|week|month|day|after|within|per|until)\s?$")


@dataclass(frozen=True, slots=True)
class Every:
    """An interval and where it stands."""

    start: int
    end: int
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Route:
    """A route and where it stands."""

    start: int
    end: int
    name: str


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, Quantity]]:
    table = {fold(p): quantity(q) for q, ps in load("therapy")["every"].items() for p in ps}
    escaped = (re.escape(p) for p in sorted(table, key=len, reverse=True))
    spaced = "|".join(p.replace("\\ ", r"\s{1,6}") for p in escaped)  # a line may end in between
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)"), table


@cache
def _route_words() -> tuple[re.Pattern[str], dict[str, str], re.Pattern[str], dict[str, str]]:
    tree = load("therapy")
    low = {fold(w): r for r, ws in tree["routes"].items() for w in ws}
    exact = {w: r for r, ws in tree["routes_exact"].items() for w in ws}
    cased = re.compile(r"(?<![\w])(?:" + "|".join(map(re.escape, exact)) + r")(?![\w])")
    return whole_words(low), low, cased, exact


def intervals(lower: str, folded: str, start: int, end: int) -> list[Every]:
    """Every interval written in a stretch.

    >>> [e.quantity.low for e in intervals("q8 weeks, bid", "q8 weeks, bid", 0, 13)]
    [Decimal('8'), Decimal('12')]
    """
    found: list[Every] = []
    for match in _EVERY.finditer(lower, start, end):
        low, high = number_of(match["a"]), number_of(match["b"] or match["a"])
        found.append(Every(*match.span(), Quantity(low, high, _UNITS[match["u"][0]])))
    counted = [e for e in _times(lower, start, end) if not any(_meet(e, f) for f in found)]
    pattern, table = _phrases()
    for match in pattern.finditer(folded, start, end):
        if folded.endswith((" times ", " x ", "x "), start, match.start()):
            continue  # "3-4 times per week" is no "per week"
        if match[0].startswith("a ") and _SPELL.search(folded, max(0, start), match.start()):
            continue  # "for a year", "over a month", "half a day": how long, and not how often
        one = Every(*match.span(), table[" ".join(match[0].split())])
        longer = [c for c in counted if _meet(c, one) and c.end - c.start > one.end - one.start]
        if not longer and not any(_meet(one, f) for f in found):
            found.append(one)
    found += [c for c in counted if not any(_meet(c, f) for f in found)]
    return sorted(found, key=lambda e: e.start)


def _meet(a: Every, b: Every) -> bool:
    return a.start < b.end and b.start < a.end


def _times(lower: str, start: int, end: int) -> Iterator[Every]:
    """ "3 times per week", "2x/day"."""
    for match in _TIMES.finditer(lower, start, end):
        each = quantity({"d": "24 h", "w": "7 d", "m": "1 mo", "y": "1 a"}[match["u"][0]])
        if each.low is not None and number_of(match["a"]):
            every = tidy(each.low / number_of(match["a"]))
            yield Every(*match.span(), Quantity(every, every, each.unit))


def routes(text: str, folded: str, start: int, end: int) -> Iterator[Route]:
    """Every route named in a stretch."""
    low, table, cased, exact = _route_words()
    for match in cased.finditer(text, start, end):
        yield Route(*match.span(), exact[match[0]])
    for match in low.finditer(folded, start, end):
        if not _PLACE.match(folded, match.end()):
            yield Route(*match.span(), table[match[0]])


def is_dose(number: Number) -> bool:
    """Whether the unit is one in which a drug is given."""
    unit = number.quantity.unit
    return bool(unit) and unit not in BODY and dimension(unit) in DOSES


def is_duration(lower: str, number: Number, low: int) -> bool:
    """Whether a number of days, weeks, ... says how long a treatment was given."""
    if number.quantity.unit not in TIME or number.per or number.quantity.unit in ("h", "min"):
        return False
    before = lower[max(low, number.start - 26) : number.start]
    given_for = _FOR.search(before)
    other = (_NOT_EVEN_FOR if given_for else _NOT_LASTING).match(lower, number.end)
    if other or _NOT_DURATION.search(before):
        return False
    return bool(_LASTS.search(before) or _TRIAL.match(lower, number.end) or not before.strip())


def counted(folded: str, number: Number) -> int | None:
    """Where the counted word ends, for "6 visits"; None when nothing is counted."""
    if number.quantity.unit not in ("", "{count}"):
        return None
    words = alternatives("therapy", "counted")
    if number.quantity.unit == "{count}" and words.search(folded, number.digits, number.end):
        return number.end
    for skip in (1, 0):
        found = words.match(folded, number.end + skip)
        if found:
            return found.end()
    return None
