"""How far words reach back: over their own clause, its list, and "but it ..." to the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicated.facts.ahead import LIST_WORDS, LONGEST_LIST, SOFT, Ahead
from indicated.facts.cues import listed
from indicated.facts.frame import WORD
from indicated.facts.parts import Cue, Mention, within

OF_FIRST = frozenset({"stopped"})  # "changed from A to B"
OF_ONE = frozenset({"resolved", "stopped", "completed", "declined", "caused", "started"})
_JOINT = re.compile(r"\s?(?:,|,? and|,? or|/|&)\s?")
_EVERY = frozenset({"neither", "none", "both", "all", "each"})
VERDICTS = frozenset({"never", "not_documented"})
_RESULT = re.compile(r"\bneg(?:ative)?\b")
_SMALL = frozenset({"again", "now", "still", "tested", "testing", "test", "result", "results",
                    "both", "this", "that", "these", "those", "she", "he", "him", "her", "later",
                    "since", "subsequently", "finally", "ultimately", "eventually"})  # fmt: skip
_SUCH_AS = re.compile(
    r"\b(?:including|such as|consisting of|comprising|inclusive of|that included)\s"
)
_ALL = ("all", "both", "none", "each")
_CONJUNCTION = re.compile(r"(?:\band\b|\bor\b|\bnor\b|&|/)")
_OF_TREATMENT = re.compile(r"\b(?:to|(?:benefit|response|help|success) (?:from|with))$")
_OBJECT = re.compile(r"\s(?:(?:the|her|his|their|all|taking|using|any)\s)?")
# What may be said of a whole list without an "and": "A, B, C ineffective".
OUTCOMES = frozenset({"no-response", "response-none", "intolerance", "never", "not_documented"})
REFERRING = frozenset(
    {"absent", "never", "confirmed", "undated", "resolved", "disclaimed", *OUTCOMES}
)


@dataclass(eq=False)
class Behind(Ahead):
    """A sentence in which words reach forward and back."""

    def _behind(self, cue: Cue, effect: str) -> tuple[int, int]:
        """Back from the cue: its own chunk, and the list of which that is the end."""
        low, _ = self.clause(cue.start)
        around = self.bracket(cue.start)
        if around:
            low = max(low, around[0])
        for soft in SOFT.finditer(self.page.lower, low, cue.start):
            low = soft.end()
        named = [m for m in within(self.mentions, low, cue.start) if m.end <= cue.start]
        if around is None and effect in OUTCOMES and (listed_ := self._bracketed(named, cue)):
            return listed_, cue.start
        if named and effect == "possible" and self._of_what_follows(cue, named[-1]):
            return cue.start, cue.start  # "asthma, likely allergic"
        if not named:
            topic = self._topic(cue, low) if effect in VERDICTS else None
            if topic is not None:
                return topic, cue.start
            return self._referred_to(cue, low) if effect in REFERRING else (low, cue.start)
        chunks = self.chunks(low, cue.start)
        tail = self.text[chunks[-1][0] : cue.start].strip(" ,")
        if effect == "absent" and chunks[-1][0] > named[-1].start and self._of_another(cue, tail):
            return cue.start, cue.start
        is_list = bool(not tail or _CONJUNCTION.search(tail) or tail in _ALL)
        bare = effect in OUTCOMES and 2 < len(chunks) < LONGEST_LIST
        if bare and all(self.loose(a, b) <= 1 for a, b in chunks):
            is_list = True  # a clause that is nothing but a list
        if not tail and effect in OF_ONE:
            is_list = False  # "A, B for 8 weeks, stopped": the last one alone
        one = self.text.startswith(("was ", "is ", "has "), cue.start)
        if one and effect in OUTCOMES and _SUCH_AS.search(self.text, named[0].end, named[-1].start):
            is_list, one = True, False  # "care including A, B and C has failed"
        start = named[-1].start
        for name in reversed(named[-LONGEST_LIST:-1]):
            if not self._goes_with(name.end, start, is_list, one) and not (
                is_list and _SUCH_AS.fullmatch(self.text[name.end : start].lstrip(" ,"))
            ):
                break
            start = name.start
        return start, cue.start

    def _bracketed(self, named: list[Mention], cue: Cue) -> int:
        """Where a list in brackets right before the words begins: "agents (A, B) failed"."""
        around = self.bracket(named[-1].start) if named else None
        if around is None or self.text[around[1] : cue.start].strip():
            return 0
        names = [m for m in named if around[0] < m.start]
        pieces = self.chunks(around[0] + 1, around[1] - 1)
        lone = len(names) < 2 or any(m.end <= around[0] <= m.end + 2 for m in named)
        if lone or any(self.loose(a, b) > 1 for a, b in pieces):
            return 0  # "A (B, C) failed" is of A
        return names[0].start

    def _either(self, cue: Cue, effect: str) -> tuple[int, int]:
        """Back when a name stands directly before the words, else forward, else back."""
        behind = self._behind(cue, effect)
        low = self.clause(cue.start)[0]
        far = behind[0] < low
        before = (
            [] if far else [m for m in self.mentions if behind[0] <= m.start and m.end <= cue.start]
        )
        if (
            before
            and self._joined(before[-1].end, cue.start)
            and not self._acts_on(cue, before[-1].end)
            and not self._has_its_object(cue)
        ):
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
        if far:
            return behind
        return behind if before else ahead

    def _has_its_object(self, cue: Cue) -> bool:
        """ "On A for months without response to B": what did not work is named behind the words."""
        if not _OF_TREATMENT.search(self.text, cue.start, cue.end):
            return False
        following = [m.start for m in self.mentions if m.start >= cue.end]
        return bool(following) and _OBJECT.fullmatch(self.text, cue.end, following[0]) is not None

    def _next(self, cue: Cue, gap: int = 1) -> list[tuple[int, int]]:
        """The name directly before the words, with those joined to it: "A and B intolerance"."""
        before = [m for m in self.mentions if m.end <= cue.start]
        if not before or cue.start - before[-1].end > gap:
            return []
        start = before[-1].start
        for name in reversed(before[:-1]):
            if not _JOINT.fullmatch(self.text, name.end, start):
                break
            start = name.start
        return [(start, cue.start)]

    def _of_another(self, cue: Cue, tail: str) -> bool:
        """ "Rising CEA, CT negative": the result is of the test named last, known or not."""
        if not _RESULT.search(self.text, cue.start, cue.end):
            return False
        small = listed("words", "joined_by") | _SMALL
        words = tail.split()
        return 0 < len(words) <= 4 and not small.issuperset(words)

    def _topic(self, cue: Cue, low: int) -> int | None:
        """ "A and B: plan requires both, not tried": the verdict is on what the clause is headed
        by, where what follows names nothing else."""
        head = self.clause(max(self.sentence.start, low - 1))[0]
        if self.text[low - 1 : low] not in (":", "-") and self.text[low - 2 : low] != "- ":
            return None
        named = [m for m in self.mentions if head <= m.start and m.end <= low]
        if not named or self.loose(head, low) > 1 or len(self.text[low : cue.start].split()) > 8:
            return None
        return named[0].start

    def _referred_to(self, cue: Cue, low: int) -> tuple[int, int]:
        """Back over "but it ...", "- she ..." to the name that a clause without one speaks of."""
        words = [w[0] for w in WORD.finditer(self.text, low, cue.start)]
        pronouns = listed("words", "refers")
        said = self.text[cue.start : cue.end].split()
        if said[0] in _EVERY:
            return self._whole_list(cue, low), cue.start
        pointed = said[-1] in pronouns
        if not pointed and (len(words) > 4 or not pronouns.issuperset(words)):
            return low, cue.start
        if not pointed and not words and self.text[:low].rstrip()[-1:] in (":", ";"):
            return low, cue.start
        earlier = [m for m in self.mentions if m.end <= low]
        return (earlier[-1].start if earlier else low), cue.start

    def _whole_list(self, cue: Cue, low: int) -> int:
        """Where the list begins that "neither" or "none of them" speaks of."""
        named = [m for m in self.mentions if m.end <= cue.start]
        if not named:
            return low
        start = named[-1].start
        for name in reversed(named[-LONGEST_LIST:-1]):
            if not self._goes_with(name.end, start, is_list=True, one=False):
                break
            start = name.start
        return start

    def _goes_with(self, low: int, high: int, is_list: bool, one: bool) -> bool:
        """Whether what stands between two names makes them items of one list."""
        gap = self.text[low:high]
        if not gap.strip():
            return True  # two names of one thing: "Abilify augmentation"
        joint, commas = _CONJUNCTION.search(gap), gap.count(",")
        if not (joint or (commas and is_list)):
            return False
        if one and joint and joint[0] == "and":
            return False  # "asthma, and pneumonia was ruled out"
        return self.loose(low, high) <= LIST_WORDS * (commas + 1)

    def _acts_on(self, cue: Cue, at: int) -> bool:
        """ "Takes A and stopped B": behind an "and" a verb with its object at once behind it."""
        if not _CONJUNCTION.search(self.text, at, cue.start):
            return False
        following = [m.start for m in self.mentions if m.start >= cue.end]
        return bool(following) and _OBJECT.fullmatch(self.text, cue.end, following[0]) is not None

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

    def _of_what_follows(self, cue: Cue, name: Mention) -> bool:
        """Whether a comma parts a hedge from the name before it, and it goes on to something."""
        return "," in self.text[name.end : cue.start] and not self._whole_answer(cue)
