"""Take the deciding fact away: an answer may stay or open up, and only ever turns into its opposite
where a leaf closes the world for a written reason, or where another fact of the record now decides.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indicated.criteria import Example, Folder, load_examples, load_library, policy_folders, shipped
from indicated.judge import Context, judge_policy, with_request
from indicated.model import Determination, Fact, Facts, Finding, Outcome, State

LIBRARY = load_library()
FOLDERS = policy_folders(shipped())
YES = {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES}
NO = {Outcome.NOT_INDICATED}


def judged(example: Example, facts: tuple[Fact, ...], policy: str) -> Determination:
    context = Context(LIBRARY, example.as_of, "test")
    known = with_request(example.item, Facts(facts), context)
    return judge_policy(LIBRARY.policies[policy], example.item, known, context)


def leaves(d: Determination) -> Iterator[Finding]:
    for finding in d.findings():
        yield from finding.leaves()


def opposite(before: Outcome, after: Outcome) -> bool:
    return (before in YES and after in NO) or (before in NO and after in YES)


def explained(before: Determination, after: Determination, gone: Fact) -> bool:
    """Whether a leaf that used the fact closes the world now, or another fact decides it."""
    now = {leaf.id: leaf for leaf in leaves(after)}
    used = [leaf for leaf in leaves(before) if any(f.concept == gone.concept for f in leaf.facts)]
    return any(
        now[leaf.id].state is State.CLOSED or (now[leaf.id].truth.known and now[leaf.id].facts)
        for leaf in used
        if leaf.id in now
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_without_a_fact_an_answer_does_not_turn_by_silence(folder: Folder) -> None:
    decided = 0
    for example in load_examples(folder, LIBRARY.concepts):
        before = judged(example, example.facts, folder.name)
        if before.outcome not in YES | NO:
            continue
        decided += 1
        for n, gone in enumerate(example.facts):
            rest = example.facts[:n] + example.facts[n + 1 :]
            after = judged(example, rest, folder.name)
            if opposite(before.outcome, after.outcome):
                assert explained(before, after, gone), f"{example.name} without {gone.concept}"
    assert decided
