"""How a mention is meant: which cues reach it.

Each cue reaches a stretch of its sentence. The stretch ends at clause boundaries; past a comma it
goes on only through something that looks like a list ("no fever, chills or cough").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from indicated.facts.ahead import NO_NUMBERS, SOFT
from indicated.facts.behind import Behind
from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import WORD
from indicated.facts.parts import Cue, Mention, Page, within

WHOLE_SENTENCE = frozenset({"payer", "letter"})
_ADJECTIVE = re.compile(r"\s(?!in|after|with|on|by|since|without|now|at|and|over|from|\d)[a-z]{4,}")
_ITEM_BEGINS = re.compile(r"(?:[,;:(/]|\b(?:and|with|but|an?|has|had))\s*$")
_SIGN_ENDS = re.compile(r"[;|\n]|\s{3}")
_PARTS = re.compile(r"[;,:)\]]\s|\s-{1,2}\s|\b(?:but|however|yet|although|though|whereas|and)\s")
_APPOSED = re.compile(
    r"\s?,\s?(?:an?|(?:who|herself|himself)\s(?:also\s)?(?:has|had|is|was|suffers|died))\s"
)
_NEAR_ENDS_HARD = re.compile(r"[,;:.]\s|\band\b")
_OPEN_RULE = frozenset(
    {
        "to",
        "than",
        "for",
        "when",
        "if",
        "only",
        "in",
        "after",
        "with",
        "once",
        "before",
        "over",
        "by",
    }
)
_UNMET = re.compile(r"[\[(]?(?:not met|unmet|not satisfied|not fulfilled)")
# Where whoever writes answers what a payer says.
_ANSWERED = re.compile(
    r"\b(?:yet|in fact|in reality|in truth|contrary to this|despite the fact that)\s"
    r"(?:the |our |my |this )?(?:he|she|they|his|her|patient|pt|chart|records?|notes?|we|i)\b"
)
_DIRECT = re.compile(r"\s(?:(?:any|a|an|the|either|both|oral|topical|generic)\s)?")
SIGNED_GAP = 4
HEADINGS = frozenset({"absent", "never", "not_documented", "possible", "planned", "resolved"})
# "Evaluation: no contraindication" denies what follows it, named or not, and not the evaluation.
_OF_SOMETHING = re.compile(r"(?:no|without)\b")


@dataclass(slots=True)
class Reached:
    """An effect of a cue, and the stretch in which it holds."""

    effect: str
    cue: Cue
    start: int
    end: int


@dataclass(eq=False)
class Reading(Behind):
    """A sentence with the reach of every cue in it."""

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """Every effect of every cue with its stretch."""
        return tuple(
            Reached(effect, cue, *stretch)
            for cue in (*self.cues, *self.weighed)
            for effect, side in cue.effects
            for stretch in self._stretches(cue, effect, side)
        )

    def effects(self, mention: Mention) -> dict[str, Cue]:
        """The effects that reach a mention, each with the nearest cue that has it."""
        found: dict[str, Cue] = {}
        for r in self.reached:
            if not (r.start <= mention.start and mention.end <= r.end):
                continue
            if self._repeats(r, mention):
                continue
            if not (self._aside(r, mention) or self._on_condition(r, mention)):
                old = found.get(r.effect)
                if old is None or _distance(r.cue, mention) < _distance(old, mention):
                    found[r.effect] = r.cue
        if mention.negated:
            effect = mention.negated
            found[effect] = Cue(mention.start, mention.end, ((effect, "before"),))
        return found

    def _repeats(self, reached: Reached, mention: Mention) -> bool:
        """ "RNA not detected in May and again not detected in June": the name's own denial."""
        if reached.effect not in ("absent", "never"):
            return False
        said = self.text[reached.cue.start : reached.cue.end]
        name = self.text[mention.start : mention.end]
        return mention.end <= reached.cue.start and len(said) > 2 and name.endswith(f" {said}")

    def _on_condition(self, reached: Reached, mention: Mention) -> bool:
        """ "Consider A if she fails": what is said in the condition is not so, and not of A."""
        return any(mention.end <= at < reached.cue.start for at in self._conditions)

    @cached_property
    def _conditions(self) -> list[int]:
        """Where conditions begin."""
        return [c.start for c in self.cues if ("hypothetical", "before") in c.effects]

    def _aside(self, reached: Reached, mention: Mention) -> bool:
        """ "Possible X (dry eyes, ANA positive)": the evidence in brackets is not meant."""
        if reached.effect not in NO_NUMBERS:
            return False
        around = self.bracket(mention.start)
        if around is None or around[0] < reached.cue.end:
            return False
        return self.loose(around[0] + 1, around[1] - 1) > 0

    def _stretches(self, cue: Cue, effect: str, side: str) -> list[tuple[int, int]]:
        if effect == "not_on_file":  # only turns a denial before it
            return [(self.clause(cue.start)[0], cue.start)]
        if side in ("sign", "signed", "row", "option"):
            return self._signed(cue, side)
        if effect == "likewise":
            return [(self.sentence.start, self.sentence.end)]
        if effect == "rule":
            return self._ruled(cue, side)
        if effect in WHOLE_SENTENCE:
            return self._to_sentence(cue, side)
        if side == "first" and not self._opens(cue):
            return []
        if side == "apposed":
            return self._apposed(cue)
        if side == "after" and effect == "disclaimed" and not self._disclaims(cue):
            bare = self.text[cue.start : cue.end] in ("denies", "denied")
            if bare:
                return []
        if side == "listing":
            return self._listed(cue)
        if side == "before" and cue.has("disclaimed") and self._disclaims(cue):
            return []
        if side in ("after", "label") and self._heads(cue):
            return [(cue.end, self._header_end(cue))] if effect in HEADINGS else []
        at_label = self._label_before(cue.start)
        if side == "label":
            whole = at_label is not None and self._whole_answer(cue)
            return [(at_label, cue.start)] if whole and at_label is not None else []
        answers = not _OF_SOMETHING.match(self.text, cue.start) or self._whole_answer(cue)
        if at_label is not None and answers and not self._names_ahead(cue, effect):
            return [(at_label, cue.start)]
        if effect == "family" and (around := self.bracket(cue.start)):
            names = [m for m in self.mentions if m.end <= around[0] <= m.end + 2]
            if names and not self.text[around[0] + 1 : cue.start].strip():
                return [(names[-1].start, cue.start), self._ahead(cue, effect)]
        if side == "near":
            return [self._near(cue, effect)]
        if side in ("before", "first"):
            return [self._ahead(cue, effect)]
        if side == "after":
            if effect == "never" and self._has_object(cue):
                return []  # "A was denied as she has not tried B"
            if effect == "resolved" and _ADJECTIVE.match(self.text, cue.end):
                return []  # "a healed fracture"
            if effect == "absent" and self._qualifies(cue):
                low, high = self._near(cue, effect)
                other = self.text.find(" and ", low, high)
                return [(low, other if other >= 0 else high)]
            return [self._behind(cue, effect)]
        if side == "next":
            return self._next(cue)
        return [self._either(cue, effect)]

    def _signed(self, cue: Cue, side: str) -> list[tuple[int, int]]:
        """A sign speaks of what stands up to the next sign, or of the name before it."""
        if side == "row":
            return [(self.sentence.start, cue.start)]
        if side == "signed":
            return self._next(cue, SIGNED_GAP)
        if side == "option":
            before = [m for m in self.mentions if m.end <= cue.start]
            return [(before[-1].start, cue.start)] if before else []
        following = [c.start for c in self.cues if c.start >= cue.end and _is_sign(c)]
        stop = _SIGN_ENDS.search(self.text, cue.end, self.sentence.end)
        return [(cue.end, min([*following, stop.start() if stop else self.sentence.end]))]

    def _ruled(self, cue: Cue, side: str) -> list[tuple[int, int]]:
        """A rule goes on to the end of its sentence, or to where the patient comes in again."""
        around = self.bracket(cue.start)
        if around and around[0] == cue.start:
            around = None  # "[met: ...]" speaks of what stands before it
        low, high = around or (self.sentence.start, self.sentence.end)
        cuts = [low, *(m.end() for m in _PARTS.finditer(self.page.lower, low, high)), high]
        if begin_at_head := self._unmet_head(cue):
            return [begin_at_head]
        begin = max(
            (c for c in cuts if c <= cue.start and self.text[c - 2 : c - 1] != ":"), default=low
        )
        last = self.text[cue.start : cue.end].split()[-1]
        following = WORD.match(self.text, cue.end + 1, self.sentence.end)
        opens = last in _OPEN_RULE or (following is not None and following[0] in _OPEN_RULE)
        if side == "after" and not opens:
            return [(begin, cue.start)]
        for cut in cuts:
            words = [w[0] for w in WORD.finditer(self.text, cut, min(high, cut + 60))][:3]
            if cut > cue.start and not listed("words", "of_patient").isdisjoint(words):
                high = cut
                break
        if side in ("after", "both"):
            return [(begin, high)]
        done = alternatives("words", "fulfilled").search(self.text, cue.end, high)
        if done and (colon := self.text.find(":", done.end(), high)) >= 0:
            high = colon  # "the requirement has been met: ..."
        ahead = within(self.mentions, cue.start, high)
        return [(cue.start, high) if ahead else (low, high)]

    def _unmet_head(self, cue: Cue) -> tuple[int, int] | None:
        """ "[NOT MET] Trial of A": the requirement stands behind the verdict, and says nothing of
        the patient; what is measured or denied there does."""
        low, high = self.sentence.body, self.sentence.end
        if self.text[low : cue.start].strip(" *-[("):
            return None
        if not _UNMET.match(self.text, cue.start) or within(self.numbers, cue.end, high):
            return None
        denials = {"absent", "never", "not_documented"}
        if any(e in denials for c in within(self.cues, cue.end, high) for e, _ in c.effects):
            return None
        return cue.end, high

    def _listed(self, cue: Cue) -> list[tuple[int, int]]:
        """A list that is announced: "differential for the cough includes asthma and COPD"."""
        _, high = self.clause(cue.start)
        verb = alternatives("words", "lists").search(self.text, cue.end, high)
        soft = SOFT.search(self.page.lower, cue.end, high)
        if verb:
            return [(verb.end(), high)]
        if soft:
            return [(soft.end(), self.sentence.end)]
        return [(cue.end, high)]

    def _apposed(self, cue: Cue) -> list[tuple[int, int]]:
        """ "Lives with her father, a smoker, and ..." speaks of the father up to the next comma."""
        begin = _APPOSED.match(self.text, cue.end, self.sentence.end)
        if begin is None:
            return []
        stop = _NEAR_ENDS_HARD.search(self.text, begin.end(), self.sentence.end)
        return [(cue.end, stop.start() if stop else self.sentence.end)]

    def _to_sentence(self, cue: Cue, side: str) -> list[tuple[int, int]]:
        around = self.bracket(cue.start)
        if around:
            return [(cue.start, around[1])]
        if side == "after" or self._label_before(cue.start) is not None:
            return [self.clause(cue.start)]
        answer = _ANSWERED.search(self.text, cue.end, self.sentence.end)
        return [(cue.start, answer.start() if answer else self.sentence.end)]

    def _qualifies(self, cue: Cue) -> bool:
        """ "Positive at 35 degrees, absent ankle jerk": the word begins an item of its own."""
        if self.text[cue.start : cue.end] != "absent":
            return False
        low = max(self.sentence.body, cue.start - 8)
        begins = _ITEM_BEGINS.search(self.text, low, cue.start) is not None
        return (begins or low == cue.start) and _ADJECTIVE.match(self.text, cue.end) is not None

    def _has_object(self, cue: Cue) -> bool:
        """Whether a verb with a subject of its own ("has not tried") has its object behind it."""
        if not self.text.startswith(("has ", "have ", "had ", "did ", "never "), cue.start):
            return False
        following = [m for m in self.mentions if m.start >= cue.end]
        return (
            bool(following)
            and _DIRECT.fullmatch(self.text, cue.end, following[0].start) is not None
        )

    def _names_ahead(self, cue: Cue, effect: str) -> bool:
        low, high = self._ahead(cue, effect)
        return any(low <= m.start and m.end <= high for m in self.mentions)


def _is_sign(cue: Cue) -> bool:
    return any(side in ("sign", "signed", "row", "option") for _, side in cue.effects)


def _distance(cue: Cue, mention: Mention) -> int:
    return min(abs(cue.end - mention.start), abs(cue.start - mention.end))


def frames(page: Page) -> Sequence[Reading]:
    """Every sentence of a page with its parts."""
    return [Reading.of(page, s) for s in page.sentences]
