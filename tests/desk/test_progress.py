"""How far an assessment is, as whoever waits for it sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from indicated.serve.desk.database import transaction
from indicated.serve.desk.progress import Told
from indicated.serve.desk.tables import Job, LedgerRow, Progress
from tests.desk.conftest import QUESTION, START, Place

DATABASES = ("sqlite",)
FILES = [
    ("files", ("a.txt", b"Date: 2026-02-20\nChronic urticaria.", "text/plain")),
    ("files", ("b.pdf", b"%PDF-1.7 cut off", "application/pdf")),
    ("files", ("c.txt", b"Date: 2026-02-21\nFailed cetirizine.", "text/plain")),
]


def asked(place: Place) -> str:
    form = {"question": QUESTION}
    return str(place.of("author").post("/api/ask", data=form, files=FILES).json()["id"])


def told(place: Place, id: str) -> Any:
    return place.of("author").get(f"/api/cases/{id}/progress").json()


def test_each_file_and_stage_is_told_while_it_is_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = asked(place)
    assert told(place, id)["says"] == "It waits for a worker: 3 documents."
    seen: list[str] = []
    say = Told.say

    def watched(self: Told, stage: str) -> None:
        say(self, stage)
        seen.append(told(place, id)["says"])

    monkeypatch.setattr(Told, "say", watched)
    place.work()
    lost = " 1 of them could not be read wholly; see below."
    assert seen == [
        "The documents are read: 0 of 3.",
        "The documents are read: 1 of 3.",
        f"The documents are read: 2 of 3.{lost}",
        f"The documents are read: 3 of 3.{lost}",
        f"What the documents say is read.{lost}",
        f"The question is read.{lost}",
        f"The facts are held against the criteria.{lost}",
        f"The article is written.{lost}",
    ]


def test_a_file_that_cannot_be_read_is_named_beside_the_others(place: Place) -> None:
    id = asked(place)
    place.work()
    case = place.case(id)
    unread = {d["name"]: d["unread"] for d in case["documents"]}  # type: ignore[attr-defined]
    assert (unread["a.txt"], unread["c.txt"]) == ("", "")
    assert unread["b.pdf"]
    assert case["state"] == "draft"
    assert "Not read:" in place.of("author").get(f"/cases/{id}").text
    more = [("files", ("d.txt", b"Date: 2026-02-22\nWell.", "text/plain"))]
    place.of("author").post(f"/api/cases/{id}/documents", files=more)
    assert told(place, id)["says"] == "It waits for a worker: 4 documents."


def test_whoever_lost_the_job_is_not_heard(place: Place) -> None:
    id = asked(place)
    with transaction(place.engine, writes=False) as db:
        job = db.scalars(select(Job)).one().id
    Told(place.engine, id, job, START - timedelta(minutes=1), 3).say("article")
    assert told(place, id)["stage"] == "waiting"
    Told(place.engine, id, job, START, 3).say("article")
    assert told(place, id)["stage"] == "article"
    with transaction(place.engine, writes=False) as db:
        assert db.get_one(Progress, id).of == 3


def test_asking_how_far_it_is_fills_no_ledger(place: Place) -> None:
    id = asked(place)
    told(place, id)
    with transaction(place.engine, writes=False) as db:
        assert "read" not in [r.act for r in db.scalars(select(LedgerRow))]
