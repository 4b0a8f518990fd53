"""Dose arithmetic: the request held against every authority's range, with its inputs shown."""

from __future__ import annotations

from indicated.model import Block, Determination, DoseCheck, DoseRow, Mark, Sentence, Support
from indicated.report.desk import Desk, listing, table
from indicated.report.phrases import clean
from indicated.truth import Truth

PER_WEIGHT = "/kg"


def dose(desk: Desk, d: Determination) -> list[Block]:
    """The blocks of the dose section; none where no dose is asked about."""
    check = d.dose
    if check is None:
        return []
    said = [_requested(desk, d, check), *_basis(desk, d, check)]
    if check.equivalents:
        sums = [clean(e).removesuffix(".") for e in check.equivalents]
        by = [_sum(desk, d, e) for e in sums]
        said.append(desk.say("dose.equivalent", *by, arithmetic="; ".join(sums)))
    ends = []
    if check.fits:
        ends.append(desk.say("dose.fits", _sum(desk, d, check.fits), fits=clean(check.fits)))
    ends += [
        desk.say("dose.query", desk.made("policy", q, key=d.item.id), query=clean(q))
        for q in check.queries
    ]
    if check.ask:
        ends.append(
            desk.say(
                "dose.ask", desk.made("policy", check.ask, key=d.item.id), ask=clean(check.ask)
            )
        )
    rows = [_row(desk, d, row) for row in check.rows]
    header = desk.header("authority", "range", "arithmetic", "result", "source")
    return [listing(said), table(header, rows), listing(ends)]


def _sum(desk: Desk, d: Determination, text: str) -> Support:
    return desk.computed(text, key=f"dose:{d.item.id}")


def _requested(desk: Desk, d: Determination, check: DoseCheck) -> Sentence:
    if not check.requested:
        return desk.say("dose.not_asked", desk.program())
    asked = clean(check.requested)
    by = desk.made("request", asked, key=d.item.id)
    recorded = [f for f in check.facts if Mark.HYPOTHETICAL not in f.marks]
    told = desk.facts(recorded, limit=3)
    if told:
        return desk.say(
            "dose.requested_facts", by, *told.supports, requested=asked, facts=told.text
        )
    return desk.say("dose.requested", by, *desk.item_words(d.item), requested=asked)


def _basis(desk: Desk, d: Determination, check: DoseCheck) -> list[Sentence]:
    """The weight, its basis and the formula, where a range is per kilogram."""
    units = [row.line.amount.unit for row in check.rows if row.line.amount]
    said = []
    if any(PER_WEIGHT in unit for unit in units):
        block = d.policy.dose if d.policy else None
        if block:
            basis = desk.m.word_or_own("weight", block.weight)
            by = desk.made("policy", basis, block.weight_note, key=d.item.id)
            said.append(desk.say("dose.formula", by, basis=basis))
            if block.weight_note:
                note = clean(block.weight_note)
                said.append(desk.say("dose.note", by, *desk.cites(block.cite, d.policy), note=note))
        if check.weight:
            told = desk.fact(check.weight)
            said.append(desk.say("dose.weight", *told.supports, weight=told.text))
        else:
            said.append(desk.say("dose.no_weight", desk.program()))
    return said


def _row(desk: Desk, d: Determination, row: DoseRow) -> tuple[Sentence, ...]:
    line = row.line
    kind = desk.m.word_or_own("authority", line.kind)
    name = clean(line.says).removesuffix(".")
    by = desk.made("policy", name, kind, line.jurisdiction, key=d.item.id)
    id = "dose.authority_decides" if line.decides else "dose.authority"
    authority = desk.say(id, by, kind=kind, authority=name)
    range_text = desk.words.dose_line(line)
    limits = desk.made("policy", range_text, key=d.item.id)
    weights = desk.words.weights(row)
    truth = desk.m.word("dose_truth", row.truth.value)
    result = desk.computed(truth, weights, key=f"dose:{d.item.id}")
    if weights and row.truth is Truth.UNKNOWN:
        verdict = desk.say("dose.depends", result, truth=truth, weights=weights)
    else:
        verdict = desk.say("dose.result", result, truth=truth)
    sources = desk.cites(line.cite, d.policy, placed=True)
    says = clean(row.says)
    return (
        authority,
        desk.say("dose.range", limits, range=range_text)
        if range_text
        else desk.label("label.nothing"),
        desk.say("dose.arithmetic", _sum(desk, d, says), arithmetic=says)
        if says
        else desk.label("label.nothing"),
        verdict,
        desk.say("criteria.source", *sources) if sources else desk.label("label.nothing"),
    )
