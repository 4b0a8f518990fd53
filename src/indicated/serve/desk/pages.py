"""What each page shows. One dataclass a page: templates and the API read the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from indicated.messages import load_messages
from indicated.serve.desk.clock import shown


@dataclass(frozen=True)
class Row:
    """A case in the queue."""

    id: str
    question: str
    state: str
    outcomes: list[dict[str, str]]
    expedited: bool
    due_at: datetime
    hours_left: int
    asked_by: str
    assigned_to: str
    again: bool  # a policy changed since it was signed
    pended_at: datetime | None  # its clock stands since then


@dataclass(frozen=True)
class Narrowed:
    """One thing that the queue is narrowed to, and where it is not."""

    words: str
    without: str


@dataclass(frozen=True)
class QueuePage:
    rows: list[Row]
    state: str
    find: str
    outcome: str
    policy: str
    by: str
    given: str
    mine: bool
    unassigned: bool
    expedited: bool
    overdue: bool
    again: bool
    sort: str
    page: int
    pages: int
    total: int
    may_ask: bool
    states: list[str]
    outcomes: list[str]
    sorts: dict[str, str]
    askers: list[str]  # whose cases may be chosen; none for who sees their own alone
    deciders: list[str]
    counts: dict[str, int]  # by state, of what the other filters leave
    narrowed: list[Narrowed]
    query: str  # all of it as the address holds it
    zone: str  # in which times are shown


@dataclass(frozen=True)
class AskPage:
    today: date
    megabytes: int
    profiles: list[str]


@dataclass(frozen=True)
class Choice:
    """A treatment of the library that can be chosen."""

    id: str
    label: str
    kind: str


@dataclass(frozen=True)
class WantedRow:
    """An item as it was read in the question. `phase_because` says what shows its phase."""

    item: str
    words: str
    treatment: str
    kind: str
    phase: str
    phase_because: str
    dose: str
    every: str
    duration: str
    route: str
    place: str
    product: str
    codes: list[str]
    parts: list[str]
    policy: str
    policy_title: str
    because: str  # why no policy fits the words
    candidates: list[str]
    meanings: list[Choice]


@dataclass(frozen=True)
class SaidRow:
    """What the question says of the patient, and in which words."""

    fact: str
    words: str


@dataclass(frozen=True)
class WordingRow:
    n: int
    question: str
    because: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AskedPage:
    id: str
    question: str
    state: str
    as_of: date
    profile: str
    files: list[str]
    wording: int  # the number of the wording that is shown: what is changed or confirmed
    wordings: list[WordingRow]
    items: list[WantedRow]
    said: list[SaidRow]
    unread: list[str]
    phases: list[str]
    find: str
    found: list[Choice]
    may_change: bool


@dataclass(frozen=True)
class VersionRow:
    n: int
    at: datetime
    because: str
    article_hash: str


@dataclass(frozen=True)
class LedgerLine:
    n: int
    at: datetime
    by: str
    role: str
    act: str
    case: str
    article: str
    comment: str
    hash: str


@dataclass(frozen=True)
class Given:
    """A file of the record."""

    n: int
    name: str
    size: int
    hash: str
    unread: str = ""  # what of it could not be read, and what to do


@dataclass(frozen=True)
class ProgressPage:
    """How far an assessment is. It names no file: it may be asked for every second."""

    state: str
    stage: str
    read: int
    of: int
    unread: int
    says: str


@dataclass(frozen=True)
class Said:
    """An answer of a person."""

    id: int
    keys: dict[str, Any]
    by: str
    at: datetime
    struck: str  # why and by whom, where it is struck out


@dataclass(frozen=True)
class Told:
    """What a person says against the reading, the outcome or the wording."""

    id: int
    about: str
    says: str
    by: str
    at: datetime
    struck: str  # why and by whom, where it was taken back


@dataclass(frozen=True)
class Exchange:
    """A follow-up question with its answer, as a page of its own."""

    id: int
    question: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """A published article of a case."""

    by: str
    at: datetime
    address: str  # where everybody reads it; "" where the desk serves no site
    article_hash: str


@dataclass(frozen=True)
class CasePage:
    id: str
    question: str
    as_of: date
    state: str
    trouble: str
    closed: bool
    expedited: bool
    due_at: datetime
    hours_left: int
    extended_because: str
    extensions: int
    may_extend: bool
    pended_at: datetime | None  # its clock stands since then
    pended_because: str
    may_stop: bool
    asked_by: str
    assigned_to: str
    changed: int
    version: VersionRow | None
    outcomes: list[dict[str, str]]
    progress: ProgressPage
    moved: list[str]  # what the newest version determines otherwise than the one before
    same: bool  # or that it determines the same, where there was one before
    signed: str
    again: list[dict[str, Any]]  # policies that are others than those it was signed by
    published: Standing | None
    questions: list[dict[str, Any]]
    answers: list[Said]
    misread: list[Told]
    decisions: list[Told]
    confirmed: list[Told]  # of what a model pointed at
    remarks: list[Told]
    decidable: list[str]  # the outcomes that this person may decide
    documents: list[Given]
    versions: list[VersionRow]
    talks: list[Exchange]
    lengths: dict[str, int]  # of versions, talks and history, of which the newest stand here
    acts: list[str]
    may: list[str]
    reviewers: list[str]
    history: list[LedgerLine]


@dataclass(frozen=True)
class FactRow:
    """A fact as it was read, and the words it was read from."""

    id: str
    concept: str
    says: str
    passages: list[dict[str, str]]  # document and quotation
    used: bool  # whether a criterion looked at it
    person: bool  # whether a person said it
    keys: dict[str, str]  # what may be attested instead, with a hint each
    of_model: str = ""  # proposed | confirmed, where a model pointed at the words


@dataclass(frozen=True)
class FactsPage:
    case: str
    question: str
    version: int
    state: str
    facts: list[FactRow]
    may_correct: bool
    asked: list[FactRow]  # what a model says of the question
    model: list[str]  # what became of asking it, newest last
    asks: bool  # whether this desk has a model that may be asked


@dataclass(frozen=True)
class SentenceRow:
    n: int
    says: str  # without citations
    cited: str  # with them
    editable: bool
    remarks: list[str]


@dataclass(frozen=True)
class PartRow:
    heading: str
    level: int
    sentences: list[SentenceRow]


@dataclass(frozen=True)
class TextPage:
    case: str
    question: str
    state: str
    article_hash: str
    parts: list[PartRow]
    chosen: int | None
    may_comment: bool
    may_change: bool


@dataclass(frozen=True)
class AccountRow:
    login: str
    name: str
    roles: list[str]
    active: bool
    second_factor: bool
    locked: bool
    subject: str  # at the identity provider


@dataclass(frozen=True)
class UsersPage:
    users: list[AccountRow]
    page: int
    pages: int
    total: int
    provider: str  # the identity provider; "" where there is none
    roles: dict[str, str]  # and what each is for
    password_length: int


@dataclass(frozen=True)
class DueRow:
    case: str
    state: str
    last: datetime
    rule: str


@dataclass(frozen=True)
class HeldRow:
    case: str
    state: str
    at: datetime
    by: str
    because: str


@dataclass(frozen=True)
class KeepingPage:
    """How long cases are kept, in days; 0 where they are not forgotten."""

    days: int
    open_days: int
    model_days: int
    due: list[DueRow]  # the first of them
    total: int
    held: list[HeldRow]


@dataclass(frozen=True)
class AccountPage:
    login: str
    name: str
    roles: list[str]
    csrf: str
    second_factor: bool
    secret: str  # a new one, to be confirmed
    picture: str  # its code for a phone's camera, as SVG
    password_length: int


@dataclass(frozen=True)
class TokenRow:
    id: int
    name: str
    scope: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    live: bool


@dataclass(frozen=True)
class TokensPage:
    tokens: list[TokenRow]
    scopes: list[str]
    longest_days: int


@dataclass(frozen=True)
class NewTokenPage:
    name: str
    token: str


@dataclass(frozen=True)
class LedgerPage:
    lines: list[LedgerLine]
    page: int
    pages: int
    total: int
    breaks: list[str]


@dataclass(frozen=True)
class ErrorPage:
    status: int
    what: str
    why: str
    do: str


@dataclass(frozen=True)
class SignInPage:
    to: str
    problem: str
    first: bool  # nobody has an account yet
    provider: str  # the identity provider's name; "" where there is none
    by_password: bool  # whether a password serves
    subject: str  # of somebody whom it knows and the desk does not


@dataclass(frozen=True)
class SignedInPage:
    name: str
    to: str


def outcome(value: str) -> str:
    """The words of an outcome, as in the article.

    >>> outcome("cannot_determine")
    'cannot be determined from this record'
    """
    return load_messages().word("outcome", value)


def spoken(word: str) -> str:
    """A word of the program as people read it.

    >>> spoken("under_review")
    'Under review'
    """
    return word.replace("_", " ").capitalize()


@lru_cache(maxsize=4)
def _environment(zone: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("indicated.serve.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "moment": partial(shown, zone=zone),
        "spoken": spoken,
        "outcome": outcome,
    }
    return environment


def template(name: str, *, zone: str = "UTC", **given: Any) -> str:
    """A page. A name that the template does not know is an error, never an empty place."""
    return _environment(zone).get_template(f"{name}.html.j2").render(**given)


def static(name: str) -> bytes:
    """A file that pages load."""
    return files("indicated.serve.desk").joinpath("static", name).read_bytes()
