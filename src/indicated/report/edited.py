"""Sentences that a person worded otherwise: theirs stand, cited to them; the others are told.

It is done on the finished sections, so that every citation keeps its number: the persons' words are
numbered last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from indicated.model import Block, Edit, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph
from indicated.report.phrases import quotable
from indicated.report.tiles import LABEL
from indicated.report.trail import passage

# What a person changes by deciding, not by wording; what is quoted; and what is fixed.
_KEPT = (
    "answer.", "determination.", "necessary.", "finding.", "label.", "record.", "references.",
    "question.", "review.", "method.", "edited.", "disclaimer.",
)  # fmt: skip


def editable(sentence: Sentence) -> bool:
    """Whether a person may word it otherwise: not a verdict, a quotation, or a fixed phrase.

    >>> editable(Sentence("Infusions are watched.", (), "statement.says"))
    True
    >>> editable(Sentence("It is indicated.", (), "answer.decided"))
    False
    """
    return bool(without_labels(sentence.text)) and not sentence.id.startswith(_KEPT)


def with_edits(desk: Desk, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections with the persons' sentences. What was changed stands once more under how it was
    decided, for every reader: other readers' sentences differ, and hold no such change."""
    edits = desk.story.case.edits
    if not edits:
        return sections
    before = len(desk.record)
    new = {edit.was: _now(desk, edit) for edit in edits}
    told = [_told(desk, edit) for edit in edits]
    rows = tuple(passage(desk, source) for _, source in desk.record[before:])
    changed = [_section(s, new) for s in sections]
    return tuple(_added(desk, s, rows, told) for s in changed)


def without_labels(text: str) -> str:
    """A sentence without its citations, as a person would write it.

    >>> without_labels("IgG is low. [P3] [12, Table 1]")
    'IgG is low.'
    """
    return " ".join(LABEL.sub(" ", text).split()).replace(" .", ".")


def _now(desk: Desk, edit: Edit) -> Sentence:
    return desk.say("edited.now", desk.source(edit.said), words=quotable(edit.said.quote))


def _told(desk: Desk, edit: Edit) -> Sentence:
    was, now = quotable(without_labels(edit.was)), quotable(edit.said.quote)
    return desk.say("edited.was", desk.program(was), desk.source(edit.said), was=was, now=now)


def _section(section: Section, new: Mapping[str, Sentence]) -> Section:
    blocks = tuple(_block(b, new) for b in section.blocks)
    return replace(section, blocks=blocks, parts=tuple(_section(p, new) for p in section.parts))


def _block(block: Block, new: Mapping[str, Sentence]) -> Block:
    if block.kind == "figure":  # drawn from its own words
        return block
    sentences = tuple(new.get(s.text, s) for s in block.sentences)
    rows = tuple(tuple(new.get(s.text, s) for s in row) for row in block.rows)
    return replace(block, sentences=sentences, rows=rows)


def _added(
    desk: Desk, section: Section, rows: tuple[tuple[Sentence, ...], ...], told: list[Sentence]
) -> Section:
    if section.id == "record":
        *first, last = section.blocks
        if last.kind == "table":
            return replace(section, blocks=(*first, replace(last, rows=(*last.rows, *rows))))
    if section.id == "provenance":
        opening = paragraph(desk.say("edited.opening", desk.program()))
        return replace(section, blocks=(*section.blocks, opening, listing(told)))
    return section
