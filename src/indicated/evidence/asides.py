"""Names that stand in a passage without being what it is about."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import Any

from indicated.cue_files import cue as read_cue
from indicated.model import Named

cue = partial(read_cue, "adequacy")


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """The pattern at a path of the cue file; blanks of its layout do not count."""
    return re.compile(str(cue(*path)), re.IGNORECASE | re.VERBOSE)


def aside(text: str, name: Named, part: str) -> bool:
    """Whether words around a name say that the text is not about it.

    >>> said = "Patients with asthma were excluded."
    >>> aside(said, Named(14, 20, ("asthma",)), "indication")
    True
    >>> aside("Given to patients with asthma.", Named(23, 29, ("asthma",)), "indication")
    False
    """
    before = text[_clause_start(text, name.start) : name.start]
    behind = text[name.end :]
    kinds: tuple[str, ...] = ("any", part) if part in _asides() else ("any",)
    return any(
        pattern("asides", kind, "before").search(before)
        or pattern("asides", kind, "behind").search(behind)
        for kind in kinds
    )


def _asides() -> dict[str, Any]:
    found: dict[str, Any] = cue("asides")
    return found


def _clause_start(text: str, at: int) -> int:
    return max((m.end() for m in pattern("clause").finditer(text, 0, at)), default=0)
