"""Words that were broken at the end of a line, whole again; a hyphen that belongs to a word stays.

"re-" above "jection" is one word where the text breaks words by habit, or has the whole word
elsewhere. "low-" above "dose" is not, and neither is what ends with a part that words are put
together with ("non-", "-free"): those parts are data (`library/cues/documents.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from indicated.cue_files import cue
from indicated.files.paragraphs import BREAK

LONGEST = 18  # letters of a broken word: two names of medicines joined by a hyphen are longer
LINE = 75  # characters of a usual line
OFTEN = 0.03  # breaks for each line, from which on a text breaks words by habit
_BROKEN = re.compile(
    rf"(?<![A-Za-z])(?P<l>[A-Za-z]{{2,}})(?:{BREAK}|-[ \t]*\n[ \t]*)"
    r"(?P<r>[a-z]{2,})(?P<rest>[^\s|]*)(?P<gap>[ \t]|(?=\s|\Z))"
)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def rejoined(pages: Sequence[str]) -> list[str]:
    """The pages of one text with their broken words joined.

    >>> rejoined(["Immunoglobulin G was low; immuno-\\nglobulin A was not."])
    ['Immunoglobulin G was low; immunoglobulin\\nA was not.']
    >>> rejoined(["She took low-\\ndose prednisone."])
    ['She took low-\\ndose prednisone.']
    """
    if not any(BREAK in page or "-\n" in page for page in pages):
        return list(pages)
    known: set[str] | None = None
    breaks = [len(_BROKEN.findall(page)) for page in pages]
    everywhere = _habit(sum(breaks), sum(map(len, pages)))
    out = []
    for page, count in zip(pages, breaks, strict=True):
        if count:
            known = known or {w for p in pages for w in _WORD.findall(p.lower())}
            page = _BROKEN.sub(_mender(known, everywhere or _habit(count, len(page))), page)
        out.append(page.replace(BREAK, "-"))
    return out


def _habit(breaks: int, chars: int) -> bool:
    return breaks >= 3 and breaks * LINE >= OFTEN * chars


def _mender(known: set[str], habit: bool) -> Callable[[re.Match[str]], str]:
    def mended(match: re.Match[str]) -> str:
        left, right = match["l"].lower(), match["r"].lower()
        whole, parted = left + right in known, f"{left}-{right}" in known
        by_habit = habit and len(left + right) <= LONGEST and not _put_together(left, right)
        if (whole and not parted) or (by_habit and not parted):
            return _line(match, match["l"] + match["r"] + match["rest"])
        return match[0].replace(BREAK, "-")

    return mended


def _line(match: re.Match[str], word: str) -> str:
    """The word, on the line on which it begins, and the line's end behind it."""
    if BREAK in match[0]:
        return word + match["gap"]
    return word + ("\n" if match["gap"] else "")


@cache
def _parts() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(cue("documents", "hyphen_first")), frozenset(cue("documents", "hyphen_last"))


def _put_together(left: str, right: str) -> bool:
    first, last = _parts()
    return left in first or right in last
