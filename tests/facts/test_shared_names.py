"""One wording that several concepts have among their names."""

from __future__ import annotations

from datetime import date

import pytest

from indicated.chart import chart_from_text
from indicated.facts import read_facts
from indicated.model import Concept, Concepts

CONCEPTS = Concepts(
    {
        c.id: c
        for c in (
            Concept("better", "better", "state", names=("wound closure",)),
            Concept("mood-better", "mood better", "symptom", names=("wound closure",)),
            Concept("autism", "autism", "disease", abbreviations=("ASD",)),
            Concept("adjacent", "adjacent disease", "disease", abbreviations=("ASD",)),
            Concept("neuro", "neuropathic drug", "drug", names=("carbamazepine",)),
            Concept("gene", "drug with a gene test", "drug", names=("carbamazepine",)),
            Concept("class", "class", "drug", names=("topiramate",)),
            Concept("member", "member", "drug", names=("topiramate",), under=("class",)),
        )
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wound closure.", {("better", "present"), ("mood-better", "present")}),
        ("No wound closure.", {("better", "absent"), ("mood-better", "absent")}),
        ("WOUND CLOSURE.", {("better", "present"), ("mood-better", "present")}),
        ("Known ASD.", set()),
        ("Failed carbamazepine.", {("neuro", "present"), ("gene", "present")}),
        ("Failed topiramate.", {("member", "present")}),
    ],
)
def test_words_mean_every_concept_and_an_abbreviation_stays_open(
    text: str, expected: set[tuple[str, str]]
) -> None:
    facts = read_facts(chart_from_text(text, name="n"), CONCEPTS, as_of=date(2026, 3, 1))
    assert {(f.concept, f.assertion.value) for f in facts.items} == expected
