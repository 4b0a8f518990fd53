"""What becomes of a case afterwards: its versions beside each other."""

from __future__ import annotations

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
