"""The shapes of answers, one for each purpose. What does not fit is no answer; nothing is repaired.

Every statement carries the exact words that it rests on. Values, units and days are given in the
words of the text as well, never in a form of the model's own: what they mean is read from the text
by the program's own reader.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MOST = 200  # proposals of one answer
LONGEST = 700  # characters of a quotation


class Shape(BaseModel):
    """A part of an answer. Unknown fields are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ProposedFact(Shape):
    """One statement of a document about the patient."""

    concept: str = Field(max_length=120, description="An id from the list of concepts.")
    assertion: Literal["present", "absent", "possible", "planned", "historical"]
    subject: Literal["patient", "someone_else"]
    value: str | None = Field(None, max_length=60, description="The number, as it is written.")
    unit: str | None = Field(None, max_length=40, description="The unit, as it is written.")
    date: str | None = Field(None, max_length=60, description="The day or time, as it is written.")
    quote: str = Field(min_length=1, max_length=LONGEST, description="Exact words of the text.")


class ProposedFacts(Shape):
    """What a document says, as far as the concepts go."""

    facts: list[ProposedFact] = Field(max_length=MOST)


class ProposedItem(Shape):
    """One treatment that a question asks for."""

    treatment: str = Field(min_length=1, max_length=120, description="Its name, as written.")
    dose: str | None = Field(None, max_length=60, description="The dose, as it is written.")
    indication: str | None = Field(None, max_length=160, description="What for, as it is written.")
    phase: Literal["initiation", "continuation", "dose_change", "retrospective"] | None = None
    quote: str = Field(min_length=1, max_length=LONGEST, description="Exact words that ask for it.")


class ProposedPremise(Shape):
    """One statement of a question about the patient."""

    name: str = Field(min_length=1, max_length=120, description="The name, as it is written.")
    assertion: Literal["present", "absent", "possible", "planned", "historical"]
    subject: Literal["patient", "someone_else"]
    value: str | None = Field(None, max_length=60, description="The number, as it is written.")
    unit: str | None = Field(None, max_length=40, description="The unit, as it is written.")
    date: str | None = Field(None, max_length=60, description="The day or time, as it is written.")
    quote: str = Field(min_length=1, max_length=LONGEST, description="Exact words that say so.")


class ProposedQuestion(Shape):
    """What a question asks for, and what it states of the patient."""

    items: list[ProposedItem] = Field(max_length=40)
    premises: list[ProposedPremise] = Field(max_length=MOST)


class ProposedKind(Shape):
    """What kind of question a follow-up question is."""

    kind: Literal["why", "policy", "missing", "appeal", "changed", "summary", "other"]


class Rephrasing(Shape):
    """One sentence in other words."""

    sentence: str = Field(min_length=1, max_length=1200)


class ProposedLimit(Shape):
    """One condition with a number that a text of the literature states."""

    concept: str = Field(max_length=120, description="An id from the list of concepts.")
    comparison: Literal["at_least", "at_most", "above", "below", "between"]
    value: str = Field(min_length=1, max_length=60, description="The number, as it is written.")
    unit: str | None = Field(None, max_length=40, description="The unit, as it is written.")
    quote: str = Field(min_length=1, max_length=LONGEST, description="Exact words of the text.")


class ProposedLimits(Shape):
    """The conditions with a number of a passage, as far as the concepts go."""

    limits: list[ProposedLimit] = Field(max_length=MOST)


SHAPES: dict[str, type[Shape]] = {
    "facts": ProposedFacts,
    "followup": ProposedKind,
    "limits": ProposedLimits,
    "question": ProposedQuestion,
    "rephrase": Rephrasing,
}
