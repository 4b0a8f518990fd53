"""What a sentence says of the patient, held against the facts of the record.

A difference is called one only where the two cannot both be so; what the record does not say is not
found, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicated.evidence.claims.scope import Said, Verdict, doses
from indicated.evidence.claims.words import cue, pattern, stems
from indicated.model import (
    Assertion,
    ClaimStanding,
    Concepts,
    Fact,
    Mark,
    Premise,
    Quantity,
    Remark,
)
from indicated.units import convertible, factor

HELD = (Assertion.PRESENT, Assertion.HISTORICAL)
_SAYS_SOMETHING = (*HELD, Assertion.ABSENT)
Same = Callable[[Quantity | str | None, Quantity | str | None, str], bool | None]


@dataclass(frozen=True)
class Record:
    """The record's facts, and how a statement of the text is held against them."""

    facts: Sequence[Fact]
    concepts: Concepts
    as_of: date
    premise: Callable[[Fact], Premise | None]  # one statement, as a premise of a question
    same: Same  # whether two values of a concept are one; None: they cannot be compared

    def of(self, concept: str) -> list[Fact]:
        """The facts of a concept or of a kind of it."""
        return [f for f in self.facts if self.concepts.is_a(f.concept, concept)]

    def treatment(self, concept: str) -> bool:
        """Whether it is a treatment."""
        kinds = set(cue("treatment_kinds"))
        return concept in self.concepts and self.concepts[concept].kind in kinds


def remarks(said: Said, record: Record, verdicts: Sequence[Verdict]) -> Iterator[Remark]:
    """What the record says of each statement that the sentence makes about the patient.

    Beside a verdict a treatment that is denied is no treatment untaken, and one that is judged is
    not told of; what a label or a standing is about need not be this patient's.
    """
    if said.heads or said.general or pattern("others").search(said.text):
        return
    decides = bool(verdicts)
    of_many = any(v.kind in ("labelled", "off_label", "standard") for v in verdicts)
    judged = {t for v in verdicts for t in v.treatments}
    found: list[tuple[Fact, Remark]] = []
    for fact in said.facts:
        points = pattern("pointing").match(fact.sources[0].quote)
        if points or fact.concept.startswith("request.") or fact.concept not in record.concepts:
            continue
        found += [(fact, r) for r in _of(fact, said, record, decides=decides)]
    settled = [f for f, r in found if r.standing is not ClaimStanding.NOT_FOUND]
    for fact, remark in found:
        if remark.standing is ClaimStanding.NOT_FOUND:
            kind = record.concepts[fact.concept].kind
            own = fact.concept in judged or (of_many and not _names_patient(said))
            beside = any(_one_place(fact, f) for f in settled)
            if own or beside or said.hedges or kind not in cue("missed_kinds"):
                continue
        yield remark


def _names_patient(said: Said) -> bool:
    return bool(pattern("this_patient").search(said.text))


def _one_place(a: Fact, b: Fact) -> bool:
    """Whether two facts were read from the same words: one name may stand for several concepts."""
    one, other = a.sources[0], b.sources[0]
    return (one.start or 0) < (other.end or 0) and (other.start or 0) < (one.end or 0)


def _of(fact: Fact, said: Said, record: Record, *, decides: bool) -> Iterator[Remark]:
    if isinstance(fact.value, Quantity):
        yield from _value(fact, said, record)
    elif fact.therapy and (dosed := _with_dose(fact, said, record)):
        yield from _dose(dosed, said, record)
    else:
        yield from _statement(fact, said, record, decides=decides)


# --- values ---------------------------------------------------------------------------------


def _value(fact: Fact, said: Said, record: Record) -> Iterator[Remark]:
    if fact.assertion not in HELD or _aimed_at(fact, said):
        return
    stated = _stated(fact, said, record)
    answers = [
        (f, fact.value == f.value or record.same(fact.value, f.value, fact.concept)) for f in stated
    ]
    agree = [f for f, same in answers if same]
    differ = [f for f, same in answers if same is False]
    day = _own_day(fact)
    unread = [f for f in agree if Mark.UNIT_MISSING in f.marks]
    if unread and len(unread) == len(agree) and pattern("judges").search(said.text):
        yield Remark("no_unit", ClaimStanding.OVERSTATED, fact.concept, tuple(unread[:1]))
    elif agree:
        dated = [f for f in agree if f.when.dated and not f.when.assumed]
        if day and dated and len(dated) == len(agree) and not any(_meets(day, f) for f in dated):
            yield Remark("date_wrong", ClaimStanding.NUMBER, fact.concept, tuple(agree[:2]))
        else:
            yield Remark("record", ClaimStanding.SUPPORTED, fact.concept, tuple(agree[:2]))
    elif day:
        then = [f for f in differ if f.when.dated and not f.when.assumed and _meets(day, f)]
        kind = ("value_wrong", ClaimStanding.NUMBER) if then else _NOT_FOUND
        yield Remark(*kind, fact.concept, tuple(then[:2]))
    elif differ and len(differ) == len(answers) and not _earlier(fact, record):
        newest = sorted(differ, key=lambda f: _last(f) or date.min, reverse=True)
        yield Remark("value_wrong", ClaimStanding.NUMBER, fact.concept, tuple(newest[:2]))
    else:
        yield Remark(*_NOT_FOUND, fact.concept)


_NOT_FOUND = ("not_found", ClaimStanding.NOT_FOUND)


def _stated(fact: Fact, said: Said, record: Record) -> list[Fact]:
    """The record's values of the measurement, or of another one that the same name stands for."""
    source, shift = fact.sources[0], said.source.start or 0
    named = [
        c for n in said.named
        if (source.start or 0) <= n.start + shift and n.end + shift <= (source.end or 0)
        for c in n.concepts
    ]  # fmt: skip
    for concept in (fact.concept, *named):
        values = [f for f in record.of(concept) if f.value is not None and f.assertion in HELD]
        if values:
            return values
    return []


def _aimed_at(fact: Fact, said: Said) -> bool:
    """Whether the number is a target, a limit or a usual range rather than a result."""
    source = fact.sources[0]
    at = (source.start or 0) - (said.source.start or 0)
    quote = source.quote
    number = next((i for i, c in enumerate(quote) if c.isdigit()), 0)
    value = fact.value
    open_ended = isinstance(value, Quantity) and (value.low is None or value.high is None)
    before = said.text[:at] + quote[:number]
    return open_ended or bool(pattern("no_result").search(before))


def _own_day(fact: Fact) -> tuple[date, date] | None:
    """The day that the text itself gives for it."""
    when = fact.when
    if when.assumed or Mark.DATE_ASSUMED in fact.marks or when.start is None:
        return None
    return when.start.earliest, (when.end or when.start).latest


def _meets(day: tuple[date, date], fact: Fact) -> bool:
    start = fact.when.start or fact.when.end
    end = fact.when.end or fact.when.start
    return bool(start and end and start.earliest <= day[1] and day[0] <= end.latest)


def _earlier(fact: Fact, record: Record) -> bool:
    """Whether the text says that it was so at another time."""
    end = fact.when.end
    return fact.assertion is Assertion.HISTORICAL or bool(end and end.latest < record.as_of)


def _last(fact: Fact) -> date | None:
    day = fact.when.end or fact.when.start
    return day.latest if day else None


# --- doses ----------------------------------------------------------------------------------


def _with_dose(fact: Fact, said: Said, record: Record) -> Fact | None:
    """A treatment's fact with the dose that the sentence gives for it; None where it gives none."""
    assert fact.therapy is not None
    told = (*_SAYS_SOMETHING, Assertion.PLANNED)
    if fact.assertion not in told or not record.treatment(fact.concept):
        return None
    if fact.therapy.dose:
        return fact
    given = [
        (dose, every) for id, dose, every in doses(said, record.concepts) if id == fact.concept
    ]
    if not given:
        return None
    return replace(fact, therapy=replace(fact.therapy, dose=given[0][0], every=given[0][1]))


def _dose(fact: Fact, said: Said, record: Record) -> Iterator[Remark]:
    """A dose that the text says is given or asked for."""
    assert fact.therapy is not None
    is_a = record.concepts.is_a
    related = [
        f for f in record.facts if f.therapy and f.therapy.dose
        and (is_a(f.concept, fact.concept) or is_a(fact.concept, f.concept))
    ]  # fmt: skip
    answers = [(f, same_amount(fact.therapy.dose, f.therapy.dose)) for f in related if f.therapy]
    agree = [f for f, same in answers if same]
    differ = [f for f, same in answers if same is False]
    rhythm = [f for f in agree if f.therapy and _same_rhythm(fact.therapy.every, f.therapy.every)]
    plans = bool(pattern("plan_words").search(said.text)) or fact.assertion not in HELD
    if rhythm:
        yield Remark("record", ClaimStanding.SUPPORTED, fact.concept, tuple(rhythm[:2]))
    elif plans:
        return
    elif agree:
        yield Remark("dose_wrong", ClaimStanding.NUMBER, fact.concept, tuple(agree[:2]))
    elif differ:
        yield Remark("dose_wrong", ClaimStanding.NUMBER, fact.concept, tuple(differ[:2]))
    else:
        yield Remark(*_NOT_FOUND, fact.concept)


def same_amount(a: Quantity | None, b: Quantity | None) -> bool | None:
    """Whether two doses are one; None where their units are of another kind.

    >>> same_amount(Quantity.of(60, "g"), Quantity.of(60000, "mg"))
    True
    """
    if a is None or b is None or not convertible(b.unit, a.unit):
        return None
    k = factor(b.unit, a.unit)
    low, high = (None if x is None else x * k for x in (b.low, b.high))
    return a.low == low and a.high == high


def _same_rhythm(a: Quantity | None, b: Quantity | None) -> bool:
    """Whether two intervals may be one: a month of an order is four weeks."""
    if a is None or b is None:
        return True
    one, other = _days(a), _days(b)
    if one is None or other is None:
        return a == b
    return abs(one - other) <= 3


def _days(every: Quantity) -> float | None:
    if every.exact is None or not convertible(every.unit, "d"):
        return None
    return 28.0 if every == Quantity.of(1, "mo") else float(every.exact * factor(every.unit, "d"))


# --- diagnoses, events, treatments ------------------------------------------------------------


def _statement(fact: Fact, said: Said, record: Record, *, decides: bool) -> Iterator[Remark]:
    if fact.assertion not in _SAYS_SOMETHING or fact.concept in cue("unheld"):
        return
    premise = record.premise(fact)
    if premise is None:
        return
    backed = tuple(f for f in premise.record if f.assertion is not Assertion.HYPOTHETICAL)
    if premise.standing == "agrees":
        codes = backed and all(Mark.CODE_ONLY in f.marks for f in backed)
        if turned := [f for f in backed if _turned(fact, f)]:
            against = tuple(turned[:2])
            yield Remark("record_against", ClaimStanding.CONTRADICTED, fact.concept, against)
        elif not _as_told(fact, backed, record):
            yield Remark(*_NOT_FOUND, fact.concept)
        elif codes:
            yield Remark("code_only", ClaimStanding.OVERSTATED, fact.concept, backed[:2])
        else:
            yield Remark("record", ClaimStanding.SUPPORTED, fact.concept, backed[:2])
    elif premise.standing == "contradicted" and backed:
        own = [
            f for f in record.facts
            if f.concept == fact.concept and f.assertion is fact.assertion
        ]  # fmt: skip
        same = fact.assertion in HELD and any(
            record.concepts.is_a(f.concept, fact.concept) and f.assertion in HELD for f in backed
        )  # the diagnosis is borne out, and its side or its code is another
        if own and not same:  # the record says so itself, beside what speaks against it
            yield Remark("record", ClaimStanding.SUPPORTED, fact.concept, tuple(own[:2]))
        elif same or _clashes(fact, said, backed, record, decides=decides):
            yield Remark("record_against", ClaimStanding.CONTRADICTED, fact.concept, backed[:3])
    elif premise.standing == "not_in_record" and not said.asks:
        if other := _other_severity(fact, record) or _exclusive(fact, record):
            against = tuple(other[:2])
            yield Remark("record_against", ClaimStanding.CONTRADICTED, fact.concept, against)
        else:
            yield Remark(*_NOT_FOUND, fact.concept)


def _exclusive(fact: Fact, record: Record) -> list[Fact]:
    """What the record says in the place of it, of what only one can be so at a time. A word alone
    ("smoking") may be of the past."""
    rows = [row for row in cue("exclusive") if fact.concept in row]
    said = len(fact.sources[0].quote.replace("-", " ").split()) > 1
    if not rows or not said or fact.assertion is not Assertion.PRESENT or _own_day(fact):
        return []
    others = [c for c in rows[0] if c != fact.concept]
    return [
        f for f in record.facts if f.concept in others and f.assertion is Assertion.PRESENT
    ]  # fmt: skip


def _other_severity(fact: Fact, record: Record) -> list[Fact]:
    """The same disease in another severity, where the record knows of that one alone."""
    words, label = cue("severities"), record.concepts.label(fact.concept)
    own = [w for w in words if w in label.split()]
    if len(own) != 1 or fact.assertion is not Assertion.PRESENT or _own_day(fact):
        return []
    others = {label.replace(own[0], w) for w in words if w != own[0]}
    return [
        f for f in record.facts
        if f.assertion is Assertion.PRESENT and record.concepts.label(f.concept) in others
    ]  # fmt: skip


def _turned(said: Fact, recorded: Fact) -> bool:
    """Whether the record's words are the text's own but for a "not" ("without aura")."""
    one, other = (f.sources[0].quote for f in (said, recorded))
    denied = [bool(pattern("negated").search(q)) for q in (one, other)]
    words = stems(one)
    return denied[0] != denied[1] and len(words) > 1 and words == stems(other)


def _as_told(fact: Fact, backed: Sequence[Fact], record: Record) -> bool:
    """Whether the record bears out more than the name: the day, a treatment's effect and end. A
    treatment that the record also denies is not borne out, and a state only in its own words."""
    day = _own_day(fact)
    dated = [f for f in backed if f.when.dated and not f.when.assumed]
    if day and dated and len(dated) == len(backed) and not any(_meets(day, f) for f in dated):
        return False
    if record.concepts[fact.concept].kind == "state":
        own = stems(fact.sources[0].quote)
        return any(own & stems(f.sources[0].quote) for f in backed)
    denied = any(f.assertion is Assertion.ABSENT for f in record.of(fact.concept))
    if denied and fact.assertion in HELD and record.treatment(fact.concept):
        return False
    therapy = fact.therapy
    if therapy is None or not (therapy.response or therapy.ended_because):
        return True
    told = (therapy.response, therapy.ended_because)
    return any(f.therapy and told == (f.therapy.response, f.therapy.ended_because) for f in backed)


def _clashes(
    fact: Fact, said: Said, backed: Sequence[Fact], record: Record, *, decides: bool
) -> bool:
    """Whether what the record says and what the text says cannot both be so."""
    if fact.assertion is not Assertion.ABSENT:
        return all(f.assertion in (*HELD, Assertion.ABSENT) for f in backed)
    if record.treatment(fact.concept):
        words = fact.sources[0].quote
        return not decides and bool(pattern("untaken").search(words or said.text))
    words = fact.sources[0].quote
    ever = bool(pattern("ever").search(words) or pattern("ever").search(said.text))
    lasting = ever or record.concepts[fact.concept].kind == "disease"
    return any(
        f.assertion is Assertion.PRESENT and Mark.CODE_ONLY not in f.marks
        and (lasting or f.when.ongoing or _recent(f, record.as_of))
        for f in backed
    )  # fmt: skip


def _recent(fact: Fact, as_of: date) -> bool:
    last = _last(fact)
    return last is not None and (as_of - last).days <= 30
