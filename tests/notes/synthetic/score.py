"""How many of the facts of the generated notes are read back: by kind, and by noise.

    python -m tests.notes.synthetic.score

A fact is found where the reader gives one that agrees with it; where its words stand is not asked,
since noise moves them. A false fact is one of a concept that the note does not speak of at all,
or names without saying anything of the patient (a plan's requirement, "on RA" for room air). Age
and sex stand in every head and are left aside.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from indicated.chart import chart_from_text
from indicated.facts import read_facts
from indicated.model import Fact
from tests.notes.check import CONCEPTS
from tests.notes.marks import Expected, agrees, parse

from .data import HERE

KINDS = {"clean": "clean", "wrapped": "wrapped", "scanned": "OCR-like"}


@dataclass
class Tally:
    """What was found of what was stated, and what was read that is not stated."""

    notes: int = 0
    found: Counter[str] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)  # by concept
    trapped: int = 0  # of the false ones, those of a word that says nothing
    otherwise: int = 0  # of a concept that is stated, but agreeing with nothing

    def count(self, truth: dict[str, Any], facts: Iterable[Fact]) -> None:
        """Add one note."""
        self.notes += 1
        facts = list(facts)
        known: list[Expected] = []
        for entry in truth["facts"]:
            ways = [expected(says) for says in entry["says"]]
            known += ways
            self.stated[entry["kind"]] += 1
            self.found[entry["kind"]] += any(agrees(f, way) for f in facts for way in ways)
        stated = {e.concept for e in known}
        aside = {"age", "sex", *truth["mentions"]} - stated
        for fact in facts:
            if fact.concept in aside:
                continue
            if fact.concept not in stated:
                self.false[fact.concept] += 1
                self.trapped += fact.concept in truth["traps"]
            else:
                self.otherwise += not any(agrees(fact, e) for e in known)

    def line(self, name: str) -> str:
        """Recall, and what was read besides."""
        stated, found = self.stated.total(), self.found.total()
        return (
            f"| {name} | {self.notes} | {stated} | {found / max(stated, 1):.3f} "
            f"| {self.false.total() / max(self.notes, 1):.2f} | {self.trapped / max(self.notes, 1):.2f} "
            f"| {self.otherwise / max(self.notes, 1):.2f} |"
        )


def expected(says: str) -> Expected:
    """One fact in the notation of the annotated sentences."""
    return parse(f"[[x => {says}]]", "truth", "synthetic", CONCEPTS).expected[0]


def tallies() -> dict[str, Tally]:
    """Every note read and counted, by the kind of its noise."""
    by = {kind: Tally() for kind in KINDS}
    for line in (HERE / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        text = (HERE / "notes" / f"{truth['id']}.txt").read_text(encoding="utf-8")
        later = date.fromisoformat(truth["written"]) + timedelta(days=14)
        facts = read_facts(chart_from_text(text, truth["id"]), CONCEPTS, as_of=later)
        by[truth["kind"]].count(truth, facts.items)
    return by


def table(by: dict[str, Tally]) -> str:
    """Recall by kind of fact and of noise, then what was read that is not there."""
    kinds = sorted({kind for tally in by.values() for kind in tally.stated})
    lines = [
        f"| kind | stated | {' | '.join(KINDS.values())} | all |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind in kinds:
        cells = [_share(t.found[kind], t.stated[kind]) for t in by.values()]
        stated = sum(t.stated[kind] for t in by.values())
        found = sum(t.found[kind] for t in by.values())
        lines.append(f"| {kind} | {stated} | {' | '.join(cells)} | {_share(found, stated)} |")
    lines += ["", "| notes | number | stated | recall | false a note | of these traps | read otherwise a note |",
              "|---|---:|---:|---:|---:|---:|---:|"]  # fmt: skip
    whole = Tally()
    for kind, tally in by.items():
        lines.append(tally.line(KINDS[kind]))
        whole.notes += tally.notes
        whole.found += tally.found
        whole.stated += tally.stated
        whole.false += tally.false
        whole.trapped += tally.trapped
        whole.otherwise += tally.otherwise
    return "\n".join([*lines, whole.line("**all**")])


def _share(found: int, stated: int) -> str:
    return f"{found / stated:.3f}" if stated else "-"


if __name__ == "__main__":
    print(table(tallies()))
    sys.exit(0)
