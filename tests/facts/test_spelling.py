"""Misspelt names: what is put right, and what is another word and must not be."""

from __future__ import annotations

import pytest

from indicated.facts.spelling import Spelling

NAMES = (
    "pneumonia", "amitriptyline", "hypogammaglobulinemia", "thymoglobulin", "neurology clinic",
    "prednisone", "hypertension", "varicella", "asthma", "atrial fibrillation", "pneumonitis",
)  # fmt: skip


def meant(text: str) -> list[str]:
    return [c.word for c in Spelling(NAMES).corrections(text)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("pnuemonia", "pneumonia"),
        ("pneumona", "pneumonia"),
        ("amitryptiline", "amitriptyline"),
        ("hypogammaglobulinaemia", "hypogammaglobulinemia"),
        ("hypogamaglobulinemia", "hypogammaglobulinemia"),
        ("astma", "asthma"),
        ("artial", "atrial"),
        ("fibrilation", "fibrillation"),
    ],
)
def test_a_slip_is_put_right(written: str, name: str) -> None:
    assert meant(f"had {written} then") == [name]


@pytest.mark.parametrize(
    "written",
    [
        "prednisolone",  # another drug
        "thyroglobulin",  # another protein
        "hypotension",  # the opposite
        "hyperthyroidism",
        "nephrology",  # another clinic
        "pneumonia", "neumonia-like",  # right as it stands; not a word of its own
        "varices", "variceal",
        "mania", "zzzzzz",
    ],
)  # fmt: skip
def test_another_word_is_left_alone(written: str) -> None:
    assert meant(f"had {written} then") == []


def test_offsets_are_those_of_the_word_as_written() -> None:
    text = "no pnuemonia."
    (fix,) = Spelling(NAMES).corrections(text)
    assert text[fix.start : fix.end] == "pnuemonia"


def test_two_names_that_lie_as_near_leave_it_open() -> None:
    assert [c.word for c in Spelling(("cardiatis", "cardietis")).corrections("cardiotis")] == []
