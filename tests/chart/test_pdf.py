"""PDF: the words of a page in the order in which a person reads them, and what is not there."""

from __future__ import annotations

import shutil
from datetime import date
from typing import Any

import pytest

from indicated.chart.formats import Way, read_bytes
from indicated.chart.parts import Limits, Read
from indicated.facts.spans import source
from indicated.model import Document

from . import make

LONG = (
    "She was treated with intravenous immunoglobulin at one gram per kilogram and reports that "
    "her grip strength improved within two months of the first infusion without any adverse event"
)

pytestmark = pytest.mark.usefixtures("in_process")


def read(raw: bytes, **options: Any) -> Read:
    ocr = options.pop("ocr", False)
    return read_bytes(raw, "a.pdf", Way(Limits(**options), ocr))


def text(raw: bytes) -> str:
    found = read(raw)
    (document,) = found.documents
    assert not found.unread
    return document.text


def lines(raw: bytes) -> list[str]:
    return [line for line in text(raw).split("\n") if line]


# --- paragraphs ----------------------------------------------------------------------------


def test_a_wrapped_paragraph_is_one_line_and_paragraphs_are_apart() -> None:
    got = text(
        make.pdf("# Clinic note", "Date of service: 03/12/2025", LONG + ".", LONG + ", too.")
    )
    assert got.split("\n\n")[-2:] == [LONG + ".", LONG + ", too."]


def test_a_list_of_short_lines_stays_a_list() -> None:
    names = ["prednisone 10 mg daily", "folic acid 1 mg", "metformin 500 mg twice daily", "Aspirin"]
    assert lines(make.placed([(72, 100 + 12 * n, t) for n, t in enumerate(names)])) == names


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("the patient came for a planned follow-", "up visit and was well", "follow-up visit"),
        (
            "she went on to receive a course of anti-",
            "TNF therapy and was well",
            "anti-TNF therapy",
        ),
        ("laboratory follow-up was planned, and at follow-", "up she was well", "at follow-up she"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_is_kept_where_the_word_has_one(
    first: str, second: str, joined: str
) -> None:
    rest = [
        "of all the words here on this line there is",
        "none that is of any use to anybody here.",
    ]
    page = [(72, 100 + 12 * n, t) for n, t in enumerate([first, second, *rest])]
    assert joined in text(make.placed(page))


def test_words_that_were_broken_by_hyphenation_are_whole_again() -> None:
    page = [
        "the patient received intravenous immuno-", "globulin for demyelinating polyneuro-",
        "pathy and reports a considerable improve-", "ment of her strength in both her hands.",
    ]  # fmt: skip
    got = text(make.placed([(72, 100 + 12 * n, t) for n, t in enumerate(page)]))
    for whole in ("immunoglobulin", "polyneuropathy", "improvement"):
        assert whole in got


# --- tables and columns --------------------------------------------------------------------


def test_columns_of_a_table_are_apart() -> None:
    got = lines(make.pdf("Laboratory", make.LABS))
    assert got[1] == "Test   Collected   Result   Units   Reference   Flag"
    assert got[2] == "IgG   06/17/2025   609   mg/dL   700-1600   L"
    assert got[3] == "CD20   10/28/2025   35"


def test_an_empty_cell_in_the_middle_stays_a_cell() -> None:
    rows = [["Test", "Jan 2025", "Feb 2025"], ["IgG", "495", "510"], ["CRP", "", "12.1"]]
    assert lines(make.pdf("Trend", rows))[1:] == [
        "| Test | Jan 2025 | Feb 2025 |", "| IgG | 495 | 510 |", "| CRP |  | 12.1 |",
    ]  # fmt: skip


def test_a_heading_within_a_table_does_not_end_it() -> None:
    rows = [["Test", "Result", "Units"], ["HEMATOLOGY", "", ""], ["WBC", "14.9", "K/uL"]]
    assert lines(make.pdf("Labs", rows))[2:] == ["| HEMATOLOGY |  |  |", "| WBC | 14.9 | K/uL |"]


def test_rows_close_together_stay_rows() -> None:
    """Tight rows with empty cells, a remark across them, and a section's name."""
    rows = [
        ["Test Name", "In Range", "Out of Range", "Reference Range"],
        ["PANEL", "", "", ""],
        ["GLUCOSE", "", "112 H", "65-99 mg/dL"],
        ["UREA", "18", "", "7-25 mg/dL"],
        ["CREATININE", "0.88", "", "0.50-1.05 mg/dL"],
        ["PROTEINS", "", "", ""],
        ["IgG", "", "495 L", "600-1540 mg/dL"],
        ["IgA", "81", "", "70-320 mg/dL"],
    ]
    columns = (60, 200, 300, 400)
    page = []
    for n, row in enumerate(rows):
        y = 100 + 12.2 * n + (14 if n > 2 else 0)
        page += [(x, y, cell) for x, cell in zip(columns, row, strict=True) if cell]
        if n == 2:
            page.append(
                (90, y + 12.2, "A fasting value over the range should be confirmed with a test.")
            )
    got = lines(make.placed(page))
    expected = [f"| {' | '.join(row)} |" for row in rows]
    remark = "| A fasting value over the range should be confirmed with a test. |  |  |  |"
    assert got == [*expected[:3], remark, *expected[3:]]


def test_wrapped_cells_are_one_row() -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, Table

    style = getSampleStyleSheet()["BodyText"]
    drug = "Methotrexate 20 mg weekly, by mouth and then under the skin"
    why = "No improvement after six months; stopped for lack of effect"
    rows = [
        ["Drug", "Dates", "Outcome"],
        [Paragraph(drug, style), "2012-2013", Paragraph(why, style)],
        ["Adalimumab", "2018-2020", "Lost response"],
    ]
    for place in ("TOP", "MIDDLE", "BOTTOM"):
        table = Table(rows, colWidths=[150, 80, 200], style=[("VALIGN", (0, 0), (-1, -1), place)])
        got = lines(make.pdf("Treatments", table))
        assert f"{drug}   2012-2013   {why}" in got, place
        assert "Adalimumab   2018-2020   Lost response" in got


def test_a_table_drawn_column_by_column_is_read_by_row() -> None:
    names = ["IgG", "IgM", "Ferritin", "Hemoglobin"]
    values = ["495 mg/dL", "39 mg/dL", "1,120 ng/mL", "9.4 g/dL"]
    page = [(72, 100 + 14 * n, t) for n, t in enumerate(names)]
    page += [(200, 100 + 14 * n, t) for n, t in enumerate(values)]
    assert lines(make.placed(page)) == [f"{a}   {b}" for a, b in zip(names, values, strict=True)]


def test_boxes_side_by_side_are_read_one_after_the_other() -> None:
    left = ["Medications", "prednisone 10 mg daily", "folic acid"]
    right = ["Allergies", "penicillin: rash", "sulfonamides: anaphylaxis"]
    page = [(72, 100 + 14 * n, t) for n, t in enumerate(left)]
    page += [(320, 100 + 14 * n, t) for n, t in enumerate(right)]
    assert lines(make.placed([*page, (72, 160, "Plan: none.")])) == [*left, *right, "Plan: none."]


PROSE = [
    "the patient is a woman with arthritis who",
    "was treated with methotrexate for a long",
    "time without any improvement of symptoms",
    "and then received adalimumab until March",
    "of the year when her response to it was",
    "lost and she has taken none of it since.",
]
OTHER = [
    "the other column speaks of her tests and",
    "says that her hepatic enzymes were raised",
    "in the summer but came back to the normal",
    "range in autumn after leflunomide had been",
    "stopped by the clinic and they are within",
    "that range at the present visit as before.",
]


@pytest.mark.parametrize("by_row", [False, True])
def test_two_columns_of_prose_are_read_down(by_row: bool) -> None:
    left = [(72.0, 100.0 + 12 * n, t) for n, t in enumerate(PROSE)]
    right = [(320.0, 100.0 + 12 * n, t) for n, t in enumerate(OTHER)]
    drawn = [p for pair in zip(left, right, strict=True) for p in pair] if by_row else left + right
    assert lines(make.placed(drawn)) == [" ".join(PROSE), " ".join(OTHER)]


def test_a_footer_drawn_first_is_read_last() -> None:
    page = [(72, 760, "Printed by the clinic"), (72, 100, "Clinic note"), (72, 130, "Has asthma.")]
    assert lines(make.placed(page)) == ["Clinic note", "Has asthma.", "Printed by the clinic"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_seen(turn: int) -> None:
    page = [(72, 100, "Test"), (200, 100, "Result"), (72, 114, "IgG"), (200, 114, "495 mg/dL")]
    assert lines(make.placed(page, turn=turn)) == ["Test   Result", "IgG   495 mg/dL"]


def test_a_raised_figure_is_a_power() -> None:
    got = text(make.pdf("WBC 12.1 x 10<super>9</super>/L and room 109/L and 10<super>12</super>/L"))
    assert got.strip() == "WBC 12.1 x 10^9/L and room 109/L and 10^12/L"


def test_forms_are_read_as_they_were_filled_in() -> None:
    got = text(make.form({"Diagnosis": "CIDP", "Dose": "60 g monthly", "Empty": ""}))
    assert "Diagnosis: CIDP\n\nDose: 60 g monthly" in got
    assert "Empty" not in got


# --- pages ---------------------------------------------------------------------------------


def long_pdf() -> bytes:
    words = [f"Sentence number {n} says that the patient was well on day {n}." for n in range(120)]
    return make.pdf(
        "# Clinic note",
        "Date of service: 03/12/2025",
        " ".join(words),
        header="Springfield Neurology, J. Doe",
    )


def test_pages_are_kept_and_furniture_does_not_break_a_sentence() -> None:
    (document,) = read(long_pdf()).documents
    assert document.written == date(2025, 3, 12)
    assert document.title == "Clinic note"
    assert len(document.pages) == 2
    flat = " ".join(document.text.split())
    for n in range(120):
        assert f"Sentence number {n} says that the patient was well on day {n}." in flat
    assert document.text.count("Springfield Neurology") == 1
    assert "Page 1 of 9" not in document.text


def test_a_quotation_knows_its_page() -> None:
    (document,) = read(
        make.placed([(72, 100, "Has asthma.")], [(72, 100, "Has emphysema.")])
    ).documents

    def page(words: str) -> int | None:
        class At:
            start = document.text.index(words)
            end = start + len(words)

        return source(document, [At()]).page

    assert (page("asthma"), page("emphysema")) == (1, 2)


def test_several_documents_of_one_pdf_keep_the_pages_of_the_file() -> None:
    pages = [
        [(72, 100, "PROGRESS NOTE"), (72, 114, "Date: 3/1/2025"), (72, 128, "Has asthma.")],
        [(72, 100, "She is well.")],
        [
            (72, 100, "LABORATORY REPORT"),
            (72, 114, "Collected: 3/5/2025"),
            (72, 128, "IgG 495 mg/dL"),
        ],
    ]
    first, second = read(make.placed(*pages)).documents
    assert (first.id, first.written, first.kind) == ("a.pdf#1", date(2025, 3, 1), "note")
    assert (second.written, second.kind) == (date(2025, 3, 5), "laboratory")
    assert second.pages == (0, 0, 0)  # what it says stands on page 3 of the file
    assert "She is well." in first.text


# --- what is not there ---------------------------------------------------------------------


def test_pages_without_text_are_named() -> None:
    found = read(make.scanned("text:Clinic note of today", "words", "", "text:ok", "w"))
    assert found.unread == (
        "pages 2, 5 have no text layer (a scan?); "
        "turn on optical character recognition (ocr), or give the text",
    )
    assert "Clinic note of today" in found.documents[0].text


def test_a_pdf_of_scans_alone_gives_no_document() -> None:
    found = read(make.scanned("words"))
    assert not found.documents
    assert found.unread[0].startswith("page 1 has no text layer (a scan?)")


@pytest.mark.skipif(not shutil.which("tesseract"), reason="the program tesseract is not installed")
def test_scanned_pages_are_read_where_asked_for() -> None:
    found = read(make.scanned("text:Clinic note of today", "Has asthma"), ocr=True)
    (document,) = found.documents
    assert "Has asthma" in document.text
    assert "page 2 read by optical character recognition" in found.unread[0]
    alone = read_bytes(make.picture("Has asthma"), "a.png", Way(Limits(), ocr=True))
    assert "Has asthma" in alone.documents[0].text
    assert "check the words" in alone.unread[0]


def test_a_picture_is_named() -> None:
    found = read_bytes(make.picture("x"), "a.png", Way(Limits()))
    assert not found.documents
    assert found.unread[0].startswith("a picture; turn on")


WHOLE = make.pdf(make.PROSE)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"%PDF-1.7 and nothing else", "not whole"),
        (b"%PDF-1.7 nothing %%EOF", "damaged"),
        (make.pdf("secret", password="x"), "protected by a password"),
        (WHOLE[:200], "not whole"),
        (b"%PDF-" + bytes(range(256)) * 50, "not whole"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_so(raw: bytes, said: str) -> None:
    found = read(raw)
    assert not found.documents
    (sentence,) = found.unread
    assert said in sentence
    assert "secret" not in sentence


def test_limits_of_a_pdf() -> None:
    raw = make.placed(*[[(72, 100, f"page {n} of the record")] for n in range(4)])
    assert "4 pages, more than 3" in read(raw, pages=3).unread[0]
    assert "more than 50 characters" in read(raw, text_chars=50).unread[0]
    assert len(read(raw, pages=4).documents) == 1


def test_every_word_of_the_page_is_there() -> None:
    """Whatever becomes of lines and columns, no word is lost and none is made."""
    raw = make.pdf(
        "# Clinic note", make.PROSE, make.LABS, make.PROSE, [["a", "", "b"], ["", "c", ""]]
    )
    (document,) = read(raw).documents
    expected = [
        w for part in ("Clinic note", make.PROSE, make.PROSE, "a b c") for w in part.split()
    ]
    expected += [w for row in make.LABS for cell in row for w in cell.split()]
    assert sorted(_bare(document)) == sorted(expected)


def _bare(document: Document) -> list[str]:
    return [w for w in document.text.split() if w != "|"]


# --- lines of a paragraph ------------------------------------------------------------------------


def test_the_short_last_line_of_a_paragraph_is_not_split_off() -> None:
    page = [
        "HISTORY", "Mr. Doe is a man with emphysema, seen on a CT of", "the chest in June and found",
        "again on the next one, which was done in October.", "", "FAMILY HISTORY",
        "Brother: liver disease, listed. Mother: breast", "cancer at 61.", "", "MEDICATIONS",
        "Tacrolimus 2 mg twice a day", "STOPPED: cefepime",
    ]  # fmt: skip
    got = text(make.placed([(72, 100 + 12 * n, t) for n, t in enumerate(page) if t]))
    assert "Mother: breast cancer at 61." in got
    assert "FAMILY HISTORY\nBrother" in got
    assert "twice a day\nSTOPPED" in got


def test_a_word_broken_once_on_a_page_is_joined_where_the_other_pages_break_words() -> None:
    first = ["she underwent bilateral lung trans-", "plantation and came to the emer-",
             "gency room with her third pneu-", "monia since that operation was done."]  # fmt: skip
    second = ["biopsies showed no acute cellular re-", "jection and the antibodies were not",
              "found in any of the samples that she", "gave while she was at the time on low-",
              "dose prednisone, as she had been since."]  # fmt: skip
    drawn = [[(72, 100 + 12 * n, t) for n, t in enumerate(page)] for page in (first, second)]
    (document,) = read(make.placed(*drawn)).documents
    flat = " ".join(document.text.split())
    for words in (
        "lung transplantation and",
        "emergency room",
        "cellular rejection and",
        "low-dose",
    ):
        assert words in flat


def test_lines_that_are_whole_sentences_stay_lines() -> None:
    page = ["Management of acute rejection: complete the course, then taper.",
            "Infection surveillance: cultures per protocol.",
            "Immunosuppression: no change, levels per protocol here.",
            "Will answer the center about the infusion."]  # fmt: skip
    assert lines(make.placed([(72, 100 + 14 * n, t) for n, t in enumerate(page)])) == page
