"""A denial is read for its reasons; each is answered from the record, conceded, or left open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicated import chart_from_text
from indicated.ask import denial_reasons
from indicated.letters import letter
from indicated.model import Assessment, Document, Library
from indicated.report.letters.answers import answer

CPAP, MRI, SLEEVE = "cpap-ahi-9-hypertension", "sciatica-mri-no-dates", "bariatric-bmi-38-medicare"

KINDS = [
    ("The request is not medically necessary.", "not_necessary"),
    ("Medical necessity has not been established.", "not_necessary not_documented"),
    ("The treatment is experimental.", "experimental"),
    ("There is insufficient published evidence for it.", "experimental"),
    ("Step therapy applies.", "step_therapy"),
    ("The member must first try a preferred drug.", "step_therapy"),
    ("No record of physical therapy was submitted.", "not_documented"),
    ("The notes do not show a neurological examination.", "not_documented"),
    ("Additional information was not received.", "missing_information"),
    ("The dose exceeds the maximum.", "dose"),
    ("The stay could be managed at a lower level of care.", "level_of_care"),
    ("The provider is out of network.", "network"),
    ("No prior authorization was obtained.", "authorization"),
    ("This is not a covered benefit.", "benefit"),
    ("It is not covered because it is experimental.", "experimental"),
]  # fmt: skip
NONE = [
    "We reviewed the request for CPAP.",
    "You have the right to appeal if the care is medically necessary.",
    "Please send additional information that was not received.",
    "The criteria can be had free of charge because you asked.",
    "",
    "...",
]


def reasons(text: str, library: Library) -> list[tuple[str, ...]]:
    return [r.kinds for r in denial_reasons(Document("denial", text), library.concepts)]


@pytest.mark.parametrize(("text", "kinds"), KINDS)
def test_a_reason_has_its_kinds(text: str, kinds: str, library: Library) -> None:
    assert reasons(text, library) == [tuple(kinds.split())]


@pytest.mark.parametrize("text", NONE)
def test_what_states_no_reason_is_none(text: str, library: Library) -> None:
    assert reasons(text, library) == []


def test_a_list_of_reasons_is_cut_and_quoted_where_it_stands(library: Library) -> None:
    text = "Denied for these reasons:\n 1. BMI is 38.\n 2. Age is above\n    60.\n\nSincerely"
    found = denial_reasons(Document("denial", text), library.concepts)
    assert [r.source.quote for r in found] == ["BMI is 38.", "Age is above\n    60."]
    assert all(text[r.source.start : r.source.end] == r.source.quote for r in found)
    assert found[0].concepts == ("bmi",)


def test_a_reason_that_stands_twice_is_one(library: Library) -> None:
    assert len(reasons("It is experimental. It is experimental.", library)) == 1


VERDICTS = [
    (CPAP, "The request is not medically necessary.", "answered"),
    (CPAP, "The records do not show hypertension.", "answered"),
    (CPAP, "No apnea-hypopnea index of 15 is documented.", "in_part"),
    (CPAP, "Excessive daytime sleepiness was not documented.", "in_part"),
    (CPAP, "The treatment is experimental.", "answered"),
    (CPAP, "The supplier is out of network.", "not_a_criterion"),
    (CPAP, "The notes do not show six weeks of physical therapy.", "unplaced"),
    (MRI, "The request is not medically necessary.", "open"),
    (MRI, "The notes do not show six weeks of physical therapy.", "open"),
    (SLEEVE, "The request is not medically necessary.", "conceded"),
    (SLEEVE, "No type 2 diabetes is documented.", "conceded"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "verdict"), VERDICTS)
def test_a_reason_is_answered_conceded_or_left_open(
    assessed: Callable[..., Assessment], library: Library, name: str, text: str, verdict: str
) -> None:
    (reason,) = denial_reasons(Document("denial", text), library.concepts)
    assert answer(reason, assessed(name).determinations[0], library.concepts).verdict == verdict


def test_a_denial_without_a_reason_is_said_to_be_one(
    assessed: Callable[..., Assessment], library: Library
) -> None:
    written = letter("appeal", assessed(CPAP), library, denial=chart_from_text("We say no."))
    assert any(s.id == "letter.no_reason" for s in written.article.sentences())


FRAGMENTS = [
    "not medically necessary", "experimental", "because", "the following reasons:", "\n1. ", "\n- ",
    "\n\n", ". ", "no record of", "CPAP", "AHI 15", "hypertension", "[P1]", "“quoted”", "[x]", "{slot}",
    "Dr. Jane Roe", "MRN 0012345", "XX/XX/2024", "exceeds", "60 mg/kg", "not indicated", "›", "|", "TODO",
]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20)), max_size=25))
def test_any_denial_gives_an_appeal_that_passes_the_check(
    assessed: Callable[..., Assessment], library: Library, pieces: list[str]
) -> None:
    """`letter` raises where a sentence lacks its support or would print who somebody is."""
    written = letter("appeal", assessed(CPAP), library, denial=chart_from_text(" ".join(pieces)))
    said = "\n".join(s.text for s in written.article.sentences())
    assert "Jane Roe" not in said
    assert "0012345" not in said
