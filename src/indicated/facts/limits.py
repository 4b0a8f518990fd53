"""Conditions that a text of the literature states: measurements with their limits, ages, durations,
treatments that failed.

A chart says what is so of a patient; a guideline says for whom a treatment is. What is read here is
never a fact. It is read in few forms (`library/cues/limits.yaml`), each from the words of one
sentence that say it alone; whatever else looks like a condition is told as not read, with why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from indicated.facts import text as plain
from indicated.facts.cues import alternatives
from indicated.facts.fold import lowered
from indicated.facts.limit_courses import durations, ending, endings
from indicated.facts.limit_forms import AGE, CHAINED, Found, Line, ages, values
from indicated.facts.mentions import find_mentions, lexicon
from indicated.facts.numbers import find_numbers
from indicated.facts.parts import within
from indicated.model import Concepts, Limit, Unread

FORMS: tuple[Callable[[Line, Concepts], Iterator[Found]], ...] = (ages, durations, endings, values)


@dataclass(frozen=True, slots=True)
class Limits:
    """The conditions of a text, and what looks like one and was not read; in order of place."""

    read: tuple[Limit, ...] = ()
    unread: tuple[Unread, ...] = ()


def limits(text: str, concepts: Concepts, heading: str = "") -> Limits:
    """The conditions that a text states. Under a heading that turns them around ("Exclusion
    criteria"), and in a sentence that does, none is read.

    Each condition stands in its own words: these words read alone say the same.
    """
    found = _found(text, concepts, turned=turns_around(heading))
    read: list[Limit] = []
    unread = list(found.unread)
    for limit in found.read:
        if _alone(text[limit.start : limit.end], limit, concepts):
            read.append(limit)
        else:
            unread.append(Unread(limit.start, limit.end, "alone"))
    return Limits(tuple(read), tuple(sorted(unread, key=lambda u: (u.start, u.end))))


def _alone(words: str, limit: Limit, concepts: Concepts) -> bool:
    """Whether the words of a condition say it without what stands around them."""
    again = _found(words, concepts, turned=False).read
    return [(x.kind, x.concept, x.bounds, x.because) for x in again] == [
        (limit.kind, limit.concept, limit.bounds, limit.because)
    ]


def _found(text: str, concepts: Concepts, *, turned: bool) -> Limits:
    read: list[Limit] = []
    unread: list[Unread] = []
    for line, denied in lines(text, concepts, turned=turned):
        said, left = _of(line, concepts)
        if denied:
            found: list[Found] = [*said, *left]
            left = [Unread(x.start, x.end, "turned") for x in found]
            said = []
        read += said
        unread += left
    return Limits(tuple(read), tuple(unread))


def lines(text: str, concepts: Concepts, *, turned: bool) -> Iterator[tuple[Line, bool]]:
    """The sentences of a text, each with whether it, or the opening of its list, is turned around:
    it says for whom a treatment is not, or speaks of a change or a result."""
    opened = turned
    for line in _lines(text, concepts):
        denies = _turns(line)
        yield line, opened or denies
        if text[line.start : line.end].rstrip().endswith(":"):
            opened = turned or denies


def _of(line: Line, concepts: Concepts) -> tuple[list[Limit], list[Unread]]:
    """What is read of a sentence, each number and name once, and what is left of it."""
    said: list[Limit] = []
    left: list[Unread] = []
    for form in FORMS:
        for found in form(line, concepts):
            inside = any(found.start < x.end and x.start < found.end for x in said)
            if isinstance(found, Limit):
                if not inside:
                    said.append(found)
            else:
                left.append(found)
    found_here: list[Found] = [*said, *left]
    for n in line.numbers:
        told = any(x.start < n.end and n.start < x.end for x in found_here)
        if n.quantity.exact is None and not told:
            left.append(Unread(n.start, n.end, "no_name"))
    linked = _linked(said, goes_on=any(x.why == CHAINED for x in left))
    said = [x for x in said if x not in linked]
    left += [Unread(x.start, x.end, CHAINED) for x in linked]
    left = [x for x in left if not any(x.start < y.end and y.start < x.end for y in said)]
    return sorted(said, key=lambda x: x.start), left


def _linked(said: Sequence[Limit], *, goes_on: bool) -> list[Limit]:
    """The limits of a sentence that do not hold by themselves: "A below 100, or 100 to 299 with B
    below 20 %" asks for B in one case alone; "severe (A below 2), mild (A 2 to 4)" is a scale."""
    values = [x for x in said if x.kind == "value"]
    many = Counter(x.concept for x in values)
    return [x for x in values if many[x.concept] > 1 or (goes_on and x.concept != AGE)]


def _lines(text: str, concepts: Concepts) -> Iterator[Line]:
    if not text.strip():
        return
    lower = lowered(text)
    folded = lower.replace("-", " ")
    mentions = find_mentions(text, lower, folded, lexicon(concepts))
    numbers = find_numbers(text, folded, ())
    for block in plain.blocks(text):
        for start, end in plain.sentences(text, *block, mentions):
            yield Line(
                text, folded, start, end,
                tuple(m for m in within(mentions, start, end) if m.end <= end),
                tuple(n for n in within(numbers, start, end) if n.end <= end),
            )  # fmt: skip


def _turns(line: Line) -> bool:
    """Whether a sentence says for whom a treatment is not, or speaks of a change or a result."""
    spans = [(n.start, n.end) for n in line.numbers]
    spans += [(m.start, m.end) for m in line.mentions]
    spans += [m.span() for m in ending().finditer(line.folded, line.start, line.end)]
    return any(
        not any(a <= m.start() and m.end() <= b for a, b in spans)
        for m in turned().finditer(line.folded, line.start, line.end)
    )


def turns_around(heading: str) -> bool:
    """Whether what stands under a heading is turned around: "Exclusion criteria"."""
    return turned().search(lowered(heading)) is not None


@cache
def turned() -> re.Pattern[str]:
    """Words that say when a treatment is not for somebody, or speak of a change or a result."""
    return alternatives("limits", "turned")
