"""One text as one or several documents, each with its kind and date.

A file may hold several documents in one of three ways:

- a line of three or more "=" or "-" (or "Document: ..." right at the start), followed by a line
  that begins with "Document:";
- more than one line that begins with a heading of a visit ("Date of service: ...");
- more than one title of its own line with "Date: ..." below it, after an empty line.

Each document keeps its own words in order; the dividing lines belong to the document that they
begin. Nothing is left out: put together, the documents are the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from indicated.chart.written import date_at

HEAD = 600  # characters in which a document says what it is and when it was written
_DIVIDER = re.compile(r"^(?:[=-]{3,}[ \t]*\n+)?[ \t]*(?:#{1,3}[ \t]*)?document[ \t]*:", re.I | re.M)
_VISIT = re.compile(
    r"^(?:[=-]{3,}[ \t]*\n+)?[ \t]*(?:#{1,3}[ \t]*)?(?:\*\*)?"
    r"(?:date of service|visit date|encounter date|dos)(?:\*\*)?[ \t]*:",
    re.I | re.M,
)
_TITLED = re.compile(
    r"(?:\A|(?<=\n\n))(?:[=-]{3,}[ \t]*\n+)?[^\n:.]{3,60}\n[ \t]*(?:\*\*)?date(?:\*\*)?[ \t]*:",
    re.I,
)
_TITLE = re.compile(
    r"^[ \t]*(?:#{1,3}[ \t]*)?(?:document|title|subject|re)[ \t]*:[ \t]*(?P<t>[^\n]{1,120})",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A document's text with what its head says."""

    text: str
    title: str
    kind: str
    written: date | None


@cache
def _cues() -> dict[str, Any]:
    text = files("indicated").joinpath("library/cues/documents.yaml").read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return tree


def pieces(text: str, name: str = "") -> list[Piece]:
    """The documents of a text.

    >>> two = "Date of service: 2025-03-01\\nA\\nDate of service: 2025-03-09\\nB"
    >>> [p.written.day for p in pieces(two)]
    [1, 9]
    """
    starts = [m.start() for m in _DIVIDER.finditer(text)]
    if len(starts) < 2:
        visits = [m.start() for m in _VISIT.finditer(text)]
        titled = [m.start() for m in _TITLED.finditer(text)]
        starts = (
            max(visits, titled, starts, key=len) if max(len(visits), len(titled)) > 1 else starts
        )
    if len(starts) < 2:
        return [_piece(text, name)]
    edges = [*starts, len(text)]
    if text[: starts[0]].strip():
        edges.insert(0, 0)
    else:
        edges[0] = 0
    return [_piece(text[a:b], name) for a, b in pairwise(edges)]


def _piece(text: str, name: str) -> Piece:
    title = _title(text)
    return Piece(text, title, _kind(text, title, name), _written(text, name))


def _title(text: str) -> str:
    """What the document calls itself: a title line, else a heading on its first line."""
    named = _TITLE.search(text[:HEAD])
    if named:
        return re.split(r"\s+(?:date|dos)\s*:", named["t"], flags=re.I)[0].strip(" *|-")
    first = next((line.strip() for line in text[:HEAD].splitlines() if line.strip(" =-")), "")
    short = len(first.split()) <= 6 and not first.endswith((".", ",", ";"))
    return first.strip("#* ") if short and ":" not in first.rstrip(":") else ""


def _kind(text: str, title: str, name: str) -> str:
    """letter, denial, laboratory, order, problem-list or note: from the title or the file name."""
    for said in (title, re.sub(r"[_\W]+", " ", name)):
        words = f" {re.sub(r'[^a-z]+', ' ', said.lower())} "
        for kind, phrases in _cues()["documents"].items():
            if any(f" {re.sub(r'[^a-z]+', ' ', p)} " in words for p in phrases):
                return str(kind)
    salutation = re.match(r"\s*(?:to whom it may concern|dear )", text[:HEAD], re.I)
    return "letter" if salutation else "note"


def _written(text: str, name: str) -> date | None:
    """The document's date: behind a label in its head, alone on a line, or in the file name."""
    head = text[:HEAD]
    for label in _cues()["dates"]:
        pattern = rf"(?:^|[\n|*;,.]|\s{{2}}|\s)[ \t#*]*{label}\b[ \t*]*[:\-]?[ \t*]*"
        for match in re.finditer(pattern, head, re.I):
            if found := date_at(head, match.end()):
                return found
    for line in head.splitlines()[:6]:
        bare = line.strip(" \t*#=-|")
        if bare and (found := date_at(bare, 0, whole=True)):
            return found
    return date_at(name.replace("_", "-"), 0)
