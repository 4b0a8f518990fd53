"""What persons say of a case: passages struck out, items decided, sentences worded otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from indicated.assess import assess
from indicated.chart import read_chart
from indicated.facts import read_facts
from indicated.model import Case, Edit, Fact, Outcome, Override, Reader, Source, Strike
from indicated.record_file import RecordFile, from_text, stamp, to_text
from indicated.report import to_html
from indicated.report.deidentify import deidentified
from indicated.report.edited import editable
from indicated.report.word_lists import words_of
from indicated.serve.demo import AS_OF, demo_folder
from indicated.settings import Settings
from tests.conftest import shipped_library

LIBRARY = shipped_library()
CHART = read_chart(sorted((demo_folder() / "chart").iterdir()))
QUESTION = (demo_folder() / "question.txt").read_text(encoding="utf-8")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def strike(fact: Fact, because: str = "this is said of the donor") -> Strike:
    said = Source(quote=because, by="Pat Roe, MD, physician", at=AT)
    return Strike(fact.concept, fact.sources, said)


def read(*struck: Strike) -> tuple[Fact, ...]:
    return read_facts(CHART, LIBRARY.concepts, as_of=AS_OF, struck=struck).items


FACTS = read()


def places(facts: tuple[Fact, ...]) -> set[tuple[str, Source]]:
    return {(f.concept, s) for f in facts for s in f.sources}


@pytest.mark.parametrize("n", range(0, len(FACTS), max(1, len(FACTS) // 25)))
def test_only_what_was_struck_is_gone(n: int) -> None:
    gone = strike(FACTS[n])
    left = places(read(gone))
    assert left == places(FACTS) - {(gone.concept, s) for s in gone.sources}


def case(**more: object) -> Case:
    return replace(Case(QUESTION, CHART, AS_OF), **more)


@pytest.fixture(scope="module")
def decided() -> Case:
    """The shipped case with a passage struck out and an item decided by a person."""
    first = assess(case(), LIBRARY)
    d = next(d for d in first.determinations if d.outcome is Outcome.CANNOT_DETERMINE)
    used = next(f for top in d.findings() for leaf in top.leaves() for f in leaf.facts
                if f.sources and f.sources[0].document in {x.id for x in CHART.documents})  # fmt: skip
    said = Source(quote="both admissions were reviewed", by="Pat Roe, MD, physician", at=AT)
    override = Override(d.item.id, d.item.words, d.outcome, Outcome.INDICATED, said)
    again = assess(case(struck=(strike(used),)), LIBRARY)
    same = next(x for x in again.determinations if x.item.id == d.item.id)
    assert same.outcome is d.outcome
    sentence = next(
        s for s in first.article.sentences() if s.id == "statement.says" and editable(s)
    )
    said = Source(quote="Jane was watched as the ward does", by="Pat Roe, MD, physician", at=AT)
    edits = (Edit(sentence.text, said),)
    return case(struck=(strike(used),), overrides=(override,), edits=edits)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("reader", Reader)
def test_every_reader_is_told_who_changed_what_and_why(
    decided: Case, reader: Reader, language: str
) -> None:
    page = to_html(assess(decided, LIBRARY, Settings(reader=reader, locale=language)).article)
    assert "this is said of the donor" in page
    assert "both admissions were reviewed" in page
    assert "Jane was watched as the ward does" in page


def test_an_edit_changes_its_sentence_and_no_citation(decided: Case) -> None:
    before = assess(replace(decided, edits=()), LIBRARY).article
    after = assess(decided, LIBRARY).article
    was, now = before.sentences(), after.sentences()
    (edit,) = decided.edits
    changed = [(a, b) for a, b in zip(was, now, strict=False) if a.text != b.text]
    assert changed[0][0].text == edit.was
    assert changed[0][1].text.startswith(edit.said.quote)
    assert after.record[:-1] == before.record
    assert after.record[-1][1] == edit.said
    assert after.hash != before.hash


def test_verdicts_and_quotations_are_not_worded_otherwise(decided: Case) -> None:
    fixed = [s for s in assess(decided, LIBRARY).article.sentences() if not editable(s)]
    assert {"answer.decided", "answer.open", "answer.overridden", "record.label"} <= {
        s.id for s in fixed
    }


def test_the_saved_record_holds_it(decided: Case) -> None:
    assessment = assess(decided, LIBRARY)
    kept = RecordFile(decided, Settings(), stamp(assessment))
    assert from_text(to_text(kept), "x").case == decided
    assert Outcome.INDICATED in dict(kept.standing.outcomes).values()


def test_a_shared_page_names_nobody(decided: Case) -> None:
    shared = deidentified(
        assess(decided, LIBRARY).article, decided, LIBRARY.concepts, words_of(LIBRARY)
    )
    assert not shared.left
    page = to_html(shared.article)
    assert "Roe" not in page
    assert "Jane" not in page
