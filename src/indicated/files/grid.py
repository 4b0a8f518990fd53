"""Which lines of a page are rows of a table, and their cells set apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from indicated.files.cells import Cell, Line
from indicated.files.paragraphs import BULLET, Row

GAP = "   "
WIDE = 1.7  # of the height of the letters: a gap this wide always divides two cells
ASIDE = 3  # lines within a table that are none of its rows
PROSE = 5  # words in half of the lines of a column: it is read down, not across


def tables(lines: Sequence[Line]) -> list[Row]:
    """Each line with its cells set apart, where they are cells of a table."""
    confirmed = [_confirmed(lines, i) for i in range(len(lines))]
    out: list[Row] = []
    i = 0
    while i < len(confirmed):
        end, columns = _grid(confirmed, i)
        if end - i > 1:
            out += _grid_rows(confirmed[i:end], columns)
        else:
            out.append(_row(confirmed[i]))
        i = max(end, i + 1)
    return out


def _row(line: Line) -> Row:
    return Row(GAP.join(c.text for c in line.cells), _span(line), line.apart, len(line.cells) > 1)


def _span(line: Line) -> Cell:
    return Cell("", line.x0, line.x1, line.top, line.bottom)


def _confirmed(lines: Sequence[Line], i: int) -> Line:
    """The line, with cells joined whose gap is neither wide nor that of a neighbouring line."""
    line = lines[i]
    if len(line.cells) == 1:
        return line
    near = [lines[k] for k in (i - 2, i - 1, i + 1, i + 2) if 0 <= k < len(lines)]
    gaps = [pair for n in near for pair in zip(n.cells, n.cells[1:], strict=False)]
    cells = [line.cells[0]]
    for right in line.cells[1:]:
        left = cells[-1]
        gap = right.x0 - left.x1
        bullet = len(cells) == 1 and BULLET.fullmatch(left.text) and gap < 6 * left.height
        wide = gap >= WIDE * min(left.height, right.height)
        if not bullet and (wide or any(_aligned(left, right, *pair) for pair in gaps)):
            cells.append(right)
        else:
            joined = f"{left.text} {right.text}"
            top, bottom = min(left.top, right.top), max(left.bottom, right.bottom)
            cells[-1] = Cell(joined, left.x0, right.x1, top, bottom)
    return Line(cells, line.apart, line.row)


def _aligned(left: Cell, right: Cell, left2: Cell, right2: Cell) -> bool:
    crossing = min(right.x0, right2.x0) - max(left.x1, left2.x1) > 0.3 * left.height
    return crossing and (
        abs(right.x0 - right2.x0) < 2
        or abs(right.x1 - right2.x1) < 2
        or abs(right.x0 + right.x1 - right2.x0 - right2.x1) < 4
    )


def _grid(lines: Sequence[Line], start: int) -> tuple[int, list[tuple[float, float]]]:
    """How far the table goes that begins at a line, and the columns that its cells fall into."""
    if len(lines[start].cells) < 2:
        return start, []
    columns = [(c.x0, c.x1) for c in lines[start].cells]
    end = start + 1
    for i in range(start + 1, len(lines)):
        line = lines[i]
        room = 6 if lines[i - 1].row else 2.5
        if line.apart or line.top - lines[i - 1].bottom > room * line.height:
            break
        if len(line.cells) == 1:  # a heading or a remark within, if the table goes on below it
            if line.cells[0].text.endswith(":") or i - end >= ASIDE:
                break
            continue
        grown = _grown(columns, line)
        if grown is None or (i > end and len(grown) > len(columns)):
            break
        columns = grown
        end = i + 1
    return end, columns


def _grown(columns: list[tuple[float, float]], line: Line) -> list[tuple[float, float]] | None:
    """The columns with a line's cells; None where a cell belongs to two, or two cells to one."""
    grown, taken = list(columns), set()
    for cell in line.cells:
        over = [k for k, (a, b) in enumerate(grown) if cell.x0 < b and cell.x1 > a]
        if len(over) > 1 or (over and over[0] in taken):
            return None
        if over:
            a, b = grown[over[0]]
            grown[over[0]] = (min(a, cell.x0), max(b, cell.x1))
            taken.add(over[0])
        else:
            grown.append((cell.x0, cell.x1))
            taken.add(len(grown) - 1)
    return sorted(grown)


def _grid_rows(lines: Sequence[Line], columns: list[tuple[float, float]]) -> list[Row]:
    lines = _rewrapped(lines, len(columns))
    placed = [_placed(line, columns) for line in lines]
    lines, placed = _remarks(lines, placed)
    if len(columns) == 2 and len(lines) >= 6 and _prose(placed):
        out = []
        for k in range(2):
            column = [(line, p[k]) for line, p in zip(lines, placed, strict=True) if p[k]]
            out += [Row(c.text, c, n == 0) for n, (_, c) in enumerate(column) if c]
        return out
    holes = any(None in cells[: _last(cells)] for cells in placed)
    rows = []
    for line, cells in zip(lines, placed, strict=True):
        texts = [c.text.replace("|", "¦") if c else "" for c in cells]
        text = f"| {' | '.join(texts)} |" if holes else GAP.join(c.text for c in line.cells)
        rows.append(Row(text, _span(line), line.apart, table=True))
    return rows


def _remarks(
    lines: list[Line], placed: list[list[Cell | None]]
) -> tuple[list[Line], list[list[Cell | None]]]:
    """A remark across several columns, put into the first; its lines are one."""
    out: list[Line] = []
    where: list[list[Cell | None]] = []
    going_on = False
    for line, cells in zip(lines, placed, strict=True):
        remark = sum(map(bool, cells)) > len(line.cells)
        going_on = going_on and len(line.cells) == 1 and not line.cells[0].text.isupper()
        if going_on:
            line = Line(_merged(out[-1].cells, line.cells), out[-1].apart)
            out[-1], where[-1] = line, [line.cells[0], *where[-1][1:]]
        else:
            out.append(line)
            where.append([line.cells[0], *[None] * (len(cells) - 1)] if remark else cells)
        going_on = going_on or remark
    return out, where


def _rewrapped(lines: Sequence[Line], columns: int) -> list[Line]:
    """Lines of a wrapped cell, clearly closer to their row than rows are to each other, put into
    it. A line that fills half of the columns or more is a row, however close it stands."""
    height = max(median(line.height for line in lines), 1.0)
    steps = [(b.top - a.top) / height for a, b in pairwise(lines)]
    full = [len(line.cells) * 2 > columns for line in lines]
    between = [s for s, a, b in zip(steps, full, full[1:], strict=False) if a and b]
    usual = median(between) if between else max(steps)
    out = [lines[0]]
    for i, line in enumerate(lines[1:], 1):
        above = out[-1]
        after = steps[i] if i < len(steps) else usual
        before = steps[i - 2] if i > 1 else usual
        up = not full[i] and steps[i - 1] < after - 0.25
        down = not full[i - 1] and len(above.cells) * 2 <= columns and steps[i - 1] < before - 0.25
        if steps[i - 1] <= 0.8 * usual and not line.row and not above.row and (up or down):
            out[-1] = Line(_merged(above.cells, line.cells), above.apart)
        else:
            out.append(line)
    return out


def _merged(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    cells = list(above)
    for cell in below:
        at = next((k for k, c in enumerate(cells) if cell.x0 < c.x1 and cell.x1 > c.x0), None)
        if at is None:
            cells.append(cell)
        else:
            c = cells[at]
            left, right = min(c.x0, cell.x0), max(c.x1, cell.x1)
            cells[at] = Cell(f"{c.text} {cell.text}", left, right, c.top, cell.bottom)
    return sorted(cells, key=lambda c: c.x0)


def _placed(line: Line, columns: list[tuple[float, float]]) -> list[Cell | None]:
    return [next((c for c in line.cells if c.x0 < b and c.x1 > a), None) for a, b in columns]


def _last(cells: list[Cell | None]) -> int:
    """Where the last cell that is there stands; past the end where there is but one."""
    filled = [k for k, c in enumerate(cells) if c]
    return filled[-1] if len(filled) > 1 else len(cells)


def _prose(placed: list[list[Cell | None]]) -> bool:
    words = [[len(c.text.split()) for p in placed if (c := p[k])] for k in range(2)]
    return all(median(w) >= PROSE for w in words if w)
