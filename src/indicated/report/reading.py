"""The words by which a finished sentence is read back, language by language.

They are data (`library/cues/reading.yaml`); the names of units stand with the messages. English
counts in every language, because records and policies are quoted in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from indicated.messages import ENGLISH, load_messages
from indicated.units import shown, unit_names

FILE = "library/cues/reading.yaml"
UNITS = ("unit.", "unit_one.")  # messages that name units
Comparators = tuple[tuple[re.Pattern[str], str], ...]

_AMBIGUOUS = frozenset(["in", "a", "c", "x", "m", "u", "y", '"', "'", "count", "point", "points"])
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


@dataclass(frozen=True)
class Reading:
    """What a language reads as a month, a number, a comparison, a unit, and as turning round."""

    months: tuple[re.Pattern[str], ...]
    dates: tuple[re.Pattern[str], ...]
    between_days: re.Pattern[str]
    amount: re.Pattern[str]
    unit: re.Pattern[str]
    units: Mapping[str, str]  # name, case-folded -> UCUM code
    before: Comparators
    behind: Comparators
    numbers: Mapping[str, int]
    sides: Mapping[str, str]
    directions: frozenset[str]
    direction_prefixes: tuple[str, ...]
    negations: frozenset[str]
    decision: re.Pattern[str]


@lru_cache(maxsize=8)
def reading(language: str = ENGLISH) -> Reading:
    """How sentences in that language are read: its own words beside those of English."""
    tables = _tables()
    own = [tables[x] for x in dict.fromkeys((ENGLISH, language)) if x in tables]

    def joined(key: str) -> str:
        return "|".join(f"(?:{t[key]})" for t in own if t[key])

    def words(key: str) -> list[str]:
        return [w for t in own for w in t[key].split()]

    months = ["|".join(x) for x in zip(*(t["months"] for t in own), strict=True)]
    units = _units(language)
    decisions = sorted({d for t in own for d in t["decisions"]}, key=len, reverse=True)
    return Reading(
        months=tuple(re.compile(m, re.I) for m in months),
        dates=tuple(_dates("|".join(months), joined("of_month"))),
        between_days=re.compile(rf"\s*(?:{joined('between_days')}|[–-])\s*", re.I),
        amount=re.compile(
            rf"(?<![\w.,-])(?P<low>{NUMBER})"
            rf"(?:(?:\s?[–-]\s?|\s+(?:{joined('between_numbers')})\s+)(?P<high>{NUMBER}))?(?!\d)",
            re.I,
        ),
        unit=_unit_pattern(units),
        units=units,
        before=_comparators(own, "before", r"(?:{})\s*$"),
        behind=_comparators(own, "behind", r"\s*(?:{})\b"),
        numbers={word: n for t in own for word, n in t["numbers"].items()},
        sides={word: side for t in own for word, side in t["sides"].items()},
        directions=frozenset(words("directions")),
        direction_prefixes=tuple(words("direction_prefixes")),
        negations=frozenset(words("negations")),
        decision=re.compile(rf"\b(?:{'|'.join(map(re.escape, decisions))})\b", re.I),
    )


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    text = files("indicated").joinpath(FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _dates(months: str, of: str) -> Iterator[re.Pattern[str]]:
    """The usual forms of a day, in the order in which they are tried."""
    month = rf"(?P<mon>{months})[^\W\d_]*\.?"
    gap = rf"(?: (?:{of}))? " if of else " "
    for pattern in (
        r"(?<![\w.-])(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?(?![\w-])",
        r"(?<![\w/.])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})(?![\w/])",
        rf"(?<![\w.])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{gap}{month},?{gap}(?P<y>\d{{4}})\b",
        rf"\b{month} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})\b",
        rf"\b{month},?{gap}(?P<y>\d{{4}})\b",
        r"(?<![\w./%-])(?P<y>(?:19|20)\d{2})(?![\w%/-]|[.,]\d)(?! ?(?:mg|g|mL|U|IU|kg|cells|×))",
    ):
        yield re.compile(pattern, re.I)


def _comparators(own: list[Any], key: str, around: str) -> Comparators:
    """Signs in the order of the file; in each, the words of every language."""
    signs = dict.fromkeys(sign for t in own for sign in t[key])
    patterns = (("|".join(t[key][sign] for t in own if sign in t[key]), sign) for sign in signs)
    return tuple((re.compile(around.format(words), re.I), sign) for words, sign in patterns)


def _units(language: str) -> dict[str, str]:
    names = {n: c for n, c in unit_names().items() if n not in _AMBIGUOUS}
    for code in set(names.values()):
        printed = shown(code).casefold()
        if printed and printed not in _AMBIGUOUS:
            names.setdefault(printed, code)
    for id, name in load_messages(language).table.items():
        if id.startswith(UNITS):
            names.setdefault(name.casefold(), id.partition(".")[2])
    return names


def _unit_pattern(names: Mapping[str, str]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    body = "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in longest)
    return re.compile(rf"[\s\u202f-]?(?:{body})(?![\w/²%])", re.I)
