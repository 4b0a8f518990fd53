"""What may stand between a measurement's name and its number, and between those of a series."""

from __future__ import annotations

import re

from indicated.facts.amounts import match_unit
from indicated.facts.cues import alternatives, listed
from indicated.facts.frame import Frame
from indicated.facts.meaning import THERAPIES
from indicated.facts.parts import Mention, Number, Spanned, within
from indicated.facts.units_of import accepts, fits, one_letter, same_written
from indicated.facts.written import Written
from indicated.model import Concept, Concepts

VALUES = frozenset({"measurement", "score"})
LOOSE_WORDS = 6
LOOSE_IN_CHAIN = 4
LONGEST_GAP = 120
_LONGEST_WORD = 20
WORD = re.compile(r"[^\W\d_][\w'.]*")
_CHAIN = re.compile(
    r"[\s,]*(?:and|then|to|->|<-|\u2190|\u2192|=>|>|,|;?\s*then|followed by|later|now|vs|versus|"
    r"from|&)[\s,]*"
)
ARROW = re.compile(
    r"-+>|=+>|<-+(?!\d)|[\u2190\u2192\u21d2\u2794\u27a1\u00bb]|(?<=\s)>(?=\s)|\.\.\.|\u2026"
)
_COLUMNS = re.compile(r"[ ]{2,}|\t|\|")
_BLANKS = re.compile(r"[\s|*!()\[\]HLhl\-\u2191\u2193]*")
# Between a value and the same as a share of what is normal: "1.66 L (49 %)".
_CROSSED = re.compile(
    r"[\s(\[,;/|~\u2013-]*(?:(?:or|which is|that is|i\.?e\.?|at|is|about|only|approximately)\s)?"
)
_OF_OTHER = re.compile(r"\s?(?:of|for)\s(?!pred|norm|expect|the pred|the norm)|\s?(?:fvc|ratio)")
_SUMMED = re.compile(r"\s?[:(]\s?")
_UNIT_IN_GAP = re.compile(r"\s?[,(\[]\s?(?:in )?")
_DIVIDER = re.compile(r"\s?\|\s?|\t|\s{2,}")
_FOR = re.compile(r"\bfor\s*$")


def adjacent(
    frame: Frame, at: int, number: Number, candidates: list[Concept], concepts: Concepts
) -> bool:
    """Whether nothing but joining words stands between, or the unit makes up for it."""
    if number.start - at > LONGEST_GAP:
        return False
    if number.word and not number.quantity.unit and not _spoken(frame, number, candidates):
        return False
    gap = frame.text[at : number.start]
    if ";" in gap and not _labelled(gap):
        return False
    if not number.quantity.unit and _FOR.search(gap):
        return False  # "PHQ-9 for 3 visits"
    loose = 0
    repeated = _words_of_name(frame, at)
    for word in WORD.finditer(gap):
        where = at + word.start()
        if word[0] in repeated and gap[word.end() :].strip() in (":", "=", ""):
            continue  # "T-score T: -2.7"
        if word[0] in listed("words", "links") or _spanned(frame, where, concepts):
            continue
        if word[0] in listed("words", "value_labels") or _unit_at(frame, at, where, candidates):
            continue
        if word[0] in listed("words", "changes"):
            return False
        if word[0] in _MINUS and where + len(word[0]) + 1 == number.start and below(candidates):
            continue  # "T score negative 2.6"
        loose += 1
    around = frame.bracket(at + gap.index(",")) if "," in gap else None
    gap, dated = _undated(frame, at, number.start)
    inner = gap.strip(" ,") if not _holds_number(frame, at, number) else gap
    parted = "," in inner and not _aside(gap) and not (dated and gap.count(",") == 1)
    if loose == 0:
        return not parted or around is not None
    by_unit = isinstance(number, Written) or any(fits(number.quantity.unit, c) for c in candidates)
    return by_unit and loose <= LOOSE_WORDS and not parted


def _words_of_name(frame: Frame, at: int) -> frozenset[str]:
    """The words of the name that ends there: one may stand once more before the value."""
    return frozenset(
        word for m in frame.mentions if m.end == at
        for word in frame.text[m.start : m.end].split()
    )  # fmt: skip


_MINUS = frozenset({"negative", "neg"})


def below(candidates: list[Concept]) -> bool:
    """Whether a value of one of these may be below nought."""
    return any(c.plausible is not None and c.plausible[0] < 0 for c in candidates)


def _holds_number(frame: Frame, low: int, number: Number) -> bool:
    """Whether another number, of something else, stands in the open before this one."""
    return any(
        low <= n.start and n.end <= number.start and frame.bracket(n.start) is None
        for n in frame.numbers
    )


def _undated(frame: Frame, low: int, high: int) -> tuple[str, bool]:
    """What stands between, without dates and the commas around them, and whether a date that is
    left out ended in a comma: "IgG, on July 8, 2025, was"."""
    out, at, ended = "", low, False
    for dated in within(frame.page.dates, low, high):
        ahead = frame.text[at : dated.start]
        words = WORD.findall(ahead[ahead.rfind(",") + 1 :])
        if ahead.count(",") == 1 and all(w in listed("words", "links") for w in words):
            ahead = ahead.replace(",", " ")
        ended = frame.text.startswith(",", dated.end)
        out, at = out + ahead + " ", dated.end + ended
    return out + frame.text[at:high], ended


def _spoken(frame: Frame, number: Number, candidates: list[Concept]) -> bool:
    """Whether a number in words is a score and counts nothing: "GAD-7 of eleven."."""
    following = frame.text[number.end : number.end + 2].strip()
    return any(c.kind == "score" for c in candidates) and not following.isalpha()


def _aside(gap: str) -> bool:
    """Whether the gap has one remark between commas: "LVEF, by ventriculogram, 27 %"."""
    return gap.startswith(",") and gap.count(",") == 2


def _labelled(gap: str) -> bool:
    """Whether the gap ends in the label of a value: "IGF-1; VALUE=87"."""
    found = list(alternatives("words", "value_labels").finditer(gap))
    return bool(found) and not gap[found[-1].end() :].strip(" =:") and gap.count(";") == 1


def unit_in_gap(frame: Frame, mention: Mention, number: Number, candidates: list[Concept]) -> str:
    """The unit that stands with the name: "IgG (mg/dL) 388", "creatinine, mg/dL: 1.3"."""
    opened = _UNIT_IN_GAP.match(frame.text, mention.end, number.start)
    if opened is None:
        return ""
    unit = match_unit(frame.page.document.text, frame.text, opened.end())
    if unit is None or unit[1] > number.start or not any(fits(unit[0], c) for c in candidates):
        return ""
    closed = frame.text[unit[1] : unit[1] + 2].strip()
    return unit[0] if not closed or closed[0] in ")]:,=|." else ""


def unit_behind(frame: Frame, mention: Mention, candidates: list[Concept]) -> str:
    """The unit in the next column behind a name: "7.1 | Hemoglobin A1C | %"."""
    divided = _DIVIDER.match(frame.page.document.text, mention.end)
    if divided is None:
        return ""
    unit = match_unit(frame.page.document.text, frame.text, divided.end())
    return unit[0] if unit and any(fits(unit[0], c) for c in candidates) else ""


def _unit_at(frame: Frame, low: int, at: int, candidates: list[Concept]) -> bool:
    """Whether a word of a gap belongs to a unit of what is measured."""
    since = max(frame.sentence.start, low - _LONGEST_WORD)
    begin = max(frame.text.rfind(" ", since, at), frame.text.rfind("\t", since, at), since - 1) + 1
    for start in {begin, max(begin, low)}:  # "headache days/mo: 22": part of it is in the name
        unit = match_unit(frame.page.document.text, frame.text, start)
        if unit and unit[1] > at and any(fits(unit[0], c) for c in candidates):
            return True
    return False


def _spanned(frame: Frame, at: int, concepts: Concepts) -> bool:
    """Inside a date, another number, a treatment or a gloss in brackets."""
    around = [m for m in frame.mentions if m.start <= at < m.end]
    if any(concepts[c].kind in THERAPIES | VALUES for m in around for c in m.concepts):
        return True
    dates = within(frame.page.dates, max(frame.sentence.start, at - 60), at + 1)
    spans: list[Spanned] = [*dates, *frame.numbers]
    if any(s.start <= at < s.end for s in spans):
        return True
    return frame.bracket(at) is not None


def chained(
    frame: Frame, mention: Mention, last: Number, number: Number, candidates: list[Concept]
) -> bool:
    """Whether a number goes on the series: "310 and 335", "36.7 -> 33.9", "170 (3/1), then 243"."""
    gap = frame.page.lower[last.end : number.start]
    if len(gap) > LONGEST_GAP or (";" in gap and not _goes_on(number)):
        return False
    stated = "" if one_letter(frame, number) else number.quantity.unit
    if stated and not any(fits(stated, c) for c in candidates):
        if not any(accepts(stated, c) for c in candidates):
            return False
        if _OF_OTHER.match(frame.text, number.end):
            return False
        if _CROSSED.fullmatch(gap) or not same_written(last.quantity.unit, stated):
            return _CROSSED.fullmatch(gap) is not None
    if last.quantity.exact is None and _SUMMED.fullmatch(gap):
        return True  # "below 400 mg/dL: 352, 349"
    between = within(frame.mentions, last.end, number.start)
    if any(set(m.concepts) & set(mention.concepts) for m in between):
        return False
    raw = frame.page.document.text[last.end : number.start]
    if _COLUMNS.search(raw) and _BLANKS.fullmatch(raw):
        return True  # the next column
    around = frame.bracket(number.start)
    own = isinstance(number, Written)
    turned = own or (bool(number.quantity.unit) and _turns(gap))
    loose = 0
    for word in WORD.finditer(gap):
        where = last.end + word.start()
        known = word[0] in listed("words", "links") or word[0] in listed("words", "sequence")
        on_off = word[0] in listed("words", "periods")
        loose += not (known or on_off or _inside_any(frame, where, around))
    if loose > (LOOSE_IN_CHAIN if turned else 0):
        return False
    arrow = ARROW.search(raw) is not None
    if not number.quantity.unit and not arrow and not own:
        tail = WORD.match(frame.text, number.end + 1)
        loose = tail is not None and frame.text[number.end : number.end + 1] == " "
        if loose and tail is not None and not _known_after(tail[0]):
            return False
    dated = bool(within(frame.page.dates, last.end, number.start))
    if arrow or turned or dated or _CHAIN.search(gap) or "/" in gap or _COLUMNS.search(raw):
        return True
    return "," in gap or ";" in gap or (around is not None and around[0] >= last.end)


def _turns(gap: str) -> bool:
    """Whether words like "and rose to" stand right before the next value."""
    found = list(alternatives("words", "turns").finditer(gap))
    after = WORD.findall(gap[found[-1].end() :]) if found else []
    return bool(found) and all(w in listed("words", "links") for w in after)


def _goes_on(number: Number) -> bool:
    return bool(number.quantity.unit) or isinstance(number, Written)


def _known_after(word: str) -> bool:
    return any(
        word in listed("words", t)
        for t in ("links", "sequence", "earlier", "now", "taken_on", "taken_off", "dated_by",
                  "periods")
    )  # fmt: skip


def _inside_any(frame: Frame, at: int, bracket: tuple[int, int] | None) -> bool:
    """Inside of a date, a number, a name, or of a bracket that ends before the next number."""
    dates = within(frame.page.dates, frame.sentence.start, frame.sentence.end)
    spans: list[Spanned] = [*dates, *frame.numbers, *frame.mentions]
    if any(s.start <= at < s.end for s in spans):
        return True
    return frame.bracket(at) not in (None, bracket)
