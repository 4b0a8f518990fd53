"""One requested item in, its Determination out: the stage's front door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicated.judge import settle
from indicated.judge.choose import choose_policy
from indicated.judge.derive import derive
from indicated.judge.dose import check_dose
from indicated.judge.expand import expanded
from indicated.judge.labels import label_facts, labels_of
from indicated.judge.memory import judge_all, judge_criterion
from indicated.judge.outcome import Findings, leaning_of, outcome_of
from indicated.judge.proposed import with_proposed
from indicated.judge.record import Record
from indicated.messages import clause
from indicated.model import (
    Criterion,
    Determination,
    DoseCheck,
    Fact,
    Facts,
    Finding,
    Has,
    Leaning,
    Library,
    Outcome,
    PhaseCriteria,
    Policy,
    RequestedItem,
    Statement,
    Value,
)
from indicated.truth import MET, any_of


@dataclass(frozen=True)
class Context:
    """What every item of a case shares."""

    library: Library
    as_of: date
    program: str
    closed: bool = False
    regulator: str = ""
    ticks: bool = True  # what a model proposed carries nothing adverse until a person ticked it


def determine(
    item: RequestedItem, facts: Facts, scope: Sequence[Fact], context: Context
) -> Determination:
    """Judge one item. `scope` are facts that only help to choose the policy: what the question
    takes for granted. Values that follow from the facts are computed here.

    Silence stays unknown; facts dated after `context.as_of` are not seen. Facts that a model
    proposed are judged by `proposed.py`.
    """

    def judged(known: Facts) -> Determination:
        return _determine(item, known, scope, context)

    return with_proposed(judged, facts, ticks=context.ticks, closed=context.closed)


def _determine(
    item: RequestedItem, facts: Facts, scope: Sequence[Fact], context: Context
) -> Determination:
    library = context.library
    choice = choose_policy(item, (*facts.items, *item.facts), library, context.as_of, scope)
    known = with_request(item, facts, context)
    if choice.policy is None:
        return Determination(
            item=item,
            outcome=Outcome.NO_POLICY,
            because=choice.because,
            phase=item.phase,
            policy=None,
            as_of=context.as_of,
            facts_hash=known.hash,
            program=context.program,
            labels=labels_of(item, known, library, context.as_of),
            candidates=choice.others,
        )
    found = _under(choice.policy, item, known, context)
    if choice.policy.general:
        found = replace(found, candidates=choice.others)
    for rival in choice.rivals:
        found = kinder(found, _under(rival, item, known, context))
    if choice.on_top is None:
        return found
    return stricter(found, _under(choice.on_top, item, known, context))


def _under(policy: Policy, item: RequestedItem, facts: Facts, context: Context) -> Determination:
    if len(item.parts) > 1 and _by_site(policy.phases[item.phase]):
        return _by_parts(item, facts, policy, context)
    return judge_policy(policy, item, facts, context)


STRICT = (
    Outcome.NOT_INDICATED,
    Outcome.CANNOT_DETERMINE,
    Outcome.CONDITIONAL,
    Outcome.INDICATED_WITH_CHANGES,
    Outcome.INDICATED,
)


def stricter(own: Determination, top: Determination) -> Determination:
    """Of an item's own policy and a general one on top of it, the answer that asks for more.

    Both must be satisfied; the other stands beside it. Equal answers: the item's own policy.
    """
    if STRICT.index(top.outcome) < STRICT.index(own.outcome):
        own, top = top, own
    return _beside(own, top)


def kinder(one: Determination, other: Determination) -> Determination:
    """Of two policies on one treatment for two conditions of the record, the answer that goes
    further: a treatment that one condition calls for is not refused because another does not."""
    if STRICT.index(other.outcome) > STRICT.index(one.outcome):
        one, other = other, one
    return _beside(one, other)


def _beside(first: Determination, second: Determination) -> Determination:
    others = (*first.beside, replace(second, beside=()), *second.beside)
    return replace(first, beside=others)


def with_request(item: RequestedItem, facts: Facts, context: Context) -> Facts:
    """The facts with the request as data, what the labels say of it, and every value that the
    library's formulas give."""
    library = context.library
    rows = labels_of(item, facts, library, context.as_of)
    shown = label_facts(item, rows, facts, library.concepts, context.regulator)
    return derive(facts.plus((*item.facts, *shown)), library.derived, library.concepts)


def judge_policy(
    policy: Policy,
    item: RequestedItem,
    facts: Facts,
    context: Context,
    site: frozenset[str] = frozenset(),
) -> Determination:
    """Hold the facts against one policy in the item's phase."""
    concepts = context.library.concepts
    record = Record.seen(facts.items, concepts, context.as_of, site)
    criteria = expanded(policy.phases[item.phase], record.facts, concepts, item.treatment)
    dose = check_dose(policy.dose, item, record.facts, concepts)
    found = judge_phase(criteria, record, dose)
    outcome = outcome_of(found)
    leaning, leaning_because = Leaning.NONE, ""
    if outcome is Outcome.CANNOT_DETERMINE:
        leaning, leaning_because = leaning_of(found, closed=context.closed)
    excluded = any_of([e.truth for e in found.exclusions]) is MET
    return Determination(
        item=item,
        outcome=outcome,
        because=clause("because.excluded" if excluded else f"because.{outcome.value}"),
        phase=item.phase,
        policy=policy,
        as_of=context.as_of,
        facts_hash=facts.hash,
        program=context.program,
        leaning=leaning,
        leaning_because=leaning_because,
        routes=found.routes,
        exceptions=found.exceptions,
        exclusions=found.exclusions,
        requirements=found.requirements,
        supporting=found.supporting,
        dose=dose,
        missing=settle.missing(found, dose),
        settles=settle.settles(found),
        warnings=warnings(policy.safety, record),
        labels=labels_of(item, facts, context.library, context.as_of),
    )


def judge_phase(criteria: PhaseCriteria, record: Record, dose: DoseCheck | None) -> Findings:
    """Every criterion of a phase, as findings."""

    def each(listed: Sequence[Criterion]) -> tuple[Finding, ...]:
        return tuple(judge_criterion(c, record) for c in listed)

    return Findings(
        routes=tuple(judge_all(r.id, r.says, r.criteria, record) for r in criteria.routes),
        exceptions=tuple(judge_all(r.id, r.says, r.criteria, record) for r in criteria.exceptions),
        exclusions=each(criteria.exclusions),
        requirements=each(criteria.requirements),
        supporting=each(criteria.supporting),
        dose=dose.truth if dose else None,
    )


def warnings(
    statements: Sequence[Statement], record: Record
) -> tuple[tuple[Statement, Finding | None], ...]:
    """Safety lines: those that this record calls up first, then those for everybody."""
    called, general = [], []
    for statement in statements:
        if statement.when is None:
            general.append((statement, None))
            continue
        finding = judge_criterion(statement.when, record)
        if finding.truth is MET:
            called.append((statement, finding))
    return (*called, *general)


# --- parts ---------------------------------------------------------------------------------


def _by_site(criteria: PhaseCriteria) -> bool:
    """Whether any criterion of the phase is tied to the site of a part."""
    listed = (
        *(c for r in (*criteria.routes, *criteria.exceptions) for c in r.criteria),
        *criteria.exclusions,
        *criteria.requirements,
    )
    return any(_tied(leaf) for c in listed for leaf in c.leaves())


def _tied(leaf: Criterion) -> bool:
    return isinstance(leaf.test, (Has, Value)) and leaf.test.where.same_site


def _by_parts(item: RequestedItem, facts: Facts, policy: Policy, context: Context) -> Determination:
    """Judge each part for itself; the whole is no better and no worse than its parts."""
    parts = tuple(
        judge_policy(policy, replace(item, parts=(p,)), facts, context, frozenset({p}))
        for p in item.parts
    )
    outcome = together([p.outcome for p in parts])
    chief = next((p for p in parts if p.outcome is outcome), parts[0])
    because = chief.because if chief.outcome is outcome else clause("because.parts")
    return replace(chief, item=item, outcome=outcome, because=because, parts=parts)


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of a request from those of its parts.

    >>> together([Outcome.INDICATED, Outcome.NOT_INDICATED])
    <Outcome.INDICATED_WITH_CHANGES: 'indicated_with_changes'>
    >>> together([Outcome.NOT_INDICATED, Outcome.CANNOT_DETERMINE])
    <Outcome.CANNOT_DETERMINE: 'cannot_determine'>
    """
    distinct = set(outcomes)
    if len(distinct) == 1:
        return outcomes[0]
    if Outcome.CANNOT_DETERMINE in distinct:
        return Outcome.CANNOT_DETERMINE
    if Outcome.CONDITIONAL in distinct:
        return Outcome.CONDITIONAL
    some = distinct & {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES}
    return Outcome.INDICATED_WITH_CHANGES if some else Outcome.NOT_INDICATED
