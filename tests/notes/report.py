"""Precision and recall of the reader on the annotated sentences, by phenomenon.

    python -m tests.notes.report [open|set_aside] [--failures]

`--failures` prints what went wrong, of the open part only: what is set aside stays unseen.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from indicated.facts import read_facts
from indicated.model import Chart, Document, Fact
from tests.notes.check import CONCEPTS
from tests.notes.marks import Note, Score, agrees, load, score, touches

WRITTEN = date(2025, 6, 15)
# The bars of the two kinds of phenomena: (precision, recall).
ASSERTION_AND_VALUES = (0.97, 0.95)
THERAPY_AND_DATES = (0.93, 0.90)
THERAPY = frozenset({
    "failures", "failure-negated", "intolerance", "refused", "doses", "adequacy", "response",
    "courses", "dates", "relative-dates", "durations",
})  # fmt: skip


def facts_of(note: Note) -> tuple[Fact, ...]:
    """What the reader reads of a note."""
    document = Document("note", note.text, WRITTEN, kind=note.kind)
    return read_facts(Chart((document,)), CONCEPTS, as_of=date(2025, 7, 1)).items


def scores(part: str) -> dict[str, Score]:
    """The score of each phenomenon."""
    by: dict[str, Score] = defaultdict(Score)
    for note in load(part, CONCEPTS):
        by[note.phenomenon] += score(note, facts_of(note))
    return dict(by)


def together(by: dict[str, Score], names: Iterable[str]) -> Score:
    """The score over several phenomena."""
    return sum((by[name] for name in names), Score())


def groups(by: dict[str, Score]) -> list[tuple[str, Score, tuple[float, float]]]:
    """The two groups that have a bar, with it."""
    therapy = [n for n in by if n in THERAPY]
    other = [n for n in by if n not in THERAPY]
    return [
        ("assertion and measurements", together(by, other), ASSERTION_AND_VALUES),
        ("therapy trials and dates", together(by, therapy), THERAPY_AND_DATES),
    ]


def table(by: dict[str, Score]) -> str:
    """The scores as a Markdown table."""
    lines = ["| phenomenon | marked | precision | recall |", "|---|---:|---:|---:|"]
    for name in sorted(by):
        lines.append(_row(name, by[name]))
    for name, total, (precision, recall) in groups(by):
        lines.append(_row(f"**{name}** (bar {precision} / {recall})", total))
    return "\n".join(lines)


def _row(name: str, s: Score) -> str:
    return f"| {name} | {s.found + s.missed} | {s.precision:.3f} | {s.recall:.3f} |"


def failures(part: str) -> None:
    """What was missed and what was read wrongly, for whoever mends the reader."""
    from tests.facts.compact import line

    for note in load(part, CONCEPTS):
        facts = facts_of(note)
        one = score(note, facts)
        if not (one.missed or one.wrong):
            continue
        print(f"\n{note.place}  {note.text!r}")
        for e in note.expected:
            if not any(agrees(f, e) and touches(f, e.start, e.end) for f in facts):
                value = f" = {e.value}" if e.value is not None else ""
                print(f"   missed: {e.concept}{value} {e.assertion} {e.attributes}")
        for f in facts:
            if not any(agrees(f, e) and touches(f, e.start, e.end) for e in note.expected):
                print(f"   read:   {line(f, WRITTEN)}")


def main(arguments: list[str]) -> None:
    part = next((a for a in arguments if not a.startswith("-")), "open")
    if "--failures" in arguments:
        if part != "open":
            sys.exit("What is set aside stays unseen: --failures is for the open part.")
        failures(part)
    print(table(scores(part)))


if __name__ == "__main__":
    main(sys.argv[1:])
