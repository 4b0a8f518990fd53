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

from indicated.assess import Literature, assess
from indicated.criteria import with_profile
from indicated.facts.parts import Span
from indicated.facts.proposed import KNOWN, Gate, Proposal
from indicated.messages import load_messages
from indicated.model import (
    Article,
    Assertion,
    Assessment,
    Case,
    Concepts,
    Determination,
    Document,
    Fact,
    Library,
    Policy,
    Section,
)
from indicated.propose import Model, Tally, made, read_answer
from indicated.propose.align import Leaving, leaving, places
from indicated.propose.request import Request
from indicated.propose.shapes import ProposedFact, ProposedFacts, Rephrasing
from indicated.report.cite import ground_of
from indicated.report.deidentify import Mask
from indicated.report.rephrased import BLOCKS, refusal, rephrasable
from indicated.report.word_lists import Words
from indicated.settings import Settings

PURPOSE, REWORD = "facts", "rephrase"
WORDS, SENTENCES = 8, 60  # the shortest sentence that is worth it; how many of an article
PIECE = 12_000  # characters of a document that one request holds
CONCEPTS = 120  # that one request asks about
NAMES = 6  # of a concept, beside its label


@dataclass(frozen=True)
class Assisted:
    """The assessment, the same without the model, and what became of the model's answers."""

    assessment: Assessment
    without: Assessment
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class _Piece:
    """A stretch of a document as it is shown to a model."""

    document: Document
    start: int
    shown: Leaving


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
    without = assess(replace(case, proposed=()), library, settings, literature=literature)
    tally = Tally()
    pieces = list(_pieces(without.case, words))
    concepts = with_profile(library, settings.profile).on(case.as_of).concepts
    asked = _concepts(without.determinations, concepts)
    if not asked or not pieces:
        return Assisted(without, without, tally)
    requests = [_request(p, some, concepts, words) for p in pieces for some in _apart(asked)]
    shown = [p for p in pieces for _ in _apart(asked)]
    found = _weighed(without.case, concepts, set(asked), shown, model, requests, tally)
    if not found:
        return Assisted(without, without, tally)
    helped = assess(replace(case, proposed=found), library, settings, literature=literature)
    return Assisted(helped, without, tally)


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
    pairs = zip(told.without.determinations, told.assessment.determinations, strict=True)
    lines = [
        f"{after.item.words}: {before.outcome.value} without the model, {after.outcome.value} with"
        for before, after in pairs
        if before.outcome is not after.outcome
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


def _pieces(case: Case, words: Words | None) -> Iterator[_Piece]:
    """The documents in stretches that a request can hold, cut at line ends."""
    mask = Mask(case, words, load_messages()) if words else None
    for document in case.chart.documents:
        told = mask.stretches(document.text) if mask else []
        for start, end in _cut(document.text, told):
            inside = [(a - start, b - start, w) for a, b, w in told if start <= a and b <= end]
            yield _Piece(document, start, leaving(document.text[start:end], inside))


def _cut(text: str, told: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    begin = 0
    while begin < len(text):
        end = min(len(text), begin + PIECE)
        if end < len(text):
            end = text.rfind("\n", begin + PIECE // 2, end) + 1 or end
            end = next((a for a, b, _ in told if a < end < b and a > begin), end)
        if text[begin:end].strip():
            yield begin, end
        begin = end


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
    piece: _Piece, asked: Sequence[str], concepts: Concepts, words: Words | None
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
    pieces: Sequence[_Piece],
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
            fact, reason = _pointed(proposed, piece, gates[id])
            if fact is None:
                tally.drop(PURPOSE, [reason])
            elif fact not in found:
                found[fact] = None
                tally.take(PURPOSE)
            else:
                tally.drop(PURPOSE, [KNOWN])
    return tuple(found)


def _pointed(proposed: ProposedFact, piece: _Piece, gate: Gate) -> tuple[Fact | None, str]:
    """The fact at the first of the places where the quotation stands; none where it is another at
    any of them: the same words may be denied elsewhere."""
    stands = places(proposed.quote, piece.shown.text)
    if not stands:
        return None, "quotation_not_found"
    facts = []
    for at in stands:
        proposal = _placed(proposed, piece, at)
        if isinstance(proposal, str):
            return None, proposal
        weighed = gate.weigh(proposal)
        if weighed.fact is None:
            return None, weighed.reason
        facts.append(weighed.fact)
    return facts[0], ""


def _placed(proposed: ProposedFact, piece: _Piece, at: tuple[int, int]) -> Proposal | str:
    """The proposal with its words found in one place of the document, or why it is none."""

    def origin(stretch: tuple[int, int]) -> Span:
        start, end = piece.shown.origin(*stretch)
        return Span(piece.start + start, piece.start + end)

    found: dict[str, Span | None] = {}
    low, high = at
    for part, said in (("value", proposed.value), ("date", proposed.date)):
        stands = places(said, piece.shown.text, *at) if said is not None else []
        if said is not None and len(stands) != 1:
            return f"{part}_not_in_quotation" if not stands else f"{part}_stands_twice"
        found[part] = origin(stands[0]) if stands else None
        if part == "value" and stands:
            low, high = stands[0][1], min(high, stands[0][1] + 20)
    if proposed.unit is not None:
        stands = places(proposed.unit, piece.shown.text, low, high)
        if not stands or proposed.value is None:
            return "unit_not_in_quotation"
        found["unit"] = origin(stands[0])
    of_other = proposed.subject == "someone_else"
    assertion = Assertion.FAMILY if of_other else Assertion(proposed.assertion)
    return Proposal(proposed.concept, assertion, origin(at), **found)
