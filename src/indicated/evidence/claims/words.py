"""The cue file of the claim check, read once."""

from __future__ import annotations

import re
from functools import cache, lru_cache, partial

from indicated.cue_files import cue as read_cue

cue = partial(read_cue, "claims")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_STEM = 6  # letters by which two forms of a word are known as one


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """The pattern at a path; blanks of its layout do not count.

    >>> bool(pattern("verdicts", "standard", "words").search("is the standard of care"))
    True
    """
    return re.compile(str(cue(*path)), re.IGNORECASE | re.VERBOSE | re.MULTILINE)


def clause_start(text: str, at: int) -> int:
    """Where the clause begins in which a place stands."""
    return max((m.end() for m in pattern("clause").finditer(text, 0, at)), default=0)


def negated(text: str, at: int) -> bool:
    """Whether the words right before a place deny it.

    >>> negated("This is not medically necessary", 12), negated("not here, but it is needed", 20)
    (True, False)
    """
    return bool(pattern("negation").search(text[clause_start(text, at) : at]))


def stems(text: str) -> frozenset[str]:
    """The words of a text that carry something, by their beginnings."""
    small = _small()
    words = (w.casefold() for w in _WORD.findall(text))
    return frozenset(w[:_STEM] for w in words if len(w) > 2 and w not in small)


@lru_cache(maxsize=1)
def _small() -> frozenset[str]:
    return frozenset(str(cue("small")).split())
