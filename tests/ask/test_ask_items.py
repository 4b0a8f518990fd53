"""Question -> requested items: one table, read from questions.yaml."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from ask_helpers import CONCEPTS, document, fact_at, rows

from indicated.ask import requested_items
from indicated.model import Chart, Facts, Phase, Quantity, RequestedItem

ROWS = rows("questions.yaml")


def _chart(row: dict[str, Any]) -> Chart:
    given = row.get("chart", [])
    notes = [{"kind": "note", "text": given}] if isinstance(given, str) else given
    return Chart(
        tuple(document(f"d{n}", note["text"], note["kind"]) for n, note in enumerate(notes))
    )


def ask(row: dict[str, Any]) -> tuple[RequestedItem, ...]:
    question = document("question", row["ask"], "question")
    chart = _chart(row)
    facts = Facts(tuple(fact_at(f, question) for f in row.get("facts", [])))
    given = Facts(tuple(fact_at(f, chart.documents[0]) for f in row.get("given", [])))
    return requested_items(question, facts, given, CONCEPTS, chart=chart)


def shown(value: Any) -> Any:
    if isinstance(value, Quantity):
        ends = [format(Decimal(x).normalize(), "f") for x in (value.low, value.high) if x]
        return f"{'-'.join(dict.fromkeys(ends))} {value.unit}"
    if isinstance(value, Phase):
        return value.value
    return "" if value is None else value


def said(item: RequestedItem, key: str) -> Any:
    if key == "because":
        return item.phase_because
    if key in ("quantity", "purpose", "site"):
        found = [f.value for f in item.facts if f.concept == f"request.{key}"]
        return shown(found[0]) if found else ""
    if key == "partners":
        return [f.value for f in item.facts if f.concept == "request.partner"]
    if key in ("parts", "codes"):
        return list(getattr(item, key))
    if key == "secondary":
        return str(item.secondary).lower()
    return shown(getattr(item, key))


@pytest.mark.parametrize("row", ROWS, ids=[f"row{n}" for n in range(len(ROWS))])
def test_question(row):
    items = ask(row)
    assert [(i.treatment, i.words) for i in items if not row["items"]] == []
    assert len(items) == len(row["items"]), [(i.treatment, i.words) for i in items]
    for item, expected in zip(items, row["items"], strict=True):
        for key, value in expected.items():
            if key == "because":
                assert value in said(item, key)
            else:
                assert said(item, key) == value, key


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Plan requires trial and failure of topiramate and phentermine.", ["topiramate", "phentermine"]),
        ("Step therapy requires metformin or liraglutide first.", ["metformin", "liraglutide"]),
        ("Formulary alternatives: topiramate 100 mg, metformin.", ["topiramate", "metformin"]),
        ("Topiramate and metformin are formulary and untried.", ["metformin", "topiramate"]),
        ("Denied: no documented trial of metformin.", ["metformin"]),
        ("Failed topiramate and metformin.", []),
        ("The plan requires a letter. Topiramate was stopped.", []),
        ("The plan requires trial of rituximab.", []),
        ("Requires trial of prednisone; is on metformin.", ["prednisone"]),
    ],
)  # fmt: skip
def test_what_the_plan_asks_for_first_is_of_the_request(said, named):
    item = ask({"ask": "Is rituximab necessary?", "chart": said})[0]
    found = [f.value for f in item.facts if f.concept == "request.alternative"]
    assert sorted(found) == sorted(named)


def test_a_request_that_nobody_knows_is_of_the_kind_its_words_sound_like():
    kinds = {
        "a qwertyectomy": "procedure", "the Zyx gene assay": "test", "Zyxomab": "drug",
        "a zyx pump": "device", "a 12-day inpatient stay": "service",
    }  # fmt: skip
    kinds |= {"CPT 64473": "procedure", "81408": "test", "J9999": "drug", "E0999": "device"}
    for said, kind in kinds.items():
        assert ask({"ask": f"Is {said} medically necessary for this man?"})[0].kind == kind


def test_there_are_enough_rows():
    assert len(ROWS) >= 60


@pytest.mark.parametrize("row", ROWS, ids=[f"row{n}" for n in range(len(ROWS))])
def test_every_fact_stands_at_its_words(row):
    """A fact of the request can be opened at its place, in the question or in the chart."""
    texts = {d.id: d.text for d in _chart(row).documents} | {"question": row["ask"]}
    for item in ask(row):
        assert item.phase_because
        for source in [*item.sources, *(s for f in item.facts for s in f.sources)]:
            assert texts[source.document][source.start : source.end] == source.quote != ""


def test_ids_number_the_items_in_the_order_of_the_question():
    items = ask({"ask": "Are IVIG and Prolastin necessary for this patient?"})
    assert [i.id for i in items] == ["item-1", "item-2"]


def test_more_spaces_and_other_case_change_nothing():
    for row in ROWS:
        spaced = {**row, "ask": re.sub(r" ", "  ", row["ask"])}
        plain = [(i.treatment, i.phase, i.dose, i.every) for i in ask(row)]
        assert [(i.treatment, i.phase, i.dose, i.every) for i in ask(spaced)] == plain


def test_the_cue_file_has_no_key_twice():
    """A key written twice would silently lose the first list."""
    path = Path(__file__).parents[2] / "src/indicated/library/cues/ask.yaml"
    tree = yaml.compose(path.read_text(encoding="utf-8"))

    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = [k.value for k, _ in node.value]
            assert len(keys) == len(set(keys)), keys
            for _, value in node.value:
                walk(value)

    assert isinstance(tree, yaml.MappingNode)
    walk(tree)
