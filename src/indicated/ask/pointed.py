"""What a model says is asked for as well: it points at words, and the program reads them anew.

A question that asks plainly is read by its questions alone, so that "We also request Y" behind
"Is X necessary?" is passed over. Where a model points at such words, their sentence, or their two
sentences that follow each other, are read once more as if nothing else had been asked. What the
item is (its dose, its phase, whether it is history) is read there, never taken from the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indicated.ask.asked import Span, asked, sentences
from indicated.ask.cues import words
from indicated.ask.items import requested_items
from indicated.ask.mentions import ingredient, mentions, related
from indicated.ask.plan import is_history
from indicated.model import (
    Assertion,
    Concepts,
    Document,
    Fact,
    Facts,
    Mark,
    Pointed,
    RequestedItem,
    Source,
    Tick,
)

SENTENCES = 2  # that the words may touch
KNOWN = "known"
_OTHER = (Assertion.ABSENT, Assertion.FAMILY, Assertion.HISTORICAL, Assertion.NOT_DOCUMENTED)


@dataclass(frozen=True, slots=True)
class Read:
    """The item that the program reads at the words, or why there is none."""

    item: RequestedItem | None = None
    reason: str = ""


def named_at(document: Document, start: int, end: int, concepts: Concepts) -> str:
    """The treatment that the program's own index finds in a stretch; "" where none or several."""
    found = [m for m in mentions(document.text, concepts) if m.start < end and start < m.end]
    inside = [m for m in found if start <= m.start and m.end <= end]
    one = len(found) == 1 and inside == found
    return ingredient(inside[0].concept, concepts)[0] if one else ""


def read_pointed(
    document: Document,
    pointed: Pointed,
    own: Sequence[RequestedItem],
    stated: Facts,
    chart_facts: Facts,
    concepts: Concepts,
) -> Read:
    """The item at the words that a model pointed at. `own` are the items read without it, `stated`
    what the question says of the patient."""
    if any(i.treatment and related(i.treatment, pointed.treatment, concepts) for i in own):
        return Read(reason=KNOWN)
    start, end = _place(pointed.source)
    touched = [s for s in sentences(document.text) if s.start < end and start < s.end]
    if not 0 < len(touched) <= SENTENCES:
        return Read(reason="too_many_sentences")
    where = Span(touched[0].start, touched[-1].end)
    if words("pointed", "turning").search(document.text, where.start, where.end):
        return Read(reason="not_asked")
    name = _place(pointed.name)
    if any(_otherwise(f, pointed, name, concepts) for f in stated.items):
        return Read(reason="read_otherwise")
    alone = _alone(document, where)
    if not _is_asked(alone.text, name, concepts):
        return Read(reason="not_asked")
    here = tuple(f for f in stated.items if all(_within(s, where) for s in f.sources))
    told = replace(stated, items=here, conflicts=())
    for item in requested_items(alone, told, chart_facts, concepts):
        if item.treatment == pointed.treatment and not item.secondary:
            return Read(_in_words_of(document, item))
    return Read(reason="not_read")


def pointed_items(
    document: Document,
    pointed: Sequence[Pointed],
    own: Sequence[RequestedItem],
    stated: Facts,
    chart_facts: Facts,
    concepts: Concepts,
    ticks: Sequence[Tick] = (),
) -> tuple[RequestedItem, ...]:
    """The items that a model pointed at, numbered behind those that the program read by itself."""
    ticked = {(t.concept, source) for t in ticks for source in t.sources}
    items: list[RequestedItem] = []
    for at in pointed:
        found = read_pointed(document, at, (*own, *items), stated, chart_facts, concepts).item
        if found:
            mark = Mark.CONFIRMED if (at.treatment, at.source) in ticked else Mark.PROPOSED
            n = len(own) + len(items) + 1
            items.append(replace(found, id=f"item-{n}", marks=frozenset({mark})))
    return tuple(items)


def _is_asked(text: str, name: tuple[int, int], concepts: Concepts) -> bool:
    """Whether the words are governed by words of asking, not only written down."""
    named = mentions(text, concepts)
    at = next((m.start for m in named if m.start < name[1] and name[0] < m.end), None)
    if at is None or any(is_history(text, m) for m in named if m.start == at):
        return False
    asking = [a for a in asked(text, named) if a.how in ("subject", "object") and not a.past]
    return any(a.span.holds(at) for a in asking)


def _otherwise(fact: Fact, pointed: Pointed, name: tuple[int, int], concepts: Concepts) -> bool:
    """Whether the question tells at these words of a treatment that was, or is somebody else's."""
    here = any(s.start is not None and s.end is not None and s.start < name[1] and name[0] < s.end
               for s in fact.sources)  # fmt: skip
    if not here or not related(fact.concept, pointed.treatment, concepts):
        return False
    t = fact.therapy
    told = bool(t and (t.response or t.ended_because or not t.taken))
    return fact.assertion in _OTHER or told


def _alone(document: Document, where: Span) -> Document:
    """The question with nothing but these sentences, each letter where it was, as one; without
    the small words that join it to what stands before ("also", "in addition")."""
    kept = document.text[where.start : where.end].replace("\n", " ")
    kept = words("pointed", "joining").sub(lambda m: " " * len(m[0]), kept)
    rest = len(document.text) - where.end
    return replace(document, text=" " * where.start + kept + " " * rest)


def _in_words_of(document: Document, item: RequestedItem) -> RequestedItem:
    """The item with its quotations as they stand in the question."""

    def own(source: Source) -> Source:
        return replace(source, quote=document.text[source.start : source.end])

    facts = tuple(replace(f, sources=tuple(map(own, f.sources))) for f in item.facts)
    return replace(item, sources=tuple(map(own, item.sources)), facts=facts)


def _place(source: Source) -> tuple[int, int]:
    return source.start or 0, source.end or 0


def _within(source: Source, where: Span) -> bool:
    start, end = _place(source)
    return where.start <= start and end <= where.end
