"""What is understood by a question, shown and corrected before anything is assessed."""

from __future__ import annotations

from datetime import date

import pytest

from indicated.errors import InputError
from indicated.model import Library
from indicated.serve.desk.wording import Change, changed, index, meanings
from indicated.understood import Understood, understood
from tests.desk.conftest import QUESTION, RECORD, Place

DATABASES = ("sqlite",)
TWO = "Is omalizumab 300 mg every 4 weeks and IVIG medically necessary for chronic urticaria?"


def looked(place: Place, question: str = QUESTION) -> str:
    form = {"question": question, "record": RECORD, "look": "true"}
    answer = place.of("author").post("/api/ask", data=form)
    assert answer.json()["to"].endswith("/asked")
    return str(answer.json()["id"])


def shown(place: Place, id: str, find: str = "") -> dict[str, object]:
    return dict(place.of("author").get(f"/api/cases/{id}/asked", params={"find": find}).json())


def correct(place: Place, id: str, wording: int = 1, **body: object) -> int:
    sent = {"wording": wording, **body}
    return place.of("author").post(f"/api/cases/{id}/asked", json=sent).status_code


def test_nothing_is_assessed_until_the_reading_is_confirmed(place: Place) -> None:
    id = looked(place)
    place.work()
    assert (place.case(id)["state"], place.case(id)["version"]) == ("asked", None)
    page = shown(place, id)
    item = page["items"][0]  # type: ignore[index]
    assert (item["treatment"], item["phase"]) == ("omalizumab", "initiation")
    assert item["policy"] == "omalizumab-urticaria"
    assert [s["words"] for s in page["said"]] == ["chronic urticaria?"]  # type: ignore[attr-defined]
    confirmed = place.of("author").post(f"/api/cases/{id}/assess", json={"wording": 1})
    assert confirmed.status_code == 200
    place.work()
    assert [o["item"] for o in place.case(id)["outcomes"]] == ["omalizumab"]  # type: ignore[attr-defined]


def test_the_article_is_judged_on_the_corrected_question(place: Place) -> None:
    id = looked(place, TWO)
    assert correct(place, id, change="remove", item=2) == 200
    assert correct(place, id, 2, change="phase", item=1, to="continuation") == 200
    page = shown(place, id)
    assert page["question"] == (
        "Is continuation of omalizumab 300 mg every 4 weeks medically necessary"
        " for chronic urticaria?"
    )
    told = [(w["n"], w["because"], w["by"]) for w in page["wordings"]]  # type: ignore[attr-defined]
    assert told == [
        (1, "asked", "Author Person (author)"),
        (2, "an item was taken out", "Author Person (author)"),
        (3, "the phase of an item was changed", "Author Person (author)"),
    ]
    assert page["wordings"][0]["question"] == TWO  # type: ignore[index]
    assert place.of("author").post(f"/api/cases/{id}/assess", json={"wording": 3}).is_success
    place.work()
    case = place.case(id)
    assert len(case["outcomes"]) == 1  # type: ignore[arg-type]
    article = place.of("author").get(f"/cases/{id}/versions/1/article.html").text
    assert "Is continuation of omalizumab" in article
    acts = [line["act"] for line in case["history"]]  # type: ignore[attr-defined]
    assert acts == ["ask", "correct", "correct", "confirm", "assess"]
    assert "omalizumab" not in str([line["comment"] for line in case["history"]])  # type: ignore[attr-defined]


def test_an_assessed_case_is_corrected_and_waits_again(place: Place) -> None:
    id = place.ask(question=TWO)
    assert correct(place, id, question=QUESTION) == 200
    case = place.case(id)
    assert (case["state"], case["acts"]) == ("asked", [])
    assert place.decide(id, "submit", "author") == 400  # the text answers another question
    place.of("author").post(f"/api/cases/{id}/assess", json={"wording": 2})
    place.work()
    case = place.case(id)
    assert (case["state"], len(case["outcomes"])) == ("draft", 1)  # type: ignore[arg-type]


def test_files_added_while_a_question_waits_do_not_run_it(place: Place) -> None:
    id = looked(place)
    more = [("files", ("more.txt", b"Date: 2026-02-25\nFailed loratadine.", "text/plain"))]
    assert place.of("author").post(f"/api/cases/{id}/documents", files=more).is_success
    place.work()
    assert place.case(id)["state"] == "asked"


def test_nobody_confirms_or_changes_a_wording_that_they_did_not_see(place: Place) -> None:
    id = looked(place, TWO)
    assert correct(place, id, question=QUESTION) == 200
    assert correct(place, id, change="remove", item=2) == 400
    assert place.of("author").post(f"/api/cases/{id}/assess", json={"wording": 1}).is_client_error
    assert correct(place, id, 2, question=" ") == 400
    assert correct(place, id, 2, question=QUESTION) == 400
    assert correct(place, id, 2, change="forget", item=1) == 400
    assert shown(place, id)["wording"] == 2


def test_an_item_is_found_in_the_index_and_added(place: Place) -> None:
    id = looked(place)
    assert shown(place, id, "dupilum")["found"][0]["id"] == "dupilumab"  # type: ignore[index]
    assert shown(place, id, "qqqqqqqq")["found"] == []
    assert correct(place, id, change="add", to="dupilumab") == 200
    items = shown(place, id)["items"]
    assert [i["treatment"] for i in items] == ["omalizumab", "dupilumab"]  # type: ignore[attr-defined]


def test_what_was_not_read_is_shown_in_its_words(place: Place) -> None:
    id = looked(place, "Is omalizumab necessary for a woman with zibble syndrome?")
    assert shown(place, id)["unread"] == ["zibble syndrome"]
    page = place.of("author").get(f"/cases/{id}/asked").text
    assert "<q>zibble syndrome</q>" in page
    id = looked(place, "Hello.")
    assert "No treatment, code or service was found" in place.of("author").get(
        f"/cases/{id}/asked"
    ).text  # fmt: skip


def read_by(library: Library, question: str) -> Understood:
    return understood(question, library, date(2026, 3, 2))


CHANGES = [
    (TWO, Change("remove", 1), "Is IVIG medically necessary for chronic urticaria?"),
    ("Is omalizumab 300 mg, dupilumab and IVIG necessary?", Change("remove", 2),
     "Is omalizumab 300 mg and IVIG necessary?"),
    ("Is continuation of dupilumab and montelukast necessary?", Change("remove", 1),
     "Is montelukast necessary?"),
    ("Is continuation of dupilumab necessary?", Change("phase", 1, "initiation"),
     "Is dupilumab necessary?"),
    ("Is dupilumab necessary?", Change("phase", 1, "dose_change"),
     "Is a dose change of dupilumab necessary?"),
    ("Is augmentation therapy necessary?", Change("meaning", 1, "dupilumab"),
     "Is dupilumab necessary?"),
    ("Is IVIG (intravenous immunoglobulin) necessary?", Change("add", 0, "dupilumab"),
     "Is IVIG (intravenous immunoglobulin) and dupilumab necessary?"),
    ("Hello.", Change("add", 0, "dupilumab"), "Hello. Is dupilumab medically necessary?"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "change", "words"), CHANGES)
def test_a_change_is_put_in_words(
    library: Library, question: str, change: Change, words: str
) -> None:
    def read(text: str) -> Understood:
        return read_by(library, text)

    assert changed(question, change, read, library.concepts) == words


@pytest.mark.parametrize(
    ("question", "change", "why"),
    [
        (QUESTION, Change("remove", 1), "all that is asked"),
        (QUESTION, Change("remove", 2), "no such item"),
        (QUESTION, Change("phase", 1, "later"), "no such phase"),
        (QUESTION, Change("meaning", 1, "chronic-urticaria"), "no such treatment"),
        (TWO, Change("meaning", 2, "omalizumab"), "no wording was found"),
    ],
)
def test_a_change_that_no_words_carry_is_refused(
    library: Library, question: str, change: Change, why: str
) -> None:
    def read(text: str) -> Understood:
        return read_by(library, text)

    with pytest.raises(InputError, match=why):
        changed(question, change, read, library.concepts)


def test_other_meanings_are_kinds_of_it_and_alike_names(library: Library) -> None:
    item = read_by(library, "Is IVIG necessary?").items[0].item
    assert "privigen" in [c.id for c in meanings(item, library.concepts)]
    slip = read_by(library, "Is dupilumabb necessary?").items[0].item
    assert slip.treatment == "dupilumab" or "dupilumab" in [
        c.id for c in meanings(slip, library.concepts)
    ]
    assert index("", library.concepts) == []
