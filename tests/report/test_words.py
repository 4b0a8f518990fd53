"""Messages are strict, privacy is kept, phrases are what a reader expects."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from indicated.messages import MessageError, Messages, _Strict, load_messages
from indicated.model import (
    Asserter,
    Assertion,
    Day,
    Leaning,
    Mark,
    Outcome,
    Phase,
    Role,
    State,
    When,
)
from indicated.report.phrases import Phrases
from indicated.report.privacy import identifiers, mask, placeholders
from indicated.truth import Truth

from . import sample
from .test_writer import TABLES


@pytest.mark.parametrize(
    ("id", "slots"),
    [
        ("a.b", {}),
        ("a.b", {"x": "1", "y": "2"}),
        ("a.b", {"y": "2"}),
        ("a.c", {"x": "1"}),
    ],
)
def test_a_slot_or_id_that_does_not_fit_is_an_error(id: str, slots: dict[str, str]) -> None:
    with pytest.raises(MessageError):
        Messages({"a.b": "{x}"}).fill(id, **slots)


def test_an_id_that_stands_twice_is_an_error() -> None:
    with pytest.raises(MessageError, match="stands twice"):
        yaml.load("a: {b: x}\na: {c: y}", Loader=_Strict)


def _cues(file: str, section: str) -> list[str]:
    """What the reading of charts and questions calls a route, a place, a purpose."""
    text = files("indicated").joinpath(f"library/cues/{file}.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text)[section])


ONLY_POLICIES = [o for o in Outcome if o is not Outcome.NO_POLICY]
VOCABULARIES: dict[str, list[str]] = {
    "outcome": list(Outcome),
    "necessity": [*Outcome, "routine"],
    "icon": list(Outcome),
    "clause": ONLY_POLICIES,
    "outcome_closed": [Outcome.CANNOT_DETERMINE],
    "clause_closed": [Outcome.CANNOT_DETERMINE],
    "phase": list(Phase),
    "leaning": list(Leaning),
    "truth": list(Truth),
    "truth_plain": list(Truth),
    "truth_exclusion": list(Truth),
    "exception_truth": list(Truth),
    "dose_truth": list(Truth),
    "label_truth": list(Truth),
    "state": [*(s for s in State if s is not State.SAID), "open"],
    "premise": ["agrees", "contradicted", "not_in_record"],
    "standing": ["standard-of-care", "accepted", "investigational", "not-recommended"],
    "certainty": ["high", "moderate", "low", "very-low"],
    "status": ["draft", "reviewed", "retired"],
    "checked": ["seen", "secondary", "unverified"],
    "authority": ["label", "guideline", "practice", "payer", "trial", "default"],
    "weight": ["actual", "ideal", "adjusted"],
    "assertion": list(Assertion),
    "mark_asked": [Mark.PROPOSED, Mark.CONFIRMED],
    "said_by": list(Asserter),
    "shown_by": ["imaging", "biopsy", "culture", "test", "examination"],
    "asserter": ["letter", "payer", "patient", "question"],
    "response": ["none", "partial", "good", "lost"],
    "ended": ["no-response", "intolerance", "contraindication", "declined", "completed", "other"],
    "mark": [m for m in Mark if m is not Mark.DATE_ASSUMED],
    "unit": [
        "a",
        "mo",
        "wk",
        "d",
        "h",
        "min",
        "%{predicted}",
        "{events}/h",
        "d/mo",
        "h/d",
        "h/wk",
        "{pack-years}",
        "{cells}/uL",
        "mL/a",
    ],
    "detail": [
        *_cues("therapy", "routes"),
        *_cues("ask", "places"),
        *_cues("ask", "purposes"),
        "left",
        "right",
        "bilateral",
        "mild",
        "moderate",
        "severe",
        "male",
        "female",
    ],
    "unit_one": ["a", "mo", "wk", "d", "h", "min"],
}


@pytest.mark.parametrize("table", VOCABULARIES)
def test_a_table_has_a_word_for_every_value_and_none_besides(table: str) -> None:
    words = {id.split(".")[1] for id in load_messages().table if id.split(".")[0] == table}
    assert words == {str(v) for v in VOCABULARIES[table]}


def test_every_table_of_words_is_checked() -> None:
    assert set(VOCABULARIES) == TABLES


def test_every_role_heads_a_part_of_the_missing_table() -> None:
    from indicated.report.gaps import ROLES

    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Name: John", "a name"), ("Mr. Smith came", "a name"), ("Dr Jones", "a name"),
        ("Jane Roe, MD", "a name"), ("DOB 4/5/61", "a date of birth"),
        ("born on 4 May 1961", "a date of birth"), ("MRN: 12345", "a record number"),
        ("member id 99887", "a record number"),
        ("Patient no. 77", "a record number"), ("account No: AB-12", "a record number"), ("123-45-6789", "a social security number"),
        ("(555) 867-5309", "a telephone number"), ("a.b@c.org", "an e-mail address"),
        ("no. 12345678", "a long number"),
    ],
)  # fmt: skip
def test_identifiers_are_found_and_masked(text: str, what: str) -> None:
    assert what in identifiers(text)
    assert identifiers(mask(f"seen: {text} today")) == []


@pytest.mark.parametrize("text", ["The patient no longer walks", "the member no more pays"])
def test_a_small_word_is_no_record_number(text: str) -> None:
    assert identifiers(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "IgG 495 mg/dL (700-1600)", "10.1164/rccm.168.7.818", "BP 128/74, HR 115", "CPT 96365",
        "ACR A3, TBBx 2025-11-10", "Drug-resistant M. abscessus", "FEV1/FVC 0.71",
        "born small for gestational age",
    ],
)  # fmt: skip
def test_clinical_text_is_not_masked(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "[@x@]",
        "[YEAR]",
        "TODO",
        "{slot}",
        "Lorem ipsum",
        "XX/XX",
        "MM/DD/YYYY",
        "____",
        "[INSERT DATE]",
        "???",
    ],
)
def test_placeholders_are_found(text: str) -> None:
    assert placeholders(f"before {text} after")
    assert not placeholders(mask(f"before {text} after"))


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (Day.of(date(2025, 11, 3)), "3 Nov 2025"),
        (Day(date(2025, 2, 1), date(2025, 2, 28)), "Feb 2025"),
        (Day(date(2025, 1, 1), date(2025, 12, 31)), "2025"),
        (Day(date(2025, 1, 5), date(2025, 3, 1)), "between 5 Jan 2025 and 1 Mar 2025"),
    ],
)
def test_days_are_printed_to_their_precision(day: Day, text: str) -> None:
    words = Phrases(load_messages(), sample.CONCEPTS)
    assert words.when(When(day, day)) == text
    assert words.when(When(day, day, assumed=True)) == f"{text} (date assumed)"


def test_messages_are_sections_of_text() -> None:
    """Whoever translates them may use any YAML tool: the strict loader reads nothing else."""
    folder = Path(__file__).parents[2] / "src/indicated/library/messages/en"
    sections = [yaml.safe_load(file.read_text("utf-8")) for file in folder.glob("*.yaml")]
    held = {f"{name}.{id}" for file in sections for name, ids in file.items() for id in ids}
    assert held == set(load_messages().table)


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(MessageError, match="Choose of: en"):
        load_messages("tlh")
