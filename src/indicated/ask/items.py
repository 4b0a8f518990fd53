"""What is asked for: the requested items of a question, completed from the orders in the chart.

The question names and orders the items; the chart's requests add dose, interval, duration, route,
place and code to them. Only where the question asks for the plan as a whole, or names nothing, do
orders and treatments under way in the chart become items of their own.
"""

from __future__ import annotations

from dataclasses import replace

from indicated.ask.alternatives import alternatives, plan_rules
from indicated.ask.amounts import Amount, amounts, sites
from indicated.ask.asked import Asked, asked, bare, until_opener
from indicated.ask.build import FIELDS, made
from indicated.ask.cues import data, pattern, words
from indicated.ask.heads import Head, head_of, heads, is_plan, join, looks_medical, taken_now
from indicated.ask.mentions import (
    Mention,
    codes,
    everything,
    mentions,
    with_facts,
)
from indicated.ask.orders import Order, holds, orders
from indicated.ask.partners import partners
from indicated.ask.phase import is_current, phase_of, quote
from indicated.ask.plan import from_chart, is_history, ordered
from indicated.messages import clause
from indicated.model import (
    Asserter,
    Chart,
    Concepts,
    Document,
    Fact,
    Facts,
    Phase,
    Quantity,
    RequestedItem,
    Therapy,
)
from indicated.units import convertible, factor


def requested_items(
    document: Document,
    facts: Facts,
    chart_facts: Facts,
    concepts: Concepts,
    *,
    chart: Chart = Chart(),  # noqa: B008 - frozen and empty
) -> tuple[RequestedItem, ...]:
    """The treatments that a question asks for, in its order; those found in orders come last.

    `document` holds the question, `facts` what the facts reader read in it, `chart_facts` what it
    read in `chart`. A treatment mentioned as history is never an item. Nothing asked: no items.
    """
    text = document.text
    # Without a chart the question is the record; what it asks for is not what was given before.
    noted = [f for f in chart_facts.items if any(s.document != document.id for s in f.sources)]
    chart_facts = replace(chart_facts, items=tuple(noted))
    named = with_facts(mentions(text, concepts), facts, concepts)
    placed = orders(chart, concepts)
    found = _named_items(text, named, facts, concepts)
    items = [
        _item(document, head, found, named, placed, facts, chart_facts, concepts) for head in found
    ]
    told = (*chart.documents, document)
    rules = plan_rules(told)
    for n, item in enumerate(items):
        first = alternatives(told, item.treatment, concepts)
        with_it = partners(document, found[n], named, concepts)
        items[n] = replace(item, facts=(*item.facts, *first, *rules, *with_it))
    if is_plan(text) or (not found and _asks_without_name(text)):
        items += from_chart(found, placed, chart, chart_facts, concepts)
    return tuple(replace(item, id=f"item-{n}") for n, item in enumerate(items, start=1))


def _named_items(
    text: str, named: tuple[Mention, ...], facts: Facts, concepts: Concepts
) -> tuple[Head, ...]:
    stretches = asked(text, named)
    medical = bool(named or codes(text) or facts.items) or looks_medical(text)
    medical = medical or bool(everything(text, concepts))
    found = join(
        (
            head
            for where in stretches
            if where.how != "current"
            for head in heads(text, where, named, concepts, known=not medical)
            if head.treatment or head.codes or not _is_patient_fact(head, facts)
        ),
        concepts,
    )
    return found or _from_background(text, stretches, named, concepts)


def _from_background(
    text: str, stretches: tuple[Asked, ...], named: tuple[Mention, ...], concepts: Concepts
) -> tuple[Head, ...]:
    """ "Is continuation necessary?": what the patient is on; else what stands first, no history."""
    where = stretches[0] if stretches else None
    on = [m for m in named if pattern("phase", "on").search(text[: m.start])]
    if stretches:
        fitting = on or [m for m in named if not is_history(text, m)]
        if fitting:
            return (head_of(text, fitting[0], concepts, where),)
        return taken_now(text, stretches[0])
    return join(
        (
            head
            for start in bare(text)
            for head in heads(text, start, named, concepts, known=True)
            if not any(head.span.holds(m.start) and is_history(text, m) for m in named)
        ),
        concepts,
    )


def _is_patient_fact(head: Head, facts: Facts) -> bool:
    """Whether a phrase is only what the facts reader took for a disease, a value or a state."""
    return any(
        s.start is not None and s.end is not None and head.span.start <= s.start
        and s.end <= head.span.end and 2 * (s.end - s.start) > len(head.words)
        for f in facts.items for s in f.sources
    )  # fmt: skip


def _asks_without_name(text: str) -> bool:
    return bool(asked(text, ())) and looks_medical(text)


# --- one item -------------------------------------------------------------------------------


def _item(
    document: Document,
    head: Head,
    found: tuple[Head, ...],
    named: tuple[Mention, ...],
    placed: tuple[Order, ...],
    facts: Facts,
    chart_facts: Facts,
    concepts: Concepts,
) -> RequestedItem:
    text, alone = document.text, len(found) == 1
    said = [(document, a) for a in _amounts_of(text, head, alone, named, concepts)]
    # An order that changes the dose says what is asked for; the others say what is given now.
    for order in sorted(placed, key=lambda o: not _changes(o)):
        said += [(order.document, a) for a in ordered(order, head, alone, concepts)]
    kind = concepts[head.treatment].kind if head.treatment else ""
    because = phase_of(text, head, named, alone, placed, chart_facts, concepts)
    item = made(document, head, said, because, kind)
    item = _from_therapy(item, head, facts)
    return _dose_now(item, chart_facts, placed, concepts)


def _changes(order: Order) -> bool:
    said = order.document.text[order.span.start : order.span.end]
    return bool(words("phase", "dose_change").search(said))


def _amounts_of(
    text: str, head: Head, alone: bool, named: tuple[Mention, ...], concepts: Concepts
) -> list[Amount]:
    """What the question says of the item: at its words, and behind the word of need."""
    inside = list(amounts(text, head.reach.start, head.reach.end))
    where = head.asked
    if not where or not alone:
        return inside
    tail = max(head.reach.end, where.verb.end)
    others = [m.start for m in named if m.start >= tail]
    stop = min([where.sentence.end, *others])
    for a in amounts(text, tail, where.sentence.end):
        asked_here = a.start < stop and (a.start - tail < 3 or _led_in(text, a))
        if (a.kind == "dose" and a.current and a.start < stop) or (
            not a.current and a.kind != "site" and asked_here
        ):  # fmt: skip
            inside.append(a)
            tail = a.end if asked_here else tail
    kind = concepts[head.treatment].kind if head.treatment else ""
    if not any(a.kind == "site" for a in inside) and (head.codes or kind in data("side_kinds")):
        inside += _sides_of_the_disease(text, where)
    return inside


def _sides_of_the_disease(text: str, where: Asked) -> list[Amount]:
    """The side of "for bilateral varicose veins" is the side asked for; levels are not carried."""
    start = max(where.span.end, where.verb.end)
    opener = words("openers").match(text, start + 1, where.sentence.end)
    start = opener.end() if opener else start
    stop = until_opener(text, start, where.sentence.end)
    return [a for a in sites(text, start, stop) if a.value in data("sides")]


def _led_in(text: str, amount: Amount) -> bool:
    before = text[: amount.start]
    return amount.kind in ("dose", "quantity") and bool(pattern("asked_dose").search(before))


def _from_therapy(item: RequestedItem, head: Head, facts: Facts) -> RequestedItem:
    """Fill from the facts reader what the patterns of this stage did not see."""
    for fact in facts.items:
        inside = any(s.start is not None and head.reach.holds(s.start) for s in fact.sources)
        if fact.concept != head.treatment or fact.therapy is None or not inside:
            continue
        t = fact.therapy
        for kind, value in (("dose", t.dose), ("interval", t.every), ("duration", t.duration)):
            field = FIELDS[kind]
            if value is not None and getattr(item, field) is None:
                stated = Fact(f"request.{kind}", value=value, asserter=Asserter.QUESTION,
                              sources=fact.sources)  # fmt: skip
                item = replace(item, facts=(*item.facts, stated))
                item = replace(item, **{field: value})  # type: ignore[arg-type]
    return item


def _dose_now(
    item: RequestedItem, chart_facts: Facts, placed: tuple[Order, ...], concepts: Concepts
) -> RequestedItem:
    """The dose given now, from the record; a plainly different one asked for is a change."""
    given = [
        fact
        for fact in chart_facts.items
        if item.treatment
        and fact.therapy
        and concepts.is_a(fact.concept, item.treatment)
        and is_current(fact)
        and not holds(placed, fact)
    ]
    doses = [f.therapy.dose for f in given if f.therapy and f.therapy.dose]
    now = item.current_dose or (doses[-1] if doses else None)
    told = item.current_dose is not None and _differs(item.current_dose, item.dose)
    amounts_said = [f for f in given if f.therapy and (f.therapy.dose or f.therapy.every)]
    recorded = bool(amounts_said) and all(_changed(f.therapy, item) for f in amounts_said)
    if item.phase is Phase.CONTINUATION and (told or recorded):
        said = item.words if told else quote(amounts_said[-1])
        where = clause("where.question" if told else "where.record")
        why = clause("phase_because.changed", words=said, where=where)
        item = replace(item, phase=Phase.DOSE_CHANGE, phase_because=why)
    if item.phase is Phase.DOSE_CHANGE:
        return replace(item, current_dose=now)
    return item


def _changed(given: Therapy | None, item: RequestedItem) -> bool:
    return given is not None and (
        _differs(given.dose, item.dose) or _differs(given.every, item.every)
    )


def _differs(a: Quantity | None, b: Quantity | None) -> bool:
    """Whether two amounts cannot be the same: comparable units and ranges that do not meet."""
    if a is None or b is None or not convertible(a.unit, b.unit):
        return False
    if None in (a.low, a.high, b.low, b.high):
        return False
    k = factor(a.unit, b.unit)
    return bool(a.high * k < b.low or b.high < a.low * k)  # type: ignore[operator]
