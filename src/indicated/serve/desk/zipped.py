"""A zip file that is sent while it is made: no more of it than one piece is ever in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

PIECE = 1 << 16


class _Pipe(io.RawIOBase):
    """What was written and not yet sent. A zip that cannot be wound back notes sizes afterwards."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], at: datetime) -> Iterator[bytes]:
    """The files as a zip, each by its name and its pieces, all of one moment.

    >>> from datetime import UTC
    >>> made = b"".join(zipped([("a.txt", [b"one ", b"two"])], datetime(2026, 1, 2, tzinfo=UTC)))
    >>> zipfile.ZipFile(io.BytesIO(made)).read("a.txt")
    b'one two'
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            told = zipfile.ZipInfo(name, at.timetuple()[:6])
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o644 << 16
            with archive.open(told, "w", force_zip64=True) as entry:
                for piece in pieces:
                    for start in range(0, len(piece), PIECE):
                        entry.write(piece[start : start + PIECE])
                        if sent := pipe.taken():
                            yield sent
    yield pipe.taken()
