"""Whatever a model answers: nothing breaks, and what it adds stands at its words in the chart."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest

from indicated import assisted as story
from indicated.model import Case, Chart, Document, Mark
from indicated.propose import Answer, Request, Tally
from indicated.report.word_lists import words_of
from indicated.serve.demo import demo_case
from tests.conftest import shipped_library
from tests.model.lies import NOTE
from tests.model.test_assisted import AHI, AS_OF, IVIG, LOW, WRITTEN

# Texts in which two lines may be read as one, in all the ways that lines come apart.
APART = """IgG
312 mg/dL
IgM:
  39 mg/dL on 11/03/2025

AHI (REI)
31.5 events/h
BMI
27
Weight.
75 kg? IgA | 12 | mg/dL
LDL; 70 mg/dL!
MS
RA 97%.
İgG

"""
DOCUMENTS = (*demo_case().chart.documents[:2], NOTE, *(
    Document(f"d{n}", text, WRITTEN) for n, text in enumerate((LOW, AHI, APART))
))  # fmt: skip
CASE = Case(IVIG, Chart(DOCUMENTS), AS_OF, "any")


def scrawl(requests: Sequence[Request], seed: int) -> list[Answer]:
    """Stretches of the text at random, with concepts, numbers and days at random."""
    chance = random.Random(seed)
    answers = []
    for request in requests:
        text = str(request.data["text"])
        ids = [c["id"] for c in request.data["concepts"]]
        facts = []
        for _ in range(60):
            begin = chance.randrange(len(text))
            quote = text[begin : begin + chance.choice((3, 12, 30, 60, 90, 200))]
            words = quote.split() or ["x"]
            some = {
                "value": chance.choice(words)[:60],
                "unit": chance.choice(words)[:40],
                "date": chance.choice(words)[:60],
            }
            kept = {k: v for k, v in some.items() if chance.random() < 0.3}
            facts.append({
                "concept": chance.choice(ids), "quote": quote or "x", **kept,
                "assertion": chance.choice(("present", "absent", "possible", "planned", "historical")),
                "subject": chance.choice(("patient", "patient", "someone_else")),
            })  # fmt: skip
        answers.append(Answer(json.dumps({"facts": facts})))
    return answers


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("hidden", [False, True], ids=["as it is", "de-identified"])
def test_whatever_is_answered_what_is_added_stands_in_the_chart(seed: int, hidden: bool) -> None:
    library = shipped_library()
    concepts, tally = library.concepts, Tally()
    words = words_of(library) if hidden else None
    pieces = list(story._pieces(CASE, words))
    wanted = {"igg", "igm", "iga", "ahi", "bmi", "weight", "ldl", "pneumonia", "sepsis", "multiple-sclerosis",
              "mitral-stenosis", "rheumatoid-arthritis", "spo2", "ivig", "lung-transplant"}  # fmt: skip
    asked = {c for c in wanted if c in concepts}
    requests = [story._request(p, sorted(asked), concepts, words) for p in pieces]
    found = story._weighed(
        CASE, concepts, asked, pieces, lambda r: scrawl(r, seed), requests, tally
    )
    texts = {d.id: d.text for d in DOCUMENTS}
    for fact in found:
        assert Mark.PROPOSED in fact.marks
        for source in fact.sources:
            assert texts[source.document][source.start : source.end] == source.quote
            assert source.quote
    counted = tally.counts()["facts"]
    assert counted["taken"] + sum(counted["dropped"].values()) == 60 * len(requests)
