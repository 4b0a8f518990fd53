"""From the words of a question to the assessment: looked at, corrected, confirmed.

A correction is another wording of the question. What was asked stays on record beside it, with who
changed it and when, and nothing is assessed until a person has seen how the newest is read.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.cases import ASKED, READING, note, schedule
from indicated.serve.desk.tables import CaseRow, Job, User, Wording


def wordings(db: Session, case: CaseRow) -> list[Wording]:
    """The question as asked, then every correction; the last one stands."""
    query = select(Wording).where(Wording.case_id == case.id).order_by(Wording.n)
    asker = db.get_one(User, case.asked_by)
    by = f"{asker.name} ({asker.login})"
    first = Wording(
        case_id=case.id, n=1, question=case.question, because="asked", by=by, at=case.received_at
    )
    return list(db.scalars(query)) or [first]


def correct(
    db: Session, case: CaseRow, question: str, because: str, by: Who, at: datetime, *, seen: int
) -> None:
    """Another wording of the question; the case waits until somebody confirms how it is read.

    `seen` is the number of the wording that the person had before them. Raises `InputError` where
    another stands by now, for an empty question and for one that is not changed.
    """
    told = question.strip()
    before = require_seen(db, case, seen)
    if not told:
        raise InputError("the question is empty", do="Say what is asked.")
    if told == before.question:
        raise InputError("the question reads so already", do="Change it, or have it assessed.")
    if before not in db:
        db.add(before)
    db.add(
        Wording(
            case_id=case.id, n=before.n + 1, question=told, because=because, by=by.signature, at=at
        )
    )
    db.execute(delete(Job).where(Job.case_id == case.id))
    case.question, case.state, case.trouble = told, ASKED, ""
    hash = hashlib.sha256(told.encode()).hexdigest()
    note(db, "correct", case, by, at, comment=f"wording {before.n + 1}, {hash[:16]}", said=because)


def require_seen(db: Session, case: CaseRow, seen: int) -> Wording:
    """The wording that stands, where it is the one that the person had before them."""
    last = wordings(db, case)[-1]
    if last.n != seen:
        raise InputError(
            "the question is worded otherwise by now",
            why="Somebody changed it after this page was opened.",
            do="Look at how it is read now, then act.",
        )
    return last


def confirm(db: Session, case: CaseRow, by: Who, at: datetime, *, seen: int) -> None:
    """Have the case assessed on the wording that the person saw."""
    last = require_seen(db, case, seen)
    if case.state != ASKED:
        raise InputError("this wording is being assessed, or is assessed already")
    case.state = READING
    note(db, "confirm", case, by, at, comment=f"wording {last.n}")
    schedule(db, case, "asked" if last.n == 1 else "the question was corrected", at)
