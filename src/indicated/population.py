"""The story of one policy over many cases: a long table of facts in, one row a case out.

Every case is judged in one go by the engine for many; the few that it marks as unsure are judged by
the reference engine, one by one, so that no row says anything that the reference would not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from indicated.assess import PROGRAM
from indicated.decided import each
from indicated.errors import InputError, OutputError
from indicated.judge import Context, judge_policy, with_request
from indicated.judge.duck import FACT_COLUMNS, Connection, NotWritten, fill, text
from indicated.judge.on_duckdb import judge_cases
from indicated.model import (
    Asserter,
    Assertion,
    Combine,
    Criterion,
    Determination,
    Facts,
    Library,
    Mark,
    Phase,
    Policy,
    RequestedItem,
)
from indicated.table import facts_of
from indicated.truth import Truth

BY_SQL, BY_REFERENCE = "sql", "reference"
Rows = Mapping[str, Sequence[object]]  # by case: its outcome, what is missing, its findings
TRUTHS = {Truth.MET: True, Truth.NOT_MET: False, Truth.UNKNOWN: None}


@dataclass(frozen=True)
class Asked:
    """What every case is judged on: a policy, a request that is the same for all, and a day."""

    policy: Policy
    item: RequestedItem
    library: Library
    as_of: date
    regulator: str = ""


def request_for(policy: Policy, phase: str = "", treatment: str = "") -> RequestedItem:
    """A request for the policy's first treatment in its first phase, where no other is named."""
    phases = [p.value for p in policy.phases]
    if phase and phase not in phases:
        raise InputError(
            f'policy "{policy.id}" has no phase "{phase}"', do=f"It has: {', '.join(phases)}."
        )
    of = treatment or next(iter(policy.treatments), "")
    return RequestedItem("request", of, policy.title, Phase(phase or phases[0]))


def read_tables(con: Connection, files: Iterable[Path], table: str = "facts") -> None:
    """A view of these Parquet files, in the columns of the long table. Raises `InputError` for
    files that are not of it."""
    read_rows(con, parquet(files), table)


def parquet(files: Iterable[Path]) -> str:
    """Parquet files, and folders of them, as SQL reads them."""
    listed = ", ".join(text(str(f / "*.parquet" if f.is_dir() else f)) for f in files)
    return f"read_parquet([{listed}])"


def read_rows(con: Connection, source: str, table: str = "facts") -> None:
    """The same for rows that are a table already."""
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT {columns_of(con, source)} FROM {source}"
    )
    _check(con, table)


def columns_of(con: Connection, source: str) -> str:
    """How the columns of the long table are made of those that are there. Raises `InputError` where
    one lacks that nothing can stand for."""
    try:
        given = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except Exception as error:
        raise InputError(
            "the facts cannot be read",
            why=type(error).__name__,
            do="Give Parquet files or folders of them, as `indicated facts --to-parquet` writes.",
        ) from None
    lacking = FACT_COLUMNS.keys() - {name for name, *_ in given}
    if absent := [name for name in NEEDED if name in lacking]:
        raise InputError(
            f"the table has no column {', '.join(absent)}",
            do="docs/bulk.md lists the columns; those that hold nothing may be left out.",
        )
    cast = {
        name: f"NULL::{kind}" if name in lacking else f"CAST({name} AS {kind})"
        for name, kind in FACT_COLUMNS.items()
    }
    for name, other in (("start_from", "start_to"), ("end_from", "end_to")):
        one, two = cast[name], cast[other]
        cast |= {name: f"COALESCE({one}, {two})", other: f"COALESCE({two}, {one})"}
    for name, usual in USUAL.items():
        cast[name] = f"COALESCE({cast[name]}, {usual})"
    return ", ".join(f"{made} AS {name}" for name, made in cast.items())


NEEDED = ("case_id", "ord", "concept")
USUAL = {"assertion": "'present'", "asserter": "'provider'", "ongoing": "FALSE"}  # where left out
ONE_OF = {"assertion": Assertion, "asserter": Asserter}


def _check(con: Connection, table: str) -> None:
    """Raise `InputError` for a word that is none of a column's, which would be read as nothing, and
    for two facts in one place, which could not be told apart."""
    words = {
        name: (con.execute(f"SELECT DISTINCT {name} FROM {table}").fetchall(), kind)
        for name, kind in ONE_OF.items()
    }
    marks = f"SELECT DISTINCT unnest(marks) FROM {table}"
    words["marks"] = (con.execute(marks).fetchall(), Mark)
    for name, (found, kind) in words.items():
        known = {member.value for member in kind}
        wrong = sorted(str(word) for (word,) in found if word not in known)
        if wrong:
            raise InputError(
                f'{len(wrong)} words of the column "{name}" are none of its own',
                why="They would be read as if nothing had been said.",
                do=f"Write one of: {', '.join(sorted(known))}.",
            )
    twice = f"SELECT case_id FROM {table} GROUP BY case_id HAVING count(*) <> count(DISTINCT ord)"
    if n := len(con.execute(f"{twice} LIMIT 1").fetchall()):
        raise InputError(
            f"{n} case or more has two facts with the same ord",
            why="They could not be told apart.",
            do="Number the facts of each case: row_number() OVER (PARTITION BY case_id).",
        )


def judge_table(con: Connection, asked: Asked, facts: str = "facts", into: str = "result") -> int:
    """The temporary table `into`: by case its outcome, what is missing, a finding per criterion,
    and what judged it. Returns how many cases the reference engine judged."""
    a = asked
    made = judge_cases(con, a.policy, a.item, a.library, a.as_of, a.regulator, facts)
    findings = ", ".join(f"{text(id)}: {column}" for id, column in made.truths.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged_cases AS {made.text}")
    columns = f"case_id, outcome, missing, {{{findings}}} AS findings"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT {columns}, {text(BY_SQL)} AS judged_by "
        "FROM judged_cases WHERE NOT unsure"
    )
    kinds = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {into}").fetchall()}
    rest = f"SELECT * FROM {facts} WHERE case_id IN (SELECT case_id FROM judged_cases WHERE unsure)"
    rows = [_row(case, judge_one(asked, found), made.truths) for case, found in _cases(con, rest)]
    if rows:
        fill(con, "by_reference", kinds, rows)
        con.execute(f"INSERT INTO {into} SELECT * FROM by_reference")
    return len(rows)


def rows_of_result(con: Connection) -> Rows:
    """What came out for each case of the table `result`."""
    found = con.execute("SELECT case_id, outcome, missing, findings FROM result")
    return {case: row for case, *row in found.fetchall()}


def judge_one(asked: Asked, facts: Facts) -> Determination:
    """What the reference engine says of one case."""
    context = Context(asked.library, asked.as_of, PROGRAM, regulator=asked.regulator)
    item = replace(asked.item, facts=())  # the request's own facts stand among those of the case
    return judge_policy(asked.policy, item, with_request(item, facts, context), context)


def facts_of_case(con: Connection, case: str, facts: str = "facts") -> Facts:
    """The facts of one case. Raises `InputError` where the table has no such case."""
    query = f"SELECT * FROM {facts} WHERE case_id = {text(case)}"
    found = dict(_cases(con, query))
    if case not in found:
        raise InputError(f'there is no case "{case}"', do="Give the case_id of a row of the facts.")
    return found[case]


def _cases(con: Connection, query: str) -> Iterator[tuple[str, Facts]]:
    result = con.execute(f"{query} ORDER BY case_id, ord")
    names = [column[0] for column in result.description]
    rows = (dict(zip(names, row, strict=True)) for row in result.fetchall())
    for case, own in groupby(rows, key=lambda row: row["case_id"]):
        yield case, Facts().plus(facts_of(own))


def _row(case: str, d: Determination, ids: Iterable[str]) -> Mapping[str, Any]:
    found = {f.id: TRUTHS[f.truth] for f in reversed(list(each(d.findings())))}
    return {
        "case_id": case,
        "outcome": d.outcome.value,
        "missing": [m.id for m in d.missing],
        "findings": {id: found.get(id) for id in ids},
        "judged_by": BY_REFERENCE,
    }


def write(con: Connection, query: str, path: Path) -> None:
    """A query's rows as a Parquet file; one that was there stays until the new one is whole."""
    beside = path.with_name(path.name + ".part")
    try:
        con.execute(f"COPY ({query}) TO {text(str(beside))} (FORMAT parquet, COMPRESSION zstd)")
        beside.replace(path)
    except NotWritten as error:
        raise OutputError(
            "the table could not be written",
            str(path),
            str(error).splitlines()[0],
            "Make room, or name another file.",
        ) from None


@dataclass(frozen=True)
class Gap:
    """A criterion whose answer is missing in open cases, and how many of them have every missing
    answer once it and the gaps before it are filled: at least so many are settled."""

    criterion: str
    missing: int
    settled: int


@dataclass(frozen=True)
class Summary:
    """Cases by outcome, and the gaps of those that cannot be determined, in the order in which to
    ask for them."""

    outcomes: Mapping[str, int]
    gaps: Sequence[Gap]


def sentences(policy: Policy) -> dict[str, str]:
    """What each criterion of a policy says, by its id."""
    found: dict[str, str] = {}

    def walk(criterion: Criterion) -> None:
        found.setdefault(criterion.id, criterion.says)
        for part in criterion.test.parts if isinstance(criterion.test, Combine) else ():
            walk(part)

    for phase in policy.phases.values():
        routes = (*phase.routes, *phase.exceptions)
        deciding = (*(c for r in routes for c in r.criteria), *phase.exclusions)
        for criterion in (*deciding, *phase.requirements, *phase.supporting):
            walk(criterion)
    return found


def summary(con: Connection, table: str = "result", most: int = 10) -> Summary:
    """What a table of results comes to."""
    outcomes = f"SELECT outcome, count(*) FROM {table} GROUP BY ALL ORDER BY 2 DESC, 1"
    open_ = (
        f"SELECT list_sort(missing), count(*) FROM {table} WHERE outcome = 'cannot_determine' "
        "GROUP BY ALL"
    )
    sets = {tuple(ids): n for ids, n in con.execute(open_).fetchall() if ids}
    return Summary(dict(con.execute(outcomes).fetchall()), tuple(_gaps(sets, most)))


def _gaps(sets: Mapping[tuple[str, ...], int], most: int) -> Iterator[Gap]:
    """One after the other: what is missing most often, a case in which it is one of few counting
    more than one in which it is one of many."""
    asked: set[str] = set()
    counted = sorted(sets.items())  # one order for every run
    often = Counter[str]()
    for ids, n in counted:
        often.update(dict.fromkeys(ids, n))
    while len(asked) < min(most, len(often)):
        nearer: dict[str, float] = defaultdict(float)
        for ids, n in counted:
            left = [id for id in ids if id not in asked]
            for id in left:
                nearer[id] += n / len(left)
        best = max(sorted(nearer), key=lambda id: nearer[id])
        asked.add(best)
        yield Gap(best, often[best], sum(n for ids, n in counted if asked.issuperset(ids)))
