"""Which policy fits an item: by its treatment, by what the policy says it is about, by its dates.

Evidence about another disease is no evidence: a policy whose scope the record and the question
leave open is not used, and is only named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicated.judge.leaves import trusting
from indicated.judge.memory import judge_criterion
from indicated.judge.record import Record
from indicated.model import Fact, Library, Policy, RequestedItem
from indicated.truth import MET


@dataclass(frozen=True)
class Choice:
    """The policy that fits, if one does, and why the others of the same treatment do not."""

    policy: Policy | None
    because: str
    others: tuple[str, ...] = ()


def choose_policy(
    item: RequestedItem, facts: Sequence[Fact], library: Library, as_of: date
) -> Choice:
    """The one policy for an item. `facts` include what the question takes for granted: it scopes
    the answer without proving anything."""
    if not item.treatment:
        return Choice(None, "the treatment is not one that the library knows")
    about = [p for p in library.policies.values() if _covers(p, item, library)]
    if not about:
        return Choice(None, "no policy in the library is about this treatment")
    timely = [p for p in about if _in_force(p, as_of)]
    others = tuple(p.id for p in about)
    if not timely:
        return Choice(None, "the policies on this treatment were not in force on that day", others)
    record = Record.seen([trusting(f) for f in facts], library.concepts, as_of)
    record = replace(record, scoping=True)
    fitting = [
        p for p in timely if p.applies is None or judge_criterion(p.applies, record).truth is MET
    ]
    if not fitting:
        why = "no policy on this treatment is about the condition that the record shows"
        return Choice(None, why, others)
    behind = {id for p in fitting for id in p.over}
    first = [p for p in fitting if p.id not in behind] or fitting
    best = min(first, key=lambda p: (-_closeness(p, item, library), p.applies is None, p.id))
    return Choice(best, "", tuple(p.id for p in fitting if p is not best))


def _covers(policy: Policy, item: RequestedItem, library: Library) -> bool:
    return policy.status != "retired" and any(
        library.concepts.is_a(item.treatment, t) for t in policy.treatments
    )


def _in_force(policy: Policy, as_of: date) -> bool:
    return policy.valid_from <= as_of and (policy.valid_to is None or as_of <= policy.valid_to)


def _closeness(policy: Policy, item: RequestedItem, library: Library) -> int:
    """How narrow the closest of the policy's treatments is: its depth among the item's kinds."""
    return max(
        len(library.concepts.above(t))
        for t in policy.treatments
        if library.concepts.is_a(item.treatment, t)
    )
