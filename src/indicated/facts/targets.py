"""Numbers behind a measurement's name that are no value of this patient.

Targets, thresholds of orders ("hold for SBP < 90"), changes, conversions, prices, and numbers that
count something else ("day 3", "page 2").
"""

from __future__ import annotations

import re
from functools import cache

from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import Frame
from indicated.facts.parts import Mention, Number, within
from indicated.model import Concept

_WORD = re.compile(r"[^\W\d_][\w'.]*")
_HEADING = re.compile(r"[a-z ]{0,24}:")
_NOT_BY = re.compile(
    r"\s(?:to|from|as|at|below|under|above|over|beneath|past|into|in|down to|up to|further to|"
    r"again to)\b"
)
_CHANGED = re.compile(r"\b(?:down|up|another|further|additional|plus|minus)\s$")
_USUALLY = re.compile(r"\s?(?:usually |often |generally |typically |commonly |always |would )?")
_CONVERSION = re.compile(r"\s?=\s?\d")
_NUMBERED = re.compile(r"([a-z]+)\.?\s?(?:#|no\.? ?|number |:)?\s?$|(?:#|\u2116)\s?$")
_AFTER = re.compile(r"\s?\(?\s?(?:is |as |being |was )?(?:(?:the|our|a|her|his) )?")
_ITS_OWN = re.compile(
    r"\s?(?:is|of|was|range|level)?\s?[:=]?\s?"
    r"(?:[<>\u2264\u2265\d]|below|under|above|less|at least)"
)
_LAST_WORD = re.compile(r"([a-z]+) $")
_TO = re.compile(r"\s(?:to|down to|up to)\s")
_DOSE_FOR = re.compile(
    r"\d\s?(?:mg|mcg|g|ml|units?|puffs?|tabs?|tablets?|l|lpm|meq|drops?|doses?)"
    r"(?: (?:po|iv|im|sc|sl|prn|q\d+h|once|daily|bid|tid|inhaled|x1|x 1|stat)){0,3}"
    r" for (?:an? |any )?$"
)
MONEY = "$\u20ac\u00a3"
_REACH = 160
_TITLE_LINES = 12
_TITLE_WORDS = 7
_DIGIT = re.compile(r"\d")
_NEAR = 24


def no_value(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether a target, a change or an amount of something else is all that the number can be."""
    low = max(frame.clause(mention.start)[0], min(mention.start, number.start) - _NEAR)
    around = frame.text[low : max(mention.start, number.start)]
    if changes(around):
        return True
    if _CHANGED.search(frame.text, max(0, mention.end, number.start - 12), number.start):
        return True
    if alternatives("words", "other_scales").match(frame.text, number.end + 1):
        return True
    following = _WORD.match(frame.text, max(mention.end, number.end) + 1)
    if following and following[0] in listed("words", "changes"):
        return True
    if frame.page.document.text[number.start - 1 : number.start] in MONEY and number.start:
        return True
    if _not_come_to(frame, number):
        return True
    if _CONVERSION.match(frame.text, number.end) or _by_how_much(frame, number):
        return True
    if number.quantity.exact is None and (
        frame.text.startswith("?", number.end)
        or _order_for(frame, mention)
        or _denied_limit(frame, mention, number)
    ):
        return True
    if number.quantity.exact is None and _of_anyone(frame, mention, number):
        return True
    return _aimed_at(frame, mention, number) or _called_goal(frame, number)


_NOT = re.compile(
    r"(?:\b(?:not|never|failed to|fails to|fail to|without|unable to|neither)|n't)\s"
    r"(?:(?:have|been|ever|yet|even|consistently|reliably)\s)?$"
)
_AT_LEAST = re.compile(r"\s(?:(?:at least|even|more than|greater than|over|the|an?|any)\s){0,2}$")


def _not_come_to(frame: Frame, number: Number) -> bool:
    """ "Did not produce 50% relief": what was not reached is no value."""
    low = max(frame.sentence.start, number.start - 36)
    verbs = list(alternatives("words", "comes_to").finditer(frame.text, low, number.start))
    if not verbs or not _AT_LEAST.match(frame.text[verbs[-1].end() : number.start]):
        return False
    return _NOT.search(frame.text[max(0, low - 20) : verbs[-1].start()]) is not None


def _by_how_much(frame: Frame, number: Number) -> bool:
    """Whether a value cannot be where it came from: "fell 200 mg/dL to 352 mg/dL"."""
    ahead = _LAST_WORD.search(
        frame.text, max(frame.sentence.start, number.start - 14), number.start
    )
    if ahead is None or not _TO.match(frame.text, number.end):
        return False
    later = next((n for n in frame.numbers if n.start >= number.end), None)
    a, b = number.quantity.exact, later.quantity.exact if later else None
    if a is None or b is None:
        return False
    return ahead[1] in listed("words", "falling" if a < b else "rising" if a > b else "changes")


def _order_for(frame: Frame, mention: Mention) -> bool:
    """Whether a dose stands before a name with "for": "lorazepam 1 mg for CIWA 8-15"."""
    ahead = frame.text[max(frame.sentence.start, mention.start - 60) : mention.start]
    return _DOSE_FOR.search(ahead) is not None


def _denied_limit(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether a limit was not reached: "never rose above 400"."""
    gap = frame.text[mention.end : number.start]
    return alternatives("words", "not_reached").search(gap) is not None


def changes(words: str) -> bool:
    """Whether words speak of a difference: "dropped 20", not "dropped to 84"."""
    found = alternatives("words", "changed_by").finditer(words)
    return any(_NOT_BY.match(words, m.end()) is None for m in found)


def is_change(number: Number, text: str, concept: Concept) -> bool:
    """Whether a sign says that the number is a difference: "+0.3", "-18" of what is never negative.

    A measurement that can be negative ("-2.6 SDS") is written with its sign.
    """
    low = number.quantity.low
    can_be_negative = concept.plausible is None or concept.plausible[0] < 0
    if can_be_negative or low is None:
        return False
    return low < 0 or text[number.start : number.start + 1] == "+"


def counts_otherwise(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether a number names a day, a page or a room: "day 3", "page 2 of 3", "lot #495"."""
    low = mention.end if mention.end <= number.start else frame.sentence.start
    word = _NUMBERED.search(frame.text, max(low, number.start - 18), number.start)
    if word is None or number.quantity.unit:
        return False
    if word[1] in listed("words", "numbered_times"):
        return ":" not in word[0]  # "day 3", not "over three months: 11"
    return word[1] is None or word[1] in listed("words", "numbered")


def _aimed_at(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether words before the number make it a target or the threshold of an order."""
    first = min(mention.start, number.start)
    low = max(frame.sentence.start, first - _REACH)
    compared = number.quantity.exact is None
    if compared and (frame.sentence.section in ("plan", "request") or _headed(frame)):
        return True
    if compared and _range_heads().search(frame.text, low, mention.start):
        return True
    for name in ("targets", "thresholds"):
        for match in alternatives("words", name).finditer(frame.text, low, number.start):
            if name == "thresholds" and not (compared or _reaches(frame, match.end(), number)):
                continue
            if any(m.start <= match.start() and match.end() <= m.end for m in frame.mentions):
                continue
            if _still_aimed(frame, match, number, mention, compared=compared):
                return True
    return False


def _headed(frame: Frame) -> bool:
    """Whether the lines stand under a title like "Hold parameters" or "When to call"."""
    text, at = frame.text, frame.sentence.start
    raw = frame.page.document.text
    for _ in range(_TITLE_LINES):
        end = raw.rfind("\n", 0, at)
        if end <= 0:
            return False
        start = raw.rfind("\n", max(0, end - _REACH), end) + 1
        line = raw[start:end].strip()
        if not line:
            return False
        if not _DIGIT.search(line):
            return len(line.split()) <= _TITLE_WORDS and any(
                alternatives("words", name).search(text, start, end)
                for name in ("targets", "thresholds", "range_heads")
            )
        at = start
    return False


def speaks_again(frame: Frame, number: Number) -> bool:
    """Whether words behind a target turn to what is so: "goal < 130/80, today 142/88"."""
    following = frame.text[number.end : min(frame.sentence.end, number.end + _NEAR)]
    return alternatives("words", "own").search(following) is not None


@cache
def _range_heads() -> re.Pattern[str]:
    """What heads a list of reference ranges, or stands before the name of one."""
    heads = alternatives("words", "range_heads").pattern
    return re.compile(heads + r"(?:[a-z ,]{0,24}:|[a-z ]{0,24}$)")


def _reaches(frame: Frame, start: int, number: Number) -> bool:
    """Whether a verb like "reaches" stands before the number."""
    return alternatives("words", "reaching").search(frame.text, start, number.start) is not None


def _still_aimed(
    frame: Frame, target: re.Match[str], number: Number, mention: Mention, *, compared: bool
) -> bool:
    """Whether the words reach the number: nothing in between speaks of the patient again."""
    text, end = frame.text, target.end()
    before = text[max(frame.sentence.start, target.start() - 14) : target.start()].split()
    if before and before[-1] in listed("words", "beside_target"):
        return False  # "above goal", "not at target"
    between = text[end : number.start]
    if alternatives("words", "own").search(between):
        return False
    following = text[number.end : number.end + 14].lstrip(" (")
    if not compared and alternatives("words", "now").match(following):
        return False
    heading = _HEADING.match(text, end) is not None
    if heading:
        return True
    if ";" in between or "." in re.sub(r"\d\.\d", "", between):
        return False
    if frame.clause(number.start)[0] > end and not compared:
        return False
    earlier = within(frame.numbers, end, mention.start)
    return not (earlier and "," in text[earlier[-1].end : mention.start] and not compared)


def _of_anyone(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether a threshold is explained: "10 or higher suggests", "<5 = remission"."""
    following = frame.text[number.end : number.end + 3].strip()
    if following.startswith("="):
        return True
    usually = _USUALLY.match(frame.text, max(number.end, mention.end))
    at = usually.end() if usually else number.end
    return alternatives("words", "rules_after").match(frame.text, at) is not None


@cache
def _is_the_goal() -> re.Pattern[str]:
    """ "AHI < 5 on CPAP is the target"."""
    return re.compile(
        r"[^,;.:\d]{1,40}\b(?:is|are|being|as|remains) (?:(?:the|our|a|her|his|my) ){1,2}(?:\w+ )?"
        + alternatives("words", "goals_after").pattern
    )


def _called_goal(frame: Frame, number: Number) -> bool:
    """Whether the number is called a target behind it: "92% goal", "7.0 (target)"."""
    link = _AFTER.match(frame.text, number.end)
    at = link.end() if link else number.end
    called = alternatives("words", "goals_after").match(frame.text, at)
    if called is None and number.quantity.exact is None:
        called = _is_the_goal().match(frame.text, number.end, frame.sentence.end)
    return called is not None and _ITS_OWN.match(frame.text, called.end()) is None
