"""The annotated sentences hold the reader up: their number, their notation, and the bars they set.

The sentences set aside are scored and never shown: a failing bar here says by how much, not where.
"""

from __future__ import annotations

from functools import cache

import pytest

from .check import CONCEPTS
from .marks import Note, Score, agrees, load, score, touches
from .report import facts_of, groups, scores

PARTS = ("open", "set_aside")


@cache
def notes(part: str) -> list[Note]:
    return load(part, CONCEPTS)


@cache
def by_phenomenon(part: str) -> dict[str, Score]:
    return scores(part)


def test_there_are_a_thousand_sentences_and_a_third_of_them_is_set_aside() -> None:
    count = {part: len(notes(part)) for part in PARTS}
    assert sum(count.values()) >= 1000
    assert count["set_aside"] * 3 >= 1000


def test_there_are_hard_negatives_in_every_part() -> None:
    """Words marked as saying nothing, lines without a fact, and lines of two minds."""
    for part in PARTS:
        hard = [n for n in notes(part) if n.traps or not n.expected or _is_hard(n)]
        assert len(hard) * 4 >= len(notes(part))


def _is_hard(note: Note) -> bool:
    """Whether a line says of some name the opposite of what its cue would."""
    return len({(e.assertion, e.attributes) for e in note.expected}) > 1


def test_the_scorer_sees_a_wrong_fact_a_missed_one_and_a_right_one() -> None:
    note = next(n for n in notes("open") if len(n.expected) == 1 and not n.traps)
    facts = facts_of(note)
    right = [f for f in facts if any(agrees(f, e) and touches(f, e.start, e.end)
                                     for e in note.expected)]  # fmt: skip
    if right:
        assert score(note, right) == Score(1, 0, 0)
    assert score(note, []) == Score(0, 1, 0)


# A little under what the reader reached when these were last raised; the aim is in report.py. What
# is set aside is scored and never shown.
FLOORS = {
    "open": {"assertion and measurements": (0.97, 0.95), "therapy trials and dates": (0.93, 0.90)},
    "set_aside": {
        "assertion and measurements": (0.87, 0.84),
        "therapy trials and dates": (0.82, 0.84),
    },
}


@pytest.mark.parametrize("part", PARTS)
def test_the_reader_holds_what_it_reached(part: str) -> None:
    for name, found, _ in groups(by_phenomenon(part)):
        precision, recall = FLOORS[part][name]
        assert found.precision >= precision, f"{part}, {name}: precision {found.precision:.3f}"
        assert found.recall >= recall, f"{part}, {name}: recall {found.recall:.3f}"
