"""Is a sentence nothing but its template and its support?

A sentence is laid with tiles: the fixed words of its message, and whole segments of its supports
(one per line of `Support.text`). A word, a sign or a digit that no tile covers cannot be printed.
This is stricter than comparing numbers: it also sees a dropped "not".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from indicated.model import Support

LABEL = re.compile(r"\[(P?\d+)(?:, ([^\[\]]+))?\]")
INDENT = "› "
_JOINS = ("; ", ", ")
_TRAILING = re.compile(r"(?:\s*\[P?\d+(?:, [^\[\]]+)?\])+$")

Segments = Mapping[str, frozenset[str]]  # segment -> labels of the supports that hold it


def variants(segment: str) -> set[str]:
    """The forms in which a segment may stand: with or without its full stop, either first letter.

    >>> sorted(variants("Age is known."))
    ['Age is known', 'Age is known.', 'age is known', 'age is known.']
    """
    bare = segment.removesuffix(".").rstrip()
    forms = {segment, bare}
    return (
        forms
        | {f[0].lower() + f[1:] for f in forms if f}
        | {f[0].upper() + f[1:] for f in forms if f}
    )


def segments(supports: Iterable[Support]) -> Segments:
    """Every form of every segment, with the labels under which it may be cited."""
    found: dict[str, set[str]] = {}
    for support in supports:
        for line in support.text.split("\n"):
            for form in variants(line) if line else ():
                found.setdefault(form, set()).add(support.label)
    return {s: frozenset(labels) for s, labels in found.items()}


def bare(text: str) -> str:
    """A sentence without indentation and without the citations at its end."""
    while text.startswith(INDENT):
        text = text.removeprefix(INDENT)
    return _TRAILING.sub("", text)


def covered(text: str, pieces: Sequence[str], by: Segments) -> bool:
    """Whether the template's pieces and the segments cover the sentence exactly.

    >>> by = {"IgG": frozenset({"P1"}), "low": frozenset({""})}
    >>> covered("IgG [P1] is low.", ("", "x", " is ", "y", "."), by)
    True
    >>> covered("IgG [P2] is low.", ("", "x", " is ", "y", "."), by)
    False
    """
    text = bare(text)
    fixed = [_capital(p) if i == 0 else {p} for i, p in enumerate(pieces[::2])]
    reached = {len(f) for f in fixed[0] if text.startswith(f)}
    for literal in fixed[1:]:
        ends = {end for start in reached for end in _slot_ends(text, start, by)}
        reached = {
            end + len(form) for end in ends for form in literal if text.startswith(form, end)
        }
    return len(text) in reached


def _capital(piece: str) -> set[str]:
    return {piece, piece[:1].upper() + piece[1:]}


def _slot_ends(text: str, start: int, by: Segments) -> set[int]:
    """Where a slot that begins at `start` may end: after one segment, or several joined ones."""
    done: set[int] = set()
    ends: set[int] = set()
    queue = [start]
    while queue:
        position = queue.pop()
        if position in done:
            continue
        done.add(position)
        for segment, labels in by.items():
            if not text.startswith(segment, position):
                continue
            for end in _after_labels(text, position + len(segment), labels):
                ends.add(end)
                queue += [end + len(j) for j in _JOINS if text.startswith(j, end)]
    return ends


def _after_labels(text: str, end: int, labels: frozenset[str]) -> list[int]:
    """The ends of a segment: bare, and with each citation that follows it, if it is its own."""
    found = [end]
    while (match := re.compile(r" \[(P?\d+)(?:, [^\[\]]+)?\]").match(text, found[-1])) and match[
        1
    ] in labels:
        found.append(match.end())
    return found
