"""What an export holds: everything, for those who have no desk, and nothing that opens one."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from indicated.review import entry_of_line, verify
from indicated.serve.cli import main
from indicated.serve.desk import exported, ledger
from indicated.serve.desk.database import transaction, url_of
from indicated.serve.desk.tables import Base, Blob
from tests.desk.conftest import BOTH, PASSWORD, Place

DATABASES = BOTH


def archive(place: Place, case: str = "") -> zipfile.ZipFile:
    answer = place.of("auditor").get("/api/export", params={"case": case} if case else {})
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def used(place: Place) -> str:
    """A desk in which most has happened once; gives its case."""
    case = place.signed()
    place.publish(case)
    author = place.of("author")
    assert author.post(f"/api/cases/{case}/question", json={"question": "Why?"}).status_code == 200
    token = author.post("/api/me/tokens", json={"name": "a program"})
    assert token.status_code == 200
    return case


def rows(held: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in held.read(f"tables/{table}.jsonl").splitlines()]


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def test_every_row_of_every_table_is_there(place: Place) -> None:
    used(place)
    held = archive(place)
    told = json.loads(held.read("manifest.json"))["tables"]
    names = set(held.namelist())
    with transaction(place.engine, writes=False) as db:
        for table in Base.metadata.sorted_tables:
            withheld = exported.WITHHELD.get(table.name, frozenset())
            if "*" in withheld:
                assert f"tables/{table.name}.jsonl" not in names
                assert told[table.name] == {"withheld": ["*"]}
                continue
            away = {*withheld, *exported.IN_FILES.get(table.name, ())}
            columns = [c for c in table.columns if c.name not in away]
            query = select(*columns).order_by(*table.primary_key.columns)
            kept = [{k: plain(v) for k, v in row.items()} for row in db.execute(query).mappings()]
            if table.name == "ledger":  # the line of this very export came afterwards
                kept = kept[: len(rows(held, "ledger"))]
            assert rows(held, table.name) == kept, table.name
            assert told[table.name]["rows"] == len(kept)
            assert set(told[table.name]["columns"]) == {c.name for c in columns}


def test_files_are_there_byte_for_byte_and_their_sums_are_right(place: Place) -> None:
    case = used(place)
    held = archive(place)
    sums = [line.split("  ", 1) for line in held.read("SHA256SUMS").decode().splitlines()]
    assert {name for _, name in sums} == set(held.namelist()) - {"SHA256SUMS"}
    for sum, name in sums:
        assert hashlib.sha256(held.read(name)).hexdigest() == sum, name
    with transaction(place.engine, writes=False) as db:
        for blob in db.scalars(select(Blob)):
            assert held.read(f"documents/{blob.hash}") == blob.bytes
    article = held.read(f"cases/{case}/versions/1/article.html").decode()
    assert "Approved" in article
    assert "Physician" in article  # who signed
    assert "article-chart.html#" in article
    assert "omalizumab" in held.read("published/1.html").decode().casefold()
    assert not verify(held.read("ledger.jsonl").decode())


def test_nothing_in_it_opens_the_desk(place: Place) -> None:
    used(place)
    held = archive(place)
    everything = b"".join(held.read(name) for name in held.namelist())
    with transaction(place.engine, writes=False) as db:
        for table, columns in exported.WITHHELD.items():
            of = Base.metadata.tables[table]
            names = [c.name for c in of.columns] if "*" in columns else list(columns)
            secret = [
                n for n in names if n in ("password", "secret", "hash", "token", "csrf", "asked")
            ]
            for row in db.execute(select(*(of.c[n] for n in secret))) if secret else []:
                for value in row:
                    assert not value or str(value).encode() not in everything, table
    assert PASSWORD.encode() not in everything


def test_of_one_case_nothing_of_another(place: Place) -> None:
    case = used(place)
    other = place.ask(
        "other", question="Is dupilumab necessary for eczema?", record="Eczema xyzzy."
    )
    held = archive(place, case)
    assert not [n for n in held.namelist() if other in n or n == "ledger.jsonl"]
    everything = b"".join(held.read(name) for name in held.namelist())
    assert other.encode() not in everything
    assert b"xyzzy" not in everything
    assert [r["id"] for r in rows(held, "cases")] == [case]
    assert {r["case_id"] for r in rows(held, "ledger")} == {case}
    assert len(rows(held, "talks")) == 1
    assert "tables/users.jsonl" not in held.namelist()
    assert place.of("auditor").get("/api/export?case=0000000000").status_code == 404


def test_none_leaves_without_a_line(place: Place) -> None:
    case = used(place)
    archive(place)
    archive(place, case)
    with transaction(place.engine, writes=False) as db:
        told = [entry_of_line(line).review for line in ledger.lines(db)]
    exports = [(r.case, r.comment) for r in told if r.act == "export"]
    assert exports == [("", "everything; begun"), (case, "begun")]
    for login in ("author", "reviewer", "physician", "editor", "administrator"):
        assert place.of(login).get("/api/export").status_code == 403


# --- the command ---------------------------------------------------------------------------------


def run(*args: str) -> Any:
    return CliRunner().invoke(main, [*args])


@pytest.fixture
def data(place: Place) -> str:
    if place.engine.dialect.name != "sqlite":
        pytest.skip("a desk in a folder is SQLite's")
    return str(Path(str(place.engine.url.database)).parent)


def test_the_command_writes_the_same(place: Place, data: str, tmp_path: Path) -> None:
    case = used(place)
    assert url_of(data) == str(place.engine.url)
    done = run("desk", "export", str(tmp_path / "all.zip"), "--data", data)
    assert done.exit_code == 0, done.output
    held = zipfile.ZipFile(tmp_path / "all.zip")
    assert [r["id"] for r in rows(held, "cases")] == [case]
    with transaction(place.engine, writes=False) as db:
        last = entry_of_line(list(ledger.lines(db))[-1]).review
    sum = hashlib.sha256((tmp_path / "all.zip").read_bytes()).hexdigest()
    assert (last.act, last.comment) == ("export", f"everything; written, SHA-256 {sum}")


def test_the_command_puts_nothing_over_a_file_and_leaves_no_half_one(
    place: Place, data: str, tmp_path: Path
) -> None:
    used(place)
    (tmp_path / "there.zip").write_text("mine")
    done = run("desk", "export", str(tmp_path / "there.zip"), "--data", data)
    assert (done.exit_code, (tmp_path / "there.zip").read_text()) == (6, "mine"), done.output
    done = run("desk", "export", str(tmp_path / "x.zip"), "--data", data, "--case", "0" * 10)
    assert done.exit_code != 0
    assert "there is no such case" in done.output
    assert sorted(p.name for p in tmp_path.iterdir() if "zip" in p.name) == ["there.zip"]
