"""When a value was taken, and on which treatment."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from indicated.facts.cues import alternatives
from indicated.facts.dates import before
from indicated.facts.days import LONG_AGO, shifted
from indicated.facts.frame import Frame
from indicated.facts.meaning import THERAPIES
from indicated.facts.numbers import TIME
from indicated.facts.parts import Dated, Mention, Number, Spanned, within
from indicated.facts.when import Time, role
from indicated.model import Concepts, Day, When

_THAN = re.compile(r"\b(?:than|compared|versus|vs|relative to|against)\b")  # another's date
_DIVIDED = re.compile(r"[,;]|\b(?:and|then|to|vs|versus)\b|->")
_PARTED = re.compile(r"[,;)]|\band\b|\bvs\b")
_DIVIDER = re.compile(r",|;|\band\b|\bthen\b")
_ANOTHER = re.compile(r"\s?(?:,|and|&|;|, and|/)\s?(?:on |in )?")
_LINE_ENDS = re.compile(r"[ \t:*|,]*(?:\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?)?[ \t:*|]*\n", re.I)
_DAY_OR_MONTH = re.compile(r"(?<![\w./])\d{1,2}/\d{2}(?![\w/.%]|\s?(?:%|[a-z]{1,5}/))")
_LABEL = 36  # characters before a date on its line
_FAR = 600  # characters over which a line with a date holds
_APART = re.compile(r"\s*(?:apart|earlier|later)")


def time_of(frame: Frame, mention: Mention, number: Number, series: Sequence[Number]) -> Time:
    """A value's own date; else its place in a series; else the day of the document."""
    page = frame.page
    own = _own_date(frame, mention, number, series)
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


def _some_time_before(frame: Frame) -> Time:
    day = before(frame.page.today)
    return Time(When(day, day, assumed=frame.page.assumed), (), frame.page.assumed)


def _own_date(
    frame: Frame, mention: Mention, number: Number, series: Sequence[Number]
) -> Dated | None:
    """The date behind the number, between its name and it, or at the head of the clause."""
    a, b = frame.sentence.start, frame.sentence.end
    dates = [d for d in within(frame.page.dates, a, b) if d.end <= b]
    # "since 2023" is a treatment's; "Labs from 3/4:" is a day like any.
    dates = [d for d in dates if role(frame, d) != "start" or _heads_results(frame, d)]
    if not dates:
        return _day_line(frame)
    if listed_day := _respectively(frame, number, series, dates):
        return listed_day
    others: list[Spanned] = [*frame.mentions, *series]
    following = [x.start for x in others if x.start >= number.end]
    stop = min([*following, frame.clause(number.start)[1]])
    behind = [
        d for d in dates
        if number.end <= d.start < stop and not _THAN.search(frame.text, number.end, d.start)
    ]  # fmt: skip
    earlier = [n for n in series if n.end <= number.start]
    has_own = not earlier and any(mention.end <= d.start < number.start for d in dates)
    if behind and not _belongs_ahead(frame, number, behind[0], stop, has_own=has_own):
        return behind[0]
    low = earlier[-1].end if earlier else mention.start
    between = [
        d
        for d in dates
        if low <= d.start
        and d.end <= number.start
        and (not earlier or _DIVIDED.search(frame.page.lower, low, d.start))
        and not (earlier and _in_bracket_of(frame, earlier[-1], d))
    ]  # a date that follows the value before it without a comma is that one's
    if between:
        return between[-1]
    if earlier:
        return None
    low = frame.clause(mention.start)[0]
    ahead = [d for d in dates if low <= d.start and d.end <= mention.start]
    inside = [m for m in frame.mentions if ahead and ahead[-1].end <= m.start < mention.start]
    lower = frame.page.lower
    if ahead and (not inside or lower[ahead[-1].end : ahead[-1].end + 1] in (":", ",", "|")):
        return ahead[-1]
    headed = [d for d in dates if d.end <= low and lower[d.end : d.end + 1] == ":"]
    return headed[-1] if headed else _at_head(frame, number, dates)


def _heads_results(frame: Frame, dated: Dated) -> bool:
    """Whether a date stands behind the heading of a list of results: "Labs from 3/4/2025: ..."."""
    label = frame.text[frame.sentence.start : dated.start].strip(" :*#|-")
    return alternatives("words", "day_labels").fullmatch(label) is not None


def _in_bracket_of(frame: Frame, number: Number, dated: Dated) -> bool:
    """Whether a date stands in the brackets right behind a value: "2.02 L (best, 2/2022)"."""
    around = frame.bracket(dated.start)
    return around is not None and not frame.text[number.end : around[0]].strip()


def _respectively(
    frame: Frame, number: Number, series: Sequence[Number], dates: Sequence[Dated]
) -> Dated | None:
    """The date in the same place, where as many dates as values stand behind a series."""
    if len(series) < 2 or any(series[0].start < d.start < series[-1].start for d in dates):
        return None
    behind = [d for d in dates if d.start >= series[-1].end]
    if len(behind) != len(series):
        return None
    gaps = [frame.page.lower[a.end : b.start] for a, b in pairwise(behind)]
    return behind[series.index(number)] if all(_ANOTHER.fullmatch(g) for g in gaps) else None


def _at_head(frame: Frame, number: Number, dates: Sequence[Dated]) -> Dated | None:
    """The date at the head of the sentence, which holds for all that it lists: "Labs 3/14/2025 WBC
    5.1, Hgb 9.8"."""
    first = dates[0]
    before = frame.text[frame.sentence.start : first.start]
    if len(before.split()) > 3 or any(m.start < first.start for m in frame.mentions):
        return None
    if any(first.end <= d.start < number.start for d in dates) or first.start >= number.start:
        return None
    now = alternatives("words", "now").search(frame.text, first.end, number.start)
    return None if now else first


def _day_line(frame: Frame) -> Dated | None:
    """The date on a line of its own above the lines that it dates: "Date: 2/3/2025"."""
    page, at = frame.page, frame.sentence.start
    i = bisect_left(page.dates, at, key=lambda d: d.start) - 1
    if i < 0 or at - page.dates[i].end > _FAR:
        return None
    dated, text = page.dates[i], page.document.text
    start = text.rfind("\n", max(0, dated.start - 40), dated.start) + 1
    label = page.folded[start : dated.start].strip(" :*#|-")
    between = text[dated.end : at]
    if dated.kind != "day" or not _LINE_ENDS.match(between) or "\n\n" in between:
        return None
    labelled = not label or alternatives("words", "day_labels").fullmatch(label)
    return dated if labelled and dated.start - start <= _LABEL else None


def _belongs_ahead(
    frame: Frame, number: Number, dated: Dated, stop: int, *, has_own: bool
) -> bool:
    """Whether a date is divided from the value before it and joined to the next one.

    A value with a date before it (`has_own`) takes no second one from behind a comma.
    """
    if frame.bracket(dated.start):
        return False
    divided = _DIVIDER.search(frame.text, number.end, dated.start) is not None
    if has_own or stop >= frame.sentence.end:
        return divided and has_own
    return divided and "," not in frame.text[dated.end : stop]


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
    if apart is not None:
        unit, n = apart.quantity.unit, apart.quantity.exact or 0
        day = shifted(page.today, -n * (len(series) - 1 - place), unit)
        return Time(When.on(day, assumed=True), (apart,), True)
    if _others_are_earlier(frame, mention, number, series):
        return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
    first = max(mention.end, frame.sentence.start)
    if _DAY_OR_MONTH.search(frame.text, first, series[-1].end):
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
    if ordered or all("," in g or alternatives("words", "sequence").search(g) for g in gaps):
        if number is series[-1]:
            return Time(When.on(page.today, assumed=page.assumed), (), page.assumed)
        back = page.today - timedelta(days=len(series) - 1 - place)
        return _up_to(frame, back)
    return _up_to(frame, page.today)


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
        own = _own_date(frame, mention, other, series)
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
        of_next = words and following == stop and not comma and not behind[words.end() :].strip(" :=")
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
    following = frame.text[number.end : number.end + 24]
    said = alternatives("words", "earlier").match(following.lstrip(" (,")) is not None
    return said and not (following.startswith(",") and _another_follows(frame, number.end + 1))


def _another_follows(frame: Frame, at: int) -> bool:
    """Whether a number or a name stands before the next comma: "35.9, lowest SpO2 78%"."""
    comma = frame.text.find(",", at, frame.sentence.end)
    high = comma if comma >= 0 else frame.sentence.end
    return bool(within(frame.numbers, at, high) or within(frame.mentions, at, high))


def during(
    frame: Frame,
    number: Number,
    series: Sequence[Number],
    treated: Sequence[Mention],
    concepts: Concepts,
) -> tuple[frozenset[str], tuple[Spanned, ...]]:
    """The treatments that are said to have been in effect when the value was taken.

    `treated` are the names of treatments in the sentence.
    """
    if not treated:
        return frozenset(), ()
    low, high = frame.clause(number.start)
    later = [n.start for n in series if n.start > number.start]
    high = min([high, *later])
    sooner = [n.end for n in series if n.end <= number.start]
    low = max([low, *sooner])
    first, last = frame.clause(number.start)
    trough = any(c.has("trough") and first <= c.start < last for c in frame.cues)
    found: list[Mention] = []
    for mention in treated:
        words = frame.text[max(frame.sentence.start, mention.start - 24) : mention.start]
        if re.search(alternatives("words", "taken_off").pattern + r"(?: \w+)?\s*$", words):
            continue
        near = low <= mention.start < high and not _begun_after(frame, number, mention)
        on = re.search(alternatives("words", "taken_on").pattern + r"(?: \w+){0,2}\s*$", words)
        if (near and on) or trough:
            found.append(mention)
    ids = frozenset(c for m in found for c in m.concepts if concepts[c].kind in THERAPIES)
    return ids, tuple(found)


def _begun_after(frame: Frame, number: Number, mention: Mention) -> bool:
    """Whether the treatment was begun once the value was known: "IgG 352, started on A"."""
    if mention.start < number.end:
        return False
    ahead = frame.text[number.end : mention.start]
    begun = re.search(alternatives("words", "put_on").pattern + r"(?: \w+)?\s*$", ahead)
    return begun is not None and alternatives("words", "put_before").search(ahead) is None
