"""The words of follow-up questions: read as typed, with the slips that fingers make put right.

All of them are data (`library/cues/followups.yaml`). Only its words are put right here; the
names of treatments and findings are the business of those who know them.
"""

from __future__ import annotations

import re
from functools import cache, partial
from importlib.resources import files

from rapidfuzz.distance import OSA

from indicated.ask.cues import compiled
from indicated.cue_files import cue

SHORTEST = 5  # letters of a word that may be put right: shorter ones lie too close to one another
_WORD = re.compile(r"[a-z][a-z'’]*", re.IGNORECASE)
# A word that may be put right: no part of another ("Roux-en-Y"), and no unit ("500 U").
_FREE = re.compile(r"(?<![\w-])(?<!\d\s)[a-z][a-z'’]*(?![\w'’-])", re.IGNORECASE)


data = partial(cue, "followups")


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """The pattern at a path; ORDINAL and WORD in it stand for ordinals and number words."""
    ordinals = "|".join(data("ordinals"))
    numbers = "|".join(data("numbers"))
    text = data(*path).replace("ORDINAL", ordinals).replace("WORD", numbers)
    return compiled(text, ".".join(path))


@cache
def bag(*path: str) -> frozenset[str]:
    """A list of words."""
    return frozenset(data(*path).split())


@cache
def _english() -> frozenset[str]:
    """Words that are words, from the dictionary of symspellpy: they were meant as typed."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    return frozenset(text.read_text(encoding="utf-8-sig").split()[::2])


@cache
def _known() -> frozenset[str]:
    own = frozenset().union(*(bag("own", kind) for kind in data("own")))
    return bag("filler") | own | frozenset(data("ordinals")) | frozenset(data("numbers"))


def words_of(text: str) -> list[str]:
    """The words of a text, small and without apostrophes.

    >>> words_of("Why isn't it OK?")
    ['why', 'isnt', 'it', 'ok']
    """
    return [re.sub(r"['’]", "", w[0]).casefold() for w in _WORD.finditer(text)]


def typed(text: str) -> str:
    """The text with typing slips in the words of this file put right, and on one line.

    >>> typed("wich  records are missng"), typed("an apeal, y not")
    ('which records are missing', 'an appeal, why not')
    >>> typed("Roux-en-Y, 500 U, at follow-up")
    'Roux-en-Y, 500 U, at follow-up'
    """
    return _FREE.sub(lambda m: _meant(m[0]), " ".join(text.split()))


def _meant(word: str) -> str:
    small = word.casefold()
    slips: dict[str, str] = data("slips")
    if small in slips:
        return slips[small]
    if len(small) < SHORTEST or {small, small.replace("'", "")} & (_known() | _english()):
        return word
    near = [
        k
        for k in sorted(_known())
        if len(k) >= SHORTEST and k[0] == small[0] and OSA.distance(k, small, score_cutoff=1) <= 1
    ]
    same = {k.rstrip("s") for k in near}
    return near[0] if len(same) == 1 else word
