"""An assessment as a file: the very same data back, and a plain word for every file that is not one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given as for_any
from hypothesis import settings as how
from hypothesis import strategies as st

from indicated import assess, read_chart
from indicated.errors import InputError
from indicated.followup import follow_up
from indicated.model import Case, Outcome, Turn
from indicated.record_file import RecordFile, drift, from_text, stamp, to_text
from indicated.settings import Settings

from .cases import given, library, standing

CHARTS = sorted((Path(__file__).parents[1] / "charts" / "files").iterdir())
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def kept(name: str) -> RecordFile:
    case, settings = given(name)
    said = follow_up("What if the AHI was 4?", standing(name), library(), settings)
    return RecordFile(
        case, settings, stamp(standing(name)), (Turn(AT, said.follow_up, said.article),)
    )


@pytest.mark.parametrize("path", CHARTS, ids=[p.name for p in CHARTS])
def test_every_format_of_chart_comes_back_the_same(path: Path) -> None:
    """Structured entries, decimals, dates, sets and offsets included."""
    case = Case("Is CPAP medically necessary?", read_chart(path), date(2026, 1, 1))
    whole = RecordFile(case, Settings(closed_record=True), stamp(standing("cpap")))
    text = to_text(whole)
    assert from_text(text, "x") == whole
    assert to_text(from_text(text, "x")) == text


@pytest.mark.parametrize("name", ["lung", "bariatric", "cpap"])
def test_the_same_case_comes_to_the_same_again(name: str) -> None:
    back = from_text(to_text(kept(name)), "x")
    assert back == kept(name)
    assert not drift(back.standing, assess(back.case, library(), back.settings))


@how(max_examples=40, deadline=None)
@for_any(st.data())
def test_a_file_that_was_cut_off_is_said_to_be(data: st.DataObject) -> None:
    text = to_text(kept("cpap")).rstrip()
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(InputError, match="not a whole JSON file") as told:
        from_text(text[:cut], "case.json")
    assert str(told.value).startswith("case.json: ")


def _changed(**head: object) -> str:
    return json.dumps({**json.loads(to_text(kept("cpap"))), **head})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "not an assessment that was saved"),
        ('{"resourceType": "Bundle"}', "not an assessment that was saved"),
        (_changed(version=2), "version 2, and this program reads 1"),
        (_changed(version="patient name " * 9), "the file is of version"),
        (_changed(assessment={}), "not as it was written"),
        (_changed(sha256="0"), "not as it was written"),
    ],
)  # fmt: skip
def test_another_file_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as told:
        from_text(text, "case.json")
    assert "Do this: " in str(told.value)
    assert "Epworth" not in str(told.value)


def test_an_edit_of_the_record_is_seen() -> None:
    data = json.loads(to_text(kept("cpap")))
    data["assessment"]["case"]["question"] = "Is something else necessary?"
    with pytest.raises(InputError, match="not as it was written"):
        from_text(json.dumps(data), "case.json")


def test_what_came_out_otherwise_is_named() -> None:
    """The AHI of the stored case read otherwise, as another library or program might."""
    before, case = stamp(standing("cpap")), given("cpap")[0]
    documents = tuple(
        replace(d, text=d.text.replace("AHI | 9", "AHI | 3")) for d in case.chart.documents
    )
    again = assess(replace(case, chart=replace(case.chart, documents=documents)), library())
    found = drift(before, again)
    assert found.outcomes == (("item-1", Outcome.INDICATED, Outcome.NOT_INDICATED),)
    assert found.findings
    assert found.worded
    assert found.program is None


def test_another_version_of_a_policy_is_named() -> None:
    before = stamp(standing("cpap"))
    old = replace(before, policies=tuple((id, "2020.1", "other") for id, _, _ in before.policies))
    assert drift(old, standing("cpap")).policies[0][1:] == ("2020.1", before.policies[0][1])
