"""The story of two policies held against each other: do they answer one case in opposite ways?

Where two policies fit the same request, and neither `over` nor a narrower treatment says which goes
first, which of them answers is an accident. Cases are put together from the worked examples of both
and from facts that meet or fail their criteria, by a seeded choice: the same library gives the same
report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from random import Random

from indicated.assess import PROGRAM
from indicated.criteria import Example, made_fact
from indicated.judge import Context, closeness, fits, judge_policy, with_request
from indicated.model import (
    Combine,
    Criterion,
    Fact,
    Facts,
    Has,
    Library,
    Outcome,
    Policy,
    RequestedItem,
)

YES = frozenset({Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES})
NO = frozenset({Outcome.NOT_INDICATED})
Examples = Mapping[str, Sequence[Example]]


@dataclass(frozen=True)
class Contradiction:
    """Two policies, a request that both fit, and facts on which one says yes and the other no."""

    yes: str
    no: str
    item: RequestedItem
    as_of: date
    facts: tuple[Fact, ...]
    first: str = ""  # the one that answers, being on a narrower treatment; "": an accident decides


def contradictions(
    library: Library,
    examples: Examples,
    *,
    of: Collection[str] = (),
    tries: int = 40,
    seed: int = 1,
) -> Iterator[Contradiction]:
    """One contradiction for each pair of policies that has any, among `tries` cases a pair: where
    there is one that no rule decides, that one. Only pairs with a policy named in `of`, if any is.

    Finding none proves nothing; each one that is found is real.
    """
    for first, second in rivals(library):
        if of and first.id not in of and second.id not in of:
            continue
        random = Random(f"{seed} {first.id} {second.id}")
        by_rule: Contradiction | None = None
        for _ in range(tries):
            case = _case(first, second, library, examples, random)
            found = _held(first, second, *case, library) if case else None
            by_rule = by_rule or found
            if found and not found.first:
                yield found
                break
        else:
            if by_rule:
                yield by_rule


def rivals(library: Library) -> Iterator[tuple[Policy, Policy]]:
    """Pairs of policies on one treatment and phase, in force at one time, without an order."""
    specific = [p for p in library.policies.values() if p.treatments and p.status != "retired"]
    for first, second in combinations(sorted(specific, key=lambda p: p.id), 2):
        ordered = second.id in first.over or first.id in second.over
        together = max(first.valid_from, second.valid_from)
        lasting = first.in_force(together) and second.in_force(together)
        comparable = lasting and set(first.phases) & set(second.phases)
        if ordered or not comparable or not _one_condition(first, second, library):
            continue
        if _shared(first, second, library):
            yield first, second


def _one_condition(first: Policy, second: Policy, library: Library) -> bool:
    """Whether one disease can bring both policies up. Two that are about different diseases may
    well answer differently for a patient who has both."""
    if first.applies is None or second.applies is None:
        return True
    is_a = library.concepts.is_a
    scopes = [_about(p.applies) for p in (first, second) if p.applies]
    return any(is_a(a, b) or is_a(b, a) for a in scopes[0] for b in scopes[1])


def _about(scope: Criterion) -> set[str]:
    """The concepts by which a policy says what it is about, without those that it rules out."""
    test = scope.test
    if isinstance(test, Combine):
        return set() if test.kind == "none" else {c for p in test.parts for c in _about(p)}
    return set(test.concepts if isinstance(test, Has) else (test.concept,))


def _shared(first: Policy, second: Policy, library: Library) -> list[str]:
    """The treatments of either that the other covers too."""
    both = (*first.treatments, *second.treatments)
    return [
        t
        for t in dict.fromkeys(both)
        if all(any(library.concepts.is_a(t, of) for of in p.treatments) for p in (first, second))
    ]


Case = tuple[RequestedItem, date, tuple[Fact, ...]]


def _case(
    first: Policy, second: Policy, library: Library, examples: Examples, random: Random
) -> Case | None:
    """An example of one of the two, with facts of the other added."""
    of, other = (first, second) if random.random() < 0.5 else (second, first)
    decided = [e for e in examples.get(of.id, ()) if e.outcome in YES | NO]
    fitting = [e for e in decided if e.phase in other.phases]
    if not fitting:
        return None
    example = random.choice(fitting)
    treatment = example.item.treatment
    if not any(library.concepts.is_a(treatment, t) for t in other.treatments):
        treatment = random.choice(_shared(first, second, library))
    facts = list(example.facts)
    more = [e for e in examples.get(other.id, ()) if e.phase is example.phase and e.facts]
    if more and random.random() < 0.8:
        facts += _moved(random.choice(more), example.as_of)
    for criterion in _leaves(other, example):
        if random.random() < 0.3:
            facts += made_fact(criterion, example.as_of, met=random.random() < 0.6)
    return replace(example.item, treatment=treatment), example.as_of, tuple(dict.fromkeys(facts))


def _moved(example: Example, as_of: date) -> tuple[Fact, ...]:
    """An example's facts, if they are not dated after the other's day."""
    return example.facts if example.as_of <= as_of else ()


def _leaves(policy: Policy, example: Example) -> list[Criterion]:
    asked = policy.phases[example.phase]
    tops = [c for r in (*asked.routes, *asked.exceptions) for c in r.criteria]
    tops += [*asked.exclusions, *([policy.applies] if policy.applies else [])]
    leaves = {leaf.id: leaf for top in tops for leaf in top.leaves()}
    return [c for c in leaves.values() if not isinstance(c.test, Combine)]


def _held(
    first: Policy,
    second: Policy,
    item: RequestedItem,
    as_of: date,
    facts: tuple[Fact, ...],
    library: Library,
) -> Contradiction | None:
    """The contradiction, when both fit this case and answer in opposite ways."""
    if not all(fits(p, item, facts, library, as_of) for p in (first, second)):
        return None
    context = Context(library, as_of, PROGRAM)
    known = with_request(item, Facts(facts), context)
    outcomes = {p.id: judge_policy(p, item, known, context).outcome for p in (first, second)}
    for yes, no in ((first.id, second.id), (second.id, first.id)):
        if outcomes[yes] in YES and outcomes[no] in NO:
            return Contradiction(yes, no, item, as_of, facts, _first(first, second, item, library))
    return None


def _first(first: Policy, second: Policy, item: RequestedItem, library: Library) -> str:
    """The policy on the narrower treatment, which answers by rule; "" when there is none."""
    depths = {p.id: closeness(p, item, library) for p in (first, second)}
    return "" if len(set(depths.values())) == 1 else max(depths, key=lambda id: depths[id])
