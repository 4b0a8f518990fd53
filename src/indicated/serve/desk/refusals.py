"""What was refused to a token is a line of the ledger, and a flood of guesses is not.

Written in a transaction of its own: the one in which something was refused is undone. A token that
serves is heard so often in a minute and no more, so that each of its refusals has a line. What is
no token of the desk, or one that is over, or one that asks too fast, has a line a minute (of an
address; of a token), which says how many went before it unwritten.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from indicated.serve.desk import accounts, ledger
from indicated.serve.desk.database import transaction
from indicated.serve.desk.limits import Attempts
from indicated.serve.desk.tables import Token, User
from indicated.serve.desk.tokens import is_live

NOBODY = "nobody known"
MOST = 60  # lines in a minute about what is no token of the desk, wherever it comes from


class Refusals:
    """Tells the ledger of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._each, self._all = Attempts(1), Attempts(MOST)
        self._unwritten: Counter[str] = Counter()

    def tell(
        self, token: str, to: str, why: str, at: datetime, *, address: str, fast: bool = False
    ) -> None:
        """Write down that a token was refused `to` do something, and `why`. The token itself goes
        nowhere."""
        with transaction(self._engine, writes=False) as db:
            row = db.scalars(select(Token).where(Token.hash == accounts.digest(token))).first()
        kind = f"token {row.id}" if row else f"address {address}"
        often = row is not None and is_live(row, at) and not fast
        before = 0
        if not often:
            with self._lock:
                if not self._heard(kind, known=row is not None, now=at.timestamp()):
                    self._unwritten[kind] += 1
                    return
                before = self._unwritten.pop(kind, 0)
        more = f"; {before} more since the line before" if before else ""
        with transaction(self._engine) as db:
            by, role, which = _who(db, row, at, address)
            comment = f"{which}: {to}: {why}{more}"
            ledger.write(db, "refused", by=by, role=role, at=at, comment=comment)

    def _heard(self, kind: str, *, known: bool, now: float) -> bool:
        if len(self._unwritten) > Attempts.KINDS:  # addresses that never came back
            self._unwritten.clear()
        return self._each.allows(kind, now) and (known or self._all.allows("all", now))


def _who(db: Session, row: Token | None, at: datetime, address: str) -> tuple[str, str, str]:
    """By whose token, in which roles, and which it was."""
    if row is None:
        return NOBODY, "", f"no token of the desk, from {address or 'an unknown address'}"
    who = accounts.who(db.get_one(User, row.user_id))
    over = "" if is_live(row, at) else ", which is over"
    return who.signature, ", ".join(who.roles), f"by token {row.name}{over}"
