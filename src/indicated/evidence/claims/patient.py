"""What a sentence says of the patient, held against the facts of the record.

A difference is called one only where the two cannot both be so; what the record does not say is not
found, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicated.evidence.claims.record import (
    HELD,
    NOT_FOUND,
    SAYS_SOMETHING,
    Record,
    meets,
    own_day,
    recent,
)
from indicated.evidence.claims.scope import Said, Verdict
from indicated.evidence.claims.values import dose_told, value_told, with_dose
from indicated.evidence.claims.words import cue, pattern, stems
from indicated.model import Assertion, ClaimStanding, Fact, Mark, Quantity, Remark


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
        yield from value_told(fact, said, record)
    elif fact.therapy and (dosed := with_dose(fact, said, record)):
        yield from dose_told(dosed, said, record)
    else:
        yield from _statement(fact, said, record, decides=decides)


# --- diagnoses, events, treatments ------------------------------------------------------------


def _statement(fact: Fact, said: Said, record: Record, *, decides: bool) -> Iterator[Remark]:
    if fact.assertion not in SAYS_SOMETHING or fact.concept in cue("unheld"):
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
            yield Remark(*NOT_FOUND, fact.concept)
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
            yield Remark(*NOT_FOUND, fact.concept)


def _exclusive(fact: Fact, record: Record) -> list[Fact]:
    """What the record says in the place of it, of what only one can be so at a time. A word alone
    ("smoking") may be of the past."""
    rows = [row for row in cue("exclusive") if fact.concept in row]
    said = len(fact.sources[0].quote.replace("-", " ").split()) > 1
    if not rows or not said or fact.assertion is not Assertion.PRESENT or own_day(fact):
        return []
    others = [c for c in rows[0] if c != fact.concept]
    return [
        f for f in record.facts if f.concept in others and f.assertion is Assertion.PRESENT
    ]  # fmt: skip


def _other_severity(fact: Fact, record: Record) -> list[Fact]:
    """The same disease in another severity, where the record knows of that one alone."""
    words, label = cue("severities"), record.concepts.label(fact.concept)
    own = [w for w in words if w in label.split()]
    if len(own) != 1 or fact.assertion is not Assertion.PRESENT or own_day(fact):
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
    day = own_day(fact)
    dated = [f for f in backed if f.when.dated and not f.when.assumed]
    if day and dated and len(dated) == len(backed) and not any(meets(day, f) for f in dated):
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
        and (lasting or f.when.ongoing or recent(f, record.as_of))
        for f in backed
    )  # fmt: skip
