"""Tables of results: pipes, tabs or aligned columns, with a header that names the columns.

The header says what stands in a column (test, result, unit, range, date), or when it was taken, or
what was measured: then every line below is one day. Rows without such a header are read as
sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from indicated.facts.cues import load
from indicated.facts.dates import find_dates
from indicated.facts.gaps import VALUES
from indicated.facts.parts import Dated, Mention, Page, Sentence, Span, within
from indicated.facts.table_days import table_day
from indicated.model import Concepts, Day
from indicated.units import unit_code

# The columns that are read, and the roles of `columns.yaml` that they have.
_COLUMNS = {
    "name": ("test",),
    "value": ("value",),
    "unit": ("unit",),
    "range": ("range",),
    "date": ("collected", "date", "resulted"),
    "beside": ("low", "high", "flag", "comment", "status", "specimen", "panel", "loinc", "code"),
}
_MONTH_DAY = re.compile(r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_PIPE, _BLANKS = re.compile(r"\|"), re.compile(r"\t+|\s{2,}")
_SHARE = re.compile(r"(?:%|percent|share|part|ratio) of (?:the |total )?$")  # "REM (% of TST)"
_DIGIT = re.compile(r"\d")
# A list's mark with a tab behind it is no column, and "Device: type III" is no heading of one.
_MARK = re.compile(r"\s*(?:[-*\u2022\u2023\u25cf\u25aa\u25e6\uf0b7+]|\(?\d{1,2}[.)])[ \t]+(?=\S)")
_PAIR = re.compile(r"[^\W\d]\s?:\s+\S")
_BRACKETED = re.compile(r"[^()]*\(([^()]{3,20})\)\s*")
_LETTERS = str.maketrans({"\u00f8": "o", "\u00e6": "ae", "\u0153": "oe", "\u00df": "ss"})
NOW = "now"  # the kind of date of a column that is headed so: the day of the document


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells with their places."""

    start: int
    end: int
    cells: tuple[Span, ...]


@dataclass(frozen=True)
class Table:
    """A header and its rows: what each column holds, by its place."""

    columns: dict[str, int]
    dates: dict[int, Dated]  # a column that is headed by a date
    units: dict[int, str]  # a column that is headed by a unit: "% predicted"
    names: dict[int, Mention] = field(default_factory=dict)  # a column headed by what is measured
    rows: tuple[Row, ...] = ()
    header: Row = Row(0, 0, ())
    day: Dated | None = None  # given once for all rows: in a heading or a line of its own


def tables(page: Page, concepts: Concepts) -> list[Table]:
    """Every table of results of a page."""
    found: list[Table] = []
    lines = list(_lines(page.document.text))
    i = 0
    while i < len(lines):
        row = lines[i]
        head = _header(page, row, concepts) if row is not None else None
        if head is None:
            i += 1
            continue
        rows: list[Row] = []
        i += 1
        while i < len(lines) and (line := lines[i]) is not None:
            if rows and _heads_another(page, line, concepts):
                break
            if not _rule(page.document.text[line.start : line.end]):
                rows.append(line)
            i += 1
        head = _shifted(head, rows)
        if rows and head:
            day = table_day(page, head.header.start, rows[-1].end)
            found.append(replace(head, rows=tuple(rows), day=day))
    return found


def _heads_another(page: Page, row: Row, concepts: Concepts) -> bool:
    """Whether a line right below the rows of a table is the header of the next one."""
    head = _header(page, row, concepts)
    if head is None or len(row.cells) < 3:
        return False
    known = sum(_role(_words(page, c)) in ("name", "value", "unit") for c in row.cells)
    return len(head.dates) > 1 or known > 1 or bool(head.names and "date" in head.columns)


def _shifted(head: Table, rows: Sequence[Row]) -> Table | None:
    """The table with its columns in place, where the header has none for the names of the rows."""
    if 0 not in head.dates:
        return head
    one_more = bool(rows) and all(len(r.cells) == len(head.header.cells) + 1 for r in rows)
    if not one_more:
        return None
    return replace(
        head,
        columns={"name": 0},
        dates={i + 1: d for i, d in head.dates.items()},
        header=replace(head.header, cells=(Span(head.header.start, head.header.start),
                                           *head.header.cells)),
    )  # fmt: skip


def _lines(text: str) -> Iterator[Row | None]:
    """The lines that have columns; None for one that has none."""
    at = 0
    for line in text.split("\n"):
        cells = _cells(line, at)
        yield Row(at, at + len(line), cells) if len(cells) >= 2 else None
        at += len(line) + 1


def _cells(line: str, at: int) -> tuple[Span, ...]:
    if len(line) > 600 or not ("  " in line or "|" in line or "\t" in line):
        return ()
    piped = line.count("|") >= 2 or " | " in line
    divider = _PIPE if piped else _BLANKS
    marked = _MARK.match(line)
    cells, last = [], marked.end() if marked else 0
    stripped = line.rstrip()
    for match in [*divider.finditer(stripped, last), None]:
        end = match.start() if match else len(stripped)
        piece = stripped[last:end]
        if piece.strip() or (piped and 0 < last <= end < len(stripped)):
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


@cache
def _roles() -> dict[str, str]:
    roles = load("columns")["roles"]
    return {
        name: column for column, kept in _COLUMNS.items() for role in kept for name in roles[role]
    }


@cache
def _listed(*path: str) -> frozenset[str]:
    found = load("columns")
    for key in path:
        found = found[key]
    return frozenset(found)


def _role(words: str) -> str:
    """Which column a heading says it is; "" where it says nothing known."""
    if words in _listed("predicted", "usual"):
        return "beside"
    if role := _roles().get(words):
        return role
    parts = set(words.split())
    when = _listed("dated", "collected") | _listed("dated", "resulted")
    return "date" if len(parts) < 5 and parts & when and parts & _listed("date_words") else ""


def _header(page: Page, row: Row, concepts: Concepts) -> Table | None:
    columns: dict[str, int] = {}
    dates: dict[int, Dated] = {}
    units: dict[int, str] = {}
    names: dict[int, Mention] = {}
    beside = 0
    unsure = False
    usual = any(_words(page, cell) in _listed("predicted", "usual") for cell in row.cells)
    if any(_PAIR.search(page.document.text, cell.start, cell.end) for cell in row.cells):
        return None
    for i, cell in enumerate(row.cells):
        words = _words(page, cell)
        column = "value" if usual and words in _listed("predicted", "measured") else _role(words)
        if column == "beside":
            beside += 1
        elif column and (column not in columns or (column == "name" and unsure)):
            beside += column in columns
            columns[column] = i
            unsure = unsure if column != "name" else words in _listed("unsure_tests")
        elif dated := date_in(page, cell) or (_headed_date(page, cell) if i else None):
            dates[i] = dated
        elif mention := measured_in(page, cell, concepts):
            names[i] = mention
        elif i and len(words) > 1 and (code := unit_code(words)):
            units[i] = code
        elif _DIGIT.search(words) and i:
            return None  # a row of values is no header
    table = Table(columns, dates, units, names, header=row)
    rest = len(row.cells) - len(columns) - beside
    if dates and len(dates) >= rest - (0 in dates or "name" not in columns):
        columns.setdefault("name", 0)
        return table if not names else None
    if names and not dates and ("value" not in columns) and (0 not in names or "date" in columns):
        return table if len(names) >= rest - 1 and not units else None
    named = "name" in columns or 0 not in columns.values()
    if named and ("value" in columns or units) and not names:
        columns.setdefault("name", 0)
        return table
    return None


def _words(page: Page, cell: Span) -> str:
    """A heading as `columns.yaml` writes it."""
    text = page.folded[cell.start : cell.end].strip(" *:.#").translate(_LETTERS)
    return " ".join(text.split())


def _headed_date(page: Page, cell: Span) -> Dated | None:
    """The day of a column headed "Now", or "Before treatment (Feb 2025)"."""
    if _words(page, cell) in _listed("now"):
        return Dated(cell.start, cell.end, Day.of(page.today), Day.of(page.today), NOW)
    match = _BRACKETED.fullmatch(page.lower, cell.start, cell.end)
    inside = Span(*match.span(1)) if match else None
    return date_in(page, inside) if inside else None


def date_in(page: Page, cell: Span) -> Dated | None:
    """The date of a cell that holds nothing else: "3/14/2025", "Mar 2025", "3/14", "2023"."""
    written = page.lower[cell.start : cell.end].strip(" *:")
    here = [d for d in within(page.dates, cell.start, cell.end) if d.end <= cell.end]
    if here and here[0].kind == "day":
        return here[0] if len(written) - (here[0].end - here[0].start) <= 10 else None
    lead = "on " if _MONTH_DAY.fullmatch(written) else "in " if _YEAR.fullmatch(written) else ""
    found = find_dates(lead + written, page.today) if lead else []
    return replace(found[0], start=cell.start, end=cell.end) if found else None


def measured_in(page: Page, cell: Span, concepts: Concepts) -> Mention | None:
    """The measurement that a cell names; a share of one or the ratio of two of them is none."""
    for mention in within(page.mentions, cell.start, cell.end):
        if mention.end <= cell.end and any(concepts[c].kind in VALUES for c in mention.concepts):
            share = _SHARE.search(page.folded, cell.start, mention.start)
            return None if share or _of_ratio(page, mention, cell) else mention
    return None


def _of_ratio(page: Page, mention: Mention, cell: Span) -> bool:
    """Whether a name is the upper part of a ratio: "FEV1/FVC", but not "ALT/SGPT"."""
    behind = page.folded[mention.end : cell.end]
    if not re.match(r" ?/ ?[a-z]", behind):
        return False
    part = re.match(r" ?/ ?([^\s,;()]+)", behind)
    if part and unit_code(part[1]):
        return False
    other = within(page.mentions, mention.end, cell.end)
    return not any(set(m.concepts) & set(mention.concepts) for m in other[:1])


def rows_of(found: list[Table]) -> list[Row]:
    """The rows of all tables, in order."""
    return [row for table in found for row in table.rows]


def in_rows(rows: list[Row], sentence: Sentence) -> bool:
    """Whether a sentence is a row that has been read as a table's."""
    i = bisect_right(rows, sentence.start, key=lambda r: r.start) - 1
    return i >= 0 and sentence.start < max(rows[i].end, rows[i].start + 1)
