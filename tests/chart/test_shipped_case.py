"""The shipped case says the same from PDF and from Word as from text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indicated import assess, load_library, read_chart
from indicated.model import Assessment
from indicated.serve.demo import demo_case, demo_folder

from . import make


def story(text: str) -> list[Any]:
    """A Markdown note as headings, paragraphs and tables."""
    out: list[Any] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line.startswith("|"):
            out += ["# " + line.lstrip("# ") if line.startswith("#") else line] if line else []
        elif set(line) - set("|-"):
            cells = [c.strip() for c in line.strip("|").split("|")]
            if out and isinstance(out[-1], list):
                out[-1].append(cells)
            else:
                out.append([cells])
    return out


def told(assessment: Assessment) -> tuple[Any, ...]:
    facts = [(f.concept, f.assertion, f.value, f.when) for f in assessment.facts.items]
    return [d.outcome for d in assessment.determinations], sorted(map(repr, facts))


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_the_shipped_case_from_another_format(ending: str, tmp_path: Path) -> None:
    write = {"pdf": make.pdf, "docx": make.word}[ending]
    for file in sorted((demo_folder() / "chart").glob("*.md")):
        blocks = story(file.read_text(encoding="utf-8"))
        (tmp_path / f"{file.stem}.{ending}").write_bytes(write(*blocks))
    case = demo_case()
    chart = read_chart(tmp_path)
    assert not chart.unread
    library = load_library()
    assert told(assess(replace(case, chart=chart), library)) == told(assess(case, library))


@pytest.mark.parametrize("name", ["chart.pdf", "bundle.json"])
def test_the_shipped_case_as_one_print_and_as_one_export(name: str) -> None:
    """The files beside the case's text: one PDF of five documents, one FHIR bundle."""
    case, library = demo_case(), load_library()
    chart = read_chart(demo_folder() / "formats" / name)
    assert not chart.unread
    found, standing = (assess(c, library) for c in (replace(case, chart=chart), case))
    decided = [
        [(d.item.treatment, d.phase, d.outcome, d.leaning, [(f.id, f.truth) for f in d.findings()])
         for d in a.determinations]
        for a in (found, standing)
    ]  # fmt: skip
    assert decided[0] == decided[1]
