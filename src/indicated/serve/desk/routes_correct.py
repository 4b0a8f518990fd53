"""Pages and acts of what a person says against the reading, the outcome or the wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Query
from pydantic import Field

from indicated.assess import assess
from indicated.errors import InputError
from indicated.messages import load_messages
from indicated.model import Assessment, Fact, Mark, Pointed, Section
from indicated.report import editable, without_labels
from indicated.report.phrases import Phrases
from indicated.serve.desk import cases, correcting, deciding, proposing
from indicated.serve.desk.cases import opened
from indicated.serve.desk.pages import FactRow, FactsPage, PartRow, SentenceRow, TextPage
from indicated.serve.desk.permissions import Action, may
from indicated.serve.desk.routes_case import AnswerBody, Body, assessed, kept_of
from indicated.serve.desk.tables import CaseRow, Decision, Misread, TickRow, Version
from indicated.serve.desk.web import Done, Surface, Turn
from indicated.serve.desk.whole import require_version
from indicated.serve.sheet_keys import KEYS, anything_on

OF_MODEL = (Mark.PROPOSED, Mark.CONFIRMED)


class MisreadBody(AnswerBody):
    """What was misread, and, where the person knows it, what holds instead."""

    fact: str = Field(max_length=100)
    because: str = Field("", max_length=2000)
    concept: list[str] | str = ""


class ConfirmBody(Body):
    fact: str = Field(max_length=100)


class TakeBackBody(Body):
    number: int = Field(ge=1, le=2**31 - 1)
    because: str = Field("", max_length=2000)


class OverrideBody(Body):
    item: str = Field(max_length=100)
    outcome: str = Field(max_length=100)
    because: str = Field("", max_length=2000)


class CommentBody(Body):
    article: str = Field(max_length=100)
    sentence: int = Field(ge=0, le=100_000)
    says: str = Field("", max_length=5000)


class RewordBody(Body):
    article: str = Field(max_length=100)
    sentence: int = Field(ge=0, le=100_000)
    words: str = Field("", max_length=5000)


def register(surface: Surface) -> None:
    """The pages and acts of correcting."""
    surface.page("/cases/{case}/facts", Action.READ, "facts")(read_facts_page)
    surface.act("/cases/{case}/misread", Action.CORRECT)(strike_out)
    surface.act("/cases/{case}/misread/take-back", Action.CORRECT)(read_it_again)
    surface.act("/cases/{case}/confirm", Action.CORRECT)(confirm)
    surface.act("/cases/{case}/confirm/take-back", Action.CORRECT)(not_confirmed)
    surface.act("/cases/{case}/model", Action.CORRECT)(ask_the_model_again)
    surface.act("/cases/{case}/override", Action.OVERRIDE)(override)
    surface.act("/cases/{case}/override/take-back", Action.OVERRIDE)(as_computed_again)
    surface.page("/cases/{case}/text", Action.READ, "text")(read_text)
    surface.act("/cases/{case}/comment", Action.CORRECT)(comment)
    surface.act("/cases/{case}/reword", Action.OVERRIDE)(reword)


# --- what was read -------------------------------------------------------------------------------


def read_facts_page(turn: Turn, case: str) -> FactsPage:
    """Every fact that was read of the record, with its words; those that criteria used first."""
    row, version = _newest(turn, case)
    cases.note(turn.db, "read", row, turn.who, turn.now, comment="what was read")
    standing = _standing(turn, version)
    words = Phrases(load_messages(), turn.desk.library().concepts)
    used = {f.id for d in standing.determinations for f in _looked_at(d.findings())}
    used |= {f.id for d in standing.determinations if d.proposed for f in d.proposed.waiting}
    facts = [_fact(f, words, used, turn) for f in standing.facts.items]
    facts.sort(key=lambda f: (f.of_model != "proposed", not f.used, f.concept))
    return FactsPage(
        case, row.question, version.n, row.state, facts, _may(turn, Action.CORRECT),
        _asked(standing, words, turn), proposing.told(turn.db, case),
        bool(turn.desk.settings.model),
    )  # fmt: skip


def _asked(standing: Assessment, words: Phrases, turn: Turn) -> list[FactRow]:
    """What a model says of the question: what else it asks for, and what else it states."""
    rows = [
        _fact(p.fact, words, set(), turn) for p in standing.premises
        if not p.fact.marks.isdisjoint(OF_MODEL)
    ]  # fmt: skip
    case = standing.case
    ticked = {(t.concept, source) for t in case.ticks for source in t.sources}
    for p in case.pointed:
        label = turn.desk.library().concepts.label(p.treatment)
        state = "confirmed" if (p.treatment, p.source) in ticked else "proposed"
        passage = {"document": p.source.document, "quote": p.source.quote, "by": ""}
        rows.append(FactRow(p.id, label, f"Asks for: {label}", [passage], True, False, {}, state))
    return rows


def _looked_at(findings: tuple) -> Iterator[Fact]:  # type: ignore[type-arg]
    for finding in findings:
        for leaf in finding.leaves():
            yield from leaf.facts


def _fact(fact: Fact, words: Phrases, used: set[str], turn: Turn) -> FactRow:
    concepts = turn.desk.library().concepts
    passages = [{"document": s.document, "quote": s.quote, "by": s.by} for s in fact.sources]
    person = bool(fact.sources) and all(s.by for s in fact.sources)
    keys = dict(anything_on(fact.concept, concepts).keys)
    ordered = {k: keys[k] for k in KEYS if k in keys}
    label = concepts.label(fact.concept)
    marks = [m.value for m in OF_MODEL if m in fact.marks]
    return FactRow(
        fact.id, label, words.fact(fact), passages, fact.id in used, person, ordered,
        marks[0] if marks else "",
    )  # fmt: skip


def confirm(turn: Turn, case: str, body: Annotated[ConfirmBody, Form()]) -> Done:
    """Confirm that words which a model pointed at do say so."""
    row, version = _newest(turn, case)
    of = _of_model(_standing(turn, version), body.fact)
    words = Phrases(load_messages(), turn.desk.library().concepts)
    concepts = turn.desk.library().concepts
    if isinstance(of, Pointed):
        says = f"the question asks for {concepts.label(of.treatment)}"
    else:
        says = words.fact(replace(of, marks=frozenset()))
    correcting.confirm(turn.db, row, of, says, turn.who, turn.now)
    return Done(f"/cases/{case}")


def not_confirmed(turn: Turn, case: str, body: Annotated[TakeBackBody, Form()]) -> Done:
    """Take back that a person confirmed it."""
    row = opened(turn.db, case, turn.who)
    correcting.take_back(turn.db, row, TickRow, body.number, body.because, turn.who, turn.now)
    return Done(f"/cases/{case}")


def ask_the_model_again(turn: Turn, case: str) -> Done:
    """Have the case assessed anew, so that a model is asked what it has not answered yet."""
    row, _ = _newest(turn, case)
    if not turn.desk.settings.model:
        raise InputError(
            "no language model is set at this desk", do="Read on: the program needs none."
        )
    cases.note(turn.db, "ask the model", row, turn.who, turn.now)
    cases.schedule(turn.db, row, "a language model was asked again", turn.now)
    return Done(f"/cases/{case}")


def _of_model(standing: Assessment, id: str) -> Fact | Pointed:
    """What a model pointed at, by its id."""
    said = [p.fact for p in standing.premises]
    known: dict[str, Fact | Pointed] = {p.id: p for p in standing.case.pointed}
    known |= {f.id: f for f in (*standing.facts.items, *said) if Mark.PROPOSED in f.marks}
    if id not in known:
        raise InputError("no model pointed at this in the newest version")
    return known[id]


def strike_out(turn: Turn, case: str, body: Annotated[MisreadBody, Form()]) -> Done:
    """Say that a fact was misread, and what holds instead where that is known."""
    row, version = _newest(turn, case)
    standing = _standing(turn, version)
    facts = {f.id: f for f in (*(p.fact for p in standing.premises), *standing.facts.items)}
    pointed = {p.id: p for p in standing.case.pointed}
    if at := pointed.get(body.fact):
        facts[at.id] = Fact(at.treatment, sources=(at.source,), marks=frozenset({Mark.PROPOSED}))
    if body.fact not in facts:
        raise InputError("there is no such fact in the newest version")
    fact = facts[body.fact]
    correcting.misread(turn.db, row, fact, body.because, turn.who, turn.now)
    keys = body.model_dump(by_alias=True, exclude={"fact", "because", "concept", "site"})
    if any(keys.values()):
        keys["concept"] = fact.concept
        concepts = turn.desk.library().concepts
        deciding.answer(turn.db, row, keys, turn.who, concepts, turn.now, turn.today)
    return Done(f"/cases/{case}")


def read_it_again(turn: Turn, case: str, body: Annotated[TakeBackBody, Form()]) -> Done:
    """Take back that a passage was misread."""
    row = opened(turn.db, case, turn.who)
    correcting.take_back(turn.db, row, Misread, body.number, body.because, turn.who, turn.now)
    return Done(f"/cases/{case}")


# --- what is decided -----------------------------------------------------------------------------


def override(turn: Turn, case: str, body: Annotated[OverrideBody, Form()]) -> Done:
    """Decide an item otherwise than computed, with a reason."""
    row = opened(turn.db, case, turn.who)
    told = (body.item, body.outcome, body.because)
    correcting.override(turn.db, row, *told, turn.who, turn.now)
    return Done(f"/cases/{case}")


def as_computed_again(turn: Turn, case: str, body: Annotated[TakeBackBody, Form()]) -> Done:
    """Take back a decision: what was computed stands again."""
    row = opened(turn.db, case, turn.who)
    correcting.take_back(turn.db, row, Decision, body.number, body.because, turn.who, turn.now)
    return Done(f"/cases/{case}")


# --- the sentences -------------------------------------------------------------------------------


def read_text(
    turn: Turn, case: str, n: Annotated[int | None, Query(ge=0, le=100_000)] = None
) -> TextPage:
    """The text sentence by sentence, to comment on one or word it otherwise."""
    row, version = _newest(turn, case)
    cases.note(turn.db, "read", row, turn.who, turn.now, article=version.article_hash)
    standing = _standing(turn, version)
    said: dict[str, list[str]] = {}
    for r in cases.remarks(turn.db, version):
        said.setdefault(r.sentence, []).append(f"{r.says} ({r.by}, {r.role})")
    number = iter(range(len(standing.article.sentences())))
    parts = [p for s in standing.article.sections for p in _parts(s, 2, number, said)]
    may_change = _may(turn, Action.OVERRIDE) and row.state == "under_review"
    return TextPage(
        case, row.question, row.state, version.article_hash, parts, n, _may(turn, Action.CORRECT),
        may_change,
    )  # fmt: skip


def _parts(
    section: Section, level: int, number: Iterator[int], said: dict[str, list[str]]
) -> Iterator[PartRow]:
    """The sentences of a section in the order of `Article.sentences`, by which they are counted."""
    rows = []
    for block in section.blocks:
        for sentence in (*block.sentences, *(s for row in block.rows for s in row)):
            n, says = next(number), without_labels(sentence.text)
            if says and not sentence.id.startswith("label."):
                told = said.get(sentence.text, [])
                may = editable(sentence) or sentence.id == "edited.now"
                rows.append(SentenceRow(n, says, sentence.text, may, told))
    yield PartRow(section.heading, level, rows)
    for part in section.parts:
        yield from _parts(part, level + 1, number, said)


def comment(turn: Turn, case: str, body: Annotated[CommentBody, Form()]) -> Done:
    """Say something of a sentence, for whoever works on the text next."""
    row, version = _newest(turn, case)
    sentences = _read(turn, version, body.article).article.sentences()
    if body.sentence >= len(sentences):
        raise InputError("there is no such sentence")
    text = sentences[body.sentence].text
    correcting.remark(turn.db, row, text, body.says, turn.who, turn.now)
    return Done(f"/cases/{case}/text?n={body.sentence}#s{body.sentence}")


def reword(turn: Turn, case: str, body: Annotated[RewordBody, Form()]) -> Done:
    """Word a sentence of a text under review otherwise: a text of its own, under review as well."""
    row, version = _newest(turn, case)
    standing = _read(turn, version, body.article)
    kept = kept_of(version.id, version.record)
    told = (standing.article, body.sentence, body.words)
    edits = correcting.with_edit(kept.case.edits, *told, turn.who, turn.now)
    made = assess(replace(kept.case, edits=edits), turn.desk.library(), kept.settings).article
    correcting.reword(turn.db, row, kept, standing, made, edits, turn.who, turn.now)
    return Done(f"/cases/{case}/text?n={body.sentence}#s{body.sentence}")


# --- what the pages stand on ---------------------------------------------------------------------


def _newest(turn: Turn, case: str) -> tuple[CaseRow, Version]:
    row = opened(turn.db, case, turn.who)
    version = cases.newest(turn.db, case)
    if version is None or row.state in (cases.READING, cases.TROUBLE):
        raise InputError("the case is not assessed yet", do="Wait until it has been read.")
    require_version(turn.db, version)
    return row, version


def _standing(turn: Turn, version: Version) -> Assessment:
    """The assessment of a version, made again. Raises where it is another by now."""
    standing = assessed(turn.desk, version.id, version.record, "clinician", "en")
    if standing.article.hash != version.article_hash:
        raise InputError(
            "the case reads otherwise than when this version was made",
            why="The program or the library has changed since.",
            do="Have the case assessed anew.",
        )
    return standing


def _read(turn: Turn, version: Version, article: str) -> Assessment:
    if version.article_hash != article:
        raise InputError("the text is not the one that you read", do="Read it as it stands now.")
    return _standing(turn, version)


def _may(turn: Turn, action: Action) -> bool:
    return may(turn.who.roles, action)
