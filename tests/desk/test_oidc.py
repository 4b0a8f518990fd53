"""Signing in through an identity provider: a real one, on this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import Engine, delete, func, select, update

from indicated.errors import InputError
from indicated.model import Library
from indicated.serve.cli import main
from indicated.serve.desk import oidc
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import engine_of, migrate, transaction
from indicated.serve.desk.settings import DeskSettings, desk_settings
from indicated.serve.desk.tables import Arrival, LedgerRow, SignIn, User
from tests.chromium import needs_browser
from tests.desk import provider as other
from tests.desk.conftest import PASSWORD, Clock, Place, furnished
from tests.desk.provider import Provider
from tests.desk.served import Served

# The provider's own, and in its thread.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config", "ignore:.*authlib.jose")
DATABASES = ("sqlite",)
SUBJECT = "248289761001"
BACK = oidc.BACK


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def provider(running: Provider) -> Iterator[Provider]:
    yield running
    running.spoil, running.sign = None, other.signed


def settings_for(provider: Provider, address: str = "https://desk.test") -> DeskSettings:
    return DeskSettings(
        oidc_issuer=provider.issuer, oidc_client="the-desk", oidc_secret="a secret",
        oidc_address=address, oidc_name="the hospital's sign-in",
    )  # fmt: skip


@pytest.fixture
def place(engine: Engine, library: Library, provider: Provider) -> Place:
    """A desk with the provider's clock, on which the author is somebody whom it knows."""
    made = furnished(engine, library, Clock(datetime.now(UTC)))
    desk = replace(made.desk, settings=settings_for(provider))
    known = Place(desk, made.clock, make_app(desk))
    know(known, "author", SUBJECT)
    return known


def know(place: Place, login: str, subject: str) -> None:
    with transaction(place.engine) as db:
        user = db.scalars(select(User).where(User.login == login)).one()
        oidc.set_identity(db, user, place.desk.settings.oidc_issuer, subject)


def left(place: Place, to: str = "/") -> tuple[TestClient, str]:
    """A browser on its way to the provider, and where it goes."""
    browser = place.browser()
    answer = browser.get("/sign-in/provider", params={"to": to})
    assert answer.status_code == 303, answer.text
    return browser, answer.headers["location"]


def arrived(
    place: Place, provider: Provider, subject: str = SUBJECT, to: str = "/"
) -> tuple[TestClient, Any]:
    browser, way = left(place, to)
    return browser, browser.get(provider.agree(way, subject))


def refused(place: Place, browser: TestClient, answer: Any, status: int = 401) -> str:
    """Nobody is in, and nothing says otherwise; gives what the page says."""
    assert answer.status_code == status, answer.text
    assert "indicated_desk" not in browser.cookies
    assert browser.get("/").status_code == 303
    with transaction(place.engine, writes=False) as db:
        assert not db.scalar(select(func.count()).select_from(SignIn))
        assert not db.scalars(select(LedgerRow).where(LedgerRow.act == "sign-in")).first()
    return str(answer.text.split('role="alert">')[1].split("<")[0])


def test_a_person_whom_the_provider_knows_comes_in(place: Place, provider: Provider) -> None:
    provider.tell(SUBJECT, email="administrator", roles=["administrator"], admin=True)
    browser, way = left(place, "/ask")
    asked = parse_qs(urlsplit(way).query)
    assert asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == [f"https://desk.test{BACK}"]
    assert asked["code_challenge_method"] == ["S256"]
    answer = browser.get(provider.agree(way, SUBJECT))
    assert answer.status_code == 200
    assert 'content="0; url=/ask"' in answer.text
    session = next(c for c in answer.headers.get_list("set-cookie") if "indicated_desk" in c)
    flags = ("httponly", "samesite=strict", "secure", "path=/")
    assert all(f in session.lower() for f in flags)
    me = browser.get("/api/me").json()
    assert (me["login"], me["roles"]) == ("author", ["author"])  # roles are the desk's
    assert browser.get("/api/users").status_code == 403
    with transaction(place.engine, writes=False) as db:
        line = db.scalars(select(LedgerRow).where(LedgerRow.act == "sign-in")).one().line
        assert not db.scalar(select(func.count()).select_from(Arrival))
    assert "Author Person (author)" in line
    assert "by the identity provider" in line


def now_and(seconds: float) -> int:
    return int(datetime.now(UTC).timestamp() + seconds)


WRONG: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "audience": (lambda c: {**c, "aud": "another-desk"}, "aud"),
    "one audience of several": (lambda c: {**c, "aud": ["the-desk", "x"], "azp": "x"}, "azp"),
    "no audience": (lambda c: {k: v for k, v in c.items() if k != "aud"}, "aud"),
    "issuer": (lambda c: {**c, "iss": "https://evil.test"}, "iss"),
    "nonce": (lambda c: {**c, "nonce": "of another time"}, "nonce"),
    "no nonce": (lambda c: {k: v for k, v in c.items() if k != "nonce"}, "nonce"),
    "expired": (lambda c: {**c, "iat": now_and(-7200), "exp": now_and(-300)}, "exp"),
    "not yet": (lambda c: {**c, "iat": now_and(300), "nbf": now_and(300)}, "iat"),
    "no end": (lambda c: {k: v for k, v in c.items() if k != "exp"}, "exp"),
    "nobody": (lambda c: {k: v for k, v in c.items() if k != "sub"}, "sub"),
    "another's access": (lambda c: {**c, "at_hash": "x" * 22}, "at_hash"),
}


FORGED = (other.signed_by_another, other.signed_by_the_public_key, other.not_signed)


def test_a_proof_that_is_not_right_is_refused(place: Place, provider: Provider) -> None:
    for wrong, (spoil, claim) in WRONG.items():
        provider.spoil = spoil
        told = refused(place, *arrived(place, provider))
        assert f"does not show who you are ({claim})" in told, wrong
    provider.spoil = None
    assert arrived(place, provider)[1].status_code == 200  # and the next one is taken


def test_a_proof_that_the_provider_did_not_sign_is_refused(
    place: Place, provider: Provider
) -> None:
    provider.spoil = dict
    assert arrived(place, provider)[1].status_code == 200  # made anew, and signed as it should be
    with transaction(place.engine) as db:
        db.execute(delete(SignIn))
        db.execute(delete(LedgerRow).where(LedgerRow.act == "sign-in"))
    for sign in FORGED:
        provider.sign = sign
        refused(place, *arrived(place, provider))


def test_clocks_may_be_a_little_apart(place: Place, provider: Provider) -> None:
    provider.spoil = lambda c: {**c, "iat": now_and(-600), "exp": now_and(-30)}
    assert arrived(place, provider)[1].status_code == 200
    provider.spoil = lambda c: {**c, "iat": now_and(30)}
    assert arrived(place, provider)[1].status_code == 200


def test_only_the_browser_that_left_comes_back_and_once(place: Place, provider: Provider) -> None:
    """Otherwise somebody could have another person sign in as themselves, or use a stolen code."""
    browser, way = left(place)
    back = provider.agree(way, SUBJECT)
    stranger = place.browser()
    assert "not begun in this browser" in refused(place, stranger, stranger.get(back))
    someone, _ = left(place)
    assert "not begun in this browser" in refused(place, someone, someone.get(back))
    token = browser.cookies["indicated_arrival"]
    assert browser.get(back).status_code == 200
    again = place.browser()
    again.cookies.set("indicated_arrival", token)
    assert again.get(back).status_code == 401


HARM: dict[str, tuple[Callable[[str], str], int]] = {
    "state": (lambda back: back.replace("state=", "state=x"), 0),
    "late": (str, 11),
    "early": (str, -5),  # the clock was put back: nothing of later is believed
    "issuer": (lambda back: f"{back}&iss=https://evil.test", 0),
    "denied": (lambda back: back.replace("code=", "x=") + "&error=access_denied", 0),
    "no code": (lambda back: back.replace("code=", "x="), 0),
}


def test_a_way_back_that_is_not_right_is_refused(place: Place, provider: Provider) -> None:
    for harm, (spoil, minutes) in HARM.items():
        browser, way = left(place)
        back = provider.agree(way, SUBJECT)
        place.clock.on(minutes=minutes)
        refused(place, browser, browser.get(spoil(back)))
        place.clock.on(minutes=-minutes)
        assert browser.get(back).status_code == 401, harm  # it is over


def test_a_stolen_code_is_of_no_use(place: Place, provider: Provider) -> None:
    """The provider holds whoever brings the code to the secret of the browser that left (PKCE)."""
    browser, way = left(place)
    back = provider.agree(way, SUBJECT)
    with transaction(place.engine) as db:
        db.execute(update(Arrival).values(verifier="x" * 64))
    assert "did not take the code" in refused(place, browser, browser.get(back))


def test_nobody_gets_an_account_by_having_one_there(place: Place, provider: Provider) -> None:
    """Nor by an e-mail address: only by the subject that an administrator has set."""
    with transaction(place.engine, writes=False) as db:
        before = db.scalar(select(func.count()).select_from(User))
    stranger = "<b>someone</b>"
    provider.tell("other", email="author", email_verified=True, preferred_username="author")
    for subject in ("other", "author", stranger):
        browser, answer = arrived(place, provider, subject)
        assert "no account here is yours" in refused(place, browser, answer).lower()
    assert "&lt;b&gt;someone" in answer.text
    assert stranger not in answer.text
    with transaction(place.engine, writes=False) as db:
        assert db.scalar(select(func.count()).select_from(User)) == before


def test_a_closed_account_stays_closed(place: Place, provider: Provider) -> None:
    with transaction(place.engine) as db:
        db.execute(update(User).where(User.login == "author").values(active=False))
    refused(place, *arrived(place, provider))


def test_a_session_that_somebody_planted_ends(place: Place, provider: Provider) -> None:
    place.sign_in("other")
    planted = place.sign_in("other").cookies["indicated_desk"]
    browser, way = left(place)
    browser.cookies.set("indicated_desk", planted)
    browser.get(provider.agree(way, SUBJECT))
    thief = place.browser()
    thief.cookies.set("indicated_desk", planted)
    assert thief.get("/").status_code == 303


def test_a_provider_that_is_down_is_told_and_changes_nothing(
    place: Place, provider: Provider
) -> None:
    browser, way = left(place)
    back = provider.agree(way, SUBJECT)
    provider.stop()
    try:
        told = refused(place, browser, browser.get(back), 503)
        assert "the hospital&#39;s sign-in does not answer" in told.lower().replace("’", "'")
        place.clock.on(hours=2)  # what was known of it is no longer believed
        fresh = place.browser()
        assert "does not answer" in refused(place, fresh, fresh.get("/sign-in/provider"), 503)
        place.clock.on(hours=-2)
        place.sign_in("author", PASSWORD)
    finally:
        provider.start()
    assert arrived(place, provider)[1].status_code == 200


def test_a_provider_with_new_keys_is_believed(place: Place, provider: Provider) -> None:
    assert arrived(place, provider)[1].status_code == 200
    port = provider.port
    provider.stop()
    provider.__init__()  # type: ignore[misc]
    provider.stop()
    provider.port = port
    provider.start()
    assert arrived(place, provider)[1].status_code == 200


def test_many_attempts_from_one_address_are_not_heard(place: Place) -> None:
    browser = place.browser()
    statuses = [browser.get("/sign-in/provider").status_code for _ in range(21)]
    assert statuses == [303] * 20 + [429]
    place.clock.on(minutes=11)
    left(place)
    with transaction(place.engine, writes=False) as db:  # who does not come back is forgotten
        assert db.scalar(select(func.count()).select_from(Arrival)) == 1


# --- whose it is ---------------------------------------------------------------------------------


def change(place: Place, subject: str | None, login: str = "other") -> Any:
    body = {"login": login, "roles": ["author"], "active": True, "subject": subject}
    return place.of("administrator").post("/api/users/change", json=body)


def test_an_administrator_sets_whose_it_is(place: Place, provider: Provider) -> None:
    place.of("administrator")
    assert arrived(place, provider, "77")[1].status_code == 401
    assert change(place, "77").status_code == 200
    assert arrived(place, provider, "77")[1].status_code == 200
    assert change(place, None).status_code == 200  # nothing is said of it: it stays
    page = place.of("administrator").get("/users").text
    assert 'name="subject" value="77"' in page
    assert change(place, SUBJECT).json()["error"]["what"] == "this subject is another account's"
    assert change(place, "a\nb").status_code == 400
    assert change(place, "").status_code == 200
    assert arrived(place, provider, "77")[1].status_code == 401


def test_the_command_line_sets_whose_it_is(
    place: Place, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = place.engine.url.render_as_string(hide_password=False)

    def set_on(*given: str) -> Any:
        return CliRunner().invoke(main, ["desk", "identity", *given, "--data", data])

    assert "no identity provider is set" in set_on("other", "77").output
    for name, value in (("ISSUER", provider.issuer), ("CLIENT", "x"), ("SECRET", "x")):
        monkeypatch.setenv(f"INDICATED_DESK_OIDC_{name}", value)
    assert set_on("other", "77").exit_code == 0
    browser, answer = arrived(place, provider, "77")
    assert answer.status_code == 200
    assert set_on("nobody", "78").exit_code == 3
    assert set_on("other").exit_code == 0
    assert browser.get("/").status_code == 303
    assert arrived(place, provider, "77")[1].status_code == 401
    with transaction(place.engine, writes=False) as db:
        lines = [r.line for r in db.scalars(select(LedgerRow).where(LedgerRow.act == "user"))]
    assert "other: subject 77" in lines[0]
    assert "other: subject taken away" in lines[1]


def test_a_subject_of_another_provider_is_another_person(place: Place, provider: Provider) -> None:
    with transaction(place.engine) as db:
        user = db.scalars(select(User).where(User.login == "author")).one()
        oidc.set_identity(db, user, "https://another.test", SUBJECT)
    refused(place, *arrived(place, provider))


# --- settings ------------------------------------------------------------------------------------


def test_settings_are_whole_and_safe_or_refused(provider: Provider) -> None:
    with pytest.raises(InputError, match="in part"):
        oidc.require_settings(desk_settings({"INDICATED_DESK_OIDC_ISSUER": "https://x.test"}))
    unsafe = replace(settings_for(provider), oidc_issuer="http://login.test")
    with pytest.raises(InputError, match="need https"):
        oidc.require_settings(unsafe)
    assert "a secret" not in repr(settings_for(provider))


def test_without_a_provider_there_is_no_way_to_one(engine: Engine, library: Library) -> None:
    place = furnished(engine, library, Clock())
    assert place.browser().get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in place.browser().get("/sign-in").text


def test_a_provider_that_names_itself_otherwise_is_not_believed(
    place: Place, provider: Provider
) -> None:
    named = replace(place.desk.settings, oidc_issuer=f"{provider.issuer}/")
    desk = replace(place.desk, settings=named)
    answer = Place(desk, place.clock, make_app(desk)).browser().get("/sign-in/provider")
    assert answer.status_code == 503
    assert "names itself otherwise" in answer.text


# --- in a browser --------------------------------------------------------------------------------


@needs_browser
def test_a_browser_goes_there_and_back(
    browser: Any, library: Library, provider: Provider, tmp_path: Path
) -> None:
    """The provider is another site: the strict cookie of the session must arrive all the same."""
    engine = engine_of(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    migrate(engine)
    made = furnished(engine, library, Clock(datetime.now(UTC) + timedelta(seconds=5)), secure=False)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    desk = replace(made.desk, settings=settings_for(provider, f"http://127.0.0.1:{port}"))
    served = Served(Place(desk, made.clock, make_app(desk)), port)
    know(served.place, "author", SUBJECT)
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"{served.url}/ask")
        page.get_by_role("link", name="Sign in by the hospital's sign-in").click()
        page.wait_for_url(f"{provider.issuer}/**")
        page.locator("input[name=sub]").fill(SUBJECT)
        page.locator("button").first.click()
        page.wait_for_url(f"{served.url}/ask")
        assert page.get_by_role("heading", name="Ask about a case").is_visible()
    finally:
        context.close()
        served.end()
