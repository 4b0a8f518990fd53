"""One set of findings, four wordings: what may differ between readers, and what may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from indicated.messages import Messages, load_messages
from indicated.model import Article, Outcome, Reader, Section
from indicated.report.plain import reads_as
from indicated.report.write import READERS, SECTIONS, write_article
from indicated.truth import NOT_MET
from indicated.units import written_numbers

from . import sample
from .grade import GRADE, NAMES, assessed, grade, library, plain_part, texts

OTHERS = [r for r in Reader if r is not Reader.CLINICIAN]


def verdicts(article: Article) -> list[str]:
    """The outcome that colours each item's box, in order."""

    def of(sections: tuple[Section, ...]) -> Iterator[str]:
        for section in sections:
            yield from (b.tone for b in section.blocks if b.kind == "note")
            yield from of(section.parts)

    return list(of(article.sections))


@pytest.mark.parametrize("reader", OTHERS)
@pytest.mark.parametrize("name", NAMES)
def test_verdicts_numbers_and_citations_are_the_same_for_every_reader(
    name: str, reader: Reader
) -> None:
    first, other = (assessed(name, r).article for r in (Reader.CLINICIAN, reader))
    assert verdicts(other) == verdicts(first)
    assert (other.references, other.record) == (first.references, first.record)
    said, told = (written_numbers("\n".join(texts(a.sections))) for a in (first, other))
    assert told == said
    cited = [set(re.findall(r"\[P?\d+", "\n".join(texts(a.sections)))) for a in (first, other)]
    assert cited[0] == cited[1]


@pytest.mark.parametrize("reader", OTHERS)
def test_every_outcome_can_be_told_to_every_reader(reader: Reader) -> None:
    for told in sample.variants().values():
        article, first = told.article(reader=reader), told.article()
        assert verdicts(article) == verdicts(first)
        assert article.record == first.record


def test_every_reader_is_told_everything() -> None:
    named = {write.__name__ for write in SECTIONS}
    for reader, sections in READERS.items():
        own = {write.__name__ for write in sections}
        assert named - own <= ({"answer"} if reader is Reader.PATIENT else set())


def test_a_reviewer_reads_criteria_and_regulatory_points_first() -> None:
    ids = [s.id for s in assessed("lung-transplant", Reader.REVIEWER).article.sections]
    assert ids.index("status") < ids.index("direct-answer")
    assert ids.index("determinations") < ids.index("status")


def test_a_student_is_told_why_each_criterion_exists() -> None:
    article = assessed("lung-transplant", Reader.STUDENT).article
    why = next(s for s in article.sections if s.id == "why-criteria")
    wording = library().wordings["en"]["ig-solid-organ-transplant"]
    said = "\n".join(texts((why,)))
    assert wording.why["baseline-igg-low"].removesuffix(".") in said


@pytest.mark.parametrize("name", NAMES)
def test_what_a_patient_reads_is_at_grade_eight_or_below(name: str) -> None:
    assert grade(plain_part(assessed(name, Reader.PATIENT).article)) <= GRADE


def test_a_patient_is_never_told_no_where_it_is_unknown() -> None:
    words = load_messages(reader=Reader.PATIENT)
    for id in ("outcome.cannot_determine", "outcome_closed.cannot_determine"):
        assert words.template(id).endswith("this is not a no")
    for told in sample.variants().values():
        for d in told.determinations:
            if d.outcome is not Outcome.NOT_INDICATED:
                continue
            assert all(reads_as(d, f) is NOT_MET for f in d.exclusions if f.truth.value == "met"), (
                "an exclusion that is met never stands under what fits"
            )


@pytest.mark.parametrize("reader", OTHERS)
def test_every_wording_of_a_reader_is_used(reader: Reader) -> None:
    base, own = load_messages(), load_messages(reader=reader)
    changed = {id for id, text in own.table.items() if base.table.get(id) != text}
    counted = Counting(dict(own.table))
    for told in sample.variants().values():
        told.article(reader=reader, messages=Messages(counted))
    a = assessed("lung-transplant", Reader.CLINICIAN)  # its policies have words for patients
    told = (a.case, a.facts, a.items, a.premises, a.determinations, library())
    write_article(*told, program="x", reader=reader, messages=Messages(counted))
    tables = {id for id in changed if id.startswith(("standing.", "outcome_closed."))}
    assert sorted(changed - tables - counted.used) == []


class Counting(dict[str, str]):
    """A table of messages that remembers what was asked of it."""

    def __init__(self, table: dict[str, str]):
        super().__init__(table)
        self.used: set[str] = set()

    def __getitem__(self, id: str) -> str:
        self.used.add(id)
        return super().__getitem__(id)

    def get(self, id: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.used.add(id)
        return super().get(id, default)
