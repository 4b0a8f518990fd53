"""What goes on in spite of treatments: they did not help it enough.

"Pain persists after A, B and C.", "On A she remains dyspneic.", "A, then B for eight weeks: still
hives every day."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives
from indicated.facts.orphans import Kinds, joined
from indicated.facts.parts import Cue, Mention, Spanned, within
from indicated.facts.regimen import intervals
from indicated.facts.settled import TO_COME, WHOLE, Effects

_UNSAID = WHOLE | TO_COME | {"absent", "never"}


def not_helped(
    frame: Reading, named: Sequence[Mention], found: list[Effects], kinds: Kinds
) -> None:
    """Gives "no response" to the treatments of a sentence that a complaint outlasts."""
    _persisted(frame, named, found)
    _still_ill(frame, named, found)
    _still_there(frame, named, found, kinds)


def next_item(frame: Reading, one: Mention, other: Mention) -> bool:
    """Whether two names follow each other in a list, amounts and brackets left aside."""
    if other.start - one.end > 60:
        return False
    if joined(frame, one.end, other.start):
        return True
    at = one.end
    parts: list[Spanned] = [*within(frame.numbers, one.end, other.start)]
    parts += intervals(frame.page.lower, frame.text, one.end, other.start)
    for part in sorted(parts, key=lambda p: p.start):
        if frame.text[at : part.start].strip(" ,(/") in ("", "for", "x", "up to", "at", "to"):
            at = max(at, part.end)
    while at < other.start and frame.text[at] in " )":
        at += 1
    return joined(frame, at, other.start) or joined(frame, max(one.end, at - 1), other.start)


def past_amounts(frame: Reading, mention: Mention, stop: int) -> int:
    """Where what is said of dose and time behind a name ends."""
    at = mention.end
    for number in within(frame.numbers, mention.end, stop):
        at = number.end
    return at


_UP_TO_LIST = re.compile(r"[a-z0-9 ]{0,40}?\s")
_ENDED_FIRST = re.compile(r"\b(?:stop|discontinu|hold|withdr|taper|wean|off\b|no\b|declin|refus)")


def _persisted(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "Pain persists after A, B and C": what outlasts treatments was not helped by them."""
    for match in alternatives("therapy", "outlasts").finditer(
        frame.text, frame.sentence.start, frame.sentence.end
    ):
        last = None
        for mention, effects in zip(named, found, strict=True):
            if mention.start < match.end():
                continue
            if last is None:
                gap = frame.text[match.end() : mention.start]
                if not _UP_TO_LIST.fullmatch(gap) or _ENDED_FIRST.search(gap):
                    break
            elif not next_item(frame, last, mention):
                break
            last = mention
            if not effects.keys() & (WHOLE | TO_COME):
                effects["response-none"] = Cue(*match.span(), (("response-none", "both"),))


_LED_BY = re.compile(
    r"(?:\A|[;.]\s|,\s)\W*(?:now |currently |even |while |still )?(?:on|with|taking|despite) "
    r"(?:samples of |maximal |full dose )?$"
)
_LESS = re.compile(
    r"\b(?:but|though|although|fewer|less|milder|better|improv\w+|half|reduced|down)\b"
)


def _still_ill(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "On A she remains dyspneic": the treatment that heads the sentence is not enough."""
    low = frame.sentence.body
    if not named or not _LED_BY.search(frame.text[low : named[0].start]):
        return
    first = alternatives("therapy", "still_ill").search(
        frame.text, named[0].end, frame.sentence.end
    )
    if first is None or _LESS.search(frame.text, named[0].end, frame.sentence.end):
        return
    target = [m for m in named if m.end <= first.start()]
    if any(not next_item(frame, a, b) for a, b in pairwise(target)):
        return
    if within(frame.mentions, target[-1].end, first.start()):
        return
    at = past_amounts(frame, target[-1], first.start())
    if not _SHE.fullmatch(frame.text, at, first.start()):
        return
    for mention in target:
        effects = found[named.index(mention)]
        if not effects.keys() & (_UNSAID):
            effects["response-none"] = Cue(*first.span(), (("response-none", "both"),))


_SHE = re.compile(
    r"(?:\s?(?:daily|weekly|monthly|bid|tid|qd|nightly|twice|once|a|per|day|week|month|and|for|,))*\s?,?\s"
    r"(?:she|he|they|patient|the patient|pt)?\s?(?:has |is |has been )?"
)

_STILL = re.compile(r"[:;,\u2013\u2014-] ?(?:but )?still (?:has |had |having |at |with |reports )?")
_UP_TO_COMPLAINT = re.compile(r"(?:\S+ ){0,4}")


def _still_there(
    frame: Reading, named: Sequence[Mention], found: list[Effects], kinds: Kinds
) -> None:
    """ "A, then B for eight weeks: still hives every day": neither was enough."""
    for match in _STILL.finditer(frame.text, frame.sentence.start, frame.sentence.end):
        behind = [m for m in frame.mentions if m.start >= match.end()]
        if not behind or not kinds.troubles(behind[0]):
            continue
        if not _UP_TO_COMPLAINT.fullmatch(frame.text, match.end(), behind[0].start):
            continue
        before = [m for m in named if m.end <= match.start()]
        if not before or _LESS.search(frame.text, before[-1].end, frame.sentence.end):
            continue
        last = len(before) - 1
        while last > 0 and next_item(frame, before[last - 1], before[last]):
            last -= 1
        for mention in before[last:]:
            effects = found[named.index(mention)]
            if not effects.keys() & _UNSAID:
                effects["response-none"] = Cue(*match.span(), (("response-none", "both"),))
