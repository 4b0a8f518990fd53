"""Names of concepts in a text: whole words, the leftmost and longest, any case.

The automaton for all names is built once for a set of concepts and kept as long as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import ahocorasick

from indicated.facts.cues import listed
from indicated.facts.fold import fold
from indicated.facts.meanings import means_another
from indicated.facts.parts import Mention, leftmost_longest, within
from indicated.facts.spelling import Correction, Spelling
from indicated.model import Concept, Concepts
from indicated.once import per_vocabulary

_INITIALS = 3  # letters; behind as few in capitals an "S" is one of them, and no plural
SHORTEST = 3  # letters; a shorter name is ambiguous and belongs in `abbreviations`
_PREFIX = re.compile(r"([a-z]+)-$")
_SUFFIX = re.compile(r"-([a-z]+)")
_BEFORE_FIGURE = re.compile(r"(?<=[A-Za-z])-(?=\d)")
_AROUND = 40  # characters beside a misspelt word in which the rest of its name stands


@dataclass(frozen=True)
class Lexicon:
    """Every name of every concept, ready to be found; and every code."""

    concepts: Concepts
    automaton: Any
    by_code: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spelling: Spelling = field(default_factory=Spelling)

    def are(self, hit: Mention, kinds: frozenset[str]) -> bool:
        """Whether all that a name may mean is of these kinds."""
        return all(self.concepts[c].kind in kinds for c in hit.concepts)


@per_vocabulary
def lexicon(concepts: Concepts) -> Lexicon:
    """The lexicon of these concepts, built on first use."""
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
    coded = {c: tuple(dict.fromkeys(i)) for c, i in by_code.items()}
    return Lexicon(concepts, automaton, coded, Spelling(entries))


def _names(concept: Concept) -> Iterator[tuple[str, str]]:
    """(folded name, name as it must be written or "")."""
    for name in dict.fromkeys((concept.label, *concept.names)):
        if len(name) >= SHORTEST:
            folded = " ".join(fold(name).split())
            yield folded, ""
            if "-" in name and _BEFORE_FIGURE.search(name):  # "IGF-1" is written "IGF1" as well
                yield " ".join(fold(_BEFORE_FIGURE.sub("", name)).split()), ""
            if "'s" in folded:  # "Crohn's disease" is written "Crohns" and "Crohn" as well
                yield folded.replace("'s", "s"), ""
                yield folded.replace("'s", ""), ""
    for name in concept.abbreviations:
        if name.strip():
            yield " ".join(fold(name).split()), name.strip()
            if "-" in name and _BEFORE_FIGURE.search(name):  # "PHQ-9" is written "PHQ9" as well
                joined = _BEFORE_FIGURE.sub("", name).strip()
                yield " ".join(fold(joined).split()), joined


def find_mentions(text: str, lower: str, folded: str, lex: Lexicon) -> list[Mention]:
    """Every mention in a text, longest name first where names overlap."""
    if not lex.automaton:
        return []
    hits = _hits(text, folded, lex, 0)
    hits += [hit for fix in lex.spelling.corrections(folded) for hit in _respelt(folded, fix, lex)]
    hits += _parted(text, folded, lex)
    names = _with_inner(folded, leftmost_longest(hits), hits, lex)
    names = sorted([*names, *_inside_states(folded, names, hits, lex)], key=lambda h: h.start)
    found = (_compound(lower, hit) for hit in names)
    return [m for m in found if m is not None and not means_another(folded, m.start, m.end)]


_STATES = frozenset({"state", "symptom"})
_TREATMENTS = frozenset({"drug", "device", "procedure", "service"})
_TRIAL = re.compile(
    r"(?!no\b|not\b|never\b|without\b|has not\b|have not\b).*?\bfail(?:ed|ure|s|ing)\b"
)
_NO = re.compile(
    r"(?:no|without|denies|denied|negative for|free of|absence of|never had|has never had)\s"
    r"(?:(?:known|prior|previous|active|any|an?|(?:personal |known )?history of)\s)*"
)
# What was never begun: "no trial of A", "has not tried A".
_UNTRIED = re.compile(
    r"(?:(?:(?:has|have|had) )?(?:not|never) (?:yet |ever )?(?:been )?"
    r"(?:had|done|tried|used|taken|received|undergone|attempted|started|begun|given|prescribed)|"
    r"no (?:prior |previous )?(?P<record>documented |recorded |documentation of |record of )?"
    r"(?:an? )?(?:prior |previous |adequate )?(?:trials?|use|course|prescription) of)\s"
    r"(?:(?:an?|any|the|either)\s)?"
)
_NAIVE = re.compile(r"\bnaive\b")
_COUNTED = re.compile(r"(?:days?|weeks?|wks?|months?|years?) ")  # "14 weeks pregnant"
_FOUND = frozenset({"state", "symptom", "disease"})
_EVER = re.compile(r"\b(?:never|history)\b")  # such a denial holds of all times
_VALUES = frozenset({"measurement", "score"})


def _with_inner(
    folded: str, names: list[Mention], hits: list[Mention], lex: Lexicon
) -> list[Mention]:
    """The names, each of a state with the measurements in it that have no number there."""
    measured = sorted((h for h in hits if lex.are(h, _VALUES)), key=lambda h: h.start)
    if not measured:
        return names
    out = []
    for name in names:
        if lex.are(name, _STATES):
            inside = [
                h for h in within(measured, name.start, name.end)
                if h.end < name.end and not any(c.isdigit() for c in folded[h.end : name.end])
            ]  # fmt: skip
            name = replace(name, inner=tuple(leftmost_longest(inside)))
        out.append(name)
    return out


def _inside_states(
    folded: str, names: list[Mention], hits: list[Mention], lex: Lexicon
) -> list[Mention]:
    """What the name of a state says of other things.

    "Failed physical therapy" is a state to one policy, and to every other that physical therapy
    failed: the treatments in it are named too. "No foot drop", "never had a stroke" is a state to
    one, and to every other the denial of what it ends with. Who is "weeks pregnant" is pregnant.
    """
    found: list[Mention] = []
    starts: list[Mention] = []
    for name in names:
        if _COUNTED.match(folded, name.start, name.end) and lex.are(name, _VALUES):
            starts = starts or sorted(hits, key=lambda h: h.start)
            ends = [h for h in within(starts, name.start + 1, name.end) if h.end == name.end]
            found += leftmost_longest([h for h in ends if lex.are(h, _FOUND)])
        if not lex.are(name, _STATES):
            continue
        trial = _TRIAL.match(folded, name.start, name.end)
        denial = _NO.match(folded, name.start, name.end)
        untried = _UNTRIED.match(folded, name.start, name.end)
        naive = _NAIVE.search(folded, name.start, name.end)
        if not trial and not denial and not untried and not naive:
            continue
        starts = starts or sorted(hits, key=lambda h: h.start)
        inside = [h for h in within(starts, name.start, name.end) if h.end <= name.end]
        if trial:
            found += leftmost_longest([h for h in inside if lex.are(h, _TREATMENTS)])
        if naive:  # "DMARD naive", "naive to DMARDs"
            own = [
                h for h in inside if lex.are(h, _TREATMENTS) and (h.start, h.end) in
                ((name.start, naive.start() - 1), (naive.end() + 4, name.end))
            ]  # fmt: skip
            found += [
                replace(h, start=name.start, end=name.end, negated="never")
                for h in leftmost_longest(own)
            ]
        if untried:
            ends = [
                h
                for h in inside
                if h.start == untried.end() and h.end == name.end and lex.are(h, _TREATMENTS)
            ]
            effect = "not_documented" if untried["record"] else "never"
            found += [replace(h, negated=effect) for h in leftmost_longest(ends)]
        if denial:
            ends = [
                h for h in inside
                if h.start > name.start and h.end == name.end
                and _NO.fullmatch(folded, name.start, h.start) and not lex.are(h, _VALUES)
            ]  # fmt: skip
            effect = "never" if _EVER.search(folded, name.start, denial.end()) else "absent"
            found += [replace(h, negated=effect) for h in leftmost_longest(ends)]
    return found


def _hits(text: str, folded: str, lex: Lexicon, offset: int) -> list[Mention]:
    """Names in a text that stands at an offset of the whole."""
    hits: list[Mention] = []
    for last, (length, who) in lex.automaton.iter(folded):
        start, end = last + 1 - length, last + 1
        if start and folded[start - 1].isalnum() and folded[start].isalnum():
            continue  # inside of a word, as most are
        stop = _right_edge(folded, end)
        if stop is None:
            continue
        if stop > end and length <= _INITIALS and text[end] == "S":
            continue  # "MSS" is no plural of "MS"
        ids = tuple(
            dict.fromkeys(id for id, exact in who if not exact or _written(text, start, end, exact))
        )
        if ids:
            hits.append(Mention(start + offset, stop + offset, ids))
    return hits


_PARTED = re.compile(r"(?<=[A-Za-z])-[ \t]?\r?\n[ \t]*(?=[a-z])")


def _parted(text: str, folded: str, lex: Lexicon) -> list[Mention]:
    """Names that a line's end parts at a hyphen, which is theirs ("vaso-" / "occlusive") or not
    ("hydroxy-" / "urea")."""
    found = []
    for part in _PARTED.finditer(text):
        for between in (" ", ""):
            fix = Correction(part.start(), part.end(), between)
            found += [replace(m, misspelt=False) for m in _respelt(folded, fix, lex)
                      if m.start < part.start() and part.end() < m.end]  # fmt: skip
    return found


def _respelt(folded: str, fix: Correction, lex: Lexicon) -> Iterator[Mention]:
    """Names that a misspelt word is part of, with their places in the text as it is written."""
    low = max(0, fix.start - _AROUND)
    before, after = folded[low : fix.start], folded[fix.end : fix.end + _AROUND]
    window = before + fix.word + after
    longer = len(fix.word) - (fix.end - fix.start)
    for hit in _hits(window, window, lex, 0):
        if hit.start < len(before) + len(fix.word) and len(before) < hit.end:
            end = max(hit.end - longer, len(before) + fix.end - fix.start)
            yield Mention(hit.start + low, end + low, hit.concepts, misspelt=True)


def _right_edge(folded: str, end: int) -> int | None:
    """Where the name ends, a plural "s" included; None inside a word."""
    if end == len(folded) or not (folded[end].isalnum() and folded[end - 1].isalnum()):
        return end
    if folded[end] == "s" and (end + 1 == len(folded) or not folded[end + 1].isalnum()):
        return end + 1
    return None


def _written(text: str, start: int, end: int, exact: str) -> bool:
    """Whether an abbreviation stands there as it must be written, or so at a sentence's head."""
    here = " ".join(re.split(r"[\s\u2010-\u2015-]+", text[start:end]))
    due = " ".join(re.split(r"[\s-]+", exact))
    return here == due or (due.islower() and here == due.capitalize())


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
    effect = "never" if suffix in listed("words", "suffixes", "never") else "absent"
    return Mention(start, end, hit.concepts, effect, hit.misspelt)
