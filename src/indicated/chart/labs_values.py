"""A result as a cell holds it: a number, a bound, a range or words; its unit, flag and range.

Nothing is converted, and nothing that is empty becomes a number. "1,234" and "12,5" are read by
the table's own habit; where a cell can be two numbers and the table shows no habit, it is
`UNCLEAR` and not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache

from indicated.cue_files import cue
from indicated.model import Quantity
from indicated.units import known_units, unit_code


class Cell(Enum):
    """What a cell is, apart from a value."""

    VALUE = "value"
    EMPTY = "empty"  # no statement
    NO_RESULT = "no result"  # pending, haemolysed, see note: no statement either
    UNCLEAR = "unclear"  # could be two numbers


class Comma(Enum):
    """What a table means by a comma in a number."""

    GROUPS = "groups"  # 1,234 is 1234
    DECIMAL = "decimal"  # 1,234 is 1.234
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """What was read of one cell. `unit` is as written, "" where the cell holds none."""

    cell: Cell
    value: Quantity | str | None = None
    unit: str = ""
    flag: str = ""


_N = (
    r"[-+\u2212]?(?:\d[\d.,]{0,18}|[.,]\d{1,9})"
    r"(?:[eE][-+]?\d{1,2}|\s?[x\u00d7*]\s?10\s?\^\s?[-+]?\d{1,2})?"
)
_CMP = (
    r"<=|>=|=<|=>|[<>\u2264\u2265]|less than or equal to|greater than or equal to|less than|"
    r"greater than|more than|below|above|up to|at least|at most"
)
_VALUE = re.compile(
    rf"(?P<cmp>{_CMP})?\s*(?P<a>{_N})(?:\s*(?:-|\u2013|\u2014|\bto\b|\.\.)\s*(?P<b>{_N}))?(?P<rest>.*)",
    re.I | re.S,
)
_BELOW = frozenset({"<", "less than", "below"})
_AT_MOST = frozenset({"<=", "=<", "\u2264", "less than or equal to", "up to", "at most"})
_ABOVE = frozenset({">", "greater than", "more than", "above"})
_POWER = re.compile(r"\s?[x\u00d7*]\s?10\s?\^\s?")
_TRAILING_FLAG = re.compile(r"[(\[]?\s*(?P<f>[A-Za-z]{1,4}\*?|\*{1,3}|[!\u2191\u2193])\s*[)\]]?$")
_UNIT = re.compile(
    r"[A-Za-z%\u00b5\u03bc\u00b0\[{/(][\w%\u00b5\u03bc\u00b0\[\]{}/*^.()\u00b2\u00b3 -]{0,30}"
)
_LETTERS = frozenset({"L", "H", "A"})  # as flags, not as litre, hour and year
_LABEL = re.compile(r"^[A-Za-z .]{2,30}[:=]\s*(?=[-<>\u2264\u2265(\[\d.])")
_GROUPS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@cache
def _flags() -> dict[str, str]:
    return {mark: words for words, marks in cue("columns", "flags").items() for mark in marks}


@cache
def _no_result() -> tuple[frozenset[str], re.Pattern[str]]:
    phrases = [p for p in cue("columns", "no_result") if p[0].isalpha()]
    longest = sorted(phrases, key=len, reverse=True)
    starts = re.compile(rf"(?:{'|'.join(map(re.escape, longest))})(?![\w])\W", re.I)
    return frozenset(cue("columns", "no_result")), starts


def flag_of(text: str) -> str:
    """A flag in words; "" where it is none.

    >>> flag_of("L"), flag_of("(HH)"), flag_of("x")
    ('low', 'critically high', '')
    """
    return _flags().get(text.strip().strip("()[]").strip().lower(), "")


def unit_of(written: str) -> str | None:
    """The UCUM code of a unit as it is written; None where the program does not know it.

    >>> unit_of("mg/dL"), unit_of("K/uL"), unit_of("umol/g")
    ('mg/dL', '10*3/uL', None)
    """
    written = " ".join(written.split())
    return written if written in known_units() else unit_code(written)


def comma_habit(cells: list[str], *, semicolons: bool) -> Comma:
    """What commas in the numbers of a table mean, from all of its cells together.

    >>> comma_habit(["12,5", "1,234"], semicolons=True), comma_habit(["1,234"], semicolons=True)
    (<Comma.DECIMAL: 'decimal'>, <Comma.UNKNOWN: 'unknown'>)
    """
    numbers = [m["a"] for c in cells if "," in c and (m := _VALUE.match(c.strip()))]
    if any("," in n and "." not in n and not _GROUPS.fullmatch(n) for n in numbers):
        return Comma.DECIMAL
    if any(re.fullmatch(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+", n) for n in numbers):
        return Comma.DECIMAL
    return Comma.UNKNOWN if semicolons else Comma.GROUPS


def number_of(text: str, comma: Comma = Comma.GROUPS) -> Decimal | None:
    """A number as it is written; None where it is none, or could be two.

    >>> number_of("1,234"), number_of("12,5"), number_of("1.234,5", Comma.DECIMAL)
    (Decimal('1234'), Decimal('12.5'), Decimal('1234.5'))
    >>> number_of("1,234", Comma.UNKNOWN), number_of("1.2 x 10^3")
    (None, Decimal('1.2E+3'))
    """
    text = _POWER.sub("e", text.strip().replace("\u2212", "-"))
    if sum(c.isdigit() for c in text) > 15:  # a record or accession number measures nothing
        return None
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        groups = "," if text[decimal] == "." else "."
        text = text.replace(groups, "").replace(",", ".")
    elif "," in text:
        grouped = _GROUPS.fullmatch(text) is not None
        if grouped and comma is Comma.UNKNOWN and text.count(",") == 1:
            return None
        if grouped and (comma is not Comma.DECIMAL or text.count(",") > 1):
            text = text.replace(",", "")
        else:
            text = text.replace(",", ".")
    elif comma is Comma.DECIMAL and re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def parse_value(text: str, comma: Comma = Comma.GROUPS) -> Result:
    """What one cell holds.

    >>> parse_value("<0.1").value
    Quantity(low=None, high=Decimal('0.1'), unit='', open=True)
    >>> parse_value("495 mg/dL (L)").unit, parse_value("495 mg/dL (L)").flag
    ('mg/dL', 'low')
    >>> parse_value("NEGATIVE").value, parse_value("pending").cell, parse_value(" ").cell
    ('NEGATIVE', <Cell.NO_RESULT: 'no result'>, <Cell.EMPTY: 'empty'>)
    """
    text = " ".join(text.split()).strip("'\u2019\"")
    if not text:
        return Result(Cell.EMPTY)
    exact, starts = _no_result()
    if text.lower().rstrip(".!") in exact or text in exact or starts.match(text):
        return Result(Cell.NO_RESULT)
    match = _VALUE.fullmatch(text)
    if match is None:
        return Result(Cell.VALUE, text)
    tail = _tail(match["rest"])
    if tail is None:  # 1:160, 2+, 128/74, "3 colonies": words, not a number
        return Result(Cell.VALUE, text)
    low = number_of(match["a"], comma)
    high = number_of(match["b"], comma) if match["b"] else low
    if low is None or high is None:
        digits = sum(c.isdigit() for c in text)
        return Result(Cell.UNCLEAR) if digits <= 15 else Result(Cell.VALUE, text)
    if high < low or (match["b"] and match["cmp"]):
        return Result(Cell.VALUE, text)
    return Result(Cell.VALUE, _bounded(match["cmp"] or "", low, high), *tail)


def _bounded(comparator: str, low: Decimal, high: Decimal) -> Quantity:
    comparator = comparator.lower()
    if not comparator:
        return Quantity(low, high)
    if comparator in _BELOW | _AT_MOST:
        return Quantity(None, high, "", comparator in _BELOW)
    return Quantity(low, None, "", comparator in _ABOVE)


def _tail(rest: str) -> tuple[str, str] | None:
    """Unit and flag behind a number; None where something else stands there."""
    rest = rest.strip()
    if not rest:
        return "", ""
    if rest.strip("()") in _LETTERS:
        return "", flag_of(rest)
    if unit_of(rest):
        return rest, ""
    found = _TRAILING_FLAG.search(rest)
    if found and (flag := flag_of(found["f"])):
        before = rest[: found.start()].strip()
        if not before or unit_of(before) or _looks_like_unit(before):
            return before, flag
    return (rest, "") if _looks_like_unit(rest) else None


def _looks_like_unit(text: str) -> bool:
    return ("/" in text or "%" in text) and text[0] != "/" and _UNIT.fullmatch(text) is not None


def parse_reference(text: str, comma: Comma = Comma.GROUPS) -> tuple[Quantity | None, str]:
    """A printed reference range and the unit written in it; None where it is no single range.

    >>> parse_reference("0.5 - 1.2 mg/dL")
    (Quantity(low=Decimal('0.5'), high=Decimal('1.2'), unit='', open=False), 'mg/dL')
    >>> parse_reference("<5")[0], parse_reference("Negative")
    (Quantity(low=None, high=Decimal('5'), unit='', open=True), (None, ''))
    """
    text = _LABEL.sub("", " ".join(text.split()))
    inside = re.fullmatch(r"[(\[](.*)[)\]](.*)", text)
    result = parse_value(f"{inside[1]} {inside[2]}" if inside else text, comma)
    if isinstance(result.value, Quantity) and not result.flag and result.value.exact is None:
        return result.value, result.unit
    return None, ""
