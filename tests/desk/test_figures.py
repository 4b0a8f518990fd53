"""The desk counted, and the yearly public figures."""

from __future__ import annotations

import csv
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from indicated.serve.desk import figures
from indicated.serve.desk.database import transaction
from tests.desk.conftest import QUESTION, RECORD, Place

DATABASES = ("sqlite",)


def decided(place: Place, after: float, **more: str) -> str:
    form = {"question": QUESTION, "record": RECORD, **more}
    id = str(place.of("author").post("/api/ask", data=form).json()["id"])
    place.work()
    assert place.decide(id, "submit", "author") == 200
    place.later(hours=after)
    assert place.decide(id, "approve", "physician") == 200
    return id


def test_turnaround_by_week_and_person(place: Place) -> None:
    decided(place, 5)
    decided(place, 7 * 24 + 1)  # late, and in the week after
    page = place.of("editor").get("/api/statistics").json()
    assert (page["decided"], page["in_time"]) == (2, 1)
    assert (page["median_hours"], page["p90_hours"]) == (87.0, 152.6)
    assert [(w["begins"], w["decided"], w["in_time"]) for w in page["weeks"]] == [
        ("2026-03-02", 1, 1), ("2026-03-09", 1, 0),
    ]  # fmt: skip
    assert page["load"] == [{"name": "Physician Person", "open": 0, "approved": 2, "returned": 0}]
    early = place.of("editor").get("/api/statistics?until=2026-03-08").json()
    assert (early["decided"], early["by_policy"][0]["policy"]) == (1, "omalizumab-urticaria")
    assert place.of("editor").get("/api/statistics?since=2027-01-01").json()["weeks"] == []


def test_what_was_withdrawn_is_not_decided(place: Place) -> None:
    id = decided(place, 5)
    assert place.decide(id, "withdraw", "physician") == 200
    page = place.of("editor").get("/api/statistics").json()
    assert (page["decided"], page["states"]) == (0, {"withdrawn": 1})


def test_agreement_is_of_two_people_on_one_text(place: Place) -> None:
    id = place.ask()
    told = {"comment": "Send the diary."}
    for act, who in [("submit", "author"), ("return", "reviewer"), ("submit", "author"),
                     ("return", "reviewer"), ("submit", "author"), ("return", "physician"),
                     ("submit", "author"), ("approve", "reviewer")]:  # fmt: skip
        assert place.decide(id, act, who, **told) == 200, (act, who)
    found = place.of("editor").get("/api/statistics").json()["agreement"]
    assert found == {"pairs": 2, "same": 1}


def test_pictures_are_drawn_beside_their_numbers(place: Place) -> None:
    pytest.importorskip("matplotlib")
    decided(place, 5)
    browser = place.of("auditor")
    page = browser.get("/statistics").text
    for name in ("weeks", "hours", "outcomes"):
        assert f'<img src="/statistics/plots/{name}.svg?since=&amp;until=" alt="' in page
        drawn = browser.get(f"/statistics/plots/{name}.svg")
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert ET.fromstring(drawn.text).tag.endswith("svg")
    assert browser.get("/statistics/plots/other.svg").status_code == 404


def test_the_public_figures_of_a_year(place: Place) -> None:
    decided(place, 6)
    decided(place, 3, expedited="true")
    browser = place.of("auditor")
    rows = browser.get("/api/statistics/metrics?year=2026&drugs=true").json()["metrics"]
    told = {m["id"]: (m["value"], m["of"], m["note"]) for m in rows}
    assert told["items"] == told["after-appeal"] == (None, None, "not recorded")
    assert told["standard-median"] == (6.0, 1, "")
    assert told["expedited-mean"] == (3.0, 1, "")
    assert told["standard-approved"][1] == told["expedited-denied"][1] == 1
    without = browser.get("/api/statistics/metrics?year=2026").json()["metrics"]
    assert {m["note"] for m in without} == {"not recorded", "no request"}  # a drug alone was asked
    assert all(m["value"] is None for m in without)
    file = browser.get("/statistics/metrics.csv?year=2026&drugs=true").text
    lines = {r["metric"]: r for r in csv.DictReader(file.splitlines())}
    assert lines["after-appeal"]["value"] == "not recorded"
    assert lines["standard-median"]["value"] == "6.0"
    assert "not recorded" in browser.get("/statistics/metrics?year=2026").text
    none = browser.get("/api/statistics/metrics?year=2025&drugs=true").json()["metrics"]
    assert all(m["value"] is None for m in none)


def test_overrides_are_counted_by_policy(place: Place) -> None:
    id = place.ask()
    item = place.case(id)["outcomes"][0]
    other = "indicated" if item["computed"] != "indicated" else "not_indicated"  # type: ignore[index]
    body = {"item": item["id"], "outcome": other, "because": "Seen by me."}  # type: ignore[index]
    done = place.of("physician").post(f"/api/cases/{id}/override", json=body)
    assert done.status_code == 200, done.text
    day = place.clock().date()
    with transaction(place.engine, writes=False) as db:
        assert figures.overrides(db, day, day) == {"omalizumab-urticaria": 1}
        assert figures.overrides(db, date(2027, 1, 1), None) == {}
