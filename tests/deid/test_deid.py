"""The step that withholds identifying details, held to its annotated sentences."""

from __future__ import annotations

import hashlib

import pytest

from indicated import load_library
from indicated.report.identifying import find
from indicated.report.word_lists import Words, words_of
from tests.deid.report import HERE, figures, read, sentences


@pytest.fixture(scope="module")
def words() -> Words:
    return words_of(load_library())


def test_there_are_enough_sentences_of_both_sorts() -> None:
    all_of_them = sentences("open") + sentences("set_aside")
    plain = [s for s, marks in all_of_them if not marks]
    assert len(all_of_them) >= 400
    assert len(plain) >= 200


def test_what_is_set_aside_was_chosen_by_hash() -> None:
    for part, chosen in (("open", False), ("set_aside", True)):
        for file in (HERE / part).glob("*.txt"):
            for line in filter(None, file.read_text("utf-8").splitlines()):
                third = int(hashlib.sha256(line.encode()).hexdigest(), 16) % 3 == 0
                assert third is chosen, f"a sentence of {part}/{file.name} belongs elsewhere"


@pytest.mark.parametrize("part", ["open", "set_aside"])
def test_recall_and_precision(part: str, words: Words) -> None:
    got = figures(part, words)
    assert got.recall >= 0.99
    assert got.precision >= 0.95


def test_a_mark_is_read_where_it_stands() -> None:
    assert read("Mr. [[name:Ode]] at [[place:Elko]].") == (
        "Mr. Ode at Elko.",
        [(4, 7, "name"), (11, 15, "place")],
    )


@pytest.mark.parametrize(
    "text",
    [
        "Wilson disease was excluded.",
        "A Foley catheter is in place.",
        "Hospital day 4, FEV1 1.24 L (38% predicted).",
        "May repeat in 6 months.",
        "Since 2019 he has had infections.",
        "Blood pressure 128/76.",
        "Lives in North Carolina.",
    ],
)
def test_words_that_name_nobody_stay(text: str, words: Words) -> None:
    assert find(text, words) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Mr. Wilson was seen.", "Wilson"),
        ("Seen by Dr. Graves today.", "Graves"),
        ("His wife May agrees.", "May"),
        ("Qorvath Zebrin has had fevers.", "Qorvath Zebrin"),  # in no list of names
        ("Lives in Reading with a dog.", "Reading"),
        ("A 93-year-old woman.", "93-year-old"),
    ],
)
def test_the_same_words_as_names_go(text: str, hidden: str, words: Words) -> None:
    assert [text[f.start : f.end] for f in find(text, words)] == [hidden]
