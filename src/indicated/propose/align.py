"""Where words stand in a text: exactly, whatever the blanks and line breaks between them.

Nothing but white space is forgiven. A quotation with one other letter stands nowhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


def places(words: str, text: str, low: int = 0, high: int | None = None) -> list[tuple[int, int]]:
    """Every stretch of a text that is these words, whole words alone.

    >>> places("IgG  495", "Today IgG\\n495 mg/dL")
    [(6, 13)]
    >>> places("95", "IgG 495, then 3.95 and 95,2"), places("IgG 496", "IgG 495")
    ([], [])
    """
    pieces = words.split()
    if not pieces:
        return []
    first, last = words.strip()[0], words.strip()[-1]
    before = r"(?<![\w])(?<!\d[.,/-])" if first.isdigit() else r"(?<!\w)" if first.isalnum() else ""
    behind = r"(?![\w])(?![.,/-]\d)" if last.isdigit() else r"(?!\w)" if last.isalnum() else ""
    pattern = re.compile(before + r"\s+".join(map(re.escape, pieces)) + behind)
    end = len(text) if high is None else high
    return [m.span() for m in pattern.finditer(text, low, end)]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A text with stretches replaced by other words, and where each of its letters came from."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...] = ()  # start and end here, start and end there

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of this text stands for. What was replaced is
        taken whole."""
        return self._back(start, last=False), self._back(end, last=True)

    def _back(self, at: int, *, last: bool) -> int:
        i = bisect_right(self.pieces, at if not last else at - 1, key=lambda p: p[0]) - 1
        if i < 0:
            return at
        start, end, there, ended = self.pieces[i]
        if start <= at < end or (last and start < at <= end):
            return ended if last else there
        return at - end + ended


def leaving(text: str, others: Iterable[tuple[int, int, str]]) -> Leaving:
    """The text with each stretch (start, end, words instead) replaced; in order, none overlapping.

    >>> out = leaving("Ann Doe has IgG 495", [(0, 7, "(name)")])
    >>> out.text, out.origin(7, 10), out.origin(0, 6), out.origin(2, 14)
    ('(name) has IgG 495', (8, 11), (0, 7), (0, 15))
    """
    told, pieces, at, here = [], [], 0, 0
    for start, end, words in others:
        told += [text[at:start], words]
        here += start - at
        pieces.append((here, here + len(words), start, end))
        here += len(words)
        at = end
    return Leaving("".join([*told, text[at:]]), tuple(pieces))
