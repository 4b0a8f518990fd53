"""Names that share their last word: "suicidal or homicidal ideation" names two things."""

from __future__ import annotations

import re
from typing import Any

from indicated.facts.parts import Mention, leftmost_longest

_BEFORE = re.compile(
    r"(?:(?<=\s)|(?<=\A)|(?<=[(:/]))([a-z]+(?: [a-z]+)?)(?:,? (?:and|or|nor|and/or) |/|, ?)\Z"
)
_OWN_CLAUSE = frozenset({"no", "not", "never", "without", "denies", "denied", "negative"})
_REACH = 48  # characters before a name in which the other's first words stand


def with_elliptic(folded: str, mentions: list[Mention], names: Any) -> list[Mention]:
    """The mentions, and before each of several words those that leave its last word out.

    `names` is the automaton of all names.
    """
    found: list[Mention] = []
    for mention in mentions:
        words = folded[mention.start : mention.end].split()
        if words[0] in _OWN_CLAUSE:
            continue  # "scan of the hip, no fracture" names no fracture of the hip
        at, last = mention.start, words[-1]
        while len(words) > 1:
            before = _BEFORE.search(folded[max(0, at - _REACH) : at])
            if before is None:
                break
            start = max(0, at - _REACH) + before.start(1)
            whole = _known(f"{before[1]} {last}", names)
            if not whole and " " in before[1]:
                start += before[1].index(" ") + 1
                whole = _known(f"{before[1].split()[-1]} {last}", names)
            if not whole:
                break
            end = max(0, at - _REACH) + before.end(1)
            found.append(Mention(start, end, whole, mention.negated))
            at = start
    return leftmost_longest([*mentions, *found]) if found else mentions


def _known(name: str, names: Any) -> tuple[str, ...]:
    """The concepts of a name that any writing of it means."""
    _, who = names.get(name, (0, ()))
    return tuple(dict.fromkeys(id for id, exact in who if not exact))
