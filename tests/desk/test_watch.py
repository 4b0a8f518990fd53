"""What becomes of a case afterwards: its versions beside each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indicated.criteria.policy import stamped
from indicated.evidence.links import Doubt
from indicated.model import Change, Policy
from indicated.serve.desk.again import look_again
from indicated.serve.desk.app import make_app
from tests.desk.conftest import Place

DATABASES = ("sqlite",)
MORE = ("more.txt", b"Date: 2026-02-25\nFailed loratadine. Weight 71 kg.", "text/plain")


def add(place: Place, id: str) -> None:
    """Another document, and the case assessed with it."""
    sent = place.of("author").post(f"/api/cases/{id}/documents", files=[("files", MORE)])
    assert sent.status_code == 200, sent.text
    place.work()


def test_two_versions_beside_each_other(place: Place) -> None:
    id = place.ask(record="Date: 2026-02-20\nItching.\n")
    said = {"concept": "chronic-urticaria", "answer": "present", "from": "2024-01-01"}
    assert place.of("author").post(f"/api/cases/{id}/answer", json=said).status_code == 200
    place.work()
    add(place, id)
    found = place.of("auditor").get(f"/api/cases/{id}/compare?old=1&new=3").json()["comparison"]
    assert [(d["what"], d["was"]) for d in found["documents"]] == [("more.txt", "")]
    assert found["said"][0]["now"].startswith("Author Person")
    chronic = next(f for f in found["findings"] if f["what"] == "Called chronic")
    assert (chronic["was"], chronic["now"]) == ("unknown", "met")
    assert {line["kind"] for line in found["lines"]} >= {"new", "reworded"}
    assert found["same"] > 20
    newest = place.of("auditor").get(f"/api/cases/{id}/compare").json()
    assert (newest["old"]["n"], newest["new"]["n"]) == (2, 3)
    assert newest["comparison"]["said"] == []


def test_the_page_says_without_colour_what_was_taken_out_and_put_in(place: Place) -> None:
    id = place.ask()
    add(place, id)
    page = place.of("author").get(f"/cases/{id}/compare").text
    for words in ("Version 2 beside version 1", "not in it", "Worded otherwise:", "put in: "):
        assert words in page
    backwards = place.of("author").get(f"/api/cases/{id}/compare?old=2&new=1").json()
    assert backwards["comparison"]["documents"][0]["now"] == ""


def test_one_version_beside_itself_differs_in_nothing(place: Place) -> None:
    id = place.ask()
    found = place.of("author").get(f"/api/cases/{id}/compare").json()["comparison"]
    same = found.pop("same")
    assert same > 20
    assert not any(found.values())
    assert "the same text, to the letter" in place.of("author").get(f"/cases/{id}/compare").text
    assert place.of("author").get(f"/api/cases/{id}/compare?old=7").status_code == 404


# --- signed cases whose policies change ----------------------------------------------------------

POLICY = "omalizumab-urticaria"


def signed(place: Place) -> str:
    id = place.ask()
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "physician") == 200
    return id


def with_library(place: Place, policy: Policy | None) -> Place:
    """The same desk, started with a library in which one policy is another, or is gone."""
    plain = place.desk.library()
    others = {id: p for id, p in plain.policies.items() if id != POLICY}
    policies = {**others, POLICY: policy} if policy else others
    library = replace(plain, policies=policies, earlier={})
    desk = replace(place.desk, library=lambda: library)
    return Place(desk, place.clock, make_app(desk))


def look(place: Place) -> int:
    return look_again(place.engine, place.desk.library(), place.clock())


def edited(place: Place) -> Policy:
    """The next version, in which a source and a sentence are others."""
    was = place.desk.library().policies[POLICY]
    key = next(iter(was.references))
    references = {**was.references, key: replace(was.references[key], year="2031")}
    changes = (Change("2026.2", date(2026, 3, 1), "Nobody is answered differently."),)
    return stamped(replace(was, version="2026.2", references=references, changes=changes))


def test_a_signed_case_is_marked_when_its_policy_changes(place: Place) -> None:
    id = signed(place)
    assert look(place) == 0
    later = with_library(place, edited(place))
    assert look(later) == 1
    assert look(later) == 1  # found already: told once
    case = later.case(id)
    (told,) = case["again"]
    assert (told["was"], told["now"], told["why"]) == ("2026.1", "2026.2", "written")
    assert told["says"] == ["2026.2 (2026-03-01): Nobody is answered differently."]
    assert told["sources"] == [next(iter(edited(place).references))]
    assert [line["act"] for line in case["history"]].count("changed") == 1
    rows = later.of("physician").get("/api/?again=true").json()["rows"]
    assert [(r["id"], r["again"]) for r in rows] == [(id, True)]
    assert "for re-review" in later.of("physician").get("/").text
    assert "it is version 2026.2 now" in later.of("physician").get(f"/cases/{id}").text
    assert look(place) == 0  # the old library is back
    assert place.case(id)["again"] == []


def test_a_signed_case_is_marked_when_a_source_falls_and_keeps_the_mark_without_a_collection(
    place: Place,
) -> None:
    id = signed(place)
    library, now = place.desk.library(), place.clock()
    keys = list(library.policies[POLICY].references)
    fallen = {POLICY: [Doubt(POLICY, k, "retracted (a notice)") for k in keys]}
    assert look_again(place.engine, library, now, {}) == 0
    assert (
        look_again(place.engine, library, now, {POLICY: [Doubt(POLICY, "NONE", "retracted")]}) == 0
    )
    assert look_again(place.engine, library, now, fallen) == 1
    assert look_again(place.engine, library, now, fallen) == 1  # told once
    (told,) = place.case(id)["again"]
    assert (told["why"], told["was"], told["now"]) == ("sources", "2026.1", "2026.1")
    assert told["sources"]
    assert set(told["sources"]) <= set(keys)
    assert told["says"][0].endswith("retracted (a notice)")
    assert (
        "it cites sources that do not stand as they did"
        in place.of("physician").get(f"/cases/{id}").text
    )
    assert [line["act"] for line in place.case(id)["history"]].count("changed") == 1
    assert look_again(place.engine, library, now) == 1  # nobody to ask: what was found stays
    assert len(place.case(id)["again"]) == 1
    later = with_library(place, edited(place))
    assert look_again(place.engine, later.desk.library(), now, fallen) == 1
    assert [c["why"] for c in later.case(id)["again"]] == ["written", "sources"]
    assert look_again(place.engine, library, now, {}) == 0  # it stands again


def test_a_case_assessed_again_says_whether_it_comes_to_the_same(place: Place) -> None:
    id = signed(place)
    before = place.case(id)["version"]
    later = with_library(place, edited(place))
    look(later)
    assert later.of("author").post(f"/api/cases/{id}/again", json={}).status_code == 403
    assert later.of("physician").post(f"/api/cases/{id}/again", json={}).status_code == 200
    later.work()
    case = later.case(id)
    assert (case["state"], case["again"], case["same"]) == ("draft", [], True)
    assert [v["n"] for v in case["versions"]] == [2, 1]
    assert case["versions"][1]["article_hash"] == before["article_hash"]
    assert "is the same as in version 1" in later.of("physician").get(f"/cases/{id}").text
    kept = later.of("physician").get(f"/cases/{id}/versions/1/article.html").text
    assert "Physician Person (physician)" in kept
    assert look(later) == 0
    assert later.of("physician").post(f"/api/cases/{id}/again", json={}).status_code == 400


def test_a_reviewer_says_why_it_stands(place: Place) -> None:
    id = signed(place)
    gone = with_library(place, None)
    assert look(gone) == 1
    assert gone.case(id)["again"][0]["why"] == "gone"
    stands = f"/api/cases/{id}/stands"
    assert gone.of("reviewer").post(stands, json={"because": " "}).status_code == 400
    said = {"because": "The plan asks for it in its own words."}
    assert gone.of("reviewer").post(stands, json=said).status_code == 200
    assert look(gone) == 0
    case = gone.case(id)
    assert (case["again"], case["state"]) == ([], "approved")
    assert ("stands", said["because"]) in [(x["act"], x["comment"]) for x in case["history"]]
    assert look(with_library(place, edited(place))) == 1  # another change is another question


@pytest.mark.parametrize(("status", "until", "why"), [
    ("retired", None, "retired"), ("reviewed", date(2026, 3, 10), "ended"),
])  # fmt: skip
def test_a_policy_that_is_retired_or_ends(
    place: Place, status: str, until: date | None, why: str
) -> None:
    was = place.desk.library().policies[POLICY]
    ending = stamped(replace(was, status=status, valid_to=until))
    now = with_library(place, ending) if until else place
    id = signed(now)
    place.later(days=9)
    assert look(with_library(place, ending)) == 1
    assert place.case(id)["again"][0]["why"] == why


def test_the_policies_in_use(place: Place) -> None:
    place.ask()
    browser = place.of("administrator")
    first = browser.get("/api/policies").json()["rows"][0]
    assert (first["id"], first["cases"]) == (POLICY, 1)
    assert 0 < first["seen"] <= first["sources"]
    assert [r["id"] for r in browser.get(f"/api/policies?find={POLICY}").json()["rows"]] == [POLICY]
    assert "Policies in use" in browser.get("/policies").text
    text = browser.get(f"/policies/{POLICY}").text
    assert text.startswith(place.desk.library().policies[POLICY].title)
    assert browser.get("/policies/none").status_code == 404
