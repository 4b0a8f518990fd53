"""Structured statements as lines that a person can read, grouped and in order of time.

The line is what an article quotes: it holds every number, unit, day and code that a fact made of
the statement may speak of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from indicated.chart.labs_lines import Lines, Told, line_of
from indicated.model import UNDATED, Document, Entry

ORDERS = "Orders"
# In this order; what goes on stands behind what is over, as in a chart that is read downwards.
GROUPS = (
    "Patient", "Problem list", "Allergies and intolerances", "Past medications",
    "Current medications", "Immunizations", "Procedures", "Devices", "Encounters", "Vital signs",
    "Laboratory results", "Observations", "Family history", "Questionnaires", ORDERS, "Claims",
)  # fmt: skip
# Codes that are worth showing: they are how the thing was billed. Others only where words lack.
_BILLED = {
    "icd10cm": "ICD-10-CM", "icd10": "ICD-10", "icd9cm": "ICD-9-CM", "icd10pcs": "ICD-10-PCS",
    "cpt": "CPT", "hcpcs": "HCPCS",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A statement before its line is written. `more` is shown behind it and means nothing."""

    entry: Entry
    group: str
    more: tuple[str, ...] = ()


def document_of(said: Iterable[Said], title: str, *, kind: str = "note") -> Document:
    """Statements as one document, each on a line of its own under the heading of its group."""
    lines = Lines()
    entries: list[Entry] = []
    group = ""
    for one in sorted(said, key=_order):
        if one.group != group:
            if group:
                lines.gap()
            lines.add(one.group)
            group = one.group
        start, end = lines.add(line(one))
        entries.append(replace(one.entry, start=start, end=end))
    return Document("", str(lines), title=title, kind=kind, entries=tuple(entries))


def _order(one: Said) -> tuple[object, ...]:
    entry = one.entry
    day = entry.when.start or entry.when.end
    first = day.earliest if day else entry.recorded
    return (
        GROUPS.index(one.group), first.isoformat() if first else "", entry.words, entry.path,
    )  # fmt: skip


def line(one: Said) -> str:
    """One statement in one line.

    >>> from indicated.model import Quantity
    >>> line(Said(Entry("observation", 0, 0, words="IgG", value=Quantity.of("495", "mg/dL"),
    ...                 flag="low"), "Observations", ("final",)))
    'IgG 495 mg/dL, low, final'
    """
    entry = one.entry
    if entry.kind == "patient":  # whose day of birth stays out of the text
        return entry.words
    recorded = "" if entry.when.dated or not entry.recorded else f"recorded {entry.recorded}"
    again = entry.words.lower()
    shown = replace(
        entry,
        site=tuple(s for s in entry.site if s.lower() not in again),
        severity="" if entry.severity.lower() in again else entry.severity,
        when=entry.when if entry.when.dated else UNDATED,
    )
    return line_of(Told(shown, tail=(*one.more, recorded), head=_name(entry)))


def _name(entry: Entry) -> str:
    billed = [f"{_BILLED[c.system]} {c.code}" for c in entry.codings if c.system in _BILLED]
    codes = billed or ([entry.codings[0].code] if entry.codings and not entry.words else [])
    if not entry.words:
        return f"code {codes[0]}" if codes else "no name given"
    return f"{entry.words} ({', '.join(dict.fromkeys(codes))})" if codes else entry.words
