"""What is odd inside the chart itself: rest beside activity, opposites, bare numbers, bare codes.

Nothing is removed and nothing decided; each oddity is one plain sentence with its facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from indicated.ask.compare import active_against, is_rest, same_day
from indicated.ask.cues import data
from indicated.ask.phase import quote
from indicated.messages import clause
from indicated.model import Assertion, Concepts, Conflict, Fact, Facts, Mark


def chart_oddities(chart_facts: Facts, concepts: Concepts) -> tuple[Conflict, ...]:
    """Contradictions and gaps inside the record that a reader must know before relying on it."""
    present = [f for f in chart_facts.items if f.assertion is Assertion.PRESENT]
    found = [
        *_rest_beside_activity(present, concepts),
        *_opposites(present, concepts),
        *_units(present, concepts),
        *_codes(present, concepts),
    ]
    return tuple(dict.fromkeys(found))


def _rest_beside_activity(present: Sequence[Fact], concepts: Concepts) -> Iterator[Conflict]:
    for rest in present:
        if not is_rest(rest.concept):
            continue
        if active := active_against(rest, present, concepts):
            says = clause("oddity.active", first=quote(rest), second=quote(active[0]))
            yield Conflict(rest.concept, (rest, *active), says)


def _opposites(present: Sequence[Fact], concepts: Concepts) -> Iterator[Conflict]:
    """What lasts cannot be both; what passes can, unless it is said of the same day."""
    told: set[frozenset[str]] = set()
    for a, b in combinations(present, 2):
        pair = frozenset({a.concept, b.concept})
        if pair in told or not concepts.opposed(a.concept, b.concept):
            continue
        if is_rest(a.concept) or is_rest(b.concept):
            continue
        lasting = all(concepts[c].kind in data("lasting_kinds") for c in pair if c in concepts)
        if lasting or same_day(a, b):
            told.add(pair)
            says = clause("oddity.opposite", first=quote(a), second=quote(b))
            yield Conflict(a.concept, (a, b), says)


def _units(present: Sequence[Fact], concepts: Concepts) -> Iterator[Conflict]:
    for mark, key in ((Mark.UNIT_MISSING, "unit"), (Mark.UNIT_IMPOSSIBLE, "impossible")):
        for fact in present:
            if mark in fact.marks:
                label = concepts.label(fact.concept)
                says = clause(f"oddity.{key}", label=label, first=quote(fact))
                yield Conflict(fact.concept, (fact,), says)


def _codes(present: Sequence[Fact], concepts: Concepts) -> Iterator[Conflict]:
    """Diagnoses that no sentence, finding or narrower diagnosis bears out, one by one; then those
    that words bear out and a code repeats, in one sentence: the code adds nothing to the words."""
    bare: dict[str, Fact] = {}
    repeated: dict[str, Fact] = {}
    for fact in present:
        if Mark.CODE_ONLY not in fact.marks:
            continue
        shown = [
            f for f in present
            if concepts.is_a(f.concept, fact.concept) and Mark.CODE_ONLY not in f.marks
        ]  # fmt: skip
        (repeated if shown else bare).setdefault(fact.concept, fact)
    for fact in bare.values():
        label = concepts.label(fact.concept)
        yield Conflict(fact.concept, (fact,), clause("oddity.code", label=label, first=quote(fact)))
    if repeated:
        facts = tuple(repeated.values())
        codes = ", ".join(dict.fromkeys(quote(f) for f in facts))
        yield Conflict(facts[0].concept, facts, clause("oddity.codes", codes=codes))
