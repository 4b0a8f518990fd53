"""The story for one case: newcomers start here.

A question and a chart become facts; the question becomes requested items and premises; each item
is judged against the policy that fits it; the determinations become an article whose every
sentence is checked against its support. Nothing here decides anything: each line calls a stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter

from indicated import __version__
from indicated.ask import chart_oddities, premises, requested_items
from indicated.criteria import with_profile
from indicated.facts import read_facts
from indicated.judge import Context, determine
from indicated.model import Assessment, Asserter, Case, Chart, Document, Facts, Library
from indicated.report import write_article
from indicated.settings import Settings

PROGRAM = f"indicated {__version__}"


def assess(case: Case, library: Library, settings: Settings | None = None) -> Assessment:
    """Read, judge and write up one case. Pure: the same case gives the same assessment.

    Without a chart, what the question says of the patient is taken as the record, and the article
    says so. Raises `SupportError` rather than publish a sentence that its support does not carry.
    """
    settings = settings or Settings()
    library = with_profile(library, settings.profile)
    clock = Stopwatch()
    asked = Document(id="question", text=case.question, written=case.as_of, kind="question")

    with clock("facts"):
        stated = read_facts(Chart((asked,)), library.concepts, as_of=case.as_of)
        read = read_facts(case.chart, library.concepts, as_of=case.as_of)
        facts = read if case.chart.documents else stated
        facts = _with_oddities(facts, library)
    with clock("question"):
        items = requested_items(asked, stated, facts, library.concepts, chart=case.chart)
        taken = premises(asked, stated, facts, library.concepts, items=items)
        claims = tuple(replace(f, asserter=Asserter.QUESTION) for f in stated.items)
    with clock("judgement"):
        context = Context(
            library=library,
            as_of=case.as_of,
            program=PROGRAM,
            closed=case.chart.closed or settings.closed_record,
            regulator=settings.regulator,
        )
        determinations = tuple(determine(item, facts, claims, context) for item in items)
    with clock("article"):
        article = write_article(
            case, facts, items, taken, determinations, library, program=PROGRAM
        )
    return Assessment(case, facts, items, taken, determinations, article, dict(clock.seconds))


def _with_oddities(facts: Facts, library: Library) -> Facts:
    """What is odd about the record itself joins the conflicts that reading found."""
    return replace(
        facts, conflicts=(*facts.conflicts, *chart_oddities(facts, library.concepts))
    )


class Stopwatch:
    """Seconds by stage, for the benchmark. It is never part of a result's content."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        begun = perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + perf_counter() - begun
