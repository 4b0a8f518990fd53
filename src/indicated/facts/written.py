"""Numbers in the notation of what they measure.

Blood pressure is written as a pair, muscle strength as a level, a score as "8/10" or "3+4", hours
of help as "6 hours x 7 days". What a measurement has no notation for are plain numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from indicated.facts.amounts import match_unit
from indicated.facts.frame import Frame
from indicated.facts.levels import find_levels
from indicated.facts.numbers import WORDS
from indicated.facts.parts import Number, Spanned, within
from indicated.model import Concept, Concepts, Quantity
from indicated.units import convert, convertible, known_units, unit_names

_N = r"-?\d{1,3}(?:\.\d)?"
_MARK = r"(?:\s?\u00b0|\s?deg(?:rees)?\b)?"
_SLASHED = re.compile(
    rf"(?<![\w./:-])(?P<a>{_N}(?:\s?-\s?\d{{1,3}})?)\s?(?:/|\bover\b)\s?"
    rf"(?P<b>\d{{1,3}}(?:\s?-\s?\d{{1,3}})?)(?![\w/:]|[.,]\d|-\w)"
)
_DASHED = re.compile(
    rf"(?<![\w./:-])(?P<a>{_N}){_MARK}\s?(?:-|\bto\b)\s?(?P<b>\d{{1,3}}(?:\.\d)?)(?![\w/:]|[.,]\d|-\w)"
)
_COMPARED = re.compile(
    r"(?:(?<![-=])[<>]=?|[\u2264\u2265]|\b(?:under|below|less than|up to|over|above|more than|"
    r"greater than|at least))\s?$"
)
_WORD_OR_N = rf"(?:\d{{1,3}}(?:\.\d)?|{'|'.join(WORDS)})"
_OUT_OF = re.compile(
    rf"(?<![\w./+-])(?P<a>{_WORD_OR_N}(?:\s?-\s?\d{{1,3}})?)\s?(?:/|out of)\s?"
    rf"(?P<b>{_WORD_OR_N})(?![\w/])"
)
_SUM = re.compile(r"(?<![\w./+-])(?P<a>\d)\s?\+\s?(?P<b>\d)(?!\s?[=\w/+]|\.\d)")
_EACH = r"(?:/|per\s|an?\s|each\s|every\s)\s?"


@dataclass(slots=True, unsafe_hash=True)
class Written(Number):
    """A number in a notation of its own: a level of a scale, or the numbers of several parts."""

    level: str = ""
    parts: tuple[tuple[str, Quantity], ...] = ()


def written(frame: Frame, candidates: Sequence[Concept], concepts: Concepts) -> Sequence[Number]:
    """The numbers of a sentence as one of these measurements writes them."""
    special: list[Written] = []
    for concept in candidates:
        if concept.parts:
            special += _parted(frame, [concepts[p] for p in concept.parts if p in concepts])
        elif concept.levels:
            special += [
                Written(s.start, s.end, Quantity(None, None), s.end, level=level)
                for level, s in find_levels(
                    frame, frame.sentence.start, frame.sentence.end, concept.levels
                )
            ]
        elif concept.kind == "score":
            special += _scored(frame)
        elif concept.unit.count("/") == 1:
            special += _multiplied(frame, concept.unit)
    if not special:
        return [] if any(c.parts for c in candidates) else frame.numbers
    if any(c.parts for c in candidates):
        return special
    dates = within(frame.page.dates, frame.sentence.start, frame.sentence.end)
    special = [w for w in special if not _overlaps(w, dates)]
    plain = [n for n in frame.numbers if not _overlaps(n, special)]
    return sorted([*plain, *special], key=lambda n: n.start)


def _overlaps(one: Spanned, others: Sequence[Spanned]) -> bool:
    return any(o.start < one.end and one.start < o.end for o in others)


def _parted(frame: Frame, parts: Sequence[Concept]) -> Iterator[Written]:
    """ "158/89", "158 over 89", "0-125": each number is the value of one part.

    With a dash it may as well be a range: the numbers must lie as the parts do, low before high or
    high before low.
    """
    if len(parts) != 2:
        return
    dates = within(frame.page.dates, frame.sentence.start, frame.sentence.end)
    taken: list[Spanned] = [*dates]
    for pattern in (_SLASHED, _DASHED):
        for match in pattern.finditer(frame.page.lower, frame.sentence.start, frame.sentence.end):
            ends = [_ends(match[g]) for g in "ab"]
            values = list(zip(parts, ends, strict=True))
            if _overlaps(_span(match), taken) or not all(_possible(c, e) for c, e in values):
                continue
            if pattern is _DASHED and not _in_order(parts, [e[0] for e in ends]):
                continue
            one = _parts(frame, match, values)
            taken.append(one)
            yield one


def _span(match: re.Match[str]) -> Number:
    return Number(match.start(), match.end(), Quantity(None, None), match.end())


def _parts(
    frame: Frame, match: re.Match[str], values: Sequence[tuple[Concept, tuple[Decimal, Decimal]]]
) -> Written:
    unit = match_unit(frame.page.document.text, frame.text, match.end())
    fits = unit is not None and all(convertible(unit[0], c.unit) for c, _ in values)
    code = unit[0] if unit and fits else ""
    sign = _COMPARED.search(frame.page.lower, max(0, match.start() - 14), match.start())
    quantities = tuple(
        (c.id, _compared(sign[0].strip() if sign else "", ends, code or c.unit))
        for c, ends in values
    )
    end = unit[1] if unit and fits else match.end()
    return Written(match.start(), end, quantities[0][1], match.end(), parts=quantities)


def _compared(sign: str, ends: tuple[Decimal, Decimal], unit: str) -> Quantity:
    """A comparator before a pair holds for each of its numbers."""
    low, high = ends
    if not sign:
        return Quantity(low, high, unit)
    closed = "=" in sign or sign in "\u2264\u2265" or sign in ("at least", "up to")
    if sign[0] in "<\u2264" or sign in ("under", "below", "less than", "up to"):
        return Quantity(None, high, unit, not closed)
    return Quantity(low, None, unit, not closed)


def _ends(digits: str) -> tuple[Decimal, Decimal]:
    """ "130" or "130-140"."""
    low, dash, high = digits[1:].partition("-")
    first = Decimal((digits[0] + low).strip())
    return (first, Decimal(high.strip())) if dash else (first, first)


def _possible(concept: Concept, ends: tuple[Decimal, Decimal]) -> bool:
    if concept.plausible is None:
        return True
    return concept.plausible[0] <= ends[0] <= ends[1] <= concept.plausible[1]


def _in_order(parts: Sequence[Concept], values: Sequence[Decimal]) -> bool:
    first, second = (p.plausible for p in parts)
    if first is None or second is None or first[1] == second[1]:
        return False
    return (first[1] < second[1]) == (values[0] < values[1])


def _scored(frame: Frame) -> Iterator[Written]:
    """ "8/10", "ten out of ten", "3+4"."""
    low, high = frame.sentence.start, frame.sentence.end
    for match in _OUT_OF.finditer(frame.page.lower, low, high):
        a, b = _ends_or_word(match["a"]), _ends_or_word(match["b"])
        if a[1] <= b[0]:
            yield Written(match.start(), match.end(), Quantity(*a), match.end())
    for match in _SUM.finditer(frame.text, low, high):
        total = Quantity.of(int(match["a"]) + int(match["b"]))
        yield Written(match.start(), match.end(), total, match.end())


def _ends_or_word(digits: str) -> tuple[Decimal, Decimal]:
    word = WORDS.get(digits)
    return (word, word) if word is not None else _ends(digits)


def _multiplied(frame: Frame, unit: str) -> Iterator[Written]:
    """ "6 hours x 7 days", "8 hrs/day, 5 days a week": the product, by arithmetic on the units."""
    patterns = _products(unit)
    for pattern in patterns:
        for match in pattern.finditer(frame.text, frame.sentence.start, frame.sentence.end):
            times = WORDS.get(match["times"]) or Decimal(match["times"])
            of, per = unit.split("/")
            if not match["per"] and times > _most(per):
                continue
            n = (WORDS.get(match["n"]) or Decimal(match["n"])) * times
            written_in = known_units()[of]
            value = convert(n, written_in.code, of)
            yield Written(match.start(), match.end(), Quantity.of(value, unit), match.end())


@cache
def _most(per: str) -> Decimal:
    """How many days the period has: "x 7 days" without a period is of one week."""
    units = known_units()
    return units[per].size / units["d"].size


@cache
def _products(unit: str) -> tuple[re.Pattern[str], ...]:
    of, _, per = unit.partition("/")
    units = known_units()
    if of not in units or per not in units or units[of].dimension != "time":
        return ()
    if units[per].dimension != "time" or units[per].size <= units["d"].size:
        return ()
    amount = rf"(?P<n>\d{{1,2}}(?:\.\d{{1,2}})?|{'|'.join(WORDS)})\s?(?:{_names(of)})"
    day = rf"(?:{_names('d')}|nights?|visits?|shifts?|times)"
    times = rf"(?P<times>\d{{1,2}}|{'|'.join(WORDS)})\s?(?:{day}|x(?!\w))"
    period = rf"(?:\s?{_EACH}(?P<per>{_names(per)}))?"
    by = r"\s?(?:x|\u00d7|\*|times|for|,|on|@|and)?\s?"
    return (
        re.compile(rf"(?<![\w.]){amount}\.?(?:\s?{_EACH}{day}|\sdaily)?{by}{times}{period}(?!\w)"),
        re.compile(
            rf"(?<![\w.]){times}{period}{by}(?:of\s|at\s)?{amount}(?:\s?{_EACH}{day}|\seach)?(?!\w)"
        ),
    )


def _names(code: str) -> str:
    """The names of a unit as alternatives of a pattern."""
    names = sorted((n for n, c in unit_names().items() if c == code), key=len, reverse=True)
    return "|".join(rf"{re.escape(n)}\b" for n in names)
