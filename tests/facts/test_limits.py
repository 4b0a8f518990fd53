"""Conditions that a guideline states: what is read, in which words, and what is left with why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.criteria import load_library
from indicated.facts import limits
from indicated.model import Limit

CONCEPTS = load_library().concepts


def told(limit: Limit) -> str:
    bounds = " ".join(f"{b.op} {b.limit.exact} {b.limit.unit}" for b in limit.bounds)
    return f"{limit.concept} {bounds or ' '.join(limit.because)}".strip()


# text -> what is read of it: condition, exactly its words
READ = [
    ("It is for adults with a BMI of at least 40 kg/m2.", [("bmi at_least 40 kg/m2", "BMI of at least 40 kg/m2")]),
    ("LVEF below 35 % despite treatment.", [("ejection-fraction below 35 %", "LVEF below 35 %")]),
    ("An ejection fraction of 35% or less.", [("ejection-fraction at_most 35 %", "ejection fraction of 35% or less")]),
    ("Patients aged 18 years or older.", [("age at_least 18 a", "aged 18 years or older")]),
    ("For children older than 6 years.", [("age above 6 a", "older than 6 years")]),
    ("Adults aged 18 to 65 years.", [("age at_least 18 a at_most 65 a", "aged 18 to 65 years")]),
    ("It is for infants younger than 18 months of age.", [("age below 18 mo", "younger than 18 months of age")]),
    ("At least 12 years of age.", [("age at_least 12 a", "At least 12 years of age")]),
    ("Serum IgG below 400 mg/dL.", [("igg below 400 mg/dL", "Serum IgG below 400 mg/dL")]),
    ("IgG < 4 g/L on two occasions.", [("igg below 4 g/L", "IgG < 4 g/L")]),
    ("HbA1c of 7.0% to 10.0%.", [("a1c at_least 7.0 % at_most 10.0 %", "HbA1c of 7.0% to 10.0%")]),
    ("FEV1 less than 50% of predicted.", [("fev1-percent below 50 %{predicted}", "FEV1 less than 50% of predicted")]),
    ("PHQ-9 score of 20 or higher.", [("phq-9 at_least 20 {score}", "PHQ-9 score of 20 or higher")]),
    ("On at least 15 headache days per month.", [("headache-days at_least 15 d/mo", "at least 15 headache days per month")]),
    ("After failure of methotrexate.", [("methotrexate no-response", "failure of methotrexate")]),
    ("Inadequate response or intolerance to methotrexate.",
     [("methotrexate no-response intolerance", "Inadequate response or intolerance to methotrexate")]),
    ("Methotrexate for at least 3 months.", [("methotrexate at_least 3 mo", "Methotrexate for at least 3 months")]),
    ("At least 3 months of methotrexate.", [("methotrexate at_least 3 mo", "At least 3 months of methotrexate")]),
    ("Failure, contraindication or intolerance to methotrexate.",
     [("methotrexate no-response intolerance contraindication", "Failure, contraindication or intolerance to methotrexate")]),
    ("A left ventricular ejection fraction (LVEF) of 35% or less.",
     [("ejection-fraction at_most 35 %", "left ventricular ejection fraction (LVEF) of 35% or less")]),
    ("Body mass index (BMI) ≥ 40 kg/m².", [("bmi at_least 40 kg/m2", "Body mass index (BMI) ≥ 40 kg/m²")]),
    ("An FEV1 between 30% and 70% of predicted.", [("fev1-percent at_least 30 %{predicted} at_most 70 %{predicted}", "FEV1 between 30% and 70% of predicted")]),
    ("LVEF (≤ 35%), age ≥ 18 years.", [("ejection-fraction at_most 35 %", "LVEF (≤ 35%)"), ("age at_least 18 a", "age ≥ 18 years")]),
    ("LVEF ≤ 35% on treatment for ≥ 3 months.", [("ejection-fraction at_most 35 %", "LVEF ≤ 35%")]),
    ("Aged 18 years or older with a BMI above 40.", [("age at_least 18 a", "Aged 18 years or older"), ("bmi above 40 kg/m2", "BMI above 40")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "read"), READ, ids=[t for t, _ in READ])
def test_what_is_read_and_in_which_words(text: str, read: list[tuple[str, str]]) -> None:
    found = limits(text, CONCEPTS).read
    assert [(told(x), text[x.start : x.end]) for x in found] == read


# text -> why it is left
LEFT = [
    ("Patients with a BMI of at least 40 kg/m2 were excluded.", "turned"),
    ("It is not offered above a BMI of at least 60 kg/m2.", "turned"),
    ("A reduction in BMI of at least 5 kg/m2.", "turned"),
    ("An increase of haemoglobin of more than 1 g/dL.", "turned"),
    ("LVEF below 35 % in the placebo arm.", "turned"),
    ("Severe (IgG below 200 mg/dL), moderate (IgG 200 to 400 mg/dL).", "chained"),
    ("Reauthorization requires a BMI of at least 30 kg/m2.", "turned"),
    ("An LVEF of at least 50 % is normal.", "turned"),
    ("Safety in those older than 75 years is unknown.", "turned"),
    ("An LVEF > 35 % and ≤ 40 %.", "chained"),
    ("Ferritin < 100 ng/mL, or 100 to 299 ng/mL with a transferrin saturation < 20 %.", "chained"),
    ("A BMI of at least 30 kg/m2, or at least 27 kg/m2 with a complication.", "chained"),
    ("Consider stopping it at an LVEF above 50 %.", "turned"),
    ("A BMI below 35 kg/m2 is a relative contraindication.", "turned"),
    ("An IgG trough above 500 mg/dL is to be kept.", "turned"),
    ("An LVEF below 30 % raised the risk.", "turned"),
    ("Platelets below 30.", "no_unit"),
    ("A BMI of at least 40 years.", "unit"),
    ("An LVEF below 350 %.", "implausible"),
    ("At least two preventives were asked for.", "no_name"),
    ("Failure of methotrexate or sulfasalazine.", "several"),
    ("Failure of methotrexate, sulfasalazine and others.", "several"),
    ("Failure of two or more of these.", "treatment"),
    ("At least 6 weeks of methotrexate and sulfasalazine.", "several"),
    ("An onset age of at least 40 years.", "age"),
    ("Exclusion criteria:\n- BMI above 60 kg/m2", "turned"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), LEFT, ids=[t for t, _ in LEFT])
def test_what_is_left_and_why(text: str, why: str) -> None:
    found = limits(text, CONCEPTS)
    assert found.read == ()
    assert why in [x.why for x in found.unread]


def test_under_a_heading_that_turns_it_around_nothing_is_read() -> None:
    text = "BMI of at least 40 kg/m2."
    assert limits(text, CONCEPTS, "Methods > Eligibility").read
    assert limits(text, CONCEPTS, "Methods > Exclusion criteria").read == ()


def test_the_first_list_ends_where_the_next_begins() -> None:
    text = "Exclusion criteria:\n- BMI above 60 kg/m2\n\nEligible are:\n- BMI above 40 kg/m2"
    (limit,) = limits(text, CONCEPTS).read
    assert told(limit) == "bmi above 40 kg/m2"


WORDS = st.sampled_from(
    [
        *[
            "BMI",
            "LVEF",
            "IgG",
            "age",
            "aged",
            "methotrexate",
            "headache",
            "failure",
            "of",
            "at",
            "least",
            "below",
            "above",
            "or",
            "and",
            "not",
            "18",
            "40",
            "35",
            "%",
            "kg/m2",
            "mg/dL",
            "years",
            "months",
            ",",
            ".",
            ":",
            ";",
            "(",
            ")",
            "older",
            "than",
            "excluded",
            "for",
        ],
        "\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=24))
def test_words_read_alone_say_the_same(words: list[str]) -> None:
    """Whatever is read of a text is read of its own words alone; and its numbers stand in them."""
    text = " ".join(words)
    for limit in limits(text, CONCEPTS).read:
        quote = text[limit.start : limit.end]
        (again,) = limits(quote, CONCEPTS).read
        assert told(again) == told(limit)
        assert all(str(b.limit.exact) in quote for b in limit.bounds)
