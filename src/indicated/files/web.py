"""Web pages, as portals and e-mail carry notes. Runs in the child process (`child.py`).

The standard library's parser takes any bytes. What a browser does not show (scripts, hidden parts,
answers that were not chosen) is not read.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from indicated.files.limits import Budget, Limits, Refused, Words
from indicated.files.rows import row_text
from indicated.files.text import decoded

_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})  # fmt: skip
_UNSEEN = frozenset({
    "script", "style", "template", "noscript", "head", "object", "iframe", "svg", "canvas",
    "datalist", "audio", "video",
})  # fmt: skip
_STRUCK = frozenset({"del", "s", "strike"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCK = _HEADINGS | frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
    "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_ENDS: dict[str, set[str]] = {  # a tag that begins -> the open tags that it ends
    "li": {"li", "p"}, "tr": {"tr", "td", "th", "p", "li"}, "td": {"td", "th", "p", "li"},
    "th": {"td", "th", "p", "li"}, "dt": {"dd", "dt", "p"}, "dd": {"dd", "dt", "p"},
    "option": {"option"}, "tbody": {"thead", "tbody", "tr", "td", "th", "p", "li"},
    **{tag: {"p"} for tag in ("p", "div", "ul", "ol", "table", *_HEADINGS)},
}  # fmt: skip
_FENCE = frozenset({"table", "td", "th"})  # an end outside does not reach across
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_MARKED = re.compile(r"<!\[[^>]{0,200}>")  # what Word wraps its own parts in
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,20})", re.I)


def extract(raw: bytes, limits: Limits) -> Words:
    """The words of a web page. Raises `Refused`."""
    said = _CHARSET.search(raw[:4096])
    text, remark = decoded(raw, said[1].decode("ascii") if said else "")
    page = _Page()
    try:
        page.feed(_MARKED.sub("", text))
        page.close()
    except AssertionError:  # the parser's word for a declaration that it does not know
        raise Refused("the web page is damaged; open it in a browser, save it as PDF") from None
    remarks = [remark] if remark else []
    if page.struck:
        remarks.append("words that are struck through were left out; say so if they still hold")
    return Words((Budget(limits).add(page.text()),), tuple(remarks), page.title.strip())


class _Cell:
    """What collects blocks: the page, or a cell of a table."""

    def __init__(self, columns: int = 1, rows: int = 1):
        self.blocks: list[str] = []
        self.columns, self.rows = columns, rows


class _Page(HTMLParser):
    """Turns tags into blocks of text. There is no recursion, whatever the nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []  # tags, and whether each hides what is in it
        self.hidden = 0
        self.inline: list[str] = []
        self.cells = [_Cell()]
        self.rows: list[list[_Cell]] = []  # the row being read of each open table
        self.reaching: list[dict[int, tuple[int, list[str]]]] = []  # cells of several rows
        self.mark = ""
        self.title = ""
        self.struck = False

    # --- tags ------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        ended = _ENDS.get(tag, set())
        while self.open and self.open[-1][0] in ended:
            self._pop()
        if tag in _VOID:
            self._void(tag, given)
            return
        if tag in _BLOCK and not self.hidden:
            self._flush()
        hides = tag in _UNSEEN or tag in _STRUCK or self._hides(tag, given)
        self.open.append((tag, hides))
        self.hidden += hides
        if self.hidden:
            return
        if tag == "table":
            self.rows.append([])
            self.reaching.append({})
        elif tag in ("td", "th") and self.rows:
            self.cells.append(_Cell(_number(given, "colspan"), _number(given, "rowspan")))
        elif tag == "li":
            self.mark = "- "
        elif tag in _HEADINGS:
            self.mark = "#" * min(int(tag[1]), 3) + " "
        elif tag == "sup" and "".join(self.inline[-1:])[-1:].isdigit():
            self.inline.append("^")  # 10 to the 9th must not become 109

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.open) - 1, max(-1, len(self.open) - 200), -1):
            if self.open[i][0] == tag:
                while len(self.open) > i:
                    self._pop()
                return
            if self.open[i][0] in _FENCE and tag not in ("table", "tr", "tbody", "td", "th"):
                return

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "title":
            self.title += data[: 200 - len(self.title)]
        if not self.hidden:
            pre = any(tag == "pre" for tag, _ in self.open[-4:])
            self.inline.append(data if pre else re.sub(r"[^\S\xa0]+", " ", data))
        elif any(t in _STRUCK for t, _ in self.open[-6:]) and data.strip():
            self.struck = True

    def unknown_decl(self, data: str) -> None:
        """Marked sections that no browser shows."""

    # --- blocks ----------------------------------------------------------------------------

    def text(self) -> str:
        """All that was read."""
        while self.open:
            self._pop()
        self._flush()
        out: list[str] = []
        for block in self.cells[0].blocks:
            before = out[-1] if out else ""
            close = before[:2] == block[:2] and block[:2] in ("| ", "- ")
            out += [block] if not out or close else ["", block]
        return "\n".join(out) + "\n" if out else ""

    def _void(self, tag: str, given: dict[str, str]) -> None:
        if self.hidden:
            return
        if tag == "br":
            self.inline.append("\n")
        elif tag == "hr":
            self._flush()
        elif tag == "input":
            kind = given.get("type", "text").lower()
            if kind in ("checkbox", "radio"):
                self.inline.append("[x] " if "checked" in given else "[ ] ")
            elif kind in ("text", "date", "number", "email", "tel", "search", "time", "month"):
                self.inline.append(f" {given.get('value', '')} ")

    def _hides(self, tag: str, given: dict[str, str]) -> bool:
        if tag == "option":
            return "selected" not in given
        return "hidden" in given or bool(_HIDING.search(given.get("style", "")[:2000]))

    def _pop(self) -> None:
        tag, hides = self.open[-1]
        if tag in _BLOCK and not self.hidden:
            self._flush()
        self.open.pop()
        if not self.hidden:
            if tag in ("td", "th") and self.rows and len(self.cells) > 1:
                self.rows[-1].append(self.cells.pop())
            elif tag == "tr" and self.rows:
                self._row()
            elif tag == "table" and self.rows:
                self._row()
                self.rows.pop()
                self.reaching.pop()
        self.hidden -= hides

    def _row(self) -> None:
        """Ends the row being read: its cells, with those that reach down from rows above."""
        row, reaching = self.rows[-1], self.reaching[-1]
        if not row:
            return
        cells: list[list[str]] = []
        for cell in row:
            _reach(cells, reaching)
            if cell.rows > 1:
                reaching[len(cells)] = (cell.rows - 1, cell.blocks)
            cells.append(cell.blocks)
            cells += [[] for _ in range(cell.columns - 1)]
        _reach(cells, reaching)
        self.cells[-1].blocks += row_text(cells)
        row.clear()

    def _flush(self) -> None:
        """Ends the paragraph being read."""
        text = "".join(self.inline).replace("\xa0", " ").replace("\xad", "")
        self.inline.clear()
        if not any(tag == "pre" for tag, _ in self.open[-4:]):
            lines = [" ".join(line.split()) for line in text.split("\n")]
            text = "\n".join(line for line in lines if line)
        text = text.strip("\n") if text.strip() else ""
        if text:
            parts = text.split("\n") if len(self.cells) > 1 else [text]
            self.cells[-1].blocks += [f"{self.mark}{parts[0]}", *parts[1:]]
            self.mark = ""


def _reach(cells: list[list[str]], reaching: dict[int, tuple[int, list[str]]]) -> None:
    while (held := reaching.get(len(cells))) is not None:
        left, blocks = held
        if left > 1:
            reaching[len(cells)] = (left - 1, blocks)
        else:
            del reaching[len(cells)]
        cells.append(blocks)


def _number(given: dict[str, str], name: str) -> int:
    text = given.get(name, "1").strip()
    return max(1, min(int(text), 100)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
