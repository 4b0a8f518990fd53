"""One cell of a table: numbers, bounds, ranges, words, flags, units, ranges, days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from indicated.chart.labs_columns import name_and_unit, role_of
from indicated.chart.labs_dates import Order, parse_day
from indicated.chart.labs_lists import status_of
from indicated.chart.labs_therapy import dose_of, interval_of, route_of
from indicated.chart.labs_values import Cell, Comma, number_of, parse_reference, parse_value
from indicated.model import Day, Quantity


def q(low: str | None, high: str | None, open_: bool = False) -> Quantity:
    return Quantity(
        Decimal(low) if low is not None else None, Decimal(high) if high is not None else None,
        "", open_,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "unit", "flag"),
    [
        ("495", q("495", "495"), "", ""),
        ("495 L", q("495", "495"), "", "low"),
        ("12.1 (H)", q("12.1", "12.1"), "", "high"),
        ("495 mg/dL", q("495", "495"), "mg/dL", ""),
        ("495mg/dL L", q("495", "495"), "mg/dL", "low"),
        ("98.6 F", q("98.6", "98.6"), "F", ""),
        ("<0.1", q(None, "0.1", True), "", ""),
        ("≤ 0.1", q(None, "0.1"), "", ""),
        ("> 90", q("90", None, True), "", ""),
        ("at least 90", q("90", None), "", ""),
        ("1,234", q("1234", "1234"), "", ""),
        ("12,5", q("12.5", "12.5"), "", ""),
        ("-2.5", q("-2.5", "-2.5"), "", ""),
        ("5-10", q("5", "10"), "", ""),
        ("0 - 2 /hpf", "0 - 2 /hpf", "", ""),
        ("1.2E3", q("1200", "1200"), "", ""),
        ("1.2 x 10^3", q("1200", "1200"), "", ""),
        ("45%", q("45", "45"), "%", ""),
        ("NEGATIVE", "NEGATIVE", "", ""),
        ("not detected", "not detected", "", ""),
        ("1:160", "1:160", "", ""),
        ("2+", "2+", "", ""),
        ("128/74", "128/74", "", ""),
        ("3 weeks after surgery", "3 weeks after surgery", "", ""),
        ("10-5", "10-5", "", ""),
        ("123456789012345678", "123456789012345678", "", ""),
    ],
)
def test_cells(text, value, unit, flag):
    result = parse_value(text)
    assert (result.cell, result.value, result.unit, result.flag) == (Cell.VALUE, value, unit, flag)


@pytest.mark.parametrize(
    "text",
    ["pending", "See note", "HEMOLYZED", "Hemolyzed, recollect", "QNS", "n/a", "-", "TNP", "Cancelled."],
)  # fmt: skip
def test_cells_without_a_result(text):
    assert parse_value(text).cell is Cell.NO_RESULT


@pytest.mark.parametrize("text", ["negative", "none seen", "pendulous", "no growth"])
def test_words_that_are_a_result(text):
    assert parse_value(text).value == text


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1,234", Comma.GROUPS, "1234"),
        ("1,234", Comma.DECIMAL, "1.234"),
        ("1,234", Comma.UNKNOWN, None),
        ("1,234,567", Comma.UNKNOWN, "1234567"),
        ("1.234,5", Comma.DECIMAL, "1234.5"),
        ("1.234", Comma.DECIMAL, None),
        ("0.234", Comma.DECIMAL, "0.234"),
        ("12,5", Comma.GROUPS, "12.5"),
    ],
)
def test_commas_and_points(text, comma, number):
    assert number_of(text, comma) == (Decimal(number) if number else None)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("700-1600", q("700", "1600"), ""),
        ("(700 - 1600)", q("700", "1600"), ""),
        ("0.5 - 1.2 mg/dL", q("0.5", "1.2"), "mg/dL"),
        ("<5", q(None, "5", True), ""),
        (">=60", q("60", None), ""),
        ("Normal: 4.0 to 5.6 %", q("4.0", "5.6"), "%"),
        ("M: 13-17 F: 12-15", None, ""),
        ("Negative", None, ""),
        ("5", None, ""),
        ("", None, ""),
    ],
)
def test_printed_ranges(text, value, unit):
    assert parse_reference(text) == (value, unit)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2025-03-12", (2025, 3, 12), (2025, 3, 12)),
        ("2025-03-12T08:30:00-05:00", (2025, 3, 12), (2025, 3, 12)),
        ("20250312", (2025, 3, 12), (2025, 3, 12)),
        ("3/12/2025 8:30 AM", (2025, 3, 12), (2025, 3, 12)),
        ("3/12/25", (2025, 3, 12), (2025, 3, 12)),
        ("25/12/2024", (2024, 12, 25), (2024, 12, 25)),
        ("12-Mar-2025", (2025, 3, 12), (2025, 3, 12)),
        ("March 12, 2025", (2025, 3, 12), (2025, 3, 12)),
        ("Feb 2024", (2024, 2, 1), (2024, 2, 29)),
        ("03/2025", (2025, 3, 1), (2025, 3, 31)),
        ("2025", (2025, 1, 1), (2025, 12, 31)),
    ],
)
def test_days(text, earliest, latest):
    assert parse_day(text) == Day(date(*earliest), date(*latest))


@pytest.mark.parametrize(
    "text", ["", "13/40/2025", "soon", "5", "2025-13-01", "495", "1/2", "99999999"]
)
def test_what_is_no_day(text):
    assert parse_day(text) is None
    assert parse_day(text, Order(True)) is None


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Date/Time Collected", "collected"), ("ResultDate", "resulted"), ("result_value", "value"),
        ("Start Date", "start"), ("DOB", "birth"), ("Visit Date", "date"), ("IgG", ""),
        ("Blood glucose level", ""), ("Reason for stopping", "reason"),
    ],
)  # fmt: skip
def test_headings(heading, role):
    assert role_of(heading) == role


def test_names_with_units():
    assert name_and_unit("LDL [mmol/L]") == ("LDL", "mmol/L")
    assert name_and_unit("Score (0-10)") == ("Score (0-10)", "")


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("q8h", q("8", "8")), ("every 4-6 hours as needed", q("4", "6")), ("3 times a day", q("8", "8")),
        ("once weekly", q("1", "1")), ("as needed", None), ("", None), ("every 0 days", None),
    ],
)  # fmt: skip
def test_intervals(text, every):
    found = interval_of(text)
    assert (found and Quantity(found.low, found.high)) == every


def test_doses_routes_and_statuses():
    assert dose_of("1,000 mg (2 tablets)") == Quantity.of(1000, "mg")
    assert dose_of("40", "g") == Quantity.of(40, "g")
    assert dose_of("two tablets") is None
    assert route_of("take by mouth") == "oral"
    assert status_of("Discontinued (rash)") == "stopped"
    assert status_of("In remission") == "remission"
    assert status_of("") == ""
