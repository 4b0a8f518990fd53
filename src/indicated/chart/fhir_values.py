"""FHIR's elements as values of the model: times, names with their codes, quantities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from indicated.chart.fhir_node import Node, day_of
from indicated.model import UNDATED, Coding, Day, Quantity, When
from indicated.units import unit_code

# Code systems by the address that FHIR gives them; OIDs are written "urn:oid:...".
SYSTEMS = {
    "http://loinc.org": "loinc",
    "http://snomed.info/sct": "snomed",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd9cm",
    "http://www.cms.gov/medicare/coding/icd10": "icd10pcs",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets": "hcpcs",
    "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets": "hcpcs",
    "http://terminology.hl7.org/codesystem/hcpcs-all-codes": "hcpcs",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.103": "icd9cm",
    "urn:oid:2.16.840.1.113883.6.12": "cpt",
    "urn:oid:2.16.840.1.113883.6.285": "hcpcs",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
    "urn:oid:2.16.840.1.113883.6.69": "ndc",
}
_UNITLESS = re.compile(r"1|\{[^{}]*\}")


# --- time ----------------------------------------------------------------------------------


def choice(node: Node, name: str, types: tuple[str, ...]) -> tuple[str, Node | None]:
    """Which of the types of a choice element ("onset[x]") is given, and it where it is an object.

    Gives "" where none is.
    """
    for kind in types:
        if node.tree.get(name + kind) is not None:
            return kind, node.get(name + kind) if kind not in PLAIN else None
    return "", None


PLAIN = frozenset({"DateTime", "Date", "Instant", "String", "Boolean", "Integer", "Decimal",
                   "Time", "Uri", "Code"})  # fmt: skip
TIMES = ("DateTime", "Period", "Instant", "Date", "Timing")


def period(node: Node | None) -> tuple[Day | None, Day | None]:
    """Both ends of a Period."""
    return (node.day("start"), node.day("end")) if node else (None, None)


def when_of(node: Node, name: str) -> When:
    """The time of a choice element such as "effective[x]": an event, or a stretch."""
    kind, inner = choice(node, name, TIMES)
    if kind == "Period":
        start, end = period(inner)
        return When(start, end)
    if kind == "Timing" and inner:
        days = [d for d in _days(inner, "event") if d]
        bounds = inner.get("repeat")
        start, end = period(bounds.get("boundsPeriod") if bounds else None)
        if days:
            return When(min(days), max(days))
        return When(start, end)
    day = node.day(name + kind) if kind else None
    return When(day, day) if day else UNDATED


def _days(node: Node, key: str) -> list[Day | None]:
    values = node.tree.get(key)
    return [day_of(v) for v in values if isinstance(v, str)] if isinstance(values, list) else []


def exact(day: Day | None) -> date | None:
    """The day itself where it is known exactly."""
    return day.earliest if day and day.earliest == day.latest else None


# --- names ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A CodeableConcept: the words a person reads, and its codes."""

    words: str = ""
    codings: tuple[Coding, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.codings)

    @property
    def codes(self) -> frozenset[str]:
        """The bare codes, in lower case."""
        return frozenset(c.code.lower() for c in self.codings)

    @property
    def shown(self) -> str:
        """The words, else the first code."""
        return self.words or (self.codings[0].code if self.codings else "")


NOTHING = Named()


def named(node: Node | None) -> Named:
    """A CodeableConcept; its text, else the display that a person chose, else the first one."""
    if node is None:
        return NOTHING
    given = [c for n in node.each("coding") if (c := coding(n))]
    chosen = [c for c, picked in given if picked and c.display]
    displays = chosen + [c for c, _ in given if c.display]
    words = node.text("text") or (displays[0].display if displays else "")
    return Named(words, tuple(c for c, _ in given))


def coding(node: Node) -> tuple[Coding, bool] | None:
    """One Coding, and whether a person chose it."""
    system = node.text("system")
    code, display = node.text("code"), node.text("display")
    if not code and not display:
        return None
    key = SYSTEMS.get(system.rstrip("/").lower(), system)
    return Coding(code, key, display), node.flag("userSelected") is True


def of_coding(node: Node | None) -> Named:
    """A single Coding as a name."""
    found = coding(node) if node else None
    return Named(found[0].display, (found[0],)) if found else NOTHING


def all_named(node: Node, key: str) -> list[Named]:
    """Every CodeableConcept of a list that says something."""
    return [n for x in node.each(key) if (n := named(x))]


# --- quantities ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity, and its unit as written where the program does not know it."""

    quantity: Quantity
    written_unit: str = ""


def measured(node: Node | None) -> Measured | None:
    """A Quantity with its comparator and unit."""
    if node is None:
        return None
    value = node.number("value")
    if value is None:
        return None
    code, written = unit_of(node)
    compare = node.text("comparator")
    low = None if compare in ("<", "<=") else value
    high = None if compare in (">", ">=") else value
    return Measured(Quantity(low, high, code, compare in ("<", ">")), written)


def unit_of(node: Node) -> tuple[str, str]:
    """The UCUM code of a Quantity's unit, or what is written where it is none that is known."""
    code, unit = node.text("code"), node.text("unit")
    by_code, by_name = (unit_code(code) if code else None), (unit_code(unit) if unit else None)
    if by_code and by_name and by_code != by_name:
        node.wrong("", "gives two different units, so its unit counts as not given")
        return "", ""
    known = by_code or by_name
    if known:
        return known, ""
    bare = all(not u or _UNITLESS.fullmatch(u) for u in (code, unit))
    return ("", "") if bare else ("", unit or code)


def span_of(low: Node | None, high: Node | None) -> Measured | None:
    """A range between two Quantities, either of which may be missing."""
    a, b = measured(low), measured(high)
    if a is None and b is None:
        return None
    unit = next((m.quantity.unit for m in (a, b) if m and m.quantity.unit), "")
    written = next((m.written_unit for m in (a, b) if m and m.written_unit), "")
    lower = (a.quantity.low if a.quantity.low is not None else a.quantity.high) if a else None
    upper = (b.quantity.high if b.quantity.high is not None else b.quantity.low) if b else None
    return Measured(Quantity(lower, upper, unit), written)
