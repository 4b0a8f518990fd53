"""Tables of results: Markdown pipes or aligned columns, with a header that names the columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indicated.facts.frame import Frame
from indicated.facts.numbers import find_numbers
from indicated.facts.parts import Dated, Mention, Number, Page, Sentence, Span, Spanned, within
from indicated.facts.spans import source
from indicated.facts.units_of import settle
from indicated.model import Asserter, Concepts, Day, Fact, Mark, Quantity, When
from indicated.units import unit_code

VALUES = frozenset({"measurement", "score"})
_HEADS = {
    "name": {
        "test", "name", "analyte", "component", "lab", "measure", "measurement", "parameter",
        "study", "item", "test name",
    },
    "value": {"value", "result", "results", "level", "finding", "your value", "score"},
    "unit": {"unit", "units", "uom"},
    "range": {
        "range", "reference", "reference range", "ref", "ref range", "normal", "normal range",
        "reference interval",
    },
    "date": {"date", "collected", "date collected", "drawn", "collection date", "date of service"},
}  # fmt: skip
_KINDS = {"laboratory": Asserter.LABORATORY, "letter": Asserter.LETTER, "denial": Asserter.PAYER}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells with their places."""

    start: int
    end: int
    cells: tuple[Span, ...]


@dataclass(frozen=True)
class Table:
    """A header and its rows. `dates` maps a column to the date that heads it."""

    columns: dict[str, int]
    dates: dict[int, Dated]
    units: dict[int, str]  # a column that is headed by a unit: "% predicted"
    rows: tuple[Row, ...]


def tables(page: Page) -> list[Table]:
    """Every table of results of a page."""
    found: list[Table] = []
    lines = list(_lines(page.document.text))
    i = 0
    while i < len(lines):
        row = lines[i]
        head = _header(page, row) if row is not None else None
        if row is None or head is None:
            i += 1
            continue
        rows: list[Row] = []
        i += 1
        while i < len(lines) and (line := lines[i]) is not None:
            if not _rule(page.document.text[line.start : line.end]):
                rows.append(line)
            i += 1
        if rows:
            found.append(Table(*head, tuple(rows)))
    return found


def _lines(text: str) -> Iterator[Row | None]:
    """The lines that have columns; None for one that has none."""
    at = 0
    for line in text.split("\n"):
        cells = _cells(line, at)
        yield Row(at, at + len(line), cells) if len(cells) >= 2 else None
        at += len(line) + 1


def _cells(line: str, at: int) -> tuple[Span, ...]:
    if len(line) > 600:
        return ()
    divider = r"\|" if line.count("|") >= 2 else r"\t+|\s{2,}"
    cells, last = [], 0
    stripped = line.rstrip()
    for match in [*re.finditer(divider, stripped), None]:
        end = match.start() if match else len(stripped)
        piece = stripped[last:end]
        if piece.strip() or (divider == r"\|" and 0 < last <= end < len(stripped)):
            left = last + len(piece) - len(piece.lstrip())
            cells.append(
                Span(
                    at + min(left, end),
                    at + last + len(piece.rstrip()) if piece.strip() else at + min(left, end),
                )
            )
        last = match.end() if match else end
    return tuple(cells)


def _rule(line: str) -> bool:
    return not line.strip(" |:-=+\t")


def _header(page: Page, row: Row) -> tuple[dict[str, int], dict[int, Dated], dict[int, str]] | None:
    columns: dict[str, int] = {}
    dates: dict[int, Dated] = {}
    units: dict[int, str] = {}
    for i, cell in enumerate(row.cells):
        words = " ".join(page.folded[cell.start : cell.end].strip(" *:").split())
        for name, heads in _HEADS.items():
            if words in heads and name not in columns:
                columns[name] = i
        here = within(page.dates, cell.start, cell.end)
        if here and here[0].kind == "day":
            dates[i] = here[0]
        elif i and len(words) > 1 and (code := unit_code(words)):
            units[i] = code
    named = "name" in columns or 0 not in columns.values()
    dated = dates and 0 not in dates and len(dates) + len(columns) >= len(row.cells) - 1
    if (named and ("value" in columns or units)) or dated:
        columns.setdefault("name", 0)
        return columns, dates, units
    return None


def table_values(page: Page, concepts: Concepts, found: list[Table]) -> list[Fact]:
    """The values of every table."""
    facts: list[Fact] = []
    for table in found:
        for row in table.rows:
            facts += _row(page, table, row, concepts)
    return facts


def rows_of(found: list[Table]) -> list[Row]:
    """The rows of all tables, in order."""
    return [row for table in found for row in table.rows]


def in_rows(rows: list[Row], sentence: Sentence) -> bool:
    """Whether a sentence is a row that has been read as a table's."""
    i = bisect_right(rows, sentence.start, key=lambda r: r.start) - 1
    return i >= 0 and sentence.start < max(rows[i].end, rows[i].start + 1)


def _row(page: Page, table: Table, row: Row, concepts: Concepts) -> Iterator[Fact]:
    name = _cell(row, table.columns.get("name", 0))
    if name is None:
        return
    mentions = [m for m in within(page.mentions, name.start, name.end) if m.end <= name.end]
    measured = [m for m in mentions if any(concepts[c].kind in VALUES for c in m.concepts)]
    if not measured:
        return
    for value, unit, dated in _cells_with_values(page, table, row):
        yield from _value(page, table, row, measured[0], value, unit, dated, concepts)


def _cells_with_values(
    page: Page, table: Table, row: Row
) -> Iterator[tuple[Span, str, Dated | None]]:
    """The cells that hold a value, each with the unit and the date that its column gives."""
    unit_cell, date_cell = _named(table, row, "unit"), _named(table, row, "date")
    text = page.document.text
    unit = (unit_code(text[unit_cell.start : unit_cell.end].strip()) or "") if unit_cell else ""
    here = within(page.dates, date_cell.start, date_cell.end) if date_cell else []
    known = {*table.columns.values(), *table.dates, *table.units}
    if value := _named(table, row, "value"):
        yield value, unit, here[0] if here else None
    for column, dated in table.dates.items():
        if value := _cell(row, column):
            yield value, unit, dated
    for column, code in table.units.items():
        if value := _cell(row, column):
            yield value, code, here[0] if here else None
    for column in range(len(row.cells)):
        cell = _cell(row, column)
        if cell is None or column in known or "value" in table.columns:
            continue
        if any(n.quantity.unit for n in within(page.numbers, cell.start, cell.end)):
            yield cell, "", here[0] if here else None


def _named(table: Table, row: Row, name: str) -> Span | None:
    return _cell(row, table.columns.get(name, -1))


def _cell(row: Row, i: int) -> Span | None:
    return (
        row.cells[i] if 0 <= i < len(row.cells) and row.cells[i].end > row.cells[i].start else None
    )


def _value(
    page: Page, table: Table, row: Row, mention: Mention, cell: Span, unit: str,
    dated: Dated | None, concepts: Concepts,
) -> Iterator[Fact]:  # fmt: skip
    numbers = [n for n in within(page.numbers, cell.start, cell.end) if n.digits <= cell.end]
    if not numbers:
        return
    number = _cut(page, numbers[0], cell)
    frame = Frame.of(page, Sentence(row.start, row.end, table=True))
    candidates = [concepts[c] for c in mention.concepts if concepts[c].kind in VALUES]
    settled = settle(frame, number, candidates, adjacent=True, unit=unit)
    if settled is None:
        return
    id, quantity, marks, extra = settled
    printed = _range_unit(page, table, row) if Mark.UNIT_MISSING in marks else None
    again = settle(frame, number, candidates, adjacent=True, unit=printed[0]) if printed else None
    if printed and again:
        id, quantity, marks = again[0], again[1], again[2] | {Mark.UNIT_INFERRED}
        extra = (printed[1],)
    day = Day(dated.first.earliest, dated.last.latest) if dated else None
    assumed = page.assumed and day is None
    when = When(day, day) if day else When.on(page.today, assumed=assumed)
    spans: list[Spanned] = [mention, number, *extra]
    spans += [dated] if dated and row.start <= dated.start < row.end else []
    unit_cell = _named(table, row, "unit")
    spans += [unit_cell] if unit_cell and unit else []
    asserter = _KINDS.get(page.document.kind, Asserter.PROVIDER)
    yield Fact(
        id, value=quantity, when=when, asserter=asserter,
        marks=marks | ({Mark.DATE_ASSUMED} if assumed else frozenset()),
        sources=(source(page.document, spans),),
    )  # fmt: skip


def _cut(page: Page, number: Number, cell: Span) -> Number:
    """The number as its own cell has it, should the next column have looked like its unit."""
    if number.end <= cell.end:
        return number
    text = page.document.text[cell.start : cell.end]
    again = find_numbers(text, page.folded[cell.start : cell.end], [])
    if not again:
        quantity = Quantity(number.quantity.low, number.quantity.high, "", number.quantity.open)
        return replace(number, end=cell.end, quantity=quantity)
    first = again[0]
    return replace(
        first,
        start=first.start + cell.start,
        end=first.end + cell.start,
        digits=first.digits + cell.start,
    )


def _range_unit(page: Page, table: Table, row: Row) -> tuple[str, Span] | None:
    cell = _named(table, row, "range")
    if cell is None:
        return None
    for number in within(page.numbers, cell.start, cell.end):
        if number.quantity.unit and number.end <= cell.end:
            return number.quantity.unit, cell
    return None
