"""What nothing was read from: the words of a question that became neither request nor fact.

Whoever asks sees them before anything is judged, so that a word that matters can be said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from indicated.ask.asked import sentences
from indicated.ask.cues import data
from indicated.model import Document, Fact, RequestedItem, Source

_WORD = re.compile(r"[^\W_](?:[\w.'’/%+-]*\w)?")


@cache
def _plain() -> frozenset[str]:
    return frozenset(data("plain_words").split())


def unread(
    document: Document, items: Sequence[RequestedItem], facts: Sequence[Fact]
) -> tuple[Source, ...]:
    """The stretches of a question from which neither an item nor a fact was read, in its order.

    Words that say nothing of their own ("is", "medically necessary") are none. A stretch ends with
    its sentence and where something was read.
    """
    text = document.text
    told = [s for i in items for s in (*i.sources, *(x for f in i.facts for x in f.sources))]
    told += [s for f in facts for s in f.sources]
    own = [s for s in told if s.document == document.id]
    taken = [(s.start, s.end) for s in own if s.start is not None and s.end is not None]
    found: list[tuple[int, int]] = []
    for sentence in sentences(text):
        open_run = False
        for m in _WORD.finditer(text, sentence.start, sentence.end):
            if any(a < m.end() and m.start() < b for a, b in taken):
                open_run = False
            elif m[0].casefold() in _plain():
                continue  # inside a stretch it may stay; at its edges it says nothing
            elif open_run:
                found[-1] = (found[-1][0], m.end())
            else:
                found.append((m.start(), m.end()))
                open_run = True
    return tuple(Source(document.id, text[a:b], a, b) for a, b in found)
