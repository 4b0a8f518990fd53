"""Problems, allergies, and what relatives have or had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indicated.chart.ccda_common import (
    Context,
    asserter,
    going_on,
    ids,
    is_part,
    negated,
    own_ids,
    recorded,
    remarks,
    severity,
    signs,
    sites,
    state,
    told_status,
    within,
)
from indicated.chart.ccda_data import Named, named, quantity, when_of
from indicated.chart.labs_lines import Told, clean
from indicated.cue_files import cue
from indicated.files.tree import Node
from indicated.model import UNDATED, Entry


def condition(node: Node, context: Context) -> Iterator[Told]:
    value = node.first("value")
    name = named(value, context.narrative)
    if not name or state(node) in ("cancelled", "aborted"):
        return
    words, denied, head = _denied(node, name)
    when = when_of(node.first("effectiveTime"))
    status = told_status(node, context, "problem_status") or (
        "resolved" if when.end and when.end != when.start else context.status
    )
    if denied:
        status, when = "refuted", UNDATED
    elif (sure := node.first("uncertaintyCode")) is not None and sure["code"] == "UN":
        status = "possible"
    yield Told(
        Entry(
            "condition", 0, 0, node.path, words, name.codings, status,
            when=going_on(when, status), recorded=recorded(node), site=sites(node, context),
            severity=severity(node, context), asserter=asserter(node),
        ),
        (), head, remarks(node, context), places=ids(node) | frozenset(context.around),
    )  # fmt: skip


def _denied(node: Node, name: Named) -> tuple[str, bool, str]:
    """The words for what is or is not there, whether it is not, and how the line puts that."""
    none = next((w for c in name.codings if (w := cue("ccda", "none_known").get(c.code))), "")
    if none:
        return none, True, name.words
    if not negated(node):
        return name.words, False, ""
    positive = (name.display or name.words).split(" (")[0]
    return positive, True, name.words if name.words != positive else f"no {positive}"


def allergy(node: Node, context: Context) -> Iterator[Told]:
    kind = named(node.first("value"), context.narrative)
    entity = node.first("participant", "participantRole", "playingEntity")
    name = named(entity.first("code") if entity is not None else None, context.narrative)
    if not name.words and entity is not None and (called := entity.first("name")) is not None:
        name = replace(name, words=clean(called.text))
    substance = bool(name)
    if not substance:
        name = kind
    if not name:
        return
    words, denied, head = _denied(node, name)
    if head.startswith("no ") and substance:
        head = f"no allergy to {words}"
    told = told_status(node, context, "problem_status")
    status = "refuted" if denied else told or context.status
    when = when_of(node.first("effectiveTime"))
    yield Told(
        Entry(
            "allergy", 0, 0, node.path, words, name.codings, status,
            when=UNDATED if denied else going_on(when, status), recorded=recorded(node),
            reasons=signs(node, context), severity=severity(node, context), asserter=asserter(node),
        ),
        (kind.display.split(" (")[0].lower(),) if substance else (), head,
        remarks(node, context), places=ids(node) | frozenset(context.around),
    )  # fmt: skip


# --- relatives -------------------------------------------------------------------------------


def family(node: Node, relative: Node, context: Context) -> Iterator[Told]:
    """What a relative has or had; never said of the patient."""
    code = relative.first("code")
    name = named(code, context.narrative)
    known = cue("ccda", "relatives").get(code["code"].upper(), "") if code is not None else ""
    relation = known or name.words.lower() or "relative"
    own = own_ids(node) | (ids(code) if code is not None else frozenset())
    for inner in within(node, "observation"):
        illness = named(inner.first("value"), context.narrative)
        if inner["nullFlavor"] or not illness:
            continue
        words, denied, head = _denied(inner, illness)
        if denied:  # a relative's illness that is denied is read by its words
            words, head = head or f"no {words}", ""
        parts = list(within(inner, "observation"))
        ages = [quantity(o.first("value"))[0] for o in parts if is_part(o, "age")]
        age = next((f"at age {a.exact}" for a in ages if a and a.exact is not None), "")
        dead = any(is_part(o, "death") for o in parts)
        yield Told(
            Entry(
                "family", 0, 0, inner.path, words, illness.codings, "refuted" if denied else "",
                when=when_of(inner.first("effectiveTime")), recorded=recorded(inner),
                relation=relation, asserter=asserter(inner),
            ),
            (age, "cause of death" if dead else ""), head, remarks(inner, context),
            places=ids(inner) | own,
        )  # fmt: skip
