"""Names that share their last word: "suicidal or homicidal ideation" names two things."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from indicated.facts.cues import alternatives
from indicated.facts.parts import Mention, leftmost_longest
from indicated.model import Concepts

_BEFORE = re.compile(
    r"(?:(?<=\s)|(?<=\A)|(?<=[(:/]))([a-z]+(?: [a-z]+)?)(?:,? (?:and|or|nor|and/or) |/|, ?)\Z"
)
_OWN_CLAUSE = frozenset({"no", "not", "never", "without", "denies", "denied", "negative"})
_REACH = 48  # characters before a name in which the other's first words stand


_CHANGE = re.compile(
    r"[^()\n;]{0,30}\d[\d.,]{0,6}\s?[a-z]{0,9}\.?,?\s?\("
    r"(?:(?P<before>down|lost|loss of|reduced by|up|gained|gain of)\s)?(?:an? |~)?\d[\d.]{0,5}\s?%"
    r"(?:\s(?:total |body |weight )?(?P<after>loss|lost|reduction|gain|down))?"
)
_CALLED = {"down": "loss", "lost": "loss", "loss of": "loss", "loss": "loss", "reduction": "loss",
           "reduced by": "loss", "up": "gain", "gained": "gain", "gain of": "gain",
           "gain": "gain"}  # fmt: skip


@cache
def _sought() -> re.Pattern[str]:
    """ "(5% loss planned)"."""
    return re.compile(r"\s(?:is |as )?" + alternatives("words", "goals_after").pattern)


def _changed(folded: str, mention: Mention, concepts: Concepts, names: Any) -> list[Mention]:
    """ "Weight 226 lb (2.6% loss)", "wt 101 kg (down 7%)": the change is named by half."""
    if all(concepts[c].kind != "measurement" for c in mention.concepts):
        return []
    said = _CHANGE.match(folded, mention.end)
    group = "before" if said and said["before"] else "after"
    if said is None or said[group] is None or _sought().match(folded, said.end()):
        return []
    whole = (f"{name} {_CALLED[said[group]]}" for c in mention.concepts
             for name in concepts[c].names)  # fmt: skip
    known = next((k for w in whole if (k := _known(w.lower(), names))), ())
    return [Mention(*said.span(group), known)] if known else []


def with_elliptic(
    folded: str, mentions: list[Mention], names: Any, concepts: Concepts
) -> list[Mention]:
    """The mentions, and before each of several words those that leave its last word out.

    `names` is the automaton of all names.
    """
    found: list[Mention] = []
    for mention in mentions:
        found += _changed(folded, mention, concepts, names)
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
