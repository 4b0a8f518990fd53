"""C-CDA documents (R2.1) and any other HL7 CDA R2: one document with prose and entries.

A CDA says most things twice: as narrative, which is what its author attested, and as entries,
which carry codes, dates and units. Reading both would make two facts of one statement, and two
that differ where one is less precise. So, section by section:

- An entry is read as an entry. Its line gives its name as the narrative words it.
- The narrative that entries refer to, or plainly repeat, is not read again. What a row says beyond
  its entry ("Comments: stopped for headache") stays, as a line below.
- The narrative that no entry refers to is read as prose, as everything is in a document that has
  no entries.
- A row whose number differs from its entry's stays whole. The reader of facts sees both, and the
  contradiction is shown rather than decided.

Names and numbers of patients are not taken into the text. Whatever cannot be read is said.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from indicated.chart.ccda_common import STATEMENTS, Context
from indicated.chart.ccda_cover import Covered, cover
from indicated.chart.ccda_data import exact, named, point, when_of
from indicated.chart.ccda_entries import statements
from indicated.chart.ccda_narrative import Narrative, Piece, read_narrative
from indicated.chart.labs_lines import Lines, Told, clean, place, when_shown
from indicated.chart.parts import Read
from indicated.cue_files import cue, cue_file
from indicated.files.limits import Limits
from indicated.files.text import cleaned, decoded
from indicated.files.tree import FHIR, Node, NotRead, parse
from indicated.model import Day, Document, Entry, When

_OTHER = {
    FHIR: "it is FHIR in XML, which is not read; export it as FHIR JSON (a Bundle or NDJSON)",
    "urn:astm-org:CCR": "it is a Continuity of Care Record (CCR), which is not read; export the "
    "chart as a C-CDA or as FHIR JSON",
    "urn:hl7-org:v2xml": "it is an HL7 version 2 message, which is not read; export the chart as "
    "a C-CDA or as FHIR JSON",
    "http://www.w3.org/1999/xhtml": "it is a web page; save it as HTML (.html) and give that",
}
_UNKNOWN = (
    "it is XML, but no clinical document (C-CDA) as far as can be told; export the chart as a "
    "C-CDA, as FHIR JSON or as text"
)


def read_ccda(raw: bytes, name: str, limits: Limits) -> Read:
    """The document of a CDA file. Raises nothing for bad bytes; what is not read is said."""
    if len(raw) > limits.file_bytes:
        return Read((), (f"too large ({len(raw):,} bytes); split it and give the parts",))
    try:
        root, namespace = parse(raw, limits)
    except NotRead as why:
        return Read((), (str(why),))
    if root.tag != "ClinicalDocument":
        return Read((), (_OTHER.get(namespace, _UNKNOWN),))
    reading = _Reading(limits)
    document = reading.document(root, name)
    found = (document,) if document.text.strip() else ()
    return Read(found, tuple(reading.unread))


@dataclass
class _Reading:
    """One document while it is read."""

    limits: Limits
    lines: Lines = field(default_factory=Lines)
    entries: list[Entry] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    written: date | None = None

    def document(self, root: Node, name: str) -> Document:
        """Header, then every section in order."""
        written = when_of(root.first("effectiveTime"))
        self.written = self._day(written.start or written.end)
        title = root.first("title")
        said = clean(title.text) if title is not None else ""
        kind = named(root.first("code"), Narrative())
        said = said or kind.words
        codes = [c.code for c in kind.codings]
        self._header(root, said, when_shown(written))
        structured = root.each("component", "structuredBody", "component", "section")
        for section in structured:
            self._section(section, 2)
        for text in root.each("component", "nonXMLBody", "text"):
            self._other_body(text)
        if not structured and not root.each("component", "nonXMLBody", "text"):
            self.unread.append("it has no sections; only its header was read")
        table = cue("ccda", "documents")
        of = next((table[c] for c in codes if c in table), "note")
        return Document(name, str(self.lines), self.written, said, of, (), tuple(self.entries))

    def _day(self, given: Day | None) -> date | None:
        """The day of the document; of a month the last one, which is said."""
        if given is None or exact(given):
            return exact(given)
        if (given.latest - given.earliest).days > 31:
            self.unread.append("its date is given to the year only, which dates nothing in it")
            return None
        self.unread.append("its date is given to the month only; it counts as written at its end")
        return given.latest

    # --- the header --------------------------------------------------------------------------

    def _header(self, root: Node, title: str, day: str) -> None:
        if title:
            self.lines.add(title)
        if day:
            self.lines.add(f"Date: {day}")
        for who in dict.fromkeys(_authors(root)):
            self.lines.add(f"Author: {who}")
        patients = root.each("recordTarget", "patientRole", "patient")
        if len(patients) == 1:
            self._patient(patients[0])
        elif patients:
            self.unread.append(
                f"it names {len(patients)} patients, so age and sex were not read; "
                "make sure that it is about the one who is asked about"
            )
        for visit in root.each("componentOf", "encompassingEncounter"):
            when = when_shown(when_of(visit.first("effectiveTime")))
            code = named(visit.first("code"), Narrative()).words
            if when or code:
                self.lines.add(clean(f"Encounter: {', '.join(filter(None, [code, when]))}"))

    def _patient(self, patient: Node) -> None:
        """Sex and year of birth. The day of birth goes into no line: it would name the person."""
        gender = patient.first("administrativeGenderCode")
        code = gender["code"] if gender is not None and not gender["nullFlavor"] else ""
        sex = cue("ccda", "sexes").get(code, "")
        born = point(patient.first("birthTime"))
        parts = [f"sex {sex}" if sex else ""]
        parts += [f"year of birth {born.earliest.year}" if born else ""]
        if words := "; ".join(filter(None, parts)):
            start, end = self.lines.add(words)
            when = When(born, born)
            self.entries.append(
                Entry("patient", start, end, patient.path, words, value=sex or None, when=when)
            )

    # --- sections ----------------------------------------------------------------------------

    def _section(self, section: Node, level: int) -> None:
        code = section.first("code")
        number = code["code"] if code is not None else ""
        known = cue("ccda", "sections").get(number, {"as": "", "heading": ""})
        title = section.first("title")
        heading = clean(title.text) if title is not None else ""
        if self.lines.length > self.limits.text_chars:
            self.unread.append("too long; the sections from here on were left out")
            return
        self.lines.gap()
        for line in _headings(
            heading, known["heading"] or (clean(code["displayName"]) if code is not None else "")
        ):
            self.lines.add(f"{'#' * min(level, 6)} {line}")
        narrative = read_narrative(section.first("text"))
        told = self._entries(section, narrative, known["as"])
        self._write(cover(told, narrative))
        for inner in section.each("component", "section"):
            self._section(inner, level + 1)

    def _entries(self, section: Node, narrative: Narrative, meant: str) -> list[tuple[Told, Node]]:
        if meant in ("none", "goal"):
            return []
        context = Context(narrative, meant, self.written)
        found: list[tuple[Told, Node]] = []
        for entry in section.each("entry"):
            for node in (c for c in entry.children if c.tag in STATEMENTS):
                for one in statements(node, context):
                    if len(self.entries) + len(found) >= self.limits.entries:
                        limit = f"more than {self.limits.entries:,} entries; the rest was left out"
                        if limit not in self.unread:
                            self.unread.append(limit)
                        return found
                    found.append((one, node))
        return found

    def _write(self, covered: Covered) -> None:
        for told in covered.told:
            self.entries.append(place(self.lines, told))
            for remark in told.remarks:
                self.lines.add(f"- {clean(remark)}")
        remarks = {clean(r) for told in covered.told for r in told.remarks}
        if covered.told:
            self.lines.gap()
        for rest in covered.rest:
            for line in rest:
                if not any(clean(line).endswith(r.partition(": ")[2]) for r in remarks):
                    self.lines.add(f"- {clean(line)}")
        for line in _prose(covered.remains):
            self.lines.add(line)

    def _other_body(self, text: Node) -> None:
        """A body that is not XML: text is read, any other file within is named."""
        media, content = text["mediaType"].lower(), text.text
        if text["representation"] == "B64":
            try:
                raw = b64decode("".join(content.split()), validate=True)
            except (NoBase64, ValueError):
                self.unread.append("the file within it is damaged (no sound base64)")
                return
            content = decoded(raw)[0] if media.startswith("text/plain") else ""
        if media.startswith("text/plain") or (not media and text["representation"] != "B64"):
            self.lines.gap()
            for line in cleaned(content).split("\n"):
                self.lines.add(line.rstrip())
        else:
            kind = {
                "application/pdf": "a PDF",
                "text/rtf": "an RTF file",
                "text/html": "a web page",
                "image/tiff": "a scanned page",
                "image/jpeg": "a picture",
            }.get(media, "a file")
            self.unread.append(f"it holds {kind} that was not read; save that file and give it too")


def _authors(root: Node) -> Iterator[str]:
    """Role and organisation of who wrote it, and the name of a person where there is one."""
    for author in root.each("author", "assignedAuthor"):
        person = author.first("assignedPerson", "name")
        role = named(author.first("code"), Narrative()).words
        place = author.first("representedOrganization", "name")
        parts = (
            [" ".join(n.text for n in person.children if n.text) or person.text] if person else []
        )
        parts += [role, clean(place.text) if place is not None else ""]
        if said := clean(", ".join(filter(None, parts))):
            yield said


def _headings(title: str, plain: str) -> list[str]:
    """The title, and a plain heading below it where readers of notes would not know the title."""
    known = {h.lower() for s in cue_file("sections").values() for h in s["headings"]}
    if not title:
        return [plain] if plain else []
    if title.lower().strip(" :") in known or not plain or plain.lower() == title.lower():
        return [title]
    return [title, plain] if plain.lower() in known else [title]


def _prose(pieces: tuple[Piece | None, ...]) -> Iterator[str]:
    """The narrative that remains, as lines: pipe rows, bullets, paragraphs."""
    table = 0
    last = ""
    for piece in pieces:
        if piece is None:
            continue
        if piece.kind == "row":
            if piece.table != table and any(c.heading for c in piece.cells):
                yield _piped([c.heading for c in piece.cells])
            table = piece.table
            yield _piped([c.text for c in piece.cells])
        elif piece.kind == "item":
            yield f"{'  ' * max(0, piece.indent - 1)}- {piece.text}"
        else:
            if last not in ("", "heading"):
                yield ""
            yield piece.text
        last = piece.kind


def _piped(cells: list[str]) -> str:
    return "| " + " | ".join(clean(c) for c in cells) + " |"
