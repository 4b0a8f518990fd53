"""Spec tables: one criterion, rows of facts, the finding expected of each, on every engine.

A row reads `name | facts | finding`. Facts are separated by ";" and read
`[word] concept [= value] [@ when] [key:value ...]`, where the word before the concept is an
assertion or an asserter (no, possible, family, letter, ...), `when` is a day, month or year, or
`from..to` with an open end for "ongoing". A finding is met, not met or unknown, and may name the
state of the record: `unknown: disputed`. The same tables print docs/criteria.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import spark

from indicated.criteria import load_concepts
from indicated.criteria.build import Around, Builder
from indicated.criteria.lines import Problems, Tree
from indicated.criteria.quantity import parse_quantity
from indicated.criteria.schema import Node
from indicated.criteria.statements import day_of as day
from indicated.judge.duck import connect, fill_facts
from indicated.judge.memory import judge_criterion
from indicated.judge.on_duckdb import judge_leaves
from indicated.judge.record import Record
from indicated.judge.sql import WORDS
from indicated.judge.sql_leaves import Leaves
from indicated.judge.sql_tree import truth_of
from indicated.model import (
    Asserter,
    Assertion,
    Concepts,
    Criterion,
    Fact,
    Mark,
    Source,
    State,
    Therapy,
    When,
)
from indicated.truth import Truth

Records = dict[str, Record]  # by the name of the row
Answer = tuple[Truth, State, str]  # with why, where the engine says so


def on_memory(criterion: Criterion, records: Records) -> dict[str, Answer]:
    found = {name: judge_criterion(criterion, record) for name, record in records.items()}
    return {name: (f.truth, f.state, f.why) for name, f in found.items()}


def on_duckdb(criterion: Criterion, records: Records) -> dict[str, Answer]:
    """Every row of a table in one statement; only rows named here may be left to the reference."""

    def verdict(leaves: Leaves, truth: str) -> Verdict:
        with connect() as con:
            fill_facts(con, {name: record.facts for name, record in records.items()})
            judge_leaves(con, leaves)
            return con.execute(f"SELECT case_id, unsure, {truth}, w0 FROM verdict").fetchall()

    return _by_sql(criterion, records, verdict)


def on_spark(criterion: Criterion, records: Records) -> dict[str, Answer]:
    """The same, the rows of a table in two parts."""

    def verdict(leaves: Leaves, truth: str) -> Verdict:
        columns = {"case_id": "STRING", "unsure": "BOOLEAN", truth: "BOOLEAN", "w0": "STRING"}
        return spark.words(leaves, {n: r.facts for n, r in records.items()}, columns)

    return _by_sql(criterion, records, verdict)


Verdict = list[tuple[Any, ...]]  # by row: its name, whether SQL is unsure, the truth, and the word


def _by_sql(
    criterion: Criterion, records: Records, verdict: Callable[[Leaves, str], Verdict]
) -> dict[str, Answer]:
    first = next(iter(records.values()))
    leaves = Leaves(first.concepts, first.as_of, first.site)
    found = verdict(leaves, truth_of(criterion, leaves))
    assert {name for name, *_ in found} == records.keys()
    left = {name: records[name] for name, unsure, _, _ in found if unsure}
    assert left.keys() <= LEFT_TO_REFERENCE
    states = {word: State(state) for word, (_, state) in WORDS.items()}
    answers = {name: (TRUTHS[truth], states[word], "") for name, _, truth, word in found}
    return answers | on_memory(criterion, left)


LEFT_TO_REFERENCE = {"mixed units"}  # of one pick: SQL orders numbers of one unit only
TRUTHS = {True: Truth.MET, False: Truth.NOT_MET, None: Truth.UNKNOWN}
ENGINES: dict[str, Callable[[Criterion, Records], dict[str, Answer]]] = {
    "memory": on_memory,
    "duckdb": on_duckdb,
    "spark": on_spark,
}

ASSERTIONS = {
    "no": Assertion.ABSENT,
    "possible": Assertion.POSSIBLE,
    "planned": Assertion.PLANNED,
    "if": Assertion.HYPOTHETICAL,
    "family": Assertion.FAMILY,
    "resolved": Assertion.HISTORICAL,
    "undocumented": Assertion.NOT_DOCUMENTED,
}
ASSERTERS = {a.value: a for a in Asserter}


@pytest.fixture(scope="session")
def concepts() -> Concepts:
    return load_concepts(Path(__file__).parent)


@pytest.fixture(params=sorted(ENGINES))
def decide(request: pytest.FixtureRequest, concepts: Concepts) -> Callable[..., None]:
    engine = ENGINES[request.param]
    if request.param == "spark":
        spark.needed(whole=request.path.name != "test_combine.py")

    def check(criterion: str, table: str, *, as_of: str = "2025-06-01", site: str = "") -> None:
        built = load_criterion(criterion, concepts)
        expected = {name: finding for name, _, finding in rows(table)}
        assert len(expected) == len(rows(table)), "two rows of one name"
        records = {
            name: Record.seen(
                [fact(text, concepts) for text in facts.split(";") if text.strip()],
                concepts,
                date.fromisoformat(as_of),
                frozenset({site} - {""}),
            )
            for name, facts, _ in rows(table)
        }
        wrong = []
        for name, (truth, state, why) in engine(built, records).items():
            got = truth.value.replace("_", " ")
            if ":" in expected[name]:
                got += f": {state.value}"
            if got != expected[name]:
                wrong.append(f"{name}: expected {expected[name]!r}, got {got!r} ({why})")
        assert not wrong, "\n".join(wrong)

    return check


def load_criterion(text: str, concepts: Concepts) -> Criterion:
    """A criterion as an author writes it, through the real loader."""
    data = yaml.load(text, Loader=yaml.BaseLoader)
    problems = Problems(Tree("spec", data, {}))
    built = Builder(concepts, problems, {}).node(Node.model_validate(data), (), Around("c"))
    problems.stop()
    assert built is not None
    return built


def rows(table: str) -> list[tuple[str, str, str]]:
    """The rows of a table, without its heading."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    found = []
    for line in lines[1:]:
        name, facts, expected = (cell.strip() for cell in line.split("|"))
        found.append((name, facts, expected))
    return found


PATTERN = re.compile(
    r"^(?P<words>(?:[a-z-]+ )*?)(?P<concept>[a-z-]+)"
    r"(?: = (?P<value>[^@]+?))?(?: @ (?P<when>[0-9.-]+))?(?P<more>(?: [a-z_]+:[^ ]+)*)$"
)


def fact(text: str, concepts: Concepts) -> Fact:
    """One fact of a row."""
    match = PATTERN.match(text.strip())
    assert match, f"cannot read the fact {text!r}"
    words = match["words"].split()
    more = dict(pair.split(":", 1) for pair in (match["more"] or "").split())
    made = Fact(
        concept=match["concept"],
        value=_value(match["value"]),
        when=_when(match["when"]),
        sources=(Source("row", text.strip()),),
    )
    assert made.concept in concepts, f"unknown concept in {text!r}"
    for word in words:
        if word in ASSERTIONS:
            made = replace(made, assertion=ASSERTIONS[word])
        elif word in ASSERTERS:
            made = replace(made, asserter=ASSERTERS[word])
        else:
            made = replace(made, marks=made.marks | {Mark(word.replace("-", "_"))})
    return _detailed(made, more)


def _value(text: str | None) -> object:
    if text is None:
        return None
    text = text.strip()
    return parse_quantity(text) if text[0].isdigit() or text[0] in "<>-" else text


def _when(text: str | None) -> When:
    if not text:
        return When()
    if ".." not in text:
        return When(day(text), day(text))
    start, end = text.split("..")
    return When(day(start) if start else None, day(end) if end else None, ongoing=not end)


def _detailed(made: Fact, more: dict[str, str]) -> Fact:
    therapy = Therapy() if more.keys() - {"site", "shown_by", "during"} else None
    for key, text in more.items():
        if key in ("site", "shown_by", "during"):
            made = replace(made, **{key: frozenset(text.split(","))})  # type: ignore[arg-type]
        elif key in ("dose", "every", "duration"):
            therapy = replace(therapy, **{key: parse_quantity(text.replace("_", " "))})
        elif key in ("taken", "adequate"):
            therapy = replace(therapy, **{key: text == "yes"})
        else:
            therapy = replace(therapy, **{key: text})
    return replace(made, therapy=therapy)
