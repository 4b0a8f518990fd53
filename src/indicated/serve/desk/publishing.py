"""Signed articles that everybody may read: published by an editor, and taken down again.

What is published is the page that the editor read, byte for byte, and it stays on record. It leaves
the site in the transaction in which its text is superseded or its approval withdrawn; its address
says so from then on. Both acts are lines of the ledger, and the page is sealed there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.messages import ENGLISH
from indicated.model import Library
from indicated.publish import shareable
from indicated.record_file import RecordFile
from indicated.report.site import SitePage, gone_page, listed_of, site_files
from indicated.report.word_lists import Words
from indicated.serve.desk import again, ledger
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.cases import NotFound, newest, note
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import CaseRow, Publication, Version
from indicated.serve.desk.whole import require_publication, require_version, sealed_publication

UNPUBLISHED, SUPERSEDED, WITHDRAWN = ENDS = ("unpublished", "superseded", "withdrawn")
INDEX = "index.html"


def digest(page: SitePage) -> str:
    """By which an editor names the very page that they read."""
    return hashlib.sha256(page.html.encode()).hexdigest()


def publishable(db: Session, case: CaseRow) -> Version:
    """The text of a case that may be published: the newest, where it is approved and nothing waits
    to be looked at again. Raises `InputError` otherwise, and says what is in the way."""
    version = newest(db, case.id)
    if version is None or case.state != "approved":
        raise InputError(
            "only an approved article is published",
            why="The newest text of the case is not one that somebody signed.",
            do="Have it submitted and signed first.",
        )
    require_version(db, version)
    if again.waiting(db, case):
        raise InputError(
            "the case waits to be looked at again",
            why="A policy that it was signed by has changed since.",
            do="Have a reviewer assess it again, or say why it stands.",
        )
    return version


def page_of(
    db: Session, case: CaseRow, version: Version, kept: RecordFile, library: Library, words: Words
) -> SitePage:
    """The signed article of a case as a page of the site, at an address of its own.

    Raises `InputError` where it is not approved, and `publish.Identifying` where something could
    tell who the patient is.
    """
    log = ledger.about(db, case.id, version.article_hash)
    page = shareable(kept, log, library, words, f"case {case.id}")
    taken = select(Publication.id).where(
        Publication.path == page.listed.path, Publication.case_id != case.id
    )
    if db.scalars(taken).first() is None:
        return page
    # Two cases can read alike once nothing tells them apart.
    other = replace(page.listed, slug=f"{page.listed.slug}-{page.listed.entry}")
    return SitePage(other, page.html)


def publish(db: Session, case: CaseRow, page: SitePage, by: Who, at: datetime) -> Publication:
    """Publish the page of a case's approved text. Raises `InputError` where it is published."""
    version = publishable(db, case)
    if version.article_hash != page.listed.signed:
        raise InputError(
            "the text is not the one whose page you read", do="Read the page as it is now."
        )
    standing = of_case(db, case.id)
    if standing and standing[0].ended_at is None:
        raise InputError("it is published already")
    row = Publication(
        case_id=case.id, article_hash=page.listed.signed, path=page.listed.path,
        listed=asdict(page.listed), page=page.html, by=by.signature, at=at, ended="", ended_by="",
        ended_because="",
    )  # fmt: skip
    db.add(row)
    db.flush()
    note(
        db, "publish", case, by, at, article=row.article_hash, comment=sealed_publication(row)
    )  # fmt: skip
    return row


def take_down(db: Session, case: CaseRow, by: Who, because: str, at: datetime) -> None:
    """An editor takes the article of a case down. Raises `InputError` without a reason."""
    if not because.strip():
        raise InputError("taking down needs a reason", do="Say why; it is not published.")
    if not _end(db, case, "", UNPUBLISHED, by, because.strip(), at):
        raise InputError("nothing of this case is published")


def end(db: Session, case: CaseRow, article: str, how: str, by: Who, at: datetime) -> None:
    """A text lost its approval: its page leaves the site, where it stands on it."""
    _end(db, case, article, how, by, "", at)


def _end(
    db: Session, case: CaseRow, article: str, how: str, by: Who, because: str, at: datetime
) -> bool:
    standing = [
        p for p in of_case(db, case.id) if p.ended_at is None and article in ("", p.article_hash)
    ]
    for row in standing:
        row.ended_at, row.ended, row.ended_by, row.ended_because = at, how, by.signature, because
        told = f"{row.path}: {how}"
        note(db, "unpublish", case, by, at, article=row.article_hash, comment=told, said=because)
    return bool(standing)


def of_case(db: Session, case: str) -> list[Publication]:
    """What of a case was ever published, newest first."""
    rows = select(Publication).where(Publication.case_id == case).order_by(Publication.id.desc())
    return list(db.scalars(rows))


def standing(db: Session) -> list[Publication]:
    """What is published."""
    rows = select(Publication).where(Publication.ended_at.is_(None)).order_by(Publication.id)
    return list(db.scalars(rows))


# --- the site ------------------------------------------------------------------------------------


def address(url: str) -> str:
    """The address of a site. Raises `InputError` for what is none.

    >>> address("https://desk.example.org/site/")
    'https://desk.example.org/site'
    """
    if not url.startswith(("https://", "http://")) or len(url.split()) != 1:
        raise InputError("the site's address is no web address", do="Begin it with https://.")
    return url.rstrip("/")


def address_of(row: Publication, settings: DeskSettings) -> str:
    """Where everybody reads it; "" where the desk serves no site, or it was taken down."""
    if not settings.site_address or row.ended_at is not None:
        return ""
    return f"{address(settings.site_address)}/{row.path}"


def own_files(db: Session, url: str, language: str = ENGLISH) -> dict[str, str]:
    """The site's own files by path: its index, feed, search and the like, without the articles."""
    listed = [listed_of(p.listed) for p in standing(db)]
    last = max(listed, key=lambda x: x.entry, default=None)
    head = (last.entry, last.entry_hash) if last else (0, "")
    return site_files(listed, {}, url=address(url), head=head, language=language)


def site(db: Session, url: str, language: str = ENGLISH) -> Iterator[tuple[str, str]]:
    """Every file of the site, one after the other: what is published, and what stands at the
    addresses of what was."""
    yield from own_files(db, url, language).items()
    paths = select(Publication.path).distinct().order_by(Publication.path)
    for path in db.scalars(paths).all():
        yield path, at_path(db, path)[0]


def at_path(db: Session, path: str) -> tuple[str, bool]:
    """The page at an address of the site, and whether it is an article: of one that was taken down,
    the page says so. Raises `NotFound`, and `Altered` where it is not what was published."""
    rows = select(Publication).where(Publication.path == path).order_by(Publication.id.desc())
    row = db.scalars(rows.limit(1)).first()
    if row is None:
        raise NotFound("there is no such article")
    if row.page or row.ended_at is None:  # else its case is forgotten, and the page with it
        require_publication(db, row)
    if row.ended_at is None:
        return row.page, True
    last = of_case(db, row.case_id)[0]
    later = listed_of(last.listed) if last.ended_at is None else None
    return gone_page(listed_of(row.listed), row.ended, row.ended_at.date(), later), False
