"""A language model beside the cases of a desk: off by default, marked, and nothing adverse unconfirmed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from indicated.errors import InputError
from indicated.model import Library
from indicated.propose import Answer, Exchange, Request
from indicated.serve.desk import ledger
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import transaction
from indicated.serve.desk.proposing import TOGETHER, Recorded, require_settings
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import LedgerRow, ModelAnswer
from tests.desk.conftest import START, Clock, Place, furnished
from tests.desk.test_correct import article, done, page, post
from tests.model.test_asked_beside import CPAP as CPAP_TOO
from tests.model.test_asked_beside import HOME, reply
from tests.model.test_assisted import AHI, CPAP, FEW, answer
from tests.model.test_exchange import EMPTY, request

DATABASES = ("sqlite",)
RECORD = "Date: 2025-11-05\n" + AHI


class Answered:
    """A desk with a model that is an exchange folder."""

    def __init__(self, engine: Engine, library: Library, folder: Path, inside: str = "on"):
        self.folder = folder
        settings = DeskSettings(model=f"folder:{folder}", model_inside=inside)
        self.place = furnished(engine, library, Clock(), settings=settings)

    def answer(self, facts: str, question: str = "") -> None:
        """Have every request answered that waits."""
        exchange = Exchange(self.folder)
        for waits in list(exchange.pending()):
            told = question if waits.prompt.purpose == "question" else facts
            exchange.record(waits, told)

    def again(self, id: str) -> None:
        """Have the case assessed anew."""
        done(self.place, "author", f"/cases/{id}/model")


@pytest.fixture
def desk(engine: Engine, library: Library, tmp_path: Path) -> Answered:
    return Answered(engine, library, tmp_path / "x")


def outcomes(place: Place, id: str) -> list[str]:
    return [o["outcome"] for o in place.case(id)["outcomes"]]  # type: ignore[attr-defined]


def lines(place: Place, act: str) -> list[Any]:
    with transaction(place.engine, writes=False) as db:
        query = select(LedgerRow).where(LedgerRow.act == act).order_by(LedgerRow.n)
        rows = list(db.scalars(query))
        read = ledger.comments(db, rows)
        return [json.loads(row.line) | {"comment": read[row.n]} for row in rows]


def proposed(place: Place, id: str) -> list[Any]:
    shown = page(place, id, "facts", "author")
    return [f for f in (*shown["facts"], *shown["asked"]) if f["of_model"]]


def waiting_case(desk: Answered) -> str:
    """A case in which a proposed fact would deny it."""
    id = desk.place.ask(question=CPAP, record=RECORD)
    desk.answer(answer(FEW))
    desk.again(id)
    return id


def test_without_the_setting_nothing_is_asked(place: Place) -> None:
    id = place.ask(question=CPAP, record=RECORD)
    assert proposed(place, id) == []
    assert lines(place, "model") == []
    with transaction(place.engine, writes=False) as db:
        assert list(db.scalars(select(ModelAnswer))) == []


def test_what_a_model_points_at_is_shown_and_denies_nothing(desk: Answered) -> None:
    id = waiting_case(desk)
    [fact] = proposed(desk.place, id)
    assert (fact["of_model"], fact["used"]) == ("proposed", True)
    assert "AHI" in fact["passages"][0]["quote"]
    assert outcomes(desk.place, id) == ["cannot_determine"]
    assert "pointed at words that do not count yet" in article(desk.place, id)
    shown = desk.place.of("author").get(f"/cases/{id}/facts").text
    assert "Proposed by a model:" in shown
    assert f'action="/cases/{id}/confirm"' in shown
    assert "A language model was asked as well" in shown
    read = desk.place.of("auditor").get(f"/cases/{id}/facts").text
    assert f'action="/cases/{id}/confirm"' not in read
    first, *_ = lines(desk.place, "model")
    assert (first["by"], first["comment"]) == (
        "the desk",
        "asked 1, answered 0; 0 proposals taken in all",
    )


def test_a_person_confirms_it_and_takes_it_back(desk: Answered) -> None:
    id = waiting_case(desk)
    [fact] = proposed(desk.place, id)
    done(desk.place, "author", f"/cases/{id}/confirm", fact=fact["id"])
    assert outcomes(desk.place, id) == ["not_indicated"]
    assert [f["of_model"] for f in proposed(desk.place, id)] == ["confirmed"]
    assert "confirmed by a person" in article(desk.place, id)
    [told] = desk.place.case(id)["confirmed"]  # type: ignore[misc, attr-defined]
    assert (told["by"], told["struck"]) == ("Author Person (author), author", "")
    assert told["at"].startswith("2026-03-02")
    [line] = lines(desk.place, "tick")
    assert line["by"] == "Author Person (author)"
    assert line["comment"] == "on ahi, proposed by a model"
    twice = post(desk.place, "author", f"/cases/{id}/confirm", fact=fact["id"])
    assert (twice.status_code, "no model pointed at this" in twice.text) == (400, True)
    back = {"number": told["id"], "because": "It is the husband's."}
    done(desk.place, "author", f"/cases/{id}/confirm/take-back", **back)
    assert outcomes(desk.place, id) == ["cannot_determine"]
    assert "taken back" in desk.place.of("author").get(f"/cases/{id}").text


def test_a_person_strikes_it_out(desk: Answered) -> None:
    id = waiting_case(desk)
    [fact] = proposed(desk.place, id)
    done(desk.place, "author", f"/cases/{id}/misread", fact=fact["id"], because="Another night.")
    assert proposed(desk.place, id) == []
    assert outcomes(desk.place, id) == ["cannot_determine"]
    assert "Another night" in article(desk.place, id)


def test_what_no_model_pointed_at_cannot_be_confirmed(desk: Answered) -> None:
    id = waiting_case(desk)
    own = next(f for f in page(desk.place, id, "facts")["facts"] if not f["of_model"])
    for fact in (own["id"], "f0", ""):
        refused = post(desk.place, "author", f"/cases/{id}/confirm", fact=fact)
        assert refused.status_code == 400


def test_what_a_question_asks_for_besides_waits_for_a_person(desk: Answered) -> None:
    record = RECORD.replace("AHI\n3", "AHI 3")
    id = desk.place.ask(question=HOME, record=record)
    desk.answer(answer(), reply([CPAP_TOO]))
    desk.again(id)
    assert len(outcomes(desk.place, id)) == 1
    [asked] = proposed(desk.place, id)
    assert (asked["says"], asked["of_model"]) == (
        "Asks for: continuous positive airway pressure",
        "proposed",
    )
    assert (
        "What a model says of the question"
        in desk.place.of("author").get(f"/cases/{id}/facts").text
    )
    done(desk.place, "author", f"/cases/{id}/confirm", fact=asked["id"])
    assert outcomes(desk.place, id)[1:] == ["not_indicated"]
    [told] = desk.place.case(id)["confirmed"]  # type: ignore[misc, attr-defined]
    back = {"number": told["id"], "because": "A slip."}
    done(desk.place, "author", f"/cases/{id}/confirm/take-back", **back)
    done(
        desk.place,
        "author",
        f"/cases/{id}/misread",
        fact=asked["id"],
        because="Nobody asks for it.",
    )
    assert proposed(desk.place, id) == []
    assert desk.place.of("author").get(f"/cases/{id}").status_code == 200


def test_answers_are_kept_and_asked_for_once(desk: Answered) -> None:
    id = waiting_case(desk)
    asked = lines(desk.place, "model")
    for path in desk.folder.iterdir():
        path.unlink()
    [fact] = proposed(desk.place, id)
    done(desk.place, "author", f"/cases/{id}/confirm", fact=fact["id"])
    assert list(desk.folder.iterdir()) == []
    assert lines(desk.place, "model") == asked
    assert outcomes(desk.place, id) == ["not_indicated"]


def test_where_no_model_is_set_any_more_what_was_confirmed_stays(desk: Answered) -> None:
    id, other = waiting_case(desk), waiting_case(desk)
    [fact] = proposed(desk.place, id)
    done(desk.place, "author", f"/cases/{id}/confirm", fact=fact["id"])
    settings = replace(desk.place.desk.settings, model="")
    desk.place.desk = replace(desk.place.desk, settings=settings)
    for case in (id, other):
        answered = {"concept": "hypertension", "answer": "present"}
        done(desk.place, "author", f"/cases/{case}/answer", **answered)
    assert [f["of_model"] for f in proposed(desk.place, id)] == ["confirmed"]
    assert proposed(desk.place, other) == []


def test_a_desk_without_a_model_does_not_ask_one(place: Place) -> None:
    id = place.ask(question=CPAP, record=RECORD)
    refused = post(place, "author", f"/cases/{id}/model")
    assert (refused.status_code, "no language model is set" in refused.text) == (400, True)


def test_a_model_that_cannot_be_asked_stops_nothing(desk: Answered) -> None:
    desk.folder.write_text("a file where the folder should be")
    id = desk.place.ask(question=CPAP, record=RECORD)
    assert outcomes(desk.place, id) == ["cannot_determine"]
    [line] = lines(desk.place, "model")
    assert line["comment"].startswith("not asked: ")
    assert "daytime" not in line["comment"]


def test_a_bad_answer_is_not_kept(desk: Answered) -> None:
    id = desk.place.ask(question=CPAP, record=RECORD)
    desk.answer("I am sorry, but")
    desk.again(id)
    assert proposed(desk.place, id) == []
    with transaction(desk.place.engine, writes=False) as db:
        assert list(db.scalars(select(ModelAnswer))) == []


def test_what_takes_too_long_is_asked_the_next_time(place: Place) -> None:
    """Each few answers are kept at once; what no time is left for is no answer yet."""
    id = place.ask(question=CPAP, record=RECORD)
    asked = [request(f"text {n}") for n in range(2 * TOGETHER + 1)]
    seen: list[Request] = []

    def model(some: Sequence[Request]) -> list[Answer]:
        seen.extend(some)
        return [Answer(EMPTY) for _ in some]

    ticks = iter((0.0, 1.0, 2.0, 11.0))
    first = Recorded(place.engine, id, START, model, 10.0, lambda: next(ticks))
    whys = [a.why for a in first([*asked, asked[0]])]
    assert whys == [*[""] * 8, "pending", ""]
    assert (first.asked, first.answered, len(seen)) == (8, 8, 8)
    again = Recorded(place.engine, id, START, model)(asked)
    assert (len(seen), {a.text for a in again}) == (9, {EMPTY})


def test_a_model_outside_sees_no_names(engine: Engine, library: Library, tmp_path: Path) -> None:
    outside = Answered(engine, library, tmp_path / "x", inside="off")
    outside.place.ask(question=CPAP, record="Patient: Jane Example  MRN 00123456\n" + RECORD)
    shown = "".join(p.read_text() for p in outside.folder.iterdir())
    assert "daytime" in shown
    assert "Jane" not in shown
    assert "00123456" not in shown


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (DeskSettings(model="ftp://host/v1"), "is no endpoint"),
        (DeskSettings(model="http://example.org/v1"), "without encryption"),
        (DeskSettings(model_inside="yes"), "on or off"),
    ],
    ids=range(3),
)  # fmt: skip
def test_a_setting_that_is_no_model_is_told_at_once(
    settings: DeskSettings, says: str, place: Place
) -> None:
    with pytest.raises(InputError, match=says):
        require_settings(settings, place.desk.library)
    with pytest.raises(InputError, match=says):
        make_app(replace(place.desk, settings=settings))
