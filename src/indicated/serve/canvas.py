"""Figures of numbers over many cases: one canvas, one way to make it SVG by matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from indicated.errors import OutputError
from indicated.report.draw import ALONE, INKS, can_draw

INCH = 72
WIDTH = 560  # points


def canvas(height: float, rows: Sequence[int] = (1,)) -> tuple[Any, Any]:
    """A figure of a page's width, with its axes, or a list of them where there are several rows:
    of each how high it is beside the others.

    Raises `OutputError` where matplotlib is not installed.
    """
    if not can_draw():
        raise OutputError(
            "a picture needs the extra [pictures], which is not installed",
            do="Install it: pip install 'indicated[pictures]'.",
        )
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / INCH, height / INCH), layout="constrained")
    every = list(figure.subplots(len(rows), squeeze=False, height_ratios=rows)[:, 0])
    for axes in every:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INKS["ink"])
    return figure, every if len(rows) > 1 else every[0]


def drawn(figure: Any) -> str:
    """The figure as SVG, the same for the same numbers."""
    from matplotlib import rc_context

    out = io.StringIO()
    with ALONE, rc_context({"svg.hashsalt": "indicated"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
