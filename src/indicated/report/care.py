"""Pitfalls, safety and monitoring, the summary, and the questions a reader may ask next."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.model import Determination, Finding, Outcome, Policy, Section, Sentence, Statement
from indicated.report.desk import Desk, listing, paragraph, section
from indicated.report.opening import conditions_of, first_asks, outcome_support, word
from indicated.report.phrases import clean
from indicated.truth import MET, UNKNOWN

FOLLOW_UPS = 8


def _policies(desk: Desk) -> list[Policy]:
    found = {d.policy.id: d.policy for d in desk.story.determinations if d.policy}
    return list(found.values())


def pitfalls(desk: Desk) -> Section:
    """Mistakes that the policies warn of; a conditional one only where the chart calls it up."""
    lines = []
    called = [s for d in desk.story.determinations for s, _ in d.warnings]
    for policy in _policies(desk):
        for statement in policy.pitfalls:
            if statement.when is None or statement in called:
                lines.append(_statement(desk, statement, policy))
    blocks = [listing(lines)] if lines else [paragraph(desk.say("pitfalls.none", desk.program()))]
    return section("pitfalls", desk.heading("pitfalls"), *blocks)


def _statement(desk: Desk, statement: Statement, policy: Policy) -> Sentence:
    told = desk.statement(statement, policy)
    return desk.say("statement.says", *told.supports, says=told.text)


def safety(desk: Desk) -> Section:
    """Warnings that this chart calls up, with its data; then general safety; then monitoring."""
    called = [s for d in desk.story.determinations for s in _called(desk, d)]
    general, monitoring = [], []
    for policy in _policies(desk):
        for statement in policy.safety:
            if statement.when is None:
                general.append(_statement(desk, statement, policy))
        monitoring += [_statement(desk, s, policy) for s in policy.monitoring]
    parts = [
        section(f"monitoring-{id}", desk.heading(f"safety_{id}"), listing(lines))
        for id, lines in (("chart", called), ("general", general), ("monitoring", monitoring))
        if lines
    ]
    nothing = [] if parts else [paragraph(desk.say("safety.none", desk.program()))]
    return section("monitoring", desk.heading("safety"), *nothing, parts=parts)


def _called(desk: Desk, d: Determination) -> Iterator[Sentence]:
    if d.policy is None:
        return
    for statement, finding in d.warnings:
        if statement.when is None or statement not in d.policy.safety:
            continue  # stands under general safety, or under pitfalls
        told = desk.statement(statement, d.policy)
        if finding is None:
            yield desk.say("statement.says", *told.supports, says=told.text)
        elif finding.truth is MET:
            yield _warning(desk, told.text, told.supports, finding)
        elif finding.truth is UNKNOWN:
            by = desk.made("finding", finding.says, key=finding.id)
            slots = {"says": told.text, "condition": clean(finding.says)}
            yield desk.say("safety.unknown", *told.supports, by, **slots)


def _warning(desk: Desk, says: str, supports: tuple, finding: Finding) -> Sentence:  # type: ignore[type-arg]
    told = desk.facts([f for leaf in finding.leaves() for f in leaf.facts], limit=4)
    if told is None:
        return desk.say("statement.says", *supports, says=says)
    return desk.say("safety.called", *supports, *told.supports, says=says, facts=told.text)


# --- summary and follow-ups -------------------------------------------------------------------


def summary(desk: Desk) -> Section:
    """One line per item: the determination, its condition, and what to ask for first."""
    lines = [_summary(desk, d) for d in desk.story.determinations]
    blocks = [listing(lines)] if lines else [paragraph(desk.say("answer.nothing", desk.program()))]
    return section("summary", desk.heading("summary"), *blocks)


def _summary(desk: Desk, d: Determination) -> Sentence:
    item, outcome = desk.item(d.item), outcome_support(desk, d)
    told = {"item": desk.words.item(d.item), "outcome": word(desk, d)}
    if d.outcome is Outcome.CONDITIONAL:
        conditions, supports = conditions_of(desk, d)
        by = (item, outcome, *supports)
        return desk.say("summary.conditional", *by, **told, conditions=conditions)
    if d.outcome is Outcome.INDICATED_WITH_CHANGES and d.dose and d.dose.fits:
        fits = clean(d.dose.fits)
        by = (item, outcome, desk.computed(fits, key=d.item.id))
        return desk.say("summary.changes", *by, **told, fits=fits)
    asks = first_asks(d)
    if d.outcome is Outcome.CANNOT_DETERMINE and asks and not desk.story.case.chart.closed:
        supports = [desk.made("policy", a, key=d.item.id) for a in asks]
        asked = "; ".join(a.removesuffix(".") for a in asks)
        return desk.say("summary.open", item, outcome, *supports, **told, asks=asked)
    return desk.say("summary.decided", item, outcome, **told)


def follow_ups(desk: Desk) -> Section:
    """Questions that the same engine can answer next: of the open items, and of the policies."""
    lines = []
    for d in desk.story.determinations:
        name = desk.words.item(d.item)
        lines.append(desk.say("followup.why", desk.item(d.item), item=name))
        for m in d.missing[:2]:
            what = clean(m.what)
            by = desk.made("finding", what, key=m.id)
            lines.append(desk.say("followup.missing", by, desk.item(d.item), what=what, item=name))
    for policy in _policies(desk):
        for asked in policy.questions:
            by = desk.made("policy", asked, key=policy.id)
            lines.append(desk.say("followup.policy", by, question=clean(asked)))
    if not lines:
        return section(
            "follow-ups",
            desk.heading("followup"),
            paragraph(desk.say("answer.nothing", desk.program())),
        )
    return section("follow-ups", desk.heading("followup"), listing(lines[:FOLLOW_UPS]))
