"""Figures over many cases as SVG by matplotlib, in the inks of an article's pictures.

Each stands beside the same numbers in words; lines differ in shape as well as in colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indicated.criteria import quantity_words
from indicated.impact import Step, share
from indicated.model import Outcome, Quantity
from indicated.population import Summary
from indicated.report.draw import INKS
from indicated.serve.canvas import canvas, drawn

_LINES = {  # outcome -> line and mark, ink
    Outcome.INDICATED: ("o-", "met"),
    Outcome.INDICATED_WITH_CHANGES: ("^-", "met"),
    Outcome.CONDITIONAL: ("v-", "data"),
    Outcome.CANNOT_DETERMINE: ("D--", "open"),
    Outcome.NOT_INDICATED: ("s-", "not"),
    Outcome.NO_POLICY: ("x:", "muted"),
}


def sweep_plot(name: str, now: Quantity, steps: Sequence[Step]) -> str:
    """The share of each outcome by a parameter's value, with its interval; where it stands now."""
    figure, axes = canvas(300)
    x = [float(s.value.exact or 0) for s in steps]
    for outcome, (line, ink) in _LINES.items():
        counts = [(s.outcomes.get(outcome.value, 0), sum(s.outcomes.values())) for s in steps]
        if not any(n for n, _ in counts):
            continue
        shares = [[100 * y for y in share(n, of)] for n, of in counts]
        axes.plot(
            x, [p for p, *_ in shares], line, color=INKS[ink], label=outcome.value, lw=1.3, ms=5
        )
        low, high = [y for _, y, _ in shares], [y for *_, y in shares]
        axes.fill_between(x, low, high, color=INKS[ink], alpha=0.15, lw=0)
    if now.exact is not None:
        axes.axvline(float(now.exact), color=INKS["muted"], ls=":", lw=1)
        axes.annotate(
            f"now {quantity_words(now)}", (float(now.exact), 1.0), (4, -10),
            xycoords=("data", "axes fraction"), textcoords="offset points", color=INKS["muted"],
        )  # fmt: skip
    axes.set_xlabel(f"{name} ({now.unit})" if now.unit else name)
    axes.set_ylabel("% of cases")
    axes.set_ylim(0, 100)
    figure.legend(frameon=False, loc="outside upper left", ncols=2)
    return drawn(figure)


def population_plot(found: Summary) -> str:
    """How many cases came out how; and how many of those that are open each answer settles, with
    the answers before it."""
    gaps = found.gaps
    rows = [n for n in (len(found.outcomes), len(gaps)) if n]
    figure, axes = canvas(90 + 26 * sum(rows), rows)
    first, *more = axes if gaps else [axes]
    _bars(first, list(found.outcomes.items()), "cases", "data")
    for second in more:
        settled = [(gap.criterion, gap.settled) for gap in gaps]
        _bars(second, settled, "open cases settled, with those above", "open")
    return drawn(figure)


def _bars(axes: Any, rows: Sequence[tuple[str, int]], what: str, ink: str) -> None:
    bars = axes.barh(range(len(rows)), [n for _, n in rows], color=INKS[ink])
    axes.bar_label(bars, padding=4, color=INKS["ink"])
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(what)
