"""The article as a Word file: real headings, lists, repeated table heads, links both ways.

Word's own styles carry everything, so that a hospital can put its own look on it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from indicated.errors import OutputError
from indicated.messages import Messages
from indicated.model import Article
from indicated.report.page import Page
from indicated.report.paper import A4, data
from indicated.report.pdf import missing_extra

TONES = {"met": "0B5C4D", "not-met": "8C2323", "unknown": "6B4A00"}
SIDE = 18  # millimetres beside the text
SIGNING = 48  # points above the line to sign on
YELLOW = 7  # of Word's colours to highlight with: what is still to be filled in
_FIELDS = {"{n}": "PAGE", "{of}": "NUMPAGES"}
DEPTH = 8  # points that a criterion stands further in for each level


def to_docx(
    article: Article,
    *,
    state: str = "draft",
    signed: str = "",
    messages: Messages | None = None,
    size: str = A4,
) -> bytes:
    """The article as DOCX, on paper of that size.

    Raises `OutputError` without the extra [paper].
    """
    try:
        import docx
    except ImportError:
        raise missing_extra("Word") from None
    told = data(Page(article, state=state, signed=signed, messages=messages), size=size)
    writer = _Writer(docx.Document(), told)
    writer.write()
    out = io.BytesIO()
    writer.doc.save(out)
    return out.getvalue()


@lru_cache(maxsize=32)
def _picture(drawing: str) -> bytes:
    """A drawing as PNG, for Word cannot hold SVG alone."""
    import typst

    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 340pt)'  # noqa: E501
    made = typst.compile(
        page, format="png", ppi=180, ignore_system_fonts=True, sys_inputs={"svg": drawing}
    )
    if not isinstance(made, bytes):
        raise OutputError("a picture could not be drawn for Word")
    return made


class _Writer:
    """One document being written."""

    def __init__(self, doc: Any, told: dict[str, Any]):
        self.doc, self.told = doc, told
        self.width = told["sides"][0] - 2 * SIDE  # millimetres for the text
        self._marks = 0

    def write(self) -> None:
        """Everything, in order."""
        self._frame()
        for block in self.told["sheets"]:
            self._block(block)
        self.doc.add_paragraph(self.told["footer"])

    def _frame(self) -> None:
        """Page, properties, fonts, header and footer."""
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt

        told, section = self.told, self.doc.sections[0]
        section.page_width, section.page_height = (Mm(side) for side in told["sides"])
        section.left_margin = section.right_margin = Mm(SIDE)
        section.top_margin = section.bottom_margin = Mm(18)
        normal = self.doc.styles["Normal"]
        normal.font.size = Pt(max(told["points"] + 0.5, 9.5))
        normal.font.name = "Calibri"
        normal.paragraph_format.space_after = Pt(4)
        language = self.doc.styles.element.find(f".//{qn('w:lang')}")
        if language is not None:
            language.set(qn("w:val"), told["language"])
        core = self.doc.core_properties
        core.title, core.language, core.author = told["title"], told["language"], ""
        core.comments, core.keywords, core.last_modified_by = "", "", ""
        core.created = core.modified = datetime(
            told["year"], told["month"], told["day"], tzinfo=UTC
        )
        self._edges(section)

    def _edges(self, section: Any) -> None:
        """Above each page the mark of a draft, and from a letter's second page on what it is about;
        below it what its signs mean, and its number."""
        told = self.told
        section.different_first_page_header_footer = told["letter"]
        heads, feet = [section.header], [section.footer]
        if told["letter"]:
            heads[0].paragraphs[0].text = told["subject"]
            heads[0].add_paragraph()
            heads.append(section.first_page_header)
            feet.append(section.first_page_footer)
        for head in heads if told["state"] != "approved" else ():
            head.paragraphs[-1].text = told["banner"]
        for foot in feet:
            signs = "; ".join(f"{mark} {meaning}" for mark, meaning in told["marks"])
            if signs:
                foot.paragraphs[0].text = signs
            line = foot.add_paragraph() if signs else foot.paragraphs[0]
            line.add_run("" if told["letter"] else f"{told['running']}\t")
            for piece in re.split(r"(\{\w+\})", told["page"]):
                if piece in _FIELDS:
                    self._field(line, _FIELDS[piece])
                else:
                    line.add_run(piece)

    def _block(self, block: dict[str, Any]) -> None:
        kind = block["kind"]
        if kind == "title":
            self.doc.add_heading(self.told["title"], 1 if self.told["letter"] else 0)
        elif kind == "banner" and self.told["letter"]:
            self.doc.add_paragraph().add_run(self.told["banner"]).bold = True
        elif kind == "banner":
            self.doc.add_paragraph(self.told["banner"], style="Intense Quote")
            self.doc.add_paragraph(self.told["as_of"])
        elif kind == "heading":
            self.doc.add_heading(block["text"], min(block["level"], 9))
        elif kind == "table":
            self._table(block)
        elif kind in ("list", "references"):
            style = "List Number" if kind == "references" else "List Bullet"
            for n, runs in enumerate(block["said"]):
                place = block["places"][n] if kind == "references" else {}
                self._said(self.doc.add_paragraph(style=style), [runs], **place)
        elif kind == "figure":
            self._figure(block)
        elif kind in ("lines", "signature"):
            self._lines(block, room=SIGNING if kind == "signature" else 0)
        else:
            looks = "Intense Quote" if kind == "note" else None
            paragraph = self.doc.add_paragraph(style=looks)
            if kind == "note":
                paragraph.add_run(f"{block['icon']} ")
            paragraph.paragraph_format.keep_with_next = block["keep"] or None
            self._said(paragraph, block["said"])

    def _lines(self, block: dict[str, Any], *, room: int) -> None:
        """Lines that stay together; with room above the first, and a line, where one signs."""
        from docx.shared import Pt

        for n, runs in enumerate(block["said"], 1):
            paragraph = self.doc.add_paragraph()
            spacing = paragraph.paragraph_format
            spacing.keep_with_next = n < len(block["said"])
            spacing.space_after = Pt(0 if spacing.keep_with_next else 12)
            if room and n == 1:
                spacing.space_before = Pt(room)
                self._ruled(paragraph)
            self._said(paragraph, [runs])

    def _ruled(self, paragraph: Any) -> None:
        """A line above the paragraph, half as wide as the page."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm

        paragraph.paragraph_format.right_indent = Mm(self.width / 2)
        borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", "auto")):
            top.set(qn(f"w:{name}"), value)
        borders.append(top)
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    def _figure(self, block: dict[str, Any]) -> None:
        from docx.shared import Mm

        for picture in block.get("pictures", ()):
            width = Mm(110 if block["figure"] == "criteria" else 95)
            shape = self.doc.add_picture(io.BytesIO(_picture(picture["svg"])), width=width)
            shape._inline.docPr.set("descr", picture["alt"])
            self.doc.paragraphs[-1].paragraph_format.keep_with_next = True
        self._said(self.doc.add_paragraph(style="Caption"), block["said"])

    # --- tables ----------------------------------------------------------------------------

    def _table(self, block: dict[str, Any]) -> None:
        from docx.shared import Mm, Pt

        heads, width = block["header"], block["width"]
        table = self.doc.add_table(rows=0, cols=width, style="Table Grid")
        table.autofit = False
        shares = block["shares"] if heads else [1, 4.5]
        sizes = [Mm(self.width * s / sum(shares)) for s in shares]
        for column, size in zip(table.columns, sizes, strict=True):
            column.width = size
        if heads:
            row = table.add_row()
            self._fixed(row, "w:tblHeader")
            for cell, head in zip(row.cells, heads, strict=True):
                cell.paragraphs[0].add_run(head).bold = True
        for told in block["rows"]:
            row = table.add_row()
            self._fixed(row)
            cells = [row.cells[0].merge(row.cells[-1])] if told["group"] else row.cells
            cells[0].paragraphs[0].paragraph_format.keep_with_next = told["group"] or None
            for n, (cell, content) in enumerate(zip(cells, told["cells"], strict=False)):
                place = {k: told[k] for k in ("place", "back") if k in told} if n == 0 else {}
                self._cell(cell.paragraphs[0], content, bold=told["group"], **place)
        for row in table.rows:
            for cell, size in zip(row.cells, sizes, strict=True):
                cell.width = size
                for paragraph in cell.paragraphs:
                    paragraph.paragraph_format.space_after = Pt(1)
        self.doc.add_paragraph().paragraph_format.space_after = Pt(2)

    def _cell(self, paragraph: Any, content: dict[str, Any], *, bold: bool, **place: str) -> None:
        from docx.shared import Pt, RGBColor

        if place.get("place"):  # the label in the list of passages leads back to the text
            bare = "".join(r["text"] for r in content["runs"]).strip("[]")
            content = {**content, "runs": [{"kind": "text", "text": bare, "to": place["back"]}]}
        paragraph.paragraph_format.left_indent = Pt(DEPTH * content["depth"])
        self._said(paragraph, [content["runs"]], place=place.get("place", ""))
        for part in paragraph.iter_inner_content():
            for run in getattr(part, "runs", [part]):  # a link holds runs of its own
                run.font.size = Pt(8.5)
        for run in paragraph.runs:
            run.bold = run.bold or bold
            if content["tone"]:
                run.font.color.rgb = RGBColor.from_string(TONES[content["tone"]])

    @staticmethod
    def _fixed(row: Any, *more: str) -> None:
        """A row is not split over two pages; with w:tblHeader it is repeated on each."""
        from docx.oxml import OxmlElement

        properties = row._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *more):
            properties.append(OxmlElement(name))

    # --- words, links and places -----------------------------------------------------------

    def _said(
        self, paragraph: Any, sentences: Sequence[Iterable[dict[str, str]]],
        place: str = "", back: str = "",
    ) -> None:  # fmt: skip
        """Sentences with their links, and the place that others lead to around them."""
        start = self._begin(paragraph, place)
        for n, runs in enumerate(sentences):
            if n:
                paragraph.add_run(" ")
            for told in runs:
                self._run(paragraph, told)
        if back:
            self._link(paragraph, " ↩", back)
        self._end(paragraph, start)

    def _run(self, paragraph: Any, told: dict[str, str]) -> None:
        start = self._begin(paragraph, told.get("place", ""))
        if told["to"]:
            self._link(paragraph, told["text"], told["to"])
        else:
            run = paragraph.add_run(told["text"])
            run.bold = told["kind"] == "lead"
            if told["kind"] == "blank":
                run.font.highlight_color = YELLOW
        self._end(paragraph, start)

    def _link(self, paragraph: Any, text: str, to: str) -> None:
        """A link inside the document, in words that a screen reader reads as one."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import RGBColor

        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _name(to))
        run = paragraph.add_run(text)
        run.font.color.rgb = RGBColor.from_string("1F4F82")
        link.append(run._r)
        paragraph._p.append(link)

    def _begin(self, paragraph: Any, place: str) -> int:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        if not place:
            return 0
        self._marks += 1
        start = OxmlElement("w:bookmarkStart")
        start.set(qn("w:id"), str(self._marks))
        start.set(qn("w:name"), _name(place))
        paragraph._p.append(start)
        return self._marks

    @staticmethod
    def _end(paragraph: Any, mark: int) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        if mark:
            end = OxmlElement("w:bookmarkEnd")
            end.set(qn("w:id"), str(mark))
            paragraph._p.append(end)

    @staticmethod
    def _field(paragraph: Any, code: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        paragraph._p.append(field)


def _name(place: str) -> str:
    """The place as Word can name it.

    >>> _name("to-P3")
    'to_P3'
    """
    return place.replace("-", "_")
