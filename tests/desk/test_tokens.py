"""Tokens: what a program does for a person, what it never does, and what the ledger says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import select

from indicated.errors import InputError
from indicated.review import entry_of_line
from indicated.serve.cli import main
from indicated.serve.desk import ledger
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import transaction
from indicated.serve.desk.permissions import Action, by_token, may
from indicated.serve.desk.tables import Repeat, Token
from tests.desk.conftest import PASSWORD, QUESTION, RECORD, Place
from tests.desk.test_gate import call, entrances

DATABASES = ("sqlite",)


def token(place: Place, login: str, scope: str = "act", **more: Any) -> str:
    made = place.of(login).post("/api/me/tokens", json={"name": "intake", "scope": scope, **more})
    assert made.status_code == 200, made.text
    return str(made.json()["token"])


def program(place: Place, token: str) -> TestClient:
    client = place.browser()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_a_program_asks_reads_and_submits_and_its_person_is_named(place: Place) -> None:
    intake = program(place, token(place, "author"))
    asked = intake.post("/api/ask", data={"question": QUESTION, "record": RECORD})
    id = asked.json()["id"]
    place.work()
    hash = intake.get(f"/api/cases/{id}").json()["version"]["article_hash"]
    body = {"act": "submit", "article": hash}
    assert intake.post(f"/api/cases/{id}/decide", json=body).status_code == 200
    lines = place.of("auditor").get("/api/ledger").json()["lines"]
    told = [(x["by"], x["comment"], x["case"]) for x in lines if x["act"] == "token"]
    by = "Author Person (author)"
    assert (by, "by token intake: POST /ask", "") in told
    assert (by, "by token intake: GET /cases/{case}", id) in told
    assert (by, "by token intake: POST /cases/{case}/decide", id) in told
    assert place.decide(id, "approve", "physician") == 200  # the person, not their program


@pytest.mark.parametrize("scope", ["read", "act"])
def test_each_way_in_by_token(place: Place, scope: str) -> None:
    """Never more than the person's roles, and never what is a person's own."""
    case = place.ask("author")
    talk = place.of("author").post(f"/api/cases/{case}/question", json={"question": "Why?"})
    client = program(place, token(place, "physician", scope))
    for method, path, action in entrances(place):
        status = call(place, client, method, path, case, str(talk.json()["talk"]))
        if may(["physician"], action) and by_token(scope, action, acts=method == "POST"):
            assert status not in (401, 403, 404, 500), (method, path, status)
        else:
            assert status == 403, (method, path, status)


@pytest.mark.parametrize("act", ["approve", "return", "withdraw"])
def test_no_program_signs(place: Place, act: str) -> None:
    id = place.ask()
    place.decide(id, "submit", "author")
    client = program(place, token(place, "physician"))
    case = client.get(f"/api/cases/{id}").json()
    assert case["acts"] == []
    body = {
        "act": act, "article": case["version"]["article_hash"], "no_conflict": True, "comment": "x",
    }  # fmt: skip
    refused = client.post(f"/api/cases/{id}/decide", json=body)
    assert (refused.status_code, "takes a person" in refused.text) == (403, True)
    assert place.case(id)["state"] == "under_review"


def test_what_only_the_person_does(place: Place) -> None:
    assert not any(
        by_token("act", a, acts=acts) for a in (Action.OWN, Action.USERS) for acts in (True, False)
    )
    for action in (Action.OVERRIDE, Action.CORRECT, Action.APPROVE, Action.RETURN, Action.AGAIN):
        assert not by_token("act", action, acts=True)


def test_a_token_is_kept_nowhere_and_serves_nothing_but_the_api(place: Place) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"name": "intake"}
    first = place.of("author").post("/api/me/tokens", json=body, headers=key).json()
    again = place.of("author").post("/api/me/tokens", json=body, headers=key).json()
    assert (first["id"], "token" in again) == (again["id"], False)
    with transaction(place.engine, writes=False) as db:
        kept = [db.scalars(select(Token)).one().hash, db.scalars(select(Repeat)).one().answer]
    assert not any(first["token"] in k for k in kept)
    client = program(place, first["token"])
    assert client.get("/api/").status_code == 200
    assert client.get("/").status_code == 303
    page = place.of("author").get("/me/tokens").text
    assert "intake" in page
    assert first["token"] not in page


def test_a_token_ends(place: Place) -> None:
    """When its time is over, it is revoked, or the account is closed."""

    def status(token: str) -> int:
        return program(place, token).get("/api/").status_code

    assert status("desk_wrong") == status("") == 401
    short = token(place, "author", days=1)
    place.later(days=1)
    assert status(short) == 401
    one = token(place, "author")
    assert status(one) == 200
    listed = place.of("author").get("/api/me/tokens").json()["tokens"]
    assert [(t["live"], t["used_at"] is not None) for t in listed] == [(True, True), (False, False)]
    mine = {"token": listed[0]["id"]}
    assert place.of("other").post("/api/me/tokens/revoke", json=mine).status_code == 400
    assert place.of("author").post("/api/me/tokens/revoke", json=mine).status_code == 200
    assert status(one) == 401
    two = token(place, "author")
    for active in (False, True):  # opened again, the account has none of its old tokens
        changed = {"login": "author", "roles": ["author"], "active": active}
        place.of("administrator").post("/api/users/change", json=changed)
        assert status(two) == 401


def test_roles_taken_away_are_taken_from_tokens(place: Place) -> None:
    client = program(place, token(place, "reviewer"))
    assert client.get("/api/statistics").status_code == 200
    changed = {"login": "reviewer", "roles": ["author"], "active": True}
    place.of("administrator").post("/api/users/change", json=changed)
    assert client.get("/api/statistics").status_code == 403


@pytest.mark.parametrize(
    "body",
    [{"name": " "}, {"name": "x", "days": 366}, {"name": "x", "days": 0}, {"name": "intake"},
     {"name": "x", "scope": "all"}],
)  # fmt: skip
def test_what_is_no_token(place: Place, body: dict[str, Any]) -> None:
    token(place, "author")
    assert place.of("author").post("/api/me/tokens", json=body).status_code in (400, 422)


def test_a_token_is_heard_so_often_in_a_minute(place: Place) -> None:
    desk = replace(place.desk, settings=replace(place.desk.settings, token_requests=3))
    slow = Place(desk, place.clock, make_app(desk))
    client = program(slow, token(slow, "author"))
    assert [client.get("/api/policies").status_code for _ in range(4)] == [200, 200, 200, 429]
    place.clock.on(seconds=61)
    assert client.get("/api/policies").status_code == 200


def test_a_browser_makes_and_revokes_one_by_forms(place: Place) -> None:
    browser = place.of("author")
    form = {"name": "intake", "scope": "read", "days": "30"}
    page = browser.post("/me/tokens", data=form)
    assert page.status_code == 200
    made = page.text.split("<code>")[1].split("<")[0]
    assert program(place, made).get("/api/").status_code == 200
    assert browser.post("/me/tokens/revoke", data={"token": 1}).status_code == 303
    assert program(place, made).get("/api/").status_code == 401


# --- passwords switched off, and the way back ----------------------------------------------------

PROVIDER = {
    "oidc_issuer": "https://login.test", "oidc_client": "desk", "oidc_secret": "x",
    "oidc_address": "https://desk.test",
}  # fmt: skip


def test_passwords_may_be_switched_off_where_there_is_a_provider(place: Place) -> None:
    off = replace(place.desk.settings, password_sign_in="off")
    with pytest.raises(InputError, match="nobody could sign in"):
        make_app(replace(place.desk, settings=off))
    desk = replace(place.desk, settings=replace(off, **PROVIDER))  # type: ignore[arg-type]
    browser = Place(desk, place.clock, make_app(desk)).browser()
    page = browser.get("/sign-in").text
    assert 'name="password"' not in page
    assert "Sign in by login.test" in page
    refused = browser.post("/sign-in", data={"login": "author", "password": PASSWORD})
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)


def test_the_way_back_in_is_a_command(place: Place) -> None:
    new = "another long password"
    made = token(place, "administrator")
    url = place.engine.url.render_as_string(hide_password=False)
    command = ["desk", "password", "administrator", "--forget-factor", "--data", url]
    done = CliRunner().invoke(main, command, input=f"{new}\n")
    assert done.exit_code == 0, done.output
    place.sign_in("administrator", new)
    assert program(place, made).get("/api/policies").status_code == 401
    nobody = CliRunner().invoke(main, ["desk", "password", "x", "--data", url], input=f"{new}\n")
    assert (nobody.exit_code, "no such account" in nobody.output) == (3, True)
    lines = place.of("auditor").get("/api/ledger").json()["lines"]
    assert "administrator: password; second factor removed" in [x["comment"] for x in lines]


# --- what is refused -----------------------------------------------------------------------------


def refusals(place: Place) -> list[tuple[str, str]]:
    """What the ledger says of them, oldest first."""
    with transaction(place.engine, writes=False) as db:
        told = [entry_of_line(line).review for line in ledger.lines(db)]
        assert ledger.broken(db) == []
    return [(r.by, r.comment) for r in told if r.act == "refused"]


def test_what_is_refused_to_a_token_is_a_line_even_where_nothing_else_took_place(
    place: Place,
) -> None:
    id = place.ask()
    place.decide(id, "submit", "author")
    given = token(place, "physician")
    client = program(place, given)
    assert client.get("/api/users").status_code == 403
    assert client.post("/api/me/tokens", json={"name": "another"}).status_code == 403
    article = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    body = {"act": "approve", "article": article, "no_conflict": True}
    assert client.post(f"/api/cases/{id}/decide", json=body).status_code == 403
    assert client.get("/api/cases/0000000000").status_code == 404
    by = "Physician Person (physician)"
    told = refusals(place)
    assert [b for b, _ in told] == [by] * 4
    assert [c.rsplit(": ", 1)[0] for _, c in told] == [
        "by token intake: GET /users", "by token intake: POST /me/tokens",
        "by token intake: POST /cases/{case}/decide", "by token intake: GET /cases/{case}",
    ]  # fmt: skip
    with transaction(place.engine, writes=False) as db:
        assert given not in "".join(ledger.lines(db))


def test_a_token_that_is_over_is_named_and_one_that_is_none_is_not(place: Place) -> None:
    given = token(place, "author", days=1)
    place.later(days=2)
    assert program(place, given).get("/api/").status_code == 401
    assert program(place, "desk_guessed").get("/api/").status_code == 401
    (over, (by, none)) = refusals(place)
    assert over[0] == "Author Person (author)"
    assert over[1].startswith("by token intake, which is over: GET /: ")
    assert by == "nobody known"
    assert none.startswith("no token of the desk, from testclient: GET /: ")
    assert "guessed" not in none


def test_guesses_fill_no_ledger_and_are_counted(place: Place) -> None:
    for n in range(40):
        assert program(place, f"desk_{n}").get("/api/").status_code == 401
    assert len(refusals(place)) == 1
    place.clock.on(minutes=2)
    assert program(place, "desk_40").get("/api/").status_code == 401
    assert refusals(place)[-1][1].endswith("; 39 more since the line before")


def test_a_token_that_asks_too_fast_has_one_line_a_minute(place: Place) -> None:
    desk = replace(place.desk, settings=replace(place.desk.settings, token_requests=3))
    slow = Place(desk, place.clock, make_app(desk))
    client = program(slow, token(slow, "author"))
    assert [client.get("/api/").status_code for _ in range(10)].count(429) == 7
    assert len(refusals(slow)) == 1
