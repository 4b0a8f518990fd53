"""The file of a collection, opened: SQL in, rows out, and clear words for whatever goes wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indicated.errors import IndicatedError, InputError, OutputError
from indicated.evidence.tables import APPLICATION, TABLES, VERSION

WAIT = 30.0  # seconds for another program that writes to the same file
Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


class Store:
    """A connection to one collection. Raises `InputError` and `OutputError`, never SQLite's own."""

    def __init__(self, path: Path, *, create: bool = False):
        self.path = path
        if not create and not path.exists():
            raise _missing(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sql = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise _unwritable(path, error) from None
        try:
            self._open(create)
        except BaseException:
            self._sql.close()
            raise

    def _open(self, create: bool) -> None:
        self.run("PRAGMA foreign_keys = ON")
        self.run("PRAGMA cache_size = -65536")
        if self._empty():
            if not create:
                raise _missing(self.path)
            with self.changing():
                if self._empty():  # nobody was faster
                    self._make()
        kind, version = (self.one(f"PRAGMA {p}")[0] for p in ("application_id", "user_version"))
        if kind != APPLICATION:
            raise InputError(
                "it is no collection of literature",
                str(self.path),
                "Another program's data could be spoilt.",
                "Name another file with --collection.",
            )
        if version != VERSION:
            raise InputError(
                f"the collection has version {version}, this program reads version {VERSION}",
                str(self.path),
                do="Use the program that wrote it, or import your sources into a new file.",
            )

    def _empty(self) -> bool:
        """Whether nothing is in the file: it is new, or what made it was stopped."""
        return not self.one("SELECT count(*) FROM sqlite_schema")[0]

    def _make(self) -> None:
        for statement in TABLES.split(";\n"):
            self.run(statement)
        self.run(f"PRAGMA application_id = {APPLICATION}")
        self.run(f"PRAGMA user_version = {VERSION}")
        self.run("INSERT INTO about VALUES ('made', hex(randomblob(16)))")
        self.run("INSERT INTO about VALUES ('revision', '0')")

    def close(self) -> None:
        """Give the file back."""
        self._sql.close()

    def rows(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """The rows of a query, one after the other."""
        with self._told():
            yield from self._sql.execute(sql, values)

    def one(self, sql: str, values: Values = ()) -> Row:
        """The first row; an empty one where there is none."""
        return next(iter(list(self.rows(sql, values))), ())

    def run(self, sql: str, values: Values = ()) -> int:
        """Run one statement; the number of the row that it put in."""
        with self._told():
            return self._sql.execute(sql, values).lastrowid or 0

    def many(self, sql: str, values: Sequence[Values]) -> None:
        """Run one statement for each of many rows."""
        with self._told():
            self._sql.executemany(sql, values)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """All of what is done within, or nothing of it, whatever happens to the program."""
        if self._sql.in_transaction:
            yield
            return
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with self._told():
                if self._sql.in_transaction:  # a full disk has ended it already
                    self._sql.execute("ROLLBACK")
            raise
        self.run("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._meaning(error) from None

    def _meaning(self, error: sqlite3.Error) -> IndicatedError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return _damaged(self.path)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return InputError(
                "another program is writing to the collection",
                str(self.path),
                "Two imports at once would wait for each other.",
                "Wait until it has ended, and run the command again: nothing was lost.",
            )
        if code in (
            sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM,
        ):  # fmt: skip
            return _unwritable(self.path, error)
        return InputError(f"the collection could not be used ({error})", str(self.path))


def _missing(path: Path) -> InputError:
    return InputError(
        "there is no such collection",
        str(path),
        "Nothing can be found before something was brought in.",
        "Bring in what you have: indicated evidence import FILE_OR_FOLDER",
    )


def _unwritable(path: Path, error: Exception) -> OutputError:
    return OutputError(
        f"the collection cannot be read or written ({error})",
        str(path),
        "What was in it before is untouched.",
        "Check the disk and who may write there, and run the command again.",
    )


def _damaged(path: Path) -> InputError:
    names = "; ".join(_sources(path)) or "the files that it was made of"
    return InputError(
        "the collection is damaged",
        str(path),
        "A passage could be missing or wrong without anybody noticing.",
        f"Move it away (mv {path.name} {path.name}.damaged), and import again: {names}",
    )


def _sources(path: Path) -> list[str]:
    """What a damaged file still says of where its works came from."""
    found: list[str] = []
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as raw:
            for (name,) in raw.execute("SELECT path FROM file ORDER BY no LIMIT 50"):
                found.append(str(name))
    except sqlite3.Error:
        pass
    return found
