"""One policy over a table in parts: killed in the middle it goes on, and nothing is mixed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indicated.errors import InputError, OutputError
from indicated.population import judge_table, write
from indicated.population_parts import RUN, judge_in_parts, parts_of
from indicated.serve.cli import main

from .conftest import Place, run


def rows(place: Place, query: str) -> list[Any]:
    return place.con.execute(f"SELECT * FROM ({query}) ORDER BY case_id").fetchall()


def whole(place: Place) -> list[Any]:
    judge_table(place.con, place.asked, into="whole")
    return rows(place, "SELECT * FROM whole")


def options(place: Place, out: Path) -> list[str]:
    a = place.asked
    return [
        "population", a.policy.id, "--facts", str(place.file), "--as-of", str(a.as_of),
        "--phase", a.item.phase.value, "-o", str(out), "--part", "2",
    ]  # fmt: skip


def test_in_parts_is_the_same_as_at_once(place: Place, tmp_path: Path) -> None:
    parts = list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 3))
    assert len(parts) > 2
    assert sum(p.cases for p in parts) == len(place.cases)
    assert rows(place, parts_of(tmp_path)) == whole(place)
    again = list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 3))
    assert all(p.before for p in again)
    assert [p.cases for p in again] == [p.cases for p in parts]


def test_a_killed_run_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    """No case is lost, none is doubled, and what was done is not done again."""
    out = tmp_path / "outcomes"
    program = "from indicated.serve.cli import main; main()"
    command = [sys.executable, "-c", program, *options(place, out)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert child.stderr is not None
    first = [child.stderr.readline() for _ in range(2)]
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert first[1].startswith("part 2 of")
    assert not (out / "part-00006.parquet").exists()
    (out / "part-00003.parquet.part").write_bytes(b"cut off")
    kept = {f: f.stat().st_mtime_ns for f in out.glob("part-*.parquet")}
    assert len(kept) >= 2
    said = run(*options(place, out))
    assert f"\n{len(place.cases)} cases" in said
    assert rows(place, parts_of(out)) == whole(place)
    assert all(f.stat().st_mtime_ns == at for f, at in kept.items())


def changed(tmp_path: Path, what: str) -> None:
    """Something that the results depend on, made otherwise."""
    note = tmp_path / RUN
    told = json.loads(note.read_text(encoding="utf-8"))
    told[what] = "other"
    note.write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize("what", ["program", "policy_hash", "as_of", "phase", "facts", "parts"])
def test_results_of_another_run_are_not_mixed_in(place: Place, tmp_path: Path, what: str) -> None:
    list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 3))
    changed(tmp_path, what)
    with pytest.raises(InputError, match=f"another run: {what} differ"):
        list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 3))


@pytest.mark.parametrize("note", ["", "[]", None])
def test_results_that_say_nothing_of_their_run_are_left_alone(
    place: Place, tmp_path: Path, note: str | None
) -> None:
    list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 3))
    if note is None:
        (tmp_path / RUN).unlink()
    else:
        (tmp_path / RUN).write_text(note, encoding="utf-8")
    with pytest.raises(InputError, match=RUN):
        list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 3))


def test_a_place_that_cannot_be_written_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"):
        write(place.con, "SELECT 1", tmp_path / "no-such" / "out.parquet")
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    result = CliRunner().invoke(main, options(place, tmp_path / "taken"))
    assert result.exit_code != 0
    assert "cannot be written" in result.output
