"""The ledger: every act, and every reading of a patient's data, in one chain of lines.

Its lines are those of `review.log`, so that an exported ledger is verified by the same command as a
log of signatures, by a stranger and without the database.

What a person typed stands beside the chain, and its salted digest in it: words can be forgotten
with their case, and none can be put in their place.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from indicated.model import Review
from indicated.review import Break, Entry, entry_of_line, line_of, next_entry, verify
from indicated.serve.desk.database import is_writing
from indicated.serve.desk.tables import LedgerRow, LedgerWords

_LOCK = 7_401_223  # any number that nobody else of the database uses
WORDS = "words "  # before the digest of what was typed
_TYPED = re.compile(rf"(?:\A|; ){WORDS}([0-9a-f]{{64}})\Z")
FORGET = "forget"  # the act after which what was typed about a case is kept no longer
FORGOTTEN = "(forgotten)"


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
    said: str = "",
) -> Entry:
    """Add one line in the transaction of what it tells: both take place, or neither.

    `comment` stands in the line for good; `said` is what a person typed, and can be forgotten.
    """
    if not is_writing(db):
        raise AssertionError("the ledger is written where a transaction writes")
    _alone(db)
    last = db.scalars(select(LedgerRow).order_by(LedgerRow.n.desc()).limit(1)).first()
    salt = secrets.token_hex(16) if said else ""
    if said:
        comment = "; ".join(c for c in (comment, WORDS + _digest(salt, said)) if c)
    review = Review(act, by, at.replace(microsecond=0), article, comment, role, case)
    entry = next_entry(review, last.n if last else 0, last.hash if last else "")
    db.add(
        LedgerRow(
            n=entry.n, hash=entry.hash, at=review.at, by=by, act=act, case_id=case,
            article_hash=article, line=line_of(entry),
        )
    )  # fmt: skip
    db.flush()
    if said:
        db.add(LedgerWords(n=entry.n, case_id=case, salt=salt, words=said))
        db.flush()
    return entry


def _digest(salt: str, words: str) -> str:
    return hashlib.sha256(f"{salt}{words}".encode()).hexdigest()


def comments(db: Session, rows: Sequence[LedgerRow]) -> dict[int, str]:
    """The comment of each line as people read it: with what was typed, where it is kept still."""
    typed = db.scalars(select(LedgerWords).where(LedgerWords.n.in_([r.n for r in rows])))
    words = {w.n: w.words for w in typed}
    told = {r.n: entry_of_line(r.line).review.comment for r in rows}
    return {n: _as_read(comment, words.get(n, FORGOTTEN)) for n, comment in told.items()}


def _as_read(comment: str, words: str) -> str:
    """
    >>> _as_read("no conflict; words " + 64 * "0", "The dose."), _as_read("page 2", "")
    ('no conflict: The dose.', 'page 2')
    """
    mark = _TYPED.search(comment)
    return ": ".join(c for c in (comment[: mark.start()], words) if c) if mark else comment


def _wrong_words(entry: Entry, typed: LedgerWords | None, *, forgotten: bool) -> str:
    """altered | removed | inserted, where what was typed is not what its line says."""
    mark = _TYPED.search(entry.review.comment)
    if typed is None:
        return "removed" if mark and not forgotten else ""
    if not mark:
        return "inserted"
    same = _digest(typed.salt, typed.words) == mark[1] and typed.case_id == entry.review.case
    return "" if same else "altered"


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
    typed = {w.n: w for w in db.scalars(select(LedgerWords))}
    gone = set(db.scalars(select(LedgerRow.case_id).where(LedgerRow.act == FORGET)))
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
        if wrong := _wrong_words(entry, typed.get(row.n), forgotten=row.case_id in gone):
            found.append(Break(at, wrong, f"the words typed with entry {row.n}"))
    return [*verify("\n".join(told), head=head), *found]
