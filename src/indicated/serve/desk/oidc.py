"""Signing in through an identity provider (OpenID Connect, authorization code with PKCE).

The provider says who somebody is, and nothing else is taken from it: which account that is was set
by an administrator, and what the account may do stands at the desk. Nobody gets an account here by
having one there, and no e-mail address is ever compared.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.client import OAuth2Client as Asking
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from indicated.errors import InputError, OutputError
from indicated.serve.desk.accounts import digest
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Arrival, Identity, User

BACK = "/sign-in/provider/back"  # where the provider sends people; registered there
CLOCKS = 60  # seconds by which the provider's clock may be apart from the desk's
AWAY = timedelta(minutes=10)  # that somebody may take at the provider
KEPT = timedelta(hours=1)  # that the provider's description and keys are believed
SECONDS = 10  # until a provider that says nothing is given up
LONGEST = 255  # characters of a subject, as OpenID Connect has it
# Signatures by a key that the provider alone has. None at all, and those by a shared secret
# (which everybody knows where the secret is taken to be the public key), are refused.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
ALGORITHMS += ["EdDSA", "Ed25519"]
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LOCAL = ("127.0.0.1", "::1", "localhost")
SILENT = "Sign in with your password, or try again in a moment."


class NotProven(InputError):
    """What came back does not show who somebody is."""


def require_settings(settings: DeskSettings) -> None:
    """Raise `InputError` unless an identity provider is described wholly, or not at all."""
    told = {
        "OIDC_ISSUER": settings.oidc_issuer, "OIDC_CLIENT": settings.oidc_client,
        "OIDC_SECRET": settings.oidc_secret, "OIDC_ADDRESS": settings.oidc_address,
    }  # fmt: skip
    missing = [f"INDICATED_DESK_{name}" for name, value in told.items() if not value]
    if 0 < len(missing) < len(told):
        raise InputError("the identity provider is described in part", do=f"Set {missing}.")
    if settings.password_sign_in not in ("on", "off"):
        raise InputError("this must be one of: on, off", "INDICATED_DESK_PASSWORD_SIGN_IN")
    if settings.password_sign_in == "off" and missing:
        raise InputError(
            "nobody could sign in: passwords are off, and there is no identity provider",
            do=f"Set {missing}, or INDICATED_DESK_PASSWORD_SIGN_IN=on.",
        )
    for value in (settings.oidc_issuer, settings.oidc_address):
        if value and not is_safe(value):
            raise InputError("the identity provider and the desk need https", value)


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read what goes there.

    >>> is_safe("https://login.example.org"), is_safe("http://login.example.org")
    (True, False)
    >>> is_safe("http://127.0.0.1:9400")
    True
    """
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in LOCAL)


@dataclass(frozen=True, slots=True)
class Known:
    """What the provider tells about itself."""

    told: dict[str, Any]
    keys: KeySet
    at: datetime


class Provider:
    """The identity provider of a desk."""

    def __init__(self, settings: DeskSettings, now: Callable[[], datetime]):
        self._settings, self._now = settings, now
        self._known: Known | None = None

    @property
    def name(self) -> str:
        """As people know it."""
        return self._settings.oidc_name or str(urlsplit(self._settings.oidc_issuer).hostname)

    @property
    def issuer(self) -> str:
        return self._settings.oidc_issuer

    @property
    def _back(self) -> str:
        return self._settings.oidc_address.rstrip("/") + BACK

    def way(self, arrival: Arrival) -> str:
        """Where a browser goes, to come back with a code. Raises `OutputError` where the provider
        does not answer."""
        told = self._told().told
        asks = Asking(
            None, self._settings.oidc_client, scope="openid", redirect_uri=self._back,
            code_challenge_method="S256",
        )  # fmt: skip
        url, _ = asks.create_authorization_url(
            told["authorization_endpoint"], state=arrival.state, nonce=arrival.nonce,
            code_verifier=arrival.verifier,
        )  # fmt: skip
        return str(url)

    def subject(self, arrival: Arrival, code: str) -> str:
        """Who it is, as the provider names them. Raises `NotProven`, or `OutputError` where the
        provider does not answer."""
        known = self._told()
        with self._client(known.told) as client:
            token = _asked(
                lambda: client.fetch_token(
                    known.told["token_endpoint"], code=code, code_verifier=arrival.verifier,
                    grant_type="authorization_code",
                ),
                self.name,
            )  # fmt: skip
        try:
            try:
                proof = _decoded(token, known.keys)
            except JoseError:  # by a key that it has only since
                proof = _decoded(token, self._told(anew=True).keys)
            return self._held(proof, token, arrival)
        except JoseError as error:
            raise NotProven(
                f"{self.name} does not show who you are ({_said(error)})",
                do="Sign in again; if it stays so, tell the administrator.",
            ) from None

    def _held(self, proof: jwt.Token, token: dict[str, Any], arrival: Arrival) -> str:
        """The subject of a proof that is of this provider, for this desk, of now, and asked for
        in this very browser."""
        s = self._settings
        claims = CodeIDToken(
            proof.claims, proof.header,
            # Both are named: the library compares an issuer or an audience only when told to.
            {
                "iss": {"essential": True, "value": s.oidc_issuer},
                "aud": {"essential": True, "value": s.oidc_client},
                "sub": {"essential": True},
            },
            {
                "nonce": arrival.nonce, "client_id": s.oidc_client,
                "access_token": token.get("access_token"),
            },
        )  # fmt: skip
        claims.validate(now=int(self._now().timestamp()), leeway=CLOCKS)
        return require_subject(str(claims["sub"]))

    def _told(self, *, anew: bool = False) -> Known:
        """The provider's description and keys, kept for a while."""
        now = self._now()
        if self._known is None or anew or not (timedelta(0) <= now - self._known.at < KEPT):
            place = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            told = _asked(lambda: _json(place), self.name)
            if told.get("issuer") != self.issuer:
                raise OutputError(f"{self.name} names itself otherwise than the desk's settings")
            if not all(is_safe(str(told.get(name, ""))) for name in ENDPOINTS):
                raise OutputError(f"{self.name} has no address, or an unsafe one")
            keys = _asked(lambda: _json(told["jwks_uri"]), self.name)
            try:
                self._known = Known(told, KeySet.import_key_set(keys), now)  # type: ignore[arg-type]
            except (JoseError, KeyError, TypeError, ValueError):
                raise OutputError(f"{self.name} has no keys that the desk can read") from None
        return self._known

    def _client(self, told: dict[str, Any]) -> OAuth2Client:
        s = self._settings
        ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = "client_secret_basic" in ways
        return OAuth2Client(
            s.oidc_client, s.oidc_secret, redirect_uri=self._back, verify=_trusted(),
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            timeout=SECONDS,
        )  # fmt: skip


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the machine trusts; reading that takes a tenth of a second."""
    return httpx2.create_ssl_context()


def _json(url: str) -> Any:
    answer = httpx2.get(url, timeout=SECONDS, verify=_trusted())
    answer.raise_for_status()
    return answer.json()


def _asked(ask: Callable[[], Any], name: str) -> dict[str, Any]:
    """What the provider answers. Its own words are not repeated: they may name people."""
    try:
        answer = ask()
    except AuthlibBaseError:
        raise NotProven(f"{name} did not take the code that it gave", do="Sign in again.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise OutputError(
            f"{name} does not answer ({type(error).__name__})", why="Nobody was signed in.",
            do=SILENT,
        ) from None  # fmt: skip
    if not isinstance(answer, dict):
        raise OutputError(f"{name} answers what the desk cannot read", do=SILENT)
    return answer


def _decoded(token: dict[str, Any], keys: KeySet) -> jwt.Token:
    """The proof in an answer, its signature held against the provider's keys."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        return jwt.decode(str(token.get("id_token", "")), keys, registry=registry)
    except (TypeError, ValueError):
        raise NotProven("what came back cannot be read", do="Sign in again.") from None


def _said(error: JoseError) -> str:
    """What is wrong, in the words of the standard: "aud", "nonce", "exp" ..."""
    return str(getattr(error, "claim", "") or error.error)


# --- on the way ----------------------------------------------------------------------------------


def leave(db: Session, to: str, at: datetime) -> tuple[str, Arrival]:
    """Somebody goes to the provider: the browser's token, and what must come back with it."""
    db.execute(delete(Arrival).where(Arrival.began_at < at - AWAY))
    token = secrets.token_urlsafe(32)
    arrival = Arrival(
        token=digest(token), state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48), to=to, began_at=at,
    )  # fmt: skip
    db.add(arrival)
    return token, arrival


def arrive(db: Session, token: str, state: str, at: datetime) -> Arrival | None:
    """Somebody comes back, once: with the token of the browser that left, and with its state."""
    arrival = db.get(Arrival, digest(token)) if token else None
    if arrival is None:
        return None
    db.delete(arrival)
    late = not (timedelta(0) <= at - arrival.began_at <= AWAY)
    same = secrets.compare_digest(arrival.state.encode(), state.encode())
    return arrival if same and not late else None


# --- whose it is ---------------------------------------------------------------------------------


def person(db: Session, issuer: str, subject: str) -> User | None:
    """The open account that an administrator set this subject on; None otherwise."""
    of = (Identity.issuer == issuer, Identity.subject == subject, User.active)
    return db.scalars(select(User).join(Identity, Identity.user_id == User.id).where(*of)).first()


def require_subject(subject: str) -> str:
    """A subject as the standard has it; raises `InputError` otherwise."""
    if not subject or len(subject) > LONGEST or not subject.isprintable():
        raise InputError(f"a subject has 1 to {LONGEST} printable characters")
    return subject


def set_identity(db: Session, user: User, issuer: str, subject: str) -> None:
    """Let a subject of the provider be this account's; "" takes it away.

    Raises `InputError` where it is another account's.
    """
    if subject and not issuer:
        raise InputError("no identity provider is set", do="See docs/settings.md, OIDC_ISSUER.")
    row = db.get(Identity, user.id)
    if not subject:
        if row:
            db.delete(row)
        return
    taken = select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    other = db.scalars(taken).first()
    if other is not None and other.user_id != user.id:
        raise InputError("this subject is another account's", do="Take it away there first.")
    if row is None:
        row = Identity(user_id=user.id)
        db.add(row)
    row.issuer, row.subject = issuer, require_subject(subject)
    db.flush()


def subject_of(db: Session, user: User) -> str:
    """The subject that is set on an account; "" where none is."""
    row = db.get(Identity, user.id)
    return row.subject if row else ""


def subjects(db: Session, issuer: str) -> dict[int, str]:
    """Account -> subject, of one provider."""
    rows = db.scalars(select(Identity).where(Identity.issuer == issuer))
    return {row.user_id: row.subject for row in rows}
