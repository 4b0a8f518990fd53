"""Premises of the question against the chart, and oddities of the chart itself."""

from __future__ import annotations

import pytest
from ask_helpers import CONCEPTS, document, fact_at, rows

from indicated.ask import chart_oddities, premises, requested_items
from indicated.model import Facts

ROWS = rows("premises.yaml")


def held(row):
    question = document("question", row["ask"], "question")
    chart = document("chart", row["chart"])
    told = Facts(tuple(fact_at(f, question) for f in row["told"]))
    given = Facts(tuple(fact_at(f, chart) for f in row["chart_facts"]))
    items = requested_items(question, told, given, CONCEPTS)
    return premises(question, told, given, CONCEPTS, items=items)


@pytest.mark.parametrize("row", ROWS, ids=[r["name"] for r in ROWS])
def test_premise(row):
    found = held(row)
    assert [p.standing for p in found] == [p["standing"] for p in row["premises"]]
    for premise, expected in zip(found, row["premises"], strict=True):
        assert premise.fact.concept == expected.get("concept", premise.fact.concept)
        if expected.get("says") == "":
            assert premise.says == ""
        assert expected.get("says", "") in premise.says
        assert (premise.says != "") or premise.standing != "contradicted"


@pytest.mark.parametrize("row", ROWS, ids=[r["name"] for r in ROWS])
def test_an_empty_chart_contradicts_nothing(row):
    """Silence is never a contradiction, whatever the question says."""
    found = held({**row, "chart": "", "chart_facts": []})
    assert {p.standing for p in found} <= {"not_in_record"}


@pytest.mark.parametrize("row", ROWS, ids=[r["name"] for r in ROWS])
def test_what_contradicts_is_shown(row):
    for premise in held(row):
        assert premise.record or premise.standing == "not_in_record"


def odd(text, *facts):
    chart = document("chart", text)
    return chart_oddities(Facts(tuple(fact_at(f, chart) for f in facts)), CONCEPTS)


def test_feeling_good_beside_a_rejection_under_treatment():
    found = odd(
        "Feeling good. Here for moderate acute rejection.",
        {"concept": "feeling-well", "words": "Feeling good"},
        {"concept": "moderate-rejection", "words": "moderate acute rejection"},
    )
    assert [c.concept for c in found] == ["feeling-well"]
    assert "moderate acute rejection" in found[0].says
    assert len(found[0].facts) == 2


def test_feeling_good_years_after_a_rejection_is_not_odd():
    found = odd(
        "Acute rejection 2019. Feeling good 2025.",
        {"concept": "acute-rejection", "words": "Acute rejection", "on": "2019-02-01"},
        {"concept": "feeling-well", "words": "Feeling good", "on": "2025-02-01"},
    )
    assert found == ()


def test_a_value_without_unit_and_one_with_an_impossible_unit():
    found = odd(
        "IgG 495. LDL 243 mg/L",
        {"concept": "igg", "words": "IgG 495", "value": "495", "marks": ["unit_missing"]},
        {"concept": "ldl", "words": "LDL 243 mg/L", "value": "243 mg/L",
         "marks": ["unit_impossible"]},
    )  # fmt: skip
    assert ["without a unit" in found[0].says, "does not fit" in found[1].says] == [True, True]


def test_a_diagnosis_that_stands_only_as_a_code():
    code = {"concept": "hypogammaglobulinemia", "words": "D80.1", "marks": ["code_only"]}
    (only,) = odd("D80.1", code)
    assert "not proof" in only.says
    seen = {"concept": "hypogammaglobulinemia", "words": "hypogammaglobulinemia"}
    (repeated,) = odd("D80.1 hypogammaglobulinemia", code, seen)
    assert "the words of the record count" in repeated.says


@pytest.mark.parametrize(
    ("first", "second", "dates", "count"),
    [
        ("hypogammaglobulinemia", "hypergammaglobulinemia", ("2020-01-01", "2024-01-01"), 1),
        ("hypokalemia", "hyperkalemia", ("2020-01-01", "2024-01-01"), 0),
        ("hypokalemia", "hyperkalemia", ("2024-01-01", "2024-01-01"), 1),
        ("smoking", "never-smoker", ("2020-01-01", "2024-01-01"), 1),
        ("emphysema", "pneumonia", ("2024-01-01", "2024-01-01"), 0),
    ],
)
def test_opposites_of_what_lasts_are_odd(first, second, dates, count):
    found = odd(
        "one two",
        {"concept": first, "words": "one", "on": dates[0]},
        {"concept": second, "words": "two", "on": dates[1]},
    )
    assert len(found) == count


def test_an_empty_chart_is_not_odd():
    assert chart_oddities(Facts(), CONCEPTS) == ()
