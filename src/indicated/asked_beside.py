"""What a model says of the question: what else it asks for, and what else it takes for granted.

As for the record, the model points and the program reads. A treatment counts where the program's
own index knows the name in the quotation and its own reader, shown those sentences alone, reads a
request; a premise passes the gate that facts of the record pass. What the program has read of the
question by itself is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicated.ask import named_at, read_pointed
from indicated.ask.asked import sentences
from indicated.facts import read_facts
from indicated.facts.proposed import KNOWN, QUESTION, Gate
from indicated.messages import load_messages
from indicated.model import (
    Assessment,
    Chart,
    Concepts,
    Document,
    Fact,
    Facts,
    Pointed,
    RequestedItem,
    Source,
)
from indicated.pointing import pointed
from indicated.propose import Model, Tally, made, read_answer
from indicated.propose.align import places
from indicated.propose.pieces import Piece, pieces
from indicated.propose.shapes import ProposedItem, ProposedPremise, ProposedQuestion
from indicated.report.deidentify import Mask
from indicated.report.word_lists import Words

PURPOSE = "question"
LONG = 2  # sentences: one alone is read whole without a model


def of_question(
    without: Assessment, concepts: Concepts, model: Model, words: Words | None, tally: Tally
) -> tuple[tuple[Pointed, ...], tuple[Fact, ...]]:
    """The words that ask for more, and the facts that the question states besides; `without` is
    the assessment without them. A question of one sentence is not shown to a model."""
    case = without.case
    asked = Document(QUESTION, case.question, case.as_of, kind="question")
    if len(sentences(asked.text)) < LONG:
        return (), ()
    mask = Mask(case, words, load_messages()) if words else None
    shown = list(pieces([asked], mask.stretches if mask else None))
    requests = [
        made(PURPOSE, ProposedQuestion, {"question": p.shown.text}, identified=words is None)
        for p in shown
    ]
    tally.ask(PURPOSE, len(requests))
    read = _Question(asked, without, concepts, tally)
    for piece, answer in zip(shown, model(requests), strict=True):
        told, why = read_answer(answer, ProposedQuestion)
        tally.got(PURPOSE, why)
        for item in told.items if told else ():
            read.item(item, piece)
        for premise in told.premises if told else ():
            read.premise(premise, piece)
    return tuple(read.pointed), tuple(read.facts)


class _Question:
    """The question, and what was taken of a model's proposals on it so far."""

    def __init__(self, asked: Document, without: Assessment, concepts: Concepts, tally: Tally):
        self.asked, self.concepts, self.tally = asked, concepts, tally
        self.items: list[RequestedItem] = list(without.items)
        self.record: Facts = without.facts
        self.stated = read_facts(Chart((asked,)), concepts, as_of=without.case.as_of)
        self.gate = Gate(asked, concepts, without.case.as_of)
        self.pointed: list[Pointed] = []
        self.facts: dict[Fact, None] = {}

    def item(self, proposed: ProposedItem, piece: Piece) -> None:
        """Take an item, or count why not."""
        at = self._at(proposed, piece)
        found = at if isinstance(at, str) else self._read(proposed, piece, at)
        if isinstance(found, str) or isinstance(at, str):
            self.tally.drop(PURPOSE, [str(found)])
            return
        self.items.append(found)
        self.pointed.append(at)
        self.tally.take(PURPOSE)

    def premise(self, proposed: ProposedPremise, piece: Piece) -> None:
        """Take what the question states, or count why not."""
        fact, reason = self._fact(proposed, piece)
        if fact is not None and fact in self.facts:
            fact, reason = None, KNOWN
        if fact is None:
            self.tally.drop(PURPOSE, [reason])
        else:
            self.facts[fact] = None
            self.tally.take(PURPOSE)

    def _at(self, proposed: ProposedItem, piece: Piece) -> Pointed | str:
        """The words in the question, with the treatment that the program's index finds there."""
        quotes = places(proposed.quote, piece.shown.text)
        if len(quotes) != 1:
            return "quotation_stands_twice" if quotes else "quotation_not_found"
        names = places(proposed.treatment, piece.shown.text, *quotes[0])
        if len(names) != 1:
            return "treatment_stands_twice" if names else "treatment_not_in_quotation"
        name = self._source(piece, names[0])
        treatment = named_at(self.asked, name.start or 0, name.end or 0, self.concepts)
        if not treatment:
            return "treatment_not_known"
        return Pointed(treatment, name, self._source(piece, quotes[0]))

    def _read(self, proposed: ProposedItem, piece: Piece, at: Pointed) -> RequestedItem | str:
        """The item that the program reads at these words, or why it is none."""
        read = read_pointed(self.asked, at, self.items, self.stated, self.record, self.concepts)
        if read.item is None:
            return read.reason
        if proposed.phase not in (None, read.item.phase.value):
            return "phase_read_otherwise"
        if proposed.dose is not None and (why := self._dose(proposed.dose, piece, at, read.item)):
            return why
        if proposed.indication is not None:
            stands = places(proposed.indication, piece.shown.text)
            if not stands:
                return "indication_not_found"
            if not any(self.gate.named(*piece.origin(*p)) for p in stands):
                return "indication_not_known"
        return read.item

    def _dose(self, said: str, piece: Piece, at: Pointed, item: RequestedItem) -> str:
        """Why the dose is not the one that the program reads; "" where it is."""
        low, high = at.source.start or 0, at.source.end or 0
        stands = [piece.origin(*p) for p in places(said, piece.shown.text)]
        stands = [(a, b) for a, b in stands if low <= a and b <= high]
        if not stands:
            return "dose_not_in_quotation"
        doses = [s for f in item.facts if f.concept == "request.dose" for s in f.sources]
        read = any((s.start or 0) <= a and b <= (s.end or 0) for s in doses for a, b in stands)
        return "" if read else "dose_read_otherwise"

    def _fact(self, proposed: ProposedPremise, piece: Piece) -> tuple[Fact | None, str]:
        """The one fact that the reader reads at the words, under a meaning of the name."""
        quotes = places(proposed.quote, piece.shown.text)
        if not quotes:
            return None, "quotation_not_found"
        names = places(proposed.name, piece.shown.text, *quotes[0])
        if len(names) != 1:
            return None, "name_stands_twice" if names else "name_not_in_quotation"
        meant: Sequence[str] = self.gate.named(*piece.origin(*names[0]))
        if not meant:
            return None, "name_not_known"
        read = [pointed(proposed, concept, piece, self.gate) for concept in meant]
        facts = [fact for fact, _ in read if fact is not None]
        if len(facts) == 1:
            return facts[0], ""
        return None, "name_ambiguous" if facts else read[0][1]

    def _source(self, piece: Piece, stretch: tuple[int, int]) -> Source:
        start, end = piece.origin(*stretch)
        return Source(QUESTION, self.asked.text[start:end], start, end)
