"""A question that the program cannot place, and a model that says of which kind it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from indicated.assess import assess
from indicated.bulk import Beside
from indicated.followup import Reply, follow_up
from indicated.model import FollowUpKind
from indicated.propose import Answer, Request
from indicated.report.word_lists import words_of
from indicated.serve.model.question import placed
from indicated.settings import Settings
from tests.conftest import shipped_library
from tests.model.lies import CASE

STRANGE = "Unpack that for me."


def put(
    asked: str, answer: str | None, seen: list[Request] | None = None, *, inside: bool = True
) -> Reply:
    library = shipped_library()
    standing = assess(CASE, library)

    def model(requests: Sequence[Request]) -> list[Answer]:
        (seen if seen is not None else []).extend(requests)
        return [Answer(answer, "" if answer else "pending") for _ in requests]

    beside = Beside(model, None if inside else words_of(library))
    return placed(asked, standing, library, Settings(), beside)


def kind(word: str) -> str:
    return json.dumps({"kind": word})


def test_a_kind_that_a_model_proposes_is_answered_and_said_to_be_proposed() -> None:
    assert put(STRANGE, None).follow_up.kind is FollowUpKind.NOTHING
    reply = put(STRANGE, kind("why"))
    assert (reply.follow_up.kind, reply.follow_up.proposed) == (FollowUpKind.WHY, True)
    plain = follow_up("Why?", assess(CASE, shipped_library()), shipped_library())
    sections = [s.id for s in plain.article.sections]
    assert [s.id for s in reply.article.sections] == sections
    assert any(s.id == "reply.proposed" for s in reply.article.sentences())


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (STRANGE, kind("other")), (STRANGE, kind("what_if")), (STRANGE, kind("approve")), (STRANGE, "why"),
        (STRANGE, '{"kind": "why", "outcome": "indicated"}'), (STRANGE, None), (STRANGE, ""),
        ("What if the IgG had been 150 mg/dL and the zorblax was given?", kind("why")),
        ("What is the weather in Paris?", kind("other")),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_may_not_be_placed_stays_unplaced(asked: str, answer: str | None) -> None:
    reply = put(asked, answer)
    assert not reply.follow_up.proposed
    assert reply == put(asked, None)


def test_a_question_that_the_program_places_is_shown_to_nobody() -> None:
    seen: list[Request] = []
    assert put("Why?", kind("summary"), seen).follow_up.kind is FollowUpKind.WHY
    assert seen == []


def test_the_question_is_shown_without_names() -> None:
    seen: list[Request] = []
    put(STRANGE.replace("me", "Mrs. Jane Example"), kind("why"), seen, inside=False)
    assert seen
    assert "Example" not in str(seen[0].data)
