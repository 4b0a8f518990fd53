"""What an answer holds: what was assumed, what was set aside, and that nothing else moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indicated import Case, assess
from indicated.followup import follow_up
from indicated.model import Chart, Document, Drift, FollowUpKind, Mark, Outcome
from indicated.report import to_html, to_markdown
from indicated.settings import Settings

from .cases import AS_OF, given, library, put, standing, text_of

# case, supposition, words of the record that it takes the place of, item -> outcome
SUPPOSED = [
    ("cpap", "What if the AHI was 4?", {"apnoea-hypopnoea index 9"}, {"cpap": "not_indicated"}),
    ("cpap", "What if no hypertension?", {"hypertension"}, {"cpap": "cannot_determine"}),
    ("cpap", "What if he snores?", set(), {"cpap": "indicated"}),
    ("bariatric", "What if she had hypertension?", {"no hypertension", "no obesity-related condition"},
     {"sleeve-gastrectomy": "indicated"}),
    ("bariatric", "What if her BMI were 33 kg/m2?", {"body mass index 38.1"}, {"sleeve-gastrectomy": "not_indicated"}),
    ("bariatric", "What if weight is 150 lb?", {"body weight 229", "body mass index 38.1"}, {"sleeve-gastrectomy": "not_indicated"}),
    ("lung", "What if there were no acute rejection?", {"acute rejection: moderate"}, {"rejection-treatment": "not_indicated"}),
    ("lung", "What if the weight is 68 kg?", set(), {"intravenous-immunoglobulin": "cannot_determine"}),
    ("lung", "What if IgG was 310 before the first infusion, IVIG was started in June 2024, the weight is 68 kg, the vaccine response was "
     "impaired before the first infusion and she had pneumonia in March 2025?", set(),
     {"intravenous-immunoglobulin": "indicated_with_changes"}),
    ("alpha1", "What if he smokes?", set(), {"alpha-1-antitrypsin-augmentation": "not_indicated"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "asked", "aside", "outcomes"), SUPPOSED, ids=[str(n) for n in range(len(SUPPOSED))]
)
def test_a_supposition_replaces_what_it_contradicts(name, asked, aside, outcomes) -> None:
    before, reply = standing(name).article.hash, put(name, asked)
    found = {d.item.treatment: d.outcome.value for d in reply.determinations}
    assert outcomes.items() <= found.items()
    said = next(b for s in reply.article.sections if s.id == "assumed" for b in s.blocks[1:2])
    gone = {i for s in said.sentences for i in (s.id,)}
    assert ("reply.aside" in gone) is bool(aside)
    assert all(words in said.sentences[0].text.casefold() for words in aside)
    assert all(Mark.HYPOTHETICAL in f.marks for f in reply.follow_up.assumed)
    assert "assumed for this answer" in text_of(reply)
    assert standing(name).article.hash == before
    assert not any(Mark.HYPOTHETICAL in f.marks for f in standing(name).facts.items)


def test_silence_stays_unknown_when_nothing_is_supposed() -> None:
    """An answer without a supposition judges nothing anew."""
    for asked in (
        "Why was it denied?",
        "What is missing?",
        "Which policy did you use?",
        "source 3",
    ):
        assert put("lung", asked).determinations == ()


def test_a_number_that_was_not_read_is_not_passed_over() -> None:
    """To judge the rest of a supposition would answer another question."""
    for asked in (
        "What if he snores 7 times?",
        "What if the weight is 68 kg and the dose is 30 g?",
    ):
        name = "cpap" if "snores" in asked else "lung"
        assert put(name, asked).follow_up.kind is FollowUpKind.NOTHING


@pytest.mark.parametrize(
    ("name", "asked", "lost"),
    [
        ("cpap", "What if he had hypertension for years?", "years"),
        ("sciatica", "What if the low back pain had lasted 4 months?", "4 months"),
        ("bariatric", "What if type 2 diabetes recently?", "recently"),
    ],
    ids=["years", "lasted", "recently"],
)
def test_a_time_that_no_fact_carries_is_named_and_nothing_is_judged(name, asked, lost) -> None:
    reply = put(name, asked)
    assert reply.follow_up.kind is FollowUpKind.NOTHING
    assert reply.determinations == ()
    said = next(s for s in reply.article.sentences() if s.id == "reply.unread")
    assert lost in said.text


def test_another_course_of_one_drug_leaves_another_drug_of_its_class() -> None:
    """Topiramate and valproate are of one class; what is supposed of one says nothing of the other."""
    note = (
        "Migraine. Topiramate for 10 weeks without relief. Valproate for 12 weeks without relief."
    )
    chart = Chart((Document("note", note, AS_OF, kind="note"),))
    case = Case("Is onabotulinumtoxinA medically necessary?", chart, AS_OF)
    asked = "What if she had topiramate for 2 weeks?"
    reply = follow_up(asked, assess(case, library()), library())
    aside = next(s for s in reply.article.sentences() if s.id == "reply.aside")
    assert "topiramate, for 10 weeks" in aside.text
    assert "12 weeks" not in aside.text


def test_words_that_gave_nothing_are_named() -> None:
    reply = put("sciatica", "What if he has progressive weakness in the morning?")
    assert reply.follow_up.left == ("morning",)
    assert "gave nothing, and were left out: “morning”" in text_of(reply)


def test_a_source_keeps_its_number_in_every_answer() -> None:
    reply = put("lung", "What does source 18 say?")
    article = standing("lung").article
    assert reply.article.references[17] == article.references[17]
    assert "[18]" in text_of(reply)
    assert reply.article.record[: len(article.record)] == article.record


def test_a_document_that_is_left_out_takes_its_facts_with_it() -> None:
    reply = put("cpap", "What if the home sleep test is ignored?")
    assert reply.follow_up.without == ("02-home-sleep-test",) or len(reply.follow_up.without) == 1
    assert reply.determinations[0].outcome is not Outcome.INDICATED


def test_what_is_not_understood_is_said_with_what_can_be_asked() -> None:
    reply = put("lung", "Tell me a joke")
    assert reply.follow_up.kind is FollowUpKind.NOTHING
    said = text_of(reply)
    assert "not understood" in said
    assert "Why did intravenous immunoglobulin come out as it did?" in said


def test_the_same_question_gives_the_same_answer_in_each_rendering() -> None:
    for asked in ("Why was it denied?", "What if the weight is 68 kg?", "Compare IVIG with Prolastin",
                  "What would an appeal need?", "What changed since the last version?", "Tell me a joke"):  # fmt: skip
        one, other = put("lung", asked), put("lung", asked)
        assert one.article.hash == other.article.hash
        assert to_markdown(one.article).startswith("# Answer")
        page = to_html(one.article)
        for label in {s.label for x in one.article.sentences() for s in x.support if s.label}:
            assert f'id="{label}"' in page or f'id="ref-{label}"' in page


def test_a_change_is_told_before_an_answer_can_mislead() -> None:
    changed = Drift(policies=(("cpap-adult-osa", "2025.1", "2026.1"),), worded=True)
    reply = follow_up(
        "Why is CPAP indicated?", standing("cpap"), library(), Settings(), drift=changed
    )
    assert "version 2025.1 and is version 2026.1" in text_of(reply)


@pytest.mark.parametrize("reader", ["clinician", "reviewer", "patient", "student"])
def test_every_reader_of_the_article_can_ask_on(reader: str) -> None:
    case, chosen = given("lung")
    chosen = replace(chosen, reader=reader)
    article = assess(case, library(), chosen)
    for asked in ("Why was it denied?", "What is missing?", "What if the weight is 68 kg?", "source 3",
                  "P5", "What would an appeal need?", "Summarise for the patient", "Tell me a joke"):  # fmt: skip
        reply = follow_up(asked, article, library(), chosen)
        assert reply.article.reader == article.article.reader
        assert reply.follow_up.kind == put("lung", asked).follow_up.kind
