"""A text as sentences and names alone: for texts that are no chart."""

from __future__ import annotations

from indicated.facts import text as plain
from indicated.facts.fold import lowered
from indicated.facts.mentions import find_mentions, lexicon
from indicated.model import Concepts, Named, Outline


def outline(text: str, concepts: Concepts) -> Outline:
    """Where each sentence of a text stands, headings included, and each name of a concept.

    Nothing is said of what the names mean there: a text about a drug is no fact of a patient.
    """
    if not text.strip():
        return Outline((), ())
    lower = lowered(text)
    mentions = find_mentions(text, lower, lower.replace("-", " "), lexicon(concepts))
    cut = (
        span
        for start, end in plain.blocks(text)
        for span in plain.sentences(text, start, end, mentions)
    )
    named = tuple(Named(m.start, m.end, m.concepts, bool(m.negated)) for m in mentions)
    return Outline(tuple(cut), named)
