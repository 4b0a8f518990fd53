"""A stretch of a document as a `Source`: the quotation is always the text at its offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from indicated.facts.parts import Spanned
from indicated.model import Document, Source

LONGEST_ABBREVIATION = 3  # letters


def source(document: Document, spans: Iterable[Spanned]) -> Source:
    """The shortest stretch of text that holds all of the spans."""
    listed = list(spans)
    start, end = min(s.start for s in listed), max(s.end for s in listed)
    page = bisect_right(document.pages, start) if document.pages else None
    return Source(document.id, document.text[start:end], start, end, page or None)


def written_out(text: str, span: Spanned) -> bool:
    """Whether a name is words rather than an abbreviation, which may stand for two things.

    >>> from indicated.facts.parts import Span
    >>> written_out("severe ASD", Span(7, 10)), written_out("in remission", Span(0, 12))
    (False, True)
    >>> written_out("no SI/HI", Span(3, 8))
    True
    """
    said = text[span.start : span.end]
    pair = not said.isalnum()  # "SI/HI" names the two of them
    return pair or len(said) > LONGEST_ABBREVIATION or not said.isupper()
