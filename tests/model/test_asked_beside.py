"""What a model says of a question: what may be added to it, what it may carry, and that no lie is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indicated.assess import assess
from indicated.assisted import Assisted, assisted, differences
from indicated.model import Case, Chart, Document, Mark, Outcome
from indicated.propose import Answer, Exchange, Request, load_prompt
from indicated.propose.shapes import ProposedQuestion
from indicated.report import to_json
from indicated.report.word_lists import words_of
from indicated.serve.cli import main
from tests.conftest import shipped_library
from tests.model.question_lies import CASE, TRUE, Lie, item, lies, premise
from tests.model.test_assisted import AHI, AS_OF, WRITTEN

IVIG = "Is IVIG medically necessary for this patient with CIDP? We also request\nrituximab 1000 mg."
RITUXIMAB = item("rituximab", "We also request rituximab 1000 mg", dose="1000 mg")
HOME = "Is home oxygen medically necessary for this patient? We also request CPAP."
CPAP = item("CPAP", "We also request CPAP")
NOTE = "Neurology note. Patient with CIDP.\n"


def case(question: str, text: str = NOTE) -> Case:
    documents = (Document("note", text, WRITTEN, "Clinic note"),) if text else ()
    return Case(question, Chart(documents), AS_OF, "c")


def answering(text: str) -> Callable[[Sequence[Request]], list[Answer]]:
    """A model that says this of the question, and nothing of the record."""

    def model(requests: Sequence[Request]) -> list[Answer]:
        return [
            Answer(text if r.prompt.purpose == "question" else '{"facts": []}') for r in requests
        ]

    return model


def reply(items: Sequence[Any] = (), premises: Sequence[Any] = ()) -> str:
    return json.dumps({"items": list(items), "premises": list(premises)})


def told(one: Case, *items: Any, premises: Sequence[Any] = ()) -> Assisted:
    return assisted(one, shipped_library(), None, answering(reply(items, premises)), None)


def texts(found: Assisted) -> str:
    return "\n".join(s.text for s in found.assessment.article.sentences())


def test_what_a_question_asks_for_besides_is_added_and_marked_everywhere() -> None:
    found = told(case(IVIG), RITUXIMAB)
    own, added = found.assessment.items
    assert own == found.without.items[0]
    assert (added.id, added.treatment, added.marks) == ("item-2", "rituximab", {Mark.PROPOSED})
    assert added.dose is not None
    assert (str(added.dose.exact), added.dose.unit) == ("1000", "mg")
    for source in (*added.sources, *(s for f in added.facts for s in f.sources)):
        if source.document == "question":
            assert IVIG[source.start : source.end] == source.quote
    assert "A language model pointed at words that also ask for: rituximab" in texts(found)
    sections = {s.id: s for s in found.assessment.article.sections}
    boxes = [p.parts[0].blocks for p in sections["determinations"].parts]
    said = [[s.text for b in box for row in b.rows for s in row] for box in boxes]
    assert [any("that also ask for" in x for x in texts_) for texts_ in said] == [False, True]
    out = to_json(found.assessment)
    assert [d["item"]["marks"] for d in out["determinations"]] == [[], ["proposed"]]
    assert out["determinations"][0] == to_json(found.without)["determinations"][0]
    assert "not asked for without the model" in differences(found)[0]
    assert found.assessment.premises == found.without.premises


def test_an_adverse_outcome_waits_until_a_person_has_confirmed_the_request() -> None:
    found = told(case(HOME, AHI.replace("AHI\n3", "AHI 3")), CPAP)
    assert [i.treatment for i in found.assessment.items] == ["home-oxygen"]
    [waiting] = found.assessment.waiting
    assert (waiting.item.treatment, waiting.outcome) == ("cpap", Outcome.NOT_INDICATED)
    assert "It counts once a person has confirmed that it is asked for" in texts(found)
    out = to_json(found.assessment)
    assert [(w["item"]["treatment"], w["outcome"]) for w in out["waiting"]] == [
        ("cpap", "not_indicated")
    ]
    assert len(out["determinations"]) == 1
    assert "it waits for a person" in "\n".join(differences(found))


def test_a_person_confirms_it_from_the_command_line(tmp_path: Path) -> None:
    chart, kept, folder = tmp_path / "note.txt", tmp_path / "kept.json", tmp_path / "x"
    chart.write_text("Date: 11/05/2025\n" + AHI.replace("AHI\n3", "AHI 3"))
    words = ["assess", HOME, "--chart", str(chart), "--as-of", "2025-11-21"]
    on = [*words, "--save", str(kept), "--model", f"folder:{folder}", "--model-inside"]
    run, exchange = CliRunner(), Exchange(folder)
    assert run.invoke(main, on).exit_code == 0
    for request in list(exchange.pending()):
        asked = request.prompt.purpose == "question"
        exchange.record(request, reply([CPAP]) if asked else '{"facts": []}')
    shown = run.invoke(main, on)
    assert "question: 1 asked, 1 answered, 1 proposals taken" in shown.stderr
    assert "proposed as asked for too, and would be not_indicated" in shown.stderr
    off = run.invoke(main, [*on, "--without-model"])
    assert off.stdout == run.invoke(main, words).stdout
    assert run.invoke(main, on).exit_code == 0
    listed = run.invoke(main, ["model", "confirm", str(kept)]).output
    assert 'cpap, asked for: "We also request CPAP" (not confirmed)' in listed
    confirm = ["model", "confirm", str(kept), "--fact", listed.split()[0], "--by", "Pat Roe, MD"]
    done = run.invoke(main, confirm)
    assert done.exit_code == 0, done.output
    assert "CPAP: not_indicated" in done.output
    assert "(confirmed)" in run.invoke(main, ["model", "confirm", str(kept)]).output
    asked_again = run.invoke(main, ["ask", str(kept), "Why was CPAP denied?"])
    assert (asked_again.exit_code, "not indicated" in asked_again.output) == (0, True)


def test_a_premise_is_read_at_its_words_and_counts_for_nothing_else() -> None:
    question = (
        "Is IVIG medically necessary for this patient with CIDP?\nIgG\n312 mg/dL on 3/4/2025\n"
    )
    said = premise("IgG", "IgG 312 mg/dL on 3/4/2025", value="312", unit="mg/dL", date="3/4/2025")
    found = told(case(question, NOTE + "IgG 1100 mg/dL on 3/4/2025.\n"), premises=[said])
    [added] = [p for p in found.assessment.premises if Mark.PROPOSED in p.fact.marks]
    assert (added.fact.concept, str(added.fact.value.exact)) == ("igg", "312")
    assert added.standing == "contradicted"
    assert [p for p in found.assessment.premises if p != added] == list(found.without.premises)
    assert found.assessment.facts == found.without.facts
    assert found.assessment.determinations == found.without.determinations
    assert "proposed by a model and found in the question" in texts(found)


def test_without_a_record_the_question_is_the_record_for_its_premises_too() -> None:
    question = "Is IVIG medically necessary after lung transplant?\nIgG\n312 mg/dL on 3/4/2025\n"
    said = premise("IgG", "IgG 312 mg/dL on 3/4/2025", value="312", unit="mg/dL", date="3/4/2025")
    found = told(case(question, ""), premises=[said])
    [fact] = [f for f in found.assessment.facts.items if Mark.PROPOSED in f.marks]
    assert fact.concept == "igg"
    assert found.assessment.determinations[0].proposed is not None


def test_one_sentence_is_not_shown_and_a_longer_one_is_deidentified() -> None:
    seen: list[Request] = []

    def model(requests: Sequence[Request]) -> list[Answer]:
        seen.extend(r for r in requests if r.prompt.purpose == "question")
        return [Answer(None, "pending") for _ in requests]

    library = shipped_library()
    words = words_of(library)
    assisted(
        case("Is IVIG medically necessary for this patient with CIDP?"), library, None, model, words
    )
    assert seen == []
    named = "Re: Jane Example, MRN 00123456. " + IVIG
    assisted(case(named), library, None, model, words)
    [request] = seen
    assert not any(x in str(request.data) for x in ("Jane", "Example", "00123456"))
    assert not request.identified


def test_the_prompt_asks_for_the_shape_that_is_read() -> None:
    prompt = load_prompt("question")
    assert prompt.name == "question-1"
    for name, part in ProposedQuestion.model_fields.items():
        assert f'"{name}"' in prompt.text
        [shape] = part.annotation.__args__  # type: ignore[union-attr]
        missing = [f for f in shape.model_fields if f'"{f}"' not in prompt.text]
        assert missing == []


@pytest.mark.parametrize("lie", lies(), ids=lambda lie: lie.kind.replace(" ", "-"))
def test_no_lie_reaches_the_items_and_each_falls_for_its_reason(lie: Lie) -> None:
    found = _only(lie)
    assert found.assessment is found.without
    counted = found.tally.counts()["question"]
    assert counted["taken"] == 0
    assert set(counted["dropped"]) <= lie.reasons, counted["dropped"]
    assert sum(counted["dropped"].values()) == 1


def _only(lie: Lie) -> Assisted:
    if lie.part == "items":
        return told(CASE, lie.proposed)
    return told(CASE, premises=[lie.proposed])


def test_all_lies_at_once_leave_what_is_true() -> None:
    """The lies stand beside one true item: so they can fail."""
    assert len(lies()) >= 80
    items = [x.proposed for x in lies() if x.part == "items"][:39]
    found = told(CASE, TRUE, *items, premises=[x.proposed for x in lies() if x.part == "premises"])
    assert [i.treatment for i in found.assessment.items] == [
        "intravenous-immunoglobulin",
        "rituximab",
    ]
    assert found.assessment.premises == found.without.premises
    assert found.assessment.determinations[0] == found.without.determinations[0]


def test_no_lie_becomes_a_fact_where_the_question_is_the_record() -> None:
    alone = replace(CASE, chart=Chart())
    found = told(alone, premises=[x.proposed for x in lies() if x.part == "premises"])
    assert found.assessment is found.without


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Sure! {", "not_json"), ("", "empty"), ('{"items": []}', "not_as_asked"), ("[]", "not_as_asked"),
        ('{"items": [], "premises": [], "outcome": "indicated"}', "not_as_asked"),
        (reply([{**TRUE, "concept": "rituximab"}]), "not_as_asked"), (reply([{**TRUE, "phase": "approved"}]), "not_as_asked"),
        (reply([TRUE] * 41), "not_as_asked"), ("[" * 100_000, "not_json"), (" " * 2_000_000 + "{}", "too_large"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_answer_adds_nothing_and_is_counted(text: str, why: str) -> None:
    found = assisted(CASE, shipped_library(), None, answering(text), None)
    assert to_json(found.assessment) == to_json(assess(CASE, shipped_library()))
    assert found.tally.counts()["question"]["dropped"] == {why: 1}
