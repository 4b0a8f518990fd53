"""Which concept a number is a value of, in which unit, and what is doubtful about it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from indicated.errors import UnitError
from indicated.facts.cues import alternatives
from indicated.facts.frame import Frame
from indicated.facts.numbers import TIME
from indicated.facts.parts import Number, Spanned
from indicated.model import Concept, Mark, Quantity
from indicated.units import convert, convertible, dimension, known_units

_PER = {
    "mo": r"(?:per|a|each|/) ?(?:month|mo)\b|monthly",
    "h": r"(?:per|an|each|/) ?(?:hour|hr|h)\b",
    "d": r"(?:per|a|each|/) ?day\b|daily",
    "a": r"(?:per|a|each|/) ?(?:year|yr)\b|yearly",
}


@cache
def only_unit(code: str) -> bool:
    """Whether the program knows no other unit for what this unit measures."""
    if not code or code not in known_units():
        return False
    return sum(u.dimension == dimension(code) for u in known_units().values()) == 1


def fits(unit: str, concept: Concept) -> bool:
    return bool(unit and concept.unit) and convertible(unit, concept.unit, concept.molar_mass)


def settle(
    frame: Frame, number: Number, candidates: list[Concept], *, adjacent: bool, unit: str = ""
) -> tuple[str, Quantity, frozenset[Mark], tuple[Spanned, ...]] | None:
    """The concept, the quantity with its unit, and what is doubtful about it."""
    quantity = number.quantity if number.quantity.unit else replace(number.quantity, unit=unit)
    stated = quantity.unit
    if stated:
        fitting = [c for c in candidates if fits(stated, c)]
        if not fitting and stated == "%":  # an annotation is no other unit: "% predicted" is a %
            fitting = [c for c in candidates if c.unit.startswith("%{")]
            quantity = replace(quantity, unit=fitting[0].unit) if fitting else quantity
        if fitting:
            concept = fitting[0]
            return concept.id, quantity, _plausible(quantity, concept), ()
        if not adjacent or stated in TIME or not any(c.unit for c in candidates):
            return None
        return candidates[0].id, quantity, frozenset({Mark.UNIT_IMPOSSIBLE}), ()
    if number.foreign_unit:
        return candidates[0].id, quantity, frozenset({Mark.UNIT_IMPOSSIBLE}), ()
    return _without_unit(frame, number, quantity, candidates)


def _without_unit(
    frame: Frame, number: Number, quantity: Quantity, candidates: list[Concept]
) -> tuple[str, Quantity, frozenset[Mark], tuple[Spanned, ...]] | None:
    printed = _printed_range(frame, number)
    if printed is not None:
        for concept in candidates:
            if fits(printed.quantity.unit, concept):
                inferred = replace(quantity, unit=printed.quantity.unit)
                marks = _plausible(inferred, concept) | {Mark.UNIT_INFERRED}
                return concept.id, inferred, marks, (printed,)
    likely = [c for c in candidates if not _plausible(replace(quantity, unit=c.unit), c)]
    if len(candidates) > 1 and len(likely) != 1:
        return None  # one name, several things, and nothing tells them apart
    concept = likely[0] if likely else candidates[0]
    if only_unit(concept.unit) or not concept.unit or per_follows(frame, number.end, concept):
        implied = replace(quantity, unit=concept.unit)
        return concept.id, implied, _plausible(implied, concept), ()
    return concept.id, quantity, frozenset({Mark.UNIT_MISSING}), ()


def _printed_range(frame: Frame, number: Number) -> Number | None:
    """The reference range printed behind a value."""
    for other in frame.numbers:
        if other.start >= number.end and other.start - number.end < 40 and is_range(frame, other):
            return other if other.quantity.unit else None
    return None


def _plausible(quantity: Quantity, concept: Concept) -> frozenset[Mark]:
    """Doubt where a value lies outside of what the concept can be in the stated unit."""
    if concept.plausible is None or not concept.unit or not quantity.unit:
        return frozenset()
    try:
        ends = [
            convert(x, quantity.unit, concept.unit, concept.molar_mass)
            for x in (quantity.low, quantity.high)
            if x is not None
        ]
    except UnitError:
        return frozenset({Mark.UNIT_IMPOSSIBLE})
    low, high = concept.plausible
    bad = any(not low <= x <= high for x in ends) and not quantity.open
    return frozenset({Mark.UNIT_IMPOSSIBLE}) if bad else frozenset()


def per_follows(frame: Frame, at: int, concept: Concept) -> int:
    """Where "per month" ends behind a number of a monthly measure; 0 when it does not follow."""
    _, _, per = concept.unit.partition("/")
    found = re.compile(rf"\s?(?:{_PER[per]})").match(frame.text, at) if per in _PER else None
    return found.end() if found else 0


def is_range(frame: Frame, number: Number) -> bool:
    """Whether the number is the reference range of another: in brackets, or behind "normal"."""
    words = frame.text[max(frame.sentence.start, number.start - 22) : number.start]
    if re.search(alternatives("words", "ranges").pattern + r"[\s:]*(?:is |of |from )?$", words):
        return number.quantity.exact is None or frame.bracket(number.start) is not None
    around = frame.bracket(number.start)
    if around is None or number.quantity.exact is not None:
        return False
    inner = frame.text[around[0] + 1 : number.start].strip()
    before = [n for n in frame.numbers if n.end <= around[0] and around[0] - n.end <= 2]
    return bool(before) and (not inner or alternatives("words", "ranges").search(inner) is not None)
