"""`indicated evidence`, as people use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode
from indicated.serve.cli import main
from indicated.serve.collection import default_place
from tests.evidence import samples as s


@pytest.fixture
def place(tmp_path: Path) -> Path:
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "guide.md").write_bytes(s.MARKDOWN)
    (inside / "a.xml").write_bytes(s.JATS)
    (inside / "picture.png").write_bytes(b"\x89PNG\r\n")
    return tmp_path / "c.sqlite"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["evidence", *map(str, arguments)])


def filled(place: Path) -> Path:
    done = run("import", place.parent / "in", "--collection", place)
    assert done.exit_code == ExitCode.PARTIAL
    assert "picture.png: a picture" in done.stderr
    assert "3 files: 2 new works, 0 superseded, 0 files known before, 1 failed" in done.stdout
    return place


def test_import_search_show(place: Path) -> None:
    where = ("--collection", filled(place))
    found = run("search", "dosing 5 mg", *where)
    assert found.exit_code == 0
    assert "Give 5 mg daily." in found.stdout
    assert "guideline · Society of Examples · 2021" in found.stdout
    (first, *_) = json.loads(run("search", "dosing 5 mg", "--json", *where).stdout)
    assert first["text"] == "Give 5 mg daily."
    assert [first["text"][a:b] for a, b in first["marks"]] == ["5", "mg"]
    id = first["work"]["id"]
    shown = run("show", id[:8], *where).stdout
    assert "doi 10.1000/guide" in shown
    assert "guide.md" in shown
    assert "Dosing > Adults: Give 5 mg daily." in shown
    assert "Preface.\n\nGive 5 mg daily." in run("show", id, "--text", *where).stdout
    assert "picture.png" in run("list", "--failed", *where).stdout


def test_with_the_index_beside_it_the_same_is_found(place: Path) -> None:
    where = ("--collection", filled(place))
    before = json.loads(run("search", "dosing 5 mg", "--json", *where).stdout)
    assert "passages" in run("index", *where).stdout
    assert place.with_suffix(".index").is_dir()
    after = json.loads(run("search", "dosing 5 mg", "--json", *where).stdout)
    assert [r["text"] for r in after][:1] == [r["text"] for r in before][:1]
    assert [r["marks"] for r in after][:1] == [r["marks"] for r in before][:1]


def test_what_is_marked_is_left_out_and_told(place: Path) -> None:
    where = ("--collection", filled(place))
    (first, *_) = json.loads(run("search", "dosing 5 mg", "--json", *where).stdout)
    id = first["work"]["id"]
    done = run("mark", id, "--status", "retracted", "--because", "seen at the journal", *where)
    assert "RETRACTED" in done.stdout
    found = run("search", '"5 mg daily"', *where)
    assert "Nothing found." in found.stdout
    assert "1 passage of works that do not stand" in found.stderr
    assert "RETRACTED" in run("search", '"5 mg daily"', "--status", "retracted", *where).stdout
    checked = run("check", *where)
    assert "RETRACTED" in checked.stdout
    assert "2 works" in checked.stdout
    assert run("remove", id, *where).exit_code == 0
    assert run("show", id, *where).exit_code == ExitCode.INPUT


def test_licensed_text_never_leaves(place: Path) -> None:
    where = ("--collection", place)
    run("import", place.parent / "in" / "guide.md", "--licensed", *where)
    run("import", place.parent / "in" / "a.xml", *where)
    out = place.with_name("out.jsonl")
    assert run("export", "-o", out, "--with-text", *where).exit_code == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert {r["title"]: "passages" in r for r in records} == {
        "Example disease: a guideline": False, "Immunoglobulin in example neuropathy": True,
    }  # fmt: skip
    assert "5 mg" not in out.read_text()
    run("export", "-o", out, *where)
    assert "12 of 20" not in out.read_text()


def test_the_shipped_citations_hold_no_text_and_no_practice() -> None:
    lines = run("list", "--shipped", "--json").stdout.splitlines()
    records = [json.loads(line) for line in lines]
    assert len(records) > 1_000
    assert all(
        set(r)
        == {"type", "title", "organisation", "year", "identifiers", "url", "checked", "used_by"}
        for r in records
    )
    assert all(r["title"] and r["used_by"] and r["type"] != "practice" for r in records)
    shown = [tuple(i) for r in records for i in r["identifiers"]]
    assert len(shown) == len(set(shown)), "one source, listed twice"


WRONG = [
    (("search", "x", "--collection", "none.sqlite"), ExitCode.INPUT, "there is no such collection"),
    (("import", "nothing-here", "--collection", "c.sqlite"), ExitCode.INPUT, "no such file or folder"),
    (("import", ".", "--title", "All", "--collection", "c.sqlite"), ExitCode.INPUT, "one title for 2 files"),
    (("import", ".", "--type", "gideline"), ExitCode.USAGE, "guideline"),
    (("import", ".", "--doi", "x", "--collection", "c.sqlite"), ExitCode.PARTIAL, "has not the form of a doi"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "says"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said(
    arguments: tuple[str, ...],
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_bytes(s.MARKDOWN)
    (tmp_path / "b.md").write_bytes(s.MARKDOWN)
    done = run(*arguments)
    assert done.exit_code == code
    assert says in done.output


@pytest.mark.parametrize(
    ("environment", "platform", "place"),
    [
        ({}, "linux", "home/.local/share/indicated/collection.sqlite"),
        ({"XDG_DATA_HOME": "/data"}, "linux", "/data/indicated/collection.sqlite"),
        ({"INDICATED_COLLECTION": "/mine.sqlite"}, "linux", "/mine.sqlite"),
        ({}, "darwin", "home/Library/Application Support/indicated/collection.sqlite"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/indicated/collection.sqlite"),
    ],
    ids=range(5),
)
def test_where_it_stands(environment: dict[str, str], platform: str, place: str) -> None:
    assert default_place(environment, platform, Path("home")) == Path(place)
