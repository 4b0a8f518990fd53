"""Who may do what to which text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from indicated.errors import InputError
from indicated.model import Outcome
from indicated.review import Entry, Submission, act, adverse, approval, entry_of, state

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FINE = Submission("a" * 64, (Outcome.INDICATED,))
DENIAL = Submission("b" * 64, (Outcome.INDICATED, Outcome.NOT_INDICATED))


def done(on: Submission, *acts: tuple[str, str, str]) -> list[Entry]:
    log: list[Entry] = []
    for name, by, role in acts:
        log.append(entry_of(act(name, on, log, by=by, role=role, at=AT), log))
    return log


def test_states_follow_the_acts() -> None:
    log = done(
        FINE,
        ("submit", "Ann", "author"),
        ("return", "Bea", "reviewer"),
        ("submit", "Ann", "author"),
        ("approve", "Bea", "reviewer"),
    )
    assert [state(FINE.article_hash, log[:n]) for n in range(5)] == [
        "draft", "under_review", "returned", "under_review", "approved",
    ]  # fmt: skip


def test_another_text_is_a_draft_again() -> None:
    log = done(FINE, ("approve", "Bea", "reviewer"))
    assert approval(FINE, log) is log[0]
    assert approval(replace(FINE, article_hash="c" * 64), log) is None


def test_a_withdrawn_approval_does_not_stand() -> None:
    log = done(FINE, ("approve", "Bea", "reviewer"), ("withdraw", "Bea", "reviewer"))
    assert approval(FINE, log) is None


@pytest.mark.parametrize(
    ("outcome", "open_record", "closed_record"),
    [
        (Outcome.INDICATED, False, False),
        (Outcome.INDICATED_WITH_CHANGES, True, True),
        (Outcome.CONDITIONAL, False, True),
        (Outcome.CANNOT_DETERMINE, False, True),
        (Outcome.NO_POLICY, False, False),
        (Outcome.NOT_INDICATED, True, True),
    ],
)
def test_what_is_adverse(outcome: Outcome, open_record: bool, closed_record: bool) -> None:
    """Where nothing more will be sent, what is not shown is not granted."""
    on = replace(FINE, outcomes=(Outcome.INDICATED, outcome))
    assert (adverse(on), adverse(replace(on, closed=True))) == (open_record, closed_record)


def test_an_adverse_determination_takes_a_physician() -> None:
    with pytest.raises(InputError, match="by a physician"):
        done(DENIAL, ("approve", "Bea", "reviewer"))
    log = done(DENIAL, ("approve", "Bea", "physician"))
    assert approval(DENIAL, log) is log[0]


def test_an_approval_is_held_to_the_rules_again() -> None:
    """A log of elsewhere, or outcomes that were not known then: the rules still hold."""
    log = done(FINE, ("approve", "Bea", "reviewer"))
    with pytest.raises(InputError, match="by a physician"):
        approval(replace(FINE, outcomes=(Outcome.NOT_INDICATED,)), log)


@pytest.mark.parametrize("by", ["Ann Ode", "ann  ode", "ANN ODE."])
def test_the_author_may_not_approve(by: str) -> None:
    with pytest.raises(InputError, match="Four eyes"):
        done(FINE, ("submit", "Ann Ode", "author"), ("approve", by, "physician"))


@pytest.mark.parametrize(
    ("acts", "says"),
    [
        ([("approve", "Ann", "author")], 'the role "author" may not approve'),
        ([("withdraw", "Bea", "reviewer")], "the text is draft"),
        ([("approve", " ", "reviewer")], "nobody is named"),
        ([("bless", "Bea", "reviewer")], 'there is no act "bless"'),
    ],
)
def test_what_may_not_be_done_is_said(acts: list[tuple[str, str, str]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        done(FINE, *acts)
