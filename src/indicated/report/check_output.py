"""The check of a text as plain data, with its schema (docs/check.schema.json)."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from indicated.model import Article, Claim, ClaimStanding, Omission, Remark, TextCheck
from indicated.report import output_models as out
from indicated.report.output import article_out, source_out
from indicated.report.phrases import quotable


class RemarkOut(out.Model):
    """One thing that was found about a sentence."""

    kind: str = Field(description="Which message says it (library/messages/en/check.yaml).")
    standing: ClaimStanding
    concept: str = ""
    item: str = Field("", description="Id of the requested item that it is held against.")
    policy: str = ""
    facts: list[str] = Field([], description="Ids of the record's facts, as in the assessment.")
    record: list[out.SourceOut] = Field([], description="Where the record's words stand.")
    sources: list[str] = Field([], description="Keys of the literature that is cited.")
    work: str = Field("", description="Id of the work of your collection that says it.")
    passage: list[int] = Field([], description="Where in the work's text: start and end.")
    arithmetic: str = ""


class ClaimOut(out.Model):
    """One sentence of the text. Offsets are of the text as it was given."""

    start: int
    end: int
    words: str = Field(description="The sentence; what identifies a person is withheld.")
    standing: ClaimStanding
    remarks: list[RemarkOut] = Field([], description="The worst first.")


class OmissionOut(out.Model):
    """A warning whose condition the record meets, or a premise of the question that the record
    contradicts, of which the text has no word."""

    says: str
    policy: str = Field("", description="Of a warning.")
    item: str = Field("", description="Of a warning.")
    facts: list[str] = Field([], description="Ids of the facts that call it up.")


class CheckOut(out.Model):
    """A text that was checked against a record and the library."""

    program: str
    as_of: date
    question: str = Field(description="On which the record was judged; made from the text if none.")
    text_hash: str = Field(description="SHA-256 of the text that was checked.")
    counts: dict[ClaimStanding, int]
    claims: list[ClaimOut]
    omissions: list[OmissionOut]
    article: out.ArticleOut
    hash: str = Field(description="SHA-256 of the sentences of the check.")


def check_json(checked: TextCheck, article: Article) -> dict[str, Any]:
    """The check as plain data: every sentence with its standing and what it rests on."""
    standings = [c.standing for c in checked.claims]
    return CheckOut(
        program=article.program,
        as_of=article.as_of,
        question=article.question,
        text_hash=checked.document.hash,
        counts={s: n for s in ClaimStanding if (n := standings.count(s))},
        claims=[_claim(c) for c in checked.claims],
        omissions=[
            OmissionOut(
                says=_omitted(o), policy=o.policy, item=o.item, facts=[f.id for f in o.facts]
            )
            for o in checked.omissions
        ],
        article=article_out(article),
        hash=article.hash,
    ).model_dump(mode="json")


def check_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `check_json`."""
    schema = CheckOut.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _claim(claim: Claim) -> ClaimOut:
    return ClaimOut(
        start=claim.source.start or 0,
        end=claim.source.end or 0,
        words=quotable(claim.source.quote),
        standing=claim.standing,
        remarks=[_remark(r) for r in claim.remarks],
    )


def _omitted(o: Omission) -> str:
    said = o.statement.says if o.statement else (o.premise.says if o.premise else "")
    return quotable(said)


def _remark(r: Remark) -> RemarkOut:
    cited = [c.key for x in ((r.statement,) if r.statement else r.lines) for c in x.cite]
    cited += [x.key for x in r.label.references] if r.label else []
    return RemarkOut(
        kind=r.kind,
        standing=r.standing,
        concept=r.about,
        item=r.item,
        policy=r.policy,
        facts=[f.id for f in r.facts],
        record=[source_out(s) for f in r.facts for s in f.sources[:1]],
        sources=list(dict.fromkeys(cited)),
        work=r.passage.work.id if r.passage else "",
        passage=[r.passage.start, r.passage.end] if r.passage else [],
        arithmetic=r.words,
    )
