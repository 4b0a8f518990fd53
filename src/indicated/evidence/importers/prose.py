"""Elements of XML as text that people can read: paragraphs, lists, tables; nothing glued together.

What hangs on a word must not change it: 10 to the 9th stays 10^9, and "50" with a footnote 12 stays
"50 [12]", never "5012".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from indicated.evidence.parts import Piece
from indicated.files.rows import row_text
from indicated.files.text import cleaned
from indicated.files.tree import Node

# JATS, PubMed and SPL have few names in common that mean different things: one table serves all.
_BLOCK = frozenset({
    "p", "sec", "title", "list-item", "disp-quote", "def-item", "caption", "fn", "paragraph",
    "item", "list", "def-list", "table-wrap", "table", "disp-formula", "boxed-text", "label",
    "AbstractText", "section", "text", "renderMultiMedia", "statement",
})  # fmt: skip
_ITEMS = frozenset({"list-item", "item", "li"})
_ROWS, _CELLS = frozenset({"tr"}), frozenset({"td", "th"})
_SILENT = frozenset({
    "tex-math", "graphic", "media", "object-id", "inline-graphic", "alternatives-label",
    "renderMultiMedia", "observationMedia", "ref-list", "xref-group", "index-term",
})  # fmt: skip
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class _Writer:
    """Text being put together, block by block."""

    blocks: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    mark: str = ""

    def end(self) -> None:
        """The end of a paragraph."""
        lines = (_SPACE.sub(" ", line).strip() for line in "".join(self.inline).split("\n\x1f"))
        text = "\n".join(line for line in lines if line)
        self.inline.clear()
        if text:
            self.blocks.append(f"{self.mark}{text}")
            self.mark = ""

    def add(self, text: str) -> None:
        """Words within a paragraph."""
        self.inline.append(text)

    @property
    def last(self) -> str:
        """The sign that was written last."""
        return next((t[-1] for t in reversed(self.inline) if t), "")


def prose(node: Node, *, without: Iterable[str] = ()) -> str:
    """All that an element says, but for the elements directly within it of the names `without`."""
    writer = _Writer()
    left = frozenset(without)
    for part in node.content:
        _part(part, writer, left)
    writer.end()
    return cleaned(_joined(writer.blocks)).strip()


def line(node: Node | None) -> str:
    """What an element says, as one line; "" without one."""
    return _SPACE.sub(" ", prose(node)).strip() if node is not None else ""


def sections(node: Node, above: str = "", *, within: str = "sec") -> list[Piece]:
    """The text under each heading of nested sections, outermost heading first."""
    own = prose(node, without=(within, "title", "label"))
    out = [Piece(own, above)] if own else []
    for inner in node.each(within):
        headings = (above, line(inner.first("title")))
        out += sections(inner, " > ".join(h for h in headings if h), within=within)
    return out


def _write(node: Node, writer: _Writer) -> None:
    for part in node.content:
        _part(part, writer)


def _part(part: Node | str, writer: _Writer, without: frozenset[str] = frozenset()) -> None:
    if isinstance(part, str):
        writer.add(part)
    elif part.tag not in _SILENT and part.tag not in without:
        _element(part, writer)


def _element(node: Node, writer: _Writer) -> None:
    tag = node.tag
    if tag in _ROWS:
        writer.end()
        writer.blocks += row_text([_cell(c) for c in node.children if c.tag in _CELLS])
    elif tag in ("sup", "sub", "superscript", "subscript"):
        _raised(node, writer)
    elif tag == "xref" and node["ref-type"] in ("bibr", "fn", "table-fn"):
        said = line(node).strip("[]() ")
        if said:
            writer.add(f" [{said}]" if not writer.last.isspace() else f"[{said}]")
    elif tag in ("break", "br"):
        writer.add("\n\x1f")
    elif tag in _BLOCK or tag in _ITEMS:
        writer.end()
        if tag in _ITEMS:
            writer.mark = "- "
        _write(node, writer)
        writer.end()
    else:
        _write(node, writer)


def _raised(node: Node, writer: _Writer) -> None:
    """A raised or lowered sign: a footnote in brackets, a power with its sign, else as it is."""
    notes = [c for c in node.children if c.tag == "xref"]
    if notes:
        _write(node, writer)
        return
    said = line(node)
    power = writer.last.isdigit() and said[:1] in "-−–+0123456789" and node.tag.startswith("sup")
    writer.add(f"^{said}" if said and power else said)


def _cell(node: Node) -> list[str]:
    inner = _Writer()
    _write(node, inner)
    inner.end()
    return inner.blocks


def _joined(blocks: list[str]) -> str:
    out: list[str] = []
    for block in blocks:
        before = out[-1] if out else ""
        close = before[:2] == block[:2] and block[:2] in ("| ", "- ")
        out += [block] if not out or close else ["", block]
    return "\n".join(out)
