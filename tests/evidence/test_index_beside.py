"""The index beside a collection is made of it, and never says anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters
from indicated.evidence.parts import STATUSES, Found, Piece
from indicated.evidence.search import search
from indicated.evidence.tantivy_index import STAMP, Beside, folder_of
from indicated.model import Work


def filled(place: Path) -> Collection:
    collection = Collection(place, create=True)
    for n in range(5):
        collection.add(Found(Work("", f"Work {n}"), (Piece(f"A zebra of kind {n}. " * 20),)))
    return collection


def found(collection: Collection, **filters: object) -> list[str]:
    wanted = Filters(**filters)  # type: ignore[arg-type]
    results = search(collection, "zebra", filters=wanted, index=Beside(collection))
    return sorted(r.passage.work.title for r in results)


def test_it_follows_what_is_changed(tmp_path: Path) -> None:
    with filled(tmp_path / "c.sqlite") as collection:
        assert found(collection) == [f"Work {n}" for n in range(5)]
        works = list(collection.works())
        collection.mark(works[0].id, status="retracted")
        collection.mark(works[1].id, title="Renamed", year="1990")
        collection.add(Found(Work("", "Work 5"), (Piece("One more zebra. " * 20),)))
        assert found(collection) == ["Renamed", "Work 2", "Work 3", "Work 4", "Work 5"]
        assert found(collection, until=2000) == ["Renamed"]
        assert len(found(collection, statuses=STATUSES)) == 6
        collection.remove(works[2].id)
        assert found(collection) == ["Renamed", "Work 3", "Work 4", "Work 5"]


@pytest.mark.parametrize("name", ["meta.json", STAMP])
def test_a_damaged_folder_is_made_anew(name: str, tmp_path: Path) -> None:
    with filled(tmp_path / "c.sqlite") as collection:
        Beside(collection)
        (folder_of(collection) / name).write_bytes(b"\xa5\xa5")
        assert len(found(collection)) == 5


def test_an_index_of_another_collection_is_not_believed(tmp_path: Path) -> None:
    with filled(tmp_path / "c.sqlite") as collection:
        Beside(collection)
    (tmp_path / "c.sqlite").unlink()
    with Collection(tmp_path / "c.sqlite", create=True) as other:
        other.add(Found(Work("", "Alone"), (Piece("A zebra, and that is all. " * 20),)))
        assert found(other) == ["Alone"]


@pytest.mark.parametrize("left", [0.0, 0.5], ids=["empty", "half"])
def test_words_that_are_cut_off_are_made_anew(left: float, tmp_path: Path) -> None:
    with filled(tmp_path / "c.sqlite") as collection:
        Beside(collection)
        for file in folder_of(collection).iterdir():
            raw = file.read_bytes()
            if file.suffix != ".json" and raw:
                file.write_bytes(raw[: int(left * len(raw))])
        assert len(found(collection)) == 5
