"""Results with their ranges and flags; and what was done, used, visited or is planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indicated.chart.ccda_common import (
    Context,
    asserter,
    declined,
    going_on,
    ids,
    indications,
    mood,
    negated,
    reasons,
    recorded,
    remarks,
    sites,
    state,
)
from indicated.chart.ccda_data import Measured, Named, measured, named, quantity, referred, when_of
from indicated.chart.ccda_narrative import Narrative
from indicated.chart.labs_lines import Told
from indicated.chart.labs_values import parse_reference
from indicated.cue_files import cue
from indicated.files.tree import Node
from indicated.model import UNDATED, Asserter, Coding, Entry, Quantity, When


def result(node: Node, context: Context, *, laboratory: bool) -> Iterator[Told]:
    """A value with its range and flag. Without value or flag there is no statement."""
    name = named(node.first("code"), context.narrative)
    value = node.first("value")
    said = measured(value, context.narrative) if value is not None else Measured()
    judged = node.each("interpretationCode")
    flags = [f for n in judged if (f := _flag(n, context))]
    found = said.value
    if found is None and any(n["code"] in cue("ccda", "result_words") for n in judged):
        found = flags[0] if flags else None
    if found is None or not name or state(node) in ("cancelled", "aborted"):
        return
    when = when_of(node.first("effectiveTime"))
    when = When(when.start, when.end or when.start)  # what is found is found on a day
    reference, printed = _range(node, context)
    entry = Entry(
        "observation", 0, 0, node.path, name.shown, name.codings, value=found,
        written_unit=said.written_unit, reference=reference, flag=", ".join(dict.fromkeys(flags)),
        when=when if when.dated else context.when, recorded=recorded(node),
        site=sites(node, context),
        asserter=asserter(node) or (Asserter.LABORATORY if laboratory else None),
    )  # fmt: skip
    if negated(node):
        if isinstance(found, Quantity):  # that a number is not so says nothing
            return
        entry = replace(
            entry, kind="condition", words=found, value=None, status="refuted", flag="",
            codings=_codings(value), when=UNDATED, reference=None,
        )  # fmt: skip
    material = node.first("specimen", "specimenRole", "specimenPlayingEntity", "code")
    early = "preliminary" if state(node) == "active" else ""
    yield Told(
        entry, (named(material, context.narrative).words, early),
        f"no {found}" if negated(node) else "", remarks(node, context), printed,
        ids(node) | frozenset(context.around),
    )  # fmt: skip


def _codings(value: Node | None) -> tuple[Coding, ...]:
    return named(value, Narrative()).codings


def _flag(node: Node, context: Context) -> str:
    known: str = cue("ccda", "interpretations").get(node["code"], "")
    return known or named(node, context.narrative).words


def _range(node: Node, context: Context) -> tuple[Quantity | None, str]:
    """The printed range as numbers, or as it is worded."""
    for found in node.each("referenceRange", "observationRange"):
        value, written = quantity(found.first("value"))
        if value is not None and not written:
            return value, ""
        text = found.first("text")
        words = referred(text, context.narrative) if text is not None else ""
        if words:
            spoken, unit = parse_reference(words)
            return (spoken, "") if spoken is not None and not unit else (None, words)
    return None, ""


# --- what was done, or is to be done ---------------------------------------------------------

_ELEMENTS = {"procedure": "procedure", "encounter": "encounter", "supply": "device",
             "act": "procedure", "observation": "procedure"}  # fmt: skip
_DONE = {"completed": "completed", "active": "active", "aborted": "stopped",
         "cancelled": "not-done", "held": "on-hold", "suspended": "on-hold"}  # fmt: skip


def done(node: Node, context: Context) -> Iterator[Told]:
    """A procedure, visit or device; in another mood an order for it."""
    name = _thing(node, context)
    if not name:
        return
    planned = mood(node) == "planned"
    kind = _ELEMENTS[node.tag]
    if planned and kind == "procedure":
        kind = "order"
    status = "planned" if planned else "not-done" if negated(node) else _DONE.get(state(node), "")
    status = "not-done" if negated(node) or state(node) == "cancelled" else status
    why = reasons(node, context) if status in ("not-done", "stopped") else ()
    if status == "not-done" and declined(node):
        status = "declined"
    when = when_of(node.first("effectiveTime"))
    if status == "active":
        when = going_on(when, status)
    value = node.first("value")
    found = measured(value, context.narrative).value if value is not None else None
    yield Told(
        Entry(
            kind, 0, 0, node.path, name.shown, name.codings, status, when=when,
            recorded=recorded(node), reasons=why, site=sites(node, context),
            asserter=asserter(node), label=not name.words,
            value=found if isinstance(found, str) else None,
        ),
        tuple(f"for {w}" for w in indications(node, context)), "", remarks(node, context),
        places=ids(node) | frozenset(context.around),
    )  # fmt: skip


def _thing(node: Node, context: Context) -> Named:
    """What a procedure, visit or supply is of: its code, or the device or product it names."""
    device = node.first("participant", "participantRole", "playingDevice", "code")
    product = node.first("product", "manufacturedProduct", "manufacturedMaterial", "code")
    if node.tag == "supply":
        for found in (device, product, node.first("code")):
            if name := named(found, context.narrative):
                return name
        return Named()
    name = named(node.first("code"), context.narrative)
    return name if name else named(device, context.narrative)
