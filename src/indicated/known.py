"""The story of a request that no policy is about: what the user's collection says on it. Never a
verdict, and never a word about another treatment, another disease or other people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indicated.assess import Literature
from indicated.conditions import differing
from indicated.evidence.adequacy import Sought, sift
from indicated.evidence.asides import cue
from indicated.evidence.collection import Collection
from indicated.evidence.index import Index
from indicated.evidence.search import search
from indicated.facts import outline
from indicated.model import (
    Assertion,
    Concept,
    Concepts,
    Fact,
    Facts,
    Known,
    Outline,
    Passage,
    Quantity,
    RequestedItem,
)

LOOKED_AT = 60  # passages that are held against what is sought
SHOWN = 5
OF_A_WORK = 2
AGE = "age"  # the concept


def literature(
    collection: Collection, concepts: Concepts, index: Index | None = None
) -> Literature:
    """What a collection says on requests, for `assess`."""

    def known(item: RequestedItem, asked: Sequence[Fact], facts: Facts) -> Known:
        names = _with_item(item, concepts)
        sought = _sought(item, asked, facts, names)
        if sought is None:
            return Known()

        found = adequate(collection, sought, names, index)
        told = [narrowed for p in found if (narrowed := telling(p, sought, names))]
        ids = (*sought.intervention, *sought.indication, *sought.population)
        return Known(ids, tuple(_few_of_each(told)), differing(found, sought, names))

    return known


def adequate(
    collection: Collection, sought: Sought, concepts: Concepts, index: Index | None = None
) -> tuple[Passage, ...]:
    """The passages of a collection that are about what is sought, the best first."""

    def outlines(text: str) -> Outline:
        return outline(text, concepts)

    words = " ".join(concepts.label(id) for id in (*sought.intervention, *sought.indication))
    results = search(collection, words, concepts, most=LOOKED_AT, per_work=LOOKED_AT, index=index)
    found, _ = sift(sought, (r.passage for r in results), outlines, concepts)
    return found


def _with_item(item: RequestedItem, concepts: Concepts) -> Concepts:
    """The vocabulary, in which what is asked for has a name even where nobody has defined it."""
    if item.treatment in concepts or not item.words.strip():
        return concepts
    kind = item.kind if item.kind in cue("interventions") else "drug"
    asked = Concept(item.words, item.words, kind, (item.words,))
    return Concepts({**concepts.by_id, item.words: asked})


def _sought(
    item: RequestedItem, asked: Sequence[Fact], facts: Facts, concepts: Concepts
) -> Sought | None:
    """What must be the same in a passage; None where the question leaves treatment or disease open:
    then no passage could be held against it."""
    kinds = set(cue("indications"))
    named = {
        f.concept
        for f in asked
        if f.assertion in (Assertion.PRESENT, Assertion.POSSIBLE)  # a question need not be sure
        and f.concept in concepts
        and concepts[f.concept].kind in kinds
    }
    diseases = [d for d in named if not any(d != o and concepts.is_a(o, d) for o in named)]
    treatment = item.treatment if item.treatment in concepts else item.words
    if treatment not in concepts or len(diseases) != 1:
        return None
    return Sought((treatment,), tuple(diseases), _people(facts))


def _people(facts: Facts) -> tuple[str, ...]:
    """The group by age, where the record gives one."""
    grown = int(cue("adult_from"))
    ages = {
        "adults" if f.value.low >= grown else "children"
        for f in facts.items
        if f.concept == AGE and isinstance(f.value, Quantity) and f.value.low is not None
    }
    return tuple(ages) if len(ages) == 1 else ()


def telling(passage: Passage, sought: Sought, concepts: Concepts) -> Passage | None:
    """The sentence of a passage that names most of what is sought, at its own offsets."""
    wanted = (*sought.intervention, *sought.indication)
    told = outline(passage.text, concepts)

    def names(span: tuple[int, int]) -> int:
        here = [n for n in told.named if span[0] <= n.start and n.end <= span[1]]
        return sum(any(concepts.is_a(c, id) for n in here for c in n.concepts) for id in wanted)

    if not told.sentences:
        return None
    start, end = max(told.sentences, key=lambda s: (names(s), -s[0]))
    text = passage.text[start:end]
    begins = passage.start + start
    return replace(passage, text=text, start=begins, end=begins + len(text))


def _few_of_each(passages: Sequence[Passage]) -> list[Passage]:
    kept: list[Passage] = []
    for passage in passages:
        same = [p for p in kept if p.work.id == passage.work.id]
        if len(same) < OF_A_WORK and passage not in kept:
            kept.append(passage)
    return kept[:SHOWN]
