"""When a value was taken: on its own date, at its place in a series, on the document's day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from indicated.facts.cues import alternatives
from indicated.facts.dates import before
from indicated.facts.days import LONG_AGO, shifted
from indicated.facts.frame import Frame
from indicated.facts.numbers import TIME
from indicated.facts.parts import Dated, Mention, Number, within
from indicated.facts.value_dates import own_date
from indicated.facts.when import Time
from indicated.model import Day, When

_PARTED = re.compile(r"[,;)]|\band\b|\bvs\b")
_DAY_OR_MONTH = re.compile(r"(?<![\w./])(?:0?[1-9]|1[0-2])/\d{2}(?![\w/.%]|\s?(?:%|[a-z]{1,5}/))")
_APART = re.compile(r"\s*(?:apart|earlier|later)")


def time_of(frame: Frame, mention: Mention, number: Number, series: Sequence[Number]) -> Time:
    """A value's own date; else its place in a series; else the day of the document."""
    page = frame.page
    own = own_date(frame, mention, number, series) or _of_whole_list(frame, mention, number, series)
    if own is not None:
        day = Day(own.first.earliest, own.last.latest)
        relative = page.assumed and own.kind in ("ago", "vague", "window", "anchor")
        return Time(When(day, day, assumed=relative), (own,), relative)
    around = frame.text[mention.end : min(frame.sentence.end, number.end + 24)]
    if alternatives("words", "that_day").search(around):
        return _up_to(frame, page.today)
    if len(series) > 1:
        return _in_series(frame, mention, number, series)
    if _earlier(frame, mention, number):
        return _some_time_before(frame)
    return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)


def _of_whole_list(
    frame: Frame, mention: Mention, number: Number, series: Sequence[Number]
) -> Dated | None:
    """The stretch of time behind a list, which holds for all of it: "310, 335 and 400 mg/dL in the
    past year". A day there is that of the last value alone."""
    last = series[-1]
    gaps = [frame.text[a.end : b.start] for a, b in pairwise(series) if a.start >= number.start]
    if number is last or not all(_LISTED.fullmatch(g) for g in gaps):
        return None
    own = own_date(frame, mention, last, series)
    if own is None or own.start < last.end:
        return None
    whole_year = own.first == own.last and (own.first.latest - own.first.earliest).days > _MONTHS
    return own if own.kind == "window" or whole_year else None


_LISTED = re.compile(r"\s?(?:,|,? and|,? or|,? &)\s")
_MONTHS = 300  # days; a date that is less sharp than that is a year


def _some_time_before(frame: Frame) -> Time:
    day = before(frame.page.today)
    return Time(When(day, day, assumed=frame.page.assumed), (), frame.page.assumed)


def _backward(
    frame: Frame, mention: Mention, series: Sequence[Number], gaps: Sequence[str]
) -> bool:
    """Whether the newest value stands first: "most recent 495, previously 609"."""
    head = frame.text[max(frame.clause(mention.start)[0], mention.start - 22) : series[0].start]
    newest = alternatives("words", "now").search(head)
    return bool(newest) or all(alternatives("words", "earlier").search(g) for g in gaps)


def _in_series(frame: Frame, mention: Mention, number: Number, series: Sequence[Number]) -> Time:
    """The last of a series is of the day of the document, the ones before it are earlier.

    Where nothing says in which order they were taken, each is of some day up to then.
    """
    page = frame.page
    apart = _apart(frame, series)
    place = series.index(number)
    said = None if apart else _said_of(frame, series, place)
    if said is not None:
        return said
    now = Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
    if any(_said_of(frame, series, i) == now for i in range(len(series)) if i != place):
        return _some_time_before(frame)  # "36.8 today, 37.9 at the last visit"
    if apart is not None:
        unit, n = apart.quantity.unit, apart.quantity.exact or 0
        day = shifted(page.today, -n * (len(series) - 1 - place), unit)
        return Time(When.on(day, assumed=True), (apart,), True)
    if _others_are_earlier(frame, mention, number, series):
        return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
    first = max(mention.end, frame.sentence.start)
    figures = _DAY_OR_MONTH.finditer(frame.text, first, series[-1].end)
    if any(not any(n.start <= f.start() < n.end for n in series) for f in figures):
        return _up_to(frame, page.today)  # "9/24 395, 5/24 410": which came first?
    if _at_once(frame, series):
        return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
    gaps = [frame.page.lower[a.end : b.start] for a, b in pairwise(series)]
    if _backward(frame, mention, series, gaps):
        if number is series[0]:
            return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
        return _some_time_before(frame)
    after = frame.text[series[-1].end : series[-1].end + 24]
    if alternatives("words", "earlier").match(after.strip(" (,")):
        if number is series[-1]:
            return _some_time_before(frame)
        return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
    ordered = all(
        alternatives("words", "sequence").search(g) or "->" in g or "\u2192" in g or ">" in g
        for g in gaps
    )
    if ordered or _in_order(frame, mention, series, gaps):
        if number is series[-1]:
            return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
        back = page.today - timedelta(days=len(series) - 1 - place)
        return _up_to(frame, back)
    return _up_to(frame, page.today)


def _in_order(
    frame: Frame, mention: Mention, series: Sequence[Number], gaps: Sequence[str]
) -> bool:
    """Whether a list tells what came one after the other: "310, 335 and 400", "rose to 310 and
    400", but not "310 and 400"."""
    told = frame.text[mention.end : series[0].start]
    turned = any(alternatives("words", way).search(told) for way in ("rising", "falling"))
    closed = gaps[-1].strip() == "and" and (len(gaps) > 1 or turned)
    listed = gaps[:-1] if closed else gaps
    return all("," in g or alternatives("words", "sequence").search(g) for g in listed)


def _at_once(frame: Frame, series: Sequence[Number]) -> bool:
    """Whether the values differ in their circumstances and not in their day: "87% at rest, 84%
    walking", "95 left, 120 right"."""
    stops = [n.start for n in series[1:]] + [min(series[-1].end + 30, frame.sentence.end)]
    ends = [frame.text[n.end : stop] for n, stop in zip(series, stops, strict=True)]
    said = [alternatives("words", "circumstances").search(e.split(",")[0]) for e in ends]
    return all(said) or (len(said) > 2 and sum(s is not None for s in said) >= len(said) - 1)


def _others_are_earlier(
    frame: Frame, mention: Mention, number: Number, series: Sequence[Number]
) -> bool:
    """Whether every other value of a series is said to be older: "49 (was 56 in 2023)"."""
    today = frame.page.today
    for place, other in enumerate(series):
        if other is number:
            continue
        own = own_date(frame, mention, other, series)
        if own is not None and own.last.latest < today:
            continue
        said = _said_of(frame, series, place) if own is None else None
        if said is None or said.when.end is None or said.when.end.latest >= today:
            return False
    return True


def _said_of(frame: Frame, series: Sequence[Number], place: int) -> Time | None:
    """A value of a series that is itself called the present one, or an earlier one.

    Words right before a value are said of that one: in "1.4 (baseline 1.1)" of the second.
    """
    number, page = series[place], frame.page
    now, earlier = alternatives("words", "now"), alternatives("words", "earlier")
    following = series[place + 1].start if place + 1 < len(series) else None
    stop = min(following or number.end + 24, number.end + 24)
    behind, comma, _ = frame.text[number.end : stop].partition(",")
    behind = behind.strip(" (").removeprefix("at ")
    low = max(series[place - 1].end, number.start - 24) if place else number.start
    ahead = _PARTED.split(frame.text[low : number.start])[-1]
    today = Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
    if place and now.search(ahead):
        return today
    if place and any(not ahead[m.end() :].strip(" :=") for m in earlier.finditer(ahead)):
        return _some_time_before(frame)
    said = [(now.match(behind), today), (earlier.match(behind), _some_time_before(frame))]
    for words, time in said:
        of_next = (
            words and following == stop and not comma and not behind[words.end() :].strip(" :=")
        )
        if words and not of_next:
            return time
    return None


def _up_to(frame: Frame, last: date) -> Time:
    day = Day(LONG_AGO, last)
    return Time(When(day, day, assumed=frame.page.assumed), (), frame.page.assumed)


def _apart(frame: Frame, series: Sequence[Number]) -> Number | None:
    for number in frame.numbers:
        if number.start >= series[-1].end and number.quantity.unit in TIME:
            behind = _APART.match(frame.text, number.end)
            if number.quantity.exact and behind:
                return replace(number, end=behind.end())
    return None


def _earlier(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether words next to a value say that it was taken some time ago."""
    low = max(frame.clause(mention.start)[0], mention.start - 22)
    sooner = [n.end for n in within(frame.numbers, low, mention.start)]  # with words of their own
    ahead = frame.text[max([low, *sooner]) : mention.start]
    around = ahead + "\n" + frame.text[mention.end : number.start]
    if alternatives("words", "earlier").search(around):
        return not alternatives("words", "now").search(around)
    before_it = alternatives("words", "before_operation").search(ahead)
    if before_it and any(
        m is not mention and m.concepts == mention.concepts for m in frame.mentions
    ):
        return True  # "pre-op weight 131 kg, current weight 104 kg"
    end = number.end
    if number.start <= mention.start and mention.start - number.end <= 1:
        end = max(end, mention.end)  # "20 headache days before A"
    following = frame.text[end : end + 24]
    said = alternatives("words", "earlier").match(following.lstrip(" (,")) is not None
    return said and not (following.startswith(",") and _another_follows(frame, end + 1))


def _another_follows(frame: Frame, at: int) -> bool:
    """Whether a number or a name stands before the next comma: "35.9, lowest SpO2 78%"."""
    comma = frame.text.find(",", at, frame.sentence.end)
    high = comma if comma >= 0 else frame.sentence.end
    return bool(within(frame.numbers, at, high) or within(frame.mentions, at, high))
