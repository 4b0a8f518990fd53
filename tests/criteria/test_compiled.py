"""A kept library is the library, and never hides what a file says now."""

from __future__ import annotations

import pickle
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from indicated.criteria import load_library
from indicated.criteria.compiled import KEEP, keep, kept
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Concepts, Library
from indicated.serve.kept import kept_in

from .conftest import LIBRARY

POLICY = "policies/testamab-cough/policy.yaml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, tmp_path / "own"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_kept_equals_what_is_read(own: Path, folder: Path) -> None:
    read = load_library(own, kept_in=folder)
    (file,) = folder.iterdir()
    before = file.read_bytes()
    found = load_library(own, kept_in=folder)
    assert found == read == load_library(own)
    assert found.hash == read.hash
    assert file.read_bytes() == before
    assert found.concepts.above("syrup") == read.concepts.above("syrup")


def test_the_shipped_library_is_kept_whole(folder: Path) -> None:
    assert load_library(kept_in=folder) == load_library(kept_in=folder) == load_library()


def test_an_edit_is_seen_at_once(own: Path, folder: Path) -> None:
    load_library(own, kept_in=folder)
    edit(own / POLICY, "title: ", "title: New ")
    assert load_library(own, kept_in=folder).policies["testamab-cough"].title.startswith("New ")


def test_a_mistake_is_reported_every_time(own: Path, folder: Path) -> None:
    load_library(own, kept_in=folder)
    edit(own / POLICY, "title: ", "titel: ")
    for _ in range(2):
        with pytest.raises((PolicyError, PolicyErrors), match="titel"):
            load_library(own, kept_in=folder)


def test_a_mistake_in_a_folder_of_ones_own_is_not_hidden(own: Path, folder: Path) -> None:
    load_library(kept_in=folder)
    for kind in ("concepts", "labels", "derived", "profiles"):
        shutil.rmtree(own / kind, ignore_errors=True)
    edit(own / POLICY, "title: ", "titel: ")
    with pytest.raises((PolicyError, PolicyErrors), match="titel"):
        load_library(extra=[own], kept_in=folder)


def test_a_file_that_is_taken_away_is_missed(own: Path, folder: Path) -> None:
    assert load_library(own, kept_in=folder).policies
    shutil.rmtree(own / "policies")
    shutil.rmtree(own / "profiles", ignore_errors=True)
    assert not load_library(own, kept_in=folder).policies


class Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1/0",)


def signed(payload: bytes) -> bytes:
    return sha256(payload).digest() + payload


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-9] + b"\x00" + raw[-8:],
        lambda raw: signed(b"not a pickle"),
        lambda raw: signed(pickle.dumps("no library")),
        lambda raw: signed(pickle.dumps(Harm())),
    ],
    ids=["empty", "half", "one sign", "nonsense", "other thing", "harmful"],
)
def test_a_damaged_file_is_as_good_as_none(own: Path, folder: Path, damage: object) -> None:
    expected = load_library(own, kept_in=folder)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))  # type: ignore[operator]
    assert load_library(own, kept_in=folder) == expected
    assert file.read_bytes() == whole, "and it is mended"


def test_a_folder_that_cannot_be_written_changes_nothing(own: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way", encoding="utf-8")
    assert load_library(own, kept_in=file / "cache") == load_library(own)
    assert file.read_text(encoding="utf-8") == "in the way"


def test_old_ones_are_forgotten(folder: Path) -> None:
    empty = Library(Concepts({}), {})
    for i in range(KEEP + 3):
        keep(folder, str(i), empty)
    assert len(list(folder.iterdir())) == KEEP
    assert kept(folder, str(KEEP + 2)) == empty


def test_where_it_is_kept() -> None:
    home = Path("/users/ann")
    assert kept_in({"INDICATED_CACHE": "off"}, "linux", home) is None
    assert kept_in({"INDICATED_CACHE": "/mnt/fast"}, "linux", home) == Path("/mnt/fast")
    assert kept_in({}, "linux", home) == home / ".cache/indicated"
    assert kept_in({"XDG_CACHE_HOME": "/x"}, "linux", home) == Path("/x/indicated")
    assert kept_in({"XDG_CACHE_HOME": "x"}, "linux", home) == home / ".cache/indicated"
    assert kept_in({}, "darwin", home) == home / "Library/Caches/indicated"
    local = kept_in({"LOCALAPPDATA": "/l"}, "win32", home)
    assert local == Path("/l/indicated/cache")
