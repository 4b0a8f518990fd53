"""Which pages of a bundle (a fax, a printed record) begin a document of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from indicated.chart.split import HEAD, date_of, mail_head, title_words
from indicated.chart.written import date_at
from indicated.cue_files import cue_file
from indicated.files.furniture import counter, edges, is_fax_stamp

TITLE_LINES = 3  # a running head may stand above the title
DATE_LINES = 3

_COVER = re.compile(r"\bfax(?:imile)?\b[ \t]*(?:cover|transmi)|\bcover (?:sheet|page)\b", re.I)
_SALUTATION = re.compile(r"^[ \t]*(?:dear [^\n]{2,60}[,:]|to whom it may concern)", re.I | re.M)


def first_pages(pages: Sequence[str]) -> list[int]:
    """The numbers (from 0) of the pages that begin a document; the first page always does.

    A page begins one when its own count starts again at 1, or when it has no count and a head of
    its own: a title that documents have with a date that differs, a letter's, a message's, or the
    first page after the cover sheet of a fax. Where the count runs through the whole file, as in a
    printed record, a page begins one with a title and, under it, a labelled date.
    """
    starts = [0]
    head = ""
    for i, page in enumerate(pages):
        lines = [line for line in edges(page.split("\n")) if not is_fax_stamp(line)]
        at, of = counter(lines)
        through = at > 1 and of == len(pages)
        now = _titled(lines) if through else _signature(lines, page)
        fresh = _begins(now, head, pages[i - 1]) if i and (through or not at) else False
        if i and page.strip() and (at == 1 or fresh):
            starts.append(i)
        if now and (through or not at > 1):
            head = now
    return starts


def _begins(now: str, head: str, before: str) -> bool:
    return bool(now) and (now != head or bool(_COVER.search(before[:HEAD])))


def _titled(lines: Sequence[str]) -> str:
    """A document's title among the first lines of a page and the labelled day right under it."""
    for i, line in enumerate(lines[:TITLE_LINES]):
        title = title_words(line)
        day = _labelled_day("\n".join(lines[i + 1 : i + 1 + DATE_LINES])) if title else None
        if day:
            return f"{title} {day}"
    return ""


def _labelled_day(text: str) -> date | None:
    every = [
        label
        for key in ("dates", "dates_marked", "dates_less")
        for label in cue_file("documents")[key]
    ]
    labels = "|".join(map(re.escape, every))
    found = re.search(rf"^[ \t]*(?:{labels})[ \t]*:[ \t]*", text, re.I | re.M)
    return date_at(text, found.end()) if found else None


def _signature(lines: Sequence[str], page: str) -> str:
    """What a page's head says that the head of another document would say otherwise; "" where it
    has no head of a document."""
    head = "\n".join(lines)[:HEAD]
    if _COVER.search(head):
        return "cover"
    if mail_head(head):
        return head[:200]
    title = next((t for line in lines[:8] if (t := title_words(line))), "")
    if not title and _SALUTATION.search(page[: 2 * HEAD]):
        title = "letter"
    written = date_of(head, "") if title else None
    return f"{title} {written}" if written else ""
