"""What was read as JSON, and the JSON Schema that it keeps (docs/reading.md explains it).

It is the record's own words, names included: unlike an article it withholds nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from indicated.model import Asserter, Assertion, Day, Fact, Mark, Quantity, Therapy
from indicated.report.listing import Group, Listing, page_of
from indicated.report.output import number
from indicated.report.output_models import Model


class AmountOut(Model):
    """A quantity. The number is text, so that no digit is lost."""

    value: str = Field(description="A number; a range as low–high; an open bound as <10 or >=3.")
    unit: str = Field("", description="UCUM code; empty when the text gives none.")


class DayOut(Model):
    """A day as far as it is known: it lies between the two, both included."""

    earliest: date
    latest: date


class TherapyOut(Model):
    """What is known of a treatment. Null and "" mean: the text does not say."""

    dose: AmountOut | None = None
    every: AmountOut | None = None
    route: str = ""
    duration: AmountOut | None = None
    response: str = ""
    ended_because: str = ""
    adequate: bool | None = None
    taken: bool = True


class WordsOut(Model):
    """Words that a fact rests on. `text[start:end]` of the document is exactly `quote`."""

    quote: str
    document: str = Field("", description="Id of the document; empty for a person's answer.")
    start: int | None = Field(None, description="First character in the document's text.")
    end: int | None = Field(None, description="One past the last character.")
    line: int | None = None
    page: int | None = None
    path: str = Field("", description="FHIRPath or the like, where the document has one.")
    attested_by: str = Field("", description="The person who answered, with a role.")
    attested_at: datetime | None = None


class ReadFactOut(Model):
    """One fact with every place that says it."""

    id: str
    assertion: Assertion
    value: AmountOut | str | None = None
    start: DayOut | None = Field(None, description="Null with `end` null: undated.")
    end: DayOut | None = None
    ongoing: bool = False
    date_assumed: bool = Field(False, description="Taken from a document without a date.")
    therapy: TherapyOut | None = None
    said_by: Asserter
    site: list[str] = Field(default_factory=list)
    shown_by: list[str] = Field(default_factory=list)
    during: list[str] = Field(
        default_factory=list, description="Concept ids of treatments then in effect."
    )
    marks: list[Mark] = Field(default_factory=list)
    sources: list[WordsOut]


class ConceptOut(Model):
    """A concept with its facts, newest first."""

    id: str
    label: str
    kind: str
    facts: list[ReadFactOut]


class ReadConflictOut(Model):
    """Facts that cannot all be true."""

    concept: str
    facts: list[str]
    says: str


class DocumentOut(Model):
    """One document of the chart."""

    id: str
    title: str = ""
    kind: str
    written: date | None = Field(None, description="Null: it counts as written on `as_of`.")
    pages: int | None = None
    sha256: str = Field(description="Of its text, in which offsets count.")


class FactsOut(Model):
    """What was read of one chart."""

    format: Literal["indicated.facts/1"] = "indicated.facts/1"
    program: str
    as_of: date
    documents: list[DocumentOut]
    concepts: list[ConceptOut]
    conflicts: list[ReadConflictOut]
    unread: list[str] = Field(description="What could not be read of the chart.")
    unplaced: int = Field(description="Clinical-looking statements that could not be placed.")
    facts_hash: str = Field(description="SHA-256 of the facts, whatever their order.")


def facts_to_json(listing: Listing, *, program: str) -> dict[str, Any]:
    """The listing as plain data that keeps the schema of `facts_schema`."""
    chart, facts = listing.chart, listing.facts
    out = FactsOut(
        program=program,
        as_of=listing.as_of,
        documents=[
            DocumentOut(
                id=d.id, title=d.title, kind=d.kind, written=d.written,
                pages=len(d.pages) or None, sha256=d.hash,
            )
            for d in chart.documents
        ],
        concepts=[_concept(listing, group) for group in listing.groups],
        conflicts=[
            ReadConflictOut(concept=c.concept, facts=[f.id for f in c.facts], says=c.says)
            for c in facts.conflicts
        ],
        unread=list(chart.unread),
        unplaced=facts.unplaced,
        facts_hash=facts.hash,
    )  # fmt: skip
    return out.model_dump(mode="json")


def facts_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `facts_to_json`."""
    schema = FactsOut.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _concept(listing: Listing, group: Group) -> ConceptOut:
    known = listing.concepts.by_id.get(group.id)
    return ConceptOut(
        id=group.id,
        label=group.label,
        kind=known.kind if known else "",
        facts=[_fact(listing, row.fact) for row in group.rows],
    )


def _fact(listing: Listing, fact: Fact) -> ReadFactOut:
    return ReadFactOut(
        id=fact.id,
        assertion=fact.assertion,
        value=_amount(fact.value) if isinstance(fact.value, Quantity) else fact.value,
        start=_day(fact.when.start),
        end=_day(fact.when.end),
        ongoing=fact.when.ongoing,
        date_assumed=fact.when.assumed or Mark.DATE_ASSUMED in fact.marks,
        therapy=_therapy(fact.therapy),
        said_by=fact.asserter,
        site=sorted(fact.site),
        shown_by=sorted(fact.shown_by),
        during=sorted(fact.during),
        marks=sorted(fact.marks),
        sources=_sources(listing, fact),
    )


def _sources(listing: Listing, fact: Fact) -> list[WordsOut]:
    return [
        WordsOut(
            quote=s.quote, document=s.document, start=s.start, end=s.end, line=listing.line(s),
            page=page_of(s, listing.document(s.document)), path=s.path, attested_by=s.by,
            attested_at=s.at,
        )
        for s in fact.sources
    ]  # fmt: skip


def _amount(q: Quantity | None) -> AmountOut | None:
    return AmountOut(value=number(q), unit=q.unit) if q else None


def _day(day: Day | None) -> DayOut | None:
    return DayOut(earliest=day.earliest, latest=day.latest) if day else None


def _therapy(therapy: Therapy | None) -> TherapyOut | None:
    if therapy is None:
        return None
    return TherapyOut(
        dose=_amount(therapy.dose), every=_amount(therapy.every), route=therapy.route,
        duration=_amount(therapy.duration), response=therapy.response,
        ended_because=therapy.ended_because, adequate=therapy.adequate, taken=therapy.taken,
    )  # fmt: skip
