"""What every reader of a format takes and gives: limits in, documents and what was left out.

A reader of a format is a function `read_x(raw: bytes, name: str, limits: Limits) -> Read`. It
raises nothing for bad bytes: what cannot be read is said in `Read.unread`, in one sentence that
names the place and holds no patient text.
"""

from __future__ import annotations

from dataclasses import dataclass

from indicated.files.limits import Limits
from indicated.model import Document


@dataclass(frozen=True, slots=True)
class Read:
    """The documents of one file, and what of it could not be read."""

    documents: tuple[Document, ...] = ()
    unread: tuple[str, ...] = ()


__all__ = ["Limits", "Read"]
