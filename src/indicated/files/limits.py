"""What one file may ask of the reader, and what a reader of a format in a child process gives.

Apart from `parts.py`, so that the child process imports neither the model nor the stages.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may ask of the reader. What goes beyond is named, never cut silently.

    A chart of 300 pages is about a million characters; these leave room for twenty of them.
    """

    file_bytes: int = 200_000_000
    text_chars: int = 20_000_000  # of one file, after unpacking
    pages: int = 5_000  # of one file
    unpacked_bytes: int = 500_000_000  # of one zip container (DOCX)
    unpacked_ratio: int = 200  # unpacked size against packed size
    depth: int = 100  # of nested elements or objects
    entries: int = 500_000  # structured statements of one file
    seconds: float = 60.0  # of reading one file
    nesting: int = 4  # files within files: a PDF in a message in a zip file is the third
    files: int = 10_000  # within one zip file or message, and documents in one file
    memory_bytes: int = 2_000_000_000  # of the child process that reads PDF, Word, RTF and HTML
    ocr_seconds: float = 1_800.0  # more, for a file whose scanned pages are read


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a file by page (one page, where the format has none), and what was left out."""

    pages: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    title: str = ""


class Refused(Exception):
    """A file that cannot be read; its one argument is the sentence for `Chart.unread`."""


class Budget:
    """Counts the characters of a file while it is read, and refuses it before it grows too large.

    >>> Budget(Limits(text_chars=3)).add("abcd")
    Traceback (most recent call last):
    indicated.files.limits.Refused: more than 3 characters of text; split it and give the parts
    """

    def __init__(self, limits: Limits):
        self._most = limits.text_chars
        self._sum = 0

    def add(self, text: str) -> str:
        """The text itself, once it is counted."""
        self._sum += len(text)
        if self._sum > self._most:
            raise Refused(
                f"more than {self._most:,} characters of text; split it and give the parts"
            )
        return text
