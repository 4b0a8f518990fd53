"""The answers by kind: each a few sections of what the assessment that stands already holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from indicated.model import Determination, FollowUpKind, Outcome, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.dose import dose
from indicated.report.gaps import missing_table, ways
from indicated.report.opening import first_asks, outcome_support, word
from indicated.report.phrases import clean
from indicated.report.reply import Answered, Writer, can_ask
from indicated.report.reply_source import source
from indicated.report.reply_why import appeal, decided, every_finding, policy, why
from indicated.report.supposed import what_if


def nothing(desk: Desk, told: Answered) -> list[Section]:
    """What can be asked instead."""
    return can_ask(desk, told)


def missing(desk: Desk, told: Answered) -> list[Section]:
    """What settles each item and how to get it."""
    sections = []
    about = told.follow_up.findings
    for n, d in enumerate(told.items, 1):
        if about and (kept := tuple(m for m in d.missing if m.id in about)):
            d = replace(d, missing=kept, settles=())
        if d.missing:
            heading = desk.heading("reply_missing", item=desk.words.item(d.item))
            asks = [
                desk.say("answer.ask", desk.made("policy", a, key=d.item.id), ask=a)
                for a in first_asks(d)
            ]
            sections.append(
                section(
                    f"missing-{n}",
                    heading,
                    listing(asks),
                    listing(ways(desk, d)),
                    *missing_table(desk, d),
                )
            )
    if sections:
        return sections
    none = paragraph(desk.say("missing.none", desk.program()))
    return [section("missing", desk.heading("missing"), none)]


def doses(desk: Desk, told: Answered) -> list[Section]:
    """The request against every range, at the weight that the question supposes where it does."""
    supposed = what_if(desk, told)[:1] if told.follow_up.assumed else []
    ids = {d.item.id for d in told.items}
    judged = [d for d in (told.after or told.items) if d.item.id in ids]
    ruled = [d for d in judged if d.dose or (d.policy and d.policy.dose)] or judged
    return [*supposed, *(_dose(desk, d, n) for n, d in enumerate(ruled, 1))]


def _dose(desk: Desk, d: Determination, n: int) -> Section:
    heading = desk.heading("reply_dose", item=desk.words.item(d.item))
    if blocks := dose(desk, d):
        return section(f"dose-{n}", heading, *blocks)
    lines = []
    for line in d.policy.dose.lines if d.policy and d.policy.dose else ():
        kind, name = desk.m.word_or_own("authority", line.kind), clean(line.says)
        if range_ := desk.words.dose_line(line):
            by = desk.made("policy", name, kind, range_, key=d.item.id)
            told = {"kind": kind, "authority": name.removesuffix("."), "range": range_}
            lines.append(desk.say("reply.dose_line", by, *desk.cites(line.cite, d.policy), **told))
    if not lines:
        unruled = desk.say("reply.no_dose", desk.item(d.item), item=desk.words.item(d.item))
        return section(f"dose-{n}", heading, paragraph(unruled))
    none = desk.say("reply.dose_asked_none", desk.program())
    return section(f"dose-{n}", heading, paragraph(none), listing(lines))


def compare(desk: Desk, told: Answered) -> list[Section]:
    """Two treatments for this patient, line by line, each under its own criteria."""
    pair = [*told.items, *([told.other] if told.other else [])]
    rows = [_side(desk, d) for d in pair]
    header = desk.header("item", "determination", "position", "because")
    return [
        section("compare", desk.heading("reply_compare"), table(header, rows)),
        *(decided(desk, d, n) for n, d in enumerate(pair, 1)),
    ]


def _side(desk: Desk, d: Determination) -> tuple[Sentence, ...]:
    outcome, because, none = outcome_support(desk, d), clean(d.because), desk.label("label.nothing")
    standing = d.policy.standing if d.policy else ""
    said = desk.m.word_or_own("standing", standing)
    by = desk.made("policy", said, key=d.item.id)
    return (
        desk.say("necessary.item", desk.item(d.item), item=desk.words.item(d.item)),
        desk.say("determination.outcome", outcome, outcome=word(desk, d)),
        desk.say("reply.standing", by, standing=said) if standing else none,
        desk.say("determination.because", outcome, because=because) if because else none,
    )


def changed(desk: Desk, told: Answered) -> list[Section]:
    """What the case judged anew gives otherwise, and what the policies say of their versions."""
    lines = list(_drift(desk, told)) or [desk.say("reply.drift_none", desk.program())]
    policies = {d.policy.id: d.policy for d in told.standing.determinations if d.policy}
    history = []
    for p in policies.values():
        for change in p.changes:
            day, title, says = change.on.isoformat(), clean(p.title), clean(change.says)
            by = desk.made("policy", title, change.version, day, says, key=p.id)
            slots = {"policy": title, "version": change.version, "day": day, "says": says}
            history.append(desk.say("reply.history", by, **slots))
    last = history or [desk.say("reply.history_none", desk.program())]
    return [
        section("changed", desk.heading("reply_changed"), listing(lines)),
        section("history", desk.heading("reply_history"), listing(last)),
    ]


def _drift(desk: Desk, told: Answered) -> Iterator[Sentence]:
    drift, items = told.drift, {d.item.id: d for d in told.standing.determinations}
    says = {f.id: clean(f.says) for d in told.standing.determinations for _, f in every_finding(d)}
    if drift.program:
        before, after = drift.program
        by = desk.program(before, after)
        yield desk.say("reply.drift_program", by, before=before, after=after)
    for id, old, new in drift.policies:
        by = desk.program(id, old, new)
        yield desk.say("reply.drift_policy", by, id=id, before=old, after=new)
    gone = desk.m.word("reply", "gone")
    for item, was, now in drift.outcomes:
        before, after = (desk.outcome_word(o) if o else gone for o in (was, now))
        name = desk.words.item(items[item].item) if item in items else item
        by = desk.made("calculation", name, before, after, key=item)
        yield desk.say("reply.drift_outcome", by, item=name, before=before, after=after)
    for _, id, old_truth, new_truth in drift.findings:
        before, after = (desk.m.word("truth_plain", t.value) for t in (old_truth, new_truth))
        by = desk.made("finding", says.get(id, id), before, after, key=id)
        told_ = {"says": says.get(id, id), "before": before, "after": after}
        yield desk.say("reply.drift_finding", by, **told_)
    if drift.worded and not (drift.outcomes or drift.findings):
        yield desk.say("reply.drift_worded", desk.program())


def summary(desk: Desk, told: Answered) -> list[Section]:
    """Each item in plain words, what would help, and who decides."""
    lines = []
    for d in told.items:
        name = desk.words.item(d.item)
        by = (desk.item(d.item), outcome_support(desk, d))
        lines.append(desk.say(f"reply.plain_{d.outcome.value}", *by, item=name))
        asks = [a.removesuffix(".") for a in first_asks(d)]
        if asks and d.outcome is not Outcome.INDICATED and not desk.story.case.chart.closed:
            supports = [desk.made("policy", a, key=d.item.id) for a in asks]
            lines.append(desk.say("reply.plain_ask", *supports, asks="; ".join(asks)))
    lines.append(desk.say("reply.plain_person", desk.program()))
    return [section("summary", desk.heading("reply_summary"), listing(lines))]


WRITERS: Mapping[FollowUpKind, Writer] = {
    FollowUpKind.WHY: why,
    FollowUpKind.POLICY: policy,
    FollowUpKind.WHAT_IF: what_if,
    FollowUpKind.MISSING: missing,
    FollowUpKind.DOSE: doses,
    FollowUpKind.SOURCE: source,
    FollowUpKind.COMPARE: compare,
    FollowUpKind.CHANGED: changed,
    FollowUpKind.APPEAL: appeal,
    FollowUpKind.SUMMARY: summary,
    FollowUpKind.NOTHING: nothing,
}
