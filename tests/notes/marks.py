"""Sentences with the facts marked in them, and how well a reader finds those facts.

A line is one short text. `[[words => fact]]` marks words and what they say; the words alone are
what the reader sees. `//` is a line break. `[[words => nothing]]` marks a trap: words that look
like a fact and are none. Several facts of the same words stand apart with `&&`. A line may begin
with `@letter`, `@denial`, `@laboratory`, `@order` or `@problem-list`: the kind of document. The
document is dated 2025-06-15. Lines that begin with `#` are comments.

A fact is `concept [= value [unit]] [| attribute]...`. Only what is written is compared, except the
assertion, which is `present` where nothing else is written. Attributes:

    absent, possible, planned, hypothetical, family, historical, not_documented
    on DATE, from DATE, to DATE, undated, ongoing        (DATE: 2025-03-12, 2025-03 or 2025)
    dose N UNIT, every N UNIT, for N UNIT, ROUTE (intravenous, subcutaneous, oral, topical, ...)
    response none|partial|good|lost, ended no-response|intolerance|contraindication|declined|
        completed|other, adequate, inadequate, not taken
    by patient|payer|letter|laboratory|provider
    at left L4/5 ...             shown by imaging|biopsy|culture|test|examination
    unit_missing, unit_inferred, unit_impossible, colonisation, code_only
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from indicated.model import Assertion, Concepts, Fact, Mark, Quantity
from indicated.units import unit_code

HERE = Path(__file__).parent
_MARK = re.compile(r"\[\[(?P<words>.+?) => (?P<facts>.+?)\]\]")
_KIND = re.compile(r"@(?P<kind>[a-z-]+) ")
_ASSERTIONS = {a.value: a for a in Assertion}
_RESPONSES = {"none", "partial", "good", "lost"}
_ROUTES = {
    "intravenous", "subcutaneous", "oral", "topical", "intramuscular", "inhaled", "epidural",
    "nasal", "intra-articular", "transdermal", "rectal", "sublingual",
}  # fmt: skip


_READ_AS = {"nasal": "intranasal"}  # the notation's word for a route, and the reader's


class NoteError(ValueError):
    """A line that is not in the notation, with what is wrong with it."""


@dataclass(frozen=True)
class Expected:
    """A fact that the words of one mark say; `attributes` are compared, the rest is not."""

    concept: str
    start: int
    end: int
    assertion: Assertion
    value: Quantity | str | None
    attributes: tuple[tuple[str, str], ...]
    happens: bool = False  # an event or procedure: one that is over is one that was


@dataclass(frozen=True)
class Note:
    """One annotated text."""

    place: str  # file:line
    phenomenon: str
    kind: str
    text: str
    expected: tuple[Expected, ...]
    traps: tuple[tuple[int, int], ...]


def parse(line: str, place: str, phenomenon: str, concepts: Concepts) -> Note:
    """A line of the notation. Raises `NoteError` for what it does not understand."""
    kind = _KIND.match(line)
    rest = line[kind.end() :] if kind else line
    rest = rest.replace(" // ", "\n").replace("//", "\n")
    text, expected, traps, last = "", [], [], 0
    for mark in _MARK.finditer(rest):
        text += rest[last : mark.start()]
        start, end = len(text), len(text) + len(mark["words"])
        text += mark["words"]
        last = mark.end()
        if mark["facts"].strip() == "nothing":
            traps.append((start, end))
            continue
        for fact in mark["facts"].split("&&"):
            expected.append(_expected(fact, start, end, place, concepts))
    text += rest[last:]
    if "[[" in text or "]]" in text or "=>" in text:
        raise NoteError(f"{place}: a mark is not closed")
    return Note(place, phenomenon, kind["kind"] if kind else "note", text, tuple(expected),
                tuple(traps))  # fmt: skip


def _expected(fact: str, start: int, end: int, place: str, concepts: Concepts) -> Expected:
    head, *attributes = [part.strip() for part in fact.split("|")]
    concept, _, value = (part.strip() for part in head.partition("="))
    if concept not in concepts:
        raise NoteError(f'{place}: there is no concept "{concept}"')
    assertion, kept = Assertion.PRESENT, []
    for attribute in attributes:
        if attribute in _ASSERTIONS:
            assertion = _ASSERTIONS[attribute]
        else:
            kept.append(_attribute(attribute, place))
    quantity = _quantity(value, place, concepts[concept].levels) if value else None
    happens = concepts[concept].kind in ("event", "procedure")
    return Expected(concept, start, end, assertion, quantity, tuple(kept), happens)


def _attribute(written: str, place: str) -> tuple[str, str]:
    """An attribute as key and value, checked."""
    if written in ("undated", "ongoing", "adequate", "inadequate", "not taken"):
        return written, ""
    if written in _ROUTES:
        return "route", written
    if written in {m.value for m in Mark}:
        return "mark", written
    key, _, value = written.partition(" ")
    if written.startswith("shown by "):
        return "shown by", written.removeprefix("shown by ")
    if key in ("dose", "every", "for"):
        _quantity(value, place, ())
        return key, value
    if key in ("on", "from", "to") and re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
        return key, value
    if key == "response" and value in _RESPONSES:
        return key, value
    if key in ("ended", "by", "at") and value:
        return key, value
    raise NoteError(f'{place}: "{written}" is no attribute')


def _quantity(written: str, place: str, levels: Sequence[str]) -> Quantity | str:
    if written in levels:
        return written
    form = re.fullmatch(
        r"(?P<cmp><=|>=|<|>)?\s*(?P<a>-?\d+(?:\.\d+)?)(?:-(?P<b>\d+(?:\.\d+)?))?(?:\s+(?P<u>\S.*))?",
        written,
    )
    if form is None:
        if re.match(r"[\d<>]", written):
            raise NoteError(f'{place}: "{written}" is no number with a unit')
        return written
    unit = form["u"] or ""
    code = unit if unit in ("{count}",) else (unit_code(unit) if unit else "")
    if code is None:
        raise NoteError(f'{place}: "{unit}" is no unit')
    try:
        low, high = Decimal(form["a"]), Decimal(form["b"] or form["a"])
    except InvalidOperation:
        raise NoteError(f'{place}: "{written}" is no number') from None
    match form["cmp"]:
        case "<":
            return Quantity(None, high, code, True)
        case "<=":
            return Quantity(None, high, code)
        case ">":
            return Quantity(low, None, code, True)
        case ">=":
            return Quantity(low, None, code)
    return Quantity(low, high, code)


def load(part: str, concepts: Concepts) -> list[Note]:
    """The notes of one part (`open` or `set_aside`), by phenomenon."""
    notes = []
    for file in sorted((HERE / part).glob("*.txt")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                place = f"{part}/{file.name}:{number}"
                notes.append(parse(line.strip(), place, file.stem, concepts))
    return notes


# --- comparing -----------------------------------------------------------------------------


def agrees(fact: Fact, expected: Expected) -> bool:
    """Whether a fact says what was marked: concept, assertion, value and each written attribute."""
    if fact.concept != expected.concept:
        return False
    past = {fact.assertion, expected.assertion} == {Assertion.PRESENT, Assertion.HISTORICAL}
    if fact.assertion is not expected.assertion and not (past and expected.happens):
        return False
    if expected.value is not None and not _same_value(fact.value, expected.value):
        return False
    return all(_has(fact, key, value) for key, value in expected.attributes)


def touches(fact: Fact, start: int, end: int) -> bool:
    """Whether any of the fact's words lie in the stretch."""
    return any((s.start or 0) < end and start < (s.end or 0) for s in fact.sources)


def _same_value(found: Quantity | str | None, wanted: Quantity | str) -> bool:
    if isinstance(found, Quantity) and isinstance(wanted, Quantity):
        same_unit = not wanted.unit or found.unit == wanted.unit
        return same_unit and (found.low, found.high, found.open) == (
            wanted.low, wanted.high, wanted.open,
        )  # fmt: skip
    return found == wanted


def _has(fact: Fact, key: str, value: str) -> bool:
    therapy, when = fact.therapy, fact.when
    check: dict[str, Callable[[], bool]] = {
        "undated": lambda: not when.dated,
        "ongoing": lambda: when.ongoing,
        "on": lambda: when.start == when.end and _day(when.start, value),
        "from": lambda: _day(when.start, value),
        "to": lambda: _day(when.end, value),
        "dose": lambda: therapy is not None and _stated(therapy.dose, value),
        "every": lambda: therapy is not None and _stated(therapy.every, value),
        "for": lambda: therapy is not None and _stated(therapy.duration, value),
        "route": lambda: therapy is not None and therapy.route == _READ_AS.get(value, value),
        "response": lambda: therapy is not None and therapy.response == value,
        "ended": lambda: therapy is not None and therapy.ended_because == value,
        "adequate": lambda: therapy is not None and therapy.adequate is True,
        "inadequate": lambda: therapy is not None and therapy.adequate is False,
        "not taken": lambda: therapy is not None and not therapy.taken,
        "by": lambda: fact.asserter.value == value,
        "at": lambda: set(value.split()) <= fact.site,
        "shown by": lambda: value in fact.shown_by,
        "mark": lambda: Mark(value) in fact.marks,
    }
    return check[key]()


def _stated(found: Quantity | None, wanted: str) -> bool:
    return found is not None and _same_value(found, _quantity(wanted, "", ()))


def _day(found: object, wanted: str) -> bool:
    """Whether a day of the fact is the one written, to the precision that is written."""
    earliest, latest = getattr(found, "earliest", None), getattr(found, "latest", None)
    if not isinstance(earliest, date) or not isinstance(latest, date):
        return False
    return earliest.isoformat().startswith(wanted) and latest.isoformat().startswith(wanted)


# --- counting ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """How often a fact was found, missed, and read where there is none."""

    found: int = 0
    missed: int = 0
    wrong: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.found + other.found, self.missed + other.missed, self.wrong + other.wrong)

    @property
    def precision(self) -> float:
        """Of what was read, the part that is so."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what is so, the part that was read."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


def score(note: Note, facts: Iterable[Fact]) -> Score:
    """One note's score. Age and sex, which any sentence may betray, count only where marked, and a
    code's own fact (a label, not evidence) only where marked too."""
    asked = {e.concept for e in note.expected}
    read = [f for f in facts if f.concept in asked or not _aside(f)]
    found = sum(any(agrees(f, e) and touches(f, e.start, e.end) for f in read)
                for e in note.expected)  # fmt: skip
    right = sum(any(agrees(f, e) and touches(f, e.start, e.end) for e in note.expected)
                for f in read)  # fmt: skip
    return Score(found, len(note.expected) - found, len(read) - right)


def _aside(fact: Fact) -> bool:
    return fact.concept in ("age", "sex") or Mark.CODE_ONLY in fact.marks
