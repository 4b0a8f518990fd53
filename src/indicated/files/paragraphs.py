"""Lines in reading order as text: paragraphs without line breaks, rows of a table together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from indicated.files.cells import Cell

PROSE = 5  # words in half of the lines of a column: it is read down, not across
BREAK = "\ue0fe"  # where a line ended with a hyphen and the next one has been joined to it
FEW = 3  # lines by which a block cannot show its own margin
NEAR = 36.0  # points between the left edges of what stands in one column
LONG = 60  # a reader of sentences takes a line this long for one that goes on
BULLET = re.compile(r"(?:[-*•‣●▪◦○■□➢✓–]|\(?\d{1,2}[.)]|[a-z][.)])(?:\s|$)")
_SENTENCE_END = re.compile(r"[.!?:;][\"')\]]*$")


@dataclass(slots=True)
class Row:
    """What becomes one line of text. `cells` > 1, or `grid`: a row of a table."""

    text: str
    cell: Cell
    apart: bool = False
    table: bool = False


def written(rows: Sequence[Row]) -> str:
    """The rows as text: wrapped lines joined, paragraphs apart, a table's rows together."""
    if not rows:
        return ""
    usual = _usual_gap(rows)
    blocks: list[list[Row]] = [[rows[0]]]
    breaks: list[str] = []
    for before, row in pairwise(rows):
        divider = _divider(before, row, usual)
        if divider is None:
            blocks[-1].append(row)
        else:
            breaks.append(divider)
            blocks.append([row])
    margins = _margins(rows)
    texts = [_paragraph(block, margins) for block in blocks]
    out = texts[0] + "".join(b + t for b, t in zip(breaks, texts[1:], strict=True))
    return out.replace("\ufffe", "-")


def _margins(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Left and right edge of each row of prose, by which a margin is found."""
    return [(r.cell.x0, r.cell.x1) for r in rows if not r.table and len(r.text) >= LONG // 2]


def _margin(block: Sequence[Row], margins: Sequence[tuple[float, float]]) -> float:
    """Where the lines of a block end because there is no more room: what its longest line reaches,
    or, for a block of few lines, what three lines of the same column reach."""
    right = max(r.cell.x1 for r in block)
    left = min(r.cell.x0 for r in block)
    if len(block) > FEW:
        return right
    ends = sorted((b for a, b in margins if abs(a - left) < NEAR), reverse=True)
    shared = [b for b in ends if sum(abs(b - c) < 0.08 * (b - left) for c in ends) >= 3]
    return max(right, shared[0]) if shared else right


def _usual_gap(rows: Sequence[Row]) -> float:
    gaps = [
        (b.cell.top - a.cell.bottom) / max(b.cell.height, 1.0)
        for a, b in pairwise(rows)
        if not b.apart and not b.table and not a.table and b.cell.top > a.cell.top
    ]
    near = sorted(g for g in gaps if g < 2)
    return max(near[len(near) // 3], 0.0) if near else 0.2


def _divider(before: Row, row: Row, usual: float) -> str | None:
    """What divides two rows for certain; None where they may be lines of one paragraph."""
    if before.table and row.table and not row.apart:
        return "\n"
    if before.table or row.table or row.apart:
        return "\n\n"
    height = max(before.cell.height, row.cell.height, 1.0)
    if min(before.cell.height, row.cell.height) < 0.88 * height:
        return "\n\n"  # another size of letters: a heading
    if row.cell.top - before.cell.bottom > (usual + 0.4) * height:
        return "\n\n"
    return "\n" if BULLET.match(row.text) else None


def _paragraph(block: list[Row], margins: Sequence[tuple[float, float]]) -> str:
    """The lines of a block. They are joined where the lines end because the margin is reached."""
    right = _margin(block, margins)
    width = right - min(r.cell.x0 for r in block)
    room = [right - a.cell.x1 - _first_word(b) for a, b in pairwise(block)]
    full = sum(r < 0 for r in room)
    words = median(len(r.text.split()) for r in block)
    # lines that are all whole sentences are items, whose marks the page may not have as text
    items = all(_SENTENCE_END.search(r.text) and not r.text[:1].islower() for r in block)
    wrapped = bool(room) and full >= 0.6 * len(room) and words >= PROSE and not items
    text = block[0].text
    for before, row, left in zip(block, block[1:], room, strict=False):
        goes_on = row.text[:1].islower() and not _SENTENCE_END.search(before.text)
        # one line of prose and the rest of its last sentence: a list of names begins in small type
        begun = len(before.text.split()) >= PROSE and not before.text[:1].islower()
        if left < 0 and (wrapped or (goes_on and (words >= PROSE or begun))):
            text = _joined(text, row.text)
        elif (left > 0.15 * width and len(before.text) >= LONG) or (
            row.text[:1].islower() and (left >= 0 or full < 0.6 * len(room))
        ):
            text += "\n\n" + row.text  # the break was meant, and would not be seen otherwise
        else:
            text += "\n" + row.text
    return text


def _first_word(row: Row) -> float:
    """The width of the row's first word with the blank before it."""
    word = row.text.split(" ", 1)[0]
    return (row.cell.x1 - row.cell.x0) * (len(word) + 0.6) / max(len(row.text), 1)


def _joined(text: str, more: str) -> str:
    """Two lines of one sentence. Whether a hyphen between them stays is left to `rejoined`, which
    sees all pages."""
    if not text.endswith(("\ufffe", "-")) or text.endswith((" -", " \ufffe")):
        return f"{text} {more}"
    return text[:-1] + BREAK + more
