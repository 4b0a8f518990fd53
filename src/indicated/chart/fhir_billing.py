"""Claims: what was billed or asked for. Their codes are labels, never evidence."""

from __future__ import annotations

from indicated.chart.fhir_book import Book, usable
from indicated.chart.fhir_documents import attach
from indicated.chart.fhir_node import Node
from indicated.chart.fhir_results import value_of
from indicated.chart.fhir_values import Named, all_named, exact, named, when_of
from indicated.model import UNDATED, Asserter, Day, Entry, When

_ASKS = frozenset({"preauthorization", "predetermination"})


def claim(r: Node, book: Book) -> None:
    """Diagnoses, procedures and items of a Claim or ExplanationOfBenefit."""
    if not usable(r, book) or r.text("status") == "cancelled":
        return
    asks = r.text("use") in _ASKS
    created = r.day("created")
    billed = when_of(r, "billablePeriod")
    for part in ("diagnosis", "procedure"):
        for node in r.each(part):
            if name := named(node.get(f"{part}CodeableConcept")):
                when = _day(node, created, billed)
                book.say(_labelled(node, name, when, created), "Claims")
    for node in r.each("supportingInfo"):
        _supporting(node, book, when_of(node, "timing").start or created)
    for node in r.each("item"):
        served = when_of(node, "serviced")
        when = served if served.dated else _day(node, created, billed)
        status = "planned" if asks else ""
        modifiers = [m.shown for m in all_named(node, "modifier")]
        if name := named(node.get("productOrService")):
            book.say(_labelled(node, name, when, created, status), "Claims", modifiers)


def _supporting(node: Node, book: Book, day: Day | None) -> None:
    """What is sent along: a file, words, or a value. It claims; a file speaks for itself."""
    about = named(node.get("code")).words or named(node.get("category")).words
    if attachment := node.get("valueAttachment"):
        attach(attachment, book, day, about)
    if text := node.prose("valueString").strip():
        book.write(f"{about}: {text}" if about else text, day, "", "letter")
    value, unit = value_of(node) if node.tree.get("valueQuantity") is not None else (None, "")
    if value is not None and about:
        entry = Entry(
            "observation", 0, 0, node.path, about, named(node.get("code")).codings, value=value,
            written_unit=unit, when=When(day, day) if day else UNDATED, asserter=Asserter.LETTER,
        )  # fmt: skip
        book.say(entry, "Claims")
    if reason := named(node.get("reason")).words:
        book.write(reason, day, "", "letter")


def _day(node: Node, created: Day | None, billed: When) -> When:
    day = node.day("date")
    if day:
        return When(day, day)
    return billed if billed.dated else When(created, created) if created else UNDATED


def _labelled(node: Node, name: Named, when: When, created: Day | None, status: str = "") -> Entry:
    return Entry(
        "claim", 0, 0, node.path, name.words, name.codings, status, when=when,
        recorded=exact(created), asserter=Asserter.PAYER, label=True,
    )  # fmt: skip


def asked_for(r: Node, book: Book) -> None:
    """Remember which orders a request for authorisation is about: they are plans."""
    if r.text("use") not in _ASKS:
        return
    for item in r.each("item"):
        for extension in item.each("extension"):
            _remember(extension.get("valueReference"), r, book)
    for info in r.each("supportingInfo"):
        _remember(info.get("valueReference"), r, book)
    prescription = r.tree.get("prescription")
    if isinstance(prescription, dict):
        _remember(r.get("prescription"), r, book)


def _remember(reference: Node | None, r: Node, book: Book) -> None:
    found = book.resolve(reference, r)
    if found is not None:
        book.requested.add(id(found.tree))
