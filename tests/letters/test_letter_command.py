"""`indicated letter` as a user meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode
from indicated.serve.cli import main

from .conftest import ROOT

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def command(kind: str, case: str, *more: object) -> Result:
        folder = ROOT / "cases" / case
        args = ["letter", kind, f"@{folder / 'question.txt'}", "--chart", str(folder / "chart")]
        return CliRunner().invoke(main, [*args, "--as-of", "2026-11-20", *map(str, more)])

    return command


CPAP, MRI = "cpap-ahi-9-hypertension", "sciatica-mri-no-dates"
FILLED = ("--with", ROOT / "letterhead.yaml")


def test_a_final_letter_is_refused_while_a_blank_is_left(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "letter.html"
    refused = run("necessity", CPAP, "--final", "-o", out)
    assert refused.exit_code == ExitCode.INPUT
    assert "[to be filled: name of the member]" in refused.stderr
    assert not out.exists()
    written = run("necessity", CPAP, "--final", *FILLED, "-o", out)
    assert written.exit_code == 0, written.stderr
    assert "Pat Example" in out.read_text(encoding="utf-8")


def test_an_appeal_reads_the_denial(run: Run) -> None:
    denial = ROOT / "cases" / CPAP / "denial.txt"
    result = run("appeal", CPAP, "--denial", denial, "--format", "md", *FILLED)
    assert result.exit_code == 0, result.stderr
    assert "“The records do not show hypertension or another listed condition”" in result.stdout
    assert "Not about a criterion" in result.stdout


def test_a_letter_that_the_record_does_not_carry_is_refused(run: Run) -> None:
    result = run("necessity", MRI)
    assert result.exit_code == ExitCode.SUPPORT
    assert "to add first" in result.stderr


def test_a_letter_is_written_in_spanish(run: Run) -> None:
    result = run("request", MRI, "--language", "es", "--format", "html")
    assert result.exit_code == 0, result.stderr
    assert '<html lang="es">' in result.stdout
    assert "[por completar: " in result.stdout


def test_a_denial_is_for_an_appeal_alone(run: Run) -> None:
    result = run("notice", CPAP, "--denial", ROOT / "letterhead.yaml")
    assert result.exit_code == ExitCode.INPUT
    assert "only an appeal" in result.stderr
