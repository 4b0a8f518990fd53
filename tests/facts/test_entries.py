"""Entries of any format: what they say, where their words stand, and that prose stays prose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from indicated.facts import read_facts
from indicated.facts.entries import without_entries
from indicated.model import (
    Asserter,
    Chart,
    Coding,
    Day,
    Document,
    Entry,
    Facts,
    Quantity,
    Therapy,
    When,
)

from .compact import AS_OF, CONCEPTS, WRITTEN, lines

DAY = date(2025, 3, 12)


def document(*entries: Entry, text: str = "", written: date | None = WRITTEN) -> Document:
    """A document with a line for each entry, and prose before them."""
    lines_, placed = [text + "\n" if text else ""], []
    at = len(lines_[0])
    for i, entry in enumerate(entries):
        line = f"entry {i}: {entry.words}"
        placed.append(replace(entry, start=at, end=at + len(line), path=f"row {i}"))
        lines_.append(line + "\n")
        at += len(line) + 1
    return Document("a", "".join(lines_), written, entries=tuple(placed))


def facts(*entries: Entry, text: str = "", written: date | None = WRITTEN) -> Facts:
    chart = Chart((document(*entries, text=text, written=written),))
    return read_facts(chart, CONCEPTS, as_of=AS_OF)


def entry(kind: str, words: str, **more: Any) -> Entry:
    return Entry(kind, 0, 0, words=words, **more)


def lab(value: str | int, unit: str = "mg/dL", **more: Any) -> Entry:
    return entry("observation", "IgG", value=Quantity.of(value, unit), **more)


# --- words ---------------------------------------------------------------------------------


def test_a_fact_points_at_its_line_and_its_place() -> None:
    found = facts(entry("condition", "Asthma"), lab(495))
    assert {(f.concept, f.sources[0].quote, f.sources[0].path) for f in found.items} == {
        ("asthma", "entry 0: Asthma", "row 0"),
        ("igg", "entry 1: IgG", "row 1"),
    }


def test_entries_are_read_once_and_prose_beside_them_still_is() -> None:
    """The line of a refuted illness says its name; read as prose it would be present."""
    found = facts(entry("condition", "Asthma", status="refuted"), text="Has diabetes.")
    assert lines(found) == ["asthma | absent", "diabetes"]
    whole = facts(lab(495), text="IgG 495 mg/dL.")
    (fact,) = whole.items
    assert len(fact.sources) == 2


def test_masking_keeps_every_other_offset() -> None:
    given = document(entry("condition", "Asthma"), lab(495), text="Has diabetes.")
    blank = without_entries(given)
    assert len(blank.text) == len(given.text)
    assert blank.text.split() == ["Has", "diabetes."]
    assert blank.text.startswith("Has diabetes.\n")
    assert without_entries(Document("a", "x")) == Document("a", "x")
    twice = replace(given, entries=(*given.entries, *given.entries))
    assert without_entries(twice).text == blank.text


# --- time ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "recorded", "written", "expected"),
    [
        (When.on(DAY), None, WRITTEN, "igg = 495 mg/dL | on 2025-03-12"),
        (When(), DAY, WRITTEN, "igg = 495 mg/dL | on 2025-03-12"),
        (When(), None, WRITTEN, "igg = 495 mg/dL"),
        (When(), None, None, "igg = 495 mg/dL | undated"),
    ],
)
def test_a_result_is_of_its_own_day(
    when: When, recorded: date | None, written: date | None, expected: str
) -> None:
    assert lines(facts(lab(495, when=when, recorded=recorded), written=written), written) == [
        expected
    ]


def test_what_was_recorded_later_was_not_known() -> None:
    later = date(2025, 7, 2)
    assert facts(lab(495, when=When.on(DAY), recorded=later)).items == ()
    assert facts(lab(495, when=When.on(later))).items == ()
    assert facts(entry("condition", "Asthma", recorded=later)).items == ()


def test_an_assumed_day_is_marked() -> None:
    (fact,) = facts(entry("condition", "Asthma"), written=None).items
    assert fact.when == When.on(AS_OF, assumed=True)
    assert {m.value for m in fact.marks} == {"date_assumed"}
    (drug,) = facts(entry("medication", "topiramate", status="active"), written=None).items
    assert drug.when == When(None, None, ongoing=True, assumed=True)


def test_an_end_set_beforehand_ends_it() -> None:
    start, end = Day.of(date(2025, 1, 1)), Day.of(date(2025, 9, 1))
    drug = entry("medication", "topiramate", status="active", when=When(start, end))
    assert lines(facts(drug)) == ["topiramate | from 2025-01-01 | ongoing"]
    over = replace(drug, when=When(start, Day.of(date(2025, 2, 1))))
    assert lines(facts(over)) == ["topiramate | from 2025-01-01 | to 2025-02-01"]


# --- names and codes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "coding", "expected"),
    [
        ("CVID", Coding("D83.9", "icd10cm"), ["cvid"]),
        ("", Coding("D83.9", "icd10cm"), ["cvid | code_only"]),
        ("", Coding("D839", "icd10cm"), ["cvid | code_only"]),
        ("", Coding("d83.9", "icd10cm"), ["cvid | code_only"]),
        ("", Coding("D83.9", "loinc"), []),
        ("", Coding("D83.9", "http://example.org"), []),
        ("", Coding("D83.9"), ["cvid | code_only"]),
        ("", Coding("X", "icd10cm", "Asthma"), ["asthma"]),
        ("Asthma", Coding("D83.9", "icd10cm", "CVID"), ["asthma", "cvid | code_only"]),
        ("No asthma", Coding("X", "icd10cm"), ["asthma | absent"]),
        ("Mystery", Coding("X", "icd10cm"), []),
    ],
)
def test_the_name_comes_before_the_code(words: str, coding: Coding, expected: list[str]) -> None:
    assert lines(facts(entry("condition", words, codings=(coding,)))) == expected


def test_a_label_stays_one_whatever_its_name() -> None:
    assert lines(facts(entry("condition", "Asthma", label=True))) == ["asthma | code_only"]


def test_entries_that_give_nothing_are_counted() -> None:
    found = facts(entry("condition", "Mystery"), entry("encounter", "Visit"), lab(495))
    assert (len(found.items), found.unplaced) == (1, 1)


# --- kinds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (entry("medication", "topiramate", status="active",
               therapy=Therapy(dose=Quantity.of(100, "mg"), every=Quantity.of(12, "h"), route="by mouth")),
         ["topiramate | ongoing | dose 100 mg | every 12 h | oral"]),
        (entry("medication", "topiramate", status="active", directions="100 mg BID for 3 months"),
         ["topiramate | ongoing | dose 100 mg | every 12 h | for 3 mo"]),
        (entry("medication", "topiramate 50 mg tablet", status="active", value=Quantity.of(3), written_unit="tablet"),
         ["topiramate | ongoing | dose 150 mg"]),
        (entry("medication", "topiramate 50 mg", status="active", value=Quantity.of(3), written_unit="mL"),
         ["topiramate | ongoing"]),
        (entry("medication", "topiramate", status="stopped", reasons=("hair loss",)),
         ["topiramate | undated | ended intolerance"]),
        (entry("medication", "topiramate", status="stopped", reasons=("Drug not tolerated (finding)",)),
         ["topiramate | undated | ended intolerance"]),
        (entry("medication", "topiramate", status="on-hold"), ["topiramate | undated"]),
        (entry("medication", "topiramate", status="withheld"), []),
        (entry("medication", "topiramate", status="declined"), ["topiramate | ended declined | not taken"]),
        (entry("medication", "infliximab (Inflectra)", status="active"), ["infliximab-biosimilar | ongoing"]),
        (entry("allergy", "gabapentin", reasons=("rash",)), ["gabapentin | undated | ended intolerance"]),
        (entry("allergy", "gabapentin", status="refuted"), []),
        (entry("allergy", "pregnancy", status="refuted"), ["pregnancy | absent"]),
        (entry("order", "IVIG"), ["immunoglobulin | planned"]),
        (entry("order", "", codings=(Coding("J1569", "hcpcs"),), label=True), ["immunoglobulin | planned | code_only"]),
        (entry("family", "Breast cancer", relation="mother"), ["breast-cancer | family | undated"]),
        (entry("family", "No breast cancer", relation="mother"), []),
        (entry("observation", "IgG", value="pending"), []),
        (entry("observation", "IgG", status="not-done"), ["igg | not_documented | undated"]),
        (entry("observation", "pain", value=Quantity.of(7)), ["pain-score = 7 {score}"]),
        (entry("observation", "Culture", value="no Pseudomonas"), ["pseudomonas | absent | shown by culture"]),
        (entry("answer", "Do you smoke (smoking)?", value="No", asserter=Asserter.PATIENT), ["smoking | absent | by patient"]),
        (entry("answer", "Has topiramate failed?", value="no"), []),
        (entry("device", "CPAP", status="active"), ["cpap | ongoing"]),
        (entry("claim", "Asthma"), ["asthma | code_only"]),
        (entry("patient", "sex female", value="female", when=When.on(date(1961, 7, 2))),
         ["age = 63 a | on 2025-07-01", "sex = female | on 2025-07-01"]),
    ],
)  # fmt: skip
def test_each_kind_says_exactly_this(given: Entry, expected: list[str]) -> None:
    assert lines(facts(given)) == expected


def test_sites_are_in_normal_form() -> None:
    (fact,) = facts(entry("condition", "Low back pain", site=("left L4-5",))).items
    assert fact.site == frozenset({"left", "L4/5"})


def test_the_same_statement_in_prose_and_in_an_entry_is_one_fact() -> None:
    found = facts(entry("condition", "Asthma"), text="Has asthma.")
    (fact,) = found.items
    assert [s.quote for s in fact.sources] == ["asthma", "entry 0: Asthma"]


def test_an_entry_against_prose_is_a_conflict() -> None:
    found = facts(entry("condition", "Asthma", status="refuted"), text="Has asthma.")
    assert len(found.conflicts) == 1


def test_the_order_of_entries_changes_no_fact() -> None:
    given = [
        entry("condition", "Asthma"),
        lab(495),
        lab(300, "mg/g"),
        entry("medication", "IVIG", status="active"),
    ]
    assert lines(facts(*given)) == lines(facts(*reversed(given)))
