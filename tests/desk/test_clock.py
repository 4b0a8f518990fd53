"""Until when a case must be decided: the rules as a table, and a clock that stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from indicated.errors import InputError
from indicated.serve.desk import clock
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import migrate, transaction
from indicated.serve.desk.settings import DeskSettings, desk_settings
from indicated.serve.desk.tables import CaseRow
from tests.desk.conftest import START, Place

DATABASES = ("sqlite",)
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
BUSINESS = {"days_counted": "business"}
# what is tested: settings, asked at, expedited, due at
TABLE: dict[str, tuple[dict[str, Any], str, bool, str]] = {
    "seven days": ({}, "2026-03-02T09:00", False, "2026-03-09T09:00"),
    "72 hours": ({}, "2026-03-02T09:00", True, "2026-03-05T09:00"),
    "other numbers": ({"standard_days": 14}, "2026-03-02T09:00", False, "2026-03-16T09:00"),
    "other hours": ({"expedited_hours": 24}, "2026-03-02T09:00", True, "2026-03-03T09:00"),
    # New York puts its clocks on in the night to 8 March 2026: the day has 23 hours
    "clocks put on": ({"time_zone": NEW_YORK}, "2026-03-04T15:00", False, "2026-03-11T14:00"),
    "72 hours are 72": ({"time_zone": NEW_YORK}, "2026-03-06T15:00", True, "2026-03-09T15:00"),
    "clocks put back": ({"time_zone": NEW_YORK}, "2026-10-30T14:00", False, "2026-11-06T15:00"),
    "a time left out": ({"time_zone": NEW_YORK}, "2026-03-01T07:30", False, "2026-03-08T07:30"),
    "a time shown twice": ({"time_zone": NEW_YORK}, "2026-10-25T05:30", False, "2026-11-01T05:30"),
    "leap day": ({}, "2028-02-22T09:00", False, "2028-02-29T09:00"),
    "over leap day": ({}, "2028-02-25T09:00", False, "2028-03-03T09:00"),
    "no leap day": ({}, "2026-02-25T09:00", False, "2026-03-04T09:00"),
    "year end": ({}, "2026-12-28T09:00", False, "2027-01-04T09:00"),
    "business days": (BUSINESS, "2026-03-02T09:00", False, "2026-03-11T09:00"),
    "asked on a Saturday": (BUSINESS, "2026-03-07T09:00", False, "2026-03-17T09:00"),
    "Saturday there, Friday here": (
        {**BUSINESS, "time_zone": NEW_YORK}, "2026-03-07T03:00", False, "2026-03-18T02:00",
    ),
    "a holiday between": (
        {**BUSINESS, "holidays": "2026-03-04"}, "2026-03-02T09:00", False, "2026-03-12T09:00",
    ),
    "a holiday on a weekend": (
        {**BUSINESS, "holidays": "2026-03-07"}, "2026-03-02T09:00", False, "2026-03-11T09:00",
    ),
    "business days over year end": (
        {**BUSINESS, "holidays": "2026-12-25 2027-01-01"}, "2026-12-23T09:00", False,
        "2027-01-05T09:00",
    ),
    "a holiday that is counted": (
        {"holidays": "2026-03-04"}, "2026-03-02T09:00", False, "2026-03-09T09:00",
    ),
    "ends on a Saturday": ({}, "2026-02-28T09:00", False, "2026-03-07T09:00"),
    "moved on": ({"closed_day": "after"}, "2026-02-28T09:00", False, "2026-03-09T09:00"),
    "moved back": ({"closed_day": "before"}, "2026-02-28T09:00", False, "2026-03-06T09:00"),
    "moved over a holiday": (
        {"closed_day": "after", "holidays": "2026-03-09"}, "2026-02-28T09:00", False,
        "2026-03-10T09:00",
    ),
    "never before it was asked": (
        {"closed_day": "before", "standard_days": 1}, "2026-03-07T09:00", False,
        "2026-03-07T09:00",
    ),
    "hours are not moved": ({"closed_day": "after"}, "2026-03-05T09:00", True, "2026-03-08T09:00"),
    "the day is the zone's": (
        {"time_zone": "Pacific/Auckland", "closed_day": "after"}, "2026-02-27T12:00", False,
        "2026-03-08T12:00",
    ),
}  # fmt: skip


def utc(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def rules(**chosen: Any) -> clock.Rules:
    return clock.rules_of(DeskSettings(**chosen))


@pytest.mark.parametrize("name", TABLE)
def test_when_a_case_is_due(name: str) -> None:
    chosen, asked, expedited, expected = TABLE[name]
    assert clock.due(utc(asked), rules(**chosen), expedited=expedited) == utc(expected)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"time_zone": "Middle/Earth"}, 'no time zone "Middle/Earth"'),
        ({"time_zone": "../etc/passwd"}, "no time zone"),
        ({"days_counted": "work"}, "calendar, business"),
        ({"closed_day": "later"}, "stays, before, after"),
        ({"clock_stops": "yes"}, "never, standard, all"),
        ({"holidays": "2026-02-30"}, "a holiday is not a date"),
        ({"holidays": "nowhere.txt"}, "cannot be read"),
    ],
)
def test_what_is_no_rule_is_told_before_the_desk_opens(
    place: Place, chosen: dict[str, str], words: str
) -> None:
    settings = replace(place.desk.settings, **chosen)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words):
        make_app(replace(place.desk, settings=settings))


def test_holidays_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "holidays.txt"
    file.write_text("2026-12-25  # Christmas\n\n2027-01-01\n")
    set_so = desk_settings({"INDICATED_DESK_HOLIDAYS": str(file)})
    assert clock.rules_of(set_so).holidays == {date(2026, 12, 25), date(2027, 1, 1)}


def with_rules(place: Place, **chosen: Any) -> Place:
    """The same desk and people under other rules."""
    desk = replace(place.desk, settings=replace(place.desk.settings, **chosen))
    return Place(desk, place.clock, make_app(desk))


def post(place: Place, id: str, act: str, login: str = "editor", **body: Any) -> int:
    return place.of(login).post(f"/api/cases/{id}/{act}", json=body).status_code


def test_as_many_extensions_as_the_rules_allow(place: Place) -> None:
    place = with_rules(place, extensions=2, extension_days=1, days_counted="business")
    id = place.ask()
    before = place.case(id)["due_at"]
    assert post(place, id, "extend", because="") == 400
    assert [post(place, id, "extend", because=f"reason {n}") for n in range(3)] == [200, 200, 400]
    case = place.case(id)
    assert (before, case["due_at"]) == ("2026-03-11T09:00:00+00:00", "2026-03-13T09:00:00+00:00")
    assert (case["extensions"], case["may_extend"]) == (2, False)
    assert "Extended 2 times: reason 1" in place.of("editor").get(f"/cases/{id}").text


def test_the_clock_runs_unless_the_rules_say_otherwise(place: Place) -> None:
    id = place.ask()
    assert place.case(id)["may_stop"] is False
    assert post(place, id, "pend", because="the last note") == 400
    assert post(place, id, "resume") == 400


@pytest.mark.parametrize("how", ["resume", "answer", "documents", "submit"])
def test_a_clock_that_stands_adds_what_it_stood(place: Place, how: str) -> None:
    """Until it is let run, or somebody gives what was asked for or acts on the text."""
    place = with_rules(place, clock_stops="standard")
    id = place.ask()
    place.later(hours=1)
    assert post(place, id, "pend", because="") == 400
    assert post(place, id, "pend", because="the last note") == 200
    assert post(place, id, "pend", because="again") == 400
    place.later(days=8)
    case = place.case(id)
    assert (case["hours_left"], case["pended_because"]) == (7 * 24 - 1, "the last note")
    assert "stands since 2026-03-02 10:00 UTC" in place.of("editor").get("/").text
    assert place.of("editor").get("/api/?overdue=true").json()["total"] == 0
    author = place.of("author")
    if how == "resume":
        assert post(place, id, "resume") == 200
    elif how == "answer":
        assert (
            post(place, id, "answer", "author", concept="chronic-urticaria", answer="present")
            == 200
        )
    elif how == "documents":
        files = [("files", ("more.txt", b"Failed loratadine.", "text/plain"))]
        assert author.post(f"/api/cases/{id}/documents", files=files).status_code == 200
    else:
        assert place.decide(id, "submit", "author") == 200
    case = place.case(id)
    assert (case["pended_at"], case["due_at"]) == (None, "2026-03-17T09:00:00+00:00")
    told = [line["act"] for line in case["history"]]  # type: ignore[attr-defined]
    assert ("pend" in told, "resume" in told) == (True, True)


def test_which_clocks_stop_and_when_no_more(place: Place) -> None:
    place = with_rules(place, clock_stops="standard")
    asked = {"question": "Is omalizumab necessary?", "expedited": True}
    urgent = place.of("author").post("/api/ask", data=asked).json()["id"]
    assert post(place, urgent, "pend", because="x") == 400
    id = place.ask()
    place.later(days=7, seconds=1)
    assert post(place, id, "pend", because="x") == 400  # the time is over
    assert place.of("editor").get("/api/?overdue=true").json()["total"] == 2


def test_a_machine_whose_clock_is_put_back_takes_no_time_away() -> None:
    case = CaseRow(due_at=START + timedelta(days=1), expedited=False)
    clock.stop(case, "x", START, rules(clock_stops="all"))
    assert clock.run_on(case, START - timedelta(hours=5))
    assert case.due_at == START + timedelta(days=1)


def test_moments_are_kept_in_utc_and_shown_in_the_desks_zone(place: Place) -> None:
    place = with_rules(place, time_zone=NEW_YORK)
    id = place.ask()
    page = place.of("author").get(f"/cases/{id}").text
    assert "2026-03-02 04:00 EST" in page
    assert place.case(id)["due_at"] == "2026-03-09T08:00:00+00:00"  # 04:00 EDT
    assert "times in America/New_York" in place.of("author").get("/").text


def test_today_is_the_desks_own_day(place: Place) -> None:
    place = with_rules(place, time_zone="Pacific/Auckland")
    place.clock.on(hours=4)  # 13:00 in London, 2 o'clock of the next day there
    assert place.of("author").get("/api/ask").json()["today"] == "2026-03-03"


def test_clocks_come_into_tables_with_cases(place: Place) -> None:
    id = place.ask()
    assert post(place, id, "extend", because="a reason") == 200
    migrate(place.engine, "0007")
    migrate(place.engine)
    with transaction(place.engine, writes=False) as db:
        row = db.execute(text("SELECT extensions, pended_at, pended_because FROM cases")).one()
    assert tuple(row) == (1, None, "")
    assert place.case(id)["may_extend"] is False


def test_a_browser_stops_and_runs_a_clock_by_forms(place: Place) -> None:
    place = with_rules(place, clock_stops="all", time_zone=BERLIN)
    id = place.ask()
    browser: TestClient = place.of("editor")
    assert "Stop the clock, asking for" in browser.get(f"/cases/{id}").text
    done = browser.post(f"/cases/{id}/pend", data={"because": "the last note"})
    assert done.status_code == 303
    page = browser.get(f"/cases/{id}").text
    assert (
        "The clock stands since 2026-03-02 10:00 CET, for this is asked for: the last note" in page
    )
    assert browser.post(f"/cases/{id}/resume").status_code == 303
