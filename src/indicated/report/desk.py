"""The writer's desk: numbers the citations, turns data into supports, and writes sentences.

Supports are made from the data alone, never from the sentence, so that `cite.py` compares two
things of separate origin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from indicated.messages import ENGLISH, Messages
from indicated.model import (
    Asserter,
    Block,
    Case,
    Citation,
    Determination,
    Document,
    Fact,
    Facts,
    Finding,
    Label,
    Library,
    Outcome,
    Policy,
    Premise,
    Reader,
    Reference,
    RequestedItem,
    Section,
    Sentence,
    Source,
    State,
    Statement,
    Support,
    Wording,
)
from indicated.report import tokens
from indicated.report.clauses import in_words_of
from indicated.report.phrases import Phrases, clean, quotable, shortened
from indicated.report.privacy import identifiers, placeholders, signature
from indicated.units import written_numbers

CONTEXT = 90  # characters shown on either side of a quotation


@dataclass(frozen=True)
class Story:
    """Everything an article is written from."""

    case: Case
    facts: Facts
    items: tuple[RequestedItem, ...]
    premises: tuple[Premise, ...]
    determinations: tuple[Determination, ...]
    library: Library
    program: str
    waiting: tuple[Determination, ...] = ()  # of items that wait for a person


def worded(story: Story, messages: Messages) -> Story:
    """The story with what the stages before said in the words of these messages."""
    conflicts = in_words_of(messages, story.facts.conflicts)
    return replace(
        story,
        facts=replace(story.facts, conflicts=conflicts),
        items=in_words_of(messages, story.items),
        premises=in_words_of(messages, story.premises),
        determinations=in_words_of(messages, story.determinations),
        waiting=in_words_of(messages, story.waiting),
    )


class Told(NamedTuple):
    """A phrase for a slot, with what carries it."""

    text: str
    supports: tuple[Support, ...]


class Desk:
    """Citations numbered in reading order, and sentences with their supports."""

    def __init__(
        self,
        story: Story,
        messages: Messages,
        reader: Reader = Reader.CLINICIAN,
        language: str = ENGLISH,
    ):
        self.story, self.m = worded(story, messages), messages
        self.reader, self.language = reader, language
        self.words = Phrases(messages, story.library.concepts)
        self.references: list[Reference] = []
        self.places: dict[int, list[str]] = {}  # number of a reference -> places cited in it
        self.record: list[tuple[str, Source]] = []
        self.used: dict[str, Fact] = {}  # printed label -> the fact first told with it
        self._documents = {d.id: d for d in story.case.chart.documents}
        self._names = tokens.Lexicon(story.library.concepts, every_kind=True)

    def numbered_as(self, other: Desk) -> Desk:
        """This desk, with the citations that the other has numbered: one set of numbers for every
        reader of one assessment."""
        self.references, self.record = list(other.references), list(other.record)
        self.places = {n: list(places) for n, places in other.places.items()}
        self.used = dict(other.used)
        return self

    # --- sentences -----------------------------------------------------------------------

    def say(self, id: str, /, *supports: Support, **slots: str) -> Sentence:
        """The message with its slots filled, followed by the citations not yet printed in it."""
        text = _opened(
            self.m.fill(id, **{k: v.removesuffix(".").rstrip() for k, v in slots.items()})
        )
        distinct = tuple(dict.fromkeys(supports))
        labels = dict.fromkeys(self._label(s) for s in distinct if s.label)
        missing = [label for label in labels if label not in text]
        return Sentence(" ".join(filter(None, [text, *missing])), distinct, id)

    @staticmethod
    def _label(support: Support) -> str:
        place = support.source.locator if support.source and support.kind == "literature" else ""
        return f"[{support.label}, {place}]" if place else f"[{support.label}]"

    def label(self, id: str) -> Sentence:
        """A row label: fixed words that claim nothing."""
        return Sentence(self.m.template(id), (), id)

    def heading(self, id: str, /, **slots: str) -> str:
        """The heading of a section."""
        return _opened(self.m.fill(f"heading.{id}", **slots))

    def header(self, *ids: str) -> tuple[str, ...]:
        """The heads of a table's columns."""
        return tuple(self.m.template(f"header.{id}") for id in ids)

    # --- policies in the reader's words --------------------------------------------------

    def title(self, policy: Policy) -> str:
        """The policy's title: for a patient in plain words, where it has any."""
        wording = self._wording(policy) if self.reader is Reader.PATIENT else None
        return clean(wording.title if wording and wording.title else policy.title)

    def titled(self, policy: Policy, *more: str) -> Support:
        """The policy's title as a support, marked where it stands in a language of its own."""
        title = self.title(policy)
        foreign = self.language != ENGLISH and title == clean(policy.title)
        return replace(
            self.made("policy", title, *more, key=policy.id), language=ENGLISH if foreign else ""
        )

    def worded(self, field: str, finding: Finding, policy: Policy | None) -> str:
        """What the policy says of a criterion in plain words: its `says`, `ask` or `why`.

        "" where it says nothing, or where a plan's number has taken the place of the one that
        the words name.
        """
        wording = self._wording(policy) if policy else None
        said: str = getattr(wording, field).get(finding.id, "") if wording else ""
        own = f"{finding.says}\n{finding.ask}"
        return clean(said) if written_numbers(said) <= written_numbers(own) else ""

    def _wording(self, policy: Policy) -> Wording | None:
        return self.story.library.wording(policy, self.language)

    # --- supports ------------------------------------------------------------------------

    @staticmethod
    def made(kind: str, *segments: str, key: str = "") -> Support:
        """A support without a printed label, from phrases that a sentence may use whole."""
        return Support(kind, "\n".join(clean(s) for s in segments if s), key=key)

    def program(self, *segments: str) -> Support:
        """What the program did or found."""
        return self.made("program", self.story.program, *segments, key="program")

    def computed(self, *segments: str, key: str = "") -> Support:
        """A result of counting or arithmetic."""
        return self.made("calculation", *segments, key=key)

    def cite(self, reference: Reference, locator: str = "", *, placed: bool = False) -> Support:
        """A reference, numbered at its first use. `placed`: print the place beside the number."""
        if reference not in self.references:
            self.references.append(reference)
        number = self.references.index(reference) + 1
        place = clean(locator).replace("(", "").replace(")", "")
        if place and place not in self.places.setdefault(number, []):
            self.places[number].append(place)
        source = Source(document=reference.key, locator=place if placed else "")
        text = "\n".join(filter(None, [self.words.reference(reference), place]))
        return Support("literature", text, str(number), source, reference.key)

    def cites(
        self, citations: Sequence[Citation], policy: Policy | None, *, placed: bool = False
    ) -> tuple[Support, ...]:
        """The references of a policy's citations. A key the policy does not list is passed over:
        the loader refuses such a policy, and nothing may be cited that is not in its list."""
        listed = policy.references if policy else {}
        return tuple(
            self.cite(listed[c.key], c.locator, placed=placed) for c in citations if c.key in listed
        )

    def statement(self, statement: Statement, policy: Policy) -> Told:
        """A sentence of a policy with its sources."""
        said = clean(statement.says)
        support = self.made("policy", said, key=policy.id)
        return Told(said, (support, *self.cites(statement.cite, policy)))

    def label_row(self, label: Label) -> Told:
        """A row of a label table with its sources."""
        said = clean(label.says)
        support = self.made(
            "policy", said, label.product, label.regulator, label.population, key=label.product
        )
        return Told(said, (support, *(self.cite(r) for r in label.references)))

    def finding(self, finding: Finding, *, group: str = "truth") -> Support:
        """A criterion judged: its words, its truth, why, and the state of the record."""
        truth = self.m.word(group, finding.truth.value)
        state = "" if finding.state is State.SAID else self.m.word("state", finding.state.value)
        return self.made(
            "finding", finding.says, truth, finding.why, finding.note, state, key=finding.id
        )

    def asked(self, finding: Finding) -> Support:
        """What a criterion says and what to send when it is unknown."""
        return self.made("policy", finding.says, finding.ask, key=finding.id)

    def item(self, item: RequestedItem) -> Support:
        """What is asked for."""
        name, whole = self.words.item(item), self.words.request(item)
        phase = self.m.word("phase", item.phase.value)
        words = shortened(quotable(item.words))
        return self.made("request", name, whole, phase, words, item.phase_because, key=item.id)

    def item_words(self, item: RequestedItem) -> tuple[Support, ...]:
        """The words that ask for it: of the question, or of the chart (with their place there)."""
        return tuple(
            self.source(s, "request" if self._asked(s) else "record") for s in item.sources[:1]
        )

    def outcome_word(self, outcome: Outcome) -> str:
        """An outcome for readers; a closed record is never asked for more."""
        closed = f"outcome_closed.{outcome.value}"
        if self.story.case.chart.closed and closed in self.m.table:
            return self.m.template(closed)
        return self.m.word("outcome", outcome.value)

    # --- the record ----------------------------------------------------------------------

    def _asked(self, source: Source) -> bool:
        unknown = source.document not in self._documents and not source.by
        return unknown and source.document in ("", "question")

    def source(self, source: Source, kind: str = "record", *read: str) -> Support:
        """Words of the record or the question, numbered at their first use."""
        quote = quotable(source.quote)
        text = "\n".join(dict.fromkeys(filter(None, [quote, shortened(quote), *read])))
        label = self._numbered(source) if kind == "record" else ""
        return Support(kind, text, label, source, source.document)

    def _numbered(self, source: Source) -> str:
        for label, known in self.record:
            if known == source:
                return label
        self.record.append((f"P{len(self.record) + 1}", source))
        return self.record[-1][0]

    def fact(self, fact: Fact, *, bare: bool = False, name: str = "") -> Told:
        """A fact as it was read, with its place; in the record's own words where a number that
        was read does not stand in them. `name`: what the record calls it."""
        read = self.words.fact(fact, bare=bare, name=name)
        if fact.asserter is Asserter.COMPUTED:
            phrase = f"{read} ({clean(fact.formula)})" if fact.formula else read
            inputs = [s for f in fact.inputs for s in self.fact(f).supports]
            return Told(phrase, (self.computed(phrase, key=fact.id), *inputs))
        if not fact.sources or fact.asserter is Asserter.LABEL:
            return Told(read, (self.made("program", read, key=fact.id),))
        source = fact.sources[0]
        quote = quotable(source.quote)
        if source.by:
            return self._attested(fact, read)
        if not self._reads(read, source.quote):
            dated = self.words.when(fact.when)
            quote = shortened(quote)
            read = f"“{quote}”, {dated}" if dated else f"“{quote}”"
        if self._asked(source):
            return Told(read, (self.source(source, "request", read),))
        support = self.source(source, "record", read)
        self.used.setdefault(support.label, fact)
        return Told(f"{read} [{support.label}]", (support,))

    def _attested(self, fact: Fact, read: str) -> Told:
        """What a person answered, as that person's statement; beside it the words of the chart
        that say the same or more, as far as they carry it."""
        told = [self.source(fact.sources[0], "record", read)]
        for other in fact.sources[1:]:
            carries = other.by or self._reads(read, other.quote)
            if carries and not self._asked(other):
                told.append(self.source(other, "record", read))
        for support in told:
            self.used.setdefault(support.label, fact)
        return Told(" ".join([read, *(f"[{s.label}]" for s in told)]), tuple(told))

    def reads(self, fact: Fact) -> bool:
        """Whether the record's own words hold the numbers that were read from them."""
        placed = bool(fact.sources) and not self._asked(fact.sources[0])
        return placed and self._reads(self.words.fact(fact), fact.sources[0].quote)

    def written(self, fact: Fact) -> date | None:
        """The day of the document that states it."""
        document = self._documents.get(fact.sources[0].document) if fact.sources else None
        return document.written if document else None

    def _reads(self, phrase: str, quote: str) -> bool:
        """Whether every number of the phrase, names and days apart, stands in the quotation."""
        rest = tokens.split_dates(self._names.without(phrase), self.language)[1]
        read = {n for a in tokens.amounts(rest, self.language) for n in (a.low, a.high)}
        return read <= tokens.numbers(quote)

    def facts(self, facts: Iterable[Fact], limit: int = 6) -> Told | None:
        """Several facts in one phrase; None when there are none."""
        listed = self._apart(list(dict.fromkeys(facts)))
        told = [self.fact(f, name=name) for f, name in listed[:limit]]
        if not told:
            return None
        text = "; ".join(t.text for t in told)
        supports = tuple(s for t in told for s in t.supports)
        if len(listed) > limit:
            more = self.m.fill("fact.more", n=str(len(listed) - limit))
            text, supports = f"{text}; {more}", (*supports, self.computed(more))
        return Told(text, supports)

    def _apart(self, facts: Sequence[Fact]) -> list[tuple[Fact, str]]:
        """Each thing that the record names, once. One name may stand for several concepts (a drug
        in three lists of usual drugs): it is then called what the record calls it."""
        places = Counter(_place(f) for f in facts)
        kept: dict[object, tuple[Fact, str]] = {}
        for fact in facts:
            place = _place(fact)
            name = self._name(fact) if place and places[place] > 1 else ""
            key = (place, name.casefold(), fact.assertion) if name else fact
            own = self.words.concepts.label(fact.concept).casefold() == name.casefold()
            if key not in kept or own:
                kept[key] = (fact, "")
            elif self.words.concepts.label(kept[key][0].concept).casefold() != name.casefold():
                kept[key] = (kept[key][0], name)
        return list(kept.values())

    def _name(self, fact: Fact) -> str:
        """The name of a fact's concept that stands last in its words, and is the longest there;
        "" where none does."""
        concept = self.words.concepts.by_id.get(fact.concept)
        said = fact.sources[0].quote.casefold()
        names = (concept.label, *concept.names) if concept else ()
        ends = [(at + len(n), len(n), n) for n in names if (at := said.rfind(n.casefold())) >= 0]
        return max(ends, default=(0, 0, ""))[2]

    def context(self, source: Source) -> tuple[str, str]:
        """A few words on either side of a quotation, from its own line; none where they would
        tell who the patient is."""
        document = self._documents.get(source.document)
        if document is None or source.start is None or source.end is None:
            return "", ""
        return self._around(document, source.start, source.end)

    @staticmethod
    def _around(document: Document, start: int, end: int) -> tuple[str, str]:
        text = document.text
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        line = text[line_start:line_end]
        if identifiers(line) or placeholders(line):
            return "", ""
        left = max(line_start, start - CONTEXT)
        right = min(line_end, end + CONTEXT)
        before, after = text[left:start], text[end:right]
        if left > line_start:
            before = before.partition(" ")[2]
        if right < line_end:
            after = after.rpartition(" ")[0]
        said = (clean(t).removesuffix(".") for t in (before, after))
        left_words, right_words = (t if any(c.isalnum() for c in t) else "" for t in said)
        return left_words, right_words

    def document_title(self, source: Source, *, page: bool = True) -> str:
        """Where the words stand: the document's title with the page, or that it is an attested
        answer."""
        if source.by:
            return self.m.fill("words.attested", who=clean(signature(source.by)))
        document = self._documents.get(source.document)
        title = quotable(document.title or document.kind) if document else source.document
        if not (page and source.page):
            return title
        return f"{title}, {self.m.fill('words.page', n=str(source.page))}"

    def document_day(self, source: Source) -> date | None:
        """The day on which the words were written, or the answer given."""
        document = self._documents.get(source.document)
        if document is not None:
            return document.written
        return source.at.date() if source.at else None


def _place(fact: Fact) -> tuple[str, int, int] | None:
    """Where the words stand from which a fact was read first."""
    source = fact.sources[0] if fact.sources else None
    if source is None or source.start is None or source.end is None:
        return None
    return source.document, source.start, source.end


def _opened(text: str) -> str:
    """With a capital letter.

    >>> _opened("acute rejection"), _opened("pH of the blood")
    ('Acute rejection', 'pH of the blood')
    """
    small = text[:1].islower() and not text[1:2].isupper()
    return text[:1].upper() + text[1:] if small else text


def section(id: str, heading: str, *blocks: Block, parts: Sequence[Section] = ()) -> Section:
    """A section, its empty blocks left out."""
    return Section(id, heading, tuple(b for b in blocks if b.sentences or b.rows), tuple(parts))


def paragraph(*sentences: Sentence) -> Block:
    """Sentences that are read one after the other."""
    return Block("paragraph", sentences)


def lines(*sentences: Sentence) -> Block:
    """Sentences that stand each on a line of its own, as in an address."""
    return Block("lines", sentences)


def listing(sentences: Iterable[Sentence]) -> Block:
    """Sentences as a list, each once."""
    return Block("list", tuple(dict.fromkeys(sentences)))


def note(*sentences: Sentence, tone: str = "") -> Block:
    """A remark that stands out."""
    return Block("note", sentences, tone=tone)


def table(header: Sequence[str], rows: Iterable[Sequence[Sentence]], *, folded: str = "") -> Block:
    """A table. Without a header it is a list of labels and values; a row of one cell is a
    heading over the rows that follow."""
    return Block("table", (), tuple(header), tuple(tuple(r) for r in rows), folded=folded)
