"""`indicated ask` and `assess --save`: a conversation on an assessment, kept in its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.criteria import shipped as shipped_library
from indicated.errors import ExitCode
from indicated.serve.cli import main

CASE = Path(__file__).parents[2] / "examples" / "cases" / "cpap-ahi-9-hypertension"


def run(*args: object, said: str = "") -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=said)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("ask") / "case.json"
    result = run("assess", f"@{CASE / 'question.txt'}", "--chart", CASE / "chart",
                 "--as-of", "2026-11-20", "--save", file)  # fmt: skip
    assert result.exit_code == 0, result.output
    return file.read_text(encoding="utf-8")


@pytest.fixture
def file(saved: str, tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text(saved, encoding="utf-8")
    return path


def test_a_question_is_answered_and_kept(file: Path) -> None:
    result = run("ask", file, "What if the AHI was 4?")
    assert result.exit_code == 0, result.output
    assert "indicated would become not indicated under these criteria" in result.stdout
    turns = json.loads(file.read_text(encoding="utf-8"))["assessment"]["turns"]
    assert [t["follow_up"]["kind"] for t in turns] == ["what_if"]
    assert turns[0]["at"]


def test_a_conversation_is_resumed(file: Path) -> None:
    run("ask", file, "What if the AHI was 4?")
    result = run("ask", file, "And if it was 16?")
    assert "No determination would change." in result.stdout
    shown = run("ask", file, "--history")
    assert shown.stdout.count("# Answer to a follow-up question") == 2
    assert "And if it was 16?" in shown.stdout


def test_questions_are_read_line_by_line(file: Path) -> None:
    result = run("ask", file, said="Why is CPAP indicated?\nWhat is missing?\n\nnot asked\n")
    assert result.exit_code == 0
    assert result.stdout.count("# Answer to a follow-up question") == 2


def test_each_format(file: Path, tmp_path: Path) -> None:
    data = json.loads(run("ask", file, "source 6", "--format", "json").stdout)
    assert (data["kind"], data["source"]) == ("source", "6")
    assert data["answer"]["sentences"]
    page = tmp_path / "answer.html"
    assert run("ask", file, "source 6", "--format", "html", "-o", page).exit_code == 0
    assert "<h1" in page.read_text(encoding="utf-8")
    assert run("ask", file, "source 6", "--format", "md").stdout.startswith("# Answer")


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "not a whole JSON file"), ("{}", "not an assessment that was saved")],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    result = run("ask", path, "why?")
    assert result.exit_code == int(ExitCode.INPUT)
    assert said in result.stderr
    assert path.read_text(encoding="utf-8") == text


def test_no_file_and_no_question(file: Path, tmp_path: Path) -> None:
    assert "cannot be read" in run("ask", tmp_path / "none.json", "why?").stderr
    assert "the question is empty" in run("ask", file, " ").stderr


def test_the_saved_file_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "case.json"
    folder.mkdir()
    result = run(
        "assess", "Is CPAP medically necessary?", "--as-of", "2026-11-20", "--save", folder
    )
    assert result.exit_code != 0
    assert list(tmp_path.iterdir()) == [folder]


def test_a_case_judged_with_folders_of_ones_own_names_them(tmp_path: Path) -> None:
    own = tmp_path / "my-library"
    shipped = Path(str(shipped_library())) / "policies" / "cpap-obstructive-sleep-apnea"
    policy = own / "policies" / "sleep-mask" / "policy.yaml"
    policy.parent.mkdir(parents=True)
    text = (shipped / "policy.yaml").read_text(encoding="utf-8")
    text = text.replace("policy: cpap-obstructive-sleep-apnea", "policy: sleep-mask")
    policy.write_text(text.replace("over: []", "") + "over: [cpap-obstructive-sleep-apnea]\n")
    file = tmp_path / "case.json"
    made = run("assess", f"@{CASE / 'question.txt'}", "--chart", CASE / "chart",
               "--as-of", "2026-11-20", "--policies", own, "--save", file)  # fmt: skip
    assert made.exit_code == 0, made.output
    kept = file.read_text(encoding="utf-8")
    assert json.loads(kept)["assessment"]["folders"] == [str(own)]

    without = run("ask", file, "What if the AHI was 4?")
    assert without.exit_code == int(ExitCode.INPUT)
    assert "the library has no policy sleep-mask" in without.stderr
    assert f"--policies {own}" in without.stderr
    assert file.read_text(encoding="utf-8") == kept, "nothing was asked"
    assert run("ask", file, "What if the AHI was 4?", "--policies", own).exit_code == 0
