"""The letter of medical necessity: written only where the findings carry it, refused elsewhere."""

from __future__ import annotations

from indicated.errors import SupportError
from indicated.model import Finding, Outcome, Section
from indicated.report.desk import paragraph, section, table
from indicated.report.dose import dose
from indicated.report.gaps import missing_table
from indicated.report.letters.frame import (
    closing,
    enclosures,
    letterhead,
    salutation,
    subject,
    trailing,
)
from indicated.report.letters.parts import Sheet, criteria_table, deciding, monitoring, supporting
from indicated.report.opening import first_asks, verdict
from indicated.report.phrases import clean
from indicated.report.standing import evidence, status_rows
from indicated.truth import MET, NOT_MET

CARRIED = (Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES, Outcome.CONDITIONAL)


class LetterRefused(SupportError):
    """The findings do not carry the letter that was asked for."""


def necessity(sheet: Sheet) -> list[Section]:
    """The letter, from the request to the signature."""
    if sheet.d.computed not in CARRIED:
        raise refused(sheet, "necessity")
    return [
        letterhead(sheet),
        subject(sheet),
        salutation(sheet, sheet.fixed("necessity_opening")),
        *case_for(sheet),
        closing(sheet),
        *enclosures(sheet),
        *trailing(sheet),
    ]  # fmt: skip


def case_for(sheet: Sheet) -> list[Section]:
    """What speaks for the request, and, on the same page, what does not."""
    desk, d = sheet.desk, sheet.d
    held = "criteria" if d.computed in CARRIED else "criteria_not_met"
    found = [
        section("direct-answer", sheet.heading("answer"), paragraph(*verdict(desk, d))),
        section("letter-criteria", sheet.heading(held), *criteria_table(sheet, deciding(d))),
    ]
    if block := dose(desk, d):
        found.append(section("dose", desk.heading("dose"), *block))
    if aside := criteria_table(sheet, supporting(d)):
        said = paragraph(sheet.fixed("supporting"))
        found.append(section("supporting", sheet.heading("supporting"), said, *aside))
    if d.policy:
        rows = table((), status_rows(desk, d.policy))
        found.append(section("status", sheet.heading("standing"), *evidence(desk, d.policy), rows))
    found.append(section("monitoring", sheet.heading("monitoring"), *monitoring(sheet)))
    if d.missing:
        said = paragraph(sheet.fixed("still_open"))
        found.append(section("missing", sheet.heading("open"), said, *missing_table(desk, d)))
    return found


def refused(sheet: Sheet, kind: str) -> LetterRefused:
    """Why the letter is not written: the determination, the criteria in its way, what to add."""
    desk, d = sheet.desk, sheet.d
    m = desk.m
    outcome = desk.outcome_word(d.computed)
    says = {"item": sheet.item, "outcome": outcome}
    lines = [m.fill(f"letter_refusal.{kind}", **says)]
    if d.computed is Outcome.NOT_INDICATED:
        standing = against(d.routes, d.exclusions)
        lines += [m.fill("letter_refusal.not_met", says=s) for s in standing]
    if d.computed is Outcome.CANNOT_DETERMINE:
        lines += [m.fill("letter_refusal.add", ask=a.removesuffix(".")) for a in first_asks(d)]
    do = {
        Outcome.CANNOT_DETERMINE: "letter_refusal.do_add",
        Outcome.NO_POLICY: "letter_refusal.do_no_policy",
    }.get(d.computed, "letter_refusal.do_other")
    why = m.template("letter_refusal.why")
    return LetterRefused("\n  ".join(lines), why=why, do=m.template(do))


def against(routes: tuple[Finding, ...], exclusions: tuple[Finding, ...]) -> list[str]:
    """The criteria that stand against the request: not met on a way to qualify, or ruling out."""
    found = [part for r in routes for part in r.parts or (r,) if part.truth is NOT_MET]
    found += [f for f in exclusions if f.truth is MET]
    return list(dict.fromkeys(clean(f.says).removesuffix(".") for f in found))
