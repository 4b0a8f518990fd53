"""The desk's figures as SVG by matplotlib, in the inks of an article's pictures.

Each stands beside a table of the same numbers; what is late is hatched as well as coloured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from indicated.report.draw import INKS
from indicated.serve.canvas import canvas, drawn
from indicated.serve.desk.figures import Week

LABELS = 13  # weeks at most that are named below


def week_plot(weeks: Sequence[Week]) -> str:
    """Decisions a week as columns: in time filled, late hatched on top."""
    figure, axes = canvas(220)
    at = range(len(weeks))
    late = [w.decided - w.in_time for w in weeks]
    axes.bar(at, [w.in_time for w in weeks], color=INKS["met"], label="in time")
    axes.bar(
        at, late, bottom=[w.in_time for w in weeks], color=INKS["paper"], edgecolor=INKS["not"],
        hatch="////", label="late", linewidth=[1.0 if n else 0.0 for n in late],
    )  # fmt: skip
    axes.set_ylabel("decisions")
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _weekly(figure, axes, [w.begins for w in weeks])


def hours_plot(weeks: Sequence[Week]) -> str:
    """Hours to a decision a week: the median as dots, what nine of ten took as squares."""
    figure, axes = canvas(220)
    for values, shape, ink, name in (
        ([w.p90_hours for w in weeks], "s--", "muted", "nine of ten within"),
        ([w.median_hours for w in weeks], "o-", "data", "median"),
    ):
        known = [(n, v) for n, v in enumerate(values) if v is not None]
        x, y = [n for n, _ in known], [v for _, v in known]
        axes.plot(x, y, shape, color=INKS[ink], label=name, lw=1.3, ms=6)
    axes.set_ylabel("hours")
    axes.set_ylim(bottom=0)
    return _weekly(figure, axes, [w.begins for w in weeks])


def outcome_plot(outcomes: Mapping[str, int]) -> str:
    """How many items came out how, as bars with their number."""
    figure, axes = canvas(60 + 34 * max(1, len(outcomes)))
    names, counts = list(outcomes), list(outcomes.values())
    bars = axes.barh(range(len(names)), counts, color=INKS["data"])
    axes.bar_label(bars, padding=4, color=INKS["ink"])
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("items")
    return drawn(figure)


def _weekly(figure: Any, axes: Any, days: Sequence[date]) -> str:
    step = -(-len(days) // LABELS) or 1
    axes.set_xticks(
        range(0, len(days), step), [d.strftime("%m-%d") for d in days[::step]]
    )  # fmt: skip
    axes.set_xlabel("week that begins on")
    figure.legend(frameon=False, loc="outside upper left", ncols=2)
    return drawn(figure)
