"""How far an assessment is, for whoever waits for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from indicated.serve.desk import cases, progress
from indicated.serve.desk.cases import opened
from indicated.serve.desk.pages import ProgressPage
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.tables import CaseRow, Progress
from indicated.serve.desk.web import Surface, Turn


def register(surface: Surface) -> None:
    """One way in, for pages that wait and for programs."""
    surface.raw("/cases/{case}/progress", Action.READ)(read_progress)


def read_progress(turn: Turn, case: str) -> ProgressPage:
    """How far the assessment is. It tells nothing of the patient, so no reading is recorded."""
    return progress_of(turn.db, opened(turn.db, case, turn.who))


def progress_of(db: Session, case: CaseRow) -> ProgressPage:
    """How far the case is, as its worker told last."""
    row = db.get(Progress, case.id)
    files = len(cases.documents(db, case.id))
    says = progress.sentence(row, files)
    if row is None:
        return ProgressPage(case.state, progress.WAITING, 0, files, 0, says)
    return ProgressPage(case.state, row.stage, row.read, row.of, len(row.unread), says)


def unread_of(db: Session, case: CaseRow) -> dict[str, Any]:
    """What could not be read when the record was read last, by number of the document."""
    row = db.get(Progress, case.id)
    return row.unread if row else {}
