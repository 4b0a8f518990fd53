"""Word files (DOCX): paragraphs and tables in reading order, as they stand after all changes.

Runs in the child process (`child.py`). What somebody deleted or struck out is not read, what was
inserted is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from indicated.files.limits import Budget, Limits, Refused, Words
from indicated.files.rows import row_text
from indicated.files.zips import opened

_W = {name: qn(f"w:{name}") for name in (
    "p", "tbl", "tr", "tc", "r", "t", "tab", "br", "cr", "ptab", "noBreakHyphen", "sym", "char",
    "del", "moveFrom", "instrText", "delText", "delInstrText", "txbxContent", "pPr", "rPr",
    "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "numPr", "vanish", "strike", "dstrike", "val",
    "gridSpan", "vMerge", "type",
)}  # fmt: skip
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = {_W[n] for n in (
    "del", "moveFrom", "pPr", "rPr", "instrText", "delText", "delInstrText", "sectPr", "tblPr",
    "tblGrid", "trPr", "tcPr",
)} | {_ALTERNATE}  # fmt: skip
# signs of the fonts Symbol and Wingdings, which Word stores as numbers
_SIGNS = {
    "F0B3": "≥", "F0A3": "≤", "F06D": "µ", "F0B1": "±", "F0B0": "°", "F0B7": "•", "F0AE": "→",
    "F0FE": "[x]", "F078": "[x]", "F0FD": "[x]", "F052": "[x]", "F0A8": "[ ]", "F06F": "[ ]",
    "F0FC": "✓", "F0E0": "→",
}  # fmt: skip
_BREAKS = {_W["br"]: "\n", _W["cr"]: "\n", _W["tab"]: "\t", _W["ptab"]: "\t",
           _W["noBreakHyphen"]: "-"}  # fmt: skip


def extract(raw: bytes, limits: Limits) -> Words:
    """The words of a Word file. Raises `Refused`."""
    with opened(raw, limits) as container:
        names = container.namelist()
    try:
        document = docx.Document(io.BytesIO(raw))
        return _Reader(document, limits).words(names)
    except (MemoryError, RecursionError, Refused):
        raise
    except Exception:  # the library raises whatever the damage leads to
        raise Refused(
            "the Word file is damaged, or is none; open it, save it anew as DOCX and give that"
        ) from None


class _Reader:
    """Walks one Word file."""

    def __init__(self, document: Any, limits: Limits):
        self.document = document
        self.budget = Budget(limits)
        self.depth = limits.depth
        self.struck = False
        self.headings, self.lists = _styles(document)

    def words(self, names: list[str]) -> Words:
        body = self.document.element.body
        heads = self._margins("header")
        blocks = [*heads, *self._blocks(body), *self._margins("footer")]
        for kind, label in (("footnotes", "Footnotes"), ("endnotes", "Endnotes")):
            notes = self._notes(kind)
            blocks += [f"# {label}", *notes] if notes else []
        comments = self._notes("comments")
        blocks += ["# Comments", *comments] if comments else []
        text = _assembled(blocks)
        return Words((text,), tuple(self._remarks(text, names)))

    # --- paragraphs ------------------------------------------------------------------------

    def _blocks(self, parent: Any, level: int = 0) -> Iterator[str]:
        """The paragraphs and rows below an element, one text each."""
        carried = ""  # of a paragraph whose end was deleted
        for child in parent:
            if level > self.depth or child.tag in _SKIPPED:
                continue
            if child.tag == _W["p"]:
                text, boxes = self._paragraph(child)
                text = carried + text
                carried = text if _deleted_end(child) else ""
                if not carried:
                    yield from self._shaped(child, text)
                    yield from boxes
            elif child.tag == _W["tbl"]:
                yield from self._table(child, level)
            elif isinstance(child.tag, str):
                yield from self._blocks(child, level + 1)
        if carried.strip():
            yield carried.strip()

    def _shaped(self, paragraph: Any, text: str) -> Iterator[str]:
        """A paragraph with its mark: "# " before a heading, "- " before an item of a list."""
        text = text.strip()
        if not text:
            yield ""
            return
        properties = paragraph.find(_W["pPr"])
        style = _value(properties, "pStyle")
        rank = self.headings.get(style, 0)
        listed = style in self.lists or _has(properties, "numPr")
        if rank and "\n" not in text and len(text) < 120:
            yield f"{'#' * min(rank, 3)} {text}"
        else:
            yield self.budget.add(f"- {text}" if listed and not rank else text)

    def _paragraph(self, paragraph: Any) -> tuple[str, list[str]]:
        pieces: list[str] = []
        boxes: list[str] = []
        self._inline(paragraph, pieces, boxes, 0)
        return "".join(pieces), boxes

    def _inline(self, parent: Any, pieces: list[str], boxes: list[str], level: int) -> None:
        for child in parent:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str) or level > self.depth:
                continue
            if tag == _W["r"] and self._unseen(child):
                continue
            if tag == _W["t"]:
                text = child.text or ""
                raised = _value(parent.find(_W["rPr"]), "vertAlign") == "superscript"
                if raised and text.isdigit() and pieces and pieces[-1][-1:].isdigit():
                    text = "^" + text  # 10 to the 9th must not become 109
                pieces.append(text)
            elif tag in _BREAKS:
                page = tag == _W["br"] and child.get(_W["type"]) in ("page", "column")
                pieces.append("\n\n" if page else _BREAKS[tag])
            elif tag == _W["sym"]:
                pieces.append(_SIGNS.get((child.get(_W["char"]) or "").upper(), " "))
            elif tag == _W["txbxContent"]:
                boxes += [b for b in self._blocks(child, level + 1) if b]
            else:
                self._inline(child, pieces, boxes, level + 1)

    def _unseen(self, run: Any) -> bool:
        properties = run.find(_W["rPr"])
        if properties is None:
            return False
        if _on(properties, "vanish"):
            return True
        if _on(properties, "strike") or _on(properties, "dstrike"):
            self.struck = self.struck or any(t.text for t in run.iter(_W["t"]))
            return True
        return False

    # --- tables ----------------------------------------------------------------------------

    def _table(self, table: Any, level: int) -> Iterator[str]:
        above: dict[int, list[str]] = {}
        yield ""
        for row in table.iter(_W["tr"]):
            if _table_of(row) is not table or _has(row.find(_W["trPr"]), "del"):
                continue
            cells: list[list[str]] = []
            for cell in (c for c in row.iter(_W["tc"]) if _row_of(c) is row):
                properties = cell.find(_W["tcPr"])
                merge = None if properties is None else properties.find(_W["vMerge"])
                if merge is not None and merge.get(_W["val"]) != "restart":
                    held = above.get(len(cells), [])  # the cell reaches down from the row above
                else:
                    held = [b for b in self._blocks(cell, level + 1) if b]
                above[len(cells)] = held
                span = _value(properties, "gridSpan")
                cells.append(held)
                cells += [[] for _ in range(min(int(span), 100) - 1)] if span.isdigit() else []
            yield from row_text(cells)
        yield ""

    # --- what stands outside the text ------------------------------------------------------

    def _margins(self, which: str) -> list[str]:
        """The different headers or footers of the file, each once."""
        seen: dict[str, None] = {}
        for section in self.document.sections:
            for kind in (which, f"first_page_{which}", f"even_page_{which}"):
                part = getattr(section, kind)
                if not part.is_linked_to_previous:
                    text = "\n".join(b for b in self._blocks(part._element) if b)
                    seen.setdefault(text)
        return [text for text in seen if text.strip()]

    def _notes(self, kind: str) -> list[str]:
        """Footnotes, endnotes or comments."""
        from docx.oxml import parse_xml

        out = []
        for relation in self.document.part.rels.values():
            if relation.is_external or not relation.reltype.endswith(f"/{kind}"):
                continue
            for note in parse_xml(relation.target_part.blob):
                if note.get(_W["type"]) in ("separator", "continuationSeparator"):
                    continue
                text = " ".join(b for b in self._blocks(note) if b)
                out += [f"- {text}"] if text else []
        return out

    def _remarks(self, text: str, names: list[str]) -> Iterator[str]:
        if self.struck:
            yield "words that are struck through were left out; say so plainly if they still hold"
        pictures = sum(n.startswith("word/media/") for n in names)
        if pictures and len(text) < 200:
            yield (
                "the Word file holds pictures and hardly a word (a scan?); "
                "save it as PDF and turn on optical character recognition (ocr)"
            )
        inside = sum(n.startswith(("word/embeddings/", "word/afchunk")) for n in names)
        if inside:
            yield f"{inside} file{'s' * (inside > 1)} embedded in the Word file; give them as files"


def _assembled(blocks: list[str]) -> str:
    """Blocks as text: rows of a table and items of a list together, everything else apart."""
    out: list[str] = []
    for block in blocks:
        before = out[-1] if out else ""
        close = before[:2] == block[:2] and block[:2] in ("| ", "- ")
        if block and before and not close and (block[0] in "#|-" or before[0] in "|-"):
            out.append("")
        if block or before:
            out.append(block)
    return "\n".join(out).strip("\n") + "\n" if out else ""


def _styles(document: Any) -> tuple[dict[str, int], set[str]]:
    """The style ids of headings with their rank, and those of lists."""
    headings: dict[str, int] = {}
    lists: set[str] = set()
    for style in document.styles.element.iter(qn("w:style")):
        id, name = style.get(qn("w:styleId")) or "", _value(style, "name").lower()
        if name in ("title", "subtitle"):
            headings[id] = 1
        elif name.startswith("heading "):
            headings[id] = int(name[8:]) if name[8:].isdigit() else 3
        elif name.startswith("list "):
            lists.add(id)
    return headings, lists


def _value(properties: Any, name: str) -> str:
    found = None if properties is None else properties.find(_W.get(name, qn(f"w:{name}")))
    return "" if found is None else found.get(_W["val"]) or ""


def _has(properties: Any, name: str) -> bool:
    return properties is not None and properties.find(_W[name]) is not None


def _on(properties: Any, name: str) -> bool:
    found = properties.find(_W[name])
    return found is not None and found.get(_W["val"]) not in ("0", "false", "off")


def _deleted_end(paragraph: Any) -> bool:
    properties = paragraph.find(_W["pPr"])
    mark = None if properties is None else properties.find(_W["rPr"])
    return _has(mark, "del")


def _table_of(row: Any) -> Any:
    return next(row.iterancestors(_W["tbl"]), None)


def _row_of(cell: Any) -> Any:
    return next(cell.iterancestors(_W["tr"]), None)
