"""Names of concepts in a text: whole words, the leftmost and longest, any case.

The automaton for all names is built once for a set of concepts and kept as long as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ahocorasick

from indicated.facts.cues import listed
from indicated.facts.fold import fold
from indicated.facts.parts import Mention, leftmost_longest
from indicated.model import Concept, Concepts

SHORTEST = 3  # letters; a shorter name is ambiguous and belongs in `abbreviations`
_PREFIX = re.compile(r"([a-z]+)-$")
_SUFFIX = re.compile(r"-([a-z]+)")


@dataclass(frozen=True)
class Lexicon:
    """Every name of every concept, ready to be found; and every code."""

    concepts: Concepts
    automaton: Any
    by_code: dict[str, tuple[str, ...]] = field(default_factory=dict)


_BY_ID: dict[int, tuple[Concepts, Lexicon]] = {}  # by identity: concepts do not hash


def lexicon(concepts: Concepts) -> Lexicon:
    """The lexicon of these concepts, built on first use."""
    known = _BY_ID.get(id(concepts))
    if known is not None and known[0] is concepts:
        return known[1]
    built = _build(concepts)
    _BY_ID.clear()  # one set of concepts is in use at a time
    _BY_ID[id(concepts)] = (concepts, built)
    return built


def _build(concepts: Concepts) -> Lexicon:
    entries: dict[str, dict[tuple[str, str], None]] = {}
    by_code: dict[str, list[str]] = {}
    for concept in concepts.by_id.values():
        if concept.kind == "request":
            continue
        for key, exact in _names(concept):
            entries.setdefault(key, {})[(concept.id, exact)] = None
        for codes in concept.codes.values():
            for code in codes:
                by_code.setdefault(code.upper(), []).append(concept.id)
    automaton = ahocorasick.Automaton()
    for key, who in entries.items():
        automaton.add_word(key, (len(key), tuple(who)))
    automaton.make_automaton()
    return Lexicon(concepts, automaton, {c: tuple(dict.fromkeys(i)) for c, i in by_code.items()})


def _names(concept: Concept) -> Iterator[tuple[str, str]]:
    """(folded name, name as it must be written or "")."""
    for name in dict.fromkeys((concept.label, *concept.names)):
        if len(name) >= SHORTEST:
            yield " ".join(fold(name).split()), ""
    for name in concept.abbreviations:
        if name.strip():
            yield " ".join(fold(name).split()), name.strip()


def find_mentions(text: str, lower: str, folded: str, lex: Lexicon) -> list[Mention]:
    """Every mention in a text, longest name first where names overlap."""
    if not lex.automaton:
        return []
    hits: list[Mention] = []
    for last, (length, who) in lex.automaton.iter(folded):
        start, end = last + 1 - length, last + 1
        stop = _right_edge(folded, end)
        if stop is None or not _left_edge(folded, start):
            continue
        ids = tuple(
            dict.fromkeys(id for id, exact in who if not exact or _written(text, start, end, exact))
        )
        if ids:
            hits.append(Mention(start, stop, ids))
    return [m for hit in leftmost_longest(hits) if (m := _compound(lower, hit)) is not None]


def _left_edge(folded: str, start: int) -> bool:
    return start == 0 or not (folded[start - 1].isalnum() and folded[start].isalnum())


def _right_edge(folded: str, end: int) -> int | None:
    """Where the name ends, a plural "s" included; None inside a word."""
    if end == len(folded) or not (folded[end].isalnum() and folded[end - 1].isalnum()):
        return end
    if folded[end] == "s" and (end + 1 == len(folded) or not folded[end + 1].isalnum()):
        return end + 1
    return None


def _written(text: str, start: int, end: int, exact: str) -> bool:
    """Whether an abbreviation stands there as it must be written."""
    return " ".join(re.split(r"[\s\u2010-\u2015-]+", text[start:end])) == " ".join(
        re.split(r"[\s-]+", exact)
    )


def _compound(lower: str, hit: Mention) -> Mention | None:
    """A name with a prefix or suffix: "non-X" says there is none, "pre-X" is something else."""
    before = _PREFIX.search(lower[max(0, hit.start - 12) : hit.start])
    after = _SUFFIX.match(lower, hit.end, hit.end + 14)
    prefix, suffix = before[1] if before else "", after[1] if after else ""
    if prefix in listed("words", "prefixes", "other_meaning"):
        return None
    if suffix in listed("words", "suffixes", "other_meaning"):
        return None
    negated = prefix in listed("words", "prefixes", "negating") or suffix in listed(
        "words", "suffixes", "negating"
    )
    if not negated:
        return hit
    start = hit.start - len(prefix) - 1 if prefix else hit.start
    end = hit.end + len(suffix) + 1 if suffix and not prefix else hit.end
    return Mention(start, end, hit.concepts, True)
