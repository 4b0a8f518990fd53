"""Recall and precision of the step that withholds identifying details, by kind.

    python -m tests.deid.report [open|set_aside] [--failures]

A detail counts as found when every letter and digit of it is withheld. `--failures` shows the
sentences of the open part; those set aside are looked at in total only.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from indicated.criteria import load_library
from indicated.report.identifying import find
from indicated.report.word_lists import Words, words_of

HERE = Path(__file__).resolve().parent
MARK = re.compile(r"\[\[(\w+):(.*?)\]\]")
Marked = tuple[str, list[tuple[int, int, str]]]


@dataclass
class Figures:
    """What was found of what is there, and what was withheld without need."""

    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    rightly: Counter[str] = field(default_factory=Counter)
    sentences: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found.total() / self.there.total()

    @property
    def precision(self) -> float:
        return self.rightly.total() / self.withheld.total()


def read(line: str) -> Marked:
    """A line's text without marks, and where each detail stands in it."""
    text, marks, last = "", [], 0
    for m in MARK.finditer(line):
        text += line[last : m.start()]
        marks.append((len(text), len(text) + len(m[2]), m[1]))
        text += m[2]
        last = m.end()
    return text + line[last:], marks


def sentences(part: str) -> list[Marked]:
    """Every sentence of a part."""
    files = sorted((HERE / part).glob("*.txt"))
    return [read(x) for f in files for x in f.read_text("utf-8").splitlines() if x.strip()]


def figures(part: str, words: Words) -> Figures:
    """The figures of a part."""
    result = Figures()
    for text, marks in sentences(part):
        result.sentences += 1
        found = find(text, words)
        hidden = {i for f in found for i in range(f.start, f.end)}
        missed, extra = [], []
        for start, end, kind in marks:
            result.there[kind] += 1
            if all(i in hidden for i in range(start, end) if text[i].isalnum()):
                result.found[kind] += 1
            else:
                missed.append(text[start:end])
        for f in found:
            result.withheld[f.kind] += 1
            if any(f.start < end and start < f.end for start, end, _ in marks):
                result.rightly[f.kind] += 1
            else:
                extra.append(text[f.start : f.end])
        if missed or extra:
            result.failures.append(f"{text}\n    missed {missed} without need {extra}")
    return result


def main(part: str = "set_aside", *options: str) -> None:
    """Print the figures of a part."""
    got = figures(part, words_of(load_library()))
    print(f"{part}: {got.sentences} sentences, {got.there.total()} details")
    print(f"{'kind':<10}{'there':>7}{'found':>7}{'recall':>9}{'withheld':>10}{'precision':>11}")
    for kind in sorted(got.there | got.withheld):
        recall = got.found[kind] / got.there[kind] if got.there[kind] else 1
        right = got.rightly[kind] / got.withheld[kind] if got.withheld[kind] else 1
        row = f"{kind:<10}{got.there[kind]:>7}{got.found[kind]:>7}{recall:>9.3f}"
        print(f"{row}{got.withheld[kind]:>10}{right:>11.3f}")
    print(f"recall {got.recall:.4f}, precision {got.precision:.4f}")
    if "--failures" in options:
        if part != "open":
            sys.exit("what is set aside is looked at in total only")
        print("\n".join(got.failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
