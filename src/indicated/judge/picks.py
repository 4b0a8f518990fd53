"""Which value counts. Where an unknown date leaves that open, every value that might count is
tried, and the answer is known only if all of them agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from indicated.errors import UnitError
from indicated.judge import leaves, timing
from indicated.judge.compare import DOUBTED, in_unit, satisfies
from indicated.judge.record import Record
from indicated.model import Fact, Mark, Quantity, State, Value, Versus
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of, any_of
from indicated.units import tidy


@dataclass(frozen=True, slots=True)
class Picked:
    """The truth of a comparison, the facts it rests on, and what is in the way if unknown."""

    truth: Truth
    facts: tuple[Fact, ...] = ()
    state: State = State.SAID
    why: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A value and whether it is for certain among those that count."""

    fact: Fact
    sure: bool


def members(
    facts: Sequence[Fact], test: Value | Versus, record: Record
) -> tuple[list[Member], str, list[Fact]]:
    """The values that count or may count, what bars the others, and those that do not count."""
    counting, barred, why = [], [], ""
    for fact in facts:
        q = _fits(fact, test, record)
        if q.truth is NOT_MET:
            barred.append(fact)
            why = why or q.why
        else:
            counting.append(Member(fact, q.truth is MET))
            why = q.why if q.truth is UNKNOWN and not why else why
    return counting, why, barred


def _fits(fact: Fact, test: Value | Versus, record: Record) -> leaves.Qualified:
    if isinstance(test, Value):
        return leaves.qualifies(fact, test.where, record)
    truth = all_of([leaves.related(fact, r, record) for r in test.relations])
    return leaves.Qualified(truth, "baseline")


def candidates(
    counting: Sequence[Member], how: str, molar_mass: Decimal | None = None
) -> list[Fact]:
    """The facts of which one is the pick; several where dates, ties or membership leave it open.

    Empty when it is not certain that anything counts at all.
    """
    if not any(m.sure for m in counting):
        return []
    if how in ("latest", "earliest"):
        return _by_time(counting, newest_first=how == "latest")
    lowest = how == "lowest"
    usable, size = _sizes(counting, molar_mass, lowest=lowest)
    return _by_size(usable, size, lowest) if any(m.sure for m in usable) else []


def _by_time(counting: Sequence[Member], *, newest_first: bool) -> list[Fact]:
    dated = [(d, m) for m in counting if (d := timing.newest(m.fact)) is not None]
    undated = [m.fact for m in counting if timing.newest(m.fact) is None]
    chain: list[Fact] = []
    stop: date | None = None
    for day, member in sorted(dated, key=lambda pair: pair[0], reverse=newest_first):
        if stop is not None and day != stop:
            break
        chain.append(member.fact)
        if member.sure:
            stop = day
    return chain + undated


def _by_size(
    counting: Sequence[Member], size: Callable[[Fact], Decimal], lowest: bool
) -> list[Fact]:
    chain = []
    for member in sorted(counting, key=lambda m: size(m.fact), reverse=not lowest):
        chain.append(member.fact)
        if member.sure:
            break
    return chain


def _sizes(
    counting: Sequence[Member], molar_mass: Decimal | None, *, lowest: bool
) -> tuple[list[Member], Callable[[Fact], Decimal]]:
    """The values that can be ordered in one unit, and the number by which they are ordered."""
    usable = [m for m in counting if _numeric(m.fact)]
    sizes: dict[str, Decimal] = {}
    unit = ""
    for m in usable:
        assert isinstance(m.fact.value, Quantity)
        unit = unit or m.fact.value.unit
        try:
            value = in_unit(m.fact.value, unit, molar_mass)
        except UnitError:
            continue
        end = value.low if lowest else value.high
        sizes[m.fact.id] = Decimal("-Infinity" if lowest else "Infinity") if end is None else end
    return [m for m in usable if m.fact.id in sizes], lambda fact: sizes[fact.id]


def pick(test: Value, facts: Sequence[Fact], record: Record, molar_mass: Decimal | None) -> Picked:
    """Judge a `value` leaf over the facts that carry a value."""
    counting, why, barred = members(facts, test, record)
    if not counting:
        return Picked(UNKNOWN, tuple(barred), State.INCOMPLETE, why)
    known = tuple(m.fact for m in counting)
    if not any(m.sure for m in counting):
        return Picked(UNKNOWN, known, State.INCOMPLETE, why)
    compare = _comparison(test, facts, record, molar_mass)
    if test.pick in ("any", "every"):
        return _over_all(test, counting, compare)
    by_size = test.pick in ("lowest", "highest") and not test.one_of
    chosen = candidates(
        counting, test.pick if by_size or test.pick == "earliest" else "latest", molar_mass
    )
    if not chosen:
        return Picked(UNKNOWN, known, State.INCOMPLETE, "unit")
    return _agreed(chosen, compare)


def _numeric(fact: Fact) -> bool:
    return isinstance(fact.value, Quantity) and not fact.marks & DOUBTED


def _over_all(test: Value, counting: Sequence[Member], compare: Callable[[Fact], Truth]) -> Picked:
    """`any` and `every`: members that are not certain can only leave the answer open."""
    combine = any_of if test.pick == "any" else all_of
    decisive = MET if test.pick == "any" else NOT_MET
    sure = [(m.fact, compare(m.fact)) for m in counting if m.sure]
    unsure = [(m.fact, compare(m.fact)) for m in counting if not m.sure]
    truth = combine([t for _, t in sure])
    if truth is decisive or (truth.known and all(t is truth for _, t in unsure)):
        facts = tuple(f for f, t in sure if t is truth)
        return Picked(truth, facts)
    facts = tuple(f for f, _ in [*sure, *unsure])
    return Picked(UNKNOWN, facts, State.INCOMPLETE, _doubt(facts, "relation"))


def _agreed(chosen: Sequence[Fact], compare: Callable[[Fact], Truth]) -> Picked:
    results = [compare(f) for f in chosen]
    if results and all(r is results[0] for r in results) and results[0].known:
        return Picked(results[0], tuple(chosen[:1]))
    if len(chosen) > 1 and {r for r in results if r.known} == {MET, NOT_MET}:
        same_day = len({timing.newest(f) for f in chosen}) == 1 and timing.newest(chosen[0])
        why = "tie" if same_day else "order"
        return Picked(UNKNOWN, tuple(chosen), State.DISPUTED if same_day else State.INCOMPLETE, why)
    return Picked(UNKNOWN, tuple(chosen), State.INCOMPLETE, _doubt(chosen, "range"))


def _doubt(facts: Sequence[Fact], otherwise: str) -> str:
    doubted = {Mark.UNIT_MISSING, Mark.UNIT_IMPOSSIBLE}
    return "unit" if any(f.marks & doubted for f in facts) else otherwise


def _comparison(
    test: Value, facts: Sequence[Fact], record: Record, molar_mass: Decimal | None
) -> Callable[[Fact], Truth]:
    """How one value is compared: words, a number against bounds, or its change from a baseline."""
    if test.one_of:
        wanted = {w.casefold() for w in test.one_of}

        def worded(fact: Fact) -> Truth:
            return MET if str(fact.value).casefold() in wanted else NOT_MET

        return lambda f: worded(f) if isinstance(f.value, str) else UNKNOWN
    if test.versus is None:
        return lambda f: satisfies(f, test.bounds, molar_mass)
    base = _baseline(test.versus, facts, record)
    versus = test.versus
    return lambda f: UNKNOWN if base is None else _change(f, base, versus, test, molar_mass)


def _baseline(versus: Versus, facts: Sequence[Fact], record: Record) -> Fact | None:
    """The one baseline; None when there is none for certain, or more than one might be it."""
    counting, _, _ = members([f for f in facts if _numeric(f)], versus, record)
    chosen = candidates(counting, versus.pick)
    return chosen[0] if len(chosen) == 1 else None


def _change(
    fact: Fact, base: Fact, versus: Versus, test: Value, molar_mass: Decimal | None
) -> Truth:
    if not _numeric(fact):
        return UNKNOWN
    assert isinstance(fact.value, Quantity)
    assert isinstance(base.value, Quantity)
    try:
        new, old = fact.value, in_unit(base.value, fact.value.unit, molar_mass)
    except UnitError:
        return UNKNOWN
    if new.exact is None or old.exact is None:
        return UNKNOWN
    difference = new.exact - old.exact
    if versus.change == "difference":
        changed = Quantity(difference, difference, new.unit)
    elif old.exact == 0:
        return UNKNOWN
    else:
        percent = tidy(difference / old.exact * 100)
        changed = Quantity(percent, percent, "%")
    return satisfies(replace(fact, value=changed), test.bounds)
