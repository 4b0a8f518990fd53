"""How far an assessment is: told by its worker, kept in a row, shown while people wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from indicated.serve.desk.database import Conflict, transaction
from indicated.serve.desk.tables import Job, Progress

WAITING = "waiting"
DOCUMENTS = "documents"
MODEL = "model"
# The stages of `assess`, as people read them.
STAGES = {
    WAITING: "It waits for a worker",
    DOCUMENTS: "The documents are read",
    MODEL: "A language model is asked what it would point at",
    "facts": "What the documents say is read",
    "question": "The question is read",
    "judgement": "The facts are held against the criteria",
    "article": "The article is written",
}


class Told:
    """What a worker tells of one job. Whoever lost the job is not heard."""

    def __init__(self, engine: Engine, case: str, job: int, asked_at: datetime, of: int):
        self.engine, self.case, self.job, self.asked_at, self.of = engine, case, job, asked_at, of
        self.read = 0
        self.unread: dict[str, str] = {}

    def file(self, _name: str, unread: tuple[str, ...]) -> None:
        """The next file was read, but for what is said."""
        self.read += 1
        if unread:
            self.unread[str(self.read)] = "; ".join(unread)
        self.say(DOCUMENTS)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A stage begins; for `assess`, which enters it."""
        self.say(name)
        yield

    def say(self, stage: str) -> None:
        """Keep how far it is. That somebody else writes at the moment costs one step, no more."""
        try:
            with transaction(self.engine) as db:
                mine = (Job.id == self.job, Job.asked_at == self.asked_at)
                if db.scalars(select(Job).where(*mine)).first() is not None:
                    row = Progress(
                        case_id=self.case, stage=stage, read=self.read, of=self.of,
                        unread=dict(self.unread),
                    )  # fmt: skip
                    db.merge(row)
        except Conflict:
            pass


def sentence(row: Progress | None, files: int) -> str:
    """How far it is, in words.

    >>> sentence(Progress(stage="documents", read=2, of=3, unread={}), 3)
    'The documents are read: 2 of 3.'
    >>> sentence(None, 3)
    'It waits for a worker: 3 documents.'
    """
    if row is None or row.stage == WAITING:
        many = "document" if files == 1 else "documents"
        return f"{STAGES[WAITING]}: {files} {many}." if files else f"{STAGES[WAITING]}."
    counted = f": {row.read} of {row.of}" if row.stage == DOCUMENTS else ""
    n = len(row.unread)
    lost = f" {n} of them could not be read wholly; see below." if n else ""
    return f"{STAGES[row.stage]}{counted}.{lost}"


def begin(db: Session, case: str, files: int) -> None:
    """A case waits to be assessed anew: what was told of the time before is over."""
    db.merge(Progress(case_id=case, stage=WAITING, read=0, of=files, unread={}))
