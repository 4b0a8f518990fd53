"""The same story for many cases: one JSON line in, one JSON line out, resumable, nothing lost.

A line that cannot be read gets an error object in its place and the rest go on. Results are
appended as they come, so that a killed run goes on where it stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from indicated.assess import assess
from indicated.assisted import Assisted, assisted
from indicated.chart import chart_from_text
from indicated.errors import IndicatedError, InputError, OutputError
from indicated.facts.answers import load_answers
from indicated.model import Case, Fact, Library
from indicated.propose import Model
from indicated.report import to_json
from indicated.report.word_lists import Words
from indicated.settings import Settings

Work = Callable[["Line"], dict[str, Any]]
_work: Work | None = None  # set in each worker process

CHUNK = 32  # lines handed to the workers at a time: bounds memory, keeps the order


@dataclass(frozen=True)
class Line:
    """One line of the case file, or what is wrong with it."""

    number: int
    id: str
    data: Mapping[str, Any] | None
    problem: str = ""


def read_lines(path: Path) -> Iterator[Line]:
    """The cases of a JSON Lines file. Raises `InputError` when the file itself cannot be read."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, text in enumerate(lines, 1):
                if text.strip():
                    yield _line(number, text)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the case file cannot be read",
            str(path),
            str(error) if isinstance(error, OSError) else "It is not UTF-8 text.",
            "Give a file of JSON lines, each with id, question and chart.",
        ) from None


def _line(number: int, text: str) -> Line:
    fallback = f"line-{number}"
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Line(number, fallback, None, "the line is not JSON")
    if not isinstance(data, dict):
        return Line(number, fallback, None, "the line is not a JSON object")
    id = str(data.get("id", fallback))
    for key in ("question", "chart"):
        if not isinstance(data.get(key), str):
            return Line(number, id, None, f'"{key}" is missing or not text')
    try:
        if data.get("as_of") is not None:
            date.fromisoformat(data["as_of"])
    except (TypeError, ValueError):
        return Line(number, id, None, '"as_of" is not a date such as 2026-01-31')
    if data.get("answers") is not None and not isinstance(data["answers"], dict):
        return Line(number, id, None, '"answers" is not an object as on an answer sheet')
    return Line(number, id, data)


@dataclass(frozen=True)
class Beside:
    """A model that may propose, and the words by which what it is shown is de-identified; without
    words it is shown the record as it is."""

    model: Model
    words: Words | None = None


def run_line(
    line: Line, library: Library, settings: Settings, as_of: date, beside: Beside | None = None
) -> dict[str, Any]:
    """One line's result: the assessment as JSON, or an error object. Never raises."""
    if line.data is None:
        return _error(line, line.problem, "input")
    try:
        case = Case(
            question=line.data["question"],
            chart=chart_from_text(line.data["chart"], name="chart"),
            as_of=date.fromisoformat(line.data["as_of"]) if line.data.get("as_of") else as_of,
            id=line.id,
            answers=_answers(line, library),
        )
        if beside is None:
            return {"id": line.id, **to_json(assess(case, library, settings))}
        told = assisted(case, library, settings, beside.model, beside.words)
        return {"id": line.id, **to_json(told.assessment), "model": _counted(told)}
    except IndicatedError as error:
        return _error(line, error.what, error.exit_code.name.lower())
    except (
        Exception
    ) as error:  # one case must not stop a thousand; its text stays out of the message
        return _error(line, f"an unforeseen error: {type(error).__name__}", "failure")


def _counted(told: Assisted) -> dict[str, Any]:
    """What became of the model's answers, and what the outcomes are without them."""
    without = [d.outcome.value for d in told.without.determinations]
    return {**told.tally.counts(), "outcomes_without": without}


def _answers(line: Line, library: Library) -> tuple[Fact, ...]:
    """What persons answered, where the line carries an answer sheet."""
    given = line.data.get("answers") if line.data else None
    return load_answers(given, library.concepts, name=f"line {line.number}") if given else ()


def _error(line: Line, what: str, kind: str) -> dict[str, Any]:
    return {"id": line.id, "error": {"line": line.number, "what": what, "kind": kind}}


def already_done(path: Path) -> set[str]:
    """Ids with a result in an earlier, perhaps interrupted, output. A half-written last line is cut
    off, so that the file is whole again; lines with errors are tried again by nobody."""
    if not path.is_file():
        return set()
    ids: set[str] = set()
    whole = 0
    with path.open("rb") as results:
        for number, line in enumerate(results, 1):
            if not line.endswith(b"\n"):
                break
            ids.add(_id_of(line, number, path))
            whole += len(line)
    if whole < path.stat().st_size:
        with path.open("r+b") as out:
            out.truncate(whole)
    return ids


def _id_of(line: bytes, number: int, path: Path) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"line {number} of the output is not a result of this program",
            str(path),
            "Going on would mix results with something else.",
            "Name another output file, or remove this one.",
        ) from None


def run_batch(
    cases: Path,
    output: Path,
    library: Library,
    settings: Settings,
    *,
    as_of: date,
    jobs: int = 1,
    beside: Beside | None = None,
) -> Iterator[dict[str, Any]]:
    """Assess every case that has no result yet, append each result, and yield it.

    Results keep the order of the cases. Raises `OutputError` when a result cannot be written; what
    was written before stays.
    """
    done = already_done(output)
    todo = (line for line in read_lines(cases) if line.id not in done)
    work = partial(run_line, library=library, settings=settings, as_of=as_of, beside=beside)
    try:
        with output.open("a", encoding="utf-8") as out:
            for result in _results(todo, work, jobs):
                _append(out, result)
                yield result
    except OSError as error:
        raise OutputError(
            f"a result could not be written: {error.strerror}",
            str(output),
            "The results written so far are kept.",
            "Make room or name another place and run it again: it goes on where it stopped.",
        ) from None


def _results(todo: Iterator[Line], work: Work, jobs: int) -> Iterator[dict[str, Any]]:
    if jobs <= 1:
        yield from map(work, todo)
        return
    with ProcessPoolExecutor(max_workers=jobs, initializer=_equip, initargs=(work,)) as pool:
        while chunk := list(islice(todo, CHUNK)):
            yield from pool.map(_in_worker, chunk)


def _equip(work: Work) -> None:
    """Give a worker process its library once, not with every line."""
    global _work
    _work = work


def _in_worker(line: Line) -> dict[str, Any]:
    assert _work is not None
    return _work(line)


def _append(out: TextIO, result: Mapping[str, Any]) -> None:
    out.write(json.dumps(result, ensure_ascii=False) + "\n")
    out.flush()
    os.fsync(out.fileno())
