"""Silence denies nothing, over the shipped policies: whatever single fact a worked example loses, a
denial still rests on something that the record says, against every way to the treatment.

Where a way may be refuted by silence alone stands in `silence.yaml`, each with the policy's reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from library_helpers import FOLDERS, LIBRARY, judged, less_one

from indicated.criteria import Folder, load_examples
from indicated.model import Determination, Finding, Outcome
from indicated.truth import MET, NOT_MET, Truth, negate

ALLOWED: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    Path(__file__).with_name("silence.yaml").read_text("utf-8")
)
# Sleep apnoea called central without a word on obstruction: it was once read as "not obstructive".
CENTRAL_ALONE = ("ahi", "central-sleep-apnea")


def deciding(finding: Finding, truth: Truth) -> Iterator[Finding]:
    """The leaves that make a finding true or false: those that pull the other way are left out."""
    if finding.truth is not truth:
        return
    if not finding.parts:
        yield finding
    for part in finding.parts:
        yield from deciding(part, negate(truth) if finding.kind == "none" else truth)


def unsaid(d: Determination) -> dict[str, list[Finding]]:
    """Of a denial, what it takes from silence alone: each such way (an exclusion that is met, else a
    route or exception that is not) with the leaves that decide it."""
    excluded = [list(deciding(f, MET)) for f in d.exclusions if f.truth is MET]
    if any(leaf.facts for leaves in excluded for leaf in leaves):
        return {}
    if excluded:
        return {f.id: list(deciding(f, MET)) for f in d.exclusions if f.truth is MET}
    ways = {f.id: list(deciding(f, NOT_MET)) for f in (*d.routes, *d.exceptions)}
    return {id: leaves for id, leaves in ways.items() if not any(leaf.facts for leaf in leaves)}


@cache
def closures(policy: str) -> Mapping[str, tuple[str, str]]:
    """The leaves by whose silence alone the policy refutes a way in some denial: id -> the policy's
    reason, and a case in which it does."""
    folder = next(f for f in FOLDERS if f.name == policy)
    found: dict[str, tuple[str, str]] = {}
    for example in load_examples(folder, LIBRARY.concepts):
        cases = {example.name: example.facts}
        cases |= {f"{example.name}, without {gone.concept}": f for gone, f in less_one(example)}
        for name, facts in cases.items():
            d = judged(example, facts, policy)
            if d.outcome is Outcome.NOT_INDICATED:
                for way, leaves in unsaid(d).items():
                    found |= {leaf.id: (leaf.why, f"{name} ({way})") for leaf in leaves}
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_denial_rests_on_what_the_record_says(folder: Folder) -> None:
    allowed = ALLOWED.get(folder.name, {})
    for leaf, (reason, case) in closures(folder.name).items():
        assert allowed.get(leaf) == reason, f"{leaf}: {case}"


@pytest.mark.parametrize("policy", ALLOWED)
def test_no_silence_is_allowed_that_nothing_rests_on(policy: str) -> None:
    assert set(ALLOWED[policy]) == set(closures(policy))


@pytest.mark.parametrize(
    "policy", ["cpap-obstructive-sleep-apnea", "bipap-obstructive-sleep-apnea"]
)
def test_central_apnoea_without_a_word_on_obstruction_is_asked_about(policy: str) -> None:
    folder = next(f for f in FOLDERS if f.name == "cpap-obstructive-sleep-apnea")
    examples = load_examples(folder, LIBRARY.concepts)
    example = next(e for e in examples if set(CENTRAL_ALONE) < {f.concept for f in e.facts})
    (rest,) = [f for gone, f in less_one(example) if gone.concept == "obstructive-sleep-apnea"]
    found = judged(example, rest, policy)
    (exclusion,) = [f for f in found.exclusions if f.id == "central-main"]
    assert not exclusion.truth.known
    assert found.outcome is Outcome.CANNOT_DETERMINE
