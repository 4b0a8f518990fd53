"""Any bytes end in documents or in a sentence: never in an exception, never without end."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicated.chart import read_chart
from indicated.chart.formats import Way, read_bytes
from indicated.chart.parts import Limits, Read
from indicated.errors import InputError
from indicated.model import Document

from . import damage, make

WAY = Way(Limits(seconds=20))
IN_PROCESS = ("note.txt", "bundle.json", "bulk.ndjson", "summary.xml", "labs.csv")
IN_CHILD = ("note.pdf", "note.docx", "note.rtf", "note.html", "note.eml", "notes.zip")


def check(found: Read, name: str) -> None:
    """What every answer of every reader keeps to."""
    assert found.documents or found.unread
    for sentence in found.unread:
        assert sentence.strip()
        assert "\n" not in sentence
        assert "took longer" not in sentence
    for document in found.documents:
        assert document.id.startswith(name)
        assert document.text.strip()
        document.text.encode("utf-8")  # no half of a surrogate pair
        assert document.written is None or isinstance(document.written, date)
        _check_offsets(document)


def _check_offsets(document: Document) -> None:
    size = len(document.text)
    assert list(document.pages) == sorted(document.pages)
    assert all(0 <= p <= size for p in document.pages)
    assert all(0 <= e.start <= e.end <= size for e in document.entries)


def _read(raw: bytes, name: str) -> None:
    check(read_bytes(raw, name, WAY), name)


@pytest.mark.parametrize("name", IN_PROCESS)
@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_files(name: str, seed: int) -> None:
    _read(damage.damaged(make.samples()[name], random.Random(seed)), name)


@pytest.mark.parametrize("name", IN_CHILD)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_files_that_a_child_process_reads(name: str, seed: int) -> None:
    _read(damage.damaged(make.samples()[name], random.Random(seed)), name)


@settings(max_examples=80, deadline=None)
@given(
    raw=st.binary(max_size=400), name=st.sampled_from(["a", "a.csv", "a.json", "a.xml", "a.txt"])
)
def test_random_bytes(raw: bytes, name: str) -> None:
    _read(raw, name)


@settings(max_examples=80, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from([
            "Date: 3/1/2025", "date: x", "Page 1 of 2", "Page 2 of 2", "From: a", "To: b", "Subject: c",
            "===", "---", "Document: x", "PROGRESS NOTE", "fever", "\f", "", "FAX 3/1/2025 10:32 AM PAGE 1 OF 2",
            "-----Original Message-----", "| a | b |", "Date of service: 4/1/2025", "Dear Dr. X,",
        ]),
        max_size=25,
    )
)  # fmt: skip
def test_texts_made_of_what_divides_them(lines: list[str]) -> None:
    raw = "\n".join(lines).encode()
    _read(raw, "a.txt")


@pytest.mark.parametrize(
    "raw",
    [
        b"<div>" * 50_000, b"<table><tr><td>" * 5_000, b"<!--" * 20_000, b"<a " * 50_000, b"<![" * 20_000,
        b"{" * 100_000, b"[" * 100_000, b'{"a":' * 20_000, b"{\\rtf1" + b"{" * 3_000 + b"x",
        b"{\\rtf1 " + b"\\'e9" * 50_000, b"---\n" * 50_000, b"Document:\n" * 2_000, b"\n" * 300_000 + b"x",
        b"From: a\nTo: b\n" * 20_000, b" " * 500_000 + b"x", b"Date: 1\na" * 30_000, b"Page 1 of 2\n\x0c" * 2_000,
        b"<?xml version='1.0'?>" + b"<ClinicalDocument>" * 20_000, b"a,b\n" * 50_000, b'"' * 100_001,
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 20_000,
        b"1/1/2025 " * 50_000, b"10:32 page 1 of 2 " * 30_000, b"page 1 " * 50_000, b"-" * 500_000, b"=" * 100_000 + b"\n" * 100_000,
    ],
    ids=lambda raw: repr(raw[:24]),
)  # fmt: skip
def test_what_is_built_to_take_long(raw: bytes) -> None:
    for name in ("a.txt", "a.csv"):
        _read(raw, name)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=200))
def test_a_chart_of_any_bytes(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a").write_bytes(raw)
    (tmp_path / "note.txt").write_text("Has asthma.")
    assert any(d.id == "note.txt" for d in read_chart(tmp_path).documents)
    with suppress(InputError):
        assert read_chart(tmp_path / "a").documents
