"""The gate for conditions that a model points at in a text of the literature.

As for proposed facts, the model points and the program reads: which number, unit and comparison it
is comes from the quoted words alone. What the program has read there by itself gains nothing; what
it has read otherwise, or says of another thing, drops the proposal. A proposal adds a condition
only where name and number stand apart, as in two cells or lines, with nothing between or beside
them that could name something else. Each refusal has a reason; docs/model.md lists them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from indicated.cue_files import cue
from indicated.facts.amounts import digits_value
from indicated.facts.cues import whole_words
from indicated.facts.gaps import VALUES
from indicated.facts.limit_forms import AGE, Line, bounds_of, in_unit
from indicated.facts.limits import Limits, limits, lines, turns_around
from indicated.facts.numbers import WORDS
from indicated.facts.parts import Mention, Number
from indicated.facts.units_of import fits, same_written
from indicated.model import Bound, Concepts, Limit
from indicated.units import unit_code

KNOWN = "known"  # the program has read it by itself
SENTENCES = 2  # that a quotation may touch
BETWEEN = "between"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d]+")
_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is proposed: a comparison of a concept with the number and unit as they are written."""

    concept: str
    comparison: str  # at_least | at_most | above | below | between
    value: str
    unit: str  # "" where none is given
    start: int  # of the quotation in the text
    end: int


class LimitGate:
    """One text, read by the program itself, against which proposals are held."""

    def __init__(self, text: str, concepts: Concepts, heading: str = ""):
        self.text, self.concepts = text, concepts
        self.lines = list(lines(text, concepts, turned=turns_around(heading)))
        self.own: Limits = limits(text, concepts, heading)

    def weigh(self, said: Pointed) -> tuple[Limit | None, str]:
        """The condition that is read at the quoted words, or why there is none."""
        if said.concept not in self.concepts:
            return None, "concept_unknown"
        touched = [
            (line, denied) for line, denied in self.lines
            if line.start < said.end and said.start < line.end
        ]  # fmt: skip
        if not 0 < len(touched) <= SENTENCES:
            return None, "too_many_sentences"
        if any(denied for _, denied in touched):
            return None, "read_otherwise"
        if reason := self._by_itself(said, [line for line, _ in touched]):
            return None, reason
        return self._anew(said, [line for line, _ in touched])

    def _by_itself(self, said: Pointed, touched: Sequence[Line]) -> str:
        """Whether the program has read these sentences by itself, so or otherwise."""
        low, high = touched[0].start, touched[-1].end
        here = [x for x in self.own.read if x.start < high and low < x.end]
        same = [x for x in here if x.concept == said.concept and x.kind == "value"]
        if not same:
            taken = any(x.start < said.end and said.start < x.end for x in here)
            return "read_otherwise" if taken else ""
        quoted = [x for x in same if said.start <= x.start and x.end <= said.end]
        agree = any(not _differs(x.bounds, said, self.text[x.start : x.end]) for x in quoted)
        return KNOWN if agree else "read_otherwise"

    def _anew(self, said: Pointed, touched: Sequence[Line]) -> tuple[Limit | None, str]:
        """The quoted words read as one statement."""
        mentions = [m for line in touched for m in line.mentions if _inside(m, said)]
        named = [m for m in mentions if said.concept in m.concepts]
        if len(named) != 1:
            return None, "name_not_in_quotation" if not named else "not_plain"
        (name,) = named
        if len(mentions) > 1 or name.misspelt or name.negated or self._other_name(name, touched):
            return None, "not_plain"
        if len(touched) > 1 and not self._pairs(touched[0]):
            return None, "not_plain"
        compared = [
            n for line in touched for n in line.numbers
            if _inside(n, said) and n.quantity.exact is None
        ]  # fmt: skip
        numbers = [n for line in touched for n in line.numbers if _inside(n, said)]
        if len(compared) != 1 or len(numbers) != 1:
            return None, "value_not_read"
        (number,) = compared
        if not _plain(self.text, said, name, number):
            return None, "not_plain"
        return self._settled(said, name, number, touched)

    def _settled(
        self, said: Pointed, name: Mention, number: Number, touched: Sequence[Line]
    ) -> tuple[Limit | None, str]:
        candidates = [self.concepts[c] for c in name.concepts if self.concepts[c].kind in VALUES]
        unit = number.quantity.unit
        fitting = [c for c in candidates if unit and fits(unit, c)] or candidates
        if [c.id for c in fitting] != [said.concept] or said.concept == AGE:
            return None, "name_ambiguous"
        quantity = in_unit(touched[-1], number, fitting[0])
        if isinstance(quantity, str):
            return None, "unit_not_read"
        start, end = min(name.start, number.start), max(name.end, number.end)
        limit = Limit("value", said.concept, start, end, bounds_of(quantity))
        reason = _differs(limit.bounds, said, self.text[number.start : number.end])
        return (None, reason) if reason else (limit, "")

    def _pairs(self, first: Line) -> bool:
        """Whether a line is the first of its pair. Where names and numbers stand on lines of their
        own, the first of these lines says which of the two comes first."""
        every = [line for line, _ in self.lines]
        at = start = every.index(first)
        while start and self._bare(every[start - 1]):
            start -= 1
        kinds = [self._bare(line) for line in every[start : at + 2]]
        return all(k and k == kinds[n % 2] for n, k in enumerate(kinds)) and (at - start) % 2 == 0

    def _bare(self, line: Line) -> str:
        """What a line holds alone: the name of what is measured, or a limit; "" otherwise."""
        named = any(self.concepts[c].kind in VALUES for m in line.mentions for c in m.concepts)
        compared = any(n.quantity.exact is None for n in line.numbers)
        return "" if named == compared else "name" if named else "number"

    def _other_name(self, name: Mention, touched: Sequence[Line]) -> bool:
        """Whether the sentences name anything else that could be measured, or be what the number
        is really of."""
        others = [m for line in touched for m in line.mentions if m is not name]
        return any(self.concepts[c].kind in VALUES for m in others for c in m.concepts)


def _inside(part: Mention | Number, said: Pointed) -> bool:
    return said.start <= part.start and part.end <= said.end


def _plain(text: str, said: Pointed, name: Mention, number: Number) -> bool:
    """Whether the quotation holds nothing beside the name and the number but small words."""
    low, high = sorted(((name.start, name.end), (number.start, number.end)))
    if low[1] > high[0]:
        return False
    pieces = (text[said.start : low[0]], text[low[1] : high[0]], text[high[1] : said.end])
    return not any(_LETTER.search(_small().sub(" ", p.casefold())) for p in pieces)


@cache
def _small() -> re.Pattern[str]:
    return whole_words([*cue("limits", "joining"), *cue("limits", "pointed")])


def _differs(bounds: Sequence[Bound], said: Pointed, words: str) -> str:
    """In what a condition is another than the one proposed; "" in nothing."""
    ops = [b.op for b in bounds]
    told = BETWEEN if ops == ["at_least", "at_most"] else ops[0] if len(ops) == 1 else ""
    if told != said.comparison:
        return "comparison_read_otherwise"
    if said.value.strip() not in words or _numbers(said.value) != {
        b.limit.exact for b in bounds if b.limit.exact is not None
    }:  # fmt: skip
        return "value_read_otherwise"
    return "" if not said.unit or _same_unit(said.unit, bounds[0], words) else "unit_read_otherwise"


def _same_unit(unit: str, bound: Bound, words: str) -> bool:
    code, read = unit_code(unit), bound.limit.unit
    return unit in words and code is not None and (code == read or same_written(read, code))


def _numbers(value: str) -> set[Decimal]:
    found = [x.casefold() for x in _DIGITS.findall(value)]
    return {digits_value(x) if x[0].isdigit() else WORDS[x] for x in found
            if x[0].isdigit() or x in WORDS}  # fmt: skip
