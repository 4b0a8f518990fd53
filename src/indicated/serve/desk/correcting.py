"""What a person says against the reading, the outcome or the wording: each with who, when and why.

Nothing that was there is lost: what is struck out stays on record, the computed outcome stays
beside the decided one, and the sentence as it was stands in the article beside the new one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicated.errors import InputError
from indicated.judge import DECIDABLE
from indicated.model import Article, Assessment, Edit, Fact, Mark, Outcome, Pointed, Source
from indicated.record_file import RecordFile, article_text, sources_text, stamp, to_text
from indicated.report import editable, to_json, without_labels
from indicated.review import act
from indicated.serve.desk import ledger
from indicated.serve.desk.accounts import Who
from indicated.serve.desk.cases import (
    newest,
    next_number,
    note,
    remarks,
    schedule,
    submission,
)
from indicated.serve.desk.permissions import Role, signs_as
from indicated.serve.desk.tables import CaseRow, Decision, Misread, Remark, TickRow, Version
from indicated.serve.desk.whole import sealed

Said = Misread | Decision | TickRow  # what a person said, and may take back
ADVERSE = frozenset({Outcome.NOT_INDICATED, Outcome.INDICATED_WITH_CHANGES})


def reason(because: str, of: str) -> str:
    """What was given as a reason. Raises `InputError` where nothing was."""
    if not because.strip():
        raise InputError(f"{of} needs a reason", do="Say why; it stands in the article.")
    return " ".join(because.split())


# --- what was misread ----------------------------------------------------------------------------


def misread(db: Session, case: CaseRow, fact: Fact, because: str, by: Who, at: datetime) -> Misread:
    """Strike out what was read on a concept from the passages of a fact; the case is assessed anew.

    Raises `InputError` without a reason, and for what stands in no document.
    """
    of_model = not fact.marks.isdisjoint((Mark.PROPOSED, Mark.CONFIRMED))
    aside = ("",) if of_model else ("", "question")
    passages = [s for s in fact.sources if not s.by and s.document not in aside]
    if not passages:
        raise InputError(
            "this was not read from the record",
            why="It was answered by a person, asked, or computed.",
            do="Strike out the answer, or ask otherwise.",
        )
    row = Misread(
        case_id=case.id, concept=fact.concept, sources=sources_text(passages),
        because=reason(because, "striking out"), by=by.signature, role=signs_as(by.roles), at=at,
        struck_by="", struck_because="",
    )  # fmt: skip
    db.add(row)
    note(db, "misread", case, by, at, said=f"on {fact.concept}: {row.because}")
    schedule(db, case, "a passage was found misread", at)
    return row


# --- what a model pointed at ---------------------------------------------------------------------


def confirm(
    db: Session, case: CaseRow, of: Fact | Pointed, says: str, by: Who, at: datetime
) -> TickRow:
    """Confirm that words which a model pointed at do say so; the case is assessed anew, and they
    may then carry a denial as well.

    Raises `InputError` for what no model pointed at, and for what is confirmed already.
    """
    concept = of.treatment if isinstance(of, Pointed) else of.concept
    passages = (of.source,) if isinstance(of, Pointed) else of.sources
    sources = sources_text(passages)
    standing = select(TickRow).where(TickRow.case_id == case.id, TickRow.concept == concept)
    if any(t.sources == sources and t.struck_at is None for t in db.scalars(standing)):
        raise InputError("this is confirmed already")
    row = TickRow(
        case_id=case.id, concept=concept, sources=sources, because=says, by=by.signature,
        role=signs_as(by.roles), at=at, struck_by="", struck_because="",
    )  # fmt: skip
    db.add(row)
    note(db, "tick", case, by, at, said=f"on {concept}, proposed by a model")
    schedule(db, case, "a person confirmed what a model pointed at", at)
    return row


# --- what is decided otherwise than computed -----------------------------------------------------


def override(
    db: Session, case: CaseRow, item: str, outcome: str, because: str, by: Who, at: datetime
) -> Decision:
    """Decide an item otherwise than computed; the article says so, and is a draft again.

    Raises `InputError` without a reason, for an outcome that nobody may decide, and where a
    decision against the patient is not a physician's.
    """
    version = _judged(db, case)
    found = next((o for o in version.outcomes if o.get("id") == item), None)
    if found is None:
        raise InputError("there is no such item")
    if outcome not in {o.value for o in DECIDABLE}:
        listed = ", ".join(o.value for o in DECIDABLE)
        raise InputError("this is no outcome that a person decides", do=f"Choose of: {listed}.")
    if outcome == found["computed"]:
        raise InputError("this is the outcome that was computed", do="There is nothing to decide.")
    if outcome not in decidable(by):
        raise InputError(
            "a physician decides against what was computed where that denies or changes a request",
            do="Leave it to a physician.",
        )
    for earlier in _standing(db, case, item):
        _end(earlier, by, "decided anew", at)
    row = Decision(
        case_id=case.id, item=item, words=found["item"], policy=found["policy"],
        computed=found["computed"], outcome=outcome, because=reason(because, "a decision"),
        by=by.signature, role=signs_as(by.roles), at=at, struck_by="", struck_because="",
    )  # fmt: skip
    db.add(row)
    told = f"{item}: {outcome} instead of {row.computed}. {row.because}"
    note(db, "override", case, by, at, article=version.article_hash, said=told)
    schedule(db, case, "an item was decided otherwise than computed", at)
    return row


def decidable(by: Who) -> list[str]:
    """The outcomes that a person may decide: against the patient, only a physician."""
    physician = Role.PHYSICIAN.value in by.roles
    return [o.value for o in DECIDABLE if physician or o not in ADVERSE]


def _standing(db: Session, case: CaseRow, item: str) -> list[Decision]:
    query = select(Decision).where(Decision.case_id == case.id, Decision.item == item)
    return [d for d in db.scalars(query) if d.struck_at is None]


def take_back(
    db: Session, case: CaseRow, kind: type[Said], number: int, because: str,
    by: Who, at: datetime,
) -> None:  # fmt: skip
    """Take back what was struck out or decided; it stays on record, with who and why."""
    query = select(kind).where(kind.id == number, kind.case_id == case.id)
    row = db.scalars(query).first()
    if not isinstance(row, Said) or row.struck_at is not None:
        raise InputError("there is no such thing, or it is taken back already")
    _end(row, by, reason(because, "taking it back"), at)
    note(
        db,
        "take-back",
        case,
        by,
        at,
        comment=f"{kind.__tablename__} {number}",
        said=because.strip(),
    )
    schedule(db, case, "something was taken back", at)


def _end(row: Said, by: Who, because: str, at: datetime) -> None:
    row.struck_at, row.struck_by, row.struck_because = at, by.signature, because


# --- what is worded otherwise --------------------------------------------------------------------


def remark(db: Session, case: CaseRow, sentence: str, says: str, by: Who, at: datetime) -> Remark:
    """Say something of a sentence of the text as it stands."""
    version = _judged(db, case)
    row = Remark(
        version_id=version.id, sentence=sentence, says=reason(says, "a comment"), by=by.signature,
        role=signs_as(by.roles), at=at,
    )  # fmt: skip
    db.add(row)
    note(db, "comment", case, by, at, article=version.article_hash)
    return row


def reword(
    db: Session, case: CaseRow, kept: RecordFile, standing: Assessment, remade: Article,
    edits: Sequence[Edit], by: Who, at: datetime,
) -> Version:  # fmt: skip
    """A text under review with sentences worded otherwise, as a version of its own that the person
    stands by: it is under review as the one before was.

    `standing` is the text before, `remade` the one after. Raises `InputError` where the text is not
    under review, or is another by now.
    """
    before = _judged(db, case)
    if before.article_hash != standing.article.hash:
        raise InputError("the text is not the one that you read", do="Read it as it stands now.")
    if case.state != "under_review":
        raise InputError(
            "only a text under review is worded otherwise",
            why="A reviewer changes what was submitted; its author can have it assessed anew.",
            do="Submit it first.",
        )
    held = replace(kept.case, edits=tuple(edits))
    again = replace(standing, case=held, article=remade)
    record = RecordFile(held, kept.settings, stamp(again), folders=kept.folders)
    made = Version(
        case_id=case.id, n=next_number(db, case.id), at=at, because="a sentence was changed",
        article_hash=remade.hash, outcomes=before.outcomes, questions=before.questions,
        record=to_text(record), article=article_text(remade), chart=before.chart,
        places=before.places, data=json.dumps(to_json(again), ensure_ascii=False),
        amends=before.article_hash,
    )  # fmt: skip
    log = ledger.about(db, case.id, made.article_hash)
    role = signs_as(by.roles)
    act("amend", submission(case, made), log, by=by.signature, role=role, at=at)
    db.add(made)
    db.flush()
    for row in remarks(db, before):  # what was said of the other sentences is still to be looked at
        if row.sentence not in {e.was for e in edits}:
            said = {"sentence": row.sentence, "says": row.says, "role": row.role, "at": row.at}
            db.add(Remark(version_id=made.id, by=row.by, **said))
    told = f"from the text {before.article_hash[:16]}"
    note(db, "amend", case, by, at, article=made.article_hash, comment=sealed(told, made))
    return made


def with_edit(
    edits: Sequence[Edit], article: Article, n: int, words: str, by: Who, at: datetime
) -> tuple[Edit, ...]:
    """The edits of an article with its sentence number `n` as the person words it; one that was
    worded otherwise before is so anew. Raises `InputError` for what is no sentence to be changed.
    """
    sentences = article.sentences()
    if not 0 <= n < len(sentences):
        raise InputError("there is no such sentence")
    before = [e for e in edits if _bare(sentences[n].text) == _bare(e.said.quote)]
    if not before and not editable(sentences[n]):
        raise InputError(
            "this sentence is not worded otherwise",
            why="It is a verdict, a quotation, or a fixed phrase.",
            do="Decide the item otherwise, or strike out what was misread.",
        )
    told = reason(words, "a changed sentence")
    said = Source(quote=told, by=f"{by.signature}, {signs_as(by.roles)}", at=at)
    new = Edit(before[0].was if before else sentences[n].text, said)
    return (*(e for e in edits if e not in before), new)


def _bare(text: str) -> str:
    return without_labels(text).rstrip(".")


def _judged(db: Session, case: CaseRow) -> Version:
    version = newest(db, case.id)
    if version is None or case.state in ("reading", "trouble"):
        raise InputError("the case is not assessed yet", do="Wait until it has been read.")
    return version
