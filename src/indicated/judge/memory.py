"""The reference engine: criteria over facts, in plain Python, slow and meant to be obviously right.

Never optimise it: the other engines are held equal to it. One function per kind of node; each
returns a `Finding` with its truth, the state of the record, the facts looked at, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indicated.judge import leaves
from indicated.judge.picks import Picked, pick
from indicated.judge.record import Record
from indicated.messages import clause
from indicated.model import (
    Asserter,
    Combine,
    Criterion,
    Fact,
    Finding,
    Has,
    Quantity,
    Role,
    State,
    Value,
)
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of, any_of, at_least, none_of

COMBINE: dict[str, Callable[[int, Sequence[Truth]], Truth]] = {
    "all": lambda _, truths: all_of(truths),
    "any": lambda _, truths: any_of(truths),
    "none": lambda _, truths: none_of(truths),
    "at_least": at_least,
}


def judge_criterion(criterion: Criterion, record: Record) -> Finding:
    """The finding of a criterion: same id, same shape, with the facts that decide it."""
    test = criterion.test
    if isinstance(test, Combine):
        return _combine(criterion, test, record)
    if criterion.given and not _said(criterion.given, record):
        criterion = replace(criterion, silence="", given=())
    if isinstance(test, Has):
        return _has(criterion, test, record)
    return _value(criterion, test, record)


def judge_all(id: str, says: str, criteria: Sequence[Criterion], record: Record) -> Finding:
    """A route: all of its criteria."""
    whole = Criterion(id, says, Combine("all", tuple(criteria)), role=Role.ESSENTIAL)
    return judge_criterion(whole, record)


def _finding(criterion: Criterion, truth: Truth, kind: str, **more: object) -> Finding:
    base = Finding(
        id=criterion.id,
        says=criterion.says,
        truth=truth,
        role=criterion.role,
        kind=kind,
        ask=criterion.ask,
        cite=criterion.cite,
        note=criterion.note,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def _combine(criterion: Criterion, test: Combine, record: Record) -> Finding:
    parts = tuple(judge_criterion(part, record) for part in test.parts)
    truth = COMBINE[test.kind](test.n, [p.truth for p in parts])
    missing = (
        ()
        if truth.known
        else tuple(leaf.id for p in parts for leaf in p.leaves() if not leaf.truth.known)
    )
    state = State.SAID if truth.known else State.INCOMPLETE
    return _finding(
        criterion, truth, test.kind, state=state, parts=parts, missing=missing, n=test.n
    )


def _open(
    criterion: Criterion, kind: str, state: State, why: str, facts: Sequence[Fact] = ()
) -> Finding:
    """A leaf that is unknown, with what stands in the way."""
    return _finding(
        criterion,
        UNKNOWN,
        kind,
        state=state,
        why=clause(f"why.{why}"),
        facts=tuple(facts),
        missing=(criterion.id,),
    )


def _said(concepts: Sequence[str], record: Record) -> tuple[Fact, ...]:
    """What the record itself says of any of the concepts, claims left out: that it is so, or that
    its opposite is not."""
    known = record.concepts
    present = leaves.about(concepts, record.facts, known).present
    opposites = [known[c].opposite for c in concepts if c in known and known[c].opposite]
    denied = leaves.about(opposites, record.facts, known).denied
    return tuple(dict.fromkeys((*present, *denied)))


def _silent(criterion: Criterion, kind: str, record: Record, unfit: Sequence[Fact] = ()) -> Finding:
    """Nothing that fits is said: unknown, unless this leaf closes the world for its written reason.
    What is said instead, or does not fit, is shown."""
    if not criterion.silence:
        return _open(criterion, kind, State.SILENT, "silent")
    facts = tuple(dict.fromkeys((*unfit, *_said(criterion.given, record))))
    return _finding(
        criterion, NOT_MET, kind, state=State.CLOSED, why=criterion.silence, facts=facts
    )


# --- has -----------------------------------------------------------------------------------


def _has(criterion: Criterion, test: Has, record: Record) -> Finding:
    about = leaves.about(
        test.concepts,
        record.facts,
        record.concepts,
        lambda denial: leaves.reaches(denial, test.where, record),
        test.where.said_of,
    )
    denials = (*about.denied, *about.partly)
    judged = [(f, leaves.qualifies(f, test.where, record, denials)) for f in about.present]
    met = [f for f, q in judged if q.truth is MET]
    maybe = [
        f
        for f, q in judged
        if q.truth is UNKNOWN and not (criterion.silence and q.why == leaves.GOES_ON)
    ]
    n_met = leaves.count(met, test, record)
    n_possible = leaves.count([*met, *maybe, *about.claimed, *about.possible], test, record)

    if n_met >= test.times:
        against = leaves.contradicting(met, denials, record)
        if against and not record.scoping:
            return _open(criterion, "has", State.DISPUTED, "disputed", [*met, *against])
        return _finding(criterion, MET, "has", why=clause("why.present"), facts=tuple(met))
    if maybe:
        reason = next(q.why for f, q in judged if f in maybe)
        return _open(criterion, "has", State.INCOMPLETE, reason, [*met, *maybe])
    if criterion.silence and all(f.asserter is Asserter.PAYER for f in about.claimed):
        # What the plan says in its denial opens no leaf on which silence is read as no.
        about = replace(about, claimed=())
        n_possible = leaves.count([*met, *maybe, *about.possible], test, record)
    if n_possible >= test.times or (about.claimed and not met):
        if about.claimed:
            return _open(criterion, "has", State.CLAIMED, "claimed", [*met, *about.claimed])
        return _open(criterion, "has", State.INCOMPLETE, "possible", [*met, *about.possible])
    if met:  # some, but fewer than asked for; whether there were more is not said
        return _too_few(criterion, met)
    return _not_present(criterion, test, about, judged, record)


def _too_few(criterion: Criterion, met: Sequence[Fact]) -> Finding:
    if criterion.silence:
        return _finding(
            criterion, NOT_MET, "has", state=State.CLOSED, why=criterion.silence, facts=tuple(met)
        )
    return _open(criterion, "has", State.INCOMPLETE, "too_few", met)


def _not_present(
    criterion: Criterion,
    test: Has,
    about: leaves.About,
    judged: Sequence[tuple[Fact, leaves.Qualified]],
    record: Record,
) -> Finding:
    """No fact fits. Said to be absent, or of the wrong kind: not met. Otherwise unknown."""
    wrong = [f for f, q in judged if q.definite and f.concept in test.concepts]
    if wrong and test.times == 1 and {f.concept for f in wrong} == set(test.concepts):
        return _finding(criterion, NOT_MET, "has", why=clause("why.other"), facts=tuple(wrong))
    if about.denied_all and not about.possible:
        return _finding(criterion, NOT_MET, "has", why=clause("why.denied"), facts=about.denied)
    if about.sought and not criterion.silence:
        return _open(criterion, "has", State.SOUGHT, "sought", about.sought)
    if judged and not criterion.silence:
        return _open(criterion, "has", State.INCOMPLETE, judged[0][1].why, [f for f, _ in judged])
    if about.possible:
        return _open(criterion, "has", State.INCOMPLETE, "possible", about.possible)
    return _silent(criterion, "has", record, [f for f, _ in judged])


# --- value ---------------------------------------------------------------------------------


def _value(criterion: Criterion, test: Value, record: Record) -> Finding:
    concept = record.concepts.by_id.get(test.concept)
    about = leaves.about((test.concept,), record.facts, record.concepts, said_of=test.where.said_of)
    valued = [f for f in about.present if f.value is not None and not _is_count(f, test)]
    claimed = [f for f in about.claimed if f.value is not None]
    if not valued:
        if claimed:
            return _open(criterion, "value", State.CLAIMED, "claimed", claimed)
        if about.sought and not criterion.silence:
            return _open(criterion, "value", State.SOUGHT, "sought", about.sought)
        if about.present:
            return _open(criterion, "value", State.INCOMPLETE, "no_number", about.present)
        return _silent(criterion, "value", record)
    molar_mass = concept.molar_mass if concept else None
    picked: Picked = pick(test, valued, record, molar_mass)
    if picked.truth.known:
        why = clause(f"why.picked_{test.pick}")
        return _finding(criterion, picked.truth, "value", why=why, facts=picked.facts)
    return _open(criterion, "value", picked.state, picked.why, picked.facts)


def _is_count(fact: Fact, test: Value) -> bool:
    """A bare count of episodes is no value of a measure, unless the bounds ask for a count."""
    return (
        isinstance(fact.value, Quantity)
        and fact.value.unit == "{count}"
        and bool(test.bounds)
        and all(b.limit.unit != "{count}" for b in test.bounds)
    )
