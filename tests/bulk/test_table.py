"""Facts as a long table: what was written is read again as it was, and nothing is rounded."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.errors import ExitCode, InputError
from indicated.judge.duck import connect, fill_facts
from indicated.model import Asserter, Fact, Quantity, Source, Therapy
from indicated.serve.cli import main
from indicated.table import COLUMNS, as_json, fact_of, facts_of, row_of
from tests.bulk import worlds

numbers = st.decimals(
    allow_nan=False, allow_infinity=False, places=12, min_value=-(10**12), max_value=10**12
)
quantities = st.builds(
    Quantity,
    st.none() | numbers,
    st.none() | numbers,
    st.sampled_from(["", "mg/dL"]),
    st.booleans(),
)
sources = st.builds(
    Source,
    document=st.text(max_size=5),
    quote=st.text(max_size=5),
    start=st.none() | st.integers(0, 99),
    end=st.none() | st.integers(0, 99),
    by=st.text(max_size=5),
    at=st.none() | st.datetimes(),
)
therapies = st.builds(
    Therapy, dose=st.none() | quantities, every=st.none() | quantities, route=st.text(max_size=5),
    duration=st.none() | quantities, adequate=st.none() | st.booleans(), taken=st.booleans(),
)  # fmt: skip
plain = st.builds(
    Fact,
    st.sampled_from(sorted(worlds.CONCEPTS.by_id)),
    value=st.none() | quantities | st.text(max_size=5),
    when=worlds.whens,
    therapy=st.none() | therapies,
    sources=st.lists(sources, max_size=2).map(tuple),
    formula=st.text(max_size=5),
)
facts = st.one_of(
    worlds.facts(),
    plain,
    st.builds(Fact, st.just("level"), asserter=st.just(Asserter.COMPUTED), inputs=st.tuples(plain)),
)


@given(st.lists(facts, max_size=4))
@settings(max_examples=40)
def test_what_is_written_is_read_again_as_it_was(items: list[Fact]) -> None:
    with connect() as con:
        fill_facts(con, {"it's a case": items})
        found = con.execute("SELECT * FROM facts")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert names == list(COLUMNS)
    assert {row["case_id"] for row in rows} == {"it's a case"}
    assert facts_of(rows) == tuple(items)


@pytest.mark.parametrize("number", ["1e25", "0.0000000000001", "NaN"])
def test_a_number_that_the_table_cannot_hold_is_refused(number: str) -> None:
    with pytest.raises(InputError, match="more digits than the table holds"):
        row_of(Fact("level", value=Quantity.of(number, "mg/dL")), "a", 0)


def test_a_case_without_facts_is_still_a_case() -> None:
    with connect() as con:
        fill_facts(con, {"silent": []})
        assert con.execute("SELECT case_id, concept FROM facts").fetchall() == [("silent", None)]


def test_a_row_is_plain_json() -> None:
    at = Source("answers", by="Dr A", at=datetime(2026, 1, 31, 8, 30))
    row = row_of(Fact("level", value=Quantity.of("4.50", "g/L"), sources=(at,)), "a", 0)
    again = fact_of({**row, **json.loads(as_json(row))})
    assert again is not None
    assert again.value == Quantity(Decimal("4.5"), Decimal("4.5"), "g/L")
    assert again.sources == (at,)


# --- from charts ---------------------------------------------------------------------------

NOTE = "Date: 2025-05-01\nWeight 80 kg. No fever.\n"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    return result.exit_code, result.output


def cases(folder: Path) -> dict[str, set[str]]:
    with connect() as con:
        query = (
            f"SELECT case_id, list(concept) FROM read_parquet('{folder}/*.parquet') GROUP BY ALL"
        )
        return {case: {c for c in found if c} for case, found in con.execute(query).fetchall()}


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    folder = tmp_path / "charts"
    folder.mkdir()
    folder.joinpath("one.txt").write_text(NOTE, encoding="utf-8")
    folder.joinpath("two").mkdir()
    folder.joinpath("two", "note.txt").write_text("No diabetes.\n", encoding="utf-8")
    folder.joinpath("two", "more.txt").write_text(NOTE, encoding="utf-8")
    folder.joinpath("broken.pdf").write_bytes(b"%PDF-1.7 not really")
    return folder


def test_each_entry_of_a_folder_is_a_case_and_a_bad_one_is_set_aside(
    charts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "table"
    code, said = run("facts", charts, "--to-parquet", out, "--as-of", "2025-06-01")
    assert code == ExitCode.PARTIAL
    assert "2 cases read" in said
    assert "1 set aside" in said
    found = cases(out)
    assert found.keys() == {"one", "two"}
    assert {"weight", "fever"} <= found["one"]
    assert "diabetes" in " ".join(found["two"])
    aside = json.loads((out / "set-aside.jsonl").read_text(encoding="utf-8"))
    assert aside["case_id"] == "broken"
    assert aside["reasons"]


def test_a_run_that_was_stopped_goes_on(charts: Path, tmp_path: Path) -> None:
    out = tmp_path / "table"
    run("facts", charts / "one.txt", "--to-parquet", out, "--as-of", "2025-06-01")
    out.joinpath("part-00002.part").write_bytes(b"half a part")
    code, said = run("facts", charts, "--to-parquet", out, "--as-of", "2025-06-01")
    assert code == ExitCode.PARTIAL
    assert "1 cases read" in said
    assert "1 done before" in said
    assert cases(out).keys() == {"one", "two"}
    with connect() as con:
        query = (
            f"SELECT count(*), count(DISTINCT (case_id, ord)) FROM read_parquet('{out}/*.parquet')"
        )
        rows, distinct = con.execute(query).fetchall()[0]
    assert rows == distinct


def test_each_patient_of_an_export_is_a_case(tmp_path: Path) -> None:
    def weight(patient: str, kg: int) -> dict[str, object]:
        return {
            "resourceType": "Observation", "id": f"w-{patient}", "status": "final",
            "subject": {"reference": f"Patient/{patient}"}, "effectiveDateTime": "2025-05-01",
            "code": {"text": "Body weight", "coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            "valueQuantity": {"value": kg, "unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"},
        }  # fmt: skip

    lines: list[object] = [{"resourceType": "Patient", "id": p} for p in ("a", "b")]
    lines += [weight("a", 70), weight("b", 80)]
    export = tmp_path / "export.ndjson"
    text = "\n".join(map(json.dumps, lines)) + "\nnot json\n"
    export.write_text(text, encoding="utf-8")
    code, said = run("facts", export, "--to-parquet", tmp_path / "out", "--as-of", "2025-06-01")
    assert code == ExitCode.PARTIAL
    assert "1 set aside" in said
    found = cases(tmp_path / "out")
    assert found.keys() == {"a", "b"}
    assert "weight" in found["a"]
    with connect() as con:
        query = f"SELECT case_id, value_low FROM read_parquet('{tmp_path}/out/*.parquet') WHERE concept = 'weight'"
        assert dict(con.execute(query).fetchall()) == {"a": 70, "b": 80}


def test_the_day_of_a_case_is_that_of_the_run(charts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("facts", charts / "one.txt", "--to-parquet", out, "--as-of", "2025-06-01")
    with connect() as con:
        query = f"SELECT start_from FROM read_parquet('{out}/*.parquet') WHERE concept = 'weight'"
        assert con.execute(query).fetchall() == [(date(2025, 5, 1),)]
