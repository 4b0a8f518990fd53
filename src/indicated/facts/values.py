"""Measurements and scores: each value with its unit as stated, its day, and the treatment it was
taken on.

Units stay as stated. A missing unit is taken from a printed reference range and marked, or, where
the program knows only one unit for what is measured, is that unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indicated.errors import UnitError
from indicated.facts.context import Reading
from indicated.facts.cues import listed
from indicated.facts.gaps import VALUES, WORD
from indicated.facts.joint import joint
from indicated.facts.marks import site_of
from indicated.facts.meaning import OUTCOMES, THERAPIES, meaning
from indicated.facts.numbers import TIME
from indicated.facts.parts import Cue, Mention, Number, Span, Spanned
from indicated.facts.referred import with_referred
from indicated.facts.spans import source
from indicated.facts.value_during import during
from indicated.facts.value_numbers import (
    CLOSE,
    Bound,
    ahead,
    behind,
    candidates_of,
    counts_what_is_named,
    scored_on,
)
from indicated.facts.value_time import time_of
from indicated.model import UNDATED, Assertion, Concept, Concepts, Fact, Mark, Quantity
from indicated.units import convert

_LETTER = re.compile(r"(?<![\w/.])[LR](?:[UL]E)?(?![\w/]|\.\w|\s?\d)")
_LETTER_NEAR = 12  # characters around a value in which a letter is its side
_CUE_NEAR = 40  # characters between a measurement and the words that plan it
_TARGET_NEAR = 25  # characters behind a name in which a target of it stands
# What stands behind a value with one of these effects speaks of what is to come, or of another.
_DENIED = frozenset({"absent", "never", "disclaimed"})
_NOT_BACK = _DENIED | {
    "undone", "not_documented", "not_on_file", "planned", "appointed", "asked", "possible",
}  # fmt: skip
_RIGHT_BEFORE = 2  # characters between a denial and the name that it denies
# What may be said of a measurement without a number, and the cues that say it.
_WITHOUT_NUMBER = {
    Assertion.NOT_DOCUMENTED: ("not_documented", "not_on_file", "absent", "undone"),
    Assertion.PLANNED: ("planned", "appointed"),
}


@dataclass(frozen=True, slots=True)
class Values:
    """The facts, the numbers they use, and the treatments named only with earlier values."""

    facts: list[Fact]
    numbers: frozenset[int] = frozenset()
    earlier: frozenset[int] = frozenset()


def values(frame: Reading, concepts: Concepts) -> Values:
    """Every value that a sentence states."""
    outer = frame
    if any(m.inner for m in frame.mentions):
        frame = replace(frame, mentions=tuple(o for m in frame.mentions for o in m.inner or (m,)))
    if not any(concepts[c].kind in VALUES for m in frame.mentions for c in m.concepts):
        said = with_referred(frame, concepts)
        if said is frame:
            return Values([])
        frame = said
    measured = [m for m in frame.mentions if candidates_of(m, concepts)]
    taken: set[int] = set()
    bound: list[Bound] = joint(frame, measured, concepts, taken)
    have = {id(b.mention) for b in bound}
    measured = [m for m in measured if id(m) not in have]
    for mention in measured:  # "11 headache days per month": the number stands before such a name
        if counts_what_is_named(frame, mention, concepts) or scored_on(frame, mention, concepts):
            bound += behind(frame, mention, concepts, taken)
    counted = {id(b.mention) for b in bound}
    for mention in measured:
        if id(mention) not in counted:
            bound += ahead(frame, mention, concepts, taken)
    have = {id(b.mention) for b in bound}
    for mention in measured:
        if id(mention) not in have:
            bound += behind(frame, mention, concepts, taken)
    treated = [m for m in frame.mentions if any(concepts[c].kind in THERAPIES for c in m.concepts)]
    facts = [f for b in bound if (f := _fact(frame, b, bound, treated, concepts)) is not None]
    have = {id(b.mention) for b in bound}
    own = {id(m) for m in outer.mentions}
    for mention in frame.mentions:
        if (
            id(mention) not in have
            and id(mention) in own
            and (sought := _sought(frame, mention, concepts))
        ):
            facts.append(sought)
    passed = {
        m.start for b in bound if not b.last
        for m in during(frame, b.number, _series(frame, b, bound, concepts), treated, concepts)[1]
    }  # fmt: skip
    return Values(facts, frozenset(taken), frozenset(passed))


def _series(frame: Reading, one: Bound, bound: list[Bound], concepts: Concepts) -> list[Number]:
    """The numbers under one name, in order; not those that repeat this one in another unit."""
    concept = concepts[one.concept]
    series = {
        b.number.start: b.number
        for b in bound
        if b.mention is one.mention
        and b.concept == one.concept
        and (b.number is one.number or not _same(b, one, concept, frame))
    }
    return list(series.values())


def _first_notation(frame: Reading, one: Bound, bound: list[Bound], concept: Concept) -> Bound:
    """The value that this one repeats in another unit, whose date it shares: "288 lb (131 kg)"."""
    for other in bound:
        beside = 0 < one.number.start - other.number.end <= CLOSE
        again = beside and other.mention is one.mention and other.concept == one.concept
        if again and _same(other, one, concept, frame):
            return other
    return one


def _same(a: Bound, b: Bound, concept: Concept, frame: Reading) -> bool:
    """Whether two values are one in two notations: "138 kg (304 lb)", "7 (3+4)"."""
    first, second = sorted((a.number, b.number), key=lambda n: n.start)
    if a.quantity == b.quantity and frame.text[first.end : second.start].strip() == "(":
        return True
    if not (isinstance(a.quantity, Quantity) and isinstance(b.quantity, Quantity)):
        return False
    x, y, unit = a.quantity.exact, b.quantity.exact, b.quantity.unit
    if x is None or y is None or not unit or a.quantity.unit in ("", unit):
        return False
    try:
        x = convert(x, a.quantity.unit, unit, concept.molar_mass)
    except UnitError:
        return False
    return abs(x - y) * 50 <= abs(y)


def _effects(frame: Reading, bound: Bound) -> dict[str, Cue]:
    """What is said of a value: what is denied or planned behind its number is another; and a number
    that is stated exactly is not denied, unless by the word right before its name."""
    found = frame.effects(bound.mention)
    stated = isinstance(bound.quantity, str) or bound.quantity.exact is not None
    return {e: c for e, c in found.items() if not _of_another(frame, bound, e, c, stated=stated)}


def _of_another(frame: Reading, bound: Bound, effect: str, cue: Cue, *, stated: bool) -> bool:
    """Whether words that reach a measurement's name do not speak of the value it has."""
    if effect in _NOT_BACK and cue.start >= bound.number.start and cue.start >= bound.mention.end:
        return True
    if stated and effect in _DENIED:
        return bound.mention.start - cue.end > _RIGHT_BEFORE
    ahead = frame.text[cue.end : bound.mention.start]
    return stated and effect == "hypothetical" and "," in ahead


def _fact(
    frame: Reading, bound: Bound, all_bound: list[Bound], treated: list[Mention], concepts: Concepts
) -> Fact | None:
    kind = concepts[bound.concept].kind
    meant = meaning(frame, bound.mention, kind, _effects(frame, bound))
    if meant is None or meant.assertion in (Assertion.ABSENT, Assertion.NOT_DOCUMENTED):
        return None
    if meant.assertion in (Assertion.HYPOTHETICAL, Assertion.PLANNED):
        return None
    asked = _help_asked_for(frame, bound, concepts[bound.concept])
    concept = concepts[bound.concept]
    series = _series(frame, bound, all_bound, concepts)
    site, where = _site(frame, bound, series, concept)
    first = _first_notation(frame, bound, all_bound, concept)
    dated = series if first is bound else _series(frame, first, all_bound, concepts)
    time = time_of(frame, bound.mention, first.number, dated)
    given, words = during(frame, bound.number, series, treated, concepts)
    marks = bound.marks | ({Mark.DATE_ASSUMED} if time.assumed else frozenset())
    spans: list[Spanned] = [bound.mention, bound.number, *bound.extra, *time.words, *words, *where]
    family = meant.assertion is Assertion.FAMILY
    return Fact(
        concept=bound.concept,
        assertion=Assertion.FAMILY if family else Assertion.PLANNED if asked else Assertion.PRESENT,
        site=site,
        value=bound.quantity,
        when=time.when,
        asserter=meant.asserter,
        during=given,
        marks=marks,
        sources=(source(frame.page.document, spans),),
    )


def _help_asked_for(frame: Reading, bound: Bound, concept: Concept) -> bool:
    """Whether hours of help are asked for rather than given: they are a service as well."""
    of, _, per = concept.unit.partition("/")
    if of not in TIME or per not in TIME:
        return False
    meant = meaning(frame, bound.mention, "service", _effects(frame, bound))
    return meant is not None and meant.assertion is Assertion.PLANNED


def _site(
    frame: Reading, bound: Bound, series: Sequence[Number], concept: Concept
) -> tuple[frozenset[str], Sequence[Spanned]]:
    """The side of what is measured on one: a joint's motion, a muscle's strength."""
    if concept.unit != "deg" and not concept.levels:
        return frozenset(), ()
    here = Mention(bound.number.start, bound.number.end, ())
    later = [n for n in series if n.start >= here.end][:1]
    comma = frame.text.find(",", here.end, later[0].start) if later else -1
    stops = [Mention(comma if comma >= 0 else n.start, n.end, ()) for n in later]
    alone = replace(frame, mentions=(*frame.mentions, *stops))
    site, words = site_of(alone, here)
    if not site:
        site, words = site_of(alone, bound.mention)
    return (site, words) if site else _lettered(frame, bound)


def _lettered(frame: Reading, bound: Bound) -> tuple[frozenset[str], Sequence[Spanned]]:
    """A side as one capital letter: "R knee ROM", "strength L shoulder 3/5", "4/5 RLE"."""
    low = max(frame.sentence.start, bound.mention.start - _LETTER_NEAR)
    high = min(frame.sentence.end, bound.number.end + _LETTER_NEAR)
    text = frame.page.document.text
    sooner = [n.end for n in frame.numbers if bound.mention.end <= n.start < bound.number.start]
    for a, b in (
        (bound.number.end, high),
        (_past_letter(text, sooner[-1]) if sooner else bound.mention.end, bound.number.start),
        (low, bound.mention.start),
    ):
        comma = text.find(",", a, b) if a == bound.number.end else -1
        letter = _LETTER.search(text, a, comma if comma >= 0 else b)
        if letter:
            side = "left" if letter[0][0] == "L" else "right"
            return frozenset({side}), (Span(*letter.span()),)
    return frozenset(), ()


def _past_letter(text: str, at: int) -> int:
    """Behind a side that stands right behind a number, which is that number's: "95 R, 120"."""
    letter = _LETTER.match(text, at + 1) if text[at : at + 1] == " " else None
    return letter.end() if letter else at


def _sought(frame: Reading, mention: Mention, concepts: Concepts) -> Fact | None:
    """A measurement that the text says is not on record, or is still to be made."""
    candidates = [concepts[c] for c in mention.concepts if concepts[c].kind in VALUES]
    if not candidates:
        return None
    # Without a number it is asked for like a test.
    meant = meaning(frame, mention, "test", _asked_for(frame.effects(mention)))
    if meant is None or meant.assertion not in _WITHOUT_NUMBER or len(candidates) > 1:
        return None
    cues = [meant.effects[e] for e in _WITHOUT_NUMBER[meant.assertion] if e in meant.effects]
    if meant.assertion is Assertion.PLANNED and not _ordered(frame, mention, cues):
        return None
    spans: list[Spanned] = [mention, *cues]
    return Fact(
        candidates[0].id,
        meant.assertion,
        when=UNDATED,
        asserter=meant.asserter,
        sources=(source(frame.page.document, spans),),
    )


def _asked_for(found: dict[str, Cue]) -> dict[str, Cue]:
    """The effects that can hold of a measurement without a number. What is denied behind the words
    that order it ("to be repeated, fasting not needed") is something else."""
    planned = [found[e].start for e in _WITHOUT_NUMBER[Assertion.PLANNED] if e in found]
    first = min(planned, default=None)
    return {
        e: c
        for e, c in found.items()
        if e not in OUTCOMES
        and not (first is not None and e in ("absent", "never") and c.start > first)
    }


def _ordered(frame: Reading, mention: Mention, cues: list[Cue]) -> bool:
    """Whether a measurement is what is planned: a cue stands near it, and no number that was found
    to be no value of it (a target, a loss)."""
    if not any(max(c.start - mention.end, mention.start - c.end) <= _CUE_NEAR for c in cues):
        return False
    following = WORD.match(frame.text, mention.end + 1)
    if following and following[0] in listed("words", "changes"):
        return False
    low, high = mention.start - _TARGET_NEAR // 2, mention.end + _TARGET_NEAR
    low = max(low, frame.clause(mention.start)[0])
    near = [n for n in frame.numbers if low <= n.start < high]
    return all(n.quantity.unit in TIME for n in near)


__all__ = ["VALUES", "Values", "values"]
