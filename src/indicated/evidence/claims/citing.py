"""Citations that lead nowhere, and what somebody forgot to fill in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from indicated.evidence.claims.scope import Said
from indicated.evidence.claims.words import pattern
from indicated.model import ClaimStanding, Remark

NONE = ClaimStanding.NO_SOURCE


def remarks(said: Said, unfilled: Callable[[str], bool], listed: int) -> Iterator[Remark]:
    """`unfilled` tells a placeholder; `listed` is how many sources the text lists."""
    if unfilled(said.text) or pattern("empty_citation").search(said.text):
        yield Remark("placeholder", NONE)
    cited = {int(n) for m in pattern("marker").finditer(said.text) for n in _numbers(m[1])}
    if any(n > listed for n in cited):
        yield Remark("no_list" if not listed else "not_listed", NONE)


def sources_listed(sentences: Sequence[Said]) -> int:
    """How many sources stand under the text's last heading of a list of them."""
    heads = [i for i, s in enumerate(sentences) if pattern("list_heading").match(s.text)]
    if not heads:
        return 0
    below = [s.text for s in sentences[heads[-1] + 1 :]]
    numbered = [int(m[1]) for t in below if (m := re.match(r"\s*\[?(\d{1,3})[\].)]", t))]
    return max(numbered, default=len(below))


def _numbers(text: str) -> list[int]:
    """ "1, 3-5" is 1, 3, 4, 5.

    >>> _numbers("1, 3-5")
    [1, 3, 4, 5]
    """
    found: list[int] = []
    for part in re.split(r"\s*,\s*", text):
        first, *last = (int(n) for n in re.split(r"\s*[–-]\s*", part))
        found += range(first, (last[0] if last else first) + 1)
    return found
