"""The forms in which a sentence of the literature states a condition (`limits.py` asks them)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from indicated.cue_files import cue
from indicated.facts.cues import listed, whole_words
from indicated.facts.gaps import VALUES, WORD
from indicated.facts.parts import Mention, Number
from indicated.facts.units_of import fits, only_unit, per_behind, same_written
from indicated.model import Bound, Concept, Concepts, Limit, Quantity, Unread
from indicated.units import convert

AGE = "age"  # the concept
CHAINED = "chained"  # why a limit is left from which another one goes on
YEARS = "a"
_OF_AGE = (YEARS, "mo", "wk", "d")
_OLDER = re.compile(r"older|young")
_LONGEST = 24  # characters of the words before an age
_APART = re.compile(r"[.;,?!]")
_GOES_ON = re.compile(r"[\s,;()]*(?:and|or|and/or|but)?[\s,]*")
_SIGNS = re.compile(r"[\s:(\[=]")
_GLOSS_ENDS = re.compile(r"\s?[)\]]")
_LONGEST_GAP = 60
Found = Limit | Unread


@dataclass(frozen=True)
class Line:
    """A sentence with the names and numbers in it; offsets are the text's."""

    text: str
    folded: str
    start: int
    end: int
    mentions: tuple[Mention, ...]
    numbers: tuple[Number, ...]


def ages(line: Line, concepts: Concepts) -> Iterator[Found]:
    """ "aged 18 years or older", "older than 65", "at least 12 years of age"."""
    if AGE not in concepts:
        return
    for number in line.numbers:
        found = _age(line, number)
        if found is None:
            continue
        start, end, bounds = found
        if _other_age(line, start):
            yield Unread(start, end, "age")
        else:
            yield Limit("value", AGE, start, end, bounds)


def _age(line: Line, number: Number) -> tuple[int, int, tuple[Bound, ...]] | None:
    """The span and the limits of an age; None where it is no age, or one age without a limit."""
    quantity = number.quantity
    if quantity.unit not in ("", *_OF_AGE):
        return None
    before = _beside("before", line.folded, line.start, number.start)
    shown = _beside("shows", line.folded, number.end, line.end)
    ends = shown[0] if shown else number.end
    behind = _beside("behind", line.folded, ends, line.end)
    if not (before or (quantity.unit and (shown or (behind and behind[2])))):
        return None
    begins, op = (before[0], before[1]) if before else (number.start, "plain")
    if op == "plain" and behind:
        ends, op = behind[:2]
    unit = quantity.unit or YEARS
    if quantity.exact is None:
        stated = Quantity(quantity.low, quantity.high, unit, quantity.open)
        return begins, ends, bounds_of(stated)
    limit = Quantity.of(quantity.exact, unit)
    return (begins, ends, (Bound(op, limit),)) if op != "plain" else None


def _beside(side: str, folded: str, low: int, high: int) -> tuple[int, str, bool] | None:
    """The words of an age right before `high` (`before`) or right behind `low`: where they begin
    or end, what they say, and whether they speak of an age by themselves."""
    for kind, pattern in _age_words(side).items():
        if side == "before":
            found = pattern.search(folded, max(low, high - _LONGEST), high)
            if found:
                return found.start("said"), kind, True
        elif found := pattern.match(folded, low, high):
            of_age = bool(_OLDER.search(found[0]))
            return found.end(), kind, of_age
    return None


@cache
def _age_words(side: str) -> dict[str, re.Pattern[str]]:
    words: Any = cue("limits", "age", side)
    form = r"(?P<said>{})[\s:]*$" if side == "before" else r"[\s,]*(?P<said>{})"
    return {kind: re.compile(form.format(whole_words(w).pattern)) for kind, w in words.items()}


def _other_age(line: Line, at: int) -> bool:
    ahead = line.folded[line.start : at].split()
    return bool(ahead) and ahead[-1] in listed("limits", "age", "other")


def values(line: Line, concepts: Concepts) -> Iterator[Found]:
    """ "BMI of at least 40 kg/m2", "LVEF < 35 %", "15 or more headache days a month"."""
    for mention in line.mentions:
        candidates = [concepts[c] for c in mention.concepts if concepts[c].kind in VALUES]
        if not candidates or AGE in mention.concepts:
            continue
        number = _its_number(line, mention, candidates)
        if number is None:
            continue
        start, end = _span(line, mention, number)
        unit = number.quantity.unit
        fitting = [c for c in candidates if unit and fits(unit, c)] or candidates
        if len(fitting) != 1 or mention.misspelt or mention.negated:
            yield Unread(start, end, "name")
            continue
        concept = fitting[0]
        end = max(end, per_behind(line.folded, end, concept))
        settled = in_unit(line, number, concept)
        if follower := _follower(line, number):
            yield Unread(start, max(end, follower.end), CHAINED)
        elif isinstance(settled, str):
            yield Unread(start, end, settled)
        else:
            yield Limit("value", concept.id, start, end, bounds_of(settled))


def _span(line: Line, mention: Mention, number: Number) -> tuple[int, int]:
    """Where name and number stand, with the longer name that a short one in brackets glosses and
    the bracket that closes around the number."""
    start, end = min(mention.start, number.start), max(mention.end, number.end)
    before = [m for m in line.mentions if m.end <= mention.start]
    last = before[-1] if before else mention
    bracket = line.folded[last.end : mention.start].strip() in ("(", "[")
    if bracket and set(last.concepts) & set(mention.concepts):
        start = last.start
    words = line.folded[start:end]
    opened = words.count("(") > words.count(")") and line.folded[end : end + 1] == ")"
    return start, end + opened


def _follower(line: Line, number: Number) -> Number | None:
    """Another limit that goes on from one without a name of its own: "> 35 % and <= 40 %"."""
    after = [n for n in line.numbers if n.start >= number.end]
    if not after or after[0].quantity.exact is not None:
        return None
    unit = after[0].quantity.unit
    same = not unit or unit == number.quantity.unit
    return (
        after[0] if same and _GOES_ON.fullmatch(line.folded[number.end : after[0].start]) else None
    )


def _its_number(line: Line, mention: Mention, candidates: list[Concept]) -> Number | None:
    """The compared number behind a name, or right before one that it counts."""
    for number in line.numbers:
        if number.quantity.exact is not None:
            continue
        if mention.end <= number.start:
            return number if _joined(line, mention.end, number.start) else None
    before = [n for n in line.numbers if n.end <= mention.start]
    if before and before[-1].quantity.exact is None:
        number, words = before[-1], WORD.findall(line.folded[before[-1].end : mention.start])
        counted = any(only_unit(c.unit) or fits(number.quantity.unit, c) for c in candidates)
        if counted and all(w in listed("limits", "counting") for w in words):
            return number if not _has_name(line, number) else None
    return None


def _has_name(line: Line, number: Number) -> bool:
    """Whether a number stands right behind another name already."""
    before = [m for m in line.mentions if m.end <= number.start]
    return bool(before) and _joined(line, before[-1].end, number.start)


def _joined(line: Line, low: int, high: int) -> bool:
    """Whether nothing but joining words and signs stands between a name and its number."""
    gap = line.folded[low:high]
    if line.folded[line.start : low].count("(") > line.folded[line.start : low].count(")"):
        gap = _GLOSS_ENDS.sub("", gap, count=1)  # "ejection fraction (LVEF) of 35 % or less"
    if _APART.search(gap) or len(gap) > _LONGEST_GAP:
        return False
    return not _SIGNS.sub("", _joining().sub(" ", gap))


@cache
def _joining() -> re.Pattern[str]:
    return whole_words(cue("limits", "joining"))


def in_unit(line: Line, number: Number, concept: Concept) -> Quantity | str:
    """The number in a unit of the concept, or why it is none."""
    quantity = number.quantity
    if number.foreign_unit or number.per:
        return "unit"
    unit = quantity.unit
    if unit and not fits(unit, concept):
        if not same_written(concept.unit, unit) or not concept.unit:
            return "unit"
        unit = concept.unit
    elif not unit:
        told = not concept.unit or only_unit(concept.unit)
        if not told and not per_behind(line.folded, number.end, concept):
            return "no_unit"
        unit = concept.unit
    settled = Quantity(quantity.low, quantity.high, unit, quantity.open)
    return settled if _plausible(settled, concept) else "implausible"


def _plausible(quantity: Quantity, concept: Concept) -> bool:
    if concept.plausible is None or not quantity.unit or not concept.unit:
        return True
    low, high = concept.plausible
    ends = [x for x in (quantity.low, quantity.high) if x is not None]
    return all(
        low <= convert(x, quantity.unit, concept.unit, concept.molar_mass) <= high for x in ends
    )


def bounds_of(quantity: Quantity) -> tuple[Bound, ...]:
    """What a compared number asks for.

    >>> [(b.op, str(b.limit.low)) for b in bounds_of(Quantity(None, Quantity.of(35).low, "%"))]
    [('at_most', '35')]
    """
    unit, is_open = quantity.unit, quantity.open
    out = []
    if quantity.low is not None:
        out.append(Bound("above" if is_open else "at_least", Quantity.of(quantity.low, unit)))
    if quantity.high is not None:
        out.append(Bound("below" if is_open else "at_most", Quantity.of(quantity.high, unit)))
    return tuple(out)
