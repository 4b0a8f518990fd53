"""Signed cases whose policies are others by now, or whose sources do not stand any more: found when
the library or the desk's collection of literature changes, kept, and settled.

A signature stays what it was. What is found here asks a person to look again: they have the case
assessed anew, or say why the determination stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from indicated.criteria import with_profile
from indicated.errors import IndicatedError, InputError
from indicated.evidence.links import Doubt
from indicated.model import Library, Policy
from indicated.serve.desk import ledger
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.cases import note, schedule
from indicated.serve.desk.database import transaction
from indicated.serve.desk.tables import CaseRow, Flag, Version

BECAUSE = "a policy changed since it was signed"
FINDER = "the desk"
Doubts = Mapping[str, Sequence[Doubt]]  # by policy
PART = 200  # cases looked at in one transaction


@dataclass(frozen=True)
class Changed:
    """A policy that is not what a signed case was judged by."""

    policy: str
    was: str  # version
    now: str  # version; "" where there is none
    why: str  # gone | retired | ended | written | sources (it cites one that does not stand)
    hash: str  # of the policy now
    says: list[str]  # what its versions since say that they changed
    sources: list[str]  # those whose entry reads otherwise now


def look_again(
    engine: Engine, library: Library, now: datetime, doubts: Doubts | None = None
) -> int:
    """Hold every approved case against the library, and keep what differs. Gives how many wait.

    `doubts` are those of sources, by policy, as the collection of literature gives them; None where
    there is none to ask, and then what was found of sources stays as it was found.
    For a worker, when it starts and when a day begins: a page only shows what is kept.
    """
    with transaction(engine, writes=False) as db:
        approved = select(CaseRow.id).where(CaseRow.state == "approved")
        flagged = select(Flag.case_id)
        ids = sorted({*db.scalars(approved), *db.scalars(flagged)})
    libraries = _Profiles(library)
    waiting = 0
    for first in range(0, len(ids), PART):
        with transaction(engine) as db:
            waiting += sum(
                _look(db, id, libraries, now, doubts) for id in ids[first : first + PART]
            )
    return waiting


class _Profiles:
    """The library under each plan profile, made once; None where the profile is gone."""

    def __init__(self, library: Library):
        self._made: dict[str, Library | None] = {"": library}
        self._plain = library

    def under(self, profile: str) -> Library | None:
        if profile not in self._made:
            try:
                self._made[profile] = with_profile(self._plain, profile)
            except IndicatedError:
                self._made[profile] = None
        return self._made[profile]


def _look(db: Session, id: str, libraries: _Profiles, now: datetime, doubts: Doubts | None) -> bool:
    """Whether the case waits for somebody to look at it again."""
    case, kept = db.get_one(CaseRow, id), db.get(Flag, id)
    version = _newest(db, id)
    if case.state != "approved" or version is None:
        return _let_go(db, kept)
    library = libraries.under(case.profile)
    judged = json.loads(version.record)["assessment"]["standing"]["policies"]
    found = changed(judged, case.as_of, library, now.date(), version.data)
    changes = [asdict(c) for c in (*found, *unsound(judged, doubts or {}, version.data))]
    if doubts is None and kept and kept.article_hash == version.article_hash:
        changes += [c for c in kept.changes if c["why"] == "sources"]
    if not changes:
        return _let_go(db, kept)
    if kept and kept.article_hash == version.article_hash and kept.changes == changes:
        return not kept.stands
    row = kept or Flag(case_id=id)
    row.article_hash, row.changes, row.found_at, row.stands = (
        version.article_hash, changes, now, False,
    )  # fmt: skip
    db.add(row)
    ledger.write(
        db, "changed", by=FINDER, role="program", at=now, case=id, article=version.article_hash,
        comment=", ".join(map(_named, changes)),
    )  # fmt: skip
    return True


def _named(change: Mapping[str, Any]) -> str:
    if change["why"] == "sources":
        return f"{change['policy']} {change['was']}: sources {', '.join(change['sources'])}"
    return f"{change['policy']} {change['was']} -> {change['now'] or 'none'}"


def _newest(db: Session, id: str) -> Version | None:
    query = select(Version).where(Version.case_id == id).order_by(Version.n.desc()).limit(1)
    return db.scalars(query).first()


def _let_go(db: Session, kept: Flag | None) -> bool:
    if kept:
        db.delete(kept)
    return False


# --- what differs --------------------------------------------------------------------------------


def changed(
    judged: Sequence[Sequence[str]],
    as_of: date,
    library: Library | None,
    today: date,
    data: str,
) -> list[Changed]:
    """What became of the policies (id, version, hash) by which a case was judged as of a day.

    `data` is what was printed then: it holds the sources as they were cited.
    """
    current = library.on(today).policies if library else {}
    found = []
    for id, version, hash in judged:
        policy = current.get(id)
        why = _why(policy, hash, as_of, today)
        if not why:
            continue
        printed = json.loads(data)["references"]
        found.append(
            Changed(
                id, version, policy.version if policy else "", why, policy.hash if policy else "",
                _since(policy, version), _sources(policy, printed),
            )
        )  # fmt: skip
    return found


def unsound(judged: Sequence[Sequence[str]], doubts: Doubts, data: str) -> list[Changed]:
    """The policies of a case with the sources that it cites and that do not stand any more."""
    found = []
    for id, version, hash in judged:
        cited = {r["key"] for r in json.loads(data)["references"]} if id in doubts else set()
        told = [d for d in doubts.get(id, ()) if d.key in cited]
        if told:
            says = [f"{d.key}: {d.says}" for d in told]
            keys = list(dict.fromkeys(d.key for d in told))
            found.append(Changed(id, version, version, "sources", hash, says, keys))
    return found


def _why(policy: Policy | None, hash: str, as_of: date, today: date) -> str:
    if policy is None:
        return "gone"
    if policy.hash != hash:
        return "retired" if policy.status == "retired" else "written"
    # One that had ended already when the case was judged is no news.
    return "ended" if policy.in_force(as_of) and not policy.in_force(today) else ""


def _since(policy: Policy | None, version: str) -> list[str]:
    """What the versions after that one say that they changed, newest first."""
    if policy is None:
        return []
    told = []
    for change in policy.changes:
        if change.version == version:
            break
        told.append(f"{change.version} ({change.on.isoformat()}): {change.says}")
    return told


_PRINTED = ("title", "organisation", "year", "identifier", "url", "checked")


def _sources(policy: Policy | None, printed: Sequence[Mapping[str, Any]]) -> list[str]:
    """The cited sources whose entry in the policy is another now.

    A key may be printed twice, for two policies or tables that name different sources by it: one
    that any of them prints as it stands is no other.
    """
    found = []
    for key in dict.fromkeys(r["key"] for r in printed):
        now = policy.references.get(key) if policy else None
        entries = [r for r in printed if r["key"] == key]
        if now and not any(all(getattr(now, n) == r[n] for n in _PRINTED) for r in entries):
            found.append(key)
    return found


# --- what a person does about it -----------------------------------------------------------------


def assess_again(db: Session, case: CaseRow, by: Who, at: datetime) -> None:
    """Have a signed case judged by the policies of today: a new version, and a draft. What was
    signed stays as it was."""
    _waiting(db, case)
    case.as_of = max(case.as_of, at.date())
    note(db, "again", case, by, at, comment=BECAUSE)
    schedule(db, case, BECAUSE, at)


def stands(db: Session, case: CaseRow, by: Who, because: str, at: datetime) -> None:
    """State that the determination stands in spite of what changed."""
    flag = _waiting(db, case)
    if not because.strip():
        raise InputError(
            "that it stands needs a reason", do="Say why what changed changes nothing here."
        )
    flag.stands = True
    note(db, "stands", case, by, at, article=flag.article_hash, said=because.strip())


def _waiting(db: Session, case: CaseRow) -> Flag:
    flag = db.get(Flag, case.id)
    if flag is None or flag.stands or case.state != "approved":
        raise InputError(
            "nothing has changed for this case",
            why="Its policies are those that it was signed by, or somebody has looked at it since.",
        )
    return flag


def to_look_at() -> Select[str]:
    """The cases that wait for somebody, for a query."""
    signed = CaseRow.state == "approved"
    return select(Flag.case_id).join(CaseRow).where(signed, Flag.stands.is_(False))


def waiting(db: Session, case: CaseRow) -> list[dict[str, Any]]:
    """What changed for a signed case and waits for somebody; empty where nothing does."""
    flag = db.get(Flag, case.id)
    if flag is None or flag.stands or case.state != "approved":
        return []
    return list(flag.changes)
