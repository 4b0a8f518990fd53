"""Where in a passage the words are that were sought, and the part of it that shows most of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from indicated.evidence.query import Query
from indicated.evidence.tables import TOKENS

LENGTH = 280  # characters of a snippet
_ON, _OFF = "\x02", "\x03"  # no text of a collection holds them
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a text, and the words in it that were sought; offsets count in the whole text."""

    start: int
    end: int
    marks: tuple[Span, ...] = ()


def marked(texts: Sequence[str], query: Query) -> list[tuple[Span, ...]]:
    """Where each text has words of the query, by the same stems by which an index finds them.

    >>> from indicated.evidence.query import query_of
    >>> marked(["Two infusions were given."], query_of("infusion"))
    [((4, 13),)]
    """
    out: list[tuple[Span, ...]] = [() for _ in texts]
    if not query.phrases:
        return out
    sql = sqlite3.connect(":memory:")
    try:
        sql.execute(f"CREATE VIRTUAL TABLE shown USING fts5 (text, tokenize='{TOKENS}')")
        sql.executemany("INSERT INTO shown (rowid, text) VALUES (?, ?)", list(enumerate(texts, 1)))
        said = " OR ".join(f'"{" ".join(p)}"' for p in query.phrases)
        found = sql.execute(
            "SELECT rowid, highlight(shown, 0, ?, ?) FROM shown WHERE shown MATCH ?",
            (_ON, _OFF, said),
        )
        for no, text in found:
            out[no - 1] = tuple(_spans(text))
    finally:
        sql.close()
    return out


def shown(text: str, marks: Sequence[Span]) -> Shown:
    """The part of a text that has the most of its marks, from one space to another."""
    if len(text) <= LENGTH:
        return Shown(0, len(text), tuple(marks))
    starts = [max(0, first - LENGTH // 4) for first, _ in marks] or [0]
    best = max(starts, key=lambda s: (sum(s <= a and b <= s + LENGTH for a, b in marks), -s))
    start = min(best, len(text) - LENGTH)
    end = start + LENGTH
    if start and (gap := text.find(" ", start, start + LENGTH // 4)) >= 0:
        start = gap + 1
    if end < len(text) and (gap := text.rfind(" ", end - LENGTH // 4, end)) > start:
        end = gap
    return Shown(start, end, tuple((a, b) for a, b in marks if start <= a and b <= end))


def _spans(text: str) -> list[Span]:
    before, *parts = text.split(_ON)
    at = len(before)
    out: list[Span] = []
    for part in parts:
        inside, _, after = part.partition(_OFF)
        out.append((at, at + len(inside)))
        at += len(inside) + len(after)
    return out
