"""One's own account, everybody's accounts, and the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Annotated

import segno
from fastapi import Form, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from indicated.errors import InputError
from indicated.serve.desk import accounts, ledger, oidc, tokens
from indicated.serve.desk.cases import NotFound
from indicated.serve.desk.database import transaction, written
from indicated.serve.desk.exported import everything, require_case
from indicated.serve.desk.pages import (
    AccountPage,
    AccountRow,
    LedgerPage,
    UsersPage,
)
from indicated.serve.desk.paging import PageNumber, paged
from indicated.serve.desk.permissions import MEANS, Action, Role
from indicated.serve.desk.routes_case import lines
from indicated.serve.desk.tables import LedgerRow, User
from indicated.serve.desk.web import Done, Surface, Turn
from indicated.serve.desk.zipped import zipped

LINES = 100  # of the ledger on a page


class PasswordBody(BaseModel):
    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class FactorBody(BaseModel):
    secret: str = Field(max_length=100)
    code: str = Field(max_length=20)


class UserBody(BaseModel):
    login: str = Field(max_length=100)
    name: str = Field(max_length=200)
    password: str = Field(max_length=1000)
    roles: list[Role]


class ChangeBody(BaseModel):
    login: str = Field(max_length=100)
    roles: list[Role] = Field(default_factory=list)
    active: bool = False
    password: str = Field("", max_length=1000)
    forget_factor: bool = False
    subject: str | None = Field(None, max_length=oidc.LONGEST)  # none leaves it as it is


def register(surface: Surface) -> None:
    """The pages and acts around people."""
    surface.page("/me", Action.OWN, "account")(account)
    surface.act("/me/password", Action.OWN)(change_password)
    surface.act("/me/factor", Action.OWN)(set_factor)
    surface.page("/users", Action.USERS, "users")(users)
    surface.act("/users", Action.USERS)(add_user)
    surface.act("/users/change", Action.USERS)(change_user)
    surface.page("/ledger", Action.LEDGER, "ledger")(read_ledger)
    surface.raw("/ledger/export", Action.LEDGER)(export_ledger)
    surface.raw("/export", Action.EXPORT)(export)


def account(turn: Turn) -> AccountPage:
    """One's own account; a program finds its X-CSRF-Token here."""
    user = turn.db.get_one(User, turn.who.id)
    secret = "" if user.secret else accounts.new_secret()
    picture = ""
    if secret:
        code = segno.make(accounts.address_of(secret, user.login))
        picture = code.svg_inline(scale=4, border=2, title="Second factor")
    return AccountPage(
        user.login, user.name, list(user.roles), turn.who.csrf, bool(user.secret), secret, picture,
        turn.settings.password_length,
    )  # fmt: skip


def change_password(turn: Turn, body: Annotated[PasswordBody, Form()]) -> Done:
    """Another password for oneself; every other browser is signed out."""
    user = turn.db.get_one(User, turn.who.id)
    if not accounts.is_password(user, body.old):
        raise InputError("the old password is not right")
    accounts.set_password(user, body.new, turn.settings)
    accounts.end_all(turn.db, user)
    _tell(turn, "password", user.login)
    return Done("/sign-in")


def set_factor(turn: Turn, body: Annotated[FactorBody, Form()]) -> Done:
    """Take a second factor into use, by its first code."""
    user = turn.db.get_one(User, turn.who.id)
    if user.secret:
        raise InputError("there is a second factor already", do="An administrator can remove it.")
    accounts.confirm_secret(user, body.secret, body.code, turn.now)
    _tell(turn, "factor", user.login)
    return Done("/me")


def users(turn: Turn, page: PageNumber = 1) -> UsersPage:
    """Everybody's accounts."""
    shown = paged(turn.db, select(User).order_by(User.login), page, turn.settings.page_size)
    known = oidc.subjects(turn.db, turn.settings.oidc_issuer)
    return UsersPage(
        [
            AccountRow(
                u.login, u.name, list(u.roles), u.active, bool(u.secret),
                bool(u.locked_until and turn.now < u.locked_until), known.get(u.id, ""),
            )
            for u in shown.rows
        ],
        page, shown.pages, shown.total, turn.settings.oidc_issuer,
        {r.value: m for r, m in MEANS.items()}, turn.settings.password_length,
    )  # fmt: skip


def add_user(turn: Turn, body: Annotated[UserBody, Form()]) -> Done:
    """A new account."""
    user = accounts.add_user(
        turn.db, body.login, body.name, body.password, body.roles, at=turn.now,
        settings=turn.settings,
    )  # fmt: skip
    _tell(turn, "user", f"{user.login}: {', '.join(user.roles)}")
    return Done("/users", {"login": user.login})


def change_user(turn: Turn, body: Annotated[ChangeBody, Form()]) -> Done:
    """Other roles, another password, or the end of an account."""
    user = turn.db.scalars(select(User).where(User.login == body.login)).first()
    if user is None:
        raise NotFound("there is no such account")
    roles = sorted({r.value for r in body.roles})
    if not roles:
        raise InputError("an account needs at least one role", do="Close it instead.")
    if user.id == turn.who.id and (not body.active or Role.ADMINISTRATOR not in roles):
        raise InputError("nobody takes their own administration away", do="Ask another one.")
    changes = [f"roles {', '.join(roles)}", "open" if body.active else "closed"]
    user.roles, user.active = roles, body.active
    if body.password:
        accounts.set_password(user, body.password, turn.settings)
        changes.append("password")
    if body.forget_factor:
        user.secret, user.step = "", 0
        changes.append("second factor removed")
    if body.subject is not None and body.subject != oidc.subject_of(turn.db, user):
        oidc.set_identity(turn.db, user, turn.settings.oidc_issuer, body.subject)
        changes.append(f"subject {body.subject or 'taken away'}")
    accounts.end_all(turn.db, user)
    if body.password or not body.active:
        tokens.revoke_all(turn.db, user, turn.now)
    _tell(turn, "user", f"{user.login}: {'; '.join(changes)}")
    return Done("/users")


def _tell(turn: Turn, act: str, comment: str) -> None:
    ledger.write(
        turn.db, act, by=turn.who.signature, role=", ".join(turn.who.roles), at=turn.now,
        comment=comment,
    )  # fmt: skip


# --- the ledger ------------------------------------------------------------------


def read_ledger(
    turn: Turn, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1, verify: bool = False
) -> LedgerPage:
    """Every act and every reading of a patient's data, newest first."""
    _tell(turn, "ledger", "verified" if verify else f"page {page}")
    total = turn.db.scalar(select(func.count()).select_from(LedgerRow)) or 0
    query = select(LedgerRow).order_by(LedgerRow.n.desc()).limit(LINES).offset((page - 1) * LINES)
    breaks = (
        [f"line {b.line}: {b.kind}: {b.says}" for b in ledger.broken(turn.db)] if verify else []
    )
    return LedgerPage(
        lines(turn.db, turn.db.scalars(query).all()), page, max(1, ceil(total / LINES)), total,
        ["none"] if verify and not breaks else breaks,
    )  # fmt: skip


def export_ledger(turn: Turn) -> Response:
    """The whole ledger as a file that `indicated log verify` reads."""
    _tell(turn, "ledger", "exported")
    text = "".join(f"{told}\n" for told in ledger.lines(turn.db))
    response = Response(text, media_type="application/x-ndjson; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="ledger.jsonl"'
    return response


def export(turn: Turn, case: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Everything that the desk holds, or all of one case, as a zip that is read without a desk."""
    require_case(turn.db, case)
    how = (case and "begun") or "everything; begun"
    who, role = turn.who.signature, ", ".join(turn.who.roles)
    written(
        turn.db,
        lambda db: ledger.write(
            db, "export", by=who, role=role, at=turn.now, case=case, comment=how
        ),
    )

    def files() -> Iterator[tuple[str, Iterable[bytes]]]:
        with transaction(turn.desk.engine, writes=False) as db:
            yield from everything(db, turn.now, case)

    response = StreamingResponse(zipped(files(), turn.now), media_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{case or "desk"}.zip"'
    return response
