"""Determinations in, an article out: sections in their fixed order, every sentence supported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indicated.model import (
    Article,
    Case,
    Determination,
    Facts,
    Library,
    Premise,
    RequestedItem,
    Section,
)
from indicated.report import gaps
from indicated.report.care import follow_ups, pitfalls, safety, summary
from indicated.report.cite import require_support
from indicated.report.desk import Desk, Story
from indicated.report.messages import Messages, load_messages
from indicated.report.opening import answer, question, review
from indicated.report.phrases import quotable
from indicated.report.standing import standing
from indicated.report.trail import disclaimer, method, record, references
from indicated.report.verdict import determinations as judged

# The order in which an article is read, and in which its citations are numbered.
SECTIONS: tuple[Callable[[Desk], Section], ...] = (
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


def write_article(
    case: Case,
    facts: Facts,
    items: Sequence[RequestedItem],
    premises: Sequence[Premise],
    determinations: Sequence[Determination],
    library: Library,
    *,
    program: str,
    messages: Messages | None = None,
) -> Article:
    """The article on a case. Raises `SupportError` where a sentence would lack its support."""
    words = messages or load_messages()
    story = Story(
        case, facts, tuple(items), tuple(premises), tuple(determinations), library, program
    )
    desk = Desk(story, words)
    sections = tuple(write(desk) for write in SECTIONS)
    article = Article(
        title=_title(desk, determinations),
        question=quotable(case.question),
        as_of=case.as_of,
        sections=sections,
        references=tuple(desk.references),
        record=tuple(desk.record),
        program=program,
    )
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
