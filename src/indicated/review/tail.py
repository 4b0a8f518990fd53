"""Adding to a long log by its end alone: each line of the model log is added within milliseconds.

A line is added only behind a last entry that agrees with its own hash and follows the entry before
it. What was changed further up still breaks the chain there, and verifying the whole log finds it:
`append` and `indicated log verify` do that.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

from indicated.errors import InputError, OutputError
from indicated.model import Review
from indicated.review.log import Entry, entry_of_line, line_of, next_entry, own_hash

BLOCK = 4096  # bytes read at a time, from the end: several entries
LONGEST = 1_000_000  # bytes of two lines; what is longer was not written here


def append_behind(path: Path, review: Review) -> Entry:
    """Add a review behind the last entry of a log, and have it on the disk.

    The log is locked meanwhile. However long the log is, only its last two lines are read. Raises
    `InputError` where these are not what was written, and `OutputError` where nothing can be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last = _last_entry(last_lines(file), str(path))
            entry = next_entry(review, *((last.n, last.hash) if last else (0, "")))
            file.write((line_of(entry) + "\n").encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(
            f"the log cannot be written: {error.strerror}",
            str(path),
            "What is not recorded does not take place.",
            "Make room, or name a place where you may write.",
        ) from None
    return entry


def last_lines(file: BinaryIO, n: int = 2) -> list[bytes]:
    """The last lines of a file with their ends, read from its end.

    >>> from io import BytesIO
    >>> last_lines(BytesIO(b"one\\ntwo\\nthree\\n")), last_lines(BytesIO(b"one"))
    ([b'two\\n', b'three\\n'], [b'one'])
    """
    at, read = file.seek(0, os.SEEK_END), b""
    while at and read.count(b"\n") <= n and len(read) <= LONGEST:
        step = min(BLOCK, at)
        at = file.seek(at - step)
        read = file.read(step) + read
    lines = [line + b"\n" for line in read.split(b"\n")]
    lines[-1] = lines[-1].removesuffix(b"\n")
    return [line for line in lines if line][-n:]


def _last_entry(lines: list[bytes], name: str) -> Entry | None:
    """The last entry, none in an empty log."""
    try:
        texts = [line.decode("utf-8") for line in lines]
        entries = [entry_of_line(text) for text in texts]
    except ValueError:
        raise _broken("a line at its end is no entry of a log", name) from None
    if not entries:
        return None
    last = entries[-1]
    if not texts[-1].endswith("\n"):
        raise _broken("its last line was cut off", name)
    if last.hash != own_hash(texts[-1]):
        raise _broken(f"entry {last.n} does not agree with its own hash", name)
    if len(entries) > 1 and (last.n, last.before) != (entries[0].n + 1, entries[0].hash):
        raise _broken(f"entry {last.n} does not follow the entry before it", name)
    if len(entries) == 1 and last.n != 1:
        raise _broken(f"it begins with entry {last.n}", name)
    return last


def _broken(what: str, name: str) -> InputError:
    return InputError(
        f"the log is broken: {what}",
        name,
        "What would be added to it could not be trusted.",
        "Look at `indicated log verify`, put it aside or restore it from a copy, and find out who "
        "changed it.",
    )
