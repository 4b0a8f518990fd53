"""A case from the question to the signature, as people and programs go through it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.serve.cli import main
from tests.desk.conftest import QUESTION, RECORD, Place

DATABASES = ("sqlite",)


def test_a_case_is_asked_read_submitted_and_signed(place: Place) -> None:
    id = place.ask()
    case = place.case(id)
    assert case["state"] == "draft"
    assert case["outcomes"][0]["item"]
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "physician") == 200
    case = place.case(id)
    assert case["state"] == "approved"
    assert case["signed"].startswith("Physician Person (physician), physician, 2026-03-02")
    page = place.of("author").get(f"/cases/{id}")
    assert "Approved by Physician Person (physician)" in page.text
    article = place.of("author").get(f"/cases/{id}/versions/1/article.html").text
    assert "Physician Person (physician)" in article


def test_everything_works_without_script_by_forms_alone(place: Place) -> None:
    browser = place.sign_in("author")
    csrf = browser.headers.pop("x-csrf-token")
    asked = browser.post(
        "/ask",
        data={"csrf": csrf, "question": QUESTION, "as_of": "2026-03-02"},
        files=[("files", ("note.txt", b"Date: 2026-02-20\nChronic urticaria.", "text/plain"))],
    )
    assert asked.status_code == 303
    where = asked.headers["location"]
    assert "The record is being read" in browser.get(where).text
    place.work()
    page = browser.get(where).text
    assert "What is missing" in page
    hash = place.case(where.rsplit("/", 1)[1])["version"]["article_hash"]
    done = browser.post(f"{where}/decide", data={"csrf": csrf, "act": "submit", "article": hash})
    assert (done.status_code, done.headers["location"]) == (303, where)
    assert "Under review" in browser.get(where).text


def test_an_answer_is_attested_and_the_change_is_shown(place: Place) -> None:
    id = place.ask()
    question = next(
        q for q in place.case(id)["questions"] if "answer" in q["keys"] and len(q["concepts"]) == 1
    )
    concept = question["concepts"][0]["id"]
    place.later(days=1)
    said = place.of("author").post(
        f"/api/cases/{id}/answer", json={"concept": concept, "answer": "present"}
    )
    assert said.status_code == 200, said.text
    assert place.case(id)["state"] == "reading"
    place.work()
    case = place.case(id)
    assert [v["n"] for v in case["versions"]] == [2, 1]
    assert case["as_of"] == "2026-03-03"
    assert (case["answers"][0]["by"], case["answers"][0]["keys"]["concept"]) == (
        "Author Person (author)",
        concept,
    )
    struck = place.of("author").post(
        f"/api/cases/{id}/strike",
        json={"answer": case["answers"][0]["id"], "because": "It was another patient's."},
    )
    assert struck.status_code == 200
    place.work()
    case = place.case(id)
    assert case["answers"][0]["struck"] == "It was another patient's. (Author Person (author))"
    assert len(case["versions"]) == 3


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"concept": "no-such-thing", "answer": "present"}, "no-such-thing"),
        ({"concept": "chronic-urticaria", "answer": ""}, "the answer is empty"),
        (
            {"concept": "chronic-urticaria", "answer": "present", "on": "yesterday"},
            '"on" is not a date',
        ),
    ],
)
def test_what_is_no_answer_is_told_and_changes_nothing(
    place: Place, keys: dict[str, str], words: str
) -> None:
    id = place.ask()
    refused = place.of("author").post(f"/api/cases/{id}/answer", json=keys)
    assert refused.status_code == 400
    assert words in refused.json()["error"]["what"]
    assert place.case(id)["answers"] == []


def test_a_follow_up_is_answered_and_kept(place: Place) -> None:
    id = place.ask()
    done = place.of("author").post(
        f"/api/cases/{id}/question", json={"question": "What is missing?"}
    )
    talk = done.json()["talk"]
    page = place.of("physician").get(f"/cases/{id}/talks/{talk}")
    assert page.status_code == 200
    assert "<h1" in page.text
    assert [t["question"] for t in place.case(id)["talks"]] == ["What is missing?"]


def test_the_patient_reads_the_same_findings_in_plain_words(place: Place) -> None:
    id = place.ask()
    browser = place.of("author")
    plain = browser.get(f"/cases/{id}/versions/1/article.html?reader=patient")
    spanish = browser.get(f"/cases/{id}/versions/1/article.html?reader=patient&language=es")
    assert 'lang="en"' in plain.text
    assert 'lang="es"' in spanish.text
    assert browser.get(f"/cases/{id}/versions/1/article.html?language=xx").status_code == 400


@pytest.mark.parametrize("form", ["pdf", "docx", "md", "fhir"])
def test_the_article_leaves_as_a_file(place: Place, form: str) -> None:
    id = place.ask()
    file = place.of("author").get(f"/cases/{id}/versions/1/file/{form}")
    assert file.status_code == 200
    assert len(file.content) > 1000
    assert file.headers["content-disposition"].startswith("attachment")


def test_a_document_comes_back_byte_for_byte(place: Place) -> None:
    content = b"Date: 2026-02-20\r\nUrticaria.\xff\n"
    asked = place.of("author").post(
        "/api/ask",
        data={"question": QUESTION},
        files=[("files", ("../../etc/a note.txt", content, "text/plain"))],
    )
    id = asked.json()["id"]
    back = place.of("author").get(f"/cases/{id}/documents/1")
    assert back.content == content
    assert place.case(id)["documents"][0]["name"] == "a note.txt"


def test_further_documents_are_read_with_the_first(place: Place) -> None:
    id = place.ask()
    added = place.of("author").post(
        f"/api/cases/{id}/documents",
        files=[("files", ("more.txt", b"Date: 2026-02-25\nFailed loratadine.", "text/plain"))],
    )
    assert added.status_code == 200, added.text
    place.work()
    assert len(place.case(id)["versions"]) == 2


def test_an_unreadable_file_is_told_and_nothing_is_lost(place: Place) -> None:
    asked = place.of("author").post(
        "/api/ask",
        data={"question": QUESTION},
        files=[("files", ("scan.pdf", b"%PDF-1.7 cut off", "application/pdf"))],
    )
    id = asked.json()["id"]
    place.work()
    case = place.case(id)
    assert case["state"] == "trouble"
    assert "no document could be read" in case["trouble"]
    assert [d["name"] for d in case["documents"]] == ["scan.pdf"]
    assert "could not be assessed" in place.of("author").get(f"/cases/{id}").text


def test_what_is_signed_is_published_without_the_patient(place: Place, tmp_path: Path) -> None:
    record = "Patient: Jane Q. Sample\nMRN: 4471923\n" + RECORD
    id = place.ask(record=record)
    browser = place.of("author")
    assert browser.get(f"/cases/{id}/public.html").status_code == 400
    place.decide(id, "submit", "author")
    place.decide(id, "approve", "physician")
    page = browser.get(f"/cases/{id}/public.html")
    assert page.status_code == 200, page.text
    assert "Physician Person (physician)" in page.text
    assert "Sample" not in page.text
    place.publish(id)
    url = place.engine.url.render_as_string(hide_password=False)
    site = tmp_path / "site"
    given = ["desk", "publish", "--data", url, "--site-url", "https://x.test", "-o", str(site)]
    for _ in range(2):  # again, over what is there
        done = CliRunner().invoke(main, given)
        assert done.exit_code == 0, done.output
    pages = [p for p in site.rglob("*.html") if "Physician Person" in p.read_text()]
    assert pages
    assert all("Sample" not in p.read_text() for p in site.rglob("*.html"))


# --- the rules of deciding -----------------------------------------------------------------------


def test_nobody_signs_what_they_asked_or_submitted(place: Place) -> None:
    id = place.ask("physician")
    assert place.decide(id, "submit", "physician") == 200
    assert place.decide(id, "approve", "physician") == 400
    assert place.case(id)["state"] == "under_review"


def test_a_draft_is_submitted_before_it_is_signed(place: Place) -> None:
    assert place.decide(place.ask(), "approve", "physician") == 400


def test_a_denial_takes_a_physician(place: Place) -> None:
    id = place.ask(
        question="Is omalizumab medically necessary for seasonal allergic rhinitis?",
        record="Date: 2026-02-20\nThe record is closed. Mild rhinitis.\n",
    )
    case = place.case(id)
    adverse = {"not_indicated", "indicated_with_changes"} & {o["outcome"] for o in case["outcomes"]}
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "reviewer") == (400 if adverse else 200)


def test_in_a_closed_record_what_is_not_granted_takes_a_physician(place: Place) -> None:
    asked = place.of("author").post(
        "/api/ask", data={"question": QUESTION, "record": "Urticaria.", "closed": "true"}
    )
    id = asked.json()["id"]
    place.work()
    assert place.case(id)["outcomes"][0]["outcome"] != "indicated"
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "reviewer") == 400
    assert place.decide(id, "approve", "physician") == 200


def test_an_act_holds_for_exactly_the_text_that_was_read(place: Place) -> None:
    id = place.ask()
    before = place.case(id)["version"]["article_hash"]
    place.of("author").post(
        f"/api/cases/{id}/documents",
        files=[("files", ("more.txt", b"Date: 2026-02-25\nFailed loratadine.", "text/plain"))],
    )
    place.work()
    refused = place.of("author").post(
        f"/api/cases/{id}/decide", json={"act": "submit", "article": before}
    )
    assert refused.status_code == 400
    assert "not the one that you read" in refused.json()["error"]["what"]


def test_an_approval_falls_with_the_text(place: Place) -> None:
    id = place.ask()
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "physician") == 200
    place.of("reviewer").post(
        f"/api/cases/{id}/documents",
        files=[("files", ("more.txt", b"Date: 2026-02-25\nFailed loratadine.", "text/plain"))],
    )
    place.work()
    case = place.case(id)
    assert (case["state"], case["signed"]) == ("draft", "")
    first = place.of("author").get(f"/cases/{id}/versions/1/article.html").text
    assert "Physician Person (physician)" in first  # what was signed stays signed


@pytest.mark.parametrize(
    ("act", "more", "words"),
    [
        ("approve", {"no_conflict": False}, "conflict of interest"),
        ("return", {"comment": " "}, "a return needs a comment"),
        ("publish", {}, "there is no act"),
    ],
)
def test_an_act_that_lacks_something_says_what(
    place: Place, act: str, more: dict[str, object], words: str
) -> None:
    id = place.ask()
    assert place.decide(id, "submit", "author") == 200
    hash = place.case(id)["version"]["article_hash"]
    body = {"act": act, "article": hash, "no_conflict": True, **more}
    refused = place.of("physician").post(f"/api/cases/{id}/decide", json=body)
    assert refused.status_code == 400
    assert words in refused.json()["error"]["what"]
    assert place.case(id)["state"] == "under_review"


def test_a_returned_text_is_submitted_again(place: Place) -> None:
    id = place.ask()
    steps = [("submit", "author"), ("return", "reviewer"), ("submit", "author")]
    for act, who in steps:
        assert place.decide(id, act, who, comment="Send the diary.") == 200
    assert place.case(id)["state"] == "under_review"
    told = [(line["act"], line["comment"]) for line in place.case(id)["history"]]
    assert ("return", "no conflict of interest stated: Send the diary.") in told


# --- clocks, assignment, the queue ---------------------------------------------------------------


def test_clocks(place: Place) -> None:
    browser = place.of("author")
    due = {}
    for expedited in ("false", "true"):
        form = {"question": QUESTION, "record": "Urticaria.", "expedited": expedited}
        id = browser.post("/api/ask", data=form).json()["id"]
        due[expedited] = (id, place.case(id)["due_at"])
    assert due["false"][1] == "2026-03-09T09:00:00+00:00"
    assert due["true"][1] == "2026-03-05T09:00:00+00:00"
    assert [r["id"] for r in browser.get("/api/").json()["rows"]] == [
        due["true"][0],
        due["false"][0],
    ]
    place.later(days=4)
    assert "overdue since 2026-03-05 09:00 UTC" in place.of("author").get("/").text
    more = place.of("reviewer").post(
        f"/api/cases/{due['true'][0]}/extend", json={"because": "A laboratory result is awaited."}
    )
    assert more.status_code == 200
    assert place.case(due["true"][0])["due_at"] == "2026-03-19T09:00:00+00:00"
    again = place.of("reviewer").post(
        f"/api/cases/{due['true'][0]}/extend", json={"because": "Once more."}
    )
    assert again.status_code == 400


def test_time_zones_do_not_move_a_clock(place: Place) -> None:
    from datetime import timedelta, timezone

    place.clock.at = datetime(2026, 3, 2, 23, 30, tzinfo=timezone(timedelta(hours=-8)))
    id = place.ask()
    due = datetime.fromisoformat(place.case(id)["due_at"])
    assert due == datetime(2026, 3, 10, 7, 30, tzinfo=UTC)


def test_a_case_is_given_to_somebody_who_may_decide_it(place: Place) -> None:
    id = place.ask()
    for login, status in (("author", 400), ("nobody", 400), ("physician", 200)):
        done = place.of("editor").post(f"/api/cases/{id}/assign", json={"login": login})
        assert done.status_code == status
    mine = place.of("physician").get("/api/?mine=true").json()["rows"]
    assert [r["id"] for r in mine] == [id]


def test_the_queue_is_read_in_pages(place: Place) -> None:
    browser = place.of("author")
    for n in range(3):
        browser.post("/api/ask", data={"question": f"{QUESTION} Number {n}.", "record": "x"})
    found = browser.get("/api/?find=number 1").json()
    assert (found["total"], len(found["rows"])) == (1, 1)
    assert browser.get("/api/?page=9").json()["rows"] == []
    assert browser.get("/api/?page=0").status_code == 422


def test_the_queue_is_narrowed_and_counted_by_state(place: Place) -> None:
    ids = {}
    for expedited in ("false", "true"):
        form = {"question": QUESTION, "record": "Urticaria.", "expedited": expedited}
        ids[expedited] = place.of("author").post("/api/ask", data=form).json()["id"]
    place.of("editor").post(f"/api/cases/{ids['false']}/assign", json={"login": "physician"})

    def narrowed(by: str) -> tuple[list[str], dict[str, int]]:
        page = place.of("physician").get(f"/api/?{by}").json()
        return [r["id"] for r in page["rows"]], page["counts"]

    assert narrowed("expedited=true") == ([ids["true"]], {"reading": 1})
    assert narrowed("unassigned=true") == ([ids["true"]], {"reading": 1})
    assert narrowed("overdue=true") == ([], {})
    assert narrowed("state=draft") == ([], {"reading": 2})
    place.later(days=4)
    assert narrowed("overdue=true") == ([ids["true"]], {"reading": 1})
    page = place.of("physician").get("/?overdue=true&unassigned=true").text
    assert "Reading (1)" in page


def test_figures_count_what_was_signed(place: Place) -> None:
    id = place.ask()
    place.decide(id, "submit", "author")
    place.later(hours=5)
    place.decide(id, "approve", "physician")
    figures = place.of("auditor").get("/api/statistics").json()
    assert (figures["cases"], figures["decided"], figures["in_time"]) == (1, 1, 1)
    assert figures["median_hours"] == 5.0
