"""Every rendering holds the same sentences and cells, in order, and nothing else but known words.

The text is extracted back from the finished file by another library than the one that wrote it,
where there is one, and compared after white space, hyphens at line ends and list marks are gone.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import docx
import pypdfium2
import pytest
import yaml

from indicated.assess import assess
from indicated.chart import read_chart
from indicated.criteria import load_library
from indicated.letters import letter
from indicated.model import Article, Assessment, Block, Case, Library, Section
from indicated.report import to_docx, to_fhir, to_html, to_markdown, to_pdf
from indicated.report.letters import LETTERS, load_letterhead
from indicated.report.output import to_json
from indicated.report.page import Page, blocks_of, sentences_of
from indicated.report.paper import sheets
from indicated.serve.demo import demo_case
from indicated.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = sorted((EXAMPLES / "cases").iterdir())


# One small case in every form of text that people are sent: each reader, each letter, in Spanish too.
SMALL = "cpap-ahi-9-hypertension"
READERS = ("reviewer", "patient", "student", "patient es")
LETTERS_OF_IT = (*LETTERS, "necessity es", "appeal es")
PLAIN = Settings()
LETTERHEAD = load_letterhead(EXAMPLES / "letterhead.yaml")


@pytest.fixture(
    scope="module", params=["shipped", *(c.name for c in CASES), *READERS, *LETTERS_OF_IT]
)
def assessment(request: pytest.FixtureRequest) -> Assessment:
    """An assessment with its article, or with a letter in its place."""
    name, _, language = request.param.partition(" ")
    language = language or "en"
    if name == "shipped":
        return assess(demo_case(), _library())
    if name in LETTERS:
        denial = read_chart(EXAMPLES / "cases" / SMALL / "denial.txt") if name == "appeal" else None
        told = {"letterhead": LETTERHEAD, "denial": denial, "language": language}
        return letter(name, _assessed(SMALL), _library(), **told)  # type: ignore[arg-type]
    if request.param in READERS:
        return _assessed(SMALL, Settings(reader=name, locale=language))
    return _assessed(name)


@cache
def _library() -> Library:
    return load_library()


@cache
def _assessed(name: str, settings: Settings = PLAIN) -> Assessment:
    folder = EXAMPLES / "cases" / name
    expected = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
    day = expected.get("as_of", date(2026, 11, 20))
    day = day if isinstance(day, date) else date.fromisoformat(day)
    question = (folder / "question.txt").read_text("utf-8").strip()
    return assess(Case(question, read_chart(folder / "chart"), day), _library(), settings)


def bare(text: str) -> str:
    """Letters, digits and signs alone: what no line break, list mark or bracket changes."""
    return re.sub(r"[^\w%<>≤≥=×÷✓✗■□]", "", text.replace("_", ""))


def in_order(article: Article, *, titled: str = "") -> list[str]:
    """Headings, column heads, sentences and cells as they follow each other; the title of a letter
    after its addresses, the section `titled`."""

    def of(section: Section) -> Iterator[str]:
        yield from [section.heading] if section.heading else []
        for block in section.blocks:
            yield from said(block, section.id)
        for part in section.parts:
            yield from of(part)
        yield from [article.title] if titled and section.id == titled else []

    return [text for section in article.sections for text in of(section)]


def said(block: Block, section: str, *, labelled: bool = False) -> Iterator[str]:
    """A row of the record may leave its label out where it stands before the words already."""
    yield from block.header
    yield from (s.text for s in block.sentences)
    for row in block.rows:
        for n, cell in enumerate(row):
            again = section == "record" and n == 1 and not labelled
            yield re.sub(r" \[P\d+\]$", "", cell.text) if again else cell.text


def on_paper(page: Page) -> list[str]:
    """The same in the order of paper: what is folded stands at the end."""
    found: list[str] = []
    titled = not page.titled
    for sheet in sheets(page):
        if not titled and sheet.id != page.titled:
            found.append(page.article.title)
            titled = True
        found += [sheet.heading] if sheet.block is None else list(said(sheet.block, sheet.id))
    return found


def rest(text: str, expected: list[str]) -> str:
    """What stands in the text beside the expected pieces; fails where one is missing or astray."""
    text, at, left = bare(text), 0, []
    for piece in map(bare, expected):
        found = text.find(piece, at)
        assert found >= 0, "a sentence or cell is missing, or stands in another order"
        assert found - at < 400, "a sentence or cell stands in another place"
        left.append(text[at:found])
        at = found + len(piece)
    return "".join([*left, text[at:]])


def furniture(page: Page) -> set[str]:
    """Words around the article that a rendering may print."""
    told = {page.banner, page.article.title, page.day, page.say("appendix"), page.subject}
    told |= {page.m.template("page.page_of").format(n="", of="")}
    told |= {page.say("as_of", day=page.day), page.say(page.state)}
    told |= {page.say("footer", hash=page.hash, program=page.article.program)}
    told |= {page.say("print_note", state=page.say(page.state), day=page.day, hash=page.hash)}
    told |= {meaning for _, meaning in page.marks()} | {mark for mark, _ in page.marks()}
    told |= {b.folded for s in page.article.sections for b in blocks_of(s) if b.folded}
    told |= {g.heading for g in page.glances()} | {g.outcome for g in page.glances()}
    labels = (*page.targets, *(str(n) for n in range(1, len(page.article.references) + 1)))
    told |= {"".join(letter for letter, _ in page.backs(label)) for label in labels}
    notes = [b for s in page.article.sections for b in blocks_of(s) if b.kind == "note"]
    told |= {
        page.icon(tone) for tone in (*(g.tone for g in page.glances()), *(b.tone for b in notes))
    }
    return told


def only(left: str, words: set[str]) -> None:
    """Nothing is left once the known words are taken out, longest first, and numbers of pages or of
    passages."""
    for known in sorted(map(bare, words), key=len, reverse=True):
        left = left.replace(known, "") if known else left
    assert re.fullmatch(r"(?:P?\d+)*", left), f"{len(left)} characters are none of the article's"


def page_of(article: Article) -> Page:
    return Page(article, state="draft", signed="", messages=None)


# --- each form -----------------------------------------------------------------------------


class Words(HTMLParser):
    """The text of the main part of a page, without what only a screen reader or a picture says."""

    HIDDEN = ("style", "svg", "nav", "caption", "header")
    ASIDE = re.compile(r"\b(glance|legend|url|nth|back|skip|deep)\b")

    def __init__(self, text: str):
        super().__init__()
        self.open: list[bool] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        aside = bool(self.ASIDE.search(given.get("class") or "")) and tag != "section"
        back = "back" in (given.get("class") or "").split() and given["aria-label"]
        back = back and "nth" not in (given.get("class") or "").split()
        hidden = tag in self.HIDDEN or (aside and not back)
        if back and "↩" not in str(given):
            hidden = False
        if tag not in ("meta", "br", "hr", "input"):
            self.open.append(hidden)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.words.append(data)


def test_html(assessment: Assessment) -> None:
    article = assessment.article
    body = to_html(article).split('<main id="article"', 1)[1].split("</main>", 1)[0]
    text = "".join(Words(f"<main {body}</main>").words)
    page = page_of(article)
    only(rest(text, in_order(article, titled=page.titled)), furniture(page))


def test_markdown(assessment: Assessment) -> None:
    article = assessment.article
    text = html.unescape(re.sub(r"\\(.)", r"\1", to_markdown(article)))
    numbers = re.compile(r"^(?:\d+\.|>) ", re.M)  # of the list of references, and of a note
    page = page_of(article)
    only(rest(numbers.sub("", text), in_order(article, titled=page.titled)), furniture(page))


def test_pdf(assessment: Assessment) -> None:
    article = assessment.article
    page = page_of(article)
    file = pypdfium2.PdfDocument(to_pdf(article))
    try:
        sheets_text = [sheet.get_textpage().get_text_range() for sheet in file]
    finally:
        file.close()
    told = (state := page.say(page.state)), page.day, page.hash
    running = page.say("print_note", state=told[0], day=told[1], hash=told[2]) + page.banner
    frames = [page.banner if page.letter else running, state.upper()]
    text = ""
    for n, sheet_text in enumerate(sheets_text, 1):
        plain = bare(re.sub("\ufffe(?:\r\n)?", "", sheet_text))  # hyphens at the ends of lines
        foot = bare(page.m.template("page.page_of").format(n=n, of=len(sheets_text)))
        signs = [meaning for _, meaning in page.marks()]  # those that the page uses stand before it
        feet = [bare("".join([*some, foot])) for some in (signs, signs[:1], signs[1:], [])]
        foot = next((f for f in feet if f in plain), foot)
        again = [page.subject] if page.letter and n > 1 else []
        for frame in (*map(bare, [*frames, *again]), foot):  # on every page, once
            assert plain.count(frame) >= 1
            plain = plain.replace(frame, "", 1)
        text += plain
    heads = {"".join(b.header) for s in article.sections for b in blocks_of(s)}
    only(rest(text, on_paper(page)), furniture(page) | heads)  # heads come again on the next page


def test_docx(assessment: Assessment) -> None:
    article = assessment.article
    page = page_of(article)
    body = docx.Document(io.BytesIO(to_docx(article))).element.body
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    text = "".join(t.text or "" for t in body.iter(f"{space}t"))
    only(rest(text, on_paper(page)), furniture(page))


def test_fhir(assessment: Assessment) -> None:
    article = assessment.article
    composition = to_fhir(article)["entry"][0]["resource"]

    def of(section: dict) -> Iterator[str]:  # type: ignore[type-arg]
        yield section.get("title", "")
        yield html.unescape(re.sub(r"<[^>]+>", "", section.get("text", {}).get("div", "")))
        for part in section.get("section", ()):
            yield from of(part)

    text = "".join(t for section in composition["section"] for t in of(section))
    only(rest(text, in_order(article)), furniture(page_of(article)))


def test_json(assessment: Assessment) -> None:
    told = json.loads(json.dumps(to_json(assessment)))["article"]
    article = assessment.article
    every = [s.text for section in article.sections for s in sentences_of(section)]
    assert sorted(s["text"] for s in told["sentences"]) == sorted(every)


def test_the_comparison_sees_a_dropped_and_an_added_sentence(assessment: Assessment) -> None:
    article = assessment.article
    shorter = replace(article, sections=article.sections[:-1])
    text = html.unescape(re.sub(r"\\(.)", r"\1", to_markdown(shorter)))
    with pytest.raises(AssertionError):
        rest(text, in_order(article))
    longer = html.unescape(re.sub(r"\\(.)", r"\1", to_markdown(article))) + " He is well."
    with pytest.raises(AssertionError):
        only(rest(longer, in_order(article)), furniture(page_of(article)))
