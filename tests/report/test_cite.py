"""A sentence that says more than its support is refused, whatever was changed."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.errors import SupportError
from indicated.messages import load_messages
from indicated.model import Article, Block, Section, Sentence, Source, Support
from indicated.report.cite import (
    Ground,
    check_article,
    check_sentence,
    ground_of,
    rephrased,
    require_support,
)

from . import sample
from .corruptions import KINDS, Kind

Good = list[tuple[Sentence, Ground]]
VERBATIM = ("record.", "references.", "question.asked")
WANTED = 200  # corruptions at the least
PER_KIND = 40


@pytest.fixture(scope="module")
def grounds() -> list[tuple[Article, Ground]]:
    found = []
    for told in sample.variants().values():
        article = told.article()
        found.append((article, ground_of(article, told.case, told.library.concepts)))
    return found


@pytest.fixture(scope="module")
def good(grounds: list[tuple[Article, Ground]]) -> list[tuple[Sentence, Ground]]:
    """Every sentence of every sample, each once, with what it is held against."""
    found: dict[Sentence, Ground] = {}
    for article, ground in grounds:
        for sentence in article.sentences():
            if not sentence.id.startswith("label."):
                found.setdefault(sentence, ground)
    return list(found.items())


def corrupted(kind: Kind, good: Good) -> list[tuple[Sentence, str, Ground]]:
    found = []
    for sentence, ground in good:
        found += [(sentence, bad, ground) for bad in kind.edit(sentence.text)]
        if len(found) > PER_KIND:
            break
    return found[:PER_KIND]


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_every_corruption_is_refused(kind: Kind, good: Good) -> None:
    cases = corrupted(kind, good)
    assert cases, "no sentence could be corrupted in this way"
    for sentence, bad, ground in cases:
        assert check_sentence(sentence, ground) == []
        assert check_sentence(replace(sentence, text=bad), ground), bad


@pytest.mark.parametrize("kind", [k for k in KINDS if k.seen_in_any_words], ids=lambda k: k.name)
def test_a_rephrased_sentence_is_held_to_its_support_too(kind: Kind, good: Good) -> None:
    for sentence, bad, ground in corrupted(kind, good):
        if not sentence.id.startswith(VERBATIM):
            assert check_sentence(rephrased(sentence, bad), ground), bad


def test_there_are_enough_corruptions(good: Good) -> None:
    cases = [c for kind in KINDS for c in corrupted(kind, good)]
    assert len(cases) >= WANTED
    assert len({sentence for sentence, _, _ in cases}) >= WANTED


def test_good_sentences_pass_in_both_ways(good: Good) -> None:
    sentences = list(good)
    assert len(sentences) >= WANTED
    for sentence, ground in sentences:
        said = check_sentence(rephrased(sentence, sentence.text), ground)
        assert bool(said) == sentence.id.startswith(VERBATIM), (sentence.text, said)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_letter_or_digit_can_be_changed(data: st.DataObject, good: Good) -> None:
    """Whatever one letter or digit is changed to, the sentence is refused."""
    sentence, ground = good[data.draw(st.integers(0, len(good) - 1))]
    places = [i for i, c in enumerate(sentence.text) if i > 0 and c.isalnum()]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    new = data.draw(st.sampled_from(string.ascii_letters + string.digits))
    old = sentence.text[at]
    if new.casefold() == old.casefold():
        return
    bad = sentence.text[:at] + new + sentence.text[at + 1 :]
    assert check_sentence(replace(sentence, text=bad), ground), bad


# --- what a sentence rests on ------------------------------------------------------------------


def cited(good: Good, kind: str) -> list[tuple[Sentence, Ground]]:
    found = [(s, g) for s, g in good if any(x.kind == kind and x.label for x in s.support)]
    assert len(found) >= 10
    return found[:40]


def _swap(sentence: Sentence, kind: str, to) -> Sentence:  # type: ignore[no-untyped-def]
    done = False
    supports = []
    for support in sentence.support:
        if support.kind == kind and support.label and not done:
            supports.append(to(support))
            done = True
        else:
            supports.append(support)
    return replace(sentence, support=tuple(supports))


def _source(**change) -> object:  # type: ignore[no-untyped-def]
    def to(support: Support) -> Support:
        source = support.source or Source()
        values = {k: v(source) if callable(v) else v for k, v in change.items()}
        return replace(support, source=replace(source, **values))

    return to


RECORD = {
    "quotation altered": _source(quote=lambda s: s.quote[:-1] + "x"),
    "offsets shifted": _source(start=lambda s: (s.start or 0) + 1, end=lambda s: (s.end or 0) + 1),
    "offsets gone": _source(start=None, end=None),
    "another document": _source(document="biopsy-of-another"),
    "no source": lambda s: replace(s, source=None),
    "words of the support altered": lambda s: replace(s, text=s.text + "\nIgG 123 mg/dL"),
    "quotation of the support altered": lambda s: replace(s, text="x" + s.text),
    "another label": lambda s: replace(s, label="P98"),
    "label of the literature": lambda s: replace(s, label="98"),
    "unknown kind": lambda s: replace(s, kind="hearsay"),
}


@pytest.mark.parametrize("how", RECORD)
def test_a_support_of_the_record_must_stand_in_the_record(how: str, good: Good) -> None:
    for sentence, ground in cited(good, "record"):
        if any(s.source and s.source.by for s in sentence.support):
            continue  # an attested answer has no offsets
        assert check_sentence(_swap(sentence, "record", RECORD[how]), ground)


def test_an_attested_answer_needs_its_time(good: Good) -> None:
    attested = [(s, g) for s, g in good for x in s.support if x.source and x.source.by and x.label]
    assert attested
    for sentence, ground in attested:
        timeless = tuple(
            replace(x, source=replace(x.source, at=None)) if x.source and x.source.by else x
            for x in sentence.support
        )
        assert check_sentence(replace(sentence, support=timeless), ground)


LITERATURE = {
    "another source": lambda s: replace(s, key="ANOTHER"),
    "another number": lambda s: replace(s, label="97"),
    "no number": lambda s: replace(s, label=""),
    "another place": _source(locator=lambda s: s.locator and "p. 3"),
}


@pytest.mark.parametrize("how", LITERATURE)
def test_a_citation_of_the_literature_must_lead_to_its_source(how: str, good: Good) -> None:
    tried = 0
    for sentence, ground in cited(good, "literature"):
        changed = _swap(sentence, "literature", LITERATURE[how])
        if changed != sentence:  # not every citation names a place
            tried += 1
            assert check_sentence(changed, ground)
    assert tried


def test_a_sentence_without_support_is_refused(good: Good) -> None:
    for sentence, ground in list(good)[:200]:
        assert check_sentence(replace(sentence, support=()), ground)
        unknown = replace(sentence, id="nothing.known")
        assert check_sentence(unknown, ground)


def test_row_labels_are_fixed(good: Good) -> None:
    _, ground = good[0]
    words = load_messages().template("label.phase")
    assert check_sentence(Sentence(words, (), "label.phase"), ground) == []
    assert check_sentence(Sentence(words + " of cure", (), "label.phase"), ground)


def test_supports_of_two_sentences_cannot_be_exchanged(
    good: Good,
) -> None:
    ground = good[0][1]
    told = [s for s, g in good if s.id == "criteria.facts" and g is ground]
    assert len(told) > 4
    for a, b in pairwise(told):
        if a.support != b.support:
            assert check_sentence(replace(a, support=b.support), ground)


def test_citations_cannot_change_places_within_a_sentence(good: Good) -> None:
    tried = 0
    for sentence, ground in good:
        labels = [m.group() for m in re.finditer(r"\[P\d+\]", sentence.text)]
        if sentence.id == "criteria.facts" and len(set(labels)) > 1:
            a, b = list(dict.fromkeys(labels))[:2]
            swapped = sentence.text.replace(a, "[]").replace(b, a).replace("[]", b)
            assert check_sentence(replace(sentence, text=swapped), ground), swapped
            tried += 1
    assert tried


# --- the article as a whole ---------------------------------------------------------------


def with_sentence(article: Article, sentence: Sentence) -> Article:
    extra = Section("extra", "Extra", (Block("paragraph", (sentence,)),))
    return replace(article, sections=(*article.sections, extra))


def test_an_article_is_refused_with_section_and_message_and_no_patient_text() -> None:
    article = sample.MAIN.article()
    assert check_article(article, sample.CASE, sample.CONCEPTS) == []
    secret = "Dr. Placeholder saw the patient on 3 Nov 2025"
    bad = with_sentence(article, Sentence(secret, article.sentences()[1].support, "answer.open"))
    with pytest.raises(SupportError) as caught:
        require_support(bad, sample.CASE, sample.CONCEPTS)
    assert "section extra, message answer.open" in str(caught.value)
    assert "Placeholder" not in str(caught.value)
    assert "Nov" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "About [YEAR]"},
        {"question": "Is it right for Mrs. Example?"},
        {"question": "MRN 1234567: is it necessary?"},
    ],
)
def test_title_and_question_are_held_to_the_same_rules(change: dict[str, str]) -> None:
    article = replace(sample.MAIN.article(), **change)
    assert check_article(article, sample.CASE, sample.CONCEPTS)


def test_headings_are_held_to_the_same_rules() -> None:
    article = sample.MAIN.article()
    bad = Section("extra", "TODO", (Block("table", header=("Lorem",)),))
    problems = check_article(
        replace(article, sections=(*article.sections, bad)), sample.CASE, sample.CONCEPTS
    )
    assert [p.rule for p in problems] == ["placeholder", "placeholder"]


def test_a_chart_that_changed_after_writing_is_noticed() -> None:
    article = sample.MAIN.article()
    edited = replace(sample.NOTE, text=sample.NOTE.text.replace("495", "595"))
    chart = replace(sample.CASE.chart, documents=(edited, sample.BIOPSY, sample.SHEET))
    assert check_article(article, replace(sample.CASE, chart=chart), sample.CONCEPTS)


def test_words_of_the_chart_that_changed_are_noticed_at_their_place() -> None:
    """The same change everywhere else does not help: the words must stand in the chart."""
    article = sample.MAIN.article()
    old, new = "feeling good", "feeling glad"
    edited = replace(sample.NOTE, text=sample.NOTE.text.replace(old, new))
    chart = replace(sample.CASE.chart, documents=(edited, sample.BIOPSY, sample.SHEET))
    problems = check_article(article, replace(sample.CASE, chart=chart), sample.CONCEPTS)
    assert {p.rule for p in problems} == {"quotation"}
    assert {p.section for p in problems} == {"premises", "record"}


def test_words_that_stand_elsewhere_are_not_words_at_their_offsets(good: Good) -> None:
    sentence, ground = next(
        (s, g) for s, g in cited(good, "record") if len([x for x in s.support if x.label]) == 1
    )
    (support,) = [s for s in sentence.support if s.label]
    assert support.source is not None
    assert support.source.start is not None
    assert support.source.end is not None
    moved = replace(support.source, start=support.source.start + 2, end=support.source.end + 2)
    changed = replace(
        sentence,
        support=tuple(replace(s, source=moved) if s is support else s for s in sentence.support),
    )
    record = tuple((k, moved if k == support.label else v) for k, v in ground.article.record)
    consistent = replace(ground, article=replace(ground.article, record=record))
    assert [rule for rule, _ in check_sentence(changed, consistent)] == ["quotation"]
