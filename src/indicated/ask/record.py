"""A question that has to serve as the record too: what it asks for is no history of the patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indicated.ask.mentions import related
from indicated.model import Concepts, Fact, Facts, RequestedItem


def without_requests(facts: Facts, items: Sequence[RequestedItem], concepts: Concepts) -> Facts:
    """The facts without those that only name what is asked for.

    "Review Botox 155 units for migraine" does not say that it was ever given; "has been on Botox
    since May", with a time, a response or an end, does.
    """
    asked = [i.treatment for i in items if i.treatment]
    kept = tuple(
        f
        for f in facts.items
        if not any(_only_asked(f, treatment, concepts) for treatment in asked)
    )
    return replace(facts, items=kept)


def _only_asked(fact: Fact, treatment: str, concepts: Concepts) -> bool:
    t = fact.therapy
    if t is None or not related(fact.concept, treatment, concepts):
        return False
    told = fact.when.dated or fact.when.ongoing or t.response or t.ended_because or not t.taken
    return not told
