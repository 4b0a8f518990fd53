"""What stands around the name of a treatment: amount, interval, route, how long."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from indicated.facts import regimen
from indicated.facts.cues import alternatives, listed
from indicated.facts.dates import number_of, unit_of
from indicated.facts.frame import Frame
from indicated.facts.parts import Mention, Number, Span, Spanned, within
from indicated.model import Mark, Quantity

_DIVIDED = re.compile(r"[,;:(]|\b(?:and|or|plus|with|then)\b")
_DAYS_PER = re.compile(r"(?:^|\s)\d{1,2} (?:\w+ )?days? $")


@dataclass
class Course:
    """What is gathered about one mention of a treatment."""

    mention: Mention
    start: int  # the stretch that is about it
    end: int
    dose: Quantity | None = None
    every: Quantity | None = None
    route: str = ""
    duration: Quantity | None = None
    words: list[Spanned] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)


def course_of(
    frame: Frame, mention: Mention, named: list[Mention], place: int, bound: frozenset[int]
) -> Course:
    low, high = frame.clause(mention.start)
    previous = named[place - 1].end if place else low
    following = named[place + 1].start if place + 1 < len(named) else frame.sentence.end
    high = _goes_on(frame, min(high, following), following)
    course = Course(mention, max(low, previous), max(min(high, following), mention.end))
    numbers = [n for n in frame.numbers if n.start not in bound and low <= n.start < high]
    numbers = [n for n in numbers if not _no_dose(frame, n)]
    every = regimen.intervals(frame.page.lower, frame.text, course.start, course.end)
    every = [e for e in every if not _limit(frame, e.start, 24) and not _rate(frame, e)]
    _doses(frame, course, numbers, named, place)
    _every(frame, course, every)
    _durations(frame, course, numbers, every)
    if course.duration is None:
        _until_now(frame, course)
    for route in regimen.routes(frame.page.document.text, frame.text, course.start, course.end):
        if (route.start, route.end) == (mention.start, mention.end):
            continue  # MDI, multiple daily injections, is no inhaler
        near = route.start >= mention.end or mention.start - route.end <= 12
        if near and not _foreign(frame, course, route.start):
            course.route = course.route or route.name
            if route.name == course.route:
                course.words.append(Span(route.start, route.end))
            break
    return course


def _no_dose(frame: Frame, number: Number) -> bool:
    """Whether an amount is the size of a pack, or a limit: "100 mg vials", "max 200 mg"."""
    if not regimen.is_dose(number):
        return False
    pack = alternatives("therapy", "packs").match(frame.text, number.end + 1)
    return pack is not None or _limit(frame, number.start, 0)


_RATE = ("per ", "a ", "/", "each ")


def _rate(frame: Frame, every: regimen.Every) -> bool:
    """ "20 per month" counts something: headaches, visits, not doses."""
    if not frame.text.startswith(_RATE, every.start):
        return False
    before = [n for n in frame.numbers if n.end <= every.start]
    plain = bool(before) and before[-1].quantity.unit in ("", "{count}")
    return plain and not frame.text[before[-1].end : every.start].strip()


def _limit(frame: Frame, at: int, room: int) -> bool:
    low = max(frame.sentence.start, at - 24 - room)
    found = list(alternatives("therapy", "limits").finditer(frame.text, low, at))
    if not found:
        return False
    gap = frame.text[found[-1].end() : at]
    return (
        re.fullmatch(r"\s?(?:of )?" + (r"(?:[\d.,]+ ?[a-z]+ ?)?" if room else ""), gap) is not None
    )


_NEXT_STEP = re.compile(
    r"[\s,;]*(?:and |but )?(?:then|followed by|now|currently|thereafter|subsequently|later)\b"
    r"(?: (?:at|on|up to|down to|to|increased to|reduced to|by))?\s?"
)


_RELATIVE = re.compile(
    r"[\s,]*which (?:\w+ ){1,5}(?:just |only |about )?(?=\d|[a-z]+ (?:day|week|month|year))"
)
_INTERVAL = re.compile(r"(?:q ?\d|every|weekly|monthly|daily|twice|once)")


def _goes_on(frame: Frame, high: int, following: int) -> int:
    """Where what is said of a course ends: past "then 120 mg monthly", ", now at 15 mg"."""
    if relative := _RELATIVE.match(frame.text, high, min(following, frame.sentence.end)):
        return min(following, frame.clause(relative.end())[1])
    if step := _NEXT_STEP.match(frame.text, high, min(following, frame.sentence.end)):
        amount = within(frame.numbers, step.end(), step.end() + 1)
        if (amount and regimen.is_dose(amount[0])) or _INTERVAL.match(frame.text, step.end()):
            return min(following, frame.clause(step.end())[1])
    return high


def _foreign(frame: Frame, course: Course, at: int) -> bool:
    """Whether a comma makes it part of another treatment: "mesalamine, X foam"."""
    if at < course.mention.start:
        return "," in frame.text[at : course.mention.start]
    last = max([course.mention.end, *(w.end for w in course.words if w.end <= at)])
    return (
        re.search(r",(?! ?(?:and then|then|which) )(?= ?[a-z]+ [a-z])", frame.text[last : at + 1])
        is not None
    )


def _doses(
    frame: Frame, course: Course, numbers: list[Number], named: list[Mention], place: int
) -> None:
    mention = course.mention
    before = [
        n for n in numbers
        if course.start <= n.start and n.end <= mention.start
        and regimen.is_dose(n) and _leads_to(frame, n, mention)
        and not (place and frame.text[named[place - 1].end : n.start].strip() == "")
    ]  # fmt: skip
    behind = [n for n in numbers if mention.end <= n.start < course.end]
    doses = [n for n in behind if regimen.is_dose(n) and not _next_ones(frame, n, named, place)]
    chosen = before[-1] if before else _last_step(frame, doses)
    if chosen is None:
        chosen = next((n for n in behind if _bare_dose(frame, mention, n)), None)
        if chosen is not None and regimen.counted(frame.text, chosen) is None:
            course.marks.add(Mark.UNIT_MISSING)
        else:
            chosen = None
    if chosen is not None:
        course.dose = _tablets(frame, chosen) or chosen.quantity
        course.words.append(chosen)
        if chosen.per in ("d", "wk", "mo", "h"):
            course.every = Quantity.of(1, chosen.per)


_PIECES = re.compile(
    r"\s(?:\w+ )?(?:tablets?|tabs?|capsules?|caps?|pills?|patches|sprays|puffs|pens?)\b"
)


def _tablets(frame: Frame, number: Number) -> Quantity | None:
    """ "two 40 mg tablets" are 80 mg."""
    before = [n for n in frame.numbers if n.end <= number.start]
    if not before or not _PIECES.match(frame.text, number.end):
        return None
    count = before[-1]
    gap = frame.text[count.end : number.start]
    each, many = number.quantity.exact, count.quantity.exact
    if gap.strip(" x\u00d7") or count.quantity.unit or each is None or many is None:
        return None
    return Quantity.of(each * many, number.quantity.unit)


def _leads_to(frame: Frame, number: Number, mention: Mention) -> bool:
    """Whether an amount stands directly before the name: "60 g of IVIG", "90 mg weekly of"."""
    gap = frame.text[number.end : mention.start]
    if _DIVIDED.search(gap):
        return False
    return len(re.findall(r"\w+", gap)) <= 3


def _next_ones(frame: Frame, number: Number, named: list[Mention], place: int) -> bool:
    """Whether an amount behind a name belongs to the next name: "A and 60 g of B"."""
    if place + 1 >= len(named):
        return False
    following = named[place + 1]
    gap = frame.text[named[place].end : number.start]
    divided = re.search(r",|\band\b|\bplus\b|\bor\b", gap) is not None
    return divided and _leads_to(frame, number, following)


_STEP_UP = re.compile(r"(?:\bto|->|\u2192|=>|\bnow(?: at| on)?|\bi\.e\.,?)\s*(?:a dose of )?$")


def _last_step(frame: Frame, doses: list[Number]) -> Number | None:
    """The first amount, or the one to which it was changed."""
    if not doses:
        return None
    chosen = doses[0]
    for number in doses[1:]:
        gap = frame.text[chosen.end : number.start]
        if _STEP_UP.search(gap) or alternatives("therapy", "loading").search(gap):
            chosen = number
        else:
            break
    return chosen


def _bare_dose(frame: Frame, mention: Mention, number: Number) -> bool:
    """ "Lexapro 20": an amount without a unit, directly behind the name."""
    if number.quantity.unit or number.word or number.foreign_unit or number.quantity.exact is None:
        return False
    if frame.text[mention.end : number.start] != " ":
        return False
    following = frame.text[number.end : number.end + 1]
    return following in ("", ",", ".", ";", ")") or frame.text[number.end : number.end + 3] in (
        " an",
        " qd",
        " bi",
        " da",
    )


def _every(frame: Frame, course: Course, every: list[regimen.Every]) -> None:
    """The first interval behind the name, else one directly before it ("weekly X")."""
    mention = course.mention
    behind = [e for e in every if e.start >= mention.end]
    before = [e for e in every if e.end <= mention.start and _close(frame, e, mention)]
    given = [w.end for w in course.words if w.start >= mention.end]
    behind.sort(key=lambda e: bool(given) and e.start < max(given))  # the one behind the amount
    for one in (*behind, *before):
        if _foreign(frame, course, one.start):
            continue
        if _DAYS_PER.search(frame.text[max(0, one.start - 26) : one.start]):
            continue  # "on 7 days per month" is no interval
        course.every = one.quantity
        course.words.append(Span(one.start, one.end))
        return


def _close(frame: Frame, every: regimen.Every, mention: Mention) -> bool:
    gap = frame.text[every.end : mention.start]
    if frame.text.startswith(_RATE, every.start):
        return False  # "4 headaches per month on A": a rate of something else
    return _DIVIDED.search(gap) is None and len(gap.split()) <= 2


def _durations(
    frame: Frame, course: Course, numbers: list[Number], every: list[regimen.Every]
) -> None:
    mention = course.mention
    for number in numbers:
        if any(e.start <= number.start < e.end for e in every):
            continue
        behind = mention.end <= number.start < course.end
        ahead = course.start <= number.start and number.end <= mention.start
        near = ahead and mention.start - number.end <= 20
        if not (behind or near) or _foreign(frame, course, number.start):
            continue
        if number.quantity.exact and (stop := _sessions(frame, course, number, ahead)):
            course.duration = replace(number.quantity, unit="{count}")
            course.words += [number, Span(number.start, stop)]
            return
        if regimen.is_duration(frame.page.lower, number, mention.end if behind else course.start):
            course.duration = number.quantity
            course.words.append(number)
            return


_FOR_THE_LAST = re.compile(
    r"for (?:the )?(?:past|last|previous|preceding|prior) (?P<n>\S+) (?P<u>[a-z]+)$"
)


def _until_now(frame: Frame, course: Course) -> None:
    """ "PT for the last six weeks": a stretch that is a date is how long it was, too."""
    for dated in within(frame.page.dates, course.start, course.end):
        said = _FOR_THE_LAST.match(frame.page.lower, dated.start, dated.end)
        if said and dated.kind == "window" and not _foreign(frame, course, dated.start):
            course.duration = Quantity.of(number_of(said["n"]), unit_of(said["u"]))
            return


def _counted_name(frame: Frame, number: Number, mention: Mention) -> bool:
    """ "Two epidural steroid injections": the name itself is of what is counted."""
    gap = frame.text[number.end : mention.start]
    if len(gap.split()) > 2 or re.search(r"[\d,;:/.()]|\b(?:and|or|of|mg|more|week|month)", gap):
        return False
    last = frame.text[mention.start : mention.end].split()[-1]
    return last.endswith("s") and last in listed("therapy", "counted")


def _sessions(frame: Frame, course: Course, number: Number, ahead: bool) -> int | None:
    """Where a count of sittings ends: "36 visits", "24 supervised PT sessions"."""
    stop = regimen.counted(frame.text, number)
    if stop is None and ahead and not number.quantity.unit:
        end = course.mention.end
        if _counted_name(frame, number, course.mention):
            return end
        stop = regimen.counted(frame.text, replace(number, digits=end, end=end))
    return stop
