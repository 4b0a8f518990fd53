"""The day that is given once for a whole table: in its heading, above it or right below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from indicated.facts.cues import load, words
from indicated.facts.parts import Dated, Page, within

ABOVE, BELOW = 6, 2  # lines in which such a day is looked for
_LONGEST = 160  # characters of a line that may be a heading; a longer one is prose
_APART = re.compile(r"\s{2,}|[|;,(\u2022]")
_HEADING = re.compile(r"\s*(?:#|\*\*|[A-Z][A-Z /&-]{3,}:?\s*$|[A-Z][\w /&-]{2,40}:\s*$)")
_SENTENCE = re.compile(r"[a-z]{2}[.!?]\s*$")
_COLUMNS = re.compile(r"\S(?:\s*\||\t| {3,})\s*\S")


def table_day(page: Page, start: int, end: int) -> Dated | None:
    """The day of the rows of a table that stands between two offsets, where it is given once.

    "Collected 3/4/2025" goes before "Results of 3/5/2025", and that before "Reported 3/6/2025".
    Above the table any of them counts, below it only the day of the collection.
    """
    found: list[tuple[int, Dated]] = []
    headed = False  # a heading between them: the day of results above it is not this table's
    for a, b in _lines_above(page, start):
        here = [f for f in _days(page, a, b) if f[0] != 1 or not headed]
        found += here
        if found and found[0][0] == 0:
            break
        headed = headed or (not here and _HEADING.match(page.document.text, a, b) is not None)
    if not found:
        found = [f for a, b in _lines_below(page, end) for f in _days(page, a, b) if f[0] == 0]
    return min(found, key=lambda f: f[0])[1] if found else None


def _lines_above(page: Page, start: int) -> Iterator[tuple[int, int]]:
    """The lines with words above an offset, up to prose or another table."""
    text, end = page.document.text, start - 1
    seen = 0
    while end > 0 and seen < ABOVE:
        begin = text.rfind("\n", 0, end) + 1
        line = text[begin:end]
        if line.strip():
            if len(line) > _LONGEST or _SENTENCE.search(line):
                return
            seen += 1
            yield begin, end
            if _COLUMNS.search(line) and not any(True for _ in _days(page, begin, end)):
                return
        end = begin - 1


def _lines_below(page: Page, end: int) -> Iterator[tuple[int, int]]:
    """The first line with words below an offset, unless it heads a table of its own."""
    text = page.document.text
    lines: list[tuple[int, int]] = []
    at = end
    while at < len(text) and len(lines) < BELOW:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        if text[at:stop].strip():
            lines.append((at, stop))
        at = stop + 1
    heads = len(lines) > 1 and _COLUMNS.search(text[slice(*lines[1])])
    return iter([] if heads else lines[:1])


def _days(page: Page, start: int, end: int) -> Iterator[tuple[int, Dated]]:
    """The days of a line that its words give to results: 0 collected, 1 of results, 2 reported."""
    before = start
    days = [d for d in within(page.dates, start, end) if d.kind == "day" and d.end <= end]
    for dated in days:
        label = page.folded[before : dated.start].strip(" :|-(#*\u2022")
        label = _APART.split(label)[-1].strip(" :#*.")
        label = re.sub(r" (?:on|at|of|from|from the)$", "", label)
        rank = _ranks().get(label)
        if rank is None and len(days) == 1 and len(label.split()) <= 5:
            rank = 1 if _of_results(label) else None
        if rank is not None:
            yield rank, dated
        before = dated.end


def _of_results(label: str) -> bool:
    last = label.split()[-2:]
    return any(word in _ranks() and _ranks()[word] == 1 for word in last)


@cache
def _ranks() -> dict[str, int]:
    """Words before a day -> how well they date results."""
    columns = load("columns")
    ranks: dict[str, int] = {}
    for rank, role in ((0, "collected"), (2, "resulted")):
        for name in (*columns["roles"][role], *columns["dated"][role]):
            for label in (name, f"date {name}", f"{name} date", f"specimen {name}"):
                ranks.setdefault(label, rank)
    for label in words()["day_labels"]:
        ranks.setdefault(str(label), 1)
    return ranks
