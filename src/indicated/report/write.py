"""Determinations in, an article out: sections in their fixed order, every sentence supported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from indicated.messages import ENGLISH, Messages, load_messages
from indicated.model import (
    Article,
    Case,
    Determination,
    Facts,
    Library,
    Premise,
    Reader,
    RequestedItem,
    Section,
)
from indicated.report import gaps, plain, teach
from indicated.report.care import follow_ups, pitfalls, safety, summary
from indicated.report.cite import require_support
from indicated.report.desk import Desk, Story
from indicated.report.edited import with_edits
from indicated.report.opening import answer, question, review
from indicated.report.phrases import quotable
from indicated.report.rephrased import with_rephrased
from indicated.report.standing import standing
from indicated.report.trail import disclaimer, method, record, references
from indicated.report.verdict import determinations as judged

Writer = Callable[[Desk], Section]

# The order in which an article is read, and in which its citations are numbered.
SECTIONS: tuple[Writer, ...] = (
    question,
    review,
    answer,
    judged,
    standing,
    gaps.necessary,
    gaps.missing,
    gaps.premises,
    pitfalls,
    safety,
    summary,
    references,
    record,
    method,
    disclaimer,
    follow_ups,
)


def _without(*left_out: Writer) -> list[Writer]:
    return [write for write in SECTIONS if write not in left_out]


# Every reader is told everything; what stands first, and what is told besides, differs.
READERS: Mapping[Reader, tuple[Writer, ...]] = {
    Reader.CLINICIAN: SECTIONS,
    Reader.REVIEWER: (review, judged, standing, *_without(review, judged, standing)),
    Reader.PATIENT: (
        question,
        review,
        plain.short_answer,
        plain.reasons,
        plain.next_steps,
        plain.words_explained,
        plain.details,
        *_without(question, review, answer),
    ),
    Reader.STUDENT: (
        question,
        review,
        answer,
        teach.how_to_read,
        judged,
        teach.why_criteria,
        *_without(question, review, answer, judged),
    ),
}


def write_article(
    case: Case,
    facts: Facts,
    items: Sequence[RequestedItem],
    premises: Sequence[Premise],
    determinations: Sequence[Determination],
    library: Library,
    *,
    program: str,
    reader: Reader = Reader.CLINICIAN,
    language: str = ENGLISH,
    messages: Messages | None = None,
    waiting: Sequence[Determination] = (),
) -> Article:
    """The article on a case, worded for a reader. Verdicts, numbers and citations are the same for
    every reader. `waiting` are of items that wait for a person before they count as asked for.
    Raises `SupportError` where a sentence would lack its support."""
    words = messages or load_messages(language, reader)
    library = replace(library, concepts=library.named_in(language))
    given = (tuple(items), tuple(premises), tuple(determinations))
    story = Story(case, facts, *given, library, program, waiting=tuple(waiting))
    desk = Desk(story, words, reader, language)
    if reader is not Reader.CLINICIAN:
        first = Desk(story, load_messages(language), language=language)
        for write in SECTIONS:
            write(first)
        desk.numbered_as(first)
    sections = with_edits(desk, tuple(write(desk) for write in READERS[reader]))
    article = Article(
        title=_title(desk, determinations),
        question=quotable(case.question),
        as_of=case.as_of,
        sections=tuple(s for s in sections if s.blocks or s.parts),
        references=tuple(desk.references),
        record=tuple(desk.record),
        program=program,
        reader=reader,
        language=language,
    )
    article = with_rephrased(article, case, library.concepts, words)
    require_support(article, case, library.concepts, messages=words)
    return article


def _title(desk: Desk, determinations: Sequence[Determination]) -> str:
    """The treatments that the question names; those found in the plan are only counted."""
    asked = [d for d in determinations if not d.item.secondary] or list(determinations)
    names = "; ".join(dict.fromkeys(desk.words.item(d.item) for d in asked))
    if not names:
        return desk.heading("title_none")
    more = len(determinations) - len(asked)
    if more:
        return desk.heading("title_more", items=names, n=str(more))
    return desk.heading("title", items=names)
