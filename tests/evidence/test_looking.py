"""What rests on a source that does not stand any more is named: saved assessments and articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode
from indicated.evidence.collection import Collection
from indicated.evidence.parts import Found, Piece
from indicated.model import Work
from indicated.serve.cli import main
from indicated.serve.collection import VARIABLE, doubts_of_collection
from tests.conftest import shipped_library

ROOT = Path(__file__).resolve().parents[2]
POLICY = "omalizumab-urticaria"
QUESTION = "Is omalizumab medically necessary for this adult with chronic spontaneous urticaria?"
KNOWN = "Is zebrafenib medically necessary for this adult with myasthenia gravis?"
TRIAL = "In adults with myasthenia gravis, zebrafenib lowered the score."


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A collection with one source of the policy, by its identifier, and a work of one's own."""
    place = tmp_path / "c.sqlite"
    identifiers = next(i for i in _identifiers() if i)
    with Collection(place, create=True) as made:
        made.add(
            Found(Work("", "A source", identifiers=identifiers), (Piece("One."), Piece("Two.")))
        )
        made.add(Found(Work("", "A trial", type="trial"), (Piece(TRIAL, "Results"),)))
    return place


def _identifiers() -> list[tuple[tuple[str, str], ...]]:
    from indicated.evidence.shipped import identifiers_of

    references = shipped_library().policies[POLICY].references
    return [identifiers_of(r) for r in references.values()]


@pytest.fixture
def saved(place: Path, tmp_path: Path) -> Path:
    """A folder with a saved assessment, its article as JSON, and one on what the collection says."""
    folder = tmp_path / "saved"
    folder.mkdir()
    (tmp_path / "note.txt").write_text(
        "Date: 2026-02-20\nChronic spontaneous urticaria.\n", encoding="utf-8"
    )
    case = ("--chart", tmp_path / "note.txt", "--as-of", "2026-03-01", "--collection", place)
    assert (
        run(
            "assess", QUESTION, *case, "--save", folder / "case.json", "-o", folder / "article.json"
        ).exit_code
        == 0
    )
    assert run("assess", KNOWN, *case, "-o", folder / "known.json").exit_code == 0
    (folder / "other.json").write_text('{"a": 1}', encoding="utf-8")
    return folder


def mark(place: Path, title: str, status: str) -> None:
    with Collection(place) as made:
        (work,) = (w for w in made.works() if w.title == title)
        made.mark(work.id, "a notice", status=status)


def check(place: Path, *files: Path) -> Result:
    return run("evidence", "check", *files, "--collection", place)


def test_where_every_source_stands_nothing_is_named(place: Path, saved: Path) -> None:
    result = check(place, saved)
    assert result.exit_code == 0, result.output
    assert "3 assessments looked into; 0 to be looked at again" in result.output


@pytest.mark.parametrize("status", ["retracted", "superseded", "concern"])
def test_what_rests_on_a_source_that_fell_is_named(place: Path, saved: Path, status: str) -> None:
    mark(place, "A source", status)
    result = check(place, saved)
    assert result.exit_code == ExitCode.POLICY
    lines = [x for x in result.output.splitlines() if "rests on" in x]
    assert {Path(x.partition(": ")[0]).name for x in lines if POLICY in x} >= {"case.json"}
    assert not any("known.json" in x for x in lines)
    assert all("(a notice)" in x for x in lines)


def test_an_article_names_the_sources_that_it_cites(place: Path, saved: Path) -> None:
    cited = {r["key"] for r in json.loads((saved / "article.json").read_text())["references"]}
    mark(place, "A source", "retracted")
    result = check(place, saved / "article.json")
    key = next(
        k
        for k, i in zip(shipped_library().policies[POLICY].references, _identifiers(), strict=True)
        if i
    )
    named = f"article.json: rests on {POLICY}: {key}: retracted" in result.output
    assert named == (key in cited)


def test_words_quoted_from_the_collection_itself_are_looked_at(place: Path, saved: Path) -> None:
    mark(place, "A trial", "retracted")
    result = check(place, saved)
    assert result.exit_code == ExitCode.POLICY
    (line,) = (x for x in result.output.splitlines() if "rests on" in x)
    assert "known.json: rests on " in line
    assert "retracted (a notice)" in line
    assert "3 assessments looked into; 1 to be looked at again" in result.output


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def _changed(file: Path) -> None:
    file.write_text(
        file.read_text(encoding="utf-8").replace("omalizumab", "another", 1), encoding="utf-8"
    )


# what happened to a saved file -> what is said, whether it is named on its own or found in a folder
SPOILT: list[tuple[str, Callable[[Path], object], str, bool]] = [
    ("cut", _cut, "this is no assessment", False),
    ("changed", _changed, "the file is not as it was written", True),
    ("bytes", lambda f: f.write_bytes(b"\xff\xfe{"), "it is not UTF-8 text", True),
    ("deep", lambda f: f.write_text("[" * 200_000), "this is no assessment", False),
    ("list", lambda f: f.write_text("[1]"), "this is no assessment", False),
    ("half", lambda f: f.write_text('{"references": [1], "hashes": {"policies": []}}'), "this is no assessment", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "spoil", "says", "in_a_folder"), SPOILT, ids=[x[0] for x in SPOILT]
)
def test_a_file_that_is_none_is_told_and_the_rest_goes_on(
    place: Path,
    saved: Path,
    name: str,
    spoil: Callable[[Path], object],
    says: str,
    in_a_folder: bool,
) -> None:
    spoil(saved / "case.json")
    result = check(place, saved / "case.json", saved / "article.json")
    assert result.exit_code == ExitCode.PARTIAL
    assert says in result.output
    assert "1 assessments looked into" in result.output
    folder = check(place, saved)
    assert (says in folder.output) == in_a_folder
    assert "2 assessments looked into" in folder.output


def test_the_desk_asks_the_collection_that_the_environment_names(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = shipped_library()
    assert doubts_of_collection(library, {}) is None
    assert doubts_of_collection(library, {VARIABLE: str(place)}) == {}
    mark(place, "A source", "retracted")
    found = doubts_of_collection(library, {VARIABLE: str(place)})
    assert found is not None
    assert POLICY in found
    assert all(d.says == "retracted (a notice)" for d in found[POLICY])
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database" * 100)
    assert doubts_of_collection(library, {VARIABLE: str(broken)}) is None
    assert "the collection is damaged" in capsys.readouterr().err
