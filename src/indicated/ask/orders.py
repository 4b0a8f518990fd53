"""Requests and orders in the chart: the lines that say what is asked for, and how much of it.

A denial quotes what a plan wants, and an earlier request is not this one: neither is an order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicated.ask.asked import Span, sentences
from indicated.ask.cues import compiled, data, pattern
from indicated.ask.mentions import Mention, mentions
from indicated.model import Chart, Concepts, Document, Fact

LOOK_BACK = 300  # characters: how far above an order the treatment may stand that it speaks of


@dataclass(frozen=True)
class Order:
    """A stretch of a document that asks for something, and the treatments it names."""

    document: Document
    span: Span
    cue: Span
    named: tuple[Mention, ...]
    before: Mention | None = None  # the nearest treatment above, where the order names none

    def stretch(self, mention: Mention) -> Span:
        """What the order says of one treatment: from the treatment before it to the one after."""
        starts = [m.end for m in self.named if m.end <= mention.start]
        stops = [m.start for m in self.named if m.start >= mention.end]
        return Span(max([self.span.start, *starts]), min([self.span.end, *stops]))


def orders(chart: Chart, concepts: Concepts) -> tuple[Order, ...]:
    """Every request or order of the chart, in the order of its documents."""
    found: list[Order] = []
    for document in chart.documents:
        if document.kind in data("orders", "skip_kinds"):
            continue
        named: tuple[Mention, ...] | None = None
        for sentence in sentences(document.text):
            cue = _cue(document, sentence)
            if cue is None:
                continue
            if named is None:
                named = mentions(document.text, concepts)
            found.append(_order(document, sentence, cue, named))
    return tuple(found)


def holds(placed: tuple[Order, ...], fact: Fact) -> bool:
    """Whether a fact's words all stand in an order: what is asked for is not what is given."""
    return bool(fact.sources) and all(
        any(
            s.start is not None
            and o.document.id == s.document
            and min(o.cue.start, o.span.start) <= s.start < o.span.end
            for o in placed
        )
        for s in fact.sources
    )


def _order(document: Document, sentence: Span, cue: Span, named: tuple[Mention, ...]) -> Order:
    said = document.text[cue.start : cue.end]
    whole = document.kind in data("orders", "whole_kinds") and ":" not in said
    if whole or pattern("orders", "whole_sentence").search(said):
        span = sentence
    else:
        span = Span(cue.end if said.endswith(":") else cue.start, sentence.end)
    inside = tuple(m for m in named if span.holds(m.start))
    above = [m for m in named if span.start - LOOK_BACK < m.end <= span.start]
    return Order(document, span, cue, inside, above[-1] if above and not inside else None)


def _cue(document: Document, sentence: Span) -> Span | None:
    text = document.text
    for m in pattern("orders", "cue").finditer(text, sentence.start, sentence.end):
        before = text[max(sentence.start, m.start() - 40) : m.start()]
        payer = pattern("orders", "payer").search(text, sentence.start, m.end())
        if not _never().search(before) and not payer:
            return Span(m.start(), m.end())
    orders_nothing = pattern("orders", "no_order").search(text[sentence.start : sentence.end])
    if document.kind in data("orders", "whole_kinds") and not orders_nothing:
        return Span(sentence.start, sentence.start)
    return None


def _never() -> re.Pattern[str]:
    return compiled(data("orders", "never"), "orders.never")
