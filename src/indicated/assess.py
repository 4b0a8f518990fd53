"""The story for one case: newcomers start here.

A question and a chart become facts; the question becomes requested items and premises; each item
is judged against the policy that fits it; the determinations become an article whose every
sentence is checked against its support. Nothing here decides anything: each line calls a stage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from indicated import __version__
from indicated.ask import (
    chart_oddities,
    pointed_items,
    premises,
    requested_items,
    without_requests,
)
from indicated.criteria import with_profile
from indicated.errors import InputError
from indicated.facts import confirmed, of_question, of_record, read_by_itself, read_facts
from indicated.judge import Context, determine, overridden, waits
from indicated.model import (
    Asserter,
    Assessment,
    Case,
    Chart,
    Document,
    Fact,
    Facts,
    Known,
    Library,
    Reader,
    RequestedItem,
)
from indicated.report import write_article
from indicated.settings import Settings

PROGRAM = f"indicated {__version__}"
Watch = Callable[[str], AbstractContextManager[None]]
Literature = Callable[[RequestedItem, Sequence[Fact], Facts], Known]


def assess(
    case: Case,
    library: Library,
    settings: Settings | None = None,
    watch: Watch = lambda _: nullcontext(),
    literature: Literature | None = None,
) -> Assessment:
    """Read, judge and write up one case. Pure: the same case gives the same assessment.

    Without a chart, what the question says of the patient is taken as the record, and the article
    says so. Raises `InputError` for an empty question, and `SupportError` rather than publish a
    sentence that its support does not carry.
    `literature` says what is known of an item that no policy is about; it decides nothing.
    `watch` is entered with the name of each stage, for those who want to time or trace it.
    """
    if not case.question.strip():
        raise InputError("the question is empty", do="Ask whether a treatment is necessary.")
    settings = settings or Settings()
    day = case.as_of
    library = with_profile(library, settings.profile).on(day)
    concepts = library.concepts
    recorded = bool(case.chart.documents or case.chart.unread)
    case = _known_on_the_day(case, settings)
    asked = Document(id="question", text=case.question, written=day, kind="question")
    proposed = confirmed(case.proposed, case.ticks)

    with watch("facts"):
        stated = read_facts(Chart((asked,)), concepts, as_of=day)
        only = Chart((replace(asked, kind="note"),))  # the question as the only note there is
        given = case.chart if recorded else only
        facts = read_facts(
            given, concepts, as_of=day, answers=case.answers, struck=case.struck,
            proposed=of_record(proposed, case.chart),
        )  # fmt: skip
        odd = chart_oddities(facts, concepts)
        facts = replace(facts, conflicts=(*facts.conflicts, *odd))
    with watch("question"):
        own = read_by_itself(facts)  # what is asked for is no model's to say
        items = requested_items(asked, stated, own, concepts, chart=case.chart)
        more = pointed_items(asked, case.pointed, items, stated, own, concepts, case.ticks)
        facts = facts if given is case.chart else without_requests(facts, items, concepts)
        besides = facts if given is case.chart else without_requests(facts, more, concepts)
        said = tuple(f for f in proposed if of_question(f))
        claimed = read_facts(Chart((asked,)), concepts, as_of=day, proposed=said)
        taken = premises(asked, claimed, read_by_itself(facts), concepts, items=items)
    with watch("judgement"):
        claims = tuple(replace(f, asserter=Asserter.QUESTION) for f in stated.items)
        context = context_of(case, library, settings)
        judged = [determine(item, facts, claims, context) for item in items]
        judged += [determine(item, besides, claims, context) for item in more]
        waiting = tuple(d for d in judged if waits(d, ticks=context.ticks, closed=context.closed))
        judged = [d for d in judged if d not in waiting]
        determinations = tuple(overridden(d, case.overrides) for d in judged)
        if literature:
            bare = [d.policy is None or bool(d.policy.general) for d in determinations]
            determinations = tuple(
                replace(d, known=literature(d.item, claims, facts)) if alone else d
                for d, alone in zip(determinations, bare, strict=True)
            )
    with watch("article"):
        items = tuple(d.item for d in judged)
        told = (case, facts, items, taken, determinations, library)
        reader, language = Reader(settings.reader), settings.locale
        article = write_article(
            *told, waiting=waiting, program=PROGRAM, reader=reader, language=language
        )
    return Assessment(case, facts, items, taken, determinations, article, waiting)


def context_of(case: Case, library: Library, settings: Settings) -> Context:
    """What every item of the case is judged in."""
    return Context(
        library, case.as_of, PROGRAM, case.chart.closed, settings.regulator,
        settings.proposed_need_tick,
    )  # fmt: skip


def _known_on_the_day(case: Case, settings: Settings) -> Case:
    """The case without documents and answers of after its as-of date; the article names them."""
    chart, day = case.chart, case.as_of
    later = [d for d in chart.documents if d.written and d.written > day]
    seen = tuple(d for d in chart.documents if d not in later)
    named = tuple(f"{d.id}: dated after the as-of date, so not used" for d in later)
    answers = [f for f in case.answers if all(s.at and s.at.date() <= day for s in f.sources)]
    if n := len(case.answers) - len(answers):
        named += (f"answers given after the as-of date, so not used: {n}",)
    chart = Chart(seen, chart.unread + named, chart.closed or settings.closed_record)
    return replace(case, chart=chart, answers=tuple(answers))
