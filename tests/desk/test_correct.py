"""What persons say against the reading, the outcome and the wording, up to the signature."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.conftest import Place

DATABASES = ("sqlite",)
OPEN = "Date: 2026-02-20\nChronic spontaneous urticaria for two years.\n"


def post(place: Place, login: str, path: str, **body: object) -> Any:
    return place.of(login).post(f"/api{path}", json=body)


def done(place: Place, login: str, path: str, **body: object) -> None:
    answer = post(place, login, path, **body)
    assert answer.status_code == 200, answer.text
    place.work()


def page(place: Place, id: str, name: str, login: str = "physician") -> Any:
    answer = place.of(login).get(f"/api/cases/{id}/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def article(place: Place, id: str, query: str = "") -> str:
    n = place.case(id)["version"]["n"]  # type: ignore[index]
    return place.of("physician").get(f"/cases/{id}/versions/{n}/article.html{query}").text


def sentence(place: Place, id: str, *, editable: bool) -> dict[str, Any]:
    parts = page(place, id, "text")["parts"]
    rows = [s for p in parts for s in p["sentences"] if s["editable"] is editable]
    return max(rows, key=lambda s: len(s["says"]))  # type: ignore[no-any-return]


# --- misread -------------------------------------------------------------------------------------


def test_a_misread_passage_is_struck_out_and_read_again(place: Place) -> None:
    id = place.ask()
    before = {f["id"]: f for f in page(place, id, "facts")["facts"]}
    fact = next(f for f in before.values() if f["used"] and not f["person"])
    path = f"/cases/{id}/misread"
    done(place, "author", path, fact=fact["id"], because="It is the sister's.")
    after = page(place, id, "facts")["facts"]
    assert fact["id"] not in {f["id"] for f in after}
    case = place.case(id)
    assert [v["n"] for v in case["versions"]] == [2, 1]  # type: ignore[attr-defined]
    assert case["misread"][0]["says"] == "It is the sister's."  # type: ignore[index]
    assert "It is the sister" in article(place, id)
    assert "It is the sister" in article(place, id, "?reader=patient&language=es")
    number = case["misread"][0]["id"]  # type: ignore[index]
    done(place, "author", f"{path}/take-back", number=number, because="It is hers after all.")
    assert {f["id"] for f in page(place, id, "facts")["facts"]} == set(before)
    assert (
        place.case(id)["misread"][0]["struck"] == "It is hers after all. (Author Person (author))"
    )  # type: ignore[index]
    again = post(place, "author", f"{path}/take-back", number=number, because="Twice.")
    assert again.status_code == 400


def test_what_holds_instead_is_attested_with_it(place: Place) -> None:
    id = place.ask()
    fact = next(f for f in page(place, id, "facts")["facts"] if "answer" in f["keys"])
    told = {"fact": fact["id"], "because": "He never had it.", "answer": "absent"}
    done(place, "author", f"/cases/{id}/misread", **told)
    (answer,) = place.case(id)["answers"]  # type: ignore[misc, attr-defined]
    assert answer["keys"]["answer"] == "absent"
    said = next(f for f in page(place, id, "facts")["facts"] if f["person"])
    refused = post(place, "author", f"/cases/{id}/misread", fact=said["id"], because="x")
    assert "not read from the record" in refused.json()["error"]["what"]


# --- decided otherwise ---------------------------------------------------------------------------


def item(place: Place, id: str) -> dict[str, str]:
    return place.case(id)["outcomes"][0]  # type: ignore[index, no-any-return]


def test_a_reviewer_decides_for_the_patient_and_a_physician_against(place: Place) -> None:
    id = place.ask(record=OPEN)
    computed = item(place, id)
    path, told = f"/cases/{id}/override", {"item": computed["id"], "because": "Seen by me."}
    refused = post(place, "reviewer", path, outcome="not_indicated", **told)
    assert "Choose of" in refused.json()["error"]["do"] or refused.status_code == 400
    done(place, "reviewer", path, outcome="indicated", **told)
    now = item(place, id)
    assert (now["outcome"], now["computed"]) == ("indicated", computed["outcome"])
    assert "Seen by me" in article(place, id)
    assert "decided by a person; computed" in place.of("reviewer").get(f"/cases/{id}").text
    done(place, "physician", path, outcome="not_indicated", item=computed["id"], because="No.")
    assert item(place, id)["outcome"] == "not_indicated"
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "reviewer") == 400  # adverse: a physician signs
    assert place.decide(id, "approve", "physician") == 200
    public = place.of("physician").get(f"/cases/{id}/public.html").text
    assert "Physician Person" not in public.split("Approved by")[0].split("Direct answer")[1]


def test_a_decision_is_taken_back_and_lapses_when_the_case_reads_otherwise(place: Place) -> None:
    id = place.ask(record=OPEN)
    computed = item(place, id)
    path = f"/cases/{id}/override"
    told = {"item": computed["id"], "outcome": "indicated", "because": "Seen by me."}
    done(place, "physician", path, **told)
    number = place.case(id)["decisions"][0]["id"]  # type: ignore[index]
    done(place, "physician", f"{path}/take-back", number=number, because="Not so.")
    assert item(place, id)["outcome"] == computed["outcome"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"outcome": "conditional"}, "no outcome that a person decides"),
        ({"because": " "}, "needs a reason"),
        ({"item": "item-9"}, "no such item"),
        ({"outcome": "cannot_determine"}, "was computed"),
    ],
)
def test_what_is_no_decision_is_told(place: Place, change: dict[str, str], says: str) -> None:
    id = place.ask(record=OPEN)
    assert item(place, id)["computed"] == "cannot_determine"
    told = {"item": "item-1", "outcome": "indicated", "because": "Seen.", **change}
    refused = post(place, "physician", f"/cases/{id}/override", **told)
    assert refused.status_code == 400
    assert says in refused.json()["error"]["what"]


# --- comments and changed sentences --------------------------------------------------------------


def test_a_text_is_returned_with_a_comment_on_a_sentence(place: Place) -> None:
    id = place.ask()
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "return", "physician") == 400  # nothing said
    said = sentence(place, id, editable=False)
    hash = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    told = {"article": hash, "sentence": said["n"], "says": "Name the trial."}
    done(place, "physician", f"/cases/{id}/comment", **told)
    assert place.decide(id, "return", "physician") == 200
    (remark,) = place.case(id)["remarks"]  # type: ignore[misc, attr-defined]
    assert (remark["about"], remark["says"]) == (said["says"], "Name the trial.")
    assert "Name the trial." in place.of("author").get(f"/cases/{id}").text


def test_a_text_is_approved_with_changes(place: Place) -> None:
    id = place.ask()
    first = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    said = sentence(place, id, editable=True)
    told = {"article": first, "sentence": said["n"], "words": "As the ward has it."}
    early = post(place, "physician", f"/cases/{id}/reword", **told)
    assert "only a text under review" in early.json()["error"]["what"]
    assert place.decide(id, "submit", "author") == 200
    done(place, "physician", f"/cases/{id}/reword", **told)
    case = place.case(id)
    assert case["state"] == "under_review"
    assert case["version"]["article_hash"] != first  # type: ignore[index]
    told["article"] = case["version"]["article_hash"]  # type: ignore[index]
    done(place, "physician", f"/cases/{id}/reword", **{**told, "words": "As the clinic has it."})
    shown = article(place, id)
    assert "As the clinic has it." in shown
    assert "As the ward has it." not in shown
    assert place.decide(id, "approve", "physician") == 200
    assert place.of("physician").get(f"/cases/{id}/public.html").status_code == 200
    pdf = place.of("physician").get(f"/cases/{id}/versions/3/file/md")
    assert "As the clinic has it." in pdf.text
    stale = post(place, "reviewer", f"/cases/{id}/reword", **told)
    assert stale.status_code == 400


def test_verdicts_are_not_worded_otherwise(place: Place) -> None:
    id = place.ask()
    assert place.decide(id, "submit", "author") == 200
    hash = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    n = sentence(place, id, editable=False)["n"]
    refused = post(
        place, "physician", f"/cases/{id}/reword", article=hash, sentence=n, words="Never."
    )
    assert "not worded otherwise" in refused.json()["error"]["what"]


def test_whoever_submitted_does_not_approve_what_another_changed(place: Place) -> None:
    id = place.ask()
    assert place.decide(id, "submit", "reviewer") == 200
    hash = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    n = sentence(place, id, editable=True)["n"]
    done(place, "physician", f"/cases/{id}/reword", article=hash, sentence=n, words="So.")
    assert place.decide(id, "approve", "reviewer") == 400
    assert place.decide(id, "approve", "physician") == 200


def test_a_later_approval_supersedes_the_earlier(place: Place) -> None:
    id = place.ask()
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "physician") == 200
    first = place.case(id)["version"]["article_hash"]  # type: ignore[index]
    fact = next(f for f in page(place, id, "facts")["facts"] if f["used"])
    done(place, "author", f"/cases/{id}/misread", fact=fact["id"], because="Not hers.")
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "physician") == 200
    acts = [(h["act"], h["article"]) for h in place.case(id)["history"]]  # type: ignore[attr-defined]
    assert ("supersede", first) in acts


def test_what_was_read_is_a_patients_data(place: Place) -> None:
    """Whoever may not see the case sees neither its facts nor its sentences; reading is noted."""
    id = place.ask("author")
    for name in ("facts", "text"):
        assert place.of("other").get(f"/cases/{id}/{name}").status_code == 404
        assert place.of("reviewer").get(f"/cases/{id}/{name}").status_code == 200
    lines = place.of("auditor").get("/api/ledger").json()["lines"]
    assert [x["act"] for x in lines if x["by"].startswith("Reviewer")][:2] == ["read", "read"]
