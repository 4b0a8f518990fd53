"""What stands around the name of a treatment: amount, interval, route, how long."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from indicated.facts import regimen
from indicated.facts.frame import Frame
from indicated.facts.parts import Mention, Number, Span, Spanned
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
    following = named[place + 1].start if place + 1 < len(named) else high
    course = Course(mention, max(low, previous), max(min(high, following), mention.end))
    numbers = [n for n in frame.numbers if n.start not in bound and low <= n.start < high]
    every = regimen.intervals(frame.page.lower, frame.text, course.start, course.end)
    _doses(frame, course, numbers, named, place)
    _every(frame, course, every)
    _durations(frame, course, numbers, every)
    for route in regimen.routes(frame.page.document.text, frame.text, course.start, course.end):
        near = route.start >= mention.end or mention.start - route.end <= 12
        if near and not _foreign(frame, course, route.start):
            course.route = course.route or route.name
            if route.name == course.route:
                course.words.append(Span(route.start, route.end))
            break
    return course


def _foreign(frame: Frame, course: Course, at: int) -> bool:
    """Whether a comma makes it part of another treatment: "mesalamine, X foam"."""
    if at < course.mention.start:
        return "," in frame.text[at : course.mention.start]
    last = max([course.mention.end, *(w.end for w in course.words if w.end <= at)])
    return re.search(r",(?= ?[a-z]+ [a-z])", frame.text[last : at + 1]) is not None


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
        course.dose = chosen.quantity
        course.words.append(chosen)
        if chosen.per in ("d", "wk", "mo", "h"):
            course.every = Quantity.of(1, chosen.per)


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


def _last_step(frame: Frame, doses: list[Number]) -> Number | None:
    """The first amount, or the one to which it was changed."""
    if not doses:
        return None
    chosen = doses[0]
    for number in doses[1:]:
        gap = frame.text[chosen.end : number.start]
        if re.search(r"(?:\bto|->|\u2192|=>)\s*(?:a dose of )?$", gap):
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


def _sessions(frame: Frame, course: Course, number: Number, ahead: bool) -> int | None:
    """Where a count of sittings ends: "36 visits", "24 supervised PT sessions"."""
    stop = regimen.counted(frame.text, number)
    if stop is None and ahead and not number.quantity.unit:
        end = course.mention.end
        stop = regimen.counted(frame.text, replace(number, digits=end, end=end))
    return stop
