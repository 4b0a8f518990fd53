"""Values whose name stands in the sentence before: "IgG was 352 mg/dL. It was 610 in 2023"."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import cache

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives
from indicated.facts.frame import Frame
from indicated.facts.parts import Mention, within
from indicated.facts.units_of import fits
from indicated.facts.value_numbers import candidates_of
from indicated.model import Concepts

_OF_ANOTHER = ("family", "rule", "hypothetical")  # words that make "it" no value of the patient
_BREAK = re.compile(r"\n\s*\n|\n\s*[-*\u2022\d]")


def with_referred(frame: Reading, concepts: Concepts) -> Reading:
    """The sentence with "it" or "the one before" as a name, where it stands for a measurement.

    That is so where the sentence before names one measurement, and this one none but a number in
    a unit of that one. Whatever else "it" may be has no such unit.
    """
    if not any(n.quantity.unit for n in frame.numbers):
        return frame
    word = _referring().match(frame.text, frame.sentence.body, frame.sentence.end)
    named = _named_before(frame, concepts) if word else None
    if word is None or named is None:
        return frame
    candidates = candidates_of(named, concepts)
    following = [n for n in frame.numbers if n.start >= word.end()]
    if not following or not any(fits(following[0].quantity.unit, c) for c in candidates):
        return frame
    name = Mention(word.start("it"), word.end("it"), named.concepts)
    if any(m.start < name.end for m in frame.mentions):
        return frame
    return replace(frame, mentions=(name, *frame.mentions))


def _named_before(frame: Frame, concepts: Concepts) -> Mention | None:
    """The only measurement of the sentence before, in the same paragraph."""
    page = frame.page
    i = bisect_left(page.sentences, frame.sentence.start, key=lambda s: s.start) - 1
    if i < 0 or page.sentences[i].section != frame.sentence.section:
        return None
    before = page.sentences[i]
    if _BREAK.search(page.document.text, before.end, frame.sentence.body):
        return None
    if any(c.has(e) for c in within(page.cues, before.start, before.end) for e in _OF_ANOTHER):
        return None
    named = [m for m in within(page.mentions, before.start, before.end)
             if candidates_of(m, concepts)]  # fmt: skip
    return named[-1] if named and len({m.concepts for m in named}) == 1 else None


@cache
def _referring() -> re.Pattern[str]:
    return re.compile(r"\s*(?P<it>" + alternatives("words", "stands_for_value").pattern + ")")
