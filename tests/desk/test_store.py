"""What the desk keeps: the ledger, migrations, backups, and what happens when things go wrong."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, select, text, update

from indicated.errors import InputError, OutputError
from indicated.review import verify
from indicated.serve.cli import main
from indicated.serve.desk import ledger
from indicated.serve.desk.database import (
    backup,
    engine_of,
    migrate,
    restore,
    transaction,
    url_of,
)
from indicated.serve.desk.tables import Base, CaseRow, Job, LedgerRow, Version
from indicated.serve.desk.work import work_once
from tests.desk.conftest import QUESTION, RECORD, START, Place


def broken(place: Place) -> list[str]:
    with transaction(place.engine, writes=False) as db:
        return [f"{b.line}: {b.kind}" for b in ledger.broken(db)]


def test_the_ledger_tells_every_act_and_every_reading(place: Place) -> None:
    id = place.ask()
    place.case(id)
    place.of("auditor").get(f"/cases/{id}/versions/1/article.html")
    place.decide(id, "submit", "author")
    lines = place.of("auditor").get("/api/ledger").json()["lines"]
    told = [(line["act"], line["by"].split(" (")[0]) for line in reversed(lines)]
    for expected in [
        ("sign-in", "Author Person"),
        ("ask", "Author Person"),
        ("assess", "the desk"),
        ("read", "Physician Person"),
        ("read", "Auditor Person"),
        ("submit", "Author Person"),
        ("ledger", "Auditor Person"),
    ]:
        assert expected in told
    assert broken(place) == []


def test_an_exported_ledger_is_verified_by_a_stranger(place: Place, tmp_path: Path) -> None:
    place.ask()
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(place.of("auditor").get("/ledger/export").content)
    result = CliRunner().invoke(main, ["log", "verify", str(file)])
    assert (result.exit_code, "whole" in result.output) == (0, True)
    lines = file.read_text().splitlines()
    del lines[1]
    file.write_text("\n".join(lines))
    assert CliRunner().invoke(main, ["log", "verify", str(file)]).exit_code == 3


@pytest.mark.parametrize("harm", ["alter", "columns", "remove", "swap", "insert", "rehash"])
def test_whatever_is_done_to_the_ledger_is_seen(place: Place, harm: str) -> None:
    id = place.ask()
    place.decide(id, "submit", "author")
    assert broken(place) == []
    with transaction(place.engine) as db:
        rows = list(db.scalars(select(LedgerRow).order_by(LedgerRow.n)))
        third, fourth = rows[2], rows[3]
        if harm == "alter":
            third.line = third.line.replace('"role": "', '"role": "chief ')
        elif harm == "columns":
            third.by = "Somebody Else"
        elif harm == "remove":
            db.delete(third)
        elif harm == "swap":
            third.line, fourth.line = fourth.line, third.line
        elif harm == "insert":
            made = json.loads(fourth.line)
            db.add(
                LedgerRow(
                    n=len(rows) + 1, hash="0" * 64, at=START, by=made["by"], act="approve",
                    case_id=id, article_hash="", line=json.dumps(made),
                )
            )  # fmt: skip
        else:  # a line made anew with a right hash of its own no longer fits the next
            entry = ledger.entry_of_line(third.line)
            from dataclasses import replace

            other = replace(entry, review=replace(entry.review, by="Somebody Else"))
            from indicated.review import line_of

            third.line, third.hash, third.by = line_of(other), other.hash, "Somebody Else"
    assert broken(place)


def test_lines_cut_off_at_the_end_are_seen_by_whoever_kept_the_head(place: Place) -> None:
    place.ask()
    with transaction(place.engine) as db:
        rows = list(db.scalars(select(LedgerRow).order_by(LedgerRow.n)))
        head = rows[-1].hash
        db.delete(rows[-1])
    with transaction(place.engine, writes=False) as db:
        assert ledger.broken(db) == []
        assert [b.kind for b in ledger.broken(db, head)] == ["cut"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "é"]), min_size=2, max_size=8), st.randoms())
def test_any_one_change_of_a_chain_is_found(words: list[str], choice: random.Random) -> None:
    from indicated.model import Review
    from indicated.review import Entry, line_of, next_entry

    entries: list[Entry] = []
    for n, word in enumerate(words):
        last = entries[-1].hash if entries else ""
        entries.append(next_entry(Review(word, word, START, word, word, word, word), n, last))
    lines = [line_of(e) for e in entries]
    at = choice.randrange(len(lines) - 1)  # the last line is its head's business
    harm = choice.choice(["drop", "double", "swap", "letter"])
    if harm == "drop":
        del lines[at]
    elif harm == "double":
        lines.insert(at, lines[at])
    elif harm == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    else:
        lines[at] = lines[at].replace('"act": "', '"act": "x', 1)
    assert verify("\n".join(lines))


# --- migrations and backups ----------------------------------------------------------------------


def test_the_migrations_make_the_tables_of_the_program(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again_with_what_was_kept(place: Place) -> None:
    place.ask()
    migrate(place.engine)  # a second time does nothing
    assert place.of("author").get("/api/").json()["total"] == 1
    migrate(place.engine, "base")
    assert set(inspect(place.engine).get_table_names()) == {"alembic_version"}
    migrate(place.engine)
    assert set(inspect(place.engine).get_table_names()) >= set(Base.metadata.tables)


def test_a_database_of_a_later_program_is_not_touched(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="later version"):
        migrate(engine)


def test_a_backup_is_whole_and_restored_beside(place: Place, tmp_path: Path) -> None:
    id = place.ask()
    file = tmp_path / "kept.sqlite"
    if place.engine.dialect.name != "sqlite":
        with pytest.raises(InputError, match="pg_dump"):
            backup(place.engine, file)
        return
    backup(place.engine, file)
    with pytest.raises(OutputError, match="something already"):
        backup(place.engine, file)
    with pytest.raises(OutputError, match="a database already"):
        restore(file, place.engine)
    other = engine_of(url_of(str(tmp_path / "other")))
    restore(file, other)
    with transaction(other, writes=False) as db:
        assert db.get_one(CaseRow, id).question == QUESTION
        assert ledger.broken(db) == []
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(InputError, match="no backup of a desk"):
        restore(damaged, engine_of(url_of(str(tmp_path / "third"))))


# --- work ----------------------------------------------------------------------------------------


def test_a_case_on_either_database(place: Place) -> None:
    """From the question over an answer to the signature; what only the pages do is in test_flow."""
    id = place.ask()
    place.later(days=1)
    said = {"concept": "chronic-urticaria", "answer": "present"}
    assert place.of("author").post(f"/api/cases/{id}/answer", json=said).status_code == 200
    place.work()
    assert place.of("author").get("/api/?find=omalizumab&state=draft").json()["total"] == 1
    found = place.case(id)["outcomes"][0]  # type: ignore[index]
    narrowed = f"/api/?policy={found['policy']}&outcome={found['outcome']}&sort="
    for sort in ("clock", "asked", "changed"):
        assert place.of("author").get(narrowed + sort).json()["total"] == 1
    assert place.of("author").get("/api/?outcome=no_policy").json()["total"] == 0
    for act, who in (("submit", "author"), ("approve", "physician"), ("withdraw", "physician")):
        assert place.decide(id, act, who) == 200
    states = place.of("auditor").get("/api/statistics").json()["states"]
    assert states == {"withdrawn": 1}
    assert place.of("auditor").get("/api/ledger?verify=true").json()["breaks"] == ["none"]


def test_work_that_its_worker_left_is_done_by_the_next(place: Place) -> None:
    answer = place.of("author").post("/api/ask", data={"question": QUESTION, "record": RECORD})
    id = answer.json()["id"]
    with transaction(place.engine) as db:  # somebody took it and was never seen again
        db.execute(update(Job).values(taken_until=place.clock(), tries=1))
    assert work_once(place.engine, place.desk.library(), place.desk.settings, place.clock()) == ""
    place.clock.on(minutes=1)
    assert work_once(place.engine, place.desk.library(), place.desk.settings, place.clock()) == id
    assert len(place.case(id)["versions"]) == 1  # type: ignore[arg-type]


def test_work_that_ends_its_workers_is_given_up(place: Place) -> None:
    answer = place.of("author").post("/api/ask", data={"question": QUESTION, "record": RECORD})
    with transaction(place.engine) as db:
        db.execute(update(Job).values(taken_until=place.clock(), tries=3))
    place.clock.on(minutes=1)
    assert work_once(place.engine, place.desk.library(), place.desk.settings, place.clock()) == ""
    case = place.case(answer.json()["id"])
    assert (case["state"], "ended its worker 3 times" in str(case["trouble"])) == ("trouble", True)


def test_what_is_added_while_it_is_read_is_read_as_well(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older reading is thrown away: it would show a text without the new document."""
    from indicated.serve.desk import work

    answer = place.of("author").post("/api/ask", data={"question": QUESTION, "record": RECORD})
    id = answer.json()["id"]
    really = work.assess

    def slowly(*given: object, **more: object) -> object:
        monkeypatch.setattr(work, "assess", really)
        place.clock.on(seconds=5)
        place.of("author").post(
            f"/api/cases/{id}/documents",
            files=[("files", ("more.txt", b"Date: 2026-02-25\nFailed loratadine.", "text/plain"))],
        )
        return really(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "assess", slowly)
    place.work()
    case = place.case(id)
    assert [(v["n"], v["because"]) for v in case["versions"]] == [(1, "documents were added")]  # type: ignore[attr-defined]


def test_several_workers_do_each_piece_once(place: Place) -> None:
    ids = [
        place.of("author")
        .post("/api/ask", data={"question": f"{QUESTION} {n}", "record": RECORD})
        .json()["id"]
        for n in range(6)
    ]

    def work() -> None:
        while work_once(place.engine, place.desk.library(), place.desk.settings, place.clock()):
            pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    place.work()  # a worker that found the database busy may have gone home early
    with transaction(place.engine, writes=False) as db:
        assert sorted(db.scalars(select(Version.case_id))) == sorted(ids)
    assert broken(place) == []


def test_two_who_sign_at_once(place: Place) -> None:
    """One of them signs; the other is told; there is one signature."""
    id = place.ask()
    place.decide(id, "submit", "author")
    hash = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    browsers = [place.of("physician"), place.of("reviewer")]
    body = {"act": "return", "article": hash, "no_conflict": True, "comment": "Send more."}
    statuses: list[int] = []

    def sign(n: int) -> None:
        statuses.append(browsers[n].post(f"/api/cases/{id}/decide", json=body).status_code)

    threads = [threading.Thread(target=sign, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses)[0] == 200
    assert sorted(statuses)[1] in (400, 409)
    returns = [line for line in place.case(id)["history"] if line["act"] == "return"]  # type: ignore[attr-defined]
    assert len(returns) == 1
    assert broken(place) == []


# --- when the machine fails ----------------------------------------------------------------------

KILLED = """
import sys, threading
from datetime import UTC, datetime
from indicated.model import Library
from indicated.serve.desk import accounts, cases, deciding
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.database import engine_of, migrate, transaction
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Version
engine = engine_of(sys.argv[1])
migrate(engine)
settings = DeskSettings()
ann, bea = Who(1, "ann", "Ann", ("author",)), Who(2, "bea", "Bea", ("physician",))
print("ready", flush=True)
n = 0
while True:
    n += 1
    now = datetime.now(UTC)
    with transaction(engine) as db:
        files = [cases.Upload("note.txt", f"{n}".encode() * 20_000)]
        case = cases.ask(db, cases.Asked(f"Question {n}?", now.date()), files, ann, at=now, settings=settings)
    with transaction(engine) as db:
        case = cases.opened(db, case.id, bea)
        db.add(Version(case_id=case.id, n=1, at=now, because="asked", article_hash=f"{n:064}",
            outcomes=[{"item": "x", "outcome": "indicated", "policy": ""}], questions=[], record="",
            article="", chart="", places={}, data=""))
        case.state = "draft"
    for act, who in (("submit", ann), ("approve", bea)):
        with transaction(engine) as db:
            case = cases.opened(db, case.id, bea)
            deciding.decide(db, case, act, who, article=f"{n:064}", at=now, no_conflict=True)
    print("signed", case.id, flush=True)
"""
KILLS = int(os.environ.get("INDICATED_TEST_KILLS", "3"))


def test_killed_at_any_point_nothing_is_lost_or_half_done(engine: Engine) -> None:
    """More kills: INDICATED_TEST_KILLS=200."""
    choice = random.Random(KILLS)
    told: set[str] = set()
    with transaction(engine) as db:
        from indicated.serve.desk.tables import User

        for id, login in ((1, "ann"), (2, "bea")):
            db.add(
                User(
                    id=id, login=login, name=login, password="x", secret="", step=0, roles=["author"],
                    active=True, failed=0, created_at=START,
                )
            )  # fmt: skip
    url = engine.url.render_as_string(hide_password=False)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(choice.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        told |= {line.split()[1] for line in out.splitlines() if line.startswith("signed ")}
    with transaction(engine, writes=False) as db:
        assert ledger.broken(db) == []
        states = {c.id: c.state for c in db.scalars(select(CaseRow))}
        acts: dict[str, list[str]] = {}
        for row in db.scalars(select(LedgerRow).order_by(LedgerRow.n)):
            acts.setdefault(row.case_id, []).append(row.act)
    assert {id for id, state in states.items() if state == "approved"} >= told
    expected = {
        "reading": ["ask"], "draft": ["ask"], "under_review": ["ask", "submit"],
        "approved": ["ask", "submit", "approve"],
    }  # fmt: skip
    assert all(acts[id] == expected[state] for id, state in states.items())


def test_a_full_disk_is_told_and_changes_nothing(place: Place) -> None:
    if place.engine.dialect.name != "sqlite":
        pytest.skip("its own server watches the disk")
    id = place.ask()
    with place.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    from sqlalchemy import event

    def full(raw: object, _: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    event.listen(place.engine, "connect", full)
    place.engine.dispose()
    answer = place.of("author").post(
        "/api/ask", data={"question": QUESTION, "record": "x" * 1_000_000}
    )
    assert answer.status_code == 503
    assert "full" in answer.json()["error"]["what"]
    event.remove(place.engine, "connect", full)
    place.engine.dispose()
    assert [r["id"] for r in place.of("author").get("/api/").json()["rows"]] == [id]
    assert broken(place) == []


def test_a_database_that_is_gone_comes_back(place: Place, tmp_path: Path) -> None:
    if place.engine.dialect.name != "sqlite":
        pytest.skip("told alike; stopping the server would end the other tests")
    place.ask()
    browser = place.of("author")
    place.engine.dispose()
    folder = Path(str(place.engine.url.database)).parent
    away = folder.with_name("away")
    folder.rename(away)
    answer = browser.get("/api/")
    assert (answer.status_code, answer.json()["error"]["status"]) == (503, 503)
    away.rename(folder)
    place.engine.dispose()
    assert browser.get("/api/").json()["total"] == 1
