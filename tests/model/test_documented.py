"""Every command of docs/model.md runs as it is written there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.serve.cli import main
from tests.model.endpoint import data_of, said, serving
from tests.model.test_assisted import IGG, IVIG, LOW, answer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "model.md"


def commands() -> list[list[str]]:
    """Every line of the page that a person would type, as its words."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    return [shlex.split(line, comments=True)[1:] for line in lines]


def reply(text: str) -> str:
    """What an honest model says of a text."""
    line = next((x for x in text.splitlines() if x.startswith("312 mg/dL")), "")
    shown = {"quote": f"IgG {line}", "date": line.partition(" on ")[2]}  # its day is withheld
    return answer({**IGG, **shown}) if line else answer()


def test_each_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INDICATED_MODEL_LOG", str(tmp_path / "log"))
    text = LOW.replace("IgG\n312", "IgG 312")  # read without a model, so that a letter is carried
    Path("chart").mkdir()
    Path("chart/note.txt").write_text("Date: 11/05/2025\n" + text + "IgA\n12 mg/dL on 3/4/2025\n")
    Path("question.txt").write_text(IVIG)
    line = {"id": "one", "question": IVIG, "chart": LOW, "as_of": "2025-11-21"}
    Path("cases.jsonl").write_text(json.dumps(line) + "\n")
    on, ran = ["--as-of", "2025-11-21"], set()
    with serving(lambda body: said(reply(str(data_of(body).get("text"))))) as (url, _):
        for words in commands():
            dated = words[0] in ("assess", "letter", "sheet", "batch") and "--saved" not in words
            typed = [w.replace("URL", url) for w in words] + (on if dated else [])
            done = CliRunner().invoke(main, typed)
            assert done.exit_code == 0, (words, done.output)
            ran.add(words[0])
    assert ran == {"assess", "letter", "sheet", "batch", "model", "ask"}
    [without] = map(json.loads, Path("without.jsonl").read_text().splitlines())
    [with_model] = map(json.loads, Path("with.jsonl").read_text().splitlines())
    assert without["determinations"][0]["outcome"] == "cannot_determine"
    assert with_model["determinations"][0]["outcome"] == "conditional"
    assert with_model["model"]["facts"]["taken"] == 1
    assert with_model["model"]["outcomes_without"] == ["cannot_determine"]


def test_a_letter_shows_what_was_proposed_and_is_not_final(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Date: 11/05/2025\n" + LOW)
    words = [IVIG, "--chart", str(tmp_path / "note.txt"), "--as-of", "2025-11-21"]
    words += ["--model", f"folder:{tmp_path / 'x'}", "--model-inside"]
    run = CliRunner()
    assert "is not written for" in run.invoke(main, ["letter", "necessity", *words]).stderr
    for path in list((tmp_path / "x").iterdir()):
        answered = path.with_name(path.name.replace(".request.", ".answer."))
        answered.write_text(answer(IGG))
    for kind in ("necessity", "notice", "peer-to-peer"):
        written = run.invoke(main, ["letter", kind, *words])
        assert written.exit_code == 0, written.output
        assert "proposed by a model and found in the record" in written.stdout
        assert "1 statement(s) were proposed by a model; no person confirmed them" in written.stderr
    refused = run.invoke(main, ["letter", "peer-to-peer", *words, "--final"])
    assert (refused.exit_code, "[to be filled" in refused.stderr) == (3, True)
    filled = tmp_path / "head.yaml"
    filled.write_text(
        (PAGE.parents[1] / "examples" / "letterhead.yaml").read_text(encoding="utf-8")
    )
    final = ["letter", "necessity", *words, "--final", "--with", str(filled)]
    refused = run.invoke(main, final)
    assert refused.exit_code == 3
    assert (
        "1 statement(s) were proposed by a model, and no person has confirmed them"
        in refused.stderr
    )
    assert "igg, present" in refused.stderr
    off = run.invoke(main, ["letter", "necessity", *words, "--without-model"])
    assert "is not written for" in off.stderr
    sheet = run.invoke(main, ["sheet", *words])
    assert sheet.exit_code == 0
    assert sheet.stdout != run.invoke(main, ["sheet", *words, "--without-model"]).stdout
