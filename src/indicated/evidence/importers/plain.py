"""Documents without a schema: PDF, Word, web pages, Markdown, plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from indicated.evidence.identifiers import sound
from indicated.evidence.importers.markdown import first_heading, front_matter, pieces_of
from indicated.evidence.importers.said import with_said
from indicated.evidence.parts import Found, NotImported, Piece
from indicated.files import isolated
from indicated.files.furniture import without_furniture
from indicated.files.hyphens import rejoined
from indicated.files.limits import Limits
from indicated.files.text import cleaned, decoded, is_text
from indicated.model import Work

# What pages of journals and registries say of themselves in their heads.
_META = {
    "citation_title": "title", "dc.title": "title", "og:title": "title",
    "citation_journal_title": "organisation", "citation_publisher": "organisation",
    "dc.publisher": "organisation",
    "citation_publication_date": "year", "citation_date": "year", "dc.date": "year",
}  # fmt: skip
_META_IDS = {"citation_doi": "doi", "citation_pmid": "pmid", "citation_isbn": "isbn"}
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
PAGES = Limits(pages=20_000, text_chars=100_000_000, seconds=600.0)  # a handbook is no chart


def read_pdf(raw: bytes, name: str) -> list[Found]:
    """The pages of a PDF. Its own title is not used: it is mostly that of a template."""
    words = isolated.words_of("pdf", raw, PAGES)
    pages = without_furniture(rejoined([cleaned(p) for p in words.pages]))
    pieces = [Piece(text, "", n) for n, text in enumerate(pages, 1) if text.strip()]
    return [_found(Work("", _named(name)), pieces, words.unread)]


def read_office(kind: str, raw: bytes, name: str) -> list[Found]:
    """The text of a Word or RTF file under its headings."""
    words = isolated.words_of(kind, raw, PAGES)
    text = cleaned("\n".join(words.pages))
    title = words.title.strip() or first_heading(text) or _named(name)
    return [_found(Work("", title), pieces_of(text), words.unread)]


def read_html(raw: bytes, name: str) -> list[Found]:
    """What a web page shows, under its headings, and what its head says of it."""
    words = isolated.words_of("html", raw, PAGES)
    text = cleaned("\n".join(words.pages))
    said, ids = _meta(decoded(raw)[0])
    identifiers, remarks = sound(ids)
    title = said.get("title", "") or words.title.strip() or first_heading(text) or _named(name)
    year = _YEAR.search(said.get("year", ""))
    work = Work(
        "", title, organisation=said.get("organisation", ""), year=year[0] if year else "",
        identifiers=identifiers,
    )  # fmt: skip
    return [_found(work, pieces_of(text), (*words.unread, *remarks))]


def read_text(raw: bytes, name: str) -> list[Found]:
    """A text under its headings; what stands between lines of "---" at its head says what it is."""
    text, remark = decoded(raw)
    if not is_text(text):
        raise NotImported("it is not text, and no format that is known; save it as PDF or text")
    said, body = front_matter(cleaned(text))
    pages = body.split("\f")
    if len(pages) > 1:
        pieces = [p for n, page in enumerate(pages, 1) for p in pieces_of(page, page=n)]
    else:
        pieces = pieces_of(body)
    work = Work("", first_heading(body) or _named(name))
    return [with_said(_found(work, pieces, (remark,) if remark else ()), said, "its head")]


def _found(work: Work, pieces: list[Piece], unread: tuple[str, ...]) -> Found:
    if not any(p.text.strip() for p in pieces):
        raise NotImported("; ".join(unread) or "it holds no words")
    return Found(work, tuple(pieces), (), unread)


def _named(name: str) -> str:
    """What a file is called, where it does not say its title."""
    stem = name.rpartition("/")[2]
    return stem.rpartition(".")[0] or stem


class _Head(HTMLParser):
    """The `meta` elements of a page's head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            given = {k: v or "" for k, v in attrs}
            name = (given.get("name") or given.get("property") or "").lower()
            self.said.append((name, given.get("content", "").strip()[:500]))


def _meta(text: str) -> tuple[Mapping[str, str], list[tuple[str, str]]]:
    head = _Head()
    try:
        head.feed(text[:200_000])
    except AssertionError:  # the parser's word for a declaration that it does not know
        return {}, []
    said: dict[str, str] = {}
    for name in _META:  # the first of the names that the page uses
        value = next((v for n, v in head.said if n == name and v), "")
        if value:
            said.setdefault(_META[name], value)
    return said, [(_META_IDS[n], v) for n, v in head.said if n in _META_IDS and v]
