"""Counting different treatments: what one word of a text names is one, in however many lists it stands."""

from __future__ import annotations

import pytest

from indicated.judge.leaves import named_apart
from indicated.model import Fact, Source


@pytest.mark.parametrize(
    ("named", "n"),
    [
        ({"amitriptyline": [(9, 22)], "nerve-pain-drug": [(9, 22)]}, 1),
        ({"amitriptyline": [(9, 22), (40, 53)], "nerve-pain-drug": [(9, 22), (40, 53)]}, 1),
        ({"amitriptyline": [(9, 22)], "sertraline": [(27, 37)]}, 2),
        (
            {
                "amitriptyline": [(9, 22)],
                "nerve-pain-drug": [(9, 22), (27, 37)],
                "gabapentin": [(27, 37)],
            },
            2,
        ),
        ({"amitriptyline": [], "sertraline": []}, 2),
    ],
)
def test_one_word_is_one_treatment(named: dict[str, list[tuple[int, int]]], n: int) -> None:
    """Concepts that share their words count once; those without a place in a text count each."""
    facts = [
        Fact(concept, sources=tuple(Source("note", "x", a, b) for a, b in places))
        for concept, places in named.items()
    ]
    assert named_apart(facts) == n
