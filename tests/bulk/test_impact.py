"""Two policies, or one with other thresholds, held against each other over the same cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indicated.criteria import sweep, threshold
from indicated.impact import impact, share, swept, with_thresholds
from indicated.population import facts_of_case, judge_one
from indicated.serve.cli import main

from .conftest import Place, run


def test_the_same_policy_twice_changes_nothing(place: Place) -> None:
    id, day = place.asked.policy.id, place.asked.as_of
    said = run(
        "policy", "impact", id, id, "--facts", place.file, "--as-of", day,
        "--phase", place.asked.item.phase.value,
    )  # fmt: skip
    assert said.startswith(f"{len(place.cases)} cases; the outcome of 0 changes")


def test_a_change_is_told_by_criterion_and_subgroup(place: Place) -> None:
    a = place.asked
    phase = a.policy.phases[a.item.phase]
    shut = replace(phase, routes=(), exceptions=())
    new = replace(a, policy=replace(a.policy, phases={a.item.phase: shut}))
    found = impact(place.con, a, new, ("age", "sex"))
    before = {case: judge_one(a, facts_of_case(place.con, case)).outcome for case in place.cases}
    after = {case: judge_one(new, facts_of_case(place.con, case)).outcome for case in place.cases}
    wanted = Counter((before[c].value, after[c].value) for c in place.cases)
    assert found.outcomes == wanted
    assert any(old != new for old, new in wanted)
    for rows in found.subgroups.values():
        assert sum(row.cases for row in rows) == len(place.cases)
        assert sum(row.changed for row in rows) == sum(
            n for (o, n_), n in wanted.items() if o != n_
        )


def outcomes(place: Place, asked: object) -> Counter[str]:
    return Counter(
        judge_one(asked, facts_of_case(place.con, case)).outcome.value  # type: ignore[arg-type]
        for case in place.cases
    )


def test_another_threshold_changes_what_the_reference_says_it_changes(place: Place) -> None:
    """And the sentences of its criteria say the number that decides."""
    asked = with_thresholds(place.asked, [threshold(place.asked.policy, NAME + "=60 kg/m2")])
    found = impact(place.con, place.asked, asked)
    after = Counter[str]()
    for (_, outcome), n in found.outcomes.items():
        after[outcome] += n
    assert after == outcomes(place, asked)
    assert after != outcomes(place, place.asked)
    assert asked.policy.hash != place.asked.policy.hash
    assert any("60" in c.says for p in asked.policy.phases.values() for r in p.routes
               for c in r.criteria)  # fmt: skip


def test_each_value_of_a_sweep_comes_out_as_by_the_reference(place: Place) -> None:
    name, values = sweep(place.asked.policy, NAME + "=30..60/15")
    assert [str(v.exact) for v in values] == ["30", "45", "60"]
    for step in swept(place.con, place.asked, name, values):
        asked = with_thresholds(place.asked, [(name, step.value)])
        assert step.outcomes == outcomes(place, asked)


def test_a_sweep_is_told_and_drawn(place: Place, tmp_path: Path) -> None:
    a = place.asked
    said = run(
        "policy", "impact", a.policy.id, "--facts", place.file, "--as-of", a.as_of,
        "--phase", a.item.phase.value, "--sweep", NAME + "=30..60/15", "--plot", tmp_path / "s.svg",
    )  # fmt: skip
    assert said.splitlines()[0].startswith(f"{len(place.cases)} cases by {NAME}")
    assert [line.split(":")[0].strip() for line in said.splitlines()[1:]] == [
        "30 kg/m²", "45 kg/m²", "60 kg/m²",
    ]  # fmt: skip
    drawn = (tmp_path / "s.svg").read_text(encoding="utf-8")
    assert "<svg" in drawn


def test_a_subgroup_may_be_what_a_concept_says(place: Place) -> None:
    found = impact(place.con, place.asked, place.asked, ("type-2-diabetes",))
    (rows,) = found.subgroups.values()
    assert {row.group for row in rows} >= {"present", "not stated"}
    assert sum(row.cases for row in rows) == len(place.cases)


NAME = "bmi-alone"
REFUSED = [
    (["--set", "no-such=1"], "has no parameter"),
    (["--set", NAME], "sets nothing"),
    (["--set", NAME + "=40 mg"], "is not one number in"),
    (["--set", NAME + "=30-40"], "is not one number in"),
    (["--sweep", NAME + "=30..40"], "is no sweep"),
    (["--sweep", NAME + "=40..30/1"], "without an end"),
    (["--sweep", NAME + "=30..40/0"], "without an end"),
    (["--sweep", NAME + "=30..40/0.01"], "a sweep of 102 values"),
    (["--sweep", NAME + "=30..40/1", "--set", NAME + "=40"], "a sweep is of OLD alone"),
    (["--plot", "x.svg", "--set", NAME + "=40"], "no sweep to draw"),
    (["--set", NAME + "=40", "--by", "sexx"], "is no subgroup and no concept"),
    ([], "nothing is to change"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_cannot_be_set_is_refused(place: Place, options: list[str], words: str) -> None:
    id = place.asked.policy.id
    result = CliRunner().invoke(
        main, ["policy", "impact", id, "--facts", str(place.file), *options]
    )
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_mirrors(counted: tuple[int, int]) -> None:
    n, of = counted
    p, low, high = share(n, of)
    assert 0 <= low <= p <= high <= 1
    mirrored = share(of - n, of)
    assert abs(mirrored[1] - (1 - high)) < 1e-9
