"""HL7 data types as values of the model: codes with their words, quantities, points in time.

What a nullFlavor stands for is unknown; it never becomes a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from indicated.chart.ccda_narrative import Narrative
from indicated.chart.labs_dates import month_of, year_of
from indicated.chart.labs_lines import clean
from indicated.chart.labs_values import Cell, parse_value, unit_of
from indicated.cue_files import cue
from indicated.files.tree import Node
from indicated.model import UNDATED, Coding, Day, Quantity, When

LONGEST_NAME = 160  # characters: what is longer is no name but the whole statement
_TS = re.compile(r"(\d{4})(?:(\d{2})(?:(\d{2})\d*)?)?(?:\.\d+)?(?:[+-]\d{2,4}|Z)?")
_REAL = re.compile(r"[-+]?(?:\d{1,18}(?:\.\d{0,12})?|\.\d{1,12})(?:[eE][-+]?\d{1,2})?")
_BARE = re.compile(r"1|\{[^{}]*\}")


def unknown(node: Node | None) -> bool:
    """Whether an element is absent or says that it is not known."""
    return node is None or bool(node["nullFlavor"])


# --- time ------------------------------------------------------------------------------------


def day_of(text: str) -> Day | None:
    """A point in time to the precision it is written with; its day as written, in its own zone.

    >>> day_of("20250312103000-0500").earliest, day_of("202502").latest, day_of("2025").earliest
    (datetime.date(2025, 3, 12), datetime.date(2025, 2, 28), datetime.date(2025, 1, 1))
    """
    match = _TS.fullmatch(text.strip().replace("-", "", 2) if text[4:5] == "-" else text.strip())
    if match is None:
        return None
    year, month, day = match[1], match[2], match[3]
    if month is None:
        return year_of(int(year))
    if day is None or day == "00":
        return month_of(int(year), int(month))
    try:
        return Day.of(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def point(node: Node | None) -> Day | None:
    """The day of a TS element."""
    return None if node is None or node["nullFlavor"] else day_of(node["value"])


def when_of(time: Node | None) -> When:
    """An effectiveTime: a point, or both ends of a stretch as far as they are known."""
    if time is None or time["nullFlavor"]:
        return UNDATED
    if (day := point(time)) is not None:
        return When(day, day)
    if (center := point(time.first("center"))) is not None:
        return When(center, center)
    return When(point(time.first("low")), point(time.first("high")))


def exact(day: Day | None) -> date | None:
    """The day itself where it is known exactly."""
    return day.earliest if day and day.earliest == day.latest else None


# --- names -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A coded element: its words as a person wrote them, else as the code system has them."""

    words: str = ""
    codings: tuple[Coding, ...] = ()
    display: str = ""  # the code system's own words

    def __bool__(self) -> bool:
        return bool(self.words or self.codings)

    @property
    def shown(self) -> str:
        """The words, else the first code."""
        return self.words or (self.codings[0].code if self.codings else "")


def named(node: Node | None, narrative: Narrative) -> Named:
    """A CD or CE with its translations; its original text is looked up in the narrative."""
    if node is None:
        return Named()
    codings = tuple(c for n in [node, *node.each("translation")] if (c := _coding(n)))
    display = next((c.display for c in codings if c.display), "")
    original = node.first("originalText")
    written = referred(original, narrative) if original is not None else ""
    short = written if len(written) <= LONGEST_NAME else ""
    return Named(clean(short or display or written[:LONGEST_NAME]), codings, display)


def _coding(node: Node) -> Coding | None:
    if node["nullFlavor"] and not node["code"]:
        return None
    code, display = clean(node["code"]), clean(node["displayName"])
    if not code and not display:
        return None
    oid = node["codeSystem"]
    return Coding(code, cue("ccda", "systems").get(oid, f"urn:oid:{oid}" if oid else ""), display)


def referred(node: Node, narrative: Narrative) -> str:
    """The words of an ED: in place, or those of the narrative that it refers to."""
    for reference in node.each("reference"):
        found = narrative.words.get(reference["value"].removeprefix("#").strip())
        if found:
            return clean(found)
    return clean(node.text)


# --- values ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, and its unit as written where the program does not know it."""

    value: Quantity | str | None = None
    written_unit: str = ""


def real(text: str) -> Decimal | None:
    """A number as HL7 writes it.

    >>> real("495"), real("1e3"), real("NaN"), real("1,234")
    (Decimal('495'), Decimal('1E+3'), None, None)
    """
    if not _REAL.fullmatch(text.strip()):
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def quantity(node: Node | None) -> tuple[Quantity | None, str]:
    """A PQ, an IVL_PQ or a bare number; and the unit as written where it is not known."""
    if node is None or node["nullFlavor"]:
        return None, ""
    if (number := real(node["value"])) is not None:
        code, written = _unit(node["unit"])
        return Quantity.of(number, code), written
    low, high = node.first("low"), node.first("high")
    lower, upper = _end(low), _end(high)
    crossed = lower is not None and upper is not None and lower > upper
    units = {n["unit"] for n in (low, high) if n is not None and n["unit"]}
    if crossed or len(units) > 1 or (lower is None and upper is None):
        return None, ""
    code, written = _unit(units.pop() if units else "")
    one = high if lower is None else low if upper is None else None
    return Quantity(lower, upper, code, one is not None and one["inclusive"] == "false"), written


def _end(node: Node | None) -> Decimal | None:
    return None if node is None or node["nullFlavor"] else real(node["value"])


def _unit(written: str) -> tuple[str, str]:
    written = clean(written)
    if not written or _BARE.fullmatch(written):
        return unit_of(written) or "" if written else "", ""
    code = unit_of(written)
    return (code, "") if code else ("", written)


def measured(value: Node, narrative: Narrative) -> Measured:
    """What a value element says; nothing where it is unknown."""
    kind = value["type"]
    if value["nullFlavor"] and kind not in ("CD", "CE", "CO", "CV", "CS"):
        return Measured()
    if kind in ("CD", "CE", "CO", "CV", "CS") or (not kind and value["code"]):
        return Measured(named(value, narrative).shown or None)
    if kind.startswith("RTO"):
        parts = [n["value"] for n in (value.first("numerator"), value.first("denominator")) if n]
        return Measured(":".join(parts) if len(parts) == 2 and all(parts) else None)
    if kind == "BL":
        return Measured({"true": "yes", "false": "no"}.get(value["value"]))
    if kind in ("TS", "IVL_TS"):
        day = when_of(value)
        return Measured(day.start.earliest.isoformat() if day.start else None)
    if kind in ("ST", "ED") or (not kind and not value["value"]):
        return _in_words(referred(value, narrative), value["unit"])
    found, written = quantity(value)
    return Measured(found, written)


def _in_words(text: str, unit: str) -> Measured:
    """A string that may hold a number with its unit."""
    result = parse_value(text)
    if result.cell is not Cell.VALUE:
        return Measured()
    if not isinstance(result.value, Quantity):
        return Measured(result.value)
    code, written = _unit(result.unit or unit)
    return Measured(replace(result.value, unit=code), written)
