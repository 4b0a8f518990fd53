"""Which keys an open criterion leaves for a person to fill in: those that its test looks at."""

from __future__ import annotations

from dataclasses import dataclass

from indicated.model import Concepts, Has, Value
from indicated.units import shown

MEASURED = frozenset({"measurement", "score"})
THERAPIES = frozenset({"drug", "device", "procedure", "service"})
KEYS = (
    "answer", "value", "on", "from", "to", "ongoing", "dose", "every", "for", "response", "ended",
    "shown_by", "during",
)  # fmt: skip
ANSWERS = "present | absent"
ENDED = ("no-response", "intolerance", "contraindication", "declined", "completed", "other")
RESPONSES = ("none", "partial", "good", "lost")


@dataclass(frozen=True, slots=True)
class Item:
    """An empty item: the concepts it may be about, and its keys with a hint each."""

    concepts: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()
    site: tuple[str, ...] = ()


def item_of(test: Has | Value, concepts: Concepts, parts: tuple[str, ...] = ()) -> Item:
    """The item that would answer a test."""
    where = test.where
    ids = (test.concept,) if isinstance(test, Value) else test.concepts
    kind = concepts[ids[0]].kind if ids[0] in concepts else ""
    site = parts if where.same_site else ()
    if isinstance(test, Value) or kind in MEASURED:
        keys = dict(number_of(ids[0], concepts).keys)
        if isinstance(test, Value) and test.versus:
            keys["on"] = "@versus"
    elif kind in THERAPIES:
        keys = _of_therapy(test)
    else:
        keys = _of_statement(test)
    if where.shown_by:
        keys["shown_by"] = " | ".join(sorted(where.shown_by))
    during = [r.concept for r in where.relations if r.kind == "during"]
    if during:
        keys["during"] = ", ".join(during)
    return Item(ids, tuple(keys.items()), site)


def number_of(id: str, concepts: Concepts) -> Item:
    """The item of a measured value."""
    known = concepts.by_id.get(id)
    words = " | ".join(known.levels) if known else ""
    unit = shown(known.unit) if known and known.unit else ""
    if known and known.kind == "request":
        return Item((id,), (("value", unit or words),))
    return Item((id,), (("value", unit or words), ("on", "")))


def anything_on(id: str, concepts: Concepts) -> Item:
    """The item of what a person may know about a concept, whatever a criterion asks of it."""
    kind = concepts[id].kind if id in concepts else ""
    if kind in MEASURED:
        return number_of(id, concepts)
    keys = {"answer": ANSWERS}
    if kind in THERAPIES:
        keys |= {"from": "", "to": "", "ongoing": "true"}
        keys |= {"response": " | ".join(RESPONSES), "ended": " | ".join(ENDED)}
    else:
        keys["on"] = ""
    return Item((id,), tuple(keys.items()))


def began(id: str, concepts: Concepts) -> Item:
    """The item of what another one is timed against: when it began, or took place."""
    kind = concepts[id].kind if id in concepts else ""
    keys = ("from", "ongoing") if kind in ("drug", "device", "disease", "state") else ("on",)
    return Item(
        (id,),
        tuple((k, "@began" if k == "from" else "true" if k == "ongoing" else "") for k in keys),
    )


def _of_therapy(test: Has) -> dict[str, str]:
    where = test.where
    keys = {"answer": ANSWERS, "from": "", "to": "", "ongoing": "true"}
    if where.dose:
        keys |= {"dose": "", "every": ""}
    if where.lasting:
        keys["for"] = ""
    if where.response or where.ended_because:
        keys["response"] = " | ".join(RESPONSES)
    if where.ended_because:
        keys["ended"] = " | ".join(ENDED)
    return keys


def _of_statement(test: Has) -> dict[str, str]:
    where = test.where
    if where.lasting:
        return {"answer": ANSWERS, "from": "", "to": ""}
    keys = {"answer": ANSWERS, "on": "@several" if test.times > 1 else ""}
    if where.within or where.relations:
        keys["to"] = "@never"
    return keys
