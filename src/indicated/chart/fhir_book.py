"""What is gathered while the resources of one file are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from indicated.chart.fhir_lines import Said
from indicated.chart.fhir_node import Node
from indicated.chart.fhir_values import exact
from indicated.chart.parts import Limits
from indicated.model import Asserter, Day, Entry

PATIENTS = frozenset({"Patient", "RelatedPerson"})
MADE_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Prose:
    """Free text with the day it was written and what it calls itself."""

    text: str
    written: date | None
    title: str
    kind: str = ""  # of the document; "" where its own words are to say it


@dataclass(frozen=True, slots=True)
class Attached:
    """A file within the record, still as bytes."""

    raw: bytes
    media: str  # "application/pdf"
    charset: str
    written: date | None
    title: str
    path: str


@dataclass
class Book:
    """Entries, prose and attachments of one file, and what of it was left out."""

    limits: Limits
    index: dict[str, Node] = field(default_factory=dict)  # by every address that refers to it
    said: list[Said] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    requested: set[int] = field(default_factory=set)  # trees that a claim asks to authorise
    in_error: int = 0
    replaced: int = 0
    beyond: int = 0  # statements past the limit
    by_address: list[str] = field(default_factory=list)  # documents that are not in the file
    unknown: Counter[str] = field(default_factory=Counter)

    def say(self, entry: Entry, group: str, more: Iterable[str] = ()) -> None:
        """Keep a statement."""
        if len(self.said) >= self.limits.entries:
            self.beyond += 1
            return
        self.said.append(Said(entry, group, tuple(m for m in more if m)))

    def write(self, text: str, day: Day | None, title: str, kind: str = "") -> None:
        """Keep prose."""
        if text.strip():
            self.prose.append(Prose(text.strip("\n"), exact(day), title, kind))

    def resolve(self, reference: Node | None, around: Node) -> Node | None:
        """The resource that a Reference leads to: within the resource, or elsewhere in the file."""
        if reference is None:
            return None
        address = reference.text("reference")
        if address.startswith("#"):
            for inner in around.each("contained"):
                if address == "#" + inner.text("id"):
                    return inner
            return None
        return self.index.get(address) or self.index.get(local_address(address))

    def is_patient(self, reference: Node | None, around: Node) -> bool:
        """Whether a Reference names the patient or a relative."""
        if reference is None:
            return False
        found = self.resolve(reference, around)
        kind = found.type if found else reference.text("type")
        address = local_address(reference.text("reference"))
        return kind in PATIENTS or address.split("/")[0] in PATIENTS

    def says(self, around: Node, *keys: str) -> Asserter | None:
        """The patient, where one of the references or lists of that name leads to nobody else."""
        for key in keys:
            value = around.tree.get(key)
            given = around.each(key) if isinstance(value, list) else [around.get(key)]
            if any(given) and all(self.is_patient(one, around) for one in given):
                return Asserter.PATIENT
        return None


def local_address(address: str) -> str:
    """A reference without the server before it or the version behind it.

    >>> local_address("https://a.org/fhir/Patient/7/_history/2")
    'Patient/7'
    """
    parts = address.split("/_history/")[0].split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else address


def usable(resource: Node, book: Book, key: str = "status") -> bool:
    """Whether a resource was not entered in error; one that was is counted."""
    if resource.text(key) == MADE_IN_ERROR:
        book.in_error += 1
        return False
    return True


def notes(resource: Node, book: Book, about: str, day: Day | None, *, kind: str = "") -> None:
    """The free text that people added, as prose about the thing it was added to."""
    for note in resource.each("note"):
        text = note.prose("text").strip()
        by_patient = book.is_patient(note.get("authorReference"), resource)
        said = f"Per patient: {text}" if by_patient and text else text
        if said:
            text = f"{about}: {said}" if about else said
            book.write(text, note.day("time") or day, "Comments", kind)


def some(n: int, what: str) -> str:
    """A number of things.

    >>> some(1, "document"), some(1200, "line")
    ('1 document', '1,200 lines')
    """
    return f"{n:,} {what}" + ("" if n == 1 else "s")
