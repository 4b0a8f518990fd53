"""The rows of a table of results as statements, in each of its three shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from indicated.chart.labs_columns import Layout, name_and_unit, role_of
from indicated.chart.labs_dates import Order, order_of, parse_day
from indicated.chart.labs_lines import Told, clean
from indicated.chart.labs_lists import list_row
from indicated.chart.labs_table import Grid
from indicated.chart.labs_values import (
    Cell,
    Comma,
    Result,
    flag_of,
    parse_reference,
    parse_value,
    unit_of,
)
from indicated.cue_files import cue
from indicated.model import UNDATED, Asserter, Coding, Day, Entry, Quantity, When


@dataclass
class Heard:
    """What is found while the rows are read."""

    told: list[Told] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  # rows without a result, shown as they are
    unread: dict[str, list[int]] = field(default_factory=dict)  # why -> rows
    days: list[tuple[int, Day]] = field(default_factory=list)  # rows that give the day of others

    def day_of(self, row: int) -> Day | None:
        """The day that a row of its own gives for others: of several the last one above."""
        above = [day for at, day in self.days if at <= row or len(self.days) == 1]
        return above[-1] if above else None

    def miss(self, why: str, row: int) -> None:
        rows = self.unread.setdefault(why, [])
        if row not in rows:
            rows.append(row)


NO_NAME = "a result without the name of a test"
UNCLEAR = "a number that can be read in two ways (a comma or point for thousands or for decimals?)"
NO_RESULT = "no result that can be used (pending, not performed or the like), which says nothing"
NO_DATE = "a date that could not be read; the rest of the row was read as undated"
DATED = ("collected", "date", "resulted")  # of these the first that is given
WRONG_WIDTH = "more cells than headings"


def read_rows(grid: Grid, layout: Layout, comma: Comma, heard: Heard) -> Iterator[Told]:
    if not layout.kind:
        return
    width = len(grid.rows[layout.heading])
    if layout.kind == "long" and not layout.columns.keys() & set(DATED):
        heard.days = list(_day_rows(grid, layout, european=comma is Comma.DECIMAL))
    for index in range(layout.heading + 1, len(grid.rows)):
        cells, row = grid.rows[index], index + 1
        if not any(cells) or cells == grid.rows[layout.heading]:
            continue
        if len(cells) > width and any(cells[width:]):
            heard.miss(WRONG_WIDTH, row)
            heard.plain.append(piped(Row(layout, cells, row, comma, heard).shown()))
            continue
        line = Row(layout, cells, row, comma, heard)
        if layout.kind == "long":
            yield from _long(line)
        elif layout.kind == "wide":
            yield from _wide(line)
        elif layout.kind == "by-date":
            yield from _by_date(line)
        else:
            told = list_row(layout.kind, line.cell, line.day, row)
            if told is None:
                heard.miss("nothing that could be placed", row)
                heard.plain.append(piped(line.shown()))
            else:
                yield told


def _day_rows(grid: Grid, layout: Layout, *, european: bool) -> Iterator[tuple[int, Day]]:
    """The rows that give a day instead of a result: "Recording date; 03.02.2025"."""
    test, value = layout.columns.get("test", -1), layout.columns["value"]
    given = [
        (n, cells[value])
        for n, cells in enumerate(grid.rows[layout.heading + 1 :], layout.heading + 2)
        if len(cells) > max(test, value) and test >= 0 and role_of(cells[test]) in DATED
    ]
    order = order_of([cell for _, cell in given], european=european)
    for number, cell in given:
        if day := parse_day(cell, order):
            yield number, day


@dataclass(frozen=True, slots=True)
class Row:
    """One row, by the roles of its cells."""

    layout: Layout
    cells: Sequence[str]
    number: int
    comma: Comma
    heard: Heard

    def at(self, column: int) -> str:
        """The cell of a column; "" beyond the end of the row."""
        return self.cells[column] if 0 <= column < len(self.cells) else ""

    def cell(self, role: str) -> str:
        """The cell of a role; "" where the table has no such column."""
        return self.at(self.layout.columns.get(role, -1))

    def day(self, role: str) -> Day | None:
        """The date of a role; a cell that is none is said."""
        column = self.layout.columns.get(role, -1)
        text = self.at(column)
        day = parse_day(text, self.layout.orders.get(column, Order()))
        if text and day is None and text.lower() not in cue("columns", "no_result"):
            self.heard.miss(NO_DATE, self.number)
        return day

    def drawn(self) -> When:
        """When the result was so: as collected, else as dated, else as resulted."""
        day = next((day for role in DATED if (day := self.day(role))), None)
        day = day or self.heard.day_of(self.number)
        return When(day, day) if day else UNDATED

    def asserter(self) -> Asserter | None:
        """The laboratory, where the table has what only laboratories print."""
        printed = self.layout.columns.keys() & {"range", "low", "high", "flag", "loinc", "specimen"}
        return Asserter.LABORATORY if printed else None

    def shown(self) -> Sequence[str]:
        """The cells without the one that says who the patient is."""
        hidden = self.layout.columns.get("patient", -1)
        return [c for i, c in enumerate(self.cells) if i != hidden]


def _long(row: Row) -> Iterator[Told]:
    words = row.cell("test") or row.cell("panel")
    loinc = row.cell("loinc")
    coded = loinc if _is_loinc(loinc) else row.cell("code") if _is_loinc(row.cell("code")) else ""
    result = parse_value(row.cell("value"), row.comma)
    if result.cell is Cell.UNCLEAR and parse_day(row.cell("value")):
        result = Result(Cell.VALUE, clean(row.cell("value")))
    if result.cell is Cell.EMPTY:
        return
    if not words and not coded:
        row.heard.miss(NO_NAME, row.number)
        row.heard.plain.append(piped(row.shown()))
        return
    if row.cell("status").lower() in cue("columns", "void"):
        row.heard.miss("a result that was withdrawn", row.number)
        return
    entry = Entry(
        "observation", 0, 0, f"row {row.number}", words or coded,
        (Coding(coded, "loinc", words),) if coded else (), when=row.drawn(),
        recorded=exact(row.day("resulted")),
    )  # fmt: skip
    yield from _with_result(row, entry, result, row.cell("unit"))


def _wide(row: Row) -> Iterator[Told]:
    words, unit = name_and_unit(row.cell("test"))
    for column, day in row.layout.days.items():
        result = parse_value(row.at(column), row.comma)
        if result.cell is Cell.EMPTY:
            continue
        if not words:
            row.heard.miss(NO_NAME, row.number)
            continue
        path = f"row {row.number}, column {column + 1}"
        entry = Entry("observation", 0, 0, path, words, when=When(day, day))
        yield from _with_result(row, entry, result, row.cell("unit") or unit)


def _by_date(row: Row) -> Iterator[Told]:
    given = {c: parse_value(row.at(c), row.comma) for c in row.layout.analytes}
    if all(r.cell is Cell.EMPTY for r in given.values()):
        return
    when = row.drawn()
    for column, (words, unit) in row.layout.analytes.items():
        if given[column].cell is Cell.EMPTY:
            continue
        path = f"row {row.number}, column {column + 1}"
        entry = Entry("observation", 0, 0, path, words, when=when)
        yield from _with_result(row, entry, given[column], unit)


def _with_result(row: Row, entry: Entry, result: Result, unit: str) -> Iterator[Told]:
    """The entry with its value, unit, range and flag; nothing where the cell gives no result."""
    if result.cell is not Cell.VALUE:
        unclear = result.cell is Cell.UNCLEAR
        row.heard.miss(UNCLEAR if unclear else NO_RESULT, row.number)
        said = f"{'not read' if unclear else 'no result'}: {clean(_raw(row, entry))}"
        yield Told(entry if unclear else replace(entry, status="not-done"), (said,))
        return
    written = result.unit or unit
    code = unit_of(written) if written else ""
    value = result.value
    reference, range_unit = _range(row)
    if isinstance(value, Quantity):
        value = replace(value, unit=code or "")
    if reference is not None:
        reference = replace(reference, unit=unit_of(range_unit) or "" if range_unit else code or "")
    flag = result.flag or flag_of(row.cell("flag")) or clean(row.cell("flag"))
    comment = clean(row.cell("comment"))
    status = row.cell("status").lower()
    yield Told(
        replace(
            entry, value=value, reference=reference, flag=flag, asserter=row.asserter(),
            written_unit=clean(written) if code is None and isinstance(value, Quantity) else "",
        ),
        tail=(row.cell("specimen"), status if status not in ("final", "f") else ""),
        remarks=(f"Comment: {comment}",) if comment else (),
        reference="" if reference is not None else clean(row.cell("range")),
    )  # fmt: skip


def _raw(row: Row, entry: Entry) -> str:
    column = entry.path.rpartition("column ")[2]
    return row.at(int(column) - 1) if column.isdigit() else row.cell("value")


def _range(row: Row) -> tuple[Quantity | None, str]:
    """The printed range: of one cell, or of a lower and an upper one."""
    if (text := row.cell("range")) and (found := parse_reference(text, row.comma))[0] is not None:
        return found
    low, high = (parse_value(row.cell(role), row.comma).value for role in ("low", "high"))
    first = low.exact if isinstance(low, Quantity) else None
    last = high.exact if isinstance(high, Quantity) else None
    none = first is None and last is None
    crossed = first is not None and last is not None and first > last
    if none or crossed:
        return None, ""
    return Quantity(first, last), ""


def _is_loinc(code: str) -> bool:
    number, dash, check = code.partition("-")
    return (
        bool(dash) and number.isdigit() and len(number) <= 7 and check.isdigit() and len(check) == 1
    )


def exact(day: Day | None) -> date | None:
    return day.earliest if day and day.earliest == day.latest else None


def piped(cells: Sequence[str]) -> str:
    return "| " + " | ".join(clean(c) for c in cells) + " |" if any(cells) else ""
