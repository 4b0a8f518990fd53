"""When a statement holds: its own date, the document's, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from indicated.facts.cues import alternatives
from indicated.facts.dates import ago, before
from indicated.facts.days import LONG_AGO
from indicated.facts.frame import Frame
from indicated.facts.meaning import EVENTS, Meaning
from indicated.facts.numbers import TIME
from indicated.facts.parts import Dated, Mention, Number, Spanned, within
from indicated.model import UNDATED, Assertion, Day, When

_START = re.compile(
    r"(?:since|from|start(?:ed|ing)?|began|begun|beginning|initiated|commenced|diagnosed|dx|onset)"
    r"(?: (?:on|in|at|about|date))?[ :]*(?:the )?(?:early |late |mid |last |this past )?$"
)
_TO_NOW = re.compile(
    r"\s?(?:-|to|through|thru|until|till)\s?(?:the )?(?:present|now|current|date)\b|\s?onwards?\b"
)
_END = re.compile(
    r"(?:until|through|thru|to|till|stopped|ended|discontinued|completed|finished|d/c'?d|"
    r"withdrawn)(?: (?:on|in|at|about|date))?[ :-]*$"
)
_LASTING = re.compile(
    r"(?:for|x|\u00d7|over|lasting|duration(?: of)?|of)\s?(?:the (?:past|last) )?"
    r"(?:about |approximately |at least |more than |over |nearly )?$"
)
_LATER = re.compile(r"\s*(?:ago|later|apart|prior|before|after|old|of age|earlier|from now|until)")
_ANOTHER = re.compile(r"\s?(?:,|and|&|;|, and|\+)\s?(?:again )?(?:on |in )?")
_UP_TO = re.compile(r"\s?(?:-|to|through|thru|until|till)\s?")
_NOT_LASTED = re.compile(
    r"\b(?:every|each|first|last|after|within|in|until|per|next|than|another|requires?|needs?|at|no)\s+"
    r"(?:the )?$"
)
_HISTORY = re.compile(r"[- ](?:history of|hx of|h/o|course of|duration of)")

_VAIN = frozenset({"no-response", "response-none", "response-partial", "response-lost"})


@dataclass(slots=True, unsafe_hash=True)
class Time:
    """A time with the words that give it, and whether it rests on an assumed day."""

    when: When
    words: tuple[Spanned, ...] = ()
    assumed: bool = False


def role(frame: Frame, dated: Dated) -> str:
    """Whether the words before a date make it a beginning or an end."""
    words = frame.page.lower[max(frame.sentence.start, dated.start - 28) : dated.start]
    inside = frame.page.lower[dated.start : dated.end]
    if _TO_NOW.match(frame.page.lower, dated.end):
        return "start"
    if _START.search(words) or inside.startswith(("since", "from")):
        return "start"
    if _END.search(words) or inside.startswith("until"):
        return "end"
    return "on"


def dates_of(frame: Frame, mention: Mention) -> list[Dated]:
    """The dates that belong to a mention, else the one that heads its clause."""
    here = within(frame.page.dates, frame.sentence.start, frame.sentence.end)
    here = [d for d in here if d.end <= frame.sentence.end and not _of_something_else(frame, d)]
    own = [d for d in here if _owner(frame, d) is mention]
    if len(own) > 1:
        own = [d for d in own[:-1] if not _arranged(frame, d)] + own[-1:]
    if own or not here:
        return [d for d in own if d.kind != "ago" or not _repeated(d, own)]
    low, _ = frame.clause(mention.start)
    heads = [d for d in here if low <= d.start < mention.start and _heads(frame, d, low)]
    if heads:
        return heads[-1:]
    heads = [d for d in here if _heads(frame, d, frame.sentence.start)]
    return (
        heads[:1]
        if heads and frame.page.lower[heads[0].end :][:2].strip() in (":", "-", "|")
        else []
    )


def _arranged(frame: Frame, dated: Dated) -> bool:
    """ "The operation planned in May was carried out on ...": the day on which it was arranged."""
    ahead = frame.text[max(frame.sentence.start, dated.start - 24) : dated.start]
    return _arranged_on().search(ahead) is not None


@cache
def _arranged_on() -> re.Pattern[str]:
    return re.compile(alternatives("words", "arranged").pattern + r"\s(?:for |in |on |back in )?$")


def _of_something_else(frame: Frame, dated: Dated) -> bool:
    """Whether it is the date of a birth, a letter, a fax, ..."""
    ahead = frame.text[max(frame.sentence.start, dated.start - 24) : dated.start]
    return _not_of_findings().search(ahead) is not None


@cache
def _not_of_findings() -> re.Pattern[str]:
    return re.compile(alternatives("words", "other_dates").pattern + r"[\s:(]*(?:on )?$")


def spanning(frame: Frame, dates: Sequence[Dated]) -> bool:
    """Whether two dates are the ends of a stretch: "3/1-4/2", "between May and June"."""
    if len(dates) < 2:
        return False
    lower = frame.page.lower
    gap = lower[dates[0].end : dates[1].start]
    between = lower.endswith("between ", 0, dates[0].start) and gap.strip() in ("and", "&")
    return between or _UP_TO.fullmatch(gap) is not None


def goes_on(frame: Frame, dated: Dated) -> bool:
    """Whether a beginning is one that lasts till now: "since 2020", "2020-present"."""
    ahead = frame.page.lower[max(0, dated.start - 8) : dated.start + 5]
    return "since" in ahead or _TO_NOW.match(frame.page.lower, dated.end) is not None


def _repeated(ago: Dated, dates: list[Dated]) -> bool:
    """Whether a date says again, exactly, what "ten years ago" says."""
    return any(
        d is not ago and d.kind == "day" and d.start - ago.end < 8 and ago.start - d.end < 8
        and d.first.earliest <= ago.last.latest and ago.first.earliest <= d.last.latest
        for d in dates
    )  # fmt: skip


def _heads(frame: Frame, dated: Dated, low: int) -> bool:
    """Whether the date stands before everything else of the clause."""
    if len(frame.text[low : dated.start].split()) > 3:
        return False
    return not any(low <= m.start < dated.start for m in frame.mentions)


def _owner(frame: Frame, dated: Dated) -> Mention | None:
    """The mention that a date stands with: the one before it, unless a comma divides them."""
    low, high = frame.clause(dated.start)
    before_it = [m for m in frame.mentions if low <= m.start and m.end <= dated.start]
    after_it = [m for m in frame.mentions if dated.end <= m.start < high]
    if not before_it:
        return after_it[0] if after_it else None
    previous = before_it[-1]
    if not after_it or frame.bracket(dated.start):
        return previous
    lower = frame.page.lower
    divided = re.search(r",|\band\b", lower[previous.end : dated.start]) is not None
    joined = re.search(r",|\band\b", lower[dated.end : after_it[0].start]) is None
    if divided and joined and not _tells_an_outcome(frame, dated, after_it[0]):
        return after_it[0]
    return previous


def _tells_an_outcome(frame: Frame, dated: Dated, mention: Mention) -> bool:
    """Whether a name behind "date:" is how what stands before the date went: "topiramate, May to
    July 2024: no benefit", "..., 2024: stopped because of nausea"."""
    if frame.text.find(":", dated.end, mention.start) < 0:
        return False
    because = alternatives("therapy", "because", "strong")
    for cue in within(frame.cues, dated.end, mention.end):
        if cue.end > mention.start and any(effect in _VAIN for effect, _ in cue.effects):
            return True
        if cue.has("stopped") and because.search(frame.text, cue.start, mention.start):
            return True
    return False


def duration_of(frame: Frame, mention: Mention) -> Number | None:
    """How long a state has lasted: "for 6 weeks", "3-month history of"."""
    low, high = frame.clause(mention.start)
    others = [m.start for m in frame.mentions if m.start >= mention.end]
    high = min([high, *others])
    for number in frame.numbers:
        if number.quantity.unit not in TIME or number.per:
            continue
        if mention.end <= number.start < high and _lasting(frame, number):
            return number
        ahead = low <= number.start < mention.start and mention.start - number.end < 30
        if not ahead or any(number.end <= m.start < mention.start for m in frame.mentions):
            continue
        if _HISTORY.match(frame.page.lower, number.end) or _of_it(frame, number, mention):
            return number
    return None


_OF_IT = re.compile(r" of (?:[a-z]+ ){0,3}")
_DIRECTLY = re.compile(r"[- ](?:[a-z]+ing )?")
_BEGINS = re.compile(
    r"(?:\A|[,:;(]|\b(?:with|has|had|have|reports|reported|c/o|complains of|for|an?))\s*$"
)


def _of_it(frame: Frame, number: Number, mention: Mention) -> bool:
    """ "12 days of back pain", "man with 2 weeks back pain", "6-week progressive headaches"."""
    before = frame.text[max(frame.sentence.start, number.start - 24) : number.start]
    if _NOT_LASTED.search(before):
        return False
    if _OF_IT.fullmatch(frame.text, number.end, mention.start):
        return True
    begins = number.start <= frame.sentence.body or _BEGINS.search(before) is not None
    return begins and _DIRECTLY.fullmatch(frame.text, number.end, mention.start) is not None


def _lasting(frame: Frame, number: Number) -> bool:
    lower = frame.page.lower
    if _LATER.match(lower, number.end) and not _begun_by().match(lower, number.end):
        return False
    return bool(_LASTING.search(lower[max(0, number.start - 30) : number.start]))


@cache
def _begun_by() -> re.Pattern[str]:
    """ " after lifting a box" behind a time: it began then, and goes on."""
    named = alternatives("words", "begun_by").pattern
    return re.compile(r"\s(?:after|following) (?:[a-z]+ ){0,2}?" + named)


def when_of(frame: Frame, mention: Mention, meant: Meaning, kind: str) -> Time:
    """The time of a statement that is neither a value nor a therapy."""
    page = frame.page
    named = dates_of(frame, mention)
    dates = [d for d in named if d.kind != "vague"]
    relative = page.assumed and any(d.kind in ("ago", "window", "anchor") for d in dates)
    if named and not dates and kind in EVENTS and meant.assertion is Assertion.PRESENT:
        return Time(UNDATED, tuple(named))  # "a good while ago"
    if meant.assertion is Assertion.ABSENT:
        if meant.ever:
            return Time(When(None, Day.of(page.today), assumed=page.assumed), (), page.assumed)
        if dates and dates[-1].kind != "window":
            return Time(_on(dates[-1]), (dates[-1],), relative)
        if dates:
            stretch = When(dates[-1].first, dates[-1].last, assumed=page.assumed)
            return Time(stretch, (dates[-1],), page.assumed)
        return free_since(frame, mention) or Time(
            When.on(page.today, assumed=page.assumed), (), page.assumed
        )
    if dates:
        return Time(_dated(frame, dates, meant, kind), tuple(dates), relative)
    if meant.assertion in (Assertion.FAMILY, Assertion.HYPOTHETICAL):
        return Time(UNDATED)
    lasted = duration_of(frame, mention) if kind in ("symptom", "state", "disease") else None
    if (
        lasted
        and lasted.quantity.low is not None
        and (not meant.past or lasted.start < mention.start)
    ):
        low = lasted.quantity
        far = low.high is None
        start = ago(page.today, lasted.quantity.low, low.unit, at_least=far)
        return Time(When(start, None, True, page.assumed), (lasted,), page.assumed)
    if _undated(frame, meant, kind):
        return Time(UNDATED)
    return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)


def free_since(frame: Frame, mention: Mention) -> Time | None:
    """How long something has been absent: "no seizure for three weeks", "none in two years"."""
    page = frame.page
    _, high = frame.clause(mention.start)
    for number in frame.numbers:
        length = number.quantity
        if number.start - mention.end not in (4, 5) or number.start >= high or number.per:
            continue  # " for " or " in " alone stands between
        if length.unit not in ("d", "wk", "mo", "a") or length.low is None:
            continue
        between = page.lower[mention.end : number.start]
        if between in (" for ", " in ") and not _LATER.match(page.lower, number.end):
            begun = ago(page.today, length.low, length.unit, at_least=length.high is None)
            stretch = When(begun, Day.of(page.today), assumed=page.assumed)
            return Time(stretch, (number,), page.assumed)
    return None


def times_of(frame: Frame, mention: Mention, meant: Meaning, kind: str) -> list[Time]:
    """As `when_of`; an event with several dates ("on 3/12 and 5/1") happened on each of them."""
    first = when_of(frame, mention, meant, kind)
    dates = [w for w in first.words if isinstance(w, Dated)]
    if kind != "event" or meant.assertion is not Assertion.PRESENT or not each_of(frame, dates):
        return [first]
    return [Time(_on(d, first.assumed), (d,), first.assumed) for d in dates]


def each_of(frame: Frame, dates: list[Dated]) -> bool:
    """Whether several dates are a list of days rather than a beginning and an end."""
    if (
        len(dates) < 2
        or spanning(frame, dates)
        or any(d.kind not in ("day", "ago") or role(frame, d) != "on" for d in dates)
    ):
        return False
    gaps = [frame.page.lower[a.end : b.start] for a, b in pairwise(dates)]
    return all(_ANOTHER.fullmatch(g) for g in gaps)


def _undated(frame: Frame, meant: Meaning, kind: str) -> bool:
    if meant.assertion in (Assertion.NOT_DOCUMENTED, Assertion.PLANNED):
        return False
    if meant.assertion is Assertion.HISTORICAL or kind == "procedure":
        return True
    if kind == "disease":
        return False
    section = frame.sentence.section
    if kind in EVENTS and section in ("history", "surgical", "problems", "past-medications"):
        return True
    return meant.past or (kind == "test" and frame.page.document.kind != "laboratory")


def _dated(frame: Frame, dates: list[Dated], meant: Meaning, kind: str) -> When:
    first, last = dates[0], dates[-1]
    start = next((d for d in dates if role(frame, d) == "start"), None)
    end = next((d for d in dates if role(frame, d) == "end" and d is not start), None)
    assumed = frame.page.assumed and any(d.kind in ("ago", "window") for d in dates)
    if len(dates) == 2 and spanning(frame, dates):
        return When(first.first, last.last, assumed=assumed)
    if end and (start or (len(dates) == 2 and dates[0] is not end)):
        return When((start or first).first, end.last, assumed=assumed)
    if end:
        return When(None, end.last, assumed=assumed)
    if meant.assertion is Assertion.HISTORICAL and kind not in EVENTS:
        return When(None, last.last, assumed=assumed)
    if kind in ("disease", "symptom", "state") and (start or kind == "disease"):
        day = (start or first).first if first.kind != "window" else _some_day(first)
        return When(day, None, True, assumed)
    if kind in ("symptom", "state") and first.kind == "window":
        words = frame.page.lower[first.start : first.end]
        if words.startswith(("for", "over", "throughout", "during")):
            return When(first.first, None, True, assumed)
    return _on(start or first, assumed)


def _some_day(dated: Dated) -> Day:
    return Day(dated.first.earliest, dated.last.latest)


def _on(dated: Dated, assumed: bool = False) -> When:
    day = _some_day(dated)
    return When(day, day, assumed=assumed)


def earlier(frame: Frame) -> When:
    """Some day before the document was written."""
    day = before(frame.page.today)
    return When(day, day, assumed=frame.page.assumed)


__all__ = [
    "LONG_AGO",
    "Time",
    "dates_of",
    "duration_of",
    "each_of",
    "earlier",
    "goes_on",
    "role",
    "spanning",
    "times_of",
    "when_of",
]
