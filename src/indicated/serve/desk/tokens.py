"""Tokens by which a program does a person's work: made by them, for a time, and for less than all.

A token reads, or also brings things in: asks, answers, assigns, submits (`permissions.by_token`).
What is a person's own judgement stays theirs: to approve, return or withdraw a text, to decide an
item otherwise, to strike out what was read. A signature says that somebody read exactly this text
and has no conflict of interest, which is true of nobody where a program sends it; so an adverse
determination in particular is never signed by one. Nor does a token change an account or make
another token. Each use is a line of the ledger.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.serve.desk import accounts, ledger
from indicated.serve.desk.accounts import NotInPerson, Who, digest
from indicated.serve.desk.database import written
from indicated.serve.desk.permissions import Scope
from indicated.serve.desk.tables import Token, User

BEGINS = "desk_"  # so that whoever finds one, or a scanner of secrets, knows what it is
LONGEST_DAYS = 365
MOST = 50  # tokens that a person may have at a time


def make(db: Session, by: Who, name: str, scope: Scope, days: int, at: datetime) -> tuple[int, str]:
    """A new token of a person: its number, and the token itself, which is not kept.

    Raises `InputError` without a name of its own, and where it would hold for more than a year.
    """
    if by.token:
        raise NotInPerson("a token makes no other token", do="Sign in, and make it yourself.")
    name = " ".join(name.split())
    live = [t for t in of(db, by.id) if is_live(t, at)]
    if not name or not name.isprintable():
        raise InputError("a token needs a name", do="Name the program that will use it.")
    if any(t.name == name for t in live):
        raise InputError("a token of that name is in use", do="Revoke it, or choose another name.")
    if len(live) >= MOST:
        raise InputError(f"nobody has more than {MOST} tokens", do="Revoke one first.")
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"a token holds for 1 to {LONGEST_DAYS} days")
    token = BEGINS + secrets.token_urlsafe(32)
    row = Token(
        user_id=by.id, name=name, hash=digest(token), scope=scope.value, made_at=at,
        expires_at=at + timedelta(days=days),
    )  # fmt: skip
    db.add(row)
    db.flush()
    _tell(db, by, at, f"made {name}: {scope.value}, until {row.expires_at:%Y-%m-%d}")
    return row.id, token


def revoke(db: Session, by: Who, number: int, at: datetime) -> None:
    """End a token of one's own; it stays listed."""
    row = db.get(Token, number)
    if row is None or row.user_id != by.id or row.revoked_at is not None:
        raise InputError("you have no such token, or it is revoked already")
    row.revoked_at = at
    _tell(db, by, at, f"revoked {row.name}")


def revoke_all(db: Session, user: User, at: datetime) -> None:
    """End all of a person's tokens: the account is closed, or its password was set by another."""
    for row in of(db, user.id):
        row.revoked_at = row.revoked_at or at


def of(db: Session, user: int) -> list[Token]:
    """A person's tokens, newest first."""
    return list(db.scalars(select(Token).where(Token.user_id == user).order_by(Token.id.desc())))


def is_live(row: Token, at: datetime) -> bool:
    """Whether it serves."""
    return row.revoked_at is None and at < row.expires_at


def bearer(db: Session, token: str, at: datetime) -> Who | None:
    """For whom the token stands, with the roles that they have now; None where it serves nobody."""
    row = db.scalars(select(Token).where(Token.hash == digest(token))).first()
    if row is None or not is_live(row, at):
        return None
    user = db.get_one(User, row.user_id)
    if not user.active:
        return None
    return replace(accounts.who(user), token=row.name, token_id=row.id, scope=row.scope)


def is_stale(db: Session, by: Who, at: datetime) -> bool:
    """Whether the last use that was written down lies more than a minute back."""
    last = db.get_one(Token, by.token_id).used_at
    return last is None or at - last > timedelta(minutes=1)


def seen(db: Session, by: Who, at: datetime) -> None:
    """The token was used just now."""
    db.get_one(Token, by.token_id).used_at = at


def used(db: Session, by: Who, method: str, path: str, case: str, at: datetime) -> None:
    """Write down that a token was used, as the person's, with what it was used for."""
    told = f"by token {by.token}: {method} {path}"
    role = ", ".join(by.roles)
    line = partial(
        ledger.write, act="token", by=by.signature, role=role, at=at, case=case, comment=told
    )
    written(db, line)


def _tell(db: Session, by: Who, at: datetime, comment: str) -> None:
    role = ", ".join(by.roles)
    ledger.write(db, "token", by=by.signature, role=role, at=at, comment=comment)
