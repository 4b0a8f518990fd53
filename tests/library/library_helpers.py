"""The shipped library and its worked examples, whole and with a fact taken away."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.criteria import Example, load_library, policy_folders, shipped
from indicated.judge import Context, judge_policy, with_request
from indicated.model import Determination, Fact, Facts

LIBRARY = load_library()
FOLDERS = policy_folders(shipped())


def judged(example: Example, facts: tuple[Fact, ...], policy: str) -> Determination:
    """What a policy makes of an example's request with these facts in place of its own."""
    context = Context(LIBRARY, example.as_of, "test")
    known = with_request(example.item, Facts(facts), context)
    return judge_policy(LIBRARY.policies[policy], example.item, known, context)


def less_one(example: Example) -> Iterator[tuple[Fact, tuple[Fact, ...]]]:
    """Each fact of an example, with the facts that are left without it."""
    for n, gone in enumerate(example.facts):
        yield gone, example.facts[:n] + example.facts[n + 1 :]
