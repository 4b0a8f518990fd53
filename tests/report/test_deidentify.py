"""An article that may leave: withheld everywhere, still supported, and refused where it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from indicated import assess, load_library
from indicated.messages import load_messages
from indicated.model import Assessment, Case, Chart, Document, Library, Sentence
from indicated.report import deidentify
from indicated.report.deidentify import Shared, deidentified
from indicated.report.shared_days import counted
from indicated.report.word_lists import Words, words_of
from indicated.serve.demo import demo_case
from indicated.settings import Settings

DAY = date(2025, 11, 21)
NOTE = """\
Clinic note, Patient: Doe, Folasade. 93-year-old woman.
Common variable immunodeficiency. IgG 295 mg/dL on 10/02/2025.
Folasade had pneumonia in March 2024 and on 3 May 2025; Doe recovered at Quorn General Hospital.
Start IVIG 30 g every 4 weeks.
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def words(library: Library) -> Words:
    return words_of(library)


@pytest.fixture(scope="module")
def given(library: Library) -> Assessment:
    chart = Chart((Document("a.txt", NOTE, DAY, title="Folasade Doe, clinic note"),))
    return assess(
        Case("Is IVIG 30 g every 4 weeks medically necessary for CVID?", chart, DAY), library
    )


@pytest.fixture(scope="module")
def shared(given: Assessment, library: Library, words: Words) -> Shared:
    return deidentified(given.article, given.case, library.concepts, words)


def everything(shared: Shared) -> str:
    article = shared.article
    texts = [article.title, article.question, *(s.quote for _, s in article.record)]
    for sentence in article.sentences():
        texts += [sentence.text, *(s.text for s in sentence.support)]
        texts += [f"{s.source.quote} {s.source.document}" for s in sentence.support if s.source]
    return "\n".join(texts)


def test_a_name_met_anywhere_is_withheld_everywhere(shared: Shared) -> None:
    assert shared.left == ()
    told = everything(shared)
    for word in ("Folasade", "Doe", "Quorn", "93", "10/02/2025", "2 Oct 2025", "a.txt"):
        assert word not in told, f"{len(word)} letters are left"
    assert "serum IgG 295 mg/dL, day -50" in told
    assert shared.article.as_of == deidentify.NO_DAY


def test_the_shipped_case_can_be_shared(library: Library, words: Words) -> None:
    case = demo_case()
    article = assess(case, library).article
    got = deidentified(article, case, library.concepts, words)
    assert got.left == ()
    same = [
        (a, b) for a, b in zip(article.sentences(), got.article.sentences(), strict=True) if a != b
    ]
    assert same
    assert all(a.id == b.id for a, b in same)
    assert not any(b.figure for s in got.article.sections for b in s.blocks)


@pytest.mark.parametrize("reader", ["patient", "clinician"])
def test_no_day_is_left_in_spanish(library: Library, words: Words, reader: str) -> None:
    case = demo_case()
    article = assess(case, library, Settings(reader=reader, locale="es")).article
    got = deidentified(article, case, library.concepts, words)
    assert got.left == ()
    told = everything(got)
    assert "día -24" in told
    assert not re.search(r"\b\d{1,2} (?:de )?[a-z]{3,10} (?:de )?2025", told)


def test_what_is_left_keeps_it_from_leaving_without_repeating_it(
    given: Assessment, library: Library, words: Words
) -> None:
    """A sentence whose words no support carries, and a title with a name that the record holds."""
    first = given.article.sections[1]
    odd = Sentence("Folasade Doe was here on 3 May 2025.", (), "record.words")
    block = replace(first.blocks[0], sentences=(*first.blocks[0].sentences, odd))
    sections = (replace(first, blocks=(block, *first.blocks[1:])), *given.article.sections[2:])
    got = deidentified(
        replace(given.article, sections=sections), given.case, library.concepts, words
    )
    assert any(s.section == first.id for s in got.left)
    assert "Folasade" not in str(got.left)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("10/28/2025", "day -24"),
        ("2025-10-28", "day -24"),
        ("28 Oct 2025", "day -24"),
        ("October 28th, 2025", "day -24"),
        ("28.10.2025", "day -24"),
        ("10/28/25", "day -24"),
        ("10/28", "day -24"),
        ("12/24", "day -332"),  # the last such day
        ("Tuesday, October 28", "day -24"),
        ("28 de octubre de 2025", "day -24"),
        ("2 dic 2024", "day -354"),
        ("enero de 2025", "month -10"),
        ("10/2025", "month -1"),
        ("March 2024", "month -20"),
        ("Nov 2025", "day zero"),
        ("21 Nov 2025", "day zero"),
        ("1 Dec 2025", "a day after day zero"),
        ("02/31/2025", "(date withheld)"),
    ],
)
def test_days_are_counted_back(said: str, shown: str) -> None:
    assert counted(said, DAY, load_messages()) == shown


def test_every_kind_and_signing_role_has_its_words() -> None:
    for language in ("en", "es"):
        m = load_messages(language)
        assert {m.word("shared", k) for k in deidentify.KINDS if k != "date"}
        assert {m.word("withheld", k) for k in deidentify.KINDS}
        assert {m.word("role", r) for r in ("reviewer", "physician")}
