"""The appeal: each stated reason of the denial quoted, and answered from the record or conceded."""

from __future__ import annotations

from indicated.model import Block, Finding, Outcome, Section, Sentence
from indicated.report.desk import listing, paragraph, section, table
from indicated.report.dose import dose
from indicated.report.letters.answers import Answer, answer
from indicated.report.letters.frame import (
    MEMBER,
    closing,
    enclosures,
    letterhead,
    salutation,
    subject,
    trailing,
)
from indicated.report.letters.necessity import case_for
from indicated.report.letters.parts import Sheet, criteria_table
from indicated.report.letters.weighed import Held, open_leaves
from indicated.report.opening import outcome_support, word
from indicated.report.phrases import clean, quotable, shortened
from indicated.report.standing import status_rows
from indicated.truth import NOT_MET

# How a reason came out, with the outcome whose colour and sign it takes.
VERDICTS = {
    "answered": Outcome.INDICATED,
    "in_part": Outcome.CONDITIONAL,
    "conceded": Outcome.NOT_INDICATED,
    "open": Outcome.CANNOT_DETERMINE,
    "not_a_criterion": Outcome.NO_POLICY,
    "unplaced": Outcome.NO_POLICY,
}


def appeal(sheet: Sheet) -> list[Section]:
    """The letter: the denial first, reason by reason; then the whole case."""
    concepts = sheet.desk.story.library.concepts
    answers = [answer(reason, sheet.d, concepts) for reason in sheet.reasons]
    return [
        letterhead(sheet),
        subject(sheet, (*MEMBER, "case.denial_date")),
        salutation(sheet, *_opening(sheet, answers)),
        _reasons(sheet, answers),
        *case_for(sheet),
        section("asks", sheet.heading("asks"), paragraph(*_asks(sheet))),
        closing(sheet),
        *enclosures(sheet),
        *trailing(sheet),
    ]  # fmt: skip


def _opening(sheet: Sheet, answers: list[Answer]) -> list[Sentence]:
    desk = sheet.desk
    outcome = word(desk, sheet.d)
    said = [
        sheet.fixed("appeal_opening"),
        desk.say("letter.assessed", outcome_support(desk, sheet.d), outcome=outcome),
    ]
    for verdict in VERDICTS:
        if n := sum(a.verdict == verdict for a in answers):
            by = desk.computed(str(n))
            said.append(desk.say(f"letter.count_{verdict}", by, n=str(n)))
    return said


def _asks(sheet: Sheet) -> list[Sentence]:
    return [sheet.fixed(id) for id in ("ask_criteria", "ask_reviewer", "ask_records")]


# --- reason by reason -------------------------------------------------------------------------


def _reasons(sheet: Sheet, answers: list[Answer]) -> Section:
    heading = sheet.heading("reasons")
    if not answers:
        return section("reasons", heading, paragraph(sheet.fixed("no_reason")))
    parts = [_reason(sheet, a, n) for n, a in enumerate(answers, 1)]
    return section("reasons", heading, paragraph(sheet.fixed("reasons")), parts=parts)


def _reason(sheet: Sheet, a: Answer, n: int) -> Section:
    desk = sheet.desk
    words = shortened(quotable(a.reason.source.quote))
    quoted = desk.say("letter.denial_says", desk.source(a.reason.source), words=words)
    word = desk.m.word("letter_verdict", a.verdict)
    ruled = desk.say("letter.verdict", desk.made("finding", word), verdict=word)
    blocks = [
        paragraph(quoted),
        Block("note", (ruled,), tone=VERDICTS[a.verdict].value),
        *_held(sheet, a.held),
        *(dose(desk, sheet.d) if a.dose else []),
        *_standing(sheet, a),
        *_closing(sheet, a),
    ]
    return section(f"reason-{n}", sheet.heading("reason", n=str(n)), *blocks)


def _held(sheet: Sheet, held: tuple[Held, ...]) -> list[Block]:
    """The criteria that the reason is about, with the patient's data."""
    return criteria_table(sheet, [(h.group, h.finding) for h in held], grouped=False)


def _standing(sheet: Sheet, a: Answer) -> list[Block]:
    if not a.standing or sheet.d.policy is None:
        return []
    return [table((), status_rows(sheet.desk, sheet.d.policy))]


def _closing(sheet: Sheet, a: Answer) -> list[Block]:
    """What follows: what is conceded, what to send for what is open, which other way is met."""
    desk = sheet.desk
    said = []
    for h in a.held:
        by = desk.made("policy", h.finding.says, key=h.finding.id)
        says = clean(h.finding.says).removesuffix(".")
        if h.speaks is NOT_MET and h.group != "supporting":
            said.append(desk.say("letter.conceded", by, says=says))
        elif not h.speaks.known:
            said += _to_send(sheet, open_leaves(sheet.d, h.finding))
    for leaf in a.yielded:
        says = clean(leaf.says).removesuffix(".")
        said.append(
            desk.say("letter.yielded", desk.made("policy", leaf.says, key=leaf.id), says=says)
        )
    if a.verdict in ("not_a_criterion", "unplaced"):
        said.append(sheet.fixed(a.verdict))
    return [paragraph(*said) if len(said) == 1 else listing(said)] if said else []


def _to_send(sheet: Sheet, leaves: list[Finding]) -> list[Sentence]:
    """What is open, with what to send for it: each thing to send once."""
    by_ask: dict[str, list[Finding]] = {}
    for leaf in leaves:
        by_ask.setdefault(clean(leaf.ask).removesuffix("."), []).append(leaf)
    return [
        sheet.desk.say(
            "letter.to_send",
            *map(sheet.desk.asked, open_),
            says="; ".join(clean(leaf.says).removesuffix(".") for leaf in open_),
            ask=ask,
        )
        for ask, open_ in by_ask.items()
    ]
