"""The date that is written with a value: behind it, before it, or at the head of its list."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from indicated.facts.cues import alternatives
from indicated.facts.frame import Frame
from indicated.facts.parts import Dated, Mention, Number, Spanned, within
from indicated.facts.units_of import same_written
from indicated.facts.when import role

_THAN = re.compile(r"\b(?:than|compared|versus|vs|relative to|against)\b")  # another's date
_DIVIDED = re.compile(r"[,;]|\b(?:and|then|to|vs|versus)\b|->")
_DIVIDER = re.compile(r",|;|\band\b|\bthen\b")
_ANOTHER = re.compile(r"\s?(?:,|and|&|;|, and|/)\s?(?:on |in )?")
_LINE_ENDS = re.compile(r"[ \t:*|,]*(?:\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?)?[ \t:*|]*\n", re.I)
_LABEL = 36  # characters before a date on its line
_FAR = 600  # characters over which a line with a date holds


def own_date(
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
    if ahead_of_each := _dates_lead(frame, mention, number, series, dates):
        return ahead_of_each
    others: list[Spanned] = [*frame.mentions, *series]
    following = [x.start for x in others if x.start >= number.end]
    stop = min([*following, frame.clause(number.start)[1]])
    behind = [
        d for d in dates
        if number.end <= d.start < stop
        and not _THAN.search(frame.text, number.end, d.start)
        and not _of_another(frame, number, d)
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
        and not alternatives("words", "now").search(frame.text, d.end, number.start)
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


def _of_another(frame: Frame, number: Number, dated: Dated) -> bool:
    """Whether a date in brackets stands with a value of its own: "38 % (was 45 % in 2024)"."""
    around = frame.bracket(dated.start)
    if around is None or around[0] < number.end:
        return False
    return any(
        n.quantity.exact is not None and same_written(n.quantity.unit, number.quantity.unit)
        for n in within(frame.numbers, around[0], dated.start)
        if n.quantity.unit
    )


def _heads_results(frame: Frame, dated: Dated) -> bool:
    """Whether a date stands behind the heading of a list of results: "Labs from 3/4/2025: ..."."""
    label = frame.text[frame.sentence.start : dated.start].strip(" :*#|-")
    return alternatives("words", "day_labels").fullmatch(label) is not None


def _in_bracket_of(frame: Frame, number: Number, dated: Dated) -> bool:
    """Whether a date stands in the brackets right behind a value: "2.02 L (best, 2/2022)"."""
    around = frame.bracket(dated.start)
    return around is not None and not frame.text[number.end : around[0]].strip()


def _dates_lead(
    frame: Frame, mention: Mention, number: Number, series: Sequence[Number], dates: Sequence[Dated]
) -> Dated | None:
    """The date ahead, where each of a series has its date ahead: "7/1/25 291 lb 6/1/25 288"."""
    first = min([n.start for n in series if n.start >= mention.end], default=number.start)
    lead = [d for d in dates if mention.end <= d.start and d.end <= first]
    between = [d for d in dates if first <= d.start < series[-1].start]
    if not lead or not between or frame.text[lead[-1].end : first].strip(" :|="):
        return None
    if not all(
        any(not frame.text[d.end : n.start].strip(" :|=") for n in series if n.start >= d.end)
        for d in between
    ):
        return None
    return [d for d in dates if d.end <= number.start][-1]


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


def _belongs_ahead(frame: Frame, number: Number, dated: Dated, stop: int, *, has_own: bool) -> bool:
    """Whether a date is divided from the value before it and joined to the next one.

    A value with a date before it (`has_own`) takes no second one from behind a comma.
    """
    if frame.bracket(dated.start):
        return False
    divided = _DIVIDER.search(frame.text, number.end, dated.start) is not None
    if has_own or stop >= frame.sentence.end:
        return divided and has_own
    return divided and "," not in frame.text[dated.end : stop]
