"""A policy with other thresholds, to see what they would do: never what a plan or a source says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicated.criteria.check import check_policy
from indicated.criteria.lines import near, raise_all
from indicated.criteria.policy import stamped
from indicated.criteria.profiles import set_parameter
from indicated.criteria.quantity import parse_quantity
from indicated.errors import InputError, UnitError
from indicated.model import Concepts, Policy, Quantity

MOST = 101  # values of one sweep: each judges every case
_SWEEP = re.compile(r"(?P<low>[^/]+?)\s*\.\.\s*(?P<high>[^/]+?)\s*/\s*(?P<step>.+)")


def with_threshold(policy: Policy, name: str, value: Quantity, concepts: Concepts) -> Policy:
    """The policy as if a parameter had another number. Raises where the result is not sound."""
    changed = set_parameter(policy, name, value)
    raise_all(check_policy(changed, concepts, lambda _: f"{policy.id} with another {name}"))
    return stamped(changed)


def threshold(policy: Policy, text: str) -> tuple[str, Quantity]:
    """A parameter and its number, from "name=88 %"; without a unit it is in the parameter's own."""
    name, said = _of(policy, text, "name=number unit")
    return name, _number(policy, name, said)


def sweep(policy: Policy, text: str) -> tuple[str, list[Quantity]]:
    """A parameter and numbers from one to another, both included: "name=85..92/1"."""
    name, said = _of(policy, text, "name=from..to/step")
    match = _SWEEP.fullmatch(said)
    if match is None:
        raise InputError(f'"{text}" is no sweep', do='Write "name=from..to/step": "bmi=30..40/1".')
    low, high, step = (_number(policy, name, match[part]) for part in ("low", "high", "step"))
    values = list(_between(low, high, step))
    if not 2 <= len(values) <= MOST:
        raise InputError(
            f"a sweep of {len(values)} values" if values else "a sweep without an end",
            why="Every value judges every case.",
            do=f"Give from 2 to {MOST} values, upwards.",
        )
    return name, values


def _between(low: Quantity, high: Quantity, step: Quantity) -> Iterator[Quantity]:
    at, end, by = low.exact, high.exact, step.exact
    assert at is not None
    assert end is not None
    assert by is not None
    if by <= 0:
        return
    for _ in range(MOST + 1):
        if at > end:
            return
        yield Quantity.of(at, low.unit)
        at += by


def _of(policy: Policy, text: str, form: str) -> tuple[str, str]:
    name, _, said = (part.strip() for part in text.partition("="))
    if not said:
        raise InputError(f'"{text}" sets nothing', do=f'Write "{form}".')
    if name not in policy.parameters:
        raise InputError(
            f'"{policy.id}" has no parameter "{name}"',
            do=near(name, policy.parameters)
            or f"Parameters: {', '.join(policy.parameters) or 'none'}.",
        )
    return name, said


def _number(policy: Policy, name: str, text: str) -> Quantity:
    unit = policy.parameters[name].unit
    found = parse_quantity(text)
    found = Quantity(found.low, found.high, found.unit or unit, found.open)
    if found.exact is None or found.unit != unit:
        raise UnitError(
            f'"{text}" is not one number in "{unit}"',
            why="The threshold would be compared with another kind of number.",
            do=f'Write it in "{unit}".',
        )
    return found
