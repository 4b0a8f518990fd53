"""What facts that a language model proposed have to do with a determination, said beside it."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.model import Determination, Mark, Outcome, Sentence
from indicated.report.desk import Desk


def pointed(desk: Desk, d: Determination) -> Iterator[tuple[Sentence, Sentence]]:
    """Whether a model pointed at the words that ask for it, whether proposed facts carry the
    outcome, and which of them wait for a person."""
    proposed, label = d.proposed, "label.proposed"
    for mark in sorted(d.item.marks & {Mark.PROPOSED, Mark.CONFIRMED}):
        by = (desk.item(d.item), *desk.item_words(d.item))
        request = desk.words.request(d.item)
        yield desk.label(label), desk.say(f"question.{mark.value}", *by, request=request)
    if proposed is None:
        return
    if told := desk.facts(proposed.used):
        without = _outcome(desk, proposed.without)
        by = (*told.supports, desk.made("finding", without, key=d.item.id))
        id = "same" if proposed.without is d.computed else "carried"
        slots = {"facts": told.text} | ({"without": without} if id == "carried" else {})
        yield desk.label(label), desk.say(f"proposed.{id}", *by, **slots)
    if proposed.outcome and (told := desk.facts(proposed.waiting)):
        outcome = _outcome(desk, proposed.outcome)
        by = (*told.supports, desk.made("finding", outcome, key=d.item.id))
        said = desk.say("proposed.waiting", *by, facts=told.text, outcome=outcome)
        yield desk.label(label), said


def waiting(desk: Desk) -> Iterator[Sentence]:
    """The items that a model pointed at and that wait for a person, each with what it came to."""
    for d in desk.story.waiting:
        outcome = _outcome(desk, d.outcome)
        by = (*desk.item_words(d.item), desk.made("finding", outcome, key=d.item.id))
        request = desk.words.request(d.item)
        yield desk.say("question.waiting", desk.item(d.item), *by, request=request, outcome=outcome)


def _outcome(desk: Desk, outcome: Outcome) -> str:
    closed = desk.story.case.chart.closed and f"outcome_closed.{outcome.value}" in desk.m.table
    return desk.m.word("outcome_closed" if closed else "outcome", outcome.value)
