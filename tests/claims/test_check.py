"""`indicated check`: what is right stays right, what is wrong is named with what stands against it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from indicated import chart_from_text
from indicated.chart import read_chart
from indicated.claims import check_text
from indicated.criteria import load_library
from indicated.errors import ExitCode, InputError
from indicated.model import Case, Chart, ClaimStanding, TextCheck
from indicated.report import check_json, check_schema, to_html, to_markdown, write_check
from indicated.serve.cli import main

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "examples/lung-transplant/chart"
LIBRARY = load_library()
DAY = date(2025, 11, 21)
TEXT = """IVIG is FDA-approved for secondary immunodeficiency.
IgG was 495 mg/dL on 10/28/2025. IgM was 59 mg/dL.
The diagnosis code D80.1 confirms acquired immunodeficiency [@patient data@].
The donor lungs produce normal alpha-1 antitrypsin.
Prolastin is not indicated for this patient. IVIG is medically necessary.
60 g is 0.6 g/kg at 75 kg.
"""


def check(text: str, chart: Chart | None = None) -> TextCheck:
    return check_text(text, Case("", chart or read_chart((CHART,)), DAY), LIBRARY)


@pytest.fixture(scope="module")
def checked() -> TextCheck:
    return check(TEXT)


def test_each_sentence_has_its_standing(checked: TextCheck) -> None:
    assert [c.standing.value for c in checked.claims] == [
        "contradicted", "supported", "number", "overstated", "contradicted", "supported",
        "overstated", "arithmetic",
    ]  # fmt: skip


def test_every_sentence_of_the_check_is_supported_and_rendered(checked: TextCheck) -> None:
    article = write_check(checked, LIBRARY)  # raises where a sentence lacks its support
    text = to_markdown(article)
    assert "A donor lung leaves the serum level low" in text
    assert "[P1]" in text
    assert "(withheld)" in text  # a placeholder of the text is not published
    assert "<html" in to_html(article)


def test_the_data_keep_to_their_schema(checked: TextCheck) -> None:
    data = check_json(checked, write_check(checked, LIBRARY))
    jsonschema.validate(data, check_schema())
    assert json.loads((ROOT / "docs/check.schema.json").read_text()) == check_schema()
    for claim in data["claims"]:
        assert checked.document.text[claim["start"] : claim["end"]]


def test_what_is_left_out_is_named(checked: TextCheck) -> None:
    assert any("thrombosis" in o.statement.says for o in checked.omissions)
    told = check(TEXT + "\nBoxed warning of thrombosis: give the lowest dose at the lowest rate "
                 "that is practicable, hydrate and watch; cardiovascular disease is a risk.")  # fmt: skip
    assert not any("thrombosis:" in o.statement.says for o in told.omissions)


def test_a_text_changes_no_finding(checked: TextCheck) -> None:
    other = check("IgG was 90 mg/dL. IVIG is medically necessary. Prolastin is not indicated.")
    outcomes = [[d.outcome for d in c.assessment.determinations] for c in (checked, other)]
    assert outcomes[0] == outcomes[1]


def test_what_the_record_itself_says_is_never_wrong() -> None:
    for document in read_chart((CHART,)).documents:
        text = f"{document.text}\n\nIVIG cannot be determined from this record."
        wrong = [
            c for c in check(text).claims
            if c.standing in (ClaimStanding.CONTRADICTED, ClaimStanding.NUMBER)
            and any(r.kind not in ("itself", "dose_outside") for r in c.remarks[:1])
        ]  # fmt: skip
        assert wrong == []


@pytest.mark.parametrize(
    ("text", "chart", "says"),
    [
        (" \n", None, "the text to check is empty"),
        ("IVIG is medically necessary.", Chart(), "there is no record"),
        ("Good morning.", None, "gives no verdict on a treatment"),
    ],
    ids=["empty", "no-record", "no-verdict"],
)
def test_what_cannot_be_checked_is_said_to_be_so(text: str, chart: Chart | None, says: str) -> None:
    with pytest.raises(InputError, match=says):
        check(text, chart)


SEVERAL = [  # what a remark is called, and a sentence that calls for it beside the lung chart
    ("off_label", "Prolastin is FDA-approved for lung transplant recipients."),
    ("label_against", "Prolastin is off-label in severe alpha-1 antitrypsin deficiency."),
    ("not_listed", "IVIG is not standard of care [4].\n\nReferences\n1. A review of it."),
    ("no_list", "IVIG is not standard of care [4]."),
    ("code_bare", "The code Z99.9 proves that IVIG is medically necessary."),
    ("prefix", "He has acquired hypergammaglobulinemia, so IVIG is not indicated."),
    ("itself", "He is clinically stable. He has moderate acute rejection. IVIG is not indicated."),
    ("source_number", "In a survey of 1,953 people with the deficiency (134 of them with a "
     "transplanted lung), 41% of lung recipients said that they had continued augmentation. "
     "Prolastin is not indicated."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), SEVERAL, ids=[k for k, _ in SEVERAL])
def test_each_kind_of_remark_has_a_sentence_that_calls_for_it(kind: str, text: str) -> None:
    checked = check(text)
    assert kind in {r.kind for c in checked.claims for r in c.remarks}
    assert to_markdown(write_check(checked, LIBRARY))


CODED = "The patient has emphysema. Prolastin is not indicated for this patient."


def coded() -> TextCheck:
    chart = chart_from_text("Date: 2025-11-01\nBilateral lung transplant 2019.\nDx: J43.9")
    return check(CODED, chart)


def test_a_diagnosis_that_is_a_code_alone_is_overstated() -> None:
    first = coded().claims[0]
    assert (first.standing, first.remarks[0].kind) == (ClaimStanding.OVERSTATED, "code_only")


def closed() -> TextCheck:
    chart = replace(read_chart((CHART,)), closed=True)
    return check("IVIG is medically necessary for this patient.", chart)


def test_of_a_closed_record_nothing_more_is_asked_for() -> None:
    text = to_markdown(write_check(closed(), LIBRARY))
    assert "do not go so far" in text
    assert "What would settle it" not in text
    assert "What would settle it" in to_markdown(write_check(check(TEXT), LIBRARY))


def test_a_premise_of_the_question_that_does_not_hold_is_to_be_named() -> None:
    question = (CHART.parent / "question.txt").read_text("utf-8")
    case = Case(question, read_chart((CHART,)), DAY)

    def left_out(text: str) -> list[str]:
        found = check_text(text, case, LIBRARY).omissions
        return [o.premise.says for o in found if o.premise]

    assert any("hyper" in says for says in left_out("IVIG is not standard of care."))
    told = "The question says acquired hyperimmunoglobulinemia, the record acquired hypogammaglobulinemia."
    assert not any("hyper" in says for says in left_out(told))


def run(*arguments: str, text: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *arguments], input=text)
    return result.exit_code, result.output


def test_on_the_command_line(tmp_path: Path) -> None:
    file, page = tmp_path / "letter.txt", tmp_path / "check.html"
    file.write_text(TEXT, encoding="utf-8")
    given = (str(file), "--chart", str(CHART), "--as-of", "2025-11-21")
    code, out = run(*given, "--format", "json")
    assert (code, json.loads(out)["counts"]["number"]) == (0, 1)
    assert run(*given, "-o", str(page), "--with-chart")[0] == 0
    assert "check-chart.html#" in page.read_text(encoding="utf-8")
    assert run(*given, "--strict", "-o", str(tmp_path / "c.md"))[0] == ExitCode.CLAIMS
    code, out = run("-", *given[1:], text="Prolastin is not indicated for this patient.")
    assert code == 0
    assert "Supported" in out
    code, out = run(str(tmp_path / "none.txt"), *given[1:])
    assert code == ExitCode.INPUT
    assert "none.txt" in out
