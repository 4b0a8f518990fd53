"""The command line as a user meets it: files in, files out, errors that say what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode, OutputError
from indicated.serve.cli import main
from indicated.serve.output import write_file

QUESTION = "Is CPAP necessary for this adult with obstructive sleep apnea?"
CHART = """Sleep clinic
Date: 2025-05-02

52-year-old man. Face-to-face evaluation for loud snoring and excessive daytime sleepiness.
Home sleep test 2025-04-20: AHI 22 events/h.
Assessment: obstructive sleep apnea.
"""


@pytest.fixture
def run() -> object:
    return lambda *args, **kwargs: CliRunner().invoke(main, list(args), **kwargs)


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text(CHART, encoding="utf-8")
    return path


def test_assess_prints_the_article(run: object, chart: Path) -> None:
    result: Result = run("assess", QUESTION, "--chart", str(chart), "--as-of", "2025-05-10")  # type: ignore[operator]
    assert result.exit_code == 0, result.output
    assert "Direct answer" in result.output
    assert "CPAP" in result.output


@pytest.mark.parametrize(
    ("ending", "sign"), [("html", "<!doctype html>"), ("md", "# "), ("json", "{")]
)
def test_the_ending_of_the_output_names_the_format(
    run: object, chart: Path, tmp_path: Path, ending: str, sign: str
) -> None:
    out = tmp_path / "deep" / f"article.{ending}"
    result: Result = run("assess", QUESTION, "--chart", str(chart), "-o", str(out))  # type: ignore[operator]
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8").lstrip().lower().startswith(sign)


def test_without_a_chart_the_question_is_the_record(run: object) -> None:
    result: Result = run("assess", QUESTION + " AHI was 22 events/h.", "--format", "json")  # type: ignore[operator]
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert any(f["concept"] == "ahi" for f in found["facts"])


def test_the_question_may_come_from_a_file_or_standard_input(
    run: object, chart: Path, tmp_path: Path
) -> None:
    asked = tmp_path / "question.txt"
    asked.write_text(QUESTION, encoding="utf-8")
    a: Result = run("assess", f"@{asked}", "--chart", str(chart), "--as-of", "2025-05-10")  # type: ignore[operator]
    b: Result = run("assess", "-", "--chart", str(chart), "--as-of", "2025-05-10", input=QUESTION)  # type: ignore[operator]
    assert a.exit_code == b.exit_code == 0
    assert a.stdout == b.stdout


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["assess", " "], ExitCode.INPUT, "the question is empty"),
        (["assess", "@nowhere.txt"], ExitCode.INPUT, "the question cannot be read"),
        (["assess", "Is it necessary?", "--chart", "nowhere.txt"], ExitCode.INPUT, "Do this"),
        (["assess", "Is it?", "--as-of", "yesterday"], ExitCode.USAGE, "is not a date"),
        (["assess", QUESTION, "--profile", "nobody"], ExitCode.POLICY, "nobody"),
        (["policy", "show", "cpap"], ExitCode.INPUT, "Choose one of"),
        (
            ["batch", "nowhere.jsonl", "-o", "out.jsonl"],
            ExitCode.INPUT,
            "the case file cannot be read",
        ),
    ],
)
def test_errors_say_what_to_do(
    run: object,
    args: list[str],
    code: ExitCode,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result: Result = run(*args)  # type: ignore[operator]
    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_policy_commands_run_on_the_shipped_library(run: object) -> None:
    listed: Result = run("policy", "list")  # type: ignore[operator]
    assert listed.exit_code == 0
    ids = [line.split("\t")[0] for line in listed.stdout.splitlines()]
    shown: Result = run("policy", "show", ids[0])  # type: ignore[operator]
    assert shown.exit_code == 0
    assert "SOURCES" in shown.stdout


def test_policy_check_names_file_and_line_of_a_folder_of_ones_own(
    run: object, tmp_path: Path
) -> None:
    broken = tmp_path / "policies" / "mine"
    broken.mkdir(parents=True)
    (broken / "policy.yaml").write_text("policy: mine\ntitel: Mine\n", encoding="utf-8")
    result: Result = run("policy", "check", str(tmp_path))  # type: ignore[operator]
    assert result.exit_code == ExitCode.POLICY
    assert "policy.yaml:2" in result.stderr
    assert "title" in result.stderr


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "article.md"
    path.write_text("before", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write_file(path, "after")
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]
