"""The queue narrowed, sorted and kept in its address; and what grows long, page by page."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import update

from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import transaction
from indicated.serve.desk.tables import CaseRow, Talk, Version
from tests.desk.conftest import QUESTION, Place

DATABASES = ("sqlite",)
OTHER = "Is dupilumab necessary for zibble syndrome?"  # judged by another policy


@pytest.fixture
def three(place: Place) -> tuple[Place, list[str]]:
    """Cases asked an hour apart by two people; the first is given to the physician."""
    ids = []
    for login, question in (("author", QUESTION), ("other", OTHER), ("author", f"{QUESTION} 3")):
        ids.append(place.ask(login, question))
        place.clock.on(minutes=10)
    body = {"login": "physician"}
    assert place.of("editor").post(f"/api/cases/{ids[0]}/assign", json=body).status_code == 200
    return place, ids


def shown(place: Place, query: str, login: str = "editor") -> list[str]:
    answer = place.of(login).get(f"/api/?{query}")
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["total"] == len(page["rows"])
    return [r["id"] for r in page["rows"]]


def test_the_queue_is_narrowed_and_sorted(three: tuple[Place, list[str]]) -> None:
    place, (first, second, third) = three
    assert shown(place, "") == [first, second, third]
    assert shown(place, "sort=asked") == [third, second, first]
    assert shown(place, "sort=changed") == [first, third, second]
    assert shown(place, "policy=omalizumab-urticaria") == [first, third]
    assert shown(place, "by=other") == [second]
    assert shown(place, "by=nobody-of-that-name") == []
    assert shown(place, "given=physician") == [first]
    assert shown(place, "by=author&given=physician&policy=omalizumab-urticaria") == [first]
    assert shown(place, "by=author", "other") == []  # one's own cases, whatever is asked for
    assert shown(place, "policy=%25") == []
    assert place.of("editor").get("/api/?sort=colour").status_code == 400


def test_an_outcome_is_no_word_that_somebody_said(three: tuple[Place, list[str]]) -> None:
    place, (_, second, _) = three
    said = {"item": 'x", "outcome": "indicated"', "outcome": "no_policy", "policy": ""}
    with transaction(place.engine) as db:
        db.execute(update(Version).where(Version.case_id == second).values(outcomes=[said]))
    assert second not in shown(place, "outcome=indicated")
    assert shown(place, "outcome=no_policy") == [second]


def test_the_newest_version_is_what_counts(three: tuple[Place, list[str]]) -> None:
    place, (first, _, third) = three
    with transaction(place.engine) as db:
        old = db.query(Version).filter_by(case_id=first).one()
        held = {c.key: getattr(old, c.key) for c in Version.__table__.columns if c.key != "id"}
        db.add(Version(**{**held, "n": 2, "outcomes": []}))
    assert shown(place, "policy=omalizumab-urticaria") == [third]


def test_what_is_settled_or_stands_waits_behind_the_rest(three: tuple[Place, list[str]]) -> None:
    place, (first, second, third) = three
    with transaction(place.engine) as db:
        db.execute(update(CaseRow).where(CaseRow.id == first).values(pended_at=place.clock()))
        db.execute(update(CaseRow).where(CaseRow.id == second).values(state="withdrawn"))
    assert shown(place, "") == [third, first, second]


def test_the_address_keeps_it_and_an_empty_page_says_what_to_do(
    three: tuple[Place, list[str]],
) -> None:
    place, _ = three
    browser = place.of("editor")
    page = browser.get("/?state=draft&by=author&sort=asked").text
    without = re.findall(r'href="(/\?[^"]*)" aria-label', page)
    assert [unescape(x) for x in without] == ["/?by=author&sort=asked", "/?state=draft&sort=asked"]
    none = browser.get("/?find=zibble&by=author").text
    assert "No case fits all of this. Leave one out:" in none
    assert 'href="/?by=author">words: zibble' in none
    assert "To the first" in browser.get("/?page=7").text


def test_pages_keep_what_was_chosen(three: tuple[Place, list[str]]) -> None:
    place, (first, _, third) = small(three[0]), three[1]
    page = place.of("editor").get("/?by=author&sort=asked").text
    later = unescape(re.findall(r'href="(\?page=2[^"]*)"', page)[0])
    assert later == "?page=2&by=author&sort=asked"
    assert place.of("editor").get(f"/api/{later}").json()["rows"][0]["id"] == first
    assert third in page


def small(place: Place, size: int = 1) -> Place:
    """The same desk, whose pages hold less."""
    desk = replace(place.desk, settings=replace(place.desk.settings, page_size=size))
    return Place(desk, place.clock, make_app(desk))


def test_what_grows_with_a_case_comes_in_pages(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = small(place, 2)
    monkeypatch.setattr("indicated.serve.desk.routes_case.NEWEST", 2)
    id = place.ask()
    asked = place.of("author").post(f"/api/cases/{id}/question", json={"question": "Why?"})
    for question in ("What is missing?", "What if?"):
        place.of("author").post(f"/api/cases/{id}/question", json={"question": question})
    case = place.case(id)
    assert case["lengths"] == {"versions": 1, "talks": 3, "history": 5}
    assert [t["question"] for t in case["talks"]] == ["What is missing?", "What if?"]  # type: ignore[attr-defined]
    assert "All 5 lines" in place.of("author").get(f"/cases/{id}").text
    for what, rows, total in (
        ("history", "lines", 5),
        ("versions", "versions", 1),
        ("talks", "talks", 3),
    ):
        found, n = [], 1
        while answer := place.of("author").get(f"/api/cases/{id}/{what}?page={n}").json()[rows]:
            found += answer
            n += 1
        assert len(found) == total
        html = place.of("author").get(f"/cases/{id}/{what}")
        assert (html.status_code, f"{total} in all" in html.text) == (200, True)
    assert "seal" not in place.of("author").get(f"/cases/{id}/history").text
    with transaction(place.engine) as db:  # one that was altered is not listed either
        db.execute(update(Talk).where(Talk.id == asked.json()["talk"]).values(question="x"))
    assert place.of("author").get(f"/api/cases/{id}/talks?page=2").status_code == 409


def test_accounts_come_in_pages(place: Place) -> None:
    place = small(place, 3)
    browser = place.of("administrator")
    first, third = (browser.get(f"/api/users?page={n}").json() for n in (1, 3))
    assert (first["total"], first["pages"], len(first["users"])) == (7, 3, 3)
    assert [u["login"] for u in third["users"]] == ["reviewer"]
    assert "Page 2 of 3" in browser.get("/users?page=2").text
