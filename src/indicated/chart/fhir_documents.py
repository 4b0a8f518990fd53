"""Documents within the record: attached files, narratives, compositions."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable

from indicated.chart.fhir_book import Attached, Book, usable
from indicated.chart.fhir_node import Node, tidy_text
from indicated.chart.fhir_values import named
from indicated.model import Day

PLAIN_TEXT = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/csv", ""})
_TITLE_WORDS = 6  # a description that is longer says something
PAGES = frozenset({"text/html", "application/xhtml+xml"})
ENDINGS = {
    "application/pdf": "pdf", "application/rtf": "rtf", "text/rtf": "rtf", "text/html": "html",
    "application/xhtml+xml": "html", "application/xml": "xml", "text/xml": "xml",
    "application/hl7-v3+xml": "xml", "application/hl7-cda+xml": "xml", "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/csv": "csv", "text/tab-separated-values": "tsv", "message/rfc822": "eml",
    "application/fhir+json": "json", "application/json": "json", "image/tiff": "tiff",
    "image/png": "png", "image/jpeg": "jpg", "application/zip": "zip",
}  # fmt: skip


def reference(r: Node, book: Book) -> None:
    """A DocumentReference: its files, unless a newer version replaced it."""
    if not usable(r, book) or not usable(r, book, "docStatus"):
        return
    if r.text("status") == "superseded":
        book.replaced += 1
        return
    context = r.get("context")
    period = context.get("period") if context else None
    day = r.day("date") or (period.day("start") if period else None)
    described = r.text("description")
    title = named(r.get("type")).words or described
    if title != described and len(described.split()) > _TITLE_WORDS:
        book.write(described, day, title)
    for content in r.each("content"):
        if attachment := content.get("attachment"):
            attach(attachment, book, day, title)


def forms(r: Node, book: Book, day: Day | None, title: str) -> None:
    """The whole of a report, as issued."""
    for form in r.each("presentedForm"):
        attach(form, book, day, title)


def attach(node: Node, book: Book, day: Day | None, title: str) -> None:
    """An Attachment: its bytes are kept, or the place of one that is not here is."""
    title = node.text("title") or title
    media, charset = _media(node.text("contentType"))
    data = node.tree.get("data")
    source = node
    if data is None:
        address = node.text("url")
        found = book.index.get(address) or book.index.get("/".join(address.split("/")[-2:]))
        if found is None or found.type != "Binary":
            if address:
                book.by_address.append(node.path)
            return
        source, data = found, found.tree.get("data")
        media = media or _media(found.text("contentType"))[0]
    if data is None:
        return
    raw = _decoded(data, book.limits.file_bytes)
    if raw is None:
        source.wrong("data", "is not base64, or is too large")
        return
    written = node.day("creation") or day
    exact_day = written.earliest if written and written.earliest == written.latest else None
    if raw.strip():
        book.attached.append(Attached(raw, media, charset, exact_day, title, node.path))


def _media(content: str) -> tuple[str, str]:
    """The kind of file and its character set: "text/plain; charset=utf-8"."""
    kind, _, rest = content.partition(";")
    found = re.search(r"charset\s*=\s*\"?([\w-]{1,30})", rest, re.I)
    return kind.strip().lower(), found[1].lower() if found else ""


def _decoded(data: object, most: int) -> bytes | None:
    if not isinstance(data, str) or len(data) > most * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode("".join(data.split()).encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return None


# --- narratives ------------------------------------------------------------------------------

# Resources whose narrative speaks of the patient, with the kind of document that it is. What these
# plan is no history: an order's treatments are plans.
NARRATIVES = {
    "CarePlan": "order", "ClinicalImpression": "", "Communication": "", "Goal": "order",
    "ImagingStudy": "", "NutritionOrder": "order", "Condition": "", "Observation": "",
    "Procedure": "", "DiagnosticReport": "", "ServiceRequest": "order", "DeviceRequest": "order",
    "AllergyIntolerance": "", "DeviceUseStatement": "", "MedicationRequest": "order",
    "MedicationStatement": "", "Encounter": "",
}  # fmt: skip
_VOID = frozenset({"entered-in-error", "cancelled", "revoked", "not-done", "rejected"})
_DAYS = ("date", "created", "sent", "started", "recordedDate", "authoredOn", "issued",
         "effectiveDateTime", "performedDateTime", "startDate", "dateAsserted")  # fmt: skip


def narrative(r: Node, book: Book) -> bool:
    """The narrative of a resource that has nothing else to say; whether there is one."""
    if r.type not in NARRATIVES or r.text("status") in _VOID:
        return False
    text = div_text(r)
    day = next((d for k in _DAYS if isinstance(r.tree.get(k), str) and (d := r.day(k))), None)
    book.write(text, day, "", NARRATIVES[r.type])
    return bool(text)


def adds(r: Node) -> bool:
    """Whether a resource says of its narrative that it holds more than the rest of it."""
    text = r.tree.get("text")
    return isinstance(text, dict) and text.get("status") == "additional"


def composition(r: Node, book: Book) -> None:
    """A document's sections, under their headings."""
    if not usable(r, book):
        return
    title = r.text("title") or named(r.get("type")).words
    lines = list(_sections(r, book.limits.depth))
    own = div_text(r) if not lines else ""
    body = "\n".join([*lines, own]).strip()
    if body:
        book.write(f"{title}\n\n{body}" if title else body, r.day("date"), title)


def _sections(node: Node, depth: int) -> Iterable[str]:
    if depth <= 0:
        node.wrong("section", "is nested too deeply to be read")
        return
    for section in node.each("section"):
        heading = section.text("title") or named(section.get("code")).words
        text = div_text(section)
        if text:
            yield f"{heading}:\n{text}\n" if heading else f"{text}\n"
        yield from _sections(section, depth - 1)


def div_text(node: Node) -> str:
    """The narrative of a resource or section, as text."""
    text = node.tree.get("text")
    if not isinstance(text, dict):
        return ""
    div = text.get("div")
    return plain_of(tidy_text(div)) if isinstance(div, str) else ""


# Bounded on purpose: no pattern here can look further than one tag.
_TAG = re.compile(r"<!--|-->|<(?P<end>/?)(?P<name>[A-Za-z]{1,12})(?![A-Za-z])[^<>]*>|<[!?/][^<>]*>")
_LINES = frozenset({"p", "div", "br", "li", "tr", "ul", "ol", "table", "h", "section", "dt", "dd",
                    "hr", "thead", "tbody", "caption", "blockquote", "pre", "body", "head",
                    "title"})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style"})


def plain_of(markup: str) -> str:
    """XHTML as text: blocks on lines of their own, cells divided by bars.

    >>> plain_of("<h1>Plan</h1><p>IgG &lt; 400</p><table><tr><td>a</td><td>b</td></tr></table>")
    'Plan\\nIgG < 400\\na | b |'
    """
    out: list[str] = []
    at, hidden = 0, ""
    for tag in _TAG.finditer(markup):
        if not hidden:
            out.append(_words(markup[at : tag.start()]))
        at = tag.end()
        name = (tag["name"] or "").lower()
        if tag[0] == "<!--":
            hidden = hidden or "-->"
        elif hidden and (tag[0] == hidden or (tag["end"] and name == hidden)):
            hidden = ""
        elif not hidden and name in _UNSEEN and not tag["end"]:
            hidden = name
        elif name in _CELLS:
            out.append(" | " if tag["end"] else "")
        elif name in _LINES:
            out.append("\n")
    out.append(_words(markup[at:]) if not hidden else "")
    lines = (" ".join(line.split()) for line in "".join(out).split("\n"))
    return "\n".join(line for line in lines if line.strip(" |"))


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(text)) if text else ""
