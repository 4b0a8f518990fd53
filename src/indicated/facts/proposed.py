"""The gate for proposed facts: a model points at words, and the program's own reader reads them.

A proposal names a concept and quotes the words. What the fact *is* (its value, unit, day, who it is
of, whether it is denied) is always read by the reader, never taken from the proposal; where the two
differ, the proposal is dropped. So a proposal can add a fact only where the reader knows every word
but did not know what belongs together:

- two sentences or lines that make one statement are read once more as one;
- a short name that may mean two things is read as the one that the same document writes out.

A sentence that the reader reads by itself gains nothing (`known`) or loses the proposal
(`read_otherwise`). Each refusal has a reason; docs/model.md lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicated.facts.context import Reading
from indicated.facts.cues import load
from indicated.facts.entries import without_entries
from indicated.facts.mentions import Lexicon, lexicon
from indicated.facts.merge import OF_MODEL
from indicated.facts.parts import Dated, Mention, Page, Sentence, Sorted, Span, Spanned, within
from indicated.facts.read import read_document, read_page, read_sentence
from indicated.facts.units_of import same_written
from indicated.facts.values import VALUES
from indicated.model import Assertion, Chart, Concepts, Document, Fact, Facts, Mark, Quantity, Tick
from indicated.once import without_collection
from indicated.units import unit_code

KNOWN = "known"  # the reader has read it by itself
QUESTION = "question"  # the document that the question is read as
SENTENCES = 2  # that a quotation may touch
TWICE = 60  # readings anew that one document's proposals may cost
# What no model is asked about, whatever it answers: who the patient is.
_NOT_ASKED = frozenset({"age", "sex"})
_DOUBTFUL = frozenset({Mark.UNIT_MISSING, Mark.UNIT_IMPOSSIBLE, Mark.CODE_ONLY})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, its words already found in the document. `assertion` is FAMILY where it is
    said to be of somebody else."""

    concept: str
    assertion: Assertion
    quote: Span
    value: Span | None = None
    unit: Span | None = None
    date: Span | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """The fact that the reader reads at the words, or why there is none."""

    fact: Fact | None = None
    reason: str = ""


class Gate:
    """One document, read by the program itself, against which proposals are held."""

    def __init__(self, document: Document, concepts: Concepts, as_of: date):
        self.document, self.concepts, self.as_of = document, concepts, as_of
        self.lex: Lexicon = lexicon(concepts)
        self.left = TWICE
        with without_collection():
            self.prose = without_entries(document)
            self.page: Page = read_page(self.prose, self.lex, as_of)
            self.own: list[Fact] = read_document(document, self.lex, as_of)

    def named(self, start: int, end: int) -> tuple[str, ...]:
        """The concepts that the one name in a stretch may mean; none where it holds no name, or
        several."""
        here = [m for m in self.page.mentions if m.start < end and start < m.end]
        one = len(here) == 1 and start <= here[0].start and here[0].end <= end
        return here[0].concepts if one else ()

    def weigh(self, proposal: Proposal) -> Weighed:
        """Whether the reader reads at the quoted words what is proposed."""
        if proposal.concept not in self.concepts or proposal.concept in _NOT_ASKED:
            return Weighed(reason="concept_unknown")
        touched = [
            s for s in self.page.sentences
            if s.start < proposal.quote.end and proposal.quote.start < s.end
        ]  # fmt: skip
        if not 0 < len(touched) <= SENTENCES:
            return Weighed(reason="too_many_sentences" if touched else "not_prose")
        names = self._names(proposal)
        if not names:
            return Weighed(reason="name_not_in_quotation")
        if reason := self._by_itself(proposal, touched):
            return Weighed(reason=reason)
        if len({s.section for s in touched}) > 1:
            return Weighed(reason="sections_differ")
        if self.left <= 0:
            return Weighed(reason="too_many_proposals")
        self.left -= 1
        with without_collection():
            return self._anew(proposal, touched, names)

    def _names(self, proposal: Proposal) -> list[Mention]:
        inside = within(self.page.mentions, proposal.quote.start, proposal.quote.end)
        return [m for m in inside if proposal.concept in m.concepts and m.end <= proposal.quote.end]

    # --- what the reader has read by itself ----------------------------------------------------

    def _by_itself(self, proposal: Proposal, touched: Sequence[Sentence]) -> str:
        """Whether it is known or read otherwise; "" where the reader has no such fact here."""
        low, high = touched[0].start, touched[-1].end
        here = [
            f for f in self.own if f.concept == proposal.concept
            if any((s.start or 0) < high and low < (s.end or 0) for s in f.sources)
        ]  # fmt: skip
        if not here:
            return ""
        same = (self._differs(f, proposal, self.page) == "" for f in here)
        return KNOWN if any(same) else "read_otherwise"

    def _differs(self, fact: Fact, proposal: Proposal, page: Page) -> str:
        """In what a fact of the reader is another than the one proposed; "" in nothing."""
        if fact.assertion is not proposal.assertion:
            return "assertion_read_otherwise"
        return self._value_differs(fact, proposal, page) or self._day_differs(fact, proposal, page)

    def _value_differs(self, fact: Fact, proposal: Proposal, page: Page) -> str:
        measured = isinstance(fact.value, Quantity)
        if proposal.value is None:
            asked = self.concepts[proposal.concept].kind in VALUES
            return "value_missing" if asked and measured else ""
        if not isinstance(fact.value, Quantity):
            return "value_read_otherwise"
        said = proposal.value
        # A word such as "three" is a number as well, and a comparator is part of one.
        numbers = [n for n in page.numbers if n.start < said.end and said.start < n.end]
        if len(numbers) != 1 or numbers[0].quantity.exact is None:
            return "value_not_read"
        number = numbers[0]
        digits = page.document.text[number.start : number.digits].strip()
        if page.document.text[said.start : said.end].strip() not in (
            digits, page.document.text[number.start : number.end].strip()
        ):  # fmt: skip
            return "value_not_read"
        if number.quantity.exact != fact.value.exact:
            return "value_read_otherwise"
        return self._unit_differs(fact.value, proposal, page)

    def _unit_differs(self, value: Quantity, proposal: Proposal, page: Page) -> str:
        if proposal.unit is None:
            return ""
        code = unit_code(page.document.text[proposal.unit.start : proposal.unit.end])
        agree = code == value.unit or (code and same_written(value.unit, code))
        return "" if agree else "unit_read_otherwise"

    def _day_differs(self, fact: Fact, proposal: Proposal, page: Page) -> str:
        if proposal.date is None:
            return ""
        said = proposal.date
        days = [d for d in page.dates if d.start < said.end and said.start < d.end]
        if len(days) != 1:
            return "date_not_read"
        return "" if _holds(fact, days[0]) else "date_read_otherwise"

    # --- the quotation read as one statement -----------------------------------------------------

    def _anew(
        self, proposal: Proposal, touched: Sequence[Sentence], names: Sequence[Mention]
    ) -> Weighed:
        page = self.page
        if len(touched) == SENTENCES:
            if not self._plain(touched[1]):
                return Weighed(reason="not_plain")
            page = self._joined(touched)
            names = [
                m for m in within(page.mentions, proposal.quote.start, proposal.quote.end)
                if proposal.concept in m.concepts
            ]  # fmt: skip
        if any(len(m.concepts) > 1 for m in names):
            if not self._written_out(proposal.concept, names):
                return Weighed(reason="name_ambiguous")
            page = _narrowed(page, names, proposal.concept)
        elif len(touched) < SENTENCES:
            return Weighed(reason="not_read")  # the reader knows this sentence whole
        return self._fact(proposal, touched, page)

    def _fact(self, proposal: Proposal, touched: Sequence[Sentence], page: Page) -> Weighed:
        low, high = touched[0].start, touched[-1].end
        sentences = [s for s in page.sentences if s.start < high and low < s.end]
        if len(sentences) != 1:
            return Weighed(reason="not_read")
        said = read_sentence(Reading.of(page, sentences[0]), self.concepts, self.lex)
        found = [f for f in said if f.concept == proposal.concept]
        if not found:
            return Weighed(reason="not_read")
        differing = [self._differs(f, proposal, page) for f in found]
        if "" not in differing:
            return Weighed(reason=differing[0])
        fact = found[differing.index("")]
        if fact.marks & _DOUBTFUL:
            return Weighed(reason="doubtful")
        [source] = fact.sources
        start, end = source.start or 0, source.end or 0
        if not (proposal.quote.start <= start and end <= proposal.quote.end):
            return Weighed(reason="not_in_quotation")
        whole = replace(source, quote=self.document.text[start:end])
        return Weighed(replace(fact, sources=(whole,), marks=fact.marks | {Mark.PROPOSED}))

    def _plain(self, sentence: Sentence) -> bool:
        """Whether nothing in the second sentence turns what it says: no denial, no doubt, nobody
        else, no rule, and no other name."""
        turning = load("proposed")["turning"]
        cues = within(self.page.cues, sentence.start, sentence.end)
        if any(effect in turning for c in cues for effect, _ in c.effects):
            return False
        if within(self.page.mentions, sentence.start, sentence.end):
            return False
        numbers = within(self.page.numbers, sentence.start, sentence.end)
        days = within(self.page.dates, sentence.start, sentence.end)
        taken: list[Spanned] = [*numbers, *days]
        known = load("proposed")["words"]
        words = re.finditer(r"[^\W\d_][\w']*", self.page.folded[sentence.start : sentence.end])
        return all(
            w[0] in known
            or any(t.start <= w.start() + sentence.start < t.end for t in taken)
            for w in words
        )  # fmt: skip

    def _joined(self, touched: Sequence[Sentence]) -> Page:
        """The page with two sentences written as one; every offset stays what it was."""
        first, second = touched
        text = self.prose.text
        gap = text[first.end - 1 : second.start]
        told = (text[first.end - 1] if gap[:1].isalnum() else ",") + " " * (len(gap) - 1)
        if gap[:1].isalnum() and len(gap) > 1:
            told = gap[0] + "," + " " * (len(gap) - 2)
        whole = text[: first.end - 1] + told + text[second.start :]
        inside = whole[first.start : second.end].replace("\n", " ")
        opening = inside[second.start - first.start]
        if opening.isupper() and inside[second.start - first.start + 1 :][:1].islower():
            at = second.start - first.start
            inside = inside[:at] + opening.lower() + inside[at + 1 :]
        whole = whole[: first.start] + inside + whole[second.end :]
        return read_page(replace(self.prose, text=whole), self.lex, self.as_of)

    def _written_out(self, concept: str, names: Sequence[Mention]) -> bool:
        """Whether the document elsewhere names this meaning of a short name, and no other."""
        others = {c for m in names for c in m.concepts} - {concept}
        told = [m.concepts[0] for m in self.page.mentions if len(m.concepts) == 1]
        meant = any(self.concepts.is_a(c, concept) for c in told)
        return meant and not any(self.concepts.is_a(c, o) for c in told for o in others)


def of_record(proposed: Sequence[Fact], chart: Chart) -> tuple[Fact, ...]:
    """What was proposed of the record, without what was of the question: a question claims, and is
    the record itself only where there is none."""
    if not (chart.documents or chart.unread):
        return tuple(proposed)
    return tuple(f for f in proposed if not of_question(f))


def of_question(fact: Fact) -> bool:
    """Whether a fact rests on words of the question."""
    return any(s.document == QUESTION for s in fact.sources)


def confirmed(proposed: Sequence[Fact], ticks: Sequence[Tick]) -> tuple[Fact, ...]:
    """The facts that a model pointed at, those marked that a person says are so."""
    ticked = {(t.concept, source) for t in ticks for source in t.sources}
    return tuple(
        replace(f, marks=(f.marks - {Mark.PROPOSED}) | {Mark.CONFIRMED})
        if f.sources and all((f.concept, s) in ticked for s in f.sources) else f
        for f in proposed
    )  # fmt: skip


def read_by_itself(facts: Facts) -> Facts:
    """The facts without those that a model pointed at."""
    mine = tuple(f for f in facts.items if not f.marks & OF_MODEL)
    if len(mine) == len(facts.items):
        return facts
    clashes = tuple(c for c in facts.conflicts if not any(f.marks & OF_MODEL for f in c.facts))
    return replace(facts, items=mine, conflicts=clashes)


def _narrowed(page: Page, names: Iterable[Mention], concept: str) -> Page:
    starts = {m.start for m in names}
    mentions = [
        replace(m, concepts=(concept,)) if m.start in starts and concept in m.concepts else m
        for m in page.mentions
    ]
    return replace(page, mentions=Sorted(mentions))


def _holds(fact: Fact, dated: Dated) -> bool:
    """Whether an end of a fact's time is the day that the words give."""
    low, high = dated.first.earliest, dated.last.latest
    ends = [d for d in (fact.when.start, fact.when.end) if d is not None]
    return any(d.earliest >= low and d.latest <= high for d in ends)
