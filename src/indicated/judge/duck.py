"""DuckDB, and how rows get into it. The one module that imports the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from indicated.model import Fact
from indicated.table import COLUMNS, as_json, rows_of

Connection = duckdb.DuckDBPyConnection
NotWritten = (OSError, duckdb.IOException)  # what a full disk and a missing folder raise
FACT_COLUMNS = {name: kind for name, (kind, _) in COLUMNS.items()}


def connect(memory: str = "", folder: Path | None = None) -> Connection:
    """A database in memory that spills to disk, into `folder` where one is given; it asks nothing
    of the network. `memory` is a limit such as 2GB."""
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET enable_progress_bar = false")  # it would stand among what is printed
    if memory:
        con.execute(f"SET memory_limit = {text(memory)}")
    if folder:
        con.execute(f"SET temp_directory = {text(str(folder))}")
    return con


def text(word: str) -> str:
    """A word as SQL writes it.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + word.replace("'", "''") + "'"


def fill(con: Connection, table: str, columns: Mapping[str, str], rows: Iterable[Any]) -> None:
    """A temporary table of these rows, in place of any of that name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        with path.open("w", encoding="utf-8") as out:
            out.writelines(as_json(row) + "\n" for row in rows)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {from_json(path, columns)}")


def from_json(path: Path, columns: Mapping[str, str]) -> str:
    """A query over a file of JSON lines with these columns."""
    typed = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in columns.items())
    return (
        f"SELECT * FROM read_json({text(str(path))}, format = 'newline_delimited', "
        f"columns = {{{typed}}})"
    )


def fill_facts(con: Connection, cases: Mapping[str, Sequence[Fact]], table: str = "facts") -> None:
    """The long table of these cases."""
    fill(
        con, table, FACT_COLUMNS, (r for case, facts in cases.items() for r in rows_of(case, facts))
    )
