"""Publishing at the desk: the page as it would be read, the acts, and the site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from fastapi import FastAPI, Form, Query, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from indicated.errors import InputError
from indicated.messages import ENGLISH, languages
from indicated.publish import Identifying, shareable
from indicated.report.site import SitePage
from indicated.report.word_lists import Words, words_of
from indicated.serve.desk import cases, deciding, ledger, publishing
from indicated.serve.desk.cases import NotFound, opened
from indicated.serve.desk.database import transaction
from indicated.serve.desk.paging import PageNumber, paged
from indicated.serve.desk.permissions import Action, may
from indicated.serve.desk.routes_case import ARTICLE_POLICY, kept_of, shown
from indicated.serve.desk.tables import CaseRow, Publication
from indicated.serve.desk.web import Desk, Done, Surface, Turn
from indicated.serve.desk.whole import require_publication, require_version
from indicated.serve.desk.zipped import zipped

# The site's own pages search by a script of their own; an article runs none.
SITE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}
ARTICLES = "articles/"


@dataclass(frozen=True)
class PublicationRow:
    """An article that is published, or was."""

    case: str
    title: str
    path: str
    address: str  # where everybody reads it; "" where the desk serves no site, or it is taken down
    article_hash: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended: str
    ended_by: str
    ended_because: str
    state: str  # of the case by now


@dataclass(frozen=True)
class Refused:
    """Why an article is not published."""

    what: str
    why: str
    do: str
    passages: list[dict[str, str]]  # that could tell who the patient is


@dataclass(frozen=True)
class PublishingPage:
    """A signed article before an editor, as it would be published."""

    case: str
    question: str
    state: str
    title: str
    page: str  # the hash of the page that is shown
    topics: list[str]
    standing: PublicationRow | None
    past: list[PublicationRow]
    refused: Refused | None
    site: str  # the address that the desk serves it at; "" where it serves none


@dataclass(frozen=True)
class PublishedPage:
    """What is published, and what was."""

    rows: list[PublicationRow]
    page: int
    pages: int
    total: int
    standing: int
    site: str
    may_publish: bool


class PublishBody(BaseModel):
    page: str = Field(max_length=64)  # the hash of the page that was read
    read: bool = False


class TakeDownBody(BaseModel):
    because: str = Field("", max_length=2000)


def register(surface: Surface) -> None:
    """The pages and acts of publishing, and the site that everybody reads."""
    surface.raw("/cases/{case}/public.html", Action.READ)(read_public)
    surface.raw("/cases/{case}/published.html", Action.READ)(read_published)
    surface.page("/cases/{case}/publishing", Action.PUBLISH, "publishing")(before_publishing)
    surface.act("/cases/{case}/publish", Action.PUBLISH)(publish)
    surface.act("/cases/{case}/unpublish", Action.PUBLISH)(unpublish)
    surface.page("/published", Action.PUBLISHED, "published")(published)
    surface.raw("/published/site.zip", Action.PUBLISH)(site_zip)
    _site(surface.app, surface.desk)


@lru_cache(maxsize=2)
def _words(desk: Desk) -> Words:
    return words_of(desk.library())


def read_public(turn: Turn, case: str) -> Response:
    """The signed article as it is published: without what tells who the patient is."""
    row = opened(turn.db, case, turn.who)
    version = cases.newest(turn.db, case)
    if version is None or not deciding.signed_by(turn.db, row, version):
        raise InputError("only an approved article is published", do="Have it signed first.")
    require_version(turn.db, version)
    log = ledger.about(turn.db, case, version.article_hash)
    kept = kept_of(version.id, version.record)
    page = shareable(kept, log, turn.desk.library(), _words(turn.desk), f"case {case}")
    cases.note(turn.db, "read", row, turn.who, turn.now, comment="the public page")
    return shown(page.html, ARTICLE_POLICY)


def read_published(turn: Turn, case: str) -> Response:
    """The page of a case that stands published, byte for byte."""
    row = opened(turn.db, case, turn.who)
    found = publishing.of_case(turn.db, case)
    if not found or found[0].ended_at is not None:
        raise InputError("nothing of this case is published")
    require_publication(turn.db, found[0])
    cases.note(turn.db, "read", row, turn.who, turn.now, comment="the published page")
    return shown(found[0].page, ARTICLE_POLICY)


def before_publishing(turn: Turn, case: str) -> PublishingPage:
    """The page of a signed article as it would be published, or why it cannot be."""
    row = opened(turn.db, case, turn.who)
    cases.note(turn.db, "read", row, turn.who, turn.now, comment="before publishing")
    past = [publication(turn, p, row.state) for p in publishing.of_case(turn.db, case)]
    standing = past.pop(0) if past and past[0].ended_at is None else None
    page, refused = None, None
    if standing is None:
        try:
            page = _page(turn, row)
        except InputError as error:
            refused = _refused(error)
    return PublishingPage(
        case, row.question, row.state, page.listed.title if page else "",
        publishing.digest(page) if page else "", list(page.listed.topics) if page else [],
        standing, past, refused, turn.settings.site_address,
    )  # fmt: skip


def _page(turn: Turn, row: CaseRow) -> SitePage:
    version = publishing.publishable(turn.db, row)
    kept = kept_of(version.id, version.record)
    library, words = turn.desk.library(), _words(turn.desk)
    return publishing.page_of(turn.db, row, version, kept, library, words)


def _refused(error: InputError) -> Refused:
    if not isinstance(error, Identifying):
        return Refused(error.what, error.why, error.do, [])
    passages = [{"section": s.section, "says": s.says, "excerpt": s.excerpt} for s in error.left]
    n = len(passages)
    what = f"{n} {'passage' if n == 1 else 'passages'} could tell who the patient is"
    return Refused(
        f"{what}, or {'does' if n == 1 else 'do'} not hold together once it was withheld",
        error.why, error.do, passages,
    )  # fmt: skip


def publish(turn: Turn, case: str, body: Annotated[PublishBody, Form()]) -> Done:
    """Publish the very page that the editor read."""
    if not body.read:
        raise InputError(
            "nobody says that the page was read",
            why="What tells who the patient is was withheld by rule; a person looks as well.",
            do="Read the whole page, then state that you did.",
        )
    # It is made before this turn begins to write: nobody waits for it but who publishes.
    with transaction(turn.desk.engine, writes=False) as db:
        page = _page(Turn(turn.desk, db, turn.who, turn.now), opened(db, case, turn.who))
    if publishing.digest(page) != body.page:
        raise InputError(
            "the page is not the one that you read",
            why="The text, the library or the program has changed meanwhile.",
            do="Read the page as it is now.",
        )
    row = publishing.publish(
        turn.db, opened(turn.db, case, turn.who), page, turn.who, turn.now
    )  # fmt: skip
    return Done(f"/cases/{case}/publishing", {"path": row.path})


def unpublish(turn: Turn, case: str, body: Annotated[TakeDownBody, Form()]) -> Done:
    """Take the published article of a case down, with a reason that is not published."""
    row = opened(turn.db, case, turn.who)
    publishing.take_down(turn.db, row, turn.who, body.because, turn.now)
    return Done(f"/cases/{case}/publishing")


def publication(turn: Turn, row: Publication, state: str) -> PublicationRow:
    """A publication for the eye."""
    address = publishing.address_of(row, turn.settings)
    return PublicationRow(
        row.case_id, row.listed["title"], row.path, address, row.article_hash, row.by, row.at,
        row.ended_at, row.ended, row.ended_by, row.ended_because, state,
    )  # fmt: skip


def published(turn: Turn, page: PageNumber = 1) -> PublishedPage:
    """What is published, and what was taken down, newest first."""
    query = select(Publication).order_by(Publication.ended_at.is_not(None), Publication.id.desc())
    found = paged(turn.db, query, page, turn.settings.page_size)
    ids = [p.case_id for p in found.rows]
    states = {c.id: c.state for c in turn.db.scalars(select(CaseRow).where(CaseRow.id.in_(ids)))}
    rows = [publication(turn, p, states[p.case_id]) for p in found.rows]
    return PublishedPage(
        rows, page, found.pages, found.total, len(publishing.standing(turn.db)),
        turn.settings.site_address, may(turn.who.roles, Action.PUBLISH),
    )  # fmt: skip


def site_zip(
    turn: Turn,
    address: Annotated[str, Query(max_length=500)] = "",
    language: Annotated[str, Query(max_length=10)] = ENGLISH,
) -> Response:
    """The whole site as a zip, to be unpacked where it is to stand: at `address`."""
    url = publishing.address(address or turn.settings.site_address)
    if language not in languages():
        raise InputError("there is no such language", do=f"Choose of: {', '.join(languages())}.")

    def files() -> Iterator[tuple[str, list[bytes]]]:
        with transaction(turn.desk.engine, writes=False) as db:
            for name, text in publishing.site(db, url, language):
                yield name, [text.encode()]

    response = StreamingResponse(zipped(files(), turn.now), media_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="site.zip"'
    return response


# --- what everybody reads ------------------------------------------------------------------------


def _site(app: FastAPI, desk: Desk) -> None:
    if not desk.settings.site_address:
        return
    url = publishing.address(desk.settings.site_address)

    @app.get("/site", include_in_schema=False)
    def begin() -> Response:
        return RedirectResponse("/site/", 308)

    @app.get("/site/{path:path}", include_in_schema=False)
    def read(path: str) -> Response:
        name = path or publishing.INDEX
        status = 200
        with transaction(desk.engine, writes=False) as db:
            if name.startswith(ARTICLES):
                text, stands = publishing.at_path(db, name)
                status = 200 if stands else 410
            else:
                own = publishing.own_files(db, url)
                if name not in own:
                    raise NotFound("there is no such page on the site")
                text = own[name]
        response = Response(text, status, media_type=KINDS[name.rsplit(".", 1)[-1]])
        response.headers["Content-Security-Policy"] = SITE_POLICY
        # Asked for anew each time: what is taken down is gone at once.
        response.headers["Cache-Control"] = "no-cache"
        return response
