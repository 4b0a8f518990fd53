"""The story of one policy over many cases on a cluster: workers judge parts of them, and write each
that is whole, as one machine does (`population_parts.py`).

The folder of the results, and the facts, are where the workers see them too. A run that was stopped
is run again, and judges the parts that are not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from indicated.judge.duck import FACT_COLUMNS, Connection, connect, fill, fill_facts
from indicated.judge.on_spark import GIVEN, Batches, cases_of, collected, each_part, session
from indicated.model import Fact
from indicated.population import (
    Asked,
    Rows,
    columns_of,
    judge_table,
    parquet,
    read_rows,
    rows_of_result,
    write,
)
from indicated.population_parts import Part, begin, cases_in, parts_of, path_of

MEMORY = "1GB"  # of the database of one part, where nothing else is said
LOOK = 0.5  # seconds between two looks at which parts are there


def judge_on_spark(
    asked: Asked, files: Sequence[Path], folder: Path, most: int, memory: str = ""
) -> Iterator[Part]:
    """Judge the cases of these files in parts of about `most`, each written to `folder` when it is
    whole; gives each part when it is there. Raises `InputError` where the folder holds another run
    or the facts cannot be read, `PolicyError` for what SQL does not carry; parts that were written
    stay."""
    with connect() as con:
        columns_of(con, parquet(files))
        fill(con, "none", FACT_COLUMNS, [])
        judge_table(con, asked, "none")  # what is refused is told before anything is moved
        spark = session()
        of = max(1, -(-cases_of(spark, files) // most))
        begin(folder, asked, files, "spark", of)
        missing = [n for n in range(of) if not path_of(folder, n).exists()]
        for n in set(range(of)) - set(missing):
            yield Part(n + 1, of, cases_in(con, path_of(folder, n))[0], before=True)
        if not missing:
            return
        work = partial(_judged, asked=_alone(asked), folder=folder.absolute())
        parts = each_part(spark, files, of, work, "nothing STRING", memory or MEMORY)
        with ThreadPoolExecutor(max_workers=1) as pool:
            running = pool.submit(collected, parts)
            try:
                while missing:
                    ended = bool(wait([running], LOOK).done)
                    for n in [n for n in missing if path_of(folder, n).exists()]:
                        missing.remove(n)
                        yield Part(n + 1, of, *cases_in(con, path_of(folder, n)))
                    if ended:
                        running.result()
                        yield from (Part(n + 1, of, 0) for n in missing)  # no case fell into them
                        break
            finally:
                if not running.done():  # somebody ended it here: the workers need not go on
                    spark.sparkContext.cancelAllJobs()


def _judged(con: Connection, n: int, asked: Asked, folder: Path) -> Batches:
    """On a worker: judge a part that is not there yet, and write it."""
    path = path_of(folder, n)
    if not path.exists():
        read_rows(con, GIVEN)
        judge_table(con, asked)
        write(con, "SELECT * FROM result ORDER BY case_id", path)
    return iter(())


def _alone(asked: Asked) -> Asked:
    """Without the other policies, which no worker needs."""
    library = replace(asked.library, policies={asked.policy.id: asked.policy}, earlier={})
    return replace(asked, library=library)


def rows_on_spark(asked: Asked, cases: Mapping[str, Sequence[Fact]]) -> tuple[Rows, int]:
    """These cases judged on Spark: a row of each, and how many it left to the reference."""
    with TemporaryDirectory() as name, connect() as con:
        folder = Path(name)
        fill_facts(con, cases)
        write(con, "SELECT * FROM facts", folder / "facts.parquet")
        parts = judge_on_spark(asked, [folder / "facts.parquet"], folder / "out", len(cases))
        left = sum(part.by_reference for part in parts)
        con.execute(f"CREATE TEMP VIEW result AS {parts_of(folder / 'out')}")
        return rows_of_result(con), left
