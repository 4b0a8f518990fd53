"""A cell and a line of a page: words, and where they stand. Places count from the top left."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass(slots=True)
class Cell:
    """Words on one line without a wide gap between them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def mid(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Line:
    """Cells of one height, from left to right. `apart`: something else stands between it and the
    line before. `row`: it is a row of a table whose cells were several lines high."""

    cells: list[Cell] = field(default_factory=list)
    apart: bool = False
    row: bool = False

    @property
    def x0(self) -> float:
        return self.cells[0].x0

    @property
    def x1(self) -> float:
        return self.cells[-1].x1

    @property
    def top(self) -> float:
        return min(c.top for c in self.cells) if len(self.cells) > 1 else self.cells[0].top

    @property
    def bottom(self) -> float:
        return max(c.bottom for c in self.cells) if len(self.cells) > 1 else self.cells[0].bottom

    @property
    def mid(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return median(c.height for c in self.cells) if len(self.cells) > 1 else self.cells[0].height


def level(a: Cell | Line, b: Cell | Line) -> bool:
    overlap = min(a.bottom, b.bottom) - max(a.top, b.top)
    return overlap >= 0.5 * min(a.bottom - a.top, b.bottom - b.top)
