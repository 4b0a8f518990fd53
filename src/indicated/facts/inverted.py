"""Names that are put the other way round: "pain in the left knee" is knee pain.

Where a concept's name is a site and what is there ("injection site infection"), the same is read in
"infection at the planned injection site". Only the whole name counts, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from indicated.facts.cues import find_cues, load, whole_words
from indicated.facts.parts import Mention, within
from indicated.model import Concepts

_LEADS = re.compile(
    r"(?<![\w/])(?P<head>[a-z]{3,}) (?:in|of|at|over|around|on|to|into|near|about) "
    r"(?:(?:the|an?|his|her|their|my|patient's|pt's|both)\s)?(?:(?:planned|proposed|same|entire|"
    r"whole|affected)\s)?(?=[a-z])"
)
_WORDS = re.compile(r"[a-z]+(?:'s)?(?: [a-z]+(?:'s)?){0,3}")
_KINDS = frozenset({"disease", "symptom", "event", "state", "test", "procedure"})
_TREATMENTS = frozenset({"drug", "device", "procedure", "service"})
_LONGEST = 4  # words of a site


def with_inverted(
    folded: str, mentions: list[Mention], names: Any, concepts: Concepts
) -> list[Mention]:
    """The mentions, and what is named by a finding and its site. `names` is the automaton."""
    found: list[Mention] = []
    for lead in _LEADS.finditer(folded):
        if (one := _named(folded, lead, mentions, names, concepts)) is not None and not (
            found and one.start < found[-1].end
        ):
            found.append(one)
    if not found:
        return mentions
    kept = [m for m in mentions if not any(f.start < m.end and m.start < f.end for f in found)]
    return sorted([*kept, *found], key=lambda m: m.start)


def _named(
    folded: str, lead: re.Match[str], mentions: Sequence[Mention], names: Any, concepts: Concepts
) -> Mention | None:
    """What a finding and the site behind it name together; None where that is no name."""
    head = lead["head"]
    for end, site in _sites(folded, lead.end()):
        ids = _known(site, head, names, concepts)
        if not ids:
            continue
        start, around = lead.start(), _touching(mentions, lead.start(), end)
        for other in around:
            modified = other.end == lead.end("head") and not other.negated
            if modified and not _speaks(folded[other.start : other.end]):  # "chronic pain in ..."
                start, ids = other.start, _together(other.concepts, ids, concepts)
            elif other.start < lead.end() or other.end > end or _treats(other, concepts):
                return None
        return Mention(start, end, ids)
    return None


def _sites(folded: str, at: int) -> Iterator[tuple[int, str]]:
    """The sites that may be named from there on, longest first, with where each ends; a side
    before it is left out where the name has none."""
    for begin in dict.fromkeys((at, _past_side(folded, at))):
        run = _WORDS.match(folded, begin)
        words = run[0].split() if run else []
        for n in range(min(len(words), _LONGEST), 0, -1):
            site = " ".join(words[:n])
            yield begin + len(site), site


def _past_side(folded: str, at: int) -> int:
    side = _side().match(folded, at)
    return side.end() if side else at


@cache
def _side() -> re.Pattern[str]:
    sides = [side for written in load("words")["sides"].values() for side in written]
    return re.compile(whole_words(sides).pattern + r" (?:sided )?(?=[a-z])")


def _known(site: str, head: str, names: Any, concepts: Concepts) -> tuple[str, ...]:
    """The concepts whose name is a site and what is there, both in the singular or as written."""
    for place in dict.fromkeys((site, site.removesuffix("s"), site.removesuffix("es"))):
        for what in dict.fromkeys((head, head.removesuffix("s"))):
            _, who = names.get(f"{place} {what}", (0, ()))
            ids = tuple(dict.fromkeys(id for id, exact in who if not exact))
            if ids and all(concepts[i].kind in _KINDS for i in ids):
                return () if _speaks(f"{place} {what}") else ids
    return ()


@cache
def _speaks(name: str) -> bool:
    """Whether a name denies, or says how something went: such words are read as they stand."""
    return bool(find_cues(name))


def _touching(mentions: Sequence[Mention], start: int, end: int) -> list[Mention]:
    return [m for m in within(mentions, max(0, start - 80), end) if m.end > start]


def _together(one: tuple[str, ...], other: tuple[str, ...], concepts: Concepts) -> tuple[str, ...]:
    """Both, without what the other already is: a knee pain is a pain."""
    apart = [i for i in one if i not in other and not any(concepts.is_a(o, i) for o in other)]
    return (*apart, *other)


def _treats(mention: Mention, concepts: Concepts) -> bool:
    return any(concepts[c].kind in _TREATMENTS for c in mention.concepts)
