"""What the columns of a table are: found from their headings, held against their cells.

The headings are data (`library/cues/columns.yaml`). A column whose cells contradict its heading
(a "result" without any value, a "date" without any date) loses its role.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from indicated.chart.labs_dates import Order, order_of, parse_day
from indicated.chart.labs_values import Cell, Comma, parse_value, unit_of
from indicated.cue_files import cue
from indicated.model import Day, Quantity

DATES = ("collected", "date", "resulted", "ordered", "start", "stop", "onset", "resolved", "birth")
HEADING_ROWS = 30  # rows in which the headings of a table are looked for
SAMPLE = 400  # rows that a heading is held against
_TAKEN = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BRACKETED = re.compile(r"(?P<name>.*?\S)[\s,]*[(\[](?P<unit>[^()\[\]]{1,24})[)\]]\s*")


@dataclass(frozen=True)
class Layout:
    """A table understood: kind, where its rows begin, which column is what.

    kind: long (a result a row) | wide (dates in columns) | by-date (analytes in columns) |
    medication | problem | allergy | "" (none of these).
    """

    kind: str
    heading: int = -1  # index of the heading row
    columns: Mapping[str, int] = field(default_factory=dict)  # role -> column
    days: Mapping[int, Day] = field(default_factory=dict)  # wide: column -> its date
    analytes: Mapping[int, tuple[str, str]] = field(default_factory=dict)  # column -> name, unit
    orders: Mapping[int, Order] = field(default_factory=dict)  # date column -> its habit
    dateless: tuple[int, ...] = ()  # columns headed as dates that hold none


def layout_of(rows: Sequence[Sequence[str]], comma: Comma, *, european: bool) -> Layout:
    """The first row that heads a table decides; a table without one has no kind."""
    seen = 0
    for index, row in enumerate(rows):
        if sum(bool(c) for c in row) < 2:
            continue
        seen += 1
        if seen > HEADING_ROWS:
            break
        body = [r for r in rows[index + 1 : index + 1 + SAMPLE] if any(r)]
        if body and (found := _layout(index, row, body, comma, european)).kind:
            return found
    return Layout("")


def _layout(
    index: int, row: Sequence[str], body: list[Sequence[str]], comma: Comma, european: bool
) -> Layout:
    cells = {i: [r[i] for r in body if i < len(r) and r[i]] for i in range(len(row))}
    orders = {
        i: order_of(cells[i], european=european) for i, h in enumerate(row) if role_of(h) in DATES
    }
    columns = _columns(row, cells, orders, comma)
    if not columns.keys() & {"collected", "date", "resulted", "start", "onset"}:
        columns |= _date_by_content(row, cells, orders, european)
    dateless = tuple(i for i in orders if cells[i] and i not in columns.values())
    dateless = tuple(i for i in dateless if not any(parse_day(c, orders[i]) for c in cells[i]))
    kind = _kind(columns)
    if kind:
        return Layout(kind, index, columns, orders=orders, dateless=dateless)
    days = _days(row, european)
    if days and 0 not in days and (len(days) > 1 or "test" in columns) and _named(cells[0]):
        orders[-1] = order_of(row, european=european)
        return Layout("wide", index, {"test": 0, **columns}, days, orders=orders)
    dated = next((c for c in ("collected", "date", "resulted") if c in columns), "")
    analytes = _analytes(row, cells, set(columns.values()), comma) if dated else {}
    if analytes:
        return Layout("by-date", index, {**columns, "date": columns[dated]}, {}, analytes, orders)
    return Layout("")


def _date_by_content(
    row: Sequence[str], cells: Mapping[int, list[str]], orders: dict[int, Order], european: bool
) -> dict[str, int]:
    """The first column without a known heading whose cells are all dates to the day."""
    for i, heading in enumerate(row):
        order = order_of(cells[i], european=european)
        days = [parse_day(c, order) for c in cells[i]]
        if days and not role_of(heading) and all(d and d.earliest == d.latest for d in days):
            orders[i] = order
            return {"date": i}
    return {}


def _kind(columns: Mapping[str, int]) -> str:
    has = columns.keys()
    if ("test" in has or "loinc" in has) and "value" in has:
        return "long"
    if "drug" in has and has & {"dose", "frequency", "sig", "start", "stop", "route", "reason"}:
        return "medication"
    if "allergen" in has and has & {"reaction", "severity", "status", "onset", "date"}:
        return "allergy"
    if "problem" in has and has & {"icd", "status", "onset", "resolved", "date"}:
        return "problem"
    return ""


@cache
def _roles() -> dict[str, str]:
    return {name: role for role, names in cue("columns", "roles").items() for name in names}


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ł": "l"})


def _plain(heading: str) -> str:
    """A heading in small letters, without accents, punctuation and words run together."""
    small = _TAKEN.sub(" ", heading.strip()).lower().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def role_of(heading: str) -> str:
    """What a heading says its column is; "" where it says nothing known.

    >>> [role_of(h) for h in ("Test Name", "CollectionDate", "Ref. Range", "IgG (mg/dL)")]
    ['test', 'collected', 'range', '']
    >>> [role_of(h) for h in ("Prøve", "Unité", "Meßwert", "FechaDeToma")]
    ['test', 'unit', 'value', 'collected']
    """
    words = _plain(heading).split()
    if not words or len(words) > 6:
        return ""
    plain = " ".join(words)
    if role := _roles().get(plain) or _roles().get(plain.replace(" ", "")):
        return role
    if set(words) & set(cue("columns", "date_words")):
        for role, marks in cue("columns", "dated").items():
            if set(words) & set(marks):
                return str(role)
        return "date"
    return ""


def _columns(
    row: Sequence[str], cells: Mapping[int, list[str]], orders: Mapping[int, Order], comma: Comma
) -> dict[str, int]:
    """Role -> column. Of several columns of one role the one whose cells fit best."""
    best: dict[str, tuple[float, int]] = {}
    for i, heading in enumerate(row):
        role = role_of(heading)
        fit = _fit(role, cells[i], orders.get(i), comma) if role else 0.0
        if role == "test":
            fit *= _names_tests(heading, cells[i])
        if fit > 0 and fit > best.get(role, (0.0, 0))[0]:
            best[role] = (fit, i)
    return {role: i for role, (_, i) in best.items()}


def _names_tests(heading: str, cells: list[str]) -> float:
    """How far a heading names the test rather than the laboratory or the sample, and, of equal
    ones, the column whose cells differ most: a laboratory's name is the same in every row."""
    sure = _plain(heading) not in cue("columns", "unsure_tests")
    return (1.0 if sure else 0.5) + 0.01 * len(set(cells)) / max(len(cells), 1)


def _fit(role: str, cells: list[str], order: Order | None, comma: Comma) -> float:
    """How well cells fit a role, from nothing to one. An empty column fits any, barely."""
    if not cells:
        return 0.01
    if order is not None:
        return sum(parse_day(c, order) is not None for c in cells) / len(cells)
    if role == "value":
        values = [parse_value(c, comma) for c in cells]
        numbers = sum(isinstance(v.value, Quantity) for v in values)
        return 0.2 + 0.8 * numbers / len(cells)
    if role in ("low", "high"):
        return sum(isinstance(parse_value(c, comma).value, Quantity) for c in cells) / len(cells)
    if role in ("test", "drug", "problem", "allergen"):
        return sum(any(s.isalpha() for s in c) for c in cells) / len(cells)
    return 1.0


def _named(cells: list[str]) -> bool:
    return sum(any(s.isalpha() for s in c) for c in cells) * 2 > len(cells)


def _days(row: Sequence[str], european: bool) -> dict[int, Day]:
    """The columns that a date heads."""
    order = order_of(row, european=european)
    found = {i: parse_day(cell, order) for i, cell in enumerate(row)}
    return {i: day for i, day in found.items() if day is not None}


def _analytes(
    row: Sequence[str], cells: Mapping[int, list[str]], taken: set[int], comma: Comma
) -> dict[int, tuple[str, str]]:
    """The columns that hold values of what their heading names, at least half of them numbers."""
    found = {}
    for i, heading in enumerate(row):
        if i in taken or not cells[i] or not any(c.isalpha() for c in heading) or role_of(heading):
            continue
        values = [parse_value(c, comma) for c in cells[i]]
        given = [v for v in values if v.cell in (Cell.VALUE, Cell.UNCLEAR)]
        numbers = sum(isinstance(v.value, Quantity) or v.cell is Cell.UNCLEAR for v in given)
        if given and numbers * 2 >= len(given):
            found[i] = name_and_unit(heading)
    return found


def name_and_unit(heading: str) -> tuple[str, str]:
    """A test's name and the unit that its heading gives.

    >>> name_and_unit("IgG (mg/dL)"), name_and_unit("WBC, K/uL"), name_and_unit("IgG (total)")
    (('IgG', 'mg/dL'), ('WBC', 'K/uL'), ('IgG (total)', ''))
    """
    if (match := _BRACKETED.fullmatch(heading)) and _unit_like(match["unit"]):
        return match["name"], match["unit"].strip()
    name, _, last = heading.rpartition(" ")
    if name and _unit_like(last) and ("/" in last or "%" in last):
        return name.rstrip(" ,;:-"), last
    return heading, ""


def _unit_like(text: str) -> bool:
    return unit_of(text) is not None or ("/" in text and " " not in text.strip())
