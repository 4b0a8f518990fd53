"""Assessing outside the request: jobs that survive a restart, and whoever does them.

A job is taken for a while by whoever does it. Whoever dies loses it to the next; what is written is
written in one transaction with the end of the job, so that nothing is done by halves or twice.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from indicated.assess import assess
from indicated.chart import read_chart
from indicated.errors import IndicatedError
from indicated.facts.answers import load_answers
from indicated.model import (
    Case,
    Chart,
    Concepts,
    Fact,
    Library,
    Outcome,
    Override,
    Source,
    Strike,
    Tick,
)
from indicated.record_file import RecordFile, article_text, sources_of, stamp, to_text
from indicated.report import to_json
from indicated.review import state
from indicated.serve.desk import ledger
from indicated.serve.desk.cases import (
    READING,
    TROUBLE,
    answers,
    documents,
    next_number,
    spoken_of,
)
from indicated.serve.desk.database import Conflict, transaction
from indicated.serve.desk.progress import DOCUMENTS, MODEL, Told
from indicated.serve.desk.proposing import with_proposals
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import (
    Answer,
    Blob,
    CaseRow,
    Decision,
    Job,
    Misread,
    TickRow,
    Version,
)
from indicated.serve.desk.whole import sealed
from indicated.serve.output import chart_page
from indicated.serve.sheet import open_questions
from indicated.settings import Settings

ARTICLE = "article.html"
WORKER = "the desk"


@dataclass(frozen=True)
class Material:
    """Everything that an assessment needs, taken from the database in one look."""

    case: str
    job: int
    because: str
    asked_at: datetime
    question: str
    as_of: date
    files: tuple[tuple[str, bytes], ...]
    answers: tuple[Answer, ...]
    closed: bool
    profile: str
    misread: tuple[Misread, ...] = ()
    decisions: tuple[Decision, ...] = ()
    ticks: tuple[TickRow, ...] = ()


def work_once(engine: Engine, library: Library, settings: DeskSettings, now: datetime) -> str:
    """Do one job that waits. Gives the id of its case, or "" where nothing waits."""
    with transaction(engine) as db:
        material = _take(db, settings, now)
    if material is None:
        return ""
    made: Version | None = None
    trouble = ""
    try:
        files = len(material.files)
        told = Told(engine, material.case, material.job, material.asked_at, files)
        made = _assessed(material, library, now, told, settings)
    except IndicatedError as error:
        trouble = str(error)
    except (SystemExit, KeyboardInterrupt):  # the worker is ended: the next need not wait
        _give_back(engine, material)
        raise
    except Exception as error:  # a defect; its words may hold the patient's, its type does not
        trouble = f"the program failed ({type(error).__name__}); this is a defect"
    for last in (False, False, True):  # somebody may act on the case at the very moment
        try:
            _finish(engine, material, made, trouble)
            break
        except Conflict:
            if last:
                raise
    return material.case


def _give_back(engine: Engine, material: Material) -> None:
    """Leave a job as it was before it was taken."""
    taken = (Job.id == material.job, Job.asked_at == material.asked_at)
    with transaction(engine) as db:
        db.execute(update(Job).where(*taken).values(taken_until=None, tries=Job.tries - 1))


def _finish(engine: Engine, material: Material, made: Version | None, trouble: str) -> None:
    with transaction(engine) as db:
        if made is None:
            _not_done(db, material, trouble)
        else:
            _done(db, material, made)


def _take(db: Session, settings: DeskSettings, now: datetime) -> Material | None:
    """A job nobody has, or that its taker has let lie; one that killed its takers is given up."""
    longest = now + timedelta(minutes=settings.job_minutes)  # else the clock was put back meanwhile
    free = Job.taken_until.is_(None) | (Job.taken_until < now) | (Job.taken_until > longest)
    query = select(Job).where(free).order_by(Job.asked_at).limit(1)
    job = db.scalars(query.with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    case = db.get_one(CaseRow, job.case_id)
    if job.tries >= settings.job_tries:
        case.state = TROUBLE
        case.trouble = f"the assessment ended its worker {job.tries} times; this is a defect"
        db.delete(job)
        return None
    job.taken_until, job.tries = now + timedelta(minutes=settings.job_minutes), job.tries + 1
    files = tuple((d.name, db.get_one(Blob, d.hash).bytes) for d in documents(db, case.id))
    said = tuple(a for a in answers(db, case.id) if a.struck_at is None)
    misread = tuple(m for m in spoken_of(db, Misread, case.id) if m.struck_at is None)
    decisions = tuple(d for d in spoken_of(db, Decision, case.id) if d.struck_at is None)
    ticks = tuple(t for t in spoken_of(db, TickRow, case.id) if t.struck_at is None)
    return Material(
        case.id, job.id, job.because, job.asked_at, case.question,
        case.as_of, files, said, case.closed, case.profile, misread, decisions, ticks,
    )  # fmt: skip


def _assessed(
    material: Material, library: Library, now: datetime, told: Told, desk: DeskSettings
) -> Version:
    chart = Chart(closed=material.closed)
    if material.files:
        with tempfile.TemporaryDirectory(prefix="indicated-") as folder:
            for n, (name, content) in enumerate(material.files, 1):
                place = Path(folder) / f"{n:03}" / _safe(name)
                place.parent.mkdir()
                place.write_bytes(content)
            told.say(DOCUMENTS)
            paths = sorted(Path(folder).glob("*/*"))
            chart = read_chart(paths, closed=material.closed, told=told.file)
    settings = Settings(profile=material.profile, closed_record=material.closed)
    said = attested(material.answers, library.concepts)
    case = Case(
        material.question, chart, material.as_of, id=material.case, answers=said,
        struck=strikes(material.misread), overrides=overrides(material.decisions),
        ticks=ticked(material.ticks),
    )  # fmt: skip
    if desk.model:
        told.say(MODEL)
    case = with_proposals(case, library, settings, desk, told.engine, now)
    assessment = assess(case, library, settings, told.stage)
    record = RecordFile(case, settings, stamp(assessment))
    chart_html, places = chart_page(assessment, library, Path(ARTICLE))
    return Version(
        case_id=material.case,
        at=now,
        because=material.because,
        article_hash=assessment.article.hash,
        outcomes=[
            {
                "item": d.item.words,
                "outcome": d.outcome.value,
                "policy": d.policy.id if d.policy else "",
                "id": d.item.id,
                "computed": d.computed.value,
            }
            for d in assessment.determinations
        ],
        questions=open_questions(assessment, library),
        record=to_text(record),
        article=article_text(assessment.article),
        chart=chart_html,
        places=places,
        data=json.dumps(to_json(assessment), ensure_ascii=False),
    )


def _safe(name: str) -> str:
    """A file name of letters, digits and the like: what it was called stays in the database."""
    kept = "".join(c if c.isalnum() or c in "._- " else "_" for c in name).strip(". ")
    return kept[-120:] or "file"


def attested(rows: Sequence[Answer], concepts: Concepts) -> tuple[Fact, ...]:
    """The answers as facts, each by its person and time."""
    facts: list[Fact] = []
    for row in rows:
        sheet = {
            "by": row.by, "role": row.role, "at": row.at.isoformat(timespec="minutes"),
            "answers": [row.keys],
        }  # fmt: skip
        facts += load_answers(sheet, concepts, name=f"answer {row.id}")
    return tuple(facts)


def strikes(rows: Sequence[Misread]) -> tuple[Strike, ...]:
    """What persons found misread, as the case holds it."""
    return tuple(Strike(m.concept, sources_of(m.sources), _said(m)) for m in rows)


def overrides(rows: Sequence[Decision]) -> tuple[Override, ...]:
    """What persons decided, as the case holds it."""
    return tuple(
        Override(d.item, d.words, Outcome(d.computed), Outcome(d.outcome), _said(d)) for d in rows
    )


def ticked(rows: Sequence[TickRow]) -> tuple[Tick, ...]:
    """What persons confirmed of what a model pointed at, as the case holds it."""
    return tuple(Tick(t.concept, sources_of(t.sources), _said(t)) for t in rows)


def _said(row: Misread | Decision | TickRow) -> Source:
    return Source(quote=row.because, by=f"{row.by}, {row.role}", at=row.at)


def _done(db: Session, material: Material, made: Version) -> None:
    """The version, and the end of the job, together; none where more was asked meanwhile."""
    if not _ours(db, material):
        return
    case = db.get_one(CaseRow, material.case)
    made.n = next_number(db, case.id)
    db.add(made)
    _tell(db, case, "assess", made.article_hash, made.at, sealed(material.because, made))
    case.state = state(made.article_hash, ledger.about(db, case.id, made.article_hash))


def _not_done(db: Session, material: Material, trouble: str) -> None:
    if _ours(db, material):
        case = db.get_one(CaseRow, material.case)
        case.state, case.trouble = TROUBLE, trouble


def _ours(db: Session, material: Material) -> bool:
    """End the job, unless it was asked for anew or taken by another since it was taken here."""
    ended = update(Job).where(Job.id == material.job, Job.asked_at == material.asked_at)
    job = db.scalars(select(Job).where(Job.id == material.job)).first()
    if job is None or db.execute(ended.values(tries=job.tries)).rowcount == 0:  # type: ignore[attr-defined]
        return False
    db.delete(job)
    return True


def _tell(
    db: Session, case: CaseRow, act: str, article: str, at: datetime, comment: str = ""
) -> None:
    ledger.write(
        db, act, by=WORKER, role="program", at=at, case=case.id, article=article, comment=comment
    )


def waiting(db: Session) -> int:
    """How many cases wait to be assessed."""
    return len(db.scalars(select(CaseRow.id).where(CaseRow.state == READING)).all())
