"""What the stages say as clauses: every one is said somewhere, and another language says it."""

from __future__ import annotations

import pickle
import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
import yaml

from indicated.judge.dose import amount_text
from indicated.messages import Clause, MessageError, Messages, clause, load_messages
from indicated.model import Quantity
from indicated.report.clauses import in_words_of

from . import sample

SOURCE = Path(__file__).parents[2] / "src/indicated"
STAGES = yaml.safe_load((SOURCE / "library/messages/en/stages.yaml").read_text("utf-8"))
IDS = [f"{section}.{key}" for section, members in STAGES.items() for key in members]


@cache
def source() -> str:
    stages = (f for name in ("ask", "facts", "judge") for f in (SOURCE / name).glob("*.py"))
    return "\n".join(f.read_text(encoding="utf-8") for f in stages)


@pytest.mark.parametrize("id", IDS)
def test_every_clause_is_said_by_some_stage(id: str) -> None:
    section, key = id.split(".")
    assert f"{section}." in source()
    last = key.rsplit("_", 1)[-1]  # ids such as "picked_latest" are put together
    assert re.search(rf"\b({key}|{last})\b", source()) or key in sample_outcomes()


def sample_outcomes() -> set[str]:
    return {d.outcome.value for told in sample.variants().values() for d in told.determinations}


def test_a_clause_is_english_text_that_keeps_what_it_was_made_of() -> None:
    said = clause("premise_says.value", question="IgG 310", record="IgG 495", unused="x")
    assert said == 'The question says "IgG 310", but the record says "IgG 495".'
    assert dict(said.slots) == {"question": "IgG 310", "record": "IgG 495"}
    for copied in (deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert (copied, copied.id, copied.slots) == (said, said.id, said.slots)


def test_another_language_says_it_in_its_words_down_to_the_slots() -> None:
    other = Messages({
        **load_messages().table, "where.record": "expediente",
        "phase_because.initiation": "el {where} dice «{words}»",
    })  # fmt: skip
    said = clause("phase_because.initiation", where=clause("where.record"), words="start")
    assert said == 'the record says "start"'
    assert other.clause(said) == "el expediente dice «start»"
    assert other.clause("words of a policy") == "words of a policy"


def test_a_determination_keeps_all_but_its_clauses() -> None:
    determination = sample.MAIN.determinations[0]
    because = clause("because.excluded")
    told = type(determination)(**{
        **{f: getattr(determination, f) for f in determination.__dataclass_fields__},
        "because": because,
    })  # fmt: skip
    assert in_words_of(load_messages(), told) is told
    other = Messages({**load_messages().table, "because.excluded": "hay una exclusión"})
    again = in_words_of(other, told)
    assert again.because == "hay una exclusión"
    assert (again.outcome, again.routes) == (told.outcome, told.routes)


def test_a_clause_that_no_message_makes_is_an_error() -> None:
    with pytest.raises(MessageError, match="there is no message"):
        clause("because.nothing")


def test_a_bound_is_a_clause() -> None:
    assert isinstance(amount_text(Quantity(None, Quantity.of(2, "g").low, "g")), Clause)
