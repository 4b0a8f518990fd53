"""Measurements and scores: which number belongs to which name, in which unit, on which day.

A number belongs to the name it stands next to, with nothing but joining words between; with more
between only where its unit fits. Units stay as stated. A missing unit is taken from a printed
reference range and marked, or, where the concept knows only one unit at all, is that unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indicated.facts.context import Frame
from indicated.facts.cues import alternatives, listed
from indicated.facts.meaning import THERAPIES, meaning
from indicated.facts.numbers import TIME, match_unit
from indicated.facts.parts import Mention, Number, Span, Spanned, within
from indicated.facts.spans import source
from indicated.facts.units_of import fits, is_range, only_unit, per_follows, settle
from indicated.facts.value_time import during, time_of
from indicated.model import UNDATED, Assertion, Concept, Concepts, Fact, Mark, Quantity

VALUES = frozenset({"measurement", "score"})
LOOSE_WORDS = 6
LONGEST_GAP = 120
_WORD = re.compile(r"[^\W\d_][\w'.]*")
_RANGE = re.compile(r"\s*,?\s*[(\[]")
_SCORED = re.compile(r"\s*(?:of|:|=|is|was|score)?\s*(\d{1,3}(?:\.\d)?)\s?/\s?(\d{1,3})(?![\d/])")
_CHAIN = re.compile(r"[\s,]*(?:and|then|to|->|\u2192|=>|,|;?\s*then|followed by|later|now|vs|versus|from|&)[\s,]*")


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


@dataclass(frozen=True, slots=True)
class Values:
    """The facts, the numbers they use, and the treatments named only with earlier values."""

    facts: list[Fact]
    numbers: frozenset[int] = frozenset()
    earlier: frozenset[int] = frozenset()


def values(frame: Frame, concepts: Concepts) -> Values:
    """Every value that a sentence states."""
    measured = [m for m in frame.mentions if _candidates(m, concepts)]
    if not measured:
        return Values([])
    taken: set[int] = set()
    bound: list[Bound] = []
    for mention in measured:
        bound += _ahead(frame, mention, concepts, taken)
    have = {id(b.mention) for b in bound}
    for mention in measured:
        if id(mention) not in have:
            bound += _behind(frame, mention, concepts, taken)
    facts = [f for b in bound if (f := _fact(frame, b, bound, concepts)) is not None]
    have = {id(b.mention) for b in bound}
    for mention in measured:
        if id(mention) not in have and (sought := _sought(frame, mention, concepts)):
            facts.append(sought)
    passed = {
        m.start for b in bound if not b.last
        for m in during(frame, b.number, _series(b, bound), concepts)[1]
    }  # fmt: skip
    return Values(facts, frozenset(taken), frozenset(passed))


def _series(one: Bound, bound: list[Bound]) -> list[Number]:
    return [b.number for b in bound if b.mention is one.mention]


def _is_value(concepts: Concepts, id: str) -> bool:
    return concepts[id].kind in VALUES


def _candidates(mention: Mention, concepts: Concepts) -> list[Concept]:
    return [
        concepts[c] for c in mention.concepts if concepts[c].kind in VALUES and c != "age"
    ]  # an age may be a bone's or a mother's: `demographics` reads the patient's


# --- which number --------------------------------------------------------------------------


def _ahead(frame: Frame, mention: Mention, concepts: Concepts, taken: set[int]) -> list[Bound]:
    candidates = _candidates(mention, concepts)
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
        if out:
            if not _chained(frame, out[-1].number, number):
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


def _reach(frame: Frame, mention: Mention, concepts: Concepts) -> int:
    """Up to the next name of something else that is measured, or a semicolon."""
    end = frame.text.find(";", mention.end, frame.sentence.end)
    end = end if end >= 0 else frame.sentence.end
    for other in frame.mentions:
        if other.start >= mention.end and not set(other.concepts) & set(mention.concepts):
            if any(_is_value(concepts, c) for c in other.concepts):
                return min(end, other.start)
    return end


def _is_dose(
    frame: Frame, number: Number, candidates: list[Concept], concepts: Concepts
) -> bool:
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
    loose = 0
    for word in _WORD.finditer(gap):
        where = at + word.start()
        if word[0] in listed("words", "links") or _spanned(frame, where, concepts):
            continue
        if word[0] in listed("words", "changes") or alternatives("words", "changed_by").search(gap):
            return False
        loose += 1
    if loose == 0:
        return "," not in gap.rstrip(", ").lstrip(", ") or frame.bracket(at + gap.index(",")) is not None
    by_unit = any(fits(number.quantity.unit, c) for c in candidates)
    return by_unit and loose <= LOOSE_WORDS and "," not in gap


def _spanned(frame: Frame, at: int, concepts: Concepts) -> bool:
    """Inside a date, another number, a treatment or a gloss in brackets."""
    spans: list[Spanned] = [*within(frame.page.dates, frame.sentence.start, frame.sentence.end)]
    spans += frame.numbers
    spans += [m for m in frame.mentions if any(concepts[c].kind in THERAPIES | VALUES for c in m.concepts)]
    return any(s.start <= at < s.end for s in spans) or frame.bracket(at) is not None


def _chained(frame: Frame, last: Number, number: Number) -> bool:
    """Whether a number goes on the series: "310 and 335", "36.7 -> 33.9", "170 (3/1), then 243"."""
    gap = frame.page.lower[last.end : number.start]
    if len(gap) > LONGEST_GAP or ";" in gap:
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
    return bool(_CHAIN.search(gap) or "," in gap)


def _known_after(word: str) -> bool:
    return any(word in listed("words", t) for t in ("links", "sequence", "earlier", "now", "taken_on", "taken_off"))


def _inside_any(frame: Frame, at: int) -> bool:
    dates = within(frame.page.dates, frame.sentence.start, frame.sentence.end)
    if any(s.start <= at < s.end for s in (*dates, *frame.numbers, *frame.mentions)):
        return True
    return frame.bracket(at) is not None


def _behind(frame: Frame, mention: Mention, concepts: Concepts, taken: set[int]) -> list[Bound]:
    """A number before its name: "495 mg/dL IgG", "22 headache days a month"."""
    candidates = _candidates(mention, concepts)
    for number in reversed(frame.numbers):
        if number.start >= mention.start or number.start in taken or is_range(frame, number):
            continue
        gap = frame.page.lower[number.end : mention.start]
        words = _WORD.findall(gap)
        if len(words) > 2 or any(w not in listed("words", "links") for w in words) or re.search("[,;:]", gap):
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
    low = max(frame.sentence.start, min(mention.start, number.start) - 24)
    around = frame.text[low : max(mention.start, number.start)]
    if alternatives("words", "targets").search(around):
        return True
    if alternatives("words", "other_scales").match(frame.text, number.end + 1):
        return True
    following = _WORD.match(frame.text, max(mention.end, number.end) + 1)
    if following and following[0] in listed("words", "changes"):
        return True
    return alternatives("words", "changed_by").search(around) is not None


# --- one unit for a series ---------------------------------------------------------------------


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


# --- the fact ------------------------------------------------------------------------------


def _fact(frame: Frame, bound: Bound, all_bound: list[Bound], concepts: Concepts) -> Fact | None:
    kind = concepts[bound.concept].kind
    meant = meaning(frame, bound.mention, kind)
    if meant is None or meant.assertion in (Assertion.ABSENT, Assertion.NOT_DOCUMENTED):
        return None
    if meant.assertion in (Assertion.HYPOTHETICAL, Assertion.PLANNED):
        return None
    series = _series(bound, all_bound)
    time = time_of(frame, bound.mention, bound.number, series)
    given, words = during(frame, bound.number, series, concepts)
    marks = bound.marks | ({Mark.DATE_ASSUMED} if time.assumed else frozenset())
    spans = [bound.mention, bound.number, *bound.extra, *time.words, *words]
    return Fact(
        concept=bound.concept,
        assertion=Assertion.FAMILY if meant.assertion is Assertion.FAMILY else Assertion.PRESENT,
        value=bound.quantity,
        when=time.when,
        asserter=meant.asserter,
        during=given,
        marks=marks,
        sources=(source(frame.page.document, spans),),
    )


def _sought(frame: Frame, mention: Mention, concepts: Concepts) -> Fact | None:
    """A measurement that the text says is not on record."""
    candidates = _candidates(mention, concepts)
    meant = meaning(frame, mention, candidates[0].kind)
    if meant is None or meant.assertion is not Assertion.NOT_DOCUMENTED or len(candidates) > 1:
        return None
    cue = meant.effects.get("not_documented") or meant.effects.get("not_on_file")
    spans: list[Spanned] = [mention, cue or Span(mention.start, mention.end)]
    if "absent" in meant.effects:
        spans.append(meant.effects["absent"])
    return Fact(
        candidates[0].id,
        Assertion.NOT_DOCUMENTED,
        when=UNDATED,
        asserter=meant.asserter,
        sources=(source(frame.page.document, spans),),
    )
