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
ANSWERS = {
    "FILL-IN-TREATMENT": "cpap",
    "FILL-IN-DISEASE": "obstructive-sleep-apnea",
    "FILL-IN a sentence that shows the diagnosis": "She has obstructive sleep apnea.",
    "FILL-IN a sentence that rules the diagnosis out": "Obstructive sleep apnea was ruled out.",
    "FILL-IN a sentence that says the treatment helps": "She responds well to CPAP.",
    "FILL-IN a sentence that says it does not help": "No response to CPAP.",
}


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
    assert tested.output == "14 examples, 0 not as written\n"


def change(own: Path, file: str, old: str, new: str) -> int:
    """Replace a text that stands once in a file of the policy; say on which line."""
    path = own / "policies/sleep-mask" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_policy_is_shown_whole(run: Run, own: Path) -> None:
    fill_in(own)
    change(
        own, "policy.yaml", "    currently: true\n",
        "    currently: true\n    silence: absent\n    given: [age]\n    because: It is asked of all.\n",
    )  # fmt: skip
    shown = run("show", "sleep-mask", own).output
    for words in (
        "First version.",
        "Standing: accepted",
        "Certainty: low. Words of the author.",
        "youngest: 18 years",
        "ask: State the patient's age.",
        "silence counts as absent (where the record says: age), because: It is asked of all.",
    ):
        assert words in shown, words
    shown = run("show", "botulinum-toxin-chronic-migraine").output
    assert "STATUS\n  regulatory: " in shown
    assert "DISAGREEMENTS\n  " in shown
    assert " (default): " in shown


def test_a_sentence_that_is_read_otherwise_is_quoted_at_its_line(run: Run, own: Path) -> None:
    fill_in(own)
    line = change(
        own, "said.yaml", "met: She is 12 weeks pregnant.",
        "met:\n      - She is 12 weeks pregnant.\n      - She likes tea.",
    )  # fmt: skip
    result = run("test", "sleep-mask", own)
    assert result.exit_code == ExitCode.EXAMPLES
    assert (
        f'said.yaml:{line + 2}: "She likes tea.": harmful is unknown, expected met '
        "(the record does not say)\n" in result.output
    )
    assert "15 examples, 1 not as written" in result.output


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("value: 44 years", "value: 14 years", "outcome not_indicated, expected indicated (adult:"),
        ("value: 44 years", "assertion: possible",
         "outcome cannot_determine, expected indicated (adult: unknown (the record does not say))"),
        ("{outcome: not_indicated, findings: {harmful: met}}", "{outcome: indicated}",
         "(harmful: met (the record says so))"),
        ("{outcome: indicated, findings: {doing-well: met}}", "{outcome: not_indicated}",
         "outcome indicated, expected not_indicated (benefit: all met)"),
    ],
)  # fmt: skip
def test_an_outcome_otherwise_names_what_decided_it(
    run: Run, own: Path, old: str, new: str, why: str
) -> None:
    fill_in(own)
    # Supporting criteria never decide: one that is unknown in every example is never named.
    change(
        own,
        "policy.yaml",
        "    supporting: []",
        "    supporting: [{has: obesity, says: The patient is obese., cite: [SOURCE], ask: Send it.}]",
    )
    line = change(own, "examples.yaml", old, new)
    result = run("test", "sleep-mask", own)
    (said,) = [text for text in result.output.splitlines() if "outcome " in text]
    assert why in said
    assert "obes" not in said
    assert int(re.findall(r"examples.yaml:(\d+)", said)[0]) <= line


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


@pytest.mark.parametrize("command", ["test", "show", "coverage"])
def test_an_unknown_id_may_lie_in_a_folder_that_was_not_named(
    run: Run, own: Path, command: str
) -> None:
    hint = "In a folder of yours? Name the folder too."
    assert hint in run(command, "sleep-mask").output
    fill_in(own)
    named = run(command, "sleep-masks", own).output
    assert 'Did you mean "sleep-mask"' in named
    assert hint not in named


def test_concepts_are_found_by_any_of_their_words(run: Run) -> None:
    assert "cpap\t" in run("concepts", "continuous positive").output
    assert "no concept" in run("concepts", "zzzz").output


def test_concepts_are_found_by_how_words_begin_and_say_by_which_name(run: Run, own: Path) -> None:
    (own / "concepts").mkdir()
    (own / "concepts" / "own.yaml").write_text(
        "wrist-trouble: {label: trouble of the wrist, kind: disease, names: [quervox tendon]}\n"
        "seen-by: {label: seen by the adquervox, kind: event}\n"
        "quervox: {label: the condition itself, kind: disease}\n"
        "quervoxitis: {label: inflammation of it, kind: disease}\n",
        encoding="utf-8",
    )
    fill_in(own)
    assert run("concepts", "Quervox", own).output.splitlines() == [
        "quervox\tthe condition itself (disease)",
        'wrist-trouble\ttrouble of the wrist (disease)\tas "quervox tendon"',
        "quervoxitis\tinflammation of it (disease)",
    ]
