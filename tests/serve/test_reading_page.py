"""docs/reading.md: its example runs, its fields are those of the JSON, its tables are filled."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from pathlib import Path

from indicated import load_library
from indicated.facts.answer_keys import AnswerKeys
from indicated.facts.answers import load_answers
from indicated.files.limits import Limits
from indicated.model import Assertion, Day, Quantity
from indicated.report.facts_output import FactsOut, ReadFactOut, WordsOut
from indicated.serve.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")


def test_the_example_of_an_answer_file_is_read() -> None:
    (sheet,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    facts = load_answers(sheet, load_library().concepts)
    by = {f.concept: f for f in facts}
    assert by["igg"].value == Quantity.of(310, "mg/dL")
    assert len([f for f in facts if f.concept == "pneumonia"]) == 2
    therapy = by["topiramate"].therapy
    assert therapy is not None
    assert therapy.ended_because == "intolerance"
    assert by["sepsis"].assertion is Assertion.ABSENT
    assert (by["sepsis"].when.start, by["sepsis"].when.end) == (None, Day.of(date(2025, 11, 21)))


def test_every_field_key_and_limit_is_written_down() -> None:
    for model in (FactsOut, ReadFactOut, WordsOut):
        for name in model.model_fields:
            assert f"`{name}`" in PAGE, name
    for name, field in AnswerKeys.model_fields.items():
        key = field.alias or name
        assert re.search(rf"^\s+(?:- )?{key}:|`{key}(?::[^`]*)?`", PAGE, re.M), key
    for limit in fields(Limits):
        assert f"| `{limit.name}` |" in PAGE


def test_the_commands_of_the_page_exist() -> None:
    named = set(re.findall(r"indicated (\w+) (?:chart|@question)", PAGE))
    assert named == {"facts", "sheet", "assess"}
    assert named <= set(main.commands)
    options = {o for c in main.commands.values() for p in c.params for o in p.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z]+", PAGE)) <= options
