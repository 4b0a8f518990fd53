"""What became of a case: its versions held against each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from indicated.errors import InputError
from indicated.serve.desk import cases
from indicated.serve.desk.cases import NotFound, opened
from indicated.serve.desk.comparing import Comparison, compare
from indicated.serve.desk.pages import VersionRow
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.tables import Version
from indicated.serve.desk.web import Surface, Turn


@dataclass(frozen=True)
class ComparePage:
    """Two versions of a case."""

    case: str
    question: str
    versions: list[VersionRow]
    old: VersionRow
    new: VersionRow
    comparison: Comparison


def register(surface: Surface) -> None:
    """The pages about what changes."""
    surface.page("/cases/{case}/compare", Action.READ, "compare")(compare_versions)


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
