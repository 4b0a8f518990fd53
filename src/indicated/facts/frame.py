"""A sentence with everything that stands in it: clauses, brackets, lists."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Self

from indicated.facts.cues import alternatives, listed
from indicated.facts.parts import Cue, Mention, Number, Page, Sentence, Spanned, within

WORD = re.compile(r"[^\W\d_][\w']*|&|/")
_BACK = frozenset({"after", "both", "next"})
_COMMA = re.compile(",")
_SEMICOLON = re.compile(";")
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,300}[)\]]")


@dataclass(frozen=True)
class Frame:
    """A sentence with what stands in it."""

    page: Page
    sentence: Sentence
    mentions: tuple[Mention, ...]
    cues: tuple[Cue, ...]
    numbers: tuple[Number, ...]

    @classmethod
    def of(cls, page: Page, sentence: Sentence) -> Self:
        """The parts of a page that stand in a sentence. Cues inside a name are none."""
        a, b = sentence.start, sentence.end
        mentions = [m for m in within(page.mentions, a, b) if m.end <= b]
        cues = [c for c in within(page.cues, a, b) if c.end <= b]
        cues = [_denied_by_plan(page.folded, a, c) for c in cues]
        numbers = [n for n in within(page.numbers, a, b) if n.end <= b]
        return cls(page, sentence, tuple(mentions), tuple(cues), tuple(numbers))

    @property
    def text(self) -> str:
        """The folded text of the whole page: offsets stay those of the document."""
        return self.page.folded

    @cached_property
    def boundaries(self) -> tuple[int, ...]:
        """Where a new clause begins."""
        a, b = self.sentence.start, self.sentence.end
        found = {m.end() for m in _SEMICOLON.finditer(self.text, a, b)}
        found |= {m.start() for m in alternatives("words", "joints").finditer(self.text, a, b)}
        found |= {m.start("next") for m in _openers().finditer(self.text, a, b)}
        named: list[Spanned] = [*self.mentions, *self.cues]
        inside = {i for x in named for i in range(x.start + 1, x.end)}
        looking_back = {c.start for c in self.cues if any(s in _BACK for _, s in c.effects)}
        return tuple(sorted(p for p in found - looking_back if p not in inside))

    @cached_property
    def brackets(self) -> tuple[tuple[int, int], ...]:
        """Bracketed stretches, innermost not told apart."""
        return tuple(
            (m.start(), m.end())
            for m in _BRACKETS.finditer(self.text, self.sentence.start, self.sentence.end)
        )

    def clause(self, at: int) -> tuple[int, int]:
        """The clause in which an offset stands."""
        i = bisect_right(self.boundaries, at)
        low = self.boundaries[i - 1] if i else self.sentence.start
        return low, self.boundaries[i] if i < len(self.boundaries) else self.sentence.end

    def bracket(self, at: int) -> tuple[int, int] | None:
        """The brackets around an offset."""
        return next((b for b in self.brackets if b[0] <= at < b[1]), None)

    def chunks(self, low: int, high: int) -> list[tuple[int, int]]:
        """The stretch cut at commas outside of brackets and names."""
        around = self.bracket(low)
        cuts = [at for at, inside in self.commas if low <= at < high and inside == around]
        return list(pairwise([low, *cuts, high]))

    @cached_property
    def commas(self) -> list[tuple[int, tuple[int, int] | None]]:
        """Every comma outside of names and numbers, with the brackets around it."""
        taken = self._positions
        found = _COMMA.finditer(self.text, self.sentence.start, self.sentence.end)
        return [(m.start(), self.bracket(m.start())) for m in found if m.start() not in taken]

    @cached_property
    def _positions(self) -> frozenset[int]:
        """Every offset inside of a name or a number."""
        spans: list[Mention | Number] = [*self.mentions, *self.numbers]
        return frozenset(i for s in spans for i in range(s.start, s.end))

    @cached_property
    def _loose_words(self) -> list[tuple[int, int]]:
        """Words outside of names and numbers: offset and weight (a verb ends any list)."""
        small, verbs = listed("words", "list_words"), listed("words", "verbs")
        return [
            (w.start(), 99 if w[0] in verbs else int(w[0] not in small))
            for w in WORD.finditer(self.text, self.sentence.start, self.sentence.end)
            if w.start() not in self._positions
        ]

    def loose(self, low: int, high: int) -> int:
        """How many words are neither part of a name or number nor small words of a list."""
        words = self._loose_words
        i = bisect_left(words, low, key=lambda w: w[0])
        loose = 0
        while i < len(words) and words[i][0] < high:
            loose += words[i][1]
            i += 1
        return loose


@cache
def _openers() -> re.Pattern[str]:
    inner = alternatives("words", "openers").pattern
    return re.compile(rf",\s*(?:(?:and|but)\s+)?(?P<next>){inner}")


def _denied_by_plan(folded: str, start: int, cue: Cue) -> Cue:
    """A plan that "denied" something says nothing of what a patient denied."""
    denied = folded.startswith("den", cue.start) and cue.has("absent")
    if denied and alternatives("words", "payers").search(folded, start, cue.start):
        return Cue(cue.start, cue.end, (("payer", "before"),))
    return cue
