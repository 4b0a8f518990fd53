"""Precision and recall of the adequacy gate over pairs of question and passage.

    python -m tests.evidence_adequacy.report [open|set_aside] [--failures]

The passages were written for this; a third of them, chosen by the hash of their text, is set aside
and looked at in total only. What counts is that nothing is called adequate that is not.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from indicated.criteria import load_library
from indicated.evidence.adequacy import Answer, Fit, Sought, fit
from indicated.facts import outline
from indicated.model import Concepts, Passage, Work

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Pair:
    """A question's item beside a passage, and what a careful reader says of the two."""

    sought: Sought
    passage: Passage
    answer: Answer
    fails: str = ""


@dataclass
class Figures:
    """How the gate's answers compare with a reader's."""

    pairs: int = 0
    passages: int = 0
    said: Counter[tuple[Answer, Answer]] = field(default_factory=Counter)  # (due, given)
    named: Counter[str] = field(default_factory=Counter)  # rightly refused, by what was named
    failures: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of what was called adequate, the share that is."""
        given = sum(n for (_, g), n in self.said.items() if g is Answer.ADEQUATE)
        return self.said[Answer.ADEQUATE, Answer.ADEQUATE] / given if given else 1.0

    @property
    def recall(self) -> float:
        """Of what is adequate, the share that was called so."""
        due = sum(n for (d, _), n in self.said.items() if d is Answer.ADEQUATE)
        return self.said[Answer.ADEQUATE, Answer.ADEQUATE] / due if due else 1.0

    @property
    def reason(self) -> float:
        """Of what was rightly refused, the share in which the failing part was named."""
        refused = sum(
            n for (d, g), n in self.said.items() if Answer.ADEQUATE not in (d, g)
        )  # fmt: skip
        return self.named["right"] / refused if refused else 1.0


def pairs(part: str) -> Iterator[Pair]:
    """Every pair of a part."""
    for entry in yaml.safe_load((HERE / part / "pairs.yaml").read_text("utf-8")):
        work = Work("w", entry.get("title", ""))
        text = entry["text"]
        passage = Passage(work, text, 0, len(text), entry.get("section", ""))
        for asked in entry["pairs"]:
            yield Pair(_sought(asked), passage, Answer(asked["answer"]), asked.get("fails", ""))


def _sought(asked: Mapping[str, Any]) -> Sought:
    keys = ("intervention", "indication", "population")
    return Sought(*((asked[key],) if key in asked else () for key in keys))


def answer(pair: Pair, concepts: Concepts) -> Fit:
    """What the gate says of a pair."""
    return fit(pair.sought, pair.passage, partial(outline, concepts=concepts), concepts)


def figures(part: str, concepts: Concepts) -> Figures:
    """The figures of a part."""
    got = Figures()
    got.passages = len({p.passage.text for p in pairs(part)})
    for pair in pairs(part):
        given = answer(pair, concepts)
        got.pairs += 1
        got.said[pair.answer, given.answer] += 1
        if Answer.ADEQUATE not in (pair.answer, given.answer):
            got.named["right" if given.fails == pair.fails else "wrong"] += 1
        if (given.answer, given.fails) != (pair.answer, pair.fails):
            got.failures.append(f"{pair.passage.text}\n    {pair.sought}\n    {pair.answer} "
                                f"{pair.fails}, given {given}")  # fmt: skip
    return got


def main(part: str = "set_aside", *options: str) -> None:
    """Print the figures of a part."""
    got = figures(part, load_library().concepts)
    print(f"{part}: {got.pairs} pairs over {got.passages} passages")
    print(f"{'due':<18}" + "".join(f"{a.value:>18}" for a in Answer))
    for due in Answer:
        print(f"{due.value:<18}" + "".join(f"{got.said[due, a]:>18}" for a in Answer))
    print(f"precision of adequate {got.precision:.4f}, recall {got.recall:.4f}; "
          f"the failing part is named in {got.reason:.4f} of what is refused")  # fmt: skip
    if "--failures" in options:
        if part != "open":
            sys.exit("what is set aside is looked at in total only")
        print("\n".join(got.failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
