"""What is found in a text before it means anything: spans with offsets into `Document.text`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from indicated.model import Day, Document, Quantity


class Spanned(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Spanned)
# A part is made for every word that means something, and nothing changes one: it is not frozen,
# because one that refuses to be changed takes three times as long to make.


@dataclass(slots=True, unsafe_hash=True)
class Span:
    """A stretch of text."""

    start: int
    end: int


@dataclass(slots=True, unsafe_hash=True)
class Sentence:
    """A sentence, bullet or table row, with the kind of section that it stands in."""

    start: int
    end: int
    section: str = ""
    table: bool = False
    body: int = 0  # where the text behind an inline heading or bullet begins


@dataclass(slots=True, unsafe_hash=True)
class Mention:
    """A name of one or several concepts."""

    start: int
    end: int
    concepts: tuple[str, ...]
    negated: str = ""  # the effect of a denial in the name: "absent" ("non-", "-free"), "never"
    misspelt: bool = False
    inner: tuple[Mention, ...] = ()  # measurements in the name of a state: "PHQ-9 fell"


@dataclass(slots=True, unsafe_hash=True)
class Cue:
    """Words that say how their neighbours are meant: (effect, side) pairs."""

    start: int
    end: int
    effects: tuple[tuple[str, str], ...]

    def has(self, effect: str) -> bool:
        """Whether the cue has the effect on any side."""
        for found, _ in self.effects:  # noqa: SIM110 - asked for every cue: a generator costs more
            if found == effect:
                return True
        return False


@dataclass(slots=True, unsafe_hash=True)
class Number:
    """A number with what stands around it. `digits` is where the unit or suffix begins."""

    start: int
    end: int
    quantity: Quantity
    digits: int
    foreign_unit: bool = False  # a unit is written that the program does not know
    word: bool = False  # written out: "three"
    per: str = ""  # "d" in "mg/day"


@dataclass(slots=True, unsafe_hash=True)
class Dated:
    """Words that name a time. kind: day | bare (a year alone) | ago | vague | window |
    anchor."""

    start: int
    end: int
    first: Day
    last: Day
    kind: str = "day"


@dataclass(frozen=True, slots=True)
class Page:
    """One document with everything found in it."""

    document: Document
    lower: str
    folded: str
    today: date
    assumed: bool  # the document carries no date of its own
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    cues: tuple[Cue, ...]
    numbers: tuple[Number, ...]
    dates: tuple[Dated, ...]
    weighed: tuple[Cue, ...] = ()  # words that only weigh a treatment; they may overlap the cues


class Sorted(tuple[S, ...]):
    """Items in order of place, which do not overlap, with their starts at hand."""

    @cached_property
    def starts(self) -> list[int]:
        """Where each begins."""
        return [item.start for item in self]


def within(items: Sequence[S], start: int, end: int) -> list[S]:
    """The items that begin in the stretch. `items` are sorted and do not overlap."""
    if not items:
        return []
    if isinstance(items, Sorted):
        lo = bisect_left(items.starts, start)
        return list(items[lo : bisect_left(items.starts, end, lo)])
    if len(items) < FEW:
        return [item for item in items if start <= item.start < end]
    key: Callable[[S], int] = _start
    lo = bisect_left(items, start, key=key)
    hi = bisect_left(items, end, lo=lo, key=key)
    return list(items[lo:hi])


FEW = 9  # items that are looked through sooner than searched


def _start(item: Spanned) -> int:
    return item.start


def apart(items: Sequence[S], others: Sequence[Spanned]) -> list[S]:
    """The items that overlap none of the others. Both are sorted and without overlaps."""
    kept: list[S] = []
    j = 0
    for item in items:
        while j < len(others) and others[j].end <= item.start:
            j += 1
        if j == len(others) or others[j].start >= item.end:
            kept.append(item)
    return kept


def longest(items: Sequence[S]) -> list[S]:
    """Of overlapping items the longest; of equally long ones the first. In order of place."""
    kept: list[S] = []
    taken: set[int] = set()
    for item in sorted(items, key=lambda i: (i.start - i.end, i.start)):
        if item.start not in taken and item.end - 1 not in taken:
            kept.append(item)
            taken.update(range(item.start, item.end))
    return sorted(kept, key=_start)


def leftmost_longest(items: Sequence[S]) -> list[S]:
    """Of overlapping items the one that begins first, and of those the longest."""
    kept: list[S] = []
    for item in sorted(items, key=lambda i: (i.start, -i.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept
