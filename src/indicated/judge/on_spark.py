"""The engine for many cases on a cluster: Spark hands whole cases to each of its workers, and there
they are judged by the statement that one machine runs (`on_duckdb.py`), so that both say the same.

A case is judged from its own facts alone. It is enough to bring the facts of a case to one place;
nothing else is exchanged. Workers need Python with this package and its extra `spark`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from indicated.errors import IndicatedError, InputError
from indicated.judge.duck import Connection, connect

try:
    import pyarrow
    from pyspark import SparkConf, SparkContext, TaskContext
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.functions import approx_count_distinct
except ModuleNotFoundError:
    raise InputError(
        "judging on Spark needs libraries that are not installed",
        do="pip install 'indicated[spark]', or use --engine duckdb.",
    ) from None

GIVEN = "given"  # the table, in the database of a part, of its rows as they stand in the files
Batches = Iterator[pyarrow.RecordBatch]
# What is done with a part of the cases: a database that holds them, and the part's number from 0.
Work = Callable[[Connection, int], Batches]
_TOLD = "indicated said: "  # before an error of ours among what Spark says of it


USUAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",  # it would stand among what is printed
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
}


def session() -> SparkSession:
    """The session of Spark: the one that `spark-submit` or the environment configures, otherwise
    the cores of this machine.

    Raises `InputError` where it cannot be started, such as without Java.
    """
    try:
        SparkContext._ensure_initialized()  # before it, SparkConf knows nothing of spark-submit
        conf = SparkConf()
        if (conf.get("spark.master") or "local[*]").startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            conf.setIfMissing("spark.master", "local[*]")
            conf.setIfMissing("spark.driver.host", "127.0.0.1")
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1")
        for name, usual in USUAL.items():
            conf.setIfMissing(name, usual)
        return SparkSession.builder.appName("indicated").config(conf=conf).getOrCreate()
    except Exception as error:  # of the bridge to Java, of several libraries
        raise InputError(
            f"Spark cannot be started ({type(error).__name__})",
            why="No case was judged.",
            do="Install Java 17 or later (`java -version`), check SPARK_HOME and the master, "
            "or use --engine duckdb.",
        ) from None


def each_part(
    spark: SparkSession, files: Sequence[Path], parts: int, work: Work, columns: str, memory: str
) -> DataFrame:
    """What `work` gives of each of so many parts of the cases, with these columns (as Spark writes
    types). The parts are the same whenever the same files are cut into as many.

    `memory` is what the database of one part may take; more is kept on the worker's disk.
    """
    spark.conf.set("spark.sql.adaptive.enabled", "false")  # it would put parts together
    return (
        _read(spark, files)
        .repartition(parts, "case_id")
        .mapInArrow(partial(_done, work=work, memory=memory), columns)
    )


def cases_of(spark: SparkSession, files: Sequence[Path]) -> int:
    """About how many cases there are: the same number for the same files."""
    found = _read(spark, files).agg(approx_count_distinct("case_id")).first()
    return int(found[0]) if found else 0


def _read(spark: SparkSession, files: Sequence[Path]) -> DataFrame:
    return spark.read.parquet(*(str(f.absolute()) for f in files))


def _done(batches: Iterator[pyarrow.RecordBatch], work: Work, memory: str) -> Batches:
    """On a worker: the rows of one part in a database of its own."""
    first = next(batches, None)
    if first is None:
        return
    context = TaskContext.get()
    assert context is not None
    reader = pyarrow.RecordBatchReader.from_batches(first.schema, chain([first], batches))
    with TemporaryDirectory() as folder, connect(memory, Path(folder)) as con:
        con.execute("SET threads = 1")  # Spark keeps as many workers as there are cores
        con.register("incoming", reader)
        con.execute(f"CREATE TEMP TABLE {GIVEN} AS SELECT * FROM incoming")
        con.unregister("incoming")
        try:
            yield from work(con, context.partitionId())
        except IndicatedError as error:
            said = [error.what, error.where, error.why, error.do]
            raise RuntimeError(f"{_TOLD}{json.dumps(said)}") from None


def collected(parts: DataFrame) -> list[Any]:
    """All rows. Raises `InputError` with what a worker said of its part, or where Spark failed."""
    try:
        return parts.collect()
    except PySparkException as error:
        said = _said(str(error))
        if said is None:
            raise InputError(
                f"Spark did not end its work ({type(error).__name__})",
                why="Parts that were written are whole and stay.",
                do="See the log of Spark's workers; they need this package and its extra `spark`.",
            ) from None
        raise InputError(*said) from None


def _said(text: str) -> tuple[str, str, str, str] | None:
    """An error of ours among what Spark tells.

    >>> _said('Traceback ...\\nRuntimeError: indicated said: ["a", "b", "c", "d"]\\n')
    ('a', 'b', 'c', 'd')
    """
    _, found, rest = text.partition(_TOLD)
    if not found:
        return None
    what, where, why, do = json.JSONDecoder().raw_decode(rest)[0]
    return what, where, why, do
