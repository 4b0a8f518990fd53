"""For a student: how findings become an outcome, and why each criterion is there."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.model import Determination, Finding, Role, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.phrases import clean

LESSONS = ("truth", "silence", "routes", "exceptions", "exclusions", "roles", "sources")
GROUPS = ("routes", "exceptions", "exclusions", "requirements", "supporting")


def how_to_read(desk: Desk) -> Section:
    """How to read a finding, and how findings become an outcome."""
    lines = [desk.say(f"teach.{id}", desk.program()) for id in LESSONS]
    return section("how-to-read", desk.heading("how_to_read"), listing(lines))


def why_criteria(desk: Desk) -> Section:
    """Per policy: every criterion with the reason for it and the sources that it rests on."""
    parts = []
    seen: set[str] = set()
    for n, d in enumerate(desk.story.determinations, 1):
        if d.policy is None or d.policy.id in seen:
            continue
        seen.add(d.policy.id)
        rows = list(_rows(desk, d))
        if rows:
            header = desk.header("criterion", "why_there", "source")
            heading = clean(d.policy.title)
            parts.append(section(f"why-{n}", heading, table(header, rows)))
    said = paragraph(desk.say("teach.why_opening", desk.program()))
    return section("why-criteria", desk.heading("why_criteria"), said, parts=parts)


def _rows(desk: Desk, d: Determination) -> Iterator[tuple[Sentence, ...]]:
    seen: set[str] = set()
    for group in GROUPS:
        findings: list[Finding] = []
        for finding in getattr(d, group):
            of = finding.parts if group in ("routes", "exceptions") else (finding,)
            findings += [f for f in of if f.id not in seen]
            seen.update(f.id for f in of)
        if findings:
            yield (desk.label(f"label.{group}"),)
        for finding in findings:
            yield _row(desk, d, finding, group)


def _row(desk: Desk, d: Determination, finding: Finding, group: str) -> tuple[Sentence, ...]:
    by = desk.made("policy", finding.says, key=finding.id)
    sources = desk.cites(finding.cite, d.policy, placed=True)
    return (
        desk.say("criteria.says", by, says=clean(finding.says)),
        _why(desk, d, finding, group),
        desk.say("criteria.source", *sources) if sources else desk.label("label.nothing"),
    )


def _why(desk: Desk, d: Determination, finding: Finding, group: str) -> Sentence:
    """The policy's own reason; where it gives none, what a criterion of this role is for."""
    reason = desk.worded("why", finding, d.policy) or clean(finding.note)
    if reason:
        return desk.say("teach.why", desk.made("policy", reason, key=finding.id), why=reason)
    if group == "exclusions":
        return desk.say("teach.role_exclusion", desk.program())
    role = finding.role if finding.role in Role else Role.ESSENTIAL
    return desk.say(f"teach.role_{role.value}", desk.program())
