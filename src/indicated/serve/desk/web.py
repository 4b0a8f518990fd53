"""One surface for people and programs: a page is a dataclass, served as HTML and as JSON alike.

Every function that is registered here gets a `Turn`: the database, the person and the clock. Who
may call it stands beside it as an `Action`; there is no other way in.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Header, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from indicated.errors import IndicatedError, InputError
from indicated.model import Assessment, Library
from indicated.serve.desk import accounts, clock, ledger, repeats, tokens
from indicated.serve.desk.accounts import NotInPerson, Who
from indicated.serve.desk.database import transaction
from indicated.serve.desk.limits import Attempts, TooMany
from indicated.serve.desk.pages import template
from indicated.serve.desk.permissions import Action, by_token, may
from indicated.serve.desk.recent import Recent
from indicated.serve.desk.refusals import Refusals
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import User

COOKIE = "indicated_desk"


@dataclass(frozen=True, eq=False)
class Desk:
    """What the application stands on."""

    engine: Engine
    settings: DeskSettings
    library: Callable[[], Library]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    secure: bool = True  # whether browsers reach it by https alone

    @cached_property
    def pages(self) -> Recent[bytes]:
        """Articles as pages, compressed: some 60 kB each."""
        return Recent(512)

    @cached_property
    def judged(self) -> Recent[Assessment]:
        """Cases judged anew, each with its whole record: few, for they are large."""
        return Recent(6)

    @cached_property
    def refusals(self) -> Refusals:
        """What was refused to tokens."""
        return Refusals(self.engine)

    @cached_property
    def pace(self) -> Attempts:
        """How fast tokens are used."""
        return Attempts(self.settings.token_requests)


@dataclass(frozen=True)
class Turn:
    """One request: what it may use."""

    desk: Desk
    db: Session
    who: Who
    now: datetime

    @property
    def settings(self) -> DeskSettings:
        return self.desk.settings

    @property
    def today(self) -> date:
        """The day that it is where the desk is."""
        return clock.today(self.now, self.settings)


@dataclass(frozen=True)
class Done:
    """An act took place. A browser goes on to a page; a program gets the data."""

    to: str
    data: dict[str, Any] | None = None
    secret: dict[str, Any] | None = None  # told this once, and kept nowhere
    page: tuple[str, Any] | None = None  # template and page, shown instead of going on


class NotSignedIn(InputError):
    """Nobody is signed in."""


class NotAllowed(InputError):
    """The person's roles do not allow it, or the request did not come from the desk's own pages."""


@dataclass(frozen=True)
class Entrance:
    """One way in, as the tests of permissions list it."""

    method: str
    path: str
    action: Action


KEY = inspect.Parameter(
    "idempotency_key", inspect.Parameter.KEYWORD_ONLY, default=None,
    annotation=Annotated[
        str | None,
        Header(
            alias="Idempotency-Key", min_length=1, max_length=repeats.LONGEST,
            description="Sent again within a day with the same key, the same request is done once.",
        ),
    ],
)  # fmt: skip


class Surface:
    """Registers pages and acts on an application."""

    def __init__(self, app: FastAPI, desk: Desk):
        self.app, self.desk = app, desk
        self.entrances: list[Entrance] = []

    def page(self, path: str, action: Action, name: str) -> Callable[..., Any]:
        """A page: HTML at `path` by the template `name`, JSON at /api + `path`."""
        return self._both("GET", path, action, name)

    def act(self, path: str, action: Action) -> Callable[..., Any]:
        """An act: a form posted to `path`, JSON posted to /api + `path`."""
        return self._both("POST", path, action, "")

    def raw(self, path: str, action: Action) -> Callable[..., Any]:
        """A page that comes with a response of its own (a document, a file)."""
        return self._both("GET", path, action, None)

    def _both(self, method: str, path: str, action: Action, name: str | None) -> Callable[..., Any]:
        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.entrances.append(Entrance(method, path, action))
            for api in (False, True):
                self.app.add_api_route(
                    f"/api{path}" if api else path,
                    self._endpoint(function, method, path, action, name, api=api),
                    methods=[method], include_in_schema=api, response_model=None,
                    name=function.__name__, tags=[action.value],
                    description=function.__doc__,
                )  # fmt: skip
            return function

        return register

    def _endpoint(
        self,
        function: Callable[..., Any],
        method: str,
        path: str,
        action: Action,
        name: str | None,
        *,
        api: bool,
    ) -> Callable[..., Any]:
        """The function as FastAPI calls it: its own parameters, after a guard."""
        desk = self.desk

        def endpoint(who: Who, idempotency_key: str | None = None, **given: Any) -> Response:
            require_keepable(given)
            writes = method == "POST" or action is Action.LEDGER
            with transaction(desk.engine, writes=writes) as db:
                turn = Turn(desk, db, who, desk.now())
                if who.token:
                    tokens.used(db, who, method, path, str(given.get("case", "")), turn.now)
                if idempotency_key:
                    return _once(turn, idempotency_key, path, function, given)
                result = function(turn, **given)
            return _response(result, name, who, desk, api=api)

        guard = Depends(_guard(desk, action, acts=method == "POST"))
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        if api:
            own = [_as_json(p) for p in own]
        if api and method == "POST":
            own.append(KEY)
        kind = inspect.Parameter.KEYWORD_ONLY
        head = inspect.Parameter("who", kind, annotation=Who, default=guard)
        signature = inspect.Signature([head, *(p.replace(kind=kind) for p in own)])
        endpoint.__signature__ = signature  # type: ignore[attr-defined]
        return endpoint


def require_keepable(thing: Any) -> None:
    """Raise unless a database can keep it: PostgreSQL takes no NUL, half a character (a lone
    surrogate) is none at all, and a number has 32 bits.

    >>> require_keepable({"a": ["x", 1, None]})
    """
    if isinstance(thing, int) and abs(thing) >= 2**31:
        raise InputError("a number is too large", do="Send a smaller one.")
    if isinstance(thing, str) and ("\0" in thing or any("\ud800" <= c <= "\udfff" for c in thing)):
        raise InputError("something that was sent is not text", do="Leave out what is not text.")
    if isinstance(thing, BaseModel):
        require_keepable(thing.__dict__)
    elif isinstance(thing, UploadFile):
        require_keepable(thing.filename)
    elif isinstance(thing, dict):
        require_keepable([*thing, *thing.values()])
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            require_keepable(part)


def _as_json(parameter: inspect.Parameter) -> inspect.Parameter:
    """A form's model is the body of an API call; files stay a form."""
    meta = getattr(parameter.annotation, "__metadata__", ())
    if parameter.name != "body" or not meta:
        return parameter
    return parameter.replace(annotation=parameter.annotation.__origin__)


def _guard(desk: Desk, action: Action, *, acts: bool) -> Callable[[Request], Any]:
    """Who is there, where the action is theirs; raises otherwise, before anything is read."""

    async def admitted(request: Request, token: str) -> Who:
        who = by_bearer(desk, token) if token else signed_in(desk, request)
        if who is None:
            raise NotSignedIn(
                "the token is not right, or is over" if token else "nobody is signed in",
                do="Make another on your account's page." if token else "Sign in first.",
            )
        if not may(who.roles, action):
            raise NotAllowed("your roles do not allow this", do="Ask whoever gives out the roles.")
        if who.token and not by_token(who.scope, action, acts=acts):
            raise NotInPerson(
                "this token does not allow it",
                do="Make one that may act; what a token never does takes you at the desk.",
            )
        if acts and not who.token:  # no browser sends a token by itself
            await require_own(request, who.csrf)
        return who

    async def guard(request: Request) -> AsyncIterator[Who]:
        token = bearer_token(request)
        try:
            yield await admitted(request, token)
        except IndicatedError as error:
            if token:
                told_refusal(desk, request, token, error)
            raise

    return guard


def told_refusal(desk: Desk, request: Request, token: str, error: IndicatedError) -> None:
    """Have the ledger say that a token was refused: the way in as it is written, and no values."""
    way = getattr(request.scope.get("route"), "path", request.url.path).removeprefix("/api")
    address = request.client.host if request.client else ""
    desk.refusals.tell(
        token, f"{request.method} {way}", error.what, desk.now(), address=address,
        fast=isinstance(error, TooMany),
    )  # fmt: skip


def bearer_token(request: Request) -> str:
    """The token that a program sends, to the API alone; "" where there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    is_api = request.url.path.startswith("/api/")
    return token.strip() if is_api and kind.casefold() == "bearer" else ""


def by_bearer(desk: Desk, token: str) -> Who | None:
    """For whom a program acts; raises `TooMany` where it asks too fast."""
    now = desk.now()
    with transaction(desk.engine, writes=False) as db:
        found = tokens.bearer(db, token, now)
        due = found is not None and tokens.is_stale(db, found, now)
    if found and not desk.pace.allows(str(found.token_id), now.timestamp()):
        raise TooMany(
            f"the token asks more than {desk.settings.token_requests} times a minute",
            do="Wait a minute, and ask more slowly.",
        )
    if found and due:
        with transaction(desk.engine) as db:
            tokens.seen(db, found, now)
    return found


def signed_in(desk: Desk, request: Request) -> Who | None:
    """The person whose session the browser's cookie names."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    now = desk.now()
    with transaction(desk.engine, writes=False) as db:
        found = accounts.present(db, token, at=now, settings=desk.settings)
        due = found is not None and accounts.is_stale(db, token, now)
    if due:
        with transaction(desk.engine) as db:
            accounts.seen(db, token, now)
    return found


def enter(desk: Desk, db: Session, request: Request, user: User, how: str) -> str:
    """Sign a person in who has shown who they are; gives the token for the browser.

    Whatever session the browser had before ends: nobody can have planted one.
    """
    now = desk.now()
    accounts.end(db, request.cookies.get(COOKIE, ""))
    token = accounts.begin(db, user, now)
    who = accounts.who(user)
    role = ", ".join(who.roles)
    ledger.write(db, "sign-in", by=who.signature, role=role, at=now, comment=how)
    return token


def with_session(desk: Desk, response: Response, token: str) -> Response:
    """The response, with the cookie of a new session."""
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="strict", secure=desk.secure, path="/"
    )
    return response


def local(to: str) -> str:
    """Where to go on, on the desk and nowhere else.

    >>> local("/ask"), local("//evil.test"), local("/\\\\evil.test"), local("https://evil.test")
    ('/ask', '/', '/', '/')
    >>> local("/\\t/evil.test")  # browsers leave out tabs and line ends
    '/'
    """
    safe = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if safe else "/"


async def require_own(request: Request, csrf: str) -> None:
    """Raise unless the request knows what only a page of the desk can tell it."""
    origin = request.headers.get("origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("the request comes from another site")
    given = request.headers.get("x-csrf-token", "")
    if not given and "json" not in request.headers.get("content-type", ""):
        field = (await request.form()).get("csrf", "")
        given = field if isinstance(field, str) else ""
    if not csrf or given != csrf:
        raise NotAllowed(
            "the page was too old, or the request is not one of the desk's own",
            do="Open the page again; a program sends X-CSRF-Token (see GET /api/me).",
        )


def _once(
    turn: Turn, key: str, path: str, function: Callable[..., Any], given: dict[str, Any]
) -> Response:
    """An act of a program that may send it again; refusals are not kept."""

    secret: dict[str, Any] = {}

    def act() -> str:
        done = function(turn, **given)
        assert isinstance(done, Done)  # as every act's
        secret.update(done.secret or {})
        return json.dumps(_told(replace(done, secret=None)))

    asked = repeats.asked(path, given)
    answer, before = repeats.once(turn.db, turn.who.id, key, asked, turn.now, act)
    headers = {"Idempotency-Replayed": "true"} if before else {}
    if secret:
        return JSONResponse(json.loads(answer) | secret)
    return Response(answer, media_type="application/json", headers=headers)


def _told(done: Done) -> dict[str, Any]:
    return {"to": done.to, **(done.data or {}), **(done.secret or {})}


def _response(result: Any, name: str | None, who: Who, desk: Desk, *, api: bool) -> Response:
    zone = desk.settings.time_zone
    if isinstance(result, Response):
        return result
    if isinstance(result, Done):
        if api:
            return JSONResponse(_told(result))
        if result.page:
            name, page = result.page
            return HTMLResponse(template(name, zone=zone, page=page, who=who))
        return RedirectResponse(result.to, status_code=303)
    if api or name is None:
        return JSONResponse(plain(result))
    return HTMLResponse(template(name, zone=zone, page=result, who=who))


def plain(thing: Any) -> Any:
    """A page as JSON holds it."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return plain(asdict(thing))
    if isinstance(thing, dict):
        return {k: plain(v) for k, v in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(v) for v in thing]
    if isinstance(thing, (date, datetime)):
        return thing.isoformat()
    return thing.value if isinstance(thing, Enum) else thing
