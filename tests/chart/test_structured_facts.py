"""From the bytes of a C-CDA or a table to facts: what is said twice is one fact."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indicated.chart import read_chart
from indicated.criteria.library import load_library
from indicated.facts import read_facts
from indicated.model import Assertion, Fact, Facts, Quantity, When

SAMPLES = Path(__file__).parent / "samples"
AS_OF = date(2025, 4, 1)


@pytest.fixture(scope="module")
def concepts():
    return load_library().concepts


def facts(path: str, concepts) -> Facts:
    chart = read_chart(SAMPLES / path)
    found = read_facts(chart, concepts, as_of=AS_OF)
    for fact in found.items:
        for source in fact.sources:
            text = chart.document(source.document).text
            assert text[source.start : source.end] == source.quote
    return found


def of(found: Facts, concept: str) -> list[Fact]:
    return [f for f in found.items if f.concept == concept]


def test_a_summary_gives_each_statement_once(concepts):
    found = facts("ccda/clinic-ccd.xml", concepts)
    new, old = of(found, "igg")
    assert {new.value, old.value} == {Quantity.of(495, "mg/dL"), Quantity.of(310, "mg/dL")}
    assert {f.when for f in (new, old)} == {
        When.on(date(2025, 3, 12)), When.on(date(2014, 11, 2)),
    }  # fmt: skip
    assert len(of(found, "pneumonia")) == len(of(found, "cvid")) == len(of(found, "privigen")) == 1
    assert found.conflicts == ()


def test_therapies_reactions_and_relatives_of_a_summary(concepts):
    found = facts("ccda/clinic-ccd.xml", concepts)
    (privigen,) = of(found, "privigen")
    assert privigen.when.ongoing
    assert privigen.therapy is not None
    assert privigen.therapy.dose == Quantity.of(40, "g")
    endings = {f.concept: f.therapy.ended_because for f in found.items if f.therapy}
    assert endings["propranolol"] == "no-response"
    assert endings["topiramate"] == "intolerance"
    assert [f.assertion for f in of(found, "breast-cancer")] == [Assertion.FAMILY]


def test_what_a_discharge_summary_denies_or_says_in_prose_alone(concepts):
    found = facts("ccda/hospital-discharge.xml", concepts)
    (embolism,) = of(found, "pulmonary-embolism")
    assert embolism.assertion is Assertion.ABSENT
    assert len(embolism.sources) == 2  # said by the narrative and by an entry
    assert [f.value for f in of(found, "fev1-percent")] == [Quantity.of(28, "%{predicted}")]
    assert len(of(found, "weight")) == 2
    assert of(found, "type-2-diabetes")


def test_a_narrative_alone_is_read_as_any_note(concepts):
    found = facts("ccda/referral-narrative.xml", concepts)
    endings = {(f.concept, f.therapy.ended_because) for f in found.items if f.therapy}
    assert ("topiramate", "intolerance") in endings
    assert {("propranolol", "no-response"), ("amitriptyline", "no-response")} <= endings


@pytest.mark.parametrize(
    ("path", "value", "day"),
    [
        ("labs/long.csv", Quantity.of(495, "mg/dL"), date(2025, 3, 12)),
        ("labs/european.csv", Quantity.of("4.95", "g/L"), date(2025, 3, 12)),
        ("labs/wide.tsv", Quantity.of(512, "mg/dL"), date(2025, 2, 3)),
    ],
)
def test_tables_give_values_of_their_days(concepts, path, value, day):
    assert (value, When.on(day)) in [(f.value, f.when) for f in of(facts(path, concepts), "igg")]


def test_lists_give_courses_and_illnesses(concepts):
    found = facts("labs/medications.csv", concepts)
    (topiramate,) = of(found, "topiramate")
    assert topiramate.therapy is not None
    assert topiramate.therapy.ended_because == "intolerance"
    problems = facts("labs/problems.csv", concepts)
    assert of(problems, "cvid")
    assert not [f for f in of(problems, "sarcoidosis") if f.assertion is Assertion.PRESENT]
