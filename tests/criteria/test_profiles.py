"""A plan's rules change numbers and roles, and say whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indicated.criteria import apply_profile, with_profile
from indicated.errors import PolicyError
from indicated.model import (
    Concepts,
    Criterion,
    Has,
    Library,
    Phase,
    PhaseCriteria,
    Policy,
    Profile,
    Qualifiers,
    Quantity,
    Role,
    Route,
    Statement,
    Value,
)


@pytest.fixture(scope="module")
def policy(library: Library) -> Policy:
    return library.policies["testamab-cough"]


@pytest.fixture(scope="module")
def changed(library: Library) -> Policy:
    return with_profile(library, "strict-plan").policies["testamab-cough"]


def needs(policy: Policy, route: int = 0, phase: Phase = Phase.INITIATION) -> dict[str, Criterion]:
    return {c.id: c for c in policy.phases[phase].routes[route].criteria}


def test_a_plan_sets_a_number_and_the_sentence_follows(changed: Policy) -> None:
    cough = needs(changed)["cough"]
    assert isinstance(cough.test, Value)
    assert cough.test.bounds[0].limit == Quantity.of(20, "d/mo")
    assert cough.says == "Cough on at least 20 days a month."
    assert "STRICT" in {c.key for c in cough.cite}
    assert changed.parameters["cough-days"] == Quantity.of(20, "d/mo")
    assert "STRICT" in changed.references


def test_a_number_that_the_plan_does_not_set_stays(policy: Policy, changed: Policy) -> None:
    assert needs(changed, 1)["two-syrups"] == needs(policy, 1)["two-syrups"]


def test_what_a_plan_makes_essential_every_route_needs(changed: Policy) -> None:
    first = changed.phases[Phase.INITIATION]
    assert all("not-loud" in [c.id for c in r.criteria] for r in first.routes)
    assert first.supporting == ()
    loud = needs(changed)["not-loud"]
    assert {c.role for c in (loud, *loud.leaves())} == {Role.ESSENTIAL}
    later = changed.phases[Phase.CONTINUATION]
    assert later.requirements == ()
    assert "not-loud" in needs(changed, 0, Phase.CONTINUATION)


def test_the_plan_is_named(changed: Policy) -> None:
    assert changed.profile == "strict-plan"
    words = [n.says for n in changed.profile_notes]
    assert words[0] == "This plan asks for 20 days."
    assert words[1].startswith("The strict plan asks for this in every case: The cough is")
    assert words[2] == "This plan is strict."
    assert all(n.cite for n in changed.profile_notes)


def test_the_hash_tells_the_plans_policy_from_the_policy(policy: Policy, changed: Policy) -> None:
    assert changed.hash != policy.hash
    assert policy.profile == ""


def test_without_a_profile_nothing_changes(library: Library) -> None:
    assert with_profile(library, "") is library


def test_an_unknown_profile_is_refused(library: Library) -> None:
    with pytest.raises(PolicyError, match='unknown profile "strikt-plan"') as caught:
        with_profile(library, "strikt-plan")
    assert 'Did you mean "strict-plan"' in caught.value.do


def test_a_policy_that_the_plan_does_not_name_stays(policy: Policy, library: Library) -> None:
    other = replace(policy, id="other")
    assert apply_profile(other, library.profiles["strict-plan"]) is other


@pytest.mark.parametrize(
    ("role", "where"), [(Role.SUPPORTING, "supporting"), (Role.REQUIREMENT, "requirements")]
)
def test_an_essential_can_be_made_less(policy: Policy, role: Role, where: str) -> None:
    profile = Profile("p", "Plan", roles={policy.id: {"adult": role}})
    first = apply_profile(policy, profile).phases[Phase.INITIATION]
    assert all("adult" not in [c.id for c in r.criteria] for r in first.routes)
    moved = [c for c in getattr(first, where) if c.id == "adult"]
    assert [c.role for c in moved] == [role]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (Profile("p", "P", roles={"testamab-cough": {"adlt": Role.ESSENTIAL}}), 'lists "adlt"'),
        (
            Profile("p", "P", parameters={
                "testamab-cough": {"nope": (Quantity.of(1), Statement("x"))}}),
            'no parameter "nope"',
        ),
        (
            Profile("p", "P", parameters={
                "testamab-cough": {"cough-days": (Quantity.of(99, "d/mo"), Statement("x"))}}),
            'constant: at least 99',
        ),
    ],
)  # fmt: skip
def test_a_profile_that_does_not_fit_is_refused(
    policy: Policy, library: Library, profile: Profile, words: str
) -> None:
    with pytest.raises(PolicyError, match=words):
        apply_profile(policy, profile, library.concepts)


def test_a_plan_may_set_a_window_of_time() -> None:
    """`within: $parameter`: the window and the sentence follow the plan's number."""
    year, half = Quantity.of(12, "mo"), Quantity.of(6, "mo")
    recent = Criterion(
        "recent", "Seen within 12 months.",
        Has(("fever",), where=Qualifiers(within=year, within_parameter="recent")),
    )  # fmt: skip
    made = Policy(
        "p", "p", "?", "1", "draft", date(2025, 1, 1), None, ("drug",), None, (),
        {Phase.INITIATION: PhaseCriteria(routes=(Route("r", "R", (recent,)),))},
        parameters={"recent": year},
    )  # fmt: skip
    plan = Profile("s", "S", parameters={"p": {"recent": (half, Statement("Six months."))}})
    changed = needs(apply_profile(made, plan, Concepts({})))["recent"]
    assert isinstance(changed.test, Has)
    assert changed.test.where.within == half
    assert changed.says == "Seen within 6 months."
