"""What is forgotten is gone from everything that the desk holds, and what is counted or proved is
not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import JSON, Text, delete, func, select, update

from indicated.serve.cli import main
from indicated.serve.desk import keeping, ledger
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import transaction
from indicated.serve.desk.tables import Base, Blob, CaseRow, LedgerRow, LedgerWords, Version
from indicated.serve.desk.whole import altered
from tests.desk.conftest import BOTH, QUESTION, RECORD, Place

DATABASES = BOTH
# What stays in the rows that stay: no word of a patient, nor of what was said about one.
STAYS = {
    "cases": {"id", "profile", "held_by", "held_because"},
    "versions": {"case_id", "because", "article_hash", "amends"},
    "decisions": {"case_id", "item", "policy", "computed", "outcome", "by", "role", "struck_by"},
    "publications": {"case_id", "article_hash", "path", "listed", "by", "ended", "ended_by"},
}
MARK = "xylographer"  # a word that stands in all that is said of the case, and nowhere else


def spoken(place: Place, record: str = f"{RECORD}The {MARK} said so.\n") -> str:
    """A case about which something was said in every way; decided, and taken down."""
    author, physician = place.of("author"), place.of("physician")
    asked = {"question": f"{QUESTION[:-1]}, the {MARK}?", "record": record}
    case = str(author.post("/api/ask", data=asked).json()["id"])
    place.work()
    sheet = {"concept": "h1-antihistamine", "answer": "present", "note": MARK}
    for path, body in (("question", {"question": f"Why, {MARK}?"}), ("answer", sheet)):
        done = author.post(f"/api/cases/{case}/{path}", json=body)
        assert done.status_code == 200, (path, done.text)
        place.work()
    answer = place.case(case)["answers"][0]["id"]  # type: ignore[index]
    done = author.post(f"/api/cases/{case}/strike", json={"answer": answer, "because": MARK})
    assert done.status_code == 200, done.text
    place.work()
    fact = author.get(f"/api/cases/{case}/facts").json()["facts"][0]["id"]
    done = author.post(f"/api/cases/{case}/misread", json={"fact": fact, "because": MARK})
    assert done.status_code == 200, done.text
    place.work()
    item = place.case(case)["outcomes"][0]  # type: ignore[index]
    other = "indicated" if item["computed"] != "indicated" else "not_indicated"
    body = {"item": item["id"], "outcome": other, "because": MARK}
    assert physician.post(f"/api/cases/{case}/override", json=body).status_code == 200
    place.work()
    article = place.case(case)["version"]["article_hash"]  # type: ignore[index]
    said = {"article": article, "sentence": 1, "says": MARK}
    assert physician.post(f"/api/cases/{case}/comment", json=said).status_code == 200
    assert place.decide(case, "submit", "author", comment=MARK) == 200
    assert place.decide(case, "approve", "physician", comment=MARK) == 200
    return case


def forget(place: Place, case: str, rule: str = "asked for") -> None:
    with transaction(place.engine) as db:
        keeping.forget(db, case, rule, "the keeper", "program", place.clock())
    keeping.wipe(place.engine)


def everything(place: Place) -> str:
    """All that the database holds, as one text."""
    told = []
    with transaction(place.engine, writes=False) as db:
        for table in Base.metadata.sorted_tables:
            told += [repr(row) for row in db.execute(select(table))]
    return "\n".join(told)


def whole(place: Place) -> None:
    with transaction(place.engine, writes=False) as db:
        assert ledger.broken(db) == []
        assert altered(db) == []


# --- what goes, and what stays -------------------------------------------------------------------


def test_every_table_and_column_is_thought_of() -> None:
    """A new table or column of words about a case fails here until somebody says what becomes of
    it."""
    deleted = {t.__tablename__ for t in keeping.DELETED}
    emptied = {t.__tablename__: set(c) for t, c in keeping.EMPTIED.items()}
    for table in Base.metadata.sorted_tables:
        about = {"case_id", "version_id"} & set(table.c.keys()) or table.name == "cases"
        if not about or table.name in deleted | {"ledger"}:
            continue
        words = {c.name for c in table.columns if isinstance(c.type, Text | JSON)}
        assert words == emptied[table.name] - {"assigned_to"} | STAYS[table.name], table.name
    assert not deleted & set(emptied)


def test_no_word_stays_in_the_tables_or_the_files(place: Place) -> None:
    case = spoken(place)
    assert everything(place).count(MARK) > 10
    forget(place, case)
    assert MARK not in everything(place)
    if place.engine.dialect.name == "sqlite":
        file = Path(str(place.engine.url.database))
        for end in ("", "-wal"):
            path = file.with_name(file.name + end)
            assert not path.exists() or MARK.encode() not in path.read_bytes(), end
    whole(place)


def test_what_is_counted_is_counted_as_before(place: Place) -> None:
    case = spoken(place)
    physician = place.of("physician")
    before = [
        physician.get(path).json()
        for path in ("/api/statistics", "/api/statistics/metrics?year=2026")
    ]
    forget(place, case)
    after = [
        physician.get(path).json()
        for path in ("/api/statistics", "/api/statistics/metrics?year=2026")
    ]
    assert before[1] == after[1]
    for key, value in before[0].items():
        if key != "states":
            assert after[0][key] == value, key
    with transaction(place.engine, writes=False) as db:
        versions = db.scalars(select(Version).where(Version.case_id == case)).all()
        assert {o["policy"] for v in versions for o in v.outcomes} == {"omalizumab-urticaria"}


def test_the_case_says_that_it_is_forgotten_and_the_ledger_what_was_done(place: Place) -> None:
    case = spoken(place)
    with transaction(place.engine, writes=False) as db:
        lines = db.scalar(select(func.count()).where(LedgerRow.case_id == case)) or 0
    forget(place, case)
    for path in ("", "/history", "/facts", "/versions/1/article.html", "/documents/1"):
        answer = place.of("physician").get(f"/api/cases/{case}{path}")
        assert answer.status_code == 404, path
    assert "was forgotten on 2026-03-02" in place.of("physician").get(f"/cases/{case}").text
    assert (
        place.of("other").get(f"/api/cases/{case}").json()["error"]
        == place.of("other").get("/api/cases/0000000000").json()["error"]
    )
    assert place.of("physician").get("/api/").json()["rows"] == []
    told = place.of("auditor").get("/api/ledger?page=1").json()["lines"]
    mine = [line for line in told if line["case"] == case]
    assert mine[0]["comment"] == "rule: asked for"
    assert len(mine) == lines + 1
    strike = next(line for line in mine if line["act"] == "strike")
    assert strike["comment"] == "(forgotten)"
    approve = next(line for line in mine if line["act"] == "approve")
    assert approve["comment"] == "no conflict of interest stated: (forgotten)"
    assert approve["by"] == "Physician Person (physician)"


def test_a_page_that_was_published_says_that_it_is_gone(place: Place) -> None:
    desk = replace(
        place.desk, settings=replace(place.desk.settings, site_address="https://a.example/site")
    )
    served = Place(desk, place.clock, make_app(desk))
    case = served.signed()
    path = served.publish(case)
    body = {"because": "No longer."}
    assert served.of("editor").post(f"/api/cases/{case}/unpublish", json=body).status_code == 200
    forget(served, case)
    assert served.browser().get(f"/site/{path}").status_code == 410
    whole(served)


def test_a_document_of_two_cases_stays_with_the_other(place: Place) -> None:
    one, other = spoken(place), spoken(place)

    def documents() -> int:
        with transaction(place.engine, writes=False) as db:
            return db.scalar(select(func.count()).select_from(Blob)) or 0

    assert documents() == 1
    forget(place, one)
    assert documents() == 1
    assert place.of("physician").get(f"/api/cases/{other}/documents/1").status_code == 200
    forget(place, other)
    assert documents() == 0


def test_all_of_it_or_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    case = spoken(place)
    before = everything(place)

    def fails(*_: Any, **__: Any) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write", fails)
        with pytest.raises(OSError, match="power"):
            forget(place, case)
    assert everything(place) == before
    forget(place, case)
    whole(place)


# --- what is kept --------------------------------------------------------------------------------


def refused(place: Place, case: str) -> str:
    with transaction(place.engine) as db:
        try:
            keeping.forget(db, case, "x", "x", "x", place.clock())
        except Exception as error:
            return str(error)
    return ""


def test_what_is_worked_on_published_or_held_is_kept(place: Place) -> None:
    case = place.ask()
    place.decide(case, "submit", "author")
    assert "waits for a decision" in refused(place, case)
    place.decide(case, "approve", "physician")
    place.publish(case)
    assert "is published" in refused(place, case)
    body = {"because": "No longer."}
    place.of("editor").post(f"/api/cases/{case}/unpublish", json=body)
    administrator = place.of("administrator")
    held = {"case": case, "because": "A court asks."}
    assert administrator.post("/api/keeping/hold", json=held).status_code == 200
    assert administrator.post("/api/keeping/hold", json=held).status_code == 400
    assert "it is held" in refused(place, case)
    page = administrator.get("/api/keeping").json()
    assert [(h["case"], h["because"]) for h in page["held"]] == [(case, "A court asks.")]
    assert administrator.post("/api/keeping/let-go", json=held).status_code == 200
    assert refused(place, case) == ""
    assert "is forgotten" in refused(place, case)
    assert administrator.post("/api/keeping/hold", json=held).status_code == 400
    missing = {"case": "0" * 10, "because": "x"}
    assert administrator.post("/api/keeping/hold", json=missing).status_code == 400


def test_by_the_rules_of_the_desk(place: Place) -> None:
    settings = replace(place.desk.settings, keep_days=30, keep_open_days=10)
    closed, open = place.signed(), place.ask()

    def due(days: int, **rules: int) -> list[tuple[str, str]]:
        now = place.clock() + timedelta(days=days)
        with transaction(place.engine, writes=False) as db:
            found = keeping.due(db, replace(settings, **rules), now)
        return [(d.case, d.rule) for d in found]

    assert due(10) == []
    assert due(11) == [(open, "10 days or more without an act")]
    assert set(due(31)) == {
        (closed, "30 days or more without an act"),
        (open, "10 days or more without an act"),
    }
    assert due(3000, keep_days=0, keep_open_days=0) == []
    place.later(days=20)
    place.of("auditor").get(f"/api/cases/{closed}")  # to be looked at makes nothing newer
    assert (closed, "30 days or more without an act") in due(11)
    assert keeping.forget_due(place.engine, settings, place.clock()) == 1
    assert keeping.forget_due(place.engine, settings, place.clock()) == 0
    assert place.of("physician").get(f"/api/cases/{open}").status_code == 404
    assert place.of("physician").get(f"/api/cases/{closed}").status_code == 200
    whole(place)


def test_one_that_was_taken_up_meanwhile_is_kept(place: Place) -> None:
    case = place.ask()
    now = place.clock() + timedelta(days=99)
    with transaction(place.engine, writes=False) as db:
        listed = keeping.due(db, replace(place.desk.settings, keep_open_days=9), now)
    place.decide(case, "submit", "author")
    assert list(keeping.forgetting(place.engine, listed, "x", "x", now)) == []
    assert place.case(case)["state"] == "under_review"


# --- what somebody else changes ------------------------------------------------------------------


def test_typed_words_are_held_to_their_line(place: Place) -> None:
    spoken(place)
    with transaction(place.engine) as db:
        some = db.scalars(select(LedgerWords.n)).all()
        db.execute(update(LedgerWords).where(LedgerWords.n == some[0]).values(words="Other."))
        db.execute(delete(LedgerWords).where(LedgerWords.n == some[1]))
        db.execute(update(LedgerWords).where(LedgerWords.n == some[2]).values(n=1))
    with transaction(place.engine, writes=False) as db:
        found = {(b.line, b.kind) for b in ledger.broken(db)}
    assert found == {
        (some[0], "altered"),
        (some[1], "removed"),
        (some[2], "removed"),
        (1, "inserted"),
    }


def test_what_is_only_said_to_be_forgotten_is_named(place: Place) -> None:
    case, other = spoken(place), spoken(place)
    forget(place, case)
    with transaction(place.engine) as db:
        db.execute(update(CaseRow).where(CaseRow.id == other).values(forgotten_at=place.clock()))
        db.execute(update(Version).where(Version.case_id == case).values(record="put back"))
    with transaction(place.engine, writes=False) as db:
        told = "\n".join(altered(db))
    assert f"case {other}: it is said to be forgotten, and was not" in told
    assert f"case {case}: version 1 is not what the desk wrote" in told


# --- the command ---------------------------------------------------------------------------------


def run(*args: str) -> Any:
    return CliRunner().invoke(main, ["desk", "forget", *args])


def test_the_command(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    if place.engine.dialect.name != "sqlite":
        pytest.skip("a desk in a folder is SQLite's")
    data = ("--data", str(Path(str(place.engine.url.database)).parent))
    case, other = spoken(place), place.ask()
    nothing = run(*data)
    assert nothing.exit_code != 0
    assert "nothing says what is to be forgotten" in nothing.output
    late = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    told = run(*data, "--before", late, "--dry-run")
    assert told.exit_code == 0, told.output
    assert case in told.output
    assert other in told.output
    assert "would be forgotten: 2 cases" in told.output
    assert MARK in everything(place)
    assert "would be forgotten: 1 case" in run(*data, "--case", case, "--dry-run").output
    assert MARK in everything(place)
    assert "forgotten: 1 case" in run(*data, "--case", case).output
    assert MARK not in everything(place)
    assert "is forgotten already" in run(*data, "--case", case).output
    monkeypatch.setenv("INDICATED_DESK_KEEP_OPEN_DAYS", "1")
    assert f"{other}  draft" in run(*data).output
    whole(place)
