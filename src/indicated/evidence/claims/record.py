"""The record beside a text: its facts, and when two of them speak of one day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from indicated.evidence.claims.words import cue
from indicated.model import Assertion, ClaimStanding, Concepts, Fact, Mark, Premise, Quantity

NOT_FOUND = ("not_found", ClaimStanding.NOT_FOUND)
HELD = (Assertion.PRESENT, Assertion.HISTORICAL)
SAYS_SOMETHING = (*HELD, Assertion.ABSENT)
Same = Callable[[Quantity | str | None, Quantity | str | None, str], bool | None]


@dataclass(frozen=True)
class Record:
    """The record's facts, and how a statement of the text is held against them."""

    facts: Sequence[Fact]
    concepts: Concepts
    as_of: date
    premise: Callable[[Fact], Premise | None]  # one statement, as a premise of a question
    same: Same  # whether two values of a concept are one; None: they cannot be compared

    def of(self, concept: str) -> list[Fact]:
        """The facts of a concept or of a kind of it."""
        return [f for f in self.facts if self.concepts.is_a(f.concept, concept)]

    def treatment(self, concept: str) -> bool:
        """Whether it is a treatment."""
        kinds = set(cue("treatment_kinds"))
        return concept in self.concepts and self.concepts[concept].kind in kinds


def own_day(fact: Fact) -> tuple[date, date] | None:
    """The day that the text itself gives for it."""
    when = fact.when
    if when.assumed or Mark.DATE_ASSUMED in fact.marks or when.start is None:
        return None
    return when.start.earliest, (when.end or when.start).latest


def meets(day: tuple[date, date], fact: Fact) -> bool:
    """Whether a fact may be of that day."""
    start = fact.when.start or fact.when.end
    end = fact.when.end or fact.when.start
    return bool(start and end and start.earliest <= day[1] and day[0] <= end.latest)


def earlier(fact: Fact, record: Record) -> bool:
    """Whether the text says that it was so at another time."""
    end = fact.when.end
    return fact.assertion is Assertion.HISTORICAL or bool(end and end.latest < record.as_of)


def last_day(fact: Fact) -> date | None:
    """The last day that a fact speaks of."""
    day = fact.when.end or fact.when.start
    return day.latest if day else None


def recent(fact: Fact, as_of: date) -> bool:
    """Whether it was so within a month of the as-of date."""
    last = last_day(fact)
    return last is not None and (as_of - last).days <= 30
