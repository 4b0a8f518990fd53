"""Which words of a page of a PDF a person sees who looks at it.

Text can be white on white, drawn without ink, behind a picture or a black bar, beyond the edge, or
too small to read. Nobody who signs for a record has read such words, and so they are none of it.
What counts is the page as it is drawn: colours alone would call the white words of a dark heading
hidden, and the words behind a scan too.

Runs in the child process (`child.py`).
"""

from __future__ import annotations

import re
from functools import cached_property

import pypdfium2 as pdfium
from PIL import Image

CONTRAST = 8  # of 255: a pale watermark has more, the same colour on itself has less
LINES = 500  # on a page; letters that are smaller than so many allow cannot be read
PIXELS = 4_000_000  # of the drawing: a dot to the point, up to a sheet of two feet by three
_LEGIBLE = re.compile(r"[0-9A-Za-z]")  # drawn even where a font is not at hand


class Sight:
    """What is seen of a page, drawn when it is first asked."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._left, bottom, right, self._upper = page.get_bbox()
        width, height = right - self._left, self._upper - bottom
        self._scale = min(1.0, (PIXELS / max(width * height, 1.0)) ** 0.5)
        self._least = max(width, height) / LINES

    @cached_property
    def _drawn(self) -> Image.Image:
        turned_back = -self._page.get_rotation() % 360
        drawn = self._page.render(scale=self._scale, grayscale=True, rotation=turned_back)
        image: Image.Image = drawn.to_pil().convert("L")
        return image

    def of(self, word: str, left: float, bottom: float, right: float, top: float) -> bool:
        """Whether a word can be read where it stands, in the page's own coordinates.

        What has neither a letter nor a digit counts as seen: a dash has hardly any ink. So does
        a word whose place is none, as that of a sign which its font does not have.
        """
        width, height = right - left, top - bottom
        if not _LEGIBLE.search(word) or width <= 0 or height <= 0:
            return True
        letter = min(width, height) if len(word) > 1 else max(width, height)
        if letter < self._least:
            return False
        drawn, scale = self._drawn, self._scale
        x0, y0 = int((left - self._left) * scale), int((self._upper - top) * scale)
        x1, y1 = x0 + int(width * scale) + 2, y0 + int(height * scale) + 2
        around = len(word) == 1  # a thin letter may be drawn a dot beside its place
        x0, x1 = x0 - around, x1 + around
        x0, x1, y0, y1 = max(x0, 0), min(x1, drawn.width), max(y0, 0), min(y1, drawn.height)
        if x0 >= x1 or y0 >= y1:
            return False  # beyond the edge
        ink = drawn.crop((x0, y0, x1, y1)).tobytes()
        return max(ink) - min(ink) >= CONTRAST
