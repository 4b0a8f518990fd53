"""The desk's database: SQLite in one file, or PostgreSQL; the same tables and the same code."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from indicated.errors import InputError, OutputError

FILE = "desk.sqlite"
# A server's 40 threads hold one connection each, and a second one while a question is answered.
POOL: dict[str, Any] = {"pool_size": 20, "max_overflow": 60, "pool_timeout": 30}


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
        if parsed.get_backend_name() == "sqlite":
            return _in_one_file(parsed)
        return create_engine(parsed, pool_pre_ping=True, **POOL)
    except ArgumentError:
        raise InputError(
            "this is no address of a database", do="Name a folder, or postgresql+psycopg://..."
        ) from None
    except ModuleNotFoundError as error:
        raise InputError(
            f"this database needs the package {error.name}",
            do='For PostgreSQL: pip install "indicated[postgres]".',
        ) from None


def _in_one_file(url: URL) -> Engine:
    if url.database:
        _folder(Path(url.database).parent)
    engine = create_engine(url, connect_args={"timeout": 30}, **POOL)
    event.listen(engine, "connect", _sqlite)
    event.listen(engine, "begin", _begin)
    return engine


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


def is_writing(db: Session) -> bool:
    """Whether the transaction was begun to write (see `transaction`)."""
    return bool(db.get_bind().get_execution_options().get("writes"))


def written(db: Session, write: Callable[[Session], object]) -> None:
    """Have something written: now, or at the end of a transaction that reads."""
    if is_writing(db):
        write(db)
    else:
        db.info.setdefault(LATER, []).append(write)


LATER = "later"
GONE = (OperationalError, InterfaceError, PoolTimeout)
NOTHING_DONE = "Nothing of what was asked for took place."
LOOK_FIRST = "Try again in a moment, and see how it stands before you do it once more."


class Conflict(InputError):
    """Two people acted on one state, and this is the second."""


@contextmanager
def transaction(engine: Engine, *, writes: bool = True) -> Iterator[Session]:
    """A unit of work: all of it is kept, or none.

    What is `written` in one that reads is written at its end. One that writes is alone from its
    beginning on SQLite, so that nothing it has read changes before it writes. Raises `OutputError`
    where the database is gone or full, and `Conflict` where somebody else was quicker.
    """
    ending = False
    try:
        with Session(engine.execution_options(writes=writes), expire_on_commit=False) as db:
            yield db
            ending = True
            db.commit()
        if later := db.info.pop(LATER, ()):
            with transaction(engine) as writing:
                for write in later:
                    write(writing)
    except (StaleDataError, IntegrityError):
        raise Conflict(
            "somebody else changed it at the same moment",
            why="Nothing of what you asked for took place.",
            do="Open the page again and see how it stands now.",
        ) from None
    except GONE as error:
        # A server that goes while it commits may have kept all of it; one file tells at once.
        unsure = ending and writes and engine.dialect.name != "sqlite"
        raise OutputError(
            f"the database does not answer: {_reason(error)}",
            why="Whether what was asked for took place is not known." if unsure else NOTHING_DONE,
            do=LOOK_FIRST
            if unsure
            else "Try again in a moment; if it stays so, tell the administrator.",
        ) from error


def _reason(error: Exception) -> str:
    """Why, without the statement and its values: those may be of a patient."""
    if isinstance(error, PoolTimeout):
        return "too many wait for it"
    told = str(getattr(error, "orig", "") or "").splitlines()
    return told[0] if told else "no reason was given"


@contextmanager
def _alembic(engine: Engine) -> Iterator[Config]:
    with as_file(files("indicated.serve.desk").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["engine"] = engine
        yield config


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the tables to a version; nothing changes where they are there already.

    All of it takes place or none, however many programs begin at once.
    """
    try:
        _migrate(engine, to)
    except (*GONE, DatabaseError) as error:
        raise OutputError(
            f"the database cannot be opened: {_reason(error)}",
            do="See that it is there, is a desk's, and may be written to; then start again.",
        ) from None


def _migrate(engine: Engine, to: str) -> None:
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


def revision(db: Session) -> str:
    """Of which version the tables are."""
    return MigrationContext.configure(db.connection()).get_current_revision() or ""


def backup(engine: Engine, to: Path) -> None:
    """Copy the whole database of one file while it is in use. PostgreSQL has `pg_dump` for that."""
    _require_sqlite(engine)
    if to.exists():
        raise OutputError("there is something already", str(to), do="Name a new file.")
    with closing(sqlite3.connect(str(engine.url.database))) as source:
        try:
            _copy(source, to)
        except (sqlite3.Error, OSError) as error:
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
            _copy(kept, target)
    except sqlite3.Error as error:
        raise InputError(f"this is no backup of a desk: {error}", str(source)) from None


def _copy(source: sqlite3.Connection, to: Path) -> None:
    """Copy a database to where there is none: under another name until the whole of it is there,
    so that nobody takes a part of it for a desk."""
    part = to.with_name(f"{to.name}.part")
    left = [part.with_name(f"{part.name}{end}") for end in ("", "-journal", "-wal", "-shm")]
    for file in left:  # by one that was ended on its way
        file.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


def _require_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        raise InputError(
            "this is for a desk in one file", do="Use pg_dump and pg_restore for PostgreSQL."
        )
