"""Whatever a model says of a question: nothing breaks, nothing of the program's own is another, and
what is added stands at its words."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from indicated.ask.asked import sentences
from indicated.ask.mentions import everything
from indicated.assisted import assisted
from indicated.model import Case, Chart, Document, Mark
from indicated.propose import Answer, Request
from indicated.report.word_lists import words_of
from tests.conftest import shipped_library
from tests.model import question_lies
from tests.model.test_assisted import AS_OF, WRITTEN

QUESTIONS = (
    "Is IVIG medically necessary for this patient with CIDP? We also request rituximab 1000 mg every 2 weeks.",
    "Re: Jane Example. Is CPAP needed?\nHome oxygen is requested as well. AHI\n31 events/h on 3/4/2025",
    "We request lumbar fusion at L4/5 and L5/S1. Also asking for a lumbar brace. MRI shows stenosis.",
    "Request: infliximab 5 mg/kg every 8 weeks. Please also approve adalimumab 40 mg every 2 weeks for Crohn disease.",
    "Should he continue omalizumab? Dupilumab is requested too. He failed cetirizine; his sister takes Xolair.",
    "Is it necessary? CPT 22612 and 63047 are requested. Additionally we want to start teriparatide 20 mcg daily.",
    "Is the treatment plan necessary? Semaglutide is proposed. BMI\n38.4",
    question_lies.QUESTION,
)
NOTE = Document(
    "note", "Clinic note. Seen today. On omalizumab since 2024.\n", WRITTEN, "Clinic note"
)


def scrawl(requests: Sequence[Request], seed: int) -> list[Answer]:
    """Names and sentences of the question in any combination, with what else may be proposed."""
    chance, concepts = random.Random(seed), shipped_library().concepts
    answers = []
    for request in requests:
        if request.prompt.purpose != "question":
            answers.append(Answer('{"facts": []}'))
            continue
        text = str(request.data["question"])
        names = [text[m.start : m.end] for m in everything(text, concepts)] or ["x"]
        whole = [text[s.start : s.end] for s in sentences(text)]
        words = text.split()

        def quote(whole: list[str] = whole, text: str = text) -> str:
            first = chance.randrange(len(whole))
            begin = chance.randrange(len(text))
            some = text[begin : begin + chance.choice((5, 20, 60))] or "x"
            return chance.choice([whole[first], "\n".join(whole[first : first + 2]), some])[:700]

        def item(names: list[str] = names, words: list[str] = words) -> dict[str, Any]:
            found: dict[str, Any] = {
                "treatment": chance.choice([*names, chance.choice(words)])[:120]
            }
            more = {"dose": " ".join(chance.sample(words, 1)), "indication": chance.choice(names),
                    "phase": chance.choice(("initiation", "continuation", "dose_change"))}  # fmt: skip
            found |= {k: v for k, v in more.items() if chance.random() < 0.15}
            return {**found, "quote": quote() or "x"}

        def premise(names: list[str] = names, words: list[str] = words) -> dict[str, Any]:
            more = {
                k: chance.choice(words)[:40]
                for k in ("value", "unit", "date")
                if chance.random() < 0.3
            }
            return {
                "name": chance.choice(names)[:120], "quote": quote() or "x", **more,
                "assertion": chance.choice(("present", "absent", "possible", "planned", "historical")),
                "subject": chance.choice(("patient", "patient", "someone_else")),
            }  # fmt: skip

        told = {"items": [item() for _ in range(40)], "premises": [premise() for _ in range(30)]}
        answers.append(Answer(json.dumps(told)))
    return answers


@pytest.mark.parametrize("n", range(len(QUESTIONS)))
@pytest.mark.parametrize("recorded", [True, False], ids=["record", "no record"])
def test_whatever_is_said_of_a_question_its_own_reading_stands(n: int, recorded: bool) -> None:
    library, text = shipped_library(), QUESTIONS[n]
    case = Case(text, Chart((NOTE,) if recorded else ()), AS_OF, "any")
    for seed in range(3):
        words = words_of(library) if seed == 2 else None
        found = assisted(case, library, None, lambda r, seed=seed: scrawl(r, seed), words)
        own, now = found.without, found.assessment
        assert now.items[: len(own.items)] == own.items
        added = [*now.items[len(own.items) :], *(d.item for d in now.waiting)]
        assert all(i.marks == {Mark.PROPOSED} for i in added)
        assert len({i.id for i in (*now.items, *added)}) == len(own.items) + len(added)
        kept = [p for p in now.premises if Mark.PROPOSED not in p.fact.marks]
        assert kept == list(own.premises)
        if recorded:
            assert now.facts == own.facts
            assert now.determinations[: len(own.items)] == own.determinations
        else:
            facts = [f for f in now.facts.items if Mark.PROPOSED not in f.marks]
            assert facts == list(own.facts.items)
        stated = [p.fact for p in now.premises if Mark.PROPOSED in p.fact.marks]
        for source in (
            *(s for i in added for s in i.sources),
            *(s for f in stated for s in f.sources),
        ):
            assert text[source.start : source.end] == source.quote


def test_something_is_added_to_some_of_them() -> None:
    """Otherwise the test above proves nothing."""
    added: set[str] = set()
    for text in QUESTIONS:
        case = Case(text, Chart((NOTE,)), AS_OF, "any")
        found = assisted(case, shipped_library(), None, lambda r: scrawl(r, 0), None)
        new = (*found.assessment.items, *(d.item for d in found.assessment.waiting))
        added |= {i.treatment for i in new if i.marks}
    assert len(added) >= 4, added
