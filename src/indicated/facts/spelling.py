"""Names that are written wrongly: "pnuemonia", "amitryptiline", "hypogammaglobulinaemia".

A word is put right only where it is no word of English and of no name, and where one name's word
alone lies one slip away from it (a letter more, less, other, or two in the wrong order), after
spellings that sound alike (y for i, ae for e, ph for f, double letters) have been made the same.
Drugs that merely look alike lie further apart. What is read so says that it was misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import OSA, Postfix, Prefix
from rapidfuzz.process import extract

SHORTEST = 6  # letters: shorter words lie too close to one another
_WORD = re.compile(rf"(?<![\w'-])[a-z]{{{SHORTEST - 1},40}}(?![\w])")
_DOUBLE = re.compile(r"([a-z])\1")
LONG = 9  # letters from which on the end of a word may be wrong too
_VOWELS = frozenset("aeiou")
_ALIKE_LETTERS = tuple(map(frozenset, ("bd", "mn", "ck", "cs", "sz", "dt", "bp", "gj", "fv", "il")))
_ALIKE = (("ae", "e"), ("oe", "e"), ("ph", "f"), ("y", "i"))


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the text that stands for a word of a name."""

    start: int
    end: int
    word: str


@cache
def _english() -> frozenset[str]:
    """Words that are words: about 80,000, from the spelling dictionary of symspellpy."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    # Each line is a word and how often it is written.
    return frozenset(text.read_text(encoding="utf-8-sig").split()[::2])


def skeleton(word: str) -> str:
    """A word as it sounds: what British and American, and most slips, have in common.

    >>> skeleton("haemoglobin") == skeleton("hemoglobin")
    True
    """
    for written, alike in _ALIKE:
        word = word.replace(written, alike)
    return _DOUBLE.sub(r"\1", word)


class Spelling:
    """The words of all names, and which of them a misspelt word means; remembers what it found."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        words = {w for name in names for w in name.split()}
        self._words = words
        self._by_skeleton: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= SHORTEST and word.isalpha():
                self._by_skeleton.setdefault(skeleton(word), set()).add(word)
        # By first letter and length, both of which a slip leaves nearly as they are: the rest of a
        # large vocabulary need not be compared with.
        self._alike: dict[tuple[str, int], list[str]] = {}
        for sound in self._by_skeleton:
            self._alike.setdefault((sound[0], len(sound)), []).append(sound)
        self._known: dict[str, str] = {}

    def corrections(self, folded: str) -> Iterator[Correction]:
        """Every word of a text that is no word, and the one word of a name that it must mean."""
        if not self._by_skeleton:
            return
        for match in _WORD.finditer(folded):
            word = match[0]
            meant = self._known.get(word)
            if meant is None:
                meant = self._known[word] = self._meant(word)
            if meant:
                yield Correction(match.start(), match.end(), meant)

    def _meant(self, word: str) -> str:
        singular = word[:-1] if word.endswith("s") else word
        if {word, singular} & self._words or {word, singular} & _english():
            return ""
        near: set[str] = set()
        for form in dict.fromkeys((word, singular)):
            near = self._near(skeleton(form))
            if near:
                break
        return near.pop() if len(near) == 1 else ""

    def _near(self, sound: str) -> set[str]:
        if sound in self._by_skeleton:
            return set(self._by_skeleton[sound])
        lengths = range(len(sound) - 1, len(sound) + 2)
        near = [name for n in lengths for name in self._alike.get((sound[0], n), ())]
        found = extract(sound, near, scorer=OSA.distance, score_cutoff=1, limit=5, processor=None)
        return {w for name, _, _ in found if is_slip(sound, name) for w in self._by_skeleton[name]}


def is_slip(written: str, meant: str) -> bool:
    """Whether one letter's difference is one that hands, ears or scanners make.

    Other roots differ by one letter too ("thyroglobulin", "thymoglobulin"): a consonant is taken
    for another only where the two are alike, and the ends of a word must agree, but for an ending
    that only lengthens it.

    >>> is_slip("ustekinumad", "ustekinumab"), is_slip("tirogloblin", "timogloblin")
    (True, False)
    """
    if not written or not meant or written[0] != meant[0]:
        return False
    same = Prefix.similarity(written, meant)
    tail = Postfix.similarity(written[same:], meant[same:])
    a, b = written[same : len(written) - tail], meant[same : len(meant) - tail]
    long = len(meant) >= LONG
    if len(a) == len(b) == 2:  # two letters in the wrong order
        return a == b[::-1] and (tail > 0 or long)
    if len(a) == len(b) == 1:
        alike = {a, b} <= _VOWELS or any({a, b} <= group for group in _ALIKE_LETTERS)
        return alike and (tail > 0 or long)
    return tail > 0 or (long and a + b in ("e", "s"))
