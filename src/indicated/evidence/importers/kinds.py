"""Which format a file is, by what it holds, and the reader of it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

from indicated.evidence.importers import citations, jats, labels, medicare, plain, pubmed, trials
from indicated.evidence.parts import Found, NotImported
from indicated.files.limits import Limits, Refused
from indicated.files.tree import NotRead
from indicated.files.zips import opened

LIMITS = Limits(unpacked_bytes=2_000_000_000)
DEEP = 3  # zip files within zip files, as the Medicare coverage database comes
Reader = Callable[[bytes, str], list[Found]]

_ROOT = re.compile(  # the outermost element, behind what may stand before it
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?.{0,500}?\?>\s*|<!--.{0,5000}?-->\s*"
    rb"|<!DOCTYPE[^>\[]{0,1000}(?:\[.{0,9000}?\]\s*)?>\s*)*<(?:[\w.-]+:)?([\w.-]+)",
    re.S,
)
_XML = {
    "article": "jats", "pmc-articleset": "jats", "PubmedArticleSet": "pubmed",
    "PubmedArticle": "pubmed", "PubmedBookArticle": "pubmed", "document": "spl",
}  # fmt: skip
_RIS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*TY  ?- ", re.S)
_MEDLINE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*PMID *- ?\d", re.S)
_BIBTEX = re.compile(rb"\A(?:\xef\xbb\xbf|\s|%[^\n]*\n)*@[A-Za-z]+\s*[{(]", re.S)
_OTHER = {
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file; open it and save it as DOCX or PDF",
    b"\x89PNG": "a picture; give the text or a PDF with a text layer",
    b"\xff\xd8\xff": "a picture; give the text or a PDF with a text layer",
    b"\x1f\x8b": "a packed file; unpack it and give what is inside",
    b"SQLite format 3": "a database; export what it holds",
}  # fmt: skip


def read(raw: bytes, name: str) -> tuple[str, list[Found]]:
    """The format of a file, and the works that it holds. Raises `NotImported` alone."""
    if len(raw) > LIMITS.file_bytes:
        raise NotImported(f"it is larger than {LIMITS.file_bytes:,} bytes; split it")
    if not raw.strip(b" \t\r\n\f\x00"):
        raise NotImported("it is empty")
    kind = kind_of(raw, name)
    try:
        return kind, READERS[kind](raw, name)
    except (Refused, NotRead) as error:
        raise NotImported(str(error)) from None


def kind_of(raw: bytes, name: str) -> str:
    """A key of `READERS`. Raises `NotImported` for what can be told but not read.

    >>> kind_of(b"%PDF-1.7", "a"), kind_of(b"TY  - JOUR", "a.txt"), kind_of(b"# Dosing", "a.md")
    ('pdf', 'ris', 'text')
    """
    head = raw[:20_000]
    for mark, said in _OTHER.items():
        if raw.startswith(mark):
            raise NotImported(said)
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx" if b"word/document.xml" in raw else "zip"
    if raw.startswith(b"{\\rtf"):
        return "rtf"
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "json"
    for form, kind in ((_RIS, "ris"), (_MEDLINE, "medline"), (_BIBTEX, "bibtex")):
        if form.match(head):
            return kind
    if match := _ROOT.match(head):
        return _markup(match[1].decode("ascii", "replace"), name)
    if name.lower().rpartition("/")[2] in medicare.MAIN:
        return "medicare"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        raise NotImported("XML whose outermost element cannot be told; save it anew")
    if name.lower().endswith((".csv", ".tsv", ".xlsx", ".xls")):
        raise NotImported("a table of no known form; give the text that it came from")
    return "html" if name.lower().endswith((".html", ".htm", ".xhtml")) else "text"


def _markup(root: str, name: str) -> str:
    if root in _XML:
        return _XML[root]
    if name.lower().endswith(".xml"):
        raise NotImported(f'XML of no known form (its outermost element is "{root}")')
    return "html"


def _json(raw: bytes) -> list[Found]:
    data = labels.as_json(raw)
    first = data[0] if isinstance(data, list) and data else data
    if isinstance(first, dict) and ("protocolSection" in first or "studies" in first):
        return trials.read_trials(data)
    if isinstance(data, dict) and "results" in data:
        return labels.read_openfda(data)
    raise NotImported(
        "JSON of no known form: neither ClinicalTrials.gov studies nor openFDA labels"
    )


def _zip(raw: bytes, depth: int = 1) -> list[Found]:
    """The works of the files in a zip file; tables of the Medicare database are read together."""
    if depth > DEEP:
        raise NotImported(f"zip files lie more than {DEEP} deep in each other; unpack them")
    found: list[Found] = []
    tables: dict[str, bytes] = {}
    left: list[str] = []
    with opened(raw, LIMITS) as container:
        for member in sorted(container.infolist(), key=lambda m: m.filename):
            inner = member.filename.rpartition("/")[2]
            if not inner or inner.startswith(".") or "__MACOSX" in member.filename:
                continue
            try:
                body = container.read(member)
                if inner.lower() in (*medicare.MAIN, *medicare.SIDE):
                    tables[inner.lower()] = body
                elif body[:4] == b"PK\x03\x04" and b"word/document.xml" not in body:
                    found += _zip(body, depth + 1)
                else:
                    found += read(body, inner)[1]
            except (NotImported, Refused) as error:
                left.append(f"{inner}: {error}")
            except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError):
                left.append(f"{inner}: damaged in the zip file")
    if any(name in tables for name in medicare.MAIN):
        found += medicare.read_medicare(tables)
    if not found:
        raise NotImported("; ".join(left[:5]) or "the zip file holds no file")
    if left and not tables:  # beside the tables lie others that say what their codes mean
        found[0] = Found(
            found[0].work, found[0].pieces, found[0].notices, (*found[0].remarks, *left)
        )
    return found


def _alone(reader: Callable[[bytes], list[Found]]) -> Reader:
    """A reader that the file's name tells nothing."""
    return lambda raw, _: reader(raw)


def _table(raw: bytes, name: str) -> list[Found]:
    return medicare.read_medicare({name.lower().rpartition("/")[2]: raw})


READERS: dict[str, Reader] = {
    "pdf": plain.read_pdf,
    "docx": partial(plain.read_office, "docx"),
    "rtf": partial(plain.read_office, "rtf"),
    "html": plain.read_html,
    "text": plain.read_text,
    "jats": _alone(jats.read_jats),
    "pubmed": _alone(pubmed.read_xml),
    "medline": _alone(pubmed.read_medline),
    "spl": _alone(labels.read_spl),
    "json": _alone(_json),
    "medicare": _table,
    "ris": _alone(citations.read_ris),
    "bibtex": _alone(citations.read_bibtex),
    "zip": lambda raw, _: _zip(raw),
}
