"""Reading a chart: how fast, how much memory, how it grows, and how well, beside medspaCy.

    python bench/reading.py [--peer PYTHON] [--pages 100] [--repeat 3]

`--peer` is a Python that has medspaCy (`make bench-peer` sets one up in `.venv-peer`). Both readers
get the same texts and the same names of concepts in one run, in turn, each in a process of its own,
on one core; seconds are of processor time, the best of the repeats. medspaCy finds sentences,
sections, names and their contexts. Our side does all that it ever does: sections, sentences, names,
contexts, numbers with units, dates, treatments, tables, merging and contradictions.

How well: the annotated sentences of `tests/notes/set_aside`, which nobody tuned on. A class is
right when the same name is read with it; both are held to the same marks.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from indicated.criteria import load_library
from indicated.facts import read_facts
from indicated.model import Assertion, Chart, Concepts, Document, Fact

if TYPE_CHECKING:
    from tests.notes.marks import Expected

ROOT = Path(__file__).parent.parent
PAGE = 3333  # characters: a chart of 300 pages is a million
AS_OF = date(2026, 1, 1)
TEXTS = ("examples/*/chart/*", "examples/cases/*/chart/*", "tests/notes/synthetic/notes/*.txt")


def pages(number: int) -> list[str]:
    """So many pages of notes: every note that is at hand, over and over, each page different in
    where it begins."""
    notes = [f.read_text(encoding="utf-8") for p in TEXTS for f in sorted(ROOT.glob(p))
             if f.suffix in (".txt", ".md")]  # fmt: skip
    whole = "\n\n".join(notes)
    long = whole * (number * PAGE // len(whole) + 1)
    return [long[i * PAGE : (i + 1) * PAGE] for i in range(number)]


def names_of(concepts: Concepts) -> dict[str, list[str]]:
    """Every name of every concept."""
    return {c.id: [*c.names, *c.abbreviations] for c in concepts.by_id.values()}


# --- ours, in a process of its own ---------------------------------------------------------


def ours() -> None:
    """Our side of the comparison, as `peer_medspacy.py` is the other."""
    given: dict[str, Any] = json.load(sys.stdin)
    concepts = load_library().concepts
    read_facts(Chart((Document("warm", "Ready."),)), concepts, as_of=AS_OF)
    seconds = []
    for _ in range(given["repeat"]):
        documents = tuple(
            Document(f"page {n}", text, date(2025, 6, 1)) for n, text in enumerate(given["texts"])
        )
        begun = process_time()
        facts = read_facts(Chart(documents), concepts, as_of=AS_OF)
        seconds.append(process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    json.dump({"seconds": seconds, "peak_kb": peak, "facts": len(facts.items)}, sys.stdout)


def run(command: Sequence[str], given: dict[str, Any]) -> dict[str, Any]:
    """What a side answers."""
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# --- the tables ----------------------------------------------------------------------------


def growth(mine: Sequence[str]) -> None:
    """Seconds at 1, 10, 100 and 300 pages."""
    print(f"{'pages':>6} {'characters':>11} {'seconds':>8} {'per page':>9} {'characters/s':>13} "
          f"{'peak memory':>12}")  # fmt: skip
    for number in (1, 10, 100, 300):
        texts = pages(number)
        answer = run(mine, {"texts": texts, "repeat": 3})
        seconds, chars = min(answer["seconds"]), sum(map(len, texts))
        print(f"{number:6} {chars:11,} {seconds:8.3f} {seconds / number * 1000:6.1f} ms "
              f"{chars / seconds:13,.0f} {answer['peak_kb'] / 1024:9,.0f} MB")  # fmt: skip


def beside(mine: Sequence[str], peer: Sequence[str], number: int, repeat: int) -> None:
    """Speed and memory of both on the same pages, in turn."""
    given = {"texts": pages(number), "repeat": 1, "notes": [],
             "names": names_of(load_library().concepts)}  # fmt: skip
    rounds = [(run(mine, given), run(peer, given)) for _ in range(repeat)]
    chars = sum(map(len, given["texts"]))
    a, b = (min(min(r[side]["seconds"]) for r in rounds) for side in (0, 1))
    memory = [max(r[side]["peak_kb"] for r in rounds) / 1024 for side in (0, 1)]
    print(f"\n{number} pages, {len(given['names'])} concepts, {repeat} rounds in turn")
    print(f"{'indicated':24} {chars / a:12,.0f} characters/s {memory[0]:8,.0f} MB")
    name = f"medspaCy {rounds[0][1]['version']}"
    print(f"{name:24} {chars / b:12,.0f} characters/s {memory[1]:8,.0f} MB")
    print(f"{'ratio':24} {b / a:12.1f} x")


Predicted = set[tuple[int, str]]
# class, its phenomena in tests/notes, and what medspaCy calls it in `peer_medspacy.py`
CLASSES = (
    ("negation", ("negation", "review-of-systems"), "absent"),
    ("family", ("family",), "family"),
    ("history", ("history",), "historical"),
    ("uncertainty", ("uncertainty",), "possible"),
)


def accuracy(peer: Sequence[str]) -> None:
    """Precision and recall of both on what was set aside, for the classes that both know."""
    sys.path.insert(0, str(ROOT))
    from tests.notes.check import CONCEPTS
    from tests.notes.marks import load
    from tests.notes.report import facts_of

    notes = load("set_aside", CONCEPTS)
    answer = run(peer, {"texts": [], "repeat": 1, "names": names_of(CONCEPTS),
                        "notes": [n.text for n in notes]})  # fmt: skip
    print("\nOn the sentences set aside")
    print(f"{'class':12} {'marked':>7} {'indicated: P':>13} {'R':>6} {'medspaCy: P':>12} {'R':>6}")
    for name, phenomena, called in CLASSES:
        here = [i for i, n in enumerate(notes) if n.phenomenon in phenomena]
        gold = {(i, e.concept) for i in here for e in notes[i].expected if _marked(name, e)}
        mine = {
            (i, f.concept) for i in here for f in facts_of(notes[i]) if _read(name, f, CONCEPTS)
        }
        theirs = {(i, e[0]) for i in here for e in answer["notes"][i] if called in e[3]}
        print(f"{name:12} {len(gold):7} {_pr(gold, mine)} {_pr(gold, theirs)}")


ASSERTIONS = {
    "negation": Assertion.ABSENT, "family": Assertion.FAMILY, "uncertainty": Assertion.POSSIBLE,
}  # fmt: skip
MONTH = date(2025, 6, 1)  # of the sentences' document: what ended before is over


def _marked(name: str, e: Expected) -> bool:
    """Whether a mark belongs to a class. History: what is over, and events of the past."""
    if name != "history":
        return e.assertion is ASSERTIONS[name]
    when = dict(e.attributes)
    past = "undated" in when or "to" in when or when.get("on", "9") < MONTH.isoformat()[:7]
    return e.assertion is Assertion.HISTORICAL or (
        e.assertion is Assertion.PRESENT and e.happens and past
    )


def _read(name: str, f: Fact, concepts: Concepts) -> bool:
    if name != "history":
        return f.assertion is ASSERTIONS[name]
    happens = concepts[f.concept].kind in ("event", "procedure")
    ended = not f.when.dated or (f.when.end is not None and f.when.end.latest < MONTH)
    return f.assertion is Assertion.HISTORICAL or (
        f.assertion is Assertion.PRESENT and happens and ended and not f.when.ongoing
    )


def _pr(gold: Predicted, found: Iterable[tuple[int, str]]) -> str:
    found = set(found)
    hit = len(gold & found)
    return f"{hit / len(found) if found else 1:12.3f} {hit / len(gold) if gold else 1:6.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default=str(ROOT / ".venv-peer/bin/python"))
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        ours()
        return
    mine = [sys.executable, __file__, "--ours"]
    growth(mine)
    if not Path(options.peer).exists():
        print("\nWithout medspaCy: `make bench-peer` sets it up and runs the comparison.")
        return
    peer = [options.peer, str(ROOT / "bench/peer_medspacy.py")]
    beside(mine, peer, options.pages, options.repeat)
    accuracy(peer)


if __name__ == "__main__":
    main()
