"""What a plan's own rules change: the same chart, judged with and without the profile."""

from __future__ import annotations

from datetime import date

import pytest

from indicated.criteria import load_library, with_profile
from indicated.judge import Context, determine
from indicated.model import (
    Assertion,
    Determination,
    Fact,
    Facts,
    Library,
    Outcome,
    Phase,
    Quantity,
    RequestedItem,
    When,
)

TODAY = date(2026, 3, 1)
SEEN = When.on(date(2026, 2, 10))


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def said(concept: str, value: str = "", unit: str = "", *, absent: bool = False) -> Fact:
    """One statement of a visit note."""
    quantity = Quantity.of(value, unit) if value else None
    assertion = Assertion.ABSENT if absent else Assertion.PRESENT
    return Fact(concept, assertion, quantity, SEEN)


def judged(
    library: Library,
    treatment: str,
    *facts: Fact,
    profile: str = "",
    phase: Phase = Phase.INITIATION,
) -> Determination:
    context = Context(with_profile(library, profile), TODAY, "test")
    return determine(RequestedItem("1", treatment, treatment, phase), Facts(facts), (), context)


READY = (said("dietitian-evaluation"), said("behavioral-evaluation"), said("age", "50", "a"))
TRIED = said("failed-weight-loss-attempts")
NO_CONDITION = said("obesity-related-comorbidity", absent=True)


@pytest.mark.parametrize(
    ("facts", "guideline", "medicare", "nih"),
    [
        pytest.param(
            (said("bmi", "38", "kg/m2"), NO_CONDITION, TRIED),
            Outcome.INDICATED, Outcome.NOT_INDICATED, Outcome.NOT_INDICATED,
            id="38 without a condition",
        ),
        pytest.param(
            (said("bmi", "38", "kg/m2"), said("hypertension"), TRIED),
            Outcome.INDICATED, Outcome.INDICATED, Outcome.INDICATED,
            id="38 with hypertension",
        ),
        pytest.param(
            (said("bmi", "38", "kg/m2"), said("hypertension")),
            Outcome.INDICATED, Outcome.CANNOT_DETERMINE, Outcome.INDICATED,
            id="38 with hypertension, attempts not stated",
        ),
        pytest.param(
            (said("bmi", "38", "kg/m2"), TRIED),
            Outcome.INDICATED, Outcome.CANNOT_DETERMINE, Outcome.CANNOT_DETERMINE,
            id="38, conditions not stated",
        ),
        pytest.param(
            (said("bmi", "41", "kg/m2"), NO_CONDITION, TRIED),
            Outcome.INDICATED, Outcome.NOT_INDICATED, Outcome.INDICATED,
            id="41 without a condition",
        ),
        pytest.param(
            (said("bmi", "31", "kg/m2"), said("type-2-diabetes"), TRIED),
            Outcome.INDICATED, Outcome.NOT_INDICATED, Outcome.NOT_INDICATED,
            id="31 with diabetes",
        ),
        pytest.param(
            (said("bmi", "29", "kg/m2"), said("asian-ancestry"), said("type-2-diabetes"), TRIED),
            Outcome.INDICATED, Outcome.NOT_INDICATED, Outcome.NOT_INDICATED,
            id="29, Asian ancestry, diabetes",
        ),
        pytest.param(
            (said("prior-bariatric-surgery"), said("bariatric-complication")),
            Outcome.INDICATED, Outcome.INDICATED, Outcome.INDICATED,
            id="complication of an earlier operation",
        ),
    ],
)  # fmt: skip
def test_bmi_thresholds_of_guideline_medicare_and_nih(
    library: Library, facts: tuple[Fact, ...], guideline: Outcome, medicare: Outcome, nih: Outcome
) -> None:
    """Plans differ in numbers and in what they insist on; silence stays unknown under each."""

    def outcome(profile: str) -> Outcome:
        return judged(library, "sleeve-gastrectomy", *READY, *facts, profile=profile).outcome

    assert outcome("") is guideline
    assert outcome("medicare-bariatric") is medicare
    assert outcome("nih-1991") is nih


def test_a_plans_rule_is_named_as_the_plans(library: Library) -> None:
    """The determination carries what the plan changed, apart from medical necessity."""
    facts = (*READY, said("bmi", "38", "kg/m2"))
    plain = judged(library, "sleeve-gastrectomy", *facts)
    plan = judged(library, "sleeve-gastrectomy", *facts, profile="medicare-bariatric")
    assert plain.policy is not None
    assert plan.policy is not None
    assert plain.policy.profile_notes == ()
    assert plan.policy.profile == "medicare-bariatric"
    assert all(s.cite for s in plan.policy.profile_notes)
    assert plan.policy.hash != plain.policy.hash


AHI = said("ahi", "22", "{events}/h")


def test_medicare_asks_for_evaluation_and_events_before_cpap(library: Library) -> None:
    """Supporting by default; where the record lacks them, Medicare's answer is open."""
    assert judged(library, "cpap", AHI).outcome is Outcome.INDICATED
    plan = judged(library, "cpap", AHI, profile="medicare-cpap")
    assert plan.outcome is Outcome.CANNOT_DETERMINE
    assert {"evaluated-before-test", "events-30"} <= {m.id for m in plan.missing}
    study = (said("polysomnography"), said("sleep-study-events", "120", "{count}"))
    earlier = Fact("sleep-evaluation", when=When.on(date(2026, 1, 5)))
    full = judged(library, "cpap", AHI, *study, earlier, profile="medicare-cpap")
    assert full.outcome is Outcome.INDICATED


def test_medicare_knows_no_exception_for_less_use(library: Library) -> None:
    """Benefit with a plan carries fewer hours for a while; not under Medicare."""
    facts = (
        said("pap-adherence", "55", "%"),
        said("pap-adherent", absent=True),
        said("pap-benefit"),
        said("adherence-plan"),
        said("pap-therapy-day", "60", "d"),
    )
    phase = Phase.CONTINUATION
    assert judged(library, "cpap", *facts, phase=phase).outcome is Outcome.INDICATED
    plan = judged(library, "cpap", *facts, phase=phase, profile="medicare-cpap")
    assert plan.outcome is Outcome.NOT_INDICATED


def test_adult_thresholds_are_not_used_for_a_child(library: Library) -> None:
    """An index of 4 can be disease in a child; the adult policy must not refuse it."""
    child = judged(library, "cpap", said("age", "8", "a"), said("ahi", "4", "{events}/h"))
    assert child.outcome is Outcome.NO_POLICY
