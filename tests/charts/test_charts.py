"""Charts in every format, read as they come, against what a careful reviewer takes from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicated import load_library, read_chart
from indicated.facts import read_facts
from indicated.model import Chart, Facts
from tests.charts.make import build
from tests.charts.match import KEYS, matches

EXPECTED: dict[str, dict[str, Any]] = yaml.load(
    (Path(__file__).parent / "expected.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
CONCEPTS = load_library().concepts
AS_OF = date(2025, 11, 15)
Read = Callable[[str], tuple[Chart, Facts]]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Each chart is built and read once."""
    folder = build(tmp_path_factory.mktemp("charts"))

    @cache
    def once(name: str) -> tuple[Chart, Facts]:
        chart = read_chart(folder / name)
        return chart, read_facts(chart, CONCEPTS, as_of=AS_OF)

    return once


def missed(chart: Chart, facts: Facts, expected: dict[str, Any]) -> set[str]:
    """What is expected and not found, found and forbidden, or unread and not named."""

    def found(spec: dict[str, Any], *default: str) -> bool:
        return any(matches(f, spec, CONCEPTS, chart, default) for f in facts.items)

    lacking = {f"expected: {n}" for n, s in expected["expected"].items() if not found(s, "present")}
    wrong = {
        f"forbidden: {name}"
        for name, spec in expected["forbidden"].items()
        if found(spec, "present", "historical")
    }
    words = expected.get("unread", [])
    silent = {f"unread: {w}" for w in words if not any(w in said for said in chart.unread)}
    other = any(not any(w in said for w in words) for said in chart.unread)
    return lacking | wrong | silent | ({"unread: something else"} if other else set())


@pytest.mark.parametrize("name", EXPECTED)
def test_chart_is_read_as_a_reviewer_reads_it(read: Read, name: str) -> None:
    """Every expected fact, none that is forbidden; exactly the known misses miss."""
    chart, facts = read(name)
    known = EXPECTED[name].get("known_misses", {})
    assert missed(chart, facts, EXPECTED[name]) == {m for misses in known.values() for m in misses}


@pytest.mark.parametrize("name", EXPECTED)
def test_quotations_hold_at_their_offsets(read: Read, name: str) -> None:
    """What a fact quotes stands at the place it names."""
    chart, facts = read(name)
    assert facts.items or facts.unplaced
    for source in (s for fact in facts.items for s in fact.sources):
        text = chart.document(source.document).text
        assert source.start is not None
        assert text[source.start : source.end] == source.quote


def test_expectations_are_well_written() -> None:
    """Every key is one that is compared, every concept is shipped, every format has three."""
    for chart in EXPECTED.values():
        for spec in (*chart["expected"].values(), *chart["forbidden"].values()):
            assert spec.keys() <= KEYS
            assert spec["concept"] in CONCEPTS
    formats = [name.split("/")[0] for name in EXPECTED]
    assert {formats.count(f) for f in formats} == {3}
