"""The story of many charts as one long table: charts in, Parquet files out, nothing lost.

Each file or folder is a case; a bulk export of FHIR (NDJSON) holds one case a patient. Results are
written in parts, each whole or not there at all, so that a run that was stopped goes on where it
stopped. What cannot be read is set aside with its reason, and the rest goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO
from zlib import crc32

from indicated.chart import read_chart
from indicated.errors import IndicatedError, OutputError
from indicated.facts import read_facts
from indicated.judge.duck import FACT_COLUMNS, connect, from_json, text
from indicated.model import Concepts, Facts
from indicated.table import Row, as_json, rows_of

PART = 500  # cases a file: what a run that is killed may have to do again
CHUNK = 32  # handed to the workers at a time
BUCKETS = 64  # of patients of a bulk export: one of them is in memory at a time
SET_ASIDE = "set-aside.jsonl"
NDJSON = (".ndjson", ".jsonl")
REFERENCE = re.compile(r'"reference"\s*:\s*"([A-Za-z]+/[^"]+)"')


@dataclass(frozen=True)
class Given:
    """One case to be read: its id, and where its chart is, or why it cannot be read."""

    id: str
    chart: Path
    problem: str = ""


@dataclass(frozen=True)
class Done:
    """What became of a case: its rows, and what could not be read of it. No rows: set aside."""

    id: str
    rows: tuple[Row, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass
class Count:
    """How a run went."""

    before: int = 0  # cases that an earlier run had done
    read: int = 0
    facts: int = 0
    set_aside: int = 0
    partly: int = 0  # read, but not every document of it


def write_facts(
    charts: Sequence[Path],
    out: Path,
    concepts: Concepts,
    as_of: date,
    *,
    jobs: int = 1,
    told: Callable[[Count], None] = lambda _: None,
) -> Count:
    """Read every case that `out` does not hold yet, and write its facts there as Parquet.

    Raises `OutputError` where a part cannot be written; those written before stay.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        known = cases_of(out)
        count = Count(before=len(known))
        with TemporaryDirectory() as work, ExitStack() as stack:
            todo = (g for g in _given(charts, Path(work)) if g.id not in known)
            aside = stack.enter_context((out / SET_ASIDE).open("a", encoding="utf-8"))
            results = _results(todo, partial(_read, concepts=concepts, as_of=as_of), jobs)
            while part := list(islice(results, PART)):
                _write(out, part, aside, count)
                told(count)
    except OSError as error:
        raise OutputError(
            f"the facts could not be written: {error.strerror}",
            str(out),
            "The parts written so far are kept.",
            "Make room or name another folder and run it again: it goes on where it stopped.",
        ) from None
    return count


def cases_of(out: Path) -> set[str]:
    """The cases that a folder of parts holds, those set aside included."""
    known: set[str] = set()
    if any(out.glob("part-*.parquet")):
        query = f"SELECT DISTINCT case_id FROM read_parquet({text(str(out / 'part-*.parquet'))})"
        with connect() as con:
            known |= {case for (case,) in con.execute(query).fetchall()}
    if (out / SET_ASIDE).is_file():
        for line in (out / SET_ASIDE).read_text(encoding="utf-8").splitlines():
            try:
                known.add(json.loads(line)["case_id"])
            except (ValueError, KeyError):
                continue  # cut off while it was written: tried again
    return known


def _write(out: Path, part: Sequence[Done], aside: TextIO, count: Count) -> None:
    """One part, whole or not at all; what was set aside is noted after it."""
    whole = [done for done in part if done.rows]
    if whole:
        number = 1 + max((int(p.stem[5:]) for p in out.glob("part-*.parquet")), default=0)
        place = out / f"part-{number:05}.parquet"
        lines, beside = place.with_suffix(".json.part"), place.with_suffix(".part")
        lines.write_text(
            "".join(as_json(row) + "\n" for done in whole for row in done.rows), encoding="utf-8"
        )
        with connect() as con:
            con.execute(
                f"COPY ({from_json(lines, FACT_COLUMNS)} ORDER BY case_id, ord) "
                f"TO {text(str(beside))} (FORMAT parquet, COMPRESSION zstd)"
            )
        lines.unlink()
        beside.replace(place)
    for done in part:
        if done.unread:
            said = {"case_id": done.id, "read": bool(done.rows), "reasons": done.unread}
            aside.write(json.dumps(said, ensure_ascii=False) + "\n")
    aside.flush()
    count.read += len(whole)
    count.facts += sum(r["concept"] is not None for done in whole for r in done.rows)
    count.set_aside += len(part) - len(whole)
    count.partly += sum(bool(done.rows and done.unread) for done in part)


def _read(given: Given, concepts: Concepts, as_of: date) -> Done:
    """One case's rows. Never raises: one case must not stop a thousand, and its text stays out of
    the message."""
    if given.problem:
        return Done(given.id, unread=(given.problem,))
    try:
        chart = read_chart(given.chart)
        facts = read_facts(chart, concepts, as_of=as_of)
        return Done(
            given.id, tuple(rows_of(given.id, Facts().plus(facts.items).items)), chart.unread
        )
    except IndicatedError as error:
        return Done(given.id, unread=(error.what,))
    except Exception as error:
        return Done(given.id, unread=(f"an unforeseen error: {type(error).__name__}",))


# --- which cases there are -----------------------------------------------------------------


def _given(charts: Sequence[Path], work: Path) -> Iterator[Given]:
    """The cases of what was given: a file, each entry of a folder, each patient of an export."""
    exported: list[Path] = []
    seen: set[str] = set()
    for path in charts:
        for entry in sorted(path.iterdir()) if path.is_dir() else [path]:
            if entry.name.startswith("."):
                continue
            if entry.suffix.lower() in NDJSON:
                exported.append(entry)
                continue
            id = entry.name if entry.is_dir() or entry.stem in seen else entry.stem
            seen.add(id)
            yield Given(id, entry)
    for given in _patients(exported, work):
        yield Given(f"{given.id} (export)", given.chart) if given.id in seen else given


@dataclass
class Shared:
    """What resources of no patient of their own a bulk export holds: medications, places."""

    lines: dict[str, str] = field(default_factory=dict)

    def named_in(self, lines: Sequence[str]) -> list[str]:
        """Those that these lines refer to."""
        keys = dict.fromkeys(key for line in lines for key in REFERENCE.findall(line))
        return [self.lines[key] for key in keys if key in self.lines]


def _patients(files: Sequence[Path], work: Path) -> Iterator[Given]:
    """Each patient of bulk exports as a file of their own, a bucket of patients at a time."""
    shared = Shared()
    with ExitStack() as stack:
        buckets = [
            stack.enter_context((work / f"bucket-{n}").open("w", encoding="utf-8"))
            for n in range(BUCKETS if files else 0)
        ]
        for file in files:
            yield from _sort(file, buckets, shared)
    for n in range(len(buckets)):
        by_patient: dict[str, list[str]] = {}
        for line in (work / f"bucket-{n}").read_text(encoding="utf-8").splitlines():
            patient, _, resource = line.partition("\t")
            by_patient.setdefault(patient, []).append(resource)
        for patient, lines in sorted(by_patient.items()):
            path = work / f"{n}-{crc32(patient.encode()):08x}-{len(lines)}.ndjson"
            path.write_text("\n".join([*lines, *shared.named_in(lines)]) + "\n", encoding="utf-8")
            yield Given(patient, path)


def _sort(file: Path, buckets: Sequence[TextIO], shared: Shared) -> Iterator[Given]:
    """Each line to the bucket of its patient; gives those lines that are to be set aside."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, raw in enumerate(lines, 1):
            line = raw.strip().replace("\t", " ")
            if not line:
                continue
            try:
                tree = json.loads(line)
            except (ValueError, RecursionError):
                tree = None
            if not isinstance(tree, dict):
                yield Given(f"{file.name}:{number}", file, "the line is no FHIR resource")
            elif patient := _patient(tree):
                buckets[crc32(patient.encode()) % BUCKETS].write(f"{patient}\t{line}\n")
            else:
                shared.lines[f"{tree.get('resourceType')}/{tree.get('id')}"] = line


def _patient(tree: Mapping[str, Any]) -> str:
    """The patient's id of a resource; "" for one that is of no patient."""
    if tree.get("resourceType") == "Patient":
        return str(tree.get("id", "")).replace("\t", " ")
    for key in ("subject", "patient", "beneficiary"):
        link = tree.get(key)
        if isinstance(link, dict) and isinstance(link.get("reference"), str):
            return str(link["reference"]).rpartition("/")[2].replace("\t", " ")
    return ""


# --- several at a time ---------------------------------------------------------------------

Work = Callable[[Given], Done]
_work: Work | None = None  # set in each worker process


def _results(todo: Iterator[Given], work: Work, jobs: int) -> Iterator[Done]:
    if jobs <= 1:
        yield from map(work, todo)
        return
    with ProcessPoolExecutor(max_workers=jobs, initializer=_equip, initargs=(work,)) as pool:
        while chunk := list(islice(todo, CHUNK)):
            yield from pool.map(_in_worker, chunk)


def _equip(work: Work) -> None:
    global _work
    _work = work


def _in_worker(given: Given) -> Done:
    assert _work is not None
    return _work(given)
