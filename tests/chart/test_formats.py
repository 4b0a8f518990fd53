"""What a file is, is told by what it holds; every format ends in documents or in a sentence."""

from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path

import pytest

from indicated.chart import read_chart
from indicated.chart.formats import READERS, REFUSED, Way, kind_of, read_bytes
from indicated.chart.parts import Limits, Read
from indicated.errors import InputError

from . import make

WAY = Way(Limits())


def read(raw: bytes, name: str = "file") -> Read:
    return read_bytes(raw, name, WAY)


KINDS = {
    "note.pdf": "pdf", "note.docx": "docx", "note.rtf": "rtf", "note.html": "html",
    "note.txt": "text", "note.eml": "mail", "notes.zip": "zip", "bundle.json": "fhir",
    "bulk.ndjson": "ndjson", "summary.xml": "ccda", "labs.csv": "labs",
}  # fmt: skip


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("name", KINDS)
def test_every_format_is_told_and_read(name: str) -> None:
    raw = make.samples()[name]
    assert kind_of(raw, name) == KINDS[name]
    found = read(raw, name)
    assert found.documents
    assert all(d.text.strip() and d.id.startswith(name) for d in found.documents)


@pytest.mark.parametrize("name", [n for n in KINDS if n != "labs.csv"])
def test_the_content_goes_before_the_name(name: str) -> None:
    raw = make.samples()[name]
    for wrong in ("x.txt", "x.pdf", "x", "x.csv" if name != "note.txt" else "x.doc"):
        assert kind_of(raw, wrong) == KINDS[name]


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (b"[MET] criterion one\n", "a.txt", "text"),
        (b"{not json}\n", "a.txt", "text"),
        (b"<10 mg/dL today", "a.txt", "text"),
        (b"BMI 31.2 today\n", "a.txt", "text"),
        (b"From: A\nTo: B\nSubject: C\n\nHas asthma.", "a.txt", "text"),
        (b"\n\n <html><body>x", "a.txt", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "a", "html"),
        ("Asthma.".encode("utf-16-le"), "a.txt", "text"),
        (make.CCDA.decode().encode("utf-16"), "a.xml", "ccda"),
        (b"\x00\x01\x02\x03" * 20, "a.txt", "binary"),
        (b"A,B\n1,2\n", "a.tsv", "labs"),
        (b'[{"resourceType": "Patient"}]', "a.txt", "fhir"),
    ],
)
def test_what_a_text_is(raw: bytes, name: str, kind: str) -> None:
    assert kind_of(raw, name) == kind


REFUSALS = {
    "old-office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "locked-office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "excel": make.zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"x"}),
    "powerpoint": make.zipped({"ppt/presentation.xml": b"x"}),
    "opendocument": make.zipped({"mimetype": b"x", "content.xml": b"x"}),
    "dicom": b"\x00" * 128 + b"DICM" + b"\x00" * 50,
    "hl7": b"MSH|^~\\&|LAB|H|||20250312||ORU^R01|1|P|2.5\rPID|1\r",
    "fhir-xml": b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>',
    "other-xml": b'<?xml version="1.0"?><data><row>1</row></data>',
    "packed": b"\x1f\x8b\x08" + b"\x00" * 30,
    "binary": bytes(range(256)) * 4,
    "sound": b"RIFF\x00\x00\x00\x00WAVEfmt ",
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_cannot_be_read_says_what_to_do(kind: str) -> None:
    found = read(REFUSALS[kind])
    assert found == Read((), (REFUSED[kind],))
    assert "; " in found.unread[0]  # what it is; what to do


def test_every_refusal_is_tried() -> None:
    assert set(REFUSALS) == set(REFUSED)
    assert set(KINDS.values()) | {"picture", "bitmap"} == set(READERS)


def test_a_folder_of_everything(tmp_path: Path) -> None:
    for name, raw in {**make.samples(), "old.doc": REFUSALS["old-office"]}.items():
        (tmp_path / name).write_bytes(raw)
    chart = read_chart(tmp_path)
    assert {d.id.split("/")[0].split("#")[0] for d in chart.documents} == set(make.samples())
    assert len({d.id for d in chart.documents}) == len(chart.documents)
    assert any(u.startswith("old.doc: an old Word") for u in chart.unread)


# --- text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Sjögren, ≥5 µg".encode(), "Sjögren, ≥5 µg"),
        ("Sjögren, ≥5 µg".encode("utf-8-sig"), "Sjögren, ≥5 µg"),
        ("Sjögren, ≥5 µg".encode("utf-16"), "Sjögren, ≥5 µg"),
        ("Sjögren, ≥5 µg".encode("utf-16-le"), "Sjögren, ≥5 µg"),
        ("Sjögren, ≥5 µg".encode("utf-16-be"), "Sjögren, ≥5 µg"),
        (codecs.BOM_UTF32_LE + "Sjögren".encode("utf-32-le"), "Sjögren"),
        ("ﬁbrosis, ﬂare, e\u00adGFR".encode(), "fibrosis, flare, eGFR"),
        (b"Has asthma." + b" " * 200 + b"\x00", "Has asthma." + " " * 201),
        (b"one\r\ntwo\rthree\x0bfour", "one\ntwo\nthree\nfour"),
    ],
)
def test_encodings_and_signs(raw: bytes, text: str) -> None:
    found = read(raw, "a.txt")
    assert [d.text for d in found.documents] == [text]
    assert not found.unread


def test_text_of_another_encoding_is_named() -> None:
    found = read("Sjögren 5 µg".encode("cp1252"))
    assert found.documents[0].text == "Sjögren 5 µg"
    assert "Windows text" in found.unread[0]


def test_utf8_with_a_damaged_byte_stays_utf8() -> None:
    found = read("Sjögren ≥ 5 µg, größer, naïve, ± ü ö ä é è ê ç ñ å ø æ ß".encode() * 3 + b"\xff")
    assert found.documents[0].text.startswith("Sjögren ≥ 5 µg")
    assert found.unread == ("1 damaged sign, shown as \ufffd",)


def test_form_feeds_end_pages_and_not_sentences() -> None:
    text = (
        "Clinic note\nShe was treated with immunoglobulin for a year and then\f\nstopped it.\fEnd."
    )
    (document,) = read(text.encode(), "a.txt").documents
    assert "and then\nstopped it.\n\nEnd." in document.text
    assert [document.text[p:].split()[0] for p in document.pages] == ["Clinic", "stopped", "End."]


def test_a_line_in_lower_case_does_not_go_on_with_a_header() -> None:
    (document,) = read(b"Clinic note\nDate: 3/12/2025\nfever since Monday\n", "a.txt").documents
    assert "Date: 3/12/2025\n\nfever" in document.text
    assert document.written == date(2025, 3, 12)
    (document,) = read(b"Date: 3/12/2025\nFever since Monday\n", "a.txt").documents
    assert "Date: 3/12/2025\nFever" in document.text


# --- RTF and web pages ---------------------------------------------------------------------


@pytest.mark.usefixtures("in_process")
def test_rtf() -> None:
    found = read(make.RTF, "a.rtf")
    (document,) = found.documents
    text = document.text
    assert document.written == date(2025, 3, 12)
    assert document.title == "Clinic note"
    assert "Sjögren disease." in text
    assert "Dose 5 µg." in text
    assert "| Test | Result | Units |\n| IgG | 495 | mg/dL |\n| CD20 |  | % |\n" in text
    assert len(document.pages) == 2
    assert text[document.pages[1] :].startswith("Second page.")
    for unseen in ("gone", "hidden", "old", "secret", "89504e"):
        assert unseen not in text
    assert "struck through" in found.unread[0]


@pytest.mark.usefixtures("in_process")
def test_html() -> None:
    found = read(make.HTML, "a.html")
    (document,) = found.documents
    assert document.text == (
        "# Clinic note\n\nDate: 03/12/2025\n\n- IVIG monthly\n- asthma\n\n"
        "| Test | Result | Units |\n| IgG | 495 | mg/dL |\n| CD20 |  | % |\n\n"
        "WBC 10 x 10^9/L, no chills\nsecond line\n[x] smoker former\n"
    ).replace("\n[x]", " [x]")
    assert document.written == date(2025, 3, 12)
    assert "struck through" in found.unread[0]


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td rowspan=2>IgG<td>1<tr><td>2</table>", "| IgG | 1 |\n| IgG | 2 |\n"),
        ("<table><tr><td colspan=2>A<td>B</table>", "| A |  | B |\n"),
        ("<table><tr><td>One cell lays out a page.</table>", "One cell lays out a page.\n"),
        ("<table><tr><td>x<table><tr><td>a<td>b</table><td>y</table>", "x\n\n| a | b |\n\ny\n"),
        ("<table><tr><td>a|b<td>c</table>", "| a¦b | c |\n"),
        ("<pre>A   1\nB   2</pre>", "A   1\nB   2\n"),
        ("a &lt; b &amp; c&nbsp;d", "a < b & c d\n"),
        ("<p>a<div>b</div></p></div></td>c", "a\n\nb\n\nc\n"),
        ("<p style='DISPLAY : none'>x</p>y", "y\n"),
        ("<![if mso]><p>x<![endif]><!-- y --><![CDATA[z]]>", "x\n"),
        ("<dl><dt>IgG<dd>495<dt>IgM<dd>39</dl>", "IgG\n\n495\n\nIgM\n\n39\n"),
        ("<textarea>typed</textarea><input value='typed too'><input type=hidden value=x>",
         "typed typed too\n"),
    ],
)  # fmt: skip
def test_what_a_browser_shows(html: str, text: str) -> None:
    assert "".join(d.text for d in read(f"<html><body>{html}".encode()).documents) == text


@pytest.mark.usefixtures("in_process")
def test_a_web_page_says_its_encoding() -> None:
    raw = '<html><meta charset="iso-8859-2"><p>Łukasz'.encode("iso-8859-2")
    assert read(raw).documents[0].text == "Łukasz\n"


# --- messages and zip files ----------------------------------------------------------------


def test_a_message_is_a_letter_and_its_attachments_are_files() -> None:
    raw = make.mail(
        "Please see attached.",
        {"labs.csv": make.CSV, "note.rtf": make.RTF, "x.doc": REFUSALS["old-office"]},
    )
    found = read(raw, "m.eml")
    first, *others = found.documents
    assert (first.kind, first.written, first.title) == (
        "letter",
        date(2025, 3, 12),
        "Appeal for J. Doe",
    )
    assert first.text.startswith("From: A. Smith")
    assert "Please see attached." in first.text
    assert [d.id.split("#")[0] for d in others] == ["m.eml/labs.csv", "m.eml/note.rtf"]
    assert any(u.startswith("x.doc: an old Word") for u in found.unread)


def test_a_message_that_is_only_a_web_page() -> None:
    (document,) = read(make.mail("", html="<p>Has <b>asthma</b>.</p>"), "m.eml").documents
    assert "Has asthma." in document.text
    assert document.written == date(2025, 3, 12)
    both = read(make.mail("Has asthma.", html="<p>Has asthma.</p>"), "m.eml")
    assert "".join(d.text for d in both.documents).count("Has asthma.") == 1


def test_a_zip_file_of_documents() -> None:
    inner = make.zipped({"deep.txt": b"Has emphysema."})
    raw = make.zipped(
        {
            "b.txt": b"Has asthma.",
            "a/c.html": make.HTML,
            "__MACOSX/x": b"x",
            ".y": b"y",
            "in.zip": inner,
        }
    )
    ids = [d.id for d in read(raw, "all.zip").documents]
    assert ids == ["all.zip/a/c.html", "all.zip/b.txt", "all.zip/in.zip/deep.txt"]


def test_a_file_without_a_name_in_a_zip_file_costs_nothing_else() -> None:
    """As damage leaves it in the directory of the container."""
    found = read(make.zipped({"b.txt": b"Has asthma.", "": b"Has emphysema."}), "all.zip")
    assert "all.zip/b.txt" in [d.id for d in found.documents]


def test_files_within_files_end_somewhere() -> None:
    raw = b"Has asthma."
    for _ in range(6):
        raw = make.zipped({"x": raw})
    found = read(raw)
    assert not found.documents
    assert "files within files" in found.unread[0]


# --- limits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "limits", "said"),
    [
        (b"x" * 100, Limits(file_bytes=99), "too large"),
        (b"x" * 100, Limits(text_chars=99), "more than 99 characters"),
        (make.HTML, Limits(text_chars=20), "more than 20 characters"),
        (make.RTF, Limits(text_chars=20), "more than 20 characters"),
        (make.zipped({"a": b"x" * 1000}), Limits(unpacked_bytes=999), "unpack to 1,000 bytes"),
        (make.zipped({"a": b"0" * 20_000_000}), Limits(), "times its size"),
        (make.zipped({"a": b"x", "b": b"y"}), Limits(files=1), "more than 1 files"),
        (make.zipped({"a": make.zipped({"b": b"x"})}), Limits(nesting=1), "files within files"),
        (make.mail("x", {"a": b"y"}), Limits(files=1), "more than 1 parts"),
        (make.zipped({"word/document.xml": b"0" * 20_000_000}), Limits(), "times its size"),
        (b"a\x0c" * 20, Limits(pages=20), "21 pages, more than 20"),
        (b"Document: x\n" * 20, Limits(files=19), "more than 19 documents"),
        (b"{\\rtf1" + b"{" * 200, Limits(depth=2), "nested too deep"),
    ],
)
def test_what_is_too_large_is_named_and_never_cut(raw: bytes, limits: Limits, said: str) -> None:
    found = read_bytes(raw, "a", Way(limits))
    assert not found.documents
    (sentence,) = found.unread
    assert said in sentence


def test_a_file_that_takes_too_long_is_left() -> None:
    found = read_bytes(b"<p>" * 1000, "a.html", Way(Limits(seconds=0.001)))
    assert not found.documents
    assert "took longer than" in found.unread[0]


def test_a_reader_that_fills_the_memory_costs_its_file() -> None:
    raw = make.pdf(make.PROSE)
    found = read_bytes(raw, "a.pdf", Way(Limits(memory_bytes=30_000_000)))
    assert not found.documents
    assert len(found.unread) == 1


def test_a_large_file_is_not_even_opened(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    with pytest.raises(InputError, match="too large"):
        read_chart(tmp_path / "a.txt", limits=Limits(file_bytes=99))
    with pytest.raises(InputError, match="too large"):
        read_chart(tmp_path / "a.txt", limit=99)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from indicated.files import isolated

    assert "extra [pdf]" in isolated._words({"missing": "pypdfium2.raw"}, "the PDF").unread[0]
    assert "extra [docx]" in isolated._words({"missing": "striprtf"}, "the RTF file").unread[0]
