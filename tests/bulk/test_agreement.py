"""Every engine gives the same truth and the same state of the record as the reference: generated
criteria held against generated cases, each with each.

`INDICATED_TEST_PAIRS=100000` asks for that many pairs of a criterion and a case. A disagreement is
shrunk, and written to a file that runs by itself. `INDICATED_TEST_SPARK_PAIRS=2000` does the same
on Spark.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indicated.judge.duck import Connection, connect, fill_facts
from indicated.judge.expand import expanded
from indicated.judge.memory import judge_criterion
from indicated.judge.on_duckdb import judge_leaves
from indicated.judge.record import Record
from indicated.judge.sql import WORDS
from indicated.judge.sql_leaves import Leaves
from indicated.judge.sql_tree import truth_of
from indicated.model import (
    Combine,
    Criterion,
    Fact,
    PhaseCriteria,
    Qualifiers,
    State,
    Value,
)
from indicated.truth import Truth
from tests import spark
from tests.bulk import worlds
from tests.bulk.reproduce import as_program

CRITERIA, CASES = 8, 12
PAIRS = int(os.environ.get("INDICATED_TEST_PAIRS", "160"))
SPARK_PAIRS = int(os.environ.get("INDICATED_TEST_SPARK_PAIRS", "192"))
FULL = PAIRS >= 5000  # many pairs: every example holds as many as it can
LEFT_MOST = 0.15  # of all pairs: how many may be left to the reference
TRUTHS = {True: Truth.MET, False: Truth.NOT_MET, None: Truth.UNKNOWN}
TREATMENT = "drug-2"

seen: Counter[str] = Counter()


# The table `verdict` of cases: rows of expressions over it (expression -> type).
Verdict = Callable[[Leaves, Mapping[str, list[Fact]], Mapping[str, str]], list[tuple[Any, ...]]]


def on_duckdb(con: Connection) -> Verdict:
    def rows(
        leaves: Leaves, cases: Mapping[str, list[Fact]], columns: Mapping[str, str]
    ) -> list[tuple[Any, ...]]:
        fill_facts(con, cases)
        judge_leaves(con, leaves)
        return con.execute(f"SELECT {', '.join(columns)} FROM verdict").fetchall()

    return rows


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Verdict]:
    with connect() as con:
        yield on_duckdb(con)


def by_reference(tree: Criterion, items: list[Fact]) -> tuple[Truth, list[State]]:
    record = Record.seen(items, worlds.CONCEPTS, worlds.AS_OF, worlds.SITE)
    phase = expanded(PhaseCriteria(supporting=(tree,)), record.facts, worlds.CONCEPTS, TREATMENT)
    found = judge_criterion(phase.supporting[0], record)
    return found.truth, [leaf.state for leaf in found.leaves()]


def disagreements(
    verdict: Verdict, trees: list[Criterion], cases: list[list[Fact]]
) -> Iterator[tuple[Criterion, list[Fact], object, object]]:
    """Criterion and case, what an engine says, and what the reference says."""
    leaves = Leaves(worlds.CONCEPTS, worlds.AS_OF, worlds.SITE, TREATMENT)
    truths = [truth_of(tree, leaves) for tree in trees]
    columns = {"case_id": "STRING", "unsure_of": "ARRAY<INT>", **dict.fromkeys(truths, "BOOLEAN")}
    words = [f"w{row['leaf']}" for row in leaves.leaf]
    given = {str(i): items for i, items in enumerate(cases)}
    rows = verdict(leaves, given, {**columns, **dict.fromkeys(words, "STRING")})
    assert sorted(row[0] for row in rows) == sorted(given)
    for row in rows:
        found = dict(zip([*columns, *words], row, strict=True))
        items, unsure = given[found["case_id"]], found["unsure_of"]
        said = {n: found[word] for n, word in enumerate(words)}
        for tree, truth in zip(trees, (found[t] for t in truths), strict=True):
            numbers = [leaves.number(leaf) for leaf in tree.leaves()]
            seen["pairs"] += 1
            if set(numbers) & set(unsure):
                seen["left to the reference"] += 1
                continue
            states = [State(WORDS[said[n]][1]) for n in numbers]
            got, wanted = (TRUTHS[truth], states), by_reference(tree, items)
            note(tree, got[0], states)
            if got != wanted:
                yield tree, items, got, wanted


def note(tree: Criterion, truth: Truth, states: list[State]) -> None:
    seen[f"root {truth}"] += 1
    seen.update(f"state {state}" for state in states)
    stack = [tree]
    while stack:
        node = stack.pop()
        test = node.test
        if isinstance(test, Combine):
            seen[f"kind {test.kind}"] += 1
            stack.extend(test.parts)
            continue
        seen.update(
            f"qualifier {f.name}" for f in fields(test.where) if getattr(test.where, f.name)
        )
        seen.update(f"relation {r.kind}" for r in test.where.relations)
        seen[f"closed {bool(node.silence)} {bool(node.given)}"] += 1
        if isinstance(test, Value):
            seen[f"pick {test.pick}"] += 1
            seen["one_of"] += bool(test.one_of)
            if test.versus:
                seen[f"versus {test.versus.change} {test.versus.pick}"] += 1
        else:
            seen[f"distinct {test.distinct}"] += 1
            seen["times"] += test.times > 1
            seen["apart"] += test.apart is not None
            seen["any treatment"] += "any" in test.concepts


@given(
    st.lists(worlds.trees, min_size=CRITERIA if FULL else 1, max_size=CRITERIA),
    st.lists(worlds.cases, min_size=CASES if FULL else 1, max_size=CASES),
)
@settings(
    max_examples=max(PAIRS // (CRITERIA * CASES if FULL else 16), 1),
    deadline=None,
    report_multiple_bugs=False,
)
def test_duckdb_says_what_the_reference_says(
    duckdb: Verdict, trees: list[Criterion], cases: list[list[Fact]]
) -> None:
    agree("DuckDB", duckdb, trees, cases)


@given(
    st.lists(worlds.trees, min_size=CRITERIA, max_size=CRITERIA),
    st.lists(worlds.cases, min_size=CASES, max_size=CASES),
)
@settings(
    max_examples=max(SPARK_PAIRS // (CRITERIA * CASES), 1), deadline=None, phases=[Phase.generate]
)
def test_spark_says_what_the_reference_says(
    trees: list[Criterion], cases: list[list[Fact]]
) -> None:
    spark.needed()
    agree("Spark", spark.words, trees, cases)


def agree(engine: str, verdict: Verdict, trees: list[Criterion], cases: list[list[Fact]]) -> None:
    found = next(disagreements(verdict, trees, cases), None)
    if found:
        tree, items, got, wanted = found
        path = Path(os.environ.get("INDICATED_TEST_FOLDER", "build")) / "disagreement.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_program(tree, items), encoding="utf-8")
        pytest.fail(f"{engine}: {got}; the reference: {wanted}. Run {path}.", pytrace=False)


def test_every_kind_of_node_and_every_qualifier_is_reached(duckdb: Verdict) -> None:
    """A meta-test: the agreement would hold vacuously over a poor generator."""
    seen.clear()

    @given(
        st.lists(worlds.trees, min_size=CRITERIA, max_size=CRITERIA),
        st.lists(worlds.cases, min_size=CASES, max_size=CASES),
    )
    @settings(max_examples=15, database=None, derandomize=True, phases=[Phase.generate])
    def collect(trees: list[Criterion], cases: list[list[Fact]]) -> None:
        assert not list(disagreements(duckdb, trees, cases))

    collect()
    picks = ("latest", "earliest", "lowest", "highest")
    qualifiers = {f.name for f in fields(Qualifiers)} - {"within_parameter"}
    expected = [
        *(f"root {t}" for t in Truth), *(f"state {s}" for s in State),
        *(f"kind {k}" for k in ("all", "any", "none", "at_least")),
        *(f"qualifier {q}" for q in qualifiers),
        *(f"relation {r}" for r in ("before", "after", "since", "during")),
        *(f"pick {p}" for p in (*picks, "any", "every")),
        *(f"versus {c} {p}" for c in ("difference", "percent") for p in picks),
        *(f"distinct {d}" for d in ("", "concept", "class")),
        "closed True True", "closed True False", "times", "apart", "one_of", "any treatment",
    ]  # fmt: skip
    assert [e for e in expected if not seen[e]] == []
    assert seen["left to the reference"] < LEFT_MOST * seen["pairs"]


def test_each_leaf_says_alone_what_it_says_among_others(duckdb: Verdict) -> None:
    """What no leaf asks for is left out of the statement: each leaf is judged by itself as well."""

    @given(worlds.leaves, st.lists(worlds.cases, min_size=4, max_size=8))
    @settings(max_examples=10, database=None, derandomize=True, phases=[Phase.generate])
    def alone(leaf: Criterion, cases: list[list[Fact]]) -> None:
        assert not list(disagreements(duckdb, [leaf], cases))

    alone()
