"""The text of a file as documents: split, dated, named, with the offsets of its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from indicated.chart.bundle import first_pages
from indicated.chart.split import Piece, pieces
from indicated.files.furniture import joined, stamped_pages, without_furniture
from indicated.files.hyphens import rejoined
from indicated.files.limits import Limits, Refused
from indicated.files.text import cleaned
from indicated.model import Document

DEFAULT = Limits()
# A reader of sentences takes a line in lower case for one that goes on; after these it is none.
_HEADER = re.compile(
    r"^(?P<line>[ \t#*]*(?:date[ \w]{0,20}|[a-z]{2,12} date|dos|document|title|subject|re|from|to"
    r"|cc|sent|patient(?: name)?|name|dob|mrn|provider|author|facility|location|requested by)"
    r"[ \t*]*:[^\n]{0,59})\n(?=[ \t]*[a-z])",
    re.I | re.M,
)


def documents_of(
    pages: Sequence[str], name: str, limits: Limits = DEFAULT, *, title: str = "",
    paged: bool = False, letter: bool = False,
) -> tuple[Document, ...]:  # fmt: skip
    """The documents of one file, given by page. Raises `Refused` where they are too many.

    `paged`: the file has pages, even where there is only one. `letter`: it came as a message.
    A document's `pages` count from the first page of the file, so that a page can be found again.
    """
    if len(pages) > limits.pages:
        raise Refused(
            f"{len(pages):,} pages, more than {limits.pages:,}; split it and give the parts"
        )
    clean = [_apart(page) for page in rejoined([cleaned(page) for page in pages])]
    paged = paged or len(clean) > 1
    starts = [*first_pages(clean), len(clean)]
    found: list[Piece] = []
    for first, end in pairwise(starts):
        part = clean[first:end]
        text, offsets = joined(without_furniture(part) if len(clean) > 1 else part)
        at = 0
        for piece in pieces(text, name, limits.files - len(found)):
            begins = [max(o - at, 0) for o in offsets if o < at + len(piece.text)]
            numbers = (*[0] * first, *begins) if paged else ()
            found.append(replace(piece, pages=numbers))
            at += len(piece.text)
    found = [p for p in found if p.text.strip()]
    out = []
    for n, p in enumerate(found, 1):
        id = f"{name}#{n}" if len(found) > 1 else name
        called = p.title or (title if len(found) == 1 else "")
        kind = "letter" if letter and p.kind == "note" else p.kind
        out.append(Document(id, p.text, p.written, called, kind, p.pages))
    return tuple(out)


def text_documents(
    text: str, name: str, limits: Limits = DEFAULT, *, letter: bool = False
) -> tuple[Document, ...]:
    """The documents of a plain text, which may hold form feeds or the stamps of a fax machine."""
    return documents_of(stamped_pages(text), name, limits, letter=letter)


def _apart(text: str) -> str:
    """The text with an empty line between a header line and a line that begins in lower case."""
    # sure not to be prose: the label's own case is left to the pattern, the next line's is not
    return _HEADER.sub(lambda m: m[0] if not _lower(text, m.end()) else f"{m['line']}\n\n", text)


def _lower(text: str, at: int) -> bool:
    rest = text[at : at + 40].lstrip(" \t")
    return rest[:1].islower()
