"""Bounds as cutoffs in every unit that a value comes in: SQL compares, and never converts.

The reference converts a value into the bound's unit, rounds it, and compares. Conversion is
monotone, so on the grid of numbers that the table holds there is one last number that still
satisfies the bound. It is found by asking the reference itself, and the comparison with it gives
the same answer for every number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from indicated.errors import UnitError
from indicated.model import Bound
from indicated.table import PLACES, WHOLE
from indicated.units import convert, convertible, known_units

MOST = 10 ** (WHOLE + PLACES) - 1  # steps of the grid
Change = Callable[[Decimal], Decimal]


@dataclass(frozen=True)
class Cut:
    """A bound in one unit: up to (`upper`) or from `at` it holds where the end counts, up to or
    from `beyond` where it does not. None: the bound has no limit, and is never known."""

    upper: bool
    inclusive: bool
    at: Decimal | None
    beyond: Decimal | None


def cuts(
    bounds: Sequence[Bound], molar_mass: Decimal | None = None, through: str = ""
) -> dict[str, tuple[Cut, ...]]:
    """For each unit in which all the bounds can be compared: every bound's cutoffs. `through` is a
    unit into which a value is put first."""
    own = {b.limit.unit for b in bounds}
    found = {}
    for unit in (*known_units(), *(own - known_units().keys())):
        steps = [(unit, through), (through, "")] if through and unit != through else [(unit, "")]
        try:
            found[unit] = tuple(_cut(b, steps, molar_mass) for b in bounds)
        except UnitError:
            continue
    return found


def _cut(bound: Bound, steps: list[tuple[str, str]], molar_mass: Decimal | None) -> Cut:
    upper = bound.op in ("below", "at_most")
    limit = bound.limit.high if upper else bound.limit.low
    way = tuple((a, b or bound.limit.unit) for a, b in steps)
    for a, b in way:
        if a != b and not convertible(a, b, molar_mass):
            raise UnitError(f'"{a}" cannot be compared with "{b}"')
    inclusive = bound.op in ("at_most", "at_least")
    if limit is None:
        return Cut(upper, inclusive, None, None)
    at, beyond = (_edge(way, limit, molar_mass, upper, incl) for incl in (True, False))
    return Cut(upper, inclusive, at, beyond)


@lru_cache(maxsize=100_000)
def _edge(
    way: tuple[tuple[str, str], ...], limit: Decimal, molar: Decimal | None, upper: bool, incl: bool
) -> Decimal:
    """The last number of the grid that satisfies an upper bound; the first, of a lower one."""

    def converted(steps: int) -> Decimal:
        value = Decimal(steps).scaleb(-PLACES)
        for a, b in way:
            value = value if a == b else convert(value, a, b, molar)
        return value

    def below(steps: int) -> bool:
        """Whether it lies below the edge: an upper bound holds, or a lower one does not yet."""
        value = converted(steps)
        return value < limit or (value == limit and incl is upper)

    with localcontext() as context:
        context.prec = 50
        low, high = _around(limit, way, molar, below)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if below(middle) else (low, middle)
        return Decimal(low if upper else high).scaleb(-PLACES)


def _around(
    limit: Decimal,
    way: tuple[tuple[str, str], ...],
    molar: Decimal | None,
    below: Callable[[int], bool],
) -> tuple[int, int]:
    """Two numbers of the grid with the edge between them, near where the limit converts back to."""
    guess = limit
    for a, b in reversed(way):
        guess = guess if a == b else convert(guess, b, a, molar)
    middle = int(guess.scaleb(PLACES))
    width = 2 + abs(middle) // 10**9
    low, high = middle - width, middle + width
    while not below(low) and low > -MOST:
        low, width = low - width, width * 16
    while below(high) and high < MOST:
        high, width = high + width, width * 16
    return max(low, -MOST - 1), min(high, MOST + 1)
