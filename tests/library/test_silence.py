"""Silence denies nothing, over the shipped policies: whatever single fact a worked example loses,
a denial still rests on something that the record says against the treatment."""

from __future__ import annotations

import pytest

from indicated.criteria import Example, load_examples, load_library, policy_folders, shipped
from indicated.judge import Context, judge_policy, with_request
from indicated.model import Determination, Facts, Finding, Outcome, State
from indicated.truth import MET, NOT_MET

LIBRARY = load_library()
FOLDERS = policy_folders(shipped())
# Sleep apnoea called central without a word on obstruction: it was once read as "not obstructive".
CENTRAL_ALONE = ("ahi", "central-sleep-apnea")


def judged(example: Example, without: int, policy: str) -> Determination:
    facts = Facts(example.facts[:without] + example.facts[without + 1 :])
    context = Context(LIBRARY, example.as_of, "test")
    known = with_request(example.item, facts, context)
    return judge_policy(LIBRARY.policies[policy], example.item, known, context)


def contrary(d: Determination) -> list[Finding]:
    """What decides a denial and is said: leaves of a met exclusion, or refuting leaves of routes."""
    excluded = [f for f in d.exclusions if f.truth is MET]
    against = excluded or [f for f in (*d.routes, *d.exceptions) if f.truth is NOT_MET]
    return [leaf for f in against for leaf in f.leaves() if leaf.state is State.SAID and leaf.facts]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_denial_rests_on_what_the_record_says(folder: object) -> None:
    for example in load_examples(folder, LIBRARY.concepts):  # type: ignore[arg-type]
        for i in range(len(example.facts)):
            found = judged(example, i, folder.name)  # type: ignore[attr-defined]
            if found.outcome is Outcome.NOT_INDICATED:
                assert contrary(found), f"{example.name} without {example.facts[i].concept}"


@pytest.mark.parametrize(
    "policy", ["cpap-obstructive-sleep-apnea", "bipap-obstructive-sleep-apnea"]
)
def test_central_apnoea_without_a_word_on_obstruction_is_asked_about(policy: str) -> None:
    folder = next(f for f in FOLDERS if f.name == "cpap-obstructive-sleep-apnea")
    examples = load_examples(folder, LIBRARY.concepts)
    example = next(e for e in examples if set(CENTRAL_ALONE) < {f.concept for f in e.facts})
    lost = next(i for i, f in enumerate(example.facts) if f.concept == "obstructive-sleep-apnea")
    found = judged(example, lost, policy)
    (exclusion,) = [f for f in found.exclusions if f.id == "central-main"]
    assert not exclusion.truth.known
    assert found.outcome is Outcome.CANNOT_DETERMINE
