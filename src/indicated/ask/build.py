"""From a head and what is said of it to a `RequestedItem`, each detail a fact at its own words."""

from __future__ import annotations

import re
from typing import Any

from indicated.ask.amounts import Amount
from indicated.ask.cues import data, words
from indicated.ask.heads import Head
from indicated.ask.phase import Because
from indicated.model import Asserter, Document, Fact, Quantity, RequestedItem, Source
from indicated.units import dimension

FIELDS = {
    "dose": "dose",
    "interval": "every",
    "duration": "duration",
    "route": "route",
    "place": "place",
}
Said = list[tuple[Document, Amount]]


def made(
    document: Document,
    head: Head,
    said: Said,
    because: Because,
    kind: str = "",
    *,
    secondary: bool = False,
) -> RequestedItem:
    """The item. `kind` is its concept's; an "oral appliance" has no route, an oral drug has."""
    routed = kind in data("route_kinds") or (not kind and any(a.kind == "dose" for _, a in said))
    kept = [k for k in _first_of_each(said) if _fits(k[1], kind, routed)]
    stated = [_stated(doc, a.kind, a.value, a.start, a.end) for doc, a in kept if not a.current]
    stated += [_stated(document, "code", c.code, c.start, c.end) for c in head.codes]
    if head.product:
        at = document.text.find(head.product, head.span.start, head.span.end)
        where = (at, at + len(head.product)) if at >= 0 else (head.span.start, head.span.end)
        stated.append(_stated(document, "product", head.product, *where))
    asked = [a for _, a in kept if not a.current]
    values: dict[str, Any] = {FIELDS[a.kind]: a.value for a in asked if a.kind in FIELDS}
    now = next((a.value for _, a in kept if a.kind == "dose" and a.current), None)
    placed = [str(a.value) for _, a in kept if a.kind == "site"]
    return RequestedItem(
        id="",
        treatment=head.treatment,
        words=head.words,
        phase=because.phase,
        phase_because=because.why,
        product=head.product,
        current_dose=now if isinstance(now, Quantity) else None,
        codes=tuple(dict.fromkeys(c.code for c in head.codes)),
        parts=_parts(placed),
        facts=tuple(dict.fromkeys(stated)),
        sources=(_source(document, head.span.start, head.span.end),),
        secondary=secondary,
        kind=kind if kind in data("treatment_kinds") else _sounds_like(head),
        **values,
    )


def _sounds_like(head: Head) -> str:
    """The kind of what no concept names: by its code where it has one, else by its words."""
    for code in head.codes[:1]:
        for kind, pattern in data("kind_of_code").items():
            if re.fullmatch(str(pattern), code.code):
                return str(kind)
    return kind_of_words(head.words)


def kind_of_words(said: str) -> str:
    """What a request that no concept names sounds like: its last telling word decides.

    >>> [kind_of_words(w) for w in ("knee arthroscopy", "sleep study", "Brandnewmab 40 mg")]
    ['procedure', 'test', 'drug']
    """
    ends = {
        kind: m.end()
        for kind in data("kind_of_words")
        for m in words("kind_of_words", kind).finditer(said)
    }
    return max(ends, key=lambda kind: ends[kind], default="drug")


def _fits(amount: Amount, kind: str, routed: bool) -> bool:
    """Routes are of drugs; units and milligrams beside an operation are not its dose."""
    if amount.kind == "route":
        return routed
    if amount.kind == "dose" and kind in data("no_dose_kinds"):
        return isinstance(amount.value, Quantity) and dimension(amount.value.unit) == "time"
    return True


def _first_of_each(said: Said) -> Said:
    """The question goes before the orders and the first word before later ones; sites add up."""
    kept: Said = []
    site_document = next((doc.id for doc, a in said if a.kind == "site"), "")
    for doc, a in said:
        if a.kind == "site":
            new = doc.id == site_document and a.value not in [k.value for _, k in kept]
        else:
            new = all((k.kind, k.current) != (a.kind, a.current) for _, k in kept)
        if new:
            kept.append((doc, a))
    return kept


def _parts(placed: list[str]) -> tuple[str, ...]:
    """Levels, or else sides, that are judged one by one: only where there are several."""
    sides = tuple(s for s in data("sides") if s in placed)
    levels = tuple(p for p in placed if p not in data("sides"))
    for several in (levels, sides):
        if len(several) > 1:
            return several
    return ()


def _stated(document: Document, kind: str, value: Quantity | str, start: int, end: int) -> Fact:
    asserter = {"question": Asserter.QUESTION, "letter": Asserter.LETTER}
    return Fact(
        f"request.{kind}",
        value=value,
        asserter=asserter.get(document.kind, Asserter.PROVIDER),
        site=frozenset({str(value)}) if kind == "site" else frozenset(),
        sources=(_source(document, start, end),),
    )


def _source(document: Document, start: int, end: int) -> Source:
    return Source(document.id, document.text[start:end], start, end)
