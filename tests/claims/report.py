"""What the check of a text calls wrong, and what of the wrong it finds, over texts written for it.

    python -m tests.claims.report [open|set_aside] [--failures]

The texts are letters, denials and answers over shipped charts, with right sentences and planted
errors of each kind; a third, chosen by the hash of its sentences, is set aside and looked at in
total only. To call a right sentence wrong is the worst error, so precision comes first.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from indicated.chart import read_chart
from indicated.claims import check_text
from indicated.criteria import load_library
from indicated.model import Case, Claim, ClaimStanding, Library, TextCheck

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
S = ClaimStanding
WRONG = frozenset({S.CONTRADICTED, S.NUMBER, S.ARITHMETIC})
FAULTS = (S.CONTRADICTED, S.NUMBER, S.ARITHMETIC, S.OVERSTATED, S.NO_SOURCE)


@dataclass
class Figures:
    """Sentence by sentence: what it is, and what the check called it."""

    texts: int = 0
    given: Counter[tuple[ClaimStanding, ClaimStanding]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def _count(self, due: frozenset[ClaimStanding], called: frozenset[ClaimStanding]) -> int:
        return sum(n for (d, c), n in self.given.items() if d in due and c in called)

    @property
    def precision(self) -> float:
        """Of the sentences called contradicted or wrong, the share that is wrong."""
        every = frozenset(ClaimStanding)
        called = self._count(every, WRONG)
        return self._count(WRONG, WRONG) / called if called else 1.0

    @property
    def recall(self) -> float:
        """Of the wrong sentences, the share that is called so."""
        return self.found(WRONG, WRONG)

    @property
    def safe(self) -> float:
        """Of the sentences called supported, the share that is not wrong or overstated."""
        called = self._count(frozenset(ClaimStanding), frozenset({S.SUPPORTED}))
        bad = self._count(WRONG | {S.OVERSTATED}, frozenset({S.SUPPORTED}))
        return 1 - bad / called if called else 1.0

    def found(self, due: frozenset[ClaimStanding], called: frozenset[ClaimStanding]) -> float:
        """Of what is one of these, the share that is called one of those."""
        all_due = self._count(due, frozenset(ClaimStanding))
        return self._count(due, called) / all_due if all_due else 1.0


def texts(part: str) -> list[dict[str, Any]]:
    """Every text of a part: its chart, its day and its sentences."""
    found: list[dict[str, Any]] = []
    for file in sorted((HERE / part).glob("*.yaml")):
        found += yaml.safe_load(file.read_text("utf-8"))
    return found


def checked(entry: Mapping[str, Any], library: Library) -> TextCheck:
    """The check of a text beside its chart and the question of its case."""
    joint = "\n" if entry["laid_out"] == "lines" else " "
    text = joint.join(s["says"] for s in entry["sentences"])
    folder = ROOT / entry["chart"]
    question = (folder / "question.txt").read_text("utf-8").strip()
    day = date.fromisoformat(str(entry["as_of"]))
    return check_text(text, Case(question, read_chart((folder / "chart",)), day), library)


def judged(entry: Mapping[str, Any], got: TextCheck) -> Iterator[tuple[str, S, S, list[Claim]]]:
    """Each sentence, what it is, and the worst that the check called any part of it."""
    at, order = 0, list(ClaimStanding)
    for sentence in entry["sentences"]:
        start = got.document.text.index(sentence["says"], at)
        end = at = start + len(sentence["says"])
        of = [c for c in got.claims if (c.source.start or 0) < end and start < (c.source.end or 0)]
        called = min((c.standing for c in of), key=order.index, default=S.NO_CLAIM)
        yield sentence["says"], S(sentence["is"]), called, of


def figures(part: str, library: Library) -> Figures:
    """The figures of a part."""
    result = Figures()
    for entry in texts(part):
        result.texts += 1
        for says, due, called, of in judged(entry, checked(entry, library)):
            result.given[due, called] += 1
            if due is not called:
                why = [r.kind for c in of for r in c.remarks]
                result.failures.append(f"{due.value:>13} called {called.value:<13}{says}  {why}")
    return result


def main(part: str = "set_aside", *options: str) -> None:
    """Print the figures of a part."""
    got = figures(part, load_library())
    print(f"{part}: {got.texts} texts, {got.given.total()} sentences")
    print(f"{'it is':<14}" + "".join(f"{s.value[:12]:>13}" for s in ClaimStanding))
    for due in ClaimStanding:
        print(f"{due.value:<14}" + "".join(f"{got.given[due, s]:>13}" for s in ClaimStanding))
    print(f"called wrong and wrong (precision) {got.precision:.4f}")
    print(f"wrong and called wrong (recall)    {got.recall:.4f}")
    for kind in FAULTS:
        called = WRONG if kind in WRONG else frozenset({kind})
        print(f"  of {kind.value:<13} {got.found(frozenset({kind}), called):.4f}")
    print(f"called supported and not wrong     {got.safe:.4f}")
    if "--failures" in options:
        if part != "open":
            sys.exit("what is set aside is looked at in total only")
        print("\n".join(got.failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
