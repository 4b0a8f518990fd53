"""Truth: every cell of every table, spelled out, and the laws that must hold over them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicated.truth import (
    AND,
    MET,
    NOT_MET,
    OR,
    UNKNOWN,
    Truth,
    all_of,
    any_of,
    at_least,
    negate,
    none_of,
)

T, F, U = MET, NOT_MET, UNKNOWN
truths = st.sampled_from(Truth)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, T, F, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, T, U, T),
        (U, F, F, U),
        (U, U, U, U),
    ],
)
def test_all_nine_cells_of_and_and_or(a: Truth, b: Truth, both: Truth, either: Truth) -> None:
    assert AND[a, b] is both
    assert OR[a, b] is either
    assert all_of([a, b]) is both
    assert any_of([a, b]) is either


@pytest.mark.parametrize(("a", "opposite"), [(T, F), (F, T), (U, U)])
def test_all_three_cells_of_not(a: Truth, opposite: Truth) -> None:
    assert negate(a) is opposite


def test_the_tables_have_no_other_cells() -> None:
    assert set(AND) == set(OR) == set(product(Truth, repeat=2))


@pytest.mark.parametrize(
    ("n", "listed", "expected"),
    [
        (1, [T, T], T), (1, [T, F], T), (1, [T, U], T), (1, [F, F], F), (1, [F, U], U), (1, [U, U], U),
        (2, [T, T], T), (2, [T, F], F), (2, [T, U], U), (2, [F, F], F), (2, [F, U], F), (2, [U, U], U),
        (2, [T, T, F], T), (2, [T, U, F], U), (2, [T, F, F], F), (2, [U, U, F], U), (2, [U, F, F], F),
        (3, [T, T, U], U), (3, [T, T, T], T), (3, [T, F, T], F), (3, [U, U, U], U), (1, [], F),
    ],
)  # fmt: skip
def test_at_least(n: int, listed: list[Truth], expected: Truth) -> None:
    assert at_least(n, listed) is expected
    assert at_least(n, reversed(listed)) is expected


def test_none_is_the_opposite_of_any() -> None:
    for listed in product(Truth, repeat=3):
        assert none_of(listed) is negate(any_of(listed))


def test_a_truth_is_never_a_condition() -> None:
    for truth in Truth:
        with pytest.raises(TypeError, match="three values and cannot be a condition"):
            bool(truth)


def known_completions(listed: list[Truth]) -> list[list[Truth]]:
    """Every way to answer what is unknown."""
    return [list(c) for c in product(*[[t] if t is not U else [T, F] for t in listed])]


@given(st.lists(truths, max_size=5), st.integers(1, 5))
def test_unknown_means_that_both_answers_are_still_possible(listed: list[Truth], n: int) -> None:
    """The tables are exact: known if every completion agrees, unknown if two differ."""
    for combine in (all_of, any_of, none_of, lambda x: at_least(n, x)):
        results = {combine(c) for c in known_completions(listed)}
        assert combine(listed) is (results.pop() if len(results) == 1 else U)


def test_learning_more_never_flips_a_definite_answer() -> None:
    """Exhaustive to width 3: answering an unknown leaves every known result as it was."""
    for width in (1, 2, 3):
        for listed in product(Truth, repeat=width):
            for n in range(1, width + 1):
                for combine in (all_of, any_of, none_of, lambda x, n=n: at_least(n, x)):
                    before = combine(listed)
                    for after in known_completions(list(listed)):
                        assert before is U or combine(after) is before


def test_only_met_and_not_met_are_known() -> None:
    assert {truth for truth in Truth if truth.known} == {Truth.MET, Truth.NOT_MET}
