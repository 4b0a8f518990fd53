"""Passages that answer a question, the best first, each with the words that were sought marked.

First by words: passages that have everything that is sought come before those that have some of it.
Then, among passages that fit about as well, by how much they tell: works that stand before those
about which there is concern, passages that name what is sought before those whose title alone does,
then the type of the work, then its year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters, Hit, Index, InFile
from indicated.evidence.parts import STATUSES, TYPES
from indicated.evidence.query import Query, query_of
from indicated.evidence.snippets import Shown, marked, shown
from indicated.model import Concepts, Passage

POOL = 5  # hits looked at for each one that is shown
BAND = 0.15  # of the best score: passages within fit about as well
OF_ONE_WORK = 3  # passages of one work that are shown
BY_MEANING = 0.5  # of how well a passage fits, where a model says how near it is; the rest by words
BAND_BY_MEANING = 0.05  # a model tells apart more finely

# How near texts are to what was asked; more is nearer.
Nearness = Callable[[str, Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Result:
    """A passage, how well it fits, and what to show of it."""

    passage: Passage
    score: float
    shown: Shown
    whole: bool  # it has everything that was sought

    @property
    def snippet(self) -> str:
        """What to show of it."""
        return self.passage.text[self.shown.start : self.shown.end]


def search(
    collection: Collection,
    text: str,
    concepts: Concepts | None = None,
    filters: Filters | None = None,
    *,
    most: int = 10,
    index: Index | None = None,
    per_work: int = OF_ONE_WORK,
    near: Nearness | None = None,
) -> tuple[Result, ...]:
    """The passages that answer a text best. Any text is a query; without words it finds nothing.

    `near` has a part in the order of what words found; it adds nothing and leaves nothing out.
    """
    query = query_of(text, concepts)
    filters = filters or Filters()
    index = index or InFile(collection)
    pool = most * POOL
    all_of_it = index.find(query, filters, pool, every=True)
    some_of_it: list[Hit] = []
    if len(all_of_it) < pool and (len(query.terms) > 1 or query.loose):
        known = {h.passage for h in all_of_it}
        found = index.find(query, filters, pool, every=False)
        some_of_it = [h for h in found if h.passage not in known]
    told = partial(near, text) if near else None
    first = _ordered(collection, all_of_it, query, told, whole=True)
    second = _ordered(collection, some_of_it, query, told, whole=False)
    return tuple(_few_of_each([*first, *second], most, per_work))


def _ordered(
    collection: Collection,
    hits: list[Hit],
    query: Query,
    near: Callable[[Sequence[str]], Sequence[float]] | None,
    *,
    whole: bool,
) -> list[Result]:
    """Hits in the order of what they tell."""
    if not hits:
        return []
    passages = [collection.passage(h.passage) for h in hits]
    marks = marked([p.text for p in passages], query)
    fits, band = _of_best([h.score for h in hits]), BAND
    if near:
        band = BAND_BY_MEANING
        nearness = _of_best(near([f"{p.work.title}. {p.section}: {p.text}" for p in passages]))
        fits = _of_best(
            [(1 - BY_MEANING) * f + BY_MEANING * n for f, n in zip(fits, nearness, strict=True)]
        )
    keyed = [
        (_key(fit, band, p, bool(m)), Result(p, hit.score, shown(p.text, m), whole))
        for fit, hit, p, m in zip(fits, hits, passages, marks, strict=True)
    ]
    return [result for _, result in sorted(keyed, key=lambda pair: pair[0])]


def _of_best(scores: Sequence[float]) -> list[float]:
    """Scores as shares of the best one."""
    best = max(scores)
    return [s / best if best > 0 else 0.0 for s in scores]


def _key(fits: float, band: float, passage: Passage, named: bool) -> tuple[float, ...]:
    work = passage.work
    rank = TYPES.index(work.type) if work.type in TYPES else len(TYPES)
    year = int(work.year[:4]) if work.year[:4].isdigit() else 0
    return (int((1 - fits) / band), STATUSES.index(work.status), not named, rank, -year, -fits)


def _few_of_each(results: Iterable[Result], most: int, per_work: int) -> Iterable[Result]:
    seen: Counter[str] = Counter()
    given = 0
    for result in results:
        seen[result.passage.work.id] += 1
        if seen[result.passage.work.id] <= per_work and given < most:
            given += 1
            yield result
