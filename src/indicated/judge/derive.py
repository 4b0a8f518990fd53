"""Values computed from others (body mass index, grams per kilogram): formula and source are data.

A computed fact carries its inputs and its arithmetic in words. Where the record states the value
too and the two disagree by more than the formula's tolerance, that is a conflict, and both stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext
from functools import reduce
from typing import Any

from indicated.errors import UnitError
from indicated.judge import timing
from indicated.judge.compare import DOUBTED, in_unit
from indicated.judge.leaves import about
from indicated.model import (
    Asserter,
    Concepts,
    Conflict,
    Derived,
    Fact,
    Facts,
    Quantity,
    Source,
)
from indicated.units import plain, shown, tidy

OPERATIONS: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "add": lambda xs: sum(xs, Decimal(0)),
    "subtract": lambda xs: xs[0] - sum(xs[1:], Decimal(0)),
    "multiply": lambda xs: reduce(lambda a, b: a * b, xs),
    "divide": lambda xs: reduce(lambda a, b: a / b, xs),
    "square_root": lambda xs: xs[0].sqrt(),
    "percent_change": lambda xs: (xs[1] - xs[0]) / xs[0] * 100,
    "min": min,
    "max": max,
}
SIGNS = {"add": " + ", "subtract": " − ", "multiply": " × ", "divide": " ÷ "}


def derive(facts: Facts, derived: Sequence[Derived], concepts: Concepts) -> Facts:
    """The facts, and every value that the formulas give from them.

    Inputs are the latest usable value each. Formulas are tried until nothing new comes out, so one
    may build on another.
    """
    done: set[str] = set()
    while True:
        new = [
            (d, fact)
            for d in derived
            if d.id not in done and (fact := _compute(d, facts, concepts)) is not None
        ]
        if not new:
            return facts
        for d, fact in new:
            done.add(d.id)
            facts = _added(facts, fact, d, concepts)


def derived_values(
    stated: Sequence[Fact], derived: Sequence[Derived], concepts: Concepts
) -> tuple[Fact, ...]:
    """What the formulas give from these values alone, whether they state it too or not."""
    facts = Facts(tuple(stated))
    found = (_compute(d, facts, concepts) for d in derived)
    return tuple(f for f in found if f is not None)


def _added(facts: Facts, fact: Fact, d: Derived, concepts: Concepts) -> Facts:
    """The computed fact joins, unless the record states the same value; a disagreement is kept."""
    stated = [
        f
        for f in about((d.id,), facts.items, concepts).present
        if isinstance(f.value, Quantity)
        and not f.marks & DOUBTED
        and f.asserter is not Asserter.COMPUTED
    ]
    if not stated:
        return facts.plus([fact])
    latest = max(stated, key=lambda f: timing.newest(f) or date.min)
    if _agree(latest, fact, d) or timing.newest(latest) != timing.newest(fact):
        return facts
    says = f"The stated {concepts.label(d.id)} is not what its own inputs give: {fact.formula}."
    conflict = Conflict(d.id, (latest, *fact.inputs), says)
    return replace(facts.plus([fact]), conflicts=(*facts.conflicts, conflict))


def _agree(stated: Fact, computed: Fact, d: Derived) -> bool:
    assert isinstance(stated.value, Quantity)
    assert isinstance(computed.value, Quantity)
    try:
        a = in_unit(stated.value, d.unit)
    except UnitError:
        return False
    if a.exact is None or computed.value.exact is None:
        return True
    return abs(a.exact - computed.value.exact) <= (d.agrees_within or Decimal(0))


def _compute(d: Derived, facts: Facts, concepts: Concepts) -> Fact | None:
    inputs: dict[str, Fact] = {}
    for name, (concept, unit) in d.inputs.items():
        fact = _latest(concept, unit, facts, concepts)
        if fact is None:
            return None
        inputs[name] = fact
    numbers = {n: _number(f, d.inputs[n][1]) for n, f in inputs.items()}
    try:
        with localcontext() as context:
            context.prec = 28
            value = tidy(_evaluate(d.formula, numbers))
    except (DivisionByZero, InvalidOperation, KeyError):
        return None
    when = max(inputs.values(), key=lambda f: timing.newest(f) or date.min).when
    formula = f"{_words(d.formula, numbers, d.inputs)} = {plain(value, 2)} {shown(d.unit)}".strip()
    sources: tuple[Source, ...] = tuple(s for f in inputs.values() for s in f.sources)
    return Fact(
        concept=d.id,
        value=Quantity(value, value, d.unit),
        when=when,
        asserter=Asserter.COMPUTED,
        sources=sources,
        formula=formula,
        inputs=tuple(inputs.values()),
    )


def _latest(concept: str, unit: str, facts: Facts, concepts: Concepts) -> Fact | None:
    usable = []
    for f in about((concept,), facts.items, concepts).present:
        if not isinstance(f.value, Quantity) or f.marks & DOUBTED or f.value.exact is None:
            continue
        try:
            in_unit(f.value, unit, concepts[concept].molar_mass if concept in concepts else None)
        except UnitError:
            continue
        usable.append(f)
    return max(usable, key=lambda f: timing.newest(f) or date.min, default=None)


def _number(fact: Fact, unit: str) -> Decimal:
    assert isinstance(fact.value, Quantity)
    exact = in_unit(fact.value, unit).exact
    assert exact is not None
    return exact


def _evaluate(formula: Any, numbers: Mapping[str, Decimal]) -> Decimal:
    """A formula is an input's name, a number, or {operation: [formulas]}."""
    if isinstance(formula, str):
        return numbers[formula] if formula in numbers else Decimal(formula)
    if isinstance(formula, Mapping):
        ((operation, arguments),) = formula.items()
        if operation == "lookup":
            return Decimal(str(arguments["table"][str(plain(numbers[arguments["of"]]))]))
        listed = arguments if isinstance(arguments, (list, tuple)) else [arguments]
        return OPERATIONS[operation]([_evaluate(a, numbers) for a in listed])
    return Decimal(str(formula))


def _words(
    formula: Any, numbers: Mapping[str, Decimal], inputs: Mapping[str, tuple[str, str]]
) -> str:
    """The arithmetic as a reader would write it, with units at the inputs."""
    if isinstance(formula, str) and formula in numbers:
        return f"{plain(numbers[formula])} {shown(inputs[formula][1])}".strip()
    if isinstance(formula, Mapping):
        ((operation, arguments),) = formula.items()
        if operation == "lookup":
            return f"factor for {_words(arguments['of'], numbers, inputs)}"
        listed = arguments if isinstance(arguments, (list, tuple)) else [arguments]
        words = [_words(a, numbers, inputs) for a in listed]
        if operation in SIGNS:
            return "(" + SIGNS[operation].join(words) + ")"
        return f"{operation.replace('_', ' ')} of ({', '.join(words)})"
    return plain(Decimal(str(formula)))
