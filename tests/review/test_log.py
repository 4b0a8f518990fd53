"""The chain of reviews: whatever is done to it afterwards is found, and where."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indicated.errors import InputError
from indicated.model import Review
from indicated.review import Break, append, read_log, require_whole, verify

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.jsonl"
    for n in range(5):
        append(path, lambda _, n=n: Review("approve", f"Reader {n}", AT, "a" * 64, "", "reviewer"))
    return path


def lines(log: Path) -> list[str]:
    return read_log(log).splitlines()


def told(changed: list[str]) -> list[tuple[int, str]]:
    return [(b.line, b.kind) for b in verify("\n".join(changed))]


def test_a_log_that_nobody_touched_is_whole(log: Path) -> None:
    assert verify(read_log(log)) == []
    entries = require_whole(read_log(log), "log")
    assert [e.n for e in entries] == [1, 2, 3, 4, 5]
    assert [e.before for e in entries][1:] == [e.hash for e in entries][:-1]


def test_an_altered_entry_is_found(log: Path) -> None:
    changed = lines(log)
    changed[2] = changed[2].replace("Reader 2", "Reader 9")
    assert told(changed) == [(3, "altered")]


def test_an_altered_entry_with_a_new_hash_is_found_at_the_next(log: Path) -> None:
    changed = lines(log)
    entries = require_whole(read_log(log), "log")
    data = json.loads(changed[2]) | {"by": "Reader 9"}
    review = Review("approve", "Reader 9", AT, "a" * 64, "", "reviewer")
    data["hash"] = type(entries[2])(3, entries[2].before, review).hash
    changed[2] = json.dumps(data)
    assert told(changed) == [(4, "inserted")]


def test_a_removed_entry_is_found(log: Path) -> None:
    changed = lines(log)
    del changed[1]
    assert verify("\n".join(changed)) == [Break(2, "removed", "before it: entry 2")]


def test_an_inserted_entry_is_found(log: Path) -> None:
    changed = lines(log)
    changed.insert(3, changed[0])
    assert (4, "inserted") in told(changed)


def test_moved_entries_are_found(log: Path) -> None:
    changed = lines(log)
    changed[1], changed[2] = changed[2], changed[1]
    assert [kind for _, kind in told(changed)][:1] == ["moved"]
    assert told(changed)[0][0] == 2


def test_a_line_that_is_no_entry_is_found(log: Path) -> None:
    changed = lines(log)
    changed[4] = changed[4][:40]
    assert told(changed) == [(5, "unreadable")]


def test_a_cut_end_is_seen_by_whoever_knows_the_head(log: Path) -> None:
    whole = read_log(log)
    head = require_whole(whole, "log")[-1].hash
    short = "\n".join(lines(log)[:3])
    assert verify(short) == []
    assert [b.kind for b in verify(short, head=head)] == ["cut"]
    assert verify(whole, head=head) == []


def test_nothing_is_added_to_a_broken_log(log: Path) -> None:
    changed = lines(log)
    del changed[0]
    text = "\n".join(changed) + "\n"
    log.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="removed: before it: entry 1"):
        append(log, lambda _: Review("approve", "Reader", AT, "a" * 64, "", "reviewer"))
    assert read_log(log) == text
