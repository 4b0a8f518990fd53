"""Headings, and what standing under one of them means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from indicated.facts import text as plain
from indicated.facts.cues import load
from indicated.facts.fold import fold
from indicated.facts.parts import Sentence, Spanned

_MARK = r"[ \t]*(?:[-*\u2022][ \t]+)?(?:#{1,6}[ \t]*)?(?:\*\*|__)?(?:\d{1,2}[.)][ \t]*)?"
_HEADING = re.compile(
    _MARK + r"(?P<name>[a-z][a-z0-9 &/'()]{0,58}?)[ \t]*(?:\*\*|__)?[ \t]*"
    r"(?P<colon>:(?:\*\*|__)?|(?=\Z))"
)
_FIRST = re.compile(_MARK + r"(?P<word>[a-z][a-z0-9&/'()]*)")
_INLINE = frozenset(
    {"family", "history", "plan", "assessment-plan", "surgical"}
)  # ended by any other heading
_GLOSS = re.compile(r" \([^()]{0,40}\)$")  # "Allergies (verified 04/2025)"
# What stands under "Policy:" is a rule, until the patient is named.
_OF_PATIENT = re.compile(
    r"(?:(?:the |this |our )?(?:patient|pt|member)(?:'s)?(?: data| chart| record| findings)?\s?:|"
    r"(?:this|our) (?:patient|pt|man|woman|boy|girl|child|lady|gentleman)\b|"
    r"(?:he|she|his|her|chart|record|records|actual|findings|study|today|exam)\b)"
)
_MARKDOWN = re.compile(r"\s*#{1,6}\s")


@dataclass(frozen=True, slots=True)
class Heading:
    """A known heading: its section, where its text ends, and how far it holds."""

    section: str
    end: int
    alone: bool
    reach: str


@cache
def _names() -> dict[str, tuple[str, str]]:
    return {
        fold(name): (section, entry.get("reach", ""))
        for section, entry in load("sections").items()
        for name in entry["headings"]
    }


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _names())


def heading(text: str, folded: str, start: int, end: int) -> Heading | None:
    """The known heading with which a stretch of text begins, if it begins with one."""
    first = _FIRST.match(folded, start, end)
    if first is None or first["word"] not in _first_words():
        return None  # most sentences begin with no word of a heading
    match = _HEADING.match(folded, start, end)
    found = _names().get(" ".join(_GLOSS.sub("", match["name"]).split())) if match else None
    if match is None or found is None:
        return None
    alone = not text[match.end() : end].strip(" \t:*_")
    if alone and not match["colon"] and not _looks_like_heading(text[start:end]):
        return None
    return Heading(found[0], match.end(), alone, found[1])


def _looks_like_heading(raw: str) -> bool:
    """A heading without a colon has a mark, or its words begin with capitals."""
    names = [w for w in re.findall(r"[A-Za-z]+", raw) if len(w) > 3]
    return raw.lstrip().startswith(("#", "*", "_")) or bool(
        names and all(w[0].isupper() for w in names)
    )


def cut(text: str, folded: str, keep: Sequence[Spanned]) -> list[Sentence]:
    """The whole text as sentences, each with its section.

    A heading on a line of its own holds until the next one; "Labs: ..." at the head of a
    paragraph holds for the paragraph, in the midst of it for the sentence. The reach given in the
    data makes some hold longer or shorter.
    """
    out: list[Sentence] = []
    standing = ""
    for start, end in plain.blocks(text):
        section = standing
        table = "|" in text[start:end]
        if _unknown_heading(text[start:end]):
            section = standing = ""
        for a, b in plain.sentences(text, start, end, keep):
            bullet = plain.BULLET.match(text, a, b)
            body = bullet.end() if bullet and bullet.start() == a else a
            found = None if table else heading(text, folded, body, b)
            if found is None:
                if section == "rule" and _OF_PATIENT.match(folded, body, b):
                    section = standing = ""
                out.append(Sentence(a, b, section, table, body))
            elif found.alone:
                section = standing = found.section
            else:
                out.append(Sentence(a, b, found.section, table, found.end))
                if found.reach == "paragraph" or (a == start and found.reach != "sentence"):
                    section = found.section
                    standing = "" if a == start else standing
                elif section in _INLINE:
                    section = standing
    return out


def _unknown_heading(raw: str) -> bool:
    """A line that is a heading by its looks, whatever it says, ends the section before."""
    line = raw.strip()
    return bool(_MARKDOWN.match(raw)) or (line.endswith(":") and len(line) < 60 and "." not in line)
