"""The frame of a letter: who writes to whom, when, about what; how it closes, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from indicated.model import Block, Section, Sentence, Source, When
from indicated.report import opening, trail
from indicated.report.desk import lines, listing, paragraph, section, table
from indicated.report.letters.parts import Sheet, only, requested

SENDER = ("sender.organisation", "sender.address", "sender.contact")
RECIPIENT = (
    "recipient.name", "recipient.organisation", "recipient.address", "recipient.contact",
)  # fmt: skip
MEMBER = ("member.name", "member.id", "member.birth_date", "case.number")
SIGNER = ("signer.name", "signer.role", "signer.license", "signer.contact")


def letterhead(sheet: Sheet) -> Section:
    """The sender, the day, the recipient: lines without a heading, as on any letter."""
    sender, recipient = sheet.lines(*SENDER), sheet.lines(*RECIPIENT)
    return section("letterhead", "", lines(*sender), lines(_dated(sheet)), lines(*recipient))


def _dated(sheet: Sheet) -> Sentence:
    desk = sheet.desk
    day = desk.words.when(When.on(desk.story.case.as_of))
    return desk.say("letter.dated", desk.program(day), day=day)


def subject(
    sheet: Sheet, keys: Sequence[str] = MEMBER, *, granted: bool = True, id: str = "re"
) -> Section:
    """What the letter is about: the member with the numbers, the request with codes and dates."""
    rows = sheet.rows(keys)
    for d in sheet.determinations:
        rows += requested(only(sheet, d), granted=granted)
    return section("request", sheet.heading(id), table((), rows))


def salutation(sheet: Sheet, *opening: Sentence) -> Section:
    """The recipient by name, where one was given, and the first words of the letter."""
    desk, named = sheet.desk, sheet.letterhead.lines("recipient.name")
    if named:
        name = ", ".join(named)
        by = desk.made("form", *named, name, key="recipient.name")
        said = desk.say("letter.dear", by, name=name)
    else:
        said = sheet.fixed("dear_nobody")
    return section("salutation", "", paragraph(said), paragraph(*opening))


def closing(sheet: Sheet) -> Section:
    """The last words, and the line to sign above the signer's name, title, license, telephone."""
    said = paragraph(sheet.fixed("signs")), paragraph(sheet.fixed("sincerely"))
    return section(
        "signature", "", *said, lines(sheet.fixed("signature_line"), *sheet.lines(*SIGNER))
    )


def enclosures(sheet: Sheet) -> list[Section]:
    """The documents of the record that the letter cites, to be sent with it; none, no section."""
    desk = sheet.desk
    by_document: dict[str, list[Source]] = {}
    for _, source in desk.record:
        by_document.setdefault(source.document, []).append(source)
    listed = [_enclosed(sheet, sources) for sources in by_document.values()]
    return [section("enclosures", sheet.heading("enclosures"), listing(listed))] if listed else []


def _enclosed(sheet: Sheet, sources: Sequence[Source]) -> Sentence:
    """One document: its title and day, and under which labels it is cited."""
    desk = sheet.desk
    by = [desk.source(source) for source in sources]
    title = desk.document_title(sources[0], page=False)
    day = desk.document_day(sources[0])
    if day is None:
        return desk.say("letter.enclosed", desk.program(title), *by, title=title)
    written = desk.words.when(When.on(day))
    told = {"title": title, "day": written}
    return desk.say("letter.enclosed_dated", desk.program(title, written), *by, **told)


def review(sheet: Sheet) -> Section:
    """The state of review, which a page prints here; what wrote it, and how far the criteria were
    reviewed themselves."""
    desk = sheet.desk
    day = desk.words.when(When.on(desk.story.case.as_of))
    program = desk.story.program
    written = desk.say("letter.written", desk.program(day), day=day, program=program)
    stated = opening.review(desk)
    said = [s for b in stated.blocks for s in b.sentences if s.id == "review.policies"]
    return section(stated.id, stated.heading, paragraph(written, *said))


def trailing(sheet: Sheet) -> list[Section]:
    """The state of review; references, the passages cited, how it was decided: numbered as this
    letter cites them."""
    desk = sheet.desk
    said: Block = paragraph(sheet.fixed("disclaimer"))
    last = section("disclaimer", desk.heading("disclaimer"), said)
    return [review(sheet), trail.references(desk), trail.record(desk), trail.method(desk), last]
