"""RTF, as old systems of records write it. Runs in the child process (`child.py`).

The library turns RTF into text; before it does, what the page does not show is taken out (deleted,
hidden and struck words, pictures), and the ends of cells are marked, since an empty cell must stay.
"""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from indicated.files.limits import Budget, Limits, Refused, Words
from indicated.files.rows import row_text

_TOKEN = re.compile(
    r"\\bin(?P<bin>\d{1,9}) ?|\\(?P<word>[a-z]{1,32})(?P<arg>-?\d{1,9})? ?"
    r"|(?P<hex>\\'[0-9a-f]{2})|(?P<sign>\\[^a-z])|(?P<brace>[{}])|(?P<text>[^\\{}]+)",
    re.I | re.S,
)
_UNSEEN = frozenset({"deleted", "v", "strike", "striked"})
_STRUCK = frozenset({"strike", "striked"})
_DROPPED = frozenset({"pict", "object", "objdata", "themedata", "colorschememapping", "datastore"})
CELL, ROW = "\x1f", "\x1e"


def extract(raw: bytes, limits: Limits) -> Words:
    """The words of an RTF file. Raises `Refused`."""
    source, struck = _shown(raw.decode("latin-1"), limits.depth)
    try:
        text: str = rtf_to_text(  # type: ignore[no-untyped-call]
            source, encoding="cp1252", errors="replace"
        )
    except (ValueError, LookupError, IndexError, OverflowError, TypeError):
        raise Refused(
            "the RTF file is damaged; open it, save it anew (as DOCX) and give that"
        ) from None
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    remarks = (
        ("words that are struck through were left out; say so plainly if they still hold",)
        if struck
        else ()
    )
    budget = Budget(limits)
    pages = [budget.add(_rows(page)) for page in text.split("\f")]
    return Words(tuple(pages), remarks)


def _shown(source: str, depth: int) -> tuple[str, bool]:
    """The RTF without what the page does not show, and whether anything struck was left out."""
    out: list[str] = []
    groups: list[tuple[set[str], bool]] = []
    unseen: set[str] = set()
    dropped = struck = False
    at = 0
    while match := _TOKEN.match(source, at):
        at = match.end()
        kind = match.lastgroup
        if kind == "bin":
            at += int(match["bin"])
            continue
        if kind == "brace":
            if match["brace"] == "{":
                groups.append((set(unseen), dropped))
                if len(groups) > 50 * depth:
                    raise Refused("the RTF file is nested too deep; save it anew (as DOCX)")
            elif groups:
                unseen, dropped = groups.pop()
            out.append(match[0])
            continue
        word = (match["word"] or "").lower()
        if word in _DROPPED:
            dropped = True
        elif word in _UNSEEN:
            (unseen.discard if match["arg"] == "0" else unseen.add)(word)
            continue
        elif word == "plain":
            unseen.clear()
        if dropped:
            continue
        said = kind in ("text", "hex", "sign") or word == "u"
        if unseen and said:
            struck = struck or bool(match[0].strip() and unseen & _STRUCK)
            continue
        out.append(_marked(word, match[0]))
    return "".join(out), struck


def _marked(word: str, token: str) -> str:
    if word in ("cell", "nestcell"):
        return CELL
    if word in ("row", "nestrow"):
        return ROW + "\\par "
    if word == "page":
        return "\\par \f"
    return token


def _rows(text: str) -> str:
    """Rows of a table as "| a | b |" lines."""
    out: list[str] = []
    for part in text.split(ROW):
        if CELL not in part:
            out.append(part)
            continue
        # what stands before the row belongs to the text above it
        first, *others = part.split(CELL)
        above, _, cell = first.rpartition("\n") if "\n" in first.strip() else ("", "", first)
        cells = [cell, *others[:-1]]
        rows = row_text([[p for line in c.split("\n") if (p := line.strip())] for c in cells])
        out += [above, "\n" if above else "", *(f"{r}\n" for r in rows), others[-1].lstrip("\n")]
    return "".join(out)
