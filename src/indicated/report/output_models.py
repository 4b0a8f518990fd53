"""The contract of the machine-readable output, as models (docs/output.md explains it).

Unknown fields are refused, so what is written and what is promised cannot drift apart.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from indicated.model import Leaning, Outcome, Phase, Role, State
from indicated.truth import Truth


class Model(BaseModel):
    """A part of the output. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceOut(Model):
    """Where words stand. Identifiers in `quote` are withheld; offsets are of the original text."""

    document: str
    quote: str
    start: int | None = Field(None, description="First character in the document's text.")
    end: int | None = Field(None, description="One past the last character.")
    page: int | None = None
    path: str = Field("", description="FHIRPath, where the document is a FHIR resource.")
    locator: str = ""
    attested_by: str = Field("", description="The person who gave this answer, with a role.")
    attested_at: datetime | None = Field(None, description="When a person gave this answer.")


class FactOut(Model):
    """One statement about the patient or the request."""

    id: str
    concept: str
    assertion: str
    asserter: str
    value: str | None = Field(None, description="A number or a word; a range as low–high.")
    unit: str = Field("", description="UCUM code of the value.")
    start: date | None = Field(None, description="Earliest day on which it can have begun.")
    end: date | None = Field(None, description="Latest day on which it can have ended.")
    ongoing: bool = False
    date_assumed: bool = False
    site: list[str] = []
    marks: list[str] = []
    formula: str = ""
    inputs: list[str] = Field([], description="Ids of the facts that a computed value rests on.")
    sources: list[SourceOut] = []


class CitationOut(Model):
    """A reference and the place in it."""

    key: str
    locator: str = ""


class FindingOut(Model):
    """A criterion judged; the tree has the shape and ids of its policy."""

    id: str
    says: str
    truth: Truth
    role: Role
    kind: str
    state: State
    why: str = ""
    note: str = ""
    ask: str = ""
    facts: list[str] = Field([], description="Ids of the facts that were used.")
    missing: list[str] = Field([], description="Ids of the leaves below whose answer is needed.")
    cite: list[CitationOut] = []
    parts: list[FindingOut] = []


class FindingsOut(Model):
    """The finding trees by what they decide."""

    routes: list[FindingOut] = []
    exceptions: list[FindingOut] = []
    exclusions: list[FindingOut] = []
    requirements: list[FindingOut] = []
    supporting: list[FindingOut] = []


class LeadsTo(Model):
    """The outcome that either answer leads to."""

    met: Outcome
    not_met: Outcome


class MissingOut(Model):
    """A fact that is missing, how to get it, and what either answer leads to."""

    id: str
    what: str
    ask: str
    state: State
    role: Role
    leads_to: LeadsTo


class NeedOut(Model):
    """An answer that would be needed."""

    id: str
    answer: Truth


class SettlesOut(Model):
    """The fewest answers that settle the outcome one way."""

    outcome: Outcome
    needs: list[NeedOut]


class DoseRowOut(Model):
    """The request against one authority's range."""

    authority: str
    kind: str
    range: str
    arithmetic: str
    truth: Truth
    decides: bool
    weight_from_kg: str | None = None
    weight_to_kg: str | None = None
    cite: list[CitationOut] = []


class DoseOut(Model):
    """The dose that was asked for, held against every range."""

    truth: Truth = Field(description="met: within the deciding range; not_met: outside it.")
    requested: str
    weight: str | None = Field(None, description="Id of the fact that gives the body weight.")
    rows: list[DoseRowOut] = []
    equivalents: list[str] = []
    fits: str = ""
    queries: list[str] = []
    ask: str = ""
    facts: list[str] = []


class ItemOut(Model):
    """What is asked for."""

    id: str
    treatment: str = Field(description="Concept id; empty when it is no concept of the library.")
    words: str = Field(description="As the question or the order writes it, identifiers withheld.")
    product: str = ""
    parts: list[str] = []
    secondary: bool = False
    marks: list[str] = Field(
        [],
        description="proposed, confirmed: a language model pointed at the words that ask for it.",
    )


class WarningOut(Model):
    """A safety line that this chart calls up."""

    says: str
    truth: Truth | None = None
    facts: list[str] = []
    cite: list[CitationOut] = []


class LabelOut(Model):
    """A row of a label table, and whether it is about this patient."""

    product: str
    regulator: str
    says: str
    about_this_patient: Truth


class OverrideOut(Model):
    """A person's decision on an item, otherwise than computed."""

    by: str
    at: datetime | None
    because: str


class ProposedOut(Model):
    """What facts that a language model proposed have to do with a determination."""

    without: Outcome = Field(description="The outcome where none of them counts.")
    carried: bool = Field(description="Whether the outcome is another without them.")
    used: list[str] = Field([], description="Ids of those that the findings use.")
    waiting: list[str] = Field([], description="Ids of those that wait for a person.")
    waiting_outcome: Outcome | None = Field(None, description="What those would lead to.")


class DeterminationOut(Model):
    """The determination of one requested item."""

    item: ItemOut
    phase: Phase
    phase_because: str = ""
    policy: str | None = Field(description="Id of the policy; null when none fits.")
    policy_version: str | None
    policy_status: str | None
    policy_origin: str = Field("", description="A library folder of one's own; empty: shipped.")
    general: bool = Field(False, description="A general policy: none is about this treatment.")
    outcome: Outcome = Field(description="What stands: a person's decision where there is one.")
    computed: Outcome = Field(description="What the criteria give, whatever a person decided.")
    override: OverrideOut | None = Field(None, description="The person's decision, if any.")
    proposed: ProposedOut | None = Field(
        None, description="Where facts that a model proposed were judged; null: none were."
    )
    because: str
    leaning: Leaning = Field(description="Where an open case leans. Never an outcome.")
    leaning_because: str = ""
    findings: FindingsOut
    missing: list[MissingOut] = []
    settles: list[SettlesOut] = []
    dose: DoseOut | None = None
    warnings: list[WarningOut] = []
    labels: list[LabelOut] = []
    candidates: list[str] = Field([], description="Policies of the treatment that do not fit.")
    parts: list[DeterminationOut] = []
    beside: list[DeterminationOut] = Field(
        [], description="The same item under other policies that apply to it."
    )


class PremiseOut(Model):
    """Something the question takes for granted, held against the record."""

    fact: str = Field(description="Id of the fact that the question states.")
    standing: Literal["agrees", "contradicted", "not_in_record"]
    record: list[str] = []
    says: str = ""


class ConflictOut(Model):
    """Facts that cannot all be true."""

    concept: str
    facts: list[str]
    says: str


class SupportOut(Model):
    """What one sentence rests on."""

    kind: str
    text: str
    label: str = ""
    key: str = ""
    source: SourceOut | None = None


class SentenceOut(Model):
    """One sentence of the article."""

    section: str
    message: str
    text: str
    support: list[SupportOut]


class ReferenceOut(Model):
    """One numbered source of the literature."""

    number: int
    key: str
    type: str
    title: str
    organisation: str = ""
    year: str = ""
    identifier: str = ""
    url: str = ""
    checked: str
    note: str = ""


class RecordOut(Model):
    """A numbered passage of the record."""

    label: str
    source: SourceOut


class ArticleOut(Model):
    """The article as sentences; headings by section id."""

    title: str
    question: str
    headings: dict[str, str]
    sentences: list[SentenceOut]
    record: list[RecordOut]


class HashesOut(Model):
    """SHA-256 of everything that went in and came out."""

    facts: str
    article: str
    policies: dict[str, str]
    documents: dict[str, str]


class ReviewOut(Model):
    """Where the review stands. What the program writes is a draft."""

    state: Literal["draft"] = "draft"


class WaitingOut(Model):
    """An item that a language model proposed, with an adverse outcome: it counts, and stands among
    the determinations, once a person has confirmed that it is asked for."""

    item: ItemOut
    outcome: Outcome


class AssessmentOut(Model):
    """One assessment: what was asked, found, decided and written."""

    format: Literal["indicated.assessment/1"] = "indicated.assessment/1"
    program: str
    as_of: date
    case: str
    closed_record: bool
    review: ReviewOut
    determinations: list[DeterminationOut]
    waiting: list[WaitingOut] = []
    premises: list[PremiseOut]
    conflicts: list[ConflictOut]
    facts: list[FactOut]
    unplaced: int = Field(description="Clinical-looking statements that could not be placed.")
    unread: list[str] = Field(description="What could not be read of the chart.")
    article: ArticleOut
    references: list[ReferenceOut]
    hashes: HashesOut
