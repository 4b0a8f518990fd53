"""What a person does with a text: answer what it asks, submit, return, approve or withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.model import Concepts
from indicated.review import ACTS, act, state
from indicated.serve.desk import clock, ledger, publishing
from indicated.serve.desk.accounts import NotInPerson, Who
from indicated.serve.desk.cases import (
    ASKED,
    SETTLED,
    NotFound,
    newest,
    note,
    remarks,
    schedule,
    submission,
    versions,
)
from indicated.serve.desk.permissions import Role, signs_as
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Answer, CaseRow, User, Version
from indicated.serve.desk.work import attested

# A text is amended by wording a sentence otherwise, superseded by approving a later one.
BY_OTHER_WAYS = ("amend", "supersede")


def open_acts(case: CaseRow, version: Version | None, db: Session, by: Who) -> list[str]:
    """The acts that this person may do on the text as it stands."""
    if version is None or case.state not in ("draft", "returned", "under_review", "approved"):
        return []
    found = []
    for name in (a for a in ACTS if a not in BY_OTHER_WAYS):
        try:
            _held(db, case, version, name, by, datetime.now().astimezone())
        except InputError:
            continue
        found.append(name)
    return found


def decide(
    db: Session,
    case: CaseRow,
    name: str,
    by: Who,
    *,
    article: str,
    at: datetime,
    comment: str = "",
    no_conflict: bool = False,
) -> None:
    """One act on exactly the text whose hash the person saw.

    Raises `InputError` where the text is another by now, the rules do not allow the act, a return
    says nothing, or whoever decides has not stated that no interest of theirs conflicts.
    """
    version = newest(db, case.id)
    if case.state == ASKED:
        raise InputError(
            "the question was changed, and is not assessed yet",
            do="Look at how it is read, and have it assessed.",
        )
    if version is None or version.article_hash != article:
        raise InputError(
            "the text is not the one that you read",
            why="It was assessed anew meanwhile, and a signature binds to exactly one text.",
            do="Read it as it stands now, then act.",
        )
    if name in ("approve", "return") and not no_conflict:
        raise InputError(
            "nothing is said about a conflict of interest",
            do="State that you have none in this case, or leave it to somebody else.",
        )
    if name in BY_OTHER_WAYS:
        raise InputError(
            f"this is not how a text is {name}ed".replace("eed", "ed"),
            do="Word a sentence otherwise, or approve a later text.",
        )
    if name == "return" and not comment.strip() and not remarks(db, version):
        raise InputError(
            "a return needs a comment", do="Say what is to be changed, or comment on a sentence."
        )
    _held(db, case, version, name, by, at, comment)
    run_on(db, case, by, at)
    stated = "no conflict of interest stated" if name in ("approve", "return") else ""
    note(db, name, case, by, at, article=article, comment=stated, said=comment.strip())
    case.state = state(article, ledger.about(db, case.id, article))
    if name == "approve":
        _supersede(db, case, article, by, at)
    if name == "withdraw":
        publishing.end(db, case, article, publishing.WITHDRAWN, by, at)


def _supersede(db: Session, case: CaseRow, article: str, by: Who, at: datetime) -> None:
    """Of two approved texts of a case the later one stands alone."""
    for hash in dict.fromkeys(v.article_hash for v in versions(db, case.id)):
        if hash != article and state(hash, ledger.about(db, case.id, hash)) == "approved":
            told = f"by the text {article[:16]}"
            note(db, "supersede", case, by, at, article=hash, comment=told)
            publishing.end(db, case, hash, publishing.SUPERSEDED, by, at)


def _held(
    db: Session,
    case: CaseRow,
    version: Version,
    name: str,
    by: Who,
    at: datetime,
    comment: str = "",
) -> None:
    """Hold an act to the rules of review, and to those of the desk."""
    if by.token and name != "submit":
        raise NotInPerson(
            "this takes a person who is signed in",
            why="To approve, return or withdraw says that somebody read exactly this text.",
            do="Sign in at the desk and do it there.",
        )
    log = ledger.about(db, case.id, version.article_hash)
    on = submission(case, version)
    act(name, on, log, by=by.signature, role=signs_as(by.roles), at=at, comment=comment)
    if name == "approve" and case.state != "under_review":
        raise InputError("only a text that was submitted is approved", do="Submit it first.")
    if name == "approve" and by.signature in _handed_over(db, case, version):
        raise InputError(
            "whoever submitted the text may not approve it",
            why="Four eyes: that somebody changed sentences of it meanwhile alters nothing.",
            do="Have somebody else sign.",
        )
    if name == "approve" and case.asked_by == by.id:
        raise InputError(
            "whoever asked may not approve the answer",
            why="Four eyes: one person asks, another decides.",
            do="Have somebody else sign.",
        )


def _handed_over(db: Session, case: CaseRow, version: Version) -> set[str]:
    """Who submitted the text, or one of those that it was amended from."""
    amended = {v.article_hash: v.amends for v in versions(db, case.id)}
    hash, who = version.article_hash, set[str]()
    while hash:
        log = ledger.about(db, case.id, hash)
        who |= {e.review.by for e in log if e.review.act == "submit"}
        hash = amended.pop(hash, "")
    return who


def signed_by(db: Session, case: CaseRow, version: Version) -> str:
    """Who approved the text and when, where it is approved; "" otherwise."""
    log = ledger.about(db, case.id, version.article_hash)
    if state(version.article_hash, log) != "approved":
        return ""
    last = next(e.review for e in reversed(log) if e.review.act == "approve")
    return f"{last.by}, {last.role}, {last.at:%Y-%m-%d %H:%M} UTC"


def answer(
    db: Session,
    case: CaseRow,
    keys: Mapping[str, Any],
    by: Who,
    concepts: Concepts,
    at: datetime,
    today: date,
) -> None:
    """Attest a fact, and have the case assessed with it. Raises `InputError` for what is no answer.

    What is known only now is judged as of today: the as-of date moves to the day of the answer.
    """
    filled = {k: v for k, v in keys.items() if v not in ("", None, [])}
    row = Answer(
        case_id=case.id, keys=filled, by=by.signature, role=signs_as(by.roles), at=at, struck_by="",
        struck_because="",
    )  # fmt: skip
    if not attested([row], concepts):
        raise InputError("the answer is empty", do="Fill in what you know.")
    db.add(row)
    case.as_of = max(case.as_of, today)
    run_on(db, case, by, at)
    note(db, "answer", case, by, at, said=f"on {filled.get('concept', '')}")
    schedule(db, case, "an answer was given", at)


def strike(db: Session, case: CaseRow, number: int, by: Who, because: str, at: datetime) -> None:
    """Take an answer out of the case; it stays on record, struck out, with who and why."""
    row = db.scalars(select(Answer).where(Answer.id == number, Answer.case_id == case.id)).first()
    if row is None or row.struck_at is not None:
        raise NotFound("there is no such answer, or it is struck out already")
    if not because.strip():
        raise InputError("striking out needs a reason", do="Say why the answer does not hold.")
    row.struck_at, row.struck_by, row.struck_because = at, by.signature, because.strip()
    note(db, "strike", case, by, at, said=because.strip())
    schedule(db, case, "an answer was struck out", at)


def assign(db: Session, case: CaseRow, login: str, by: Who, at: datetime) -> None:
    """Give the case to somebody who may decide it, or to nobody ("")."""
    user = db.scalars(select(User).where(User.login == login)).first() if login else None
    deciding = {Role.REVIEWER.value, Role.PHYSICIAN.value}
    if login and (user is None or not user.active or deciding.isdisjoint(user.roles)):
        raise InputError("nobody of that name decides cases", do="Choose a reviewer.")
    case.assigned_to = user.id if user else None
    note(db, "assign", case, by, at, comment=login or "nobody")


def extend(
    db: Session, case: CaseRow, because: str, by: Who, at: datetime, settings: DeskSettings
) -> None:
    """Put off the day by which it must be decided, as often as the rules allow, with a reason."""
    clock.extend(case, because, clock.rules_of(settings))
    note(db, "extend", case, by, at, said=because.strip())


def stop(
    db: Session, case: CaseRow, because: str, by: Who, at: datetime, settings: DeskSettings
) -> None:
    """Stop the clock of a case while information is asked for, where the rules allow it."""
    if case.state in SETTLED:
        raise InputError("the case is settled, and its clock runs no more")
    clock.stop(case, because, at, clock.rules_of(settings))
    note(db, "pend", case, by, at, said=case.pended_because)


def run_on(db: Session, case: CaseRow, by: Who, at: datetime) -> bool:
    """Let the clock run again where it stands; whoever acts on the case does so too."""
    stood = clock.run_on(case, at)
    if stood:
        note(db, "resume", case, by, at)
    return stood
