"""Accounts: who a person is, how they show it, and how long a browser is believed."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from string import ascii_uppercase
from threading import BoundedSemaphore

import pyotp
from pwdlib import PasswordHash
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.serve.desk.database import transaction
from indicated.serve.desk.permissions import Role
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import SignIn, User

ISSUER = "indicated"
KEY = 32  # characters of a second factor's key: 160 bits
_AT_ONCE = BoundedSemaphore(os.cpu_count() or 1)
# One sentence for whatever is wrong: it must not tell which logins exist.
REFUSED = "login, password or code is not right, or the account is locked for a while"


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind a request."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    csrf: str = ""
    token: str = ""  # the name of the token by which a program acts for them; "": they do so
    token_id: int = 0
    scope: str = ""

    @property
    def signature(self) -> str:
        """As the ledger and a signed text name the person: no two people share it."""
        return f"{self.name} ({self.login})"


class NotInPerson(InputError):
    """A program tried what takes the person."""


def who(user: User, csrf: str = "") -> Who:
    return Who(user.id, user.login, user.name, tuple(user.roles), csrf)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    """What a password is held against where there is no account, so that it takes as long."""
    return _hasher().hash(secrets.token_hex(16))


def require_password(password: str, settings: DeskSettings) -> None:
    """Raise unless a password is long enough."""
    if len(password) < settings.password_length:
        raise InputError(
            f"the password has fewer than {settings.password_length} characters",
            do="Choose a longer one; several words are easy to keep in mind.",
        )


def add_user(
    db: Session,
    login: str,
    name: str,
    password: str,
    roles: Iterable[str],
    *,
    at: datetime,
    settings: DeskSettings,
) -> User:
    """A new account. Raises `InputError` where the login is taken or something is missing."""
    login, name = login.strip().casefold(), " ".join(name.split())
    wanted = sorted({Role(r).value for r in roles})
    if not login or not name or not wanted:
        raise InputError("an account needs a login, a name and at least one role")
    if not login.isprintable() or any(c in login for c in " ()<>\"'"):
        raise InputError("a login has no spaces, brackets or quotes")
    if db.scalars(select(User).where(User.login == login)).first():
        raise InputError(f'the login "{login}" is taken', do="Choose another.")
    require_password(password, settings)
    user = User(
        login=login, name=name, password=_hasher().hash(password), secret="", step=0,
        roles=wanted, active=True, failed=0, created_at=at,
    )  # fmt: skip
    db.add(user)
    db.flush()
    return user


def named(db: Session, login: str) -> User | None:
    """The account of a login."""
    return db.scalars(select(User).where(User.login == login.strip().casefold())).first()


def set_password(user: User, password: str, settings: DeskSettings) -> None:
    """Another password; the account is open again."""
    require_password(password, settings)
    user.password, user.failed, user.locked_until = _hasher().hash(password), 0, None


def is_password(user: User, password: str) -> bool:
    """Whether this is the person's password."""
    return _hasher().verify(password, user.password)


def has_users(db: Session) -> bool:
    """Whether anybody can sign in at all."""
    return bool(db.scalar(select(func.count()).select_from(User)))


# --- signing in ----------------------------------------------------------------------------------


def shown(engine: Engine, login: str, password: str) -> str:
    """The kept password that this one is right for; "" where it is wrong, or nobody's.

    It is slow by intent: nobody waits for it to write, and no more are held at once than there are
    processors, since each takes much memory.
    """
    with transaction(engine, writes=False) as db:
        user = named(db, login)
        kept = user.password if user else ""
    with _AT_ONCE:
        right = _hasher().verify(password, kept or _nobody())
    return kept if kept and right else ""


def check(
    db: Session, login: str, password: str, code: str, *, at: datetime, settings: DeskSettings
) -> User | None:
    """The person whose login, password (as `shown`) and (where set) code these are; else None.

    Wrong ones are counted, and too many lock the account for a while; commit what it changes.
    """
    user = named(db, login)
    right = user is not None and password == user.password
    if user is None or not user.active or (user.locked_until and at < user.locked_until):
        return None
    step = _step(user, code, at) if user.secret else user.step
    if not right or step is None:
        user.failed += 1
        if user.failed >= settings.failures:
            user.failed, user.locked_until = 0, at + timedelta(minutes=settings.locked_minutes)
        return None
    user.failed, user.locked_until, user.step = 0, None, step
    return user


def _step(user: User, code: str, at: datetime) -> int | None:
    """The time step of a right code that was not used before; clocks may be one step apart."""
    totp = pyotp.TOTP(user.secret)
    now = totp.timecode(at)
    given = "".join(code.split())
    steps = (s for s in (now - 1, now, now + 1) if s > user.step)
    return next((s for s in steps if secrets.compare_digest(totp.generate_otp(s), given)), None)


def new_secret() -> str:
    """A second factor that nobody has yet."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """What an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm_secret(user: User, secret: str, code: str, at: datetime) -> None:
    """Take a second factor into use, once its first code shows that it works."""
    if len(secret) < KEY or not set(secret) <= set(ascii_uppercase + "234567"):
        raise InputError("this is no key of the desk", do="Open your account's page again.")
    before, user.secret = user.secret, secret
    step = _step(user, code, at)
    if step is None:
        user.secret = before
        raise InputError("the code is not right", do="Check the clock of the phone; try the next.")
    user.step = step


# --- staying signed in ---------------------------------------------------------------------------


def begin(db: Session, user: User, at: datetime) -> str:
    """A new session; its token goes to the browser and is not kept."""
    token = secrets.token_urlsafe(32)
    csrf = secrets.token_urlsafe(32)
    db.add(SignIn(token=digest(token), user_id=user.id, csrf=csrf, began_at=at, seen_at=at))
    return token


def present(db: Session, token: str, *, at: datetime, settings: DeskSettings) -> Who | None:
    """Whose session it is; None where it is unknown, idle for too long, or too old."""
    row = db.get(SignIn, digest(token)) if token else None
    if row is None:
        return None
    user = db.get_one(User, row.user_id)
    idle = at - row.seen_at > timedelta(minutes=settings.session_minutes)
    old = at - row.began_at > timedelta(hours=settings.session_hours)
    if idle or old or not user.active:
        return None
    return who(user, row.csrf)


def is_stale(db: Session, token: str, at: datetime) -> bool:
    """Whether the last use that was written down lies more than a minute back."""
    row = db.get(SignIn, digest(token))
    return row is not None and at - row.seen_at > timedelta(minutes=1)


def seen(db: Session, token: str, at: datetime) -> None:
    """The session was used just now."""
    row = db.get(SignIn, digest(token))
    if row:
        row.seen_at = at


def end(db: Session, token: str) -> None:
    """Sign out here."""
    row = db.get(SignIn, digest(token))
    if row:
        db.delete(row)


def end_all(db: Session, user: User) -> None:
    """Sign out everywhere."""
    for row in db.scalars(select(SignIn).where(SignIn.user_id == user.id)):
        db.delete(row)


def digest(token: str) -> str:
    """A token as it is kept: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()
