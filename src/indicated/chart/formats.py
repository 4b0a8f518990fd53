"""Which format some bytes are, by what they hold first and by their name second, and its reader.

To add a format: a row in `READERS`, and what tells it in `kind_of`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from io import BytesIO

from indicated.chart.documents import documents_of, text_documents
from indicated.chart.parts import Read
from indicated.files import isolated
from indicated.files.limits import Limits, Refused
from indicated.files.text import decoded, is_text

# What can be told but not read, each with what to do.
REFUSED = {
    "old-office": "an old Word, Excel or Outlook file; open it and save it as DOCX or PDF",
    "locked-office": "an Office file protected by a password; save a copy without one",
    "excel": "an Excel workbook; save each sheet as CSV and give that",
    "powerpoint": "a PowerPoint file; save it as PDF",
    "opendocument": "an OpenDocument file; save it as DOCX or PDF",
    "dicom": "an imaging study, not a report of one; give the report",
    "hl7": "an HL7 version 2 message; export it as FHIR, C-CDA or PDF",
    "fhir-xml": "FHIR as XML; export it as JSON",
    "other-xml": "an XML file that is no C-CDA document; export it as C-CDA, FHIR (JSON) or PDF",
    "packed": "a packed file; unpack it and give what is inside",
    "binary": "not text, and no format that is known; save it as PDF or text",
    "sound": "a recording; give its transcript",
}
_SIGNATURES = (
    (b"{\\rtf", "rtf"), (b"\xd0\xcf\x11\xe0", "old-office"),
    (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"), (b"GIF8", "picture"), (b"BM", "bitmap"),
    (b"\x1f\x8b", "packed"), (b"7z\xbc\xaf", "packed"), (b"Rar!", "packed"), (b"BZh", "packed"),
    (b"\xfd7zXZ", "packed"), (b"\x28\xb5\x2f\xfd", "packed"),
    (b"MSH|", "hl7"), (b"RIFF", "sound"), (b"ID3", "sound"), (b"OggS", "sound"),
)  # fmt: skip
_INSIDE = (("xl/", "excel"), ("ppt/", "powerpoint"))
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|div|table|p|h[1-6]|meta|span|br)\b",
    re.I | re.S,
)
_MAIL = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.I)
_MAIL_ONLY = re.compile(
    rb"^(?:mime-version|content-type|message-id|received|return-path|x-mailer)[ \t]*:", re.I | re.M
)
_ENDINGS = {
    ".json": "fhir", ".ndjson": "ndjson", ".jsonl": "ndjson", ".xml": "xml", ".html": "html",
    ".htm": "html", ".xhtml": "html", ".csv": "labs", ".tsv": "labs", ".tab": "labs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How the files of one chart are read, and how deep in other files the one at hand lies."""

    limits: Limits
    ocr: bool = False
    level: int = 0


def read_bytes(raw: bytes, name: str, way: Way) -> Read:
    """The documents of one file. For any bytes: documents, or a sentence on why there are none."""
    limits = way.limits
    if len(raw) > limits.file_bytes:
        most = f"{limits.file_bytes:,}"
        said = f"too large ({len(raw):,} bytes, more than {most}); split it and give the parts"
        return Read((), (said,))
    if not raw.strip(b" \t\r\n\f\x00"):
        return Read((), ("empty",))
    kind = kind_of(raw, name)
    if kind in REFUSED:
        return Read((), (REFUSED[kind],))
    try:
        found = READERS[kind](raw, name, way)
    except Refused as refused:
        return Read((), (str(refused),))
    return found if found.documents or found.unread else Read((), ("it holds no words",))


def kind_of(raw: bytes, name: str) -> str:
    """A key of `READERS` or `REFUSED`.

    >>> kind_of(b"%PDF-1.7", "note.txt"), kind_of(b"Has asthma.", "a.pdf"), kind_of(b"{}", "a.json")
    ('pdf', 'text', 'fhir')
    """
    if raw.startswith(b"%PDF") or b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(raw)
    kind = next((k for mark, k in _SIGNATURES if raw.startswith(mark)), "")
    if kind == "bitmap" and b"\x00" not in raw[:64]:
        kind = ""  # a note may begin with "BMI"
    if kind == "old-office" and "EncryptedPackage".encode("utf-16-le") in raw:
        return "locked-office"
    if not kind and raw[128:132] == b"DICM":
        return "dicom"
    return kind or _text_kind(raw, name)


def _zip_kind(raw: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as container:
            names = container.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, KeyError):
        return "docx" if b"word/document.xml" in raw else "zip"
    if "word/document.xml" in names:
        return "docx"
    if "mimetype" in names and "content.xml" in names:
        return "opendocument"
    return next((k for part, k in _INSIDE if any(n.startswith(part) for n in names)), "zip")


def _text_kind(raw: bytes, name: str) -> str:
    """What a text is; "binary" where it is none."""
    head, _ = decoded(raw[:20_000])
    if not is_text(head):
        return "binary"
    start = head.lstrip("\ufeff \t\r\n")
    dot = name.rfind(".")
    ending = _ENDINGS.get(name[dot:].lower(), "") if dot >= 0 else ""
    if re.match(r'\{\s*(?:"|\})|\[\s*[\{\]]', start) or (
        ending in ("fhir", "ndjson") and start[:1] in ("{", "[")
    ):
        lines = ending == "ndjson" or re.match(r"\{[^\n]*\}[ \t]*\r?\n[ \t]*\{", start)
        return "ndjson" if lines else "fhir"
    if start.startswith("<"):
        if found := _xml_kind(start[:6000]):
            return found
        if _HTML.match(start[:6000].encode()) or ending == "html":
            return "html"
        if start.startswith("<?xml") or ending == "xml":
            return "other-xml"
    head_lines = _MAIL.match(start.encode())
    if head_lines and _MAIL_ONLY.search(head_lines[0]):
        return "mail"
    if ending == "labs":
        return "labs"
    return "html" if ending == "html" and "<" in start else "text"


def _xml_kind(start: str) -> str:
    if re.search(r"<(?:\w+:)?ClinicalDocument\b", start):
        return "ccda"
    if "http://hl7.org/fhir" in start and not re.search(r"<html\b", start, re.I):
        return "fhir-xml"
    return "html" if re.search(r"<html\b", start, re.I) else ""


# --- readers -------------------------------------------------------------------------------

Reader = Callable[[bytes, str, Way], Read]


def _isolated(kind: str, raw: bytes, name: str, way: Way) -> Read:
    words = isolated.words_of(kind, raw, way.limits, ocr=way.ocr)
    paged = kind in ("pdf", "picture")
    documents = documents_of(words.pages, name, way.limits, title=words.title, paged=paged)
    return Read(documents, words.unread)


def _picture(raw: bytes, name: str, way: Way) -> Read:
    if not way.ocr:
        said = "a picture; turn on optical character recognition (ocr), or give the text"
        return Read((), (said,))
    return _isolated("picture", raw, name, way)


def _named(target: str, raw: bytes, name: str, way: Way) -> Read:
    """The reader `module:function` of this stage, imported when the first such file comes."""
    module, function = target.split(":")
    read = getattr(import_module(f"indicated.chart.{module}"), function)
    found: Read = read(raw, name, way.limits)
    return found


def _holding(target: str, raw: bytes, name: str, way: Way) -> Read:
    """The same for a file that holds files; they are read as files are."""
    if way.level >= way.limits.nesting:
        said = f"more than {way.limits.nesting} files within files; take it out and give it alone"
        return Read((), (said,))
    module, function = target.split(":")
    read = getattr(import_module(f"indicated.chart.{module}"), function)

    def inner(body: bytes, called: str) -> Read:
        return read_bytes(body, called, replace(way, level=way.level + 1))

    found: Read = read(raw, name, way.limits, inner)
    return found


def _text(raw: bytes, name: str, way: Way) -> Read:
    text, remark = decoded(raw)
    most = way.limits.text_chars
    if len(text) > most:
        said = f"more than {most:,} characters of text; split the file and give the parts"
        return Read((), (said,))
    return Read(text_documents(text, name, way.limits), (remark,) if remark else ())


READERS: dict[str, Reader] = {
    "pdf": partial(_isolated, "pdf"),
    "docx": partial(_isolated, "docx"),
    "rtf": partial(_isolated, "rtf"),
    "html": partial(_isolated, "html"),
    "picture": _picture,
    "bitmap": _picture,
    "zip": partial(_holding, "archive:read_zip"),
    "mail": partial(_holding, "mail:read_mail"),
    "fhir": partial(_holding, "fhir:read_fhir"),
    "ndjson": partial(_holding, "fhir:read_ndjson"),
    "ccda": partial(_named, "ccda:read_ccda"),
    "labs": partial(_named, "labs:read_labs"),
    "text": _text,
}
