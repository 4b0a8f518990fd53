"""An object of the JSON with its place in it.

Nothing here raises: what is not of the type that it should be is noted with its path and reads as
absent.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from indicated.model import Day

LONGEST_TEXT = 2_000  # characters of a name or result in an entry's line
_MOST_PROBLEMS = 40
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?$", re.S)


@dataclass(slots=True)
class Problems:
    """What is not valid, each with its place; beyond a number they are only counted."""

    said: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, where: str, what: str) -> None:
        """Note one problem. `what` holds no text of the record."""
        if len(self.said) < _MOST_PROBLEMS:
            self.said.append(f"{where} {what}")
        else:
            self.more += 1

    def sentences(self) -> list[str]:
        """Every problem, once."""
        rest = [f"{self.more} more elements are not valid"] if self.more else []
        return [*dict.fromkeys(self.said), *rest]


class Node:
    """An object of the JSON, its path and what is wrong in it."""

    __slots__ = ("_key", "_up", "problems", "tree")

    def __init__(self, tree: dict[str, Any], up: Node | str, key: str, problems: Problems):
        self.tree, self._up, self._key, self.problems = tree, up, key, problems

    @property
    def path(self) -> str:
        """Where it stands: "Bundle.entry[3].resource.code"."""
        if isinstance(self._up, str):
            return f"{self._up}{self._key}"
        return f"{self._up.path}.{self._key}"

    @property
    def type(self) -> str:
        """The resource's type; "" where it is no resource."""
        kind = self.tree.get("resourceType")
        return kind if isinstance(kind, str) else ""

    def wrong(self, key: str, what: str) -> None:
        """Note that an element is not what it should be."""
        self.problems.add(f"{self.path}.{key}" if key else self.path, what)

    def get(self, key: str) -> Node | None:
        """The object of that name."""
        value = self.tree.get(key)
        if isinstance(value, dict):
            return Node(value, self, key, self.problems)
        if value is not None:
            self.wrong(key, "is not an object")
        return None

    def each(self, key: str) -> list[Node]:
        """The objects of that name; one that stands alone counts as a list of one."""
        value = self.tree.get(key)
        if value is None:
            return []
        if isinstance(value, dict):
            self.wrong(key, "is not a list")
            return [Node(value, self, key, self.problems)]
        if not isinstance(value, list):
            self.wrong(key, "is not a list")
            return []
        found = []
        for i, item in enumerate(value):
            if isinstance(item, dict):
                found.append(Node(item, self, f"{key}[{i}]", self.problems))
            elif item is not None:
                self.wrong(f"{key}[{i}]", "is not an object")
        return found

    def text(self, key: str) -> str:
        """A string on one line; "" where there is none."""
        value = self.tree.get(key)
        if isinstance(value, str):
            return one_line(value)
        if value is not None:
            self.wrong(key, "is not a string")
        return ""

    def prose(self, key: str) -> str:
        """A string with its lines kept; "" where there is none."""
        value = self.tree.get(key)
        if isinstance(value, str):
            return tidy_text(value)
        if value is not None:
            self.wrong(key, "is not a string")
        return ""

    def flag(self, key: str) -> bool | None:
        """A boolean."""
        value = self.tree.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, "is not true or false")
        return None

    def number(self, key: str) -> Decimal | None:
        """A number of a size that something can have."""
        value = self.tree.get(key)
        if value is None:
            return None
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite() and (not number or -20 < number.adjusted() < 20):
                return number
        self.wrong(key, "is not a number")
        return None

    def day(self, key: str) -> Day | None:
        """A date, dateTime or instant, to the precision that it is written with."""
        value = self.tree.get(key)
        if value is None:
            return None
        day = day_of(value) if isinstance(value, str) else None
        if day is None:
            self.wrong(key, "is not a date")
        return day


# --- text ----------------------------------------------------------------------------------


def tidy_text(text: str) -> str:
    """Text that can be encoded, with one kind of line end and no control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c in "\n\t" or c.isprintable() or c.isspace() else " " for c in text)


def one_line(text: str) -> str:
    """Text on one line, cut where it is too long to be a name.

    >>> one_line(" IgG\\n (serum) ")
    'IgG (serum)'
    """
    line = " ".join(text.split()) if text.isascii() else " ".join(tidy_text(text).split())
    line = line if line.isprintable() else "".join(c for c in line if c.isprintable())
    return line if len(line) <= LONGEST_TEXT else line[:LONGEST_TEXT].rstrip() + " ..."


def day_of(text: str) -> Day | None:
    """A date to the precision that it is written with; None when it is none.

    >>> day_of("2025-02").latest, day_of("2025-03-12T23:30:00-05:00").earliest, day_of("2025-13")
    (datetime.date(2025, 2, 28), datetime.date(2025, 3, 12), None)
    """
    match = _DATE.match(text.strip())
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    try:
        if day:
            return Day.of(date(year, month, day))
        if match[2] is None:
            return Day(date(year, 1, 1), date(year, 12, 31))
        return Day(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    except (ValueError, calendar.IllegalMonthError):
        return None
