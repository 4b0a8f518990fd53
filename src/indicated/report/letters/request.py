"""The request for information: every missing item on one line, what settles most first."""

from __future__ import annotations

from datetime import timedelta

from indicated.model import Block, Missing, Outcome, Role, Section, Sentence, When
from indicated.report.desk import listing, paragraph, section, table
from indicated.report.gaps import asked_together, by_need, ways
from indicated.report.letters.frame import closing, letterhead, salutation, subject, trailing
from indicated.report.letters.parts import Sheet, only
from indicated.report.phrases import clean

OPEN = (Outcome.CANNOT_DETERMINE, Outcome.CONDITIONAL)


def request(sheet: Sheet) -> list[Section]:
    """The request, item by item; that nothing is missing, where nothing is."""
    parts = [
        _item(only(sheet, d), f"missing-{n}")
        for n, d in enumerate(sheet.determinations, 1)
        if d.missing and d.outcome in OPEN
    ]
    opening = "request_opening" if parts else "nothing_missing"
    if sheet.desk.story.case.chart.closed:
        opening = "request_closed"
        parts = []
    return [
        letterhead(sheet),
        subject(sheet, granted=False),
        salutation(sheet, sheet.fixed(opening)),
        *([section("missing", sheet.heading("wanted"), parts=parts)] if parts else []),
        *([_answer(sheet)] if parts else []),
        closing(sheet),
        *trailing(sheet),
    ]


def _item(sheet: Sheet, id: str) -> Section:
    """One item: fewest answers first, each with what it would change."""
    heading = sheet.heading("item", item=sheet.item)
    lines = [_line(sheet, group) for group in asked_together(by_need(sheet.d))]
    return section(id, heading, listing(ways(sheet.desk, sheet.d)[:1]), listing(lines))


def _line(sheet: Sheet, group: list[Missing]) -> Sentence:
    desk, d = sheet.desk, sheet.d
    first = group[0]
    asks = clean(first.ask or first.what).removesuffix(".")
    by = desk.made("policy", asks, key=first.id)
    met, not_met = (desk.outcome_word(o) for o in (first.if_met, first.if_not_met))
    if all(m.role is Role.SUPPORTING for m in group):
        return desk.say("letter.wanted_support", by, ask=asks)
    if first.if_met is d.computed and first.if_not_met is d.computed:
        return desk.say("letter.wanted_with_others", by, ask=asks)
    leads = [desk.computed(met, key=f"{first.id}:met")]
    leads.append(desk.computed(not_met, key=f"{first.id}:not_met"))
    return desk.say("letter.wanted", by, *leads, ask=asks, met=met, not_met=not_met)


def _answer(sheet: Sheet) -> Section:
    """By when and where to answer."""
    rows: list[tuple[Sentence, ...]] = [(sheet.label("answer_days"), _by(sheet))]
    rows += sheet.rows(["answer.address"])
    blocks: list[Block] = [table((), rows), paragraph(sheet.fixed("silence"))]
    return section("answer", sheet.heading("answer_by"), *blocks)


def _by(sheet: Sheet) -> Sentence:
    desk, days = sheet.desk, sheet.letterhead.days
    if days is None:
        return sheet.field("answer.days")
    as_of = desk.story.case.as_of
    end = as_of + timedelta(days=days)
    n, day = str(days), desk.words.when(When.on(end))
    by = desk.computed(day, key="answer.days")
    return desk.say("letter.answer_by", desk.made("form", n, key="answer.days"), by, n=n, day=day)
