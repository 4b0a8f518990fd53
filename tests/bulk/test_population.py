"""One policy over many cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.errors import InputError
from indicated.examples_in_bulk import carried
from indicated.judge.duck import FACT_COLUMNS, connect
from indicated.model import Criterion, Library, Policy
from indicated.population import (
    BY_REFERENCE,
    facts_of_case,
    judge_one,
    judge_table,
    read_tables,
    sentences,
    summary,
    write,
)
from indicated.serve.cli import main

from .conftest import Place, run

FOLLOWS = "formulary-exception"  # labels, any other treatment, a list that the request names


def test_every_case_has_one_row_with_the_outcome_of_the_reference(place: Place) -> None:
    judge_table(place.con, place.asked)
    rows = dict(place.con.execute("SELECT case_id, outcome FROM result").fetchall())
    assert len(rows) == len(place.cases)
    assert len(set(rows.values())) > 1
    for case, outcome in rows.items():
        one = judge_one(place.asked, facts_of_case(place.con, case))
        assert outcome == one.outcome.value


def test_worked_examples_come_out_as_by_the_reference(library: Library) -> None:
    found = list(carried(library, [FOLLOWS]))
    assert [c.policy for c in found] == [FOLLOWS]
    assert all(c.examples for c in found)
    assert [w for c in found for w in c.disagreements] == []
    assert [c.refused for c in found if c.refused] == []


def test_the_command_writes_a_row_a_case_and_sums_up(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    a = place.asked
    said = run(
        "population", a.policy.id, "--facts", place.file, "--as-of", a.as_of, "-o", out,
        "--phase", a.item.phase.value,
    )  # fmt: skip
    rows = place.con.execute(f"SELECT outcome, count(*) FROM read_parquet('{out}') GROUP BY 1")
    counted = dict(rows.fetchall())
    assert sum(counted.values()) == len(place.cases)
    assert said.startswith(f"{len(place.cases)} cases")
    assert all(f"  {outcome}: {n} (" in said for outcome, n in counted.items())


def test_one_case_is_explained_with_the_outcome_of_its_row(place: Place) -> None:
    judge_table(place.con, place.asked)
    a = place.asked
    for case, outcome in place.con.execute("SELECT case_id, outcome FROM result").fetchall()[:3]:
        said = run(
            "population", a.policy.id, "--facts", place.file, "--as-of", a.as_of,
            "--phase", a.item.phase.value, "--explain", case,
        )  # fmt: skip
        assert said.startswith(f"{outcome}: ")


def test_no_case_is_explained_that_is_not_there(place: Place) -> None:
    result = CliRunner().invoke(
        main,
        ["population", place.asked.policy.id, "--facts", str(place.file), "--explain", "nobody"],
    )
    assert result.exit_code == 3
    assert 'there is no case "nobody"' in result.output


def test_a_file_that_is_no_table_of_facts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.parquet"
    with connect() as con:
        write(con, "SELECT 1 AS number", file)
    result = CliRunner().invoke(main, ["population", "any", "--facts", str(file)])
    assert result.exit_code != 0


def test_columns_that_hold_nothing_may_be_left_out(place: Place, tmp_path: Path) -> None:
    """A table of one's own pipeline: case, concept and what it says of it."""
    file = tmp_path / "own.parquet"
    with connect() as con:
        write(con, "SELECT 'a' AS case_id, 0 AS ord, 'diabetes' AS concept", file)
        read_tables(con, [file])
        names = [name for name, *_ in con.execute("DESCRIBE facts").fetchall()]
        assert names == list(FACT_COLUMNS)
        assert judge_table(con, place.asked) in (0, 1)
        assert con.execute("SELECT count(*) FROM result").fetchall() == [(1,)]


def test_what_is_left_to_the_reference_is_judged_by_it(place: Place, library: Library) -> None:
    """The same number in two units: SQL does not order them, and says so."""
    a = place.asked
    judge_table(place.con, a)
    kinds = Counter(by for (by,) in place.con.execute("SELECT judged_by FROM result").fetchall())
    assert kinds["sql"] > kinds[BY_REFERENCE]


def test_a_word_that_is_none_of_the_tables_own_is_refused(tmp_path: Path) -> None:
    row = "SELECT 'a' AS case_id, 0 AS ord, 'diabetes' AS concept, 'Present' AS assertion"
    with connect() as con:
        write(con, row, tmp_path / "own.parquet")
        with pytest.raises(
            InputError, match='1 words of the column "assertion" are none of its own'
        ):
            read_tables(con, [tmp_path / "own.parquet"])


def test_two_facts_in_one_place_are_refused(tmp_path: Path) -> None:
    row = "SELECT 'a' AS case_id, 0 AS ord, 'diabetes' AS concept"
    with connect() as con:
        write(con, f"{row} UNION ALL {row}", tmp_path / "own.parquet")
        with pytest.raises(InputError, match="two facts with the same ord"):
            read_tables(con, [tmp_path / "own.parquet"])


def test_what_would_settle_is_asked_for_in_the_order_that_settles(place: Place) -> None:
    """Once every gap is filled every open case is settled; none is counted twice."""
    judge_table(place.con, place.asked)
    found = summary(place.con, most=1000)
    open_ = found.outcomes["cannot_determine"]
    settled = [gap.settled for gap in found.gaps]
    assert settled == sorted(settled)
    assert settled[-1] == open_
    assert len({gap.criterion for gap in found.gaps}) == len(found.gaps)
    for gap in found.gaps:
        counted = place.con.execute(
            "SELECT count(*) FROM result WHERE outcome = 'cannot_determine' "
            f"AND list_contains(missing, '{gap.criterion}')"
        ).fetchall()
        assert counted == [(gap.missing,)]


def test_every_criterion_of_a_policy_has_its_sentence(library: Library) -> None:
    for policy in library.policies.values():
        leaves = {leaf.id: leaf.says for leaf in policy_leaves(policy)}
        assert leaves.items() <= sentences(policy).items()


def policy_leaves(policy: Policy) -> Iterator[Criterion]:
    for phase in policy.phases.values():
        for criterion in (*phase.exclusions, *phase.requirements, *phase.supporting):
            yield from criterion.leaves()
