"""Which number belongs to which measurement.

A number belongs to the name it stands next to, with nothing but joining words between; with more
between only where its unit fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indicated.facts.amounts import match_unit
from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import Frame
from indicated.facts.gaps import VALUES, WORD, adjacent, below, chained, unit_behind, unit_in_gap
from indicated.facts.meaning import THERAPIES
from indicated.facts.numbers import TIME
from indicated.facts.parts import Mention, Number, Spanned
from indicated.facts.qualified import (
    count_of_share,
    is_scale_of,
    is_year,
    named_by_unit,
    named_otherwise,
    ordered_for,
    share_of,
)
from indicated.facts.targets import counts_otherwise, is_change, no_value, speaks_again
from indicated.facts.units_of import fits, is_range, only_unit, per_follows, settle
from indicated.facts.written import Written, written
from indicated.model import Concept, Concepts, Mark, Quantity

LONGEST_SERIES = 12
CLOSE = 4  # characters between a value and the same on another scale: "101 cm (-3.1 SDS)"
_OF_THOSE = re.compile(
    r"\s?(?:(?:of (?:them|these|those|which|whom)|are|were|being|as|counted as|with)\s?){1,3}"
)
_SCORED = re.compile(
    r"\b(?:scor(?:ed|es|ing)|rated|got)\b.{0,50}\d(?: points?)? (?:on|for|in) (?:the |his |her )?$"
)
_PARTED = re.compile("[,;:]")


@dataclass(slots=True, unsafe_hash=True)
class Bound:
    """A number bound to a name, its unit settled, with the words between them.

    `quantity` is a level's name where the measurement is one of levels.
    """

    number: Number
    mention: Mention
    concept: str
    quantity: Quantity | str
    marks: frozenset[Mark]
    extra: tuple[Spanned, ...] = ()  # the reference range that gave the unit
    chain: int = 0  # place in a series under one name
    last: bool = True


def _is_value(concepts: Concepts, id: str) -> bool:
    return concepts[id].kind in VALUES and id != "age"


def candidates_of(mention: Mention, concepts: Concepts) -> list[Concept]:
    return [
        concepts[c] for c in mention.concepts if concepts[c].kind in VALUES and c != "age"
    ]  # an age may be a bone's or a mother's: `demographics` reads the patient's


def ahead(frame: Frame, mention: Mention, concepts: Concepts, taken: set[int]) -> list[Bound]:
    """The numbers behind a name that are its values."""
    candidates = candidates_of(mention, concepts)
    numbers = written(frame, candidates, concepts)
    frame = frame if numbers is frame.numbers else replace(frame, numbers=tuple(numbers))
    end = _reach(frame, mention, concepts)
    groups: list[list[Bound]] = []
    at = mention.end
    for number in frame.numbers:
        if number.start < mention.end or number.start >= end or number.start in taken:
            continue
        if is_range(frame, number) or _is_dose(frame, number, candidates, concepts):
            continue
        if share_of(frame, mention, number, candidates):
            continue
        if number.quantity.exact is None and ordered_for(frame, mention, concepts):
            break
        if _value_stands_before(frame, mention, number) or is_scale_of(frame, mention, number):
            continue
        if counts_otherwise(frame, mention, number) or is_year(frame, mention, number):
            continue
        if count_of_share(frame, number, candidates):
            at = number.end
            continue
        if _counts_another(frame, number, mention, concepts) or len(groups) >= LONGEST_SERIES:
            break
        if groups:
            last = groups[-1][0].number
            related = number.start - last.end < CLOSE and named_by_unit(
                frame, mention, number, concepts
            )
            if not related and not chained(frame, mention, last, number, candidates):
                if _in_bracket_only(frame, mention, number):
                    continue
                break
        elif not adjacent(frame, at, number, candidates, concepts):
            if number.quantity.unit in TIME or _in_bracket_only(frame, mention, number):
                continue
            break
        bound = _bind(frame, mention, number, candidates, concepts, len(groups))
        if not bound or no_value(frame, mention, number):
            if groups:
                break
            at = number.end if speaks_again(frame, number) else at
            continue
        taken.add(number.start)
        groups.append(bound)
    return _one_unit(frame, groups)


def _bind(
    frame: Frame, mention: Mention, number: Number, candidates: list[Concept],
    concepts: Concepts, place: int,
) -> list[Bound]:  # fmt: skip
    """The number as a value of what is named: one, or one for each part; [] where it is none."""
    if isinstance(number, Written) and number.parts:
        return [
            Bound(number, mention, id, quantity, frozenset(), chain=place)
            for id, quantity in number.parts
        ]
    if isinstance(number, Written) and number.level:
        graded = [c.id for c in candidates if number.level in c.levels]
        return [Bound(number, mention, id, number.level, frozenset(), chain=place) for id in graded]
    whole = [c for c in candidates if not c.parts and not c.levels]
    if not whole:
        return []
    if other := named_otherwise(frame, mention, number, concepts):
        whole = [other]
    number = _below_mean(frame, number, whole)
    unit = "" if number.quantity.unit else unit_in_gap(frame, mention, number, whole)
    settled = settle(frame, number, whole, adjacent=place == 0, unit=unit)
    if settled is None:
        return []
    concept, quantity, marks, extra = settled
    if is_change(number, frame.page.document.text, next(c for c in whole if c.id == concept)):
        return []
    return [Bound(number, mention, concept, quantity, marks, extra, place)]


def _below_mean(frame: Frame, number: Number, candidates: list[Concept]) -> Number:
    """ "3.4 SD below the mean" is -3.4: of what can be negative, the words are the sign."""
    quantity = number.quantity
    if not below(candidates) or quantity.low is None or quantity.low < 0:
        return number
    sign = _LESS_THAN_NONE.search(
        frame.page.document.text, max(frame.sentence.start, number.start - 12), number.start
    )
    if sign is not None:
        return replace(number, start=sign.start(1), quantity=_turned(quantity))
    behind = frame.text[number.end : min(frame.sentence.end, number.end + _BELOW_WITHIN)]
    said = alternatives("words", "below_mean").search(behind)
    if said is None or any(c.isdigit() or c in ",;" for c in behind[: said.start()]):
        return number
    return replace(number, quantity=_turned(quantity))


# "T-score: \u20132.9", "T score negative 2.6": a long dash, or the word, is the sign.
_LESS_THAN_NONE = re.compile(
    r"(?:(?<=[\s:=(])|\b(?=neg))(\u2013|\u2014|negative |neg )$", re.IGNORECASE
)


def _turned(quantity: Quantity) -> Quantity:
    """The same below nought."""
    low = -quantity.high if quantity.high is not None else None
    high = -quantity.low if quantity.low is not None else None
    return Quantity(low, high, quantity.unit, quantity.open)


_BELOW_WITHIN = 40  # characters behind a number in which "below the mean" stands


def _counts_another(frame: Frame, number: Number, mention: Mention, concepts: Concepts) -> bool:
    """Whether the number counts the name right behind it: "22 headache days, 14 migraine days",
    "of which 14 are migraine days"."""
    units = {c.unit for c in candidates_of(mention, concepts)}
    for other in frame.mentions:
        if other is mention or other.start < number.digits:
            continue
        candidates = candidates_of(other, concepts)
        beside = other.start - number.digits <= len("000 ")
        if beside and candidates and counts_what_is_named(frame, other, concepts):
            return True
        gap = frame.page.lower[number.digits : other.start]
        if _OF_THOSE.fullmatch(gap) and any(c.unit in units for c in candidates):
            return True
    return False


def counts_what_is_named(frame: Frame, mention: Mention, concepts: Concepts) -> bool:
    """Whether a name is one that numbers count: "headache days a month"."""
    candidates = candidates_of(mention, concepts)
    return bool(
        _unit_in_name(frame, mention, candidates) or _names_its_unit(frame, mention, candidates)
    )


def scored_on(frame: Frame, mention: Mention, concepts: Concepts) -> bool:
    """Whether a score stands before its name: "scored 18/27 on PHQ-9 and 14 on GAD-7"."""
    if not any(c.kind == "score" for c in candidates_of(mention, concepts)):
        return False
    ahead = frame.text[max(frame.sentence.start, mention.start - 60) : mention.start]
    return _SCORED.search(ahead) is not None


def _names_its_unit(frame: Frame, mention: Mention, candidates: list[Concept]) -> bool:
    """Whether the name ends in its own unit: "migraine days per month"."""
    return any(
        (unit := match_unit(frame.page.document.text, frame.text, word.start())) is not None
        and unit[1] == mention.end
        and any(fits(unit[0], c) for c in candidates)
        for word in WORD.finditer(frame.text, mention.start, mention.end)
    )


def _reach(frame: Frame, mention: Mention, concepts: Concepts) -> int:
    """Up to the next name of something else that is measured."""
    end = frame.sentence.end
    for other in frame.mentions:
        same = set(other.concepts) & set(mention.concepts)
        if other.start < mention.end or same:
            continue
        if any(_is_value(concepts, c) for c in other.concepts):
            return min(end, other.start)
    return end


def _is_dose(frame: Frame, number: Number, candidates: list[Concept], concepts: Concepts) -> bool:
    """Whether the number stands behind a treatment and is an amount of it."""
    before = [m for m in frame.mentions if m.end <= number.start]
    if not before or not any(concepts[c].kind in THERAPIES for c in before[-1].concepts):
        return False
    unit = number.quantity.unit
    return bool(unit) and not any(fits(unit, c) for c in candidates)


def _in_bracket_only(frame: Frame, mention: Mention, number: Number) -> bool:
    """A number in brackets behind the name ("IgG (day 3) 495") may be passed over."""
    around = frame.bracket(number.start)
    return around is not None and around[0] >= mention.end


def _value_stands_before(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether a row has its value before the name, so that a range behind it is a reference."""
    if number.quantity.low is None or number.quantity.high is None or number.quantity.exact:
        return False
    before = [n for n in frame.numbers if n.end <= mention.start]
    if not before or before[-1].quantity.exact is None:
        return False
    gap = frame.page.document.text[before[-1].end : mention.start]
    return "|" in gap and not WORD.search(gap)


def behind(frame: Frame, mention: Mention, concepts: Concepts, taken: set[int]) -> list[Bound]:
    """A number before its name: "495 mg/dL IgG", "22 headache days a month", "5/5 strength"."""
    candidates = candidates_of(mention, concepts)
    for number in reversed(written(frame, candidates, concepts)):
        if number.start >= mention.start or number.start in taken or is_range(frame, number):
            continue
        gap = frame.page.lower[number.end : mention.start]
        part = any(_part_of_count(frame, gap, number, c.unit, concepts) for c in candidates)
        words = [] if part else WORD.findall(gap)
        if len(words) > 2 or any(w not in listed("words", "links") for w in words):
            return []
        if _PARTED.search(gap) or counts_otherwise(frame, mention, number):
            return []
        if no_value(frame, mention, number):
            return []
        stated = number.quantity.unit
        if isinstance(number, Written) and (number.parts or number.level):
            pass
        elif not stated and (unit := _unit_in_name(frame, mention, candidates)):
            number = replace(number, end=unit[1], quantity=replace(number.quantity, unit=unit[0]))
        elif not stated and (code := unit_behind(frame, mention, candidates)):
            number = replace(number, quantity=replace(number.quantity, unit=code))
        elif not any(fits(stated, c) if stated else only_unit(c.unit) for c in candidates):
            return []
        bound = _bind(frame, mention, number, candidates, concepts, 1)
        if not bound:
            return []
        taken.add(number.start)
        return [replace(b, chain=0) for b in bound]
    return []


def _part_of_count(frame: Frame, gap: str, number: Number, unit: str, concepts: Concepts) -> bool:
    """Whether this is part of a count: "20 headache days a month, 14 of them migraine days"."""
    return _OF_THOSE.fullmatch(gap) is not None and any(
        other.end <= number.start and any(c.unit == unit for c in candidates_of(other, concepts))
        for other in frame.mentions
    )


def _unit_in_name(
    frame: Frame, mention: Mention, candidates: list[Concept]
) -> tuple[str, int] | None:
    """ "headache days a month": the name and what follows it make up the unit."""
    for word in WORD.finditer(frame.text, mention.start, mention.end):
        unit = match_unit(frame.page.document.text, frame.text, word.start())
        if unit and unit[1] > mention.end and any(fits(unit[0], c) for c in candidates):
            return unit
    for concept in candidates:
        if end := per_follows(frame, mention.end, concept):
            return concept.unit, end
    return None


def _one_unit(frame: Frame, groups: Sequence[Sequence[Bound]]) -> list[Bound]:
    """In "310 and 335 mg/dL" the unit stands once for all; in "81.4 kg (179 lb), down from 84" it
    is the one outside of brackets."""
    series = [b for group in groups for b in group]
    stated = _units_of(series)
    if len(stated) > 1:
        stated = _units_of([b for b in series if frame.bracket(b.number.start) is None])
    out = []
    for b in series:
        missing = Mark.UNIT_MISSING in b.marks and isinstance(b.quantity, Quantity)
        if missing and len(stated) == 1 and isinstance(b.quantity, Quantity):
            b = replace(b, quantity=replace(b.quantity, unit=next(iter(stated))),
                        marks=b.marks - {Mark.UNIT_MISSING})  # fmt: skip
        out.append(replace(b, last=b.chain == len(groups) - 1))
    return out


def _units_of(series: Sequence[Bound]) -> set[str]:
    return {b.quantity.unit for b in series if isinstance(b.quantity, Quantity)} - {""}
