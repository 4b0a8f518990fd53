"""Doses, intervals, durations, counts, routes, places, purposes and sites in a stretch of text.

Each is returned with its place, so that a fact made from it points at its own words. Nothing is
corrected: "2 mg every day" stays what was written, whatever the label says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from indicated.ask.cues import NUMBER, NUMBER_WORDS, compiled, data, pattern, quantity
from indicated.model import Quantity
from indicated.units import dimension, unit_code, unit_names

_GAP = r"[\s-]*"
_RANGE = rf"(?P<low>{NUMBER})(?:\s*(?:-|–|to)\s*(?P<high>{NUMBER}))?"


@dataclass(frozen=True, slots=True)
class Amount:
    """Something said of a request. kind: dose | interval | duration | quantity | route | place |
    purpose | site. `current`: given now, not asked for."""

    kind: str
    value: Quantity | str
    start: int
    end: int
    current: bool = False


def amounts(text: str, start: int, end: int) -> tuple[Amount, ...]:
    """Everything of the kind between two offsets, in order.

    >>> [(a.kind, str(a.value.low), a.value.unit) for a in amounts("35 g every 4 weeks", 0, 18)]
    [('dose', '35', 'g'), ('interval', '4', 'wk')]
    """
    changed = _changes(text, start, end)
    doses = [d for d in _doses(text, start, end) if not _inside(d, changed)]
    intervals = _intervals(text, start, end)
    durations = [d for d in _durations(text, start, end) if not _inside(d, intervals)]
    counts = [c for c in _counts(text, start, end) if not _inside(c, changed + durations + doses)]
    found = changed + doses + intervals + durations + counts
    for kind, table in (("route", "routes"), ("place", "places"), ("purpose", "purposes")):
        found += _words(text, start, end, kind, table)
    return tuple(sorted(found + sites(text, start, end), key=lambda a: (a.start, a.kind)))


def sites(text: str, start: int, end: int) -> list[Amount]:
    """Sides and spinal levels, in normal form ("left", "L4/5"); "bilateral" is both sides.

    >>> [s.value for s in sites("right L3-S1", 0, 11)]
    ['right', 'L3/4', 'L4/5', 'L5/S1']
    """
    found: list[Amount] = []
    for m in pattern("both_sides").finditer(text, start, end):
        found += [Amount("site", side, m.start(), m.end()) for side in data("sides")]
    for side, inner in data("sides").items():
        for m in _one_of(tuple(inner)).finditer(text, start, end):
            found.append(Amount("site", side, m.start(), m.end()))
    for m in _LEVELS.finditer(text, start, end):
        found += [Amount("site", level, m.start(), m.end()) for level in _levels(m)]
    return sorted(found, key=lambda a: a.start)


def _changes(text: str, start: int, end: int) -> list[Amount]:
    """ "from 28 to 42 hours": what is given now, and what is asked for."""
    found: list[Amount] = []
    for m in _from_to().finditer(text, start, end):
        unit = unit_code(m["unit"]) or "{count}"
        kind = "dose" if unit != "{count}" else "quantity"
        for group, now in (("old", True), ("new", False)):
            value = Quantity.of(_number(m[group]), unit)
            found.append(Amount(kind, value, m.start(group), m.end(group), now))
    return found


def _doses(text: str, start: int, end: int) -> list[Amount]:
    found = []
    for m in _dose().finditer(text, start, end):
        unit = "[U]" if m["unit"].casefold() == "iu" else unit_code(m["unit"])
        if unit is None or _is_strength(text, m.end(), end):
            continue
        low, high = _number(m["low"]), _number(m["high"] or m["low"])
        now = bool(_current().search(text[max(0, m.start() - 60) : m.start()]))
        found.append(Amount("dose", Quantity(low, high, unit), m.start(), m.end(), now))
    return found


def _is_strength(text: str, at: int, end: int) -> bool:
    """ "10 mg/1.5 mL" says how strong a product is; it is a dose only with "weekly" behind it."""
    strength = _STRENGTH.match(text, at, end)
    return strength is not None and not any(
        i.start - strength.end() < 12 for i in _intervals(text, strength.end(), end)
    )


def _intervals(text: str, start: int, end: int) -> list[Amount]:
    found = []
    for m in _EVERY.finditer(text, start, end):
        unit = unit_code(m["unit"] + ("k" if m["unit"].casefold() == "w" else ""))
        if unit:
            low = _number(m["low"])
            high = _number(m["high"]) if m["high"] else low
            found.append(Amount("interval", Quantity(low, high, unit), m.start(), m.end()))
    for phrase, value in data("intervals").items():
        for m in _phrase(phrase).finditer(text, start, end):
            amount = Amount("interval", quantity(value), m.start(), m.end())
            if not _inside(amount, found):
                found.append(amount)
    return found


def _durations(text: str, start: int, end: int) -> list[Amount]:
    found = []
    for m in _DURATION.finditer(text, start, end):
        unit = unit_code(m["unit"] or m["unit2"])
        low = _number(m["low"] or m["low2"])
        high = _number(m["high"]) if m["high"] else low
        if unit:
            found.append(Amount("duration", Quantity(low, high, unit), m.start(), m.end()))
    return found


def _counts(text: str, start: int, end: int) -> list[Amount]:
    found = []
    for m in _counted().finditer(text, start, end):
        number = m["n"] or m["hash"] or m["times"]
        found.append(
            Amount("quantity", Quantity.of(_number(number), "{count}"), m.start(), m.end())
        )
    return found


def _words(text: str, start: int, end: int, kind: str, table: str) -> list[Amount]:
    found: list[Amount] = []
    for value, inner in data(table).items():
        for m in _phrase(inner).finditer(text, start, end):
            amount = Amount(kind, value, m.start(), m.end())
            if not _inside(amount, found):
                found.append(amount)
    return found


def _levels(m: re.Match[str]) -> list[str]:
    """The disc levels from one vertebra to another: L3-S1 is L3/4, L4/5, L5/S1."""
    spine = [(region, n) for region, top in _spine() for n in range(1, top + 1)]
    first = (m["a"].upper(), int(m["m"]))
    last = ((m["b"] or m["a"]).upper(), int(m["n"]))
    if first not in spine or last not in spine or spine.index(first) >= spine.index(last):
        return []
    run = spine[spine.index(first) : spine.index(last) + 1]
    return [f"{a}{m}/{n}" if a == b else f"{a}{m}/{b}{n}" for (a, m), (b, n) in pairwise(run)]


def _inside(amount: Amount, others: list[Amount]) -> bool:
    return any(amount.start < o.end and o.start < amount.end for o in others)


def _number(text: str) -> Decimal:
    return Decimal(NUMBER_WORDS.get(text.casefold(), text).replace(",", ""))


_STRENGTH = re.compile(r"\s*/\s*\d+(?:\.\d+)?\s*mL", re.IGNORECASE)
_LEVELS = re.compile(
    r"(?<!\w)(?P<a>[CTLS])(?P<m>\d{1,2})\s*(?:-|/|–|\sto\s)\s*(?P<b>[CTLS])?(?P<n>\d{1,2})(?![\w.])"
)
_EVERY = re.compile(
    rf"(?<!\w)(?:every|each|q)\s*(?:(?P<low>{NUMBER})(?:\s*(?:-|to)\s*(?P<high>{NUMBER}))?{_GAP})"
    r"(?P<unit>hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mos?|years?)(?![\w])",
    re.IGNORECASE,
)
_TIME = r"(?:days?|weeks?|wks?|months?|mos?|years?|yrs?)"
_DURATION = re.compile(
    rf"(?<!\w)(?:for|x|×|over|during|duration)[\s:]*(?:up\s+to\s+|the\s+next\s+|another\s+|a\s+)?"
    rf"{_RANGE}{_GAP}(?P<unit>{_TIME})(?!\w|[\s-]*old)"
    rf"|(?<![\w.])(?P<low2>{NUMBER})[\s-](?P<unit2>{_TIME})[\s-](?:course|supply|trial|period|of)(?!\w)",
    re.IGNORECASE,
)


@cache
def _dose() -> re.Pattern[str]:
    allowed = set(data("dose_units"))
    never = set(data("not_dose_units"))
    names = [
        name
        for name, code in unit_names().items()
        if code not in never and dimension(code) in allowed
    ]
    units = "|".join(re.escape(n) for n in sorted([*names, "iu"], key=len, reverse=True))
    return re.compile(
        rf"(?<![\w.#/]){_RANGE}{_GAP}(?P<unit>{units})(?![\w])(?!\s*/\s*(?:d?L|mmol|m2|min|h)\b)",
        re.IGNORECASE,
    )


@cache
def _from_to() -> re.Pattern[str]:
    inner = data("from_to").replace("{n}", rf"(?P<old>{NUMBER})", 1)
    return compiled(inner.replace("{n}", rf"(?P<new>{NUMBER})", 1) + r"(?!\w)", "from_to")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.#/-])(?P<n>{NUMBER})\s+(?:\w+\s+){{0,4}}?(?:{data('counted')})(?!\w)"
        rf"|#\s*(?P<hash>\d+)\b|(?<!\w)[x×]\s*(?P<times>\d{{1,4}})(?!\w|\s*(?:{_TIME}))",
        re.IGNORECASE,
    )


@cache
def _current() -> re.Pattern[str]:
    return compiled(rf"(?<!\w)(?:{data('current')})", "current")


@cache
def _phrase(inner: str) -> re.Pattern[str]:
    return compiled(rf"(?:(?<!\w)|(?=/))(?:{inner})(?!\w)", inner)


@cache
def _one_of(inner: tuple[str, ...]) -> re.Pattern[str]:
    return compiled("|".join(inner), "sides")


@cache
def _spine() -> tuple[tuple[str, int], ...]:
    return tuple((region, int(top)) for region, top in data("spine").items())
