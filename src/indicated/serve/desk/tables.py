"""What the desk keeps. One file, so that the whole of it can be seen; `migrations/` follows it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Constraints are named, so that a migration can name them on every database.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC: SQLite knows no time zones, and a clock must not depend on one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        str: Text,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class User(Base):
    """A person with an account. `roles` are words of `permissions.Role`."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str]  # argon2
    secret: Mapped[str] = mapped_column(default="")  # of the second factor; "" where there is none
    step: Mapped[int] = mapped_column(default=0)  # the last time step used: no code serves twice
    roles: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignIn(Base):
    """A person at a browser. The browser holds the token; here is only its hash."""

    __tablename__ = "sign_ins"
    token: Mapped[str] = mapped_column(primary_key=True)  # SHA-256
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Token(Base):
    """By which a program does a person's work. The program holds it; here is only its hash."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)  # SHA-256
    scope: Mapped[str]  # a word of `permissions.Scope`
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Identity(Base):
    """Whom an identity provider means by a subject. An administrator sets it, and nobody else."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]


class Arrival(Base):
    """Somebody who went to the identity provider and has not come back. The browser holds the
    token; here is only its hash."""

    __tablename__ = "arrivals"
    token: Mapped[str] = mapped_column(primary_key=True)  # SHA-256
    state: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    to: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(index=True)


class Repeat(Base):
    """What was answered to a request that its program may send again."""

    __tablename__ = "repeats"
    id: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of person and key
    asked: Mapped[str]  # a hash of the request, keyed
    answer: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class CaseRow(Base):
    """A question with its record, and where it stands. `changed` counts up with every change, so
    that of two people who act on one state the second is told."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str]
    as_of: Mapped[date]
    closed: Mapped[bool] = mapped_column(default=False)
    profile: Mapped[str] = mapped_column(default="")
    expedited: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    extended_because: Mapped[str] = mapped_column(default="")
    extensions: Mapped[int] = mapped_column(default=0)
    pended_at: Mapped[datetime | None]  # its clock stands since then, for information is asked for
    pended_because: Mapped[str] = mapped_column(default="")  # which
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(index=True)  # see `review.acts`; "reading" while it is read
    trouble: Mapped[str] = mapped_column(default="")  # why it could not be assessed
    held_at: Mapped[datetime | None]  # it is not forgotten before it is let go
    held_by: Mapped[str] = mapped_column(default="")
    held_because: Mapped[str] = mapped_column(default="")
    forgotten_at: Mapped[datetime | None]  # since then no word of it is kept
    changed: Mapped[int] = mapped_column(default=0)
    __mapper_args__ = {"version_id_col": changed}  # noqa: RUF012


class Blob(Base):
    """The bytes of a document, kept once under their hash."""

    __tablename__ = "blobs"
    hash: Mapped[str] = mapped_column(primary_key=True)  # SHA-256
    bytes: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentRow(Base):
    """A file of a case's record, in the order in which it was given."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("case_id", "n"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    n: Mapped[int]
    name: Mapped[str]
    hash: Mapped[str] = mapped_column(ForeignKey("blobs.hash"))
    size: Mapped[int]


class Answer(Base):
    """What a person answered to what was missing. Struck out answers stay on record."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    keys: Mapped[dict[str, Any]]  # as on an answer sheet
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[str] = mapped_column(default="")
    struck_because: Mapped[str] = mapped_column(default="")


class Misread(Base):
    """Passages of the record that a person found misread on a concept."""

    __tablename__ = "misread"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    concept: Mapped[str]
    sources: Mapped[list[Any]]  # as `record_file` writes them
    because: Mapped[str]
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[str] = mapped_column(default="")
    struck_because: Mapped[str] = mapped_column(default="")


class Decision(Base):
    """An item that a person decided otherwise than computed."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    item: Mapped[str]
    words: Mapped[str]
    policy: Mapped[str]
    computed: Mapped[str]
    outcome: Mapped[str]
    because: Mapped[str]
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[str] = mapped_column(default="")
    struck_because: Mapped[str] = mapped_column(default="")


class TickRow(Base):
    """What a model pointed at, and a person confirmed: the words do say so."""

    __tablename__ = "ticks"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    concept: Mapped[str]
    sources: Mapped[list[Any]]  # as `record_file` writes them
    because: Mapped[str]  # what was confirmed, in words
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[str] = mapped_column(default="")
    struck_because: Mapped[str] = mapped_column(default="")


class ModelAnswer(Base):
    """What a model answered to one request about a case; it holds words of the record."""

    __tablename__ = "model_answers"
    __table_args__ = (UniqueConstraint("case_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    key: Mapped[str]  # SHA-256 of everything that was asked
    answer: Mapped[str]
    at: Mapped[datetime]


class Remark(Base):
    """What a person says of a sentence of a version, for whoever works on it next."""

    __tablename__ = "remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    sentence: Mapped[str]
    says: Mapped[str]
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]


class Version(Base):
    """What a case came to, each time that it was assessed. Never changed afterwards.

    What is long is read from the database where it is used, and not with every look at a case.
    """

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("case_id", "n"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    n: Mapped[int]
    at: Mapped[datetime]
    because: Mapped[str]
    article_hash: Mapped[str] = mapped_column(index=True)
    outcomes: Mapped[list[Any]]
    questions: Mapped[list[Any]]  # what is missing, as forms to fill in
    # as `record_file` writes it: what it is made from
    record: Mapped[str] = mapped_column(deferred=True)
    # the very sentences that a person would sign
    article: Mapped[str] = mapped_column(deferred=True)
    chart: Mapped[str] = mapped_column(deferred=True)  # the record as a page, every fact marked
    places: Mapped[dict[str, Any]]  # printed label -> where its words stand on that page
    data: Mapped[str] = mapped_column(deferred=True)  # as `assess --format json` gives it
    amends: Mapped[str] = mapped_column(default="")  # the text of which a person changed sentences


class Talk(Base):
    """A follow-up question with its answer, as it was given."""

    __tablename__ = "talks"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime]
    question: Mapped[str]
    turn: Mapped[str]  # as `record_file` writes one


class Publication(Base):
    """A signed article as it was published, without what tells who the patient is. It stays on
    record when it is taken down, and its address says so then. Only its end is written later."""

    __tablename__ = "publications"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    article_hash: Mapped[str]  # of the text that was signed
    path: Mapped[str] = mapped_column(index=True)  # of its page on the site
    listed: Mapped[dict[str, Any]]  # as the site lists it (`report.site.Listed`)
    page: Mapped[str] = mapped_column(deferred=True)
    by: Mapped[str]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended: Mapped[str] = mapped_column(default="")  # a word of `publishing.ENDS`
    ended_by: Mapped[str] = mapped_column(default="")
    ended_because: Mapped[str] = mapped_column(default="")  # kept at the desk, and not published


class Flag(Base):
    """A signed case whose policies are others by now, until somebody looks at it again."""

    __tablename__ = "flags"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    article_hash: Mapped[str]
    found_at: Mapped[datetime]
    changes: Mapped[list[Any]]  # `again.Changed`, one for each policy
    stands: Mapped[bool]  # somebody looked, and said why it stands


class Job(Base):
    """Work that waits, is being done, or could not be done. Done work is gone."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    because: Mapped[str]
    asked_at: Mapped[datetime]
    taken_until: Mapped[datetime | None]  # by whoever does it; free again after that
    tries: Mapped[int] = mapped_column(default=0)


class LedgerRow(Base):
    """One line of the ledger, chained to the line before (`review.log`)."""

    __tablename__ = "ledger"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(index=True)
    act: Mapped[str]
    case_id: Mapped[str] = mapped_column(index=True)
    article_hash: Mapped[str] = mapped_column(index=True)
    line: Mapped[str]


class LedgerWords(Base):
    """What a person typed with an act. Its line holds a salted digest alone, so that the words can
    be forgotten and the chain stays whole."""

    __tablename__ = "ledger_words"
    n: Mapped[int] = mapped_column(ForeignKey("ledger.n"), primary_key=True, autoincrement=False)
    case_id: Mapped[str] = mapped_column(index=True)
    salt: Mapped[str]
    words: Mapped[str]


class Wording(Base):
    """A wording of a case's question, from the one as asked on. There is none while it stands as
    it was asked; the last one is what the case is judged on."""

    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("case_id", "n"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    n: Mapped[int]
    question: Mapped[str]
    because: Mapped[str]  # what was changed
    by: Mapped[str]
    at: Mapped[datetime]


class Progress(Base):
    """How far the newest assessment of a case is, as its worker tells; it stays once it is done."""

    __tablename__ = "progress"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    stage: Mapped[str]  # a word of `progress.STAGES`
    read: Mapped[int]  # files
    of: Mapped[int]
    unread: Mapped[dict[str, Any]]  # number of a document -> what of it could not be read
