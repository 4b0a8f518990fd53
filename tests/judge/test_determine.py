"""One item in, one determination out: which policy, which phase, which part, and what stamps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indicated.judge import Context, determine
from indicated.model import (
    Asserter,
    Assertion,
    Bound,
    Citation,
    Concept,
    Concepts,
    Criterion,
    Determination,
    Fact,
    Facts,
    Has,
    Label,
    Library,
    Mark,
    Outcome,
    Phase,
    PhaseCriteria,
    Policy,
    Qualifiers,
    Quantity,
    RequestedItem,
    Role,
    Route,
    Source,
    State,
    Statement,
    Therapy,
    Value,
    When,
)
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

DAY = date(2025, 6, 1)
IDS = ["drug", "brand", "other-drug", "disease", "rare-disease", "clot", "vein", "request.dose"]
CONCEPTS = Concepts(
    {
        "drug": Concept("drug", "drug", "drug"),
        "brand": Concept("brand", "brand", "drug", under=("drug",)),
        "disease": Concept("disease", "disease", "disease"),
        "rare": Concept("rare", "rare disease", "disease", under=("disease",)),
        "clot": Concept("clot", "clot", "disease"),
        "danger": Concept("danger", "danger", "symptom"),
        "harm": Concept("harm", "harm to oneself", "symptom", under=("danger",)),
        "fight": Concept("fight", "fighting", "symptom", under=("danger",)),
        "vein": Concept("vein", "reflux of a vein", "measurement", unit="mm"),
        "request.dose": Concept("request.dose", "dose", "request"),
    }
)


def has(id: str, concept: str, role: Role = Role.ESSENTIAL, **more: object) -> Criterion:
    return Criterion(id, f"{id}.", Has((concept,), **more), role, (Citation("K"),), f"Send {id}.")  # type: ignore[arg-type]


def policy(
    id: str, needs: tuple[Criterion, ...], applies: Criterion | None = None, **more: object
) -> Policy:
    criteria = PhaseCriteria(routes=(Route("route", "The route", needs),))
    made = Policy(
        id, id, "?", "1", "draft", date(2025, 1, 1), None, ("drug",), applies, (),
        {Phase.INITIATION: criteria}, hash=f"hash of {id}",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def fact(concept: str, **more: object) -> Fact:
    return Fact(concept, when=When.on(DAY), sources=(Source("note", concept, 0, 1),), **more)  # type: ignore[arg-type]


GENERAL = policy("general", (has("disease", "disease"),), has("applies", "disease"))
SPECIAL = policy("special", (has("rare", "rare"),), has("applies", "rare"), over=("general",))
ITEM = RequestedItem("i1", "drug", "the drug")


def run(
    *policies: Policy, facts: tuple[Fact, ...] = (), item: RequestedItem = ITEM,
    scope: tuple[Fact, ...] = (), as_of: date = DAY, labels: tuple[Label, ...] = (),
):  # type: ignore[no-untyped-def]  # fmt: skip
    library = Library(CONCEPTS, {p.id: p for p in policies}, labels)
    return determine(item, Facts(facts), scope, Context(library, as_of, "indicated test"))


def test_the_more_special_policy_goes_before() -> None:
    assert run(GENERAL, SPECIAL, facts=(fact("rare"),)).policy.id == "special"
    assert run(GENERAL, SPECIAL, facts=(fact("disease"),)).policy.id == "general"


def test_no_policy_is_never_a_verdict_and_names_what_there_is() -> None:
    silent = run(GENERAL)
    assert (silent.outcome, silent.policy, silent.candidates) == (
        Outcome.NO_POLICY,
        None,
        ("general",),
    )
    unknown_treatment = run(GENERAL, item=replace(ITEM, treatment=""), facts=(fact("disease"),))
    assert unknown_treatment.outcome is Outcome.NO_POLICY
    assert "not one that the library knows" in unknown_treatment.because


def test_the_question_scopes_the_answer_without_proving_anything() -> None:
    found = run(GENERAL, scope=(fact("disease", asserter=Asserter.QUESTION),))
    assert found.policy.id == "general"
    assert found.outcome is Outcome.CANNOT_DETERMINE
    coded = run(GENERAL, facts=(fact("disease", marks=frozenset({Mark.CODE_ONLY})),))
    assert coded.outcome is Outcome.CANNOT_DETERMINE
    assert coded.missing[0].state is State.CLAIMED


def test_a_brand_is_covered_by_its_ingredients_policy() -> None:
    assert run(GENERAL, facts=(fact("disease"),), item=replace(ITEM, treatment="brand")).policy


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        ({}, True),
        ({"valid_from": date(2025, 6, 2)}, False),
        ({"valid_from": date(2025, 6, 1)}, True),
        ({"valid_to": date(2025, 5, 31)}, False),
        ({"valid_to": date(2025, 6, 1)}, True),
        ({"status": "retired"}, False),
    ],
)
def test_only_a_policy_in_force_on_the_day_is_used(
    changes: dict[str, object], covered: bool
) -> None:
    found = run(replace(GENERAL, **changes), facts=(fact("disease"),))  # type: ignore[arg-type]
    assert (found.outcome is Outcome.INDICATED) is covered
    assert (found.outcome is Outcome.NO_POLICY) is not covered


def test_criteria_of_one_phase_never_serve_another() -> None:
    found = run(GENERAL, facts=(fact("disease"),), item=replace(ITEM, phase=Phase.CONTINUATION))
    assert found.outcome is Outcome.NO_POLICY
    assert "continuation" in found.because


def test_what_happens_after_the_day_is_not_seen() -> None:
    later = replace(fact("disease"), when=When.on(date(2025, 7, 1)))
    found = run(replace(GENERAL, applies=None), facts=(later,))
    assert found.outcome is Outcome.CANNOT_DETERMINE


def test_a_determination_is_stamped_so_that_anybody_can_repeat_it() -> None:
    found = run(GENERAL, facts=(fact("disease"),))
    again = run(GENERAL, facts=(fact("disease"),))
    assert found == again
    assert found.as_of == DAY
    assert found.program == "indicated test"
    assert found.policy.hash == "hash of general"
    assert found.facts_hash == again.facts_hash != run(GENERAL).facts_hash


def test_an_exclusion_and_a_denied_route_are_named_apart() -> None:
    excluded = replace(
        GENERAL,
        phases={
            Phase.INITIATION: replace(
                GENERAL.phases[Phase.INITIATION], exclusions=(has("clot", "clot"),)
            )
        },
    )
    found = run(excluded, facts=(fact("disease"), fact("clot")))
    assert (found.outcome, found.because) == (Outcome.NOT_INDICATED, "an exclusion is met")
    denied = run(
        GENERAL, facts=(fact("disease", assertion=Assertion.ABSENT),), scope=(fact("disease"),)
    )
    assert denied.outcome is Outcome.NOT_INDICATED
    assert "every route" in denied.because


def test_a_warning_is_called_up_by_the_chart_and_only_then() -> None:
    warned = replace(
        GENERAL, safety=(Statement("Clots.", when=has("when", "clot")), Statement("For everybody."))
    )
    with_clot = run(warned, facts=(fact("disease"), fact("clot")))
    assert [s.says for s, _ in with_clot.warnings] == ["Clots.", "For everybody."]
    assert with_clot.warnings[0][1].facts[0].concept == "clot"
    without = run(warned, facts=(fact("disease"),))
    assert [s.says for s, _ in without.warnings] == ["For everybody."]


def test_a_label_speaks_of_this_patient_or_says_that_it_is_not_shown() -> None:
    rows = (
        Label("brand", "drug", "FDA", ("rare",), "Rare disease."),
        Label("brand", "drug", "EMA", ("disease",), "Disease."),
        Label("brand", "drug", "FDA", ("disease",), "Not yet.", valid_from=date(2026, 1, 1)),
    )
    found = run(GENERAL, facts=(fact("disease"),), labels=rows)
    assert [(label.regulator, truth) for label, truth in found.labels] == [
        ("FDA", UNKNOWN),
        ("EMA", MET),
    ]


def vein(side: str, width: int) -> Fact:
    return fact("vein", value=Quantity.of(width, "mm"), site=frozenset({side}))


def test_parts_are_judged_one_by_one() -> None:
    wide = Criterion(
        "wide", "The vein is at least 5 mm wide.",
        Value("vein", bounds=(Bound("at_least", Quantity.of(5, "mm")),), where=Qualifiers(same_site=True)),
        ask="Send the scan.",
    )  # fmt: skip
    veins = policy("veins", (wide,))
    item = replace(ITEM, parts=("left", "right"))
    mixed = run(veins, facts=(vein("left", 7), vein("right", 3)), item=item)
    assert mixed.outcome is Outcome.INDICATED_WITH_CHANGES
    assert [p.outcome for p in mixed.parts] == [Outcome.INDICATED, Outcome.NOT_INDICATED]
    half_known = run(veins, facts=(vein("left", 7),), item=item)
    assert half_known.outcome is Outcome.CANNOT_DETERMINE
    both = run(veins, facts=(vein("left", 7), vein("right", 6)), item=item)
    assert both.outcome is Outcome.INDICATED


def test_the_request_is_data_too() -> None:
    dose = Criterion(
        "dose", "At most 5 mg.",
        Value("request.dose", bounds=(Bound("at_most", Quantity.of(5, "mg")),)), ask="State the dose.",
    )  # fmt: skip
    asked = Fact(
        "request.dose", value=Quantity.of(4, "mg"), asserter=Asserter.QUESTION,
        sources=(Source("question", "4 mg", 0, 4),),
    )  # fmt: skip
    found = run(policy("dosed", (dose,)), item=replace(ITEM, facts=(asked,)))
    assert found.outcome is Outcome.INDICATED


# --- general policies ------------------------------------------------------------------------


def general(id: str, needs: tuple[Criterion, ...], **more: object) -> Policy:
    return policy(id, needs, treatments=(), general=("drug",), **more)


ANY_DRUG = general("any-drug", (has("disease", "disease"),))
RULE = general("rule", (has("clot", "clot"),), applies=has("on", "clot"), goes_first=True)
DRUG = replace(ITEM, kind="drug")


def test_a_general_policy_is_used_only_where_no_specific_one_fits() -> None:
    assert run(SPECIAL, ANY_DRUG, facts=(fact("rare"),), item=DRUG).policy.id == "special"
    other = run(SPECIAL, ANY_DRUG, facts=(fact("disease"),), item=DRUG)
    assert (other.policy.id, other.candidates) == ("any-drug", ("special",))
    unknown = run(SPECIAL, ANY_DRUG, facts=(fact("disease"),), item=replace(DRUG, treatment=""))
    assert unknown.outcome is Outcome.INDICATED


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, {"kind": "procedure"}),
        ({}, {"phase": Phase.CONTINUATION}),
        ({"status": "retired"}, {}),
        ({"valid_to": date(2025, 5, 31)}, {}),
        ({"applies": has("applies", "rare")}, {}),
    ],
)
def test_a_general_policy_is_for_its_kind_phase_time_and_subject(
    changes: dict[str, object], asked: dict[str, object]
) -> None:
    item = replace(DRUG, **asked)  # type: ignore[arg-type]
    found = run(replace(ANY_DRUG, **changes), facts=(fact("disease"),), item=item)  # type: ignore[arg-type]
    assert found.outcome is Outcome.NO_POLICY


def test_of_two_general_policies_the_one_about_something_goes_before() -> None:
    about = general("z", (has("rare", "rare"),), applies=has("applies", "disease"))
    assert run(ANY_DRUG, about, facts=(fact("disease"),), item=DRUG).policy.id == "z"
    before = replace(ANY_DRUG, over=("z",))
    assert run(before, about, facts=(fact("disease"),), item=DRUG).policy.id == "any-drug"


@pytest.mark.parametrize(
    ("rule", "own", "outcome", "policy_id"),
    [
        (True, True, Outcome.INDICATED, "special"),
        (True, None, Outcome.CANNOT_DETERMINE, "special"),
        (None, True, Outcome.CANNOT_DETERMINE, "rule"),
        (False, True, Outcome.NOT_INDICATED, "rule"),
        (False, None, Outcome.NOT_INDICATED, "rule"),
    ],
)
def test_a_rule_on_top_and_the_policy_below_must_both_be_satisfied(
    rule: bool | None, own: bool | None, outcome: Outcome, policy_id: str
) -> None:
    def said(concept: str, truth: bool | None) -> tuple[Fact, ...]:
        absent = {"assertion": Assertion.ABSENT} if truth is False else {}
        return () if truth is None else (fact(concept, **absent),)

    special = replace(SPECIAL, applies=None)
    top = replace(RULE, applies=has("on", "disease"))
    facts = (fact("disease"), *said("clot", rule), *said("rare", own))
    found = run(special, top, facts=facts, item=DRUG)
    assert (found.outcome, found.policy.id) == (outcome, policy_id)
    assert [b.policy.id for b in found.beside] == [({"special", "rule"} - {policy_id}).pop()]


def test_a_second_condition_with_a_policy_of_its_own_never_turns_an_answer_into_a_denial() -> None:
    one = policy("a-clot", (has("refused", "vein"),), has("applies", "clot"))
    two = policy("b-disease", (has("shown", "disease"),), has("applies", "disease"))
    facts = (fact("clot"), fact("disease"), fact("vein", assertion=Assertion.ABSENT))
    found = run(one, two, facts=facts)
    assert (found.policy.id, found.outcome) == ("b-disease", Outcome.INDICATED)
    assert [(b.policy.id, b.outcome) for b in found.beside] == [("a-clot", Outcome.NOT_INDICATED)]
    asks = {"asserter": Asserter.QUESTION, "assertion": Assertion.HYPOTHETICAL}
    meant = run(one, two, facts=facts, scope=(fact("clot", **asks),))
    assert (meant.policy.id, meant.outcome, meant.beside) == ("a-clot", Outcome.NOT_INDICATED, ())


def test_each_of_what_the_request_names_is_judged_for_itself() -> None:
    failed = Qualifiers(ended_because=frozenset({"no-response"}))
    each = has("tried", "request.alternative", each="all", where=failed)
    concepts = Concepts(
        {
            **CONCEPTS.by_id,
            "request.alternative": Concept("request.alternative", "first", "request"),
        }
    )

    def judged(*facts: Fact) -> Determination:
        library = Library(concepts, {"p": policy("p", (each,))})
        return determine(ITEM, Facts(facts), (), Context(library, DAY, "indicated test"))

    asked = tuple(fact("request.alternative", value=v) for v in ("brand", "rare"))
    one = fact("brand", therapy=Therapy(ended_because="no-response"))
    two = fact("rare", therapy=Therapy(ended_because="no-response"))
    never = fact("rare", assertion=Assertion.ABSENT)
    assert judged(*asked, one, two).outcome is Outcome.INDICATED
    assert [m.id for m in judged(*asked, one).missing] == ["tried.rare"]
    assert judged(*asked, one, never).outcome is Outcome.NOT_INDICATED
    assert judged(one, two).outcome is Outcome.CANNOT_DETERMINE


def test_what_a_label_says_of_the_request_is_data_and_its_silence_is_not() -> None:
    limit = Label("", "drug", "FDA", ("disease",), "Disease.", maximum=Quantity.of(5, "mg"))
    uses = (has("labelled", "request.labelled-use"), has("within", "request.within-label-maximum"))
    names = ("request.labelled-use", "request.within-label-maximum")
    concepts = Concepts({**CONCEPTS.by_id, **{n: Concept(n, n, "request") for n in names}})

    def judged(dose: int, *facts: Fact, regulator: str = "") -> list[Truth]:
        library = Library(concepts, {"p": policy("p", uses)}, (limit,))
        context = Context(library, DAY, "indicated test", regulator=regulator)
        item = replace(ITEM, dose=Quantity.of(dose, "mg"))
        return [f.truth for f in determine(item, Facts(facts), (), context).routes[0].parts]

    assert judged(4, fact("disease")) == [MET, MET]
    assert judged(6, fact("disease")) == [MET, NOT_MET]
    assert judged(6) == [UNKNOWN, UNKNOWN]
    assert judged(4, fact("disease"), regulator="EMA") == [UNKNOWN, UNKNOWN]


def test_a_label_of_one_product_does_not_speak_of_another_of_its_ingredient() -> None:
    brand = Concept("brand", "a brand of the drug", "drug", names=("Brand",), under=("drug",))
    concepts = Concepts({**CONCEPTS.by_id, "brand": brand})
    rows = tuple(
        Label(product, "drug", "FDA", ("disease",), "Disease.")
        for product in ("", "Brand", "Other")
    )
    context = Context(Library(concepts, {}, rows), DAY, "t")
    found = determine(replace(ITEM, treatment="brand"), Facts(()), (), context)
    assert [label.product for label, _ in found.labels] == ["", "Brand"]


def test_a_dose_asked_for_more_often_than_the_label_s_maximum_may_be_above_it() -> None:
    limit = Label("", "drug", "FDA", ("disease",), "Disease.", maximum=Quantity.of(5, "mg"))
    names = ("request.labelled-use", "request.within-label-maximum")
    concepts = Concepts({**CONCEPTS.by_id, **{n: Concept(n, n, "request") for n in names}})
    within = has("within", "request.within-label-maximum")

    def judged(every: Quantity | None, ruled: Quantity | None) -> Truth:
        row = replace(limit, every=ruled)
        context = Context(Library(concepts, {"p": policy("p", (within,))}, (row,)), DAY, "t")
        item = replace(ITEM, dose=Quantity.of(4, "mg"), every=every)
        return determine(item, Facts((fact("disease"),)), (), context).routes[0].parts[0].truth

    day, twice, month = Quantity.of(1, "d"), Quantity.of(12, "h"), Quantity.of(1, "mo")
    assert judged(day, day) is MET
    assert judged(twice, day) is NOT_MET
    assert judged(twice, None) is judged(None, day) is MET
    assert judged(Quantity.of(4, "wk"), month) is MET


def test_a_label_row_may_hold_for_some_ages_and_need_more_than_the_disease() -> None:
    row = Label("", "drug", "FDA", ("disease",), "Disease.", needs=("marker",))
    grown = replace(row, needs=(), from_age=Quantity.of(18, "a"), below_age=Quantity.of(65, "a"))
    names = ("request.labelled-use", "marker")
    concepts = Concepts({
        **CONCEPTS.by_id, **{n: Concept(n, n, "request") for n in names},
        "age": Concept("age", "age", "measurement", unit="a"),
    })  # fmt: skip
    labelled = has("labelled", "request.labelled-use")

    def judged(label: Label, *facts: Fact) -> Truth:
        context = Context(Library(concepts, {"p": policy("p", (labelled,))}, (label,)), DAY, "t")
        found = determine(ITEM, Facts((fact("disease"), *facts)), (), context)
        return found.routes[0].parts[0].truth

    def aged(years: int) -> Fact:
        return replace(fact("age"), value=Quantity.of(years, "a"))

    assert judged(row) is UNKNOWN
    assert judged(row, fact("marker")) is MET
    assert judged(grown) is MET  # an age that is not said lies outside of nothing
    assert [judged(grown, aged(y)) for y in (17, 18, 64, 65)] == [UNKNOWN, MET, MET, UNKNOWN]


def test_any_treatment_is_any_but_the_one_asked_for() -> None:
    failed = Qualifiers(ended_because=frozenset({"no-response"}))
    other = has("other", "any-treatment", where=failed)
    wide = Concept("any-treatment", "a treatment", "state", kinds=("drug",))
    second = Concept("second", "second drug", "drug")
    concepts = Concepts({**CONCEPTS.by_id, "any-treatment": wide, "second": second})

    def judged(*facts: Fact) -> Outcome:
        library = Library(concepts, {"p": policy("p", (other,))})
        return determine(ITEM, Facts(facts), (), Context(library, DAY, "t")).outcome

    def ended(concept: str, why: str = "no-response") -> Fact:
        return fact(concept, therapy=Therapy(ended_because=why))

    assert judged(ended("second")) is Outcome.INDICATED
    assert judged(ended("brand")) is Outcome.CANNOT_DETERMINE  # the one asked for, by its brand
    assert judged(ended("second", "completed")) is Outcome.CANNOT_DETERMINE  # proves no "never"
    assert judged(fact("second", assertion=Assertion.ABSENT)) is Outcome.CANNOT_DETERMINE


def test_a_denial_of_the_narrower_finding_counts_against_it_and_no_other() -> None:
    """What is found and then denied is over, or in dispute; a denial of another kind says nothing."""
    now = policy("now", (has("danger", "danger", where=Qualifiers(currently=True)),))
    before = replace(fact("harm"), when=When.on(date(2025, 4, 1)))
    over = run(now, facts=(before, fact("harm", assertion=Assertion.ABSENT)))
    assert over.outcome is Outcome.CANNOT_DETERMINE
    both = run(now, facts=(fact("harm"), fact("harm", assertion=Assertion.ABSENT)))
    assert both.outcome is Outcome.CANNOT_DETERMINE
    other = run(now, facts=(before, fact("fight", assertion=Assertion.ABSENT)))
    assert other.outcome is Outcome.INDICATED
