"""Every criterion that decides can come out each way: none is dead, and none decides by itself.

The worked examples of a policy show many of its criteria met, not met and unknown. What they do not
show is tried with facts that are made to speak for and against the leaves, by a seeded choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from library_helpers import FOLDERS, LIBRARY, judged

from indicated.criteria import Example, load_examples, made_fact
from indicated.examples import truths
from indicated.model import Combine, Criterion, Fact, Phase, Policy
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

MIXTURES = 60


def deciding(policy: Policy, phase: Phase) -> dict[str, Criterion]:
    """The criteria of a phase on which its outcome rests."""
    asked = policy.phases[phase]
    ways = [c for route in (*asked.routes, *asked.exceptions) for c in route.criteria]
    return {c.id: c for c in (*ways, *asked.exclusions, *asked.requirements)}


def leaves(criterion: Criterion) -> Iterator[Criterion]:
    yield from (c for c in criterion.leaves() if not isinstance(c.test, Combine))


def speaking(criterion: Criterion, example: Example, *, met: bool) -> list[Fact]:
    """Facts by which every leaf speaks for the criterion, or every leaf against it."""
    if isinstance(criterion.test, Combine):
        turned = met != (criterion.test.kind == "none")
        return [f for p in criterion.test.parts for f in speaking(p, example, met=turned)]
    return made_fact(criterion, example.as_of, met=met)


def some(criterion: Criterion, example: Example, random: Random) -> list[Fact]:
    """Facts for some of the leaves, against some, and nothing on the others."""
    facts: list[Fact] = []
    for leaf in leaves(criterion):
        choice = random.random()
        if choice < 0.7:
            facts += made_fact(leaf, example.as_of, met=choice < 0.35)
    return facts


def tries(criterion: Criterion, example: Example, random: Random) -> Iterator[tuple[Fact, ...]]:
    """Cases about one criterion: nothing, all for it, all against it, and mixtures."""
    yield ()
    for met in (True, False):
        yield tuple(dict.fromkeys(speaking(criterion, example, met=met)))
    for _ in range(MIXTURES):
        yield tuple(dict.fromkeys(some(criterion, example, random)))


def closed(criterion: Criterion) -> bool:
    """Whether silence answers every leaf of it."""
    return all(leaf.silence for leaf in leaves(criterion))


def unreached(policy: Policy, examples: list[Example]) -> Iterator[str]:
    """What no example and no try comes to, as "initiation: criterion is never met"."""
    seen: dict[Phase, dict[str, set[Truth]]] = defaultdict(lambda: defaultdict(set))

    def judge(example: Example, facts: tuple[Fact, ...]) -> None:
        for id, truth in truths(judged(example, facts, policy.id).findings()):
            seen[example.phase][id].add(truth)

    for example in examples:
        judge(example, example.facts)
    done: dict[str, Criterion] = {}
    for phase in policy.phases:
        like = next((e for e in examples if e.phase is phase), examples[0])
        like = replace(like, phase=phase, item=replace(like.item, phase=phase))
        for id, criterion in deciding(policy, phase).items():
            if done.get(id) == criterion:
                continue  # the same as in an earlier phase
            done[id] = criterion
            want = {MET, NOT_MET} if closed(criterion) else {MET, NOT_MET, UNKNOWN}
            for facts in tries(criterion, like, Random(f"{policy.id} {id}")):
                if want <= seen[phase][id]:
                    break
                judge(like, facts)
            left = want - set().union(*(s[id] for s in seen.values()))
            yield from (f"{phase.value}: {id} is never {truth.value}" for truth in sorted(left))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_deciding_criterion_can_come_out_each_way(folder) -> None:  # type: ignore[no-untyped-def]
    policy = LIBRARY.policies[folder.name]
    examples = list(load_examples(folder, LIBRARY.concepts))
    assert list(unreached(policy, examples)) == []
