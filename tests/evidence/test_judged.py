"""The judged questions still fit the library, and names of concepts still help to find."""

from __future__ import annotations

from pathlib import Path

from bench.search.corpus import library_works
from bench.search.judged import Judged, figures, judged

from indicated.criteria import load_library
from indicated.evidence.collection import Collection
from indicated.evidence.search import search
from indicated.model import Passage


def test_every_question_has_its_answer_in_the_library() -> None:
    """Reworded a criterion? Mend the words in bench/search/judged.txt, not the question."""
    works = dict(library_works(load_library()))
    lost = [
        q
        for q in judged()
        if q.policy not in works
        or not any(q.has.lower() in p.text.lower() for p in works[q.policy].pieces)
    ]
    assert lost == []
    assert len(list(judged())) >= 200
    assert 60 <= sum(q.aside for q in judged()) <= 100


def test_names_of_concepts_find_more_than_the_words_alone(tmp_path: Path) -> None:
    library = load_library()
    asked = [q for q in judged() if not q.aside]
    work_of: dict[str, str] = {}
    sizes: dict[str, int] = {}
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        with collection.changing():
            for policy, found in library_works(library):
                work_of[policy] = collection.add(found).id
                sizes[work_of[policy]] = len(found.pieces)

        def by_names(text: str) -> list[Passage]:
            return [r.passage for r in search(collection, text, library.concepts, per_work=10)]

        def by_words(text: str) -> list[Passage]:
            return [r.passage for r in search(collection, text, per_work=10)]

        names = figures(by_names, asked, work_of, sizes)
        words = figures(by_words, asked, work_of, sizes)
    assert names.ndcg > words.ndcg + 0.1
    assert names.ndcg > 0.7


def test_the_figures_are_what_they_say() -> None:
    """The answer first, then one of its policy, then another's: by hand."""
    from indicated.model import Work

    question = Judged("p", "five", "how many")
    mine, other = Work("1", "a"), Work("2", "b")
    found = [Passage(mine, "one", 0, 3), Passage(other, "five", 0, 4), Passage(mine, "Five.", 0, 5)]
    told = figures(lambda _: found, [question], {"p": "1"}, {"1": 2})
    assert told.at == (0, 1, 1)
    assert round(told.mrr, 3) == 0.333
    assert round(told.ndcg, 3) == round((1 + 3 / 2) / (3 + 1 / 1.5849625), 3)
