"""The article as a FHIR R4 document: a Bundle whose Composition holds the sections as narrative.

Of the record it carries only what the article prints: the titles, days and hashes of documents
stand behind their quotations, never their text. Every id comes from the article's hash, so that
the same article is the same document everywhere.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from indicated.messages import Messages
from indicated.model import Article, Block, Section, Sentence
from indicated.report.page import Page, sentences_of
from indicated.report.phrases import clean
from indicated.report.tiles import LABEL

_STATUS = {"draft": "preliminary", "under_review": "preliminary", "approved": "final"}
_WEB = ("https://", "http://")


def to_fhir(
    article: Article, *, state: str = "draft", signed: str = "", messages: Messages | None = None
) -> dict[str, Any]:
    """The document Bundle, as plain data."""
    return _Document(Page(article, state=state, signed=signed, messages=messages)).bundle()


class _Document:
    """One document being put together."""

    def __init__(self, page: Page):
        self.page, self.article = page, page.article

    def bundle(self) -> dict[str, Any]:
        """The Bundle: the Composition first, then all that it refers to."""
        article = self.article
        device = {
            "resourceType": "Device",
            "deviceName": [{"name": article.program, "type": "model-name"}],
        }
        cited = [self._reference(n) for n in range(1, len(article.references) + 1)]
        named = list(dict.fromkeys(s.document for _, s in article.record))
        passages = [self._document(name) for name in named]
        entries = [
            self._entry("composition", self._composition()),
            self._entry("program", device),
            *(self._entry(f"reference-{n}", r) for n, r in enumerate(cited, 1)),
            *(self._entry(f"document-{n}", r) for n, r in enumerate(passages, 1)),
        ]
        return {
            "resourceType": "Bundle",
            "id": self._id("bundle"),
            "identifier": {"system": "urn:ietf:rfc:3986", "value": self._url("bundle")},
            "type": "document",
            "timestamp": f"{article.as_of.isoformat()}T00:00:00Z",
            "entry": entries,
        }

    def _id(self, what: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"indicated:{self.article.hash}:{self.page.state}:{what}"))

    def _url(self, what: str) -> str:
        return f"urn:uuid:{self._id(what)}"

    def _entry(self, what: str, resource: dict[str, Any]) -> dict[str, Any]:
        return {"fullUrl": self._url(what), "resource": {**resource, "id": self._id(what)}}

    def _composition(self) -> dict[str, Any]:
        article, page = self.article, self.page
        furniture = [page.banner, page.say("as_of", day=page.day), *(
            f"{mark} {meaning}" for mark, meaning in page.marks()
        )]  # fmt: skip
        furniture.append(page.say("footer", hash=page.hash, program=article.program))
        return {
            "resourceType": "Composition",
            "language": article.language,
            "text": _narrative("generated", [_p(x) for x in furniture]),
            "identifier": {"value": f"sha256-{article.hash}"},
            "status": _STATUS[page.state],
            "type": {"text": page.m.template("heading.title_none")},
            "date": article.as_of.isoformat(),
            "author": [{"reference": self._url("program"), "display": article.program}],
            "title": article.title,
            "section": [self._section(s) for s in article.sections],
        }

    def _section(self, section: Section) -> dict[str, Any]:
        told: dict[str, Any] = {"title": section.heading} if section.heading else {}
        if section.blocks:
            blocks = [_block(b, self.page) for b in section.blocks]
            told["text"] = _narrative("generated", blocks)
            entries = self._cited(Section(section.id, "", section.blocks))
            if entries:
                told["entry"] = entries
        if section.parts:
            told["section"] = [self._section(p) for p in section.parts]
        if not (section.blocks or section.parts):  # a section holds text, entries or sections
            told["text"] = _narrative("empty", [_p(section.heading)])
        return told

    def _cited(self, section: Section) -> list[dict[str, str]]:
        """What the section's sentences cite, each once."""
        record = dict(self.article.record)
        named = list(dict.fromkeys(s.document for _, s in self.article.record))
        found: dict[str, None] = {}
        for sentence in sentences_of(section):
            for match in LABEL.finditer(sentence.text):
                label = match[1]
                if label in record:
                    found[self._url(f"document-{named.index(record[label].document) + 1}")] = None
                elif label.isdigit() and int(label) <= len(self.article.references):
                    found[self._url(f"reference-{label}")] = None
        return [{"reference": url} for url in found]

    def _reference(self, number: int) -> dict[str, Any]:
        """A source in the literature."""
        reference = self.article.references[number - 1]
        attachment = {"title": clean(reference.title)}
        if reference.url.startswith(_WEB):
            attachment["url"] = reference.url
        told: dict[str, Any] = {
            "resourceType": "DocumentReference",
            "identifier": [{"value": reference.key}],
            "status": "current",
            "type": {"text": reference.type},
            "content": [{"attachment": attachment}],
        }
        if reference.organisation:
            told["custodian"] = {"display": clean(reference.organisation)}
        return told

    def _document(self, name: str) -> dict[str, Any]:
        """A document of the record: which labels lead to it, and nothing of its text."""
        labels = ", ".join(label for label, s in self.article.record if s.document == name)
        return {
            "resourceType": "DocumentReference",
            "identifier": [{"value": self._id(f"document:{name}")}],
            "status": "current",
            "description": self.page.say("label_record", label=labels),
            "content": [{"attachment": {"title": self.page.say("label_record", label=labels)}}],
        }


# --- narrative --------------------------------------------------------------------------------

_DIV = Markup('<div xmlns="http://www.w3.org/1999/xhtml">{}</div>')


def _narrative(status: str, pieces: list[Markup]) -> dict[str, str]:
    return {"status": status, "div": str(_DIV.format(Markup("").join(pieces)))}


def _p(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _block(block: Block, page: Page) -> Markup:
    """A block in the few elements that a narrative may hold."""
    if block.kind == "table":
        return _table(block, page)
    if block.kind == "list":
        items = (Markup("<li>{}</li>").format(_said(s, page)) for s in block.sentences)
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    if block.kind == "lines":
        return _p(Markup("<br/>").join(_said(s, page) for s in block.sentences))
    return _p(Markup(" ").join(_said(s, page) for s in block.sentences))


def _table(block: Block, page: Page) -> Markup:
    width = str(max(len(row) for row in block.rows))
    rows: list[Markup] = []
    if block.header:
        heads = Markup("").join(Markup("<th>{}</th>").format(h) for h in block.header)
        rows.append(Markup("<tr>{}</tr>").format(heads))
    for group in page.groups(block):
        if group.heading:
            head = Markup('<tr><th colspan="{}">{}</th></tr>')
            rows.append(head.format(width, _said(group.heading, page)))
        for row in group.rows:
            cells = Markup("").join(Markup("<td>{}</td>").format(_said(s, page)) for s in row)
            rows.append(Markup("<tr>{}</tr>").format(cells))
    return Markup("<table>{}</table>").format(Markup("").join(rows))


def _said(sentence: Sentence, page: Page) -> Markup:
    """A sentence with its citations in brackets, as everywhere."""
    indent = "› " * page.depth(sentence)
    runs = (f"[{run.text}{run.mark}]" if run.label else run.text for run in page.runs(sentence))
    return Markup("{}").format(indent + "".join(runs))
