"""What only shows in whole documents: kinds, dates, sections, tables, merging, contradictions."""

from __future__ import annotations

from datetime import date

import pytest

from indicated.facts import read_facts
from indicated.model import Chart, Conflict, Document, Facts, Mark, When

from .compact import AS_OF, CONCEPTS, WRITTEN, lines, read


def chart(*documents: tuple[str, str, date | None, str]) -> Facts:
    made = tuple(Document(id, text, written, kind=kind) for id, text, written, kind in documents)
    return read_facts(Chart(made), CONCEPTS, as_of=AS_OF)


# --- kinds of document ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("note", "asthma"),
        ("letter", "asthma | by letter"),
        ("denial", "asthma | by payer"),
        ("question", "asthma | by question"),
        ("laboratory", "asthma | by laboratory"),
        ("problem-list", "asthma"),
    ],
)
def test_who_says_it_depends_on_the_kind_of_document(kind: str, expected: str) -> None:
    assert lines(read("Has asthma.", kind=kind)) == [expected]


def test_an_order_is_a_plan_unless_it_is_active() -> None:
    text = "## Active\n\nIVIG 60 g monthly.\n\n## Pending\n\nIVIG 80 g monthly.\n"
    assert lines(read(text, kind="order")) == [
        "immunoglobulin | ongoing | dose 60 g | every 1 mo",
        "immunoglobulin | planned | dose 80 g | every 1 mo",
    ]


# --- dates ---------------------------------------------------------------------------------


def test_a_document_without_a_date_counts_as_written_on_the_as_of_day_and_says_so() -> None:
    (fact,) = read("Has asthma.", written=None).items
    assert fact.when == When.on(AS_OF, assumed=True)
    assert fact.marks == {Mark.DATE_ASSUMED}


def test_a_value_with_its_own_date_rests_on_no_assumption() -> None:
    (fact,) = read("IgG 495 mg/dL on 2025-03-01.", written=None).items
    assert fact.when == When.on(date(2025, 3, 1))
    assert not fact.marks


def test_a_relative_date_in_an_undated_document_is_assumed() -> None:
    (fact,) = read("Pneumonia 10 days ago.", written=None).items
    assert fact.when == When.on(date(2025, 6, 21), assumed=True)
    assert fact.marks == {Mark.DATE_ASSUMED}


def test_an_undated_past_event_stays_undated() -> None:
    (fact,) = read("History of pneumonia.", written=None).items
    assert not fact.when.dated
    assert not fact.marks


# --- sections ------------------------------------------------------------------------------

NOTE = """# Clinic note

## Past medical history
- asthma
- pneumonia
- s/p lung transplant 2019

## Family history
Breast cancer. Diabetes in a cousin.

## Medications
- IVIG 60 g monthly
- prednisone 5 mg daily

## Allergies
methotrexate

## Criteria
Failure of topiramate and of propranolol.

## Assessment
Crohn's disease.

## Plan
- infliximab 400 mg every 8 weeks
- continue prednisone
"""


def test_headings_say_how_their_text_is_meant() -> None:
    assert lines(read(NOTE)) == [
        "asthma",
        "breast-cancer | family | undated",
        "crohns",
        "diabetes | family | undated",
        "immunoglobulin | ongoing | dose 60 g | every 1 mo",
        "infliximab | planned | dose 400 mg | every 8 wk",
        "lung-transplant | on 2019",
        "methotrexate | undated | ended intolerance",
        "pneumonia | undated",
        "prednisone | ongoing | dose 5 mg | every 1 d",
    ]


def test_a_heading_in_the_midst_of_a_paragraph_holds_for_its_sentence() -> None:
    text = "Seen today. Tried: gabapentin. Takes topiramate. Request: Botox. Has asthma."
    assert lines(read(text)) == [
        "asthma",
        "botox | planned",
        "gabapentin | historical | undated",
        "topiramate | ongoing",
    ]


def test_a_wrapped_line_goes_on_and_a_new_item_does_not() -> None:
    wrapped = (
        "The patient has been followed here for many years because of chronic\n"
        "migraine and has no history of\npneumonia.\nfever\nAsthma\n"
    )
    said = lines(read(wrapped))
    assert "chronic-migraine" in said
    assert "pneumonia | absent | to 2025-06-15" in said
    assert "asthma" in said


# --- tables --------------------------------------------------------------------------------

PIPES = """
| Test | Collected | Result | Units | Reference | Flag |
|------|-----------|--------|-------|-----------|------|
| IgG  | 03/01/2025 | 495 | mg/dL | 700-1600 | L |
| IgM  | 03/01/2025 | 39 | | 40-230 mg/dL | L |
| creatinine | | 0.9 | mg/dL | | |
"""


def test_a_table_is_read_by_its_header_in_any_order_of_columns() -> None:
    assert lines(read(PIPES)) == [
        "creatinine = 0.9 mg/dL",
        "igg = 495 mg/dL | on 2025-03-01",
        "igm = 39 mg/dL | on 2025-03-01 | unit_inferred",
    ]
    turned = "| Value | Name | Unit |\n|---|---|---|\n| 495 | IgG | mg/dL |\n"
    assert lines(read(turned)) == ["igg = 495 mg/dL"]


def test_dates_as_columns() -> None:
    text = "| Test | 2025-01-05 | 2025-03-01 |\n|---|---|---|\n| IgG | 609 mg/dL | 495 mg/dL |\n"
    assert lines(read(text)) == [
        "igg = 495 mg/dL | on 2025-03-01",
        "igg = 609 mg/dL | on 2025-01-05",
    ]


def test_a_column_headed_by_a_unit() -> None:
    text = "| Test | Post | % predicted |\n|---|---|---|\n| FEV1 | 1.86 L | 48 |\n"
    assert lines(read(text)) == ["fev1 = 1.86 L", "fev1-percent = 48 %{predicted}"]


def test_columns_aligned_by_blanks() -> None:
    text = "Test        Result   Units    Reference\nIgG         495      mg/dL    700-1600\n"
    assert lines(read(text)) == ["igg = 495 mg/dL"]


def test_lines_that_look_like_columns_without_a_header_are_read_as_text() -> None:
    assert lines(read("IgG    495 mg/dL    (700-1600)\nIgM    39 mg/dL\n")) == [
        "igg = 495 mg/dL",
        "igm = 39 mg/dL",
    ]


def test_a_row_about_a_treatment_is_read_like_a_sentence() -> None:
    text = "| Drug | Dose | Time | Outcome |\n|---|---|---|---|\n"
    text += "| topiramate | 100 mg daily | 12 weeks | no benefit |\n"
    assert lines(read(text)) == [
        "topiramate | undated | dose 100 mg | every 1 d | for 12 wk | response none"
        " | ended no-response"
    ]


# --- the same statement twice ----------------------------------------------------------------


def test_one_statement_in_two_places_is_one_fact_with_two_sources() -> None:
    facts = chart(
        ("a", "Has asthma.", WRITTEN, "note"), ("b", "Asthma is present.", WRITTEN, "note")
    )
    (fact,) = facts.items
    assert [s.document for s in fact.sources] == ["a", "b"]


def test_a_letter_that_repeats_a_note_does_not_become_the_note() -> None:
    facts = chart(("a", "Has asthma.", WRITTEN, "note"), ("b", "Has asthma.", WRITTEN, "letter"))
    assert lines(facts) == ["asthma", "asthma | by letter"]


def test_the_same_event_in_two_notes_is_one() -> None:
    facts = chart(
        ("a", "Pneumonia on 2025-03-12.", date(2025, 3, 12), "note"),
        ("b", "Pneumonia in March 2025. History of pneumonia.", date(2025, 5, 1), "note"),
    )
    (fact,) = facts.items
    assert fact.when == When.on(date(2025, 3, 12))
    assert len(fact.sources) == 3


def test_two_events_far_apart_are_two() -> None:
    assert len(read("Pneumonia on 2025-01-12 and on 2025-03-12.").items) == 2


def test_what_is_later_said_to_have_ended_is_not_going_on() -> None:
    text = "On infliximab 400 mg every 8 weeks. Infliximab was then stopped due to rash."
    assert not any(f.when.ongoing for f in read(text).items)


# --- contradictions --------------------------------------------------------------------------


def says(facts: Facts) -> list[str]:
    return [c.says for c in facts.conflicts]


def test_a_disease_that_is_said_and_denied_is_a_conflict_and_both_stay() -> None:
    facts = chart(
        ("a", "Has diabetes.", date(2025, 1, 5), "note"), ("b", "No diabetes.", WRITTEN, "note")
    )
    assert says(facts) == [
        "diabetes mellitus: the record says both that it is so and that it is not."
    ]
    assert all(Mark.DISPUTED in f.marks for f in facts.items)
    assert set(facts.conflicts[0].facts) == set(facts.items)


def test_a_denial_before_the_disease_began_is_none() -> None:
    facts = chart(
        ("a", "No diabetes.", date(2025, 1, 5), "note"), ("b", "Has diabetes.", WRITTEN, "note")
    )
    assert not facts.conflicts


def test_a_symptom_may_come_and_go() -> None:
    facts = chart(("a", "Fever.", date(2025, 1, 5), "note"), ("b", "No fever.", WRITTEN, "note"))
    assert not facts.conflicts


def test_two_values_of_one_day_are_a_conflict_unless_they_are_the_same_value() -> None:
    two = read("IgG 495 mg/dL on 2025-03-01.\n\nIgG 609 mg/dL on 2025-03-01.")
    assert says(two) == ["serum IgG: two different values are given for the same day."]
    same = read("IgG 495 mg/dL on 2025-03-01.\n\nIgG 4.95 g/L on 2025-03-01.")
    assert not same.conflicts


def test_values_of_an_assumed_day_are_not_known_to_be_of_one_day() -> None:
    assert not read("LDL 170 mg/dL.\n\nLDL 243 mg/dL.", written=None).conflicts


def test_opposites_are_a_conflict() -> None:
    facts = read("Hypogammaglobulinemia. Hyperimmunoglobulinemia.")
    (conflict,) = facts.conflicts
    assert isinstance(conflict, Conflict)
    assert "opposites" in conflict.says


def test_a_claim_of_a_letter_makes_no_conflict() -> None:
    facts = chart(("a", "Has asthma.", WRITTEN, "note"), ("b", "No asthma.", WRITTEN, "letter"))
    assert not facts.conflicts


# --- silence -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Seen in clinic today.", "Follow up as needed.", "- \n- \n"])
def test_silence_says_nothing(text: str) -> None:
    facts = read(text)
    assert facts == Facts()


def test_what_could_not_be_placed_is_counted() -> None:
    assert read("Serum porcelain 4.1 mg/dL.\n\nDenies zorbing.\n\nSeen today.").unplaced == 2
    assert read("Plan requires trial of topiramate.").unplaced == 0
    assert read("48-year-old woman, about 2 years here.").unplaced == 0


def test_a_rule_of_the_plan_is_no_history() -> None:
    text = "Policy criteria: all of: failure of topiramate; failure of propranolol; asthma."
    assert read(text).items == ()


def test_an_unknown_name_gives_nothing_and_a_name_inside_a_word_neither() -> None:
    assert read("Asthmatic bronchoplasty and preasthma.").items == ()


def test_a_name_shared_by_unlike_things_is_left_out() -> None:
    from indicated.model import Concept, Concepts

    shared = Concepts({
        "a": Concept("a", "alpha measure", "measurement", names=("Zorb",), unit="mg/dL"),
        "b": Concept("b", "beta measure", "measurement", names=("Zorb",), unit="L"),
    })  # fmt: skip
    made = Chart((Document("x", "Zorb 4 mg/dL. Zorb 3 L. Zorb 5.", WRITTEN),))
    facts = read_facts(made, shared, as_of=AS_OF)
    assert [(f.concept, str(f.value.low)) for f in facts.items] == [("a", "4"), ("b", "3")]
    assert facts.unplaced == 1
