"""Words with their places on a page, as lines of text that keep tables and columns readable.

A PDF has no lines, paragraphs or tables, only words at places, in the order in which the program
drew them. From the places:

- words of one height with small gaps make a *cell*; cells of one height make a *line*;
- a drawing order that jumps up to the right has begun a second column. A table's row whose cells
  are wrapped comes out as one row; columns of prose (or boxes side by side) one after the other;
- in a table the cells are set apart by three spaces; where a cell in the middle is empty, by "|",
  since an empty cell must stay a cell;
- a line that ends at the right margin goes on: it is joined to the next, so that a sentence is not
  broken. Where the next word would have fitted, the break was meant and stays.

Places count from the top left, in points. Pure functions; no library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from indicated.files.cells import Cell, Line, level
from indicated.files.grid import tables
from indicated.files.paragraphs import written

SPLIT = 0.7  # of the height of the letters: a gap this wide may divide two cells
WRAPPED_CELL = 5  # lines: a cell of a table is not longer
TIGHT_LINES = 1.35  # heights from line to line within a cell
FAR = 6.0  # heights from a line to one that has nothing to do with it
SPACED = 2.3  # and there, where there are three columns and so a table for certain
TIGHT = 1.7  # and within a column of text
_NUMBER = re.compile(r"[<>≤≥~]?\s*-?\d")


def page_text(words: Iterable[tuple[str, float, float, float, float]]) -> str:
    """The text of a page from its words (text, left, right, top, bottom), in drawing order.

    >>> print(page_text([("IgG", 0, 20, 0, 10), ("495", 90, 110, 0, 10), ("mg", 113, 140, 0, 10)]))
    IgG   495 mg
    """
    lines = _in_order(_bands(_lines(_cells(words))))
    return written(tables(lines))


# --- words to lines ------------------------------------------------------------------------


def _cells(words: Iterable[tuple[str, float, float, float, float]]) -> Iterator[Cell]:
    # the innermost loop of reading a PDF: plain comparisons, no calls
    texts: list[str] = []
    left = right = upper = lower = 0.0
    for text, x0, x1, top, bottom in words:
        height, high = bottom - top, lower - upper
        small = high if high < height else height
        overlap = (lower if lower < bottom else bottom) - (upper if upper > top else top)
        gap = x0 - right
        if texts and 2 * overlap >= small and -small < gap < SPLIT * small:
            if gap > 0.04 * small:
                texts.append(text)
            else:
                texts[-1] += text
            right = x1 if x1 > right else right
            continue
        if texts:
            yield Cell(" ".join(texts), left, right, upper, lower)
        texts = [text]
        left, right, upper, lower = x0, x1, top, bottom
    if texts:
        yield Cell(" ".join(texts), left, right, upper, lower)


def _lines(cells: Iterable[Cell]) -> list[Line]:
    lines: list[Line] = []
    for cell in cells:
        last = lines[-1].cells[-1] if lines else None
        if last and level(last, cell) and cell.x0 >= last.x1 - 0.3 * last.height:
            lines[-1].cells.append(cell)
        else:
            lines.append(Line([cell]))
    return lines


# --- columns -------------------------------------------------------------------------------


def _bands(lines: Sequence[Line]) -> list[Line]:
    """Lines whose drawing order jumped up to the right, brought into reading order."""
    out: list[Line] = []
    stacks: list[list[Line]] = []  # side by side, while they are being drawn
    for line in lines:
        if stacks and _goes_down(stacks, line):
            stacks[-1].append(line)
        elif stacks and _stands_beside(stacks, line, out):
            stacks.append([line])
        else:
            out += _settled(stacks)
            stacks = []
            left = _beside(out, line)
            if left:
                del out[-len(left) :]
                stacks = [left, [line]]
            else:
                line.apart = bool(out) and line.mid < out[-1].mid - 0.5 * line.height
                out.append(line)
    return out + _settled(stacks)


def _goes_down(stacks: list[list[Line]], line: Line) -> bool:
    """Whether a line goes on with the last stack: under it, and beside or close to the others."""
    last = stacks[-1][-1]
    right_of = max((before.x1 for s in stacks[:-1] for before in s), default=0.0)
    if line.mid < last.mid + 0.5 * last.height or line.x0 < right_of - 1:
        return False
    beside = line.top < max(s[-1].bottom for s in stacks[:-1])
    most = 3.0 if max(len(s) for s in stacks) > WRAPPED_CELL else TIGHT
    return beside or line.mid - last.mid <= most * last.height


def _stands_beside(stacks: list[list[Line]], line: Line, done: list[Line]) -> bool:
    """Whether a line begins one more stack to the right of the others."""
    if line.x0 < max(before.x1 for before in stacks[-1]) - 1:
        return False
    if line.mid > max(s[-1].mid for s in stacks) + 0.5 * line.height:
        return False
    if line.mid < stacks[0][0].top:
        _raise(stacks[0], line, done)
    return line.mid >= stacks[0][0].top


def _beside(done: list[Line], line: Line) -> list[Line]:
    """The last lines drawn that stand left of a line which begins no lower than they do."""
    if not done or line.mid >= done[-1].mid + 0.5 * line.height:
        return []
    left: list[Line] = []
    for before in reversed(done):
        if before.mid <= line.mid - 0.5 * line.height or before.row:
            break
        if before.x1 > line.x0 + 1:
            return []
        left.insert(0, before)
    if left[0].top > line.bottom + line.height:
        return []  # far below: a footer that was drawn before the text
    _raise(left, line, done[: -len(left)])
    return left


def _raise(stack: list[Line], line: Line, done: list[Line]) -> None:
    """Adds to a stack the lines close above it: a cell may stand at the middle of its row, or at
    its foot."""
    above = len(done)
    while above > 0 and len(stack) < WRAPPED_CELL:
        before, first = done[above - 1], stack[0]
        close = 0 < first.mid - before.mid < TIGHT_LINES * before.height
        if not close or before.row or len(before.cells) > 1 or before.x1 > line.x0 + 1:
            break
        if abs(before.x0 - first.x0) > 2:
            break
        stack.insert(0, before)
        above -= 1
    del done[above:]


def _settled(stacks: list[list[Line]]) -> list[Line]:
    """Stacks side by side as rows where they are a table's, else one after the other."""
    if len(stacks) < 2:
        return [line for stack in stacks for line in stack]
    parts = [part for stack in stacks for part in _columns_of(stack)]
    counts = [len(p) for p in parts]
    spacing = TIGHT_LINES if len(parts) < 3 else SPACED  # three columns are a table's
    if min(counts) == 1 < max(counts) <= WRAPPED_CELL and all(_tight(p, spacing) for p in parts):
        return [Line([_one(part) for part in parts], row=True)]
    if min(counts) > 1 and _numbers_beside(stacks):
        rows = [[line] for line in stacks[0]]
        for stack in stacks[1:]:
            for line in stack:
                next(r for r in rows if level(r[0], line)).append(line)
        return [Line([c for line in row for c in line.cells], row=True) for row in rows]
    for stack in stacks[1:]:
        stack[0].apart = True
    return [line for stack in stacks for line in stack]


def _columns_of(stack: list[Line]) -> list[list[Cell]]:
    """The cells of a stack by column: one, unless a line of it has a cell further right."""
    columns: list[list[Cell]] = []
    for cell in sorted((c for line in stack for c in line.cells), key=lambda c: c.x0):
        if columns and cell.x0 < max(c.x1 for c in columns[-1]):
            columns[-1].append(cell)
        else:
            columns.append([cell])
    return [sorted(column, key=lambda c: c.top) for column in columns]


def _tight(cells: list[Cell], spacing: float) -> bool:
    return all(b.mid - a.mid < spacing * a.height for a, b in pairwise(cells))


def _one(cells: list[Cell]) -> Cell:
    text = " ".join(c.text for c in cells)
    left, right = min(c.x0 for c in cells), max(c.x1 for c in cells)
    return Cell(text, left, right, cells[0].top, cells[0].bottom)


def _numbers_beside(stacks: list[list[Line]]) -> bool:
    """Whether these are the columns of one table: a line of the first for each line of the others,
    and a column that is mostly numbers, which would mean nothing without its row."""
    first, others = stacks[0], stacks[1:]
    if not all(any(level(a, line) for a in first) for s in others for line in s):
        return False
    if any(sum(level(a, line) for line in s) > 1 for a in first for s in others):
        return False
    return any(
        sum(bool(_NUMBER.match(line.cells[0].text)) for line in s) >= 0.6 * len(s) for s in others
    )


def _in_order(lines: list[Line]) -> list[Line]:
    """From top to bottom, where the drawing order was another (a footer drawn first). What stands
    side by side keeps the order of drawing."""
    blocks: list[list[Line]] = []
    for line in lines:
        last = blocks[-1][-1] if blocks else line
        if blocks and not line.apart and 0 <= line.mid - last.mid <= FAR * last.height:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    if len(blocks) == 1:
        return lines
    spans = sorted(
        (min(x.top for x in b), max(x.bottom for x in b), i) for i, b in enumerate(blocks)
    )
    groups: list[list[int]] = []
    reached = float("-inf")
    for top, bottom, i in spans:
        if top < reached - 1:
            groups[-1].append(i)
        else:
            groups.append([i])
        reached = max(reached, bottom)
    out: list[Line] = []
    for group in groups:
        for i in sorted(group):
            blocks[i][0].apart = bool(out)
            out += blocks[i]
    return out
