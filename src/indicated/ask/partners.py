"""Which other treatment the one asked for is to be given with.

A label or a listing may hold for a treatment alone and not for a combination, so the partner that a
question names is part of the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from indicated.ask.cues import data, pattern
from indicated.ask.heads import Head
from indicated.ask.mentions import Mention, related
from indicated.ask.plan import is_history
from indicated.model import Asserter, Concepts, Document, Fact, Source

PARTNER = "request.partner"


def partners(
    document: Document, head: Head, named: Iterable[Mention], concepts: Concepts
) -> tuple[Fact, ...]:
    """The treatments of the question that go with the head, each once, at their words."""
    found: dict[str, Fact] = {}
    for m in _beside(document.text, head, sorted(named, key=lambda m: m.start)):
        own = head.treatment and related(m.concept, head.treatment, concepts)
        if own or concepts[m.concept].kind not in data("partners", "kinds"):
            continue
        source = Source(document.id, document.text[m.start : m.end], m.start, m.end)
        stated = Fact(PARTNER, value=m.concept, asserter=Asserter.QUESTION, sources=(source,))
        found.setdefault(m.concept, stated)
    return tuple(found.values())


def _beside(text: str, head: Head, named: list[Mention]) -> Iterator[Mention]:
    """What words such as "on top of" lead to; and the other one of "X plus Y"."""
    for m in named:
        if pattern("partners", "led").search(text[: m.start]) and not is_history(text, m):
            yield m
    for one, other in pairwise(named):
        if pattern("partners", "joined").fullmatch(text, one.end, other.start):
            if head.span.holds(one.start):
                yield other
            if head.span.holds(other.start):
                yield one
