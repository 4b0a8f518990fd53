"""The forms in which a sentence says how long something lasted, or that a treatment failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from indicated.cue_files import cue
from indicated.facts.cues import listed, whole_words
from indicated.facts.limit_forms import Found, Line, bounds_of
from indicated.facts.numbers import TIME
from indicated.facts.parts import Mention
from indicated.model import Concepts, Limit, Unread


def durations(line: Line, concepts: Concepts) -> Iterator[Found]:
    """ "at least 6 weeks of physical therapy", "headache lasting more than 3 months"."""
    for number in line.numbers:
        if number.quantity.exact is not None or number.quantity.unit not in TIME:
            continue
        for mention in line.mentions:
            after = mention.start >= number.end
            low, high = (number.end, mention.start) if after else (mention.end, number.start)
            gap = line.folded[low:high].strip()
            if gap not in listed("limits", "lasting", "of" if after else "for"):
                continue
            start, end = min(mention.start, number.start), max(mention.end, number.end)
            if why := _unsure(line, mention, concepts, "lasting"):
                yield Unread(start, end, why)
            else:
                limit = bounds_of(number.quantity)
                yield Limit("lasting", mention.concepts[0], start, end, limit)


def endings(line: Line, concepts: Concepts) -> Iterator[Found]:
    """ "failure of methotrexate", "inadequate response or intolerance to triptans"."""
    for said in ending().finditer(line.folded, line.start, line.end):
        if any(m.start <= said.start() and said.end() <= m.end for m in line.mentions):
            continue  # part of a name
        small = _small().match(line.folded, said.end())
        at = small.end() if small else said.end()
        mention = next((m for m in line.mentions if at <= m.start <= at + 1), None)
        if mention is None:
            yield Unread(said.start(), said.end(), "treatment")
        elif why := _unsure(line, mention, concepts, "ended"):
            yield Unread(said.start(), mention.end, why)
        else:
            because = _because(said[0])
            yield Limit("ended", mention.concepts[0], said.start(), mention.end, because=because)


def _unsure(line: Line, mention: Mention, concepts: Concepts, form: str) -> str:
    """Why a name is not what a condition is about: it may mean several things, it is no such
    thing, or a list goes on behind it or before it."""
    if len(mention.concepts) != 1 or mention.misspelt or mention.negated:
        return "name"
    if concepts[mention.concepts[0]].kind not in listed("limits", form, "kinds"):
        return "name"
    if _LISTED.match(line.folded, mention.end, line.end):
        return "several"
    return "several" if _LIST.search(line.folded, line.start, mention.start) else ""


_LISTED = re.compile(
    r"\s?(?:,\s?(?:and|or)\b|/|and/or\b|and\b|or\b|plus\b|with\b|"
    r",\s?\w+(?:\s\w+)?(?:,|\s(?:and|or)\b))"
)
_LIST = re.compile(r"(?:\band|\bor|/|\bplus)\s$")


@cache
def ending() -> re.Pattern[str]:
    """Words that say that the treatment named behind them failed, one reason or several."""
    full = whole_words(p for why in _reasons() for p in cue("limits", "ended", why)).pattern
    begun = whole_words(p for why in _reasons() for p in cue("limits", "ended", "begun", why))
    words = "|".join(map(re.escape, sorted(cue("limits", "ended", "joint"), key=len, reverse=True)))
    joint = rf"\s?,?\s?(?:{words}),?\s?"
    return re.compile(rf"(?:{begun.pattern}{joint})*{full}(?:{joint}{full})*,?")


def _reasons() -> list[str]:
    return list(cue("limits", "ended", "begun"))


@cache
def _reason(why: str) -> re.Pattern[str]:
    return whole_words([*cue("limits", "ended", why), *cue("limits", "ended", "begun", why)])


def _because(words: str) -> tuple[str, ...]:
    return tuple(why for why in _reasons() if _reason(why).search(words))


@cache
def _small() -> re.Pattern[str]:
    return re.compile(rf"(?:\s?{whole_words(cue('limits', 'ended', 'small')).pattern})+")
