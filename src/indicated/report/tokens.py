"""What a sentence commits to: numbers with units and comparators, days, sides, directions, names.

Each function reads any text the same way, so that a sentence and its support are compared like
with like. What is ambiguous is read in the way that makes a difference visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from indicated.messages import ENGLISH
from indicated.model import Concepts
from indicated.once import per_vocabulary
from indicated.report.reading import NUMBER, Reading, reading

Partial = tuple[int, int, int]  # year, month or 0, day or 0


def split_dates(text: str, language: str = ENGLISH) -> tuple[set[Partial], str]:
    """The days named in a text, in any of the usual forms, and the text without them.

    >>> split_dates("11/03/2025")[0] == split_dates("November 3, 2025")[0] == {(2025, 11, 3)}
    True
    >>> split_dates("IgG 495 mg/dL, Nov 2025")
    ({(2025, 11, 0)}, 'IgG 495 mg/dL,         ')
    >>> split_dates("3 de agosto de 2025", "es")[0]
    {(2025, 8, 3)}
    """
    found, rest = _dates(text, language)
    return {day for _, _, day in found}, rest


def stretches(text: str, language: str = ENGLISH) -> set[tuple[Partial, Partial]]:
    """Stretches of time: "3 Jan 2024 to 5 Mar 2025", "between ... and ..."; order counts.

    >>> stretches("from 2024 to 5 Mar 2025")
    {((2024, 0, 0), (2025, 3, 5))}
    """
    found, _ = _dates(text, language)
    joined = reading(language).between_days
    return {
        (a, b)
        for (_, end, a), (start, _, b) in pairwise(sorted(found))
        if joined.fullmatch(text[end:start])
    }


def _dates(text: str, language: str) -> tuple[list[tuple[int, int, Partial]], str]:
    """Days with their places, and the text with spaces in their stead."""
    found: list[tuple[int, int, Partial]] = []
    read = reading(language)

    def take(match: re.Match[str]) -> str:
        groups = match.groupdict()
        year = int(groups["y"])
        year += 2000 if year < 100 else 0
        month = int(groups.get("m") or 0)
        if groups.get("mon"):
            month = next(n for n, m in enumerate(read.months, 1) if m.fullmatch(groups["mon"]))
        found.append((match.start(), match.end(), (year, month, int(groups.get("d") or 0))))
        return " " * len(match[0])

    for pattern in read.dates:
        text = pattern.sub(take, text)
    return found, text


def dates_agree(said: Partial, carried: Iterable[Partial]) -> bool:
    """Whether a day is one of the carried ones, or a coarser form of one ("2025" of 3 Nov 2025)."""
    y, m, d = said
    return any(y == Y and m in (0, M) and (d in (0, D)) for Y, M, D in carried)


# --- numbers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amount:
    """A number or a range as a text gives it. `unit` is a UCUM code, or "" where none stands."""

    comparator: str  # "" < <= > >=
    low: Decimal
    high: Decimal
    unit: str


def _comparator(before: str, after: str, read: Reading) -> str:
    for pattern, sign in read.before:
        if pattern.search(before):
            return sign
    return next((sign for pattern, sign in read.behind if pattern.match(after)), "")


def amounts(text: str, language: str = ENGLISH) -> set[Amount]:
    """Every number of a text with its range, unit and comparator. Days are not numbers here.

    >>> [(a.comparator, str(a.low), a.unit) for a in amounts("IgG below 400 mg/dL")]
    [('<', '400', 'mg/dL')]
    >>> amounts("0.3–0.5 g/kg") == amounts("0.3 to 0.5 g/kg"), amounts("24%") == amounts("24")
    (True, False)
    >>> amounts("menos de 4 semanas", "es") == amounts("less than 4 weeks")
    True
    """
    text = split_dates(text, language)[1]
    read = reading(language)
    found: set[Amount] = set()
    for match in read.amount.finditer(text):
        low = Decimal(match["low"].replace(",", ""))
        end = match.end() if match["high"] else match.end("low")
        unit = read.unit.match(text, end)
        code = ""
        if unit:
            code = read.units[" ".join(unit[0].strip(" -\u202f").casefold().split())]
            end = unit.end()
        sign = _comparator(text[: match.start()], text[end:], read)
        if match["high"]:
            found.add(Amount(sign, low, Decimal(match["high"].replace(",", "")), code))
        else:
            found.add(Amount(sign, low, low, code))
    return found


def numbers(text: str, language: str = ENGLISH) -> set[Decimal]:
    """Every number that a text holds in any form, digits or words: for "is it there at all?"

    >>> sorted(numbers("q4w, twice, 1,200 mg"))
    [Decimal('2'), Decimal('4'), Decimal('1200')]
    """
    found = {Decimal(n.replace(",", "")) for n in re.findall(NUMBER, text)}
    return found | spelt(text, language)


def spelt(text: str, language: str = ENGLISH) -> set[Decimal]:
    """The numbers that a text writes as words.

    >>> spelt("cada tres semanas", "es")
    {Decimal('3')}
    """
    known = reading(language).numbers
    return {Decimal(known[w]) for w in _words(text) if w in known}


# --- words that turn a sentence round ---------------------------------------------------------


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold().replace("n't", " not"))


def sides(text: str, language: str = ENGLISH) -> set[str]:
    """The sides of the body that a text names."""
    known = reading(language).sides
    return {known[w] for w in _words(text) if w in known}


def directions(text: str, language: str = ENGLISH) -> set[str]:
    """The words and prefixes of more and less: "low" against "high", hypo- against hyper-."""
    read, words = reading(language), _words(text)
    found = {w for w in words if w in read.directions}
    return found | {p for w in words for p in read.direction_prefixes if w.startswith(p)}


def negations(text: str, language: str = ENGLISH) -> int:
    """How many words of a text negate."""
    known = reading(language).negations
    return sum(w in known for w in _words(text))


def decisions(text: str, language: str = ENGLISH) -> set[str]:
    """Words that decide, the longest reading first ("not met" is not "met")."""
    return {m[0].casefold() for m in reading(language).decision.finditer(text)}


# --- names of drugs, devices, procedures, organisms -------------------------------------------

NAMED_KINDS = frozenset(["drug", "device", "procedure", "organism"])


Names = dict[str, set[str]]  # a name -> the concepts that have it
Tables = tuple[Names, Names, dict[str, int]]


_PIECE = re.compile(r"[^\s,;:.()\[\]“”‘’/]+(?:\.\d+)?")


def _tables(concepts: Concepts, kinds: frozenset[str] | None) -> Tables:
    """Names in any case, names as they are written, and how many pieces the longest has that
    begins with a piece: most pieces of a text begin no name."""
    names: Names = {}
    exact: Names = {}
    for concept in concepts.by_id.values():
        if kinds is None or concept.kind in kinds:
            for name in (concept.label, *concept.names):
                names.setdefault(" ".join(name.casefold().split()), set()).add(concept.id)
            for name in concept.abbreviations:
                exact.setdefault(name, set()).add(concept.id)
    reach: dict[str, int] = {}
    for name in (*names, *exact):
        pieces = [p.casefold() for p in _PIECE.findall(name)]
        if pieces:
            reach[pieces[0]] = max(len(pieces) + 1, reach.get(pieces[0], 0))
    return names, exact, reach


@per_vocabulary
def _names_of_every_kind(concepts: Concepts) -> Tables:
    return _tables(concepts, None)


@per_vocabulary
def _names_of_named_kinds(concepts: Concepts) -> Tables:
    return _tables(concepts, NAMED_KINDS)


class Lexicon:
    """The names of a library's concepts, found in text as whole words, longest first."""

    def __init__(self, concepts: Concepts, *, every_kind: bool = False):
        self.concepts = concepts
        tables = _names_of_every_kind(concepts) if every_kind else _names_of_named_kinds(concepts)
        self._names, self._exact, self._reach = tables

    def find(self, text: str) -> list[tuple[int, int, frozenset[str]]]:
        """Mentions as (start, end, concept ids), not overlapping."""
        spans = [m.span() for m in _PIECE.finditer(text)]
        found: list[tuple[int, int, frozenset[str]]] = []
        i = 0
        while i < len(spans):
            step = 1
            start, end = spans[i]
            first = text[start:end].casefold()
            longest = max(self._reach.get(first, 0), self._reach.get(first.removesuffix("s"), 0))
            for n in range(min(longest, len(spans) - i), 0, -1):
                end = spans[i + n - 1][1]
                words = " ".join(text[start:end].split())
                ids = self._exact.get(words, set()) | self._names.get(words.casefold(), set())
                if not ids and words.endswith("s"):
                    ids = self._names.get(words[:-1].casefold(), set())
                if ids:
                    found.append((start, end, frozenset(ids)))
                    step = n
                    break
            i += step
        return found

    def without(self, text: str) -> str:
        """The text without the names found in it."""
        for start, end, _ in reversed(self.find(text)):
            text = text[:start] + " " + text[end:]
        return text

    def carried(self, said: frozenset[str], by: Iterable[frozenset[str]]) -> bool:
        """Whether what is named, or something narrower, is named by the support as well."""
        carried = {above for ids in by for id in ids for above in self.concepts.above(id)}
        return bool(said & carried)
