"""The desk counted: how fast, how it came out, who agrees, who has how much; and the figures that
payers publish every year.

A case is decided by the first approval that the ledger holds of it and that was not withdrawn
afterwards. The time runs from the asking to that moment.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median, quantiles
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicated.model import Concepts, Outcome
from indicated.serve.desk.cases import SETTLED
from indicated.serve.desk.tables import CaseRow, LedgerRow, User, Version
from indicated.serve.desk.tables import Decision as Override

DRUG = "drug"  # the kind of concept that the yearly figures leave out


@dataclass(frozen=True)
class Decision:
    """A case that is decided."""

    case: str
    article: str
    by: str
    at: datetime
    hours: float
    in_time: bool
    expedited: bool
    extended: bool
    closed: bool


def hours_at(hours: Sequence[float], share: int) -> float | None:
    """The hours within which so many of a hundred were decided; None where none was.

    >>> hours_at([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), hours_at([3], 90), hours_at([], 50)
    (9.1, 3, None)
    """
    if len(hours) < 2:
        return hours[0] if hours else None
    return round(quantiles(hours, n=100, method="inclusive")[share - 1], 1)


def decisions(db: Session, since: date | None, until: date | None) -> list[Decision]:
    """What was decided from one day to another, both included, the first first."""
    acts = ("approve", "withdraw")
    lines = db.scalars(select(LedgerRow).where(LedgerRow.act.in_(acts)).order_by(LedgerRow.n))
    signed: dict[str, LedgerRow] = {}
    for line in lines:
        if line.act == "approve":
            signed.setdefault(line.case_id, line)
        elif line.case_id in signed and signed[line.case_id].article_hash == line.article_hash:
            del signed[line.case_id]
    wanted = {id: x for id, x in signed.items() if _within(x.at, since, until)}
    cases = {c.id: c for c in db.scalars(select(CaseRow)) if c.id in wanted}
    return [
        Decision(
            id, x.article_hash, x.by, x.at,
            (x.at - cases[id].received_at).total_seconds() / 3600, x.at <= cases[id].due_at,
            cases[id].expedited, bool(cases[id].extended_because), cases[id].closed,
        )
        for id, x in wanted.items()
    ]  # fmt: skip


def _within(at: datetime, since: date | None, until: date | None) -> bool:
    return (since is None or since <= at.date()) and (until is None or at.date() <= until)


def outcomes_of(db: Session, found: Iterable[Decision]) -> dict[str, list[dict[str, str]]]:
    """What each decided text determines, item by item, by case."""
    wanted = {(d.case, d.article) for d in found}
    rows = db.execute(select(Version.case_id, Version.article_hash, Version.outcomes))
    return {case: outcomes for case, article, outcomes in rows if (case, article) in wanted}


@dataclass(frozen=True)
class Week:
    """What was decided in a week, which begins on that Monday."""

    begins: date
    decided: int
    in_time: int
    median_hours: float | None
    p90_hours: float | None


def weeks(found: Sequence[Decision]) -> list[Week]:
    """Week by week, those without a decision too."""
    by: dict[date, list[Decision]] = defaultdict(list)
    for d in found:
        by[d.at.date() - timedelta(days=d.at.weekday())].append(d)
    if not by:
        return []
    first, last = min(by), max(by)
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [_week(monday, by[monday]) for monday in mondays]


def _week(monday: date, found: Sequence[Decision]) -> Week:
    hours = [d.hours for d in found]
    middle = hours_at(hours, 50)
    return Week(
        monday, len(found), sum(d.in_time for d in found), middle, hours_at(hours, 90)
    )  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """Texts on which two people acted one after the other, and on how many they did the same."""

    pairs: int
    same: int


def agreement(db: Session, since: date | None, until: date | None) -> Agreement:
    """How often the next of two people did with a text (return, approve) what the first had done.

    Only the very same text is compared, and only two different people. A text that was approved is
    decided, so a pair always begins with a return: this says how often a return was shared.
    """
    acts = ("approve", "return")
    last: dict[tuple[str, str], LedgerRow] = {}
    pairs = same = 0
    for line in db.scalars(select(LedgerRow).where(LedgerRow.act.in_(acts)).order_by(LedgerRow.n)):
        key = (line.case_id, line.article_hash)
        before = last.get(key)
        if before and before.by != line.by and _within(line.at, since, until):
            pairs += 1
            same += before.act == line.act
        last[key] = line
    return Agreement(pairs, same)


@dataclass(frozen=True)
class Load:
    """What a person has, and did."""

    name: str
    open: int
    approved: int
    returned: int


def load(db: Session, since: date | None, until: date | None) -> list[Load]:
    """Open cases by whom they are given to, and decisions by who made them."""
    names = {u.id: u.name for u in db.scalars(select(User))}
    given = select(CaseRow.assigned_to).where(CaseRow.state.not_in(SETTLED))
    have = Counter(names[id] if id else "nobody" for id in db.scalars(given))
    did: dict[str, Counter[str]] = {"approve": Counter(), "return": Counter()}
    for line in db.scalars(select(LedgerRow).where(LedgerRow.act.in_(tuple(did)))):
        if _within(line.at, since, until):
            did[line.act][line.by.rsplit(" (", 1)[0]] += 1
    people = sorted({*have, *did["approve"], *did["return"]})
    return [Load(p, have[p], did["approve"][p], did["return"][p]) for p in people]


def overrides(db: Session, since: date | None, until: date | None) -> dict[str, int]:
    """How often a person decided otherwise than computed, by policy; what was struck out counts."""
    rows = db.execute(select(Override.policy, Override.at))
    told = Counter(policy or "none" for policy, at in rows if _within(at, since, until))
    return dict(sorted(told.items()))


# --- the yearly public figures -------------------------------------------------------------------


@dataclass(frozen=True)
class Metric:
    """One of the figures that 42 CFR 422.122(c) and its likes ask for. `value` is None where the
    desk does not record what it takes, or nothing was asked."""

    id: str
    says: str
    value: float | None
    unit: str  # percent | hours | list
    of: int | None  # how many requests it is counted over
    note: str = ""


NOT_RECORDED = "not recorded"


def metrics(db: Session, year: int, concepts: Concepts, *, drugs: bool) -> list[Metric]:
    """The figures of a calendar year, by the day of the decision; without drugs, as the rule asks,
    unless `drugs`."""
    found = decisions(db, date(year, 1, 1), date(year, 12, 31))
    classes = _classes(db, found, concepts, drugs=drugs)
    found = [d for d in found if d.case in classes]
    standard = [d for d in found if not d.expedited]
    expedited = [d for d in found if d.expedited]

    def share(id: str, says: str, of: Sequence[Decision], kind: str) -> Metric:
        of_kind = [d for d in of if classes[d.case] == kind]
        value = round(100 * len(of_kind) / len(of), 1) if of else None
        return Metric(id, says, value, "percent", len(of), "" if of else "no request")

    def unknown(id: str, says: str, unit: str) -> Metric:
        return Metric(id, says, None, unit, None, NOT_RECORDED)

    def times(kind: str, of: Sequence[Decision]) -> list[Metric]:
        hours = [d.hours for d in of]
        note = "" if hours else "no request"
        between = f"time between a {kind} request and its decision"
        return [
            Metric(f"{kind}-{name}", f"{word} {between}", round(f(hours), 1) if hours else None,
                   "hours", len(hours), note)
            for name, word, f in (("mean", "Mean", mean), ("median", "Median", median))
        ]  # fmt: skip

    extended = sum(d.extended and classes[d.case] == "approved" for d in found)
    return [
        unknown("items", "Items and services that require prior authorization", "list"),
        share("standard-approved", "Standard requests approved", standard, "approved"),
        share("standard-denied", "Standard requests denied", standard, "denied"),
        share("standard-changed", "Standard requests approved with changes", standard, "changed"),
        unknown("after-appeal", "Standard requests approved after appeal", "percent"),
        Metric(
            "extended-approved", "Requests approved after the time for review was extended",
            round(100 * extended / len(found), 1) if found else None, "percent", len(found),
            "" if found else "no request",
        ),
        share("expedited-approved", "Expedited requests approved", expedited, "approved"),
        share("expedited-denied", "Expedited requests denied", expedited, "denied"),
        share(
            "expedited-changed", "Expedited requests approved with changes", expedited, "changed"
        ),
        *times("standard", standard),
        *times("expedited", expedited),
    ]  # fmt: skip


def _classes(
    db: Session, found: Sequence[Decision], concepts: Concepts, *, drugs: bool
) -> dict[str, str]:
    """approved | denied | changed | undetermined, by case; without those that ask for drugs
    alone."""
    wanted = {(d.case, d.article): d for d in found}
    columns = select(Version.case_id, Version.article_hash, Version.outcomes, Version.data)
    told: dict[str, str] = {}
    for case, article, outcomes, data in db.execute(columns.execution_options(yield_per=100)):
        decision = wanted.get((case, article))
        if decision and (drugs or _beyond_drugs(json.loads(data), concepts)):
            told[case] = kind_of([o["outcome"] for o in outcomes], closed=decision.closed)
    return told


def _beyond_drugs(data: Mapping[str, Any], concepts: Concepts) -> bool:
    """Whether something is asked for that is no drug."""
    asked = [d["item"]["treatment"] for d in data["determinations"]]
    known = [concepts.by_id[id].kind for id in asked if id in concepts.by_id]
    return len(known) < len(asked) or set(known) != {DRUG}


def kind_of(outcomes: Sequence[str], *, closed: bool) -> str:
    """What became of a request as a whole: denied as soon as one item is.

    >>> kind_of(["indicated", "not_indicated"], closed=False), kind_of(["indicated"], closed=True)
    ('denied', 'approved')
    >>> kind_of(["cannot_determine"], closed=False), kind_of(["cannot_determine"], closed=True)
    ('undetermined', 'denied')
    """
    granted = {Outcome.INDICATED.value, Outcome.INDICATED_WITH_CHANGES.value}
    left = set(outcomes) - granted
    if Outcome.NOT_INDICATED.value in left or (left and closed):
        return "denied"
    if left or not outcomes:
        return "undetermined"
    return "changed" if Outcome.INDICATED_WITH_CHANGES.value in outcomes else "approved"
