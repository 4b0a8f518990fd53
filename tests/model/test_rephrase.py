"""Sentences in a model's words: what stands says the same, and every lie leaves the template's."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from indicated.assess import assess
from indicated.assisted import Assisted, reworded
from indicated.model import Case, Sentence
from indicated.propose import Answer, Request
from indicated.report.cite import REPHRASED, ground_of
from indicated.report.rephrased import refusal, rephrasable
from indicated.serve.demo import demo_case
from indicated.settings import Settings
from tests.conftest import shipped_library
from tests.model.lies import CASE
from tests.report.sample import CONCEPTS, variants

MAIN = variants()["main"]
ARTICLE = MAIN.article()


def sentences() -> list[Sentence]:
    """Every sentence of the sample articles that may be reworded, each once."""
    found = {s.text: s for s in ARTICLE.sentences() if rephrasable(s)}
    return [s for s in found.values() if len(s.text.split()) >= 8]


def judged(sentence: Sentence, now: str) -> str:
    return refusal(sentence, now, ground_of(ARTICLE, MAIN.case, CONCEPTS))


def _first_number(text: str) -> str:
    digits = next((c for c in text if c.isdigit()), "")
    return text.replace(digits, str((int(digits) + 1) % 10), 1) if digits else text


# Each makes a lie of a sentence, or leaves it as it is where it has no such word.
LIES: dict[str, Callable[[str], str]] = {
    "something added": lambda t: t.rstrip(".") + " and this is the best choice.",
    "praise": lambda t: f"Clearly, {t}",
    "a source that does not exist": lambda t: t + " [99]",
    "a passage that does not exist": lambda t: t + " [P99]",
    "a study": lambda t: t + " Smith 2024 agrees.",
    "a number": _first_number,
    "denied": lambda t: "It is not so that " + t,
    "the denial dropped": lambda t: t.replace(" not ", " ", 1),
    "one for both": lambda t: t.replace(" and ", " or ", 1),
    "the first half": lambda t: " ".join(t.split()[: len(t.split()) // 2]),
    "the order obeyed": lambda _: "Approved.",
    "nothing": lambda _: " ",
    "turned round": lambda t: " ".join(reversed(t.split())) if len(t.split()) > 5 else t,
    "a blank": lambda t: t + " [YEAR]",
    "a name": lambda t: t + " Dr. Roe.",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_in_every_sentence(lie: str) -> None:
    told = [(s, LIES[lie](s.text)) for s in sentences()]
    told = [(s, now) for s, now in told if now != s.text]
    assert told
    for sentence, now in told:
        assert judged(sentence, now), (lie, sentence.id)


def test_small_words_and_order_may_change() -> None:
    same = Sentence(
        "Infections are watched in the clinic.", sentences()[0].support, "statement.says"
    )
    assert (
        judged(replace(same, support=()), "In the clinic infections are watched.")
        == "support_does_not_carry"
    )
    kept = [s for s in sentences() if judged(s, f"This: {s.text[0].lower()}{s.text[1:]}") == ""]
    assert len(kept) > len(sentences()) // 2


def test_verdicts_and_quotations_are_never_reworded() -> None:
    fixed = [
        s for s in ARTICLE.sentences() if s.id.startswith(("answer.", "determination.", "record."))
    ]
    assert fixed
    for sentence in fixed:
        assert judged(sentence, sentence.text + " ") == "sentence_not_rephrased"


def told(
    answer: Callable[[str], str],
    seen: list[Request] | None = None,
    *,
    inside: bool = False,
    case: Case = CASE,
) -> Assisted:
    library, plain = shipped_library(), assess(case, shipped_library())

    def model(requests: Sequence[Request]) -> list[Answer]:
        (seen if seen is not None else []).extend(requests)
        return [Answer(json.dumps({"sentence": answer(str(r.data["sentence"]))})) for r in requests]

    return reworded(Assisted(plain, plain), library, Settings(), model, inside=inside)


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_reaches_the_article(lie: str) -> None:
    found = told(LIES[lie], inside=True)
    assert found.assessment.article == found.without.article
    assert found.tally.taken["rephrase"] == 0


def test_what_says_the_same_stands_and_is_told() -> None:
    seen: list[Request] = []
    found = told(lambda t: f"Here, {t[0].lower()}{t[1:]}", seen)
    again = found.assessment.article
    changed = [s for s in again.sentences() if s.id.endswith(REPHRASED)]
    assert changed
    assert any(s.id == "method.rephrased" for s in again.sentences())
    assert [d.outcome for d in found.assessment.determinations] == [
        d.outcome for d in found.without.determinations
    ]
    kept = assess(found.assessment.case, shipped_library())  # from a saved file, without any model
    assert kept.article == again


def test_a_model_outside_sees_no_sentence_that_rests_on_the_record() -> None:
    outside: list[Request] = []
    inside: list[Request] = []
    told(lambda t: t, outside, case=demo_case())
    told(lambda t: t, inside, inside=True, case=demo_case())
    assert any("[P" in str(r.data["sentence"]) for r in inside)
    assert outside
    assert not any("[P" in str(r.data["sentence"]) for r in outside)
