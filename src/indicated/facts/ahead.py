"""How far words reach forward: to the end of a clause, and past commas through a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile

from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import WORD, Frame
from indicated.facts.parts import Cue, within

LIST_WORDS = 3  # words in a list's item that are neither a known name nor one of `list_words`
LONGEST_LIST = 30  # items
NEAR_WORDS = 4
WHOLE_CLAUSE = frozenset({"family", "hypothetical", "patient", "self"})
NO_NUMBERS = frozenset({"absent", "never", "possible"})  # their lists hold no "cough for 3 weeks"
_DASHED = re.compile(r"(?:\s\([^()]{1,30}\))?\s-{1,2}\s")  # "Mother - asthma"
_HEADED = re.compile(r"(?:\s\([^():]{1,30}\))?\s*(?:\*\*)?:")  # "Aunt (maternal): asthma"
SOFT = re.compile(r"[:?](?!\d)|\s-{1,2}\s|\||\s=\s")
_NEEDS_OR = frozenset({"without", "w/o"})
_BEFORE_ON = frozenset({"currently", "now", "yet", "been", "ever", "presently"})
_AND = re.compile(r"\band\b|&")
_OR = re.compile(r"\b(?:or|nor)\b")
_CARED_FOR = re.compile(r"(?:on )?(?:treated|managed|treatment) with\b")
_JOINING = frozenset({"and", "or", "nor", "&", "/"})
_SEMICOLON = re.compile(";")
_NEAR_ENDS = re.compile(r"[,:;(]|\s-{1,2}\s|\b(?:with|who|whose)\b")
_INFORMS = re.compile(
    r"(?:\s?,[^,;.:]{1,40},)?\s(?:also |first |who |then |has |had )?(?P<verb>[a-z]+)\b"
)
_OWN = re.compile(
    r"\s?,\s?(?:who (?:also |herself |himself )?(?:has|had|is|was|suffers|takes)|an?)"
    r"\s[^,;.:]{1,40}(?=,)"
)
HEADING_END = re.compile(r"(?:\*\*)?(?::|\s?-\s|\s-\w)")
_WHO = re.compile(r"(?:\s?,[^,;:.]{0,30})?\s?,?\s*")
_OF_KIN = re.compile(
    r"\s?(?:also |then |later )?(?:who|has|had|have|is|was|were|died|developed|underwent)\b"
)


@dataclass(eq=False)
class Ahead(Frame):
    """A sentence in which words reach forward, and labels are known."""

    def _ahead(self, cue: Cue, effect: str) -> tuple[int, int]:
        """From the cue on: to the end of its clause, past commas only through a list."""
        headed = _HEADED.match(self.text, cue.end) or (
            effect == "family" and _DASHED.match(self.page.lower, cue.end)
        )
        if headed or self.text[cue.end - 1] == ":":
            return cue.end, self._header_end(cue)
        _, high = self.clause(cue.start)
        if effect == "family" and self._informs(cue.end):
            own = _OWN.match(self.text, cue.end, self.sentence.end)
            return cue.end, own.end() if own else cue.end  # "Mother, who has asthma, reports"
        appositive = effect == "family" and _WHO.fullmatch(self.text, cue.end, high)
        if appositive and _OF_KIN.match(self.text, high):
            high = self.clause(high)[1]  # "her husband, 60, who has COPD"
        around = self.bracket(cue.start)
        if around:
            high = min(high, around[1])
        soft = SOFT.search(self.page.lower, cue.end, high)
        high = soft.start() if soft else high
        if effect in WHOLE_CLAUSE:
            if effect == "patient":
                return cue.end, self.clause(cue.start)[1]
            return cue.end, self._given(cue, high) if effect == "hypothetical" else high
        high = self._circumstance(cue, high, effect)
        chunks = self.chunks(cue.end, high)
        end = chunks[0][1] if chunks else high
        items = list(takewhile(lambda c: self._list_like(*c, effect), chunks[1:LONGEST_LIST]))
        if effect in NO_NUMBERS and not any(self._joined_on(a, b) for a, b in items):
            # "No fever, chills, nausea": without an "or" only bare names go on.
            bare = self.text[cue.start : cue.end] not in _NEEDS_OR
            items = list(takewhile(lambda c: bare and self._bare(*c), items))
            if items and _CARED_FOR.match(self.text, items[-1][1]):
                items.pop()  # "no fever, migraine treated with A": what is treated is there
        return cue.end, items[-1][1] if items else end

    def _near(self, cue: Cue, effect: str) -> tuple[int, int]:
        _, end = self.clause(cue.start)
        if effect == "mask":
            first = [m for m in self.mentions if cue.end <= m.start < end]
            end = first[0].end if first else end
        ends = _NEAR_ENDS.finditer(self.page.lower, cue.end, end)
        comma = next((c for c in ends if not self._inside(c.start())), None)
        high = comma.start() if comma else end
        if effect != "current":
            high = self._circumstance(cue, high, effect)
        if effect == "current" and within(self.mentions, cue.end, high):  # "on A, B and C"
            for a, b in self.chunks(cue.end, end)[1:LONGEST_LIST]:
                if within(self.cues, a, b) or not within(self.mentions, a, b):
                    break
                if not self._list_like(a, b, effect):
                    break
                high = b
            return cue.end, high
        listing = comma is not None and comma[0].startswith(",")
        starts = high == cue.end or bool(within(self.mentions, cue.end, high))
        if effect == "absent" and listing and starts:
            return cue.end, self._listed_to(cue, high, end, effect)
        words = list(WORD.finditer(self.text, cue.end, high))
        if len(words) > NEAR_WORDS:
            inside = [m for m in self.mentions if m.start <= words[NEAR_WORDS].start() < m.end]
            high = inside[0].end if inside else words[NEAR_WORDS].start()
        return cue.end, high

    def _listed_to(self, cue: Cue, high: int, end: int, effect: str) -> int:
        """ "Was not A, B or C": on through a list that an "or" closes; else not past its comma."""
        end = self._circumstance(cue, end, effect)
        last = high
        for a, b in self.chunks(cue.end, end)[1:LONGEST_LIST]:
            if within(self.cues, a, b) or not self._list_like(a, b, effect):
                break
            last = b
            if re.search(r"\b(?:or|nor)\b", self.text[a:b]):
                return last
        return high

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
            if match[0] in listed("words", "exceptions"):
                return match.start()
            named = any(
                cue.end <= m.start < match.start() or m.start == cue.start for m in self.mentions
            )
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
        if effect not in NO_NUMBERS:
            return self.loose(low, high) <= LIST_WORDS
        if within(self.numbers, low, high):
            return False
        ors = [m.start() for m in _OR.finditer(self.text, low, high)]
        return all(  # "vitamin D analogues or phototherapy" is two items
            self.loose(a, b) <= LIST_WORDS - bool(within(self.mentions, a, b))
            for a, b in pairwise([low, *ors, high])
        )

    def _bare(self, low: int, high: int) -> bool:
        """Whether a chunk is names and nothing else: "fever", "fever and chills"; of what has no
        name here a word, or two behind an "and": "cough and night sweats"."""
        if self._tells(low, high):
            return False
        ands = [m.start() for m in _AND.finditer(self.text, low, high)]
        for place, (a, b) in enumerate(pairwise([low, *ands, high])):
            rest = [
                w[0] for w in WORD.finditer(self.text, a, b)
                if not self._inside(w.start()) and w[0] not in _JOINING
            ]  # fmt: skip
            named = any(a <= m.start < b for m in self.mentions)
            if rest and (named or len(rest) > 1 + (place > 0) or _says(rest)):
                return False
        return True

    def _tells(self, low: int, high: int) -> bool:
        """Whether a chunk has its own result or verb: "no chest pain, troponins negative"."""
        words = self.text[low:high].strip(" ,.").split()
        if len(words) < 2:
            return False
        ends = words[-1] in listed("words", "item_ends")
        return ends or words[0] in listed("words", "item_verbs")

    def _joined_on(self, low: int, high: int) -> bool:
        return re.match(r",?\s*(?:or|nor|and)\b|.*\b(?:or|nor)\b", self.text[low:high]) is not None

    def _given(self, cue: Cue, high: int) -> int:
        """Where a reason begins behind what is thought of: "screening for X, given Y"."""
        for match in alternatives("words", "reasons").finditer(self.text, cue.end, high):
            if any(cue.end <= m.start and m.end <= match.start() for m in self.mentions):
                return match.start()
        return high

    def _informs(self, low: int) -> bool:
        """Whether a relative is there to tell: "his daughter, a nurse, spotted the swelling"."""
        said = _INFORMS.match(self.text, low, self.sentence.end)
        return (
            said is not None
            and said["verb"] in listed("words", "informs")
            and not self.text.startswith("to ", said.end("verb") + 1)
        )

    # --- labels and headings ---

    def _label_before(self, at: int) -> int | None:
        """Where the head begins of which the text at `at` is the answer ("Diabetes: no")."""
        low = self.clause(at)[0]
        opened = self.text.rfind("(", max(low, at - 3), at)
        if opened >= 0 and not self.text[opened + 1 : at].strip():
            near = [m for m in self.mentions if m.end <= opened and opened - m.end <= 25]
            return near[-1].start if near else None
        soft = [m for m in SOFT.finditer(self.page.lower, low, at) if m.end() <= at]
        if soft and not self.text[soft[-1].end() : at].strip(" *_") and soft[-1].start() > low:
            if soft[-1][0] == "|":
                return low  # a cell of a row: the row is about what stands first in it
            return soft[-2].end() if len(soft) > 1 and soft[-2][0] != ":" else low
        return None

    def _whole_answer(self, cue: Cue) -> bool:
        """Whether the cue is all that stands behind the colon."""
        following = self.text[cue.end : min(cue.end + 2, self.sentence.end)].strip()
        return not following or following[0] in ".,;|)]("

    def _opens(self, cue: Cue) -> bool:
        """Whether a cue begins a sentence, a clause or what stands behind a label."""
        low = max(self.clause(cue.start)[0], self.sentence.body)
        before = self.text[low : cue.start].rstrip(" *_")
        return not before or before[-1] in ":;-+>()" or before.endswith((" and", " then"))

    def _heads(self, cue: Cue) -> bool:
        """ "Not present: chills, fever": words that look back are a heading at the head."""
        if not HEADING_END.match(self.page.lower, cue.end):
            return False
        low = max(self.clause(cue.start)[0], self.sentence.start)
        label = self._label_before(cue.start)
        if label is not None:
            return not any(label <= m.start < cue.start for m in self.mentions)
        before = self.text[low : cue.start].strip(" *_")
        return not before or before[-1] in ":.;|"

    def _disclaims(self, cue: Cue) -> bool:
        """ "Fever denied, cough present": the word belongs to the name before it."""
        named = any(0 < cue.start - m.end <= 2 for m in self.mentions)
        return named and self._whole_answer(cue)


def _says(words: list[str]) -> bool:
    return not listed("words", "verbs").isdisjoint(words)
