"""Medicines and vaccines of a C-CDA: dose, interval, route, time, and whether it was so at all.

Statuses are read for what they can carry. "completed" in a medicine's status is written by many
systems for every line of a list: it means an end only where an end is given. A prescription (INT)
in a list of medicines counts as one that is taken from its start on; anywhere else it is a plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indicated.chart.ccda_common import (
    Context,
    asserter,
    declined,
    ids,
    indications,
    is_part,
    kind_of,
    mood,
    negated,
    reasons,
    recorded,
    remarks,
    signs,
    sites,
    state,
    told_status,
    within,
)
from indicated.chart.ccda_data import Named, named, quantity, referred, when_of
from indicated.chart.labs_lines import Told, clean
from indicated.chart.labs_lines import quantity as shown
from indicated.chart.labs_therapy import dose_of, interval_of, route_of
from indicated.cue_files import cue_file
from indicated.files.tree import Node
from indicated.model import UNDATED, Entry, Quantity, Therapy, When

_STATES = {"active": "active", "aborted": "stopped", "cancelled": "not-done", "held": "on-hold",
           "suspended": "on-hold", "new": "planned"}  # fmt: skip


def given(node: Node, context: Context) -> Iterator[Told]:
    """One medicine or vaccine."""
    if is_part(node, "sig"):
        return
    name = _product(node, context)
    if not name:
        return
    if kind_of(node, context) == "immunization":
        yield _vaccine(node, name, context)
    else:
        yield _medicine(node, name, context)


def _product(node: Node, context: Context) -> Named:
    made = node.first("consumable", "manufacturedProduct")
    for material in made.children if made is not None else ():
        if material.tag not in ("manufacturedMaterial", "manufacturedLabeledDrug"):
            continue
        name = named(material.first("code"), context.narrative)
        called = material.first("name")
        if not name.words and called is not None and clean(called.text):
            name = replace(name, words=clean(called.text))
        if name:
            return name
    return Named()


def _vaccine(node: Node, name: Named, context: Context) -> Told:
    status = {"completed": "completed", "cancelled": "not-done", "aborted": "not-done"}.get(
        state(node), ""
    )
    status = "planned" if mood(node) == "planned" else status
    if negated(node):
        status = "declined" if declined(node) else "not-done"
    entry = Entry(
        "immunization", 0, 0, node.path, name.shown, name.codings, status,
        when=when_of(node.first("effectiveTime")), recorded=recorded(node),
        reasons=reasons(node, context) if status in ("declined", "not-done") else (),
        asserter=asserter(node),
    )  # fmt: skip
    return Told(entry, (), "", remarks(node, context),
                places=ids(node) | frozenset(context.around))  # fmt: skip


def _medicine(node: Node, name: Named, context: Context) -> Told:
    times = [t for t in node.each("effectiveTime") if not t["nullFlavor"]]
    spans = [t for t in times if t["type"] not in ("PIVL_TS", "EIVL_TS")]
    when = when_of(spans[0]) if spans else UNDATED
    status = _status(node, when, context)
    sig = _sig(node, context)
    every, how_often = _interval(times, sig)
    dose, count, form = _dose(node, sig)
    rate = quantity(node.first("rateQuantity"))
    over = status in ("stopped", "not-done", "declined", "on-hold", "completed")
    did = signs(node, context)
    entry = Entry(
        "medication", 0, 0, node.path, name.shown, name.codings, status,
        when=_when(when, status, context), recorded=recorded(node),
        reasons=(*reasons(node, context), *did) if over else (),
        therapy=Therapy(dose=dose, every=every, route=_route(node, sig, context)),
        site=sites(node, context), asserter=asserter(node), label=not name.words,
        directions=clean(sig), value=count, written_unit=form,
    )  # fmt: skip
    conditions = node.each("precondition")
    needed = [_needed(p, context) for p in conditions]
    tail = (
        how_often, *needed,
        f"rate {shown(rate[0])} {rate[1]}" if rate[0] is not None else "",
        *(f"for {w}" for w in indications(node, context)),
        *(f"reaction: {w}" for w in did if not over), *_instructions(node, context),
    )  # fmt: skip
    return Told(entry, tail, "", remarks(node, context),
                places=ids(node) | frozenset(context.around))  # fmt: skip


def _status(node: Node, when: When, context: Context) -> str:
    if negated(node):
        return "declined" if declined(node) else "not-done"
    told = told_status(node, context, "medication_status")
    coded = told or _STATES.get(state(node), "")
    if state(node) == "completed" and not told:
        coded = "completed" if when.end is not None else ""
    if mood(node) != "planned":
        return coded
    begun = when.start is not None and (
        context.written is None or when.start.earliest <= context.written
    )
    taken = context.meant == "medication" and node["moodCode"] == "INT" and begun
    return coded if taken or coded in ("stopped", "not-done", "completed") else "planned"


def _when(when: When, status: str, context: Context) -> When:
    """What is active goes on where no end is given, or one that lies ahead of the document."""
    if status != "active":
        return when
    if when.start is not None and when.start == when.end:
        return when
    ahead = when.end is None or (
        context.written is not None and when.end.earliest > context.written
    )
    return When(when.start, None if ahead else when.end, ongoing=ahead)


def _sig(node: Node, context: Context) -> str:
    """The directions in words, where the entry has them as free text."""
    for inner in within(node, "substanceAdministration"):
        text = inner.first("text")
        if is_part(inner, "sig") and text is not None:
            return referred(text, context.narrative)
    return ""


def _dose(node: Node, sig: str) -> tuple[Quantity | None, Quantity | None, str]:
    """One administration; or how many of which form, where that is what is given ("2 puff")."""
    found, written = quantity(node.first("doseQuantity"))
    if found is None:
        return (dose_of(sig) if sig else None), None, ""
    if found.unit:
        return found, None, ""
    form = node.first("administrationUnitCode")
    return None, found, written or (clean(form["displayName"]).lower() if form is not None else "")


def _interval(times: list[Node], sig: str) -> tuple[Quantity | None, str]:
    """The time between two doses; in words where it is one without a length."""
    table = cue_file("ccda")
    for time in times:
        if time["type"] == "PIVL_TS" or time.first("period") is not None:
            every, unit = quantity(time.first("period"))
            if every is not None and every.unit and not unit:
                return every, ""
        if time["type"] == "EIVL_TS" and (event := time.first("event")) is not None:
            if words := table["once_a_day"].get(event["code"]):
                return Quantity.of(1, "d"), words
            if words := table["several_a_day"].get(event["code"]):
                return None, words
    return interval_of(sig), ""


def _route(node: Node, sig: str, context: Context) -> str:
    code = node.first("routeCode")
    words = named(code, context.narrative)
    known = route_of(f"{words.words} {words.display}")
    return known or words.words.lower() or (route_of(sig) if sig else "")


def _needed(precondition: Node, context: Context) -> str:
    value = precondition.first("criterion", "value")
    words = named(value, context.narrative).words
    return f"as needed for {words}" if words else "as needed"


def _instructions(node: Node, context: Context) -> Iterator[str]:
    for inner in within(node, "act"):
        text = inner.first("text")
        if is_part(inner, "instruction") and text is not None:
            yield referred(text, context.narrative)
