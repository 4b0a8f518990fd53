"""The desk's database: SQLite in one file, or PostgreSQL; the same tables and the same code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from indicated.errors import InputError, OutputError

FILE = "desk.sqlite"


def url_of(place: str) -> str:
    """The address of a database: itself, or of the file in a folder.

    >>> url_of("/srv/desk")
    'sqlite:////srv/desk/desk.sqlite'
    """
    return place if "://" in place else f"sqlite:///{Path(place).absolute() / FILE}"


def engine_of(url: str) -> Engine:
    """An engine that keeps what it commits, and writes one transaction at a time on SQLite."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError(
            "this is no address of a database", do="Name a folder, or postgresql+psycopg://..."
        ) from None
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            _folder(Path(parsed.database).parent)
        engine = create_engine(parsed, connect_args={"timeout": 30})
        event.listen(engine, "connect", _sqlite)
        event.listen(engine, "begin", _begin)
        return engine
    return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutputError(f"the folder cannot be made: {error.strerror}", str(folder)) from None


def _sqlite(connection: Any, _: Any) -> None:
    """WAL, so that reading goes on beside writing; FULL, so that a commit outlives the power."""
    connection.isolation_level = None  # transactions begin where `_begin` says, and nowhere else
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Conflict(InputError):
    """Two people acted on one state, and this is the second."""


@contextmanager
def transaction(engine: Engine, *, writes: bool = True) -> Iterator[Session]:
    """A unit of work: all of it is kept, or none.

    One that writes is alone from its beginning on SQLite, so that nothing it has read changes
    before it writes. Raises `OutputError` where the database is gone or full, and `Conflict` where
    somebody else was quicker.
    """
    try:
        with Session(engine.execution_options(writes=writes), expire_on_commit=False) as db:
            yield db
            db.commit()
    except (StaleDataError, IntegrityError):
        raise Conflict(
            "somebody else changed it at the same moment",
            why="Nothing of what you asked for took place.",
            do="Open the page again and see how it stands now.",
        ) from None
    except OperationalError as error:
        raise OutputError(
            f"the database does not answer: {_reason(error)}",
            why="Nothing of what was asked for took place.",
            do="Try again in a moment; if it stays so, tell the administrator.",
        ) from error


def _reason(error: OperationalError) -> str:
    """Why, without the statement and its values: those may be of a patient."""
    return str(error.orig).splitlines()[0] if error.orig else "no reason was given"


@contextmanager
def _alembic(engine: Engine) -> Iterator[Config]:
    with as_file(files("indicated.serve.desk").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["engine"] = engine
        yield config


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the tables to a version; nothing changes where they are there already."""
    with _alembic(engine) as config:
        now = _version(engine)
        script = ScriptDirectory.from_config(config)
        if now and now not in {r.revision for r in script.walk_revisions()}:
            raise InputError(
                f"the database is of a later version ({now})",
                why="This program does not know its tables.",
                do="Use the release that wrote it, or restore a backup.",
            )
        (command.downgrade if to == "base" else command.upgrade)(config, to)


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def backup(engine: Engine, to: Path) -> None:
    """Copy the whole database of one file while it is in use. PostgreSQL has `pg_dump` for that."""
    _require_sqlite(engine)
    if to.exists():
        raise OutputError("there is something already", str(to), do="Name a new file.")
    with closing(sqlite3.connect(str(engine.url.database))) as source:
        try:
            with closing(sqlite3.connect(to)) as target:
                source.backup(target)
        except sqlite3.Error as error:
            to.unlink(missing_ok=True)
            raise OutputError(f"the backup cannot be written: {error}", str(to)) from None


def restore(source: Path, engine: Engine) -> None:
    """Put a backup in the place of a database that is not there yet."""
    _require_sqlite(engine)
    target = Path(str(engine.url.database))
    if target.exists():
        raise OutputError(
            "there is a database already",
            str(target),
            "A backup put over it would lose what it holds.",
            "Move it away, or restore into another folder.",
        )
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as kept:
            if kept.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("it is damaged")
            kept.execute("SELECT version_num FROM alembic_version")
            with closing(sqlite3.connect(target)) as new:
                kept.backup(new)
    except sqlite3.Error as error:
        raise InputError(f"this is no backup of a desk: {error}", str(source)) from None


def _require_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        raise InputError(
            "this is for a desk in one file", do="Use pg_dump and pg_restore for PostgreSQL."
        )
