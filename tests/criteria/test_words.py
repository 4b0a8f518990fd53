"""Numbers with units: read, written in words, and held against sentences."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicated.criteria.drift import drifted, numbers_in, renumbered
from indicated.criteria.quantity import parse_quantity
from indicated.criteria.says import quantity_words, says
from indicated.errors import UnitError
from indicated.model import (
    Bound,
    Combine,
    Concepts,
    Criterion,
    Has,
    Qualifiers,
    Quantity,
    Relation,
    Value,
    Versus,
)


def q(low: str | None, high: str | None, unit: str = "", open: bool = False) -> Quantity:
    return Quantity(Decimal(low) if low else None, Decimal(high) if high else None, unit, open)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("400 mg/dL", q("400", "400", "mg/dL")),
        ("0.3-0.5 g/kg", q("0.3", "0.5", "g/kg")),
        ("0.3 – 0.5 g/kg", q("0.3", "0.5", "g/kg")),
        ("3 to 4 weeks", q("3", "4", "wk")),
        ("12 months", q("12", "12", "mo")),
        ("155 [U]", q("155", "155", "[U]")),
        ("15 events/h", q("15", "15", "{events}/h")),
        ("< 2 %", q(None, "2", "%", open=True)),
        ("≤ 2 %", q(None, "2", "%")),
        (">= 2 %", q("2", None, "%")),
        ("> 2%", q("2", None, "%", open=True)),
        ("-30 %", q("-30", "-30", "%")),
        ("-30--10 %", q("-30", "-10", "%")),
        ("1,200 mg", q("1200", "1200", "mg")),
        (".5 kg", q(".5", ".5", "kg")),
        ("7", q("7", "7")),
        ("60 % predicted", q("60", "60", "%{predicted}")),
    ],
)
def test_quantities(text: str, quantity: Quantity) -> None:
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a number with a unit"),
        ("many", "not a number with a unit"),
        ("mg/dL 400", "not a number with a unit"),
        ("400 mg/dl.", "unknown unit"),
        ("1.2.3 mg", "unknown unit"),
        ("12,34 mg", "unknown unit"),
        ("5-3 mg", "range whose end lies before its beginning"),
        ("1e3 mg", "unknown unit"),
        ("NaN mg", "not a number"),
        ("١٢ mg and", "unknown unit"),
    ],
)
def test_what_is_no_quantity_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnitError, match=words):
        parse_quantity(text)


def test_an_unknown_unit_names_near_ones() -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity("12 monts")
    assert 'Did you mean "months"' in caught.value.do


@pytest.mark.parametrize(
    "quantity", ["400 mg/dL", "0.3-0.5 g/kg", "< 2 %", "≥ 2 kg", "12 mo", "1 a", "-30 %"]
)
def test_a_quantity_in_words_reads_back_as_itself(quantity: str) -> None:
    parsed = parse_quantity(quantity)
    assert parse_quantity(quantity_words(parsed)) == parsed


# --- sentences made from tests -------------------------------------------------------------


def at(op: str, number: int, unit: str) -> Bound:
    return Bound(op, Quantity.of(number, unit))


LATE = Qualifiers(
    within=Quantity.of(1, "a"),
    relations=(Relation("before", "testamab"),),
    lasting=(at("at_least", 6, "wk"),),
    ended_because=frozenset({"no-response"}),
    response=frozenset({"none"}),
    shown_by=frozenset({"biopsy"}),
    dose=(at("at_least", 5, "mL"),),
    currently=True,
    adequate=True,
    same_site=True,
)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (
            Value("bluein", bounds=(at("below", 400, "mg/dL"),),
                  where=Qualifiers(relations=(Relation("before", "testamab"),))),
            "serum bluein below 400 mg/dL, latest, before testamab",
        ),
        (
            Value("cough-days", "every", (at("at_least", 1, "d/mo"), at("at_most", 5, "d/mo"))),
            "days with cough at least 1 days/month and at most 5 days/month, every value",
        ),
        (
            Value("cough-days", bounds=(at("at_most", -30, "%"),),
                  versus=Versus("highest", "percent", (Relation("before", "testamab"),))),
            "change in percent of days with cough at most -30 %"
            " against the highest value, before testamab, latest",
        ),
        (Value("cough-grade", one_of=frozenset({"severe", "moderate"})),
         "grade of cough moderate or severe, latest"),
        (
            Has(("syrup", "testamab"), 2, "class", Quantity.of(14, "d"), LATE),
            "cough syrup or testamab, at least 2 different classes, 14 days apart, within 1 year,"
            " before testamab, lasting at least 6 weeks, dose at least 5 mL,"
            " ended because of no-response, response none, shown by biopsy, at present,"
            " not too little and not too short, at the same site",
        ),
        (Has(("unheard-of",)), "unheard-of"),
    ],
)  # fmt: skip
def test_a_test_in_plain_words(test: Has | Value, words: str, concepts: Concepts) -> None:
    assert says(test, concepts) == words


def test_combinations_in_plain_words(concepts: Concepts) -> None:
    a, b = Criterion("a", "It is red.", Has(("x",))), Criterion("b", "It is green.", Has(("y",)))
    either = Criterion("e", "It is red or green.", Combine("any", (a, b)))
    assert says(Combine("all", (a, either)), concepts) == "It is red and (It is red or green)"
    assert says(Combine("none", (a, b)), concepts) == "none of: It is red or It is green"
    assert says(Combine("at_least", (a, b), 1), concepts) == "at least 1 of: It is red; It is green"


# --- sentences held against tests ----------------------------------------------------------


def criterion(sentence: str, **where: object) -> Criterion:
    test = Value("igg", bounds=(at("below", 400, "mg/dL"),), where=Qualifiers(**where))  # type: ignore[arg-type]
    return Criterion("x", sentence, test)


@pytest.mark.parametrize(
    ("sentence", "agrees"),
    [
        ("Below 400 mg/dL.", True),
        ("Below 4 g/L.", True),
        ("Below 0.4 g/dL.", True),
        ("Below 500 mg/dL.", False),
        ("Below 400 to 500 mg/dL.", False),
        ("Low.", True),
        ("Below 400.", True),  # no unit: not looked at
        ("Below 400 mg/dL in a 70 kg patient.", True),  # another kind of number
        ("Below 400 mg/dL in 2 of 3 samples.", True),
        ("Below 400 mg/dL within 2 years.", True),  # the test knows no time at all
        ("IgG4/5 below 400 mg/dL.", True),
    ],
)
def test_the_sentence_and_the_test_name_the_same_numbers(sentence: str, agrees: bool) -> None:
    assert (drifted(criterion(sentence)) == "") is agrees


def test_windows_of_time_are_compared_too() -> None:
    within = Quantity.of(24, "mo")
    assert not drifted(criterion("Within 2 years.", within=within))
    assert drifted(criterion("Within 3 years.", within=within))


def test_a_fall_is_written_without_its_sign() -> None:
    test = Value("x", bounds=(at("at_most", -30, "%"),), versus=Versus("earliest", "percent"))
    assert not drifted(Criterion("x", "It fell by 30 %.", test))
    assert drifted(Criterion("x", "It fell by 50 %.", test))


def test_a_combination_may_name_the_numbers_of_its_parts() -> None:
    part = criterion("Below 400 mg/dL.")
    assert not drifted(Criterion("y", "Below 400 mg/dL.", Combine("any", (part,))))
    assert drifted(Criterion("y", "Below 600 mg/dL.", Combine("any", (part,))))


def test_ordinary_words_are_no_units() -> None:
    assert not list(numbers_in("2 in a row, 3 x, once a day, type 2 a"))


def test_only_the_changed_threshold_is_rewritten() -> None:
    text = "At least 15 days a month for 3 months, not 15 weeks, in a 15 kg child."
    new = renumbered(text, Quantity.of(15, "d/mo"), Quantity.of(8, "d/mo"))
    assert new == "At least 8 days a month for 3 months, not 15 weeks, in a 15 kg child."


def test_a_threshold_is_rewritten_in_the_unit_of_the_sentence() -> None:
    assert renumbered("Above 2 years.", Quantity.of(24, "mo"), Quantity.of(6, "mo")) == (
        "Above 0.5 years."
    )
