"""What a sentence commits to: numbers with units and comparators, days, sides, directions, names.

Each function reads any text the same way, so that a sentence and its support are compared like
with like. What is ambiguous is read in the way that makes a difference visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from indicated.model import Concepts
from indicated.once import per_vocabulary
from indicated.units import shown, unit_names

Partial = tuple[int, int, int]  # year, month or 0, day or 0

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = tuple(
    re.compile(p, re.I)
    for p in (
        r"(?<![\w.-])(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?(?![\w-])",
        r"(?<![\w/.])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})(?![\w/])",
        r"(?<![\w.])(?P<d>\d{1,2})(?:st|nd|rd|th)? " + _MONTH.format("mon") + r",? (?P<y>\d{4})\b",
        r"\b" + _MONTH.format("mon") + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})\b",
        r"\b" + _MONTH.format("mon") + r",? (?P<y>\d{4})\b",
        r"(?<![\w./%-])(?P<y>(?:19|20)\d{2})(?![\w%/-]|[.,]\d)(?! ?(?:mg|g|mL|U|IU|kg|cells|×))",
    )
)

NUMBER_WORDS = {
    "once": 1, "one": 1, "single": 1, "daily": 1, "weekly": 1, "monthly": 1, "yearly": 1,
    "annually": 1, "qd": 1, "twice": 2, "two": 2, "bid": 2, "biweekly": 2, "fortnightly": 2,
    "three": 3, "tid": 3, "four": 4, "qid": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip


def split_dates(text: str) -> tuple[set[Partial], str]:
    """The days named in a text, in any of the usual forms, and the text without them.

    >>> split_dates("11/03/2025")[0] == split_dates("November 3, 2025")[0] == {(2025, 11, 3)}
    True
    >>> split_dates("IgG 495 mg/dL, Nov 2025")
    ({(2025, 11, 0)}, 'IgG 495 mg/dL,         ')
    """
    found, rest = _dates(text)
    return {day for _, _, day in found}, rest


def stretches(text: str) -> set[tuple[Partial, Partial]]:
    """Stretches of time: "3 Jan 2024 to 5 Mar 2025", "between ... and ..."; order counts.

    >>> stretches("from 2024 to 5 Mar 2025")
    {((2024, 0, 0), (2025, 3, 5))}
    """
    found, _ = _dates(text)
    joined = re.compile(r"\s*(?:to|and|until|[–-])\s*", re.I)
    return {
        (a, b)
        for (_, end, a), (start, _, b) in pairwise(sorted(found))
        if joined.fullmatch(text[end:start])
    }


def _dates(text: str) -> tuple[list[tuple[int, int, Partial]], str]:
    """Days with their places, and the text with spaces in their stead."""
    found: list[tuple[int, int, Partial]] = []

    def take(match: re.Match[str]) -> str:
        groups = match.groupdict()
        year = int(groups["y"])
        year += 2000 if year < 100 else 0
        month = int(groups.get("m") or 0)
        if groups.get("mon"):
            month = _MONTHS.index(groups["mon"][:3].lower()) + 1
        found.append((match.start(), match.end(), (year, month, int(groups.get("d") or 0))))
        return " " * len(match[0])

    for pattern in _DATES:
        text = pattern.sub(take, text)
    return found, text


def dates_agree(said: Partial, carried: Iterable[Partial]) -> bool:
    """Whether a day is one of the carried ones, or a coarser form of one ("2025" of 3 Nov 2025)."""
    y, m, d = said
    return any(y == Y and m in (0, M) and (d in (0, D)) for Y, M, D in carried)


# --- numbers -------------------------------------------------------------------------------

_AMBIGUOUS = frozenset(["in", "a", "c", "x", "m", "u", "y", '"', "'", "count", "point", "points"])


@dataclass(frozen=True)
class Amount:
    """A number or a range as a text gives it. `unit` is a UCUM code, or "" where none stands."""

    comparator: str  # "" < <= > >=
    low: Decimal
    high: Decimal
    unit: str


@lru_cache(maxsize=1)
def _unit_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {n: c for n, c in unit_names().items() if n not in _AMBIGUOUS}
    for code in set(names.values()):
        printed = shown(code).casefold()
        if printed and printed not in _AMBIGUOUS:
            names.setdefault(printed, code)
    longest = sorted(names, key=len, reverse=True)
    body = "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in longest)
    return re.compile(rf"[\s\u202f-]?(?:{body})(?![\w/²%])", re.I), names


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,-])(?P<low>{_NUMBER})(?:(?:\s?[–-]\s?|\s+to\s+)(?P<high>{_NUMBER}))?(?!\d)"
)
_MORE = r"(?:less|fewer|lower|below|under)"
_LESS = r"(?:more|greater|higher|above|over)"
_COMPARATORS = tuple(
    (re.compile(rf"(?:{words})\s*$", re.I), sign)
    for words, sign in (
        (rf"(?:not|no) {_MORE}(?: than)?|at least|≥|>=|minimum(?: of)?", ">="),
        (rf"(?:not|no) {_LESS}(?: than)?|at most|up to|≤|<=|maximum(?: of)?", "<="),
        (r"below|under|(?:less|fewer|lower) than|<", "<"),
        (r"above|over|(?:more|greater|higher) than|exceeds|exceeding|>", ">"),
    )
)


def _comparator(before: str, after: str) -> str:
    for pattern, sign in _COMPARATORS:
        if pattern.search(before):
            return sign
    if re.match(r"\s*(?:or more|or above|or higher|and above)\b", after, re.I):
        return ">="
    return "<=" if re.match(r"\s*(?:or less|or below|or fewer|or lower)\b", after, re.I) else ""


def amounts(text: str) -> set[Amount]:
    """Every number of a text with its range, unit and comparator. Days are not numbers here.

    >>> [(a.comparator, str(a.low), a.unit) for a in amounts("IgG below 400 mg/dL")]
    [('<', '400', 'mg/dL')]
    >>> amounts("0.3–0.5 g/kg") == amounts("0.3 to 0.5 g/kg"), amounts("24%") == amounts("24")
    (True, False)
    """
    text = split_dates(text)[1]
    pattern, names = _unit_pattern()
    found: set[Amount] = set()
    for match in _AMOUNT.finditer(text):
        low = Decimal(match["low"].replace(",", ""))
        end = match.end() if match["high"] else match.end("low")
        unit = pattern.match(text, end)
        code = ""
        if unit:
            code = names[" ".join(unit[0].strip(" -\u202f").casefold().split())]
            end = unit.end()
        sign = _comparator(text[: match.start()], text[end:])
        if match["high"]:
            found.add(Amount(sign, low, Decimal(match["high"].replace(",", "")), code))
        else:
            found.add(Amount(sign, low, low, code))
    return found


def numbers(text: str) -> set[Decimal]:
    """Every number that a text holds in any form, digits or words: for "is it there at all?"

    >>> sorted(numbers("q4w, twice, 1,200 mg"))
    [Decimal('2'), Decimal('4'), Decimal('1200')]
    """
    found = {Decimal(n.replace(",", "")) for n in re.findall(_NUMBER, text)}
    words = re.findall(r"[a-z]+", text.casefold())
    return found | {Decimal(NUMBER_WORDS[w]) for w in words if w in NUMBER_WORDS}


# --- words that turn a sentence round ---------------------------------------------------------

_SIDES = {
    "left": "left", "right": "right", "bilateral": "both", "bilaterally": "both", "both": "both",
    "unilateral": "one", "unilaterally": "one",
}  # fmt: skip
_DIRECTION_WORDS = """
    above over more greater higher highest high raised elevated increase increased increases
    rise rises exceeds improved better below under less fewer lower lowest low reduced decrease
    decreased decreases fall falls drop worse declined
"""
_NEGATING_WORDS = """
    no not never none neither nor without cannot absent denies denied negative lacks
"""
_DIRECTIONS = frozenset(_DIRECTION_WORDS.split())
_NEGATIONS = frozenset(_NEGATING_WORDS.split())
DECISIONS = (
    "not medically necessary", "medically necessary", "not necessary", "necessary",
    "not indicated", "indicated only", "indicated with changes", "indicated, with changes",
    "indicated", "not met", "met", "cannot be determined", "not shown", "outside", "within",
    "off-label", "labelled", "contradicted", "agrees", "unknown", "toward not indicated",
    "toward indicated", "investigational", "accepted", "not recommended",
)  # fmt: skip
_DECISION = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, DECISIONS), key=len, reverse=True)) + r")\b", re.I
)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:-[a-z]+)*", text.casefold().replace("n't", " not"))


def sides(text: str) -> set[str]:
    """The sides of the body that a text names."""
    return {_SIDES[w] for w in _words(text) if w in _SIDES}


def directions(text: str) -> set[str]:
    """The words and prefixes of more and less: "low" against "high", hypo- against hyper-."""
    found = {w for w in _words(text) if w in _DIRECTIONS}
    found |= {p for w in _words(text) for p in ("hypo", "hyper") if w.startswith(p)}
    return found


def negations(text: str) -> int:
    """How many words of a text negate."""
    return sum(w in _NEGATIONS for w in _words(text))


def decisions(text: str) -> set[str]:
    """Words that decide, the longest reading first ("not met" is not "met")."""
    return {m[0].casefold() for m in _DECISION.finditer(text)}


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
