"""Truth: met, not met, unknown, and the only four ways to combine it.

Strong Kleene logic. Silence is unknown, and unknown is never a quiet "no":
a `Truth` refuses to be used as a Python boolean, so `if truth:` cannot be written.
Every cell of `and` and `or` is spelled out below; nothing is computed from numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce


class Truth(StrEnum):
    """The value of a criterion. Compare with `is`; never use as a condition."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError(
            "A Truth has three values and cannot be a condition: unknown would silently become "
            "a yes or a no. Write `truth is Truth.MET` (or NOT_MET, UNKNOWN)."
        )

    @property
    def known(self) -> bool:
        """True when the criterion is met or not met."""
        return self is not Truth.UNKNOWN


MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN

AND = {
    (MET, MET): MET,
    (MET, NOT_MET): NOT_MET,
    (MET, UNKNOWN): UNKNOWN,
    (NOT_MET, MET): NOT_MET,
    (NOT_MET, NOT_MET): NOT_MET,
    (NOT_MET, UNKNOWN): NOT_MET,
    (UNKNOWN, MET): UNKNOWN,
    (UNKNOWN, NOT_MET): NOT_MET,
    (UNKNOWN, UNKNOWN): UNKNOWN,
}

OR = {
    (MET, MET): MET,
    (MET, NOT_MET): MET,
    (MET, UNKNOWN): MET,
    (NOT_MET, MET): MET,
    (NOT_MET, NOT_MET): NOT_MET,
    (NOT_MET, UNKNOWN): UNKNOWN,
    (UNKNOWN, MET): MET,
    (UNKNOWN, NOT_MET): UNKNOWN,
    (UNKNOWN, UNKNOWN): UNKNOWN,
}

NOT = {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}


def negate(truth: Truth) -> Truth:
    """The opposite of a known truth; unknown stays unknown.

    >>> negate(UNKNOWN)
    <Truth.UNKNOWN: 'unknown'>
    """
    return NOT[truth]


def all_of(truths: Iterable[Truth]) -> Truth:
    """Met when every one is met; one that is not met decides, whatever is unknown.

    Of nothing at all it is met: callers that must not pass on nothing check first.

    >>> all_of([MET, UNKNOWN]), all_of([NOT_MET, UNKNOWN])
    (<Truth.UNKNOWN: 'unknown'>, <Truth.NOT_MET: 'not_met'>)
    """
    return reduce(lambda a, b: AND[a, b], truths, MET)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Met when one is met; not met only when every one is known not to be.

    >>> any_of([NOT_MET, UNKNOWN]), any_of([MET, UNKNOWN])
    (<Truth.UNKNOWN: 'unknown'>, <Truth.MET: 'met'>)
    """
    return reduce(lambda a, b: OR[a, b], truths, NOT_MET)


def none_of(truths: Iterable[Truth]) -> Truth:
    """Met when every one is known not to be met.

    >>> none_of([NOT_MET, UNKNOWN])
    <Truth.UNKNOWN: 'unknown'>
    """
    return negate(any_of(truths))


def at_least(n: int, truths: Iterable[Truth]) -> Truth:
    """Met when `n` are met; not met when even the unknown ones could not make `n`.

    >>> at_least(2, [MET, UNKNOWN, NOT_MET]), at_least(2, [MET, NOT_MET, NOT_MET])
    (<Truth.UNKNOWN: 'unknown'>, <Truth.NOT_MET: 'not_met'>)
    """
    listed = list(truths)
    met = sum(t is MET for t in listed)
    possible = met + sum(t is UNKNOWN for t in listed)
    if met >= n:
        return MET
    return UNKNOWN if possible >= n else NOT_MET
