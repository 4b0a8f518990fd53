"""The story of one policy over more cases than one sitting or one memory takes: part by part.

A folder holds the results, one whole Parquet file a part, and `run.json`, which says of what run
they are. A run that was stopped is run again and does what is not there yet; nothing is judged
twice and nothing is mixed with another run's results.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indicated.assess import PROGRAM
from indicated.errors import InputError, OutputError
from indicated.judge.duck import Connection, text
from indicated.population import BY_REFERENCE, Asked, judge_table, write

RUN = "run.json"


@dataclass(frozen=True)
class Part:
    """One part that is done: its number from 1, of how many, its cases, and how many of them the
    reference judged; `before` where an earlier run had done it."""

    number: int
    of: int
    cases: int
    by_reference: int = 0
    before: bool = False


def judge_in_parts(
    con: Connection, asked: Asked, files: Sequence[Path], folder: Path, most: int
) -> Iterator[Part]:
    """Judge the table `facts` in parts of about `most` cases, each written to `folder` when it is
    whole. Raises `InputError` where the folder holds another run, `OutputError` where it cannot be
    written; parts that were written stay."""
    first = _first_cases(con, most)
    of = len(first)
    begin(folder, asked, files, "duckdb", of)
    for n in range(of):
        path = path_of(folder, n)
        if path.exists():
            yield Part(n + 1, of, cases_in(con, path)[0], before=True)
            continue
        within = [f"case_id >= {text(first[n])}"] if n else []
        within += [f"case_id < {text(first[n + 1])}"] if n + 1 < of else []
        con.execute(
            "CREATE OR REPLACE TEMP VIEW part_facts AS SELECT * FROM facts "
            f"WHERE {' AND '.join(within) or 'TRUE'}"
        )
        by_reference = judge_table(con, asked, "part_facts", "part")
        write(con, "SELECT * FROM part ORDER BY case_id", path)
        rows = con.execute("SELECT count(*) FROM part").fetchall()
        yield Part(n + 1, of, int(rows[0][0]), by_reference)


def _first_cases(con: Connection, most: int) -> list[str]:
    """The first case of each part, in the order of their ids: parts of one size, as far as whole
    numbers go. A file that is sorted by case is then read only where a part stands."""
    counted = con.execute("SELECT count(DISTINCT case_id) FROM facts").fetchall()
    cases = int(counted[0][0])
    of = max(1, -(-cases // most))
    size = max(1, -(-cases // of))
    first = con.execute(
        "SELECT case_id FROM (SELECT case_id, row_number() OVER (ORDER BY case_id) - 1 AS n "
        f"FROM (SELECT DISTINCT case_id FROM facts)) WHERE n % {size} = 0 ORDER BY n"
    )
    return [id for (id,) in first.fetchall()] or [""]


def parts_of(folder: Path) -> str:
    """The query of all results in a folder."""
    return f"SELECT * FROM read_parquet({text(str(folder / 'part-*.parquet'))})"


def path_of(folder: Path, n: int) -> Path:
    """Where the results of a part stand, counted from 0."""
    return folder / f"part-{n + 1:05}.parquet"


def cases_in(con: Connection, path: Path) -> tuple[int, int]:
    """The cases of a part that was written, and how many of them the reference judged."""
    counts = f"count(*), count(*) FILTER (judged_by = {text(BY_REFERENCE)})"
    ((cases, by_reference),) = con.execute(
        f"SELECT {counts} FROM read_parquet({text(str(path))})"
    ).fetchall()
    return int(cases), int(by_reference)


def _run(asked: Asked, files: Sequence[Path], engine: str, of: int) -> dict[str, Any]:
    """What the results depend on."""
    every = sorted(
        f for given in files for f in (given.rglob("*.parquet") if given.is_dir() else [given])
    )
    return {
        "program": PROGRAM,
        "policy": asked.policy.id,
        "policy_hash": asked.policy.hash,
        "treatment": asked.item.treatment,
        "phase": asked.item.phase.value,
        "as_of": asked.as_of.isoformat(),
        "engine": engine,
        "parts": of,
        "facts": [[f.name, f.stat().st_size, f.stat().st_mtime_ns] for f in every],
    }


def begin(folder: Path, asked: Asked, files: Sequence[Path], engine: str, of: int) -> None:
    """Note of what run the folder is. Raises `InputError` where it is of another."""
    run, note = _run(asked, files, engine, of), folder / RUN
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if note.exists():
            other = _differs(note, run)
            if other:
                raise InputError(
                    f"the folder holds results of another run: {', '.join(other)} differ",
                    str(folder),
                    "Results of two runs would stand side by side.",
                    "Name another folder, or remove this one.",
                )
            return
        if any(folder.glob("part-*.parquet")):
            raise InputError(
                f"the folder holds results, but no {RUN} that says of what",
                str(folder),
                "Results of two runs would stand side by side.",
                "Name another folder, or remove this one.",
            )
        beside = note.with_suffix(".part")
        beside.write_text(json.dumps(run, indent=1), encoding="utf-8")
        beside.replace(note)
    except OSError as error:
        raise OutputError("the results cannot be written", str(folder), str(error)) from None


def _differs(note: Path, run: dict[str, Any]) -> list[str]:
    try:
        was = json.loads(note.read_text(encoding="utf-8"))
        return [key for key in run if was.get(key) != run[key]]
    except (ValueError, AttributeError):
        return [f"{RUN} cannot be read, so that all may"]
