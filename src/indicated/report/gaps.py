"""What is necessary and what is not; what is missing; what the question and the chart get wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from indicated.model import (
    Block,
    Determination,
    Missing,
    Outcome,
    Premise,
    Role,
    Section,
    Sentence,
    Settles,
    State,
    Strike,
)
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.opening import contradicted, decided_because, outcome_support
from indicated.report.phrases import clean, quotable

SHOWN_WAYS = 3  # ways of settling an outcome that are listed, shortest first
ROLES = {
    Role.ESSENTIAL: "label.essential",
    Role.REQUIREMENT: "label.requirement",
    Role.SUPPORTING: "label.supporting_missing",
}
GIVEN = (Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES, Outcome.CONDITIONAL)


def necessary(desk: Desk) -> Section:
    """Every item under one word, and the routine care that the policies name."""
    rows: list[tuple[Sentence, ...]] = []
    for d in desk.story.determinations:
        name = desk.words.item(d.item)
        word = desk.m.word("necessity", d.outcome.value)
        if desk.story.case.chart.closed and d.outcome is Outcome.CANNOT_DETERMINE:
            word = desk.m.word("outcome_closed", d.outcome.value)
        if d.override:
            word = desk.outcome_word(d.outcome)  # not under these criteria: a person's
        by = desk.made("finding", word, key=f"determination:{d.item.id}")
        because = clean(d.because)
        if d.override:
            reason = decided_because(desk, d)
        else:
            reason = desk.say("determination.because", outcome_support(desk, d), because=because)
        rows.append(
            (
                desk.say("necessary.item", desk.item(d.item), item=name),
                desk.say("necessary.word", by, necessity=word),
                reason if because else desk.label("label.nothing"),
            )
        )
    rows += list(_routine(desk))
    if not rows:
        return section(
            "classification",
            desk.heading("necessary"),
            paragraph(desk.say("answer.nothing", desk.program())),
        )
    header = desk.header("item", "necessity", "because")
    return section("classification", desk.heading("necessary"), table(header, rows))


def _routine(desk: Desk) -> Iterator[tuple[Sentence, ...]]:
    """Monitoring that goes with a treatment that is, or may yet be, given."""
    seen = set()
    for d in desk.story.determinations:
        if d.policy is None or d.outcome not in GIVEN or d.policy.id in seen:
            continue
        seen.add(d.policy.id)
        for statement in d.policy.monitoring:
            told = desk.statement(statement, d.policy)
            word = desk.m.word("necessity", "routine")
            by = desk.made("policy", word, key=d.policy.id)
            item = desk.words.item(d.item)
            yield (
                desk.say("statement.says", *told.supports, says=told.text),
                desk.say("necessary.word", by, necessity=word),
                desk.say("necessary.goes_with", desk.item(d.item), item=item),
            )


# --- what is missing --------------------------------------------------------------------------


def missing(desk: Desk) -> Section:
    """Per item: the fewest answers that settle it, then every open one with both its effects."""
    parts = []
    for n, d in enumerate(desk.story.determinations, 1):
        if d.missing:
            heading = desk.heading("missing_of", item=desk.words.item(d.item))
            parts.append(section(f"missing-{n}", heading, *_missing(desk, d)))
    if not parts:
        nothing = paragraph(desk.say("missing.none", desk.program()))
        return section("missing", desk.heading("missing"), nothing)
    opening = "missing.closed" if desk.story.case.chart.closed else "missing.opening"
    said = paragraph(desk.say(opening, desk.program()))
    return section("missing", desk.heading("missing"), said, parts=parts)


def _missing(desk: Desk, d: Determination) -> list[Block]:
    return [listing(ways(desk, d)), *missing_table(desk, d)]


def ways(desk: Desk, d: Determination) -> list[Sentence]:
    """The fewest answers that settle it, shortest first."""
    known = {m.id: clean(m.what) for m in d.missing}
    known |= {leaf.id: clean(leaf.says) for f in d.findings() for leaf in f.leaves()}
    return [_way(desk, d, s, known) for s in d.settles[:SHOWN_WAYS]]


def missing_table(desk: Desk, d: Determination) -> list[Block]:
    """Every open criterion: how to get it, and what either answer leads to."""
    rows = _missing_rows(desk, d)
    return [table(desk.header("missing", "ask", "if_met", "if_not_met"), rows)] if rows else []


def _missing_rows(desk: Desk, d: Determination) -> list[tuple[Sentence, ...]]:
    """One row for each thing to send: criteria that the same answer settles stand together."""
    rows: list[tuple[Sentence, ...]] = []
    for role, label in ROLES.items():
        together = asked_together(m for m in d.missing if m.role is role)
        if together:
            rows.append((desk.label(label),))
        rows += [_missing_row(desk, d, group) for group in together]
    return rows


def asked_together(missing: Iterable[Missing]) -> list[list[Missing]]:
    """Criteria that one and the same answer settles, in one group."""
    together: dict[tuple[str, Outcome, Outcome], list[Missing]] = {}
    for m in missing:
        together.setdefault((clean(m.ask), m.if_met, m.if_not_met), []).append(m)
    return list(together.values())


def by_need(d: Determination) -> list[Missing]:
    """What is missing: first what settles the outcome with the fewest answers, then what decides,
    then what only supports."""
    shortest = sorted(d.settles, key=lambda s: len(s.needs))
    place = {id: n for n, id in enumerate(dict.fromkeys(id for s in shortest for id, _ in s.needs))}
    roles = list(Role)
    return sorted(d.missing, key=lambda m: (place.get(m.id, len(place)), roles.index(m.role)))


def _way(desk: Desk, d: Determination, s: Settles, known: Mapping[str, str]) -> Sentence:
    needs = []
    for id, truth in s.needs:
        what = known.get(id, id).removesuffix(".")
        word = desk.m.word("truth_plain", truth.value)
        needs.append(desk.m.fill("missing.need", what=what, truth=word))
    outcome = desk.outcome_word(s.outcome)
    by = desk.computed(outcome, *needs, key=f"settles:{d.item.id}")
    told = {"needs": "; ".join(needs), "outcome": outcome}
    return desk.say("missing.way_one" if len(needs) == 1 else "missing.way", by, **told)


def _missing_row(desk: Desk, d: Determination, group: list[Missing]) -> tuple[Sentence, ...]:
    first = group[0]
    what, supports = [], []
    for m in group:
        state = desk.m.word("state", m.state.value if m.state is not State.SAID else "open")
        says = clean(m.what).removesuffix(".")
        what.append(desk.m.fill("missing.need_state", what=says, state=state))
        supports.append(desk.made("finding", what[-1], key=m.id))
    ask = clean(first.ask)
    asked = desk.made("policy", ask, key=first.id)
    return (
        desk.say("missing.what", *supports, what="; ".join(what)),
        desk.say("missing.ask", asked, ask=ask) if ask else desk.label("label.nothing"),
        _leads(desk, d, first, first.if_met, "met"),
        _leads(desk, d, first, first.if_not_met, "not_met"),
    )


def _leads(desk: Desk, d: Determination, m: Missing, outcome: Outcome, answer: str) -> Sentence:
    word = desk.outcome_word(outcome)
    by = desk.computed(word, key=f"{m.id}:{answer}")
    if outcome is d.computed:
        return desk.say("missing.unchanged", by)
    return desk.say("missing.leads", by, outcome=word)


# --- premises and conflicts -------------------------------------------------------------------


def premises(desk: Desk) -> Section:
    """What the question takes for granted against the record, and the record against itself."""
    ordered = contradicted(desk)
    ordered += [p for p in desk.story.premises if p.standing != "contradicted"]
    rows = [_premise(desk, p) for p in ordered]
    conflicts = []
    for conflict in desk.story.facts.conflicts:
        told = desk.facts(conflict.facts, limit=4)
        says = quotable(conflict.says)
        by = desk.made("finding", says, key=conflict.concept)
        if told:
            slots = {"says": says, "facts": told.text}
            conflicts.append(desk.say("premises.conflict", by, *told.supports, **slots))
    blocks = [table(desk.header("premise", "standing", "record"), rows), listing(conflicts)]
    if not rows:
        blocks.insert(0, paragraph(desk.say("premises.none", desk.program())))
    if not conflicts:
        blocks.append(paragraph(desk.say("premises.no_conflict", desk.program())))
    if struck := [s for strike in desk.story.case.struck for s in _struck(desk, strike)]:
        blocks += [paragraph(desk.say("premises.struck_opening", desk.program())), listing(struck)]
    return section("premises", desk.heading("premises"), *blocks)


def _struck(desk: Desk, strike: Strike) -> Iterator[Sentence]:
    """Each passage that a person found misread, and why."""
    because = quotable(strike.said.quote)
    concept = desk.story.library.concepts.label(strike.concept)
    by = desk.made("program", concept, key=strike.concept)
    for source in strike.sources:
        words, reason = desk.source(source), desk.source(strike.said)
        told = {"concept": concept, "quote": quotable(source.quote), "because": because}
        yield desk.say("premises.struck", by, words, reason, **told)


def _premise(desk: Desk, premise: Premise) -> tuple[Sentence, ...]:
    told = desk.fact(premise.fact, bare=True)
    word = desk.m.word("premise", premise.standing)
    says = quotable(premise.says)
    by = desk.made("finding", word, says, key=premise.fact.id)
    slots = {"standing": word, "says": says}
    stands = (
        desk.say("premises.standing_says", by, **slots)
        if says
        else desk.say("premises.standing", by, standing=word)
    )
    record = desk.facts(premise.record, limit=4)
    return (
        desk.say("premises.premise", *told.supports, premise=told.text),
        stands,
        desk.say("criteria.facts", *record.supports, facts=record.text)
        if record
        else desk.say("criteria.silent", desk.program()),
    )
