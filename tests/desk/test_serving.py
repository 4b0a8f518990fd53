"""`indicated serve` as a process: how it begins, how it ends, and what is there afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import psutil
import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

from indicated.errors import ExitCode
from indicated.serve.cli import main
from indicated.serve.desk import accounts, ledger
from indicated.serve.desk.database import engine_of, migrate, transaction, url_of
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Job, SignIn
from tests.desk.conftest import PASSWORD, QUESTION, RECORD

PROGRAM = [sys.executable, "-c", "from indicated.serve.cli import main; main()"]
# Wait for the work as well: INDICATED_TEST_KILLS says that there is time.
THOROUGH = "INDICATED_TEST_KILLS" in os.environ
PATIENCE = 300.0  # seconds until a test gives up waiting


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def furnished(data: Path) -> tuple[str, str]:
    """A desk with one person, who is signed in: their cookie and their X-CSRF-Token."""
    engine = engine_of(url_of(str(data)))
    migrate(engine)
    now = datetime.now(UTC)
    with transaction(engine) as db:
        user = accounts.add_user(
            db, "ann", "Ann", PASSWORD, ["author"], at=now, settings=DeskSettings()
        )
        token = accounts.begin(db, user, now)
        db.flush()
        csrf = db.scalars(select(SignIn.csrf)).one()
    engine.dispose()
    return token, csrf


@contextmanager
def served(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The desk, once it says that it is there; killed at the end where it still runs."""
    command = [*PROGRAM, "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ.copy())
    try:
        assert process.stderr
        assert "The review desk is at" in process.stderr.readline()
        yield process
    finally:
        for child in psutil.Process(process.pid).children() if process.poll() is None else []:
            child.kill()
        process.kill()
        process.communicate()


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    alive = [c for c in children if c.status() != psutil.STATUS_ZOMBIE]
    return [c for c in alive if "spawn_main" in " ".join(c.cmdline())]


def until(asked: object) -> None:
    ends = time.monotonic() + PATIENCE
    while not asked():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_what_was_begun_goes_on_after_the_end_of_workers_and_of_the_desk(tmp_path: Path) -> None:
    """A worker is killed and another comes; SIGTERM ends all; a session, a case and the work that
    was under way are there when the desk begins again; Ctrl-C ends it as well."""
    data, port = tmp_path / "desk", free_port()
    token, csrf = furnished(data)
    engine = engine_of(url_of(str(data)))
    browser = httpx2.Client(
        base_url=f"http://127.0.0.1:{port}", cookies={"indicated_desk": token},
        headers={"x-csrf-token": csrf}, timeout=PATIENCE,
    )  # fmt: skip

    def ask() -> str:
        answer = browser.post("/api/ask", data={"question": QUESTION, "record": RECORD})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def is_read(id: str) -> bool:
        return browser.get(f"/api/cases/{id}").json()["state"] == "draft"

    with served(data, port) as process:
        refused = CliRunner().invoke(main, ["serve", "--data", str(data), "--port", str(port)])
        assert refused.exit_code == ExitCode.OUTPUT
        assert f"cannot listen at 127.0.0.1:{port}" in refused.output
        (first,) = workers(process)
        first.kill()
        one = ask()
        until(lambda: [w for w in workers(process) if w.pid != first.pid])
        with transaction(engine) as db:  # had it been taken by the one that was killed
            db.execute(update(Job).values(taken_until=None))
        if THOROUGH:
            until(lambda: is_read(one))
        two = ask()
        ended = [*workers(process), psutil.Process(process.pid)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert "Traceback" not in process.stderr.read()  # type: ignore[union-attr]
        assert not [p for p in ended if p.is_running() and p.status() != "zombie"]
    with transaction(engine, writes=False) as db:
        assert {j.taken_until for j in db.scalars(select(Job))} <= {None}
    with served(data, port) as process:
        found = browser.get("/api/").json()["rows"]
        assert sorted(row["id"] for row in found) == sorted([one, two])
        if THOROUGH:
            assert browser.get(f"/api/cases/{one}").json()["version"]["n"] == 1
            until(lambda: is_read(two))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert "Traceback" not in process.stderr.read()  # type: ignore[union-attr]
    with transaction(engine, writes=False) as db:
        assert ledger.broken(db) == []
    engine.dispose()
    browser.close()


# --- what keeps a desk from beginning ------------------------------------------------------------


@pytest.mark.parametrize("command", [["serve"], ["desk", "work"], ["audit", "verify"]])
@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("file/desk", "the folder cannot be made: Not a directory"),
        ("folder", "the database cannot be opened: unable to open database file"),
        ("words", "the database cannot be opened: file is not a database"),
        ("later", "the database is of a later version (9999)"),
        ("postgresql+psycopg://127.0.0.1:1/desk", "the database cannot be opened: connection"),
        ("nothing://", "this is no address of a database"),
    ],
)
def test_why_it_does_not_begin(command: list[str], place: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "desk.sqlite").mkdir(parents=True)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "desk.sqlite").write_text("These are words. " * 100)
    if place == "later":
        engine = engine_of(url_of(str(tmp_path / "later")))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
        engine.dispose()
    data = place if "://" in place else str(tmp_path / place)
    result = CliRunner().invoke(main, [*command, "--data", data])
    assert told in result.output
    assert result.exit_code in (ExitCode.INPUT, ExitCode.OUTPUT)
