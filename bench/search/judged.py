"""How well questions find the passages that answer them: nDCG@10, MRR and success at 1, 3 and 10.

    python -m bench.search.judged [--set-aside] [--model FOLDER]

The corpus is the library's own criteria and statements, one work for each policy. Of a question's
passages the one that answers it counts 2, others of its policy 1. The questions set aside are
looked at in these figures alone.
"""

from __future__ import annotations

import hashlib
import math
import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.search.corpus import library_works

from indicated.criteria import load_library
from indicated.evidence.collection import Collection
from indicated.evidence.index import Index, InFile
from indicated.evidence.search import Nearness, search
from indicated.model import Concepts, Passage

FILE = Path(__file__).with_name("judged.txt")
AT = 10
Find = Callable[[str], Sequence[Passage]]


@dataclass(frozen=True)
class Judged:
    """A question, the policy that it is about, and words of the passage that answers it."""

    policy: str
    has: str
    asks: str

    @property
    def aside(self) -> bool:
        """Whether nobody tunes on it."""
        return hashlib.sha256(self.asks.encode()).digest()[0] % 3 == 0


def judged() -> Iterator[Judged]:
    """Every question."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            policy, has, asks = (part.strip() for part in line.split("|"))
            yield Judged(policy, has, asks)


@dataclass(frozen=True)
class Figures:
    """What a way of finding comes to over questions."""

    questions: int
    ndcg: float
    mrr: float
    at: tuple[float, float, float]

    def __str__(self) -> str:
        one, three, ten = self.at
        return (
            f"nDCG@{AT} {self.ndcg:.3f}  MRR {self.mrr:.3f}  "
            f"answer among the first 1: {one:.0%}, 3: {three:.0%}, {AT}: {ten:.0%}"
        )


def figures(
    find: Find, questions: Sequence[Judged], work_of: dict[str, str], sizes: dict[str, int]
) -> Figures:
    """Ask every question once. `work_of`: policy -> id of its work; `sizes`: id -> passages."""
    gains, ranks = [], []
    for question in questions:
        work = work_of[question.policy]
        found = [_grade(p, question, work) for p in find(question.asks)[:AT]]
        ideal = [2, *[1] * (sizes[work] - 1)][:AT]
        gains.append(_dcg(found) / _dcg(ideal))
        ranks.append(found.index(2) + 1 if 2 in found else 0)
    n = len(questions)
    hits = tuple(sum(0 < r <= most for r in ranks) / n for most in (1, 3, AT))
    mrr = sum(1 / r for r in ranks if r) / n
    return Figures(n, sum(gains) / n, mrr, (hits[0], hits[1], hits[2]))


def _grade(passage: Passage, question: Judged, work: str) -> int:
    if passage.work.id != work:
        return 0
    return 2 if question.has.lower() in passage.text.lower() else 1


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**g - 1) / math.log2(n + 2) for n, g in enumerate(grades))


def main() -> None:
    """Print the figures of each index, and without what sets them apart from plain words."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--set-aside", action="store_true", help="the third that nobody tunes on")
    parser.add_argument("--model", type=Path, help="a folder: order by its meaning too")
    given = parser.parse_args()
    questions = [q for q in judged() if q.aside == given.set_aside]
    library = load_library()
    with TemporaryDirectory() as folder, Collection(Path(folder) / "c.sqlite", create=True) as c:
        work_of, sizes = {}, {}
        with c.changing():
            for policy, found in library_works(library):
                work_of[policy] = c.add(found).id
                sizes[work_of[policy]] = len(found.pieces)
        print(f"{len(questions)} questions, {c.counts()[1]} passages")
        for name, index in _indexes(c):
            for concepts in (library.concepts, None):
                find = _finding(c, concepts, index, None)
                told = figures(find, questions, work_of, sizes)
                print(f"{name:16} {'with' if concepts else 'without'} names of concepts: {told}")
        if given.model:
            from indicated.evidence.meaning import ByMeaning

            find = _finding(c, library.concepts, InFile(c), ByMeaning(given.model))
            told = figures(find, questions, work_of, sizes)
            print(f"in the file, with names of concepts, ordered by meaning as well: {told}")


def _finding(
    collection: Collection, concepts: Concepts | None, index: Index, near: Nearness | None
) -> Find:
    def find(text: str) -> list[Passage]:
        results = search(collection, text, concepts, most=AT, index=index, per_work=AT, near=near)
        return [r.passage for r in results]

    return find


def _indexes(collection: Collection) -> Iterator[tuple[str, Index]]:
    yield "in the file", InFile(collection)
    try:
        from indicated.evidence.tantivy_index import Beside
    except Exception as missing:
        print(f"beside: {missing}")
        return
    yield "beside", Beside(collection)
    if address := os.environ.get("INDICATED_SEARCH_DATABASE"):
        from indicated.evidence.postgres_index import InPostgres

        yield "in PostgreSQL", InPostgres(collection, address)


if __name__ == "__main__":
    main()
