"""The structured entries of a section as statements, each with the narrative that it refers to.

What an entry is, its template says; where it has none that is known, its element and its section.
A plan stays a plan (moods INT, RQO, PRMS, ...), a goal is no statement, and what is negated is
absent or was not done. Entries that say of themselves that nothing is known give nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indicated.chart.ccda_common import (
    Context,
    asserts,
    is_part,
    kind_of,
    mood,
    own_ids,
    state,
    templates,
    within,
)
from indicated.chart.ccda_data import when_of
from indicated.chart.ccda_medications import given
from indicated.chart.ccda_problems import allergy, condition, family
from indicated.chart.ccda_results import done, result
from indicated.chart.labs_lines import Told
from indicated.files.tree import Node


def statements(node: Node, context: Context) -> Iterator[Told]:
    """Every statement of an entry and of what stands within it."""
    if node["nullFlavor"] or mood(node) == "none" or state(node) == "nullified":
        return
    if node.tag == "organizer":
        yield from _organizer(node, context)
    elif node.tag == "act":
        yield from _act(node, context)
    elif node.tag == "observation":
        yield from _observation(node, context)
    elif node.tag == "substanceAdministration":
        yield from given(node, context)
    else:
        yield from done(node, context)
        if node.tag == "encounter":  # what was diagnosed there
            yield from _inside(node, replace(context, meant="condition"))


def _inside(node: Node, context: Context) -> Iterator[Told]:
    """The statements within, which may refer to the narrative through what is around them."""
    own = replace(context, around=(*context.around, *own_ids(node)))
    for inner in within(node):
        yield from statements(inner, own)


def _act(node: Node, context: Context) -> Iterator[Told]:
    kind = kind_of(node, replace(context, meant=""))
    if is_part(node, "comment") or is_part(node, "instruction"):
        return
    if kind == "procedure" or (mood(node) == "planned" and context.meant in ("order", "procedure")):
        yield from done(node, context)
        return
    status = {"active": "active", "completed": "resolved", "aborted": "resolved",
              "suspended": "resolved"}.get(state(node), "")  # fmt: skip
    concerned = context.meant in ("condition", "allergy") or templates(node) & {"3", "30"}
    yield from _inside(node, replace(context, status=status if concerned else ""))


def _organizer(node: Node, context: Context) -> Iterator[Told]:
    relative = node.first("subject", "relatedSubject")
    if relative is not None:
        yield from family(node, relative, context)
        return
    when = when_of(node.first("effectiveTime"))
    yield from _inside(node, replace(context, when=when if when.dated else context.when))


def _observation(node: Node, context: Context) -> Iterator[Told]:
    kind = kind_of(node, context)
    parts = ("reaction", "severity", "status", "age", "death", "indication", "refusal")
    if any(is_part(node, p) for p in parts):
        return
    if mood(node) == "planned":
        yield from done(node, context)
        return
    if kind == "allergy":
        yield from allergy(node, context)
    elif kind == "condition" or (kind != "result" and asserts(node)):
        yield from condition(node, context)
    elif kind == "procedure":
        yield from done(node, context)
    elif kind != "none":
        yield from result(node, context, laboratory=kind == "result")
    for inner in within(node, "observation"):
        if is_part(inner, "supporting"):
            yield from result(inner, context, laboratory=False)
