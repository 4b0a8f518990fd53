"""Short forms of the clinic that the shipped library knows, and those that it must not take for
another thing."""

from __future__ import annotations

from datetime import date

import pytest
from tests.conftest import shipped_library

from indicated.assess import assess
from indicated.chart import chart_from_text
from indicated.facts import read_facts
from indicated.model import Case, Chart, Quantity

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 exacerbations requiring prednisone in the last year.", {"exacerbations-year"}),
        ("Exacerbations in the past year: 3.", {"exacerbations-year"}),
        ("CSI x2 to the right knee, last 3/2026.", {"joint-injection"}),
        ("Medulloblastoma. Plan: proton CSI.", {"craniospinal-irradiation"}),
        ("Two episodes of glucose <54 last month.", {"problem-hypoglycemia"}),
        ("Fasting glucose < 100 on most days.", set()),
        ("Goes numb in the saddle area.", {"saddle-anesthesia"}),
        ("Pulm consult: severe dyspnea.", {"asthma-specialist"}),
        ("IgA was 95 mg/dL.", {"iga"}),
        ("IGA was 3.", {"skin-iga"}),
        ("Strength 5/5 in both legs, SLR negative.", {"muscle-strength"}),
        ("Denies any visual obstruction.", {"lid-field-loss", "lid-field-normal"}),
        ("Upper lids obstruct her vision.", {"lid-field-loss"}),
        ("Wants surgery because she looks tired.", {"appearance-reason"}),
        ("She looks tired today.", set()),
    ],
)
def test_what_is_read(text: str, expected: set[str]) -> None:
    concepts = shipped_library().concepts
    facts = read_facts(chart_from_text(text, name="n"), concepts, as_of=DAY)
    watched = {
        "exacerbations-year", "joint-injection", "craniospinal-irradiation",
        "problem-hypoglycemia", "saddle-anesthesia", "asthma-specialist", "iga", "skin-iga",
        "muscle-strength", "no-functional-loss", "joint-exam-quiet", "lid-field-loss",
        "lid-field-normal", "appearance-reason",
    }  # fmt: skip
    assert {f.concept for f in facts.items} & watched == expected


def test_a_count_of_exacerbations_counts_for_each_disease_that_has_them() -> None:
    concepts = shipped_library().concepts
    chart = chart_from_text("3 exacerbations in the last year.", name="n")
    (fact,) = read_facts(chart, concepts, as_of=DAY).items
    assert isinstance(fact.value, Quantity)
    assert fact.value.exact == 3
    for of in ("asthma-exacerbations-year", "copd-exacerbations-year"):
        assert concepts.is_a(fact.concept, of)


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("Completed RT 2024.", set()),
        ("RT to left breast 2024.", {"left"}),
        ("RT of the rt hip 2024.", {"right"}),
    ],
)
def test_a_treatment_whose_name_is_short_for_a_side_is_at_none(text: str, site: set[str]) -> None:
    chart = chart_from_text(text, name="n")
    facts = read_facts(chart, shipped_library().concepts, as_of=DAY).items
    (fact,) = (f for f in facts if f.concept == "radiation-therapy")
    assert fact.site & {"left", "right"} == site


@pytest.mark.parametrize(
    ("begins", "written"),
    [
        ("Pulm consult 9/2/2026. 58 y/o F with severe COPD, short of breath for years now.", True),
        ("Progress note 9/2/2026: 58 y/o F with severe COPD, short of breath for years.", True),
        ("Ortho clinic note 9/2/2026 63M with right knee pain for four years, worse by now.", True),
        (
            "Follow-up 12/1/2026 in clinic, and call if short of breath again before that day.",
            False,
        ),
        (
            "CT of 9/2/2026 shows emphysema in both upper lobes and no nodule that would matter.",
            False,
        ),
    ],
)
def test_a_note_is_of_the_day_with_which_it_begins(begins: str, written: bool) -> None:
    (document,) = chart_from_text(begins, name="n").documents
    assert (document.written == date(2026, 9, 2)) is written


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Is MRI, left knee, indicated?", ["joint-mri"]),
        ("Is MRI scan of the right hip needed?", ["joint-mri"]),
        ("Is MRI, lumbar spine, without contrast necessary?", ["lumbar-mri"]),
        ("Is CT scan, abdomen and pelvis necessary?", ["abdominal-ct"]),
        ("Is BRCA1/2 genetic testing necessary?", ["brca-test"]),
        ("Is hyaluronic acid injection, right shoulder, needed?", ["hyaluronic-acid-injection"]),
        ("Is botulinum toxin (Botox) needed for migraine?", ["onabotulinumtoxina"]),
        ("Is vein ablation, right great saphenous vein, needed?", ["vein-ablation"]),
        ("Are knee arthroscopy, right shoulder arthroscopy and Botox needed?",
         ["knee-arthroscopy", "shoulder-arthroscopy", "onabotulinumtoxina"]),
    ],
)  # fmt: skip
def test_what_is_asked_for(question: str, expected: list[str]) -> None:
    case = Case(question, Chart(), DAY, "asked")
    found = assess(case, shipped_library()).determinations
    assert [d.item.treatment for d in found] == expected
