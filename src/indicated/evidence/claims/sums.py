"""Arithmetic of a text, done again: what its own numbers give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from indicated.evidence.claims.scope import Said, amounts
from indicated.evidence.claims.words import cue, pattern
from indicated.model import ClaimStanding, Fact, Quantity, Remark
from indicated.units import convertible, dimension, factor, plain, shown, tidy

WRONG, RIGHT = ClaimStanding.ARITHMETIC, ClaimStanding.SUPPORTED
Derive = Callable[[Sequence[Fact]], Sequence[Fact]]  # values that the shipped formulas give


def remarks(said: Said, derive: Derive, record: Sequence[Fact]) -> Iterator[Remark]:
    """What the sentence's own arithmetic comes to: changes in percent, doses per kilogram, and
    values that a formula of the library gives from others."""
    yield from _changes(said)
    yield from _per_weight(said, record)
    yield from _derived(said, derive)


def _changes(said: Said) -> Iterator[Remark]:
    """ "From 20 to 10, a fall of 40 %"."""
    for m in pattern("change").finditer(said.text):
        a, b, stated = (Decimal(m[g]) for g in ("a", "b", "p"))
        if not a:
            continue
        right = abs(b - a) / a * 100
        words = f"({plain(b)} − {plain(a)}) ÷ {plain(a)} = {plain(tidy((b - a) / a * 100), 1)} %"
        wrong = abs(right - stated) > Decimal(cue("change_within"))
        yield Remark("sum_wrong" if wrong else "sum_right", WRONG if wrong else RIGHT, words=words)


def _per_weight(said: Said, record: Sequence[Fact]) -> Iterator[Remark]:
    """A whole dose beside one per kilogram, at the weight of the sentence or of the record."""
    numbers = amounts(said.text)
    whole = [q for q in numbers if _is(q, "mass") and not _is_weight(q)]
    each = [q for q in numbers if _is(q, "dose-per-weight")]
    own = [q for q in numbers if _is(q, "mass") and _is_weight(q)]
    known = own or [
        f.value for f in record
        if f.concept == "weight" and isinstance(f.value, Quantity) and f.value.exact
    ][-1:]  # fmt: skip
    if not (len(set(whole)) == 1 and len(set(each)) == 1 and len(set(known)) == 1):
        return
    yield from _compared(whole[0], each[0], known[0])


def _compared(whole: Quantity, each: Quantity, weight: Quantity) -> Iterator[Remark]:
    if whole.exact is None or each.exact is None or weight.exact is None:
        return
    unit = each.unit.split("/")[0]
    kilograms = weight.exact * factor(weight.unit, "kg")
    right = whole.exact * factor(whole.unit, unit) / kilograms
    told = f"{plain(whole.exact)} {shown(whole.unit)} ÷ {plain(kilograms, 1)} kg"
    words = f"{told} = {plain(tidy(right), 2)} {shown(each.unit)}"
    slack = max(right * Decimal(cue("dose_within")), _half_digit(each.exact))
    wrong = abs(right - each.exact) > slack
    yield Remark("sum_wrong" if wrong else "sum_right", WRONG if wrong else RIGHT, words=words)


def _half_digit(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)


def _is(q: Quantity, kind: str) -> bool:
    return bool(q.unit) and convertible(q.unit, q.unit) and dimension(q.unit) == kind


def _is_weight(q: Quantity) -> bool:
    return q.unit == "kg"


def _derived(said: Said, derive: Derive) -> Iterator[Remark]:
    """A value that a formula gives from other values of the same sentence (body mass index)."""
    stated = [f for f in said.facts if isinstance(f.value, Quantity)]
    for computed in derive(stated):
        same = [f for f in stated if f.concept == computed.concept]
        if not isinstance(computed.value, Quantity) or not same:
            continue
        right, given = computed.value.exact, same[0].value
        if right is None or not isinstance(given, Quantity) or given.exact is None:
            continue
        if not given.unit or not convertible(given.unit, computed.value.unit):
            continue
        slack = max(_half_digit(given.exact), right * Decimal(cue("dose_within")))
        wrong = abs(given.exact * factor(given.unit, computed.value.unit) - right) > slack
        yield Remark(
            "sum_wrong" if wrong else "sum_right", WRONG if wrong else RIGHT,
            computed.concept, words=computed.formula,
        )  # fmt: skip
