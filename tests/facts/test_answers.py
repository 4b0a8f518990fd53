"""What persons answer: facts with that person as their source, or an error with file and line."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicated.errors import InputError
from indicated.facts.answers import load_answers
from indicated.facts.read import read_facts
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Chart,
    Concept,
    Concepts,
    Day,
    Document,
    Fact,
    Mark,
    Quantity,
    When,
)


def concept(id: str, kind: str, *names: str, **more: object) -> Concept:
    return Concept(id, names[0] if names else id, kind, names, **more)  # type: ignore[arg-type]


CONCEPTS = Concepts({
    c.id: c
    for c in (
        concept("igg", "measurement", "serum IgG", "IgG", unit="mg/dL", plausible=(Decimal(1), Decimal(10000))),
        concept("urate", "measurement", unit="mg/dL", molar_mass=Decimal("168.11")),
        concept("memory-score", "score", unit="{score}", plausible=(Decimal(0), Decimal(30))),
        concept("predicted", "measurement", "lung function", unit="%{predicted}"),
        concept("asthma", "disease"), concept("cough", "symptom", "cough", "ache"),
        concept("headache", "symptom", "head pain", "ache"),
        concept("pneumonia", "event"), concept("testamab", "drug", "testamab", "Testa"),
        concept("grade", "state", levels=("mild", "severe")), concept("genotype", "state"),
    )
})  # fmt: skip
TODAY = date(2025, 11, 21)
WHO = "by: A. Example, MD\nrole: pulmonologist\nat: 2025-11-21T09:30\nanswers:\n"


def answered(*items: str) -> tuple[Fact, ...]:
    return load_answers(WHO + "\n".join(f"  - {{{item}}}" for item in items), CONCEPTS)


def day(y: int, m: int = 0, d: int = 0) -> Day:
    if d:
        return Day.of(date(y, m, d))
    last = {2: 28, 10: 31}[m] if m else 31
    return Day(date(y, m or 1, 1), date(y, m or 12, last))


def test_a_fact_is_that_persons_word() -> None:
    (fact,) = answered(
        'concept: IgG, value: 310 mg/dL, on: 2024-03-02, remark: "outside laboratory"'
    )
    (source,) = fact.sources
    assert fact.asserter is Asserter.ATTESTED
    assert (fact.concept, fact.value) == ("igg", Quantity.of(310, "mg/dL"))
    assert fact.when == When.on(date(2024, 3, 2))
    assert (source.by, source.at) == (
        "A. Example, MD, pulmonologist",
        datetime(2025, 11, 21, 9, 30),
    )
    assert source.quote == "serum IgG: 310 mg/dL; on 2024-03-02; outside laboratory"
    assert source.start is None
    assert source.document == ""


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("concept: igg, value: 300-350 mg/dL, on: 2025-01-01", Quantity(Decimal(300), Decimal(350), "mg/dL")),
        ("concept: igg, value: '< 40 mg/dL', on: 2025-01-01", Quantity(None, Decimal(40), "mg/dL", open=True)),
        ("concept: igg, value: 3.1 g/L, on: 2025-01-01", Quantity.of("3.1", "g/L")),
        ("concept: igg, value: '1,310 mg/dL', on: 2025-01-01", Quantity.of(1310, "mg/dL")),
        ("concept: urate, value: 400 umol/L, on: 2025-01-01", Quantity.of(400, "umol/L")),
        ("concept: memory-score, value: 21, on: 2025-01-01", Quantity.of(21, "{score}")),
        ("concept: lung function, value: 48 %, on: 2025-01-01", Quantity.of(48, "%{predicted}")),
        ("concept: grade, value: Severe", "severe"),
        ("concept: genotype, value: PiZZ", "PiZZ"),
    ],
)  # fmt: skip
def test_values(item: str, value: object) -> None:
    (fact,) = answered(item)
    assert fact.value == value
    assert fact.assertion is Assertion.PRESENT


@pytest.mark.parametrize(
    ("item", "when"),
    [
        ("concept: asthma, answer: present", [When.on(TODAY)]),
        ("concept: asthma, answer: present, from: 2019", [When(day(2019), ongoing=True)]),
        ("concept: pneumonia, answer: present", [UNDATED]),
        ("concept: pneumonia, on: [2025-02, 2025-10-03]", [When(day(2025, 2), day(2025, 2)), When.on(date(2025, 10, 3))]),
        ("concept: Testa, from: 2025-02, to: 2025-10", [When(day(2025, 2), day(2025, 10))]),
        ("concept: Testa, from: 2025-02, ongoing: true", [When(day(2025, 2), ongoing=True)]),
        ("concept: Testa, ongoing: true", [When(ongoing=True)]),
        ("concept: Testa, answer: present, on: 2025", [When(Day(date(2025, 1, 1), TODAY), Day(date(2025, 1, 1), TODAY))]),
        ("concept: pneumonia, answer: absent", [When.on(TODAY)]),
        ("concept: pneumonia, answer: absent, from: 2025-02, to: 2025-10", [When(day(2025, 2), day(2025, 10))]),
        ("concept: pneumonia, answer: absent, from: 2025-02", [When(day(2025, 2), Day.of(TODAY))]),
        ("concept: pneumonia, answer: absent, to: 2025-10-03", [When(None, day(2025, 10, 3))]),
    ],
)  # fmt: skip
def test_times(item: str, when: list[When]) -> None:
    assert [f.when for f in answered(item)] == when


def test_a_treatment_with_its_outcome() -> None:
    (fact,) = answered(
        "concept: testamab, from: 2025-01-10, to: 2025-03-10, dose: 40 mg, every: 2 weeks, "
        "for: 8 weeks, response: none, ended: no-response, adequate: yes, site: Left"
    )
    therapy = fact.therapy
    assert therapy is not None
    assert (therapy.dose, therapy.every) == (Quantity.of(40, "mg"), Quantity.of(2, "wk"))
    assert therapy.duration == Quantity.of(8, "wk")
    assert (therapy.response, therapy.ended_because) == ("none", "no-response")
    assert (therapy.adequate, therapy.taken) == (True, True)
    assert fact.site == {"left"}


@pytest.mark.parametrize(
    ("item", "taken"),
    [
        ("ended: contraindication", False),
        ("ended: declined", False),
        ("ended: declined, from: 2025-01", True),
        ("ended: contraindication, taken: true", True),
        ("ended: intolerance", True),
    ],
)
def test_what_was_never_begun_was_not_taken(item: str, taken: bool) -> None:
    (fact,) = answered(f"concept: testamab, {item}")
    assert fact.therapy is not None
    assert fact.therapy.taken is taken


def test_an_absence_may_be_said_of_several_at_once() -> None:
    facts = answered("concept: [pneumonia, asthma], answer: absent, to: 2025-11-21")
    assert [(f.concept, f.assertion) for f in facts] == [
        ("pneumonia", Assertion.ABSENT),
        ("asthma", Assertion.ABSENT),
    ]


@pytest.mark.parametrize(
    "sheet",
    [
        "answers: []",
        "by:\nrole:\nat:\nanswers:\n  - concept: igg\n    value:\n    on:\n",
        "answers:\n  - concept: [igg, asthma]\n    site: [left]\n    answer: ~\n",
        "answers:\n  - {concept: asthma, answer: unknown}\n",
    ],
)
def test_what_is_left_empty_says_nothing(sheet: str) -> None:
    """Nobody has answered: not "no", and no fault either."""
    assert load_answers(sheet, CONCEPTS) == ()


@pytest.mark.parametrize(
    ("sheet", "line", "words"),
    [
        ("answers:\n  - {concept: asthma, answer: present}", 2, '"by" is missing'),
        ("by: A\nrole: B\nanswers:\n  - {concept: asthma, answer: present}", 4, '"at" is missing'),
        ("by: A\nat: 2025-01-01\nanswers:\n  - {concept: asthma, answer: present}", 4, '"role" is missing'),
        ("by: A\nrole: B\nat: soon\nanswers:\n  - {concept: asthma, answer: present}", 3, '"at" is not a day'),
        (WHO + "  - {concept: astma, answer: present}", 5, 'Did you mean "asthma"?'),
        (WHO + "  - {concept: ache, answer: present}", 5, "Write the id: cough or headache"),
        (WHO + "  - concept: asthma\n    anwser: present", 6, 'Did you mean "answer"?'),
        (WHO + "  - concept: asthma\n    answer: perhaps", 6, "present"),
        (WHO + "  - answer: present", 5, 'missing key "concept"'),
        (WHO + "  - concept: igg\n    value: 310 kg\n    on: 2025-01-01", 6, "wrong unit"),
        (WHO + "  - concept: igg\n    value: 310\n    on: 2025-01-01", 6, "no unit"),
        (WHO + "  - concept: igg\n    value: 310 zorks\n    on: 2025-01-01", 6, "the unit is not known"),
        (WHO + "  - concept: igg\n    value: low\n    on: 2025-01-01", 6, "needs a number"),
        (WHO + "  - concept: igg\n    value: 90000 mg/dL\n    on: 2025-01-01", 6, "outside of what is possible"),
        (WHO + "  - concept: igg\n    value: 310 mg/dL", 6, "has no day"),
        (WHO + "  - concept: igg\n    answer: present", 6, "needs its value"),
        (WHO + "  - concept: grade\n    value: middling", 6, "mild, severe"),
        (WHO + "  - concept: pneumonia\n    on: 2025-13-01", 6, "is not a date"),
        (WHO + "  - concept: pneumonia\n    on: 2025-11-22", 6, "lies after the answer itself"),
        (WHO + "  - concept: pneumonia\n    on: [2025-01-01,\n      2026-01-01]", 7, "lies after the answer"),
        (WHO + "  - concept: testamab\n    from: 2025-05\n    to: 2024-01", 7, "lies before"),
        (WHO + "  - concept: testamab\n    from: 2025-05\n    on: 2024-01", 7, '"on" beside'),
        (WHO + "  - concept: testamab\n    ongoing: true\n    to: 2024-01", 6, '"ongoing" beside an end'),
        (WHO + "  - concept: testamab\n    for: 12 mg", 6, "a length of time is needed"),
        (WHO + "  - concept: asthma\n    dose: 12 mg", 6, "says something of a treatment"),
        (WHO + "  - concept: asthma\n    answer: absent\n    value: mild", 7, '"value" beside "answer: absent"'),
        (WHO + "  - concept: asthma\n    answer: unknown\n    on: 2025-01-01", 7, '"on" beside "answer: unknown"'),
        (WHO + "  - concept: [asthma, cough]\n    answer: present", 5, "which of these is it"),
        (WHO + "  - concept: asthma\n    remark: wheezes", 6, "a remark alone is no answer"),
        (WHO + "  - concept: asthma\n    answer: present\n    answer: absent", 7, 'duplicate key "answer"'),
        (WHO + "  - concept: igg\n    value: 1 mg/dL\n    during: testmab\n    on: 2025", 7, 'Did you mean "testamab"?'),
        (WHO + "  - &a {concept: asthma}\n  - *a", 6, "an alias"),
        ("answers:\n  - [[[[[[[[[[1]]]]]]]]]]", 2, "nested too deeply"),
        ("answers:\n\t- x", 2, "not YAML"),
        ("a: 1\n---\nb: 2", 2, "second YAML document"),
        ("just words", 0, "right shape"),
        ("", 0, "right shape"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_file_and_line(
    tmp_path: Path, sheet: str, line: int, words: str
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(sheet, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_answers(file, CONCEPTS)
    said = str(caught.value)
    assert words in said
    assert f"answers.yaml:{line}:" in said if line else "answers.yaml" in said


def test_all_mistakes_come_at_once_and_none_repeats_an_answer(tmp_path: Path) -> None:
    sheet = (
        WHO
        + "  - {concept: igg, value: 77777 kg, on: 2025-01-01}\n  - {concept: igg, value: 88888 zork, on: 2025-01}\n"
    )
    with pytest.raises(InputError) as caught:
        load_answers(sheet, CONCEPTS, name="sheet.yaml")
    said = str(caught.value)
    assert "sheet.yaml:5" in said
    assert "sheet.yaml:6" in said
    for secret in ("77777", "88888", "zork"):
        assert secret not in said


@pytest.mark.parametrize("raw", [b"\xff\xfe\xff", b"\x00" * 20, b"{" * 5000, b"- " * 5000])
def test_any_bytes_end_in_a_clear_error(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "answers.yaml"
    file.write_bytes(raw)
    with pytest.raises(InputError):
        load_answers(file, CONCEPTS)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_answers(tmp_path / "nowhere.yaml", CONCEPTS)


words = st.sampled_from(
    ["concept", "answer", "value", "on", "igg", "present", "2025-01-01", "12 mg/dL", ""]
)
data = st.recursive(
    st.one_of(words, st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=4)),
    max_leaves=8,
)  # fmt: skip


@given(data)
def test_any_data_gives_facts_or_a_clear_error(answers: object) -> None:
    try:
        facts = load_answers(
            {"by": "A", "role": "B", "at": "2025-11-21", "answers": answers}, CONCEPTS
        )
    except InputError:
        return
    assert all(f.asserter is Asserter.ATTESTED and f.sources[0].by for f in facts)


def test_json_is_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(
        '{"by": "A", "role": "B", "at": "2025-11-21",\n "answers": [{"concept": "memory-score", "value": 21, "on": "2025-01-01"}]}',
        encoding="utf-8",
    )
    (fact,) = load_answers(file, CONCEPTS)
    assert fact.value == Quantity.of(21, "{score}")


# --- beside a chart ------------------------------------------------------------------------------

NOTE = Document("note", "Laboratory 2025-10-28: IgG 495 mg/dL.", date(2025, 11, 3))


def test_the_same_statement_is_one_fact_with_both_sources() -> None:
    said = answered("concept: igg, value: 495 mg/dL, on: 2025-10-28")
    facts = read_facts(Chart((NOTE,)), CONCEPTS, as_of=TODAY, answers=said)
    (fact,) = [f for f in facts.items if f.concept == "igg"]
    assert [bool(s.by) for s in fact.sources] == [False, True]
    assert facts.conflicts == ()


def test_a_contradiction_is_kept_and_shown() -> None:
    said = answered("concept: igg, value: 510 mg/dL, on: 2025-10-28")
    facts = read_facts(Chart((NOTE,)), CONCEPTS, as_of=TODAY, answers=said)
    (conflict,) = facts.conflicts
    assert {f.asserter for f in conflict.facts} >= {Asserter.ATTESTED}
    assert all(Mark.DISPUTED in f.marks for f in conflict.facts)
    assert len(facts.items) == 2
