"""The engine for many cases beside cql-execution, the reference engine of Clinical Quality Language
in JavaScript: the same criteria over the same cases, outcome by outcome, and the time of a patient.

    npm install --prefix FOLDER cql-execution
    nice python -m bench.cql --modules FOLDER/node_modules --cases 100000 --sample 1000

The policy is `orthodontics`, written out in `orthodontics.cql`. cql-execution gets the facts as
they stand in the table, as a parameter of the library, so that it is spared FHIR; it judges a
sample. Times are of processors, of all cores together, divided by the patients that each judged.
Ends with 1 where an outcome differs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from bench.bulk import AS_OF, generate, timed

from indicated.criteria import load_library
from indicated.judge.duck import Connection, connect, text
from indicated.model import Library
from indicated.population import Asked, judge_table, read_tables, request_for

POLICY = "orthodontics"
FEW = 4  # facts of a case, with which every outcome comes out
HERE = Path(__file__).parent
NEEDED = (
    "bench.cql needs node and cql-execution, which are no part of this project:\n"
    "  npm install --prefix FOLDER cql-execution\n"
    "  python -m bench.cql --modules FOLDER/node_modules"
)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=Path, default=Path("node_modules"))
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=20)
    parser.add_argument("--sample", type=int, default=1_000, help="cases for cql-execution")
    given = parser.parse_args()
    node = which("node")
    if not node or not (given.modules / "cql-execution").is_dir():
        sys.exit(NEEDED)
    with TemporaryDirectory() as folder, connect("4GB", Path(folder)) as con:
        beside = Beside(con, load_library(), Path(folder), Path(node), given.modules)
        same = beside.compare(given.cases, given.facts, given.sample)
        same &= beside.compare(given.sample, FEW, given.sample)
    sys.exit(not same)


@dataclass(frozen=True)
class Beside:
    """Both engines, and where their cases are written."""

    con: Connection
    library: Library
    folder: Path
    node: Path
    modules: Path

    def compare(self, cases: int, facts: int, sample: int) -> bool:
        """Judge so many cases, and a sample of them by cql-execution. Prints the times and the
        outcomes; returns whether all are the same."""
        con, file, lines = self.con, self.folder / "facts.parquet", self.folder / "cases.jsonl"
        policy = self.library.policies[POLICY]
        generate(con, policy, self.library, file, cases, facts)
        read_tables(con, [file])
        asked = Asked(policy, request_for(policy), self.library, AS_OF)
        bulk = timed(lambda: judge_table(con, asked))
        rows = con.execute("SELECT case_id, outcome FROM result ORDER BY case_id").fetchall()
        ours: dict[str, str] = dict(rows[:: max(1, cases // sample)])
        _export(con, list(ours), lines)
        found, milliseconds = _run(self.node, self.modules, lines)
        other = [id for id, outcome in ours.items() if found.get(id) != outcome]
        each, own = milliseconds / len(found), bulk.processor * 1e3 / cases
        print(f"{POLICY}, {cases} cases x {facts} facts; DuckDB: {bulk}, {own:.4f} ms a patient")
        print(f"cql-execution: {each:.3f} ms a patient, on a sample of {len(found)}; "
              f"{each / own:.0f} times DuckDB")  # fmt: skip
        print(", ".join(f"{outcome}: {n}" for outcome, n in Counter(ours.values()).most_common()))
        print(f"outcomes that differ: {len(other)} of {len(ours)} {other[:3] or ''}", flush=True)
        return not other


def _export(con: Connection, ids: list[str], path: Path) -> None:
    """The facts of these cases, one case a line."""
    con.execute(
        "COPY (SELECT case_id AS id, list({concept: concept, assertion: assertion, asserter: "
        "asserter, amount: value_low::DOUBLE, newest: end_to - DATE '1970-01-01'} ORDER BY ord) "
        f"AS facts FROM facts WHERE case_id IN ({', '.join(map(text, ids))}) GROUP BY case_id) "
        f"TO {text(str(path))} (FORMAT json)"
    )


def _run(node: Path, modules: Path, sample: Path) -> tuple[dict[str, str], float]:
    """What cql-execution says of each case, and the milliseconds of processors that it took."""
    command = [str(node), str(HERE / "run.cjs"), str(modules), str(sample)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines: list[Any] = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(lines[:-1]), float(lines[-1][1])


if __name__ == "__main__":
    main()
