"""A request that comes twice is done once: a program that got no answer may send it again.

What was answered is kept for a day, in the transaction of what it tells: either both are there, or
neither. Of what was asked, only a keyed hash is kept: a request may carry a password, and its key
(which is not kept) is the program's own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import UploadFile
from pydantic import BaseModel
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.serve.desk.tables import Repeat

KEPT = timedelta(hours=24)
LONGEST = 200  # characters of a key


class AnotherRequest(InputError):
    """The key was used for something else."""


def once(
    db: Session, user: int, key: str, asked: str, at: datetime, act: Callable[[], str]
) -> tuple[str, bool]:
    """What the act answers, and whether it was done before; the act is done the first time only.

    Of two that come at once, the second waits for the first. Raises `AnotherRequest` where the key
    was used for something else.
    """
    id = hashlib.sha256(f"{user}:{key}".encode()).hexdigest()
    _alone(db, id)
    told = hmac.new(key.encode(), asked.encode(), "sha256").hexdigest()
    db.execute(delete(Repeat).where(Repeat.at < at - KEPT))
    row = db.get(Repeat, id)
    if row is None:
        answer = act()
        db.add(Repeat(id=id, asked=told, answer=answer, at=at))
        return answer, False
    if not hmac.compare_digest(row.asked, told):
        raise AnotherRequest(
            "this Idempotency-Key was used for another request",
            why="Nothing of what was asked for now took place.",
            do="Make a new key for each thing that is to be done.",
        )
    return row.answer, True


def _alone(db: Session, id: str) -> None:
    """One at a time for a key. SQLite has only one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        number = int(id[:15], 16)
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": number})


def asked(path: str, given: Mapping[str, Any]) -> str:
    """What a request asks for, however it was packed.

    >>> asked("/ask", {"b": 1, "a": ["x"]})
    '["/ask", {"a": ["x"], "b": 1}]'
    """
    return json.dumps([path, _plain(given)], sort_keys=True)


def _plain(thing: Any) -> Any:
    if isinstance(thing, BaseModel):
        return _plain(thing.model_dump(by_alias=True))
    if isinstance(thing, UploadFile):
        digest = hashlib.file_digest(thing.file, "sha256").hexdigest()  # type: ignore[arg-type]
        thing.file.seek(0)
        return [thing.filename, digest]
    if isinstance(thing, Mapping):
        return {str(k): _plain(v) for k, v in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(v) for v in thing]
    return thing if isinstance(thing, (int, str, type(None))) else str(thing)
