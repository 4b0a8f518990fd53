"""What would be different: what was assumed, what it took the place of, each change it makes."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.model import Block, Determination, Finding, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.dose import dose
from indicated.report.opening import outcome_support, word
from indicated.report.phrases import quotable
from indicated.report.reply import Answered


def what_if(desk: Desk, told: Answered) -> list[Section]:
    """The assumption, and the difference from what stands."""
    now = {d.item.id: d for d in told.after}
    pairs = [(d, now[d.item.id]) for d in told.standing.determinations if d.item.id in now]
    doses = [
        section(f"dose-{n}", desk.heading("reply_dose", item=desk.words.item(new.item)), *blocks)
        for n, (old, new) in enumerate(pairs, 1)
        if new.dose != old.dose and (blocks := dose(desk, new))
    ]
    return [
        section("assumed", desk.heading("reply_assumed"), *_assumed(desk, told)),
        section("stands", desk.heading("reply_stands"), *_outcomes(desk, pairs)),
        section("difference", desk.heading("reply_difference"), *_findings(desk, pairs)),
        *doses,
    ]


def _assumed(desk: Desk, told: Answered) -> Iterator[Block]:
    lines = []
    for fact in told.follow_up.assumed:
        said = desk.fact(fact)
        quote = quotable(fact.sources[0].quote) if fact.sources else ""
        slots = {"fact": said.text, "quote": quote}
        lines.append(
            desk.say("reply.supposed", *said.supports, **slots)
            if quote
            else desk.say("reply.supposed_read", *said.supports, fact=said.text)
        )
    if left := ", ".join(map(quotable, told.follow_up.left)):
        by = desk.made("request", left, key="question")
        lines.append(desk.say("reply.left", by, words=left))
    for id in told.follow_up.without:
        document = told.standing.case.chart.document(id)
        title = quotable(document.title or document.kind)
        lines.append(desk.say("reply.left_out", desk.program(title), title=title))
    yield listing(lines)
    aside = desk.facts(told.aside, limit=12)
    if aside:
        yield paragraph(desk.say("reply.aside", *aside.supports, facts=aside.text))
    elif not told.follow_up.without:
        yield paragraph(desk.say("reply.none_aside", desk.program()))
    yield paragraph(desk.say("reply.not_recorded", desk.program()))


def _outcomes(desk: Desk, pairs: list[tuple[Determination, Determination]]) -> Iterator[Block]:
    changed = []
    for old, new in pairs:
        if old.outcome is not new.outcome:
            before, after = word(desk, old), word(desk, new)
            by = (desk.item(old.item), outcome_support(desk, old), outcome_support(desk, new))
            slots = {"item": desk.words.item(old.item), "outcome": before, "then": after}
            changed.append(desk.say("reply.differs", *by, **slots))
    yield paragraph(*(changed or [desk.say("reply.same", desk.program())]))
    rows = [
        (
            desk.say("necessary.item", desk.item(old.item), item=desk.words.item(old.item)),
            desk.say("determination.outcome", outcome_support(desk, old), outcome=word(desk, old)),
            desk.say("determination.outcome", outcome_support(desk, new), outcome=word(desk, new)),
        )
        for old, new in pairs
    ]
    yield table(desk.header("item", "stands", "assumed"), rows)


def _findings(desk: Desk, pairs: list[tuple[Determination, Determination]]) -> Iterator[Block]:
    rows: list[tuple[Sentence, ...]] = []
    for old, new in pairs:
        before = {f.id: f for f in _flat(old)}
        seen: set[str] = set()
        for finding in _flat(new):
            was = before.get(finding.id)
            if was is not None and was.truth is not finding.truth and finding.id not in seen:
                seen.add(finding.id)
                rows.append(_row(desk, was, finding))
    if not rows:
        yield paragraph(desk.say("reply.no_finding", desk.program()))
        return
    yield table(desk.header("criterion", "stands", "assumed", "patient"), rows)


def _flat(d: Determination) -> Iterator[Finding]:
    def below(finding: Finding) -> Iterator[Finding]:
        yield finding
        for part in finding.parts:
            yield from below(part)

    for finding in d.findings():
        yield from below(finding)
    for other in (*d.parts, *d.beside):
        yield from _flat(other)


def _row(desk: Desk, was: Finding, now: Finding) -> tuple[Sentence, ...]:
    says = desk.made("policy", now.says, key=now.id)

    def truth(finding: Finding) -> Sentence:
        said = desk.m.word("truth", finding.truth.value)
        return desk.say("finding.plain", desk.finding(finding), truth=said)

    facts = desk.facts([f for leaf in now.leaves() for f in leaf.facts], limit=4)
    shown = desk.say("criteria.facts", *facts.supports, facts=facts.text) if facts else None
    return (
        desk.say("criteria.says", says, says=" ".join(now.says.split())),
        truth(was),
        truth(now),
        shown or desk.label("label.nothing"),
    )
