"""Cases as a new user would bring them: the outcome that their author wrote beside each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from indicated import Case, assess, load_library, read_chart
from indicated.model import Chart, Library, Outcome
from indicated.report import to_json
from indicated.settings import Settings

FOLDERS = sorted(
    p.parent for p in (Path(__file__).parents[2] / "examples/cases").glob("*/expected.yaml")
)
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def case_of(folder: Path) -> Case:
    question = (folder / "question.txt").read_text(encoding="utf-8").strip()
    return Case(question, read_chart(folder / "chart"), AS_OF, id=folder.name)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_the_outcome_is_the_one_written_beside_the_case(folder: Path, library: Library) -> None:
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    profile = expected.get("profile", "")
    found = assess(case_of(folder), library, Settings(profile=profile))
    assert found.determinations[0].outcome == expected["outcome"]
    if profile:
        plain = assess(case_of(folder), library)
        assert plain.determinations[0].outcome == expected["without_profile"]
        assert found.determinations[0].policy is not None
        assert found.determinations[0].policy.profile == profile


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_every_quotation_of_a_fact_stands_at_its_offsets(folder: Path, library: Library) -> None:
    case = case_of(folder)
    texts = {d.id: d.text for d in case.chart.documents}
    for fact in assess(case, library).facts.items:
        for source in fact.sources:
            if source.start is not None:
                assert texts[source.document][source.start : source.end] == source.quote


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_the_order_of_documents_does_not_change_the_answer(folder: Path, library: Library) -> None:
    case = case_of(folder)
    turned = Case(case.question, Chart(case.chart.documents[::-1]), AS_OF, case.id)
    a, b = (to_json(assess(c, library))["determinations"] for c in (case, turned))
    assert [(d["outcome"], d["leaning"]) for d in a] == [(d["outcome"], d["leaning"]) for d in b]


def test_an_empty_record_denies_nothing(library: Library) -> None:
    """For every treatment that the library covers: silence is never a "no"."""
    for policy in library.policies.values():
        if policy.general:
            continue
        label = library.concepts.label(policy.treatments[0])
        case = Case(f"Is {label} medically necessary?", Chart(), AS_OF)
        for determination in assess(case, library).determinations:
            assert determination.outcome in (Outcome.CANNOT_DETERMINE, Outcome.NO_POLICY), policy.id


def test_a_question_that_asks_nothing_gets_an_article_that_says_so(library: Library) -> None:
    found = assess(Case("What a lovely day.", Chart(), AS_OF), library)
    assert found.determinations == ()
    assert "Is X medically necessary" in " ".join(s.text for s in found.article.sentences())


def test_documents_after_the_day_are_not_seen_and_named(library: Library) -> None:
    folder = FOLDERS[0]
    case = case_of(folder)
    early = Case(case.question, case.chart, date(2000, 1, 1), case.id)
    found = assess(early, library)
    assert all(
        d.outcome in (Outcome.CANNOT_DETERMINE, Outcome.NO_POLICY) for d in found.determinations
    )
    said = " ".join(s.text for s in found.article.sentences())
    assert "after the as-of date" in said


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("Please review Botox for migraine: 11 headache days per month.", Outcome.NOT_INDICATED),
        ("Is CPAP necessary for sleep apnea with an AHI of 3 events/h?", Outcome.NOT_INDICATED),
        ("Is CPAP necessary for sleep apnea?", Outcome.CANNOT_DETERMINE),
        ("Is Botox needed for Raynaud phenomenon of the fingers?", Outcome.CANNOT_DETERMINE),
    ],
)
def test_a_question_alone_is_the_record_but_its_request_is_no_history(
    question: str, outcome: Outcome, library: Library
) -> None:
    found = assess(Case(question, Chart(), AS_OF), library)
    assert found.determinations[0].outcome is outcome
    said = " ".join(s.text for s in found.article.sentences())
    assert "No record was given" in said
