"""The figures of the desk as pages, pictures and files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy import func, select

from indicated.errors import InputError
from indicated.report.draw import can_draw
from indicated.serve.desk import figures, plots
from indicated.serve.desk.cases import NotFound
from indicated.serve.desk.figures import Agreement, Load, Metric, Week
from indicated.serve.desk.pages import outcome
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.tables import CaseRow
from indicated.serve.desk.web import Surface, Turn

Day = Annotated[str, Query(max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Year = Annotated[int | None, Query(ge=2000, le=2200)]


@dataclass(frozen=True)
class StatisticsPage:
    """What was decided from one day to another, and where all cases stand now."""

    since: str
    until: str
    cases: int
    states: dict[str, int]
    decided: int
    in_time: int
    median_hours: float | None
    p90_hours: float | None
    weeks: list[Week]
    outcomes: dict[str, int]
    by_policy: list[dict[str, Any]]
    overrides: dict[str, int]
    agreement: Agreement
    load: list[Load]
    pictures: bool


@dataclass(frozen=True)
class MetricsPage:
    """The yearly public figures."""

    year: int
    drugs: bool
    metrics: list[Metric]


def register(surface: Surface) -> None:
    """The figures."""
    surface.page("/statistics", Action.STATISTICS, "statistics")(statistics)
    surface.raw("/statistics/plots/{plot}", Action.STATISTICS)(plot_of)
    surface.page("/statistics/metrics", Action.STATISTICS, "metrics")(yearly)
    surface.raw("/statistics/metrics.csv", Action.STATISTICS)(yearly_csv)


def statistics(turn: Turn, since: Day = "", until: Day = "") -> StatisticsPage:
    """How many, how fast, how they came out, who agrees and who has how much."""
    db, range_ = turn.db, (_day(since), _day(until))
    found = figures.decisions(db, *range_)
    hours = [d.hours for d in found]
    outcomes: Counter[str] = Counter()
    policies: dict[str, Counter[str]] = {}
    for items in figures.outcomes_of(db, found).values():
        for o in items:
            outcomes[o["outcome"]] += 1
            policies.setdefault(o["policy"] or "none", Counter())[o["outcome"]] += 1
    states = db.execute(select(CaseRow.state, func.count()).group_by(CaseRow.state))
    counted = {row[0]: row[1] for row in states}
    return StatisticsPage(
        since, until, sum(counted.values()), counted, len(found), sum(d.in_time for d in found),
        figures.hours_at(hours, 50), figures.hours_at(hours, 90), figures.weeks(found),
        dict(outcomes), [{"policy": p, **n} for p, n in sorted(policies.items())],
        figures.overrides(db, *range_), figures.agreement(db, *range_), figures.load(db, *range_),
        can_draw(),
    )  # fmt: skip


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise InputError("there is no such day", do="Write it as 2026-03-31.") from None


def plot_of(turn: Turn, plot: str, since: Day = "", until: Day = "") -> Response:
    """One of the pictures (weeks.svg, hours.svg, outcomes.svg); the page has its numbers."""
    if not can_draw():
        raise NotFound("pictures need the extra [pictures]")
    found = figures.decisions(turn.db, _day(since), _day(until))
    if plot == "weeks.svg":
        drawn = plots.week_plot(figures.weeks(found))
    elif plot == "hours.svg":
        drawn = plots.hours_plot(figures.weeks(found))
    elif plot == "outcomes.svg":
        texts = figures.outcomes_of(turn.db, found).values()
        drawn = plots.outcome_plot(Counter(outcome(o["outcome"]) for t in texts for o in t))
    else:
        raise NotFound("there is no such picture")
    return Response(drawn, media_type="image/svg+xml")


def yearly(turn: Turn, year: Year = None, drugs: bool = False) -> MetricsPage:
    """The figures that payers publish of a calendar year (42 CFR 422.122(c) and its likes)."""
    asked = year or turn.now.year
    concepts = turn.desk.library().concepts
    return MetricsPage(asked, drugs, figures.metrics(turn.db, asked, concepts, drugs=drugs))


def yearly_csv(turn: Turn, year: Year = None, drugs: bool = False) -> Response:
    """The same as a file."""
    page = yearly(turn, year, drugs)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["year", "metric", "says", "value", "unit", "of", "note"])
    for m in page.metrics:
        value = m.note if m.value is None else m.value
        rows.writerow([page.year, m.id, m.says, value, m.unit, m.of, m.note])
    response = Response(out.getvalue(), media_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="metrics-{page.year}.csv"'
    return response
