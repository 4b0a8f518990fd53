"""PDF, Word and FHIR: sound, tagged, linked both ways, without a name, the same each time."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import docx
import pypdfium2
import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.composition import Composition

from indicated.errors import OutputError
from indicated.model import Article
from indicated.report import to_docx, to_fhir, to_html, to_pdf
from indicated.report.paper import SIZES
from indicated.serve.cli import main
from indicated.serve.demo import demo_folder

from . import sample


@pytest.fixture(scope="module")
def article() -> Article:
    return sample.variants()["main"].article()


def test_the_pdf_is_tagged_named_bookmarked_and_the_same_each_time(article: Article) -> None:
    made = to_pdf(article)
    assert made == to_pdf(article)
    assert b"pdfuaid" in made  # PDF/UA: the typesetter refuses it where a picture has no words
    file = pypdfium2.PdfDocument(made)
    try:
        assert file.get_metadata_value("Title") == article.title
        assert pypdfium2.raw.FPDFCatalog_IsTagged(file)
        marks = [mark.get_title() for mark in file.get_toc()]
    finally:
        file.close()
    assert {s.heading for s in article.sections} <= set(marks)


def test_a_letter_without_a_shape_is_refused_and_not_left_out(article: Article) -> None:
    with pytest.raises(OutputError, match=r"would not show everything: U\+6F22"):
        to_pdf(replace(article, title="漢"))


def test_markup_in_the_text_stays_text(article: Article) -> None:
    title = '#read("/etc/passwd") *x* $y$ <script>'
    file = pypdfium2.PdfDocument(to_pdf(replace(article, title=title)))
    try:
        assert "passwd" in file[0].get_textpage().get_text_range()
    finally:
        file.close()


def test_the_word_file_has_headings_places_and_no_author(article: Article) -> None:
    made = to_docx(article)
    document = docx.Document(io.BytesIO(made))
    heads = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert [s.heading for s in article.sections if s.heading in heads]
    assert not document.core_properties.author
    assert document.core_properties.title == article.title
    xml = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    names = re.findall(r'<w:bookmarkStart[^>]*w:name="([^"]+)"', xml)
    assert len(names) == len(set(names))
    to = set(re.findall(r'<w:hyperlink[^>]*w:anchor="([^"]+)"', xml))
    assert to
    assert to <= set(names)
    assert 0 < xml.count("<w:tblHeader/>") <= len(document.tables)
    assert xml.count("<w:cantSplit/>") == sum(len(t.rows) for t in document.tables)
    pictures = re.findall(r"<wp:docPr[^>]*>", xml)
    assert pictures
    assert all(re.search(r'descr="[^"]{20,}"', p) for p in pictures)


def test_the_fhir_document_is_valid_and_its_references_resolve(article: Article) -> None:
    for state, status in (("draft", "preliminary"), ("approved", "final")):
        told = to_fhir(article, state=state, signed="a physician")
        bundle = Bundle.model_validate_json(json.dumps(told))
        assert bundle.type == "document"
        first = bundle.entry[0].resource
        assert isinstance(first, Composition)
        assert first.status == status
        urls = [e["fullUrl"] for e in told["entry"]]
        assert len(urls) == len(set(urls))
        text = json.dumps(told)
        used = set(re.findall(r'"reference": "([^"]+)"', text))
        assert used
        assert used <= set(urls)
        assert all(e["fullUrl"] == f"urn:uuid:{e['resource']['id']}" for e in told["entry"])


def test_the_fhir_document_holds_no_name_and_no_markup_of_the_record(article: Article) -> None:
    text = json.dumps(to_fhir(replace(article, title="<script>alert(1)</script>")))
    assert "Jane Example" not in text
    divs = re.findall(r"<div.*?</div>", text)
    assert divs
    allowed = r"</?(?:div|p|ul|li|table|tr|th|td)(?: xmlns=[^>]*| colspan=[^>]*)?>"
    assert all("<" not in re.sub(allowed, "", div) for div in divs)


def test_citations_of_the_page_lead_there_and_back(article: Article) -> None:
    page = to_html(article)
    for label, _ in article.record:
        if f'id="at-{label}"' in page:
            assert f'href="#at-{label}"' in page
            assert f'href="#{label}"' in page
    assert page.count('id="at-') > 5


def test_a_citation_opens_the_chart_at_its_words_and_the_chart_leads_back(tmp_path) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "x.html"
    case = demo_folder()
    said = CliRunner().invoke(
        main,
        ["assess", f"@{case / 'question.txt'}", "--chart", str(case / "chart"),
         "--as-of", "2025-11-21", "-o", str(out), "--with-chart"],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    chart = (tmp_path / "x-chart.html").read_text("utf-8")
    links = re.findall(r'href="x-chart\.html#([^"]+)"', out.read_text("utf-8"))
    assert len(links) > 20
    assert all(f'id="{link}"' in chart for link in links)
    assert 'href="x.html"' in chart


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_what_is_no_text_is_not_sent_to_a_screen(form: str) -> None:
    case = demo_folder()
    told = ["assess", f"@{case / 'question.txt'}", "--chart", str(case / "chart"), "--format", form]
    said = CliRunner().invoke(main, told)
    assert said.exit_code != 0
    assert "Name a file with -o" in said.output


@pytest.mark.parametrize("size", SIZES)
def test_pages_have_the_size_that_was_asked_for(article: Article, size: str) -> None:
    wanted = [side / 25.4 for side in SIZES[size]]
    file = pypdfium2.PdfDocument(to_pdf(article, size=size))
    try:
        inches = [[side / 72 for side in sheet.get_size()] for sheet in file]
    finally:
        file.close()
    assert all(found == pytest.approx(wanted, abs=0.01) for found in inches)
    section = docx.Document(io.BytesIO(to_docx(article, size=size))).sections[0]
    sides = [section.page_width.inches, section.page_height.inches]
    assert sides == pytest.approx(wanted, abs=0.01)
