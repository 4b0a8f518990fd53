"""Documents in stretches that a request can hold, as they are shown to a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indicated.model import Document
from indicated.propose.align import Leaving, leaving

PIECE = 12_000  # characters of a document that one request holds

Withheld = Callable[[str], Sequence[tuple[int, int, str]]]


@dataclass(frozen=True)
class Piece:
    """A stretch of a document as it is shown to a model."""

    document: Document
    start: int
    shown: Leaving

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of what is shown stands in the document."""
        low, high = self.shown.origin(start, end)
        return self.start + low, self.start + high


def pieces(documents: Iterable[Document], withheld: Withheld | None) -> Iterator[Piece]:
    """The documents in stretches, cut at line ends, without what `withheld` says must not be
    shown (start, end, words instead); None: as they are."""
    for document in documents:
        told = withheld(document.text) if withheld else []
        for start, end in _cut(document.text, told):
            inside = [(a - start, b - start, w) for a, b, w in told if start <= a and b <= end]
            yield Piece(document, start, leaving(document.text[start:end], inside))


def _cut(text: str, told: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    begin = 0
    while begin < len(text):
        end = min(len(text), begin + PIECE)
        if end < len(text):
            end = text.rfind("\n", begin + PIECE // 2, end) + 1 or end
            end = next((a for a, b, _ in told if a < end < b and a > begin), end)
        if text[begin:end].strip():
            yield begin, end
        begin = end
