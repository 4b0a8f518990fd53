"""What each sentence says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from .compact import lines, read

TABLE: dict[str, list[dict[str, Any]]] = yaml.load(
    (Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
ROWS = [(f"{skill}-{i}", row) for skill, rows in TABLE.items() for i, row in enumerate(rows)]


@pytest.mark.parametrize("row", [r for _, r in ROWS], ids=[i for i, _ in ROWS])
def test_a_sentence_says_exactly_this(row: dict[str, Any]) -> None:
    assert lines(read(row["text"])) == row["says"]


@pytest.mark.parametrize("row", [r for _, r in ROWS], ids=[i for i, _ in ROWS])
def test_a_sentence_says_the_same_in_the_midst_of_others(row: dict[str, Any]) -> None:
    """Neighbours change nothing (but who the patient is stands at the head of a document)."""
    around = "Seen in clinic.\n\n" + row["text"] + "\n\nWill be seen again."
    heads = ("age", "sex")
    said = [x for x in lines(read(around)) if not x.startswith(heads)]
    assert said == [x for x in row["says"] if not x.startswith(heads)]


@pytest.mark.parametrize("row", [r for _, r in ROWS], ids=[i for i, _ in ROWS])
def test_line_ends_and_dashes_change_nothing(row: dict[str, Any]) -> None:
    wrapped = row["text"].replace(" - ", " \u2013 ").replace("'", "\u2019")
    assert lines(read(wrapped)) == row["says"]
