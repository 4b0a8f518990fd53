"""Illnesses, events, tests and states of structured records, relatives' and answers included.

The words of an entry are read as the prose they are ("History of pneumonia", "Suspected X"); its
status, times and sites then say what its fields say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from indicated.facts.cues import alternatives, listed, load
from indicated.facts.entry_names import Reader, by_code_too, folded, is_label, names_of
from indicated.facts.fold import fold
from indicated.facts.meaning import EVENTS, THERAPIES
from indicated.facts.values import VALUES
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Day,
    Entry,
    Fact,
    Mark,
    Quantity,
    Therapy,
    When,
)

_LASTING = frozenset({"disease", "symptom", "state"})
_OVER = frozenset({"resolved", "completed", "stopped"})
_DOUBTED = frozenset({"possible", "differential"})


def conditions(entry: Entry, base: date, reader: Reader, *, assumed: bool) -> list[Fact]:
    """What an entry says of an illness, a symptom or an event."""
    said = _by_words(entry, base, reader) or _by_code(entry, base, reader)
    out = []
    for fact in said:
        kind = reader.concepts[fact.concept].kind
        assertion = _assertion(fact.assertion, entry, kind)
        if assertion is None:
            continue
        when, unsure = _when(fact, entry, kind, assertion, base, assumed)
        marks = fact.marks | ({Mark.CODE_ONLY} if entry.label else frozenset())
        marks |= {Mark.DATE_ASSUMED} if unsure else frozenset()
        out.append(replace(fact, assertion=assertion, when=when, marks=marks))
    return by_code_too(out, entry, reader)


def _by_words(entry: Entry, base: date, reader: Reader) -> list[Fact]:
    for words in names_of(entry):
        graded = f"{entry.severity} {words}." if entry.severity else f"{words}."
        said = [
            replace(f, asserter=entry.asserter or f.asserter)
            for f in reader.statements(graded, base)
            if reader.concepts[f.concept].kind not in VALUES and Mark.CODE_ONLY not in f.marks
        ]
        if said:
            return said
    return []


def _by_code(entry: Entry, base: date, reader: Reader) -> list[Fact]:
    asserter = entry.asserter or Asserter.PROVIDER
    return [
        Fact(id, when=When.on(base), asserter=asserter,
             therapy=Therapy() if reader.concepts[id].kind in THERAPIES else None,
             marks=frozenset({Mark.CODE_ONLY} if is_label(coding, entry) else ()))
        for id, coding in reader.by_code(entry).items()
        if reader.concepts[id].kind not in VALUES
    ]  # fmt: skip


def _assertion(said: Assertion, entry: Entry, kind: str) -> Assertion | None:
    """What words and status say together; None where they say nothing of the patient."""
    status = entry.status
    if status == "refuted":
        return Assertion.ABSENT if said is Assertion.PRESENT else None
    if said is not Assertion.PRESENT:
        return said
    if status in _DOUBTED:
        return Assertion.POSSIBLE
    if status == "planned":
        return Assertion.PLANNED if kind in EVENTS | THERAPIES else None
    if status in _OVER and kind in _LASTING:
        return Assertion.HISTORICAL
    return said


def _when(
    fact: Fact, entry: Entry, kind: str, assertion: Assertion, base: date, assumed: bool
) -> tuple[When, bool]:
    """The entry's own time where it has one; else the words' time; else the day it was recorded."""
    present = fact.when == When.on(base)
    single = entry.when.start is not None and entry.when.start == entry.when.end
    if assertion is Assertion.ABSENT and not single:
        return When.on(base, assumed=assumed), assumed
    if entry.when.dated and (present or not fact.when.dated):
        return _stretch(entry, kind), False
    if not present:
        return fact.when, False
    if entry.status in _OVER:
        return UNDATED, False
    return When.on(base, assumed=assumed), assumed


def _stretch(entry: Entry, kind: str) -> When:
    """An event on its day; a lasting thing from its beginning to its end, or until now."""
    start, end = entry.when.start, entry.when.end
    if start is not None and start == end:
        return entry.when
    if kind in _LASTING:
        going = entry.when.ongoing or (kind == "disease" and not entry.status and end is None)
        return When(start, end, ongoing=going and end is None)
    if start is not None and end is not None:
        return When(start, end)
    return When(start or end, start or end)


# --- relatives -----------------------------------------------------------------------------


def relatives(entry: Entry, base: date, reader: Reader) -> list[Fact]:
    """Somebody else's illness."""
    said = _by_words(entry, base, reader) or _by_code(entry, base, reader)
    kept = [f for f in said if f.assertion in (Assertion.PRESENT, Assertion.FAMILY)]
    facts = [
        replace(f, assertion=Assertion.FAMILY, when=UNDATED, value=None, therapy=None) for f in kept
    ]
    return by_code_too([f for f in facts if reader.concepts[f.concept].kind not in THERAPIES],
                       entry, reader)  # fmt: skip


# --- results in words, answers -------------------------------------------------------------


def results(entry: Entry, base: date, reader: Reader) -> list[Fact]:
    """A result that is no number: "HIV antibody: non-reactive", "Smoking status: never smoker"."""
    value = entry.value if isinstance(entry.value, str) else ""
    if alternatives("entries", "unsaid").match(folded(value)):
        return []
    answer = _yes_or_no(value)
    if answer:
        return _answered(entry, base, reader, yes=answer == "yes")
    said = value or entry.flag
    for words in names_of(entry) or [""]:
        if isinstance(entry.value, Quantity) and not _test(words, reader):
            continue
        sentence = f"{words}: {said}." if said else f"{words}."
        told = [f for f in reader.statements(sentence, base) if _counts(f, entry, reader)]
        found = _answering(told, words, said, reader)
        if found:
            dated = [_dated(f, entry, base) for f in found]
            return [replace(f, asserter=entry.asserter or f.asserter) for f in dated]
    return _tested_by_code(entry, base, reader, value or entry.flag)


def _test(words: str, reader: Reader) -> bool:
    """Whether the words name a test."""
    kinds = {reader.concepts[c].kind for m in reader.mentions(words) for c in m.concepts}
    return "test" in kinds


def _answering(told: list[Fact], name: str, said: str, reader: Reader) -> list[Fact]:
    """What the result says. What was looked for is there only where the result says so: in
    "Smoking status: unknown" nobody smokes."""
    asked = {c for mention in reader.mentions(name) for c in mention.concepts}
    answers = [f for f in told if f.concept not in asked]
    if answers:
        return answers
    words = folded(said)
    affirmed = alternatives("entries", "affirmed").search(words) is not None
    affirmed &= alternatives("entries", "unaffirmed").search(words) is None
    return [
        f for f in told
        if f.assertion is not Assertion.PRESENT
        or f.value is not None
        or affirmed
        or reader.concepts[f.concept].kind == "test"
    ]  # fmt: skip


def _counts(fact: Fact, entry: Entry, reader: Reader) -> bool:
    """A drug that a test looks for is not therefore taken; a code is not read twice."""
    kind = reader.concepts[fact.concept].kind
    if Mark.CODE_ONLY in fact.marks or kind == "drug":
        return False
    if isinstance(entry.value, Quantity):  # what was counted: only that the test was done
        return kind == "test"
    return kind not in VALUES or fact.value is not None or fact.assertion is not Assertion.PRESENT


def _dated(fact: Fact, entry: Entry, base: date) -> Fact:
    if fact.when == When.on(base) and entry.when.dated:
        return replace(fact, when=entry.when)
    if fact.when == UNDATED and entry.when.dated and fact.assertion is not Assertion.HISTORICAL:
        return replace(fact, when=entry.when) if fact.therapy is None else fact
    return fact


def _tested_by_code(entry: Entry, base: date, reader: Reader, said: str) -> list[Fact]:
    """A test that only its code names, with its result."""
    tests = [i for i in reader.by_code(entry) if reader.concepts[i].kind == "test"]
    when = entry.when if entry.when.dated else When.on(base)
    asserter = entry.asserter or Asserter.PROVIDER
    return [Fact(i, value=_result(said), when=when, asserter=asserter) for i in tests]


def _result(said: str) -> str | None:
    """The result word in a text; denials are looked for first."""
    words = load("words")["results"]
    order = sorted(words, key=lambda w: w != "negative")
    text = fold(said)
    return next((w for w in order if alternatives("words", "results", w).search(text)), None)


def _yes_or_no(value: str) -> str:
    words = folded(value)
    return next((a for a in ("yes", "no") if words in listed("entries", "answers", a)), "")


def _answered(entry: Entry, base: date, reader: Reader, *, yes: bool) -> list[Fact]:
    """A question with "yes" or "no", where it asks of one thing and in plain words."""
    question = entry.words.rstrip("?: ")
    said = [f for f in reader.statements(f"{question}.", base) if _plain(f, reader)]
    if not said or (yes and len({f.concept for f in said}) > 1):
        return []
    ever = alternatives("entries", "ever").search(folded(question)) is not None
    when = entry.when if entry.when.dated else When.on(base)
    asserter = entry.asserter or Asserter.PROVIDER
    out = []
    for fact in said:
        treated = fact.therapy is not None
        if yes:
            when_so = fact.when if treated else (UNDATED if ever else when)
            out.append(replace(fact, when=when_so, asserter=asserter))
        else:
            last = when.end or Day.of(base)
            gone = When(None, last) if ever else When(last, last)
            out.append(Fact(fact.concept, Assertion.ABSENT, when=gone, asserter=asserter,
                            therapy=Therapy(taken=False) if treated else None))  # fmt: skip
    return out


def _plain(fact: Fact, reader: Reader) -> bool:
    """Whether a question names a thing and says no more of it."""
    kind = reader.concepts[fact.concept].kind
    if fact.assertion is not Assertion.PRESENT or kind in VALUES or Mark.CODE_ONLY in fact.marks:
        return False
    return fact.therapy is None or not (fact.therapy.ended_because or fact.therapy.response)
