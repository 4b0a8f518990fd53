"""Structured statements to facts: what an `Entry` says, whatever format it came in.

The rules are those of prose: silence says nothing, a code is a label, a unit is never corrected. A
fact points at the entry's line in the document and at its place in what was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from indicated.facts.cues import load
from indicated.facts.entry_findings import conditions, relatives, results
from indicated.facts.entry_names import Reader, folded
from indicated.facts.entry_therapy import treatments
from indicated.facts.entry_values import measured, sought
from indicated.facts.fold import lowered
from indicated.facts.frame import Frame
from indicated.facts.marks import site_of
from indicated.facts.meaning import THERAPIES
from indicated.facts.mentions import Lexicon
from indicated.facts.parts import Mention, Page, Sentence, Span
from indicated.facts.spans import source
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Document,
    Entry,
    Fact,
    Mark,
    Quantity,
    Therapy,
    When,
)

_TREATED = frozenset({"medication", "immunization", "procedure", "device"})
_ASIDE = frozenset({"patient", "encounter", "claim"})  # frame a record; not counted as unplaced


def without_entries(document: Document) -> Document:
    """The document with blanks where its entries' lines are, so that prose is read once.

    Every other offset stays what it was.
    """
    if not document.entries:
        return document
    pieces, at = [], 0
    for entry in sorted(document.entries, key=lambda e: e.start):
        if entry.end > max(at, entry.start):
            pieces += [document.text[at : max(at, entry.start)]]
            pieces += [" " * (entry.end - max(at, entry.start))]
            at = entry.end
    return replace(document, text="".join([*pieces, document.text[at:]]))


def entry_facts(
    document: Document, lex: Lexicon, as_of: date, prose: Callable[[Document], list[Fact]]
) -> tuple[list[Fact], int]:
    """The facts of a document's entries, and how many clinical entries gave none.

    `prose` reads a sentence the way any document is read. An entry recorded after `as_of` was not
    known on that day and says nothing.
    """
    reader = Reader(lex, as_of, prose)
    found: list[Fact] = []
    unplaced = 0
    for entry in document.entries:
        if _known_from(entry) > as_of:
            continue
        facts = [_placed(f, entry, document, reader) for f in _facts(entry, document, reader)]
        found += dict.fromkeys(facts)
        unplaced += not facts and entry.kind not in _ASIDE
    return found, unplaced


def _known_from(entry: Entry) -> date:
    """The first day on which an entry can have been known. A plan is known before its day."""
    if entry.recorded is not None or entry.status == "planned":
        return entry.recorded or date.min
    return entry.when.start.earliest if entry.when.start else date.min


def _facts(entry: Entry, document: Document, reader: Reader) -> Iterable[Fact]:
    base, assumed = _present_day(entry, document, reader)
    kind = entry.kind
    if kind == "patient":
        return _patient(entry, reader)
    if kind in ("observation", "answer"):
        return _observed(entry, document, base, reader)
    if kind == "family":
        return relatives(entry, base, reader)
    if kind == "allergy":
        return _allergy(entry, base, reader, assumed)
    if kind == "encounter":
        return _encounter(entry, base, reader)
    if kind == "order":
        return _ordered(entry, base, reader, assumed)
    if kind in _TREATED:
        return treatments(entry, base, reader, assumed=assumed) or (
            conditions(entry, base, reader, assumed=assumed) if kind == "procedure" else []
        )
    if kind == "claim":
        return _claimed(entry, base, reader)
    return conditions(entry, base, reader, assumed=assumed)


def _present_day(entry: Entry, document: Document, reader: Reader) -> tuple[date, bool]:
    """The day on which an entry speaks in the present tense, and whether it is assumed."""
    day = entry.when.start or entry.when.end
    if entry.kind in ("observation", "answer") and day is not None:
        return day.earliest, False
    known = entry.recorded or document.written
    return (known, False) if known else (reader.as_of, True)


def _placed(fact: Fact, entry: Entry, document: Document, reader: Reader) -> Fact:
    """The fact with its words, and with the sites that the entry names."""
    span = Span(entry.start, entry.end)
    cited = replace(source(document, [span]), path=entry.path)
    site = fact.site.union(*(_sites(words, reader) for words in entry.site))
    return replace(fact, sources=(cited,), site=site)


def _sites(words: str, reader: Reader) -> frozenset[str]:
    """Sides, levels and structures in normal form."""
    lower = lowered(words)
    page = Page(
        Document("", words), lower, lower.replace("-", " "), reader.as_of, False,
        (), (), (), (), (),
    )  # fmt: skip
    frame = Frame(page, Sentence(0, len(words)), (), (), ())
    return site_of(frame, Mention(0, 0, ()))[0]


# --- kinds of entries ----------------------------------------------------------------------


def _observed(entry: Entry, document: Document, base: date, reader: Reader) -> list[Fact]:
    """A value, a result in words, or that there is none.

    A result without a day of its own, in a record without one, is of no known day.
    """
    if entry.status == "not-done":
        return sought(entry, reader)
    own = entry.when if entry.when.dated else UNDATED
    if not own.dated and (known := entry.recorded or document.written):
        own = When.on(known)
    if isinstance(entry.value, Quantity):
        facts = measured(entry, own, reader)
        if facts:
            return facts
    if entry.value is None and not entry.flag:
        return []
    dated = replace(entry, when=own)
    facts = results(dated, base, reader)
    if own.dated:
        return facts
    return [replace(f, when=UNDATED) if f.when == When.on(base) else f for f in facts]


def _patient(entry: Entry, reader: Reader) -> list[Fact]:
    """Sex; and age in completed years on the day as of which the question is asked."""
    facts = []
    now, asserter = When.on(reader.as_of), entry.asserter or Asserter.PROVIDER
    if entry.value in ("female", "male") and "sex" in reader.concepts:
        facts.append(Fact("sex", value=entry.value, when=now, asserter=asserter))
    born = entry.when.start
    if born is not None and "age" in reader.concepts:
        youngest, oldest = (_years(d, reader.as_of) for d in (born.latest, born.earliest))
        if youngest >= 0 and oldest <= 120:
            age = Quantity(Decimal(youngest), Decimal(oldest), "a")
            facts.append(Fact("age", value=age, when=now, asserter=asserter))
    return facts


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _allergy(entry: Entry, base: date, reader: Reader, assumed: bool) -> list[Fact]:
    """What is not tolerated was taken and ended for that; as a list of allergies says it."""
    if entry.status == "resolved":
        return []
    doubts = ("possible", "differential", "refuted")
    status = entry.status if entry.status in doubts else ""
    plain = replace(entry, status=status, when=UNDATED, reasons=())
    treated = treatments(plain, base, reader, assumed=assumed)
    if treated:
        ended = Therapy(ended_because="intolerance")
        return [replace(f, therapy=ended, when=UNDATED) for f in treated]
    said = conditions(replace(plain, codings=()), base, reader, assumed=assumed)
    if entry.status == "refuted":
        said = conditions(
            replace(plain, codings=(), status="refuted"), base, reader, assumed=assumed
        )
    kept = (f for f in said if reader.concepts[f.concept].kind not in THERAPIES)
    return [f for f in kept if f.assertion is Assertion.ABSENT]


def _encounter(entry: Entry, base: date, reader: Reader) -> list[Fact]:
    """A stay or visit, by the class that it is of; a plan is none yet."""
    classes = {folded(w) for c in entry.codings for w in (c.code, c.display)} | {
        folded(entry.words)
    }
    for phrase, codes in load("entries")["encounters"].items():
        if classes & {folded(c) for c in codes}:
            named = replace(entry, words=phrase, codings=(), status="")
            state = "planned" if entry.status == "planned" else ""
            return conditions(replace(named, status=state), base, reader, assumed=False)
    return []


def _ordered(entry: Entry, base: date, reader: Reader, assumed: bool) -> list[Fact]:
    """What is asked for: a treatment or a test that is planned, and nothing of an illness."""
    planned = replace(entry, status="planned")
    facts = treatments(planned, base, reader, assumed=assumed)
    if facts:
        return facts
    said = conditions(replace(planned, label=False), base, reader, assumed=assumed)
    kinds = THERAPIES | {"test"}
    return [
        replace(f, marks=f.marks | ({Mark.CODE_ONLY} if entry.label else frozenset()))
        for f in said
        if reader.concepts[f.concept].kind in kinds
    ]


def _claimed(entry: Entry, base: date, reader: Reader) -> list[Fact]:
    """What was billed: labels, said by whoever pays or wants to be paid."""
    entry = replace(entry, label=True)
    treated = treatments(entry, base, reader, assumed=False)
    return treated or conditions(entry, base, reader, assumed=False)
