"""What follows from what in a tree of criteria, without any chart.

The same three-valued logic that judges a chart is asked here what the criteria say of no chart,
and of a chart in which some of them are taken as given.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal

from indicated.criteria.says import quantity_words
from indicated.model import Bound, Combine, Criterion, Quantity
from indicated.truth import (
    MET,
    NOT_MET,
    UNKNOWN,
    Truth,
    all_of,
    any_of,
    at_least,
    negate,
    none_of,
)
from indicated.units import convert, convertible

Known = dict[Hashable, Truth]


def nodes(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion and every part of it."""
    yield criterion
    if isinstance(criterion.test, Combine):
        for part in criterion.test.parts:
            yield from nodes(part)


def unknown_on_empty(criterion: Criterion) -> Truth:
    """What the criterion is when nothing at all is said: it should be unknown.

    Only `silence: absent` makes a leaf definite, where it does not wait for another fact; the rest
    follows by Kleene.
    """
    return _under(
        criterion, lambda c: NOT_MET if c.silence and not c.given and _is_leaf(c) else None
    )


def _is_leaf(criterion: Criterion) -> bool:
    return not isinstance(criterion.test, Combine)


def under(criterion: Criterion, known: Known) -> Truth:
    """What the criterion is when nothing is said but what `known` gives, by shape."""
    return _under(criterion, lambda c: known.get(shape(c)))


def _under(criterion: Criterion, given: Callable[[Criterion], Truth | None]) -> Truth:
    if (truth := given(criterion)) is not None:
        return truth
    test = criterion.test
    if not isinstance(test, Combine):
        return UNKNOWN
    parts = [_under(part, given) for part in test.parts]
    if test.kind == "at_least":
        return at_least(test.n, parts)
    return {"all": all_of, "any": any_of, "none": none_of}[test.kind](parts)


def shape(criterion: Criterion) -> Hashable:
    """What the criterion tests, without its name: equal shapes are the same criterion."""
    test = criterion.test
    if isinstance(test, Combine):
        return (test.kind, test.n, frozenset(shape(part) for part in test.parts))
    return test


def forces(criterion: Criterion, truth: Truth) -> Iterator[tuple[Criterion, Truth]]:
    """The criterion being `truth`, and what its parts must then be."""
    yield criterion, truth
    test = criterion.test
    if not isinstance(test, Combine):
        return
    single, every = len(test.parts) == 1, test.n == len(test.parts)
    passes_on = {
        "all": truth is MET or single,
        "any": truth is NOT_MET or single,
        "none": truth is MET or single,
        "at_least": every if truth is MET else test.n == 1,
    }[test.kind]
    if passes_on:
        for part in test.parts:
            yield from forces(part, negate(truth) if test.kind == "none" else truth)


def clash(pairs: list[tuple[Criterion, Truth]]) -> Criterion | None:
    """A criterion that would have to be met and not met at once."""
    known: Known = {}
    for criterion, truth in pairs:
        if known.setdefault(shape(criterion), truth) is not truth:
            return criterion
    return None


def contradiction(bounds: Iterable[Bound]) -> str:
    """Two bounds that no number satisfies, in words; "" when some number does.

    >>> three, five = Quantity.of(3, "g"), Quantity.of(5, "g")
    >>> contradiction([Bound("below", three), Bound("above", five)])
    'above 5 g and below 3 g'
    """
    listed_ = list(bounds)
    for low in listed_:
        for high in listed_:
            if low.op not in ("above", "at_least") or high.op not in ("below", "at_most"):
                continue
            a, b = in_unit(low.limit, high.limit.unit), high.limit.exact
            strict = low.op == "above" or high.op == "below"
            if a is None or b is None or a < b or (a == b and not strict):
                continue
            return f"{bound_words(low)} and {bound_words(high)}"
    return ""


def bound_words(bound: Bound) -> str:
    """A bound in words: below 3 g."""
    return f"{bound.op.replace('_', ' ')} {quantity_words(bound.limit)}"


def in_unit(quantity: Quantity, unit: str, mass: Decimal | None = None) -> Decimal | None:
    """The exact number in another unit; None where there is none, or the units do not compare."""
    if quantity.exact is None:
        return None
    if quantity.unit == unit:
        return quantity.exact
    if not (quantity.unit and unit and convertible(quantity.unit, unit, mass)):
        return None
    return convert(quantity.exact, quantity.unit, unit, mass)
