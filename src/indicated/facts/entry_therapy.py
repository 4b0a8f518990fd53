"""Treatments of structured records: medicines, vaccines, procedures, devices, orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from indicated.facts import regimen
from indicated.facts.cues import listed, load, whole_words
from indicated.facts.entry_names import Reader, by_code_too, folded, is_label, names_of
from indicated.facts.fold import fold
from indicated.facts.meaning import THERAPIES
from indicated.facts.numbers import find_numbers
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Entry,
    Fact,
    Mark,
    Quantity,
    Therapy,
    When,
)
from indicated.units import tidy

_CODE = frozenset({Mark.CODE_ONLY})
_ENDED = ("declined", "contraindication")


def treatments(entry: Entry, base: date, reader: Reader, *, assumed: bool) -> list[Fact]:
    """What an entry says of a treatment; nothing where its words name none.

    `base` is the day on which the entry speaks in the present tense.
    """
    if entry.status == "withheld":
        return []
    named = _named(entry, reader)
    said = [_fact(entry, id, marks, base, reader, assumed) for id, marks in named.items()]
    facts = [f for f in said if f is not None]
    return by_code_too(facts, entry, reader, THERAPIES)


def _named(entry: Entry, reader: Reader) -> dict[str, frozenset[Mark]]:
    """The treatments meant: by name, the most specific ones; else by code."""
    for words in names_of(entry):
        said = reader.statements(f"{words}.")
        label = _CODE if entry.label else frozenset()
        meant = {
            f.concept: f.marks & {Mark.MISSPELT} | label for f in said
            if f.therapy is not None and f.assertion is Assertion.PRESENT and not f.marks & _CODE
        }  # fmt: skip
        if meant:
            is_a = reader.concepts.is_a
            broad = {i for i in meant for o in meant if o != i and is_a(o, i)}
            return {i: marks for i, marks in meant.items() if i not in broad}
    found: dict[str, frozenset[Mark]] = {}
    for id, coding in reader.by_code(entry).items():
        if reader.concepts[id].kind in THERAPIES:
            found[id] = _CODE if is_label(coding, entry) else frozenset()
    return found


def _fact(
    entry: Entry, id: str, marks: frozenset[Mark], base: date, reader: Reader, assumed: bool
) -> Fact | None:
    detail = _detail(entry, id, reader)
    asserter = entry.asserter or Asserter.PROVIDER
    fact = Fact(id, Assertion.PRESENT, when=entry.when, asserter=asserter, therapy=detail,
                marks=marks)  # fmt: skip
    status = entry.status
    on_base = When.on(base, assumed=assumed)
    doubt = frozenset({Mark.DATE_ASSUMED}) if assumed else frozenset()
    if status == "planned":
        day = entry.when.start
        if day is not None and day.earliest <= reader.as_of:
            return replace(fact, assertion=Assertion.PLANNED)
        return replace(fact, assertion=Assertion.PLANNED, when=on_base, marks=marks | doubt)
    if status in ("not-done", "declined"):
        return _not_taken(fact, entry, reader, on_base, doubt)
    if status in ("possible", "differential"):
        return replace(fact, assertion=Assertion.POSSIBLE)
    if status == "refuted":
        return None
    if status == "stopped":
        reason, response = reason_of(entry, id, reader)
        over = replace(detail, ended_because=reason, response=response)
        assertion = Assertion.PRESENT if reason not in ("", "other") else Assertion.HISTORICAL
        return replace(fact, assertion=assertion, therapy=over)
    if status == "completed" and entry.kind not in ("procedure", "immunization"):
        reason, response = reason_of(entry, id, reader)
        assertion = Assertion.PRESENT if reason not in ("", "other") else Assertion.HISTORICAL
        ended = replace(detail, ended_because=reason, response=response)
        return replace(fact, assertion=assertion, therapy=ended)
    if status == "active":
        return _running(fact, entry, reader, doubt)
    return fact


def _running(fact: Fact, entry: Entry, reader: Reader, doubt: frozenset[Mark]) -> Fact:
    """What goes on. An end that was set beforehand and has passed is an end."""
    end = entry.when.end
    if end is not None and end != entry.when.start and end.latest < reader.as_of:
        return replace(fact, when=When(entry.when.start, end))
    start = entry.when.start
    when = When(start, None, ongoing=True, assumed=bool(doubt) and start is None)
    return replace(fact, when=when, marks=fact.marks | (doubt if start is None else frozenset()))


def _not_taken(
    fact: Fact, entry: Entry, reader: Reader, on_base: When, doubt: frozenset[Mark]
) -> Fact:
    """Refused or contraindicated: never had, for that reason. Otherwise it is denied."""
    reason, _ = reason_of(entry, fact.concept, reader)
    reason = "declined" if entry.status == "declined" else reason
    when = entry.when if entry.when.dated else on_base
    if reason in _ENDED:
        when = UNDATED if not entry.when.dated and on_base.assumed else when
        return replace(fact, when=when, therapy=Therapy(ended_because=reason, taken=False))
    marks = fact.marks if entry.when.dated else fact.marks | doubt
    return replace(
        fact, assertion=Assertion.ABSENT, when=when, therapy=Therapy(taken=False), marks=marks
    )


# --- dose, interval, route -----------------------------------------------------------------


def _detail(entry: Entry, id: str, reader: Reader) -> Therapy:
    """What the entry's own fields say, and for the rest what its directions say in words."""
    given = entry.therapy or Therapy()
    counted = _counted_out(entry)
    detail = replace(given, dose=given.dose or counted, route=_route(given.route))
    if entry.directions:
        said = _read(f"{reader.name_of(id)} {entry.directions}.", id, reader)
        told = said.therapy if said and said.therapy else Therapy()
        own = entry.value is None and Mark.UNIT_MISSING not in (said.marks if said else ())
        detail = replace(
            detail, dose=detail.dose or (told.dose if own else None),
            every=detail.every or told.every, route=detail.route or told.route,
            duration=detail.duration or told.duration,
        )  # fmt: skip
    if entry.flag:  # of a procedure: what came of it
        said = _read(f"{reader.name_of(id)}: {entry.flag}.", id, reader)
        detail = replace(detail, response=said.therapy.response if said and said.therapy else "")
    return detail


def _read(sentence: str, id: str, reader: Reader) -> Fact | None:
    """What the reader of prose says of one treatment."""
    said = reader.statements(sentence)
    return next((f for f in said if f.concept == id and f.therapy is not None), None)


def _route(words: str) -> str:
    """The route in normal form; "" where the words name none that is known."""
    found = next(regimen.routes(words, fold(words), 0, len(words)), None) if words else None
    return found.name if found else ""


def _counted_out(entry: Entry) -> Quantity | None:
    """ "2 tablets" of a medicine whose name gives one strength: the product."""
    amount = entry.value.exact if isinstance(entry.value, Quantity) else None
    if amount is None:
        return None
    form = folded(entry.written_unit).strip("{}[]")
    named = whole_words(listed("entries", "forms")).search(folded(entry.words))
    if form not in listed("entries", "forms") and not (not form and named):
        return None
    numbers = find_numbers(entry.words, fold(entry.words), [])
    doses = {n.quantity for n in numbers if regimen.is_dose(n) and n.quantity.exact is not None}
    other = [n for n in numbers if n.quantity.unit in ("mL", "L")]
    if len(doses) != 1 or other:
        return None
    one = next(iter(doses))
    return Quantity.of(tidy((one.exact or Decimal(0)) * amount), one.unit)


# --- why it ended --------------------------------------------------------------------------


def reason_of(entry: Entry, id: str, reader: Reader) -> tuple[str, str]:
    """Why a treatment ended or was not begun, and with what response, from the record's words."""
    for words in entry.reasons:
        found = _plain_reason(folded(words))
        if found:
            return found, "none" if found == "no-response" else ""
    name = reader.name_of(id)
    for words in entry.reasons:
        for sentence in (f"{name} stopped due to {words}.", f"{name}: {words}."):
            said = _read(sentence, id, reader)
            if said and said.therapy and said.therapy.ended_because:
                return said.therapy.ended_because, said.therapy.response
    return ("other", "") if entry.reasons else ("", "")


@cache
def _reasons() -> list[tuple[str, str]]:
    table = [(fold(p), why) for why, ps in load("entries")["reasons"].items() for p in ps]
    return sorted(table, key=lambda row: -len(row[0]))


def _plain_reason(words: str) -> str:
    """The reason that the words are, or that several words of them begin or end with."""
    for phrase, why in _reasons():
        if words == phrase:
            return why
        if " " in phrase and (words.startswith(phrase + " ") or words.endswith(" " + phrase)):
            return why
    return ""
