"""Names that mean something else where they stand: "RA 97%" is room air, "PE tubes" no embolism.

The table is `library/cues/meanings.yaml`. A name is dropped where its neighbours say that the other
thing is meant; where nothing says so, it is read as what it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from indicated.facts.cues import load, whole_words
from indicated.facts.fold import fold

NEAR = 60  # characters to either side in which a neighbour speaks of the name
_STOP = re.compile(r"[.;\n](?!\d)")


@dataclass(frozen=True, slots=True)
class Other:
    """Another meaning of a name: by what stands directly before or behind it, or near it."""

    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None
    near: re.Pattern[str] | None


@cache
def _others() -> dict[str, Any]:
    return {fold(name): said for name, said in load("meanings").items()}


@cache
def _other(name: str) -> Other | None:
    """The other meaning of a folded name, its patterns made when a text first has the name."""
    said = _others().get(name)
    return said and Other(
        _ending(said.get("before", [])),
        _beginning(said.get("behind", [])),
        whole_words(said["near"]) if said.get("near") else None,
    )


def _beginning(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile(r"[\s]?(?:" + "|".join(patterns) + ")") if patterns else None


def _ending(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("(?:" + "|".join(patterns) + r")[\s]?$") if patterns else None


def means_another(folded: str, start: int, end: int) -> bool:
    """Whether the neighbours of a name say that it means something else."""
    name = folded[start:end]
    other = _other(name) if name in _others() else None
    if other is None:
        return False
    if other.behind and other.behind.match(folded, end, end + NEAR):
        return True
    ahead = folded[max(0, start - NEAR) : start]
    if other.before and other.before.search(ahead):
        return True
    if other.near is None:
        return False
    stops = [m.end() for m in _STOP.finditer(ahead)]
    low = max(0, start - NEAR) + (stops[-1] if stops else 0)
    stop = _STOP.search(folded, end, end + NEAR)
    high = stop.start() if stop else min(len(folded), end + NEAR)
    around = folded[low:start] + "|" + folded[end:high]
    return other.near.search(around) is not None
