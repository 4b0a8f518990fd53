"""The policy language, defined once: what keys a policy may have and what each means.

These classes are the definition; the loader validates with them, editors use the JSON Schema
made from them (`docs/policy.schema.json`), and the descriptions are what an author reads there.
What a key means together with others (units, concepts, references) is checked in `build` and
`check`, because that needs more than one file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from indicated.criteria.fields import (
    Base,
    Cites,
    Count,
    Day,
    Limit,
    QuantityText,
    Scalar,
    Several,
    Text,
    YesNo,
    listed,
    one_or_more,
    text_or_keys,
    without_null,
)

# --- criteria ------------------------------------------------------------------------------

Pick = Literal["latest", "earliest", "lowest", "highest", "any", "every"]


class BoundKeys(Base):
    """Comparisons. Several together must all hold."""

    below: Limit | None = Field(None, description="Less than this.")
    at_most: Limit | None = Field(None, description="This or less.")
    above: Limit | None = Field(None, description="More than this.")
    at_least: Limit | None = Field(None, description="This or more.")
    between: Annotated[list[Limit], Field(min_length=2, max_length=2)] | None = Field(
        None, description="[lower, upper], both included."
    )


class RelationKeys(Base):
    """A relation in time to a concept."""

    concept: Text
    silence: Literal["absent"] | None = Field(
        None, description="No mention of the concept counts as: it never happened."
    )
    because: Text | None = Field(None, description="Why silence may be read so here.")


Relation = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[RelationKeys, Tag("<keys>")],
    Discriminator(text_or_keys),
]


class VersusKeys(Base):
    """The baseline that the picked value is compared with."""

    pick: Pick = "earliest"
    before: Relation | None = None
    after: Relation | None = None
    since: Relation | None = None
    during: Relation | None = None
    as_: Literal["difference", "percent"] = Field(
        alias="as", description="Picked minus baseline, or that in percent of the baseline."
    )


class TimesKeys(Base):
    """How often."""

    at_least: Count


Ended = Annotated[
    list[
        Literal[
            "no-response", "intolerance", "contraindication", "declined", "completed", "other",
        ]
    ],
    BeforeValidator(listed),
    Field(min_length=1),
    one_or_more(
        "no-response", "intolerance", "contraindication", "declined", "completed", "other"
    ),
]  # fmt: skip
Response = Annotated[
    list[Literal["none", "partial", "good", "lost"]],
    BeforeValidator(listed),
    Field(min_length=1),
    one_or_more("none", "partial", "good", "lost"),
]
ShownBy = Annotated[
    list[Literal["imaging", "biopsy", "culture", "test", "examination"]],
    BeforeValidator(listed),
    one_or_more("imaging", "biopsy", "culture", "test", "examination"),
]


class Node(BoundKeys):
    """A criterion: exactly one of `has`, `value`, `all`, `any`, `none`, `of`."""

    id: Text | None = Field(None, description="For nodes written in place; made up when absent.")
    says: Text | None = Field(None, description="One plain sentence, in your own words.")
    cite: Cites | None = None
    ask: Text | None = Field(None, description="What to send when this is unknown.")
    in_force: Day | None = Field(None, description="From when this threshold holds.")
    note: Text | None = None
    silence: Literal["absent"] | None = Field(
        None, description="On this leaf alone, no mention counts as: it is not so."
    )
    because: Text | None = Field(None, description="Why silence may be read so here.")
    given: Several | None = Field(
        None, description="Silence counts only where the record says one of these concepts."
    )

    has: Several | None = Field(None, description="Facts of a concept (or one under it) exist.")
    value: Text | None = Field(None, description="A concept whose number is compared.")
    all: Annotated[list[Item], Field(min_length=1)] | None = None
    any: Annotated[list[Item], Field(min_length=1)] | None = None
    none: Annotated[list[Item], Field(min_length=1)] | None = None
    of: Annotated[list[Item], Field(min_length=1)] | None = Field(
        None, description="With `at_least: n`: n of these."
    )

    pick: Pick | None = Field(None, description="Which value, when there are several.")
    one_of: Several | None = Field(None, description="For values that are words.")
    versus: VersusKeys | None = None

    times: TimesKeys | None = None
    distinct: (
        Annotated[
            Literal["true", "false", "concept", "class"],
            WithJsonSchema({"enum": [True, False, "concept", "class"]}),
        ]
        | None
    ) = Field(None, description="Count different members (true), or different classes (class).")
    apart: QuantityText | None = Field(None, description="Time between the counted facts.")
    each: Literal["all", "any"] | None = Field(
        None, description="Of a request's own list: of each concept that it names, or of any."
    )

    within: QuantityText | None = Field(
        None, description="Before the as-of date; a time, or $parameter."
    )
    said_of: Literal["family", "plan"] | None = Field(
        None, description="Facts of a blood relative, or of what is planned, instead."
    )
    before: Relation | None = None
    after: Relation | None = None
    since: Relation | None = None
    during: Relation | None = None
    lasting: BoundKeys | None = None
    ended_because: Ended | None = Field(None, description="Of treatments that ended so.")
    response: Response | None = None
    shown_by: ShownBy | None = None
    dose: BoundKeys | None = None
    currently: YesNo | None = None
    adequate: YesNo | None = None
    same_site: YesNo | None = None


Item = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[Node, Tag("<keys>")], Discriminator(text_or_keys)
]

# --- policies ------------------------------------------------------------------------------


class ValidKeys(Base):
    """From when, and until when, the policy holds."""

    from_: Day = Field(alias="from")
    to: Day | None = None


class ChangeKeys(Base):
    """What a version changed, in effects."""

    version: Text
    date: Day
    says: Text = Field(description="Which charts are answered differently, and how.")


class SourceKeys(Base):
    """One source in the literature. Never an identifier that was not seen."""

    type: Text = Field(description="guideline, label, coverage policy, trial, cohort, ...")
    title: Text
    organisation: Scalar = ""
    year: Scalar = ""
    id: Scalar = Field("", description="DOI, PMID, guideline or coverage number.")
    url: Scalar = ""
    checked: Literal["seen", "secondary", "unverified"] = Field(
        description="Was its text seen, seen second-hand, or neither?"
    )
    note: Scalar = ""
    collection: Scalar = Field("", description="The id of the work in your collection.")
    quotes: dict[Scalar, Text] = Field(
        default_factory=dict, description="By locator: exactly the words that stand there."
    )


class ParameterKeys(Base):
    """A number that a plan profile may set."""

    value: QuantityText
    says: Text
    cite: Cites


class MistakeKeys(Base):
    """How a text words what the sentence contradicts (`indicated check`). It decides nothing."""

    words: Annotated[list[Annotated[list[Text], Field(min_length=1)]], Field(min_length=2)] = Field(
        description="Groups of words: one of each stands in one sentence of the text. A word that "
        'ends in "*" stands for every word that begins so.'
    )
    unless: list[Text] = Field(
        default_factory=list, description="Not where the sentence has one of these."
    )
    overstated: YesNo = Field(
        False, description="What is said here is not the contrary, only less than such a text says."
    )


class StatementKeys(Base):
    """A sentence with its sources."""

    says: Text
    cite: Cites = Field(default_factory=list)
    when: Item | None = Field(None, description="Shown only when this is met.")
    mistaken: list[MistakeKeys] = Field(
        default_factory=list, description="Wordings of a text that this sentence contradicts."
    )


class StatusKeys(StatementKeys):
    kind: Literal["regulatory", "practice", "evidence"]


class DisagreementKeys(StatementKeys):
    """What one authority says on a question on which authorities differ."""

    about: Text
    kind: Literal["label", "guideline", "payer", "practice", "evidence", "default"]


class RouteKeys(Base):
    """A way to qualify: all of `needs`. An exception also states its condition."""

    id: Text
    says: Text
    needs: Annotated[list[Item], Field(min_length=1)]
    condition: Scalar = ""
    duration: Scalar = ""


class PhaseKeys(Base):
    """What one phase asks; or `as`, another phase whose criteria it shares."""

    as_: Literal["initiation", "continuation", "dose_change", "retrospective"] | None = Field(
        None, alias="as"
    )
    routes: list[RouteKeys] = Field(default_factory=list)
    exceptions: list[RouteKeys] = Field(default_factory=list)
    exclusions: list[Item] = Field(default_factory=list)
    requirements: list[Item] = Field(default_factory=list)
    supporting: list[Item] = Field(default_factory=list)
    duration: Scalar = ""
    cite: Cites = Field(default_factory=list)


class PhasesKeys(Base):
    """Criteria of one phase never serve another, unless `as` says so."""

    initiation: PhaseKeys | None = None
    continuation: PhaseKeys | None = None
    dose_change: PhaseKeys | None = None
    retrospective: PhaseKeys | None = None


class DoseLineKeys(Base):
    """A dose as one authority gives it."""

    says: Text
    kind: Literal["label", "guideline", "practice", "payer", "trial"]
    amount: QuantityText | None = None
    every: QuantityText | None = None
    maximum: QuantityText | None = None
    query_above: QuantityText | None = None
    jurisdiction: Scalar = ""
    of: Several = Field(default_factory=list, description="Only for these treatments.")
    phases: list[Literal["initiation", "continuation", "dose_change", "retrospective"]] = Field(
        default_factory=list, description="Only for requests of these phases."
    )
    cite: Cites
    decides: YesNo = False


class QueryKeys(Base):
    """A sentence on what needs a query."""

    says: Text
    cite: Cites = Field(default_factory=list)


class DoseKeys(Base):
    """What is asked of the dose."""

    lines: Annotated[list[DoseLineKeys], Field(min_length=1)]
    weight: Literal["actual", "ideal", "adjusted"] = "actual"
    weight_note: Scalar = ""
    ask: Text
    unstated: Literal["asked", "label"] = Field(
        "asked", description="A dose or interval left out is asked for, or is the label's own."
    )
    query: list[QueryKeys] = Field(default_factory=list)
    cite: Cites = Field(default_factory=list)


class PolicyKeys(Base):
    """A clinical policy of Indicated."""

    policy: Text = Field(description="The id: the folder's name.")
    title: Text
    question: Text
    version: Text
    status: Literal["draft", "reviewed", "retired"]
    valid: ValidKeys
    treatments: Several = Field(default_factory=list)
    general: list[Literal["drug", "device", "procedure", "test", "service"]] = Field(
        default_factory=list,
        description="Instead of treatments: the kinds of request it covers when none is specific.",
    )
    goes: Literal["first", "last"] | None = Field(
        None, description="Of a general policy: on top of a specific one, or only where none fits."
    )
    changes: list[ChangeKeys] = Field(default_factory=list, description="Newest first.")
    applies: Item | None = None
    over: list[Text] = Field(default_factory=list)
    parameters: dict[str, ParameterKeys] = Field(default_factory=dict)
    criteria: dict[str, Node] = Field(min_length=1)
    phases: PhasesKeys
    dose: DoseKeys | None = None
    standing: (
        Literal["standard-of-care", "accepted", "investigational", "not-recommended"] | None
    ) = None
    certainty: Literal["high", "moderate", "low", "very-low"] | None = None
    certainty_because: Scalar = ""
    status_lines: list[StatusKeys] = Field(default_factory=list)
    disagreements: list[DisagreementKeys] = Field(default_factory=list)
    monitoring: list[StatementKeys] = Field(default_factory=list)
    safety: list[StatementKeys] = Field(default_factory=list)
    pitfalls: list[StatementKeys] = Field(default_factory=list)
    questions: list[Text] = Field(default_factory=list)
    sources: dict[str, SourceKeys] = Field(min_length=1)


# --- for editors ---------------------------------------------------------------------------


def editor_schema() -> dict[str, Any]:
    """The language as JSON Schema, by which an editor completes keys and marks mistakes."""
    schema = without_null(PolicyKeys.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def write_editor_schema(path: Path) -> None:
    """Write `docs/policy.schema.json`."""
    path.write_text(json.dumps(editor_schema(), indent=2) + "\n", encoding="utf-8")
