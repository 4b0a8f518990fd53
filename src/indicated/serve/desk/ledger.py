"""The ledger: every act, and every reading of a patient's data, in one chain of lines.

Its lines are those of `review.log`, so that an exported ledger is verified by the same command as a
log of signatures, by a stranger and without the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from indicated.model import Review
from indicated.review import Break, Entry, entry_of_line, line_of, next_entry, verify
from indicated.serve.desk.database import is_writing
from indicated.serve.desk.tables import LedgerRow

_LOCK = 7_401_223  # any number that nobody else of the database uses


def write(
    db: Session,
    act: str,
    *,
    by: str,
    role: str,
    at: datetime,
    case: str = "",
    article: str = "",
    comment: str = "",
) -> Entry:
    """Add one line in the transaction of what it tells: both take place, or neither."""
    if not is_writing(db):
        raise AssertionError("the ledger is written where a transaction writes")
    _alone(db)
    last = db.scalars(select(LedgerRow).order_by(LedgerRow.n.desc()).limit(1)).first()
    review = Review(act, by, at.replace(microsecond=0), article, comment, role, case)
    entry = next_entry(review, last.n if last else 0, last.hash if last else "")
    db.add(
        LedgerRow(
            n=entry.n, hash=entry.hash, at=review.at, by=by, act=act, case_id=case,
            article_hash=article, line=line_of(entry),
        )
    )  # fmt: skip
    db.flush()
    return entry


def _alone(db: Session) -> None:
    """One writer at a time: the next line needs the hash of the last. SQLite has only one."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def about(db: Session, case: str, article: str) -> tuple[Entry, ...]:
    """What was done to one text of one case, in order."""
    of = (LedgerRow.case_id == case, LedgerRow.article_hash == article)
    rows = db.scalars(select(LedgerRow).where(*of).order_by(LedgerRow.n))
    return tuple(entry_of_line(row.line) for row in rows)


def lines(db: Session) -> Iterator[str]:
    """The whole ledger as it is exported, line by line."""
    for row in db.scalars(select(LedgerRow).order_by(LedgerRow.n).execution_options(yield_per=500)):
        yield row.line


def head(lines: Sequence[str]) -> str:
    """The hash of the last line: whoever keeps it sees when lines are cut off."""
    return entry_of_line(lines[-1]).hash


def set_back(db: Session) -> list[str]:
    """Where a line is of an earlier moment than the one before it: the order of the lines holds,
    and the clock of the machine did not."""
    found: list[str] = []
    last: datetime | None = None
    for n, at in db.execute(select(LedgerRow.n, LedgerRow.at).order_by(LedgerRow.n)):
        if last is not None and at < last:
            found.append(f"line {n}: the clock was put back by {last - at}")
        last = at
    return found


def broken(db: Session, head: str = "") -> list[Break]:
    """Where the ledger is not as it was written, or its columns are not what its lines say."""
    told: list[str] = []
    found: list[Break] = []
    rows: Sequence[LedgerRow] = db.scalars(select(LedgerRow).order_by(LedgerRow.n)).all()
    for at, row in enumerate(rows, 1):
        told.append(row.line)
        try:
            entry = entry_of_line(row.line)
        except ValueError:
            continue  # `verify` names it
        r = entry.review
        kept = (row.n, row.hash, row.at, row.by, row.act, row.case_id, row.article_hash)
        if kept != (entry.n, entry.hash, r.at, r.by, r.act, r.case, r.article_hash):
            found.append(Break(at, "altered", f"the columns of entry {row.n} differ from its line"))
    return [*verify("\n".join(told), head=head), *found]
