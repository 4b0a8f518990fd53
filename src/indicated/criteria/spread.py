"""Names written as patterns: "{no|little} relief from {an|the} injection" stands for four names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

from indicated.criteria.lines import Place, Problems

MOST = 20_000  # names that one pattern may stand for

_CHOICE = re.compile(r"\{([^{}]*)\}")


def spread(pattern: str) -> list[str]:
    """Every name that a pattern stands for, in order; a name without braces stands for itself.

    >>> spread("{no|little} relief {from|after} it")
    ['no relief from it', 'no relief after it', 'little relief from it', 'little relief after it']
    >>> spread("felt {much|} better")
    ['felt much better', 'felt better']
    """
    pieces = _CHOICE.split(pattern)
    choices = [p.split("|") if n % 2 else [p] for n, p in enumerate(pieces)]
    return [" ".join("".join(chosen).split()) for chosen in product(*choices)]


def names_of(patterns: Iterable[str], problems: Problems, place: Place) -> tuple[str, ...]:
    """The names of a concept, each once. A pattern that is not whole, or that stands for more
    than anybody could have meant, is noted as a problem."""
    names: dict[str, None] = {}
    for n, pattern in enumerate(patterns):
        count = 1
        for choice in _CHOICE.findall(pattern):
            count *= choice.count("|") + 1
        if re.search("[{}]", _CHOICE.sub("", pattern)):
            problems.add(
                (*place, n),
                "a brace of this name has no partner",
                "It would be looked for in charts as it stands.",
                "Write {one|other}, or leave the brace out.",
            )
        elif count > MOST:
            problems.add(
                (*place, n),
                f"this pattern stands for {count:,} names, more than {MOST:,}",
                "Every name is kept in memory.",
                "Split it, or leave out choices that nobody writes.",
            )
        else:
            names |= dict.fromkeys(spread(pattern))
    return tuple(names)
