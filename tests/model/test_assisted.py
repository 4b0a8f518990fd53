"""A case with a model beside it: what a true proposal adds, what it may carry, what it leaves alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indicated.assess import assess
from indicated.assisted import Assisted, assisted, differences
from indicated.facts.parts import Span
from indicated.facts.proposed import Gate, Proposal
from indicated.model import (
    Assertion,
    Case,
    Chart,
    Document,
    Mark,
    Outcome,
    Source,
    State,
    Tick,
)
from indicated.propose import Answer, Exchange, Request
from indicated.propose.align import places
from indicated.report import to_json
from indicated.report.word_lists import Words, words_of
from indicated.serve.cli import main
from indicated.settings import Settings
from tests.conftest import shipped_library
from tests.model.endpoint import data_of, said, serving

AS_OF, WRITTEN = date(2025, 11, 21), date(2025, 11, 5)
IVIG = (
    "Is IVIG medically necessary for this patient with hypogammaglobulinemia after lung transplant?"
)
CPAP = "Is CPAP medically necessary for this patient with obstructive sleep apnea?"
LOW = """Immunology clinic note.
Seen for hypogammaglobulinemia after bilateral lung transplant in 2019.
Pneumonia in January 2025 and pneumonia in April 2025, both treated in hospital with intravenous antibiotics.
IgG
312 mg/dL on 3/4/2025
"""
AHI = "Sleep clinic.\nAdult, age 54, with daytime sleepiness. Asks for CPAP.\nAHI\n3 events/h on 3/4/2025\n"
IGG = {
    "concept": "igg",
    "value": "312",
    "unit": "mg/dL",
    "date": "3/4/2025",
    "quote": "IgG 312 mg/dL on 3/4/2025",
}
FEW = {"concept": "ahi", "value": "3", "unit": "events/h", "quote": "AHI 3 events/h on 3/4/2025"}


def case(question: str, text: str) -> Case:
    return Case(question, Chart((Document("note", text, WRITTEN, "Clinic note"),)), AS_OF, "c")


def answer(*facts: dict[str, str]) -> str:
    plain = {"assertion": "present", "subject": "patient"}
    return json.dumps({"facts": [{**plain, **f} for f in facts]})


def told(
    one: Case, *facts: dict[str, str], words: Words | None = None, settings: Settings | None = None
) -> Assisted:
    def model(requests: list[Request]) -> list[Answer]:
        return [Answer(answer(*facts)) for _ in requests]

    return assisted(one, shipped_library(), settings, model, words)


def only(found: Assisted) -> Any:
    [determination] = found.assessment.determinations
    return determination


def test_a_proposal_adds_what_stands_in_the_chart_and_is_marked_everywhere() -> None:
    found = told(case(IVIG, LOW), IGG)
    [fact] = [f for f in found.assessment.facts.items if Mark.PROPOSED in f.marks]
    assert (fact.concept, str(fact.value.exact), fact.value.unit) == ("igg", "312", "mg/dL")
    assert fact.sources[0].quote == "IgG\n312 mg/dL on 3/4/2025"
    assert fact.when.start.earliest == date(2025, 3, 4)
    d = only(found)
    assert (d.outcome, d.proposed.without) == (Outcome.CONDITIONAL, Outcome.CANNOT_DETERMINE)
    assert fact in d.proposed.used
    out = to_json(found.assessment)
    assert out["determinations"][0]["proposed"]["carried"] is True
    assert "proposed" in next(f for f in out["facts"] if f["id"] == fact.id)["marks"]
    sentences = [s.text for s in found.assessment.article.sentences()]
    assert any("pointed at words" in s and "cannot be determined" in s for s in sentences)
    assert any("proposed by a model and found in the record" in s for s in sentences)
    assert differences(found) == ["IVIG: cannot_determine without the model, conditional with"]


def test_without_the_model_it_is_the_case_without() -> None:
    found = told(case(IVIG, LOW), IGG)
    assert to_json(found.without) == to_json(assess(case(IVIG, LOW), shipped_library()))


def test_nothing_adverse_is_carried_until_a_person_ticks_it() -> None:
    waits = told(case(CPAP, AHI), FEW)
    d = only(waits)
    assert (d.outcome, d.proposed.outcome) == (Outcome.CANNOT_DETERMINE, Outcome.NOT_INDICATED)
    assert [f.concept for f in d.proposed.waiting] == ["ahi"]
    said_ = [s.text for s in waits.assessment.article.sentences()]
    assert any("They count once a person has confirmed" in s for s in said_)
    assert "wait for a person" in differences(waits)[0]

    asked = waits.assessment.case
    by = Source(quote="the study says so", by="Pat Roe, MD", at=datetime(2025, 11, 20, tzinfo=UTC))
    ticks = tuple(Tick(f.concept, f.sources, by) for f in asked.proposed)
    ticked = assess(replace(asked, ticks=ticks), shipped_library()).determinations[0]
    assert (ticked.outcome, ticked.proposed.waiting) == (Outcome.NOT_INDICATED, ())
    assert [f.marks & {Mark.PROPOSED, Mark.CONFIRMED} for f in ticked.proposed.used] == [
        {Mark.CONFIRMED}
    ]

    free = told(case(CPAP, AHI), FEW, settings=Settings(proposed_need_tick=False))
    assert only(free).outcome is Outcome.NOT_INDICATED


def test_a_tick_on_other_words_confirms_nothing() -> None:
    asked = told(case(CPAP, AHI), FEW).assessment.case
    by = Source(quote="", by="Pat Roe, MD", at=datetime(2025, 11, 20, tzinfo=UTC))
    other = (
        Tick("ahi", (Source("note", "AHI", 0, 3),), by),
        Tick("bmi", asked.proposed[0].sources, by),
    )
    [d] = assess(replace(asked, ticks=other), shipped_library()).determinations
    assert d.outcome is Outcome.CANNOT_DETERMINE


def test_disagreement_makes_the_leaf_unknown_with_both_shown() -> None:
    text = LOW.replace("IgG\n", "IgG 1100 mg/dL on 3/4/2025.\n\nIgG\n")
    found = told(case(IVIG, text), IGG)
    [clash] = found.assessment.facts.conflicts
    assert {str(f.value.exact) for f in clash.facts} == {"1100", "312"}
    leaves = [leaf for f in only(found).findings() for leaf in f.leaves()]
    disputed = [leaf for leaf in leaves if leaf.state is State.DISPUTED]
    assert disputed
    assert {str(f.value.exact) for leaf in disputed for f in leaf.facts} == {"1100", "312"}


def test_what_the_program_reads_by_itself_stays_as_it_reads_it() -> None:
    """An event that a model points at again is no second event; nothing else moves either."""
    found = told(case(IVIG, LOW), IGG)
    own = [f for f in found.assessment.facts.items if Mark.PROPOSED not in f.marks]
    assert own == list(found.without.facts.items)
    assert found.assessment.items == found.without.items
    assert found.assessment.premises == found.without.premises


# text, concept, quotation, what else is proposed, why it falls ("" where it is taken)
GATE = [
    (LOW, "igg", "IgG\n312 mg/dL on 3/4/2025", {"value": "312"}, ""),
    (LOW, "igg", "IgG\n312 mg/dL", {"value": "312"}, "not_in_quotation"),
    (LOW, "igg", "IgG\n312 mg/dL on 3/4/2025", {}, "value_missing"),
    (LOW, "igg", "IgG\n312 mg/dL on 3/4/2025", {"value": "312", "assertion": Assertion.ABSENT}, "assertion_read_otherwise"),
    (LOW, "igm", "IgG\n312 mg/dL on 3/4/2025", {"value": "312"}, "name_not_in_quotation"),
    (LOW, "age", "IgG\n312 mg/dL on 3/4/2025", {"value": "312"}, "concept_unknown"),
    (LOW, "igg", LOW[LOW.index("Seen") : -1], {}, "too_many_sentences"),
    ("IgG\n312 mg/dL (goal above 600)\n", "igg", "IgG\n312 mg/dL", {"value": "312"}, "not_plain"),
    ("IgG\nmother: 312 mg/dL\n", "igg", "IgG\nmother: 312 mg/dL", {"value": "312"}, "not_plain"),
    ("IgG\nHaptoglobin 312 mg/dL\n", "igg", "IgG\nHaptoglobin 312 mg/dL", {"value": "312"}, "not_plain"),
    ("IgG\n312 mg/dL on 3/4/2025\n", "igg", "IgG\n312 mg/dL on 3/4/2025", {"value": "312", "date": "3/4/2025"}, ""),
    ("IgG\n312 kg on 3/4/2025\n", "igg", "IgG\n312 kg on 3/4/2025", {"value": "312"}, "doubtful"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "concept", "quote", "more", "why"), GATE, ids=range(len(GATE)))
def test_the_gate(text: str, concept: str, quote: str, more: dict[str, Any], why: str) -> None:
    at = Span(*places(quote, text)[0])

    def here(key: str) -> Span | None:
        return Span(*places(more[key], text, at.start, at.end)[0]) if key in more else None

    said_ = more.get("assertion", Assertion.PRESENT)
    proposal = Proposal(concept, said_, at, value=here("value"), date=here("date"))
    weighed = Gate(Document("n", text, WRITTEN), shipped_library().concepts, AS_OF).weigh(proposal)
    assert weighed.reason == why
    assert (weighed.fact is None) == bool(why)


def test_a_quotation_that_stands_twice_must_hold_at_both_places() -> None:
    text = LOW + "\nFamily history:\nMother: IgG\n312 mg/dL on 3/4/2025\n"
    assert told(case(IVIG, text), IGG).assessment.case.proposed == ()


def test_what_is_shown_is_deidentified_and_the_words_are_found_again() -> None:
    named = "Patient: Jane Example   MRN 00123456\n" + LOW
    seen: list[Request] = []

    def model(requests: list[Request]) -> list[Answer]:
        seen.extend(requests)
        line = next(x for r in requests for x in r.data["text"].splitlines() if x.startswith("312"))
        shown = {**IGG, "quote": f"IgG {line}", "date": line.partition(" on ")[2]}
        return [Answer(answer(shown)) for _ in requests]

    library = shipped_library()
    found = assisted(case(IVIG, named), library, None, model, words_of(library))
    shown = " ".join(str(r.data["text"]) for r in seen)
    assert not any(x in shown for x in ("Jane", "Example", "00123456", "3/4/2025", "January"))
    assert not any(r.identified for r in seen)
    [fact] = found.assessment.case.proposed
    assert fact.sources[0].quote == "IgG\n312 mg/dL on 3/4/2025"


def test_a_folder_of_recorded_answers_gives_the_same_bytes(tmp_path: Path) -> None:
    library = shipped_library()
    exchange, outputs = Exchange(tmp_path), []
    pending = assisted(case(IVIG, LOW), library, None, exchange, None)
    assert pending.tally.pending == 1
    assert to_json(pending.assessment) == to_json(pending.without)
    for request in exchange.pending():
        exchange.record(request, answer(IGG))
    for _ in range(2):
        again = assisted(case(IVIG, LOW), library, None, exchange, None)
        outputs.append(json.dumps(to_json(again.assessment)))
    assert outputs[0] == outputs[1]
    assert "proposed" in outputs[0]


def test_from_the_command_line(tmp_path: Path) -> None:
    chart, folder, kept = tmp_path / "note.txt", tmp_path / "x", tmp_path / "kept.json"
    chart.write_text(LOW)
    words = ["assess", IVIG, "--chart", str(chart), "--as-of", "2025-11-21"]
    run = CliRunner()
    first = run.invoke(main, [*words, "--model", f"folder:{folder}", "--model-inside"])
    assert first.exit_code == 0, first.output
    assert "1 pending" in first.stderr
    assert "no outcome is another without it" in first.stderr
    with serving(
        lambda body: said(answer(IGG) if "IgG" in data_of(body)["text"] else answer())
    ) as (url, _):
        log = {"INDICATED_MODEL_LOG": str(tmp_path / "log")}
        run.invoke(main, ["model", "run", str(folder), "--model", url, "--model-inside"], env=log)
    on = [*words, "--model", f"folder:{folder}", "--model-inside", "--save", str(kept)]
    second = run.invoke(main, on)
    assert "1 proposals taken" in second.stderr
    assert "cannot_determine without the model, conditional with" in second.stderr
    assert "proposed by a model" in second.stdout
    off = run.invoke(main, [*on[:-2], "--without-model"])
    assert "cannot_determine without the model, conditional with" in off.stderr
    assert off.stdout == run.invoke(main, words).stdout
    asked = run.invoke(main, ["ask", str(kept), "Why did it come out so?"])
    assert asked.exit_code == 0, asked.output  # judged anew from the file, without any model


def test_a_batch_writes_its_requests_and_uses_the_answers(tmp_path: Path) -> None:
    cases, out, folder = tmp_path / "cases.jsonl", tmp_path / "out.jsonl", tmp_path / "x"
    lines = [
        {"id": f"c{n}", "question": IVIG, "chart": LOW.replace("2019", str(2018 + n))}
        for n in range(2)
    ]
    cases.write_text("".join(json.dumps(line) + "\n" for line in lines))
    words = [
        "batch",
        str(cases),
        "-o",
        str(out),
        "--as-of",
        "2025-11-21",
        "--model",
        f"folder:{folder}",
        "--model-inside",
    ]
    run = CliRunner()
    assert run.invoke(main, words).exit_code == 0
    exchange = Exchange(folder)
    for request in list(exchange.pending()):
        exchange.record(request, answer({**IGG}))
    out.unlink()
    assert run.invoke(main, words).exit_code == 0
    results = [json.loads(line) for line in out.read_text().splitlines()]
    assert [r["model"]["facts"]["taken"] for r in results] == [1, 1]
    assert [r["model"]["outcomes_without"] for r in results] == [["cannot_determine"]] * 2
    assert [r["determinations"][0]["outcome"] for r in results] == ["conditional"] * 2
    many = run.invoke(main, [*words[:-3], "--model", "http://localhost:1/v1", "-j", "2"])
    assert (many.exit_code, "asked by one process" in many.output) == (3, True)


def test_a_person_confirms_from_the_command_line(tmp_path: Path) -> None:
    chart, kept = tmp_path / "note.txt", tmp_path / "kept.json"
    chart.write_text("Date: 11/05/2025\n" + AHI)
    words = ["assess", CPAP, "--chart", str(chart), "--as-of", "2025-11-21", "--save", str(kept)]
    words += ["--model", f"folder:{tmp_path / 'x'}", "--model-inside"]
    run, exchange = CliRunner(), Exchange(tmp_path / "x")
    assert run.invoke(main, words).exit_code == 0
    assert run.invoke(main, ["model", "confirm", str(kept)]).output == "nothing was proposed\n"
    for request in list(exchange.pending()):
        exchange.record(request, answer(FEW))
    assert "wait for a person" in run.invoke(main, words).stderr
    told_ = run.invoke(main, ["model", "confirm", str(kept)]).output
    assert 'ahi, present: "AHI 3 events/h on 3/4/2025" (not confirmed)' in told_
    fact = told_.split()[0]
    for wrong, says in (
        (["--fact", fact], "nobody is named"),
        (["--fact", "f0", "--by", "P. Roe"], "nothing that was proposed has the id f0"),
    ):
        refused = run.invoke(main, ["model", "confirm", str(kept), *wrong])
        assert (refused.exit_code, says in refused.output) == (3, True)
    done = run.invoke(main, ["model", "confirm", str(kept), "--fact", fact, "--by", "Pat Roe, MD"])
    assert (done.exit_code, done.output) == (0, "CPAP: not_indicated\n")
    assert "(confirmed)" in run.invoke(main, ["model", "confirm", str(kept)]).output
    asked = run.invoke(main, ["ask", str(kept), "Why?"])
    assert (asked.exit_code, "not indicated" in asked.output) == (0, True)
