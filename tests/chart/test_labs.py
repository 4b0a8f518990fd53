"""Tables of results in every shape, and lists of medicines and problems. All invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indicated.chart.labs import read_labs
from indicated.chart.parts import Read
from indicated.files.limits import Limits
from indicated.model import UNDATED, Asserter, Coding, Day, Entry, Quantity, When

SAMPLES = Path(__file__).parent / "samples" / "labs"


def sample(name: str) -> Read:
    return read_labs((SAMPLES / name).read_bytes(), name, Limits())


def table(text: str, name: str = "a.csv") -> Read:
    return read_labs(text.encode(), name, Limits())


def entries(read: Read) -> tuple[Entry, ...]:
    return read.documents[0].entries


def lines(read: Read) -> list[str]:
    (document,) = read.documents
    return [document.text[e.start : e.end] for e in document.entries]


# --- shapes ----------------------------------------------------------------------------------


def test_one_row_for_each_result():
    read = sample("long.csv")
    igg = entries(read)[0]
    assert (igg.kind, igg.words, igg.path) == ("observation", "IgG", "row 2")
    assert igg.value == Quantity.of(495, "mg/dL")
    assert igg.reference == Quantity(Decimal(700), Decimal(1600), "mg/dL")
    assert (igg.flag, igg.asserter) == ("low", Asserter.LABORATORY)
    assert igg.codings == (Coding("2465-3", "loinc", "IgG"),)
    assert igg.when == When.on(date(2025, 3, 12))
    assert lines(read)[:5] == [
        "2025-03-12  IgG 495 mg/dL (reference 700-1600), low",
        "2025-03-25  White blood cells 11234 cells/µL (reference 4500-11000), high",
        "2025-03-25  Hepatitis B surface antigen: NEGATIVE (reference Negative)",
        "2025-03-25  Potassium, no result: hemolyzed, not-done",
        "2025-03-25  C-reactive protein <0.1 mg/dL (reference <0.5)",
    ]
    assert "- Comment: drawn before infusion" in read.documents[0].text
    assert read.documents[0].kind == "laboratory"


def test_empty_cells_are_no_statement_and_never_zero():
    read = sample("long.csv")
    assert not [e for e in entries(read) if e.words == "Creatinine"]
    assert not [e for e in entries(read) if e.value == Quantity.of(0)]


def test_rows_that_were_not_read_are_named():
    assert sample("long.csv").unread == (
        "1 row gives no result that can be used (pending, not performed or the like), which says nothing (row 5)",
        "1 row gives a result that was withdrawn (row 8)",
        "1 row gives a result without the name of a test (row 9)",
        "1 row gives a date that could not be read; the rest of the row was read as undated (row 10)",
    )
    assert entries(sample("long.csv"))[-1].when == UNDATED


def test_dates_as_headings():
    read = sample("wide.tsv")
    assert lines(read) == [
        "2025-01-02  IgG 495 mg/dL (reference 700-1600), low",
        "2025-02-03  IgG 512 mg/dL (reference 700-1600)",
        "2025-03  IgG ≥700 mg/dL (reference 700-1600)",
        "2025-01-02  IgA, no result: pending, not-done",
        "2025-03  IgA 81 mg/dL (reference 70-400)",
        "2025-01-02  ANA: 1:160",
        "2025-02-03  ANA: Not detected",
    ]
    assert entries(read)[2].when.start == Day(date(2025, 3, 1), date(2025, 3, 31))
    assert [e.path for e in entries(read)][:2] == ["row 2, column 4", "row 2, column 5"]


def test_analytes_as_headings_and_a_decimal_comma():
    read = sample("european.csv")
    assert lines(read) == [
        "2025-03-12  IgG 4.95 g/L",
        "2025-03-12  Hemoglobin 12.9 g/dL",
        "2025-03-12  CRP <0.3 mg/L",
        "2025-04-02  Hemoglobin 13.1 g/dL",
        "2025-04-02  CRP 1.2 mg/L",
    ]


def test_a_table_between_pipes_and_utf_16():
    assert [str(e.value.low) for e in entries(sample("vitals.psv"))] == [  # type: ignore[union-attr]
        "118.2", "170", "40.9", "109.5", "170", "37.9",
    ]  # fmt: skip
    read = sample("utf16.csv")
    assert lines(read)[1] == "2025-02-01  FEV1 % predicted 28 % predicted (reference 80-120)"
    assert entries(read)[1].reference == Quantity(Decimal(80), Decimal(120), "%{predicted}")


def test_a_list_of_medicines():
    read = sample("medications.csv")
    stopped, running, bare, declined = entries(read)
    assert (stopped.kind, stopped.status) == ("medication", "stopped")
    assert stopped.reasons == ("cognitive slowing",)
    assert stopped.therapy is not None
    assert stopped.therapy.dose == Quantity.of(50, "mg")
    assert stopped.therapy.every == Quantity.of(12, "h")
    assert stopped.when.start == Day(date(2023, 1, 1), date(2023, 1, 31))
    assert running.when == When(Day.of(date(2024, 1, 5)), None, ongoing=True)
    assert running.therapy is not None
    assert running.therapy.route == "intravenous"
    assert (bare.value, bare.written_unit) == (Quantity.of(1), "tablet")
    assert (bare.status, bare.when) == ("", UNDATED)  # an empty status and end say nothing
    assert (declined.status, declined.reasons) == ("declined", ("patient declined",))


def test_a_list_of_problems_below_lines_about_the_export():
    read = sample("problems.csv")
    document = read.documents[0]
    active, over, refuted, coded = document.entries
    assert document.kind == "problem-list"
    assert document.written == date(2025, 2, 1)
    assert (active.status, active.when.ongoing) == ("active", True)
    assert active.codings == (Coding("D83.9", "icd10cm", "Common variable immunodeficiency"),)
    assert over.when.end == Day(date(2022, 4, 1), date(2022, 4, 30))
    assert refuted.status == "refuted"
    assert coded.label


def test_a_table_of_something_else_becomes_rows_of_text():
    read = table("Visit,Plan\nfirst,start topiramate\n")
    assert entries(read) == ()
    assert read.documents[0].text == "| Visit | Plan |\n| first | start topiramate |"


# --- columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "Date,Test,Result,Units",
        "date_collected,component,value,uom",
        "CollectionDate;Analyte;Result Value;Unit of Measure",
        "Drawn\tLab Test\tRESULT\tUNITS",
        "Observed|Test Name|Reading|Unit",
    ],
)
def test_headings_of_many_kinds(heading):
    divider = next(d for d in "\t;|," if d in heading)
    cells = divider.join(["2025-03-12", "IgG", "495", "mg/dL"])
    assert lines(table(f"{heading}\n{cells}\n")) == ["2025-03-12  IgG 495 mg/dL"]


def test_of_two_columns_of_one_name_the_one_with_numbers_is_the_value():
    read = table("Test,Result,Level,Date\nIgG,see report,495,2025-03-12\nIgA,text,81,2025-03-12\n")
    assert [e.value for e in entries(read)] == [Quantity.of(495), Quantity.of(81)]


def test_several_patients_are_refused_and_one_is_not_named():
    head = "MRN,Test,Result\n"
    two = table(f"{head}one,IgG,495\ntwo,IgG,512\n")
    assert two.documents == ()
    assert two.unread == (
        "it holds rows of 2 patients (by the column that names them) and was not read; "
        "give one file per patient",
    )
    one = table(f"{head}identity7,IgG,495\nidentity7,,512\n")
    assert len(entries(one)) == 1
    assert "identity7" not in one.documents[0].text


def test_low_and_high_in_columns_of_their_own():
    (entry,) = entries(table("Test,Value,Unit,Low,High\nIgG,495,mg/dL,700,1600\n"))
    assert entry.reference == Quantity(Decimal(700), Decimal(1600), "mg/dL")


def test_a_unit_only_in_the_printed_range_stays_there():
    (entry,) = entries(table("Test,Result,Reference Range\nCreatinine,0.9,0.5 - 1.2 mg/dL\n"))
    assert entry.value == Quantity.of("0.9")
    assert entry.reference == Quantity(Decimal("0.5"), Decimal("1.2"), "mg/dL")


# --- days and numbers ------------------------------------------------------------------------


def days(*cells: str, divider: str = ",") -> Read:
    rows = "\n".join(divider.join(["IgG", "495", c]) for c in cells)
    return table(f"{divider.join(['Test', 'Result', 'Date'])}\n{rows}\n")


def when(read: Read) -> list[date]:
    return [e.when.start.earliest for e in entries(read) if e.when.start]


def test_one_day_above_twelve_decides_a_column():
    assert when(days("03/04/2025", "25/04/2025")) == [date(2025, 4, 3), date(2025, 4, 25)]
    assert when(days("03/04/2025", "04/25/2025")) == [date(2025, 3, 4), date(2025, 4, 25)]
    assert when(days("03.04.2025")) == [date(2025, 4, 3)]
    assert not days("03/04/2025", "25/04/2025").unread


def test_a_column_that_stays_ambiguous_is_said():
    read = days("03/04/2025", "05/06/2025")
    assert when(read) == [date(2025, 3, 4), date(2025, 5, 6)]
    assert read.unread == (
        "the dates of column 3 do not show whether day or month comes first; "
        "they were read with the month first",
    )
    assert not days("03/03/2025").unread  # either way the same day


def test_a_date_column_without_any_date_is_said():
    read = days("45728", "45729")  # as a spreadsheet counts days
    assert [e.when for e in entries(read)] == [UNDATED, UNDATED]
    assert read.unread == (
        "column 3 is headed as a date, but holds none that can be read, so what it would date is "
        "undated; write its dates as YYYY-MM-DD",
    )


def test_a_number_that_can_be_read_in_two_ways_is_not_read():
    read = table("Test;Result\nPlatelets;1,234\n")
    assert entries(read)[0].value is None
    assert "can be read in two ways" in read.unread[0]
    shown = table("Test;Result\nPlatelets;1,234\nIgG;12,5\n")
    assert [e.value for e in entries(shown)] == [Quantity.of("1.234"), Quantity.of("12.5")]


def test_a_quotation_mark_left_open_is_said_or_read_to_the_end():
    read = table('Test,Result\nIgG,495\nIgA,"81\nIgM,40\n')
    assert lines(read)[0] == "IgG 495"


def test_limits_are_kept_and_said():
    text = "Test,Result\n" + "IgG,495\n" * 5
    read = read_labs(text.encode(), "a.csv", replace(Limits(), entries=3))
    assert len(entries(read)) == 3
    assert read.unread == ("more than 3 results; the rest was left out",)
    for field in ("file_bytes", "text_chars"):
        small = read_labs(text.encode(), "a.csv", replace(Limits(), **{field: 10}))
        assert small.documents == ()
        assert len(small.unread) == 1


# --- any table -------------------------------------------------------------------------------


def holds(raw: bytes) -> None:
    read = read_labs(raw, "a.csv", Limits())
    for document in read.documents:
        for entry in document.entries:
            said = document.text[entry.start : entry.end]
            assert said
            assert "\n" not in said
            assert entry.path.startswith("row ")
    assert all(said and "\n" not in said for said in read.unread)
    assert read.documents or read.unread


@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff\xfe")
@example(b'"' * 50)
@example(b"a\x00b,c\n1,2")
def test_any_bytes(raw):
    holds(raw)


headings = st.sampled_from(
    ["Test", "Result", "Date", "Units", "Reference Range", "IgG (mg/dL)", "2025-03-12", "Flag",
     "03/04/2025", "Drug", "Dose", "Start", "Diagnosis", "Status", "Low", "High", "Patient ID", ""]
)  # fmt: skip
cells = st.one_of(
    st.sampled_from(["", "495", "<0.1", "1,234", "12,5", "pending", "03/04/2025", "2025", "mg/dL",
                     "700-1600", "H", "1e99", "9" * 30, "0/0/0000", "-", "a\nb", "|", "\u2028"]),
    st.text(max_size=8),
)  # fmt: skip


@given(
    st.lists(headings, min_size=1, max_size=6),
    st.lists(st.lists(cells, max_size=7), max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]),
)
def test_any_table(heading, body, divider, encoding):
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & set('"\n\r' + divider) else cell

    text = "\n".join(divider.join(quoted(c) for c in row) for row in [heading, *body])
    holds(text.encode(encoding, errors="replace"))


@given(
    st.decimals(min_value=0, max_value=10**6, places=3),
    st.dates(date(1950, 1, 1), date(2190, 1, 1)),
)
def test_a_number_and_a_day_come_back_as_they_were_written(number, day):
    read = table(f"Test,Result,Unit,Date\nIgG,{number},mg/dL,{day.isoformat()}\n")
    (entry,) = entries(read)
    assert entry.value == Quantity.of(number, "mg/dL")
    assert entry.when == When.on(day)


# --- headings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "Datum;Parameter;Wert;Einheit;Referenzbereich",
        "Abnahmedatum;Untersuchung;Ergebnis;Maßeinheit;Normbereich",
        "Date de prélèvement;Analyse;Résultat;Unité;Valeurs de référence",
        "Fecha de toma;Prueba;Resultado;Unidades;Rango de referencia",
        "Dato;Prøve;Svar;Enhed;Referenceinterval",
        "Prøvetagningsdato;Undersøgelse;Værdi;Enhed;Referenceområde",
        "Afnamedatum;Bepaling;Uitslag;Eenheid;Referentiewaarden",
    ],
)
def test_headings_in_other_languages(heading: str):
    read = table(f"{heading}\n12.03.2025;IgG;3,87;g/L;7,00-16,00\n25.03.2025;IgA;0,21;g/L;0,7-4\n")
    assert lines(read) == [
        "2025-03-12  IgG 3.87 g/L (reference 7.00-16.00)",
        "2025-03-25  IgA 0.21 g/L (reference 0.7-4)",
    ]
    assert read.unread == ()


def test_the_name_of_the_laboratory_is_not_the_test():
    rows = "Rookhope,IgG,640,mg/dL\nRookhope,IgA,81,mg/dL\n"
    for heading in ("Lab Name,Analyte", "Lab,Test", "Exam,Component"):
        read = table(f"{heading},Value,Unit\n{rows}")
        assert [e.words for e in entries(read)] == ["IgG", "IgA"], heading
    alone = table("Lab Name,Value,Unit\nIgG,640,mg/dL\nIgA,81,mg/dL\n")
    assert [e.words for e in entries(alone)] == ["IgG", "IgA"]


def test_a_table_whose_columns_could_not_be_told_is_named():
    read = table("Zorb,Result,Units\n1,640,mg/dL\n2,81,mg/dL\n")
    assert read.unread == (
        "the table's columns could not be told: only value (column 2), unit (column 3) known; "
        "2 rows not read as results, only as text; "
        "head the columns as Test, Result, Unit, Reference and Date",
    )
    assert "| 1 | 640 | mg/dL |" in read.documents[0].text
    (said,) = table("Doe,Jane\nJoe,John\n").unread
    assert "none has a heading that is known; 2 rows" in said
    assert "Doe" not in said
    assert table("A note without columns.\n").unread == ()


def test_a_row_that_gives_a_day_dates_the_others():
    read = table("Parameter;Value;Unit\nRecording date;03.02.2025;\nAHI;22,6;/h\nODI;20,1;/h\n")
    assert read.unread == ()
    assert [e.when for e in entries(read)] == [When.on(date(2025, 2, 3))] * 3
    two = table(
        "Test,Value,Unit\nDate,2025-01-05,\nIgG,495,mg/dL\nDate,2025-03-01,\nIgG,609,mg/dL\n"
    )
    days = [e.when for e in entries(two) if e.words == "IgG"]
    assert days == [When.on(date(2025, 1, 5)), When.on(date(2025, 3, 1))]
