"""The clock of a case: stopped while information is asked for, and running again."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form

from indicated.errors import InputError
from indicated.serve.desk import deciding
from indicated.serve.desk.cases import opened
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.routes_case import ExtendBody
from indicated.serve.desk.web import Done, Surface, Turn


def register(surface: Surface) -> None:
    """The acts on a clock."""
    surface.act("/cases/{case}/pend", Action.ASSIGN)(pend)
    surface.act("/cases/{case}/resume", Action.ASSIGN)(resume)


def pend(turn: Turn, case: str, body: Annotated[ExtendBody, Form()]) -> Done:
    """Stop the clock while information is asked for, where the desk's rules allow it."""
    row = opened(turn.db, case, turn.who)
    deciding.stop(turn.db, row, body.because, turn.who, turn.now, turn.settings)
    return Done(f"/cases/{case}")


def resume(turn: Turn, case: str) -> Done:
    """Let the clock run again."""
    row = opened(turn.db, case, turn.who)
    if not deciding.run_on(turn.db, row, turn.who, turn.now):
        raise InputError("the clock runs already")
    return Done(f"/cases/{case}")
