"""The application: every page and its API, behind one gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from indicated import __version__
from indicated.errors import IndicatedError, InputError, OutputError
from indicated.serve.desk import (
    accounts,
    clock,
    proposing,
    routes_asked,
    routes_case,
    routes_clock,
    routes_correct,
    routes_criteria,
    routes_figures,
    routes_keeping,
    routes_oidc,
    routes_past,
    routes_people,
    routes_progress,
    routes_publish,
    routes_queue,
    routes_tokens,
    routes_watch,
)
from indicated.serve.desk.accounts import NotInPerson
from indicated.serve.desk.cases import NotFound
from indicated.serve.desk.database import Conflict, transaction
from indicated.serve.desk.limits import (
    LEAVE_OUT,
    MEGABYTE,
    Attempts,
    TooLarge,
    TooMany,
    allowed,
    limited,
)
from indicated.serve.desk.oidc import Provider, require_settings
from indicated.serve.desk.pages import ErrorPage, SignInPage, static, template
from indicated.serve.desk.repeats import AnotherRequest
from indicated.serve.desk.web import (
    COOKIE,
    Desk,
    NotAllowed,
    NotSignedIn,
    Surface,
    enter,
    local,
    plain,
    require_keepable,
    require_own,
    signed_in,
    with_session,
)
from indicated.serve.desk.whole import Altered

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
FILES = {"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8"}
STATUS: tuple[tuple[type[IndicatedError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (NotInPerson, 403),
    (NotFound, 404),
    (Conflict, 409),
    (AnotherRequest, 422),
    (TooLarge, 413),
    (TooMany, 429),
    (Altered, 409),
    (InputError, 400),
    (OutputError, 503),
)
# The framework can send spans and the words of exceptions to a collector. The desk does not: an
# exception may carry a patient's words.
NOTHING_LEAVES: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
Next = Callable[[Request], Awaitable[Response]]


def make_app(desk: Desk) -> FastAPI:
    """The desk as an ASGI application."""
    clock.rules_of(desk.settings)  # what is set wrongly is told now, and not by each page
    proposing.require_settings(desk.settings, desk.library)
    app = FastAPI(
        title="Indicated review desk", version=__version__, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json", telemetry=NOTHING_LEAVES,
    )  # fmt: skip
    surface = Surface(app, desk)
    routes_queue.register(surface)
    routes_case.register(surface)
    routes_past.register(surface)
    routes_correct.register(surface)
    routes_criteria.register(surface)
    routes_people.register(surface)
    routes_watch.register(surface)
    routes_figures.register(surface)
    routes_asked.register(surface)
    routes_progress.register(surface)
    routes_clock.register(surface)
    routes_tokens.register(surface)
    routes_keeping.register(surface)
    routes_publish.register(surface)
    _sign_in(app, desk)
    _files(app)
    told = _errors(app, desk)
    app.state.entrances = surface.entrances
    app.add_middleware(limited(desk.settings))

    @app.middleware("http")
    async def headers(request: Request, call_next: Next) -> Response:
        length = request.headers.get("content-length", "")
        most = allowed(request.url.path, desk.settings)
        if length.isdigit() and int(length) > most:
            response = told(request, 413, too_large(most))
        else:
            response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        framed = "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
        response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
        if desk.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    return app


# --- signing in and out --------------------------------------------------------------------------


def _sign_in(app: FastAPI, desk: Desk) -> None:
    slow = Attempts(20)
    by_password = desk.settings.password_sign_in == "on"
    require_settings(desk.settings)
    provider = Provider(desk.settings, desk.now) if desk.settings.oidc_issuer else None

    def hears(request: Request) -> bool:
        address = request.client.host if request.client else ""
        return slow.allows(address, desk.now().timestamp())

    def form_of(to: str, problem: str, status: int, subject: str = "") -> Response:
        with transaction(desk.engine, writes=False) as db:
            first = not accounts.has_users(db)
        page = SignInPage(
            to, problem, first, provider.name if provider else "", by_password, subject
        )
        return HTMLResponse(template("sign_in", page=page, who=None), status)

    if provider:
        routes_oidc.register(app, desk, provider, hears, form_of)

    @app.get("/sign-in", include_in_schema=False)
    def form(request: Request, to: str = "/") -> Response:
        if signed_in(desk, request):
            return RedirectResponse("/", 303)
        return form_of(to, "", 200)

    @app.post("/sign-in", include_in_schema=False)
    def sign_in(
        request: Request,
        login: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=1000)],
        code: Annotated[str, Form(max_length=20)] = "",
        to: Annotated[str, Form(max_length=500)] = "/",
    ) -> Response:
        require_keepable([login, to])
        now = desk.now()
        if not hears(request):
            return form_of(to, "too many attempts; wait a minute", 429)
        if not by_password:
            return form_of(to, "passwords do not serve at this desk", 403)
        password = accounts.shown(desk.engine, login, password)
        with transaction(desk.engine) as db:
            user = accounts.check(db, login, password, code, at=now, settings=desk.settings)
            token = enter(desk, db, request, user, "") if user else ""
        if user is None:
            return form_of(to, accounts.REFUSED, 401)
        return with_session(desk, RedirectResponse(local(to), 303), token)

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        who = signed_in(desk, request)
        if who is not None:
            await require_own(request, who.csrf)
            with transaction(desk.engine) as db:
                accounts.end(db, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE, path="/")
        return response


# --- files and errors ----------------------------------------------------------------------------


def _files(app: FastAPI) -> None:
    @app.get("/static/{name}", include_in_schema=False)
    def file(name: str) -> Response:
        if name not in FILES:
            raise NotFound("there is no such file")
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(static(name), media_type=FILES[name], headers=headers)

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"program": f"indicated {__version__}"}


def _errors(app: FastAPI, desk: Desk) -> Callable[[Request, int, ErrorPage], Response]:
    """Register how errors are told; the same for programs and for people. Gives the teller."""

    def told(request: Request, status: int, page: ErrorPage) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": plain(page)}, status)
        if status == 401:
            return RedirectResponse(f"/sign-in?to={request.url.path}", 303)
        who: Any = None
        if status != 503:
            with suppress(OutputError):  # the database is gone: the page is told to nobody by name
                who = signed_in(desk, request)
        return HTMLResponse(template("error", page=page, who=who), status)

    @app.exception_handler(IndicatedError)
    async def mendable(request: Request, error: IndicatedError) -> Response:
        status = next((s for kind, s in STATUS if isinstance(error, kind)), 500)
        return told(request, status, ErrorPage(status, error.what, error.why, error.do))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        fields = sorted({str(e["loc"][-1]) for e in error.errors()})
        what = f"this is missing or not as it should be: {', '.join(fields)}"
        return told(request, 422, ErrorPage(422, what, "", "Correct it and send it again."))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        page = ErrorPage(error.status_code, str(error.detail).lower(), "", "")
        return told(request, error.status_code, page)

    @app.exception_handler(Exception)
    async def defect(request: Request, error: Exception) -> Response:
        what = f"the program failed ({type(error).__name__})"
        why = "This is a defect. Nothing of what was asked for took place."
        return told(request, 500, ErrorPage(500, what, why, "Tell the administrator."))

    return told


def too_large(most: int) -> ErrorPage:
    """What a request is told that brings more than the desk takes."""
    return ErrorPage(413, f"more than {most // MEGABYTE} MB were sent", "", LEAVE_OUT)
