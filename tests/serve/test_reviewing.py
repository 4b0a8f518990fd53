"""`policy diff` tells a change in effects; `policy coverage` what a library lacks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.criteria import gaps, load_library, oldest_sources, shipped
from indicated.errors import ExitCode
from indicated.serve.cli import main

Run = Callable[..., Result]
ID = "botulinum-toxin-chronic-migraine"
SHIPPED = Path(str(shipped())) / "policies" / ID


@pytest.fixture
def run() -> Run:
    return lambda *args: CliRunner().invoke(main, ["policy", *map(str, args)])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "own" / "policies" / ID))


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_the_same_twice_differs_in_nothing(run: Run, copy: Path) -> None:
    assert run("diff", SHIPPED, copy).output == "no difference\n"


def test_a_moved_threshold_is_told_by_the_examples_that_it_decides(run: Run, copy: Path) -> None:
    edit(
        copy / "policy.yaml",
        ("value: 15 d/mo", "value: 20 d/mo"),
        ("at least 15 days a month", "at least 20 days a month"),
    )
    for old, new in ((SHIPPED, copy), (SHIPPED / "policy.yaml", copy / "policy.yaml")):
        result = run("diff", old, new)
        assert result.exit_code == 0, result.output
        assert "aura, eight migraine days: indicated -> not_indicated" in result.output
        assert "chronic-headache-days: met -> not_met" in result.output
        assert "headache-days: 15 days/month -> 20 days/month" in result.output


def test_a_moved_role_and_a_source_are_listed(run: Run, copy: Path) -> None:
    edit(copy / "policy.yaml", ("checked: unverified", "checked: secondary"))
    result = run("diff", SHIPPED, copy)
    assert "outcome changes in 0 of" in result.output
    assert "(unverified) ->" in result.output


def test_an_earlier_version_is_compared_by_the_examples_of_its_policy(run: Run, copy: Path) -> None:
    older = copy / "history" / "2020.1.yaml"
    older.parent.mkdir()
    shutil.copy(copy / "policy.yaml", older)
    edit(older, ('version: "2026.1"', 'version: "2020.1"'), ("value: 15 d/mo", "value: 20 d/mo"))
    edit(older, ("at least 15 days a month", "at least 20 days a month"))
    text = older.read_text(encoding="utf-8")
    assert "changes:" not in text, "otherwise its newest change would be of another version"
    result = run("diff", older, copy)
    assert "2020.1 -> 2026.1" in result.output
    assert "not_indicated -> indicated" in result.output


def test_a_library_is_compared_policy_by_policy(run: Run, copy: Path) -> None:
    own = copy.parent.parent
    shutil.copytree(shipped().joinpath("concepts"), own / "concepts")  # type: ignore[arg-type]
    result = run("diff", own, Path(str(shipped())))
    assert "mri-lumbar-spine: new" in result.output
    assert ID not in result.output


def test_what_is_no_policy_is_said(run: Run, tmp_path: Path) -> None:
    result = run("diff", SHIPPED, tmp_path)
    assert result.exit_code == ExitCode.INPUT
    assert "here is no policy" in result.output


def test_coverage_of_one_policy_speaks_of_it_alone(run: Run) -> None:
    result = run("coverage", ID)
    assert result.exit_code == 0, result.output
    assert "[PRACTICE]" in result.output
    assert "mri-lumbar-spine" not in result.output


def test_a_concept_without_words_is_found_unless_something_gives_it(tmp_path: Path) -> None:
    concepts = tmp_path / "concepts"
    concepts.mkdir()
    (concepts / "new.yaml").write_text(
        "silent: {label: a silent thing, kind: symptom}\n"
        "class: {label: a class, kind: drug}\n"
        "member: {label: a member, kind: drug, names: [member], under: [class]}\n"
        "request.new: {label: a thing of the request, kind: request}\n",
        encoding="utf-8",
    )
    found = {g.what for g in gaps(load_library(tmp_path)) if g.kind == "unreadable"}
    assert found == {"silent"}


def test_every_word_that_a_shipped_policy_asks_for_can_be_recognised() -> None:
    library = load_library()
    assert not [g for g in gaps(library) if g.kind == "unreadable" and g.policy]
    years = [year for year, _, _ in oldest_sources(library)]
    assert years == sorted(years)
    assert len(years) == 10
