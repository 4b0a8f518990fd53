"""What the question takes for granted, held against the chart before anything is answered.

A premise agrees, is contradicted, or is not in the record. Silence of the record is the third,
never the second. A contradicted premise says in one sentence what stands against what; which of
the two is right is for the asker to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indicated.ask.compare import (
    HELD,
    active_against,
    is_rest,
    newest_first,
    same_value,
    side_words,
    sides,
    written_codes,
)
from indicated.ask.cues import data
from indicated.ask.mentions import is_treatment, related
from indicated.ask.phase import quote
from indicated.messages import clause
from indicated.model import (
    Asserter,
    Assertion,
    Concepts,
    Document,
    Fact,
    Facts,
    Premise,
    RequestedItem,
    Source,
)

_NO = (Assertion.ABSENT, Assertion.NOT_DOCUMENTED)
FEW_WORDS = 6
_NO_PREMISE = (Assertion.PLANNED, Assertion.HYPOTHETICAL)


def premises(
    document: Document,
    facts: Facts,
    chart_facts: Facts,
    concepts: Concepts,
    *,
    items: Sequence[RequestedItem] = (),
) -> tuple[Premise, ...]:
    """Each diagnosis, value, state and history of the question with its standing in the chart.

    `document` holds the question and `facts` what was read in it; `items` are the treatments asked
    for, which are no premises themselves (only their side is held against the record).
    """
    found = [
        premise
        for fact in facts.items
        if (premise := _premise(fact, chart_facts.items, concepts, items)) is not None
    ]
    slips = _prefix_slips(document, chart_facts.items, concepts)
    told = [s for s in slips if not _already_said(s, found)]
    kept = [p for p in found if not any(_overlap(p.fact, s.fact) for s in told)]
    return tuple(sorted(_each_once((*kept, *told)), key=_place))


def premise_of(fact: Fact, chart_facts: Facts, concepts: Concepts) -> Premise | None:
    """One statement with its standing in the chart; None for what is no premise."""
    return _premise(fact, chart_facts.items, concepts, ())


def prefix_slips(document: Document, chart_facts: Facts, concepts: Concepts) -> tuple[Premise, ...]:
    """The words of a text whose opposite prefix makes a name that the chart bears out."""
    return tuple(_prefix_slips(document, chart_facts.items, concepts))


def _each_once(found: Sequence[Premise]) -> list[Premise]:
    """What contradicts the record about one concept is said once, in the fewest of its words."""
    brief = sorted(found, key=lambda p: sum(len(s.quote) for s in p.fact.sources))
    said: set[str] = set()
    kept = []
    for p in brief:
        if p.standing == "contradicted" and p.fact.concept in said:
            continue
        said.update({p.fact.concept} if p.standing == "contradicted" else ())
        kept.append(p)
    return kept


def _premise(
    fact: Fact, chart: Sequence[Fact], concepts: Concepts, items: Sequence[RequestedItem]
) -> Premise | None:
    kind = concepts[fact.concept].kind if fact.concept in concepts else ""
    if kind in data("skip_premise_kinds") or fact.assertion in _NO_PREMISE:
        return None
    if fact.concept.startswith("request."):
        return None
    if is_treatment(fact.concept, concepts):
        if _is_requested(fact, items, concepts):
            wrong = _wrong_side(fact, chart, concepts)
            return wrong if wrong and wrong.standing == "contradicted" else None
        return _history(fact, chart, concepts)
    if fact.assertion is Assertion.FAMILY:
        chart = [f for f in chart if f.assertion is Assertion.FAMILY]
        same = _same(fact, chart, concepts)
        return Premise(fact, "agrees" if same else "not_in_record", tuple(same))
    chart = [f for f in chart if f.assertion is not Assertion.FAMILY]
    if fact.value is not None and fact.assertion not in _NO:
        return _value(fact, chart, concepts)
    return _statement(fact, chart, concepts)


def _statement(fact: Fact, chart: Sequence[Fact], concepts: Concepts) -> Premise:
    """A diagnosis, symptom, event or state."""
    same = _same(fact, chart, concepts)
    present = [f for f in same if f.assertion in HELD]
    absent = [
        f for f in chart
        if f.assertion is Assertion.ABSENT and concepts.is_a(fact.concept, f.concept)
    ]  # fmt: skip
    if fact.assertion in _NO:
        if present:
            return _wrong(fact, present, "present")
        return Premise(fact, "agrees" if absent else "not_in_record", tuple(absent))
    if is_rest(fact.concept) and (active := active_against(fact, chart, concepts)):
        return _wrong(fact, active, "active")
    if not present:
        turned = [
            f for f in chart
            if f.assertion in HELD and concepts.opposed(fact.concept, f.concept)
        ]  # fmt: skip
        if turned:
            return _wrong(fact, turned, "opposite")
        if absent:
            return _wrong(fact, absent, "absent")
        return Premise(fact, "not_in_record", tuple(same))
    wrong = _wrong_code(fact, present, concepts) or _wrong_side(fact, present, concepts)
    if wrong:
        return wrong
    says = clause("premise_says.both", record=quote(absent[0])) if absent else ""
    return Premise(fact, "agrees", (*present, *absent), says)


def _value(fact: Fact, chart: Sequence[Fact], concepts: Concepts) -> Premise:
    concept = concepts.by_id.get(fact.concept)
    same = newest_first(f for f in _same(fact, chart, concepts) if f.value is not None)
    answers = [(f, same_value(fact.value, f.value, concept)) for f in same]
    agreeing = [f for f, answer in answers if answer]
    if agreeing:
        return Premise(fact, "agrees", tuple(agreeing))
    different = [f for f, answer in answers if answer is False]
    if different and len(different) == len(answers):
        return _wrong(fact, different, "value")
    return Premise(fact, "not_in_record", tuple(same))


def _history(fact: Fact, chart: Sequence[Fact], concepts: Concepts) -> Premise:
    """A treatment that the question tells of: tried, failed, taken now, never taken."""
    same = _same(fact, chart, concepts)
    taken = [f for f in same if f.assertion in HELD and not (f.therapy and not f.therapy.taken)]
    never = [f for f in same if f.assertion is Assertion.ABSENT]
    never += [f for f in same if f.assertion in HELD and f.therapy and not f.therapy.taken]
    untaken = fact.therapy is not None and not fact.therapy.taken
    if fact.assertion in _NO or untaken:
        if taken:
            return _wrong(fact, taken, "present")
        return Premise(fact, "agrees" if never else "not_in_record", tuple(never))
    if not taken:
        if never:
            return _wrong(fact, never, "never_taken")
        return Premise(fact, "not_in_record", tuple(same))
    ended = fact.therapy.ended_because if fact.therapy else ""
    if ended and not any(f.therapy and f.therapy.ended_because == ended for f in taken):
        label = concepts.label(fact.concept)
        says = clause("premise_says.outcome", label=label, question=quote(fact))
        return Premise(fact, "not_in_record", tuple(taken), says)
    return Premise(fact, "agrees", tuple(taken))


def _wrong_side(fact: Fact, chart: Iterable[Fact], concepts: Concepts) -> Premise | None:
    """The record speaks of the other side only, or of one side where the question says both."""
    asked = sides(fact)
    same = [f for f in _same(fact, chart, concepts) if f.assertion in HELD and sides(f)]
    found = frozenset[str]().union(*(sides(f) for f in same))
    if not asked or not found or asked <= found:
        return None
    part = bool(asked & found)
    says = clause(
        f"premise_says.{'side_part' if part else 'side'}",
        question=quote(fact),
        record=quote(same[0]),
        question_side=side_words(asked),
        record_side=side_words(found),
    )
    return Premise(fact, "not_in_record" if part else "contradicted", tuple(same), says)


def _wrong_code(fact: Fact, same: Sequence[Fact], concepts: Concepts) -> Premise | None:
    """The question gives one code, and the record gives only others for the same diagnosis."""
    asked = written_codes(fact)
    coded = [f for f in same if f.concept == fact.concept and written_codes(f)]
    found = frozenset[str]().union(*(written_codes(f) for f in coded))
    if not asked or not found or asked & found:
        return None
    says = clause(
        "premise_says.code",
        question_code=", ".join(sorted(asked)),
        record_code=", ".join(sorted(found)),
        label=concepts.label(fact.concept),
    )
    return Premise(fact, "contradicted", tuple(coded), says)


def _same(fact: Fact, chart: Iterable[Fact], concepts: Concepts) -> list[Fact]:
    return [f for f in chart if concepts.is_a(f.concept, fact.concept)]


def _wrong(fact: Fact, record: Sequence[Fact], key: str) -> Premise:
    says = clause(f"premise_says.{key}", question=quote(fact), record=quote(record[0]))
    return Premise(fact, "contradicted", tuple(record), says)


def _is_requested(fact: Fact, items: Sequence[RequestedItem], concepts: Concepts) -> bool:
    return any(
        (item.treatment and related(item.treatment, fact.concept, concepts))
        or any(_same_words(s, t) for s in item.sources for t in fact.sources)
        for item in items
    )


def _prefix_slips(document: Document, chart: Sequence[Fact], concepts: Concepts) -> list[Premise]:
    """A word of the question whose opposite prefix makes a name that the chart bears out."""
    found = []
    for prefix, swapped in _pairs():
        for m in re.finditer(rf"\b{prefix}(\w{{5,}})", document.text, re.IGNORECASE):
            turned = _named_in_chart(swapped + m[1], chart, concepts)
            if not turned or _named_in_chart(m[0], chart, concepts):
                continue
            source = Source(document.id, m[0], m.start(), m.end())
            fact = Fact(
                _concept_named(m[0], concepts) or m[0].casefold(),
                asserter=Asserter.QUESTION,
                sources=(source,),
            )
            says = clause("premise_says.prefix", question=m[0], record=quote(turned[0]))
            found.append(Premise(fact, "contradicted", tuple(turned), says))
    return found


def _pairs() -> list[tuple[str, str]]:
    pairs = [tuple(pair) for pair in data("prefix_pairs")]
    return [(a, b) for a, b in pairs] + [(b, a) for a, b in pairs]


def _named_in_chart(word: str, chart: Sequence[Fact], concepts: Concepts) -> list[Fact]:
    """Facts of the chart that hold and whose own words, or whose disease's names, bear the word."""
    plain = _plain(word)

    def borne(fact: Fact) -> bool:
        said = [s.quote for s in fact.sources]
        concept = concepts.by_id.get(fact.concept)
        if concept and concept.kind in data("lasting_kinds"):
            said += [concept.label, *concept.names]
        return any(plain in _plain(text) for text in said)

    return [f for f in chart if f.assertion in HELD and borne(f)]


def _concept_named(word: str, concepts: Concepts) -> str:
    plain = _plain(word)
    return next(
        (c.id for c in concepts.by_id.values() if plain in {_plain(n) for n in c.names}), ""
    )


def _plain(text: str) -> str:
    return text.casefold().replace("aemia", "emia")


def _already_said(slip: Premise, found: Iterable[Premise]) -> bool:
    return any(_overlap(slip.fact, p.fact) and p.standing == "contradicted" for p in found)


def _overlap(a: Fact, b: Fact) -> bool:
    return any(_same_words(s, t) for s in a.sources for t in b.sources)


def _same_words(s: Source, t: Source) -> bool:
    """Whether two quotations overlap; one that is a whole sentence overlaps with everything."""
    if max(len(s.quote.split()), len(t.quote.split())) > FEW_WORDS:
        return False
    if None in (s.start, s.end, t.start, t.end) or s.document != t.document:
        return False
    return bool(s.start < t.end and t.start < s.end)  # type: ignore[operator]


def _place(premise: Premise) -> int:
    return next((s.start for s in premise.fact.sources if s.start is not None), 0)
