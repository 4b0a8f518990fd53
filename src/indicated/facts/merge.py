"""The same statement from many places is one fact; statements that cannot both be true are shown.

Nothing is thrown away: a repeated statement adds its words to the fact, and contradicting facts
stay, marked as disputed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache

from indicated.errors import UnitError
from indicated.facts.cues import load
from indicated.messages import clause
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Concepts,
    Conflict,
    Day,
    Fact,
    Mark,
    Quantity,
    Therapy,
    When,
)
from indicated.units import convert

_TRUST = [
    Asserter.LABORATORY, Asserter.PROVIDER, Asserter.PATIENT, Asserter.PAYER, Asserter.LETTER,
    Asserter.QUESTION,
]  # fmt: skip
OF_MODEL = frozenset({Mark.PROPOSED, Mark.CONFIRMED})
_CLAIMS = (Asserter.LETTER, Asserter.PAYER, Asserter.QUESTION)
_SOFT_MARKS = frozenset({Mark.DATE_ASSUMED, Mark.DISPUTED})
THERAPIES = frozenset({"drug", "device", "procedure", "service"})
PASSING = frozenset({"symptom", "state", "event"})


def merge(facts: Iterable[Fact], concepts: Concepts) -> tuple[Fact, ...]:
    """Each statement once, with all of its words, in the order of its first words.

    What a model pointed at changes nothing of what the program has read by itself, and adds
    nothing where that says the same.
    """
    facts = list(facts)
    own = _merged([f for f in facts if not f.marks & OF_MODEL], concepts)
    pointed = _merged([f for f in facts if f.marks & OF_MODEL], concepts)
    more = [f for f in pointed if not any(_says(f, o, concepts) for o in own)]
    return tuple(sorted([*own, *more], key=_place))


def _says(pointed: Fact, own: Fact, concepts: Concepts) -> bool:
    """Whether a fact that the program read by itself says the same, or is the same event."""
    same = replace(pointed, marks=frozenset()), replace(own, marks=frozenset())
    if _statement(same[0]) == _statement(same[1]):
        return True
    event = concepts[own.concept].kind == "event" if own.concept in concepts else False
    if not event or (own.concept, own.assertion) != (pointed.concept, pointed.assertion):
        return False
    if own.site and pointed.site and not own.site & pointed.site:
        return False
    return not (own.when.start and pointed.when.start) or _overlap(own, pointed)


def _merged(facts: Iterable[Fact], concepts: Concepts) -> list[Fact]:
    groups: dict[object, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[_statement(fact)].append(fact)
    merged = [_one(group) for group in groups.values()]
    merged = _same_courses(_same_events(merged, concepts), concepts)
    merged = _end_earlier_courses(merged, concepts)
    return _before_free_stretches(merged, concepts)


def _statement(fact: Fact) -> object:
    return (
        fact.concept, fact.assertion, fact.value, fact.when, fact.therapy, fact.site, fact.during,
        fact.marks - _SOFT_MARKS, fact.asserter in _CLAIMS,
    )  # fmt: skip


def _place(fact: Fact) -> tuple[str, int, str]:
    first = fact.sources[0]
    return first.document, first.start or 0, fact.concept


def _one(group: Sequence[Fact]) -> Fact:
    """One fact with the words of all, from whoever is best placed to say it."""
    if len(group) == 1:
        return group[0]
    best = min(group, key=lambda f: _TRUST.index(f.asserter) if f.asserter in _TRUST else 0)
    sources = tuple(dict.fromkeys(s for f in group for s in f.sources))
    shown = frozenset().union(*(f.shown_by for f in group))
    return replace(best, sources=sources, shown_by=shown)


# --- the same event in two notes -------------------------------------------------------------


def _same_events(facts: list[Fact], concepts: Concepts) -> list[Fact]:
    """Events of one kind and site whose days overlap, or follow each other closely, are one."""
    out: list[Fact] = []
    by: dict[object, list[Fact]] = defaultdict(list)
    for fact in facts:
        countable = concepts[fact.concept].kind == "event" if fact.concept in concepts else False
        if (
            countable
            and fact.assertion is Assertion.PRESENT
            and not isinstance(fact.value, Quantity)
        ):
            by[
                (
                    fact.concept,
                    fact.value,
                    fact.site,
                    fact.marks - _SOFT_MARKS,
                    fact.asserter in _TRUST[:3],
                )
            ].append(fact)
        else:
            out.append(fact)
    for group in by.values():
        out += _episodes(group)
    return out


def _episodes(group: list[Fact]) -> list[Fact]:
    dated = sorted((f for f in group if f.when.start), key=lambda f: (_width(f), _first(f)))
    undated = [f for f in group if not f.when.start]
    kept: list[Fact] = []
    for fact in dated:
        for i, other in enumerate(kept):
            if _overlap(fact, other):
                kept[i] = replace(_one([other, fact]), when=other.when)
                break
        else:
            kept.append(fact)
    kept.sort(key=_first)
    if kept and undated:  # "history of pneumonia" beside a dated pneumonia counts nothing more
        kept[0] = replace(_one([kept[0], *undated]), when=kept[0].when)
        return kept
    return kept or ([replace(_one(undated), when=UNDATED)] if undated else [])


def _first(fact: Fact) -> date:
    return fact.when.start.earliest if fact.when.start else date.min


def _width(fact: Fact) -> int:
    start = fact.when.start
    return (start.latest - start.earliest).days if start else 0


def _overlap(a: Fact, b: Fact) -> bool:
    x, y = a.when.start, b.when.start
    if x is None or y is None:
        return False
    if x.earliest <= y.latest and y.earliest <= x.latest:
        return True
    gap = max(x.earliest, y.earliest) - min(x.latest, y.latest)
    return gap < _same_episode()


@cache
def _same_episode() -> timedelta:
    """How close two notes must be that speak of an event as present to mean the same one."""
    return timedelta(days=int(load("episodes")["same_within_days"]))


# --- courses of treatment --------------------------------------------------------------------


def _same_courses(facts: list[Fact], concepts: Concepts) -> list[Fact]:
    """What goes on is one course, said in many places: with its start, dose and interval from
    wherever they are given, as long as nothing in them differs."""
    out: list[Fact] = []
    by: dict[object, list[int]] = defaultdict(list)
    for fact in sorted(facts, key=lambda f: f.when.start is None):
        running = fact.when.ongoing and fact.assertion is Assertion.PRESENT
        if not (running and fact.therapy and _is_therapy(fact, concepts)):
            out.append(fact)
            continue
        key = (fact.concept, fact.site, fact.marks - _SOFT_MARKS, fact.asserter in _CLAIMS)
        for i in by[key]:
            if (joined := _joined(out[i], fact)) is not None:
                out[i] = joined
                break
        else:
            by[key].append(len(out))
            out.append(fact)
    return out


def _joined(a: Fact, b: Fact) -> Fact | None:
    """Two statements on a course as one; None where a detail differs."""
    if a.therapy is None or b.therapy is None:
        return None
    if b.when.start is not None and b.when.start != a.when.start:
        return None
    filled: dict[str, object] = {}
    for detail in fields(Therapy):
        one, other = getattr(a.therapy, detail.name), getattr(b.therapy, detail.name)
        if one != other and one not in (None, "") and other not in (None, ""):
            return None
        filled[detail.name] = other if one in (None, "") else one
    whole = _one([a, b])
    return replace(whole, when=a.when, marks=a.marks, therapy=Therapy(**filled))  # type: ignore[arg-type]


def _end_earlier_courses(facts: list[Fact], concepts: Concepts) -> list[Fact]:
    """A treatment that is later said to have ended is no longer going on."""
    ended: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        therapy = fact.therapy
        over = therapy is not None and therapy.taken and therapy.ended_because
        if (over or fact.assertion is Assertion.HISTORICAL) and _is_therapy(fact, concepts):
            ended[fact.concept].append(fact)
    out = []
    for fact in facts:
        running = fact.when.ongoing and _is_therapy(fact, concepts)
        if running and any(_later(e, fact) for e in ended[fact.concept]):
            fact = replace(fact, when=replace(fact.when, ongoing=False))
        out.append(fact)
    return out


def _before_free_stretches(facts: list[Fact], concepts: Concepts) -> list[Fact]:
    """What a text tells without a day, and then that it has been absent for weeks, was before."""
    free = [f for f in facts if f.assertion is Assertion.ABSENT and _stretch(f)]
    out = []
    for fact in facts:
        passing = fact.concept in concepts and concepts[fact.concept].kind in PASSING
        if free and passing and fact.assertion is Assertion.PRESENT and not fact.when.ongoing:
            since = [f.when.start for f in free if _ends_with(f, fact, concepts)]
            if since:
                fact = replace(fact, when=When(None, since[0], assumed=fact.when.assumed))
        out.append(fact)
    return out


def _stretch(fact: Fact) -> bool:
    start, end = fact.when.start, fact.when.end
    return start is not None and end is not None and start.latest < end.earliest


def _ends_with(free: Fact, fact: Fact, concepts: Concepts) -> bool:
    """Whether the days without it end on the very day that the finding before it was given."""
    same = fact.when.start == fact.when.end == free.when.end
    return same and concepts.is_a(fact.concept, free.concept) and _later(free, fact)


def _is_therapy(fact: Fact, concepts: Concepts) -> bool:
    return fact.concept in concepts and concepts[fact.concept].kind in THERAPIES


def _later(ending: Fact, running: Fact) -> bool:
    """Whether the ending stands behind the statement in the same document."""
    return any(
        a.document == b.document and (a.start or 0) > (b.start or 0)
        for a in ending.sources
        for b in running.sources
    )


def values_on_ended(facts: list[Fact], when: When, earlier: When) -> list[Fact]:
    """A value on a treatment that the same document then says has ended is not of its own day.

    `when` is the time that a value without a date is given in that document, `earlier` the time
    before it.
    """
    ended = {
        f.concept: f for f in facts
        if f.therapy and f.therapy.taken and f.therapy.ended_because and f.when.start is None
    }  # fmt: skip
    out = []
    for fact in facts:
        ends = [ended[d] for d in fact.during if d in ended]
        if fact.when == when and any(_later(e, fact) for e in ends):
            fact = replace(fact, when=earlier)
        out.append(fact)
    return out


# --- contradictions --------------------------------------------------------------------------


def conflicts(facts: Sequence[Fact], concepts: Concepts) -> tuple[Conflict, ...]:
    """Facts of one concept, or of opposites, that cannot all be true."""
    by: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.asserter not in (Asserter.QUESTION, Asserter.PAYER, Asserter.LETTER):
            by[fact.concept].append(fact)
    found: list[Conflict] = []
    for id, group in by.items():
        if id not in concepts:
            continue
        kind, label = concepts[id].kind, concepts[id].label
        found += _said_and_denied(id, group, kind, label)
        found += _two_values(id, group, concepts)
        opposite = concepts[id].opposite
        if opposite in by and id < opposite:
            found += _opposites(id, opposite, group, by[opposite], concepts)
    return tuple(found)


def mark_disputed(
    facts: Sequence[Fact], found: Sequence[Conflict]
) -> tuple[list[Fact], tuple[Conflict, ...]]:
    """The facts and the conflicts with every disputed fact marked."""
    disputed = {f: replace(f, marks=f.marks | {Mark.DISPUTED}) for c in found for f in c.facts}
    again = tuple(replace(c, facts=tuple(disputed[f] for f in c.facts)) for c in found)
    return [disputed.get(f, f) for f in facts], again


def _said_and_denied(id: str, group: list[Fact], kind: str, label: str) -> list[Conflict]:
    present = [
        f for f in group if f.assertion is Assertion.PRESENT and not f.marks & {Mark.CODE_ONLY}
    ]
    present = [f for f in present if f.therapy is None or f.therapy.taken]
    denied = [f for f in group if f.assertion is Assertion.ABSENT]
    clash = [(p, d) for p in present for d in denied if _cannot_both(p, d, kind)]
    if not clash:
        return []
    both = tuple(dict.fromkeys(f for pair in clash for f in pair))
    return [Conflict(id, both, clause("conflict.said_and_denied", label=label))]


def _cannot_both(present: Fact, denied: Fact, kind: str) -> bool:
    if present.site and denied.site and not present.site & denied.site:
        return False
    said = denied.when.end
    seen = present.when.start or present.when.end
    ever = denied.when.start is None
    if kind == "disease" or ever:
        if kind not in ("disease",) and seen is None:
            return ever
        return said is None or seen is None or said.latest >= seen.earliest
    same = present.when.start == denied.when.start
    return kind in ("state", "symptom") and same and not present.when.ongoing and said is not None


def _two_values(id: str, group: list[Fact], concepts: Concepts) -> list[Conflict]:
    """Two values of one day that differ; assumed and vague days are not known to be one day."""
    by_day: dict[object, list[Fact]] = defaultdict(list)
    for fact in group:
        day = fact.when.start
        if fact.value is None or fact.assertion is not Assertion.PRESENT or fact.therapy:
            continue
        if fact.marks & {Mark.UNIT_IMPOSSIBLE}:
            continue
        if day is not None and day.earliest == day.latest and not fact.when.assumed:
            by_day[(day.earliest, fact.site, fact.during)].append(fact)
    found = []
    for facts in by_day.values():
        if len(facts) < 2 or _under_one_name(facts):
            continue
        if any(_differ(facts[0], f, concepts, id) for f in facts[1:]):
            says = clause("conflict.two_values", label=concepts.label(id))
            found.append(Conflict(id, tuple(facts), says))
    return found


def _under_one_name(facts: Sequence[Fact]) -> bool:
    """Whether the values stand in one row behind one name: "87% at rest, 84% walking"."""
    first = facts[0].sources[0]
    return (
        all(
            len(f.sources) == 1
            and (f.sources[0].document, f.sources[0].start) == (first.document, first.start)
            for f in facts
        )
        and first.start is not None
    )


def _differ(a: Fact, b: Fact, concepts: Concepts, id: str) -> bool:
    if isinstance(a.value, str) or isinstance(b.value, str):
        return type(a.value) is type(b.value) and a.value != b.value
    if a.value is None or b.value is None or a.value.exact is None or b.value.exact is None:
        return False
    if not a.value.unit or not b.value.unit:
        return a.value.exact != b.value.exact and a.value.unit == b.value.unit
    try:
        other = convert(b.value.exact, b.value.unit, a.value.unit, concepts[id].molar_mass)
    except UnitError:
        return False
    return abs(other - a.value.exact) > abs(a.value.exact) / 100


def _opposites(
    id: str, opposite: str, here: list[Fact], there: list[Fact], concepts: Concepts
) -> list[Conflict]:
    ours = [f for f in here if f.assertion is Assertion.PRESENT]
    theirs = [f for f in there if f.assertion is Assertion.PRESENT]
    clash = [(a, b) for a in ours for b in theirs if _together(a.when, b.when)]
    if not clash:
        return []
    both = tuple(dict.fromkeys(f for pair in clash for f in pair))
    ours_, theirs_ = concepts.label(id), concepts.label(opposite)
    says = clause("conflict.opposites", ours=ours_, theirs=theirs_)
    return [Conflict(id, both, says)]


def _together(a: When, b: When) -> bool:
    """Whether two statements may speak of the same time."""
    first, second = a.end or a.start, b.end or b.start
    if first is None or second is None or a.ongoing or b.ongoing:
        return True
    return _near(first, second)


def _near(a: Day, b: Day) -> bool:
    return a.earliest <= b.latest and b.earliest <= a.latest
