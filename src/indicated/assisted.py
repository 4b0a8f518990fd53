"""The story of one case with a language model beside it: newcomers read `assess.py` first.

The case is assessed as ever. For what its policies ask, a model is shown each document and may
point at words; what the program's own reader reads there joins the case as proposed facts, and the
case is assessed once more. The model is a function that is handed in; nothing that decides sees it,
and what it said that did not stand is counted and gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indicated.asked_beside import of_question
from indicated.assess import Literature, assess
from indicated.criteria import with_profile
from indicated.facts.proposed import KNOWN, Gate
from indicated.messages import load_messages
from indicated.model import (
    Article,
    Assessment,
    Case,
    Concepts,
    Determination,
    Fact,
    Library,
    Policy,
    Section,
)
from indicated.pointing import pointed
from indicated.propose import Model, Tally, made, read_answer
from indicated.propose.pieces import Piece, pieces
from indicated.propose.request import Request
from indicated.propose.shapes import ProposedFacts, Rephrasing
from indicated.report.cite import ground_of
from indicated.report.deidentify import Mask
from indicated.report.rephrased import BLOCKS, refusal, rephrasable
from indicated.report.word_lists import Words
from indicated.settings import Settings

PURPOSE, REWORD = "facts", "rephrase"
WORDS, SENTENCES = 8, 60  # the shortest sentence that is worth it; how many of an article
CONCEPTS = 120  # that one request asks about
NAMES = 6  # of a concept, beside its label


@dataclass(frozen=True)
class Assisted:
    """The assessment, the same without the model, and what became of the model's answers."""

    assessment: Assessment
    without: Assessment
    tally: Tally = field(default_factory=Tally)


def assisted(
    case: Case,
    library: Library,
    settings: Settings | None,
    model: Model,
    words: Words | None,
    literature: Literature | None = None,
) -> Assisted:
    """Assess a case with a model that may propose facts. With the same answers, the same bytes.

    `words` are those by which identifying details are known and withheld from what is shown;
    None where the model stands inside and may see the record as it is.
    """
    settings = settings or Settings()
    bare = replace(case, proposed=(), pointed=())
    without = assess(bare, library, settings, literature=literature)
    tally = Tally()
    concepts = with_profile(library, settings.profile).on(case.as_of).concepts
    found = _of_record(without, concepts, model, words, tally)
    more, said = of_question(without, concepts, model, words, tally)
    if not (found or more or said):
        return Assisted(without, without, tally)
    helped = replace(case, proposed=(*found, *said), pointed=more)
    return Assisted(assess(helped, library, settings, literature=literature), without, tally)


def _of_record(
    without: Assessment, concepts: Concepts, model: Model, words: Words | None, tally: Tally
) -> tuple[Fact, ...]:
    """The facts that a model points at in the record, for what the policies of the case ask."""
    shown = list(_pieces(without.case, words))
    asked = _concepts(without.determinations, concepts)
    if not asked or not shown:
        return ()
    requests = [_request(p, some, concepts, words) for p in shown for some in _apart(asked)]
    shown = [p for p in shown for _ in _apart(asked)]
    return _weighed(without.case, concepts, set(asked), shown, model, requests, tally)


def reworded(
    told: Assisted,
    library: Library,
    settings: Settings,
    beside: Model,
    *,
    inside: bool,
    literature: Literature | None = None,
) -> Assisted:
    """The same assessment with sentences in the model's words, where they say the same.

    A model outside sees only sentences that rest on nothing of the record or the question. A
    sentence that is refused stands as it was; the verdicts never change.
    """
    article, case = told.assessment.article, told.assessment.case
    asked = [
        s for section in _sections(article) for b in section.blocks if b.kind in BLOCKS
        for s in b.sentences if len(s.text.split()) >= WORDS and rephrasable(s)
        and (inside or not any(x.kind in ("record", "request", "form") for x in s.support))
    ][:SENTENCES]  # fmt: skip
    requests = [
        made(REWORD, Rephrasing, {"sentence": s.text, "reader": article.reader.value},
             identified=inside)
        for s in asked
    ]  # fmt: skip
    told.tally.ask(REWORD, len(requests))
    concepts = replace(library, concepts=library.named_in(article.language)).concepts
    ground, pairs = ground_of(article, case, concepts), []
    for sentence, answer in zip(asked, beside(requests), strict=True):
        found, why = read_answer(answer, Rephrasing)
        told.tally.got(REWORD, why)
        if found is None or found.sentence == sentence.text:
            continue
        if reason := refusal(sentence, found.sentence, ground):
            told.tally.drop(REWORD, [reason])
        else:
            told.tally.take(REWORD)
            pairs.append((sentence.text, found.sentence))
    if not pairs:
        return told
    again = replace(case, rephrased=tuple(pairs))
    anew = assess(again, library, settings, literature=literature)
    return replace(told, assessment=anew)


def _sections(article: Article) -> Iterator[Section]:
    left = list(article.sections)
    while left:
        section = left.pop(0)
        yield section
        left[:0] = section.parts


def differences(told: Assisted) -> list[str]:
    """What the model's proposals change, line by line; empty where nothing."""
    own = told.assessment.determinations[: len(told.without.determinations)]
    pairs = zip(told.without.determinations, own, strict=True)
    lines = [
        f"{after.item.words}: {before.outcome.value} without the model, {after.outcome.value} with"
        for before, after in pairs
        if before.outcome is not after.outcome
    ]
    lines += [
        f"{d.item.words}: not asked for without the model, {d.outcome.value} with"
        for d in told.assessment.determinations[len(own) :]
    ]
    lines += [
        f"{d.item.words}: proposed as asked for too, and would be {d.outcome.value}; "
        "it waits for a person"
        for d in told.assessment.waiting
    ]
    for d in told.assessment.determinations:
        if d.proposed and d.proposed.outcome:
            n = len(d.proposed.waiting)
            lines.append(
                f"{d.item.words}: {n} proposed fact(s) would lead to {d.proposed.outcome.value}; "
                "they wait for a person"
            )
    return lines


# --- what is asked ----------------------------------------------------------------------------


def _pieces(case: Case, words: Words | None) -> Iterator[Piece]:
    """The documents in stretches that a request can hold."""
    mask = Mask(case, words, load_messages()) if words else None
    yield from pieces(case.chart.documents, mask.stretches if mask else None)


def _concepts(determinations: Sequence[Determination], concepts: Concepts) -> list[str]:
    """What the policies of a case look at, and every kind of it, by id."""
    policies = [(p, d) for d in determinations for j in (d, *d.beside) if (p := j.policy)]
    wanted = {c for policy, d in policies for c in _looked_at(policy, d)}
    kinds = {c for c in concepts.by_id if not concepts.above(c).isdisjoint(wanted)}
    return sorted(c for c in kinds if concepts[c].kind != "request")


def _looked_at(policy: Policy, d: Determination) -> Iterator[str]:
    phase = policy.phases[d.phase]
    ways = [c for r in (*phase.routes, *phase.exceptions) for c in r.criteria]
    for criterion in (*ways, *phase.exclusions, *phase.requirements, *phase.supporting):
        for leaf in criterion.leaves():
            test: Any = leaf.test
            yield from getattr(test, "concepts", ())
            if concept := getattr(test, "concept", ""):
                yield concept


def _apart(asked: Sequence[str]) -> list[Sequence[str]]:
    return [asked[i : i + CONCEPTS] for i in range(0, len(asked), CONCEPTS)]


def _request(
    piece: Piece, asked: Sequence[str], concepts: Concepts, words: Words | None
) -> Request:
    told = []
    for id in asked:
        c = concepts[id]
        told.append({"id": id, "label": c.label, "names": [*c.abbreviations, *c.names][:NAMES]})
    data = {"concepts": told, "text": piece.shown.text}
    return made(PURPOSE, ProposedFacts, data, identified=words is None)


# --- what is made of the answers ---------------------------------------------------------------


def _weighed(
    case: Case,
    concepts: Concepts,
    asked: set[str],
    pieces: Sequence[Piece],
    model: Model,
    requests: Sequence[Request],
    tally: Tally,
) -> tuple[Fact, ...]:
    """The facts that the program's own reader reads where the model pointed."""
    tally.ask(PURPOSE, len(requests))
    gates: dict[str, Gate] = {}
    found: dict[Fact, None] = {}
    for piece, answer in zip(pieces, model(requests), strict=True):
        told, why = read_answer(answer, ProposedFacts)
        tally.got(PURPOSE, why)
        for proposed in told.facts if told else ():
            if proposed.concept not in asked:
                tally.drop(PURPOSE, ["concept_not_asked"])
                continue
            id = piece.document.id
            if id not in gates:
                gates[id] = Gate(piece.document, concepts, case.as_of)
            fact, reason = pointed(proposed, proposed.concept, piece, gates[id])
            if fact is None:
                tally.drop(PURPOSE, [reason])
            elif fact not in found:
                found[fact] = None
                tally.take(PURPOSE)
            else:
                tally.drop(PURPOSE, [KNOWN])
    return tuple(found)
