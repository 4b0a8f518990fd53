"""The log of reviews: one JSON line for each act, each carrying the hash of the line before.

Whoever alters, removes, inserts or moves a line breaks the chain there. Lines cut off at the end,
or a log written anew as a whole, are seen by whoever kept the last hash: every signature prints
it, and every published page shows it (`verify(..., head=...)`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from indicated.errors import InputError, OutputError
from indicated.model import Review

START = "0" * 64  # what stands before the first entry
_KEPT = ("n", "before", "act", "by", "role", "at", "article", "comment")


@dataclass(frozen=True, slots=True)
class Entry:
    """A review in its place in the log."""

    n: int  # from 1
    before: str  # hash of the entry before
    review: Review

    @property
    def hash(self) -> str:
        """SHA-256 of everything that stands in the entry, the hash before included."""
        text = json.dumps(_plain(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """A line at which the log is not what was written. kind: altered | removed | inserted | moved |
    cut | unreadable."""

    line: int
    kind: str
    says: str


def entry_of(review: Review, before: Sequence[Entry]) -> Entry:
    """The review as the next entry of a log."""
    return next_entry(review, len(before), before[-1].hash if before else "")


def next_entry(review: Review, last: int, hash: str) -> Entry:
    """The review as the entry after the one of that number and hash; 0 and "" where it is first."""
    return Entry(last + 1, hash or START, review)


def line_of(entry: Entry) -> str:
    """The entry as its line in a log."""
    return json.dumps({**_plain(entry), "hash": entry.hash}, ensure_ascii=False)


def entry_of_line(line: str) -> Entry:
    """The entry of a line. Raises `ValueError` where it is none."""
    entry, _ = _parsed(line)
    if entry is None:
        raise ValueError("this is no entry of a log")
    return entry


def own_hash(line: str) -> str:
    """The hash that a line of a log carries; "" where it is no entry."""
    return _parsed(line)[1]


def append(path: Path, make: Callable[[Sequence[Entry]], Review]) -> Entry:
    """Add the review that `make` gives on the log as it stands, and have it on the disk.

    The log is locked while it is read, judged and added to, so that two people can sign at once.
    Raises `InputError` where the log is broken: nothing is added to one that cannot be trusted.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            entries = require_whole(file.read(), str(path))
            entry = entry_of(make(entries), entries)
            file.write(line_of(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(
            f"the log cannot be written: {error.strerror}",
            str(path),
            "The act is not recorded, so it did not take place.",
            "Make room, or name a place where you may write.",
        ) from None
    return entry


def read_log(path: Path) -> str:
    """The text of a log."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        what = f"the log of reviews cannot be read: {reason}"
        raise InputError(
            what, str(path), do="Check the path; `indicated sign` begins one."
        ) from None


def require_whole(text: str, name: str) -> tuple[Entry, ...]:
    """The entries of a log that is whole. Raises `InputError` with every break otherwise."""
    breaks = verify(text)
    if breaks:
        listed = "\n  ".join(f"line {b.line}: {b.kind}: {b.says}" for b in breaks[:20])
        raise InputError(
            f"the log of reviews is broken in {len(breaks)} place(s):\n  {listed}",
            name,
            "What is signed in it cannot be trusted.",
            "Restore it from a copy, and find out who changed it.",
        )
    return tuple(e for e, _ in map(_parsed, _lines(text)) if e)


def verify(text: str, *, head: str = "") -> list[Break]:
    """Where the log is not as it was written; an empty list where it is whole.

    `head` is the hash of an entry that is known from elsewhere: it must be in the log still.
    """
    breaks: list[Break] = []
    due, expected, hashes = 1, START, set[str]()
    numbers = [e.n for e, _ in map(_parsed, _lines(text)) if e]
    for line, (entry, own) in enumerate(map(_parsed, _lines(text)), 1):
        if entry is None:
            breaks.append(Break(line, "unreadable", "this is no entry of a log"))
            due += 1
            expected = ""
            continue
        breaks += _at(line, entry, own, due, expected, numbers)
        hashes.add(own)
        due, expected = entry.n + 1, own
    if head and head not in hashes:
        last = len(_lines(text))
        breaks.append(Break(last + 1, "cut", "the entry with that hash is not in the log any more"))
    return breaks


def _at(
    line: int, entry: Entry, own: str, due: int, expected: str, numbers: Sequence[int]
) -> Iterable[Break]:
    """What is wrong with one entry, given the number and the hash that should come here."""
    if entry.hash != own:
        yield Break(line, "altered", f"entry {entry.n} does not agree with its own hash")
    if entry.n > due:
        missing = [n for n in range(due, entry.n) if n not in numbers]
        kind = "removed" if missing else "moved"
        says = ", ".join(map(str, missing or [entry.n]))
        yield Break(line, kind, f"before it: entry {says}" if missing else f"entry {says}")
    elif entry.n < due:
        kind = "inserted" if numbers.count(entry.n) > 1 else "moved"
        yield Break(line, kind, f"entry {entry.n} stands where entry {due} should")
    elif expected and entry.before != expected:
        yield Break(line, "inserted", f"entry {entry.n} does not follow the entry before it")


def _lines(text: str) -> list[str]:
    """The lines of a log. Only what `line_of` never writes inside one ends a line: a comment may
    hold any other sign that ends lines elsewhere."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _plain(entry: Entry) -> dict[str, Any]:
    r = entry.review
    values = (
        entry.n,
        entry.before,
        r.act,
        r.by,
        r.role,
        r.at.isoformat(),
        r.article_hash,
        r.comment,
    )
    told = dict(zip(_KEPT, values, strict=True))
    return {**told, "case": r.case} if r.case else told


def _parsed(line: str) -> tuple[Entry | None, str]:
    """An entry and the hash that its line carries."""
    try:
        data = json.loads(line)
        if not isinstance(data, Mapping) or set(data) - {"case"} != {*_KEPT, "hash"}:
            return None, ""
        texts = {k: v for k, v in data.items() if k != "n"}
        if not isinstance(data["n"], int) or not all(isinstance(t, str) for t in texts.values()):
            return None, ""
        review = Review(
            act=data["act"],
            by=data["by"],
            at=datetime.fromisoformat(data["at"]),
            article_hash=data["article"],
            comment=data["comment"],
            role=data["role"],
            case=data.get("case", ""),
        )
        return Entry(data["n"], data["before"], review), data["hash"]
    except ValueError:
        return None, ""
