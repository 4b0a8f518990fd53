"""Worked examples say what a chart's reader would have said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicated.criteria import Example, check_examples, load_examples
from indicated.criteria.statements import day_of
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Concepts,
    Day,
    Fact,
    Leaning,
    Library,
    Mark,
    Outcome,
    Phase,
    Quantity,
    When,
)
from indicated.truth import Truth

from .conftest import POLICY


@pytest.fixture(scope="module")
def examples(concepts: Concepts) -> tuple[Example, ...]:
    return load_examples(POLICY, concepts)


@pytest.fixture(scope="module")
def facts(examples: tuple[Example, ...]) -> dict[str, Fact]:
    return {f.concept: f for f in examples[0].facts}


def test_what_is_expected(examples: tuple[Example, ...]) -> None:
    first, nothing, _ = examples
    assert (first.outcome, first.leaning) == (Outcome.INDICATED, Leaning.NONE)
    assert first.findings == {"cough": Truth.MET, "low-once": Truth.MET}
    assert (first.as_of, first.phase) == (date(2026, 6, 15), Phase.INITIATION)
    assert first.chart == "A cough.\n"
    assert (nothing.facts, nothing.outcome) == ((), Outcome.CANNOT_DETERMINE)
    assert nothing.leaning is None


def test_the_request_is_data(examples: tuple[Example, ...]) -> None:
    item = examples[0].item
    assert (item.treatment, item.words) == ("testamab", "testamab")
    assert (item.dose, item.every) == (Quantity.of(30, "g"), Quantity.of(4, "wk"))
    stated = {f.concept: f.value for f in item.facts if f.asserter is Asserter.QUESTION}
    assert stated == {
        "request.dose": Quantity.of(30, "g"),
        "request.interval": Quantity.of(4, "wk"),
        "request.site": "left",
    }


def test_days_months_and_years(facts: dict[str, Fact]) -> None:
    day = Day.of(date(2026, 6, 10))
    assert facts["age"].when == When(day, day)
    month = Day(date(2026, 5, 1), date(2026, 5, 31))
    assert facts["cough-days"].when == When(month, month)
    year = Day(date(2025, 1, 1), date(2025, 12, 31))
    assert facts["bluein"].when == When(year, year)
    assert facts["cough-score"].when == UNDATED
    assert facts["cough-grade"].when == When(Day.of(date(2026, 1, 1)), None, ongoing=True)
    assert facts["red-syrup"].when.start is None
    assert facts["red-syrup"].when.end == Day(date(2025, 6, 1), date(2025, 6, 30))


def test_an_ongoing_state_on_a_day_has_no_end(examples: tuple[Example, ...]) -> None:
    (pregnant,) = examples[2].facts
    assert pregnant.when == When(Day.of(date(2026, 6, 1)), None, ongoing=True)


def test_values_and_words(facts: dict[str, Fact]) -> None:
    assert facts["bluein"].value == Quantity(None, Decimal(300), "mg/dL", open=True)
    assert facts["bluein"].asserter is Asserter.LABORATORY
    assert facts["cough-grade"].value == "severe"
    assert facts["cough-score"].value == Quantity.of(7, "{score}")
    assert facts["cough-score"].during == {"testamab"}
    assert facts["cough-score"].marks == {Mark.CODE_ONLY}
    assert facts["pregnancy"].assertion is Assertion.ABSENT


def test_therapy_is_there_only_when_something_is_said_of_it(facts: dict[str, Fact]) -> None:
    therapy = facts["red-syrup"].therapy
    assert therapy is not None
    assert (therapy.dose, therapy.duration) == (Quantity.of(10, "mL"), Quantity.of(8, "wk"))
    assert (therapy.ended_because, therapy.adequate, therapy.taken) == ("no-response", None, True)
    assert facts["age"].therapy is None


def test_a_fact_points_at_its_words(facts: dict[str, Fact]) -> None:
    (source,) = facts["age"].sources
    assert source.document.endswith("testamab-cough/examples.yaml")
    assert source.quote == "concept: age, value: 41 years, on: 2026-06-10"


@pytest.mark.parametrize("text", ["", "26", "2026-1", "2026-1-1", "2026-02-30", "20260101", "x"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the words are int's and date's own
        day_of(text)


def test_examples_fit_their_policy(examples: tuple[Example, ...], library: Library) -> None:
    check_examples(examples, library.policies["testamab-cough"])


def test_examples_reach_every_answer(examples: tuple[Example, ...], library: Library) -> None:
    policy = library.policies["testamab-cough"]
    for drop, words in (
        (Outcome.INDICATED, "no example comes out indicated"),
        (Outcome.NOT_INDICATED, "no example comes out not_indicated"),
        (Outcome.CANNOT_DETERMINE, "no example without facts"),
    ):
        with pytest.raises(PolicyError, match=words):
            check_examples(tuple(e for e in examples if e.outcome is not drop), policy)
    with pytest.raises(PolicyErrors):
        check_examples((), policy)


def test_an_example_names_criteria_of_its_policy(
    examples: tuple[Example, ...], library: Library
) -> None:
    wrong = replace(examples[0], findings={"couch": Truth.MET})
    with pytest.raises(PolicyError, match='expects a finding for "couch"') as caught:
        check_examples((wrong, *examples[1:]), library.policies["testamab-cough"])
    assert 'Did you mean "cough"' in caught.value.do
