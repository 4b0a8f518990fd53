"""One policy over many cases, in one run: against a bare scan-and-group of the same file, and
against the reference engine on a sample.

    python -m bench.bulk --cases 1000000 --facts 20 --policy cgrp-migraine-prevention
    python -m bench.bulk --cases 5000 --all                    # every policy, one after the other
    python -m bench.bulk --cases 200000 --spark                # and on Spark (extra spark)
    python -m bench.bulk --cases 1000000 --keep facts.parquet  # for other commands

Cases are generated: facts of the policy's own concepts and of others, with values around its
bounds, on days of the last three years, some vague, some denied. Times are of this machine; the
ratios are what is to be compared. Nothing is asserted.
"""

from __future__ import annotations

import resource
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from indicated.criteria import load_library
from indicated.judge.duck import FACT_COLUMNS, Connection, connect, text
from indicated.judge.sql import listed
from indicated.judge.sql_leaves import Leaves
from indicated.judge.sql_tree import criteria_of
from indicated.model import Has, Library, Policy, Value
from indicated.population import (
    Asked,
    facts_of_case,
    judge_one,
    judge_table,
    read_tables,
    request_for,
)
from indicated.population_parts import Part, judge_in_parts, parts_of

AS_OF = date(2026, 1, 31)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=20)
    parser.add_argument("--sample", type=int, default=300, help="cases for the reference engine")
    parser.add_argument("--policy", default="cgrp-migraine-prevention")
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--part", type=int, default=100_000, help="cases judged at a time")
    parser.add_argument("--all", action="store_true", help="every policy, each on cases of its own")
    parser.add_argument("--spark", action="store_true", help="judge them on Spark as well")
    parser.add_argument("--keep", type=Path, help="write the cases to this file, and judge none")
    given = parser.parse_args()
    library = load_library()
    policy = library.policies[given.policy]
    if given.keep:
        with connect(given.memory) as con:
            generate(con, policy, library, given.keep, given.cases, given.facts)
        print(f"{given.cases} cases x {given.facts} facts: {given.keep}")
        return
    if given.all:
        with TemporaryDirectory() as folder, connect(given.memory, Path(folder)) as con:
            every_policy(con, library, Path(folder) / "facts.parquet", given.cases, given.facts)
        return
    with TemporaryDirectory() as folder, connect(given.memory, Path(folder)) as con:
        file = Path(folder) / "facts.parquet"
        generate(con, policy, library, file, given.cases, given.facts)
        size = file.stat().st_size / 1e6
        print(f"{given.cases} cases x {given.facts} facts, {size:.0f} MB; {policy.id}")
        report(con, policy, library, file, given.cases, given.sample, given.part)
        if given.spark:
            on_spark(con, policy, library, file, given.part)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"most memory of the process: {most:.1f} GB (limit of DuckDB: {given.memory})")


def report(
    con: Connection,
    policy: Policy,
    library: Library,
    file: Path,
    cases: int,
    sample: int,
    part: int,
) -> None:
    """Each time, and the ratios between them."""
    bare = timed(
        lambda: con.execute(
            "CREATE OR REPLACE TEMP TABLE bare AS SELECT case_id, count(*), max(concept), "
            "max(value_low), min(start_from) "
            f"FROM read_parquet({text(str(file))}) GROUP BY case_id"
        )
    )
    print(f"bare scan-and-group: {bare}")
    read_tables(con, [file])
    asked = Asked(policy, request_for(policy), library, AS_OF)
    done: list[Part] = []
    folder = file.with_name("outcomes")
    bulk = timed(lambda: done.extend(judge_in_parts(con, asked, [file], folder, part)))
    print(f"the policy on DuckDB, in {len(done)} parts: {bulk}, {bulk / bare:.0f} times the bare "
          f"scan; {sum(d.by_reference for d in done)} cases left to the reference")  # fmt: skip
    ids = [f"p{n * (cases // sample):09}" for n in range(sample)]
    charts = [facts_of_case(con, id) for id in ids]
    one = timed(lambda: [judge_one(asked, chart) for chart in charts])
    each, all_ = one.processor / sample, one.processor / sample * cases
    print(f"the reference engine: {each * 1e3:.1f} ms a case, on a sample of {sample}; scaled "
          f"linearly {all_:.0f} s, {all_ / bulk.processor:.0f} times DuckDB")  # fmt: skip
    outcomes = con.execute(
        f"SELECT outcome, count(*) FROM ({parts_of(folder)}) GROUP BY 1 ORDER BY 2 DESC"
    )
    print(", ".join(f"{outcome}: {n}" for outcome, n in outcomes.fetchall()))


def every_policy(con: Connection, library: Library, file: Path, cases: int, facts: int) -> None:
    """How long each takes, over as many cases of its own, and how much it grows with them."""
    took, left = dict[str, float](), 0
    for id, policy in library.policies.items():
        generate(con, policy, library, file, cases, facts)
        read_tables(con, [file])
        asked = Asked(policy, request_for(policy), library, AS_OF)
        counts: list[int] = []
        took[id] = timed(partial(_counted, counts, con, asked)).processor
        left += sum(counts)
    each = sorted(took.values())
    slowest = sorted(took, key=lambda id: -took[id])[:3]
    half, most = each[len(each) // 2], each[-1]
    print(f"{len(took)} policies over {cases} cases x {facts} facts: {sum(each):.0f} s of "
          f"processors; a policy {half:.2f} s (half), {most:.2f} s (most)")  # fmt: skip
    print("slowest: " + ", ".join(f"{id} {took[id]:.1f} s" for id in slowest))
    print(f"cases left to the reference: {left} of {len(took) * cases}")


def _counted(counts: list[int], con: Connection, asked: Asked) -> None:
    counts.append(judge_table(con, asked))


def on_spark(con: Connection, policy: Policy, library: Library, file: Path, part: int) -> None:
    """The same on the Spark of this machine, by the clock: its processors are other programs'."""
    from indicated.judge.on_spark import session
    from indicated.population_spark import judge_on_spark

    begun = timed(session)
    asked = Asked(policy, request_for(policy), library, AS_OF)
    ours, folder = file.with_name("outcomes"), file.with_name("by-spark")
    spark = timed(lambda: list(judge_on_spark(asked, [file], folder, part)))
    alone = file.with_name("again")
    duckdb = timed(lambda: list(judge_in_parts(con, asked, [file], alone, part)))
    other = con.execute(
        f"SELECT count(*) FROM (({parts_of(ours)} EXCEPT {parts_of(folder)}) UNION ALL "
        f"({parts_of(folder)} EXCEPT {parts_of(ours)}))"
    ).fetchall()[0][0]
    print(f"Spark: {begun.clock:.0f} s to begin, then {spark.clock:.1f} s by the clock, "
          f"{spark.clock / duckdb.clock:.1f} times DuckDB ({duckdb.clock:.1f} s); "
          f"rows that differ: {other}")  # fmt: skip


@dataclass(frozen=True)
class Took:
    """How long something took: by the clock, and of all processors together, which is what can be
    compared where others use the machine as well."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s of processors)"

    def __truediv__(self, other: Took) -> float:
        return self.processor / other.processor


def timed(work: Callable[[], object]) -> Took:
    """How long it takes to do this."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


def generate(
    con: Connection, policy: Policy, library: Library, file: Path, cases: int, facts: int
) -> None:
    """A Parquet file of generated facts: an age and a sex; of the others three of four are of
    concepts that the policy looks at."""
    concepts = library.concepts
    leaves = Leaves(concepts, AS_OF)
    item = request_for(policy)
    bounds: dict[str, tuple[str, float]] = {}
    for criterion in criteria_of(policy.phases[item.phase]):
        for leaf in criterion.leaves():
            if isinstance(leaf.test, Has) and leaf.test.each:
                continue
            leaves.number(leaf)
            if isinstance(leaf.test, Value) and leaf.test.bounds:
                limit = leaf.test.bounds[0].limit
                bounds[leaf.test.concept] = (limit.unit, float(limit.low or limit.high or 0))
    own = sorted({r["concept"] for r in leaves.leaf_concept if r["narrow"]})
    own = [c for c in own if not concepts[c].kinds] or own
    others = sorted(concepts.by_id)[:400]
    rolled = "hash(n * 1000003 + k * 7919 + {})"
    unit = " ".join(f"WHEN {text(c)} THEN {text(u)}" for c, (u, _) in bounds.items())
    middle = " ".join(f"WHEN {text(c)} THEN {m}" for c, (_, m) in bounds.items())
    number = f"round((CASE concept {middle} END) * (0.5 + ({rolled.format(4)} % 100) / 100), 2)"
    number, measured = (number, f"CASE concept {unit} END") if bounds else ("NULL", "NULL")
    aged = f"CASE k WHEN 0 THEN {rolled.format(4)} % 90 WHEN 1 THEN NULL ELSE {number} END"
    said = f"CASE WHEN {rolled.format(2)} % 8 = 0 AND k > 1 THEN 'absent' ELSE 'present' END"
    sex = f"CASE WHEN {rolled.format(4)} % 2 = 0 THEN 'female' ELSE 'male' END"
    made = {
        "case_id": "printf('p%09d', n)",
        "ord": "k",
        "concept": "CASE k WHEN 0 THEN 'age' WHEN 1 THEN 'sex' ELSE concept END",
        "assertion": said,
        "asserter": f"CASE WHEN {rolled.format(3)} % 20 = 0 THEN 'letter' ELSE 'provider' END",
        "value_low": aged, "value_high": aged, "value_words": f"CASE WHEN k = 1 THEN {sex} END",
        "value_unit": f"CASE k WHEN 0 THEN 'a' WHEN 1 THEN NULL ELSE {measured} END",
        "start_from": "day", "start_to": f"day + ({rolled.format(6)} % 10 // 9 * 30)::INTEGER",
        "end_from": "day", "end_to": f"day + ({rolled.format(6)} % 10 // 9 * 30)::INTEGER",
        "ongoing": "FALSE",
    }  # fmt: skip
    columns = ", ".join(
        f"CAST({made.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in FACT_COLUMNS.items()
    )
    con.execute(
        f"COPY (SELECT {columns} FROM (SELECT n, k, "
        f"DATE '{AS_OF}' - ({rolled.format(5)} % 1095)::INTEGER AS day, "
        f"CASE WHEN {rolled.format(1)} % 4 > 0 THEN "
        f"{listed(own)}[({rolled.format(7)} % {len(own)})::INTEGER + 1] ELSE "
        f"{listed(others)}[({rolled.format(7)} % {len(others)})::INTEGER + 1] END AS concept "
        f"FROM range({cases}) a(n), range({facts}) b(k))) "
        f"TO {text(str(file))} (FORMAT parquet, COMPRESSION zstd)"
    )


if __name__ == "__main__":
    main()
