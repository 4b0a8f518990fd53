"""What becomes of a case: its versions held against each other, and whether it still stands."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from indicated.errors import InputError
from indicated.serve.desk import again, cases
from indicated.serve.desk.cases import NotFound, opened
from indicated.serve.desk.comparing import Comparison, compare
from indicated.serve.desk.pages import VersionRow
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.tables import Version
from indicated.serve.desk.web import Done, Surface, Turn
from indicated.serve.desk.whole import require_version
from indicated.serve.shown import policy_lines


@dataclass(frozen=True)
class ComparePage:
    """Two versions of a case."""

    case: str
    question: str
    versions: list[VersionRow]
    old: VersionRow
    new: VersionRow
    comparison: Comparison


class StandsBody(BaseModel):
    because: str = Field("", max_length=10_000)


@dataclass(frozen=True)
class PolicyRow:
    """A policy by which cases are judged."""

    id: str
    title: str
    version: str
    status: str
    seen: int  # sources whose text was seen
    sources: int
    origin: str  # the folder of one's own that it comes from; "" for the shipped library
    cases: int  # whose newest version it decides


@dataclass(frozen=True)
class PoliciesPage:
    """The policies in use."""

    rows: list[PolicyRow]
    find: str


def register(surface: Surface) -> None:
    """The pages about what changes."""
    surface.page("/cases/{case}/compare", Action.READ, "compare")(compare_versions)
    surface.page("/policies", Action.POLICIES, "policies")(policies)
    surface.raw("/policies/{policy}", Action.POLICIES)(policy_text)
    surface.act("/cases/{case}/again", Action.AGAIN)(assess_again)
    surface.act("/cases/{case}/stands", Action.AGAIN)(it_stands)


def compare_versions(
    turn: Turn,
    case: str,
    old: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
    new: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> ComparePage:
    """What a version says otherwise than an earlier one; the two newest unless others are named."""
    row = opened(turn.db, case, turn.who)
    every = cases.versions(turn.db, case)
    if not every:
        raise InputError("the case is not assessed yet")
    later = _numbered(every, new or every[0].n)
    earlier = _numbered(every, old or max(1, later.n - 1))
    for version in (later, earlier):
        require_version(turn.db, version)
    cases.note(
        turn.db, "read", row, turn.who, turn.now, article=later.article_hash,
        comment=f"versions {earlier.n} and {later.n}",
    )  # fmt: skip
    rows = {v.n: VersionRow(v.n, v.at, v.because, v.article_hash) for v in every}
    return ComparePage(
        case, row.question, list(rows.values()), rows[earlier.n], rows[later.n],
        compare(json.loads(earlier.data), json.loads(later.data)),
    )  # fmt: skip


def _numbered(every: list[Version], n: int) -> Version:
    for version in every:
        if version.n == n:
            return version
    raise NotFound("there is no such version")


def assess_again(turn: Turn, case: str) -> Done:
    """Have a signed case whose policies changed judged anew, as of today; the signed text stays."""
    again.assess_again(turn.db, opened(turn.db, case, turn.who), turn.who, turn.now)
    return Done(f"/cases/{case}")


def it_stands(turn: Turn, case: str, body: Annotated[StandsBody, Form()]) -> Done:
    """State, with a reason, that a signed determination stands although its policies changed."""
    again.stands(turn.db, opened(turn.db, case, turn.who), turn.who, body.because, turn.now)
    return Done(f"/cases/{case}")


def policies(turn: Turn, find: Annotated[str, Query(max_length=100)] = "") -> PoliciesPage:
    """The policies that the desk judges by, and how many cases each decides."""
    used = _used(turn)
    rows = [
        PolicyRow(
            p.id, p.title, p.version, p.status,
            sum(r.checked == "seen" for r in p.references.values()), len(p.references), p.origin,
            used[p.id],
        )
        for p in turn.desk.library().policies.values()
        if find.casefold() in f"{p.id} {p.title}".casefold()
    ]  # fmt: skip
    return PoliciesPage(sorted(rows, key=lambda r: (-r.cases, r.id)), find)


def _used(turn: Turn) -> Counter[str]:
    """In how many cases each policy decides something, by their newest version."""
    query = select(Version.case_id, Version.outcomes).order_by(Version.n)
    last = {case: outcomes for case, outcomes in turn.db.execute(query)}  # noqa: C416
    return Counter(id for o in last.values() for id in {x["policy"] for x in o} if id)


def policy_text(turn: Turn, policy: str) -> Response:
    """A policy as it reads, whole, as `indicated policy show` gives it."""
    library = turn.desk.library()
    if policy not in library.policies:
        raise NotFound("there is no such policy")
    text = "\n".join(policy_lines(library, policy)) + "\n"
    return Response(text, media_type="text/plain; charset=utf-8")
