"""What happened to a case, its versions and its follow-up questions: whole, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from indicated.serve.desk import cases
from indicated.serve.desk.cases import opened
from indicated.serve.desk.pages import Exchange, LedgerLine, VersionRow
from indicated.serve.desk.paging import PageNumber, paged
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.routes_case import exchange, history_of, lines, version_row
from indicated.serve.desk.tables import CaseRow, LedgerRow, Talk, Version
from indicated.serve.desk.web import Surface, Turn
from indicated.serve.desk.whole import require_talks


@dataclass(frozen=True)
class PastPage:
    """One page of what grows with a case."""

    case: str
    question: str
    page: int
    pages: int
    total: int
    lines: list[LedgerLine]
    versions: list[VersionRow]
    talks: list[Exchange]


def register(surface: Surface) -> None:
    """The long lists of a case."""
    surface.page("/cases/{case}/history", Action.READ, "history")(read_history)
    surface.page("/cases/{case}/versions", Action.READ, "versions")(read_versions)
    surface.page("/cases/{case}/talks", Action.READ, "talks")(read_talks)


def _opened(turn: Turn, case: str, what: str) -> CaseRow:
    row = opened(turn.db, case, turn.who)
    cases.note(turn.db, "read", row, turn.who, turn.now, comment=what)
    return row


def read_history(turn: Turn, case: str, page: PageNumber = 1) -> PastPage:
    """What happened to the case, newest first; the readings of it stand in the ledger alone."""
    row = _opened(turn, case, "the history")
    query = history_of(case).order_by(LedgerRow.n.desc())
    p = paged(turn.db, query, page, turn.settings.page_size)
    return PastPage(case, row.question, p.page, p.pages, p.total, lines(turn.db, p.rows), [], [])


def read_versions(turn: Turn, case: str, page: PageNumber = 1) -> PastPage:
    """Every version of the case, newest first."""
    row = _opened(turn, case, "the versions")
    query = select(Version).where(Version.case_id == case).order_by(Version.n.desc())
    p = paged(turn.db, query, page, turn.settings.page_size)
    rows = [version_row(v) for v in p.rows]
    return PastPage(case, row.question, p.page, p.pages, p.total, [], rows, [])


def read_talks(turn: Turn, case: str, page: PageNumber = 1) -> PastPage:
    """The follow-up questions on any version of the case, newest first."""
    row = _opened(turn, case, "the follow-up questions")
    query = select(Talk).join(Version, Talk.version_id == Version.id)
    query = query.where(Version.case_id == case).order_by(Talk.id.desc())
    p = paged(turn.db, query, page, turn.settings.page_size)
    require_talks(turn.db, case, p.rows)
    rows = [exchange(t) for t in p.rows]
    return PastPage(case, row.question, p.page, p.pages, p.total, [], [], rows)
