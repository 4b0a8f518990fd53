"""The chart, document by document: find, understand, merge."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from indicated.facts.context import Reading, frames
from indicated.facts.cues import find_cues
from indicated.facts.dates import before, find_dates
from indicated.facts.demographics import demographics
from indicated.facts.findings import codes, findings
from indicated.facts.fold import lowered
from indicated.facts.mentions import Lexicon, find_mentions, lexicon
from indicated.facts.merge import conflicts, mark_disputed, merge, values_on_ended
from indicated.facts.numbers import find_numbers
from indicated.facts.parts import Dated, Mention, Number, Page, apart
from indicated.facts.sections import cut
from indicated.facts.tables import in_rows, rows_of, table_values, tables
from indicated.facts.therapy import therapies
from indicated.facts.values import VALUES, Values, values
from indicated.model import UNDATED, Chart, Concepts, Document, Fact, Facts, Mark, When

_CLINICAL = (
    "absent", "never", "possible", "family", "resolved", "not_documented", "no-response",
    "response-none", "response-lost", "response-good", "response-partial", "intolerance",
    "contraindication",
)  # fmt: skip
_CRITERION = re.compile(r"\[(?:not )?met\]|\((?:not )?met\)")


def read_facts(
    chart: Chart, concepts: Concepts, *, as_of: date, answers: Sequence[Fact] = ()
) -> Facts:
    """Everything the chart says that the concepts have names for, each with its words.

    `answers` are facts that persons attested; they are held against the chart like any other.

    A document without a date counts as written on `as_of`; the facts that rest on that say so.
    What a chart does not say gives no fact: silence is never read as "no".
    """
    lex = lexicon(concepts)
    found: list[Fact] = []
    unplaced = 0
    for document in chart.documents:
        facts, left = _read(document, lex, as_of)
        found += facts
        unplaced += left
    merged = merge([*found, *answers], concepts)
    clashing = conflicts(merged, concepts)
    marked, clashing = mark_disputed(merged, clashing)
    return Facts(tuple(marked), clashing, unplaced)


def read_page(document: Document, lex: Lexicon, as_of: date) -> Page:
    """One document with everything that is found in it before it means anything."""
    text = document.text
    lower = lowered(text)
    folded = lower.replace("-", " ")
    today = document.written or as_of
    mentions = find_mentions(text, lower, folded, lex)
    cues = find_cues(folded, mentions)
    mentions = apart(mentions, cues)  # a name inside of a cue ("no relief") is part of the cue
    dates = find_dates(lower, today)
    dates = [d for d in apart(dates, mentions) if d.kind != "bare" or _named(d, mentions, lex)]
    numbers = _numbers_beside(find_numbers(text, folded, dates), mentions)
    return Page(
        document=document, lower=lower, folded=folded, today=today,
        assumed=document.written is None, sentences=tuple(cut(text, folded, mentions)),
        mentions=tuple(mentions), cues=tuple(cues), numbers=tuple(numbers),
        dates=tuple(dates),
    )  # fmt: skip


def _named(year: Dated, mentions: Sequence[Mention], lex: Lexicon) -> bool:
    """Whether a year alone stands behind the name of something that is not measured."""
    i = bisect_left(mentions, year.start, key=lambda m: m.start) - 1
    if i < 0 or year.start - mentions[i].end != 1:
        return False
    return not any(lex.concepts[c].kind in VALUES for c in mentions[i].concepts)


def _numbers_beside(numbers: Sequence[Number], mentions: Sequence[Mention]) -> list[Number]:
    """The numbers that are not part of a name. A unit may run into one ("22 headache days")."""
    starts = [m.start for m in mentions]
    kept = []
    for number in numbers:
        i = bisect_left(starts, number.digits) - 1
        if i < 0 or mentions[i].end <= number.start:
            kept.append(number)
    return kept


def _read(document: Document, lex: Lexicon, as_of: date) -> tuple[list[Fact], int]:
    page, concepts = read_page(document, lex, as_of), lex.concepts
    grids = tables(page)
    head = demographics(page, concepts)
    facts = head + table_values(page, concepts, grids)
    rows = rows_of(grids)
    unplaced = 0
    for frame in frames(page):
        if _CRITERION.search(page.lower, frame.sentence.start, frame.sentence.end):
            continue
        gridded = in_rows(rows, frame.sentence)
        said = _sentence(frame, concepts, lex, gridded=gridded)
        facts += said
        if not said and not gridded and _clinical(frame):
            unplaced += not _touched(frame, head)
    own, sooner = When.on(page.today, assumed=page.assumed), before(page.today)
    earlier = When(sooner, sooner, assumed=page.assumed)
    return values_on_ended(facts, own, earlier), unplaced


def _touched(frame: Reading, facts: Sequence[Fact]) -> bool:
    """Whether the sentence was understood, though it gave no fact: a plan's rule, or the age."""
    here = frame.sentence
    if any(here.start <= (s.start or 0) < here.end for f in facts for s in f.sources):
        return True
    return bool(frame.mentions) and all(len(m.concepts) == 1 for m in frame.mentions)


def _sentence(frame: Reading, concepts: Concepts, lex: Lexicon, *, gridded: bool) -> list[Fact]:
    facts: list[Fact] = []
    if frame.mentions:
        numeric = Values([]) if gridded else values(frame, concepts)
        facts += numeric.facts
        treated = therapies(frame, concepts, numeric.numbers, numeric.earlier)
        facts += treated
        facts += [_as_reason(f, treated, concepts) for f in findings(frame, concepts)]
    return facts + codes(frame, lex, concepts)


def _as_reason(fact: Fact, treated: Sequence[Fact], concepts: Concepts) -> Fact:
    """A symptom that ended a treatment was so then, which need not be today."""
    if concepts[fact.concept].kind not in ("symptom", "event", "state"):
        return fact
    for course in treated:
        if course.therapy is None or course.therapy.ended_because != "intolerance":
            continue
        own, around = fact.sources[0], course.sources[0]
        if (around.start or 0) < (own.start or 0) and (own.end or 0) <= (around.end or 0):
            return replace(fact, when=UNDATED, marks=fact.marks - {Mark.DATE_ASSUMED})
    return fact


def _clinical(frame: Reading) -> bool:
    """Whether a sentence without a fact looks as if it said something clinical."""
    measured = any(n.quantity.unit for n in frame.numbers)
    if measured or any(len(m.concepts) > 1 for m in frame.mentions):
        return True
    return any(c.has(effect) for c in frame.cues for effect in _CLINICAL)


__all__ = ["read_facts", "read_page"]
