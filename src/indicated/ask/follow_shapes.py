"""Which kind of question one is, by its likeness to questions that people have asked.

A question is reduced to its shape: what it names is replaced by what that is ("why was TREATMENT
denied?"), and its words and pairs of words are compared with those of the shapes in
`library/cues/follow_shapes.yaml`. The nearest shapes vote. Where they are far, or do not agree, no
kind is named: the kinds are a vote of examples that anyone can read and add to, and no more.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

from indicated.ask.mentions import everything, is_treatment
from indicated.cue_files import cue
from indicated.model import Concepts, FollowUpKind

NEAREST = 11  # shapes that vote
_WORD = re.compile(r"[A-Z]{5,}|[a-z][a-z']*|\?")
_NUMBERS = (
    ("WEIGHT", re.compile(r"\b\d+(?:\.\d+)?\s?(?:kg|kgs|kilos?|lbs?|pounds?)\b", re.IGNORECASE)),
    ("PASSAGE", re.compile(r"\b[Pp]\d{1,3}\b|\[[Pp]?\d{1,3}\]")),
    ("NUMBER", re.compile(r"\d+(?:[.,]\d+)*")),
)


class Likeness(NamedTuple):
    """A kind, and how sure it is (0 to 1): how near its shapes are, and how far before the next."""

    kind: FollowUpKind
    sure: float


def shape(text: str, concepts: Concepts) -> str:
    """What a question is like, whatever it is about.

    Names of treatments become TREATMENT, of anything else THING; then weights, passages, numbers.
    """
    found, at = [], 0
    for m in everything(text, concepts):
        what = "TREATMENT" if is_treatment(m.concept, concepts) else "THING"
        found += [text[at : m.start].casefold(), what]
        at = m.end
    said = " ".join([*found, text[at:].casefold()]).replace("’", "'")
    for what, pattern in _NUMBERS:
        said = pattern.sub(f" {what} ", said)
    return " ".join(_WORD.findall(said))


def likeness(text: str, concepts: Concepts) -> Likeness:
    """The kind of the shapes that a question is most like; `NOTHING` where it is like none."""
    return _shapes().nearest(shape(text, concepts))


def usual(kind: FollowUpKind) -> frozenset[str]:
    """The stems of the words in which a kind is asked. Nothing else of a question tells the kind.

    >>> stem("denied") in usual(FollowUpKind.WHY), stem("kitchens") in usual(FollowUpKind.WHY)
    (True, False)
    """
    return _shapes().words[kind]


class _Shapes:
    """The shapes with their kinds, found by what they have in common with another."""

    def __init__(self, known: Iterable[tuple[FollowUpKind, str]]):
        self.kinds: list[FollowUpKind] = []
        self.words: dict[FollowUpKind, frozenset[str]] = defaultdict(frozenset)
        features = []
        for kind, text in known:
            self.kinds.append(kind)
            features.append(set(_features(text)))
            self.words[kind] |= {f for f in features[-1] if " " not in f}
        held = Counter(f for own in features for f in own)
        self.rare = {f: log((len(features) + 1) / n) for f, n in held.items()}
        self.unknown = log(len(features) + 1)
        self.having: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for n, own in enumerate(features):
            length = self._length(own)
            for feature in sorted(own):
                self.having[feature].append((n, self.rare[feature] / length))

    def _length(self, features: set[str]) -> float:
        return sqrt(sum(self.rare.get(f, self.unknown) ** 2 for f in features)) or 1.0

    def nearest(self, text: str) -> Likeness:
        """The kind with the most votes; a shape that is nearer has far more of a say."""
        own = set(_features(text))
        length = self._length(own)
        near: dict[int, float] = defaultdict(float)
        for feature in sorted(own):
            for n, weight in self.having.get(feature, ()):
                near[n] += self.rare[feature] / length * weight
        voting = sorted(near.items(), key=lambda x: (-x[1], x[0]))[:NEAREST]
        if not voting:
            return Likeness(FollowUpKind.NOTHING, 0.0)
        votes: dict[FollowUpKind, float] = defaultdict(float)
        for n, weight in voting:
            votes[self.kinds[n]] += weight**2
        (kind, most), *others = sorted(votes.items(), key=lambda x: (-x[1], x[0]))
        total, second = sum(votes.values()), others[0][1] if others else 0.0
        return Likeness(kind, sqrt(voting[0][1]) * (most - second) / total)


def _features(text: str) -> Iterator[str]:
    """Words, and pairs of neighbours."""
    words = [stem(w.replace("'", "")) for w in text.split()]
    yield from words
    ends = ["^", *words, "$"]
    yield from (f"{a} {b}" for a, b in pairwise(ends))


def stem(word: str) -> str:
    """A word without its ending, as far as two forms of it come to one.

    >>> [stem(w) for w in ("asks", "asked", "asking", "yes", "TREATMENT")]
    ['ask', 'ask', 'ask', 'yes', 'TREATMENT']
    """
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            return word[: -len(ending)]
    return word


@cache
def _shapes() -> _Shapes:
    kinds: dict[str, list[str]] = cue("follow_shapes")
    return _Shapes((FollowUpKind(k), text) for k, texts in kinds.items() for text in texts)


__all__ = ["Likeness", "likeness", "shape", "stem", "usual"]
