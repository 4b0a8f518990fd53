"""Optical character recognition of scanned pages and pictures, where the user asked for it.

Runs in the child process (`child.py`). The engine is tesseract, a program of its own. What it
reads is marked in `unread`: words from a picture are to be checked against it.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import pytesseract
from PIL import Image, UnidentifiedImageError

from indicated.files.limits import Budget, Limits, Refused, Words

if TYPE_CHECKING:
    import pypdfium2 as pdfium

DPI = 300
PIXELS = 40_000_000  # of one picture: a page of 300 dots to the inch has nine million
# blanks between columns are kept, so that a table stays one
OPTIONS = "--psm 6 -c preserve_interword_spaces=1"
MARK = "optical character recognition; check the words and numbers against the picture"


def text_of_page(page: pdfium.PdfPage, *, seconds: float) -> str:
    """The words that are seen on a page; "" where the time is up. Raises `Refused`."""
    width, height = page.get_size()
    scale = min(DPI / 72, (PIXELS / max(width * height, 1.0)) ** 0.5)
    return _text(page.render(scale=scale, grayscale=True).to_pil(), seconds)


def extract(raw: bytes, limits: Limits) -> Words:
    """The words seen on a picture; a fax may have several pages. Raises `Refused`."""
    budget = Budget(limits)
    ends = time.monotonic() + limits.seconds
    pages: list[str] = []
    try:
        with Image.open(io.BytesIO(raw)) as picture:
            count = getattr(picture, "n_frames", 1)
            if count > limits.pages:
                raise Refused(f"{count:,} pages, more than {limits.pages:,}; split it")
            for frame in range(count):
                picture.seek(frame)
                width, height = picture.size
                if width * height > PIXELS:
                    raise Refused("the picture is too large; scan it at 300 dots to the inch")
                text = _text(picture.convert("L"), ends - time.monotonic())
                pages.append(budget.add(text))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Refused("the picture is damaged; scan or export it again") from None
    except Image.DecompressionBombError:
        raise Refused("the picture is too large; scan it at 300 dots to the inch") from None
    unread = [f"page {n} could not be recognised" for n, t in enumerate(pages, 1) if not t.strip()]
    return Words(tuple(pages), (f"read by {MARK}", *unread))


def _text(picture: Image.Image, seconds: float) -> str:
    if seconds <= 0:
        return ""
    try:
        return str(pytesseract.image_to_string(picture, config=OPTIONS, timeout=seconds))
    except pytesseract.TesseractNotFoundError:
        raise Refused(
            "optical character recognition needs the program tesseract; "
            "install it (tesseract-ocr) and try again"
        ) from None
    except (RuntimeError, pytesseract.TesseractError):  # its time is up, or it failed on the page
        return ""
