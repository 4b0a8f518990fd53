"""The nouns of Indicated. Everything else is a function between two of them.

`Case`, `Source`, `Fact`, `Criterion`, `Policy`, `Finding`, `Determination`, `Article`, `Review`
are the nine words (GLOSSARY.md); the other classes here are their parts. All are frozen, all are
standard library only, and none of them knows how it is read, judged or printed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

from indicated.truth import Truth

# --- where words stand ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where words stand, in the chart or in the literature, or who said them and when.

    `document` is a document's id (chart) or a reference's key (literature). `start` and `end` are
    character offsets into `Document.text`, and `quote` is exactly the text between them. An
    attested answer has `by` and `at` instead of offsets.
    """

    document: str = ""
    quote: str = ""
    start: int | None = None
    end: int | None = None
    page: int | None = None
    path: str = ""  # FHIRPath, where the document is a FHIR resource
    locator: str = ""  # "p. 837", "Table 1": literature only
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a chart, as text. Offsets of every `Source` count characters of `text`."""

    id: str
    text: str
    written: date | None = None
    title: str = ""
    kind: str = "note"  # note | letter | denial | laboratory | order | problem-list | question
    pages: tuple[int, ...] = ()  # offset at which each page begins
    entries: tuple[Entry, ...] = ()  # structured statements; each has a line of its own in `text`

    @property
    def hash(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Chart:
    """The documents that were given, and what could not be read of them."""

    documents: tuple[Document, ...] = ()
    unread: tuple[str, ...] = ()  # one sentence each, without patient text
    closed: bool = False  # an appeal or retrospective review: nothing more will be sent

    def document(self, id: str) -> Document:
        """The document of that id. Raises KeyError when there is none."""
        for document in self.documents:
            if document.id == id:
                return document
        raise KeyError(id)


@dataclass(frozen=True, slots=True)
class Case:
    """A question, a chart, and the day as of which it is answered."""

    question: str
    chart: Chart
    as_of: date
    id: str = ""
    answers: tuple[Fact, ...] = ()  # what persons answered to what was missing
    struck: tuple[Strike, ...] = ()  # what persons say was misread
    overrides: tuple[Override, ...] = ()  # what persons decide otherwise than computed
    edits: tuple[Edit, ...] = ()  # sentences of the article that persons worded otherwise
    proposed: tuple[Fact, ...] = ()  # what a model pointed at and the program read there
    pointed: tuple[Pointed, ...] = ()  # words of the question that a model says ask for something
    ticks: tuple[Tick, ...] = ()  # what persons say of it: the words do say so
    rephrased: tuple[tuple[str, str], ...] = ()  # sentences of the article in a model's words

    @property
    def said(self) -> tuple[Source, ...]:
        """Everything that persons said in this case: answers, what was misread, decisions."""
        answers = [s for f in self.answers for s in f.sources if s.by]
        struck, decided = (x.said for x in self.struck), (x.said for x in self.overrides)
        ticked = (x.said for x in self.ticks)
        return (*answers, *struck, *decided, *(x.said for x in self.edits), *ticked)


@dataclass(frozen=True, slots=True)
class Strike:
    """A person's word that passages of the record were misread: nothing about the concept is read
    from them. `said` holds who said so, when, and as its quotation why."""

    concept: str
    sources: tuple[Source, ...]
    said: Source


@dataclass(frozen=True, slots=True)
class Tick:
    """A person's word that passages which a model pointed at do say what was read there. `said`
    holds who said so and when."""

    concept: str
    sources: tuple[Source, ...]
    said: Source


@dataclass(frozen=True)
class Pointed:
    """Words of the question of which a model says that they ask for a treatment. Whether they do,
    and what dose and phase they ask for, the program reads there by itself."""

    treatment: str  # the concept that the program's own index finds in `name`
    name: Source
    source: Source  # all the words

    @cached_property
    def id(self) -> str:
        """The same words for the same treatment have the same id, on any machine."""
        return "q" + content_hash(self)[:12]


@dataclass(frozen=True, slots=True)
class Edit:
    """A sentence of the article that a person worded otherwise. `said` holds who did so, when, and
    as its quotation the words that stand now."""

    was: str  # the sentence as it was written, citations included
    said: Source


@dataclass(frozen=True, slots=True)
class Override:
    """A person's decision on an item, instead of the outcome that was computed.

    It holds for exactly that item and that computed outcome: where either is another by now, it
    has lapsed. `said` holds who decided, when, and as its quotation why.
    """

    item: str  # its id
    words: str  # as the item is asked for
    computed: Outcome
    outcome: Outcome
    said: Source


# --- time ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day known to some precision: it lies between `earliest` and `latest`, both included."""

    earliest: date
    latest: date

    @classmethod
    def of(cls, day: date) -> Day:
        """A day known exactly."""
        return cls(day, day)


@dataclass(frozen=True, slots=True)
class When:
    """The stretch of time that a fact speaks of. Neither end known: undated.

    An event has `start == end`. A state or therapy that goes on has `ongoing=True` and no `end`.
    `assumed` marks a day taken from a document that carries no date of its own.
    """

    start: Day | None = None
    end: Day | None = None
    ongoing: bool = False
    assumed: bool = False

    @classmethod
    def on(cls, day: date, *, assumed: bool = False) -> When:
        """An event on a day known exactly."""
        return cls(Day.of(day), Day.of(day), assumed=assumed)

    @property
    def dated(self) -> bool:
        """Whether either end is known."""
        return self.start is not None or self.end is not None


UNDATED = When()

# --- structured records --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coding:
    """A code, the system it belongs to ("loinc", "icd10cm", "rxnorm", "snomed", ...) and its text.

    `system` is a key of `Concept.codes`, or the system's own address where it is none of them.
    """

    code: str
    system: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One structured statement of a chart, in the same words whatever format it came in.

    A FHIR resource or one component of it, a C-CDA entry, a row of a laboratory table. `start` and
    `end` are its line in `Document.text`, which the reader of the format writes for people to see;
    `path` says where it stands in what was given. `value` and `reference` carry UCUM units.
    """

    kind: str  # condition | observation | medication | procedure | allergy | immunization |
    #            order | device | encounter | family | answer | claim | patient
    start: int
    end: int
    path: str = ""  # FHIRPath, or XPath in a C-CDA, or "row 12" of a table
    words: str = ""  # the name as a person wrote it
    codings: tuple[Coding, ...] = ()
    status: str = ""  # active | resolved | remission | refuted | possible | differential |
    #                   planned | completed | given | stopped | on-hold | not-done | declined |
    #                   withheld | "" where none is given
    value: Quantity | str | None = None  # a number, or a result in words ("positive")
    written_unit: str = ""  # the unit as written, where it is no UCUM code
    reference: Quantity | None = None  # the printed reference range
    when: When = UNDATED  # when it was so
    recorded: date | None = None  # when it was written down
    reasons: tuple[str, ...] = ()  # why it was stopped or not done, in the record's own words
    therapy: Therapy | None = None  # dose, interval and route of a treatment, where given
    site: tuple[str, ...] = ()  # as written: "left knee"
    asserter: Asserter | None = None  # None: the record's own author
    relation: str = ""  # of a family member
    severity: str = ""  # of a condition, as written: "moderate"
    directions: str = ""  # how a medicine is to be taken, in the record's own words
    flag: str = ""  # how a result was judged, as written: "low", "positive"
    label: bool = False  # a billing line or a bare code: a label, not evidence


# --- facts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, or the range in which it is known to lie.

    "495 mg/dL" has low == high; "35-40 %" a range; "< 10" no low end and `open` (10 excluded).
    `unit` is a UCUM code; "" means that the text gave none.
    """

    low: Decimal | None
    high: Decimal | None
    unit: str = ""
    open: bool = False

    @classmethod
    def of(cls, value: Decimal | int | str, unit: str = "") -> Quantity:
        """A number known exactly."""
        number = Decimal(value)
        return cls(number, number, unit)

    @property
    def exact(self) -> Decimal | None:
        """The number where it is known exactly, otherwise None."""
        return self.low if self.low == self.high else None


class Assertion(StrEnum):
    """What the text says of the concept."""

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    FAMILY = "family"  # someone else's
    HISTORICAL = "historical"  # was so, and is resolved or over
    NOT_DOCUMENTED = "not_documented"  # sought in the record and not there ("no logs in the file")


class Asserter(StrEnum):
    """Who says it. A letter or a question claims; it does not document."""

    PROVIDER = "provider"
    LABORATORY = "laboratory"
    PATIENT = "patient"
    PAYER = "payer"
    LETTER = "letter"  # a letter of request or appeal, without a note behind it
    QUESTION = "question"  # the question itself, taken for granted by the asker
    ATTESTED = "attested"  # a person's answer to a missing item
    COMPUTED = "computed"  # derived from other facts by a shipped formula
    LABEL = "label"  # a label table, not the chart


@dataclass(frozen=True, slots=True)
class Therapy:
    """What criteria ask of a treatment. None and "" mean: the text does not say."""

    dose: Quantity | None = None  # one administration: 60 g, 60 mg/kg, 155 [U]
    every: Quantity | None = None  # 4 wk, 1 mo, 1 d
    route: str = ""  # intravenous, subcutaneous, oral, ...
    duration: Quantity | None = None  # as stated; dates are in `Fact.when`
    response: str = ""  # none | partial | good | lost
    ended_because: str = ""
    adequate: bool | None = None  # the text itself calls dose and duration adequate, or not
    taken: bool = True  # False: contraindicated or declined, never taken


class Mark(StrEnum):
    """What a reader of the article must know about how a fact was obtained."""

    UNIT_MISSING = "unit_missing"
    UNIT_INFERRED = "unit_inferred"  # only from a printed reference range
    UNIT_IMPOSSIBLE = "unit_impossible"
    DATE_ASSUMED = "date_assumed"
    CODE_ONLY = "code_only"  # a code or a diagnosis line: a label, not evidence
    COLONISATION = "colonisation"
    MISSPELT = "misspelt"  # read from a word that is not spelt as the name is
    DISPUTED = "disputed"
    PROPOSED = "proposed"  # proposed by a model, found again in its quotation
    CONFIRMED = "confirmed"  # proposed by a model, found again, and confirmed by a person
    HYPOTHETICAL = "what_if"


@dataclass(frozen=True)
class Fact:
    """One statement about the patient or the request, pointing at its words.

    `site` holds parts of the body in normal form ("left", "L4/5", "great-saphenous-vein");
    `shown_by` how it was shown (imaging, biopsy, culture, test, examination); `during` the
    treatments known to be in effect when a value was taken ("trough on immunoglobulin").
    """

    concept: str
    assertion: Assertion = Assertion.PRESENT
    value: Quantity | str | None = None
    when: When = UNDATED
    asserter: Asserter = Asserter.PROVIDER
    therapy: Therapy | None = None
    site: frozenset[str] = frozenset()
    shown_by: frozenset[str] = frozenset()
    during: frozenset[str] = frozenset()
    marks: frozenset[Mark] = frozenset()
    sources: tuple[Source, ...] = ()
    formula: str = ""  # a computed fact's arithmetic, in words a reader can follow
    inputs: tuple[Fact, ...] = ()  # a computed fact's inputs

    @cached_property
    def id(self) -> str:
        """The same statement from the same words has the same id, on any machine."""
        return "f" + content_hash(self)[:12]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts that cannot all be true, with what is odd about them in one plain sentence."""

    concept: str
    facts: tuple[Fact, ...]
    says: str


@dataclass(frozen=True)
class Facts:
    """Everything the chart says, as far as it was understood."""

    items: tuple[Fact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unplaced: int = 0  # clinical-looking statements that could not be placed

    @cached_property
    def hash(self) -> str:
        """Content hash: independent of the order in which facts were read."""
        joined = "".join(sorted(f.id for f in self.items))
        return hashlib.sha256(joined.encode()).hexdigest()

    def plus(self, more: Iterable[Fact]) -> Facts:
        """These facts and more, each statement once."""
        items = dict.fromkeys(self.items)
        items.update(dict.fromkeys(more))
        return replace(self, items=tuple(items))


# --- concepts ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """A usual range of a measurement. It names the source it comes from."""

    low: Quantity | None = None
    high: Quantity | None = None
    sex: str = ""  # female | male
    age_from: Decimal | None = None  # years
    age_to: Decimal | None = None
    cite: str = ""


@dataclass(frozen=True)
class Concept:
    """A thing charts speak of: how it is named, coded, measured, and what it is a kind of."""

    id: str
    label: str
    kind: str
    names: tuple[str, ...] = ()  # matched without regard to case
    abbreviations: tuple[str, ...] = ()  # matched exactly as written
    under: tuple[str, ...] = ()
    opposite: str = ""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = ""  # UCUM; the unit criteria are written in
    range: tuple[ReferenceRange, ...] = ()
    plausible: tuple[Decimal, Decimal] | None = None  # in `unit`; outside it the unit is doubted
    molar_mass: Decimal | None = None  # g/mol
    # Units that charts leave out: a number alone between the two is in that unit.
    bare: tuple[tuple[str, Decimal, Decimal], ...] = ()
    levels: tuple[str, ...] = ()  # of a graded finding, lowest first: mild, moderate, severe
    parts: tuple[str, ...] = ()  # measurements written as one: blood pressure 158/89, motion 0-125
    kinds: tuple[str, ...] = ()  # stands for every concept of these kinds: "any treatment"
    line: str = ""  # file:line


@dataclass(frozen=True)
class Concepts:
    """All concepts, with the questions that everything asks of them."""

    by_id: Mapping[str, Concept]

    def __getitem__(self, id: str) -> Concept:
        return self.by_id[id]

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        above: dict[str, frozenset[str]] = {}

        def walk(id: str) -> frozenset[str]:
            if id not in above:
                above[id] = frozenset({id})  # a cycle is refused at load; this only ends recursion
                parents = self.by_id[id].under if id in self.by_id else ()
                above[id] = frozenset({id}).union(*(walk(p) for p in parents))
            return above[id]

        for id in self.by_id:
            walk(id)
        return above

    def above(self, id: str) -> frozenset[str]:
        """The concept and every broader one."""
        return self._above.get(id, frozenset({id}))

    def is_a(self, narrow: str, broad: str) -> bool:
        """Whether `narrow` is `broad` or a kind of it."""
        return broad in self.above(narrow)

    def opposed(self, a: str, b: str) -> bool:
        """Whether the two, or broader ones of theirs, are written down as opposites."""

        def against(x: str, y: str) -> bool:
            return x in self.by_id and self.by_id[x].opposite == y

        return any(against(x, y) or against(y, x) for x in self.above(a) for y in self.above(b))

    def label(self, id: str) -> str:
        """The concept's name for readers; an unknown id is shown as it is."""
        return self.by_id[id].label if id in self.by_id else id

    def member_class(self, id: str, of: str) -> str:
        """The kind directly below `of` to which `id` belongs (topiramate -> antiepileptics)."""
        if id == of:
            return id
        for above in sorted(self.above(id)):
            if above in self.by_id and of in self.by_id[above].under:
                return above
        return id


# --- literature ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """One source in the literature. `checked`: was its text seen, seen second-hand, or neither?"""

    key: str
    type: str  # guideline | label | coverage policy | systematic review | trial | cohort | ...
    title: str
    organisation: str = ""
    year: str = ""
    identifier: str = ""  # DOI, PMID, NCD number: only ever one that was seen
    url: str = ""
    checked: str = "unverified"  # seen | secondary | unverified
    note: str = ""
    collection: str = ""  # id of the work that it is in the author's collection
    quotes: tuple[tuple[str, str], ...] = ()  # locator -> exactly the words that stand there


@dataclass(frozen=True, slots=True)
class Work:
    """One document of the literature as a collection holds it: what it is, and whether it stands.

    Where `Reference` is how a policy cites, `Work` is what a user has: its text is in the
    collection as passages. Nothing in it is guessed: "" means that the file did not say.
    """

    id: str  # from the text's hash: the same text imported twice is one work
    title: str
    type: str = ""  # guideline | label | coverage policy | systematic review | trial | cohort |
    #                 case report | opinion
    organisation: str = ""
    year: str = ""
    version: str = ""
    jurisdiction: str = ""
    population: str = ""
    grade: str = ""  # of its evidence or recommendation, as stated there
    status: str = "current"  # current | superseded | retracted | concern
    identifiers: tuple[tuple[str, str], ...] = ()  # ("doi", "10.1000/x"), ("pmid", "123")
    url: str = ""
    licensed: bool = False  # the user's own copy of licensed text: it leaves in no export
    superseded_by: str = ""  # id of a work, or an identifier as stated ("pmid:123")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a work, at its offsets in the work's text."""

    work: Work
    text: str
    start: int
    end: int
    section: str = ""  # its headings, outermost first: "Dosing > Adults"
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text, with the concepts that it may stand for."""

    start: int
    end: int
    concepts: tuple[str, ...]
    negated: bool = False  # the name itself denies: "non-diabetic"


@dataclass(frozen=True, slots=True)
class Outline:
    """A text cut into sentences, headings included, with the names in it; all by offsets."""

    sentences: tuple[tuple[int, int], ...]
    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The passage of a work to which a citation leads, and how it was found: by the words quoted
    from it, by its page or heading, or by the words of what cites it alone (nobody has bound it).
    """

    locator: str
    passage: Passage
    how: str  # quote | page | heading | words
    marks: tuple[tuple[int, int], ...] = ()  # offsets in the passage's text


@dataclass(frozen=True, slots=True)
class Opened:
    """A cited source as the user's collection has it."""

    reference: Reference
    work: Work
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference and the place in it."""

    key: str
    locator: str = ""


# --- criteria ------------------------------------------------------------------------------


class Role(StrEnum):
    """What a criterion decides."""

    ESSENTIAL = "essential"  # without it the treatment is not necessary
    REQUIREMENT = "requirement"  # must be in place before it is given
    SUPPORTING = "supporting"  # strengthens or weakens; never decides


@dataclass(frozen=True, slots=True)
class Relation:
    """In time: `before`, `after`, `since` or `during` a concept.

    `silence` holds the reason why, on this leaf alone, no mention of the concept counts as "it
    never happened"; empty, silence stays unknown.
    """

    kind: str
    concept: str
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison: below | at_most | above | at_least, with a number or a parameter's number."""

    op: str
    limit: Quantity
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition that a text states, at the words that state it. It is of nobody: a text says for
    whom a treatment is, and whether that is so of a patient is another question.

    `kind`: value (a measurement, compared), lasting (how long something is so or was given), or
    ended (a treatment that ended for one of `because`).
    """

    kind: str
    concept: str
    start: int
    end: int
    bounds: tuple[Bound, ...] = ()
    because: tuple[str, ...] = ()  # no-response | intolerance | contraindication


@dataclass(frozen=True, slots=True)
class Unread:
    """Words that look like a condition and were not read as one, and why."""

    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """What narrows the facts a leaf looks at. Empty means: does not matter."""

    within: Quantity | None = None
    relations: tuple[Relation, ...] = ()
    lasting: tuple[Bound, ...] = ()
    ended_because: frozenset[str] = frozenset()
    response: frozenset[str] = frozenset()
    shown_by: frozenset[str] = frozenset()
    dose: tuple[Bound, ...] = ()
    currently: bool = False
    same_site: bool = False
    adequate: bool = False  # not stated to be inadequate in dose or duration, and taken
    within_parameter: str = ""  # the parameter that gives `within`
    said_of: str = ""  # family | plan: facts of a blood relative, or of what is planned, instead


@dataclass(frozen=True, slots=True)
class Has:
    """Facts of a concept, or of any concept under it, exist."""

    concepts: tuple[str, ...]
    times: int = 1
    distinct: str = ""  # "" | "concept" | "class"
    apart: Quantity | None = None
    where: Qualifiers = Qualifiers()
    each: str = ""  # all | any of the concepts that the request names under this one


@dataclass(frozen=True, slots=True)
class Versus:
    """A change from a baseline: the picked value against another pick of the same concept."""

    pick: str
    change: str  # difference | percent
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A number of a concept, compared.

    `pick`: latest | earliest | lowest | highest | any | every.
    """

    concept: str
    pick: str = "latest"
    bounds: tuple[Bound, ...] = ()
    one_of: frozenset[str] = frozenset()  # for values that are words
    versus: Versus | None = None
    where: Qualifiers = Qualifiers()


@dataclass(frozen=True, slots=True)
class Combine:
    """all | any | none | at_least (`n`) of the parts."""

    kind: str
    parts: tuple[Criterion, ...]
    n: int = 0


@dataclass(frozen=True, slots=True)
class Criterion:
    """A node that can be met."""

    id: str
    says: str
    test: Has | Value | Combine
    role: Role = Role.ESSENTIAL
    cite: tuple[Citation, ...] = ()
    ask: str = ""
    silence: str = ""  # why, on this leaf alone, silence counts as absent
    given: tuple[str, ...] = ()  # ... only where the record says one of these concepts
    since: date | None = None  # from when this threshold holds
    note: str = ""
    line: str = ""

    def leaves(self) -> tuple[Criterion, ...]:
        """The criteria below this one that look at facts, in order."""
        if isinstance(self.test, Combine):
            return tuple(leaf for part in self.test.parts for leaf in part.leaves())
        return (self,)


# --- policies ------------------------------------------------------------------------------


class Phase(StrEnum):
    """Where in a treatment the request stands. Criteria of one phase never serve another."""

    INITIATION = "initiation"
    CONTINUATION = "continuation"
    DOSE_CHANGE = "dose_change"
    RETROSPECTIVE = "retrospective"


@dataclass(frozen=True, slots=True)
class Route:
    """A way to qualify: all of its criteria. An exception is a route open under a condition."""

    id: str
    says: str
    criteria: tuple[Criterion, ...]
    condition: str = ""  # exceptions only: the stated condition or limit
    duration: str = ""


@dataclass(frozen=True, slots=True)
class PhaseCriteria:
    """What one phase asks."""

    routes: tuple[Route, ...] = ()
    exceptions: tuple[Route, ...] = ()
    exclusions: tuple[Criterion, ...] = ()
    requirements: tuple[Criterion, ...] = ()
    supporting: tuple[Criterion, ...] = ()
    duration: str = ""  # of an approval, in words with its number
    cite: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseLine:
    """A dose as one authority gives it. `decides`: the line against which a request is held."""

    says: str
    kind: str  # label | guideline | practice | payer | trial
    amount: Quantity | None = None  # per administration; per kg, per m2 or fixed
    every: Quantity | None = None
    maximum: Quantity | None = None  # a hard ceiling per administration
    jurisdiction: str = ""
    cite: tuple[Citation, ...] = ()
    decides: bool = False
    query_above: Quantity | None = None
    of: tuple[str, ...] = ()  # only for these of the policy's treatments
    phases: tuple[Phase, ...] = ()  # only for requests of these phases; of all where it is empty


@dataclass(frozen=True, slots=True)
class DoseBlock:
    """What is asked of the dose."""

    lines: tuple[DoseLine, ...]
    weight: str = "actual"  # actual | ideal | adjusted: the basis, shown with the arithmetic
    weight_note: str = ""
    ask: str = ""
    query: tuple[str, ...] = ()  # sentences on what needs a query
    cite: tuple[Citation, ...] = ()
    as_labelled: bool = False  # a dose or interval that is not stated is the label's own


@dataclass(frozen=True, slots=True)
class Mistake:
    """How a text words what a statement contradicts: one word of every group, in one sentence that
    has none of `unless`. A word that ends in "*" stands for every word that begins so.
    `overstated`: the statement does not say the contrary, only less."""

    groups: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...] = ()
    overstated: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a policy (status, safety, pitfall, monitoring, disagreement) with its sources.

    `when` makes it conditional on facts: a thrombosis warning for a patient with coronary disease.
    """

    says: str
    cite: tuple[Citation, ...] = ()
    kind: str = (
        ""  # status: regulatory | practice | evidence ; disagreement: label | guideline | payer
    )
    about: str = ""  # which question a disagreement is about
    when: Criterion | None = None
    mistaken: tuple[Mistake, ...] = ()  # wordings of a text that this statement contradicts
    line: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of a policy changed, in effects: for whom it answers differently."""

    version: str
    on: date
    says: str


@dataclass(frozen=True)
class Policy:
    """A tree of criteria, stamped with question, validity dates, sources, version, status."""

    id: str
    title: str
    question: str
    version: str
    status: str  # draft | reviewed | retired
    valid_from: date
    valid_to: date | None
    treatments: tuple[str, ...]  # empty for a general policy
    applies: Criterion | None  # None: the treatment alone decides
    over: tuple[str, ...]  # policies that this one goes before when both apply
    phases: Mapping[Phase, PhaseCriteria]
    dose: DoseBlock | None = None
    standing: str = ""  # standard-of-care | accepted | investigational | not-recommended
    certainty: str = ""  # high | moderate | low | very-low
    certainty_because: str = ""
    status_lines: tuple[Statement, ...] = ()
    disagreements: tuple[Statement, ...] = ()
    monitoring: tuple[Statement, ...] = ()
    safety: tuple[Statement, ...] = ()
    pitfalls: tuple[Statement, ...] = ()
    questions: tuple[str, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()  # newest first
    profile: str = ""  # the plan profile applied, if any
    profile_notes: tuple[Statement, ...] = ()
    general: tuple[str, ...] = ()  # kinds of item that it covers where no policy of its own fits
    goes_first: bool = False  # of a general policy: judged on top of the item's own policy
    path: str = ""
    origin: str = ""  # the library folder of one's own that it comes from; "": the shipped one
    replaces: str = ""  # the version of an earlier folder that it takes the place of
    hash: str = ""

    def in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Label:
    """One row of a label table: what a regulator's label of a product says."""

    product: str
    ingredient: str  # a concept id
    regulator: str
    indications: tuple[str, ...]  # concept ids
    says: str
    population: str = ""
    dose: str = ""
    maximum: Quantity | None = None
    every: Quantity | None = None  # how often the maximum may be given: 1 d, 4 wk
    needs: tuple[str, ...] = ()  # concepts that the record must show as well: a line, a marker
    from_age: Quantity | None = None
    below_age: Quantity | None = None
    valid_from: date | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Derived:
    """A value computed from others: formula as data, with its source."""

    id: str  # the concept it gives
    unit: str
    inputs: Mapping[str, tuple[str, str]]  # name -> (concept, unit)
    formula: Any  # nested {op: [args]}
    says: str
    agrees_within: Decimal | None = None
    cite: tuple[Citation, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """A plan's own rules, each map keyed by policy id. It never touches the evidence."""

    id: str
    title: str
    organisation: str = ""
    parameters: Mapping[str, Mapping[str, tuple[Quantity, Statement]]] = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, Role]] = field(default_factory=dict)
    notes: Mapping[str, Statement] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True)
class Wording:
    """A policy in other words of one language, by criterion id: what it says for those who are no
    professionals, what they are to ask for, and, for learners, why the criterion exists.

    It decides nothing, and is no part of the policy's hash. It holds for one version of it.
    """

    version: str
    title: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    ask: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """A concept in one language: its name there ("": its own), and what it means, plainly."""

    label: str = ""
    means: str = ""


@dataclass(frozen=True)
class Library:
    """Everything that is data: concepts, policies, label tables, derived values, profiles.

    `policies` holds one version of each, `earlier` those before it, newest first.
    """

    concepts: Concepts
    policies: Mapping[str, Policy]
    labels: tuple[Label, ...] = ()
    derived: tuple[Derived, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    earlier: Mapping[str, tuple[Policy, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what a folder of one's own replaced, and what does not fit it
    wordings: Mapping[str, Mapping[str, Wording]] = field(default_factory=dict)  # language -> id
    terms: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)  # language -> concept id

    def wording(self, policy: Policy, language: str) -> Wording | None:
        """The policy in other words of that language; None where nobody wrote any."""
        found = self.wordings.get(language, {}).get(policy.id)
        return found if found and found.version == policy.version else None

    def named_in(self, language: str) -> Concepts:
        """The concepts under their names of that language, where it has one for them; the record
        goes on calling them by their own."""
        own = {id: t.label for id, t in self.terms.get(language, {}).items() if t.label}
        named = {
            id: replace(c, label=own[id], names=(*c.names, c.label))
            for id, c in self.concepts.by_id.items()
            if id in own
        }
        return Concepts({**self.concepts.by_id, **named}) if named else self.concepts

    def on(self, day: date) -> Library:
        """The library with the version of each policy that holds on that day, where one does."""
        policies, others = dict(self.policies), {}
        for id in self.earlier:
            held = self.versions(id)
            policies[id] = next((p for p in held if p.in_force(day)), self.policies[id])
            others[id] = tuple(p for p in held if p is not policies[id])
        return replace(self, policies=policies, earlier=others) if others else self

    def versions(self, id: str) -> tuple[Policy, ...]:
        """Every version of a policy that the library holds, newest first."""
        every = {p.version: p for p in (self.policies[id], *self.earlier.get(id, ()))}
        return tuple(sorted(every.values(), key=lambda p: p.valid_from, reverse=True))

    @cached_property
    def hash(self) -> str:
        """Content hash over every policy."""
        return hashlib.sha256("".join(p.hash for p in self.policies.values()).encode()).hexdigest()


# --- the request ---------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestedItem:
    """One treatment, code, dose or stay that is asked for, with the words that ask for it.

    `facts` states the request as data: facts whose concept begins with "request.".
    """

    id: str
    treatment: str  # concept id; "" when it is no concept of the library
    words: str  # as the question or the order writes it
    phase: Phase = Phase.INITIATION
    phase_because: str = ""
    product: str = ""
    dose: Quantity | None = None
    every: Quantity | None = None
    current_dose: Quantity | None = None  # what is given now, where a change is asked for
    duration: Quantity | None = None
    route: str = ""
    codes: tuple[str, ...] = ()
    place: str = ""
    parts: tuple[str, ...] = ()  # sites that are judged one by one
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    secondary: bool = False  # found in the orders of the chart, not named by the question
    kind: str = ""  # drug, device, procedure, test, service: its concept's, or as its words sound
    marks: frozenset[Mark] = frozenset()  # PROPOSED, CONFIRMED: a model pointed at the words


@dataclass(frozen=True)
class Premise:
    """Something the question takes for granted, held against the chart."""

    fact: Fact
    standing: str  # agrees | contradicted | not_in_record
    record: tuple[Fact, ...] = ()
    says: str = ""  # what is wrong, where something is


@dataclass(frozen=True, slots=True)
class DenialReason:
    """One reason that a denial states, in its own words, and what it is about.

    `kinds` are general: not_necessary | experimental | step_therapy | not_documented |
    missing_information | dose | level_of_care | network | authorization | benefit; empty where the
    words give none. `concepts` are named in the same words, other than the treatment denied.
    """

    source: Source
    kinds: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()


# --- what comes out ------------------------------------------------------------------------


class State(StrEnum):
    """What the record holds on a criterion: a different thing from whether it is met."""

    SAID = "said"
    SILENT = "silent"
    SOUGHT = "sought_and_absent"
    CLAIMED = "claimed_only"  # a letter, a code or the question says so; no note behind it
    DISPUTED = "disputed"
    INCOMPLETE = "incomplete"  # said, but without the date, unit or detail that decides
    CLOSED = "closed_world"  # silence counted as absent, by the policy's written reason


@dataclass(frozen=True)
class Finding:
    """A criterion's truth, the facts used and what is missing: same shape and ids as its policy."""

    id: str
    says: str
    truth: Truth
    role: Role
    kind: str  # has | value | all | any | none | at_least | dose
    state: State = State.SAID
    why: str = ""  # one clause: what was looked at and what decided
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()  # ids of leaves below whose answer is needed
    ask: str = ""
    cite: tuple[Citation, ...] = ()
    parts: tuple[Finding, ...] = ()
    n: int = 0  # of at_least
    note: str = ""

    def leaves(self) -> tuple[Finding, ...]:
        """The findings that looked at facts, in order."""
        return tuple(leaf for p in self.parts for leaf in p.leaves()) if self.parts else (self,)


class Outcome(StrEnum):
    """The six words of a determination."""

    INDICATED = "indicated"
    INDICATED_WITH_CHANGES = "indicated_with_changes"
    CONDITIONAL = "conditional"
    NOT_INDICATED = "not_indicated"
    CANNOT_DETERMINE = "cannot_determine"
    NO_POLICY = "no_policy"


class Leaning(StrEnum):
    """Where an open case leans. Never an outcome."""

    TOWARD_INDICATED = "toward_indicated"
    TOWARD_NOT_INDICATED = "toward_not_indicated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that is missing, how to get it, and what either answer leads to."""

    id: str  # of the criterion
    what: str
    ask: str
    state: State
    if_met: Outcome
    if_not_met: Outcome
    role: Role = Role.ESSENTIAL


@dataclass(frozen=True, slots=True)
class Settles:
    """The fewest missing facts that would settle the outcome one way."""

    outcome: Outcome
    needs: tuple[tuple[str, Truth], ...]  # criterion id, the answer it would need


@dataclass(frozen=True, slots=True)
class DoseRow:
    """One line of dose arithmetic: the request against one authority's range."""

    line: DoseLine
    truth: Truth
    says: str  # the arithmetic in words
    weight_from: Decimal | None = None  # kg: weights at which the requested dose lies in the range
    weight_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DoseCheck:
    """The dose that was asked for, held against every range."""

    truth: Truth  # within the deciding line: met; outside: not met
    requested: str
    weight: Fact | None
    rows: tuple[DoseRow, ...]
    equivalents: tuple[str, ...] = ()  # "60 g is 0.8 g/kg at 75 kg"
    fits: str = ""  # the range that fits, with its arithmetic
    queries: tuple[str, ...] = ()
    ask: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """What facts that a model proposed have to do with a determination.

    `without` is the outcome where none of them counts that no person confirmed; `used` are those
    among the facts of the findings; `waiting` would lead to `outcome`, which is adverse, and count
    only once a person confirmed them.
    """

    without: Outcome
    used: tuple[Fact, ...] = ()
    waiting: tuple[Fact, ...] = ()
    outcome: Outcome | None = None  # where they wait: what they would lead to


@dataclass(frozen=True, slots=True)
class Differing:
    """A measurement for which works state different limits: each sentence that states one, with the
    limit at its offsets in it; the newest first."""

    concept: str
    stated: tuple[tuple[Passage, Limit], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the user's collection says on a request that no policy is about. Never a verdict.

    `sought` are the treatment, the disease and the people that a passage must be about; empty where
    the question leaves the first two open, and nothing was asked.
    """

    sought: tuple[str, ...] = ()  # concept ids, and groups of people
    passages: tuple[Passage, ...] = ()
    differing: tuple[Differing, ...] = ()


@dataclass(frozen=True)
class Determination:
    """The finding tree for one requested item, stamped so that anybody can repeat it."""

    item: RequestedItem
    outcome: Outcome
    because: str
    phase: Phase
    policy: Policy | None
    as_of: date
    facts_hash: str
    program: str
    leaning: Leaning = Leaning.NONE
    leaning_because: str = ""
    routes: tuple[Finding, ...] = ()
    exceptions: tuple[Finding, ...] = ()
    exclusions: tuple[Finding, ...] = ()
    requirements: tuple[Finding, ...] = ()
    supporting: tuple[Finding, ...] = ()
    dose: DoseCheck | None = None
    missing: tuple[Missing, ...] = ()
    settles: tuple[Settles, ...] = ()
    warnings: tuple[
        tuple[Statement, Finding | None], ...
    ] = ()  # safety lines that this chart calls up
    labels: tuple[tuple[Label, Truth], ...] = ()  # is a product's label about this patient?
    parts: tuple[Determination, ...] = ()
    candidates: tuple[str, ...] = ()  # policies of the treatment that do not fit
    beside: tuple[Determination, ...] = ()  # the same item under other policies that apply to it
    override: Override | None = None  # a person's decision; `outcome` is then theirs
    proposed: Proposed | None = None  # where a model's proposals were among the facts
    known: Known | None = None  # without a policy of its own, where a collection was asked

    @property
    def computed(self) -> Outcome:
        """What the criteria give, whatever a person decided."""
        return self.override.computed if self.override else self.outcome

    def findings(self) -> tuple[Finding, ...]:
        """Every top finding, in the order in which they are shown."""
        return self.routes + self.exceptions + self.exclusions + self.requirements + self.supporting


# --- the article ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Support:
    """What one sentence rests on. Exactly one kind of thing each.

    kind: `record` (a fact's words), `literature` (a reference), `calculation` (shown inputs and
    result), `finding` (a criterion judged), `policy` (a policy's own text), `request` (the words
    of the question), `program` (what the program did: version, dates, hashes), `form` (a field that
    the sender of a letter filled in).
    """

    kind: str
    text: str  # the words and numbers that the sentence may use
    label: str = ""  # printed: "P3" or "2"
    source: Source | None = None
    key: str = ""  # reference key, finding id or policy id
    language: str = ""  # of its first line, where that is not the article's


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with everything that carries it."""

    text: str
    support: tuple[Support, ...] = ()
    id: str = ""  # the message it was made from


@dataclass(frozen=True, slots=True)
class Drawn:
    """One thing in a figure. `text` is a phrase of a support of the figure's own sentences."""

    role: str  # point | span | limit | range | request | node | group
    text: str
    when: When = UNDATED
    value: Quantity | None = None  # in the figure's unit
    lane: str = ""  # the row it stands in, where rows have names
    level: int = 0  # how deep a node stands
    tone: str = ""  # a finding, or the kind of an authority
    label: str = ""  # the printed label of its support: "P3"


@dataclass(frozen=True, slots=True)
class Figure:
    """What a picture shows, as data: a drawing holds nothing else. kind: values | criteria |
    timeline | dose."""

    kind: str
    drawn: tuple[Drawn, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section. kind: paragraph | list | table | note | figure.

    A table's cells are sentences too: every cell is checked like any other sentence. A figure's
    sentences are its caption and then its alternative in words.
    """

    kind: str
    sentences: tuple[Sentence, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Sentence, ...], ...] = ()
    tone: str = ""  # the finding or outcome that colours it
    folded: str = ""  # a page may fold it away under this line; paper and text show it
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = ()


class Reader(StrEnum):
    """For whom an article is worded. Verdicts, numbers and citations are the same for each."""

    CLINICIAN = "clinician"
    REVIEWER = "reviewer"  # of a payer or plan
    PATIENT = "patient"  # or family
    STUDENT = "student"


@dataclass(frozen=True)
class Article:
    """Sentences with support."""

    title: str
    question: str
    as_of: date
    sections: tuple[Section, ...]
    references: tuple[Reference, ...] = ()
    record: tuple[tuple[str, Source], ...] = ()  # printed label -> words of the chart
    program: str = ""
    reader: Reader = Reader.CLINICIAN
    language: str = "en"
    kind: str = "article"  # or the letter or form that it is: necessity, appeal, notice, ...

    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of every section and table, in order."""

        def of(section: Section) -> Iterable[Sentence]:
            for block in section.blocks:
                yield from block.sentences
                for row in block.rows:
                    yield from row
            for part in section.parts:
                yield from of(part)

        return tuple(s for section in self.sections for s in of(section))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of exactly the text that a reviewer would sign."""
        text = "\n".join([self.title, self.question, *(s.text for s in self.sentences())])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Review:
    """One human act on exactly one text. Append-only."""

    act: str
    by: str
    at: datetime
    article_hash: str
    comment: str = ""
    role: str = ""  # in which the person acted
    case: str = ""  # its id at a review desk


@dataclass(frozen=True)
class Assessment:
    """Everything one run gives: the case, the facts, the determinations and the article."""

    case: Case
    facts: Facts
    items: tuple[RequestedItem, ...]
    premises: tuple[Premise, ...]
    determinations: tuple[Determination, ...]
    article: Article
    waiting: tuple[Determination, ...] = ()  # of items that a model proposed; adverse, unconfirmed


# --- follow-up questions --------------------------------------------------------------------


class FollowUpKind(StrEnum):
    """What a follow-up question wants to know."""

    WHY = "why"
    POLICY = "policy"
    WHAT_IF = "what_if"
    MISSING = "missing"
    DOSE = "dose"
    SOURCE = "source"
    COMPARE = "compare"
    CHANGED = "changed"
    APPEAL = "appeal"
    SUMMARY = "summary"
    NOTHING = "none"  # not understood, or not a question about this case


@dataclass(frozen=True)
class FollowUp:
    """A question on top of an assessment, placed: what it wants to know, and of what.

    `text` holds the words of what is supposed, as they are read: the asker's own, completed from
    the conversation where they lean on it. `assumed` are the facts read from them; they are marked,
    and never become facts of the chart.
    """

    kind: FollowUpKind
    words: str
    items: tuple[str, ...] = ()  # ids of the requested items it is about; empty: all of them
    findings: tuple[str, ...] = ()  # ids of the criteria it is about
    label: str = ""  # of a source ("3") or a passage of the record ("P3")
    other: str = ""  # the treatment to compare with, where the case does not ask for it
    weight: Quantity | None = None
    text: str = ""
    without: tuple[str, ...] = ()  # documents to be left out
    assumed: tuple[Fact, ...] = ()
    left: tuple[str, ...] = ()  # words of `text` that gave no fact
    proposed: bool = False  # a model took it for a question of this kind


@dataclass(frozen=True)
class Turn:
    """One question of a conversation with its answer, as it was given."""

    at: datetime
    follow_up: FollowUp
    answer: Article


@dataclass(frozen=True)
class Standing:
    """What an assessment came to, in a form that can be held against the same case judged anew."""

    program: str
    facts: str  # content hash
    article: str  # content hash
    policies: tuple[tuple[str, str, str], ...]  # id, version, hash
    outcomes: tuple[tuple[str, Outcome], ...]  # id of the requested item
    findings: tuple[tuple[str, str, Truth], ...]  # item, criterion, truth


@dataclass(frozen=True)
class Drift:
    """What a case judged anew gives otherwise than before, item by item: before, after."""

    program: tuple[str, str] | None = None
    policies: tuple[tuple[str, str, str], ...] = ()  # id, version before, version after
    outcomes: tuple[tuple[str, Outcome | None, Outcome | None], ...] = ()
    findings: tuple[tuple[str, str, Truth, Truth], ...] = ()
    worded: bool = False  # the article reads otherwise

    def __bool__(self) -> bool:
        return bool(self.policies or self.outcomes or self.findings or self.worded or self.program)


# --- a text held against the record and the library ------------------------------------------


class ClaimStanding(StrEnum):
    """What came of one sentence of a text. `not_found` is neither right nor wrong."""

    CONTRADICTED = "contradicted"
    NUMBER = "number"  # another number stands in the record or the source
    ARITHMETIC = "arithmetic"
    OVERSTATED = "overstated"  # said with more certainty than what it rests on
    NO_SOURCE = "no_source"  # a citation without a source, or a placeholder
    SUPPORTED = "supported"
    NOT_FOUND = "not_found"
    NO_CLAIM = "no_claim"


@dataclass(frozen=True)
class Remark:
    """One thing that was found about a sentence of a text, with what it rests on.

    `kind` names the message that says it: what stands where, and what it means for the claim.
    """

    kind: str
    standing: ClaimStanding
    about: str = ""  # concept id
    facts: tuple[Fact, ...] = ()  # of the record
    item: str = ""  # id of the requested item whose determination it is held against
    policy: str = ""
    statement: Statement | None = None
    lines: tuple[DoseLine, ...] = ()
    label: Label | None = None
    words: str = ""  # arithmetic in words
    inputs: tuple[Fact, ...] = ()  # of the text itself, where arithmetic takes them from there
    other: Source | None = None  # another sentence of the text
    passage: Passage | None = None  # the sentence of the user's collection that says it


@dataclass(frozen=True)
class Claim:
    """One sentence of a text, and what came of it."""

    source: Source
    standing: ClaimStanding
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Omission:
    """What a text leaves out: a warning of a policy whose condition the record meets, or a premise
    of the question that the record contradicts."""

    statement: Statement | None
    policy: str = ""
    item: str = ""
    facts: tuple[Fact, ...] = ()
    premise: Premise | None = None


@dataclass(frozen=True)
class TextCheck:
    """A text gone through sentence by sentence, beside the assessment that it was held against."""

    document: Document
    assessment: Assessment
    claims: tuple[Claim, ...]
    omissions: tuple[Omission, ...] = ()


# --- hashing -------------------------------------------------------------------------------


def plain_data(thing: Any) -> Any:
    """Dataclasses, enums, dates, decimals and sets as what JSON can hold, in a stable order."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: plain_data(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, (date, datetime)):
        return thing.isoformat()
    if isinstance(thing, Decimal):
        return format(thing.normalize(), "f")
    if isinstance(thing, Mapping):
        return {str(k): plain_data(v) for k, v in thing.items()}
    if isinstance(thing, (set, frozenset)):
        return sorted(plain_data(x) for x in thing)
    if isinstance(thing, (list, tuple)):
        return [plain_data(x) for x in thing]
    return thing


def content_hash(thing: Any) -> str:
    """SHA-256 of the content: equal content, equal hash, on any machine."""
    text = json.dumps(plain_data(thing), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
