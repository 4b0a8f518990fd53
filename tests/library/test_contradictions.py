"""No two policies answer one case in opposite ways by accident; the search finds it if they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.contradictions import Contradiction, contradictions, rivals
from indicated.criteria import (
    Example,
    load_examples,
    load_library,
    made_fact,
    new_policy,
    policy_folders,
    shipped,
)
from indicated.errors import ExitCode
from indicated.judge.memory import judge_criterion
from indicated.judge.record import Record
from indicated.model import Library
from indicated.serve.cli import main
from indicated.truth import MET

YES, NO = "sleep-mask", "strict-mask"
FILLED = {
    "FILL-IN-TREATMENT": "cpap",
    "FILL-IN-DISEASE": "obstructive-sleep-apnea",
    "FILL-IN": "Words on",
}
AGED_OUT = {  # in place of pregnancy: whoever is 30 or older is excluded
    "    says: The patient is pregnant.": "    says: The patient is at least 30 years old.",
    "    has: pregnancy\n    currently: true": "    value: age\n    at_least: 30 years",
}


def examples_of(library: Library, *roots: Path) -> Mapping[str, Sequence[Example]]:
    folders = [f for root in (shipped(), *roots) for f in policy_folders(root)]
    return {f.name: load_examples(f, library.concepts) for f in folders}


def written(folder: Path, id: str, changes: Mapping[str, str]) -> None:
    """A policy from the template, filled in and changed."""
    policy, *others = new_policy(id, folder, date(2026, 1, 1))
    for file in (policy, *others):
        text = file.read_text(encoding="utf-8")
        for old, new in (FILLED | (dict(changes) if file == policy else {})).items():
            assert file != policy or old in text
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """Two policies on one treatment: the second excludes whom the first is for."""
    written(tmp_path, YES, {})
    written(tmp_path, NO, AGED_OUT)
    return tmp_path


def found(folder: Path) -> list[Contradiction]:
    library = load_library(extra=[folder])
    some = {id: p for id, p in library.policies.items() if p.origin}
    return list(contradictions(replace(library, policies=some), examples_of(library, folder)))


def test_the_shipped_policies_contradict_each_other_only_where_a_rule_decides() -> None:
    library = load_library()
    left = [c for c in contradictions(library, examples_of(library)) if not c.first]
    assert [(c.yes, c.no, c.item.treatment) for c in left] == []


def test_the_same_policy_twice_is_a_rival_and_never_a_contradiction(tmp_path: Path) -> None:
    written(tmp_path, YES, {})
    written(tmp_path, NO, {})
    library = load_library(extra=[tmp_path])
    assert (YES, NO) in [(a.id, b.id) for a, b in rivals(library)]
    assert found(tmp_path) == []


def test_opposite_policies_are_found_and_twice_the_same(ours: Path) -> None:
    (one,) = found(ours)
    assert (one.yes, one.no, one.first) == (YES, NO, "")
    assert one.facts
    assert found(ours) == [one]


def test_an_order_settles_it(ours: Path) -> None:
    file = ours / "policies" / NO / "policy.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"over: [{YES}]\n", encoding="utf-8")
    assert found(ours) == []


def test_policies_about_two_diseases_are_no_rivals(ours: Path) -> None:
    file = ours / "policies" / NO / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("{has: obstructive-sleep-apnea}", "{has: hypertension}"))
    assert found(ours) == []


def test_it_is_reported_with_what_to_do(ours: Path) -> None:
    result = CliRunner().invoke(main, ["policy", "check", "--conflicts", str(ours)])
    assert result.exit_code == ExitCode.POLICY
    assert f'"{YES}" says yes and "{NO}" no to one case' in result.output
    assert "Write in `over` which goes first" in result.output


def test_with_folders_of_ones_own_only_their_policies_are_spoken_of(ours: Path) -> None:
    result = CliRunner().invoke(main, ["policy", "check", "--conflicts", str(ours)])
    told = [line for line in result.output.splitlines() if " says yes and " in line]
    assert told
    assert all(f'"{YES}"' in line or f'"{NO}"' in line for line in told)
    everywhere = CliRunner().invoke(main, ["policy", "check", "--conflicts"]).output
    assert " says yes and " in everywhere, "the shipped ones have notes of their own"


def test_facts_made_for_a_criterion_are_judged_as_they_were_made() -> None:
    """Over every shipped leaf that one plain fact can decide: nothing made to fail ever meets it."""
    library, day = load_library(), date(2026, 6, 1)
    leaves = {
        (p.id, leaf.id): leaf
        for p in library.policies.values()
        for asked in p.phases.values()
        for route in asked.routes
        for c in route.criteria
        for leaf in c.leaves()
    }
    met = 0
    for leaf in leaves.values():
        for wanted in (True, False):
            facts = made_fact(leaf, day, met=wanted)
            truth = judge_criterion(leaf, Record.seen(facts, library.concepts, day)).truth
            assert wanted or truth is not MET, leaf.id
            met += wanted and truth is MET
    assert met > len(leaves) / 3
