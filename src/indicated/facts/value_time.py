"""When a value was taken, and on which treatment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from indicated.facts.cues import alternatives
from indicated.facts.dates import LONG_AGO, before, shifted
from indicated.facts.frame import Frame
from indicated.facts.meaning import THERAPIES
from indicated.facts.numbers import TIME
from indicated.facts.parts import Dated, Mention, Number, Spanned, within
from indicated.facts.when import Time, role
from indicated.model import Concepts, Day, When

_APART = re.compile(r"\s*(?:apart|earlier|later)")


def time_of(frame: Frame, mention: Mention, number: Number, series: Sequence[Number]) -> Time:
    """A value's own date; else its place in a series; else the day of the document."""
    page = frame.page
    own = _own_date(frame, mention, number, series)
    if own is not None:
        day = Day(own.first.earliest, own.last.latest)
        relative = page.assumed and own.kind in ("ago", "window", "anchor")
        return Time(When(day, day, assumed=relative), (own,), relative)
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
    dates = [d for d in dates if role(frame, d) != "start"]  # "since 2023" is a treatment's
    if not dates:
        return None
    others: list[Spanned] = [*frame.mentions, *series]
    following = [x.start for x in others if x.start >= number.end]
    stop = min([*following, frame.clause(number.start)[1]])
    behind = [d for d in dates if number.end <= d.start < stop]
    if behind and not _belongs_ahead(frame, number, behind[0], stop):
        return behind[0]
    earlier = [n for n in series if n.end <= number.start]
    low = earlier[-1].end if earlier else mention.start
    between = [d for d in dates if low <= d.start and d.end <= number.start]
    if between:
        return between[-1]
    if earlier:
        return None
    low = frame.clause(mention.start)[0]
    ahead = [d for d in dates if low <= d.start and d.end <= mention.start]
    inside = [m for m in frame.mentions if ahead and ahead[-1].end <= m.start < mention.start]
    if ahead and (not inside or frame.page.lower[ahead[-1].end :][:1] in ":,|"):
        return ahead[-1]
    headed = [d for d in dates if d.end <= low and frame.page.lower[d.end :][:1] == ":"]
    return headed[-1] if headed else None


def _belongs_ahead(frame: Frame, number: Number, dated: Dated, stop: int) -> bool:
    """Whether a date is divided from the value before it and joined to the next one."""
    if frame.bracket(dated.start) or stop >= frame.sentence.end:
        return False
    divided = re.search(r",|;|\band\b|\bthen\b", frame.text[number.end : dated.start])
    return divided is not None and "," not in frame.text[dated.end : stop]


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
    if apart is not None:
        unit, n = apart.quantity.unit, apart.quantity.exact or 0
        day = shifted(page.today, -n * (len(series) - 1 - place), unit)
        return Time(When.on(day, assumed=True), (apart,), True)
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
    around = frame.text[low : mention.start] + "\n" + frame.text[mention.end : number.start]
    if alternatives("words", "earlier").search(around):
        return not alternatives("words", "now").search(around)
    following = frame.text[number.end : number.end + 24].lstrip(" (,")
    return alternatives("words", "earlier").match(following) is not None


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
    trough = any(c.has("trough") for c in frame.cues)
    found: list[Mention] = []
    for mention in treated:
        words = frame.text[max(frame.sentence.start, mention.start - 24) : mention.start]
        if re.search(alternatives("words", "taken_off").pattern + r"(?: \w+)?\s*$", words):
            continue
        near = low <= mention.start < high
        on = re.search(alternatives("words", "taken_on").pattern + r"(?: \w+){0,2}\s*$", words)
        if (near and on) or trough:
            found.append(mention)
    ids = frozenset(c for m in found for c in m.concepts if concepts[c].kind in THERAPIES)
    return ids, tuple(found)
