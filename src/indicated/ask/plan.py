"""What the chart's orders add: details of an item, and items that only the chart names."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.ask.amounts import Amount, amounts
from indicated.ask.asked import Span, sentences
from indicated.ask.build import made
from indicated.ask.cues import data, pattern, template, words
from indicated.ask.heads import Head, head_of
from indicated.ask.mentions import Mention, codes, is_treatment, mentions, related
from indicated.ask.orders import Order
from indicated.ask.phase import Because, phase_of
from indicated.messages import clause
from indicated.model import (
    Assertion,
    Chart,
    Concepts,
    Document,
    Facts,
    Phase,
    RequestedItem,
)


def ordered(order: Order, head: Head, alone: bool, concepts: Concepts) -> list[Amount]:
    """What an order says of the item it names, or of the only item there is."""
    text = order.document.text
    for mention in order.named:
        if head.treatment and related(head.treatment, mention.concept, concepts):
            stretch = order.stretch(mention)
            return _until_aside(text, stretch)
    same_words = head.words.casefold() in text[order.span.start : order.span.end].casefold()
    above = order.before
    if above and not order.named and head.treatment and not alone:
        same_words = related(head.treatment, above.concept, concepts)
    if same_words or (alone and not order.named and not _other_code(order, head)):
        return _until_aside(text, order.span)
    return []


def _until_aside(text: str, stretch: Span) -> list[Amount]:
    """Amounts up to "before switching to ..." and the like, which speak of something else."""
    aside = words("orders", "aside").search(text, stretch.start, stretch.end)
    return list(amounts(text, stretch.start, aside.start() if aside else stretch.end))


def _other_code(order: Order, head: Head) -> bool:
    given = {c.code for c in codes(order.document.text, order.span.start, order.span.end)}
    return bool(given) and bool(head.codes) and not given & {c.code for c in head.codes}


def from_chart(
    found: tuple[Head, ...],
    placed: tuple[Order, ...],
    chart: Chart,
    chart_facts: Facts,
    concepts: Concepts,
) -> list[RequestedItem]:
    """Active orders and care under way that the question did not name, as secondary items."""
    taken = [h.treatment for h in found if h.treatment]
    items: list[RequestedItem] = []
    for document, mention in _wanted(placed, chart, chart_facts, concepts):
        item = _secondary(document, mention, taken, placed, chart_facts, concepts)
        items += [item] if item else []
    items += _under_way(chart, chart_facts, taken, concepts)
    for document, mention in _given(chart, chart_facts, taken, concepts):
        item = _secondary(document, mention, taken, placed, chart_facts, concepts)
        items += [item] if item else []
    return items


def _secondary(
    document: Document,
    mention: Mention,
    taken: list[str],
    placed: tuple[Order, ...],
    chart_facts: Facts,
    concepts: Concepts,
) -> RequestedItem | None:
    """An item that only the chart names; None when it is one of those there are already."""
    head = head_of(document.text, mention, concepts)
    if any(related(head.treatment, t, concepts) for t in taken):
        return None
    taken.append(head.treatment)
    said = [(o.document, a) for o in placed for a in ordered(o, head, False, concepts)]
    kind = concepts[head.treatment].kind
    because = phase_of("", head, (), False, placed, chart_facts, concepts)
    return made(document, head, said, because, kind, secondary=True)


def is_history(text: str, mention: Mention) -> bool:
    """Whether a treatment is told of as tried, failed, stopped or set against another."""
    return bool(
        pattern("history_before").search(text[: mention.start])
        or pattern("history_after").search(text[mention.end :])
    )


def _wanted(
    placed: tuple[Order, ...], chart: Chart, chart_facts: Facts, concepts: Concepts
) -> Iterator[tuple[Document, Mention]]:
    """Treatments in orders, then the one that each line of a plan is about.

    What follows in the line ("management of the rejection: complete the steroid course") is how it
    is done, and what depends on an "if" is not asked for now.
    """
    for order in placed:
        for mention in order.named[:1]:
            if not is_history(order.document.text, mention) and not _on_condition(order, mention):
                yield order.document, mention
    ids = {d.id: d for d in chart.documents}
    planned = sorted(
        (s.document, s.start, s.end, fact.concept)
        for fact in chart_facts.items
        if fact.assertion is Assertion.PLANNED and is_treatment(fact.concept, concepts)
        for s in fact.sources[:1]
        if s.document in ids and s.start is not None and s.end is not None
    )
    lines: set[tuple[str, int]] = set()
    for document, start, end, concept in planned:
        text = ids[document].text
        line = (document, text.rfind("\n", 0, start))
        stop = text.find("\n", end)
        rest = text[start : stop if stop >= 0 else len(text)]
        if line not in lines and not pattern("orders", "conditional").search(rest):
            yield ids[document], Mention(concept, start, end)
        lines.add(line)


def _on_condition(order: Order, mention: Mention) -> bool:
    stretch = order.stretch(mention)
    said = order.document.text[mention.start : stretch.end]
    return bool(pattern("orders", "conditional").search(said))


def _given(
    chart: Chart, chart_facts: Facts, taken: list[str], concepts: Concepts
) -> Iterator[tuple[Document, Mention]]:
    """Treatments by which an event "is treated with ...", unless its care is an item already."""
    for document, sentence, cue in _treating(chart):
        with_it = pattern("treated_with").match(document.text, cue.end, sentence.end)
        care = _care_of(_event_in(document, sentence, chart_facts, concepts), concepts)
        if with_it and not (care and any(related(care, t, concepts) for t in taken)):
            for mention in mentions(document.text, concepts):
                if with_it.end() <= mention.start < sentence.end:
                    yield document, mention


def _care_of(event: str, concepts: Concepts) -> str:
    """The concept that is the treatment of an event, where there is one."""
    if not event:
        return ""
    known = mentions(template("treatment_of", label=concepts.label(event)), concepts)
    return known[0].concept if known else ""


def _under_way(
    chart: Chart, chart_facts: Facts, taken: list[str], concepts: Concepts
) -> list[RequestedItem]:
    """Care being given for an event whose drug is not named ("rejection, being treated")."""
    items: dict[str, RequestedItem] = {}
    for document, sentence, cue in _treating(chart):
        event = _event_in(document, sentence, chart_facts, concepts)
        named = pattern("treated_with").match(document.text, cue.end, sentence.end)
        treatment = _care_of(event, concepts)
        if named and not treatment:
            continue
        if event and event not in items:
            said = template("treatment_of", label=concepts.label(event))
            if treatment and any(related(treatment, t, concepts) for t in taken):
                continue
            why = clause("phase_because.given_now", where=clause("where.record"),
                         words=document.text[cue.start : cue.end])  # fmt: skip
            because = Because(Phase.CONTINUATION, why)
            taken += [treatment] if treatment else []
            head = Head(treatment, said, cue, cue)
            items[event] = made(document, head, [], because, secondary=True)
    return list(items.values())


def _treating(chart: Chart) -> Iterator[tuple[Document, Span, Span]]:
    for document in chart.documents:
        if document.kind in data("orders", "skip_kinds"):
            continue
        for sentence in sentences(document.text):
            m = words("under_way").search(document.text, sentence.start, sentence.end)
            if m:
                yield document, sentence, Span(m.start(), m.end())


def _event_in(document: Document, sentence: Span, chart_facts: Facts, concepts: Concepts) -> str:
    for fact in chart_facts.items:
        kind = concepts[fact.concept].kind if fact.concept in concepts else ""
        if kind in data("under_way_kinds") and fact.assertion is Assertion.PRESENT:
            for s in fact.sources:
                if s.document == document.id and s.start is not None and sentence.holds(s.start):
                    return fact.concept
    return ""
