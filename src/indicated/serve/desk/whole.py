"""Whether what the database gives back is what was put into it.

A signature binds to the hash of a text. Whoever writes to the database could put another text, or
other outcomes, beside that hash: so every version is sealed when it is made, the seal stands in the
ledger's chain, and nothing that does not fit is shown or signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.record_file import article_of
from indicated.review import entry_of_line
from indicated.serve.desk import ledger
from indicated.serve.desk.tables import (
    Blob,
    CaseRow,
    DocumentRow,
    LedgerRow,
    Publication,
    Talk,
    Version,
)

MARK = "seal "


class Altered(InputError):
    """The database was changed otherwise than by the desk."""


def _altered(what: str) -> Altered:
    return Altered(
        f"{what} is not what the desk wrote",
        why="The database was changed by something else. It is neither shown nor signed.",
        do="Tell the administrator: `indicated audit verify`, and the last backup.",
    )


def seal_of(version: Version) -> str:
    """The hash of everything that a version holds."""
    held = [
        version.case_id, version.article_hash, version.outcomes, version.questions, version.record,
        version.article, version.chart, version.places, version.data, version.amends or "",
    ]  # fmt: skip
    as_kept = json.loads(json.dumps(held))
    return hashlib.sha256(json.dumps(as_kept, sort_keys=True).encode()).hexdigest()


def sealed(because: str, version: Version) -> str:
    """What the ledger says of a version that was made."""
    return f"{because}; {MARK}{seal_of(version)}"


def _words_of(version: Version) -> tuple[object, ...]:
    """What a version of a case that was forgotten does not have."""
    return version.record, version.article, version.chart, version.places, version.questions


def require_version(db: Session, version: Version) -> None:
    """Raise `Altered` unless the version is as it was made.

    Versions from before there were seals are held to the hash of their text alone.
    """
    try:
        same = article_of(version.article).hash == version.article_hash
    except ValueError:
        same = False
    of = (
        LedgerRow.case_id == version.case_id, LedgerRow.act.in_(("assess", "amend")),
        LedgerRow.article_hash == version.article_hash,
    )  # fmt: skip
    told = [entry_of_line(r.line).review.comment for r in db.scalars(select(LedgerRow).where(*of))]
    seals = {t.rsplit(MARK, 1)[1] for t in told if MARK in t}
    if not same or not told or (seals and seal_of(version) not in seals):
        raise _altered(f"version {version.n}")


def talk_seal(talk: Talk) -> str:
    """The hash of everything that a follow-up question and its answer hold."""
    at = talk.at.astimezone(UTC).isoformat()
    held = [talk.id, talk.version_id, talk.by, at, talk.question, talk.turn]
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()


def sealed_talk(talk: Talk) -> str:
    """What the ledger says of a follow-up question that was asked."""
    return f"question {talk.id}; {MARK}{talk_seal(talk)}"


def require_talks(db: Session, case: str, talks: Sequence[Talk]) -> None:
    """Raise `Altered` unless each talk is as it was kept.

    Of those from before there were seals, the ledger knows who asked, and when.
    """
    if not talks:
        return
    of = (LedgerRow.case_id == case, LedgerRow.act == "question")
    told = [entry_of_line(r.line).review for r in db.scalars(select(LedgerRow).where(*of))]
    seals = {r.comment for r in told}
    before = {(r.by, r.at) for r in told if MARK not in r.comment}
    for talk in talks:
        early = (talk.by, talk.at.replace(microsecond=0)) in before
        if sealed_talk(talk) not in seals and not early:
            raise _altered(f"question {talk.id}")


def sealed_publication(row: Publication) -> str:
    """What the ledger says of a page that was published."""
    held = [row.case_id, row.article_hash, row.path, row.listed, row.page]
    seal = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()
    return f"{row.path}; {MARK}{seal}"


def require_publication(db: Session, row: Publication) -> None:
    """Raise `Altered` unless a page is as it was published, and stands only while the ledger says
    that it does."""
    of = (
        LedgerRow.case_id == row.case_id, LedgerRow.article_hash == row.article_hash,
        LedgerRow.act.in_(("publish", "unpublish")),
    )  # fmt: skip
    query = select(LedgerRow).where(*of).order_by(LedgerRow.n)
    told = [entry_of_line(r.line).review for r in db.scalars(query)]
    sealed = sealed_publication(row) in {r.comment for r in told if r.act == "publish"}
    if not sealed or (row.ended_at is None and told[-1].act != "publish"):
        raise _altered(f"the published page {row.path}")


def altered(db: Session) -> list[str]:
    """Every version, talk, published page and document that is not what the desk wrote."""
    found = []
    gone = set(db.scalars(select(LedgerRow.case_id).where(LedgerRow.act == ledger.FORGET)))
    said = db.scalars(select(CaseRow.id).where(CaseRow.forgotten_at.is_not(None)))
    found += [f"case {id}: it is said to be forgotten, and was not" for id in set(said) - gone]
    for version in db.scalars(select(Version).order_by(Version.id).execution_options(yield_per=10)):
        if version.case_id in gone and not any(_words_of(version)):
            continue
        try:
            require_version(db, version)
        except Altered as error:
            found.append(f"case {version.case_id}: {error.what}")
    asked = select(Talk, Version.case_id).join(Version, Talk.version_id == Version.id)
    for talk, case in db.execute(asked.order_by(Talk.id)):
        try:
            require_talks(db, case, [talk])
        except Altered as error:
            found.append(f"case {case}: {error.what}")
    published = select(Publication).order_by(Publication.id).execution_options(yield_per=10)
    for row in db.scalars(published):
        if row.case_id in gone and not row.page and row.ended_at is not None:
            continue
        try:
            require_publication(db, row)
        except Altered as error:
            found.append(f"case {row.case_id}: {error.what}")
    for document in db.scalars(select(DocumentRow).order_by(DocumentRow.id)):
        try:
            require_document(document, db.get_one(Blob, document.hash))
        except Altered as error:
            found.append(f"case {document.case_id}: {error.what}")
    return found


def require_document(document: DocumentRow, blob: Blob) -> None:
    """Raise `Altered` unless a document is, byte for byte, what was given."""
    if hashlib.sha256(blob.bytes).hexdigest() != document.hash:
        raise _altered(f"document {document.n}")
