"""How long cases are kept: what is due, what is held, and holding."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, Field

from indicated.serve.desk import keeping
from indicated.serve.desk.pages import DueRow, HeldRow, KeepingPage
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.web import Done, Surface, Turn

SHOWN = 200  # cases that are due, on the page


class HoldBody(BaseModel):
    case: str = Field(max_length=100)
    because: str = Field(max_length=2000)


def register(surface: Surface) -> None:
    """The page and its acts."""
    surface.page("/keeping", Action.KEEPING, "keeping")(read_keeping)
    surface.act("/keeping/hold", Action.KEEPING)(hold)
    surface.act("/keeping/let-go", Action.KEEPING)(let_go)


def read_keeping(turn: Turn) -> KeepingPage:
    """How long cases are kept, which are forgotten next, and which are held. No word of a case."""
    settings = turn.settings
    found = keeping.due(turn.db, settings, turn.now)
    return KeepingPage(
        settings.keep_days, settings.keep_open_days, settings.keep_model_days,
        [DueRow(d.case, d.state, d.last, d.rule) for d in found[:SHOWN]], len(found),
        [
            HeldRow(c.id, c.state, c.held_at, c.held_by, c.held_because)
            for c in keeping.held(turn.db)
            if c.held_at is not None
        ],
    )  # fmt: skip


def hold(turn: Turn, body: Annotated[HoldBody, Form()]) -> Done:
    """Keep a case whatever the rules say."""
    who = turn.who
    keeping.hold(
        turn.db, body.case.strip(), body.because, who.signature, ", ".join(who.roles), turn.now
    )
    return Done("/keeping")


def let_go(turn: Turn, body: Annotated[HoldBody, Form()]) -> Done:
    """Let the rules hold for a case again."""
    who = turn.who
    keeping.let_go(
        turn.db, body.case.strip(), body.because, who.signature, ", ".join(who.roles), turn.now
    )
    return Done("/keeping")
