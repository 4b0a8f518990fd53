"""Numbers in a sentence, held against the numbers of the test that the sentence describes.

A threshold is written twice, once for the reader and once for the judge. When one is changed and
the other is not, the article says what the program does not do; this catches it at load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from indicated.criteria.quantity import number
from indicated.criteria.says import quantity_words
from indicated.model import Combine, Criterion, Has, Quantity, Value
from indicated.units import convert, convertible, dimension, tidy, unit_code, unit_names

# Unit names that are ordinary words after a number ("2 in a row", "once a day", "3 x").
_WORDS = {"a", "in", "x", "'", '"', "c", "u", "count", "times", "percent"}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = sorted((n for n in unit_names() if n not in _WORDS), key=len, reverse=True)
    units = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    return re.compile(
        rf"(?<![\w.,/*^-])(?P<low>{_NUMBER})"
        rf"(?:\s*(?:-|–|to|and|or)\s*(?P<high>{_NUMBER}))?\s*-?\s*(?P<unit>{units})(?!\w)",
        re.IGNORECASE,
    )


def numbers_in(text: str) -> Iterator[tuple[int, int, Quantity]]:
    """Every number with a unit in a sentence, with the offsets of the number and of its end.

    >>> [(q.exact, q.unit) for _, _, q in numbers_in("at least 15 days a month for 3 months")]
    [(Decimal('15'), 'd/mo'), (Decimal('3'), 'mo')]
    """
    for match in _pattern().finditer(text):
        unit = unit_code(match["unit"])
        if unit is None:
            continue
        for group in ("low", "high"):
            if match[group]:
                yield match.start(group), match.end(group), Quantity.of(number(match[group]), unit)


def tested(criterion: Criterion) -> list[Quantity]:
    """Every number with a unit that the criterion, or a part of it, is decided by."""
    return [q for leaf in criterion.leaves() for q in _of_leaf(leaf.test) if q.unit]


def _of_leaf(test: Has | Value | Combine) -> Iterator[Quantity]:
    if isinstance(test, Combine):
        return
    if isinstance(test, Value):
        yield from (bound.limit for bound in test.bounds)
    elif test.apart is not None:
        yield test.apart
    yield from (bound.limit for bound in (*test.where.lasting, *test.where.dose))
    if test.where.within is not None:
        yield test.where.within


def drifted(criterion: Criterion) -> str:
    """What the sentence says and the test does not, in words; "" when the two agree.

    Only numbers of a kind that the test compares are looked at, without their sign ("a fall of
    30 %" is a bound of -30 %).
    """
    numbers = tested(criterion)
    kinds = {dimension(q.unit) for q in numbers}
    for _, _, said in numbers_in(criterion.says):
        same_kind = [q for q in numbers if convertible(q.unit, said.unit)]
        if dimension(said.unit) in kinds and not any(_equal(q, said) for q in same_kind):
            known = ", ".join(dict.fromkeys(quantity_words(q) for q in same_kind))
            return f'the sentence says "{quantity_words(said)}", the test {known}'
    return ""


def _equal(tested_: Quantity, said: Quantity) -> bool:
    ends = [end for end in (tested_.low, tested_.high) if end is not None]
    return any(
        tidy(abs(convert(end, tested_.unit, said.unit))) == tidy(said.exact or Decimal(0))
        for end in ends
    )


def renumbered(text: str, old: Quantity, new: Quantity) -> str:
    """The sentence with one threshold exchanged for another, in the unit the sentence uses.

    >>> renumbered("15 days a month", Quantity.of(15, "d/mo"), Quantity.of(8, "d/mo"))
    '8 days a month'
    """
    from indicated.units import plain

    for start, end, said in reversed(list(numbers_in(text))):
        if new.low is not None and convertible(old.unit, said.unit) and _equal(old, said):
            text = text[:start] + plain(convert(new.low, new.unit, said.unit)) + text[end:]
    return text
