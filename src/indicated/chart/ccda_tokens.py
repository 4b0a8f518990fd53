"""Texts for comparison: words as words, numbers as numbers, days as days, however written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from indicated.chart.ccda_data import day_of, real
from indicated.chart.labs_dates import parse_day
from indicated.files.tree import Node
from indicated.model import Day

_DATE = re.compile(
    r"(?<!\w)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{8}|"
    r"(?:\d{1,2}[ -])?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[ ,-]+"
    r"(?:\d{1,2}(?:,? ?|-))?(?:\d{4})|"
    r"\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]{0,6}[ -]\d{4})(?!\w)",
    re.I,
)
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{2,4}T?\b)?", re.I)
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W_]+")
# Words that carry nothing here. "No" and "not" are none of them.
_EMPTY = frozenset({"of", "the", "and", "a", "in", "on", "at", "to", "by", "for", "is", "date"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text for comparison: words, numbers as numbers, days as days."""

    words: frozenset[str]
    numbers: frozenset[Decimal]
    days: frozenset[Day]

    def within(self, other: Tokens) -> bool:
        """Whether everything here is there too."""
        return (
            self.words - _EMPTY <= other.words
            and self.numbers <= other.numbers
            and self.days <= other.days
        )


@lru_cache(maxsize=20_000)
def tokens(text: str) -> Tokens:
    """The words, numbers and days of a text.

    >>> tokens("IgG 495.0 mg/dL, 03/12/2025 10:15").numbers
    frozenset({Decimal('495')})
    """
    days: set[Day] = set()

    def taken(match: re.Match[str]) -> str:
        day = day_of(match[0]) if match[0].isdigit() else parse_day(match[0].strip())
        if day is None:
            return match[0]
        days.add(day)
        return " "

    rest = _CLOCK.sub(" ", _DATE.sub(taken, text))
    numbers = {
        n.normalize()
        for m in _NUMBER.finditer(rest)
        if (n := real(m[0].replace(",", ""))) is not None
    }
    words = {w for w in _WORD.findall(_NUMBER.sub(" ", rest).lower()) if w}
    return Tokens(frozenset(words), frozenset(numbers), frozenset(days))


def said_of(entry: Node) -> Tokens:
    """Everything that an entry says in codes, displays, numbers and times."""
    texts: list[str] = []
    days: set[Day] = set()
    for node in entry.walk():
        texts += [node["displayName"], node["value"], node["unit"]]
        if node.tag in ("interpretationCode", "statusCode", "value", "code", "translation"):
            texts.append(node["code"])
        texts += [c for c in node.content if isinstance(c, str) and c.strip()]
        if (day := day_of(node["value"])) is not None and len(node["value"]) >= 4:
            days.add(day)
    found = tokens(" ; ".join(t for t in texts if t and not t.startswith("#")))
    return replace(found, days=found.days | days)
