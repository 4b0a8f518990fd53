"""Word files: what stands there after all changes, in reading order."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from indicated.chart.formats import Way, read_bytes
from indicated.chart.parts import Limits, Read

from . import make

pytestmark = pytest.mark.usefixtures("in_process")


def read(raw: bytes, **limits: Any) -> Read:
    return read_bytes(raw, "a.docx", Way(Limits(**limits)))


def text(*blocks: Any, **options: Any) -> str:
    found = read(make.word(*blocks, **options))
    assert not found.unread
    (document,) = found.documents
    return document.text


def test_paragraphs_tables_and_lists_in_order() -> None:
    got = read(
        make.word(
            "# Clinic note", "Date of service: 03/12/2025", "Has asthma.", make.LABS, "- IVIG monthly",
            "- prednisone", "# Plan", "Go on.", header="Springfield Clinic",
        )
    ).documents[0]  # fmt: skip
    assert (got.title, got.written) == ("Clinic note", date(2025, 3, 12))
    assert got.text == (
        "Springfield Clinic\n\n# Clinic note\nDate of service: 03/12/2025\nHas asthma.\n\n"
        "| Test | Collected | Result | Units | Reference | Flag |\n"
        "| IgG | 06/17/2025 | 609 | mg/dL | 700-1600 | L |\n"
        "| CD20 | 10/28/2025 | 35 |  |  |  |\n"
        "| IgM | 10/28/2025 | 39 | mg/dL | 40-230 | L |\n\n"
        "- IVIG monthly\n- prednisone\n\n# Plan\nGo on.\n"
    )


def test_inserted_words_are_read_and_deleted_ones_are_not() -> None:
    got = text(
        make.runs(
            '<w:r><w:t xml:space="preserve">IgG was </w:t></w:r>'
            '<w:del w:id="1" w:author="a"><w:r><w:delText>900</w:delText></w:r></w:del>'
            '<w:ins w:id="2" w:author="a"><w:r><w:t>495</w:t></w:r></w:ins>'
            '<w:moveFrom w:id="3" w:author="a"><w:r><w:t> moved</w:t></w:r></w:moveFrom>'
            '<w:hyperlink><w:r><w:t xml:space="preserve"> mg/dL</w:t></w:r></w:hyperlink>'
        ),
        make.runs('<w:pPr><w:rPr><w:del w:id="4" w:author="a"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">one </w:t></w:r>'),
        make.runs("<w:r><w:t>line</w:t></w:r>"),
    )  # fmt: skip
    assert got == "IgG was 495 mg/dL\none line\n"


def test_hidden_words_are_left_out_and_struck_ones_are_named() -> None:
    found = read(
        make.word(
            make.runs(
                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
                '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Has asthma.</w:t></w:r>'
                "<w:r><w:rPr><w:strike/></w:rPr><w:t>Has CHF.</w:t></w:r>"
            )
        )
    )
    assert found.documents[0].text == "Has asthma.\n"
    assert "struck through" in found.unread[0]


def test_signs_breaks_and_powers() -> None:
    got = text(
        make.runs(
            '<w:r><w:t>WBC 10 x 10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
            "<w:t>9</w:t></w:r><w:r><w:t>/L</w:t><w:tab/><w:t>x</w:t><w:br/><w:t>IgG </w:t>"
            '<w:sym w:font="Symbol" w:char="F0B3"/><w:t>5</w:t><w:noBreakHyphen/><w:t>6</w:t></w:r>'
            "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        )
    )
    assert got == "WBC 10 x 10^9/L\tx\nIgG ≥5-6\n"


def test_text_boxes_are_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>In the box.</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    got = text(
        make.runs(
            f"<w:r><w:t>Before.</w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'>"
            f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        ),
        make.runs("<w:r><w:t>After.</w:t></w:r>"),
    )
    assert got == "Before.\nIn the box.\nAfter.\n"


def test_merged_cells_keep_their_columns() -> None:
    def merge(document: Any) -> None:
        table = document.add_table(3, 3)
        for r, row in enumerate(
            [["Date", "Test", "Value"], ["3/1/2025", "IgG", "495"], ["", "IgM", "39"]]
        ):
            for c, cell in enumerate(row):
                table.cell(r, c).text = cell
        table.cell(1, 0).merge(table.cell(2, 0))

    got = text(merge)
    assert got == "| Date | Test | Value |\n| 3/1/2025 | IgG | 495 |\n| 3/1/2025 | IgM | 39 |\n"


def test_a_table_that_lays_out_prose_is_prose() -> None:
    assert text([["Assessment: asthma."]]) == "Assessment: asthma.\n"
    long = make.PROSE.strip()
    assert text([[long, long]]) == f"{long}\n{long}\n"


def test_comments_and_footers_stand_at_the_end() -> None:
    def comment(document: Any) -> None:
        paragraph = document.add_paragraph("Has asthma.")
        document.add_comment(paragraph.runs, text="Since when?", author="R", initials="R")
        document.sections[0].footer.paragraphs[0].text = "Confidential"

    got = text(comment)
    assert got.index("Has asthma.") < got.index("Confidential") < got.index("- Since when?")


def _with(raw: bytes, name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.namelist():
            if member != name:
                after.writestr(member, before.read(member))
        after.writestr(name, body)
    return out.getvalue()


def test_what_a_word_file_holds_besides_words_is_named() -> None:
    def image(document: Any) -> None:
        document.add_picture(io.BytesIO(make.picture("scan")))

    assert "hardly a word (a scan?)" in read(make.word("x", image)).unread[0]
    raw = _with(make.word("Has asthma."), "word/embeddings/labs.xlsx", b"x")
    assert "1 file embedded" in read(raw).unread[0]


def test_damage_and_bombs_are_named() -> None:
    raw = make.word("Has asthma.")
    bombs = {
        "damaged": _with(raw, "word/document.xml", b"<w:document"),
        "built": _with(raw, "word/document.xml", _entities()),
        "not whole": raw[: len(raw) // 2],
        "times its size": _with(raw, "word/media/x.bin", b"0" * 30_000_000),
    }
    for said, bomb in bombs.items():
        found = read(bomb)
        assert not found.documents, said
        assert any(said in u or "damaged" in u for u in found.unread), (said, found.unread)


def _entities() -> bytes:
    """Entities that would unfold a billion times."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{levels}]>'
        f"<w:document {space}><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>"
    ).encode()
