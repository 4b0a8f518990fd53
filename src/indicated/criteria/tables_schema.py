"""What the other files of a library may hold: concepts, tables, profiles, worked examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from indicated.criteria.fields import (
    Base,
    Cites,
    Day,
    Number,
    QuantityText,
    Scalar,
    Text,
    YesNo,
    listed,
)
from indicated.criteria.schema import ParameterKeys, ShownBy, SourceKeys

# --- concepts ------------------------------------------------------------------------------


class RangeKeys(Base):
    """A usual range, from a source."""

    low: QuantityText | None = None
    high: QuantityText | None = None
    sex: Literal["female", "male"] | None = None
    age_from: Number | None = None
    age_to: Number | None = None
    cite: Text


class ConceptKeys(Base):
    """A thing charts speak of."""

    label: Text
    kind: Literal[
        "measurement",
        "score",
        "disease",
        "symptom",
        "event",
        "procedure",
        "drug",
        "device",
        "service",
        "organism",
        "test",
        "state",
        "request",
    ]
    names: list[Text] = Field(default_factory=list)
    abbreviations: list[Text] = Field(default_factory=list)
    under: Annotated[list[Text], BeforeValidator(listed)] = Field(default_factory=list)
    opposite: Scalar = ""
    codes: dict[str, list[Text]] = Field(default_factory=dict)
    unit: Scalar = ""
    range: list[RangeKeys] = Field(default_factory=list)
    plausible: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    molar_mass: Number | None = None
    bare: dict[Text, Annotated[list[Number], Field(min_length=2, max_length=2)]] = Field(
        default_factory=dict
    )
    levels: list[Text] = Field(default_factory=list)
    parts: list[Text] = Field(default_factory=list)
    kinds: list[Text] = Field(
        default_factory=list, description="Stands for every concept of these kinds."
    )


class ExtensionKeys(Base):
    """What a folder of one's own adds to a concept of an earlier folder."""

    extends: YesNo
    names: list[Text] = Field(default_factory=list)
    abbreviations: list[Text] = Field(default_factory=list)
    under: Annotated[list[Text], BeforeValidator(listed)] = Field(default_factory=list)
    codes: dict[str, list[Text]] = Field(default_factory=dict)


# --- label tables, derived values, profiles ------------------------------------------------


class LabelKeys(Base):
    """What a regulator's label of a product says."""

    product: Scalar = ""
    ingredient: Text
    regulator: Text
    indications: Annotated[list[Text], Field(min_length=1)]
    says: Text
    population: Scalar = ""
    dose: Scalar = ""
    maximum: QuantityText | None = None
    every: QuantityText | None = None
    needs: list[Text] = Field(default_factory=list)
    from_age: QuantityText | None = None
    below_age: QuantityText | None = None
    valid_from: Day | None = None
    cite: Annotated[list[Text], Field(min_length=1)]


class LabelsKeys(Base):
    """A file of label rows."""

    labels: Annotated[list[LabelKeys], Field(min_length=1)]
    sources: dict[str, SourceKeys] = Field(min_length=1)


class InputKeys(Base):
    """An input of a formula: the concept, and the unit it is put in."""

    concept: Text
    unit: Text


class DerivedKeys(Base):
    """A value computed from others."""

    derived: Text = Field(description="The concept it gives.")
    unit: Text
    inputs: dict[str, InputKeys] = Field(min_length=1)
    formula: Any = Field(description="An input, a number, or {operation: [formulas]}.")
    says: Text
    agrees_within: Number | None = None
    cite: Annotated[list[Text], Field(min_length=1)]
    sources: dict[str, SourceKeys] = Field(min_length=1)


class ProfilePolicyKeys(Base):
    """What a plan changes in one policy."""

    parameters: dict[str, ParameterKeys] = Field(default_factory=dict)
    roles: dict[str, Literal["essential", "requirement", "supporting"]] = Field(
        default_factory=dict
    )
    note: Scalar = ""
    cite: Cites = Field(default_factory=list)


class ProfileKeys(Base):
    """A plan profile."""

    profile: Text
    title: Text
    organisation: Scalar = ""
    policies: dict[str, ProfilePolicyKeys] = Field(min_length=1)
    sources: dict[str, SourceKeys] = Field(default_factory=dict)


# --- worked examples -----------------------------------------------------------------------

Words = Annotated[list[Text], BeforeValidator(listed)]


class FactKeys(Base):
    """A fact of an example, as a chart would give it."""

    concept: Text
    assertion: Literal[
        "present", "absent", "possible", "planned", "hypothetical", "family", "historical",
        "not_documented",
    ] = "present"  # fmt: skip
    value: Text | None = None
    on: Text | None = Field(None, description="A day, a month (2025-06) or a year.")
    from_: Text | None = Field(None, alias="from")
    to: Text | None = None
    ongoing: YesNo | None = None
    asserter: Literal["provider", "laboratory", "patient", "payer", "letter", "question"] = (
        "provider"
    )
    site: Words = Field(default_factory=list)
    shown_by: ShownBy = Field(default_factory=list)
    during: Words = Field(default_factory=list)
    dose: QuantityText | None = None
    every: QuantityText | None = None
    route: Scalar = ""
    duration: QuantityText | None = None
    response: Literal["none", "partial", "good", "lost"] | None = None
    ended_because: Literal[
        "no-response", "intolerance", "contraindication", "declined", "completed", "other",
    ] | None = None  # fmt: skip
    adequate: YesNo | None = None
    taken: YesNo | None = None
    marks: Annotated[
        list[
            Literal[
                "unit_missing", "unit_inferred", "unit_impossible", "date_assumed", "code_only",
                "colonisation", "disputed", "proposed", "what_if",
            ]
        ],
        BeforeValidator(listed),
    ] = Field(default_factory=list)  # fmt: skip


class RequestKeys(Base):
    """What is asked for."""

    treatment: Text
    product: Scalar = ""
    dose: QuantityText | None = None
    every: QuantityText | None = None
    current_dose: QuantityText | None = None
    duration: QuantityText | None = None
    quantity: QuantityText | None = None
    route: Scalar = ""
    place: Scalar = ""
    purpose: Scalar = ""
    code: Scalar = ""
    site: Words = Field(default_factory=list)
    parts: list[Text] = Field(default_factory=list)
    facts: list[FactKeys] = Field(default_factory=list)


class ExpectKeys(Base):
    """What must come out."""

    outcome: Literal[
        "indicated", "indicated_with_changes", "conditional", "not_indicated",
        "cannot_determine", "no_policy",
    ]  # fmt: skip
    leaning: Literal["toward_indicated", "toward_not_indicated", "none"] | None = None
    findings: dict[str, Literal["met", "not_met", "unknown"]] = Field(default_factory=dict)


class ExampleKeys(Base):
    """One worked example."""

    name: Text
    as_of: Day
    phase: Literal["initiation", "continuation", "dose_change", "retrospective"] = "initiation"
    request: RequestKeys
    facts: list[FactKeys] = Field(default_factory=list)
    question: Scalar = ""
    chart: Scalar = ""
    expect: ExpectKeys


class ExamplesKeys(Base):
    """The worked examples of a policy."""

    examples: Annotated[list[ExampleKeys], Field(min_length=1)]


class SaidKeys(Base):
    """Sentences of a chart that meet one criterion, and that deny it."""

    phase: Literal["initiation", "continuation", "dose_change", "retrospective"] | None = None
    request: RequestKeys | None = None
    met: Words = Field(default_factory=list)
    not_met: Words = Field(default_factory=list)
    never: dict[Literal["met", "not_met"], Text] = Field(
        default_factory=dict, description="Why no chart has words for this answer."
    )


class SayingsKeys(Base):
    """The criteria of a policy in words."""

    as_of: Day
    request: RequestKeys
    criteria: dict[str, SaidKeys] = Field(min_length=1)
