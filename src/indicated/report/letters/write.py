"""A letter is an article of its own kind: written by the same desk, held to the same check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from indicated.errors import InputError
from indicated.messages import load_messages
from indicated.model import Article, DenialReason, Determination, Reader, Section
from indicated.report.cite import require_support
from indicated.report.desk import Desk, Story
from indicated.report.letters.appeal import appeal
from indicated.report.letters.letterhead import Letterhead
from indicated.report.letters.necessity import necessity
from indicated.report.letters.notice import notice
from indicated.report.letters.parts import Sheet
from indicated.report.letters.peer import peer
from indicated.report.letters.request import request
from indicated.report.phrases import quotable

LETTERS: Mapping[str, Callable[[Sheet], list[Section]]] = {
    "necessity": necessity,
    "appeal": appeal,
    "notice": notice,
    "request": request,
    "peer-to-peer": peer,
}
FOR_ALL = frozenset(["request"])  # kinds that speak of every item unless one is named


def about(kind: str, determinations: Sequence[Determination], item: int | None = None
          ) -> tuple[Determination, ...]:  # fmt: skip
    """The determinations that a letter speaks of: the item named by its number (from one), else
    the first that the question asks for; a request for information takes all. Raises `InputError`
    when there is none of that number."""
    if not determinations:
        raise InputError(
            "the question asks for nothing that could be judged, so there is no letter to write",
            do="Ask in this form: Is X medically necessary for this patient?",
        )
    if item is not None:
        if not 1 <= item <= len(determinations):
            n = len(determinations)
            raise InputError(f"there is no item {item}", do=f"Choose an item from 1 to {n}.")
        return (determinations[item - 1],)
    asked = [d for d in determinations if not d.item.secondary] or list(determinations)
    return tuple(determinations) if kind in FOR_ALL else (asked[0],)


def write_letter(
    kind: str,
    story: Story,
    *,
    letterhead: Letterhead | None = None,
    reasons: Sequence[DenialReason] = (),
    language: str = "en",
) -> Article:
    """The letter of that kind on the story's determinations. Raises `LetterRefused` where the
    findings do not carry it, and `SupportError` where a sentence would lack its support."""
    letterhead = letterhead or Letterhead()
    words = load_messages(language)
    named = replace(story.library, concepts=story.library.named_in(language))
    story = replace(story, library=named)
    desk = Desk(story, words, language=language)
    sheet = Sheet(desk, letterhead, desk.story.determinations, tuple(reasons))
    sections = tuple(LETTERS[kind](sheet))
    names = "; ".join(dict.fromkeys(desk.words.item(d.item) for d in story.determinations))
    article = Article(
        title=words.fill(f"letter_title.{kind}", items=names),
        question=quotable(story.case.question),
        as_of=story.case.as_of,
        sections=sections,
        references=tuple(desk.references),
        record=tuple(desk.record),
        program=story.program,
        reader=Reader.CLINICIAN if kind in ("necessity", "appeal") else Reader.REVIEWER,
        language=language,
        kind=kind,
    )
    form = letterhead.words()
    require_support(article, story.case, story.library.concepts, messages=words, form=form)
    return article
