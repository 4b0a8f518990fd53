"""Dose arithmetic: fixed, per kilogram, per area, per interval; with a weight and without."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from indicated.judge.dose import check_dose
from indicated.model import (
    Concept,
    Concepts,
    DoseBlock,
    DoseCheck,
    DoseLine,
    Fact,
    Mark,
    Phase,
    Quantity,
    RequestedItem,
    Source,
)
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

CONCEPTS = Concepts(
    {
        "weight": Concept("weight", "weight", "measurement", unit="kg"),
        "body-surface-area": Concept(
            "body-surface-area", "body surface area", "measurement", unit="m2"
        ),
    }
)


def q(low: str, unit: str, high: str | None = None) -> Quantity:
    return Quantity(Decimal(low), Decimal(high or low), unit)


RANGE = DoseLine(
    "Accepted range", "practice", q("0.3", "g/kg", "0.5"), q("3", "wk", "4"), decides=True
)
CEILING = DoseLine("A label", "label", q("200", "mg/kg", "800"), q("3", "wk", "4"))


def check(
    dose: Quantity, every: Quantity | None = None, weight: str = "", **more: object
) -> DoseCheck:
    lines = more.pop("lines", (RANGE, CEILING))
    facts = [Fact("weight", value=q(weight, "kg"), sources=(Source("n", "w"),))] if weight else []
    item = RequestedItem("i", "drug", "drug", dose=dose, every=every or q("4", "wk"), **more)  # type: ignore[arg-type]
    found = check_dose(DoseBlock(lines), item, facts, CONCEPTS)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("dose", "every", "weight", "truth"),
    [
        (q("28", "g"), q("4", "wk"), "70", MET),  # 0.4 g/kg
        (q("35", "g"), q("4", "wk"), "70", MET),  # exactly 0.5 g/kg
        (q("21", "g"), q("4", "wk"), "70", MET),  # exactly 0.3 g/kg
        (q("35.1", "g"), q("4", "wk"), "70", NOT_MET),
        (q("20.9", "g"), q("4", "wk"), "70", NOT_MET),
        (q("28000", "mg"), q("4", "wk"), "70", MET),
        (q("400", "mg/kg"), q("4", "wk"), "", MET),  # per kilogram needs no weight
        (q("800", "mg/kg", "1000"), q("1", "mo"), "", NOT_MET),
        (q("400", "mg/kg", "600"), q("4", "wk"), "", NOT_MET),  # a range asks for its top
        (q("28", "g"), q("1", "mo"), "70", MET),  # monthly is every four weeks
        (q("28", "g"), q("2", "wk"), "70", NOT_MET),
        (q("28", "g"), q("28", "d"), "70", MET),
        (q("60", "g"), q("4", "wk"), "", UNKNOWN),
        (q("155", "[U]"), q("4", "wk"), "70", UNKNOWN),  # units of another kind: not wrong
        (q("155", "[U]"), q("4", "wk"), "", UNKNOWN),
        (q("20", "mg/m2"), q("4", "wk"), "70", UNKNOWN),
    ],
)
def test_a_request_against_the_deciding_range(
    dose: Quantity, every: Quantity, weight: str, truth: Truth
) -> None:
    assert check(dose, every, weight).truth is truth


def test_without_an_interval_nothing_is_decided() -> None:
    item = RequestedItem("i", "drug", "drug", dose=q("400", "mg/kg"))
    found = check_dose(DoseBlock((RANGE,)), item, [], CONCEPTS)
    assert found is not None
    assert found.truth is UNKNOWN


def test_without_a_weight_it_says_for_which_weights_the_dose_fits() -> None:
    found = check(q("60", "g"))
    accepted, label = found.rows
    assert (accepted.weight_from, accepted.weight_to) == (Decimal(120), Decimal(200))
    assert (label.weight_from, label.weight_to) == (Decimal(75), Decimal(300))
    assert accepted.says == "60 g lies within 0.3–0.5 g/kg for a weight from 120 to 200 kg"
    assert "60 g is 0.8 g/kg at 75 kg" in found.equivalents


def test_a_present_dose_beside_the_one_asked_for() -> None:
    found = check(q("800", "mg/kg", "1000"), current_dose=q("60", "g"))
    assert "60 g is 0.8 g/kg at 75 kg" in found.equivalents
    assert "60 g is 1 g/kg at 60 kg" in found.equivalents


def test_with_a_weight_the_arithmetic_is_shown() -> None:
    found = check(q("28", "g"), weight="70")
    assert found.rows[0].says == "28 g ÷ 70 kg = 0.4 g/kg"
    assert found.fits == "0.3–0.5 g/kg, at 70 kg 21–35 g every 3–4 weeks"
    assert found.equivalents == ()


def test_a_fixed_range_and_a_dose_per_weight() -> None:
    fixed = DoseLine("Fixed", "label", q("155", "[U]", "195"), q("12", "wk"), decides=True)
    assert check(q("155", "[U]"), q("12", "wk"), lines=(fixed,)).truth is MET
    assert check(q("200", "[U]"), q("12", "wk"), lines=(fixed,)).truth is NOT_MET
    grams = DoseLine("Grams", "label", q("20", "g", "30"), decides=True)
    assert check(q("400", "mg/kg"), weight="70", lines=(grams,)).truth is MET
    assert check(q("400", "mg/kg"), lines=(grams,)).truth is UNKNOWN


def test_a_dose_per_area() -> None:
    line = DoseLine("Area", "label", q("375", "mg/m2"), decides=True)
    item = RequestedItem("i", "drug", "drug", dose=q("750", "mg"), every=q("1", "wk"))
    area = Fact("body-surface-area", value=q("2", "m2"))
    known = check_dose(DoseBlock((line,)), item, [area], CONCEPTS)
    unknown = check_dose(DoseBlock((line,)), item, [], CONCEPTS)
    assert known is not None
    assert unknown is not None
    assert known.truth is MET
    assert unknown.truth is UNKNOWN
    assert unknown.rows[0].says == "750 mg lies within 375 mg/m² for a body surface of 2 m²"


def test_ceilings_and_queries() -> None:
    line = DoseLine(
        "Range", "practice", q("0.3", "g/kg", "2"), None, maximum=q("0.8", "g/kg"),
        query_above=q("0.6", "g/kg"), decides=True,
    )  # fmt: skip
    over = check(q("900", "mg/kg"), lines=(line,))
    assert over.truth is NOT_MET
    assert any("above the maximum of 0.8 g/kg" in s for s in over.queries)
    between = check(q("700", "mg/kg"), lines=(line,))
    assert between.truth is MET
    assert any("needs a reason" in s for s in between.queries)
    assert not check(q("500", "mg/kg"), lines=(line,)).queries


def test_a_doubted_weight_is_not_used() -> None:
    item = RequestedItem("i", "drug", "drug", dose=q("28", "g"), every=q("4", "wk"))
    doubted = Fact("weight", value=q("70", ""), marks=frozenset({Mark.UNIT_MISSING}))
    found = check_dose(DoseBlock((RANGE,)), item, [doubted], CONCEPTS)
    assert found is not None
    assert found.truth is UNKNOWN
    assert found.weight is None


def test_no_dose_asked_no_check() -> None:
    assert check_dose(DoseBlock((RANGE,)), RequestedItem("i", "d", "d"), [], CONCEPTS) is None
    assert check_dose(None, RequestedItem("i", "d", "d", dose=q("1", "g")), [], CONCEPTS) is None


def test_a_line_of_one_drug_is_not_held_against_another() -> None:
    own = DoseLine("Own", "label", q("40", "mg"), q("2", "wk"), decides=True, of=("drug",))
    other = DoseLine("Other", "label", q("90", "mg"), q("8", "wk"), decides=True, of=("other",))
    found = check(q("40", "mg"), q("2", "wk"), lines=(own, other))
    assert (found.truth, [r.line.says for r in found.rows]) == (MET, ["Own"])
    assert check(q("40", "mg"), q("1", "wk"), lines=(own, other)).truth is NOT_MET
    item = RequestedItem("i", "drug", "drug", dose=q("40", "mg"), every=q("2", "wk"))
    assert check_dose(DoseBlock((other,)), item, (), CONCEPTS) is None


def test_what_is_not_stated_is_asked_for_or_as_labelled() -> None:
    """A drug that is given as its label has it: only what the request says can be outside."""
    every = DoseLine("A label", "label", q("40", "mg"), q("2", "wk"), decides=True)
    once = DoseLine("A label, to start", "label", q("80", "mg"), decides=True)

    def truth(dose: Quantity | None, often: Quantity | None, as_labelled: bool) -> Truth | None:
        item = RequestedItem("i", "drug", "drug", dose=dose, every=often)
        block = DoseBlock((every, once), as_labelled=as_labelled)
        found = check_dose(block, item, [], CONCEPTS)
        return found.truth if found else None

    assert truth(q("40", "mg"), None, False) is UNKNOWN
    assert truth(q("40", "mg"), None, True) is MET
    assert truth(q("120", "mg"), None, True) is NOT_MET
    assert truth(q("40", "mg"), q("1", "wk"), True) is NOT_MET
    assert truth(None, q("2", "wk"), True) is MET
    assert truth(None, q("1", "wk"), True) is NOT_MET
    assert truth(None, q("1", "wk"), False) is None
    assert truth(None, None, True) is None
    assert truth(q("5", "mg/kg"), q("2", "wk"), True) is UNKNOWN  # without a weight
    assert truth(q("5", "mg/kg"), q("2", "wk"), False) is UNKNOWN


def test_a_line_for_a_phase_is_for_requests_of_that_phase_alone() -> None:
    label = DoseLine("A label", "label", q("40", "mg"), q("2", "wk"), decides=True)
    more = DoseLine(
        "A guideline, where that was not enough", "guideline", q("40", "mg"), q("1", "wk"),
        decides=True, phases=(Phase.DOSE_CHANGE,),
    )  # fmt: skip

    def truth(phase: Phase) -> Truth:
        weekly = RequestedItem("i", "drug", "drug", dose=q("40", "mg"), every=q("1", "wk"))
        found = check_dose(DoseBlock((label, more)), replace(weekly, phase=phase), [], CONCEPTS)
        assert found is not None
        return found.truth

    assert truth(Phase.INITIATION) is NOT_MET
    assert truth(Phase.DOSE_CHANGE) is MET
