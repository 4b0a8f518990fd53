"""What a program may count on: a request sent twice is done once, and lists come in pages."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from sqlalchemy import func, select

from indicated.serve.desk import repeats
from indicated.serve.desk.database import transaction
from indicated.serve.desk.tables import CaseRow, LedgerRow, Repeat
from tests.desk.conftest import PASSWORD, QUESTION, Place

KILLS = int(os.environ.get("INDICATED_TEST_KILLS", "1"))
KEY = {"Idempotency-Key": "7f0c2b7e-6f0e-4d53-9b43-0c1b6f3a9a11"}


def asked(place: Place, login: str = "author", question: str = QUESTION, **more: Any) -> Any:
    files = [("files", ("note.txt", b"Urticaria.", "text/plain"))]
    data = {"question": question, "as_of": "2026-03-02"}
    return place.of(login).post("/api/ask", data=data, **{"files": files, "headers": KEY, **more})


def cases(place: Place) -> int:
    with transaction(place.engine, writes=False) as db:
        return db.scalar(select(func.count()).select_from(CaseRow)) or 0


def test_a_request_sent_again_is_done_once(place: Place) -> None:
    """The same files packed anew are the same request: what lies between them is made up."""
    first, again = asked(place), asked(place)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert cases(place) == 1
    with transaction(place.engine, writes=False) as db:
        assert len(db.scalars(select(LedgerRow).where(LedgerRow.act == "ask")).all()) == 1
    assert place.case(first.json()["id"])["documents"][0]["size"] == len(b"Urticaria.")  # type: ignore[index]


def test_a_key_is_for_one_request_of_one_person(place: Place) -> None:
    asked(place)
    for other in (
        asked(place, question="Is something else necessary?"),
        asked(place, files=[("files", ("note.txt", b"Other.", "text/plain"))]),
        place.of("author").post("/api/ask/example", json={}, headers=KEY),
    ):
        assert other.status_code == 422
        assert "another request" in other.json()["error"]["what"]
    assert cases(place) == 1
    assert asked(place, "other").status_code == 200  # somebody else's key is another key
    assert cases(place) == 2
    for bad in ("", "x" * 201):
        answer = place.of("author").post(
            "/api/ask/example", json={}, headers={"Idempotency-Key": bad}
        )
        assert answer.status_code == 422, bad
    place.later(hours=25)
    assert asked(place).headers.get("idempotency-replayed") is None
    with transaction(place.engine, writes=False) as db:  # what is older is forgotten
        assert len(db.scalars(select(Repeat)).all()) == 1


def test_what_was_refused_may_be_sent_again(place: Place) -> None:
    body = {"login": "new", "name": "New", "password": "short", "roles": ["author"]}
    admin = place.of("administrator")
    assert admin.post("/api/users", json=body, headers=KEY).status_code == 400
    body["password"] = PASSWORD
    assert admin.post("/api/users", json=body, headers=KEY).status_code == 200
    assert admin.post("/api/users", json=body, headers=KEY).status_code == 200
    body["password"] = PASSWORD + "x"
    assert admin.post("/api/users", json=body, headers=KEY).status_code == 422
    with transaction(place.engine, writes=False) as db:
        kept = db.scalars(select(Repeat)).one()
    told = f"{kept.id} {kept.asked} {kept.answer}"
    assert PASSWORD not in told
    assert KEY["Idempotency-Key"] not in told


def test_the_answer_and_the_act_are_kept_together_or_not_at_all(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.of("author")
    with monkeypatch.context() as patch:
        patch.setattr(repeats, "Repeat", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            asked(place)
    assert cases(place) == 0
    assert asked(place).status_code == 200
    assert cases(place) == 1


def test_two_that_come_at_once(place: Place) -> None:
    place.of("author")
    got: list[Any] = []
    threads = [threading.Thread(target=lambda: got.append(asked(place))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status_code for a in got] == [200] * 4
    assert len({a.json()["id"] for a in got}) == 1
    assert cases(place) == 1


KILLED = """
import sys
from datetime import UTC, datetime
from fastapi.testclient import TestClient
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import engine_of
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.web import COOKIE, Desk
at = datetime.fromisoformat(sys.argv[4])
desk = Desk(engine_of(sys.argv[1]), DeskSettings(), lambda: None, lambda: at)
program = TestClient(make_app(desk), base_url="https://desk.test")
program.cookies.set(COOKIE, sys.argv[2])
program.headers["x-csrf-token"] = sys.argv[3]
n = int(sys.argv[5])
print("ready", flush=True)
while True:
    n += 1
    answer = program.post("/api/ask", data={"question": f"Question {n}?"}, headers={"Idempotency-Key": f"key {n}"})
    print(n, answer.json()["id"], flush=True)
"""


def test_killed_at_any_point_a_program_may_send_it_again(place: Place) -> None:
    """More kills: INDICATED_TEST_KILLS=200."""
    choice = random.Random(KILLS)
    author = place.of("author")
    token, csrf = author.cookies["indicated_desk"], author.headers["x-csrf-token"]
    url = place.engine.url.render_as_string(hide_password=False)
    told: dict[int, str] = {}
    for _ in range(KILLS):
        last = max(told, default=0)
        given = [url, token, csrf, place.clock().isoformat(), str(last)]
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, *given], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(choice.uniform(0.05, 0.3))
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        for line in out.splitlines():
            if len(line.split()) == 2:
                told[int(line.split()[0])] = line.split()[1]
        # The program starts again, and sends whatever it has no answer to.
        for n in range(1, max(told, default=0) + 2):
            answer = author.post(
                "/api/ask",
                data={"question": f"Question {n}?"},
                headers={"Idempotency-Key": f"key {n}"},
            )
            assert answer.status_code == 200, answer.text
            assert told.setdefault(n, answer.json()["id"]) == answer.json()["id"]
        assert cases(place) == len(told)
