"""The machine-readable output: one assessment as JSON, and the JSON Schema that it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from indicated.messages import load_messages
from indicated.model import (
    Article,
    Assessment,
    Citation,
    Concepts,
    Conflict,
    Determination,
    DoseCheck,
    DoseRow,
    Fact,
    Finding,
    FollowUp,
    Missing,
    Override,
    Premise,
    Quantity,
    Reference,
    RequestedItem,
    Section,
    Source,
    Statement,
    Support,
)
from indicated.report import output_models as out
from indicated.report.phrases import Phrases, clean, quantity_text, quotable
from indicated.report.privacy import signature
from indicated.units import plain


def to_json(assessment: Assessment) -> dict[str, Any]:
    """The assessment as plain data that keeps the schema of `output_schema`."""
    return _assessment(assessment).model_dump(mode="json")


def answer_json(asked: FollowUp, article: Article) -> dict[str, Any]:
    """The answer to a follow-up question as plain data: how it was placed, and its sections."""
    label, weight = asked.label, asked.weight
    return {
        "question": quotable(asked.words),
        "kind": asked.kind.value,
        "items": list(asked.items),
        "criteria": list(asked.findings),
        "source": label,
        "compared_with": asked.other,
        "weight": quantity_text(weight) if weight else "",
        "assumed": [_fact(f).model_dump(mode="json") for f in asked.assumed],
        "left_out": list(asked.without),
        "not_read": [quotable(w) for w in asked.left],
        "answer": article_out(article).model_dump(mode="json"),
        "hash": article.hash,
    }


def output_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `to_json`."""
    schema = out.AssessmentOut.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """The schema as it stands in docs/output.schema.json."""
    return json.dumps(output_schema(), indent=2, ensure_ascii=False) + "\n"


def _assessment(a: Assessment) -> out.AssessmentOut:
    return out.AssessmentOut(
        program=a.article.program,
        as_of=a.case.as_of,
        case=a.case.id,
        closed_record=a.case.chart.closed,
        review=out.ReviewOut(),
        determinations=[_determination(d) for d in a.determinations],
        waiting=[out.WaitingOut(item=_item(d.item), outcome=d.outcome) for d in a.waiting],
        premises=[_premise(p) for p in a.premises],
        conflicts=[_conflict(c) for c in a.facts.conflicts],
        facts=[_fact(f) for f in _all_facts(a)],
        unplaced=a.facts.unplaced,
        unread=[clean(u) for u in a.case.chart.unread],
        article=article_out(a.article),
        references=[_reference(n, r) for n, r in enumerate(a.article.references, 1)],
        hashes=out.HashesOut(
            facts=a.facts.hash,
            article=a.article.hash,
            policies={d.policy.id: d.policy.hash for d in a.determinations if d.policy},
            documents={d.id: d.hash for d in a.case.chart.documents},
        ),
    )


# --- facts ------------------------------------------------------------------------------------


def _all_facts(a: Assessment) -> list[Fact]:
    """Every fact that any part of the output names by its id, each once."""
    found: dict[str, Fact] = {}

    def add(facts: Iterable[Fact]) -> None:
        for fact in facts:
            found.setdefault(fact.id, fact)
            add(fact.inputs)

    add(a.facts.items)
    for conflict in a.facts.conflicts:
        add(conflict.facts)
    for premise in a.premises:
        add((premise.fact, *premise.record))
    for determination in _with_parts(a.determinations):
        add(_facts_of(determination))
    return list(found.values())


def _with_parts(determinations: Iterable[Determination]) -> Iterator[Determination]:
    for d in determinations:
        yield d
        yield from _with_parts((*d.parts, *d.beside))


def _facts_of(d: Determination) -> Iterator[Fact]:
    def of(finding: Finding) -> Iterator[Fact]:
        yield from finding.facts
        for part in finding.parts:
            yield from of(part)

    yield from d.item.facts
    if d.proposed:
        yield from (*d.proposed.used, *d.proposed.waiting)
    for finding in (*d.findings(), *(f for _, f in d.warnings if f)):
        yield from of(finding)
    if d.dose:
        yield from d.dose.facts
        if d.dose.weight:
            yield d.dose.weight


def _override(o: Override) -> out.OverrideOut:
    said = o.said
    return out.OverrideOut(by=clean(signature(said.by)), at=said.at, because=quotable(said.quote))


def _proposed(d: Determination) -> out.ProposedOut | None:
    if d.proposed is None:
        return None
    return out.ProposedOut(
        without=d.proposed.without,
        carried=d.proposed.without is not d.computed,
        used=_ids(d.proposed.used),
        waiting=_ids(d.proposed.waiting),
        waiting_outcome=d.proposed.outcome,
    )


def _ids(facts: Iterable[Fact]) -> list[str]:
    return list(dict.fromkeys(f.id for f in facts))


def source_out(source: Source) -> out.SourceOut:
    """Where words stand, with what identifies a person withheld."""
    return out.SourceOut(
        document=source.document,
        quote=quotable(source.quote),
        start=source.start,
        end=source.end,
        page=source.page,
        path=source.path,
        locator=source.locator,
        attested_by=clean(signature(source.by)),
        attested_at=source.at,
    )


def _fact(fact: Fact) -> out.FactOut:
    measured = fact.value if isinstance(fact.value, Quantity) else None
    word = fact.value if isinstance(fact.value, str) else ""
    first: date | None = fact.when.start.earliest if fact.when.start else None
    last: date | None = fact.when.end.latest if fact.when.end else None
    return out.FactOut(
        id=fact.id,
        concept=fact.concept,
        assertion=fact.assertion.value,
        asserter=fact.asserter.value,
        value=number(measured) if measured else quotable(word) or None,
        unit=measured.unit if measured else "",
        start=first,
        end=last,
        ongoing=fact.when.ongoing,
        date_assumed=fact.when.assumed,
        site=sorted(fact.site),
        marks=sorted(m.value for m in fact.marks),
        formula=clean(fact.formula),
        inputs=_ids(fact.inputs),
        sources=[source_out(s) for s in fact.sources],
    )


def number(q: Quantity) -> str:
    """A number, a range, or an open bound, without its unit."""
    if q.low is not None and q.low == q.high:
        return plain(q.low)
    if q.low is None:
        return f"{'<' if q.open else '<='}{plain(q.high)}" if q.high is not None else ""
    if q.high is None:
        return f"{'>' if q.open else '>='}{plain(q.low)}"
    return f"{plain(q.low)}–{plain(q.high)}"


def _premise(p: Premise) -> out.PremiseOut:
    data = {
        "fact": p.fact.id,
        "standing": p.standing,
        "record": _ids(p.record),
        "says": clean(p.says),
    }
    return out.PremiseOut.model_validate(data)


def _conflict(c: Conflict) -> out.ConflictOut:
    return out.ConflictOut(concept=c.concept, facts=_ids(c.facts), says=clean(c.says))


# --- determinations ---------------------------------------------------------------------------


def _determination(d: Determination) -> out.DeterminationOut:
    policy = d.policy
    return out.DeterminationOut(
        item=_item(d.item),
        phase=d.phase,
        phase_because=quotable(d.item.phase_because),
        policy=policy.id if policy else None,
        policy_version=policy.version if policy else None,
        policy_status=policy.status if policy else None,
        policy_origin=clean(policy.origin) if policy else "",
        general=bool(policy and policy.general),
        outcome=d.outcome,
        computed=d.computed,
        override=_override(d.override) if d.override else None,
        proposed=_proposed(d),
        because=clean(d.because),
        leaning=d.leaning,
        leaning_because=clean(d.leaning_because),
        findings=out.FindingsOut(
            routes=[_finding(f) for f in d.routes],
            exceptions=[_finding(f) for f in d.exceptions],
            exclusions=[_finding(f) for f in d.exclusions],
            requirements=[_finding(f) for f in d.requirements],
            supporting=[_finding(f) for f in d.supporting],
        ),
        missing=[_missing(m) for m in d.missing],
        settles=[
            out.SettlesOut(
                outcome=s.outcome, needs=[out.NeedOut(id=i, answer=t) for i, t in s.needs]
            )
            for s in d.settles
        ],
        dose=_dose(d.dose) if d.dose else None,
        warnings=[_warning(s, f) for s, f in d.warnings],
        labels=[
            out.LabelOut(
                product=label.product,
                regulator=label.regulator,
                says=clean(label.says),
                about_this_patient=truth,
            )
            for label, truth in d.labels
        ],
        candidates=list(d.candidates),
        parts=[_determination(p) for p in d.parts],
        beside=[_determination(b) for b in d.beside],
    )


def _item(item: RequestedItem) -> out.ItemOut:
    return out.ItemOut(
        id=item.id,
        treatment=item.treatment,
        words=quotable(item.words),
        product=quotable(item.product),
        parts=[quotable(p) for p in item.parts],
        secondary=item.secondary,
        marks=sorted(m.value for m in item.marks),
    )


def _finding(f: Finding) -> out.FindingOut:
    return out.FindingOut(
        id=f.id,
        says=clean(f.says),
        truth=f.truth,
        role=f.role,
        kind=f.kind,
        state=f.state,
        why=clean(f.why),
        note=clean(f.note),
        ask=clean(f.ask),
        facts=_ids(f.facts),
        missing=list(f.missing),
        cite=_cite(f.cite),
        parts=[_finding(p) for p in f.parts],
    )


def _cite(citations: Iterable[Citation]) -> list[out.CitationOut]:
    return [out.CitationOut(key=c.key, locator=clean(c.locator)) for c in citations]


def _missing(m: Missing) -> out.MissingOut:
    return out.MissingOut(
        id=m.id,
        what=clean(m.what),
        ask=clean(m.ask),
        state=m.state,
        role=m.role,
        leads_to=out.LeadsTo(met=m.if_met, not_met=m.if_not_met),
    )


def _warning(statement: Statement, finding: Finding | None) -> out.WarningOut:
    facts = [f for leaf in finding.leaves() for f in leaf.facts] if finding else []
    return out.WarningOut(
        says=clean(statement.says),
        truth=finding.truth if finding else None,
        facts=_ids(facts),
        cite=_cite(statement.cite),
    )


def _dose(check: DoseCheck) -> out.DoseOut:
    words = Phrases(load_messages(), Concepts({}))

    def row(r: DoseRow) -> out.DoseRowOut:
        return out.DoseRowOut(
            authority=clean(r.line.says),
            kind=r.line.kind,
            range=words.dose_line(r.line),
            arithmetic=clean(r.says),
            truth=r.truth,
            decides=r.line.decides,
            weight_from_kg=plain(r.weight_from) if r.weight_from is not None else None,
            weight_to_kg=plain(r.weight_to) if r.weight_to is not None else None,
            cite=_cite(r.line.cite),
        )

    return out.DoseOut(
        truth=check.truth,
        requested=clean(check.requested),
        weight=check.weight.id if check.weight else None,
        rows=[row(r) for r in check.rows],
        equivalents=[clean(e) for e in check.equivalents],
        fits=clean(check.fits),
        queries=[clean(q) for q in check.queries],
        ask=clean(check.ask),
        facts=_ids(check.facts),
    )


# --- the article ------------------------------------------------------------------------------


def article_out(article: Article) -> out.ArticleOut:
    """An article as data: its sections, sentences and what each rests on."""
    sections = list(_sections(article.sections))
    return out.ArticleOut(
        title=article.title,
        question=article.question,
        headings={s.id: s.heading for s in sections},
        sentences=[
            out.SentenceOut(
                section=section.id,
                message=sentence.id,
                text=sentence.text,
                support=[_support(s) for s in sentence.support],
            )
            for section in sections
            for block in section.blocks
            for sentence in (*block.sentences, *(c for row in block.rows for c in row))
        ],
        record=[out.RecordOut(label=label, source=source_out(s)) for label, s in article.record],
    )


def _sections(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _sections(section.parts)


def _support(s: Support) -> out.SupportOut:
    return out.SupportOut(
        kind=s.kind,
        text=s.text,
        label=s.label,
        key=s.key,
        source=source_out(s.source) if s.source else None,
    )


def _reference(number: int, r: Reference) -> out.ReferenceOut:
    return out.ReferenceOut(
        number=number,
        key=r.key,
        type=r.type,
        title=r.title,
        organisation=r.organisation,
        year=r.year,
        identifier=r.identifier,
        url=r.url,
        checked=r.checked,
        note=r.note,
    )
