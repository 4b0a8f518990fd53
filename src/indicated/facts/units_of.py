"""Which concept a number is a value of, in which unit, and what is doubtful about it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from indicated.errors import UnitError
from indicated.facts.amounts import match_unit
from indicated.facts.cues import alternatives, load
from indicated.facts.frame import Frame
from indicated.facts.numbers import TIME
from indicated.facts.parts import Number, Span, Spanned
from indicated.model import Concept, Mark, Quantity
from indicated.units import convert, convertible, dimension, known_units, unit_code

_PER = {
    "mo": r"(?:per|an?|each|every|/) ?(?:month|mo)\b|monthly",
    "wk": r"(?:per|an?|each|every|/) ?(?:week|wk)\b|weekly",
    "h": r"(?:per|an?|each|every|/) ?(?:hour|hr|h)\b|hourly",
    "d": r"(?:per|an?|each|every|/) ?(?:day|d)\b|daily",
    "a": r"(?:per|an?|each|every|/) ?(?:year|yr)\b|yearly",
    "min": r"(?:per|an?|each|every|/) ?(?:minute|min)\b",
}
_ANNOTATION = re.compile(r"/?\{[^{}]*\}$")  # of a unit: "%{predicted}", "mL/min/{1.73_m2}"
# What may stand between a value and the unit of its line: a flag, dividers, a label, a range.
_FLAGS = (
    r"(?:\b(?:HH?|LL?|A|N|C|High|Low|HIGH|LOW|Abnormal|ABNORMAL|Normal|Crit(?:ical)?|"
    r"[Ff]lag(?:ged)?)\b|[*!\u2191\u2193])"
)
_ON_LINE = re.compile(
    rf"(?:[ \t|;:=^~\-\u2013()\[\]]|,(?=\S)|{_FLAGS}){{1,12}}(?:(?i:units?|uom)\s?[:=]?\s?)?"
)
_BRACKET = re.compile(r"\s?[(\[][^()\[\]\n]{0,30}[)\]]\s?")
_RANGED = re.compile(rf"(?:[ \t|;:=()\[\]]|{_FLAGS})*")
_STANDS_FOR_MORE = 24  # characters between a value and a unit of the same line


@cache
def only_unit(code: str) -> bool:
    """Whether a value without a unit can only be in this one.

    That is so where the program knows no other unit for what this one measures, except for
    fractions, which are written as 0.55 as well as 55 %; and for units that charts leave out.
    """
    if not code or code not in known_units():
        return False
    if code in listed_units():
        return True
    if dimension(code) == "fraction":
        return False
    return sum(u.dimension == dimension(code) for u in known_units().values()) == 1


@cache
def listed_units() -> frozenset[str]:
    """The units that charts leave out, by `words.yaml`."""
    return frozenset(load("words")["unwritten_units"])


def fits(unit: str, concept: Concept) -> bool:
    return bool(unit and concept.unit) and convertible(unit, concept.unit, concept.molar_mass)


def accepts(unit: str, concept: Concept) -> bool:
    """Whether a value in this unit can be one of the concept: a "%" may be one of predicted."""
    return fits(unit, concept) or (bool(unit) and _ANNOTATION.sub("", concept.unit) == unit)


def same_written(one: str, other: str) -> bool:
    """Whether two units are the same but for an annotation that one of them leaves out.

    >>> same_written("%{predicted}", "%"), same_written("%", "mg/dL")
    (True, False)
    """
    return _ANNOTATION.sub("", one) == _ANNOTATION.sub("", other)


_OUT_OF_100 = re.compile(r"\s?(?:/|out of|of)\s?100$")


def _of_hundred(concept: Concept) -> bool:
    """Whether a score has a hundred points, so that it is as well a share of them."""
    return concept.kind == "score" and concept.plausible == (Decimal(0), Decimal(100))


def settle(
    frame: Frame, number: Number, candidates: list[Concept], *, adjacent: bool, unit: str = ""
) -> tuple[str, Quantity, frozenset[Mark], tuple[Spanned, ...]] | None:
    """The concept, the quantity with its unit, and what is doubtful about it."""
    if number.per:
        return None  # so much a day is no amount
    quantity = number.quantity if number.quantity.unit else replace(number.quantity, unit=unit)
    stated = quantity.unit
    if stated and not any(fits(stated, c) for c in candidates) and one_letter(frame, number):
        quantity, stated = _unitless(quantity), ""  # "388 L": low; "98.6 F |": no unit of this
        number = replace(number, end=number.digits)
    hundredths = stated == "%" or (
        not stated and _OUT_OF_100.search(frame.text, number.start, number.end)
    )
    if hundredths and (shared := [c for c in candidates if _of_hundred(c)]):
        quantity = replace(quantity, unit=shared[0].unit)  # "ODI 52%": of a hundred points
        return shared[0].id, quantity, _plausible(quantity, shared[0]), ()
    if stated:
        fitting = [c for c in candidates if fits(stated, c)]
        if not fitting:  # an annotation is no other unit: "% predicted" is a %
            fitting = [c for c in candidates if _ANNOTATION.sub("", c.unit) == stated]
            quantity = replace(quantity, unit=fitting[0].unit) if fitting else quantity
        if fitting:
            likely = [c for c in fitting if not _plausible(quantity, c)]
            concept = (likely or fitting)[0]
            return concept.id, quantity, _plausible(quantity, concept), ()
        if not adjacent or stated in TIME or not any(c.unit for c in candidates):
            return None
        if stated == "%" or stated.startswith("{") or _other_sense(stated, candidates):
            return None  # a share, a count or a change of something is no amount in a wrong unit
        return candidates[0].id, quantity, frozenset({Mark.UNIT_IMPOSSIBLE}), ()
    if number.foreign_unit and not adjacent:
        return None
    if number.foreign_unit:
        return candidates[0].id, quantity, frozenset({Mark.UNIT_IMPOSSIBLE}), ()
    return _without_unit(frame, number, quantity, candidates)


def _other_sense(unit: str, candidates: list[Concept]) -> bool:
    """Whether a share of a size is named like the size itself: "body surface area 1.8 m2"; or the
    unit is one of change: "60 mL per year"."""
    if unit not in known_units():
        return False
    size = dimension(unit)
    shares = [c for c in candidates if c.unit.startswith("%")]
    return size == "rate-of-change" or any(size in c.label.casefold().split() for c in shares)


def one_letter(frame: Frame, number: Number) -> bool:
    """Whether the unit is a single sign, which may be a flag or anything else."""
    written = frame.page.document.text[number.digits : number.end].strip()
    return len(written) == 1 and (written.isupper() or written in "'#")


def _unitless(quantity: Quantity) -> Quantity:
    """Without a unit that was none; "14.9K" is 14,900 of something."""
    size = known_units()[quantity.unit].size if quantity.unit == unit_code("k") else 1
    low, high = (x * size if x is not None else None for x in (quantity.low, quantity.high))
    return Quantity(low, high, "", quantity.open)


def _without_unit(
    frame: Frame, number: Number, quantity: Quantity, candidates: list[Concept]
) -> tuple[str, Quantity, frozenset[Mark], tuple[Spanned, ...]] | None:
    if later := _unit_on_line(frame, number, candidates):
        concept, code, span = later
        stated = replace(quantity, unit=code)
        return concept.id, stated, _plausible(stated, concept), (span,)
    printed = _printed_range(frame, number)
    if printed is not None:
        for concept in candidates:
            if fits(printed.quantity.unit, concept):
                inferred = replace(quantity, unit=printed.quantity.unit)
                marks = _plausible(inferred, concept) | {Mark.UNIT_INFERRED}
                return concept.id, inferred, marks, (printed,)
    bare = [(c, unit) for c in candidates if (unit := _left_out(quantity, c))]
    if len(bare) == 1:
        concept, unit = bare[0]
        return concept.id, replace(quantity, unit=unit), frozenset(), ()
    likely = [c for c in candidates if not _plausible(replace(quantity, unit=c.unit), c)]
    if len(candidates) > 1 and len(likely) != 1:
        return None  # one name, several things, and nothing tells them apart
    concept = likely[0] if likely else candidates[0]
    if only_unit(concept.unit) or not concept.unit or per_follows(frame, number.end, concept):
        implied = replace(quantity, unit=concept.unit)
        return concept.id, implied, _plausible(implied, concept), ()
    return concept.id, quantity, frozenset({Mark.UNIT_MISSING}), ()


def _left_out(quantity: Quantity, concept: Concept) -> str:
    """The unit that charts leave out of such a number: "platelets 62", "platelets 62,000"."""
    ends = [x for x in (quantity.low, quantity.high) if x is not None]
    fitting = [u for u, low, high in concept.bare if all(low <= x <= high for x in ends)]
    return fitting[0] if fitting and ends else ""


def _unit_on_line(
    frame: Frame, number: Number, candidates: list[Concept]
) -> tuple[Concept, str, Span] | None:
    """The unit that a line gives behind a flag, a divider or the range: "512 - mg/dL - [L]"."""
    text, folded = frame.page.document.text, frame.text
    bracket = _BRACKET.match(text, number.end)
    for at in [number.end, *([bracket.end()] if bracket else [])]:
        between = _ON_LINE.match(text, at)
        begin = between.end() if between else at
        if begin == number.end or begin - number.end > _STANDS_FOR_MORE + 16:
            continue
        unit = match_unit(text, folded, begin)
        if unit is None or unit[1] - begin < 1 or unit[1] > frame.sentence.end:
            continue
        if text[begin : unit[1]].strip() in ("H", "L", "A", "N", "C"):
            continue
        for concept in candidates:
            if fits(unit[0], concept):
                return concept, unit[0], Span(begin, unit[1])
    return None


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
    return per_behind(frame.text, at, concept)


def per_behind(folded: str, at: int, concept: Concept) -> int:
    """As `per_follows`, of a folded text.

    >>> from indicated.model import Concept
    >>> per_behind("4 monthly", 1, Concept("x", "x", "measurement", unit="d/mo"))
    9
    """
    _, _, per = concept.unit.partition("/")
    found = re.compile(rf"\s?(?:{_PER[per]})").match(folded, at) if per in _PER else None
    return found.end() if found else 0


def is_range(frame: Frame, number: Number) -> bool:
    """Whether the number is the reference range of another: in brackets, behind "normal", or
    right behind a value and its flag."""
    words = frame.text[max(frame.sentence.start, number.start - 26) : number.start]
    if _range_words().search(words):
        return number.quantity.exact is None or frame.bracket(number.start) is not None
    if number.quantity.exact is not None:
        return False
    if number.quantity.low is not None and number.quantity.high is not None:
        before = [n for n in frame.numbers if n.end <= number.start]
        if before and before[-1].quantity.exact is not None:
            gap = frame.page.document.text[before[-1].end : number.start]
            if gap and _RANGED.fullmatch(gap):
                return True
    around = frame.bracket(number.start)
    if around is None:
        return False
    inner = frame.text[around[0] + 1 : number.start].strip()
    before = [n for n in frame.numbers if n.end <= around[0] and around[0] - n.end <= 6]
    return bool(before) and (not inner or alternatives("words", "ranges").search(inner) is not None)


@cache
def _range_words() -> re.Pattern[str]:
    return re.compile(alternatives("words", "ranges").pattern + r"[\s:=]*(?:is |of |from |was )?$")
