"""PDF: the words of every page, and which pages have none.

Runs in the child process (`child.py`): PDFium is C and parses whatever it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as c

from indicated.files.limits import Budget, Limits, Refused, Words
from indicated.files.pdf_page import read_page


@dataclass
class _Pages:
    """The pages, and what is to be said of them."""

    texts: list[str] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    hiding: list[int] = field(default_factory=list)
    unseen: int = 0  # words on them
    said: str = ""


def extract(raw: bytes, limits: Limits, *, ocr: bool = False) -> Words:
    """The words of a PDF by page. Raises `Refused`."""
    document = _opened(raw)
    count = len(document)
    if count > limits.pages:
        raise Refused(f"{count:,} pages, more than {limits.pages:,}; split it and give the parts")
    pages = _read(document, count, limits, ocr)
    unread = _remarks(pages)
    attached = c.FPDFDoc_GetAttachmentCount(document.raw)
    if attached > 0:
        unread.append(
            f"{attached} attached file{'s' * (attached > 1)} inside the PDF; "
            "save them out of it and give them as files"
        )
    return Words(tuple(pages.texts), tuple(unread))


def _read(document: pdfium.PdfDocument, count: int, limits: Limits, ocr: bool) -> _Pages:
    budget = Budget(limits)
    ends = time.monotonic() + limits.seconds
    pages = _Pages()
    seen, pages.said = _eyes() if ocr else (None, "")
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
            text, picture, unseen = read_page(page)
            if picture and seen:
                try:
                    words = seen(page, seconds=ends - time.monotonic())
                except Refused as refused:  # the engine is not there
                    seen, pages.said, words = None, str(refused), ""
                if words.strip():
                    text, picture = words, False
                    pages.recognised.append(number)
            page.close()
            pages.hiding += [number] if unseen else []
            pages.unseen += unseen
        except pdfium.PdfiumError:
            pages.broken.append(number)
            text, picture = "", False
        pages.texts.append(budget.add(text))
        pages.pictures += [number] if picture else []
    return pages


def _eyes() -> tuple[Callable[..., str] | None, str]:
    """The reader of scanned pages, or what is missing for it."""
    try:
        from indicated.files.ocr import text_of_page
    except ModuleNotFoundError:
        return None, 'install the extra [ocr]: pip install "indicated[ocr]"'
    return text_of_page, ""


def _opened(raw: bytes) -> pdfium.PdfDocument:
    at = raw.find(b"%PDF")
    try:
        document = pdfium.PdfDocument(raw[at:] if at > 0 else raw)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused(
                "the PDF is protected by a password; save a copy without one and give that"
            ) from None
        if b"%%EOF" not in raw[-2048:]:
            raise Refused(
                "the PDF is not whole (its end is missing); fetch or export it again"
            ) from None
        raise Refused(
            "the PDF is damaged, or is none; open it, print it to a new PDF and give that"
        ) from None
    if len(document) < 1:
        raise Refused("the PDF has no pages; export it again")
    return document


def _remarks(pages: _Pages) -> list[str]:
    pictures, recognised, broken = pages.pictures, pages.recognised, pages.broken
    out = []
    if recognised:
        out.append(
            f"{_pages(recognised)} read by optical character recognition; "
            "check the words and numbers against the picture"
        )
    if pictures:
        verb = "has" if len(pictures) == 1 else "have"
        what = "could not be recognised; give the text" if recognised else pages.said
        out.append(
            f"{_pages(pictures)} {verb} no text layer (a scan?); "
            + (what or "turn on optical character recognition (ocr), or give the text")
        )
    if pages.unseen:
        count, verb = pages.unseen, "holds" if len(pages.hiding) == 1 else "hold"
        out.append(
            f"{_pages(pages.hiding)} {verb} {count:,} word{'s' * (count > 1)} that nobody sees who "
            "looks at it (hidden, covered, off the page or too small), left out; where they belong "
            "to the record, give them as text"
        )
    if broken:
        verb = "is" if len(broken) == 1 else "are"
        out.append(f"{_pages(broken)} {verb} damaged; print the PDF to a new one and give that")
    return out


def _pages(numbers: list[int]) -> str:
    """
    >>> _pages([3]), _pages([1, 2, 3, 7])
    ('page 3', 'pages 1-3, 7')
    """
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][-1] == n - 1:
            runs[-1][1:] = [n]
        else:
            runs.append([n])
    text = ", ".join("-".join(map(str, r)) for r in runs)
    return f"page{'s' * (len(numbers) > 1)} {text}"
