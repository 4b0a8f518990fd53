"""Text in, rows of cells out: what divides the columns is found from the table itself."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

DIVIDERS = ("\t", ";", "|", ",")  # of equal merit the rarer sign in prose first
SAMPLE = 60  # rows by which a divider is chosen
FIELD = 1_000_000  # characters of one cell: a longer one is a quotation mark left open
csv.field_size_limit(FIELD)


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table. `rows[0]` is row 1, as a spreadsheet counts them."""

    rows: tuple[tuple[str, ...], ...]
    divider: str
    problems: tuple[str, ...] = ()


def read_grid(text: str) -> Grid:
    """The rows of a text. Never raises: a row that cannot be read is named and the rest is read.

    >>> read_grid("a;b\\n1,5;2\\n").rows
    (('a', 'b'), ('1,5', '2'))
    """
    divider = _divider(text)
    rows: list[tuple[str, ...]] = []
    problems: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, skipinitialspace=True)
    try:
        for row in reader:
            rows.append(tuple(cell.strip() for cell in row))
    except csv.Error:
        problems.append(
            f"from line {reader.line_num} on it is no table that can be read "
            "(is a quotation mark left open?); mend that line"
        )
    return Grid(_bare(rows, divider), divider, tuple(problems))


def _bare(rows: list[tuple[str, ...]], divider: str) -> tuple[tuple[str, ...], ...]:
    """Pipe tables without the outer pipes and without the line below the heading."""
    if divider != "|":
        return tuple(rows)
    full = [r for r in rows if len(r) > 1]
    if full and all(not r[0] and not r[-1] for r in full):
        rows = [r[1:-1] if len(r) > 1 else r for r in rows]
    return tuple(() if all(not c.strip(":-= ") for c in r) else r for r in rows)


def _divider(text: str) -> str:
    """The sign that cuts most rows into the same number of columns."""
    sample = "\n".join(text[:200_000].split("\n")[:SAMPLE])
    return max(DIVIDERS, key=lambda d: (_evenness(sample, d), -DIVIDERS.index(d)))


def _evenness(sample: str, divider: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=divider):
            if any(cell.strip() for cell in row):
                widths[len(row)] += 1
    except csv.Error:
        return 0.0, 0
    total = sum(widths.values())
    width, rows = max(
        ((w, n) for w, n in widths.items() if w > 1), key=lambda p: (p[1], p[0]), default=(1, 0)
    )
    return (round(rows / total, 1) if total else 0.0, width if rows else 0)
