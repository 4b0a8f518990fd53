"""A request that no policy is about: what the collection says, and nothing about another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from indicated.assess import Literature, assess
from indicated.criteria import load_library
from indicated.evidence.collection import Collection
from indicated.evidence.parts import Found, Piece
from indicated.known import literature
from indicated.model import Assessment, Case, Chart, Library, Outcome, Work
from indicated.report import to_html

TRIAL = "In 40 adults with myasthenia gravis, zebrafenib lowered the score by 3.1 points."
WORKS = {
    "A trial of zebrafenib in myasthenia gravis": ({"type": "trial", "year": "2019"}, f"Some were screened. {TRIAL} Call 555-123-4567."),
    "Guideline on myasthenia gravis": ({"type": "guideline", "licensed": True}, "Zebrafenib is not recommended in adults with myasthenia gravis."),
    "Zebrafenib in psoriasis": ({"type": "trial"}, "Zebrafenib cleared psoriasis in 30 adults."),
    "Children": ({"type": "cohort"}, "Zebrafenib helped 12 children with myasthenia gravis."),
    "Rituximab in myasthenia gravis": ({"type": "trial"}, "Rituximab lowered the score in adults with myasthenia gravis after failure of zebrafenib."),
    "Withdrawn": ({"type": "trial", "status": "retracted"}, "Zebrafenib cured all adults with myasthenia gravis."),
    "Doubted": ({"type": "trial", "status": "concern"}, "Zebrafenib cured nearly all adults with myasthenia gravis."),
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def known(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Literature]:
    place = tmp_path_factory.mktemp("known") / "c.sqlite"
    with Collection(place, create=True) as made:
        for title, (about, text) in WORKS.items():
            made.add(Found(Work("", title, **about), (Piece(text, "Results"),)))  # type: ignore[arg-type]
        yield literature(made, library.concepts)


@pytest.fixture
def ask(library: Library, known: Literature) -> Callable[[str], Assessment]:
    def asked(question: str) -> Assessment:
        case = Case(question, Chart(), date(2026, 1, 1))
        return assess(case, library, literature=known)

    return asked


# question -> titles of what is shown, in order; None: nothing was asked
QUESTIONS = [
    ("Is zebrafenib medically necessary for this adult with myasthenia gravis?",
     ["Guideline on myasthenia gravis", "A trial of zebrafenib in myasthenia gravis", "Doubted"]),
    ("Is zebrafenib medically necessary for this boy of 9 years with myasthenia gravis?", ["Children"]),
    ("Is zebrafenib medically necessary for this adult with psoriasis?", ["Zebrafenib in psoriasis"]),
    ("Is zebrafenib medically necessary for this adult with lupus?", []),
    ("Is quaggafenib medically necessary for this adult with myasthenia gravis?", []),
    ("Is zebrafenib medically necessary for this adult?", None),
    ("Is zebrafenib medically necessary for this adult with lupus and myasthenia gravis?", None),
]  # fmt: skip


@pytest.mark.parametrize(("question", "titles"), QUESTIONS, ids=range(len(QUESTIONS)))
def test_what_is_shown(
    ask: Callable[[str], Assessment], question: str, titles: list[str] | None
) -> None:
    (determination,) = ask(question).determinations
    assert determination.known is not None
    assert bool(determination.known.sought) == (titles is not None)
    shown = [p.work.title for p in determination.known.passages]
    assert sorted(shown) == sorted(titles or [])


def test_it_is_quoted_cited_and_decides_nothing(
    ask: Callable[[str], Assessment], library: Library
) -> None:
    question = QUESTIONS[0][0]
    with_it = ask(question)
    without = assess(Case(question, Chart(), date(2026, 1, 1)), library)
    assert [d.outcome for d in with_it.determinations] == [
        d.outcome for d in without.determinations
    ]
    assert with_it.determinations[0].outcome is not Outcome.INDICATED
    text = "\n".join(s.text for s in with_it.article.sentences())
    assert f"Trial, 2019: “{TRIAL.removesuffix('.')}”" in text
    assert "with an expression of concern" in text
    assert "not recommended" not in text, "licensed words"
    assert "555-123-4567" not in text
    assert "psoriasis" not in text
    assert "A trial of zebrafenib in myasthenia gravis" in [
        r.title for r in with_it.article.references
    ]
    assert TRIAL.removesuffix(".") in to_html(with_it.article)


def test_a_policy_of_its_own_needs_none(ask: Callable[[str], Assessment]) -> None:
    found = ask("Is CPAP medically necessary for this adult with obstructive sleep apnea?")
    assert [d.known for d in found.determinations] == [None]


def test_without_a_collection_nothing_is_said(library: Library) -> None:
    article = assess(Case(QUESTIONS[0][0], Chart(), date(2026, 1, 1)), library).article
    assert "collection" not in "\n".join(s.text for s in article.sentences())


def test_quoted_words_stand_at_their_offsets(
    known: Literature, ask: Callable[[str], Assessment], tmp_path: Path
) -> None:
    (determination,) = ask(QUESTIONS[0][0]).determinations
    assert determination.known is not None
    for passage in determination.known.passages:
        text = WORKS[passage.work.title][1]
        assert text[passage.start : passage.end] == passage.text


def guide(title: str, text: str, **about: object) -> Found:
    return Found(Work("", title, **about), (Piece(text, "Who"),))  # type: ignore[arg-type]


IS_FOR = "Zebrafenib is for {} with myasthenia gravis and a BMI of {} kg/m2."
OLD = guide(
    "The older guideline", IS_FOR.format("adults", "at least 40"), type="guideline", year="2019"
)
NEW = guide("A newer trial", IS_FOR.format("people", "at least 35"), type="trial", year="2024")
STRONG = guide(
    "A newer guideline", IS_FOR.format("people", "at least 37"), type="guideline", year="2024"
)
KEPT = guide(
    "Licensed", IS_FOR.format("people", "at least 38"), type="guideline", year="2020", licensed=True
)
SAME = guide("The same again", IS_FOR.format("people", "at least 40.0"), type="opinion")
# works -> the limits that stand side by side, in order
DIFFER = [
    ((OLD, NEW, STRONG), ["37", "35", "40"]),
    ((OLD, SAME), []),
    ((OLD, NEW, SAME), ["35", "40", "40.0"]),
    ((OLD, KEPT), ["38", "40"]),
    ((OLD,), []),
    ((OLD, NEW, *(guide(f"Again {n}", IS_FOR.format("people", "at least 40"), year=str(2010 + n)) for n in range(4))), ["35", "40", "40"]),
    ((guide("Two in one", f"{IS_FOR.format('people', 'at least 40')} {IS_FOR.format('people', 'at least 35')}"),), []),
    ((guide("Two in one", f"{IS_FOR.format('people', 'at least 40')} {IS_FOR.format('people', 'at least 35')}"), NEW), []),
    ((OLD, guide("Below", IS_FOR.format("people", "at most 60"))), []),
    ((OLD, guide("Children", IS_FOR.format("children", "at least 30"))), []),
    ((OLD, guide("Another disease", IS_FOR.format("adults", "at least 30").replace("myasthenia gravis", "psoriasis"))), []),
    ((OLD, guide("Another drug", IS_FOR.format("adults", "at least 30").replace("Zebrafenib", "Rituximab"))), []),
    ((OLD, guide("With another", IS_FOR.format("adults", "at least 30").replace("and a", "and psoriasis and a"))), []),
    ((OLD, guide("Retracted", IS_FOR.format("adults", "at least 30"), status="retracted")), []),
    ((OLD, guide("Excluded", IS_FOR.format("adults", "at least 30").replace("kg/m2.", "kg/m2 were excluded."))), []),
    ((OLD, guide("Not so", IS_FOR.format("adults", "at least 30").replace("is for", "is not for"))), []),
]  # fmt: skip


@pytest.mark.parametrize(("works", "limits"), DIFFER, ids=range(len(DIFFER)))
def test_where_works_state_different_limits_they_stand_side_by_side(
    library: Library, tmp_path: Path, works: tuple[Found, ...], limits: list[str]
) -> None:
    question = "Is zebrafenib medically necessary for this patient with myasthenia gravis?"
    with Collection(tmp_path / "c.sqlite", create=True) as made:
        for work in works:
            made.add(work)
        case = Case(question, Chart(), date(2026, 1, 1))
        found = assess(case, library, literature=literature(made, library.concepts))
        (determination,) = found.determinations
        assert determination.known is not None
        stated = [s for x in determination.known.differing for s in x.stated]
        assert [str(limit.bounds[0].limit.exact) for _, limit in stated] == limits
        for passage, limit in stated:
            assert made.text(passage.work)[passage.start : passage.end] == passage.text
            assert passage.text[limit.start : limit.end].startswith("BMI of at least")
    text = "\n".join(s.text for s in found.article.sentences())
    assert ("state different limits for body mass index" in text) == bool(limits)
    assert all(f"at least {limit.removesuffix('.0')} kg/m²" in text.casefold() for limit in limits)
    assert "and a BMI of at least 38 kg/m2" not in text, "licensed words"
