"""What can be known of a policy before any chart is seen: what it can never, or always, say.

Refused here: criteria that cannot be met or cannot fail, routes that no patient can take or that
another route makes idle, and a policy that knows an answer for a chart with nothing in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace

from indicated.criteria.drift import drifted
from indicated.criteria.lines import Place
from indicated.criteria.logic import (
    Known,
    bound_words,
    clash,
    contradiction,
    forces,
    in_unit,
    nodes,
    shape,
    under,
    unknown_on_empty,
)
from indicated.errors import PolicyError
from indicated.model import (
    Bound,
    Combine,
    Concept,
    Concepts,
    Criterion,
    PhaseCriteria,
    Policy,
    Route,
    Value,
)
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of, any_of

At = Callable[[Place], str]  # where a place of the file stands, "file:line"


def check_policy(policy: Policy, concepts: Concepts, at: At) -> list[PolicyError]:
    """Everything about the built policy that makes it unsound; [] when it is sound."""
    errors: list[PolicyError] = []
    tops = [("applies", policy.applies)] if policy.applies else []
    groups = (*policy.status_lines, *policy.disagreements, *policy.monitoring, *policy.safety)
    tops += [("when", s.when) for s in (*groups, *policy.pitfalls) if s.when]
    seen: set[int] = set()
    for phase, asked in policy.phases.items():
        if id(asked) in seen:  # `as`: the same criteria once more
            continue
        seen.add(id(asked))
        place: Place = ("phases", phase.value)
        errors += _routes(asked, place, at)
        errors += _empty_chart(asked, place, at)
        tops += [("phase", c) for c in listed(asked)]
    for criterion in _once(c for _, top in tops for c in nodes(top)):
        errors += _node(criterion, concepts)
    return errors


def listed(asked: PhaseCriteria) -> list[Criterion]:
    """Every criterion that a phase lists, in its order."""
    routes = [c for r in (*asked.routes, *asked.exceptions) for c in r.criteria]
    return [*routes, *asked.exclusions, *asked.requirements, *asked.supporting]


def _once(criteria: Iterable[Criterion]) -> list[Criterion]:
    return list({(c.id, c.line): c for c in criteria}.values())


# --- the empty chart -----------------------------------------------------------------------


_WHY_EMPTY = "A policy that knows an answer for an empty chart reads silence as a fact."


def _empty_chart(asked: PhaseCriteria, place: Place, at: At) -> list[PolicyError]:
    errors = []
    for i, exclusion in enumerate(asked.exclusions):
        if unknown_on_empty(exclusion) is MET:
            errors.append(
                PolicyError(
                    f'exclusion "{exclusion.id}" is met by a chart that says nothing',
                    at((*place, "exclusions", i)),
                    _WHY_EMPTY,
                    "Remove `silence: absent` below it: what is not said is unknown.",
                )
            )
    routes = any_of(all_of(unknown_on_empty(c) for c in r.criteria) for r in asked.routes)
    if asked.routes and routes is not UNKNOWN:
        answer = "met" if routes is MET else "not met"
        errors.append(
            PolicyError(
                f"the routes of {place[1]} are {answer} for a chart that says nothing",
                at((*place, "routes")),
                _WHY_EMPTY,
                "Remove `silence: absent` from what the routes need.",
            )
        )
    if not asked.routes:
        errors.append(
            PolicyError(
                f"{place[1]} has no routes: an empty chart would be refused",
                at(place),
                _WHY_EMPTY,
                "Write at least one route; what is open only under a condition stays an exception.",
            )
        )
    return errors


# --- routes --------------------------------------------------------------------------------


def _routes(asked: PhaseCriteria, place: Place, at: At) -> list[PolicyError]:
    errors: list[PolicyError] = []
    everyone = [
        *(((*place, "routes", i), r) for i, r in enumerate(asked.routes)),
        *(((*place, "exceptions", i), r) for i, r in enumerate(asked.exceptions)),
    ]
    names: set[str] = set()
    for where, route in everyone:
        if route.id in names:
            errors.append(
                PolicyError(
                    f'duplicate route id "{route.id}" in {place[1]}',
                    at(where),
                    "A finding would not say which of the two it is about.",
                    "Rename one.",
                )
            )
        names.add(route.id)
        errors += _reachable(route, asked.exclusions, at(where))
    for k, (where, route) in enumerate(everyone):
        for other_k, (_, other) in enumerate(everyone):
            if _idle(route, other, k, other_k, exception=other_k >= len(asked.routes)):
                errors.append(
                    PolicyError(
                        f'unreachable: route "{route.id}" asks for all that "{other.id}" asks for',
                        at(where),
                        f'Whoever meets it meets "{other.id}" already; it decides nothing.',
                        "Remove it, or take out of the other what this one should be free of.",
                    )
                )
    return errors


def _idle(route: Route, other: Route, k: int, other_k: int, *, exception: bool) -> bool:
    """Whether `route` never matters beside `other`. Of two equal ones the later is idle."""
    if k == other_k or not route.criteria or not other.criteria:
        return False
    mine, theirs = _shapes(route.criteria), _shapes(other.criteria)
    if exception and not route.condition:
        return False  # a plain route is never made idle by one that is open under a condition
    return theirs < mine or (theirs == mine and other_k < k)


def _shapes(criteria: Iterable[Criterion]) -> frozenset[Hashable]:
    return frozenset(shape(c) for c in criteria)


def _reachable(route: Route, exclusions: tuple[Criterion, ...], where: str) -> list[PolicyError]:
    needed = [pair for c in route.criteria for pair in forces(c, MET)]
    excluded = [pair for c in exclusions for pair in forces(c, NOT_MET)]
    both = clash([*needed, *excluded])
    if both is not None:
        return [
            PolicyError(
                f'unreachable: route "{route.id}" both needs and rules out "{both.id}"',
                where,
                "No patient can take it.",
                "Remove it from what is needed or from what is ruled out.",
            )
        ]
    known: Known = {shape(c): truth for c, truth in [*needed, *excluded]}
    errors = [
        PolicyError(
            f'unreachable branch: "{part.id}" cannot be met where route "{route.id}" holds',
            part.line or where,
            "It looks like a choice and is none.",
            "Remove it, or the criterion that rules it out.",
        )
        for c in route.criteria
        for part in _choices(c)
        if under(part, known) is NOT_MET
    ]
    return errors + _numbers_clash(route, needed, where)


def _choices(criterion: Criterion) -> Iterator[Criterion]:
    """Parts of an `any` or `at_least` on the way to meeting the criterion."""
    test = criterion.test
    if not isinstance(test, Combine) or test.kind == "none":
        return
    for part in test.parts:
        if test.kind in ("any", "at_least") and len(test.parts) > 1:
            yield part
        yield from _choices(part)


def _numbers_clash(
    route: Route, needed: list[tuple[Criterion, Truth]], where: str
) -> list[PolicyError]:
    """Thresholds of different criteria on one and the same value that no number satisfies."""
    together: dict[Hashable, list[Criterion]] = {}
    for criterion, truth in needed:
        test = criterion.test
        if truth is MET and isinstance(test, Value) and test.bounds and test.pick != "any":
            together.setdefault(replace(test, bounds=(), one_of=frozenset()), []).append(criterion)
    errors = []
    for criteria in together.values():
        tests = [c.test for c in criteria if isinstance(c.test, Value)]
        sound = all(not contradiction(t.bounds) for t in tests)
        if sound and contradiction([b for t in tests for b in t.bounds]):
            ids = " and ".join(f'"{c.id}"' for c in criteria)
            errors.append(
                PolicyError(
                    f'unreachable: no value satisfies {ids} in route "{route.id}"',
                    where,
                    "No patient can take it.",
                    "Mend one of the thresholds.",
                )
            )
    return errors


# --- one node ------------------------------------------------------------------------------


def _node(criterion: Criterion, concepts: Concepts) -> Iterator[PolicyError]:
    test = criterion.test
    if isinstance(test, Combine):
        yield from _combined(criterion, test)
    else:
        yield from _bounds(criterion, test.where.lasting)
        yield from _bounds(criterion, test.where.dose)
    if isinstance(test, Value):
        yield from _bounds(criterion, test.bounds)
        if test.versus is None and test.concept in concepts:
            yield from _plausible(criterion, test.bounds, concepts[test.concept])
    if words := drifted(criterion):
        yield PolicyError(
            f'says and test of "{criterion.id}" differ: {words}',
            criterion.line,
            "The article would promise what the program does not check.",
            "Change one of the two; write numbers that are no threshold as words.",
        )


def _combined(criterion: Criterion, test: Combine) -> Iterator[PolicyError]:
    counted = Counter(shape(part) for part in test.parts)
    for part in test.parts:
        if counted[shape(part)] > 1:
            yield PolicyError(
                f'"{part.id}" stands twice in "{criterion.id}"',
                criterion.line,
                "Counted twice, one fact would do for two.",
                "Remove one.",
            )
            return
    if both := clash(list(forces(criterion, MET))):
        yield PolicyError(
            f'unreachable: "{criterion.id}" needs "{both.id}" and rules it out',
            criterion.line,
            "It can never be met.",
            "Remove one of the two.",
        )
    if both := clash(list(forces(criterion, NOT_MET))):
        yield PolicyError(
            f'constant: "{criterion.id}" is met with and without "{both.id}"',
            criterion.line,
            "It can never fail, so it decides nothing.",
            "Remove one of the two.",
        )


def _bounds(criterion: Criterion, bounds: tuple[Bound, ...]) -> Iterator[PolicyError]:
    if words := contradiction(bounds):
        yield PolicyError(
            f'unreachable: no number is {words} ("{criterion.id}")',
            criterion.line,
            "It can never be met.",
            "Mend one of the bounds.",
        )


def _plausible(
    criterion: Criterion, bounds: tuple[Bound, ...], concept: Concept
) -> Iterator[PolicyError]:
    if concept.plausible is None:
        return
    low, high = concept.plausible
    for bound in bounds:
        limit = in_unit(bound.limit, concept.unit, concept.molar_mass)
        if limit is None or low <= limit <= high:
            continue
        always = (limit < low) == (bound.op in ("above", "at_least"))
        yield PolicyError(
            f"constant: {bound_words(bound)} is {'always' if always else 'never'} so for "
            f'"{concept.id}", which lies between {low} and {high} {concept.unit}',
            criterion.line,
            "The number or its unit is probably wrong.",
            "Mend the bound, or `plausible` of the concept.",
        )
