"""Which number belongs to which measurement.

A number belongs to the name it stands next to, with nothing but joining words between; with more
between only where its unit fits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import Frame
from indicated.facts.meaning import THERAPIES
from indicated.facts.numbers import TIME, match_unit
from indicated.facts.parts import Mention, Number, Spanned, within
from indicated.facts.units_of import fits, is_range, only_unit, per_follows, settle
from indicated.model import Concept, Concepts, Mark, Quantity

VALUES = frozenset({"measurement", "score"})
LOOSE_WORDS = 6
LONGEST_SERIES = 12
LONGEST_GAP = 120
_WORD = re.compile(r"[^\W\d_][\w'.]*")
_RANGE = re.compile(r"\s*,?\s*[(\[]")
_SCORED = re.compile(r"\s*(?:of|:|=|is|was|score)?\s*(\d{1,3}(?:\.\d)?)\s?/\s?(\d{1,3})(?![\d/])")
_CHAIN = re.compile(
    r"[\s,]*(?:and|then|to|->|\u2192|=>|,|;?\s*then|followed by|later|now|vs|versus|from|&)[\s,]*"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A number bound to a name, its unit settled, with the words between them."""

    number: Number
    mention: Mention
    concept: str
    quantity: Quantity
    marks: frozenset[Mark]
    extra: tuple[Spanned, ...] = ()  # the reference range that gave the unit
    chain: int = 0  # place in a series under one name
    last: bool = True


def _is_value(concepts: Concepts, id: str) -> bool:
    return concepts[id].kind in VALUES


def candidates_of(mention: Mention, concepts: Concepts) -> list[Concept]:
    return [
        concepts[c] for c in mention.concepts if concepts[c].kind in VALUES and c != "age"
    ]  # an age may be a bone's or a mother's: `demographics` reads the patient's


def ahead(frame: Frame, mention: Mention, concepts: Concepts, taken: set[int]) -> list[Bound]:
    candidates = candidates_of(mention, concepts)
    end = _reach(frame, mention, concepts)
    if scored := _out_of(frame, mention, candidates):
        return [scored]
    out: list[Bound] = []
    at = mention.end
    for number in frame.numbers:
        if number.start < mention.end or number.start >= end or number.start in taken:
            continue
        if is_range(frame, number) or _is_dose(frame, number, candidates, concepts):
            continue
        if _counts_another(frame, number, mention, concepts):
            break
        if len(out) >= LONGEST_SERIES:
            break
        if out:
            if not _chained(frame, mention, out[-1].number, number):
                if _in_bracket_only(frame, mention, number):
                    continue
                break
        elif not _adjacent(frame, at, number, candidates, concepts):
            if number.quantity.unit in TIME or _in_bracket_only(frame, mention, number):
                continue
            break
        settled = settle(frame, number, candidates, adjacent=True)
        if settled is None or _no_value(frame, mention, number):
            if out:
                break
            continue
        concept, quantity, marks, extra = settled
        taken.add(number.start)
        out.append(Bound(number, mention, concept, quantity, marks, extra, len(out)))
    return _one_unit(out)


def _counts_another(frame: Frame, number: Number, mention: Mention, concepts: Concepts) -> bool:
    """Whether the number counts the name right behind it: "22 headache days, 14 migraine days"."""
    for other in frame.mentions:
        beside = 0 <= other.start - number.digits <= len("000 ") and other is not mention
        candidates = candidates_of(other, concepts) if beside else []
        if candidates and counts_what_is_named(frame, other, concepts):
            return True
    return False


def counts_what_is_named(frame: Frame, mention: Mention, concepts: Concepts) -> bool:
    """Whether a name is one that numbers count: "headache days a month"."""
    candidates = candidates_of(mention, concepts)
    return bool(
        _unit_in_name(frame, mention, candidates) or _names_its_unit(frame, mention, candidates)
    )


def _names_its_unit(frame: Frame, mention: Mention, candidates: list[Concept]) -> bool:
    """Whether the name ends in its own unit: "migraine days per month"."""
    return any(
        (unit := match_unit(frame.page.document.text, frame.text, word.start())) is not None
        and unit[1] == mention.end
        and any(fits(unit[0], c) for c in candidates)
        for word in _WORD.finditer(frame.text, mention.start, mention.end)
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


def _out_of(frame: Frame, mention: Mention, candidates: list[Concept]) -> Bound | None:
    """A score as "8/10"."""
    scores = [c for c in candidates if c.kind == "score"]
    match = _SCORED.match(frame.text, mention.end) if scores else None
    if match is None:
        return None
    number = Number(match.start(1), match.end(2), Quantity.of(match[1]), match.end(1))
    quantity = Quantity.of(match[1], scores[0].unit)
    return Bound(number, mention, scores[0].id, quantity, frozenset())


def _adjacent(
    frame: Frame, at: int, number: Number, candidates: list[Concept], concepts: Concepts
) -> bool:
    """Whether nothing but joining words stands between, or the unit makes up for it."""
    if number.start - at > LONGEST_GAP or (number.word and not number.quantity.unit):
        return False
    gap = frame.text[at : number.start]
    if ";" in gap:
        return False
    loose = 0
    for word in _WORD.finditer(gap):
        where = at + word.start()
        if word[0] in listed("words", "links") or _spanned(frame, where, concepts):
            continue
        if word[0] in listed("words", "changes") or alternatives("words", "changed_by").search(gap):
            return False
        loose += 1
    if loose == 0:
        return (
            "," not in gap.rstrip(", ").lstrip(", ")
            or frame.bracket(at + gap.index(",")) is not None
        )
    by_unit = any(fits(number.quantity.unit, c) for c in candidates)
    return by_unit and loose <= LOOSE_WORDS and "," not in gap


def _spanned(frame: Frame, at: int, concepts: Concepts) -> bool:
    """Inside a date, another number, a treatment or a gloss in brackets."""
    around = [m for m in frame.mentions if m.start <= at < m.end]
    if any(concepts[c].kind in THERAPIES | VALUES for m in around for c in m.concepts):
        return True
    dates = within(frame.page.dates, max(frame.sentence.start, at - 60), at + 1)
    spans: list[Spanned] = [*dates, *frame.numbers]
    if any(s.start <= at < s.end for s in spans):
        return True
    return frame.bracket(at) is not None


def _chained(frame: Frame, mention: Mention, last: Number, number: Number) -> bool:
    """Whether a number goes on the series: "310 and 335", "36.7 -> 33.9", "170 (3/1), then 243"."""
    gap = frame.page.lower[last.end : number.start]
    if len(gap) > LONGEST_GAP or (";" in gap and not number.quantity.unit):
        return False
    between = within(frame.mentions, last.end, number.start)
    if any(set(m.concepts) & set(mention.concepts) for m in between):
        return False
    for word in _WORD.finditer(gap):
        where = last.end + word.start()
        known = word[0] in listed("words", "links") or word[0] in listed("words", "sequence")
        on_off = word[0] in ("on", "off", "while", "in", "at", "the", "after", "before")
        if not (known or on_off or _inside_any(frame, where)):
            return False
    if not number.quantity.unit:
        tail = _WORD.match(frame.text, number.end + 1)
        loose = tail is not None and frame.text[number.end : number.end + 1] == " "
        if loose and tail is not None and not _known_after(tail[0]):
            return False
    return bool(_CHAIN.search(gap) or "," in gap or ";" in gap)


def _known_after(word: str) -> bool:
    return any(
        word in listed("words", t)
        for t in ("links", "sequence", "earlier", "now", "taken_on", "taken_off", "dated_by")
    )


def _inside_any(frame: Frame, at: int) -> bool:
    dates = within(frame.page.dates, frame.sentence.start, frame.sentence.end)
    spans: list[Spanned] = [*dates, *frame.numbers, *frame.mentions]
    if any(s.start <= at < s.end for s in spans):
        return True
    return frame.bracket(at) is not None


def behind(frame: Frame, mention: Mention, concepts: Concepts, taken: set[int]) -> list[Bound]:
    """A number before its name: "495 mg/dL IgG", "22 headache days a month"."""
    candidates = candidates_of(mention, concepts)
    for number in reversed(frame.numbers):
        if number.start >= mention.start or number.start in taken or is_range(frame, number):
            continue
        gap = frame.page.lower[number.end : mention.start]
        words = _WORD.findall(gap)
        if (
            len(words) > 2
            or any(w not in listed("words", "links") for w in words)
            or re.search("[,;:]", gap)
        ):
            return []
        if _no_value(frame, mention, number):
            return []
        stated = number.quantity.unit
        if not stated and (unit := _unit_in_name(frame, mention, candidates)):
            number = replace(number, end=unit[1], quantity=replace(number.quantity, unit=unit[0]))
        elif not any(fits(stated, c) if stated else only_unit(c.unit) for c in candidates):
            return []
        settled = settle(frame, number, candidates, adjacent=False)
        if settled is None:
            return []
        taken.add(number.start)
        return [Bound(number, mention, settled[0], settled[1], settled[2], settled[3])]
    return []


def _unit_in_name(
    frame: Frame, mention: Mention, candidates: list[Concept]
) -> tuple[str, int] | None:
    """ "headache days a month": the name and what follows it make up the unit."""
    for word in _WORD.finditer(frame.text, mention.start, mention.end):
        unit = match_unit(frame.page.document.text, frame.text, word.start())
        if unit and unit[1] > mention.end and any(fits(unit[0], c) for c in candidates):
            return unit
    for concept in candidates:
        if end := per_follows(frame, mention.end, concept):
            return concept.unit, end
    return None


def _no_value(frame: Frame, mention: Mention, number: Number) -> bool:
    """A target, a change, an amount of treatment is not the patient's value."""
    low = max(frame.clause(mention.start)[0], min(mention.start, number.start) - 24)
    around = frame.text[low : max(mention.start, number.start)]
    if alternatives("words", "targets").search(around):
        return True
    if alternatives("words", "other_scales").match(frame.text, number.end + 1):
        return True
    following = _WORD.match(frame.text, max(mention.end, number.end) + 1)
    if following and following[0] in listed("words", "changes"):
        return True
    return alternatives("words", "changed_by").search(around) is not None


def _one_unit(series: list[Bound]) -> list[Bound]:
    """In "310 and 335 mg/dL" the unit stands once for all."""
    stated = {b.quantity.unit for b in series if b.quantity.unit}
    out = []
    for i, b in enumerate(series):
        if Mark.UNIT_MISSING in b.marks and len(stated) == 1:
            b = replace(b, quantity=replace(b.quantity, unit=next(iter(stated))),
                        marks=b.marks - {Mark.UNIT_MISSING})  # fmt: skip
        out.append(replace(b, last=i == len(series) - 1))
    return out
