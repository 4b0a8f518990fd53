"""How long a case is kept, and how it is forgotten.

Nothing is forgotten unless a deployment says after how many days, or somebody at the machine says
which. What goes is every word of the record, of the question and of what was said about them; what
stays is what is counted and what is proved: that there was a case, when, under which policy, with
which outcome, who decided, and the hashes in the ledger. A case that is under review, published or
held is not forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.serve.desk import ledger
from indicated.serve.desk.cases import ASKED, FORGOTTEN, SETTLED, TROUBLE
from indicated.serve.desk.database import transaction
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import (
    Answer,
    Base,
    Blob,
    CaseRow,
    Decision,
    DocumentRow,
    Flag,
    Job,
    LedgerRow,
    LedgerWords,
    Misread,
    ModelAnswer,
    Progress,
    Publication,
    Remark,
    Talk,
    TickRow,
    Version,
    Wording,
)

KEEPER = "the desk"
CLOSED = SETTLED - {FORGOTTEN}
OPEN = frozenset({ASKED, TROUBLE, "draft", "returned"})  # nobody waits for a decision
LOOKING = ("read", "export", "token", "refused")  # acts that do not make a case newer
# Tables whose rows go with their case.
DELETED: tuple[type[Base], ...] = (
    DocumentRow, Answer, Misread, TickRow, ModelAnswer, Remark, Talk, Flag, Job, Wording, Progress,
    LedgerWords,
)  # fmt: skip
# What is emptied in the rows that stay, as they are counted.
EMPTIED: Mapping[type[Base], Mapping[str, Callable[[Any], Any]]] = {
    CaseRow: {
        "question": lambda _: "", "pended_because": lambda _: "", "trouble": lambda _: "",
        "extended_because": lambda said: said and ledger.FORGOTTEN,  # whether it was is counted
        "assigned_to": lambda _: None, "state": lambda _: FORGOTTEN,
    },
    Version: {
        "outcomes": lambda told: [{**o, "item": ""} for o in told], "questions": lambda _: [],
        "record": lambda _: "", "article": lambda _: "", "chart": lambda _: "",
        "places": lambda _: {}, "data": lambda said: _counted(said),
    },
    Decision: {
        "words": lambda _: "", "because": lambda _: "", "struck_because": lambda _: "",
    },
    Publication: {"page": lambda _: "", "ended_because": lambda _: ""},
}  # fmt: skip


@dataclass(frozen=True)
class Due:
    """A case whose time is over, and by which rule."""

    case: str
    state: str
    last: datetime  # the last act on it
    rule: str


def due(
    db: Session, settings: DeskSettings, now: datetime, before: datetime | None = None
) -> list[Due]:
    """The cases to be forgotten, the oldest first: by the rules of the desk, or whatever nobody has
    acted on since `before`."""
    closed = before or _since(settings.keep_days, now)
    other = before or _since(settings.keep_open_days, now)
    acts = select(LedgerRow.case_id, func.max(LedgerRow.at).label("last"))
    last = acts.where(LedgerRow.act.not_in(LOOKING)).group_by(LedgerRow.case_id).subquery()
    query = select(CaseRow, last.c.last).join(last, last.c.case_id == CaseRow.id)
    query = query.where(CaseRow.forgotten_at.is_(None)).order_by(last.c.last, CaseRow.id)
    found = []
    for case, at in db.execute(query):
        limit, days = (
            (closed, settings.keep_days)
            if case.state in CLOSED
            else (other, settings.keep_open_days)
        )
        if limit is None or at >= limit or why_kept(db, case):
            continue
        rule = f"before {before:%Y-%m-%d}" if before else f"{days} days or more without an act"
        found.append(Due(case.id, case.state, at, rule))
    return found


def _since(days: int, now: datetime) -> datetime | None:
    return now - timedelta(days=days) if days else None


def why_kept(db: Session, case: CaseRow) -> str:
    """Why a case is not forgotten, whatever the rule; "" where nothing speaks against it."""
    if case.held_at is not None:
        return "it is held"
    if case.state not in CLOSED | OPEN:
        return "somebody works on it, or it waits for a decision"
    standing = Publication.case_id == case.id, Publication.ended_at.is_(None)
    if db.scalars(select(Publication.id).where(*standing)).first() is not None:
        return "its article is published"
    return ""


def require_forgettable(db: Session, id: str) -> CaseRow:
    """The case. Raises `InputError` where there is none, and where it has to be kept."""
    case = _there(db, id)
    if why := why_kept(db, case):
        raise InputError(
            f"case {id} is kept: {why}",
            do="Decide it, take its article down or let it go first; then forget it.",
        )
    return case


def forget(db: Session, id: str, rule: str, by: str, role: str, at: datetime) -> None:
    """Forget a case: all of it in this transaction, or nothing.

    Raises as `require_forgettable` does.
    """
    case = require_forgettable(db, id)
    hashes = set(db.scalars(select(DocumentRow.hash).where(DocumentRow.case_id == id)))
    for table in DELETED:
        db.execute(delete(table).where(_of(table, id)))
    kept = set(db.scalars(select(DocumentRow.hash).where(DocumentRow.hash.in_(hashes))))
    db.execute(delete(Blob).where(Blob.hash.in_(hashes - kept)))
    for table, columns in EMPTIED.items():
        for row in db.scalars(select(table).where(_of(table, id))):
            for name, emptied in columns.items():
                setattr(row, name, emptied(getattr(row, name)))
    case.forgotten_at = at
    ledger.write(db, ledger.FORGET, by=by, role=role, at=at, case=id, comment=f"rule: {rule}")


def _of(table: type[Base], case: str) -> Any:
    """Whether a row is of a case."""
    columns = table.__table__.c
    if table is CaseRow:
        return columns.id == case
    if "version_id" in columns:
        return columns.version_id.in_(select(Version.id).where(Version.case_id == case))
    return columns.case_id == case


def _counted(data: str) -> str:
    """What the yearly figures need of an assessment: which treatments were asked for."""
    asked = [d["item"]["treatment"] for d in json.loads(data)["determinations"]]
    return json.dumps({"determinations": [{"item": {"treatment": t}} for t in asked]})


def forget_due(engine: Engine, settings: DeskSettings, now: datetime) -> int:
    """Forget what is due by the rules of the desk; gives how many cases. Each takes place as a
    whole or not, so that a program that is ended goes on the next time."""
    with transaction(engine, writes=False) as db:
        found = due(db, settings, now)
    done = sum(1 for _ in forgetting(engine, found, KEEPER, "program", now))
    limit = _since(settings.keep_model_days, now)
    if limit is not None:
        with transaction(engine) as db:
            db.execute(delete(ModelAnswer).where(ModelAnswer.at < limit))
    if done or limit is not None:
        wipe(engine)
    return done


def forgetting(
    engine: Engine, found: list[Due], by: str, role: str, now: datetime
) -> Iterator[Due]:
    """Forget these, one transaction each; gives each that was. One that somebody took up meanwhile
    is kept."""
    for each in found:
        try:
            with transaction(engine) as db:
                forget(db, each.case, each.rule, by, role, now)
        except InputError:
            continue
        yield each


def wipe(engine: Engine) -> None:
    """Have what was forgotten leave the files of a desk in one file: deleted pages are overwritten
    (`secure_delete`), and the log beside it is emptied. PostgreSQL does so by VACUUM."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.rollback()
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- what is held --------------------------------------------------------------------------------


def hold(db: Session, id: str, because: str, by: str, role: str, at: datetime) -> None:
    """Keep a case whatever the rules say, until it is let go. Raises `InputError` without a reason,
    and where it is held or forgotten."""
    case = _there(db, id)
    if not because.strip():
        raise InputError("holding a case needs a reason", do="Say why it has to be kept.")
    if case.held_at is not None:
        raise InputError("the case is held already")
    case.held_at, case.held_by, case.held_because = at, by, because.strip()
    ledger.write(db, "hold", by=by, role=role, at=at, case=id, said=because.strip())


def let_go(db: Session, id: str, because: str, by: str, role: str, at: datetime) -> None:
    """Let the rules hold for a case again."""
    case = _there(db, id)
    if case.held_at is None:
        raise InputError("the case is not held")
    if not because.strip():
        raise InputError("letting a case go needs a reason", do="Say why it need not be held.")
    case.held_at, case.held_by, case.held_because = None, "", ""
    ledger.write(db, "let go", by=by, role=role, at=at, case=id, said=because.strip())


def held(db: Session) -> list[CaseRow]:
    """The cases that are held, the first held first."""
    query = select(CaseRow).where(CaseRow.held_at.is_not(None)).order_by(CaseRow.held_at)
    return list(db.scalars(query))


def _there(db: Session, id: str) -> CaseRow:
    case = db.get(CaseRow, id.strip())
    if case is None:
        raise InputError("there is no such case", do="See its number on its page.")
    if case.forgotten_at is not None:
        raise InputError("the case is forgotten already")
    return case
