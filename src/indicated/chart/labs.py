"""Tables of laboratory results (CSV, TSV, semicolons, pipes), and lists of medicines or problems.

Three shapes of results are read: one row per result; dates as headings of columns; one row per
date with analytes as headings. A list of medicines, problems or allergies gives entries too. Any
other table becomes rows of text, for the reader of notes to try.

An empty cell is no statement, and neither is "pending" or "haemolysed". A row that could not be
read is named by its number, as a spreadsheet counts rows. Rows of several patients are refused:
whose they are cannot be asked later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from indicated.chart.documents import text_documents
from indicated.chart.labs_columns import HEADING_ROWS, Layout, layout_of, role_of
from indicated.chart.labs_dates import parse_day
from indicated.chart.labs_lines import Lines, clean, numbered, place
from indicated.chart.labs_rows import Heard, exact, piped, read_rows
from indicated.chart.labs_table import Grid, read_grid
from indicated.chart.labs_values import Comma, comma_habit
from indicated.chart.parts import Limits, Read
from indicated.chart.written import date_at
from indicated.files.text import cleaned, decoded
from indicated.model import Document

KINDS = {"problem": "problem-list", "allergy": "problem-list", "medication": "note"}
TITLES = {"problem": "Problem list", "allergy": "Allergies", "medication": "Medications"}


def read_labs(raw: bytes, name: str, limits: Limits) -> Read:
    """The document of one table, with an entry for every result. Raises nothing for bad bytes."""
    if len(raw) > limits.file_bytes:
        return Read((), (f"too large ({len(raw):,} bytes); split it and give the parts",))
    text, remark = decoded(raw)
    if len(text) > limits.text_chars:
        most = f"more than {limits.text_chars:,} characters of text"
        return Read((), (f"{most}; split the file and give the parts",))
    grid = read_grid(cleaned(text))
    unread = [*([remark] if remark else []), *grid.problems]
    if not any(any(row) for row in grid.rows):
        return Read((), (*unread, "empty"))
    comma = comma_habit(
        [c for row in grid.rows for c in row if "," in c], semicolons=grid.divider == ";"
    )
    layout = layout_of(grid.rows, comma, european=comma is Comma.DECIMAL)
    if patients := _patients(grid, layout):
        refused = f"it holds rows of {patients} patients (by the column that names them)"
        return Read((), (*unread, f"{refused} and was not read; give one file per patient"))
    if not layout.kind:  # no table that is known: rows of text, for the reader of notes to try
        rows = "\n".join(piped(r) if len(r) > 1 else clean(" ".join(r)) for r in grid.rows)
        return Read(text_documents(rows, name), (*unread, *_untold(grid)))
    heard = Heard()
    for told in read_rows(grid, layout, comma, heard):
        if len(heard.told) >= limits.entries:
            unread.append(f"more than {limits.entries:,} results; the rest was left out")
            break
        heard.told.append(told)
    unread += [_sentence(why, rows) for why, rows in heard.unread.items()]
    unread += _unsure(layout)
    return Read((_document(grid, layout, heard, name),), tuple(unread))


def _sentence(why: str, rows: list[int]) -> str:
    count = f"{len(rows)} {'row gives' if len(rows) == 1 else 'rows give'}"
    return f"{count} {why} ({numbered(rows)})"


def _untold(grid: Grid) -> Iterator[str]:
    """That the columns of a table could not be told: which are known, and what that costs. Only
    words of our own are named; a heading could be a person's name."""
    rows = [r for r in grid.rows if sum(bool(c) for c in r) > 1]
    if not rows:
        return
    heading = max(rows[:HEADING_ROWS], key=lambda r: len({role_of(c) for c in r} - {""}))
    known = [f"{role} (column {i})" for i, c in enumerate(heading, 1) if (role := role_of(c))]
    count = len(rows) - rows.index(heading) - 1 if known else len(rows)
    said = f"only {', '.join(known)} known" if known else "none has a heading that is known"
    yield (
        f"the table's columns could not be told: {said}; {count} row{'s' * (count != 1)} not read "
        "as results, only as text; head the columns as Test, Result, Unit, Reference and Date"
    )


def _unsure(layout: Layout) -> Iterator[str]:
    """What is said of dates that cannot be read, or whose order nothing in the table shows."""
    for column in layout.dateless:
        yield (
            f"column {column + 1} is headed as a date, but holds none that can be read, so what "
            "it would date is undated; write its dates as YYYY-MM-DD"
        )
    for column, order in layout.orders.items():
        used = column == -1 or column in layout.columns.values()
        if used and not order.sure:
            where = "the headings" if column == -1 else f"column {column + 1}"
            first = "day" if order.day_first else "month"
            yield (
                f"the dates of {where} do not show whether day or month comes first; "
                f"they were read with the {first} first"
            )


def _patients(grid: Grid, layout: Layout) -> int:
    """How many patients a table names, where it names more than one; otherwise 0."""
    for index, row in enumerate(grid.rows[: max(layout.heading, 0) + 1 or 1]):
        for column, heading in enumerate(row):
            if role_of(heading) == "patient" and (index == layout.heading or not layout.kind):
                found = {
                    r[column].casefold() for r in grid.rows[index + 1 :]
                    if column < len(r) and r[column]
                }  # fmt: skip
                if len(found) > 1:
                    return len(found)
    return 0


# --- the document ----------------------------------------------------------------------------


def _document(grid: Grid, layout: Layout, heard: Heard, name: str) -> Document:
    """What was read as text: what stood above the table, a line per result, the rows left over."""
    lines = Lines()
    title = TITLES.get(layout.kind, "Laboratory results")
    above = grid.rows[: layout.heading]
    for row in above:
        if any(row):
            lines.add(clean(" ".join(c for c in row if c)))
    lines.gap()
    lines.add(f"## {title}")
    for line in _demographics(grid, layout):
        lines.add(line)
    lines.gap()
    entries = []
    for told in heard.told:
        entries.append(place(lines, told))
        for remark in told.remarks:
            lines.add(f"- {remark}")
    if heard.plain:
        lines.gap()
        for line in dict.fromkeys(heard.plain):
            lines.add(line)
    written = _written(above) or date_at(name.rpartition("/")[2].replace("_", "-"), 0)
    kind = KINDS.get(layout.kind, "laboratory")
    return Document(name, str(lines), written, title, kind, (), tuple(entries))


def _demographics(grid: Grid, layout: Layout) -> Iterator[str]:
    """Birth date and sex, where a column gives them and every row gives the same."""
    for role, label in (("birth", "Date of birth"), ("sex", "Sex")):
        column = layout.columns.get(role, -1)
        found = {r[column] for r in grid.rows[layout.heading + 1 :] if -1 < column < len(r)} - {""}
        if len(found) == 1:
            yield clean(f"{label}: {found.pop()}")


def _written(above: Sequence[Sequence[str]]) -> date | None:
    """The date that the lines above the table give for the report."""
    for row in above:
        for label, cell in pairwise(row):
            if role_of(label.rstrip(":")) in ("resulted", "date") and (day := parse_day(cell)):
                return exact(day)
    return None
