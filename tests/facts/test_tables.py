"""Tables of results as documents hold them: whose day and whose column a number is."""

from __future__ import annotations

import pytest

from .compact import lines, read

# --- the day of a table ---------------------------------------------------------------------

ROWS = "| Test | Result |\n|---|---|\n| IgG | 495 mg/dL |\n"
DATED = ["igg = 495 mg/dL | on 2025-03-01"]
TODAY = ["igg = 495 mg/dL"]


@pytest.mark.parametrize(
    "text",
    [
        f"LABORATORY RESULTS (03/01/2025 unless noted)\n\n{ROWS}",
        f"Collected: 03/01/2025 07:40     Reported: 03/02/2025\n{ROWS}",
        f"COLLECTED 03/01/2025 07:40\n\n{ROWS}",
        f"Collected: 03/01/2025\nReported: 03/02/2025\nOrdering: Dr. A\n\n## Chemistry\n\n{ROWS}",
        f"| Collected: | 03/01/2025 |\n\n{ROWS}",
        f"## Labs 3/1/2025\n\n{ROWS}",
        f"{ROWS}\nCollected on 03/01/2025\n",
        f"Fecha de toma: 03/01/2025\n\n{ROWS}",
    ],
)
def test_a_day_given_once_is_the_day_of_every_row(text: str) -> None:
    assert lines(read(text)) == DATED


@pytest.mark.parametrize(
    "text",
    [
        f"DOB: 03/01/1975\n\n{ROWS}",
        f"Vitals 3/1/2025\nWell.\n\n## Labs\n\n{ROWS}",
        f"## Vitals 3/1/2025\n\n## Labs\n\n{ROWS}",
        f"She was seen on 03/01/2025.\n\n{ROWS}",
        f"Next appointment: 03/01/2026\n{ROWS}",
        f"{ROWS}\nCollected on 03/01/2025\n| Test | Result |\n",
    ],
)
def test_the_day_of_something_else_is_not_the_tables(text: str) -> None:
    assert [line for line in lines(read(text)) if "igg" in line] == TODAY


def test_a_row_with_a_day_of_its_own_keeps_it() -> None:
    text = "Labs 3/1/2025\n| Test | Result | Date |\n| IgG | 495 mg/dL | 02/01/2025 |\n"
    assert lines(read(text)) == ["igg = 495 mg/dL | on 2025-02-01"]


# --- days over columns ----------------------------------------------------------------------


def test_a_table_right_below_another_has_columns_of_its_own() -> None:
    text = (
        "Test   Result   Units   Collected\nIgG   495   mg/dL   03/01/2025\n"
        "Spirometry   01/02/2025   05/02/2025\nFEV1 (L)   1.92   1.66\n"
    )
    assert lines(read(text)) == [
        "fev1 = 1.66 L | on 2025-05-02",
        "fev1 = 1.92 L | on 2025-01-02",
        "igg = 495 mg/dL | on 2025-03-01",
    ]


def test_columns_headed_before_and_now() -> None:
    text = "| Measure | Before treatment (Feb 2025) | Now |\n| IgG | 320 mg/dL | 810 mg/dL |\n"
    assert lines(read(text)) == ["igg = 320 mg/dL | on 2025-02", "igg = 810 mg/dL"]


def test_the_ratio_of_two_measurements_is_neither() -> None:
    text = "| Spirometry | 01/02/2025 |\n| FEV1 | 1.92 L |\n| FEV1/FVC | 0.48 |\n"
    assert lines(read(text)) == ["fev1 = 1.92 L | on 2025-01-02"]


def test_the_measured_column_beside_the_predicted_one() -> None:
    text = "|  | Pred | Pre | % Pred |\n| FEV1 (L) | 2.45 | 1.12 | 46 |\n"
    assert lines(read(text)) == ["fev1 = 1.12 L", "fev1-percent = 46 %{predicted}"]


# --- what is a table, and what is not ---------------------------------------------------------


def test_bullets_with_a_tab_are_items_of_a_list() -> None:
    text = "\u2022\tIgG 495 mg/dL on 03/01/2025\n\u2022\tStarted 6 to 14 of it\n1.\tFEV1 1.92 L\n"
    assert lines(read(text)) == ["fev1 = 1.92 L", "igg = 495 mg/dL | on 2025-03-01"]


def test_a_line_of_two_pairs_heads_no_table() -> None:
    text = "Device: type III          FEV1: best of three\nIgG:      495 mg/dL   (low)\n"
    assert lines(read(text)) == ["igg = 495 mg/dL"]


def test_an_empty_cell_does_not_shift_the_columns_that_are_drawn_by_places() -> None:
    text = (
        "TEST          RESULT   FLAG   UNITS   REFERENCE\n"
        "IgG           495      L      mg/dL   700-1600\n"
        "Creatinine    1.0             mg/dL   0.5-1.1\n"
    )
    assert lines(read(text)) == ["creatinine = 1 mg/dL", "igg = 495 mg/dL"]


def test_headings_in_other_languages_and_the_name_of_the_laboratory() -> None:
    danish = "| Prøve | Resultat | Enhed |\n| IgG | 495 | mg/dL |\n"
    lab = "| Lab Name | Analyte | Value | Unit |\n| Rookhope | IgG | 495 | mg/dL |\n"
    for text in (danish, lab):
        assert lines(read(text)) == TODAY


def test_a_share_of_a_measurement_is_not_the_measurement() -> None:
    text = "| Measure | 01/02/2025 |\n| Ratio (% of IgG) | 16.1 |\n| IgG | 495 mg/dL |\n"
    assert lines(read(text)) == ["igg = 495 mg/dL | on 2025-01-02"]
