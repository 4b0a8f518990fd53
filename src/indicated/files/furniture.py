"""Pages of one text, and what stands on them because they are pages.

A header, a footer or "Page 3 of 12" between two halves of a sentence would break it. A line at the
edge of a page is left out where it only counts pages, is the stamp of a fax machine, or repeats,
word for word but for the count, what the page before (at the head) or after (at the foot) has in
the same place. So each such line stays once: no word of it is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise

HEAD, FOOT = 6, 5  # lines at the edges of a page that may be furniture
STAMP = 160  # characters in a line that a fax machine prints
_COUNTER = re.compile(
    r"\bp(?:age|ages|g)\.?[ \t]*:?[ \t]*(?P<k>\d{1,4})(?:[ \t]*(?:of|/)[ \t]*(?P<n>\d{1,4}))?\b"
    r"|\bp\.?[ \t]*(?P<k3>\d{1,3})/(?P<n3>\d{1,3})\b"
    r"|(?:^|(?<=[|(-][ \t])|(?<=[|(])|(?<=[ \t]{2}))"
    r"(?P<k2>\d{1,4})[ \t]+of[ \t]+(?P<n2>\d{1,4})(?=[ \t]*(?:pages?)?[ \t|)\]-]*$)",
    re.I,
)
_TIME = re.compile(r"\b\d{1,2}:\d{2}")
_FAX = re.compile(r"\bfax\b|\d{3}[-.) ]+\d{3}[-. ]\d{4}|\bfrom\s*:|\bto\s*:|\b[ap]\.?m\b", re.I)
_DATE = re.compile(r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b[A-Z][a-z]{2}[ -]\d{1,2}\b")
_SMALL = re.compile(r"\b[a-z]+")
_STAMPED = frozenset({"page", "pages", "pg", "p", "of", "from", "to", "fax", "am", "pm"})
_SPOKEN_OF = re.compile(r"\b(?:on|see|of|at|to|from|and|the|this|next)[ \t]+$", re.I)
_UNFINISHED = re.compile(r"[\w,;&-]\Z")
_BULLET = re.compile(r"\s*(?:[-*•]|\(?\d{1,2}[.)])\s")


def is_fax_stamp(line: str) -> bool:
    """Whether a line is what a fax machine prints across the head of a page.

    >>> is_fax_stamp("FAX 03/12/2025 10:32 AM  555-123-4567   PAGE 2 OF 9"), is_fax_stamp("Page 2")
    (True, False)
    """
    return (
        len(line) < STAMP
        and _COUNTER.search(line) is not None
        and _TIME.search(line) is not None
        and _FAX.search(line) is not None
        and _DATE.search(line) is not None
        and len(set(_SMALL.findall(line)) - _STAMPED) < 2
    )


def counter(lines: Sequence[str]) -> tuple[int, int]:
    """The page's own count, (3, 12) for "Page 3 of 12", from its edges; (0, 0) without one."""
    for line in (*lines[:HEAD], *lines[-FOOT:]):
        match = None if is_fax_stamp(line) or len(line) > 160 else _COUNTER.search(line)
        if match and not _SPOKEN_OF.search(line[: match.start()]):
            alone = not line[: match.start()].strip(" \t|([-") or not line[match.end() :].strip(
                " \t|)]-"
            )
            if alone:
                return _count(match)
    return 0, 0


def _count(match: re.Match[str]) -> tuple[int, int]:
    k = match["k"] or match["k2"] or match["k3"]
    return int(k), int(match["n"] or match["n2"] or match["n3"] or 0)


def stamped_pages(text: str) -> list[str]:
    """A text by page: form feeds end pages, and the stamp of a fax machine begins one."""
    pages = text.split("\f")
    if len(pages) > 1:
        return pages
    starts: list[int] = []
    for time in _TIME.finditer(text):
        at = time.start()  # the line around it, as far as a stamp would reach
        start = text.rfind("\n", max(at - STAMP, 0), at) + 1
        end = text.find("\n", at, at + STAMP)
        line = text[start or max(at - STAMP, 0) : end if end >= 0 else at + STAMP]
        if is_fax_stamp(line) and start not in starts[-1:]:
            starts.append(start)
    if len(starts) < 2:
        return pages
    places = [0, *([s for s in starts if text[:s].strip()]), len(text)]
    return [text[a:b] for a, b in pairwise(places)]


def without_furniture(pages: Sequence[str]) -> list[str]:
    """The pages of one document, with each line that only furnishes them once or not at all."""
    split = [page.split("\n") for page in pages]
    heads = [[_key(line) for line in _first(p, HEAD)] for p in split]
    feet = [[_key(line) for line in _first(reversed(p), FOOT)] for p in split]
    counts = [counter(edges(p))[0] for p in split]
    out = []
    for i, lines in enumerate(split):
        on = i > 0 and 0 < counts[i - 1] == counts[i] - 1  # the count itself says: one document
        before = heads[i - 1] if i else []
        after = heads[i + 1] if i + 1 < len(heads) else []
        third = before if on else _run(heads, i - 1, i - 2) or after
        gone = _edge(lines, range(min(len(lines), 3 * HEAD)), before, third, after)
        on = i + 1 < len(counts) and 0 < counts[i] == counts[i + 1] - 1
        before = feet[i - 1] if i else []
        after = feet[i + 1] if i + 1 < len(feet) else []
        third = after if on else _run(feet, i + 1, i + 2) or before
        last = len(lines) - 1
        gone |= _edge(lines, range(last, max(last - 3 * FOOT, -1), -1), after, third, before)
        out.append("\n".join(line for n, line in enumerate(lines) if n not in gone))
    return out


def _first(lines: Iterable[str], count: int) -> list[str]:
    return list(islice((line for line in lines if line.strip()), count))


def edges(lines: Sequence[str]) -> list[str]:
    """The lines with words at the head and at the foot of a page."""
    head, foot = _first(lines, 4 * HEAD), _first(reversed(lines), FOOT)
    return [*head, *reversed(foot)]


def _run(edges: list[list[str]], first: int, second: int) -> list[str]:
    """What two further pages both have: then the line is on three pages."""
    if not (0 <= first < len(edges) and 0 <= second < len(edges)):
        return []
    return [k for k in edges[first] if k in edges[second]]


def _edge(
    lines: list[str], order: range, near: list[str], third: list[str], kept: list[str]
) -> set[int]:
    """Which lines from an edge inwards are furniture. A line that the page on the other side
    (`kept`) will drop in favour of this one stays, and does not end the edge."""
    gone: set[int] = set()
    blank: set[int] = set()
    for i in order:
        line = " ".join(lines[i].split())
        if not line:
            blank.add(i)
            continue
        key = _key(line)
        if (
            is_fax_stamp(line)
            or _only_counts(line)
            or (key in near and (key in third or key != line))
        ):
            gone |= {i} | blank
        elif key not in kept:
            break
        blank = set()
    return gone


def _key(line: str) -> str:
    """The line without its count of pages, by which lines of different pages are one."""
    return _COUNTER.sub("§", " ".join(line.split())) if len(line) < 2 * STAMP else line


def _only_counts(line: str) -> bool:
    return (
        len(line) < STAMP
        and not _COUNTER.sub("", line).strip(" \t|()[]-–—*_=.")
        and _COUNTER.search(line) is not None
    )


def joined(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The pages as one text, with the offset at which each begins.

    A sentence or table that goes on over the page is not broken by an empty line.
    """
    text = ""
    parts: list[str] = []
    offsets: list[int] = []
    at = 0
    for page in pages:
        body = page.strip("\n") if len(pages) > 1 else page
        if body.strip() and text.strip():
            glue = _glue(text, body)
            parts.append(glue)
            at += len(glue)
        offsets.append(at)
        if body.strip():
            parts.append(body)
            at += len(body)
            text = body
    return "".join(parts), tuple(offsets)


def _glue(before: str, after: str) -> str:
    last = before[before.rstrip().rfind("\n") + 1 :].rstrip()
    first = after.lstrip("\n").split("\n", 1)[0]
    if _tabular(last) and _tabular(first):
        return "\n"
    heading = first.rstrip().endswith(":") or first.startswith("#") or first.isupper()
    goes_on = _UNFINISHED.search(last) and not heading and not _BULLET.match(first)
    return "\n" if goes_on and (first[:1].islower() or len(last) >= 60) else "\n\n"


def _tabular(line: str) -> bool:
    return line.count("|") >= 2 or "   " in line.strip() or "\t" in line.strip()
