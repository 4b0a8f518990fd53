"""A sentence held against passages of the user's own collection that are about the same treatment,
the same disease and the same people.

It is borne out only where one sentence of a passage has all of its words, all of its numbers and
each of its limits; a passage says another number only where it has all of its words and one limit
on the same measurement that differs, and no passage has the text's own. Whatever else is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicated.evidence.adequacy import Sought
from indicated.evidence.asides import cue as kinds
from indicated.evidence.claims.scope import Said
from indicated.evidence.claims.sources import numbers
from indicated.evidence.claims.words import cue, pattern, stems
from indicated.evidence.people import group_mentions
from indicated.model import Bound, ClaimStanding, Concepts, Limit, Passage, Remark
from indicated.units import convert, convertible

_UPWARD = frozenset({"at_least", "above"})


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of an adequate passage, at its own offsets, with the limits read in it."""

    passage: Passage
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Literature:
    """What one's collection says, and the reader of limits that its passages are read with."""

    told: Callable[[Sought], Sequence[Told]]
    limits: Callable[[str], tuple[tuple[Limit, ...], bool]]  # ... and whether any was left unread
    concepts: Concepts
    diseases: tuple[str, ...] = ()  # that the question is about


def remarks(said: Said, literature: Literature | None, *, borne: bool) -> Iterator[Remark]:
    """What passages say of a sentence. `borne`: the library bears it out, and then a passage with
    another number stands beside it and not against it."""
    if literature is None or said.asks or said.heads or said.hedges or not _of_anybody(said):
        return
    sought = _sought(said, literature)
    own = stems(said.text) - frozenset(cue("reporting"))
    if sought is None or len(own) < int(cue("at_least_shared")):
        return
    limits, left = literature.limits(said.text)
    if left:
        return  # a limit that cannot be read can be held against nothing
    alike = [t for t in literature.told(sought) if _worded(said, own, t)]
    for told in alike:
        if numbers(said.text) <= numbers(told.passage.text) and _each(limits, told, literature):
            supported = ClaimStanding.SUPPORTED
            yield Remark("passage", supported, sought.intervention[0], passage=told.passage)
            return
    if borne or len(limits) != 1 or _somewhere(limits[0], literature.told(sought), literature):
        return
    for told in alike:
        if _differs(limits[0], said, told):
            number = ClaimStanding.NUMBER
            yield Remark("passage_number", number, sought.intervention[0], passage=told.passage)
            return


def _of_anybody(said: Said) -> bool:
    """Whether a sentence says what holds of patients, or is a rule, and is not about this one."""
    ruled = pattern("rule").search(said.text) and not pattern("this_patient").search(said.text)
    return said.general or bool(ruled)


def _sought(said: Said, literature: Literature) -> Sought | None:
    """What the sentence is about: one treatment in one disease; None where that is not plain."""
    concepts = literature.concepts

    def named(part: str) -> list[tuple[str, ...]]:
        wanted = set(kinds(part))
        found = [
            tuple(c for c in n.concepts if c in concepts and concepts[c].kind in wanted)
            for n in said.named if not n.negated
        ]  # fmt: skip
        return list(dict.fromkeys(f for f in found if f))

    treatments = named("interventions") or [(id,) for id in said.above]
    diseases = named("indications") or [(id,) for id in literature.diseases]
    if len(treatments) != 1 or len(diseases) != 1:
        return None
    people = {id for n in group_mentions(said.text) for id in n.concepts}
    return Sought(treatments[0], diseases[0], tuple(sorted(people)))


def _worded(said: Said, own: frozenset[str], told: Told) -> bool:
    """Whether a passage's sentence, under its heading, has every word of the text's."""
    work = told.passage.work
    about = f"{work.title} {work.organisation} {work.type} {told.passage.section}"
    denies = [bool(pattern("negated").search(t)) for t in (said.text, told.passage.text)]
    return denies[0] == denies[1] and own <= stems(told.passage.text) | stems(about)


def _somewhere(limit: Limit, every: Sequence[Told], literature: Literature) -> bool:
    """Whether any passage has the limit, or its number where a limit could not be read."""
    own = {b.limit.exact for b in limit.bounds}
    return any(
        own & numbers(t.passage.text) or any(_same(limit, x, literature.concepts) for x in t.limits)
        for t in every
    )


def _each(limits: Sequence[Limit], told: Told, literature: Literature) -> bool:
    return all(any(_same(x, y, literature.concepts) for y in told.limits) for x in limits)


def _same(one: Limit, other: Limit, concepts: Concepts) -> bool:
    """Whether two limits are one, in whatever units."""
    if (one.kind, one.concept, one.because) != (other.kind, other.concept, other.because):
        return False
    mass = concepts[one.concept].molar_mass
    return len(one.bounds) == len(other.bounds) and all(
        a.op == b.op and _equal(a, b, mass) for a, b in zip(one.bounds, other.bounds, strict=True)
    )


def _equal(a: Bound, b: Bound, mass: Decimal | None) -> bool:
    x, y = a.limit, b.limit
    if x.unit == y.unit:
        return x.exact == y.exact
    if x.exact is None or not (x.unit and y.unit and convertible(x.unit, y.unit, mass)):
        return False
    return convert(x.exact, x.unit, y.unit, mass) == y.exact


def _differs(own: Limit, said: Said, told: Told) -> bool:
    """Whether a passage's sentence has one limit on the measurement, the same way, and another
    number than the text's."""
    theirs = [x for x in told.limits if (x.kind, x.concept) == (own.kind, own.concept)]
    if len(theirs) != 1 or len(own.bounds) != 1 or len(theirs[0].bounds) != 1:
        return False
    mine, other = numbers(said.text), numbers(told.passage.text)
    a, b = own.bounds[0], theirs[0].bounds[0]
    if (a.op in _UPWARD) != (b.op in _UPWARD) or a.limit.unit != b.limit.unit:
        return False
    return mine - other == {a.limit.exact}
