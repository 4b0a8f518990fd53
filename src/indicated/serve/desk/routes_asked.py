"""The page between asking and assessing: how the question is read, and its corrections."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated

from fastapi import Form, Query
from pydantic import Field

from indicated.messages import load_messages
from indicated.model import Concept, Library
from indicated.report.phrases import Phrases
from indicated.serve.desk import asking, cases
from indicated.serve.desk.cases import opened
from indicated.serve.desk.pages import AskedPage, Choice, SaidRow, WantedRow, WordingRow
from indicated.serve.desk.permissions import Action, may
from indicated.serve.desk.routes_case import Body
from indicated.serve.desk.tables import CaseRow
from indicated.serve.desk.web import Desk, Done, Surface, Turn
from indicated.serve.desk.wording import PHASES, Change, changed, index, meanings
from indicated.understood import Understood, Wanted, understood

SAID = {
    "remove": "an item was taken out",
    "phase": "the phase of an item was changed",
    "meaning": "an item was named otherwise",
    "add": "an item was added",
}


class CorrectBody(Body):
    """Another wording of the question, or one change of it that the desk puts in words."""

    wording: int  # the number of the wording that it changes
    question: str = Field("", max_length=20_000)
    change: str = ""  # remove, phase, meaning or add
    item: int = 0  # the first is 1
    to: str = ""  # a phase, or the id of a treatment


class ConfirmBody(Body):
    wording: int


def register(surface: Surface) -> None:
    """The page and its two acts."""
    surface.page("/cases/{case}/asked", Action.READ, "asked")(read_asked)
    surface.act("/cases/{case}/asked", Action.ANSWER)(correct)
    surface.act("/cases/{case}/assess", Action.ANSWER)(confirm)


def read_asked(
    turn: Turn, case: str, find: Annotated[str, Query(max_length=100)] = ""
) -> AskedPage:
    """How the question is read: its items, what it says of the patient, and what was not read."""
    row = opened(turn.db, case, turn.who)
    cases.note(turn.db, "read", row, turn.who, turn.now, comment="the question")
    read = _read(turn.desk, row.question, row.as_of, row.profile)
    library = turn.desk.library().on(row.as_of)
    concepts = library.concepts
    words = Phrases(load_messages(), concepts)
    said = {words.fact(f, bare=True): f for f in reversed(read.said)}
    wordings = asking.wordings(turn.db, row)
    return AskedPage(
        id=row.id,
        question=row.question,
        state=row.state,
        as_of=row.as_of,
        profile=row.profile,
        files=[d.name for d in cases.documents(turn.db, row.id)],
        wording=wordings[-1].n,
        wordings=[WordingRow(w.n, w.question, w.because, w.by, w.at) for w in wordings],
        items=[_wanted(w, words, library) for w in read.items],
        said=[
            SaidRow(told, "; ".join(s.quote for s in f.sources))
            for told, f in reversed(said.items())
        ],
        unread=[s.quote for s in read.unread],
        phases=list(PHASES),
        find=find,
        found=[_choice(c) for c in index(find, concepts)],
        may_change=may(turn.who.roles, Action.ANSWER),
    )


@lru_cache(maxsize=64)
def _read(desk: Desk, question: str, as_of: date, profile: str) -> Understood:
    return understood(question, desk.library(), as_of, profile=profile)


def _choice(concept: Concept) -> Choice:
    return Choice(concept.id, concept.label, concept.kind)


def _wanted(wanted: Wanted, words: Phrases, library: Library) -> WantedRow:
    item, policy = wanted.item, wanted.policy
    lasts = words.quantity(item.duration) if item.duration else ""
    return WantedRow(
        item=words.item(item),
        words=item.words,
        treatment=item.treatment,
        kind=item.kind,
        phase=item.phase.value,
        phase_because=item.phase_because,
        dose=words.quantity(item.dose) if item.dose else "",
        every=words.every(item.every) if item.every else "",
        duration=lasts,
        route=item.route,
        place=item.place,
        product=item.product,
        codes=list(item.codes),
        parts=list(item.parts),
        policy=policy.id if policy else "",
        policy_title=policy.title if policy else "",
        because=wanted.because,
        candidates=[library.policies[id].title for id in wanted.candidates],
        meanings=[_choice(c) for c in meanings(item, library.concepts)],
    )


def correct(turn: Turn, case: str, body: Annotated[CorrectBody, Form()]) -> Done:
    """Word the question otherwise; it is read again, and assessed once that is confirmed."""
    row = opened(turn.db, case, turn.who)
    asking.require_seen(turn.db, row, body.wording)
    question, because = body.question, "worded otherwise"
    if body.change:
        question = _changed(turn, row, Change(body.change, body.item, body.to))
        because = SAID[body.change]
    asking.correct(turn.db, row, question, because, turn.who, turn.now, seen=body.wording)
    return Done(f"/cases/{case}/asked", {"question": row.question, "wording": body.wording + 1})


def _changed(turn: Turn, row: CaseRow, change: Change) -> str:
    def read(question: str) -> Understood:
        return _read(turn.desk, question, row.as_of, row.profile)

    return changed(row.question, change, read, turn.desk.library().on(row.as_of).concepts)


def confirm(turn: Turn, case: str, body: Annotated[ConfirmBody, Form()]) -> Done:
    """Have the case assessed as its question was shown to be read."""
    row = opened(turn.db, case, turn.who)
    asking.confirm(turn.db, row, turn.who, turn.now, seen=body.wording)
    return Done(f"/cases/{case}", {"state": row.state})
