"""A row of a table as text, for formats that say themselves what a table is."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 500  # characters in a row: beyond it the table lays out prose


def row_text(cells: Sequence[Sequence[str]]) -> list[str]:
    """One "| a | b |" line; the cells' paragraphs one after the other where prose is laid out.

    Each cell is the list of its paragraphs.

    >>> row_text([["IgG"], ["495"], []]), row_text([["One."], ["| a | b |", "| c | d |"]])
    (['| IgG | 495 |  |'], ['One.', '| a | b |', '| c | d |'])
    """
    paragraphs = [p for cell in cells for p in cell]
    if not paragraphs:
        return []
    nested = any(p.startswith(("|", "#", "- ")) for p in paragraphs)
    long = sum(map(len, paragraphs)) > LONGEST or max(map(len, cells)) > 4
    if len(cells) < 2 or nested or long:
        return paragraphs
    return [f"| {' | '.join(_cell(c) for c in cells)} |"]


def _cell(paragraphs: Sequence[str]) -> str:
    text = ""
    for paragraph in paragraphs:
        glue = "" if not text else " " if text.endswith((".", ";", ":", ",")) else "; "
        text += glue + " ".join(paragraph.split())
    return text.replace("|", "¦")
