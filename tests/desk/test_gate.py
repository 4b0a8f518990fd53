"""Who gets in, and what must not get in with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import transaction
from indicated.serve.desk.permissions import ALLOWED, Action, Role, may
from indicated.serve.desk.tables import SignIn, User
from tests.desk.conftest import PASSWORD, QUESTION, START, Place

DATABASES = ("sqlite",)
# What each way in needs to be called at all: {case}, {n} and {talk} are filled in by the test.
BODIES: dict[str, dict[str, object]] = {
    "/ask": {"question": QUESTION, "record": "Urticaria."},
    "/ask/example": {},
    "/cases/{case}/asked": {"wording": 1, "question": "Is dupilumab necessary?"},
    "/cases/{case}/assess": {"wording": 1},
    "/cases/{case}/answer": {"concept": "chronic-urticaria", "answer": "present"},
    "/cases/{case}/strike": {"answer": 1, "because": "x"},
    "/cases/{case}/documents": {},
    "/cases/{case}/misread": {"fact": "x", "because": "x"},
    "/cases/{case}/misread/take-back": {"number": 1, "because": "x"},
    "/cases/{case}/model": {},
    "/cases/{case}/confirm": {"fact": "x"},
    "/cases/{case}/confirm/take-back": {"number": 1, "because": "x"},
    "/cases/{case}/override": {"item": "item-1", "outcome": "indicated", "because": "x"},
    "/cases/{case}/override/take-back": {"number": 1, "because": "x"},
    "/cases/{case}/comment": {"article": "x", "sentence": 1, "says": "x"},
    "/cases/{case}/reword": {"article": "x", "sentence": 1, "words": "x"},
    "/cases/{case}/question": {"question": "What is missing?"},
    "/cases/{case}/assign": {"login": "physician"},
    "/cases/{case}/extend": {"because": "x"},
    "/cases/{case}/pend": {"because": "x"},
    "/cases/{case}/resume": {},
    "/cases/{case}/decide": {"act": "submit", "article": "x"},
    "/cases/{case}/again": {},
    "/cases/{case}/stands": {"because": "x"},
    "/cases/{case}/publish": {"page": "x", "read": True},
    "/cases/{case}/unpublish": {"because": "x"},
    "/me/password": {"old": "wrong", "new": "another long password"},
    "/me/factor": {"secret": "JBSWY3DPEHPK3PXP" * 2, "code": "0"},
    "/me/tokens": {"name": "a program"},
    "/me/tokens/revoke": {"token": 1},
    "/users": {"login": "x", "name": "X", "password": PASSWORD, "roles": ["author"]},
    "/users/change": {"login": "other", "roles": ["author"], "active": True},
    "/keeping/hold": {"case": "x", "because": ""},
    "/keeping/let-go": {"case": "x", "because": ""},
}
FORMS = ("/ask", "/cases/{case}/documents")  # a file travels in a form


def entrances(place: Place) -> list[tuple[str, str, Action]]:
    return [(e.method, e.path, e.action) for e in place.app.state.entrances]  # type: ignore[attr-defined]


def call(place: Place, browser: TestClient, method: str, path: str, case: str, talk: str) -> int:
    address = "/api" + path.replace("{case}", case).replace("{n}", "1").replace("{talk}", talk)
    address = (
        address.replace("{form}", "md")
        .replace("{plot}", "weeks.svg")
        .replace("{policy}", "omalizumab-urticaria")
    )
    if method == "GET":
        return browser.get(address).status_code
    body = BODIES[path]
    given = {"data": body} if path in FORMS else {"json": body}
    return browser.post(address, **given).status_code  # type: ignore[arg-type]


def test_every_way_in_has_a_row_and_no_other_exists(place: Place) -> None:
    """A new route without a row in these tests fails."""
    listed = entrances(place)
    assert {p for m, p, _ in listed if m == "POST"} == set(BODIES)
    served = {r.path for r in place.app.routes}  # type: ignore[attr-defined]
    own = {p for _, p, _ in listed} | {f"/api{p}" for _, p, _ in listed}
    outside = {"/sign-in", "/sign-out", "/static/{name}", "/health", "/api/openapi.json"}
    assert served == own | outside


@pytest.mark.parametrize("role", list(Role))
def test_roles_and_actions(place: Place, role: Role) -> None:
    """Each way in opens to the roles of its action, and to nobody else."""
    case = place.ask("author")
    talk = str(
        place.of("author")
        .post(f"/api/cases/{case}/question", json={"question": "Why?"})
        .json()["talk"]
    )
    browser = place.of(role.value)
    for method, path, action in entrances(place):
        status = call(place, browser, method, path, case, talk)
        if may([role], action):
            assert status not in (401, 403, 404, 500), (method, path, status)
        else:
            assert status == 403, (method, path, status)


def test_nobody_gets_anywhere_without_signing_in(place: Place) -> None:
    case = place.ask()
    stranger = place.browser()
    for method, path, _ in entrances(place):
        assert call(place, stranger, method, path, case, "1") == 401, path
    page = stranger.get(f"/cases/{case}")
    assert (page.status_code, page.headers["location"]) == (303, f"/sign-in?to=/cases/{case}")


def test_an_author_sees_their_own_cases_alone(place: Place) -> None:
    case = place.ask("author")
    other = place.of("other")
    assert other.get("/api/").json()["rows"] == []
    for method, path, action in entrances(place):
        if "{case}" in path and may(["author"], action):
            missing = "/cases/" + "0" * 10
            theirs = call(place, other, method, path, case, "1")
            none = call(place, other, method, path, missing.rsplit("/", 1)[1], "1")
            assert theirs == none == 404, path  # the two are told alike


def test_every_action_is_somebodys(place: Place) -> None:
    assert set(ALLOWED) == set(Action)
    assert {a for _, _, a in entrances(place)} <= set(Action)
    assert all(ALLOWED.values())


# --- signing in ----------------------------------------------------------------------------------


def refused(place: Place, **form: str) -> str:
    answer = place.browser().post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    return answer.text.split('role="alert">')[1].split("<")[0]


def test_what_is_wrong_is_not_told(place: Place) -> None:
    """Neither the words nor the answer say whether a login exists."""
    told = {
        refused(place, login="author", password="wrong"),
        refused(place, login="nobody-of-that-name", password="wrong"),
        refused(place, login="author", password=PASSWORD[:-1]),
    }
    assert len(told) == 1


def test_too_many_wrong_passwords_lock_the_account_for_a_while(place: Place) -> None:
    for _ in range(place.desk.settings.failures):
        refused(place, login="author", password="wrong")
    refused(place, login="author", password=PASSWORD)
    place.clock.on(minutes=place.desk.settings.locked_minutes)
    place.sign_in("author")


def test_many_attempts_from_one_address_are_not_heard(place: Place) -> None:
    statuses = [
        place.browser().post("/sign-in", data={"login": f"x{n}", "password": "y"}).status_code
        for n in range(21)
    ]
    assert statuses == [401] * 20 + [429]


def test_a_second_factor(place: Place) -> None:
    browser = place.of("physician")
    secret = browser.get("/api/me").json()["secret"]
    totp = pyotp.TOTP(secret)
    for none in ("JBSWY3DPEHPK3PXP", "x" * 32, ""):
        body = {"secret": none, "code": "123456"}
        assert browser.post("/api/me/factor", json=body).status_code in (400, 422)
    wrong = browser.post("/api/me/factor", json={"secret": secret, "code": "000000x"})
    assert wrong.status_code == 400
    code = totp.at(place.clock())
    assert browser.post("/api/me/factor", json={"secret": secret, "code": code}).status_code == 200
    refused(place, login="physician", password=PASSWORD)
    refused(place, login="physician", password=PASSWORD, code=code)  # it served already
    place.clock.on(seconds=30)
    place.sign_in("physician", code=totp.at(place.clock()))
    place.clock.on(minutes=5)
    refused(place, login="physician", password=PASSWORD, code=code)


def test_a_session_ends(place: Place) -> None:
    settings = place.desk.settings
    browser = place.sign_in("author")
    for _ in range(3):  # in use, it goes on
        place.clock.on(minutes=settings.session_minutes - 1)
        assert browser.get("/").status_code == 200
    place.clock.on(minutes=settings.session_minutes + 1)
    assert browser.get("/").status_code == 303
    browser = place.sign_in("author")
    for _ in range(settings.session_hours * 3):
        place.clock.on(minutes=20)
        last = browser.get("/").status_code
    place.clock.on(minutes=1)
    assert (last, browser.get("/").status_code) == (200, 303)


def test_signing_out_ends_the_session_and_not_only_the_cookie(place: Place) -> None:
    browser = place.sign_in("author")
    token = browser.cookies["indicated_desk"]
    assert browser.post("/sign-out").status_code == 303
    thief = place.browser()
    thief.cookies.set("indicated_desk", token)
    assert thief.get("/").status_code == 303


def test_a_session_that_somebody_planted_is_not_taken_over(place: Place) -> None:
    browser = place.browser()
    browser.cookies.set("indicated_desk", "planted")
    answer = browser.post("/sign-in", data={"login": "author", "password": PASSWORD})
    assert "planted" not in answer.headers["set-cookie"]
    thief = place.browser()
    thief.cookies.set("indicated_desk", "planted")
    assert thief.get("/").status_code == 303


def test_the_database_holds_no_password_and_no_token(place: Place) -> None:
    browser = place.sign_in("author")
    token = browser.cookies["indicated_desk"]
    with transaction(place.engine, writes=False) as db:
        users, signed = list(db.scalars(select(User))), list(db.scalars(select(SignIn)))
    assert all(u.password.startswith("$argon2id$") for u in users)
    assert token not in {s.token for s in signed}


def test_another_password_signs_out_everywhere(place: Place) -> None:
    here, there = place.sign_in("author"), place.sign_in("author")
    new = "another long password"
    assert here.post("/api/me/password", json={"old": "no", "new": new}).status_code == 400
    assert here.post("/api/me/password", json={"old": PASSWORD, "new": "x"}).status_code == 400
    assert here.post("/api/me/password", json={"old": PASSWORD, "new": new}).status_code == 200
    assert there.get("/").status_code == 303
    place.sign_in("author", new)


def test_a_closed_account_is_out_at_once(place: Place) -> None:
    browser = place.of("author")
    closed = {"login": "author", "roles": ["author"], "active": False}
    assert place.of("administrator").post("/api/users/change", json=closed).status_code == 200
    assert browser.get("/").status_code == 303
    own = {"login": "administrator", "roles": ["author"], "active": True}
    assert place.of("administrator").post("/api/users/change", json=own).status_code == 400


def test_a_way_back_leads_nowhere_else(place: Place) -> None:
    for to in ("//evil.test/", "https://evil.test/", "/\\evil.test"):
        form = {"login": "author", "password": PASSWORD, "to": to}
        assert place.browser().post("/sign-in", data=form).headers["location"] == "/"
    form = {"login": "author", "password": PASSWORD, "to": "/ask"}
    assert place.browser().post("/sign-in", data=form).headers["location"] == "/ask"


# --- what must not get in ------------------------------------------------------------------------


def test_a_request_of_another_site_does_nothing(place: Place) -> None:
    browser = place.sign_in("author")
    csrf = browser.headers.pop("x-csrf-token")
    form = {"question": QUESTION, "record": "x"}
    assert browser.post("/ask", data=form).status_code == 403
    assert browser.post("/ask", data={**form, "csrf": "guessed"}).status_code == 403
    from_there = {"origin": "https://evil.test"}
    assert browser.post("/ask", data={**form, "csrf": csrf}, headers=from_there).status_code == 403
    assert browser.post("/ask", data={**form, "csrf": csrf}).status_code == 303
    cookie = place.browser().post("/sign-in", data={"login": "author", "password": PASSWORD})
    flags = cookie.headers["set-cookie"].lower()
    assert all(f in flags for f in ("httponly", "samesite=strict", "secure", "path=/"))


NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"


def test_what_people_write_stays_words(place: Place) -> None:
    case = place.ask(question=f"{QUESTION} {NASTY}", record=f"Urticaria. {NASTY}\n")
    browser = place.of("author")
    place.decide(case, "submit", "author", comment=NASTY)
    browser.post(f"/api/cases/{case}/question", json={"question": f"Why? {NASTY}"})
    pages = ["/", f"/cases/{case}", f"/cases/{case}/talks/1"]
    pages += [f"/cases/{case}/versions/1/{name}" for name in ("article.html", "article-chart.html")]
    for path in pages:
        page = browser.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
        assert "49" not in page.text.split(QUESTION)[-1][:200], path


def test_a_strict_policy_on_every_page(place: Place) -> None:
    case = place.ask()
    browser = place.of("author")
    for path in ("/", "/ask", f"/cases/{case}", "/me", "/nowhere", "/sign-in"):
        policy = browser.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
    for name in ("article.html", "article-chart.html"):
        policy = browser.get(f"/cases/{case}/versions/1/{name}").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'unsafe" not in policy
        assert "frame-ancestors 'self'" in policy
    assert browser.get("/").headers["cache-control"] == "no-store"


def test_words_of_a_query_are_no_statement(place: Place) -> None:
    place.ask()
    browser = place.of("author")
    for find in ("'; DROP TABLE cases; --", "%", "_", "\\"):
        assert browser.get("/api/", params={"find": find}).json()["rows"] == []
    assert browser.get("/api/").json()["total"] == 1


@pytest.mark.parametrize("path", ["../../etc/passwd", "..%2f..%2fapp.py", "desk.css/..", "%00"])
def test_static_files_are_those_of_the_list(place: Place, path: str) -> None:
    assert place.browser().get(f"/static/{path}").status_code in (400, 404)


def test_a_flood_is_stopped_while_it_comes_in(place: Place) -> None:
    browser = place.of("author")
    answer = browser.post("/api/users", content=b"x" * 3_000_000)
    assert answer.status_code == 413
    assert "2 MB" in answer.json()["error"]["what"]
    assert browser.post("/users", content=b"x" * 3_000_000).status_code == 413

    def drop_by_drop() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 10_000

    assert browser.post("/api/users", content=drop_by_drop()).status_code in (400, 413)
    many = [("files", (f"{n}.txt", b"x", "text/plain")) for n in range(201)]
    answer = browser.post("/api/ask", data={"question": QUESTION}, files=many)
    assert answer.status_code == 400
    assert browser.get("/api/").json()["total"] == 0


def test_a_bomb_in_a_zip_is_told_and_ends_nothing(place: Place) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        for n in range(40):
            bomb.writestr(f"{n}.txt", b"0" * 20_000_000)
    answer = place.of("author").post(
        "/api/ask",
        data={"question": QUESTION},
        files=[("files", ("bomb.zip", packed.getvalue(), "application/zip"))],
    )
    assert answer.status_code == 200
    place.work()
    assert place.case(answer.json()["id"])["state"] in ("trouble", "draft")


def test_errors_carry_no_word_of_a_patient(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from indicated.serve.desk import work

    def fails(*_: object) -> None:
        raise ValueError("Jane Q. Secret, born 1 May 1950")

    monkeypatch.setattr(work, "assess", fails)
    case = place.ask()
    trouble = str(place.case(case)["trouble"])
    assert trouble == "the program failed (ValueError); this is a defect"

    def breaks(*_: object) -> None:
        raise RuntimeError("Jane Q. Secret")

    monkeypatch.setattr("indicated.serve.desk.cases.documents", breaks)
    browser = TestClient(
        make_app(place.desk), base_url="https://desk.test", raise_server_exceptions=False
    )
    browser.cookies.set("indicated_desk", place.of("author").cookies["indicated_desk"])
    answer = browser.get(f"/api/cases/{case}")
    assert answer.status_code == 500
    assert answer.json()["error"]["what"] == "the program failed (RuntimeError)"


def test_the_clock_may_jump(place: Place) -> None:
    """Back: nobody is thrown out, nothing breaks. Far ahead: sessions end, cases are overdue."""
    case = place.ask()
    place.clock.at = START - timedelta(days=30)
    assert place.of("author").get(f"/cases/{case}").status_code == 200
    place.later(days=400)
    assert place.of("author").get("/api/").json()["rows"][0]["hours_left"] < 0
