"""A person's decision beside the findings: when it holds, when it has lapsed, what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.report.sample import AAT, ANSWERED, IG

from indicated.judge import DECIDABLE, overridden
from indicated.model import Outcome, Override, Source

SAID = Source(quote="seen by me", by="Pat Roe, MD", at=ANSWERED)


def to(outcome: Outcome, d=IG, **other) -> Override:
    return replace(Override(d.item.id, d.item.words, d.outcome, outcome, SAID), **other)


@pytest.mark.parametrize("outcome", DECIDABLE)
def test_a_decision_stands_beside_what_was_computed(outcome: Outcome) -> None:
    d = overridden(IG, [to(outcome)])
    assert (d.outcome, d.computed, d.because) == (outcome, IG.outcome, "seen by me")
    assert (d.findings(), d.missing, d.settles) == (IG.findings(), IG.missing, IG.settles)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o not in DECIDABLE])
def test_nobody_decides_what_is_the_policys_to_state(outcome: Outcome) -> None:
    assert overridden(IG, [to(outcome)]) is IG


def test_a_decision_lapses_once_the_item_or_what_was_computed_is_another() -> None:
    yes = to(Outcome.INDICATED)
    assert overridden(IG, [replace(yes, computed=Outcome.NOT_INDICATED)]) is IG
    assert overridden(IG, [replace(yes, words="something else")]) is IG
    assert overridden(AAT, [yes]) is AAT


def test_the_last_decision_that_holds_stands() -> None:
    later = replace(to(Outcome.NOT_INDICATED), said=replace(SAID, quote="on second thought"))
    lapsed = to(Outcome.INDICATED, computed=Outcome.NO_POLICY)
    d = overridden(IG, [to(Outcome.INDICATED), later, lapsed])
    assert (d.outcome, d.because) == (Outcome.NOT_INDICATED, "on second thought")
