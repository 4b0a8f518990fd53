"""Answers of services on the disk, so that nothing is asked twice and a run that stopped goes on.

An answer is one file: a line that says what it is, and the bytes as they came, with their hash. One
that is damaged is as good as none. What cannot be written is asked again; nothing else is lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said to one request."""

    url: str  # without keys
    status: int
    body: bytes
    at: float  # seconds since 1970
    etag: str = ""
    modified: str = ""  # as the service wrote it


@dataclass(frozen=True, slots=True)
class Answers:
    """A folder of answers; None keeps nothing."""

    folder: Path | None

    def get(self, url: str) -> Answer | None:
        """The answer that is kept for a request; None where there is none that is whole."""
        if self.folder is None:
            return None
        try:
            head, _, body = self._file(self.folder, url).read_bytes().partition(b"\n")
            said = json.loads(head)
            if said.pop("sha256") != hashlib.sha256(body).hexdigest() or said["url"] != url:
                return None
            return Answer(body=body, **said)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def keep(self, answer: Answer) -> None:
        """Keep an answer, whole or not at all."""
        if self.folder is None:
            return
        said = asdict(replace(answer, body=b""))
        del said["body"]
        said["sha256"] = hashlib.sha256(answer.body).hexdigest()
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(
                self._file(self.folder, answer.url),
                json.dumps(said).encode() + b"\n" + answer.body,
            )

    @staticmethod
    def _file(folder: Path, url: str) -> Path:
        return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.answer"


def write_whole(path: Path, raw: bytes) -> None:
    """Bytes into a file, which is there whole or as it was before. Raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
