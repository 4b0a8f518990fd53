"""A case at the desk: what was given, what it came to, and what may be done with it now."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.model import Outcome
from indicated.review import Submission
from indicated.serve.desk import clock, ledger, progress
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.database import written
from indicated.serve.desk.permissions import sees_all, signs_as
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import (
    Answer,
    Blob,
    CaseRow,
    Decision,
    DocumentRow,
    Job,
    Misread,
    Remark,
    TickRow,
    Version,
)

ASKED = "asked"  # the state of a case whose question waits for a person to see how it is read
Row = TypeVar("Row", Misread, Decision, TickRow)
READING = "reading"  # the state of a case whose assessment is not there yet
TROUBLE = "trouble"  # or could not be made
FORGOTTEN = "forgotten"  # the state of a case of which no word is kept (`keeping`)
SETTLED = frozenset({"approved", "withdrawn", "superseded", FORGOTTEN})


class NotFound(InputError):
    """There is no such thing, or not for this person: the two are told alike."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was given."""

    name: str
    bytes: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks about a patient."""

    question: str
    as_of: date
    closed: bool = False
    expedited: bool = False
    profile: str = ""
    look: bool = False  # whether a person looks first at how the question is read


def ask(
    db: Session,
    asked: Asked,
    files: Sequence[Upload],
    by: Who,
    *,
    at: datetime,
    settings: DeskSettings,
) -> CaseRow:
    """A new case with its record; the assessment is made outside the request, once a person has
    looked at how the question is read where they want to.

    Raises `InputError` without a question. Files that turn out to be unreadable are named in the
    article: nothing that was given is thrown away.
    """
    if not asked.question.strip():
        raise InputError("the question is empty", do="Ask whether a treatment is necessary.")
    case = CaseRow(
        id=secrets.token_hex(5), question=asked.question.strip(), as_of=asked.as_of,
        closed=asked.closed, profile=asked.profile, expedited=asked.expedited, received_at=at,
        due_at=clock.due(at, clock.rules_of(settings), expedited=asked.expedited),
        extended_because="", extensions=0, pended_because="", asked_by=by.id, state=ASKED,
        trouble="",
    )  # fmt: skip
    db.add(case)
    db.flush()
    add_documents(db, case, files)
    note(db, "ask", case, by, at, comment=f"{len(files)} files")
    if not asked.look:
        case.state = READING
        schedule(db, case, "asked", at)
    return case


def add_documents(db: Session, case: CaseRow, files: Sequence[Upload]) -> None:
    """Keep files under their hash; the same file twice is one."""
    have = {d.hash for d in documents(db, case.id)}
    n = len(have)
    for file in files:
        digest = hashlib.sha256(file.bytes).hexdigest()
        if digest in have:
            continue
        have.add(digest)
        n += 1
        if db.get(Blob, digest) is None:
            db.add(Blob(hash=digest, bytes=file.bytes))
            db.flush()
        name = file.name.replace("\\", "/").rsplit("/", 1)[-1].strip() or f"file-{n}"
        db.add(DocumentRow(case_id=case.id, n=n, name=name, hash=digest, size=len(file.bytes)))
    db.flush()


def schedule(db: Session, case: CaseRow, because: str, at: datetime) -> None:
    """Have the case assessed anew; once, however often it is asked for while it waits, and not
    before somebody has confirmed how its question is read."""
    if case.state == ASKED:
        return
    waiting = db.scalars(select(Job).where(Job.case_id == case.id)).first()
    if waiting:
        waiting.because, waiting.asked_at, waiting.taken_until, waiting.tries = because, at, None, 0
    else:
        db.add(Job(case_id=case.id, because=because, asked_at=at, tries=0))
    case.state, case.trouble = READING, ""
    progress.begin(db, case.id, len(documents(db, case.id)))


def note(
    db: Session,
    act: str,
    case: CaseRow,
    by: Who,
    at: datetime,
    *,
    article: str = "",
    comment: str = "",
    said: str = "",
) -> None:
    """A line of the ledger about a case (see `ledger.write`): that it was read is written once the
    page is made, and before it is shown, so that nobody waits to write while it is being made."""
    role = signs_as(by.roles) or ", ".join(by.roles)
    written(
        db,
        partial(
            ledger.write, act=act, by=by.signature, role=role, at=at, case=case.id,
            article=article, comment=comment, said=said,
        ),
    )  # fmt: skip


def opened(db: Session, id: str, by: Who) -> CaseRow:
    """The case, where there is one and the person may see it. Raises `NotFound` otherwise."""
    case = db.get(CaseRow, id)
    if case is None or not (case.asked_by == by.id or sees_all(by.roles)):
        raise NotFound("there is no such case")
    if case.forgotten_at is not None:
        raise NotFound(
            f"the case was forgotten on {case.forgotten_at:%Y-%m-%d}",
            why="It was kept as long as cases are. The ledger knows what was done to it.",
        )
    return case


def documents(db: Session, case: str) -> list[DocumentRow]:
    rows = select(DocumentRow).where(DocumentRow.case_id == case).order_by(DocumentRow.n)
    return list(db.scalars(rows))


def answers(db: Session, case: str) -> list[Answer]:
    return list(db.scalars(select(Answer).where(Answer.case_id == case).order_by(Answer.id)))


def spoken_of(db: Session, kind: type[Row], case: str) -> list[Row]:
    """What persons said of a case, in the order in which they said it."""
    return list(db.scalars(select(kind).where(kind.case_id == case).order_by(kind.id)))


def remarks(db: Session, version: Version | None) -> list[Remark]:
    """What persons said of sentences of a version."""
    if version is None:
        return []
    rows = select(Remark).where(Remark.version_id == version.id).order_by(Remark.id)
    return list(db.scalars(rows))


def versions(db: Session, case: str) -> list[Version]:
    """Newest first."""
    rows = select(Version).where(Version.case_id == case).order_by(Version.n.desc())
    return list(db.scalars(rows))


def newest(db: Session, case: str) -> Version | None:
    rows = select(Version).where(Version.case_id == case).order_by(Version.n.desc()).limit(1)
    return db.scalars(rows).first()


def newest_outcomes(db: Session, ids: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """What each of these cases came to last, where it came to anything: one look for all."""
    last = select(Version.case_id, func.max(Version.n)).where(Version.case_id.in_(ids))
    pairs = tuple_(Version.case_id, Version.n).in_(last.group_by(Version.case_id))
    rows = db.execute(select(Version.case_id, Version.outcomes).where(pairs))
    return {row.case_id: row.outcomes for row in rows}


def next_number(db: Session, case: str) -> int:
    return (db.scalar(select(func.max(Version.n)).where(Version.case_id == case)) or 0) + 1


def submission(case: CaseRow, version: Version) -> Submission:
    """The text that a person would sign."""
    outcomes = tuple(Outcome(o["outcome"]) for o in version.outcomes)
    return Submission(version.article_hash, outcomes, case.closed)
