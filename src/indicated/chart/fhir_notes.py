"""Free text that stands beside what the readers of a resource's kind take.

Each row of `TEXTS` is a kind of resource: where in it people write sentences, and what kind of
document they make ("order": what they speak of is planned; "denial": a payer says it). A plan's or
a message's own words, an appointment's comment, a payer's remark: none is lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from indicated.chart import fhir_documents as files
from indicated.chart.fhir_book import Book
from indicated.chart.fhir_node import Node
from indicated.chart.fhir_values import named
from indicated.model import Day

_VOID = frozenset({"entered-in-error", "cancelled", "revoked", "not-done", "rejected", "noshow"})
_DAYS = ("date", "created", "sent", "received", "started", "authoredOn", "issued", "startDate",
         "recordedDate", "effectiveDateTime", "performedDateTime", "statusDate", "recorded",
         "authored")  # fmt: skip
_NOTES = ("note.text",)
TEXTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Appointment": ("order", ("description", "comment", "patientInstruction")),
    "CarePlan": ("order", ("description", "activity.detail.description", "activity.progress.text",
                           *_NOTES)),
    "ClinicalImpression": ("", ("description", "summary", "finding.itemCodeableConcept",
                                "finding.basis", *_NOTES)),
    "Communication": ("", ("payload.contentString", *_NOTES)),
    "CommunicationRequest": ("order", ("payload.contentString", *_NOTES)),
    "Device": ("", _NOTES),
    "ExplanationOfBenefit": ("denial", ("disposition", "processNote.text")),
    "Goal": ("order", ("description", *_NOTES)),
    "ImagingStudy": ("", ("description", "series.description", *_NOTES)),
    "List": ("", _NOTES),
    "NutritionOrder": ("order", _NOTES),
    "ServiceRequest": ("order", ("patientInstruction", "orderDetail")),
    "Specimen": ("laboratory", _NOTES),
}  # fmt: skip
FILES = {
    "Communication": "payload.contentAttachment",
    "CommunicationRequest": "payload.contentAttachment",
}


def beside(r: Node, book: Book) -> bool:
    """Read the free text of a resource; whether there is any."""
    if r.type not in TEXTS or r.text("status") in _VOID:
        return False
    kind, places = TEXTS[r.type]
    day = _day(r)
    said = dict.fromkeys(text for place in places for text in _at(r, place.split(".")) if text)
    title = named(r.get("code")).words if isinstance(r.tree.get("code"), dict) else ""
    if said:
        book.write("\n".join([f"{title}:" if title else "", *said]), day, "", kind)
    attached = FILES.get(r.type)
    for node in _nodes(r, attached.split(".")) if attached else ():
        files.attach(node, book, day, title)
        said.setdefault(node.path)
    return bool(said)


def _day(r: Node) -> Day | None:
    return next((d for k in _DAYS if isinstance(r.tree.get(k), str) and (d := r.day(k))), None)


def _at(node: Node, steps: list[str]) -> Iterator[str]:
    """The strings, or the words of the concepts, at a path."""
    first, rest = steps[0], steps[1:]
    value = node.tree.get(first)
    if rest:
        for inner in _below(node, first):
            yield from _at(inner, rest)
    elif isinstance(value, str):
        yield node.prose(first).strip()
    else:
        yield from (named(inner).words for inner in _below(node, first))


def _nodes(node: Node, steps: list[str]) -> Iterator[Node]:
    for inner in _below(node, steps[0]):
        if steps[1:]:
            yield from _nodes(inner, steps[1:])
        else:
            yield inner


def _below(node: Node, key: str) -> list[Node]:
    value = node.tree.get(key)
    if isinstance(value, dict):
        inner = node.get(key)
        return [inner] if inner else []
    return node.each(key) if isinstance(value, list) else []
