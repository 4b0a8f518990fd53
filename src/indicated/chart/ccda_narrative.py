"""The narrative of a section: what people attested, as paragraphs, list items and table rows.

Each piece knows the ids by which entries refer to it. Deleted text is left out; a picture or a
footnote mark says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indicated.files.tree import Node

_BLOCKS = frozenset({"paragraph", "list", "item", "table", "caption", "p", "div", "ul", "ol", "li"})
_LISTS = frozenset({"list", "ul", "ol"})
_SILENT = frozenset({"renderMultiMedia", "footnoteRef", "colgroup", "col"})
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
WIDEST = 60  # columns of a table; a wider one is a picture of something else


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row, with the heading of its column."""

    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, a list item or a row. `table` numbers the table that a row belongs to."""

    kind: str  # paragraph | item | row | heading
    text: str = ""
    cells: tuple[Cell, ...] = ()
    table: int = 0
    indent: int = 0


@dataclass
class Narrative:
    """The pieces in order, and where each id stands: the pieces it covers, its cell, its text."""

    pieces: list[Piece] = field(default_factory=list)
    at: dict[str, tuple[int, int]] = field(default_factory=dict)  # id -> first piece, one past last
    cell: dict[str, int] = field(default_factory=dict)  # id -> column, where it lies in one cell
    words: dict[str, str] = field(default_factory=dict)  # id -> text
    tables: int = 0

    def piece_of(self, id: str) -> int | None:
        """The one piece that an id stands in; None where it stands in several or in none."""
        first, last = self.at.get(id, (0, 0))
        return first if last - first == 1 else None


def read_narrative(text: Node | None) -> Narrative:
    """A section's text element as pieces."""
    found = Narrative()
    if text is not None:
        _flow(text, found, "paragraph", 0)
        _note(found, text, 0)
    return found


def _note(found: Narrative, node: Node, first: int, last: int | None = None) -> None:
    """Remember where an element with an id stands: by default all pieces since `first`."""
    if id := node["ID"] or node["id"]:
        found.at.setdefault(id, (first, len(found.pieces) if last is None else last))
        found.words.setdefault(id, _plain(node))


def _flow(node: Node, found: Narrative, kind: str, indent: int) -> None:
    """Inline text gathered into pieces, one a line; a block within ends the piece before it."""
    parts: list[str] = []
    inline: list[tuple[Node, int, int]] = []  # an element with an id, its first and last line

    def flush() -> None:
        first = len(found.pieces)
        place: list[int] = []  # line -> piece
        for line in "".join(parts).split("\r"):
            place.append(len(found.pieces))
            if said := " ".join(line.split()):
                found.pieces.append(Piece(kind, said, indent=indent))
        place.append(len(found.pieces))
        for one, a, b in inline:
            _note(found, one, place[a], min(place[b] + 1, len(found.pieces)))
        if first == len(found.pieces):
            for one, _, _ in inline:
                found.at.pop(one["ID"] or one["id"], None)
        parts.clear()
        inline.clear()

    for child in node.content:
        if isinstance(child, str):
            parts.append(_BLANK_LINE.sub("\r", child))
        elif child.tag in _BLOCKS:
            flush()
            _block(child, found, indent)
        elif any(n.tag in _BLOCKS for n in child.walk()):
            flush()
            first = len(found.pieces)
            _flow(child, found, kind, indent)
            _note(found, child, first)
        else:
            _inline(child, parts, inline)
    flush()


def _block(node: Node, found: Narrative, indent: int) -> None:
    if node["revised"] == "delete":
        return
    first = len(found.pieces)
    if node.tag == "table":
        _table(node, found)
    elif node.tag in _LISTS:
        for child in node.children:
            if child.tag == "caption":
                _block(child, found, indent)
            elif child["revised"] != "delete":
                begin = len(found.pieces)
                _flow(child, found, "item", indent + 1)
                _note(found, child, begin)
    else:
        kind = "heading" if node.tag == "caption" else "item" if indent else "paragraph"
        _flow(node, found, kind, indent)
    _note(found, node, first)


def _inline(node: Node, parts: list[str], inline: list[tuple[Node, int, int]]) -> None:
    """The text of an inline element. A raised number is a power: 10 with 9 above is 10^9."""
    if node.tag in _SILENT or node["revised"] == "delete":
        return
    if node.tag == "br":
        parts.append("\r")
    if node.tag == "sup" and parts and parts[-1][-1:].isdigit():
        parts.append("^")
    line = sum(p.count("\r") for p in parts) if node["ID"] or node["id"] else 0
    for child in node.content:
        if isinstance(child, str):
            parts.append(_BLANK_LINE.sub("\r", child))
        else:
            _inline(child, parts, inline)
    if node["ID"] or node["id"]:
        inline.append((node, line, sum(p.count("\r") for p in parts)))


def _plain(node: Node) -> str:
    parts: list[str] = []
    if node.tag in ("tr", "table", "tbody"):
        return "; ".join(t for c in node.walk() if c.tag in ("td", "th") and (t := _plain(c)))
    _inline(node, parts, [])
    return "; ".join(" ".join(p.split()) for p in "".join(parts).split("\r") if p.strip())


# --- tables ----------------------------------------------------------------------------------


def _table(table: Node, found: Narrative) -> None:
    """Rows with the headings of their columns; a cell over several rows or columns is repeated."""
    if (caption := table.first("caption")) is not None:
        _block(caption, found, 0)
    found.tables += 1
    headings: list[str] = []
    over: dict[int, tuple[int, str]] = {}  # column -> rows still to fill, text
    body = False
    for row in _rows(table):
        cells = [c for c in row.children if c.tag in ("td", "th")]
        heads = row.parent is not None and row.parent.tag == "thead"
        heads = heads or (not body and not headings and all(c.tag == "th" for c in cells))
        texts, places = _cells(cells, over)
        if heads:
            wide = max(len(headings), len(texts))
            pairs = [(_at(headings, i), _at(texts, i)) for i in range(wide)]
            headings = [" ".join(dict.fromkeys(filter(None, p))) for p in pairs]
            continue
        body = True
        first = len(found.pieces)
        if any(texts):
            _row(found, texts, headings)
        for node, column in places:
            for inner in node.walk():
                if id := inner["ID"] or inner["id"]:
                    found.cell.setdefault(id, column)
                    _note(found, inner, first)
        _note(found, row, first)
    for part in table.children:
        if part["ID"] and part.tag in ("tbody", "thead", "tfoot"):
            found.words.setdefault(part["ID"], _plain(part))


def _row(found: Narrative, texts: list[str], headings: list[str]) -> None:
    if len(texts) == 1 and len(headings) <= 1:  # a table for layout only
        found.pieces.append(Piece("paragraph", texts[0]))
        return
    cells = tuple(Cell(t, _at(headings, i)) for i, t in enumerate(texts))
    found.pieces.append(Piece("row", "; ".join(filter(None, texts)), cells, found.tables))


def _rows(table: Node) -> Iterator[Node]:
    for child in table.children:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child.children if row.tag == "tr")


def _cells(
    cells: list[Node], over: dict[int, tuple[int, str]]
) -> tuple[list[str], list[tuple[Node, int]]]:
    """The texts of a row by column, and the elements with their columns."""
    texts: list[str] = []
    places: list[tuple[Node, int]] = []

    def carried() -> None:
        while len(texts) in over and len(texts) < WIDEST:
            left, text = over.pop(len(texts))
            if left > 1:
                over[len(texts)] = (left - 1, text)
            texts.append(text)

    for cell in cells:
        carried()
        if len(texts) >= WIDEST:
            break
        text = _plain(cell)
        column = len(texts)
        places.append((cell, column))
        for i in range(min(_span(cell["colspan"]), WIDEST - column)):
            texts.append(text if i == 0 else "")
            if (rows := _span(cell["rowspan"])) > 1:
                over[column + i] = (rows - 1, text if i == 0 else "")
    carried()
    return texts, places


def _span(text: str) -> int:
    return max(1, min(int(text), 1000)) if text.isascii() and text.isdigit() else 1


def _at(items: list[str], i: int) -> str:
    return items[i] if i < len(items) else ""
