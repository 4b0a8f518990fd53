"""Text cut into blocks and sentences, with offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from indicated.facts.cues import listed, words
from indicated.facts.parts import Spanned

LONGEST = 800  # characters; a longer "sentence" is cut, so that no sentence costs more than that
NARROW = 40  # characters; a line shorter than that was not wrapped, it ended
WRAPPED = 60  # a line at least this long may have been wrapped in mid-sentence
WIDTHS = range(55, 101)  # of a text that was wrapped throughout
NEARLY = 45  # a line of such a text that is shorter was not full

_YEAR = re.compile(r"(?:19|20)\d\d(?=[\s,;)])")
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\Z"
)
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
BULLET = re.compile(r"[ \t]*(?:[-*\u2022\u2023\u25cf\u25aa\u25e6+]|\(?\d{1,2}[.)])[ \t]+(?=\S)")
# A row of full stops leads to a value and "(!)" flags one: neither ends a sentence.
# (What stands before the mark is looked at behind it: so only marks are tried, not every letter.)
_STOP = re.compile(
    r"[.!?](?:(?<!\.\.\..)(?<!\. .)(?<!\(.)[\"')\]*\u201d]*\s+(?=[^\sa-z])|"
    r"(?<=[a-z]{3}[.])\s+(?=[a-z]))"
)
_REPLY = re.compile(r"[A-Za-z]+(?=\s*[.,;!)]|\s*\Z|\s*\n)")
_ENUMERATED = re.compile(r"(?:^|[:;.]\s+|\s)\d{1,2}\.$")


def blocks(text: str) -> list[tuple[int, int]]:
    """Paragraphs, bullets and lines that stand for themselves.

    A line belongs to the one before when that one was long enough to have been wrapped, when its
    first word would not have fitted there, when it hangs under a bullet, or when it goes on in
    lower case.
    """
    out: list[tuple[int, int]] = []
    open_block = False
    hanging: int | None = None  # where the text of the open bullet begins
    last = ""
    width = max(map(len, text.split("\n")))
    width = width if width in WIDTHS else 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        line = match[0].strip()
        if not line:
            open_block = False
            continue
        alone = "|" in line or line.startswith("#") or BULLET.match(match[0]) is not None
        tabular = "\t" in match[0].strip() or "   " in line
        bullet = BULLET.match(match[0])
        indent = len(match[0]) - len(match[0].lstrip())
        hangs = hanging is not None and 0 < indent <= hanging + 2 and last[-1] not in ".;"
        goes_on = hangs or _goes_on(line, last, width)
        joined = open_block and not alone and not tabular and goes_on
        if bullet:
            hanging = bullet.end()
        elif not joined:
            hanging = None
        if joined:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
        open_block = not (line.startswith("#") or "|" in line or tabular or line.endswith(":"))
        last = line
        if start == end:
            break
    return out


def _goes_on(line: str, last: str, width: int) -> bool:
    if len(last) >= WRAPPED:
        return True
    full = len(last) + 1 + len(line.split(maxsplit=1)[0]) > width
    if width and full and len(last) >= NEARLY and last[-1] not in ".;:!?":
        return True
    if line[0].islower() and (last.endswith(",") or (last.endswith("-") and last[-2:-1].isalpha())):
        return True
    if _YEAR.match(line) and _MONTH.search(last):
        return True
    broken = last.rpartition(" ")[2].lower() in listed("words", "never_last")
    return line[0].islower() and (broken or len(last) >= NARROW)


def sentences(text: str, start: int, end: int, keep: Sequence[Spanned]) -> list[tuple[int, int]]:
    """The sentences of one block. No cut falls inside any of `keep` (sorted, not overlapping)."""
    out: list[tuple[int, int]] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        at = stop.end()
        i = bisect_right(keep, stop.start(), key=_start) - 1
        if i >= 0 and keep[i].end > stop.start() + 1:
            continue
        if text[stop.start()] == "?" and _goes_on_behind(text, begin, at):
            continue
        if text[stop.start()] == "." and _abbreviated(text, begin, stop.start()):
            continue
        out += _bounded(text, begin, at)
        begin = at
    return out + _bounded(text, begin, end)


def _goes_on_behind(text: str, begin: int, at: int) -> bool:
    """ "? DVT" suspects it; "Chest pain? No." is one statement."""
    following = _REPLY.match(text, at)
    return not text[begin:at].strip(" ?\t-*") or bool(
        following and following[0].lower() in words()["replies"]
    )


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
        whole = text[begin:cut]
        if bare := whole.strip():
            a = begin + len(whole) - len(whole.lstrip())
            out.append((a, a + len(bare)))
        begin = cut
    return out
