"""A structured statement as one line for people to read, in the same words for every format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from indicated.model import Day, Entry, Quantity, When
from indicated.units import shown


class Lines:
    """A text that grows line by line, and where each line stands in it.

    >>> text = Lines()
    >>> text.add("a"), text.add("b"), str(text)
    ((0, 1), (2, 3), 'a\\nb\\n')
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0

    def add(self, line: str) -> tuple[int, int]:
        """One more line; its first and last offset."""
        start, end = self.length, self.length + len(line)
        self._parts += [line, "\n"]
        self.length = end + 1
        return start, end

    def gap(self) -> None:
        """An empty line, unless one stands there already."""
        if self._parts[-2:] not in ([], ["", "\n"]):
            self.add("")

    def __str__(self) -> str:
        return "".join(self._parts)


@dataclass(frozen=True, slots=True)
class Told:
    """A statement before it has its place, and what its line says beyond it."""

    entry: Entry  # start and end are set when the line is written
    tail: tuple[str, ...] = ()  # "serum", "for asthma"
    head: str = ""  # in place of the name: "No known allergies"
    remarks: tuple[str, ...] = ()  # lines of prose below: a comment
    reference: str = ""  # a printed range that is no number: "negative"
    places: frozenset[str] = field(default=frozenset())  # ids of the words it refers to


def place(lines: Lines, told: Told) -> Entry:
    """Write a statement's line, and give the statement with its offsets."""
    start, end = lines.add(line_of(told))
    return replace(told.entry, start=start, end=end)


def line_of(told: Told) -> str:
    """The line, without line breaks and without the sign that divides columns."""
    entry = told.entry
    name = told.head or entry.words
    value = _value(entry)
    said = f"{name} {value}" if isinstance(entry.value, Quantity) else (
        f"{name}: {value}" if value else name
    )  # fmt: skip
    if entry.relation:
        said = f"{entry.relation}: {said}"
    if printed := told.reference or _reference(entry):
        said += f" (reference {printed})"
    therapy = entry.therapy
    details = [
        entry.severity,
        quantity(therapy.dose) if therapy and therapy.dose else "",
        f"every {quantity(therapy.every)}" if therapy and therapy.every else "",
        therapy.route if therapy else "",
        f"for {quantity(therapy.duration)}" if therapy and therapy.duration else "",
        entry.directions,
        *entry.site,
        entry.flag,
        *told.tail,
        entry.status,
        f"reason: {'; '.join(entry.reasons)}" if entry.reasons else "",
    ]
    parts = [said, *dict.fromkeys(clean(d) for d in details if clean(d))]
    when = when_shown(entry.when)
    return clean(f"{when}\u0002{', '.join(parts)}").replace("\u0002", "  " if when else "")


def clean(text: str) -> str:
    """Words on one line.

    >>> clean(" a\\n b | c ")
    'a b / c'
    """
    return " ".join(text.replace("|", "/").split())


def _value(entry: Entry) -> str:
    if isinstance(entry.value, Quantity):
        return f"{quantity(entry.value)} {entry.written_unit}".strip()
    return entry.value or ""


def _reference(entry: Entry) -> str:
    """The printed range, without a unit that the value has just given."""
    if entry.reference is None:
        return ""
    unit = entry.value.unit if isinstance(entry.value, Quantity) else ""
    same = unit == entry.reference.unit
    return quantity(replace(entry.reference, unit="") if same else entry.reference)


def quantity(value: Quantity) -> str:
    """A quantity as a reader writes it.

    >>> from decimal import Decimal
    >>> quantity(Quantity(None, Decimal("0.10"), "mg/dL", True)), quantity(Quantity.of(495))
    ('<0.10 mg/dL', '495')
    """
    low = f"{value.low:f}" if value.low is not None else ""
    high = f"{value.high:f}" if value.high is not None else ""
    if value.low is None and value.high is None:
        number = ""
    elif not low:
        number = ("<" if value.open else "\u2264") + high
    elif not high:
        number = (">" if value.open else "\u2265") + low
    else:
        number = low if low == high else f"{low}-{high}"
    return f"{number} {shown(value.unit)}".strip()


def when_shown(when: When) -> str:
    """The time of a statement; "" where it has none.

    >>> when_shown(When())
    ''
    """
    start = _day(when.start) if when.start else ""
    end = _day(when.end) if when.end else ""
    if when.ongoing:
        return f"since {start}" if start else ""
    if start and end:
        return start if when.start == when.end else f"{start} to {end}"
    return f"from {start}" if start else (f"until {end}" if end else "")


def _day(day: Day) -> str:
    first, last = day.earliest, day.latest
    if first == last:
        return first.isoformat()
    after = last + timedelta(days=1) if last.year < 9999 else last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"{first.year:04}"
    if first.day == 1 and after.day == 1 and first.month == last.month:
        return f"{first.year:04}-{first.month:02}"
    return f"{first.isoformat()}/{last.isoformat()}"


def numbered(rows: Iterable[int], most: int = 12) -> str:
    """Row numbers in a sentence.

    >>> numbered([4]), numbered([4, 9, 17])
    ('row 4', 'rows 4, 9 and 17')
    """
    every = list(rows)
    first = [str(r) for r in every[:most]]
    if len(every) == 1:
        return f"row {first[0]}"
    if len(every) > most:
        return f"rows {', '.join(first)} and {len(every) - most} more"
    return f"rows {', '.join(first[:-1])} and {first[-1]}"
