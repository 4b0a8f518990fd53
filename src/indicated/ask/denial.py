"""The reasons that a denial states, each in its own words, by kind and by what it is about.

A sentence states a reason when it holds the words of a kind ("not medically necessary", "no record
of ..."), or when it says why ("because", a list under "for the following reasons") and names
something. What a denial says on the right to appeal, or of the request, is no reason. Nothing here
judges whether a reason holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicated.ask.cues import compiled, data, pattern
from indicated.ask.mentions import everything
from indicated.model import Concepts, DenialReason, Document, Source

CLINICAL = (
    "not_necessary", "experimental", "step_therapy", "not_documented", "missing_information",
    "dose", "level_of_care",
)  # fmt: skip
PLAN = ("network", "authorization", "benefit")  # what no criterion of medicine can answer
KINDS = (*CLINICAL, *PLAN)

_BULLET = r"(?:[-*•–‣▪]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t]+(?=\S)"
_PARAGRAPH = re.compile(rf"\n\s*\n|\n(?=[ \t]*{_BULLET})")
_LEAD = re.compile(rf"\s*(?:#+\s+)?(?:{_BULLET})?(?:\*\*|__)?")
_SENTENCE = re.compile(r"(?<=[.!?;])[\"”’)]?\s+(?=[\"“‘(]?[A-Z0-9])")
_ABBREVIATED = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|No|vs|e\.g|i\.e|approx|St|Sec|Fig)\.|\b[A-Z]\.)$")
_BLOCK_END = re.compile(r":\s*$")


def denial_reasons(document: Document, concepts: Concepts) -> tuple[DenialReason, ...]:
    """Every reason that the text states, in its order, each wording once; none where it states
    none. Any text is taken."""
    found: dict[str, DenialReason] = {}
    for start, end, listed in _statements(document.text):
        quote = document.text[start:end]
        kinds = _kinds(quote)
        named = tuple(dict.fromkeys(m.concept for m in everything(quote, concepts)))
        why = listed or bool(pattern("denial", "because").search(quote))
        if pattern("denial", "not_a_reason").search(quote) or not (kinds or (why and named)):
            continue
        source = Source(document.id, quote, start, end, page=_page(document, start))
        found.setdefault(" ".join(quote.casefold().split()), DenialReason(source, kinds, named))
    return tuple(found.values())


def _kinds(text: str) -> tuple[str, ...]:
    """The kinds whose words stand there. What the plan alone decides is told only where no reason
    of medicine stands beside it: "not covered because it is experimental" is about the evidence."""
    flat = " ".join(text.split())
    held = [kind for kind in KINDS if compiled(data("denial", kind), kind).search(flat)]
    return tuple(k for k in held if k in CLINICAL) or tuple(held)


def _statements(text: str) -> Iterator[tuple[int, int, bool]]:
    """Sentences and list entries with their places, and whether they are listed as reasons."""
    listing = False
    for start, end in _cut(_PARAGRAPH, text, 0, len(text)):
        entry = bool(re.match(rf"\s*{_BULLET}", text[start:end]))
        if not entry:
            listing = False
        for a, b in _sentences(text, start, end):
            lead = _LEAD.match(text, a, b)
            a = lead.end() if lead else a
            b = a + len(text[a:b].rstrip())
            if b > a and any(c.isalnum() for c in text[a:b]):
                yield a, b, listing and entry
        if _BLOCK_END.search(text[start:end]) and pattern("denial", "because").search(
            text[start:end]
        ):
            listing = True


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut at full stops, not behind an abbreviation."""
    begin = start
    for a, b in _cut(_SENTENCE, text, start, end):
        if _ABBREVIATED.search(text[begin:b]) and b < end:
            continue
        yield begin if begin < a else a, b
        begin = b
    if begin < end and text[begin:end].strip():
        yield begin, end


def _cut(at: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in at.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _page(document: Document, start: int) -> int | None:
    before = [n for n, offset in enumerate(document.pages, 1) if offset <= start]
    return before[-1] if before else None
