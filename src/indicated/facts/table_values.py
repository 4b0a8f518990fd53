"""The values of tables of results, each with its unit, its day and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from indicated.facts.amounts import match_unit
from indicated.facts.frame import Frame
from indicated.facts.gaps import VALUES
from indicated.facts.numbers import find_numbers
from indicated.facts.parts import Dated, Mention, Number, Page, Sentence, Span, Spanned, within
from indicated.facts.spans import source
from indicated.facts.tables import NOW, Row, Table, date_in, measured_in
from indicated.facts.targets import MONEY, is_change
from indicated.facts.units_of import settle
from indicated.facts.written import Written, written
from indicated.model import Asserter, Concept, Concepts, Day, Fact, Mark, Quantity, When
from indicated.units import unit_code

_KINDS = {"laboratory": Asserter.LABORATORY, "letter": Asserter.LETTER, "denial": Asserter.PAYER}


def table_values(page: Page, concepts: Concepts, found: list[Table]) -> list[Fact]:
    """The values of every table."""
    facts: list[Fact] = []
    for table in found:
        for row in table.rows:
            if table.names:
                facts += _day_row(page, table, row, concepts)
            else:
                facts += _row(page, table, row, concepts)
    return facts


def _row(page: Page, table: Table, row: Row, concepts: Concepts) -> Iterator[Fact]:
    """A row that is about one measurement, with its values in the columns."""
    name = _cell(row, table.columns.get("name", 0))
    mention = measured_in(page, name, concepts) if name else None
    if name is None or mention is None:
        return
    own = _unit_of_name(page, mention, name)
    for value, unit, dated in _cells_with_values(page, table, row):
        yield from _value(page, table, row, mention, value, unit or own, dated, concepts)


def _day_row(page: Page, table: Table, row: Row, concepts: Concepts) -> Iterator[Fact]:
    """A row that is one day, with what was measured at the head of the columns."""
    first = _cell(row, table.columns.get("date", 0))
    dated = date_in(page, first) if first else None
    for column, mention in table.names.items():
        cell, head = _aligned(table, row, column), table.header.cells[column]
        if cell is not None:
            unit = _unit_of_name(page, mention, head)
            yield from _value(page, table, row, mention, cell, unit, dated, concepts)


def _unit_of_name(page: Page, mention: Mention, cell: Span) -> str:
    """The unit behind a name in its cell: "IgG (mg/dL)", "LDL, mg/dL"."""
    behind = page.folded[mention.end : cell.end]
    at = mention.end + len(behind) - len(behind.lstrip(" ,([:"))
    unit = match_unit(page.document.text, page.folded, at) if at < cell.end else None
    return unit[0] if unit and unit[1] <= cell.end else ""


def _aligned(table: Table, row: Row, column: int) -> Span | None:
    """The cell of a column; in a row with a gap, the one that stands below the head."""
    if len(row.cells) == len(table.header.cells):
        return _cell(row, column)
    head = table.header.cells[column]
    low, high = head.start - table.header.start, head.end - table.header.start
    for cell in row.cells[1:]:
        if cell.start - row.start < high and low < cell.end - row.start:
            return cell
    return None


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
        if value := _aligned(table, row, column):
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
    """The cell of a column; where a cell before it is empty, the one that begins below the head."""
    column = table.columns.get(name, -1)
    if column < 0 or len(row.cells) >= len(table.header.cells):
        return _cell(row, column)
    heads = [h.start - table.header.start for h in table.header.cells]
    below = {i for i in range(len(heads)) for c in row.cells if _under(heads[i], c, row)}
    if len(below) < len(row.cells):  # the columns are not drawn by places
        return _cell(row, column)
    return next((c for c in row.cells if _under(heads[column], c, row)), None)


def _under(head: int, cell: Span, row: Row) -> bool:
    return abs(cell.start - row.start - head) <= 1


def _cell(row: Row, i: int) -> Span | None:
    return (
        row.cells[i] if 0 <= i < len(row.cells) and row.cells[i].end > row.cells[i].start else None
    )


def _value(
    page: Page, table: Table, row: Row, mention: Mention, cell: Span, unit: str,
    dated: Dated | None, concepts: Concepts,
) -> Iterator[Fact]:  # fmt: skip
    candidates = [concepts[c] for c in mention.concepts if concepts[c].kind in VALUES]
    inside = Frame.of(page, Sentence(cell.start, cell.end, table=True))
    within_cell = [n for n in within(page.numbers, cell.start, cell.end) if n.digits <= cell.end]
    inside = replace(inside, numbers=tuple(within_cell))
    numbers = written(inside, candidates, concepts)
    if not numbers or page.document.text[numbers[0].start - 1] in MONEY:
        return
    number = numbers[0]
    dated = None if dated and dated.kind == NOW else dated or table.day
    day = Day(dated.first.earliest, dated.last.latest) if dated else None
    assumed = page.assumed and day is None
    when = When(day, day) if day else When.on(page.today, assumed=assumed)
    spans: list[Spanned] = [mention, number]
    spans += [dated] if dated and row.start <= dated.start < row.end else []
    unit_cell = _named(table, row, "unit")
    spans += [unit_cell] if unit_cell and unit else []
    asserter = _KINDS.get(page.document.kind, Asserter.PROVIDER)
    more = frozenset({Mark.DATE_ASSUMED}) if assumed else frozenset()
    for id, quantity, marks, extra in _settled(page, table, row, number, cell, unit, candidates):
        yield Fact(
            id, value=quantity, when=when, asserter=asserter, marks=marks | more,
            sources=(source(page.document, [*_in_row(spans, row), *extra]),),
        )  # fmt: skip


def _in_row(spans: Sequence[Spanned], row: Row) -> list[Spanned]:
    """The words of the row itself: a name at the head of a column is not quoted with each line."""
    return [s for s in spans if row.start <= s.start < row.end]


def _settled(
    page: Page, table: Table, row: Row, number: Number, cell: Span, unit: str,
    candidates: list[Concept],
) -> Iterator[tuple[str, Quantity | str, frozenset[Mark], tuple[Spanned, ...]]]:  # fmt: skip
    if isinstance(number, Written) and (number.parts or number.level):
        for id, quantity in number.parts:
            yield id, quantity, frozenset(), ()
        if number.level:
            yield candidates[0].id, number.level, frozenset(), ()
        return
    number = _cut(page, number, cell)
    whole = [c for c in candidates if not c.parts and not c.levels]
    if not whole or is_change(number, page.document.text, whole[0]):
        return
    frame = Frame.of(page, Sentence(row.start, row.end, table=True))
    settled = settle(frame, number, whole, adjacent=True, unit=unit)
    if settled is None:
        return
    id, quantity, marks, extra = settled
    printed = _range_unit(page, table, row) if Mark.UNIT_MISSING in marks else None
    again = settle(frame, number, whole, adjacent=True, unit=printed[0]) if printed else None
    if printed and again:
        id, quantity, marks = again[0], again[1], again[2] | {Mark.UNIT_INFERRED}
        extra = (printed[1],)
    yield id, quantity, marks, extra


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
