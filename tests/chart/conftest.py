"""What tests of charts share."""

from __future__ import annotations

import pytest

from indicated.files import child, isolated
from indicated.files.limits import Limits, Words


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a child process reads are read in this one: sooner, and seen by coverage. What the
    child itself is for (limits of time and memory, damage) is tested without this."""

    def words_of(kind: str, raw: bytes, limits: Limits, *, ocr: bool = False) -> Words:
        return isolated._words(child.said(kind, raw, limits, ocr=ocr), isolated.CALLED[kind])

    monkeypatch.setattr(isolated, "words_of", words_of)
