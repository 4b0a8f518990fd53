"""Many cases: order kept, bad lines answered, a stopped run goes on, nothing lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indicated.bulk import already_done, run_batch
from indicated.criteria import load_library
from indicated.errors import OutputError
from indicated.model import Library
from indicated.settings import Settings

AS_OF = date(2025, 5, 10)
GOOD = {
    "question": "Is CPAP necessary for this adult with obstructive sleep apnea?",
    "chart": "Date: 2025-05-02\nSleep study: AHI 22 events/h. Obstructive sleep apnea.",
}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def write(path: Path, *lines: object) -> Path:
    text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def run(cases: Path, out: Path, library: Library, jobs: int = 1) -> list[dict[str, object]]:
    return list(run_batch(cases, out, library, Settings(), as_of=AS_OF, jobs=jobs))


def test_bad_lines_get_an_error_object_and_the_rest_go_on(tmp_path: Path, library: Library) -> None:
    cases = write(
        tmp_path / "cases.jsonl", {"id": "a", **GOOD}, "{not json", {"id": "c", "question": "only"},
        "[1, 2]", {"id": "e", **GOOD, "as_of": "soon"}, "", {"id": "f", **GOOD, "as_of": "2025-06-01"},
    )  # fmt: skip
    out = tmp_path / "results.jsonl"
    results = run(cases, out, library)
    assert [r["id"] for r in results] == ["a", "line-2", "c", "line-4", "e", "f"]
    assert ["error" in r for r in results] == [False, True, True, True, True, False]
    assert results[2]["error"] == {
        "line": 3,
        "what": '"chart" is missing or not text',
        "kind": "input",
    }
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == [
        r["id"] for r in results
    ]


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path, library: Library) -> None:
    cases = write(tmp_path / "cases.jsonl", *({"id": str(i), **GOOD} for i in range(4)))
    out = tmp_path / "results.jsonl"
    running = run_batch(cases, out, library, Settings(), as_of=AS_OF)
    next(running), next(running)
    running.close()
    with out.open("a", encoding="utf-8") as half:
        half.write('{"id": "2", "determ')  # killed in the middle of a line
    again = run(cases, out, library)
    assert [r["id"] for r in again] == ["2", "3"]
    assert already_done(out) == {"0", "1", "2", "3"}
    assert run(cases, out, library) == []


def test_a_foreign_output_file_is_refused(tmp_path: Path, library: Library) -> None:
    cases = write(tmp_path / "cases.jsonl", {"id": "a", **GOOD})
    out = write(tmp_path / "results.jsonl", "somebody's notes")
    with pytest.raises(OutputError, match="not a result of this program"):
        run(cases, out, library)
    assert out.read_text(encoding="utf-8") == "somebody's notes\n"


def test_several_workers_give_the_same_results_in_the_same_order(
    tmp_path: Path, library: Library
) -> None:
    cases = write(tmp_path / "cases.jsonl", *({"id": str(i), **GOOD} for i in range(5)))
    one = run(cases, tmp_path / "one.jsonl", library)
    two = run(cases, tmp_path / "two.jsonl", library, jobs=2)
    assert one == two


def test_an_unwritable_output_says_so(tmp_path: Path, library: Library) -> None:
    cases = write(tmp_path / "cases.jsonl", {"id": "a", **GOOD})
    with pytest.raises(OutputError, match="goes on where it stopped"):
        run(cases, tmp_path / "no" / "folder" / "results.jsonl", library)


def test_a_full_disk_says_so_and_keeps_what_there_is(tmp_path: Path, library: Library) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    cases = write(tmp_path / "cases.jsonl", {"id": "a", **GOOD})
    with pytest.raises(OutputError, match="No space left"):
        run(cases, full, library)


def test_results_hold_what_a_scorer_reads(tmp_path: Path, library: Library) -> None:
    (result,) = run(write(tmp_path / "c.jsonl", {"id": "a", **GOOD}), tmp_path / "r.jsonl", library)
    (determination,) = result["determinations"]  # type: ignore[misc]
    assert determination["outcome"] in (
        "indicated", "indicated_with_changes", "conditional", "not_indicated", "cannot_determine", "no_policy",
    )  # fmt: skip
    assert determination["policy"] == "cpap-obstructive-sleep-apnea"
