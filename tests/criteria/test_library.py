"""A sound library loads, says the same twice, and keeps what its author wrote."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from indicated.criteria import load_concepts, load_library, load_policy, read_concepts
from indicated.criteria.lines import parse_tree
from indicated.criteria.policy import build_policy
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import (
    Bound,
    Citation,
    Combine,
    Concepts,
    Criterion,
    Has,
    Library,
    Phase,
    Policy,
    Quantity,
    Relation,
    Role,
    Value,
)

from .conftest import LIBRARY, POLICY

TEXT = (POLICY / "policy.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def policy(library: Library) -> Policy:
    return library.policies["testamab-cough"]


def listed(policy: Policy, phase: Phase = Phase.INITIATION) -> dict[str, Criterion]:
    p = policy.phases[phase]
    routes = [c for r in (*p.routes, *p.exceptions) for c in r.criteria]
    every = (*routes, *p.exclusions, *p.requirements, *p.supporting)
    return {c.id: c for c in every}


def test_a_bound_with_a_parameter_and_a_closed_relation(policy: Policy) -> None:
    cough = listed(policy)["cough"]
    assert isinstance(cough.test, Value)
    assert cough.test.bounds == (Bound("at_least", Quantity.of(15, "d/mo"), "cough-days"),)
    assert cough.test.where.relations == (Relation("before", "testamab", "A first request."),)
    assert cough.test.where.within == Quantity.of(12, "mo")
    assert cough.cite[0] == Citation("GUIDE", "p. 4")
    assert cough.since == date(2026, 1, 1)


def test_a_leaf_that_counts(policy: Policy) -> None:
    test = listed(policy)["two-syrups"].test
    assert isinstance(test, Has)
    assert (test.concepts, test.times, test.distinct) == (("syrup",), 2, "class")
    assert test.apart == Quantity.of(14, "d")
    assert test.where.lasting == (Bound("at_least", Quantity.of(6, "wk"), "trial"),)
    assert test.where.dose == (Bound("at_least", Quantity.of(5, "mL")),)
    assert test.where.ended_because == {"no-response", "intolerance"}
    assert test.where.adequate


def test_a_change_from_a_baseline_is_in_percent(policy: Policy) -> None:
    test = listed(policy, Phase.CONTINUATION)["better"].test
    assert isinstance(test, Value)
    assert test.versus is not None
    assert (test.versus.pick, test.versus.change) == ("highest", "percent")
    assert test.bounds == (Bound("at_most", Quantity.of(-30, "%")),)


def test_nodes_written_in_place_are_named_after_what_is_around_them(policy: Policy) -> None:
    both = listed(policy)["frequent.3"]
    assert isinstance(both.test, Combine)
    low = both.test.parts[0]
    assert isinstance(low.test, Combine)
    assert (low.id, low.test.kind, low.test.n) == ("low-bluein", "at_least", 2)
    assert [p.id for p in low.test.parts] == ["low-once", "low-bluein.2", "low-bluein.3"]
    assert low.test.parts[0].says == "serum bluein below 400 mg/dL, lowest"
    assert all(p.ask and p.cite for p in low.test.parts), "inherited from around"


def test_where_a_phase_lists_a_criterion_gives_its_role(policy: Policy) -> None:
    first, later = policy.phases[Phase.INITIATION], policy.phases[Phase.CONTINUATION]
    assert first.supporting[0].id == later.requirements[0].id == "not-loud"
    assert first.supporting[0].role is Role.SUPPORTING
    assert later.requirements[0].role is Role.REQUIREMENT
    assert {leaf.role for leaf in later.requirements[0].leaves()} == {Role.REQUIREMENT}
    assert {c.role for r in first.routes for c in r.criteria} == {Role.ESSENTIAL}


def test_a_phase_may_share_the_criteria_of_another(policy: Policy) -> None:
    assert policy.phases[Phase.DOSE_CHANGE] == policy.phases[Phase.CONTINUATION]
    assert Phase.RETROSPECTIVE not in policy.phases


def test_dose_ranges_keep_both_ends(policy: Policy) -> None:
    assert policy.dose is not None
    label, trial = policy.dose.lines
    assert label.amount == Quantity(Decimal("0.3"), Decimal("0.5"), "g/kg")
    assert label.every == Quantity(Decimal(3), Decimal(4), "wk")
    assert (label.decides, trial.decides) == (True, False)
    assert policy.dose.query == ("More often than every 3 weeks needs a reason.",)
    assert Citation("PLAN") in policy.dose.cite


def test_conditions_of_applies_and_safety_need_no_source(policy: Policy) -> None:
    assert policy.applies is not None
    assert [leaf.id for leaf in policy.applies.leaves()] == ["applies.1", "applies.2"]
    when = policy.safety[0].when
    assert when is not None
    assert (when.id, when.says) == ("safety.1.when", "quiet")


def test_every_criterion_knows_its_line(policy: Policy) -> None:
    rows = TEXT.splitlines()
    for id, criterion in listed(policy).items():
        file, line = criterion.line.rsplit(":", 1)
        assert file.endswith("testamab-cough/policy.yaml")
        assert id in rows[int(line) - 1] or "Low and severe" in rows[int(line) - 1]


def test_the_same_file_gives_the_same_policy(policy: Policy, concepts: Concepts) -> None:
    again = load_policy(POLICY, concepts)
    assert again == policy
    assert again.hash == policy.hash


def test_a_policy_survives_being_written_out_again(policy: Policy, concepts: Concepts) -> None:
    """Another layout and other quotes: the same policy, with the same hash."""
    tree = parse_tree(TEXT, "policy.yaml")
    rewritten = yaml.safe_dump(tree.data, width=40, sort_keys=False)
    assert rewritten != TEXT
    assert build_policy(parse_tree(rewritten, "elsewhere.yaml"), concepts).hash == policy.hash


def test_lines_and_place_do_not_change_the_hash(policy: Policy, concepts: Concepts) -> None:
    moved = "# A remark.\n\n" + TEXT.replace("criteria:\n", "criteria:\n\n\n")
    assert build_policy(parse_tree(moved, "x.yaml"), concepts).hash == policy.hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("18 years", "19 years"),
        ("says: The cough is severe.", "says: The cough is bad."),
        ("ask: Send a diary.", "ask: Send two diaries."),
        ("A first request.", "A reason."),
        ("maximum: 40 g", "maximum: 41 g"),
        ("distinct: class", "distinct: true"),
    ],
)
def test_whatever_changes_the_meaning_changes_the_hash(
    policy: Policy, concepts: Concepts, old: str, new: str
) -> None:
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    assert build_policy(parse_tree(changed, "x.yaml"), concepts).hash != policy.hash


def test_the_shipped_library_is_sound() -> None:
    """No shipped concept, policy, label table, derived value or profile has a problem."""
    library = load_library()
    assert library.policies
    assert {d.id for d in library.derived} >= {"bmi", "body-surface-area"}


def test_labels_and_derived_values(library: Library) -> None:
    first, second = library.labels
    assert (first.regulator, second.regulator) == ("FDA", "EMA")
    assert first.maximum == Quantity.of(40, "g")
    assert first.references[0].note == "section 1"
    (derived,) = library.derived
    assert derived.inputs == {"weight": ("weight", "kg"), "height": ("height", "m")}
    lookup = {"lookup": {"of": "height", "table": {"1": Decimal(1), "2": Decimal("1.0")}}}
    assert derived.formula["divide"][2] == lookup


def test_a_folder_of_ones_own_joins_the_library(tmp_path: Path) -> None:
    (tmp_path / "concepts").mkdir()
    extra = "blue-nose: {label: blue nose, kind: disease, under: [blue-cough]}\n"
    (tmp_path / "concepts" / "more.yaml").write_text(extra)
    mine = tmp_path / "policies" / "mine"
    mine.mkdir(parents=True)
    text = TEXT.replace("policy: testamab-cough", "policy: mine")
    text = text.replace("applies: ", "over: [testamab-cough]\napplies: ")
    (mine / "policy.yaml").write_text(text.replace("{has: blue-cough}", "{has: blue-nose}"))
    library = load_library(LIBRARY, extra=[tmp_path])
    assert set(library.policies) == {"testamab-cough", "mine"}
    assert library.concepts.is_a("blue-nose", "blue-cough")


def test_a_concept_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "concepts").mkdir()
    (tmp_path / "concepts" / "more.yaml").write_text("age: {label: age, kind: measurement}\n")
    with pytest.raises(PolicyError, match=r"more.yaml:1: concept \"age\" is defined twice"):
        load_library(LIBRARY, extra=[tmp_path])


def test_a_policy_lies_in_a_folder_of_its_name(tmp_path: Path, concepts: Concepts) -> None:
    shutil.copytree(POLICY, tmp_path / "other")
    with pytest.raises(PolicyError, match=r"other.policy\.yaml:2: .*lies in a folder called"):
        load_policy(tmp_path / "other", concepts)


def test_going_before_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "library")
    file = tmp_path / "library" / "policies" / "testamab-cough" / "policy.yaml"
    file.write_text(TEXT.replace("applies: ", "over: [testamab-coff]\napplies: "))
    with pytest.raises(PolicyError, match='goes before "testamab-coff"') as caught:
        load_library(tmp_path / "library")
    assert 'Did you mean "testamab-cough"' in caught.value.do


def test_all_files_of_a_library_are_looked_at_before_it_is_refused(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "library")
    for file, old, new in (
        ("policies/testamab-cough/policy.yaml", "value: age", "value: aage"),
        ("labels/testamab.yaml", "regulator: FDA", "regulatr: FDA"),
        ("derived/sizedness.yaml", "unit: m}", "unit: mm_}"),
    ):
        path = tmp_path / "library" / file
        path.write_text(path.read_text().replace(old, new))
    with pytest.raises(PolicyErrors) as caught:
        load_library(tmp_path / "library")
    files = {e.where.rsplit(":", 1)[0].rsplit("/", 1)[1] for e in caught.value.errors}
    assert files == {"policy.yaml", "testamab.yaml", "sizedness.yaml"}


def test_an_opposite_written_once_holds_for_both(concepts: Concepts) -> None:
    assert concepts["loud"].opposite == "quiet"
    assert concepts["quiet"].opposite == "loud"


def test_concepts_can_be_read_while_others_are_being_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("age: {label: age, kind: measurement, unit: a}\n")
    (tmp_path / "b.yaml").write_text("bad: {label: bad, kind: oops}\n")
    found, errors = read_concepts(tmp_path)
    assert "age" in found
    assert len(errors) == 1
    with pytest.raises(PolicyError):
        load_concepts(tmp_path)
