"""What every index of a collection's passages does, and the one in the collection's own file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from indicated.evidence.collection import Collection
from indicated.evidence.query import Phrase, Query, Term

STANDING = ("current", "concern")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which works may answer. Empty: any."""

    types: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    since: int = 0  # year of the work; one without a year passes neither `since` nor `until`
    until: int = 0
    statuses: tuple[str, ...] = STANDING
    works: tuple[str, ...] = ()  # their ids


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage's number, and how well it fits: more is better."""

    passage: int
    score: float


class Index(Protocol):
    """Finds passages. Two indexes of one collection need not give the same scores; both find what
    has every term (`every`), or any of them, and always the literal ones."""

    def find(self, query: Query, filters: Filters, most: int, *, every: bool) -> list[Hit]:
        """The passages that fit best, best first."""
        ...


class InFile:
    """The index that stands in the collection's file: nothing to install, never out of date."""

    def __init__(self, collection: Collection):
        self._store = collection.store

    def find(self, query: Query, filters: Filters, most: int, *, every: bool) -> list[Hit]:
        """See `Index`."""
        if not query.terms:
            return []
        where, values = _where(filters)
        rows = self._store.rows(
            "SELECT words.rowid, -rank FROM words JOIN passage ON passage.no = words.rowid "
            "JOIN work ON work.no = passage.work "
            f"WHERE words MATCH ? {where} ORDER BY rank LIMIT ?",
            (expression(query, every=every), *values, most),
        )
        return [Hit(int(no), float(score)) for no, score in rows]


def expression(query: Query, *, every: bool) -> str:
    """The query in FTS5's language. Every word is quoted, so that none of them is a sign of it.

    >>> from indicated.evidence.query import query_of
    >>> expression(query_of('NOT "lung transplant" FEV1*'), every=True)
    '("lung transplant") AND ("fev1")'
    """
    literal = [t for t in query.terms if t.literal]
    others = [t for t in query.terms if not t.literal]
    parts = [_any(t) for t in literal]
    if others:
        if every:
            parts += map(_any, others)
        else:
            loose = (_phrase((w,)) for w in query.loose)
            parts.append(f"({' OR '.join((*map(_any, others), *loose))})")
    return " AND ".join(parts)


def _any(term: Term) -> str:
    return f"({' OR '.join(map(_phrase, term.phrases))})"


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


def _where(filters: Filters) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for column, wanted in (
        ("type", filters.types), ("jurisdiction", filters.jurisdictions),
        ("status", filters.statuses), ("id", filters.works),
    ):  # fmt: skip
        if wanted:
            parts.append(f"AND work.{column} COLLATE NOCASE IN ({_marks(wanted)})")
            values += wanted
    for sign, year in ((">=", filters.since), ("<=", filters.until)):
        if year:
            parts.append(f"AND work.year != '' AND CAST(work.year AS INTEGER) {sign} ?")
            values.append(year)
    return " ".join(parts), values


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
