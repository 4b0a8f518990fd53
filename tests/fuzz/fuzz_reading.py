"""Reads damaged files until its time is up: `python -m tests.fuzz.fuzz_reading --seconds 60`.

Every input is a sample of some format with damage chosen by the seed. It ends in documents or in a
sentence within its time; anything else is printed with the seed that makes it again, the bytes are
kept, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from indicated.chart.formats import Way, read_bytes
from indicated.chart.parts import Limits
from tests.chart import damage, make
from tests.chart.test_any_bytes import check

MOST = 10.0  # seconds that one damaged sample may take


def main() -> int:
    """Runs, prints how many inputs of each format were read, and says whether all went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a sample's name, such as note.pdf")
    given = parser.parse_args()
    samples = {n: raw for n, raw in make.samples().items() if given.only in ("", n)}
    ends = time.monotonic() + given.seconds
    counts: Counter[str] = Counter()
    read: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    failures = 0
    seed = given.seed * 1_000_000
    while time.monotonic() < ends:
        for name, raw in samples.items():
            seed += 1
            bad = damage.damaged(raw, random.Random(seed))
            began = time.monotonic()
            problem = ""
            try:
                found = read_bytes(bad, name, Way(Limits(seconds=MOST)))
                check(found, name)
                read[name] += bool(found.documents)
            except Exception as error:  # the point of it all
                problem = f"{type(error).__name__} at {_place(error)}"
            took = time.monotonic() - began
            if took > MOST and not problem:
                problem = f"took {took:.1f} s"
            counts[name] += 1
            slowest[name] = max(slowest.get(name, 0.0), took)
            if problem:
                failures += 1
                kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{name}"
                kept.write_bytes(bad)
                print(f"{name}, seed {seed}: {problem} ({kept})")
    for name in samples:
        share = f"{read[name]:>6} gave documents" if counts[name] else ""
        print(f"{name:<14} {counts[name]:>6} inputs {share}, slowest {slowest.get(name, 0):.2f} s")
    print(f"{sum(counts.values())} inputs, {failures} failures")
    return 1 if failures else 0


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


if __name__ == "__main__":
    sys.exit(main())
