"""The notice of a determination: approved, approved with changes or on a condition, or adverse."""

from __future__ import annotations

from indicated.model import Block, Finding, Outcome, Section, Sentence
from indicated.report.desk import listing, paragraph, section, table
from indicated.report.dose import dose
from indicated.report.gaps import missing_table, ways
from indicated.report.letters.frame import closing, letterhead, salutation, subject, trailing
from indicated.report.letters.necessity import refused
from indicated.report.letters.parts import Sheet, criteria_table, deciding, monitoring
from indicated.report.letters.weighed import Held, facts_below, weighed
from indicated.report.opening import (
    asked_otherwise,
    conditions_of,
    open_conditions,
    outcome_support,
    verdict,
)
from indicated.report.phrases import clean
from indicated.truth import MET, NOT_MET

APPEAL = ("appeal.rights", "appeal.deadline", "appeal.address")


def notice(sheet: Sheet) -> list[Section]:
    """The notice. What is open in an open record is no determination: more is asked for instead."""
    d = sheet.d
    closed = sheet.desk.story.case.chart.closed
    undecided = d.outcome is Outcome.CANNOT_DETERMINE and not closed
    if undecided or d.outcome is Outcome.NO_POLICY:
        raise refused(sheet, "notice")
    adverse = d.outcome in (Outcome.NOT_INDICATED, Outcome.CANNOT_DETERMINE)
    partly = d.outcome is not Outcome.INDICATED and not adverse
    body = _adverse(sheet) if adverse else _approval(sheet)
    signs = [sheet.fixed("physician_signs")] if adverse or partly else []
    decided = paragraph(*verdict(sheet.desk, d), *signs)
    end = [_criteria_copy(sheet)]
    if adverse or partly:
        end.append(_appeal_rights(sheet))
    return [
        letterhead(sheet),
        subject(sheet, granted=not adverse),
        salutation(sheet, sheet.fixed("notice_opening")),
        section("direct-answer", sheet.heading("decision"), decided),
        *body,
        *end,
        closing(sheet),
        *trailing(sheet),
    ]


def _criteria_copy(sheet: Sheet) -> Section:
    rows = table((), sheet.rows(["criteria.copy"]))
    return section("copy", sheet.heading("copy"), paragraph(sheet.fixed("criteria_copy")), rows)


def _appeal_rights(sheet: Sheet) -> Section:
    return section("appeal-rights", sheet.heading("appeal_rights"), table((), sheet.rows(APPEAL)))


# --- approved ---------------------------------------------------------------------------------


def _approval(sheet: Sheet) -> list[Section]:
    desk, d = sheet.desk, sheet.d
    parts = []
    if d.outcome is Outcome.CONDITIONAL:
        conditions, by = conditions_of(desk, d)
        said = desk.say("letter.condition", *by, conditions=conditions)
        parts.append(section("condition", sheet.heading("condition"), paragraph(said)))
    if required := [("requirements", f) for f in d.requirements]:
        rows = criteria_table(sheet, required, grouped=False)
        parts.append(section("requirements", sheet.heading("requirements"), *rows))
    if block := dose(desk, d):
        parts.append(section("dose", desk.heading("dose"), *block))
    ways_met = [(g, f) for g, f in deciding(d) if g != "requirements"]
    rows = criteria_table(sheet, ways_met)
    parts.append(section("letter-criteria", sheet.heading("criteria"), *rows))
    parts.append(section("monitoring", sheet.heading("monitoring"), *monitoring(sheet)))
    return parts


# --- adverse ----------------------------------------------------------------------------------


def _adverse(sheet: Sheet) -> list[Section]:
    """The reason, the criteria it rests on with the patient's data, and what would change it."""
    desk, d = sheet.desk, sheet.d
    because = clean(d.because)
    reason = [desk.say("letter.reason", outcome_support(desk, d), because=because)]
    if d.outcome is Outcome.CANNOT_DETERMINE:
        reason.append(sheet.fixed("not_shown"))
    open_too = d.outcome is Outcome.CANNOT_DETERMINE
    against = [h for h in weighed(d) if _against(h, open_too=open_too)]
    lines = list(dict.fromkeys(_specific(sheet, h) for h in against))
    stands = [(g, f) for g, f in deciding(d) if _stands_against(g, f)]
    rows = criteria_table(sheet, stands, depth=2)
    why = section("reason", sheet.heading("reason_of"), paragraph(*reason), listing(lines))
    return [
        why,
        section("letter-criteria", sheet.heading("criteria_not_met"), *rows),
        section("missing", sheet.heading("change"), *_change(sheet)),
    ]


def _against(h: Held, *, open_too: bool) -> bool:
    """Whether a criterion is a reason; what is only open is one where the record is closed."""
    if h.group == "supporting" or h.speaks is MET:
        return False
    return open_too or h.speaks is NOT_MET


def _specific(sheet: Sheet, h: Held) -> Sentence:
    """One criterion that the decision rests on, with what the record says on it."""
    desk = sheet.desk
    says = clean(h.finding.says).removesuffix(".")
    words = "truth_exclusion" if h.group == "exclusions" else "truth"
    truth = desk.m.word(words, h.finding.truth.value)
    by = desk.made("policy", h.finding.says, key=h.finding.id)
    found = desk.finding(h.finding, group=words)
    told = desk.facts(facts_below(h.finding), limit=3)
    if told is None:
        return desk.say("letter.specific", by, found, says=says, truth=truth)
    slots = {"says": says, "truth": truth, "facts": told.text}
    return desk.say("letter.specific_facts", by, found, *told.supports, **slots)


def _stands_against(group: str, finding: Finding) -> bool:
    """Whether a top finding is a reason: a way or requirement not met, an exclusion that is."""
    return (finding.truth is MET) if group == "exclusions" else (finding.truth is not MET)


def _change(sheet: Sheet) -> list[Block]:
    desk, d = sheet.desk, sheet.d
    lines = [
        desk.say("letter.exception", by, condition=text.removesuffix("."))
        for text, by in (*open_conditions(desk, d), *asked_otherwise(desk, d))
    ]
    blocks = [listing([*ways(desk, d), *lines]), *missing_table(desk, d)]
    if lines or d.missing or d.settles:
        return blocks
    return [paragraph(sheet.fixed("new_facts"))]
