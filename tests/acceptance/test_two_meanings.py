"""An abbreviation with two meanings, from a chart to a decision: what a model may add to it.

"PVD" stands for two concepts of the library. The program leaves it unread; a recorded answer points
at the meaning, with the words. It is shown as proposed and denies nothing until a person confirms.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indicated.propose import Exchange
from indicated.serve.cli import main

QUESTION = "Is a coronary calcium score medically necessary for this patient?"
OUT = "Peripheral artery disease clinic, seen with her daughter."
LIVES = "Age 58. Lives with PVD since 2019.\n"
MEANT = {
    "concept": "peripheral-artery-disease", "quote": "PVD since 2019", "date": "2019",
    "assertion": "present", "subject": "patient",
}  # fmt: skip
OTHER = {**MEANT, "concept": "immune-or-vessel-risk"}


class Desk:
    """A chart, and an exchange folder in which one answer is recorded."""

    def __init__(self, folder: Path, first: str, fact: dict[str, str]):
        self.folder = folder
        (folder / "chart").mkdir()
        note = f"Date: 11/05/2025\n{first}\n{LIVES}"
        (folder / "chart" / "note.txt").write_text(note, encoding="utf-8")
        self.on = ["--model", f"folder:{folder / 'answers'}", "--model-inside"]
        assert self.run(*self.on).exit_code == 0
        exchange = Exchange(folder / "answers")
        [request] = exchange.pending()
        exchange.record(request, json.dumps({"facts": [fact]}))

    def run(self, *more: str) -> Result:
        chart = str(self.folder / "chart")
        words = ["assess", QUESTION, "--chart", chart, "--as-of", "2025-11-21", *more]
        return CliRunner().invoke(main, words)

    def data(self, *more: str) -> Any:
        return json.loads(self.run("--format", "json", *more).stdout)


def outcome(data: Any) -> str:
    [determination] = data["determinations"]
    return str(determination["outcome"])


def test_the_reader_leaves_it_unread_and_a_pointed_meaning_waits(tmp_path: Path) -> None:
    desk = Desk(tmp_path, OUT, MEANT)
    plain, told = desk.data(), desk.data(*desk.on)
    assert "peripheral-artery-disease" not in {f["concept"] for f in plain["facts"]}
    assert (outcome(plain), outcome(told)) == ("cannot_determine", "cannot_determine")
    proposed = told["determinations"][0]["proposed"]
    assert (proposed["waiting_outcome"], proposed["carried"]) == ("not_indicated", False)
    [waiting] = proposed["waiting"]
    fact = next(f for f in told["facts"] if f["id"] == waiting)
    assert (fact["concept"], fact["marks"]) == ("peripheral-artery-disease", ["proposed"])
    article = desk.run(*desk.on)
    assert (
        "A language model pointed at words that do not count yet: peripheral artery disease"
        in article.stdout
    )
    assert "proposed by a model and found in the record" in article.stdout
    assert "With them: not indicated" in article.stdout
    assert "Cannot be determined from this record" in article.stdout
    assert "would lead to not_indicated; they wait for a person" in article.stderr
    assert "PVD since 2019" in article.stdout
    assert desk.run(*desk.on, "--without-model").stdout == desk.run().stdout


def test_a_person_who_confirms_it_lets_it_count(tmp_path: Path) -> None:
    desk, kept = Desk(tmp_path, OUT, MEANT), tmp_path / "case.json"
    assert desk.run(*desk.on, "--save", str(kept)).exit_code == 0
    run = CliRunner()
    listed = run.invoke(main, ["model", "confirm", str(kept)]).output
    assert '"PVD since 2019" (not confirmed)' in listed
    by = ["--fact", listed.split()[0], "--by", "Pat Roe, MD"]
    done = run.invoke(main, ["model", "confirm", str(kept), *by])
    assert (done.exit_code, done.output) == (0, "coronary calcium score: not_indicated\n")
    why = run.invoke(main, ["ask", str(kept), "Why?"]).output
    assert "confirmed by a person" in why


@pytest.mark.parametrize(
    ("first", "fact", "reason"),
    [
        (OUT, OTHER, "concept_not_asked"),  # the meaning that nobody looks at
        ("Seen with her daughter.", MEANT, "name_ambiguous"),  # none is written out
        (OUT, {**MEANT, "quote": "PVD since 2018", "date": "2018"}, "quotation_not_found"),
        (OUT, {**MEANT, "date": "Age 58"}, "date_not_in_quotation"),
        (OUT, {**MEANT, "assertion": "absent"}, "assertion_read_otherwise"),
        (OUT, {**MEANT, "subject": "someone_else"}, "assertion_read_otherwise"),
    ],
    ids=range(6),
)  # fmt: skip
def test_what_the_document_does_not_bear_out_is_dropped(
    first: str, fact: dict[str, str], reason: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, first, fact)
    told = desk.run(*desk.on)
    assert f"1 dropped: {reason}" in told.stderr
    assert told.stdout == desk.run().stdout
