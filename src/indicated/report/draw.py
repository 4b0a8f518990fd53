"""A figure's data as lines: SVG by matplotlib, the same bytes for the same data on any day.

Matplotlib is imported here and in `serve/canvas.py` alone, when a picture is drawn. Every colour
is one of `INKS`, so that a page can put its own in their place for a dark screen; none stands
alone, each finding has a sign and a shape as well. All is drawn for a width of a phone.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from threading import Lock
from typing import Any

from markupsafe import escape

from indicated.messages import Messages
from indicated.model import Block, Drawn, Figure, Quantity
from indicated.report.phrases import quantity_text, unit_text
from indicated.units import convert

WIDTH = 340  # points: what a phone shows without making the letters smaller
SIZE = 9.5
# What may be told apart by everybody, also in grey: findings, the patient's data, everything else.
INKS = {
    "ink": "#1d2430", "muted": "#4f5b6b", "line": "#c3cbd6", "paper": "#ffffff",
    "met": "#0b6e5d", "not": "#a8320a", "open": "#6b4a00", "data": "#1f4f82", "wash": "#dbe7f3",
}  # fmt: skip
_SIGNS = {  # tone -> sign, ink, shape, filled
    "met": ("✓", "met", "o", True), "not_met": ("✗", "not", "s", True),
    "unknown": ("?", "open", "D", False), "exclusion_met": ("", "not", "s", True),
    "exclusion_not_met": ("", "met", "s", False), "exclusion_unknown": ("?", "open", "D", False),
}  # fmt: skip
ALONE = Lock()  # matplotlib's settings are the whole program's: two drawings would share them
_MEANS = {"exclusion_met": "truth_exclusion.met", "exclusion_not_met": "truth_exclusion.not_met"}


def can_draw() -> bool:
    """Whether the extra [pictures] is installed."""
    return find_spec("matplotlib") is not None


def svg(block: Block, m: Messages, name: str, *, outlines: bool = False) -> str:
    """The block's figure as one SVG element whose ids begin with `name`.

    `outlines`: letters as shapes, for paper, where the reader's fonts are not known.
    """
    assert block.figure is not None
    with ALONE:
        return _drawn(block, m, name, outlines=outlines)


def _drawn(block: Block, m: Messages, name: str, *, outlines: bool) -> str:
    import matplotlib

    assert block.figure is not None
    style: Any = {
        "svg.hashsalt": "indicated", "svg.fonttype": "path" if outlines else "none",
        "font.family": "DejaVu Sans", "font.size": SIZE, "text.color": INKS["ink"],
        "axes.edgecolor": INKS["line"], "axes.spines.top": False, "axes.spines.right": False,
        "xtick.color": INKS["muted"], "ytick.color": INKS["muted"], "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5, "axes.labelcolor": INKS["muted"], "text.parse_math": False,
    }  # fmt: skip
    with matplotlib.rc_context(style):
        canvas = _KINDS[block.figure.kind](block.figure, m)
        out = io.StringIO()
        dateless = {"Date": None, "Creator": None}
        canvas.savefig(out, format="svg", metadata=dateless, transparent=True)
    return _element(out.getvalue(), name, [s.text for s in block.sentences])


def _element(text: str, name: str, words: Sequence[str]) -> str:
    """The bare element: no prolog, ids of its own, and its alternative in words."""
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.S)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    own = {id: f"{name}-{n}" for n, id in enumerate(sorted(used))}
    text = re.sub(r' id="([^"]*)"', lambda x: f' id="{own[x[1]]}"' if x[1] in own else "", text)
    text = re.sub(r'(href="#|url\(#)([^")]+)', lambda x: x[1] + own[x[2]], text)
    opening = re.sub(r' (?:width|height|version|xmlns:xlink)="[^"]*"', "", text[: text.index(">")])
    if "xlink:href" in text:
        opening += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    title, told = escape(words[0]), escape(" ".join(words[1:]))
    head = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{told}</desc>'
    role = f' role="img" aria-labelledby="{name}-title {name}-desc"'
    return f"{opening}{role}>{head}{text[text.index('>') + 1 :].strip()}"


def _canvas(height: float) -> tuple[Any, Any]:
    """A picture of this height in points, whose axes count points from the top left."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(WIDTH / 72, height / 72))
    axes = canvas.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    return canvas, axes


def _wrapped(text: str, room: float, size: float = SIZE) -> list[str]:
    return textwrap.wrap(text, int(room / (0.56 * size))) or [""]


# --- the criteria ------------------------------------------------------------------------------


def pieces(block: Block) -> list[Block]:
    """The figure as pictures that a page may end between: of criteria what the signs mean, and
    one for each tree; of anything else the one that it is."""
    figure = block.figure
    if figure is None or figure.kind != "criteria":
        return [block]
    trees: list[list[Drawn]] = []
    for drawn in figure.drawn:
        headed = bool(trees) and trees[-1][-1].role == "group"
        if drawn.level or headed:
            trees[-1].append(drawn)
        else:
            trees.append([drawn])
    parts = [replace(figure, kind="criteria_signs")]
    parts += [replace(figure, kind="criteria_tree", drawn=tuple(tree)) for tree in trees]
    return [replace(block, figure=part) for part in parts]


def _criteria(figure: Figure, m: Messages, *, trees: bool = True, signs: bool = True) -> Any:
    """What the signs mean, and a tree: a sign for each finding, its words beside it, lines to
    what it rests on."""
    rows = [(d, _wrapped(d.text, WIDTH - _left(d) - 14)) for d in figure.drawn]
    rows = rows if trees else []
    heights = [13 * len(lines) + (10 if d.role == "group" else 5) for d, lines in rows]
    key = _meanings(figure, m) if signs else []
    canvas, axes = _canvas(sum(heights) + 15 * _lines(key) + (8 if signs else 3))
    for n, (tone, meaning) in enumerate(key):
        left, y = 12 + WIDTH / 2 * (n % 2), 9 + 15.0 * (n // 2)
        _sign(axes, left, y, tone)
        axes.text(left + 14, y, meaning, size=8.5, color=INKS["muted"], va="center_baseline")
    y = 2.0 + 15 * _lines(key)
    if key:
        axes.plot([4, WIDTH - 4], [y + 3, y + 3], color=INKS["line"], lw=0.6)
        y += 5
    above: dict[int, float] = {}
    for (drawn, lines), height in zip(rows, heights, strict=True):
        group = drawn.role == "group"
        top = y + (14 if group else 9)
        for n, line in enumerate(lines):
            axes.text(
                4 if group else _left(drawn) + 14, top + 13 * n, line, va="center_baseline",
                color=INKS["muted" if group else "ink"], weight="bold" if group else "normal",
            )  # fmt: skip
        if not group:
            if drawn.level:
                x, start = _left(drawn) - 16, above[drawn.level - 1] + 7
                axes.plot([x, x, x + 9], [start, top, top], color=INKS["line"], lw=1)
            above[drawn.level] = top
            _sign(axes, _left(drawn), top, drawn.tone)
        y += height
    return canvas


def _meanings(figure: Figure, m: Messages) -> list[tuple[str, str]]:
    """Each sign that is drawn, with what it means."""
    tones = [t for t in _SIGNS if any(d.tone == t for d in figure.drawn)]
    tones = [t for t in tones if t != "exclusion_unknown" or "unknown" not in tones]
    words = [m.template(_MEANS.get(t, f"truth.{t.removeprefix('exclusion_')}")) for t in tones]
    return [(tone, word[1:].strip()) for tone, word in zip(tones, words, strict=True)]


def _lines(key: Sequence[object]) -> int:
    return (len(key) + 1) // 2


def _left(drawn: Drawn) -> float:
    return 12 + 16 * drawn.level


def _sign(axes: Any, x: float, y: float, tone: str) -> None:
    sign, ink, shape, filled = _SIGNS[tone]
    face = INKS[ink] if filled else INKS["paper"]
    axes.plot(x, y, shape, ms=10.5, mfc=face, mec=INKS[ink], mew=1.3)
    axes.text(
        x, y + 0.3, sign, size=7.5, weight="bold", ha="center", va="center_baseline",
        color=INKS["paper"] if filled else INKS[ink],
    )  # fmt: skip


# --- values over time ---------------------------------------------------------------------------


def _values(figure: Figure, m: Messages) -> Any:
    """Points and their numbers, the limits as lines, and the treatment as bars below."""
    points = [d for d in figure.drawn if d.role == "point"]
    limits = [d for d in figure.drawn if d.role == "limit"]
    spans = [d for d in figure.drawn if d.role == "span"]
    canvas, axes = _canvas(190 + 26 * len(spans))
    tall = 190 + 26 * len(spans)
    axes.axis("on")
    axes.set_position((0.13, (tall - 160) / tall, 0.67, 140 / tall))
    ends = _days([*points, *spans])
    heights = [_ends(d.value, figure.unit) for d in (*points, *limits)]
    low, high = min(a for a, _ in heights), max(b for _, b in heights)
    room = max((high - low) * 0.16, abs(high) * 0.15) or 1  # values close together look close
    axes.set(xlim=ends, ylim=(low - room, high + room))
    axes.set_title(unit_text(figure.unit), loc="left", size=8.5, color=INKS["muted"])
    for limit in limits:
        at = _ends(limit.value, figure.unit)[0]
        axes.axhline(at, color=INKS["not"], lw=1.1, ls=(0, (4, 3)))
        axes.annotate(
            limit.text, (1, at), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", size=8, color=INKS["not"],
        )  # fmt: skip
    _points(axes, points, figure.unit)
    for n, span in enumerate(spans):
        _bar_below(axes, span, n)
    _dates(axes, ends, m)
    return canvas


def _points(axes: Any, points: Sequence[Drawn], unit: str) -> None:
    middles = []
    for point in points:
        (first, last), (low, high) = _stretch(point), _ends(point.value, unit)
        middle, height = first + (last - first) / 2, (low + high) / 2
        middles.append((middle, height))
        axes.plot([first, last], [height, height], color=INKS["data"], lw=2.5, alpha=0.45)
        axes.plot([middle, middle], [low, high], color=INKS["data"], lw=2.5, alpha=0.45)
        axes.annotate(
            _number(point.value), (middle, height), xytext=(0, 7), textcoords="offset points",
            ha="center", weight="bold", color=INKS["data"],
            bbox={"boxstyle": "square,pad=0.1", "fc": INKS["paper"], "ec": "none"},
        )  # fmt: skip
    axes.plot(*zip(*middles, strict=True), color=INKS["data"], lw=1, marker="o", ms=6)


def _number(value: Quantity | None) -> str:
    assert value is not None
    return quantity_text(Quantity(value.low, value.high, "", value.open))


def _bar_below(axes: Any, span: Drawn, n: int) -> None:
    y = -42 - 26 * n
    ends = axes.get_xlim()
    first, last = (min(max(x, ends[0]), ends[1]) for x in _stretch(span))
    box = axes.get_position()
    down = y / (box.height * axes.figure.get_figheight() * 72)
    axes.plot(
        [first, last], [down, down], transform=axes.get_xaxis_transform(), clip_on=False,
        color=INKS["data"], lw=5, solid_capstyle="butt",
    )  # fmt: skip
    axes.annotate(
        _wrapped(span.text, WIDTH * 0.84, 8)[0], (0, down), xycoords="axes fraction",
        xytext=(0, 5), textcoords="offset points", size=8, color=INKS["ink"], annotation_clip=False,
    )  # fmt: skip


# --- time ---------------------------------------------------------------------------------------


def _timeline(figure: Figure, m: Messages) -> Any:
    """A row for each illness and treatment: a sign for a day, a bar for a stretch."""
    rows: list[list[Drawn]] = []
    for drawn in figure.drawn:
        if drawn.role != "group" and rows and rows[-1][0].lane == drawn.lane:
            rows[-1].append(drawn)
        else:
            rows.append([drawn])
    tall = 28 * len(rows) + 40
    canvas, axes = _canvas(tall)
    axes.axis("on")
    axes.set_position((0.08, 30 / tall, 0.84, (tall - 34) / tall))
    ends = _days([d for d in figure.drawn if d.role == "span"])
    axes.set(xlim=ends, ylim=(len(rows), 0))
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    for n, row in enumerate(rows):
        group = row[0].role == "group"
        axes.text(
            0, n + (0.75 if group else 0.42), row[0].text if group else row[0].lane,
            transform=axes.get_yaxis_transform(), size=SIZE if group else 8.5,
            weight="bold" if group else "normal", color=INKS["muted" if group else "ink"],
        )  # fmt: skip
        for drawn in () if group else row:
            first, last = (min(x, ends[1]) for x in _stretch(drawn))
            axes.axhline(n + 0.72, color=INKS["line"], lw=0.6, zorder=0)
            if last - first > 1:
                axes.plot([first, last], [n + 0.72] * 2, color=INKS["data"], lw=5)
            else:
                axes.plot(first, n + 0.72, "D", ms=6, color=INKS["data"])
    _dates(axes, ends, m)
    return canvas


def _stretch(drawn: Drawn) -> tuple[float, float]:
    """From when to when, as far as it is known; what goes on ends with the picture's last day."""
    when = drawn.when
    first = when.start or when.end
    assert first is not None
    last = when.end.latest if when.end else (date.max if when.ongoing else first.latest)
    return float(first.earliest.toordinal()), float(last.toordinal())


def _days(drawn: Sequence[Drawn]) -> tuple[float, float]:
    """The first and the last day, with room on either side."""
    known = [x for d in drawn for x in _stretch(d)]
    bound = [x for x in known if x < date.max.toordinal()]
    low, high = min(bound), max(bound)
    room = max((high - low) * 0.08, 4)
    return low - room, high + room


def _dates(axes: Any, ends: tuple[float, float], m: Messages) -> None:
    """At most five days below, in the words of the article's language."""
    months = m.template("words.months").split()
    days = _ticks(date.fromordinal(int(ends[0]) + 1), date.fromordinal(int(ends[1])))
    whole = all(d.day == 1 for d in days)
    yearly = whole and all(d.month == 1 for d in days)
    words = [
        f"{d.year}" if yearly else f"{'' if whole else f'{d.day} '}{months[d.month - 1]} {d.year}"
        for d in days
    ]
    axes.set_xticks([d.toordinal() for d in days], words)


def _ticks(first: date, last: date) -> list[date]:
    """Two to five days: beginnings of years or months where the time is long enough.

    >>> [d.isoformat() for d in _ticks(date(2025, 6, 10), date(2025, 11, 3))]
    ['2025-07-01', '2025-09-01', '2025-11-01']
    """
    months = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    months = [d for d in months if first <= d <= last]
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        some = [d for d in months if (d.year * 12 + d.month - 1) % step == 0]
        if 2 <= len(some) <= 4:
            return some
    middle = first + (last - first) / 2
    return sorted({first + (middle - first) / 2, middle + (last - middle) / 2})


# --- the dose -----------------------------------------------------------------------------------


def _dose(figure: Figure, m: Messages) -> Any:
    """The request as a band from top to bottom, and a bar for each range under its name."""
    rows = [d for d in figure.drawn if d.role in ("request", "range")]
    names = [[d.text, *_wrapped(_named(d, m), WIDTH - 20, 8.5)] for d in rows]
    tops = [12 * len(lines) + 24 for lines in names]
    tall = sum(tops) + 40
    canvas, axes = _canvas(tall)
    axes.axis("on")
    axes.set_position((0.02, 34 / tall, 0.94, (tall - 36) / tall))
    reach = [_ends(d.value, figure.unit) for d in rows]
    high = max(b for _, b in reach) * 1.08
    axes.set(xlim=(0, high), ylim=(tall - 36, 0), xlabel=unit_text(figure.unit))
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    request = next(r for d, r in zip(rows, reach, strict=True) if d.role == "request")
    axes.axvspan(*request, color=INKS["wash"], lw=0, zorder=0)
    for edge in request:
        axes.axvline(edge, color=INKS["data"], lw=1, ls=(0, (2, 2)))
    y = 0.0
    for drawn, (low, top), lines, height in zip(rows, reach, names, tops, strict=True):
        for n, line in enumerate(lines):
            weight = "normal" if n else "bold"
            axes.text(0, y + 11 + 12 * n, line, size=8.5, weight=weight)
        at = y + 12 * len(lines) + 10
        tone = "ink" if drawn.tone == "decides" else "muted"
        ink = INKS["data" if drawn.role == "request" else tone]
        axes.plot([low, top], [at, at], color=ink, lw=6, solid_capstyle="butt")
        axes.plot([low, top], [at, at], "|", color=ink, ms=11, mew=2)
        y += height
    return canvas


def _named(drawn: Drawn, m: Messages) -> str:
    decides = f" ({m.template('figure.decides')})" if drawn.tone == "decides" else ""
    return f"{drawn.lane}{decides}"


def _ends(value: Quantity | None, unit: str) -> tuple[float, float]:
    """Both ends in the figure's unit; an open end is drawn where the known one stands."""
    assert value is not None
    low = value.low if value.low is not None else value.high
    high = value.high if value.high is not None else value.low
    assert low is not None
    assert high is not None
    ends: tuple[Decimal, Decimal] = (
        convert(low, value.unit, unit), convert(high, value.unit, unit),
    )  # fmt: skip
    return float(ends[0]), float(ends[1])


_KINDS: dict[str, Callable[[Figure, Messages], Any]] = {
    "criteria": _criteria, "criteria_tree": partial(_criteria, signs=False),
    "criteria_signs": partial(_criteria, trees=False),
    "values": _values, "timeline": _timeline, "dose": _dose,
}  # fmt: skip
