"""The answer to a follow-up question, as an article of its own: same desk, same checks.

References and passages keep the numbers that they have in the article that stands, so that "source
3" is the same source in a whole conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from indicated.messages import Messages, load_messages
from indicated.model import (
    Article,
    Assessment,
    Block,
    Determination,
    Drift,
    Fact,
    Facts,
    FollowUp,
    FollowUpKind,
    Library,
    Section,
    Sentence,
    Support,
    Turn,
)
from indicated.report.care import follow_ups
from indicated.report.cite import require_support
from indicated.report.desk import Desk, Story, listing, paragraph, section
from indicated.report.phrases import quotable
from indicated.report.trail import cited_passages, cited_references


@dataclass(frozen=True)
class Answered:
    """Everything an answer is written from."""

    follow_up: FollowUp
    standing: Assessment
    facts: Facts  # as supposed, where something is
    aside: tuple[Fact, ...]  # facts of the record that were set aside for this answer
    after: tuple[Determination, ...]  # judged as supposed; empty where nothing is
    other: Determination | None
    drift: Drift
    turns: tuple[Turn, ...]

    @property
    def items(self) -> tuple[Determination, ...]:
        """The determinations that the question is about: the ones named, or all."""
        every, ids = self.standing.determinations, self.follow_up.items
        return tuple(d for d in every if d.item.id in ids) if ids else every


Writer = Callable[[Desk, Answered], Sequence[Section]]


def write_reply(
    told: Answered, library: Library, *, program: str, messages: Messages | None = None
) -> Article:
    """The answer. Raises `SupportError` where a sentence would lack its support."""
    from indicated.report.replies import WRITERS  # the answers by kind, which use this frame

    case, standing = told.standing.case, told.standing
    reader, language = standing.article.reader, standing.article.language
    words = messages or load_messages(language, reader)
    library = replace(library, concepts=library.named_in(language))
    asked = told.follow_up.text or told.follow_up.words
    case = replace(case, question=f"{case.question}\n{asked}")
    judged = told.after or standing.determinations
    story = Story(case, told.facts, standing.items, standing.premises, judged, library, program)
    desk = Desk(story, words, reader, language)
    desk.references = list(standing.article.references)
    desk.record = list(standing.article.record)
    kind = told.follow_up.kind
    sections = [_opening(desk, told), *WRITERS[kind](desk, told)]
    if told.drift and kind is not FollowUpKind.CHANGED:
        sections.append(WRITERS[FollowUpKind.CHANGED](desk, told)[0])
    sections += [s for s in (*_trail(desk, sections), _limits(desk)) if s.blocks]
    article = Article(
        title=desk.heading("reply"),
        question=quotable(told.follow_up.words),
        as_of=case.as_of,
        sections=tuple(sections),
        references=tuple(desk.references),
        record=tuple(desk.record),
        program=program,
        reader=reader,
        language=language,
        kind="answer",
    )
    require_support(article, case, library.concepts, messages=words)
    return article


def _opening(desk: Desk, told: Answered) -> Section:
    """How the question was understood, or that it was not and what can be asked."""
    kind, heading = told.follow_up.kind, desk.heading("reply_understood")
    words = quotable(told.follow_up.words)
    support = desk.made("request", words, key="question")
    asked = paragraph(desk.say("question.asked", support, question=words))
    if kind is FollowUpKind.NOTHING:
        lines = [desk.say("reply.nothing", desk.program())]
        if left := ", ".join(map(quotable, told.follow_up.left)):
            by = desk.made("request", left, key="question")
            lines.append(desk.say("reply.unread", by, words=left))
        return section("understood", heading, asked, paragraph(*lines))
    names, supports = named(desk, told.items)
    said = paragraph(
        desk.say(f"reply.as_{kind.value}", *supports, items=names),
        *([desk.say("reply.proposed", desk.program())] if told.follow_up.proposed else []),
    )
    return section("understood", heading, asked, said)


def named(desk: Desk, determinations: Sequence[Determination]) -> tuple[str, list[Support]]:
    """The items in one phrase; a word for none."""
    names = list(dict.fromkeys(desk.words.item(d.item) for d in determinations))
    if not names:
        none = desk.m.word("reply", "no_item")
        return none, [desk.program(none)]
    return "; ".join(names), [desk.item(d.item) for d in determinations]


def can_ask(desk: Desk, told: Answered) -> list[Section]:
    """The questions that can be asked of this very case."""
    n = str(len(told.standing.article.references))
    lines = [desk.say(f"reply.can_{k}", desk.program()) for k in ("what_if", "missing", "appeal")]
    if told.standing.article.references:
        lines.append(desk.say("reply.can_source", desk.program(n), n=n))
    lines += [desk.say(f"reply.can_{k}", desk.program()) for k in ("changed", "summary")]
    asked = [s for b in follow_ups(desk).blocks for s in b.sentences]
    return [section("can-ask", desk.heading("reply_can"), listing([*asked, *lines]))]


# --- what the answer rests on -------------------------------------------------------------------


def _trail(desk: Desk, sections: Sequence[Section]) -> list[Section]:
    """The sources and passages that the answer cites, under the article's numbers."""
    labels = {s.label for sentence in _sentences(sections) for s in sentence.support}
    return [
        cited_references(desk, [int(x) for x in labels if x.isdigit()]),
        cited_passages(desk, [x for x in labels if x.startswith("P")]),
    ]


def _sentences(sections: Sequence[Section]) -> list[Sentence]:
    found: list[Sentence] = []
    for s in sections:
        for block in s.blocks:
            found += [*block.sentences, *(cell for row in block.rows for cell in row)]
        found += _sentences(s.parts)
    return found


def _limits(desk: Desk) -> Section:
    said = [desk.say(f"disclaimer.{id}", desk.program()) for id in ("support", "scope")]
    return section("disclaimer", desk.heading("disclaimer"), paragraph(*said))


def blocks_of(article: Article, id: str) -> tuple[Block, ...]:
    """The blocks of a section of the article that stands."""

    def find(sections: Sequence[Section]) -> tuple[Block, ...]:
        for s in sections:
            if s.id == id:
                return s.blocks
            if found := find(s.parts):
                return found
        return ()

    return find(article.sections)
