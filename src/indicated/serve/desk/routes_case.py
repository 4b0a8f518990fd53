"""The pages of a case: the queue, asking, reading beside the chart, completing, deciding."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from fastapi import File, Form, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from indicated.assess import assess
from indicated.errors import InputError
from indicated.followup import follow_up
from indicated.messages import languages
from indicated.model import Assessment, Reader
from indicated.record_file import RecordFile, article_of, article_text, from_text
from indicated.report import to_html, without_labels
from indicated.review import entry_of_line
from indicated.serve.demo import AS_OF, demo_folder
from indicated.serve.desk import cases, clock, deciding, ledger, publishing
from indicated.serve.desk.again import waiting
from indicated.serve.desk.cases import Asked, NotFound, Upload, opened
from indicated.serve.desk.correcting import decidable
from indicated.serve.desk.database import transaction
from indicated.serve.desk.pages import (
    AskPage,
    CasePage,
    Exchange,
    Given,
    LedgerLine,
    Said,
    Standing,
    Told,
    VersionRow,
)
from indicated.serve.desk.paging import paged
from indicated.serve.desk.permissions import Action, Role, may
from indicated.serve.desk.routes_progress import progress_of, unread_of
from indicated.serve.desk.tables import (
    Blob,
    CaseRow,
    Decision,
    DocumentRow,
    LedgerRow,
    Misread,
    Talk,
    TickRow,
    User,
    Version,
)
from indicated.serve.desk.web import Desk, Done, Surface, Turn
from indicated.serve.desk.whole import require_document, require_talks, require_version, sealed_talk
from indicated.serve.output import render
from indicated.settings import Settings

CHART_PANE = "chart"
NEWEST = 20  # of what grows with a case, on its page; each list has pages of its own
# What a browser may do with a page that holds a patient's words: show it, and nothing else.
ARTICLE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


class Body(BaseModel):
    """What a form or a program sends: nothing else is taken."""

    model_config = ConfigDict(extra="ignore", str_max_length=200_000)


class DecideBody(Body):
    act: str
    article: str
    comment: str = ""
    no_conflict: bool = False


class AnswerBody(Body):
    """One answer, as on an answer sheet."""

    concept: list[str] | str
    site: list[str] | str = Field(default_factory=list)
    answer: str = ""
    value: str = ""
    on: str = ""
    from_: str = Field("", alias="from")
    to: str = ""
    ongoing: str = ""
    dose: str = ""
    every: str = ""
    for_: str = Field("", alias="for")
    response: str = ""
    ended: str = ""
    shown_by: str = ""
    during: str = ""


class StrikeBody(Body):
    answer: int
    because: str = ""


class AssignBody(Body):
    login: str = ""


class ExtendBody(Body):
    because: str = ""


class QuestionBody(Body):
    question: str = Field(max_length=2000)


def register(surface: Surface) -> None:
    """The pages and acts of cases."""
    surface.page("/ask", Action.ASK, "ask")(ask_form)
    surface.act("/ask", Action.ASK)(ask)
    surface.act("/ask/example", Action.ASK)(ask_example)
    surface.page("/cases/{case}", Action.READ, "case")(read_case)
    surface.raw("/cases/{case}/versions/{n}/article.html", Action.READ)(read_article)
    surface.raw("/cases/{case}/versions/{n}/article-chart.html", Action.READ)(read_chart)
    surface.raw("/cases/{case}/versions/{n}/data.json", Action.READ)(read_data)
    surface.raw("/cases/{case}/versions/{n}/file/{form}", Action.READ)(read_file)
    surface.raw("/cases/{case}/documents/{n}", Action.READ)(read_document)
    surface.raw("/cases/{case}/talks/{talk}", Action.READ)(read_talk)
    surface.act("/cases/{case}/answer", Action.ANSWER)(give_answer)
    surface.act("/cases/{case}/strike", Action.ANSWER)(strike_answer)
    surface.act("/cases/{case}/documents", Action.ANSWER)(add_documents)
    surface.act("/cases/{case}/question", Action.READ)(put_question)
    surface.act("/cases/{case}/assign", Action.ASSIGN)(assign)
    surface.act("/cases/{case}/extend", Action.ASSIGN)(extend)
    surface.act("/cases/{case}/decide", Action.SUBMIT)(decide)


# --- asking ------------------------------------------------------------------------


def name_of(turn: Turn, id: int | None) -> str:
    """The name of a person; "" of nobody."""
    return turn.db.get_one(User, id).name if id else ""


def ask_form(turn: Turn) -> AskPage:
    """The form on which a case is asked."""
    profiles = sorted(turn.desk.library().profiles)
    return AskPage(turn.today, turn.settings.upload_megabytes, profiles)


def ask(
    turn: Turn,
    question: Annotated[str, Form(max_length=20_000)],
    as_of: Annotated[date | None, Form()] = None,
    closed: Annotated[bool, Form()] = False,
    expedited: Annotated[bool, Form()] = False,
    profile: Annotated[str, Form(max_length=100)] = "",
    record: Annotated[str, Form(max_length=5_000_000)] = "",
    look: Annotated[bool, Form()] = False,
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> Done:
    """Ask whether a treatment is necessary: a question, and the record as files or as text.

    With `look`, nothing is assessed until somebody has seen how the question is read."""
    if profile and profile not in turn.desk.library().profiles:
        raise InputError("there is no such plan profile")
    given = _uploads(files, turn)
    if record.strip():
        given.insert(0, Upload("record.txt", record.encode()))
    asked = Asked(question, as_of or turn.today, closed, expedited, profile, look)
    case = cases.ask(turn.db, asked, given, turn.who, at=turn.now, settings=turn.settings)
    return Done(f"/cases/{case.id}/asked" if look else f"/cases/{case.id}", {"id": case.id})


def ask_example(turn: Turn) -> Done:
    """Ask about the shipped case, to see how the desk works."""
    example = demo_folder()
    files = sorted((example / "chart").iterdir())
    question = (example / "question.txt").read_text(encoding="utf-8").strip()
    given = [Upload(f.name, f.read_bytes()) for f in files]
    asked = Asked(question, AS_OF)
    case = cases.ask(turn.db, asked, given, turn.who, at=turn.now, settings=turn.settings)
    return Done(f"/cases/{case.id}", {"id": case.id})


def _uploads(files: list[UploadFile] | None, turn: Turn) -> list[Upload]:
    given = [f for f in files or () if f.filename]
    if len(given) > turn.settings.uploads:
        raise InputError(f"more than {turn.settings.uploads} files", do="Put them in a zip file.")
    return [Upload(f.filename or "", f.file.read()) for f in given]


def add_documents(
    turn: Turn, case: str, files: Annotated[list[UploadFile] | None, File()] = None
) -> Done:
    """Further documents of the record; the case is assessed with them."""
    row = opened(turn.db, case, turn.who)
    given = _uploads(files, turn)
    if not given:
        raise InputError("no file was given")
    cases.add_documents(turn.db, row, given)
    deciding.run_on(turn.db, row, turn.who, turn.now)
    cases.note(turn.db, "add", row, turn.who, turn.now, comment=f"{len(given)} files")
    cases.schedule(turn.db, row, "documents were added", turn.now)
    return Done(f"/cases/{case}")


# --- reading -------------------------------------------------------------------------------------


def read_case(turn: Turn, case: str) -> CasePage:
    """The case: determinations, article beside record, what is missing, what may be done."""
    db, row = turn.db, opened(turn.db, case, turn.who)
    cases.note(db, "read", row, turn.who, turn.now)
    all_versions = cases.versions(db, case)
    version = all_versions[0] if all_versions else None
    if version:
        require_version(db, version)
    talks = _talks(turn, version)
    past = paged(db, history_of(case).order_by(LedgerRow.n.desc()), 1, NEWEST)
    acts = deciding.open_acts(row, version, db, turn.who)
    unread = unread_of(db, row)
    rules = clock.rules_of(turn.settings)
    return CasePage(
        id=row.id,
        question=row.question,
        as_of=row.as_of,
        state=row.state,
        trouble=row.trouble,
        closed=row.closed,
        expedited=row.expedited,
        due_at=row.due_at,
        hours_left=clock.hours_left(row, turn.now),
        pended_at=row.pended_at,
        pended_because=row.pended_because,
        may_stop=clock.may_stop(row, rules),
        may_extend=clock.may_extend(row, rules),
        extensions=row.extensions,
        extended_because=row.extended_because,
        asked_by=name_of(turn, row.asked_by),
        assigned_to=name_of(turn, row.assigned_to),
        changed=row.changed,
        version=version_row(version) if version else None,
        outcomes=version.outcomes if version else [],
        moved=_moved(all_versions),
        same=_same(all_versions),
        signed=deciding.signed_by(db, row, version) if version else "",
        again=waiting(db, row),
        published=_published(turn, case),
        questions=version.questions if version else [],
        answers=[_said(a) for a in cases.answers(db, case)],
        misread=[
            _told(m, turn.desk.library().concepts.label(m.concept))
            for m in cases.spoken_of(db, Misread, case)
        ],
        decisions=[
            _told(d, f"{d.words}|{d.computed}|{d.outcome}")
            for d in cases.spoken_of(db, Decision, case)
        ],
        confirmed=[_told(t, t.because) for t in cases.spoken_of(db, TickRow, case)],
        remarks=[
            Told(r.id, without_labels(r.sentence), r.says, f"{r.by}, {r.role}", r.at, "")
            for r in cases.remarks(db, version)
        ],
        decidable=decidable(turn.who),
        documents=[
            Given(d.n, d.name, d.size, d.hash, unread.get(str(d.n), ""))
            for d in cases.documents(db, case)
        ],
        progress=progress_of(db, row),
        versions=[version_row(v) for v in all_versions[:NEWEST]],
        talks=[exchange(t) for t in talks[-NEWEST:]],
        lengths={"versions": len(all_versions), "talks": len(talks), "history": past.total},
        acts=acts,
        may=[a.value for a in Action if may(turn.who.roles, a)],
        reviewers=_reviewers(turn),
        history=lines(turn.db, past.rows)[::-1],
    )


def history_of(case: str) -> Select[LedgerRow]:
    """What happened to a case; who looked at it stands in the ledger alone."""
    looks = ("read", "token")
    return select(LedgerRow).where(LedgerRow.case_id == case, LedgerRow.act.not_in(looks))


def exchange(talk: Talk) -> Exchange:
    """A follow-up question for the eye."""
    return Exchange(talk.id, talk.question, talk.by, talk.at)


def _published(turn: Turn, case: str) -> Standing | None:
    """Since when the case's article is published, by whom, and where everybody reads it."""
    found = publishing.of_case(turn.db, case)
    if not found or found[0].ended_at is not None:
        return None
    address = publishing.address_of(found[0], turn.settings)
    return Standing(found[0].by, found[0].at, address, found[0].article_hash)


def _talks(turn: Turn, version: Version | None) -> list[Talk]:
    if version is None:
        return []
    query = select(Talk).where(Talk.version_id == version.id).order_by(Talk.id)
    talks = list(turn.db.scalars(query))
    require_talks(turn.db, version.case_id, talks)
    return talks


def version_row(version: Version) -> VersionRow:
    """A version for the eye."""
    return VersionRow(version.n, version.at, version.because, version.article_hash)


def _moved(versions: list[Version]) -> list[str]:
    """What the newest version determines otherwise than the one before it."""
    if len(versions) < 2:
        return []
    was = {o["item"]: o["outcome"] for o in versions[1].outcomes}
    return [
        f"{o['item']}|{was[o['item']]}|{o['outcome']}"
        for o in versions[0].outcomes
        if o["item"] in was and was[o["item"]] != o["outcome"]
    ]


def _same(versions: list[Version]) -> bool:
    """Whether the newest version determines what the one before it did."""
    return len(versions) > 1 and versions[0].outcomes == versions[1].outcomes


def _said(row: Any) -> Said:
    struck = f"{row.struck_because} ({row.struck_by})" if row.struck_at else ""
    return Said(row.id, row.keys, row.by, row.at, struck)


def _told(row: Misread | Decision | TickRow, about: str) -> Told:
    struck = f"{row.struck_because} ({row.struck_by})" if row.struck_at else ""
    return Told(row.id, about, row.because, f"{row.by}, {row.role}", row.at, struck)


def _reviewers(turn: Turn) -> list[str]:
    if not may(turn.who.roles, Action.ASSIGN):
        return []
    users = turn.db.scalars(select(User).where(User.active).order_by(User.login))
    return [u.login for u in users if {Role.REVIEWER, Role.PHYSICIAN} & set(u.roles)]


def lines(db: Session, rows: Sequence[LedgerRow]) -> list[LedgerLine]:
    """Lines of the ledger for the eye."""
    comments = ledger.comments(db, rows)
    told = [(row, entry_of_line(row.line).review) for row in rows]
    return [
        LedgerLine(x.n, r.at, r.by, r.role, r.act, r.case, r.article_hash, comments[x.n], x.hash)
        for x, r in told
    ]


def version_of(turn: Turn, case: str, n: int) -> tuple[CaseRow, Version]:
    """A version that this person opens, with its case; the ledger says that it was read."""
    row = opened(turn.db, case, turn.who)
    query = select(Version).where(Version.case_id == case, Version.n == n)
    version = turn.db.scalars(query).first()
    if version is None:
        raise NotFound("there is no such version")
    require_version(turn.db, version)
    cases.note(
        turn.db,
        "read",
        row,
        turn.who,
        turn.now,
        article=version.article_hash,
        comment=f"version {n}",
    )
    return row, version


def read_article(
    turn: Turn,
    case: str,
    n: int,
    reader: Reader = Reader.CLINICIAN,
    language: Annotated[str, Query(max_length=10)] = "en",
) -> Response:
    """The article as it would be signed; for another reader, the same findings in their words."""
    row, version = version_of(turn, case, n)
    if language not in languages():
        raise InputError("there is no such language", do=f"Choose of: {', '.join(languages())}.")
    state, signed = _standing(turn, row, version)
    page = _page(turn.desk, version, reader.value, language, state, signed)
    return shown(page, ARTICLE_POLICY)


def _standing(turn: Turn, row: CaseRow, version: Version) -> tuple[str, str]:
    """The state of this very text, and who signed it."""
    signed = deciding.signed_by(turn.db, row, version)
    if signed:
        return "approved", signed
    newest = cases.newest(turn.db, row.id)
    current = newest is not None and newest.id == version.id
    return ("under_review" if current and row.state == "under_review" else "draft"), ""


def _page(desk: Desk, version: Version, reader: str, language: str, state: str, signed: str) -> str:
    """The article as a page, kept by the version that it is of: a version never changes."""

    def make() -> bytes:
        if (reader, language) == (Reader.CLINICIAN.value, "en"):
            shown = article_of(version.article)
        else:
            shown = assessed(desk, version.id, version.record, reader, language).article
        places = dict(version.places)
        made = to_html(shown, state=state, signed=signed, chart=places, pane=CHART_PANE)
        return zlib.compress(made.encode("utf-8"))

    key = (version.id, reader, language, state, signed)
    return zlib.decompress(desk.pages.get(key, make)).decode("utf-8")


def assessed(desk: Desk, id: int, record: str, reader: str, language: str) -> Assessment:
    """The case of a version judged anew, in the words of another reader."""

    def make() -> Assessment:
        kept = kept_of(id, record)
        settings = Settings(
            regulator=kept.settings.regulator, profile=kept.settings.profile,
            closed_record=kept.settings.closed_record, reader=reader, locale=language,
        )  # fmt: skip
        return assess(kept.case, desk.library(), settings)

    return desk.judged.get((id, reader, language), make)


@lru_cache(maxsize=6)
def kept_of(id: int, record: str) -> RecordFile:
    """The case of a version, as it was given: read once while people ask on about it."""
    return from_text(record, f"version {id}")


def shown(page: str, policy: str) -> Response:
    """A page that comes with its own policy of what a browser may do with it."""
    response = Response(page, media_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy
    return response


def read_chart(turn: Turn, case: str, n: int) -> Response:
    """The record, with every fact marked at its words."""
    _, version = version_of(turn, case, n)
    # The page names its own script and style by their hashes; here it may be framed by the desk.
    policy = version.chart.split('http-equiv="Content-Security-Policy" content="', 1)[1]
    allowed = policy.split('"', 1)[0].replace("&#39;", "'")
    return shown(version.chart, f"{allowed}; frame-ancestors 'self'")


def read_data(turn: Turn, case: str, n: int) -> Response:
    """The whole assessment as JSON (docs/output.md)."""
    _, version = version_of(turn, case, n)
    return Response(version.data, media_type="application/json")


KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "fhir": "application/fhir+json",
}


def read_file(turn: Turn, case: str, n: int, form: str) -> Response:
    """The article as a file: pdf, docx, md or fhir."""
    _, version = version_of(turn, case, n)
    if form not in KINDS:
        raise NotFound("there is no such form", do=f"Choose of: {', '.join(KINDS)}.")
    kept = assessed(turn.desk, version.id, version.record, Reader.CLINICIAN.value, "en")
    if kept.article.hash != version.article_hash:
        raise InputError(
            "the article reads otherwise than when this version was made",
            why="The program or the library has changed, so that text cannot be made any more.",
            do="Read it on the page, or have the case assessed anew.",
        )
    ending = "json" if form == "fhir" else form
    content = render(kept, form)
    response = Response(content, media_type=KINDS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{case}-{n}.{ending}"'
    return response


def read_document(turn: Turn, case: str, n: int) -> Response:
    """A file of the record as it was given, to be saved and never shown by the browser itself."""
    row = opened(turn.db, case, turn.who)
    query = select(DocumentRow).where(DocumentRow.case_id == case, DocumentRow.n == n)
    document = turn.db.scalars(query).first()
    if document is None:
        raise NotFound("there is no such document")
    cases.note(turn.db, "read", row, turn.who, turn.now, comment=f"document {n}")
    blob = turn.db.get_one(Blob, document.hash)
    require_document(document, blob)
    response = Response(blob.bytes, media_type="application/octet-stream")
    ending = document.name.rsplit(".", 1)[-1] if "." in document.name else "bin"
    safe = "".join(c for c in ending if c.isascii() and c.isalnum())[:10] or "bin"
    response.headers["Content-Disposition"] = f'attachment; filename="{case}-document-{n}.{safe}"'
    return response


# --- asking on -----------------------------------------------------------------------------------


def put_question(turn: Turn, case: str, body: Annotated[QuestionBody, Form()]) -> Done:
    """A follow-up question on the newest version; kept with its answer."""
    # It is answered before this turn begins to write: nobody waits for the answer but who asked.
    with transaction(turn.desk.engine, writes=False) as db:
        opened(db, case, turn.who)
        version = cases.newest(db, case)
        if version is None:
            raise InputError("the case is not assessed yet")
        require_version(db, version)
        record = version.record
    kept = kept_of(version.id, record)
    standing = assessed(turn.desk, version.id, record, Reader.CLINICIAN.value, "en")
    reply = follow_up(body.question, standing, turn.desk.library(), kept.settings)
    row = opened(turn.db, case, turn.who)
    talk = Talk(
        version_id=version.id, by=turn.who.signature, at=turn.now, question=body.question.strip(),
        turn=article_text(reply.article),
    )  # fmt: skip
    turn.db.add(talk)
    turn.db.flush()
    cases.note(
        turn.db, "question", row, turn.who, turn.now, article=version.article_hash,
        comment=sealed_talk(talk),
    )  # fmt: skip
    return Done(f"/cases/{case}#talk-{talk.id}", {"talk": talk.id})


def read_talk(turn: Turn, case: str, talk: int) -> Response:
    """The answer to a follow-up question."""
    row = opened(turn.db, case, turn.who)
    query = select(Talk).join(Version).where(Talk.id == talk, Version.case_id == case)
    found = turn.db.scalars(query).first()
    if found is None:
        raise NotFound("there is no such question")
    require_talks(turn.db, case, [found])
    cases.note(turn.db, "read", row, turn.who, turn.now, comment=f"question {talk}")
    return shown(to_html(article_of(found.turn)), ARTICLE_POLICY)


# --- completing and deciding ---------------------------------------------------------------------


def give_answer(turn: Turn, case: str, body: Annotated[AnswerBody, Form()]) -> Done:
    """Attest what is missing; the case is assessed with it."""
    row = opened(turn.db, case, turn.who)
    keys = body.model_dump(by_alias=True)
    concepts = turn.desk.library().concepts
    deciding.answer(turn.db, row, keys, turn.who, concepts, turn.now, turn.today)
    return Done(f"/cases/{case}")


def strike_answer(turn: Turn, case: str, body: Annotated[StrikeBody, Form()]) -> Done:
    """Strike an answer out, with a reason."""
    row = opened(turn.db, case, turn.who)
    deciding.strike(turn.db, row, body.answer, turn.who, body.because, turn.now)
    return Done(f"/cases/{case}")


def assign(turn: Turn, case: str, body: Annotated[AssignBody, Form()]) -> Done:
    """Give the case to a reviewer."""
    deciding.assign(turn.db, opened(turn.db, case, turn.who), body.login, turn.who, turn.now)
    return Done(f"/cases/{case}")


def extend(turn: Turn, case: str, body: Annotated[ExtendBody, Form()]) -> Done:
    """Put off the day by which the case must be decided."""
    row = opened(turn.db, case, turn.who)
    deciding.extend(turn.db, row, body.because, turn.who, turn.now, turn.settings)
    return Done(f"/cases/{case}")


def decide(turn: Turn, case: str, body: Annotated[DecideBody, Form()]) -> Done:
    """Submit, return, approve or withdraw exactly the text that was read."""
    row = opened(turn.db, case, turn.who)
    version = cases.newest(turn.db, case)
    if version:
        require_version(turn.db, version)
    deciding.decide(
        turn.db, row, body.act, turn.who, article=body.article, at=turn.now, comment=body.comment,
        no_conflict=body.no_conflict,
    )  # fmt: skip
    return Done(f"/cases/{case}", {"state": row.state})
