"""Two versions of a policy, and what differs between them in a reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from indicated.criteria.logic import nodes
from indicated.criteria.says import quantity_words, says
from indicated.model import (
    Combine,
    Concepts,
    Criterion,
    DoseLine,
    Phase,
    PhaseCriteria,
    Policy,
    Quantity,
    Reference,
)


@dataclass(frozen=True)
class Difference:
    """One thing that differs; None where one of the two has no such thing."""

    kind: str  # a key of KINDS
    name: str
    old: str | None
    new: str | None


def differences(old: Policy, new: Policy, concepts: Concepts) -> list[Difference]:
    """Everything that a change of a policy changed, kind by kind in the order of `KINDS`.

    Criteria are compared by what they test; one that is only worded anew is listed as such.
    """
    found = []
    for kind, describe in KINDS.items():
        before, after = describe(old, concepts), describe(new, concepts)
        for name in dict.fromkeys((*before, *after)):
            if before.get(name) != after.get(name):
                found.append(Difference(kind, name, before.get(name), after.get(name)))
    return found


Words = dict[str, str]


def _stamp(policy: Policy, _: Concepts) -> Words:
    until = f" to {policy.valid_to}" if policy.valid_to else ""
    return {
        "version": policy.version,
        "status": policy.status,
        "in force": f"from {policy.valid_from}{until}",
        "treatments": ", ".join(policy.treatments),
        "standing": policy.standing,
        "certainty": policy.certainty,
    }


def _parameters(policy: Policy, _: Concepts) -> Words:
    return {name: quantity_words(value) for name, value in policy.parameters.items()}


def _tests(policy: Policy, concepts: Concepts) -> Words:
    return {c.id: _test(c, concepts) for c in _criteria(policy)}


def _test(criterion: Criterion, concepts: Concepts) -> str:
    """What a criterion tests, in plain words; of a combination, the ids of its parts."""
    test = criterion.test
    if isinstance(test, Combine):
        n = f" {test.n}" if test.kind == "at_least" else ""
        return f"{test.kind.replace('_', ' ')}{n} of {', '.join(p.id for p in test.parts)}"
    return says(test, concepts) + _closed(criterion, concepts)


def _closed(criterion: Criterion, concepts: Concepts) -> str:
    if not criterion.silence:
        return ""
    given = " or ".join(concepts.label(c) for c in criterion.given)
    return f" (silence counts as absent{f', given {given}' if given else ''})"


def _wordings(policy: Policy, _: Concepts) -> Words:
    return {c.id: c.says for c in _criteria(policy)}


def _dates(policy: Policy, _: Concepts) -> Words:
    return {c.id: str(c.since) for c in _criteria(policy) if c.since}


def _criteria(policy: Policy) -> Iterator[Criterion]:
    if policy.applies is not None:
        yield from nodes(policy.applies)
    for asked in policy.phases.values():
        for _, criteria in _places(asked):
            for criterion in criteria:
                yield from nodes(criterion)


def _roles(policy: Policy, _: Concepts) -> Words:
    roles: dict[str, list[str]] = {}
    for phase, asked in policy.phases.items():
        for place, criteria in _places(asked):
            for criterion in criteria:
                roles.setdefault(_in_phase(criterion.id, phase), []).append(place)
    return {name: " and ".join(dict.fromkeys(places)) for name, places in roles.items()}


def _in_phase(id: str, phase: Phase) -> str:
    return f"{id} in {phase.value.replace('_', ' ')}"


def _places(asked: PhaseCriteria) -> Iterator[tuple[str, tuple[Criterion, ...]]]:
    yield from ((f'essential of route "{r.id}"', r.criteria) for r in asked.routes)
    yield from ((f'essential of exception "{r.id}"', r.criteria) for r in asked.exceptions)
    yield "exclusion", asked.exclusions
    yield "requirement", asked.requirements
    yield "supporting", asked.supporting


def _doses(policy: Policy, _: Concepts) -> Words:
    lines = policy.dose.lines if policy.dose else ()
    return {f"{line.kind}: {line.says}": _dose(line) for line in lines}


def _dose(line: DoseLine) -> str:
    parts: Mapping[str, Quantity | None] = {
        "": line.amount,
        "every ": line.every,
        "at most ": line.maximum,
        "query above ": line.query_above,
    }
    said = [word + quantity_words(q) for word, q in parts.items() if q is not None]
    return ", ".join(said + (["decides"] if line.decides else []))


def _sources(policy: Policy, _: Concepts) -> Words:
    return {key: _source(r) for key, r in policy.references.items()}


def _source(r: Reference) -> str:
    said = " ".join(filter(None, [r.title, r.organisation, r.year, r.identifier]))
    return f"{said} ({r.checked})"


KINDS: dict[str, Callable[[Policy, Concepts], Words]] = {
    "the policy": _stamp,
    "thresholds that a plan may set": _parameters,
    "what criteria ask": _tests,
    "dates of thresholds": _dates,
    "roles": _roles,
    "doses": _doses,
    "wordings": _wordings,
    "sources": _sources,
}
