"""The queue: which cases wait, narrowed and sorted as its address says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from sqlalchemy import ColumnElement, Select, Text, cast, func, select, tuple_
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.model import Outcome
from indicated.serve.desk import accounts, cases, clock
from indicated.serve.desk.again import to_look_at, waiting
from indicated.serve.desk.pages import Narrowed, QueuePage, Row, spoken
from indicated.serve.desk.pages import outcome as outcome_words
from indicated.serve.desk.paging import PageNumber, paged
from indicated.serve.desk.permissions import Action, Role, may, sees_all
from indicated.serve.desk.routes_case import name_of
from indicated.serve.desk.tables import CaseRow, LedgerRow, User, Version
from indicated.serve.desk.web import Surface, Turn

STATES = (
    "asked",
    "reading",
    "trouble",
    "draft",
    "under_review",
    "returned",
    "approved",
    "withdrawn",
)
SORTS = {
    "clock": "the most urgent first",
    "asked": "asked last first",
    "changed": "changed last first",
}
# Lines of the ledger that change nothing about a case.
LOOKS = ("read", "token", "question")
Word = Annotated[str, Query(max_length=20)]
Name = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to, as its address has it."""

    state: str = ""
    find: str = ""
    outcome: str = ""
    policy: str = ""
    by: str = ""  # the login of who asked
    given: str = ""  # and of whom it is given to
    mine: bool = False
    unassigned: bool = False
    expedited: bool = False
    overdue: bool = False
    again: bool = False
    sort: str = "clock"


SAID = {
    "mine": "given to me", "unassigned": "given to nobody", "expedited": "expedited",
    "overdue": "overdue", "again": "signed, and to be looked at again",
}  # fmt: skip


def register(surface: Surface) -> None:
    """The queue."""
    surface.page("/", Action.QUEUE, "queue")(queue)


def queue(
    turn: Turn,
    state: Word = "",
    find: Annotated[str, Query(max_length=200)] = "",
    outcome: Word = "",
    policy: Name = "",
    by: Name = "",
    given: Name = "",
    mine: bool = False,
    unassigned: bool = False,
    expedited: bool = False,
    overdue: bool = False,
    again: bool = False,
    sort: Word = "clock",
    page: PageNumber = 1,
) -> QueuePage:
    """The cases that wait for somebody: `sort` by clock, asked or changed."""
    if sort not in SORTS:
        raise InputError("cases are not sorted so", do=f"Choose of: {', '.join(SORTS)}.")
    # What a page of another program's version may still ask for narrows nothing.
    state = state if state in STATES else ""
    outcome = outcome if outcome in set(Outcome) else ""
    chosen = Filters(
        state, find.strip(), outcome, policy.strip(), by, given, mine, unassigned, expedited,
        overdue, again, sort,
    )  # fmt: skip
    query = _narrowed(turn, chosen)
    each = query.with_only_columns(CaseRow.state, func.count()).group_by(CaseRow.state)
    counts = {str(s): int(n) for s, n in turn.db.execute(each)}
    if state:
        query = query.where(CaseRow.state == state)
    shown = paged(turn.db, _sorted(query, sort), page, turn.settings.page_size)
    outcomes = cases.newest_outcomes(turn.db, [c.id for c in shown.rows])
    people = _people(turn)
    return QueuePage(
        rows=[_row(turn, c, outcomes.get(c.id, [])) for c in shown.rows],
        **asdict(chosen),
        page=page,
        pages=shown.pages,
        total=shown.total,
        may_ask=may(turn.who.roles, Action.ASK),
        states=list(STATES),
        outcomes=[o.value for o in Outcome],
        sorts=SORTS,
        askers=[u.login for u in people if may(u.roles, Action.ASK)],
        deciders=[u.login for u in people if {Role.REVIEWER, Role.PHYSICIAN} & set(u.roles)],
        counts=counts,
        narrowed=[
            Narrowed(_words(k, v), "?" + urlencode(_address(chosen, k)))
            for k, v in _address(chosen).items()
            if k != "sort"
        ],
        query=urlencode(_address(chosen)),
        zone=turn.settings.time_zone,
    )


def _narrowed(turn: Turn, chosen: Filters) -> Select[CaseRow]:
    """The cases that this person sees and that fit all but the state."""
    query = select(CaseRow).where(CaseRow.forgotten_at.is_(None))
    if not sees_all(turn.who.roles):
        query = query.where(CaseRow.asked_by == turn.who.id)
    if chosen.find:
        query = query.where(CaseRow.question.icontains(chosen.find, autoescape=True))
    if chosen.outcome:
        query = query.where(_determined("outcome", chosen.outcome))
    if chosen.policy:
        query = query.where(_determined("policy", chosen.policy))
    if chosen.by:
        query = query.where(CaseRow.asked_by == _number(turn.db, chosen.by))
    if chosen.given:
        query = query.where(CaseRow.assigned_to == _number(turn.db, chosen.given))
    if chosen.mine:
        query = query.where(CaseRow.assigned_to == turn.who.id)
    if chosen.unassigned:
        query = query.where(CaseRow.assigned_to.is_(None))
    if chosen.expedited:
        query = query.where(CaseRow.expedited)
    if chosen.overdue:
        query = query.where(clock.is_late(turn.now), CaseRow.state.not_in(cases.SETTLED))
    if chosen.again:
        query = query.where(CaseRow.id.in_(to_look_at()))
    return query


def _determined(key: str, value: str) -> ColumnElement[bool]:
    """Cases of whose newest version an item has this outcome, or is decided by this policy.

    The column is JSON as text, in which a quotation mark within words is never without a
    backslash before it: what is looked for is a key and its value, and nothing that was said.
    """
    last = select(Version.case_id, func.max(Version.n)).group_by(Version.case_id)
    said = cast(Version.outcomes, Text).contains(f'"{key}": "{value}"', autoescape=True)
    found = select(Version.case_id).where(said, tuple_(Version.case_id, Version.n).in_(last))
    return CaseRow.id.in_(found)


def _number(db: Session, login: str) -> int:
    user = accounts.named(db, login)
    return user.id if user else 0


def _sorted(query: Select[CaseRow], sort: str) -> Select[CaseRow]:
    """By the clock: what is settled last, and before it the cases whose clock stands."""
    if sort == "asked":
        return query.order_by(CaseRow.received_at.desc(), CaseRow.id)
    if sort == "changed":
        last = (
            select(func.max(LedgerRow.n))
            .where(LedgerRow.case_id == CaseRow.id, LedgerRow.act.not_in(LOOKS))
            .scalar_subquery()
        )
        return query.order_by(last.desc(), CaseRow.id)
    settled, stands = CaseRow.state.in_(cases.SETTLED), CaseRow.pended_at.is_not(None)
    return query.order_by(settled, stands, CaseRow.due_at, CaseRow.id)


def _people(turn: Turn) -> list[User]:
    """Whose cases may be chosen: everybody's, by those who see them."""
    if not sees_all(turn.who.roles):
        return []
    return list(turn.db.scalars(select(User).where(User.active).order_by(User.login)))


def _row(turn: Turn, case: CaseRow, outcomes: list[dict[str, str]]) -> Row:
    return Row(
        case.id, case.question, case.state, outcomes, case.expedited, case.due_at,
        clock.hours_left(case, turn.now), name_of(turn, case.asked_by),
        name_of(turn, case.assigned_to), bool(waiting(turn.db, case)), case.pended_at,
    )  # fmt: skip


def _address(chosen: Filters, without: str = "") -> dict[str, str]:
    """What the address of the queue holds: everything that is chosen, but for one thing.

    >>> _address(Filters(state="draft", mine=True, sort="asked"), "mine")
    {'state': 'draft', 'sort': 'asked'}
    """
    plain = asdict(Filters())
    held = {k: v for k, v in asdict(chosen).items() if k != without and v != plain[k]}
    return {k: "true" if v is True else str(v) for k, v in held.items()}


def _words(key: str, value: str) -> str:
    """What is narrowed, as people read it.

    >>> _words("state", "under_review"), _words("mine", "true"), _words("by", "jroe")
    ('state: Under review', 'given to me', 'asked by: jroe')
    """
    if key in SAID:
        return SAID[key]
    named = {"find": "words", "by": "asked by", "given": "given to"}.get(key, key)
    shown = {"state": spoken, "outcome": outcome_words}.get(key, str)
    return f"{named}: {shown(value)}"
