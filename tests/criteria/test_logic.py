"""What follows from criteria without any chart, held against every chart there can be."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicated.criteria import unknown_on_empty
from indicated.criteria.logic import clash, contradiction, forces, shape, under
from indicated.model import Bound, Combine, Criterion, Has, Quantity
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

LEAVES = "abc"


def leaf(name: str, silence: str = "") -> Criterion:
    return Criterion(name, name, Has((name,)), silence=silence)


def combine(kind: str, *parts: Criterion, n: int = 0) -> Criterion:
    return Criterion(kind, kind, Combine(kind, parts, n))


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> Criterion:
    if depth == 0 or draw(st.booleans()):
        return leaf(draw(st.sampled_from(LEAVES)))
    kind = draw(st.sampled_from(["all", "any", "none", "at_least"]))
    parts = [draw(trees(depth - 1)) for _ in range(draw(st.integers(1, 3)))]
    n = draw(st.integers(1, len(parts))) if kind == "at_least" else 0
    return combine(kind, *parts, n=n)


def on_every_chart(criterion: Criterion) -> set[Truth]:
    """The values of a criterion over all charts that say yes or no to every leaf."""
    return {
        under(criterion, {leaf(name).test: truth for name, truth in zip(LEAVES, said, strict=True)})
        for said in product([MET, NOT_MET], repeat=len(LEAVES))
    }


@given(trees())
def test_whatever_is_called_constant_is_constant(criterion: Criterion) -> None:
    """The check never accuses a criterion that some chart meets, or some chart fails."""
    if clash(list(forces(criterion, MET))):
        assert MET not in on_every_chart(criterion)
    if clash(list(forces(criterion, NOT_MET))):
        assert NOT_MET not in on_every_chart(criterion)


@given(trees(), st.sampled_from([MET, NOT_MET]))
def test_what_is_forced_holds_on_every_such_chart(criterion: Criterion, truth: Truth) -> None:
    pairs = list(forces(criterion, truth))
    for said in product([MET, NOT_MET], repeat=len(LEAVES)):
        known = {leaf(n).test: t for n, t in zip(LEAVES, said, strict=True)}
        if under(criterion, dict(known)) is truth:
            assert all(under(part, dict(known)) is must for part, must in pairs)


@given(trees())
def test_the_empty_chart_leaves_every_open_tree_unknown(criterion: Criterion) -> None:
    assert unknown_on_empty(criterion) is UNKNOWN


CLOSED, OPEN = leaf("a", silence="It would be said."), leaf("b")


@pytest.mark.parametrize(
    ("criterion", "truth"),
    [
        (CLOSED, NOT_MET),
        (combine("none", CLOSED), MET),
        (combine("all", CLOSED, OPEN), NOT_MET),
        (combine("any", CLOSED, OPEN), UNKNOWN),
        (combine("any", combine("none", CLOSED), OPEN), MET),
        (combine("at_least", CLOSED, OPEN, n=2), NOT_MET),
        (combine("at_least", CLOSED, OPEN, n=1), UNKNOWN),
    ],
)
def test_closed_leaves_on_the_empty_chart(criterion: Criterion, truth: Truth) -> None:
    assert unknown_on_empty(criterion) is truth


def test_equal_tests_are_the_same_criterion_whatever_they_are_called() -> None:
    one = combine("any", leaf("a"), leaf("b"))
    other = Criterion("x", "y", Combine("any", (leaf("b"), leaf("a"))))
    assert shape(one) == shape(other)
    assert shape(one) != shape(combine("all", leaf("a"), leaf("b")))


def bound(op: str, number: str, unit: str = "mg/dL") -> Bound:
    return Bound(op, Quantity.of(number, unit))


@pytest.mark.parametrize(
    ("bounds", "possible"),
    [
        ([bound("below", "5"), bound("above", "3")], True),
        ([bound("below", "3"), bound("above", "5")], False),
        ([bound("at_most", "3"), bound("at_least", "3")], True),
        ([bound("below", "3"), bound("at_least", "3")], False),
        ([bound("at_most", "3"), bound("above", "3")], False),
        ([bound("below", "300"), bound("above", "4", "g/L")], False),  # 4 g/L are 400 mg/dL
        ([bound("below", "500"), bound("above", "4", "g/L")], True),
        ([bound("below", "3")], True),
        ([bound("below", "3"), bound("above", "5", "kg")], True),  # not comparable: not accused
    ],
)
def test_bounds_that_no_number_satisfies(bounds: list[Bound], possible: bool) -> None:
    assert (contradiction(bounds) == "") is possible
    assert contradiction(bounds) == contradiction(bounds[::-1])
