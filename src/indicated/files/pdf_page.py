"""A page of a PDF: its words with their places, what was typed onto it, and whether it is a scan.

Runs in the child process (`child.py`).
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as c

from indicated.files.layout import page_text
from indicated.files.seen import Sight

FEW = 20  # characters: a page with less has no text layer
STAMPED = 200  # a page that is a picture and has less than this has a stamp (of a fax), no text
_WORD = re.compile(r"[^\s\ufffe\x00]+\ufffe?")
_POWER = re.compile(r"(?<!\d)10(\d{1,2})(?!\d)")


class Page(NamedTuple):
    """What is read of a page."""

    text: str
    picture: bool  # a picture of a page that has no text layer
    unseen: int  # words that are not seen on it, and are left out


def read_page(page: pdfium.PdfPage) -> Page:
    """A page's text as a person sees it."""
    textpage = page.get_textpage()
    count = textpage.count_chars()
    plain = textpage.get_text_range(0, count) if count > 0 else ""
    placed: list[_Placed] = []
    if len(plain) == count:  # signs beyond the basic plane count twice: places cannot be told
        placed = list(_words(plain, textpage.raw, page.get_rotation()))
    sight = Sight(page)
    unseen = [p.span for p in placed if not sight.of(p.word[0], *p.sides)]
    left_out = set(unseen)
    words = [p.word for p in placed if p.span not in left_out]
    text = page_text(words) if words and _upright(words) else _plain(_without(plain, unseen))
    textpage.close()
    said = sum(map(len, text.split()))
    picture = said < STAMPED and _is_picture(page, said)
    return Page("\n\n".join(t for t in (text, *_notes(page)) if t), picture, len(unseen))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for first, last in reversed(spans):
        text = text[:first] + text[last:]
    return text


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").replace("\ufffe", "-")


_Word = tuple[str, float, float, float, float]


class _Placed(NamedTuple):
    word: _Word  # with left, right, top and bottom as the page is looked at
    sides: tuple[float, float, float, float]  # left, bottom, right, top as the page counts them
    span: tuple[int, int]  # of the page's text


# The call that is made twice for every word. Numbers for pointers make it half as long as the
# declared types would; the memory that they name is alive while they are used.
_PLACE = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(c.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


def _words(text: str, textpage: Any, turn: int) -> Iterator[_Placed]:
    """Each word with its places."""
    box = c.FS_RECTF()
    into = ctypes.addressof(box)
    page = ctypes.cast(textpage, ctypes.c_void_p).value or 0
    for match in _WORD.finditer(text):
        first, last = match.span()
        _PLACE(page, first, into)
        x0, top, x1, bottom = box.left, -box.top, box.right, -box.bottom
        word, sides = match[0], (box.left, box.bottom, box.right, box.top)
        if "10" in word and (power := _POWER.search(word)):
            at = power.start(1)
            if _raised(textpage, first + at):  # 10 to the 9th must not become 109
                word = f"{word[:at]}^{word[at:]}"
        if last - first > 1:
            _PLACE(page, last - 1, into)
            sides = (
                min(sides[0], box.left),
                min(sides[1], box.bottom),
                max(sides[2], box.right),
                max(sides[3], box.top),
            )
        if turn:
            turned = _turned(x0, top, x1, bottom, turn, box)
            yield _Placed((word, *turned), sides, (first, last))
        else:
            # a sign that the font does not have has no height; one on the next line is no right end
            right = box.right if box.right > x0 else x1
            lower = bottom if bottom > top else top + 1
            yield _Placed((word, x0, right, top, lower), sides, (first, last))


def _raised(textpage: Any, at: int) -> bool:
    """Whether a sign stands higher than the one before, by the ink of both."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    feet = []
    for i in (at - 1, at):
        c.FPDFText_GetCharBox(textpage, i, left, right, bottom, top)
        feet.append(bottom.value)
    return feet[1] > feet[0] + 0.15 * (top.value - bottom.value)


def _turned(
    x0: float, top: float, x1: float, bottom: float, turn: int, last: Any
) -> tuple[float, float, float, float]:
    """Left, right, top and bottom on a page that is shown turned by 90, 180 or 270 degrees."""
    top, bottom = min(top, -last.top), max(bottom, -last.bottom)
    x0, x1 = min(x0, last.left), max(x1, last.right)
    if turn == 90:
        return -bottom, -top, x0, x1
    if turn == 180:
        return -x1, -x0, -bottom, -top
    return top, bottom, -x1, -x0


def _upright(words: Sequence[_Word]) -> bool:
    """Whether most longer words are wider than high: else the text runs in another direction."""
    longer = [w for w in words[:400] if len(w[0]) > 3]
    flat = sum(w[2] - w[1] > 0.8 * (w[4] - w[3]) for w in longer)
    return flat >= 0.7 * len(longer)


def _is_picture(page: pdfium.PdfPage, said: int) -> bool:
    """Whether the page shows a picture (or drawings only) that may hold words."""
    width, height = page.get_size()
    largest, drawn = 0.0, 0
    for thing in page.get_objects(max_depth=3):
        drawn += thing.type != c.FPDF_PAGEOBJ_TEXT
        if thing.type == c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            largest = max(largest, (right - left) * (top - bottom))
    covers = largest > 0.4 * width * height
    return covers or (said < FEW and (largest > 0 or (said == 0 and drawn > 0)))


def _notes(page: pdfium.PdfPage) -> list[str]:
    """What was typed onto the page: filled-in fields, and comments."""
    out = []
    for i in range(c.FPDFPage_GetAnnotCount(page.raw)):
        note = c.FPDFPage_GetAnnot(page.raw, i)
        if not note:
            continue
        kind = c.FPDFAnnot_GetSubtype(note)
        if kind in (c.FPDF_ANNOT_TEXT, c.FPDF_ANNOT_FREETEXT):
            out.append(_string(note, b"Contents"))
        elif kind == c.FPDF_ANNOT_WIDGET:
            name, value = (_string(note, b"TU") or _string(note, b"T")), _string(note, b"V")
            state = _string(note, b"AS")
            if value and value != "Off":
                out.append(f"{name}: {value}" if name else value)
            elif state and state != "Off" and name:
                out.append(f"{name}: {state}")
        c.FPDFPage_CloseAnnot(note)
    return [text for t in out if (text := " ".join(t.replace("\x00", "").split()))]


def _string(note: Any, key: bytes) -> str:
    size = c.FPDFAnnot_GetStringValue(note, key, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    c.FPDFAnnot_GetStringValue(note, key, ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", errors="replace")
