"""Which policy fits an item: by its treatment, by what the policy says it is about, by its dates.

Evidence about another disease is no evidence: a policy whose scope the record and the question
leave open is not used, and is only named. Where no policy of the treatment fits, a general policy
for its kind (any drug, any procedure) does; one that goes first is judged on top of the specific
one, when the record shows what it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicated.judge.leaves import trusting
from indicated.judge.memory import judge_criterion
from indicated.judge.record import Record
from indicated.messages import clause
from indicated.model import Assertion, Fact, Library, Policy, RequestedItem
from indicated.truth import MET


@dataclass(frozen=True)
class Choice:
    """The policy that fits, if one does, and why the others of the same treatment do not."""

    policy: Policy | None
    because: str
    others: tuple[str, ...] = ()
    on_top: Policy | None = None  # a general policy that goes before `policy`
    rivals: tuple[Policy, ...] = ()  # as close as `policy`, for another condition of the record


def choose_policy(
    item: RequestedItem,
    facts: Sequence[Fact],
    library: Library,
    as_of: date,
    asked: Sequence[Fact] = (),
) -> Choice:
    """The policy for an item. `asked` is what the question takes for granted: it scopes the answer
    without proving anything, and says which condition is meant where the record shows several."""
    asked = [_taken_for_granted(f) for f in asked]
    record = _scoping((*facts, *asked), library, as_of)
    general = [p for p in library.policies.values() if _general(p, item, as_of, record)]
    choice = _specific(item, library, as_of, record, _scoping(asked, library, as_of))
    first = _foremost([p for p in general if p.goes_first])
    if choice.policy is not None:
        return replace(choice, on_top=first)
    last = _foremost([p for p in general if not p.goes_first])
    if last is not None:  # a rule of the plan stands on top of general criteria as well
        return replace(choice, policy=last, on_top=first)
    return replace(choice, policy=first) if first else choice


def fits(
    policy: Policy, item: RequestedItem, facts: Sequence[Fact], library: Library, as_of: date
) -> bool:
    """Whether a policy of its own treatments is for this item, phase, day and record."""
    covers = _covers(policy, item, library) and item.phase in policy.phases
    in_force = covers and policy.in_force(as_of)
    return in_force and _applies(policy, _scoping(facts, library, as_of))


def _scoping(facts: Sequence[Fact], library: Library, as_of: date) -> Record:
    record = Record.seen([trusting(f) for f in facts], library.concepts, as_of)
    return replace(record, scoping=True)


def _taken_for_granted(fact: Fact) -> Fact:
    """ "Should X continue in lupus?": what the question supposes is what it is about."""
    supposed = fact.assertion is Assertion.HYPOTHETICAL
    return replace(fact, assertion=Assertion.PRESENT) if supposed else fact


def _foremost(general: Sequence[Policy]) -> Policy | None:
    """Of several general policies the one that names the others under `over`, or that is about
    something (`applies`) rather than about everything of its kind."""
    behind = {id for p in general for id in p.over}
    standing = [p for p in general if p.id not in behind] or list(general)
    return min(standing, key=lambda p: (p.applies is None, p.id), default=None)


def _general(policy: Policy, item: RequestedItem, as_of: date, record: Record) -> bool:
    """Whether a general policy is for this kind and phase of request, on that day and record."""
    covers = item.kind in policy.general and item.phase in policy.phases
    return (
        covers
        and policy.status != "retired"
        and policy.in_force(as_of)
        and _applies(policy, record)
    )


def _applies(policy: Policy, record: Record) -> bool:
    return policy.applies is None or judge_criterion(policy.applies, record).truth is MET


def _specific(
    item: RequestedItem, library: Library, as_of: date, record: Record, asked: Record
) -> Choice:
    """The policy on this very treatment, if one fits; with others that fit as well and as closely,
    where the question does not say which condition is meant."""
    if not item.treatment:
        return Choice(None, clause("because.unknown_treatment"))
    about = [p for p in library.policies.values() if _covers(p, item, library)]
    if not about:
        return Choice(None, clause("because.no_policy"))
    timely = [p for p in about if p.in_force(as_of)]
    others = tuple(p.id for p in about)
    if not timely:
        return Choice(None, clause("because.not_in_force", held=_held(about, library)), others)
    fitting = [p for p in timely if _applies(p, record)]
    if not fitting:
        why = clause("because.other_condition")
        return Choice(None, why, others)
    behind = {id for p in fitting for id in p.over}
    first = [p for p in fitting if p.id not in behind] or fitting
    meant = [p for p in first if p.applies is None or _applies(p, asked)] or first

    def place(policy: Policy) -> tuple[int, bool]:
        return -closeness(policy, item, library), policy.applies is None

    best = min(meant, key=lambda p: (*place(p), p.id))
    if item.phase not in best.phases:
        return Choice(
            None, clause("because.no_phase", phase=clause(f"phase.{item.phase.value}")), (best.id,)
        )
    rivals = tuple(
        p for p in meant if p is not best and place(p) == place(best) and item.phase in p.phases
    )
    return Choice(best, "", tuple(p.id for p in fitting if p is not best), rivals=rivals)


def _covers(policy: Policy, item: RequestedItem, library: Library) -> bool:
    return policy.status != "retired" and any(
        library.concepts.is_a(item.treatment, t) for t in policy.treatments
    )


def _held(policies: Sequence[Policy], library: Library) -> str:
    """The days on which the versions of these policies hold, oldest first."""
    every = [p for policy in policies for p in reversed(library.versions(policy.id))]
    return "; ".join(
        f"{p.id} from {p.valid_from}" + (f" to {p.valid_to}" if p.valid_to else "") for p in every
    )


def closeness(policy: Policy, item: RequestedItem, library: Library) -> int:
    """How narrow the closest of the policy's treatments is: its depth among the item's kinds."""
    return max(
        len(library.concepts.above(t))
        for t in policy.treatments
        if library.concepts.is_a(item.treatment, t)
    )
