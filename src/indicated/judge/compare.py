"""Numbers against bounds, in three values: a range that straddles a limit is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from indicated.errors import UnitError
from indicated.model import Bound, Fact, Mark, Quantity
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of
from indicated.units import convert

DOUBTED = frozenset({Mark.UNIT_MISSING, Mark.UNIT_IMPOSSIBLE})


def in_unit(quantity: Quantity, unit: str, molar_mass: Decimal | None = None) -> Quantity:
    """The same quantity in another unit. Raises `UnitError` where the units do not convert."""
    if quantity.unit == unit:
        return quantity
    low, high = (
        None if x is None else convert(x, quantity.unit, unit, molar_mass)
        for x in (quantity.low, quantity.high)
    )
    return Quantity(low, high, unit, quantity.open)


def holds(quantity: Quantity, bound: Bound, molar_mass: Decimal | None = None) -> Truth:
    """Whether a quantity satisfies a bound.

    >>> at_least_15 = Bound("at_least", Quantity.of(15, "{events}/h"))
    >>> holds(Quantity(Decimal(10), Decimal(20), "{events}/h"), at_least_15)
    <Truth.UNKNOWN: 'unknown'>
    """
    q = in_unit(quantity, bound.limit.unit, molar_mass)
    upper = bound.op in ("below", "at_most")
    limit = bound.limit.high if upper else bound.limit.low
    if limit is None:
        return UNKNOWN
    inclusive = bound.op in ("at_most", "at_least")
    near, far = (q.high, q.low) if upper else (q.low, q.high)
    if near is not None and _satisfies(near, limit, upper, inclusive or q.open):
        return MET
    if far is not None and not _satisfies(far, limit, upper, inclusive and not q.open):
        return NOT_MET
    return UNKNOWN


def _satisfies(number: Decimal, limit: Decimal, upper: bool, inclusive: bool) -> bool:
    if number == limit:
        return inclusive
    return number < limit if upper else number > limit


def satisfies(fact: Fact, bounds: Iterable[Bound], molar_mass: Decimal | None = None) -> Truth:
    """Whether a fact's number satisfies every bound; a doubted or foreign unit is unknown."""
    if not isinstance(fact.value, Quantity) or fact.marks & DOUBTED:
        return UNKNOWN
    try:
        return all_of([holds(fact.value, b, molar_mass) for b in bounds])
    except UnitError:
        return UNKNOWN
