"""A zip file of documents: each member is read as the file that it is."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable

from indicated.chart.parts import Read
from indicated.files.limits import Limits
from indicated.files.zips import opened
from indicated.model import Document

Inner = Callable[[bytes, str], Read]


def read_zip(raw: bytes, name: str, limits: Limits, inner: Inner) -> Read:
    """The documents of a zip file's members, in the order of their names. Raises `Refused`."""
    container = opened(raw, limits)
    documents: list[Document] = []
    unread: list[str] = []
    with container:
        members = sorted(
            (m for m in container.infolist() if not _folder(m) and not _hidden(m.filename)),
            key=lambda m: m.filename,
        )
        if len(members) > limits.files:
            return Read((), (f"more than {limits.files:,} files; unpack it and give what matters",))
        for member in members:
            try:
                body = container.read(member)
            except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError):
                unread.append(f"{member.filename or 'a file'}: damaged in the zip file")
                continue
            except (NotImplementedError, RuntimeError):
                unread.append(f"{member.filename}: packed in a way that cannot be unpacked here")
                continue
            read = inner(body, f"{name}/{member.filename}")
            documents += read.documents
            unread += [f"{member.filename}: {said}" for said in read.unread]
    return Read(tuple(documents), tuple(unread))


def _folder(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith("/")  # is_dir() fails where a damaged name is empty


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
