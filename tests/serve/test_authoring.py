"""An author who has never seen the code: from `policy new` to a policy that passes its tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode
from indicated.serve.cli import main

Run = Callable[..., Result]
# What an author would write for each mark; the rest of the sentence goes with it.
ANSWERS = {"FILL-IN-TREATMENT": "cpap", "FILL-IN-DISEASE": "obstructive-sleep-apnea"}


@pytest.fixture
def run() -> Run:
    return lambda *args: CliRunner().invoke(main, ["policy", *map(str, args)])


@pytest.fixture
def own(run: Run, tmp_path: Path) -> Path:
    result = run("new", "sleep-mask", tmp_path / "own")
    assert result.exit_code == 0, result.output
    return tmp_path / "own"


def fill_in(folder: Path) -> None:
    for file in folder.glob("policies/*/*.yaml"):
        text = file.read_text(encoding="utf-8")
        for mark, answer in ANSWERS.items():
            text = text.replace(mark, answer)
        text = re.sub(r'FILL-IN [^"#\n]*"?(?=[^"]*\n)', _words, text)
        file.write_text(text, encoding="utf-8")


def _words(found: re.Match[str]) -> str:
    return "Words of the author." + ('"' if found[0].endswith('"') else "")


def test_a_new_policy_says_line_by_line_what_is_to_be_filled_in(run: Run, own: Path) -> None:
    result = run("check", own)
    assert result.exit_code == ExitCode.POLICY
    errors = [e for e in result.output.split("error: ") if e.strip()]
    assert len(errors) > 10
    assert all("to be filled in" in e for e in errors), "nothing else is wrong with it"
    text = (own / "policies/sleep-mask/policy.yaml").read_text(encoding="utf-8").splitlines()
    lines = [int(m) for m in re.findall(r"policy\.yaml:(\d+): to be", result.output)]
    assert all("FILL-IN" in text[n - 1] for n in lines)


def test_once_filled_in_it_is_sound_and_its_examples_hold(run: Run, own: Path) -> None:
    fill_in(own)
    checked = run("check", own)
    assert checked.exit_code == 0, checked.output
    tested = run("test", own / "policies/sleep-mask")
    assert tested.output == "5 examples, 0 not as written\n"
    assert "First version." in run("show", "sleep-mask", own).output


def test_the_examples_are_checked_with_the_policy(run: Run, own: Path) -> None:
    fill_in(own)
    file = own / "policies/sleep-mask/examples.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("outcome: indicated", "outcome: good"))
    result = run("check", own)
    assert result.exit_code == ExitCode.POLICY
    assert "examples.yaml" in result.output


def test_nothing_is_overwritten(run: Run, own: Path) -> None:
    result = run("new", "sleep-mask", own)
    assert result.exit_code == ExitCode.INPUT
    assert "there is something already" in result.output


@pytest.mark.parametrize("id", ["Sleep Mask", "../x", "a--b", "", "ä"])
def test_an_id_is_a_word(run: Run, tmp_path: Path, id: str) -> None:
    result = run("new", id, tmp_path)
    assert result.exit_code == ExitCode.INPUT
    assert "no policy id" in result.output
    assert not list(tmp_path.iterdir())


def test_examples_of_the_policies_that_are_named(run: Run) -> None:
    one = run("test", "cpap-obstructive-sleep-apnea").output
    both = run("test", "cpap-obstructive-sleep-apnea", "mri-lumbar-spine").output
    assert one == run("test", "--policy", "cpap-obstructive-sleep-apnea").output
    assert int(both.split()[0]) > int(one.split()[0]) > 0


def test_a_misspelt_policy_is_named_with_its_nearest(run: Run) -> None:
    result = run("test", "cpap-obstructive-sleep-apnoea")
    assert result.exit_code == ExitCode.INPUT
    assert 'Did you mean "cpap-obstructive-sleep-apnea"' in result.output


def test_concepts_are_found_by_any_of_their_words(run: Run) -> None:
    assert "cpap\t" in run("concepts", "continuous positive").output
    assert "no concept" in run("concepts", "zzzz").output
