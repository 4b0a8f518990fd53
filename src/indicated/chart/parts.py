"""What every reader of a format takes and gives: limits in, documents and what was left out.

A reader of a format is a function `read_x(raw: bytes, name: str, limits: Limits) -> Read`. It
raises nothing for bad bytes: what cannot be read is said in `Read.unread`, in one sentence that
names the place and holds no patient text.
"""

from __future__ import annotations

from dataclasses import dataclass

from indicated.model import Document


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may ask of the reader. What goes beyond is named, never cut silently.

    A chart of 300 pages is about a million characters; these leave room for twenty of them.
    """

    file_bytes: int = 200_000_000
    text_chars: int = 20_000_000  # of one file, after unpacking
    pages: int = 5_000  # of one PDF
    unpacked_bytes: int = 500_000_000  # of one zip container (DOCX)
    unpacked_ratio: int = 200  # unpacked size against packed size
    depth: int = 100  # of nested elements or objects
    entries: int = 500_000  # structured statements of one file
    seconds: float = 60.0  # of reading one file


@dataclass(frozen=True, slots=True)
class Read:
    """The documents of one file, and what of it could not be read."""

    documents: tuple[Document, ...] = ()
    unread: tuple[str, ...] = ()
