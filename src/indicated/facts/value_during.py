"""The treatments in effect when a value was taken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indicated.facts.cues import alternatives
from indicated.facts.frame import Frame
from indicated.facts.meaning import THERAPIES
from indicated.facts.parts import Mention, Number, Spanned
from indicated.model import Concepts


def during(
    frame: Frame,
    number: Number,
    series: Sequence[Number],
    treated: Sequence[Mention],
    concepts: Concepts,
) -> tuple[frozenset[str], tuple[Spanned, ...]]:
    """The treatments that are said to have been in effect when the value was taken.

    `treated` are the names of treatments in the sentence.
    """
    if not treated:
        return frozenset(), ()
    low, high = frame.clause(number.start)
    later = [n.start for n in series if n.start > number.start]
    high = min([high, *later])
    sooner = [n.end for n in series if n.end <= number.start]
    low = max([low, *sooner])
    first, last = frame.clause(number.start)
    trough = any(c.has("trough") and first <= c.start < last for c in frame.cues)
    found: list[Mention] = []
    for mention in treated:
        words = frame.text[max(frame.sentence.start, mention.start - 24) : mention.start]
        if re.search(alternatives("words", "taken_off").pattern + r"(?: \w+)?\s*$", words):
            continue
        near = low <= mention.start < high and not _begun_after(frame, number, mention)
        on = re.search(alternatives("words", "taken_on").pattern + r"(?: \w+){0,2}\s*$", words)
        if (near and on) or trough:
            found.append(mention)
    ids = frozenset(c for m in found for c in m.concepts if concepts[c].kind in THERAPIES)
    return ids, tuple(found)


def _begun_after(frame: Frame, number: Number, mention: Mention) -> bool:
    """Whether the treatment was begun once the value was known: "IgG 352, started on A"."""
    if mention.start < number.end:
        return False
    ahead = frame.text[number.end : mention.start]
    begun = re.search(alternatives("words", "put_on").pattern + r"(?: \w+)?\s*$", ahead)
    return begun is not None and alternatives("words", "put_before").search(ahead) is None
