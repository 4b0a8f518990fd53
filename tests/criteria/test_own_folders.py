"""Folders of one's own: they replace and extend, version by version, and say what they did."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated import Case, Chart, assess
from indicated.criteria import load_library, with_profile
from indicated.errors import PolicyError, PolicyErrors
from indicated.examples import example_folders, run_library
from indicated.model import Library, Outcome
from indicated.report import to_json
from indicated.serve.cli import main

from .conftest import LIBRARY, POLICY

ID = "testamab-cough"
NOW, THEN = date(2026, 6, 1), date(2024, 6, 1)
Write = Callable[..., Path]


@pytest.fixture
def own(tmp_path: Path) -> Write:
    """Writes the policy of the test library into a folder of one's own, with changes."""

    def write(to: str, *changes: tuple[str, str]) -> Path:
        text = (POLICY / "policy.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "ours" / to
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return tmp_path / "ours"

    return write


OLDER = (
    ('version: "1"', 'version: "0"'),
    ("{from: 2026-01-01, to: 2027-12-31}", "{from: 2024-01-01, to: 2025-12-31}"),
    ("    in_force: 2026-01-01\n", ""),
    (
        '  - {version: "0", date: 2024-01-01, says: First version.}\n',
        '  - {version: "00", date: 2024-01-01, says: First version.}\n',
    ),
    ("value: 15 d/mo", "value: 12 d/mo"),
    ("at least 15 days", "at least 12 days"),
)
HISTORY = f"policies/{ID}/history/0.yaml"


def load(folder: Path) -> Library:
    return load_library(LIBRARY, extra=[folder])


def refused(folder: Path) -> str:
    with pytest.raises((PolicyError, PolicyErrors)) as caught:
        load(folder)
    return str(caught.value)


def test_a_policy_of_ones_own_takes_the_place_of_the_shipped_one(own: Write) -> None:
    folder = own(f"policies/{ID}/policy.yaml", ("title: Testamab", "title: Our testamab"))
    policy = load(folder).policies[ID]
    assert policy.title.startswith("Our testamab")
    assert (policy.origin, policy.replaces) == ("ours", "1")
    assert load_library(LIBRARY).policies[ID].origin == ""
    (note,) = load(folder).notes
    assert note == '"testamab-cough" 1 of ours takes the place of the shipped 1'


def test_the_hash_does_not_depend_on_the_folder(own: Write) -> None:
    folder = own(f"policies/{ID}/policy.yaml")
    assert load(folder).policies[ID].hash == load_library(LIBRARY).policies[ID].hash


def test_the_later_of_two_folders_wins(own: Write, tmp_path: Path) -> None:
    first = own(f"policies/{ID}/policy.yaml", ("title: Testamab", "title: First"))
    second = Path(shutil.copytree(first, tmp_path / "second"))
    file = second / f"policies/{ID}/policy.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("title: First", "title: Second"))
    library = load_library(LIBRARY, extra=[first, second])
    assert library.policies[ID].title.startswith("Second")


def test_a_history_adds_a_version_for_its_own_days(own: Write) -> None:
    library = load(own(HISTORY, *OLDER))
    assert library.policies[ID].version == "1"
    assert [p.version for p in library.versions(ID)] == ["1", "0"]
    assert library.on(THEN).policies[ID].version == "0"
    assert library.on(NOW).policies[ID].version == "1"
    assert library.on(THEN).on(NOW).policies[ID].version == "1"
    assert library.on(date(2020, 1, 1)).policies[ID].version == "1", "none holds: the newest stays"


def test_versions_that_hold_on_the_same_day_are_refused(own: Write) -> None:
    longer = tuple((a, b.replace("to: 2025-12-31", "to: 2026-01-01")) for a, b in OLDER)
    said = refused(own(HISTORY, *longer))
    assert 'versions "0" and "1" of "testamab-cough" both hold on 2026-01-01' in said
    assert "history/0.yaml:1" in said


def test_a_version_lies_under_its_own_name(own: Write) -> None:
    said = refused(own(f"policies/{ID}/history/2024.yaml", *OLDER))
    assert 'version "0" lies in a file called "2024.yaml"' in said


def test_a_history_of_no_policy_is_refused(own: Write) -> None:
    folder = own("policies/other/history/0.yaml", (f"policy: {ID}", "policy: other"), *OLDER)
    assert '"other" has a history and no policy.yaml' in refused(folder)


def test_a_mistake_in_a_history_is_found_with_its_line(own: Write) -> None:
    said = refused(own(HISTORY, *OLDER, ("question: ", "questoin: ")))
    assert "history/0.yaml:4" in said
    assert 'Did you mean "question"' in said


def test_a_kept_library_sees_a_history_that_is_added(own: Write, tmp_path: Path) -> None:
    folder = own(f"policies/{ID}/policy.yaml")
    cache = tmp_path / "cache"
    assert not load_library(LIBRARY, extra=[folder], kept_in=cache).earlier
    own(HISTORY, *OLDER)
    for _ in range(2):
        again = load_library(LIBRARY, extra=[folder], kept_in=cache)
        assert [p.version for p in again.versions(ID)] == ["1", "0"]


def test_examples_of_a_replaced_policy_are_not_run(own: Write) -> None:
    folder = own(f"policies/{ID}/policy.yaml")
    shutil.copy(POLICY / "examples.yaml", folder / "policies" / ID)
    library = load(folder)
    assert example_folders(library, [LIBRARY, folder]) == [folder / "policies" / ID]
    problems = [p for r in run_library(library, [LIBRARY, folder]) for p in r.problems]
    assert all(p.startswith(str(folder)) for p in problems)


def test_a_plan_that_does_not_fit_the_replacement_leaves_it_alone_and_is_named(own: Write) -> None:
    folder = own(
        f"policies/{ID}/policy.yaml",
        ("cough-days: {value", "days-of-cough: {value"),
        ("$cough-days", "$days-of-cough"),
    )
    library = load(folder)
    assert with_profile(library, "strict-plan").policies[ID].profile == ""
    assert any("strict-plan" in n and "not applied" in n for n in library.notes)


def test_an_earlier_version_is_seen_by_a_plan_too(own: Write) -> None:
    plan = with_profile(load(own(HISTORY, *OLDER)), "strict-plan")
    assert plan.on(THEN).policies[ID].profile == "strict-plan"


# --- concepts ------------------------------------------------------------------------------


def concepts(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "ours" / "concepts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "more.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "ours"


def test_a_concept_gains_names_codes_and_classes(tmp_path: Path) -> None:
    folder = concepts(
        tmp_path,
        "cough-drug: {label: a drug for cough, kind: drug}\n"
        "testamab: {extends: true, names: [Testavance], under: cough-drug, codes: {rxnorm: ['1']}}\n",
    )
    library, before = load(folder), load_library(LIBRARY)
    found, old = library.concepts["testamab"], before.concepts["testamab"]
    assert found.names == (*old.names, "Testavance")
    assert found.label == old.label
    assert found.codes["rxnorm"][-1] == "1"
    assert library.concepts.is_a("testamab", "cough-drug")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("testamob: {extends: true, names: [x]}", 'Did you mean "testamab"'),
        ("testamab: {extends: false, names: [x]}", "in an earlier folder to add to"),
        ("new: {label: n, kind: drug}\nnewer: {extends: true, names: [x]}", "earlier folder"),
        ("testamab: {extends: true, label: another}", '"label"'),
        ("testamab: {extends: true, under: nothing}", 'is under "nothing", which does not exist'),
        ("testamab: {label: another, kind: drug}", 'Write "extends: true" to add to it'),
    ],
)
def test_what_cannot_be_added_to_a_concept(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(concepts(tmp_path, text + "\n"))


# --- what a reader is told -----------------------------------------------------------------

CPAP = "cpap-obstructive-sleep-apnea"
SHIPPED = Path(load_library.__code__.co_filename).parents[1] / "library/policies" / CPAP


def test_the_article_names_the_policy_used_and_where_it_is_from(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "our-rules" / "policies" / CPAP)
    text = (copy / "policy.yaml").read_text(encoding="utf-8")
    version = load_library().policies[CPAP].version
    (copy / "policy.yaml").write_text(text.replace(f'"{version}"', '"77.1"'), encoding="utf-8")
    question = "Is CPAP necessary for this adult with obstructive sleep apnea?"
    result = CliRunner().invoke(
        main, ["assess", question, "--policies", str(tmp_path / "our-rules"), "--format", "md"]
    )
    assert result.exit_code == 0, result.output
    assert f"olicy {CPAP}, version 77.1, from the library folder “our-rules”" in result.output
    assert f"in place of the shipped version {version}" in result.output
    assert str(tmp_path) not in result.output
    own = load_library(extra=[tmp_path / "our-rules"])
    told = to_json(assess(Case(question, Chart(), NOW), own))["determinations"][0]
    assert (told["policy_version"], told["policy_origin"]) == ("77.1", "our-rules")


def test_a_case_of_a_day_without_a_policy_says_which_days_there_are() -> None:
    question = "Is CPAP necessary for this adult with obstructive sleep apnea?"
    found = assess(Case(question, Chart(), date(1999, 1, 1)), load_library()).determinations[0]
    assert found.outcome is Outcome.NO_POLICY
    from_day = load_library().policies[CPAP].valid_from
    assert f"the library holds {CPAP} from {from_day}" in found.because
