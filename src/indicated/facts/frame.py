"""A sentence with everything that stands in it: clauses, brackets, lists."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
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
_NOT_YET = re.compile(r"(?:\b(?:not|never|as)|n't) yet$")  # "has not yet completed" is one clause
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,300}[)\]]")


@dataclass(eq=False)
class Frame:
    """A sentence with what stands in it."""

    page: Page
    sentence: Sentence
    mentions: tuple[Mention, ...]
    cues: tuple[Cue, ...]
    numbers: tuple[Number, ...]
    weighed: tuple[Cue, ...] = ()

    def __post_init__(self) -> None:
        # The folded text of the whole page: offsets stay those of the document.
        self.text = self.page.folded

    @classmethod
    def of(cls, page: Page, sentence: Sentence) -> Self:
        """The parts of a page that stand in a sentence. Cues inside a name are none."""
        a, b = sentence.start, sentence.end
        mentions = [m for m in within(page.mentions, a, b) if m.end <= b]
        cues = [c for c in within(page.cues, a, b) if c.end <= b]
        cues = [_left_open(page.folded, a, b, _denied_by_plan(page.folded, a, c)) for c in cues]
        numbers = [n for n in within(page.numbers, a, b) if n.end <= b]
        weighed = tuple(c for c in within(page.weighed, a, b) if c.end <= b)
        return cls(page, sentence, tuple(mentions), tuple(cues), tuple(numbers), weighed)

    @cached_property
    def boundaries(self) -> tuple[int, ...]:
        """Where a new clause begins."""
        a, b = self.sentence.start, self.sentence.end
        found = {m.end() for m in _SEMICOLON.finditer(self.text, a, b)}
        joints = alternatives("words", "joints").finditer(self.text, a, b)
        found |= {m.start() for m in joints if not _NOT_YET.search(self.text, a, m.end())}
        heads = {m.start: m.end for m in self.mentions}  # "PT" opens no clause where it is a name
        found |= {
            m.start("next") for m in _openers().finditer(self.text, a, b)
            if heads.get(m.start("next"), b + 1) > m.end()
        }  # fmt: skip
        if not found:
            return ()
        looking_back = {c.start for c in self.cues if any(s in _BACK for _, s in c.effects)}
        return tuple(
            p
            for p in sorted(found - looking_back)
            if not (_holds(self.mentions, p, inner=True) or _holds(self.cues, p, inner=True))
        )

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
        found = _COMMA.finditer(self.text, self.sentence.start, self.sentence.end)
        return [(m.start(), self.bracket(m.start())) for m in found if not self._inside(m.start())]

    def _inside(self, at: int) -> bool:
        """Whether an offset lies inside of a name or a number."""
        return _holds(self.mentions, at) or _holds(self.numbers, at)

    @cached_property
    def _loose_words(self) -> list[tuple[int, int]]:
        """Words outside of names and numbers: offset and weight (a verb ends any list)."""
        small, verbs = listed("words", "list_words"), listed("words", "verbs")
        return [
            (w.start(), 99 if w[0] in verbs else int(w[0] not in small))
            for w in WORD.finditer(self.text, self.sentence.start, self.sentence.end)
            if not self._inside(w.start())
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


def _holds(spans: Sequence[Spanned], at: int, *, inner: bool = False) -> bool:
    """Whether an offset lies in one of some sorted spans; `inner`: and is not where it begins."""
    i = bisect_right(spans, at, key=lambda s: s.start) - 1
    return i >= 0 and spans[i].start + inner <= at < spans[i].end


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


_BUT_NOT = re.compile(r"\bbut (?=not)")
_APPROVED = re.compile(r"(?:is|are) (?:approved|covered|authorized|authorised)")
_AWAITED = re.compile(r"\b(?:until|till|once|when|if|unless|after|as soon as)\b[^,;.]*\Z")
_HEAD = re.compile(r"[\s*-]*(?:but |and )?")
_UNREAL = re.compile(r"\b(?:would|could|might)\b")
_EXCLUDES = re.compile(r"\b(?:exclude[sd]?|excluding|rule[sd]? out|ruling out|eliminate[sd]?)\b")


def _left_open(folded: str, start: int, end: int, cue: Cue) -> Cue:
    """ "The scan excluded A but not B" leaves B open; "without A she would ..." says what is
    not so; "until A is approved" is a plan, and no rule."""
    if cue.has("rule") and _APPROVED.match(folded, cue.start):
        if _AWAITED.search(folded, max(start, cue.start - 60), cue.start):
            return Cue(cue.start, cue.end, (("planned", "after"),))
        return cue
    if folded.startswith("without", cue.start) and _HEAD.fullmatch(folded, start, cue.start):
        unreal = _UNREAL.search(folded, cue.end, min(end, cue.end + 120))
        return Cue(cue.start, cue.end, (("mask", "near"),)) if unreal else cue
    if not cue.has("absent") or folded[cue.start : cue.end] != "not":
        return cue
    if _BUT_NOT.match(folded, cue.start - 4) and _EXCLUDES.search(folded, start, cue.start):
        return Cue(cue.start, cue.end, (("possible", "before"),))
    return cue
