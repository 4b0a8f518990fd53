"""Spanish says what English says: no message missing, the same verdicts, numbers and citations, and
a sentence in other words is held to its support there as well."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from indicated.messages import FOLDER as MESSAGES
from indicated.messages import Messages, _read, languages, load_messages
from indicated.model import Reader, Sentence, Support
from indicated.report.cite import check_sentence, ground_of, rephrased
from indicated.report.html import to_html
from indicated.units import written_numbers

from . import sample
from .grade import EASE, NAMES, assessed, ease, plain_part, texts
from .test_readers import verdicts

ELSEWHERE = ("facts.", "marked.", "sheet.")  # pages that are no article
READERS = (Reader.PATIENT, Reader.CLINICIAN)


def of_article(language: str, file: str) -> dict[str, str]:
    table = _read(files("indicated").joinpath(MESSAGES, language, file))
    return {id: text for id, text in table.items() if not id.startswith(ELSEWHERE)}


@pytest.mark.parametrize("file", ["article.yaml", "stages.yaml", "readers/patient.yaml"])
def test_every_message_of_an_article_is_translated_and_none_besides(file: str) -> None:
    assert sorted(of_article("es", file)) == sorted(of_article("en", file))
    load_messages("es", Reader.PATIENT)  # refuses a message with other slots


def test_what_a_language_lacks_for_a_reader_stands_in_english(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Spanish has no words for students: what only they are told is English, the rest Spanish."""
    words = load_messages("es", Reader.STUDENT)
    assert words.template("teach.truth") == load_messages(reader=Reader.STUDENT).template(
        "teach.truth"
    )
    assert words.template("outcome.indicated") == load_messages("es").template("outcome.indicated")


@pytest.mark.parametrize("reader", READERS)
def test_every_outcome_can_be_told_in_spanish(reader: Reader) -> None:
    """Writing refuses a sentence that lacks its support."""
    for told in sample.variants().values():
        article, english = (told.article(reader=reader, language=x) for x in ("es", "en"))
        assert verdicts(article) == verdicts(english)
        assert article.record == english.record


def test_no_fixed_words_of_a_patient_s_page_stay_english() -> None:
    """A message that reads the same in both languages is a sign, a slot or a name."""
    english, spanish = (load_messages(x, Reader.PATIENT).table for x in ("en", "es"))
    ids = [*of_article("en", "article.yaml"), *of_article("en", "readers/patient.yaml")]
    same = {re.sub(r"\{\w+\}", "", english[id]) for id in ids if english[id] == spanish[id]}
    assert {t for t in same if re.search(r"[^\W\d_]{3}", t)} <= {"bilateral", "ideal", "; hash "}


def test_unknown_is_never_worded_as_no() -> None:
    words = load_messages("es", Reader.PATIENT)
    for id in ("outcome.cannot_determine", "outcome_closed.cannot_determine"):
        assert words.template(id).endswith("esto no es un no")


@pytest.mark.parametrize("name", NAMES)
def test_verdicts_numbers_and_citations_are_those_of_english(name: str) -> None:
    english, spanish = (assessed(name, Reader.PATIENT, x).article for x in ("en", "es"))
    assert verdicts(spanish) == verdicts(english)
    assert (spanish.references, spanish.record) == (english.references, english.record)
    said, told = (written_numbers("\n".join(texts(a.sections))) for a in (english, spanish))
    assert told == said
    cited = [re.findall(r"\[P?\d+", "\n".join(texts(a.sections))) for a in (english, spanish)]
    assert set(cited[1]) == set(cited[0])


@pytest.mark.parametrize("name", NAMES)
def test_what_a_patient_reads_in_spanish_is_easy(name: str) -> None:
    assert ease(plain_part(assessed(name, Reader.PATIENT, "es").article)) >= EASE


def test_a_page_says_its_language_and_which_words_are_english() -> None:
    page = to_html(assessed("lung-transplant", Reader.PATIENT, "es").article)
    assert '<html lang="es">' in page
    assert '<q lang="en">' in page


# --- sentences in other words ----------------------------------------------------------------------

GOOD = (
    "La IgG era de 495 mg/dL el 3 de noviembre de 2025, por debajo de 700 mg/dL; cada tres semanas, "
    "durante 4 semanas, en el pulmón izquierdo: no se cumple."
)
HELD = (
    "IgG 495 mg/dL; 3 de noviembre de 2025; por debajo de 700 mg/dL; cada tres semanas; 4 semanas; "
    "izquierdo; no se cumple"
)


def problems(text: str, held: str = HELD) -> list[tuple[str, str]]:
    article = sample.MAIN.article(language="es")
    support = Support("program", held, key="program")
    sentence = Sentence("", (support,), "missing.none")
    ground = ground_of(article, sample.CASE, sample.CONCEPTS)
    ground = replace(ground, messages=Messages({"missing.none": ""}))
    return check_sentence(rephrased(sentence, text), ground)


def test_a_spanish_sentence_that_says_what_its_support_says_passes() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("3 de noviembre", "3 de diciembre", "date"),
        ("3 de noviembre", "4 de noviembre", "date"),
        ("3 de noviembre de 2025", "dic. 2025", "date"),
        ("por debajo de", "por encima de", "number"),
        ("por debajo de", "al menos", "number"),
        ("495", "4,95", "number"),
        ("4 semanas", "4 meses", "number"),
        ("tres", "cinco", "number"),
        ("izquierdo", "derecho", "side"),
        ("no se cumple", "se cumple", "finding"),
        ("La IgG era", "La IgG baja era", "direction"),
        ("durante", "nunca", "negation"),
        ("por debajo de 700 mg/dL", "hiper por debajo de 700 mg/dL", "direction"),
    ],
)
def test_a_spanish_sentence_that_says_something_else_is_refused(
    right: str, wrong: str, rule: str
) -> None:
    assert right in GOOD
    assert rule in {found for found, _ in problems(GOOD.replace(right, wrong))}


def test_every_language_reads_each_month_of_its_own() -> None:
    from indicated.report.tokens import split_dates

    for language in languages():
        names = load_messages(language).template("words.month_names").split()
        for n, month in enumerate(names, 1):
            day = load_messages(language).fill("time.day", day="3", month=month, year="2025")
            assert split_dates(day, language) == ({(2025, n, 3)}, " " * len(day))
