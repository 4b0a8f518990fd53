"""The engine for many cases: `sql.py` on DuckDB, embedded, larger than memory where need be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from indicated.judge import timing
from indicated.judge.dose import check_dose
from indicated.judge.duck import Connection, fill
from indicated.judge.sql import TABLES, among, listed
from indicated.judge.sql_leaves import YEAR, Leaves, concept_rows
from indicated.judge.sql_request import add_what_follows, check_doses
from indicated.judge.sql_tree import Judgement, Tree, judgement, lists_of, verdict
from indicated.judge.sql_words import statements
from indicated.model import Concepts, Library, PhaseCriteria, Policy, RequestedItem


def judge_leaves(con: Connection, leaves: Leaves, facts: str = "facts") -> None:
    """The temporary tables `word` and `verdict`: what each leaf comes to in every case of `facts`.

    `verdict` has one row a case, with a word for each leaf (`w0`, `w1`, ...; see `sql.WORDS`) and
    `unsure`: whether the reference engine should be asked instead.
    """
    filled = {**vars(leaves), "concept": concept_rows(leaves.concepts)}
    for name, columns in TABLES.items():
        fill(con, name, columns, filled[name])
    year_before = timing.shift(leaves.as_of, YEAR, -1)
    steps = statements(facts, leaves.as_of, year_before, leaves.leaf)
    for name, text in {**steps, "verdict": verdict(leaves)}.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")


def judge_cases(
    con: Connection,
    policy: Policy,
    item: RequestedItem,
    library: Library,
    as_of: date,
    regulator: str = "",
    facts: str = "facts",
) -> Judgement:
    """Hold every case of `facts` against a policy, as `determine.judge_policy` does one.

    The judgement's text gives one row a case; where it says `unsure`, the rest of the row is for
    the reference to tell. Raises `PolicyError` for what SQL does not carry.
    """
    phase, concepts = policy.phases[item.phase], library.concepts
    named = _asked(con, phase, concepts, as_of, facts)
    tree = Tree(Leaves(concepts, as_of, treatment=item.treatment), named)
    dosed = check_dose(policy.dose, item, (), concepts) is not None
    made = judgement(phase, tree, dosed)
    known = add_what_follows(con, tree.leaves, item, library, facts, regulator, dosed)
    judge_leaves(con, tree.leaves, known)
    if dosed and policy.dose:
        check_doses(con, policy.dose, item, concepts, as_of, known)
    return made


def _asked(
    con: Connection, phase: PhaseCriteria, concepts: Concepts, as_of: date, facts: str
) -> dict[tuple[str, ...], Sequence[str]]:
    """The temporary table `asked`: what each case's request names of each list of the phase; and
    every concept that one of them does."""
    lists = lists_of(phase)
    seen = f"(start_from IS NULL OR start_from <= DATE '{as_of}') AND value_words IS NOT NULL"
    named: dict[tuple[str, ...], Sequence[str]] = {}
    for ids in lists:
        query = f"SELECT DISTINCT value_words FROM {facts} WHERE concept IN {among(ids)} AND {seen}"
        words = sorted(word for (word,) in con.execute(query).fetchall())
        named[ids] = [word for word in words if word in concepts]
    columns = "".join(
        f", list(DISTINCT value_words) FILTER (concept IN {among(ids)} AND {seen} "
        f"AND list_contains({listed(of)}::VARCHAR[], value_words)) AS asked_{i}"
        for i, (ids, of) in enumerate(named.items())
    )
    source = f"{facts} GROUP BY case_id" if lists else f"{facts} WHERE FALSE"
    con.execute(f"CREATE OR REPLACE TEMP TABLE asked AS SELECT case_id{columns} FROM {source}")
    return named
