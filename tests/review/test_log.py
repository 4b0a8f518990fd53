"""The chain of reviews: whatever is done to it afterwards is found, and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from indicated.errors import InputError
from indicated.model import Review
from indicated.review import Break, append, append_behind, line_of, read_log, require_whole, verify
from indicated.review.tail import BLOCK, last_lines

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


ODD = "a\u2028b\x85c\x0bd\ne\rf"  # signs that end a line elsewhere


def test_a_comment_may_hold_any_sign(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for add in (append, lambda path, make: append_behind(path, make(()))):
        add(log, lambda _: Review("return", "Reader", AT, "a" * 64, ODD, "reviewer"))
    assert [e.review.comment for e in require_whole(read_log(log), "log")] == [ODD, ODD]


def sent(path: Path) -> None:
    append_behind(path, Review("sent", "host", AT, "b" * 64, "facts-1", "model"))


def test_what_is_added_by_the_end_is_the_same_chain(log: Path, tmp_path: Path) -> None:
    sent(log)
    sent(tmp_path / "new" / "log")
    assert [e.n for e in require_whole(read_log(log), "log")] == [1, 2, 3, 4, 5, 6]
    assert [e.n for e in require_whole(read_log(tmp_path / "new" / "log"), "log")] == [1]


def cut(text: str) -> str:
    return text[:-9]


def altered(text: str) -> str:
    return text.replace("Reader 4", "Reader 9")


def removed(text: str) -> str:
    kept = text.splitlines(keepends=True)
    return "".join([*kept[:3], kept[4]])


def beheaded(text: str) -> str:
    return text.splitlines(keepends=True)[4]


def renewed(text: str) -> str:
    """The entry before the last altered, with a hash that agrees with itself."""
    kept = text.splitlines(keepends=True)
    entry = require_whole(text, "log")[3]
    other = replace(entry, review=replace(entry.review, by="Reader 9"))
    return "".join([*kept[:3], line_of(other) + "\n", kept[4]])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cut, "no entry of a log"), (lambda text: text[:-1], "last line was cut off"),
        (altered, "own hash"), (removed, "does not follow"), (renewed, "does not follow"),
        (beheaded, "begins with entry 5"), (lambda _: "\n", "no entry"),
        (lambda text: text + "x" * 2_000_000, "no entry"),
        (lambda text: text + "\udcff", "no entry"),
    ],
    ids=range(9),
)  # fmt: skip
def test_nothing_is_added_behind_an_end_that_was_changed(
    log: Path, change: Callable[[str], str], says: str
) -> None:
    text = change(read_log(log)).encode("utf-8", "surrogateescape")
    log.write_bytes(text)
    with pytest.raises(InputError, match=says):
        sent(log)
    assert log.read_bytes() == text


def test_a_change_further_up_is_found_by_the_whole_chain(log: Path) -> None:
    log.write_text(read_log(log).replace("Reader 1", "Reader 9"))
    sent(log)
    assert told(lines(log)) == [(2, "altered")]


class Counting(BytesIO):
    read_ = 0

    def read(self, n: int | None = -1, /) -> bytes:
        got = super().read(n)
        self.read_ += len(got)
        return got


@pytest.mark.parametrize("n", [0, 1, 2, 5, 5000])
def test_however_long_a_log_is_only_its_end_is_read(log: Path, n: int) -> None:
    text = log.read_bytes()
    file = Counting(b"".join([text] * n))
    assert last_lines(file) == (text.splitlines(keepends=True)[-2:] if n else [])
    assert file.read_ <= BLOCK
