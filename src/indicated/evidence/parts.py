"""What every importer gives: works as a file holds them, in pieces, and the cutting of passages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indicated.model import Work

# By how much a kind of work tells of what is indicated, most first. "" is a work that did not say.
TYPES = (
    "guideline", "systematic review", "label", "trial", "cohort", "coverage policy", "case report",
    "opinion",
)  # fmt: skip
STATUSES = ("current", "superseded", "concern", "retracted")  # the later one wins
MOST = 1_200  # characters of a passage: what a reader takes in at a glance
LEAST = 400  # a passage is not cut shorter where it could be longer
_SENTENCE = re.compile(r"[.!?;:][\"')\]]*\s+(?=[A-Z(\[\d•-])")
_PARAGRAPH = re.compile(r"\n\s*\n")


class NotImported(Exception):
    """A file that is not taken in; its one argument is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands under one heading and, where there are pages, on one page."""

    text: str
    section: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What one work says of another: that it is retracted, or that there is concern about it."""

    kind: str
    value: str
    status: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A work as a file holds it. Without an id, one is made of its text when it is added."""

    work: Work
    pieces: tuple[Piece, ...]
    notices: tuple[Notice, ...] = ()
    remarks: tuple[str, ...] = ()  # what of the file was left out, one sentence each


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage of a work's text: `gap` is the space between it and the next one."""

    text: str
    start: int
    end: int
    gap: str
    section: str = ""
    page: int | None = None


def cuts(pieces: Iterable[Piece]) -> tuple[Cut, ...]:
    """The passages of a work. Its text is theirs with their gaps; every offset counts in that.

    A passage ends where a paragraph does, else a sentence, else a line or word, and never runs on
    to another page or under another heading.

    >>> [(c.text, c.start, c.end, c.section) for c in cuts([Piece("One. "), Piece("Two.", "B")])]
    [('One.', 0, 4, ''), ('Two.', 6, 10, 'B')]
    """
    out: list[Cut] = []
    at = 0
    for piece in pieces:
        text = piece.text.strip()
        begins = at
        spans = list(_spans(text))
        for n, (start, end) in enumerate(spans):
            gap = text[end : spans[n + 1][0]] if n + 1 < len(spans) else "\n\n"
            out.append(
                Cut(text[start:end], begins + start, begins + end, gap, piece.section, piece.page)
            )
            at = begins + end + len(gap)
    return tuple(out)


def text_of(passages: Iterable[Cut]) -> str:
    """A work's text."""
    return "".join(f"{c.text}{c.gap}" for c in passages).rstrip("\n")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = _end(text, start)
        while end > start and text[end - 1].isspace():
            end -= 1
        yield start, end
        start = end
        while start < len(text) and text[start].isspace():
            start += 1


def _end(text: str, start: int) -> int:
    if len(text) - start <= MOST:
        return len(text)
    window = text[start : start + MOST]
    for boundary in (_PARAGRAPH, _SENTENCE):
        ends = [m.end() for m in boundary.finditer(window) if m.end() >= LEAST]
        if ends:
            return start + ends[-1]
    for sign in ("\n", " "):
        if (at := window.rfind(sign)) > 0:
            return start + at
    return start + MOST
