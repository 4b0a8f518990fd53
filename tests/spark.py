"""Spark for the tests: one session of this machine, or a loud skip where it cannot be had."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from indicated.judge.duck import Connection, connect, fill_facts
from indicated.judge.on_duckdb import judge_leaves
from indicated.judge.sql_leaves import Leaves
from indicated.model import Fact
from indicated.population import read_rows, write

WHOLE = os.environ.get("INDICATED_TEST_SPARK") == "all"


def needed(*, whole: bool = False) -> None:
    """Skip where Spark is not there; and what takes long (`whole`) unless all of it is asked for."""
    if whole and not WHOLE:
        pytest.skip("INDICATED_TEST_SPARK=all runs it on Spark as well")
    pytest.importorskip("pyspark", reason="NOT TESTED ON SPARK: pip install 'indicated[spark]'")
    if not shutil.which("java"):
        pytest.skip("NOT TESTED ON SPARK: there is no java")


@cache
def session() -> Any:
    """The session; the first call takes some seconds."""
    from indicated.judge.on_spark import session as started

    return started()


def words(
    leaves: Leaves, cases: Mapping[str, Sequence[Fact]], columns: Mapping[str, str], parts: int = 2
) -> list[tuple[Any, ...]]:
    """The table `verdict` of these cases, as Spark makes it: its columns (expression -> type)."""
    from indicated.judge.on_spark import collected, each_part

    with TemporaryDirectory() as folder:
        file = Path(folder) / "facts.parquet"
        with connect() as con:
            fill_facts(con, cases)
            write(con, "SELECT * FROM facts", file)
        work = partial(_words, leaves=leaves, columns=list(columns))
        typed = ", ".join(f"c{i} {kind}" for i, kind in enumerate(columns.values()))
        done = each_part(session(), [file], parts, work, typed, "500MB")
        return [tuple(row) for row in collected(done)]


def _words(con: Connection, _: int, leaves: Leaves, columns: Sequence[str]) -> Iterator[Any]:
    from indicated.judge.on_spark import GIVEN

    read_rows(con, GIVEN)
    judge_leaves(con, leaves)
    named = ", ".join(f"{column} AS c{i}" for i, column in enumerate(columns))
    yield from con.execute(f"SELECT {named} FROM verdict").to_arrow_reader()
