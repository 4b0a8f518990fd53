"""How judging many cases grows: with the cases, with the facts of each, and with the policies.

    python -m bench.growth [--plot OUT.svg] [--largest 1000000]

Each run is of cases made for the policy (`bench.bulk`), in parts, in seconds of processors. The
plot has the measured points, and lines that grow in proportion through the middle one. Nothing is
asserted.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bulk import AS_OF, generate, timed

from indicated.criteria import load_library
from indicated.judge.duck import connect
from indicated.model import Library, Policy
from indicated.population import Asked, read_tables, request_for
from indicated.population_parts import judge_in_parts
from indicated.report.draw import INKS
from indicated.serve.canvas import canvas, drawn

POLICY = "cgrp-migraine-prevention"
CASES = (3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
FACTS = (5, 10, 20, 40, 80)
POLICIES = (1, 3, 10, 30)
PART = 100_000
Points = Mapping[int, float]


def main() -> None:
    """Print each series, and draw them."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--largest", type=int, default=1_000_000, help="cases, at most")
    given = parser.parse_args()
    library = load_library()
    one = library.policies[POLICY]
    several = [library.policies[id] for id in sorted(library.policies)]
    step = max(1, len(several) // max(POLICIES))
    series = {
        "cases of 20 facts": {n: took(library, [one], n, 20) for n in CASES if n <= given.largest},
        "facts of each of 30,000 cases": {n: took(library, [one], 30_000, n) for n in FACTS},
        "policies over 10,000 cases of 20 facts": {
            n: took(library, several[::step][:n], 10_000, 20) for n in POLICIES
        },
    }
    for what, points in series.items():
        print(what)
        for n, seconds in points.items():
            print(f"  {n:>9,}  {seconds:8.1f} s  {1e3 * seconds / n:8.3f} ms each")
    if given.plot:
        given.plot.write_text(plot(series), encoding="utf-8")


def took(library: Library, policies: list[Policy], cases: int, facts: int) -> float:
    """Seconds of processors to judge cases of each policy's own, one policy after the other."""
    total = 0.0
    for policy in policies:
        with TemporaryDirectory() as folder, connect("3GB", Path(folder)) as con:
            file, out = Path(folder) / "facts.parquet", Path(folder) / "outcomes"
            generate(con, policy, library, file, cases, facts)
            read_tables(con, [file])
            asked = Asked(policy, request_for(policy), library, AS_OF)
            total += timed(lambda: list(judge_in_parts(con, asked, [file], out, PART))).processor  # noqa: B023
    return total


def plot(series: Mapping[str, Points]) -> str:
    """A panel for each series, both ways in powers of ten."""
    figure, axes = canvas(190 * len(series), [1] * len(series))
    for panel, (what, points) in zip(axes, series.items(), strict=True):
        x, y = list(points), list(points.values())
        middle = len(x) // 2
        line = [y[middle] * n / x[middle] for n in x]
        panel.loglog(x, line, ":", color=INKS["muted"], lw=1, label="in proportion")
        panel.loglog(x, y, "o-", color=INKS["data"], lw=1.3, ms=5, label="measured")
        panel.set_xticks(x, [f"{n:,}" for n in x])
        panel.yaxis.set_major_formatter("{x:g}")
        panel.minorticks_off()
        panel.set_xlabel(what)
        panel.set_ylabel("seconds")
        panel.legend(frameon=False)
    return drawn(figure)


if __name__ == "__main__":
    main()
