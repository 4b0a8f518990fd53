"""Derived values: computed with their arithmetic shown, and held against what is stated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from indicated.judge.derive import derive
from indicated.model import (
    Asserter,
    Concept,
    Concepts,
    Derived,
    Fact,
    Facts,
    Mark,
    Quantity,
    Source,
    When,
)

CONCEPTS = Concepts(
    {
        id: Concept(id, label, "measurement", unit=unit)
        for id, label, unit in [
            ("weight", "weight", "kg"),
            ("height", "height", "cm"),
            ("bmi", "body mass index", "kg/m2"),
            ("double", "double", "kg/m2"),
        ]
    }
)
BMI = Derived(
    "bmi", "kg/m2", {"w": ("weight", "kg"), "h": ("height", "m")},
    {"divide": ["w", {"multiply": ["h", "h"]}]}, "Weight over height squared.", Decimal("0.5"),
)  # fmt: skip
DOUBLE = Derived("double", "kg/m2", {"b": ("bmi", "kg/m2")}, {"multiply": ["b", "2"]}, "Twice.")
DAY = date(2025, 1, 1)


def fact(concept: str, value: str, unit: str, day: date = DAY, **more: object) -> Fact:
    return Fact(
        concept, value=Quantity.of(value, unit), when=When.on(day),
        sources=(Source("note", f"{concept} {value}", 0, 5),), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_value_follows_from_its_inputs_with_its_arithmetic() -> None:
    facts = derive(
        Facts((fact("weight", "98", "kg"), fact("height", "160", "cm"))), [BMI], CONCEPTS
    )
    (bmi,) = [f for f in facts.items if f.concept == "bmi"]
    assert bmi.asserter is Asserter.COMPUTED
    assert isinstance(bmi.value, Quantity)
    assert round(bmi.value.exact or 0, 2) == Decimal("38.28")
    assert bmi.formula == "(98 kg ÷ (1.6 m × 1.6 m)) = 38.28 kg/m²"
    assert {s.quote for s in bmi.sources} == {"weight 98", "height 160"}


def test_units_of_inputs_are_converted() -> None:
    facts = derive(
        Facts((fact("weight", "250", "[lb_av]"), fact("height", "67", "[in_i]"))), [BMI], CONCEPTS
    )
    (bmi,) = [f for f in facts.items if f.concept == "bmi"]
    assert isinstance(bmi.value, Quantity)
    assert round(bmi.value.exact or 0, 1) == Decimal("39.2")


def test_nothing_is_computed_from_a_missing_or_doubted_input() -> None:
    doubted = fact("height", "1.6", "", marks=frozenset({Mark.UNIT_MISSING}))
    for items in ((fact("weight", "98", "kg"),), (fact("weight", "98", "kg"), doubted)):
        assert not [f for f in derive(Facts(items), [BMI], CONCEPTS).items if f.concept == "bmi"]


def test_one_formula_may_build_on_another() -> None:
    facts = derive(
        Facts((fact("weight", "98", "kg"), fact("height", "160", "cm"))), [DOUBLE, BMI], CONCEPTS
    )
    assert {f.concept for f in facts.items} == {"weight", "height", "bmi", "double"}


def test_a_stated_value_that_agrees_is_left_alone() -> None:
    items = (fact("weight", "98", "kg"), fact("height", "160", "cm"), fact("bmi", "38.4", "kg/m2"))
    facts = derive(Facts(items), [BMI], CONCEPTS)
    assert facts.items == items
    assert not facts.conflicts


def test_a_stated_value_that_disagrees_is_a_conflict_and_both_stay() -> None:
    items = (fact("weight", "98", "kg"), fact("height", "160", "cm"), fact("bmi", "33", "kg/m2"))
    facts = derive(Facts(items), [BMI], CONCEPTS)
    assert len([f for f in facts.items if f.concept == "bmi"]) == 2
    (conflict,) = facts.conflicts
    assert "is not what its own inputs give" in conflict.says


def test_the_latest_inputs_count() -> None:
    items = (
        fact("weight", "120", "kg", date(2023, 1, 1)), fact("weight", "98", "kg", date(2025, 1, 1)),
        fact("height", "160", "cm", date(2020, 1, 1)),
    )  # fmt: skip
    (bmi,) = [f for f in derive(Facts(items), [BMI], CONCEPTS).items if f.concept == "bmi"]
    assert "98 kg" in bmi.formula
    assert bmi.when == When.on(date(2025, 1, 1))
