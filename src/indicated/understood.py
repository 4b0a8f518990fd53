"""The story of a question alone: what is understood by it, before a record is read.

It stops where `assess.py` would open the chart. Which policy is used may then still turn on what
the record says; nothing is determined here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from indicated.ask import requested_items, unread
from indicated.assess import PROGRAM
from indicated.criteria import with_profile
from indicated.facts import read_facts
from indicated.judge import Context, determine
from indicated.model import (
    Asserter,
    Chart,
    Document,
    Fact,
    Facts,
    Library,
    Policy,
    RequestedItem,
    Source,
)


@dataclass(frozen=True)
class Wanted:
    """An item of a question, with the policy that the question's own words lead to."""

    item: RequestedItem
    policy: Policy | None
    because: str  # why none, where none fits
    candidates: tuple[str, ...]  # policies on the treatment that do not fit the words, by id


@dataclass(frozen=True)
class Understood:
    """A question as it was read. `said` is of the patient; from `unread` nothing was read."""

    question: str
    items: tuple[Wanted, ...]
    said: tuple[Fact, ...]
    unread: tuple[Source, ...]


def understood(question: str, library: Library, as_of: date, *, profile: str = "") -> Understood:
    """What a question asks for and says, read as `assess` reads it. Pure.

    A record may add to it: doses and codes of orders, whether a treatment goes on, and what an
    item's policy is about.
    """
    library = with_profile(library, profile).on(as_of)
    asked = Document(id="question", text=question, written=as_of, kind="question")
    stated = read_facts(Chart((asked,)), library.concepts, as_of=as_of)
    items = requested_items(asked, stated, Facts(), library.concepts)
    claims = tuple(replace(f, asserter=Asserter.QUESTION) for f in stated.items)
    context = Context(library, as_of, PROGRAM)
    wanted = []
    for item in items:
        found = determine(item, Facts(), claims, context)
        because = "" if found.policy else found.because
        wanted.append(Wanted(item, found.policy, because, found.candidates))
    asked_for = [i.treatment for i in items if i.treatment]
    said = tuple(
        f for f in stated.items
        if not any(library.concepts.is_a(f.concept, t) for t in asked_for)
    )  # fmt: skip
    return Understood(question, tuple(wanted), said, unread(asked, items, stated.items))
