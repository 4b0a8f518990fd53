"""Levels of graded things as charts write them: "3-/5", "Wagner III" or "3", "cT2 N1 M0".

Roman and arabic figures are the same level. A T, N or M category with its prefix, or in a row of
them, names what it grades by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from indicated.facts.cues import listed
from indicated.facts.frame import Frame
from indicated.facts.parts import Mention, Span, Spanned, apart
from indicated.model import Concept, Concepts
from indicated.once import per_vocabulary

_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_CATEGORY = re.compile(r"([TNM])(\d|is|x)", re.IGNORECASE)
_TNM = re.compile(
    r"(?<![\w-])(?P<said>(?:[Ss]tage|STAGE|[Ss]taged|[Ss]taged as|[Cc]ategory|[Aa]t least)\s)?"
    r"(?P<prefix>[cpyra]{0,3})(?P<first>T(?:[0-4]|is|x|X)(?:mi|[a-d])?)"
    r"(?P<rest>(?:[\s,]{0,2}[cpyr]{0,2}[NM](?:[0-3]|x|X)(?:mi|[a-c])?(?:\([^)]{0,8}\))?){0,2})(?!\w)"
)
_ONE = re.compile(r"[cpyra]{0,3}(?P<letter>[TNM])(?:\d|is|x|X)(?:mi|[a-d])?")
_TO_ANOTHER = re.compile(r"\s?(?:-|to|through|thru|or|and|/)\s?")
_WORD = re.compile(r"[a-z']+")
_NEAR = 30


@cache
def is_scale(levels: tuple[str, ...]) -> bool:
    """Whether the levels are figures, which mean nothing without the name of the scale.

    >>> is_scale(("I", "II", "III")), is_scale(("mild", "severe")), is_scale(("3-/5", "3/5"))
    (True, False, True)
    """
    figures = [x for x in levels if x in _ROMANS or any(c.isdigit() for c in x)]
    return bool(levels) and 2 * len(figures) > len(levels) and all(" " not in x for x in levels)


@cache
def _pattern(levels: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(levels, key=len, reverse=True)
    groups = "|".join(f"(?P<l{levels.index(x)}>{_spellings(x)})" for x in longest)
    return re.compile(rf"(?<![\w/.+])(?:{groups})(?![\w/+%]|-/|\.\d)")


def _spellings(level: str) -> str:
    """One level as a pattern over text in lower case."""
    if level in _ROMANS:
        return f"{level.lower()}|{_ROMANS.index(level) + 1}"
    if category := _CATEGORY.fullmatch(level):
        return rf"[cpyr]{{0,3}}{category[1].lower()}{category[2].lower()}(?:mi|[a-d])?"
    if level.isdigit() and 0 < int(level) <= len(_ROMANS):
        return f"{level}|{_ROMANS[int(level) - 1].lower()}"
    out = re.escape(level.lower()).replace(r"\ ", r"\s")
    out = out.replace(r"\-", r"\s?-").replace(r"\+", r"\s?\+")
    return out.replace("/", r"\s?(?:/|out\sof)\s?")


def find_levels(
    frame: Frame, low: int, high: int, levels: tuple[str, ...]
) -> Iterator[tuple[str, Span]]:
    """Every level in a stretch; of two that are joined to a range, none."""
    lower, text = frame.page.lower, frame.page.document.text
    found = []
    for match in _pattern(levels).finditer(lower, low, high):
        written = text[match.start() : match.end()]
        if match[0].isalpha() and not written.isupper() and match[0].upper() in _ROMANS:
            continue  # "i" is no figure
        found.append((levels[int((match.lastgroup or "l0")[1:])], Span(*match.span())))
    slashed = any("/" in level for level in levels)
    for i, (level, span) in enumerate(found):
        near = found[max(0, i - 1) : i] + found[i + 1 : i + 2]
        if slashed or not any(_ranged(lower, span, other) for _, other in near):
            yield level, span


def _ranged(lower: str, one: Span, other: Span) -> bool:
    a, b = sorted((one, other), key=lambda s: s.start)
    return _TO_ANOTHER.fullmatch(lower, a.end, b.start) is not None


def scale_of(frame: Frame, mention: Mention, concept: Concept) -> tuple[str, list[Spanned]]:
    """The level on a scale that stands with its name, or that is the name."""
    inside = list(find_levels(frame, mention.start, mention.end, concept.levels))
    if inside and inside[0][1].start == mention.start:
        return inside[0][0], [mention]
    high = min(frame.sentence.end, mention.end + _NEAR)
    for level, span in find_levels(frame, mention.end, high, concept.levels):
        if _joined(frame.text[mention.end : span.start]):
            return level, [span]
        break
    low = max(frame.sentence.start, mention.start - _NEAR)
    before = list(find_levels(frame, low, mention.start, concept.levels))
    if before and _joined(frame.text[before[-1][1].end : mention.start]):
        ahead = frame.text[low : before[-1][1].start]
        directly = before[-1][1].end + 1 >= mention.start
        if directly and any(w in listed("words", "level_words") for w in _WORD.findall(ahead)[-1:]):
            return before[-1][0], [before[-1][1]]
    return "", []


def _joined(gap: str) -> bool:
    """Whether only words like "grade" stand between a scale's name and the level."""
    if any(c in gap for c in ";.?!") or any(c.isdigit() for c in gap):
        return False
    return all(w in listed("words", "level_words") for w in _WORD.findall(gap))


def with_stages(text: str, mentions: Sequence[Mention], concepts: Concepts) -> list[Mention]:
    """The mentions, and every tumour category that names itself ("pT1b", "T2N0")."""
    table = _categories(concepts)
    if not table:
        return list(mentions)
    found: list[Mention] = []
    for match in _TNM.finditer(text):
        if match["prefix"] or match["rest"] or match["said"]:
            found += _categories_in(text, match, table)
    if not found:
        return list(mentions)
    return sorted([*mentions, *apart(found, mentions)], key=lambda m: m.start)


def _categories_in(text: str, match: re.Match[str], table: dict[str, str]) -> Iterator[Mention]:
    for one in _ONE.finditer(text, match.start("prefix"), match.end()):
        if id := table.get(one["letter"]):
            yield Mention(one.start(), one.end(), (id,))


@per_vocabulary
def _categories(concepts: Concepts) -> dict[str, str]:
    """The concept that each of the letters T, N and M grades."""
    table: dict[str, str] = {}
    for concept in concepts.by_id.values():
        letters = {c[1].upper() for x in concept.levels if (c := _CATEGORY.fullmatch(x))}
        if len(letters) == 1:
            table.setdefault(letters.pop(), concept.id)
    return table
