"""The chart, document by document: find, understand, merge."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from indicated.facts.context import Reading, frames
from indicated.facts.cues import alternatives, find_cues, find_weighed, outcomes_in
from indicated.facts.dates import before, find_dates
from indicated.facts.demographics import demographics
from indicated.facts.elliptic import with_elliptic
from indicated.facts.entries import entry_facts, without_entries
from indicated.facts.findings import codes, findings
from indicated.facts.fold import lowered
from indicated.facts.inverted import with_inverted
from indicated.facts.levels import with_stages
from indicated.facts.mentions import Lexicon, find_mentions, lexicon
from indicated.facts.merge import conflicts, mark_disputed, merge, values_on_ended
from indicated.facts.numbers import find_numbers, year_of_value
from indicated.facts.parts import Cue, Dated, Mention, Number, Page, Sorted, apart, within
from indicated.facts.sections import cut
from indicated.facts.signs import find_signs, with_signs
from indicated.facts.table_values import table_values
from indicated.facts.tables import in_rows, rows_of, tables
from indicated.facts.therapy import therapies
from indicated.facts.values import VALUES, Values, values
from indicated.model import (
    UNDATED,
    Assertion,
    Chart,
    Concepts,
    Document,
    Fact,
    Facts,
    Mark,
    Strike,
    When,
)
from indicated.once import without_collection

_CLINICAL = frozenset({
    "absent", "never", "possible", "family", "resolved", "not_documented", "no-response",
    "response-none", "response-lost", "response-good", "response-partial", "intolerance",
    "contraindication",
})  # fmt: skip


def read_facts(
    chart: Chart,
    concepts: Concepts,
    *,
    as_of: date,
    answers: Sequence[Fact] = (),
    struck: Sequence[Strike] = (),
    proposed: Sequence[Fact] = (),
) -> Facts:
    """Everything the chart says that the concepts have names for, each with its words.

    `answers` are facts that persons attested; they are held against the chart like any other.
    `struck` names passages that a person found misread: nothing is read from them on that concept.
    `proposed` are facts that a model pointed at and that passed the gate (`proposed.py`).

    A document without a date counts as written on `as_of`; the facts that rest on that say so.
    What a chart does not say gives no fact: silence is never read as "no".
    """
    lex = lexicon(concepts)
    with without_collection():
        return _read_all(chart, lex, as_of, answers, struck, proposed)


def _read_all(
    chart: Chart,
    lex: Lexicon,
    as_of: date,
    answers: Sequence[Fact],
    struck: Sequence[Strike],
    proposed: Sequence[Fact],
) -> Facts:
    concepts = lex.concepts
    found: list[Fact] = []
    unplaced = 0
    for document in chart.documents:
        facts, left = _document(document, lex, as_of)
        found += facts
        unplaced += left
    shown = {d.id for d in chart.documents}
    found += [f for f in proposed if all(s.document in shown for s in f.sources)]
    misread = {(s.concept, source) for s in struck for source in s.sources}
    found = [f for f in found if not any((f.concept, s) in misread for s in f.sources)]
    merged = merge([*found, *answers], concepts)
    clashing = conflicts(merged, concepts)
    marked, clashing = mark_disputed(merged, clashing)
    return Facts(tuple(marked), clashing, unplaced)


def _document(document: Document, lex: Lexicon, as_of: date) -> tuple[list[Fact], int]:
    """What a document says, prose and entries, and how many statements could not be placed."""
    facts, left = _read(without_entries(document), lex, as_of)
    stated, silent = entry_facts(document, lex, as_of, lambda d: _read(d, lex, as_of)[0])
    return [*facts, *stated], left + silent


def read_document(document: Document, lex: Lexicon, as_of: date) -> list[Fact]:
    """The facts of one document, before they are merged with those of others."""
    return _document(document, lex, as_of)[0]


def read_page(document: Document, lex: Lexicon, as_of: date) -> Page:
    """One document with everything that is found in it before it means anything."""
    text = document.text
    lower = lowered(text)
    folded = lower.replace("-", " ")
    today = document.written or as_of
    mentions = with_elliptic(
        folded, find_mentions(text, lower, folded, lex), lex.automaton, lex.concepts
    )
    mentions = with_inverted(folded, mentions, lex.automaton, lex.concepts)
    mentions = with_stages(text, mentions, lex.concepts)
    states = frozenset(m.start for m in mentions if _is_state(m, lex.concepts))
    trials = frozenset(a.start for a, b in pairwise(mentions) if b.end <= a.end and not b.negated)
    cues = find_cues(folded, mentions, states, trials)
    weighed = find_weighed(folded, mentions)
    # A name inside of a cue ("no relief") is part of the cue, unless it is a finding too.
    named = mentions
    denying = [m for m in mentions if _DENYING.match(folded, m.start, m.end)]
    mentions = apart(mentions, [c for c in cues if not _keeps_name(c)])
    mentions = _with_denying(mentions, denying, cues)
    mentions = _with_states(mentions, [m for m in named if m.start in states], cues, folded)
    cues = _with_lists(cues, named, folded)
    mentions = _denied_inside(mentions, cues)
    dates = find_dates(lower, today, mentions)
    dates = [
        d for d in apart(dates, mentions)
        if (d.kind != "bare" or _named(d, mentions, lex) or year_of_value(text, folded, d.start))
        and not _rated(d, lower, mentions, lex)
    ]  # fmt: skip
    numbers = _numbers_beside(find_numbers(text, folded, dates), mentions)
    cues = _outside_units(cues, numbers)
    sentences = tuple(cut(text, folded, mentions))
    cues = with_signs(cues, find_signs(text, sentences, mentions, lex.concepts))
    return Page(
        document=document, lower=lower, folded=folded, today=today,
        assumed=document.written is None, sentences=sentences,
        mentions=Sorted(mentions), cues=Sorted(cues), numbers=Sorted(numbers),
        dates=Sorted(dates), weighed=Sorted(weighed),
    )  # fmt: skip


def _is_state(mention: Mention, concepts: Concepts) -> bool:
    return all(concepts[c].kind in ("state", "symptom") for c in mention.concepts)


def _is_outcome(mention: Mention, cues: Sequence[Cue], folded: str) -> bool:
    """Whether a name is also the words on a treatment's outcome, or what they consist of: it is
    that and a state ("no improvement" in "there was no improvement with A", "good control")."""
    said = outcomes_in(folded[mention.start : mention.end]) | {"response-good"}
    return any(
        effect in said and c.start < mention.end and mention.start < c.end
        for c in within(cues, mention.start - _BEFORE_OUTCOME, mention.end)
        for effect, _ in c.effects
    )


_DENIES = re.compile(r"(?:no|without|never|not|did not|didn't) ")


def _with_states(
    mentions: list[Mention], states: Sequence[Mention], cues: Sequence[Cue], folded: str
) -> list[Mention]:
    """The names, and those of states that words on an outcome hold: what they say of a treatment
    is so of the patient too, and "no repigmentation" denies that."""
    kept = {m.start: m for m in states if _is_outcome(m, cues, folded)}
    kept |= {
        m.start: replace(m, start=c.start, negated="absent")
        for c in cues if (c.has("no-response") or c.has("any-response"))
        if _DENIES.match(folded, c.start)
        for m in within(states, c.start + 1, c.end)
        if m.end == c.end
        and (c.has("any-response") or not outcomes_in(folded[m.start : m.end]))
    }  # fmt: skip
    if not kept:
        return mentions
    return sorted([*kept.values(), *(m for m in mentions if m.start not in kept)],
                  key=lambda m: m.start)  # fmt: skip


_BEFORE_OUTCOME = 40  # characters of an outcome's words that may stand before a state's name


_NAMING = frozenset({"intolerance", "unharmed", "caused", "adequate"})


# A name that denies ("no objective improvement") says what an outcome's words say, and stays.
_DENYING = re.compile(r"(?:no|not|without|lack of|failure to|never)\s")
_LISTED_ON = re.compile(r",\s?[a-z]|\s(?:or|nor)\s|\s?/\s?[a-z]")
# Such a name denies what is listed behind it as well; but "no longer X, Y" tells of what was.
_DENIES_ALL = re.compile(
    r"(?:no(?! longer| more than| later than| less than| fewer than| sooner than)|without|lack of|"
    r"absence of|denies|free of|(?:(?:(?:has|have|had) )?(?:not|never)(?: yet| ever)?(?: been)? "
    r"(?:tried|had|used|taken|received|undergone|given|attempted|trialled|trialed)|"
    r"did not (?:try|use|take|receive|undergo|have)))\s"
)
_ON_RECORD = re.compile(r"\b(?:document(?:ed|ation)|record(?:ed|s)?)\b")
_LIST_ENDS = re.compile(r"[;:(]|\.\s|\.\Z")
_LONGEST_LIST = 200  # characters
_DENIES_OR = re.compile(r"(?:not|never|(?:has|have|had|did) (?:not|never))\s")


def _with_denying(
    mentions: list[Mention], denying: Sequence[Mention], cues: Sequence[Cue]
) -> list[Mention]:
    """The names, and those that deny of themselves inside of words on an outcome."""
    if not denying:
        return mentions
    outcomes = [c for c in cues if c.has("no-response") or c.has("response-none")]
    kept = {m.start for m in mentions}
    inside = [
        m for m in denying
        if m.start not in kept and any(c.start < m.end and m.start < c.end for c in outcomes)
    ]  # fmt: skip
    return sorted([*mentions, *inside], key=lambda m: m.start)


def _with_lists(cues: list[Cue], mentions: Sequence[Mention], folded: str) -> list[Cue]:
    """ "No exacerbations, fever or cough", "not hypoxic, febrile or hypotensive": the denial in a
    name goes on to its list, unless the name tells of a treatment's outcome ("no response to A, B
    or C"), which its list had as well."""
    more = []
    for m in mentions:
        if _LISTED_ON.match(folded, m.end) is None:
            continue
        every = _DENIES_ALL.match(folded, m.start, m.end)
        if not every and not _DENIES_OR.match(folded, m.start, m.end):
            continue
        if not outcomes_in(folded[m.start : m.end]):
            end = _LIST_ENDS.search(folded, m.end)
            steady = alternatives("words", "steady").search(
                folded, m.end, min(end.start() if end else len(folded), m.end + _LONGEST_LIST)
            )
            every = None if steady else every  # "no relapses, MRI stable"
            denial = "not_documented" if _ON_RECORD.search(folded, m.start, m.end) else "absent"
            more.append(Cue(m.start, m.end, ((denial, "before" if every else "near"),)))
    return sorted([*cues, *more], key=lambda c: c.start) if more else cues


def _keeps_name(cue: Cue) -> bool:
    """Whether a name inside of a cue is also a finding: "anaphylaxis to" is an anaphylaxis."""
    return any(effect in _NAMING for effect, _ in cue.effects)


def _denied_inside(mentions: list[Mention], cues: Sequence[Cue]) -> list[Mention]:
    """ "No allergic reaction to A" denies the reaction that it names."""
    harmless = [c for c in cues if c.has("unharmed")]
    if not harmless:
        return mentions
    inside = {m for c in harmless for m in within(mentions, c.start, c.end)}
    return [replace(m, negated="absent") if m in inside else m for m in mentions]


def _named(year: Dated, mentions: Sequence[Mention], lex: Lexicon) -> bool:
    """Whether a year alone stands behind the name of something that is not measured."""
    i = bisect_left(mentions, year.start, key=lambda m: m.start) - 1
    if i < 0 or year.start - mentions[i].end != 1:
        return False
    return not any(lex.concepts[c].kind in VALUES for c in mentions[i].concepts)


_OUT_OF = re.compile(r"\d{1,2}/(?P<of>\d{1,3})$")
_TO_RATING = re.compile(r"\s?(?:down to|up to|to|->|=>|\u2192)\s?\d{1,2}/(?P<of>\d{1,3})(?!\w)")


def _rated(day: Dated, lower: str, mentions: Sequence[Mention], lex: Lexicon) -> bool:
    """Whether what looks like a day is a score: "pain went from 9/10 to 4/10"."""
    written = _OUT_OF.search(lower, day.start, day.end)
    later = _TO_RATING.match(lower, day.end) if written else None
    if written is None or later is None or later["of"] != written["of"]:
        return False
    i = bisect_left(mentions, day.start, key=lambda m: m.start) - 1
    if i < 0 or len(lower[mentions[i].end : day.start].split()) > 3:
        return False
    return any(lex.concepts[c].kind == "score" for c in mentions[i].concepts)


def _outside_units(cues: Sequence[Cue], numbers: Sequence[Number]) -> list[Cue]:
    """The cues that are not a unit: "112 mcg" is no guideline of that name."""
    starts = [n.start for n in numbers]
    kept = []
    for cue in cues:
        i = bisect_left(starts, cue.start + 1) - 1
        told = i >= 0 and numbers[i].quantity.exact is not None and cue.has("rule")
        end = cue.start + 1 if told else cue.end  # "112 mcg for 3 years"
        if i < 0 or not (numbers[i].digits <= cue.start and end <= numbers[i].end):
            kept.append(cue)
    return kept


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
    grids = tables(page, concepts)
    head = demographics(page, concepts)
    facts = head + table_values(page, concepts, grids)
    rows = rows_of(grids)
    unplaced = 0
    for frame in frames(page):
        gridded = in_rows(rows, frame.sentence)
        said = _sentence(frame, concepts, lex, gridded=gridded)
        facts += said
        if not said and not gridded and _clinical(frame):
            unplaced += not _touched(frame, head)
    own, sooner = When.on(page.today, assumed=page.assumed), before(page.today)
    earlier = When(sooner, sooner, assumed=page.assumed)
    return _misspelt(values_on_ended(facts, own, earlier), page), unplaced


def _misspelt(facts: list[Fact], page: Page) -> list[Fact]:
    """The facts, those marked whose name is misspelt in the text."""
    wrong = [m for m in page.mentions if m.misspelt]
    if not wrong:
        return facts

    def rests_on(fact: Fact, name: Mention) -> bool:
        here = any((s.start or 0) <= name.start < (s.end or 0) for s in fact.sources)
        return here and fact.concept in name.concepts

    return [
        replace(f, marks=f.marks | {Mark.MISSPELT}) if any(rests_on(f, m) for m in wrong) else f
        for f in facts
    ]


def _touched(frame: Reading, facts: Sequence[Fact]) -> bool:
    """Whether the sentence was understood, though it gave no fact: a plan's rule, or the age."""
    here = frame.sentence
    if any(here.start <= (s.start or 0) < here.end for f in facts for s in f.sources):
        return True
    return bool(frame.mentions) and all(len(m.concepts) == 1 for m in frame.mentions)


def _sentence(frame: Reading, concepts: Concepts, lex: Lexicon, *, gridded: bool) -> list[Fact]:
    facts: list[Fact] = []
    numeric = Values([]) if gridded else values(frame, concepts)
    facts += numeric.facts
    if frame.mentions:
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
            said = Assertion.PRESENT if fact.assertion is Assertion.HISTORICAL else fact.assertion
            marks = fact.marks - {Mark.DATE_ASSUMED}
            return replace(fact, assertion=said, when=UNDATED, marks=marks)
    return fact


def read_sentence(frame: Reading, concepts: Concepts, lex: Lexicon) -> list[Fact]:
    """The facts of one sentence of prose."""
    return _sentence(frame, concepts, lex, gridded=False)


def _clinical(frame: Reading) -> bool:
    """Whether a sentence without a fact looks as if it said something clinical."""
    measured = any(n.quantity.unit for n in frame.numbers)
    if measured or any(len(m.concepts) > 1 for m in frame.mentions):
        return True
    return any(effect in _CLINICAL for c in frame.cues for effect, _ in c.effects)


__all__ = ["read_document", "read_facts", "read_page", "read_sentence"]
