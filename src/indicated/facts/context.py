"""How a mention is meant: which cues reach it.

Each cue reaches a stretch of its sentence. The stretch ends at clause boundaries; past a comma it
goes on only through something that looks like a list ("no fever, chills or cough").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import WORD, Frame
from indicated.facts.parts import Cue, Mention, Page, within

LIST_WORDS = 3  # words in a list's item that are neither a known name nor one of `list_words`
LONGEST_LIST = 30  # items
NEAR_WORDS = 4
WHOLE_SENTENCE = frozenset({"payer", "letter", "rule"})
WHOLE_CLAUSE = frozenset({"family", "hypothetical", "patient"})
NO_NUMBERS = frozenset({"absent", "never", "possible"})  # their lists hold no "cough for 3 weeks"

_HEADED = re.compile(r"\s*(?:\*\*)?:")
OF_FIRST = frozenset({"stopped"})  # "changed from A to B"
# What may be said of a whole list without an "and": "A, B, C ineffective".
OUTCOMES = frozenset({"no-response", "response-none", "intolerance", "never", "not_documented"})
OF_ONE = frozenset({"resolved", "stopped", "completed", "declined", "caused", "started"})
_SOFT = re.compile(r":(?!\d)|\s-{1,2}\s|\||\s=\s")
_NEEDS_OR = frozenset({"without", "w/o"})
_BEFORE_ON = frozenset({"currently", "now", "yet", "been", "ever", "presently"})
_JOINT = re.compile(r"\s?(?:,|,? and|,? or|/|&)\s?")
_ADJECTIVE = re.compile(r"\s(?!in|after|with|on|by|since|without|now|at|and|over|from|\d)[a-z]{4,}")
_ALL = ("all", "both", "none", "each")
_CONJUNCTION = re.compile(r"(?:\band\b|\bor\b|\bnor\b|&|/)")
_SEMICOLON = re.compile(";")


@dataclass(frozen=True)
class Reached:
    """An effect of a cue, and the stretch in which it holds."""

    effect: str
    cue: Cue
    start: int
    end: int


# "Evaluation: no contraindication" denies what follows it, named or not, and not the evaluation.
_OF_SOMETHING = re.compile(r"(?:no|without)\b")


@dataclass(frozen=True)
class Reading(Frame):
    """A sentence with the reach of every cue in it."""

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """Every effect of every cue with its stretch."""
        return tuple(
            Reached(effect, cue, *stretch)
            for cue in self.cues
            for effect, side in cue.effects
            for stretch in self._stretches(cue, effect, side)
        )

    def effects(self, mention: Mention) -> dict[str, Cue]:
        """The effects that reach a mention, each with the nearest cue that has it."""
        found: dict[str, Cue] = {}
        for r in self.reached:
            if r.start <= mention.start and mention.end <= r.end:
                old = found.get(r.effect)
                if old is None or _distance(r.cue, mention) < _distance(old, mention):
                    found[r.effect] = r.cue
        if mention.negated:
            found["absent"] = Cue(mention.start, mention.end, (("absent", "before"),))
        return found

    # --- the stretch of one cue --------------------------------------------------------------

    def _stretches(self, cue: Cue, effect: str, side: str) -> list[tuple[int, int]]:
        if effect == "not_on_file":  # only turns a denial before it
            return [(self.clause(cue.start)[0], cue.start)]
        if effect in WHOLE_SENTENCE:
            return self._to_sentence(cue, side)
        at_label = self._label_before(cue.start)
        if side == "label":
            whole = at_label is not None and self._whole_answer(cue)
            return [(at_label, cue.start)] if whole and at_label is not None else []
        answers = not _OF_SOMETHING.match(self.text, cue.start) or self._whole_answer(cue)
        if at_label is not None and answers and not self._names_ahead(cue, effect):
            return [(at_label, cue.start)]
        if side == "near":
            return [self._near(cue, effect)]
        if side == "before":
            return [self._ahead(cue, effect)]
        if side == "after":
            if effect == "resolved" and _ADJECTIVE.match(self.text, cue.end):
                return []  # "a healed fracture"
            return [self._behind(cue, effect)]
        if side == "next":
            return self._next(cue)
        return [self._either(cue, effect)]

    def _next(self, cue: Cue) -> list[tuple[int, int]]:
        """The name directly before the words, with those joined to it: "A and B intolerance"."""
        before = [m for m in self.mentions if m.end <= cue.start]
        if not before or cue.start - before[-1].end > 1:
            return []
        start = before[-1].start
        for name in reversed(before[:-1]):
            if not _JOINT.fullmatch(self.text, name.end, start):
                break
            start = name.start
        return [(start, cue.start)]

    def _to_sentence(self, cue: Cue, side: str) -> list[tuple[int, int]]:
        around = self.bracket(cue.start)
        if around:
            return [(cue.start, around[1])]
        if side == "after" or self._label_before(cue.start) is not None:
            return [self.clause(cue.start)]
        return [(cue.start, self.sentence.end)]

    def _label_before(self, at: int) -> int | None:
        """Where the head begins of which the text at `at` is the answer ("Diabetes: no")."""
        low = self.clause(at)[0]
        opened = self.text.rfind("(", max(low, at - 3), at)
        if opened >= 0 and not self.text[opened + 1 : at].strip():
            near = [m for m in self.mentions if m.end <= opened and opened - m.end <= 25]
            return near[-1].start if near else None
        soft = [m for m in _SOFT.finditer(self.page.lower, low, at) if m.end() <= at]
        if soft and not self.text[soft[-1].end() : at].strip(" *_") and soft[-1].start() > low:
            if soft[-1][0] == "|":
                return low  # a cell of a row: the row is about what stands first in it
            return soft[-2].end() if len(soft) > 1 and soft[-2][0] != ":" else low
        return None

    def _whole_answer(self, cue: Cue) -> bool:
        """Whether the cue is all that stands behind the colon."""
        following = self.text[cue.end : min(cue.end + 2, self.sentence.end)].strip()
        return not following or following[0] in ".,;|)]("

    def _names_ahead(self, cue: Cue, effect: str) -> bool:
        low, high = self._ahead(cue, effect)
        return any(low <= m.start and m.end <= high for m in self.mentions)

    def _near(self, cue: Cue, effect: str) -> tuple[int, int]:
        _, end = self.clause(cue.start)
        if effect == "mask":
            first = [m for m in self.mentions if cue.end <= m.start < end]
            end = first[0].end if first else end
        comma = re.compile(r"[,:;(]").search(self.text, cue.end, end)
        high = comma.start() if comma else end
        if effect == "current" and within(self.mentions, cue.end, high):  # "on A, B and C"
            for a, b in self.chunks(cue.end, end)[1:LONGEST_LIST]:
                if within(self.cues, a, b) or not within(self.mentions, a, b):
                    break
                if not self._list_like(a, b, effect):
                    break
                high = b
            return cue.end, high
        words = list(WORD.finditer(self.text, cue.end, high))
        if len(words) > NEAR_WORDS:
            inside = [m for m in self.mentions if m.start <= words[NEAR_WORDS].start() < m.end]
            high = inside[0].end if inside else words[NEAR_WORDS].start()
        return cue.end, high

    def _ahead(self, cue: Cue, effect: str) -> tuple[int, int]:
        """From the cue on: to the end of its clause, past commas only through a list."""
        headed = _HEADED.match(self.text, cue.end)
        if headed or self.text[cue.end - 1] == ":":
            return cue.end, self._header_end(cue)
        _, high = self.clause(cue.start)
        around = self.bracket(cue.start)
        if around:
            high = min(high, around[1])
        soft = _SOFT.search(self.page.lower, cue.end, high)
        high = soft.start() if soft else high
        if effect in WHOLE_CLAUSE:
            return cue.end, high
        high = self._circumstance(cue, high, effect)
        chunks = self.chunks(cue.end, high)
        end = chunks[0][1] if chunks else high
        items = list(takewhile(lambda c: self._list_like(*c, effect), chunks[1:LONGEST_LIST]))
        if effect in NO_NUMBERS and not any(self._joined_on(a, b) for a, b in items):
            # "No fever, chills, nausea": without an "or" only bare names go on.
            bare = self.text[cue.start : cue.end] not in _NEEDS_OR
            items = list(takewhile(lambda c: bare and self._bare(*c), items))
        return cue.end, items[-1][1] if items else end

    def _joined_on(self, low: int, high: int) -> bool:
        return re.match(r",?\s*(?:or|nor|and)\b|.*\b(?:or|nor)\b", self.text[low:high]) is not None

    def _bare(self, low: int, high: int) -> bool:
        """Whether a chunk is a name and nothing else."""
        rest = [
            w[0] for w in WORD.finditer(self.text, low, high)
            if not any(m.start <= w.start() < m.end for m in self.mentions)
        ]  # fmt: skip
        return not rest or (
            len(rest) == 1 and not any(low <= m.start < high for m in self.mentions)
        )

    def _header_end(self, cue: Cue) -> int:
        """A list behind "Tried and failed:" goes on past semicolons until another cue speaks."""
        end = self.sentence.end
        for semicolon in _SEMICOLON.finditer(self.text, cue.end, end):
            following = self.text.find(";", semicolon.end(), end)
            stop = following if following >= 0 else end
            if any(semicolon.end() <= c.start < stop for c in self.cues):
                return semicolon.start()
        later = [p for p in self.boundaries if p > cue.end and self.text[p - 1] != ";"]
        return min([*later, end])

    def _circumstance(self, cue: Cue, high: int, effect: str) -> int:
        """Where "since", "after", "on", ... begins to speak of circumstances."""
        for match in alternatives("words", "ends").finditer(self.text, cue.end, high):
            between = WORD.findall(self.text[cue.end : match.start()])
            named = any(cue.end <= m.start < match.start() for m in self.mentions)
            inside = any(m.start <= match.start() < m.end for m in self.mentions)
            if match[0] == "on":
                between = [w for w in between if w not in _BEFORE_ON]
            if not inside and (named or between):
                return match.start()
        if effect in ("absent", "never", "not_documented"):
            for verb in alternatives("words", "verbs").finditer(self.text, cue.end, high):
                if any(cue.end <= m.start and m.end <= verb.start() for m in self.mentions):
                    return verb.start()
        return high

    def _list_like(self, low: int, high: int, effect: str) -> bool:
        """Whether a chunk between commas is an item of a list rather than a clause of its own."""
        named = bool(within(self.mentions, low, high))
        if effect in NO_NUMBERS and within(self.numbers, low, high):
            return False
        most = LIST_WORDS - 1 if named and effect in NO_NUMBERS else LIST_WORDS
        return self.loose(low, high) <= most

    def _behind(self, cue: Cue, effect: str) -> tuple[int, int]:
        """Back from the cue: its own chunk, and the list of which that is the end."""
        low, _ = self.clause(cue.start)
        around = self.bracket(cue.start)
        if around:
            low = max(low, around[0])
        for soft in _SOFT.finditer(self.page.lower, low, cue.start):
            low = soft.end()
        named = [m for m in within(self.mentions, low, cue.start) if m.end <= cue.start]
        if not named:
            return low, cue.start
        chunks = self.chunks(low, cue.start)
        tail = self.text[chunks[-1][0] : cue.start].strip(" ,")
        is_list = bool(not tail or _CONJUNCTION.search(tail) or tail in _ALL)
        bare = effect in OUTCOMES and 2 < len(chunks) < LONGEST_LIST
        if bare and all(self.loose(a, b) <= 1 for a, b in chunks):
            is_list = True  # a clause that is nothing but a list
        if not tail and effect in OF_ONE:
            is_list = False  # "A, B for 8 weeks, stopped": the last one alone
        one = self.text.startswith(("was ", "is ", "has "), cue.start)
        start = named[-1].start
        for name in reversed(named[-LONGEST_LIST:-1]):
            if not self._goes_with(name.end, start, is_list, one):
                break
            start = name.start
        return start, cue.start

    def _goes_with(self, low: int, high: int, is_list: bool, one: bool) -> bool:
        """Whether what stands between two names makes them items of one list."""
        gap = self.text[low:high]
        joint, commas = _CONJUNCTION.search(gap), gap.count(",")
        if not (joint or (commas and is_list)):
            return False
        if one and joint and joint[0] == "and":
            return False  # "asthma, and pneumonia was ruled out"
        return self.loose(low, high) <= LIST_WORDS * (commas + 1)

    def _either(self, cue: Cue, effect: str) -> tuple[int, int]:
        """Back when a name stands directly before the words, else forward, else back."""
        behind = self._behind(cue, effect)
        before = [m for m in self.mentions if behind[0] <= m.start and m.end <= cue.start]
        if before and self._joined(before[-1].end, cue.start):
            return behind
        ahead = self._ahead(cue, effect)
        reached = [m for m in self.mentions if ahead[0] <= m.start and m.end <= ahead[1]]
        if reached:
            return (ahead[0], reached[0].end) if effect in OF_FIRST else ahead
        if not before and cue.start - self.clause(cue.start)[0] <= 5:
            # "Attempted CPAP and no longer tolerates it": the clause goes on about the one before.
            earlier = [m for m in self.mentions if m.end <= cue.start]
            if earlier and ";" not in self.text[earlier[-1].end : cue.start]:
                return earlier[-1].start, cue.start
        return behind if before else ahead

    def _joined(self, low: int, high: int) -> bool:
        """Whether only joining words, brackets and amounts stand between."""
        if "," in self.text[low:high] or ";" in self.text[low:high]:
            return False
        for word in WORD.finditer(self.text, low, high):
            if any(n.start <= word.start() < n.end for n in self.numbers) or self.bracket(
                word.start()
            ):
                continue
            if word[0] not in listed("words", "joined_by"):
                return False
        return True


def _distance(cue: Cue, mention: Mention) -> int:
    return min(abs(cue.end - mention.start), abs(cue.start - mention.end))


def frames(page: Page) -> Sequence[Reading]:
    """Every sentence of a page with its parts."""
    return [Reading.of(page, s) for s in page.sentences]
