"""Files in, documents out; what cannot be read is named and never stops the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicated.chart import chart_from_text, read_chart
from indicated.chart.split import pieces
from indicated.errors import InputError
from indicated.files.text import cleaned
from indicated.model import Chart


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8", newline="")
    return path


def words(chart: Chart) -> list[str]:
    """All words of all documents; empty lines may have come between them."""
    return " ".join(d.text for d in chart.documents).split()


def ids(chart: Chart) -> list[str]:
    return [d.id for d in chart.documents]


# --- files ---------------------------------------------------------------------------------


def test_one_file_is_one_document_named_after_it(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path, "note.txt", "Date: 2025-03-12\nHas asthma.\n"))
    (document,) = chart.documents
    assert (document.id, document.written, document.kind) == ("note.txt", date(2025, 3, 12), "note")
    assert not chart.unread
    assert not chart.closed


def test_a_folder_is_read_in_the_order_of_its_names_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", ".hidden", "c.note"):
        write(tmp_path, name, f"text of {name}")
    assert ids(read_chart(tmp_path, closed=True)) == ["a.txt", "b.md", "c.note"]
    assert read_chart(tmp_path, closed=True).closed


def test_several_paths_and_files_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "y").mkdir()
    paths = [write(tmp_path / f, "note.txt", f"text {f}") for f in ("x", "y")]
    assert ids(read_chart(paths)) == ["note.txt", "note.txt (2)"]
    assert ids(read_chart(tmp_path)) == ["x/note.txt", "y/note.txt"]


def test_line_ends_become_one_kind_before_offsets_count(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path, "a.txt", "one\r\ntwo\rthree\n"))
    assert chart.documents[0].text == "one\ntwo\nthree\n"


def test_the_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read_chart(write(tmp_path, "a.txt", b"\xef\xbb\xbfabc")).documents[0].text == "abc"
    assert chart_from_text("\ufeffabc").documents[0].text == "abc"


def test_text_that_is_not_utf8_is_read_and_named(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path, "a.txt", "Sjögren 5 µg".encode("cp1252")))
    assert chart.documents[0].text == "Sjögren 5 µg"
    (sentence,) = chart.unread
    assert sentence.startswith("a.txt: not UTF-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "Word"),
        (b"\x89PNG....", "picture"),
        (b"abc\x00\x01\x02", "not text"),
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"x" * 2000, "too large"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_read(
    tmp_path: Path, content: bytes, said: str
) -> None:
    write(tmp_path, "bad.dat", content)
    write(tmp_path, "good.txt", "Has asthma.")
    chart = read_chart(tmp_path, limit=1000)
    assert ids(chart) == ["good.txt"]
    (sentence,) = chart.unread
    assert sentence.startswith("bad.dat: ")
    assert said in sentence


def test_nothing_to_read_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as missing:
        read_chart(tmp_path / "nowhere.txt")
    assert "nowhere.txt" in missing.value.where
    assert missing.value.do
    with pytest.raises(InputError, match="no document"):
        read_chart(tmp_path)
    secret = write(tmp_path, "a.txt", b"%PDF secret words")
    with pytest.raises(InputError) as unreadable:
        read_chart(secret)
    assert "secret" not in str(unreadable.value)


def test_an_empty_text_gives_no_document() -> None:
    assert chart_from_text("  \n").documents == ()


# --- documents -----------------------------------------------------------------------------

SEVERAL = """===
Document: Clinic note   Date: 2025-03-12
Has asthma.
===
Document: Appeal letter
Date: March 20, 2025
To the plan.
---
Document: Lab report
Collected: 3/1/2025
IgG 495 mg/dL
"""


def test_one_file_with_several_documents() -> None:
    chart = chart_from_text(SEVERAL, "all.txt")
    assert [(d.id, d.kind, d.written, d.title) for d in chart.documents] == [
        ("all.txt#1", "note", date(2025, 3, 12), "Clinic note"),
        ("all.txt#2", "letter", date(2025, 3, 20), "Appeal letter"),
        ("all.txt#3", "laboratory", date(2025, 3, 1), "Lab report"),
    ]
    assert "".join(d.text for d in chart.documents) == SEVERAL


def test_repeated_headings_of_visits_divide() -> None:
    text = "Jane\nDate of service: 3/1/2025\nfever\n\nDate of service: 4/1/2025\nno fever\n"
    chart = chart_from_text(text)
    assert [d.written for d in chart.documents] == [None, date(2025, 3, 1), date(2025, 4, 1)]
    assert words(chart) == text.split()


def test_repeated_titles_with_a_date_divide() -> None:
    text = "CLINIC NOTE\nDate: 2025-03-01\nfever\n\nLab report\nDate: 4/1/2025\nIgG 495 mg/dL\n"
    chart = chart_from_text(text)
    assert [(d.title, d.kind, d.written) for d in chart.documents] == [
        ("CLINIC NOTE", "note", date(2025, 3, 1)),
        ("Lab report", "laboratory", date(2025, 4, 1)),
    ]
    assert words(chart) == text.split()


def test_a_date_in_a_paragraph_divides_nothing() -> None:
    text = "Date: 2025-03-01\nfever\nNext visit\nDate: 4/1/2025\n"
    assert ids(chart_from_text(text)) == ["chart"]


def test_one_heading_of_a_visit_divides_nothing() -> None:
    assert ids(chart_from_text("Clinic\n\nDate of service: 3/1/2025\nfever\n")) == ["chart"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Date: 2025-03-12", date(2025, 3, 12)),
        ("**Date of service:** 03/12/2025", date(2025, 3, 12)),
        ("Visit date: 12 March 2025", date(2025, 3, 12)),
        ("DOS 3/12/25", date(2025, 3, 12)),
        ("# Note\n\nMarch 12, 2025\n", date(2025, 3, 12)),
        ("Printed: 11/13/2025", date(2025, 11, 13)),
        ("Date: 25/12/2024", date(2024, 12, 25)),
        ("Date: 13/40/2024", None),
        ("Seen on 3/12/2025 for cough.", None),
        ("Date of birth: 3/12/1960", None),
        ("", None),
    ],
)
def test_the_date_of_a_document(head: str, expected: date | None) -> None:
    assert chart_from_text(head + "\nHas asthma.").documents[0].written == expected


def test_the_file_name_may_carry_the_date_and_the_head_goes_before_it(tmp_path: Path) -> None:
    named = write(tmp_path, "2025-03-12-visit.txt", "Has asthma.")
    assert read_chart(named).documents[0].written == date(2025, 3, 12)
    both = write(tmp_path, "2025_03_12_visit.txt", "Date: 2025-03-14\nHas asthma.")
    assert read_chart(both).documents[0].written == date(2025, 3, 14)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("# Letter of medical necessity\n\nx", "a", "letter"),
        ("Dear Medical Director,\nx", "a", "letter"),
        ("Notice of adverse determination\nx", "a", "denial"),
        ("# Denial letter\nx", "a", "denial"),
        ("Laboratory report\nx", "a", "laboratory"),
        ("# Infusion orders\nx", "a", "order"),
        ("# Problem list\n- asthma", "a", "problem-list"),
        ("x", "03-problem-list.md", "problem-list"),
        ("Progress note\nThe letter was sent, labs are pending.", "a", "note"),
        ("Labs were drawn, orders were signed and a letter was sent to the plan.", "a", "note"),
    ],
)
def test_the_kind_of_a_document(text: str, name: str, kind: str) -> None:
    assert chart_from_text(text, name).documents[0].kind == kind


@given(st.text(alphabet="ab:=-\n#", max_size=80) | st.text(max_size=80))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    assert "".join(p.text for p in pieces(text)) == text
    chart = chart_from_text(text)
    assert words(chart) == cleaned(text).split()
    assert len(set(ids(chart))) == len(chart.documents)
