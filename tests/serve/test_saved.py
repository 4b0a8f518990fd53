"""`--saved`: the same commands on an assessment that was saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.propose import Exchange
from indicated.serve.cli import main
from tests.model.test_assisted import CPAP, FEW, IGG, IVIG, LOW, answer

HEAD = Path(__file__).resolve().parents[2] / "examples" / "letterhead.yaml"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A case that a model has had a part in."""
    (tmp_path / "note.txt").write_text("Date: 11/05/2025\n" + LOW)
    words = ["assess", IVIG, "--chart", str(tmp_path / "note.txt"), "--as-of", "2025-11-21"]
    words += ["--model", f"folder:{tmp_path / 'x'}", "--model-inside"]
    assert run(*words).exit_code == 0
    exchange = Exchange(tmp_path / "x")
    for request in list(exchange.pending()):
        exchange.record(request, answer(IGG))
    kept = tmp_path / "case.json"
    assert run(*words, "--save", str(kept)).exit_code == 0
    (tmp_path / "note.txt").unlink()  # the saved case needs it no more
    return kept


def test_a_saved_case_gives_the_article_the_sheet_and_the_letter(saved: Path) -> None:
    article = run("assess", "--saved", str(saved))
    assert article.exit_code == 0, article.output
    assert "Answered as of 21 Nov 2025" in article.stdout
    assert "proposed by a model and found in the record" in article.stdout
    assert "As of 2025-11-21" in run("sheet", "--saved", str(saved)).stdout
    letter = run("letter", "necessity", "--saved", str(saved), "--language", "es")
    assert letter.exit_code == 0, letter.output


def test_what_a_person_confirmed_makes_the_letter_final(saved: Path) -> None:
    final = ("letter", "necessity", "--saved", str(saved), "--final", "--with", str(HEAD))
    refused = run(*final)
    assert (refused.exit_code, "no person has confirmed" in refused.stderr) == (3, True)
    fact = run("model", "confirm", str(saved)).output.split()[0]
    assert run("model", "confirm", str(saved), "--fact", fact, "--by", "Pat Roe, MD").exit_code == 0
    written = run(*final)
    assert written.exit_code == 0, written.output
    assert "confirmed by a person" in written.stdout


def test_what_was_talked_about_stays_where_a_saved_case_is_saved_again(saved: Path) -> None:
    assert run("ask", str(saved), "Why?").exit_code == 0
    assert run("assess", "--saved", str(saved), "--save", str(saved)).exit_code == 0
    assert "Why?" in run("ask", str(saved), "--history").output


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((CPAP,), "QUESTION was given as well"), (("--as-of", "2025-11-20"), "--as-of was given"),
        (("--closed",), "--closed was given"), (("--chart", "."), "--chart was given"),
    ],
    ids=range(4),
)  # fmt: skip
def test_what_would_be_left_out_silently_is_refused(
    more: tuple[str, ...], says: str, saved: Path
) -> None:
    refused = run("assess", *more, "--saved", str(saved))
    assert (refused.exit_code, says in refused.stderr) == (3, True), refused.stderr


def test_a_file_that_is_no_saved_case_and_a_missing_question_are_told(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"facts": [FEW]}))
    assert "not an assessment that was saved" in run("assess", "--saved", str(other)).stderr
    assert "cannot be read" in run("sheet", "--saved", str(tmp_path / "none.json")).stderr
    assert "nothing is asked" in run("assess").stderr
