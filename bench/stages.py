"""Seconds of one assessment by stage, and how they compare with reading the same text once.

    python bench/stages.py [--repeat 9]

Wall-clock seconds on a shared machine are poor figures, so each stage is also given as a ratio to a
yardstick measured in the same run: compiling one regular expression per concept name into a single
alternation and searching the chart with it, which is what a plain keyword reader would do.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from indicated.assess import assess
from indicated.criteria import load_library
from indicated.model import Case, Library
from indicated.serve.demo import demo_case


def yardstick(case: Case, library: Library) -> float:
    """Seconds to search the chart for every concept name with one compiled alternation."""
    names = sorted({n for c in library.concepts.by_id.values() for n in c.names}, key=len)
    pattern = re.compile("|".join(rf"\b{re.escape(n)}\b" for n in reversed(names)), re.IGNORECASE)
    begun = perf_counter()
    for document in case.chart.documents:
        for _ in pattern.finditer(document.text):
            pass
    return perf_counter() - begun


def timed(case: Case, library: Library) -> dict[str, float]:
    """Seconds of each stage of one assessment."""
    seconds: dict[str, float] = {}

    @contextmanager
    def watch(stage: str) -> Iterator[None]:
        begun = perf_counter()
        yield
        seconds[stage] = perf_counter() - begun

    assess(case, library, watch=watch)
    return seconds


def loaded() -> tuple[Library, float, float]:
    """The library, the seconds to read it from its files, and those to find it kept."""
    with TemporaryDirectory() as folder:
        begun = perf_counter()
        load_library(kept_in=Path(folder))
        read = perf_counter()
        library = load_library(kept_in=Path(folder))
        return library, read - begun, perf_counter() - read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=9)
    repeat = parser.parse_args().repeat

    library, loading, found = loaded()
    case = demo_case()
    first_begun = perf_counter()
    assess(case, library)
    first = perf_counter() - first_begun
    runs = [timed(case, library) for _ in range(repeat)]
    unit = median(yardstick(case, library) for _ in range(repeat))

    chars = sum(len(d.text) for d in case.chart.documents)
    print(f"the shipped case: {len(case.chart.documents)} documents, {chars} characters; "
          f"median of {repeat} runs")  # fmt: skip
    print(
        f"{'reading the library':24} {loading * 1000:9.1f} ms   ({len(library.policies)} policies)"
    )
    print(f"{'finding it kept':24} {found * 1000:9.1f} ms")
    print(f"{'first assessment':24} {first * 1000:9.1f} ms")
    total = 0.0
    for stage in runs[0]:
        seconds = median(run[stage] for run in runs)
        total += seconds
        print(f"{stage:24} {seconds * 1000:9.1f} ms   {seconds / unit:8.2f} x keyword search")
    print(f"{'one assessment':24} {total * 1000:9.1f} ms   {total / unit:8.2f} x keyword search")


if __name__ == "__main__":
    main()
