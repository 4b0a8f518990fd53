"""The same cases on Spark: the same rows, in parts that a run which was ended goes on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indicated.errors import ExitCode, InputError
from indicated.examples_in_bulk import carried
from indicated.model import Library
from indicated.population import judge_table, write
from indicated.population_parts import judge_in_parts, parts_of
from indicated.serve.cli import main
from tests import spark

from .conftest import Place, run

DERIVED = "bariatric-surgery"
PROGRAM = [sys.executable, "-c", "from indicated.serve.cli import main; main()"]


@pytest.fixture(autouse=True)
def needed() -> None:
    spark.needed()


def rows(place: Place, query: str) -> list[Any]:
    return place.con.execute(f"SELECT * FROM ({query}) ORDER BY case_id").fetchall()


def whole(place: Place) -> list[Any]:
    judge_table(place.con, place.asked, into="whole")
    return rows(place, "SELECT * FROM whole")


def options(place: Place, out: Path, facts: Path | None = None) -> list[str]:
    a = place.asked
    return [
        "population", a.policy.id, "--engine", "spark", "--facts", str(facts or place.file),
        "--as-of", str(a.as_of), "--phase", a.item.phase.value, "-o", str(out), "--part", "8",
    ]  # fmt: skip


def test_the_rows_are_those_of_one_machine(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "outcomes"
    said = run(*options(place, out))
    assert f"{len(place.cases)} cases" in said
    assert rows(place, parts_of(out)) == whole(place)
    assert len(list(out.glob("part-*.parquet"))) > 2
    again = CliRunner().invoke(main, options(place, out)).stderr.splitlines()
    parts = [line for line in again if line.startswith("part ")]
    assert all("was there" in p or p.endswith("done: 0 cases") for p in parts)


def test_worked_examples_come_out_as_by_the_reference(library: Library) -> None:
    from indicated.population_spark import rows_on_spark

    (found,) = carried(library, ["formulary-exception"], rows_on_spark)
    assert found.examples
    assert (found.disagreements, found.refused) == ((), "")


def test_a_killed_run_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    """Driver and workers: no case is lost, none is doubled, what was done is not done again."""
    spark.needed(whole=True)
    out = tmp_path / "outcomes"
    child = subprocess.Popen(
        [*PROGRAM, *options(place, out)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stderr is not None
    for line in child.stderr:
        if line.startswith("part "):
            break
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    kept = {f: f.stat().st_mtime_ns for f in out.glob("part-*.parquet")}
    assert kept
    assert f"{len(place.cases)} cases" in run(*options(place, out))
    assert rows(place, parts_of(out)) == whole(place)
    assert all(f.stat().st_mtime_ns == at for f, at in kept.items())


def test_results_of_two_engines_are_not_mixed(place: Place, tmp_path: Path) -> None:
    list(judge_in_parts(place.con, place.asked, [place.file], tmp_path, 2))
    done = CliRunner().invoke(main, options(place, tmp_path))
    assert done.exit_code == ExitCode.INPUT
    assert "engine" in done.output


TABLES = {
    "SELECT * REPLACE ('perhaps' AS assertion) FROM written": "none of its own",
    "SELECT * REPLACE (0 AS ord) FROM written": "two facts with the same ord",
    "SELECT * EXCLUDE (ord) FROM written": "no column ord",
}


@pytest.mark.parametrize("query", TABLES)
def test_what_a_worker_finds_wrong_is_told(place: Place, tmp_path: Path, query: str) -> None:
    facts = tmp_path / "facts.parquet"
    write(place.con, query, facts)
    done = CliRunner().invoke(main, options(place, tmp_path / "out", facts))
    assert done.exit_code == ExitCode.INPUT, done.output
    assert TABLES[query] in done.output
    assert "Do this" in done.output


def test_it_needs_a_folder(place: Place, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, options(place, tmp_path / "out.parquet"))
    assert done.exit_code == ExitCode.INPUT
    assert "Spark writes its results into a folder" in done.output


def test_without_java(place: Place, tmp_path: Path) -> None:
    bare = {k: v for k, v in os.environ.items() if k != "JAVA_HOME"} | {"PATH": "/nowhere"}
    done = subprocess.run(
        [*PROGRAM, *options(place, tmp_path / "out")], env=bare, capture_output=True, text=True
    )
    assert done.returncode == ExitCode.INPUT, done.stderr
    assert "Install Java 17 or later" in done.stderr
    assert not (tmp_path / "out").exists()


ASKED = """
from indicated.judge.on_spark import session
print("master", session().sparkContext.master)
"""


@pytest.mark.parametrize("how", ["settings", "spark-submit"])
def test_the_master_that_somebody_named_is_used(tmp_path: Path, how: str) -> None:
    """Not this machine's cores instead of their cluster."""
    program = tmp_path / "asked.py"
    program.write_text(ASKED)
    settings = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    if how == "settings":
        (tmp_path / "spark-defaults.conf").write_text("spark.master local[1]\n")
        command = [sys.executable, str(program)]
        settings["SPARK_CONF_DIR"] = str(tmp_path)
    else:
        import pyspark

        submit = Path(str(pyspark.__file__)).parent / "bin" / "spark-submit"
        command = [str(submit), "--master", "local[1]", str(program)]
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    assert "master local[1]" in done.stdout, done.stderr[-2000:]


def test_a_folder_that_the_workers_cannot_write(place: Place, tmp_path: Path) -> None:
    from indicated.population_spark import judge_on_spark

    out = tmp_path / "out"
    parts = judge_on_spark(place.asked, [place.file], out, 8)
    out.mkdir()
    out.joinpath("part-00001.parquet.part").mkdir()  # in the way of the first part
    with pytest.raises(InputError, match="could not be written"):
        list(parts)
    out.joinpath("part-00001.parquet.part").rmdir()
    list(judge_on_spark(place.asked, [place.file], out, 8))
    assert rows(place, parts_of(out)) == whole(place)
