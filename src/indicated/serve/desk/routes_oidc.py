"""To the identity provider and back: the ways in of `oidc`, before anybody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from indicated.errors import IndicatedError, OutputError
from indicated.serve.desk import oidc
from indicated.serve.desk.database import transaction
from indicated.serve.desk.pages import SignedInPage, template
from indicated.serve.desk.tables import Arrival, User
from indicated.serve.desk.web import Desk, enter, local, with_session

# Lax: the provider's page leads back here, and a strict cookie would not come along.
COOKIE = "indicated_arrival"
STRANGE = "this sign-in was not begun in this browser, or too long ago; begin again"
UNKNOWN = "no account here is yours yet"
Told = Callable[[str, str, int, str], Response]


def register(
    app: FastAPI, desk: Desk, provider: oidc.Provider, hears: Callable[[Request], bool], form: Told
) -> None:
    """Both ways. `form(to, problem, status, subject)` is the page on which people sign in."""

    @app.get("/sign-in/provider", include_in_schema=False)
    def leave(request: Request, to: Annotated[str, Query(max_length=500)] = "/") -> Response:
        if not hears(request):
            return form(to, "too many attempts; wait a minute", 429, "")
        with transaction(desk.engine) as db:
            token, arrival = oidc.leave(db, local(to), desk.now())
        try:
            response = RedirectResponse(provider.way(arrival), 303)
        except OutputError as error:
            return form(to, _words(error), 503, "")
        response.set_cookie(
            COOKIE, token, httponly=True, samesite="lax", secure=desk.secure, path="/sign-in",
            max_age=int(oidc.AWAY.total_seconds()),
        )  # fmt: skip
        return response

    @app.get(oidc.BACK, include_in_schema=False)
    def back(
        request: Request,
        state: Annotated[str, Query(max_length=500)] = "",
        code: Annotated[str, Query(max_length=5000)] = "",
        error: Annotated[str, Query(max_length=500)] = "",
        iss: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        with transaction(desk.engine) as db:
            arrival = oidc.arrive(db, request.cookies.get(COOKIE, ""), state, desk.now())
        if arrival is None or (iss and iss != provider.issuer):
            response = form("/", STRANGE, 401, "")
        elif error or not code:
            response = form(arrival.to, f"{provider.name} did not sign you in", 401, "")
        else:
            response = _arrived(request, arrival, code)
        response.delete_cookie(COOKIE, path="/sign-in")
        return response

    def _arrived(request: Request, arrival: Arrival, code: str) -> Response:
        try:
            subject = provider.subject(arrival, code)
        except IndicatedError as error:
            status = 503 if isinstance(error, OutputError) else 401
            return form(arrival.to, _words(error), status, "")
        user: User | None
        with transaction(desk.engine) as db:
            user = oidc.person(db, provider.issuer, subject)
            token = enter(desk, db, request, user, "by the identity provider") if user else ""
        if user is None:
            return form(arrival.to, UNKNOWN, 401, subject)
        # A page of the desk's own leads on: after a redirect from elsewhere, a browser would keep
        # the strict cookie back.
        page = SignedInPage(user.name, local(arrival.to))
        response = HTMLResponse(template("signed_in", page=page, who=None))
        return with_session(desk, response, token)


def _words(error: IndicatedError) -> str:
    return f"{error.what}. {error.do}".rstrip(". ")
