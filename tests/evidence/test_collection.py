"""What a collection keeps, whatever is done to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indicated.errors import InputError, OutputError
from indicated.evidence.bring import bring
from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters
from indicated.evidence.parts import STATUSES, Found, Piece
from indicated.evidence.search import search
from indicated.model import Work
from tests.evidence import samples as s


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file of each kind that needs no other process."""
    inside = tmp_path / "in"
    (inside / "deeper").mkdir(parents=True)
    for name, raw in {
        "a.xml": s.JATS, "pubmed.xml": s.PUBMED, "set.txt": s.MEDLINE, "label.xml": s.SPL,
        "label.json": s.OPENFDA, "deeper/studies.json": s.TRIALS, "export.ris": s.RIS,
        "guide.md": s.MARKDOWN, "all_data.zip": s.MEDICARE, ".hidden": b"x",
    }.items():  # fmt: skip
        (inside / name).write_bytes(raw)
    return inside


def works(place: Path) -> dict[str, Work]:
    with Collection(place) as collection:
        return {w.title: w for w in collection.works()}


def test_the_same_again_is_skipped_and_nothing_is_doubled(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "c.sqlite"
    with Collection(place, create=True) as collection:
        first = list(bring(collection, [folder]))
        counts = collection.counts()
        again = list(bring(collection, [folder]))
        assert [b.failed for b in first] == [""] * 9
        assert all(b.skipped for b in again)
        forced = list(bring(collection, [folder], again=True))
        assert not any(b.new or b.superseded for b in forced)
        assert collection.counts() == counts
        assert collection.damage() == ()


def test_a_copy_elsewhere_is_the_same_work_and_fills_what_was_not_known(tmp_path: Path) -> None:
    text = "A long enough text. " * 20
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.md").write_text(f"---\ntype: trial\nyear: 2001\npmid: 5\n---\n{text}")
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        list(bring(collection, [tmp_path / "a.txt", tmp_path / "b.md"]))
        (work,) = collection.works()
        assert (work.title, work.type, work.identifiers) == ("a", "trial", (("pmid", "5"),))
        assert len(collection.came_from(work)) == 2


def test_what_the_user_says_goes_before_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(s.MARKDOWN)
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        list(bring(collection, [file]))
        list(bring(collection, [file], {"year": "2022", "title": "Said otherwise"}))
        (work,) = collection.works()
        assert (work.year, work.title) == ("2022", "Said otherwise")
        assert len(search(collection, "otherwise")) > 0
        assert collection.damage() == ()


def test_beside_a_file_stands_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Give 5 mg.")
    (tmp_path / "a.txt.yaml").write_text("type: guideline\nlicensed: true\ndoi: 10.1000/x\n")
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        (brought,) = bring(collection, [tmp_path])
        (work,) = collection.works()
    assert (work.type, work.licensed, work.identifiers) == (
        "guideline", True, (("doi", "10.1000/x"),),
    )  # fmt: skip
    assert not brought.failed


def test_a_changed_file_supersedes_what_it_held(tmp_path: Path) -> None:
    file = tmp_path / "guide.txt"
    place = tmp_path / "c.sqlite"
    file.write_text("The old dose is 5 mg.")
    with Collection(place, create=True) as collection:
        list(bring(collection, [file]))
        (old,) = collection.works()
        file.write_text("The new dose is 6 mg.")
        (brought,) = bring(collection, [file])
        before, after = collection.works()
        assert (brought.new, brought.superseded) == (1, 1)
        assert (before.id, before.status, before.superseded_by) == (old.id, "superseded", after.id)
        assert "newer guide.txt" in collection.because(before)
        assert [r.passage.work.id for r in search(collection, "dose")] == [after.id]
        both = Filters(statuses=STATUSES)
        assert len(search(collection, "dose", filters=both)) == 2


def test_a_file_that_fails_is_tried_again_and_its_works_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(s.OPENFDA)
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        list(bring(collection, [file]))
        file.write_bytes(s.OPENFDA[:-20])
        (cut,) = bring(collection, [file])
        assert "no sound JSON" in cut.failed
        assert [f.failed for f in collection.files()] == [cut.failed]
        (work,) = collection.works()
        assert work.status == "current"
        file.write_bytes(s.OPENFDA)
        (mended,) = bring(collection, [file])
        assert (mended.failed, mended.superseded) == ("", 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["work first", "notice first"])
def test_a_retraction_holds_wherever_the_work_is(order: tuple[int, int], tmp_path: Path) -> None:
    files = [tmp_path / "a.xml", tmp_path / "r.xml"]
    files[0].write_bytes(s.JATS)
    files[1].write_bytes(s.RETRACTION)
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        list(bring(collection, [files[n] for n in order]))
        (work,) = collection.named([("doi", "10.1000/review.7")])
        assert work.status == "retracted"
        assert collection.because(work) == "said by doi:10.1000/notice.1"


def test_the_worse_status_stands_until_a_person_says_otherwise(tmp_path: Path) -> None:
    found = Found(Work("", "A"), (Piece("Words " * 50),))
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        id = collection.add(found).id
        collection.mark(id, "seen at the journal", status="retracted")
        assert collection.add(found).id == id
        assert collection.work(id[:6]).status == "retracted"
        assert collection.mark(id, status="current", year="1999").status == "current"
        with pytest.raises(InputError, match='"gone" is no status'):
            collection.mark(id, status="gone")


def test_what_is_removed_is_found_no_more(folder: Path, tmp_path: Path) -> None:
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        list(bring(collection, [folder]))
        (work,) = collection.named([("doi", "10.1000/review.7")])
        assert search(collection, '"12 of 20 adults"')
        collection.remove(work.id)
        assert not search(collection, '"12 of 20 adults"')
        assert collection.damage() == ()
        with pytest.raises(InputError, match="no work"):
            collection.work(work.id)


# --- what must not happen ------------------------------------------------------------------


def use(place: Path, folder: Path) -> None:
    """All that is done to a collection."""
    with Collection(place) as collection:
        assert collection.damage() == ()
        list(bring(collection, [folder], again=True))
        search(collection, "example")


@pytest.mark.parametrize("where", [0, 100, 4096, 20_000], ids=lambda n: f"at {n}")
def test_a_damaged_file_says_how_to_make_it_anew(where: int, folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "c.sqlite"
    with Collection(place, create=True) as collection:
        list(bring(collection, [folder]))
    raw = bytearray(place.read_bytes())
    raw[where : where + 3000] = b"\xa5" * 3000
    place.write_bytes(raw)
    with pytest.raises(InputError) as told:
        use(place, folder)
    assert "damaged" in str(told.value)
    assert "import again" in str(told.value)


def test_a_cut_off_file_is_damaged(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "c.sqlite"
    with Collection(place, create=True) as collection:
        list(bring(collection, [folder]))
    place.write_bytes(place.read_bytes()[:30_000])
    with pytest.raises(InputError, match="damaged"):
        use(place, folder)


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    place = tmp_path / "c.sqlite"
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = place.read_bytes()
    with pytest.raises(InputError, match="no collection of literature"):
        Collection(place, create=True)
    assert place.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be read or written"):
        Collection(tmp_path / "file" / "c.sqlite", create=True)
    with pytest.raises(InputError, match="no such collection"):
        Collection(tmp_path / "none.sqlite")


KILLED = """
import sys
from pathlib import Path
from indicated.evidence.bring import bring
from indicated.evidence.collection import Collection
with Collection(Path(sys.argv[1]), create=True) as collection:
    for brought in bring(collection, [Path(sys.argv[2])]):
        print(brought.path, flush=True)
"""


def test_a_killed_import_goes_on_where_it_was(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    for n in range(60):
        body = "\n\n".join(f"Sentence {n}.{m} of a guideline on examples." * 20 for m in range(40))
        (inside / f"{n:03}.md").write_text(f"# Guide {n}\n\n{body}")
    place = tmp_path / "c.sqlite"
    said: list[str] = []
    for kill_after in (3, 11):  # twice, so that a resumed one is killed too
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(place), str(inside)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(kill_after)]
        time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        with Collection(place) as collection:
            kept = {f.path for f in collection.files()}
            assert set(filter(None, said)) <= kept
            assert collection.damage() == ()
            assert collection.counts()[0] == len(kept)
    with Collection(place) as collection:
        rest = list(bring(collection, [inside]))
        assert sum(b.skipped for b in rest) == len(kept)
        assert collection.counts()[0] == 60
        assert collection.damage() == ()


def test_two_that_write_at_once_do_not_spoil_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicated.evidence.store.WAIT", 0.05)
    place = tmp_path / "c.sqlite"
    with Collection(place, create=True) as one, Collection(place) as two:
        with one.changing():
            list(bring(one, [folder]))
            with pytest.raises(InputError, match="another program is writing"):
                list(bring(two, [folder]))
        list(bring(two, [folder]))
        assert two.damage() == ()


def test_a_pdf_of_many_pages(tmp_path: Path) -> None:
    """Every page is there, each under its own number."""
    from reportlab.pdfgen.canvas import Canvas

    file = tmp_path / "handbook.pdf"
    canvas = Canvas(str(file))
    for page in range(1, 1201):
        canvas.drawString(72, 720, f"Example handbook: chapter on dose number {page} of many.")
        canvas.showPage()
    canvas.save()
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        (brought,) = bring(collection, [file], {"type": "guideline", "licensed": True})
        assert (brought.failed, brought.new) == ("", 1)
        (work,) = collection.works()
        assert (work.title, work.licensed) == ("handbook", True)
        assert {p.page for p in collection.passages(work)} == set(range(1, 1201))
        (found, *_) = search(collection, '"dose number 777"')
        assert found.passage.page == 777
