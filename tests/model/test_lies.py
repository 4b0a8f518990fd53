"""Three hundred lies, and none of them reaches a fact or a sentence; each is counted with its reason."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indicated.assess import assess
from indicated.assisted import Assisted, assisted
from indicated.facts.proposed import KNOWN, TWICE
from indicated.propose import Answer, Request
from indicated.report import to_json
from indicated.serve.model.endpoint import Endpoint, Limits
from tests.conftest import shipped_library
from tests.model import question_lies
from tests.model.endpoint import Script, said, serving
from tests.model.lies import CASE, TRUE, lies

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("assisted.py", "facts/proposed.py", "propose/request.py", "serve/model/endpoint.py",
           "asked_beside.py", "pointing.py", "ask/pointed.py")  # fmt: skip
BATCH = TWICE  # proposals of one answer
QUICK = Limits(seconds=5.0, tries=1, pause=0.0, together=2)


def told(script: Script, limits: Limits = QUICK) -> Assisted:
    """The case with an endpoint that answers so."""
    with serving(script) as (url, _):
        return assisted(CASE, shipped_library(), None, Endpoint(url, "liar", limits=limits), None)


def unchanged(found: Assisted) -> bool:
    """Whether every byte of the output is what it is without a model."""
    plain = to_json(assess(CASE, shipped_library()))
    return json.dumps(to_json(found.assessment)) == json.dumps(plain)


def test_there_are_three_hundred_lies_of_many_kinds() -> None:
    kinds = Counter(lie.kind for lie in lies())
    assert (len(lies()), len(kinds)) == (300, 13)
    assert len({json.dumps(lie.proposed, sort_keys=True) for lie in lies()}) == 300


@pytest.mark.parametrize("first", range(0, 300, BATCH))
def test_no_lie_reaches_a_fact_or_a_sentence(first: int) -> None:
    some = lies()[first : first + BATCH]
    found = told(lambda _: said(json.dumps({"facts": [lie.proposed for lie in some]})))
    assert unchanged(found)
    counted = found.tally.counts()["facts"]
    assert (counted["answered"], counted["taken"]) == (1, 0)
    assert sum(counted["dropped"].values()) == len(some)
    assert KNOWN not in counted["dropped"]


@pytest.mark.parametrize("lie", lies(), ids=lambda lie: lie.kind.replace(" ", "-"))
def test_each_lie_falls_for_its_reason(lie: Any) -> None:
    def model(requests: list[Request]) -> list[Answer]:
        return [Answer(json.dumps({"facts": [lie.proposed]})) for _ in requests]

    dropped = weigh(model)
    assert len(dropped) == 1
    assert set(dropped) <= lie.reasons, dropped


def weigh(model: Any) -> dict[str, int]:
    """What is dropped of one answer, without assessing the case anew."""
    from indicated import assisted as story
    from indicated.propose import Tally

    concepts, tally = shipped_library().concepts, Tally()
    [piece] = story._pieces(CASE, None)
    ids = {"igg", "igm", "iga", "sepsis", "pneumonia", "osteomyelitis", "cellulitis", "rituximab",
           "sinusitis", "endocarditis", "bilateral-lung-transplant", "azathioprine", "empyema",
           "kidney-transplant"}  # fmt: skip
    request = story._request(piece, sorted(ids), concepts, None)
    facts = story._weighed(CASE, concepts, ids, [piece], model, [request], tally)
    assert facts == ()
    return tally.counts()["facts"]["dropped"]


def test_what_is_true_was_known() -> None:
    """The lies are made from statements that the program reads by itself: so they can fail."""

    def model(requests: list[Request]) -> list[Answer]:
        return [Answer(json.dumps({"facts": list(TRUE)})) for _ in requests]

    assert weigh(model) == {KNOWN: len(TRUE)}


BAD: dict[str, tuple[int, bytes]] = {
    "not_json": said("I am sorry, but"), "empty": said(""), "too_large": (200, b" " * 10_000_000),
    "not_as_asked": said('{"facts": [], "outcome": "indicated"}'), "refused": (403, b"{}"),
    "unreachable": (502, b"{}"),
}  # fmt: skip


@pytest.mark.parametrize("why", BAD)
def test_what_is_no_answer_changes_nothing_and_is_counted(why: str) -> None:
    found = told(lambda _: BAD[why])
    assert unchanged(found)
    assert found.tally.counts()["facts"]["dropped"] == {why: 1}


def test_an_endpoint_that_hangs_changes_nothing() -> None:
    free = threading.Event()

    def hang(_: dict[str, Any]) -> tuple[int, bytes]:
        free.wait(10)
        return said("{}")

    with serving(hang) as (url, _):
        limits = Limits(seconds=0.2, tries=1)
        model = Endpoint(url, "liar", limits=limits)
        found = assisted(CASE, shipped_library(), None, model, None)
        free.set()
    assert unchanged(found)
    assert found.tally.counts()["facts"]["dropped"] == {"timeout": 1}


def test_every_reason_is_explained() -> None:
    """What is counted for people stands in docs/model.md, and nothing else does."""
    code = "".join((ROOT / f"src/indicated/{f}").read_text() for f in SOURCES)
    given = set(re.findall(r'(?:reason=|return None, |return |why = )"([a-z]+(?:_[a-z]+)+)"', code))
    page = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page[page.index("| reason |") :]))
    assert {g for g in given if g not in explained} == set()
    assert {lie_reason for lie in question_lies.lies() for lie_reason in lie.reasons} <= explained
    assert {lie_reason for lie in lies() for lie_reason in lie.reasons} <= explained
