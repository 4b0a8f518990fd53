"""Text cut into blocks and sentences, with offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from indicated.facts.cues import words
from indicated.facts.parts import Spanned

LONGEST = 800  # characters; a longer "sentence" is cut, so that no sentence costs more than that
WRAPPED = 60  # a line at least this long may have been wrapped in mid-sentence

_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
BULLET = re.compile(r"[ \t]*(?:[-*\u2022\u2023\u25cf\u25aa\u25e6+]|\(?\d{1,2}[.)])[ \t]+(?=\S)")
_STOP = re.compile(r"[.!?][\"')\]*\u201d]*\s+(?=[^\sa-z])|(?<=[a-z]{3})[.]\s+(?=[a-z])")
_ENUMERATED = re.compile(r"(?:^|[:;.]\s+|\s)\d{1,2}\.$")


def blocks(text: str) -> list[tuple[int, int]]:
    """Paragraphs, bullets and lines that stand for themselves.

    A line belongs to the one before when that one was long enough to have been wrapped, or when
    it goes on in lower case.
    """
    out: list[tuple[int, int]] = []
    open_block = False
    last_length = 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        line = match[0].strip()
        if not line:
            open_block = False
            continue
        alone = "|" in line or line.startswith("#") or BULLET.match(match[0]) is not None
        tabular = "\t" in match[0].strip() or "   " in line
        joined = open_block and not alone and not tabular and _goes_on(line, last_length)
        if joined:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
        open_block = not (line.startswith("#") or "|" in line or tabular or line.endswith(":"))
        last_length = len(line)
        if start == end:
            break
    return out


def _goes_on(line: str, last_length: int) -> bool:
    return last_length >= WRAPPED or line[0].islower()


def sentences(text: str, start: int, end: int, keep: Sequence[Spanned]) -> list[tuple[int, int]]:
    """The sentences of one block. No cut falls inside any of `keep` (sorted, not overlapping)."""
    out: list[tuple[int, int]] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        at = stop.end()
        i = bisect_right(keep, stop.start(), key=_start) - 1
        if i >= 0 and keep[i].end > stop.start() + 1:
            continue
        if text[stop.start()] == "." and _abbreviated(text, begin, stop.start()):
            continue
        out += _bounded(text, begin, at)
        begin = at
    return out + _bounded(text, begin, end)


def _start(span: Spanned) -> int:
    return span.start


def _abbreviated(text: str, begin: int, stop: int) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial of a species or "1."."""
    near = text[max(begin, stop - 6) : stop + 1]
    if _ENUMERATED.search(near):
        before = near[:-1].rstrip("0123456789").rstrip()
        return not before or before[-1] in ":;."
    word = re.search(r"[\w.]{1,8}$", text[max(begin, stop - 8) : stop])
    if word is None or (word[0].isupper() and len(word[0]) > 1):
        return False  # "PT." ends a sentence, "pt." does not
    return word[0].lower() in words()["abbreviations"]


def _bounded(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Without surrounding blanks; cut at a blank where it is too long."""
    out = []
    while begin < end:
        cut = end
        if end - begin > LONGEST:
            half, most = begin + LONGEST // 2, begin + LONGEST
            cut = next((at for c in ";, " if (at := text.rfind(c, half, most) + 1)), most)
        a, b = begin, cut
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            out.append((a, b))
        begin = cut
    return out
