"""Plan profiles: a payer's own numbers and roles, laid over a policy and named as the plan's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from indicated.criteria.check import check_policy, listed
from indicated.criteria.concepts import Folder
from indicated.criteria.drift import renumbered
from indicated.criteria.lines import Place, Problems, near, raise_all, read_tree
from indicated.criteria.policy import references, stamped
from indicated.criteria.references import References
from indicated.criteria.tables_schema import ProfileKeys, ProfilePolicyKeys
from indicated.criteria.translate import validated
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import (
    Bound,
    Citation,
    Combine,
    Concepts,
    Criterion,
    Library,
    PhaseCriteria,
    Policy,
    Profile,
    Quantity,
    Role,
    Statement,
    Value,
)
from indicated.units import convertible

NO_CONCEPTS = Concepts({})


def load_profile(path: Folder, policies: Mapping[str, Policy], concepts: Concepts) -> Profile:
    """A plan profile. Raises where it names a policy, parameter or criterion that is not there."""
    problems = Problems(read_tree(path))
    keys: ProfileKeys | None = validated(ProfileKeys, problems, problems.tree.data)
    if keys is None:
        problems.stop()
        raise AssertionError("nothing was understood, and nothing was said about it")
    profile = _profile(keys, policies, problems)
    if not problems.errors:
        for id in keys.policies:
            try:
                _applied(policies[id], profile, concepts)
            except PolicyErrors as several:
                _noted(several.errors, ("policies", id), problems)
            except PolicyError as error:
                _noted([error], ("policies", id), problems)
    problems.stop()
    return profile


def _noted(errors: list[PolicyError], place: Place, problems: Problems) -> None:
    for error in errors:
        problems.add(place, f"with this profile, {error.what}", error.why, error.do)


def _profile(keys: ProfileKeys, policies: Mapping[str, Policy], problems: Problems) -> Profile:
    parameters: dict[str, dict[str, tuple[Quantity, Statement]]] = {}
    roles: dict[str, dict[str, Role]] = {}
    notes: dict[str, Statement] = {}
    cited: set[str] = set()
    for id, change in keys.policies.items():
        place: Place = ("policies", id)
        if id not in policies:
            problems.add(
                place,
                f'unknown policy "{id}"',
                "The plan's rule would never be applied.",
                near(id, policies) or "Name a policy of the library.",
            )
            continue
        refs = References(NO_CONCEPTS, problems, {**keys.sources, **policies[id].references})
        parameters[id] = _parameters(change, policies[id], refs, place)
        roles[id] = _roles(change, policies[id], problems, place)
        cites = refs.cite(change.cite, (*place, "cite"))
        if change.note:
            notes[id] = Statement(change.note, cites, "payer", line=problems.tree.at(place))
        cited |= refs.cited
    for key in keys.sources:
        if key not in cited and not problems.errors:
            problems.add(
                ("sources", key),
                f'"{key}" in sources is never used: dead text',
                "It looks as if something rested on it.",
                "Cite it, or remove it.",
            )
    return Profile(
        keys.profile,
        keys.title,
        keys.organisation,
        parameters,
        roles,
        notes,
        references(keys.sources),
        problems.tree.file,
    )


def _parameters(
    change: ProfilePolicyKeys, policy: Policy, refs: References, place: Place
) -> dict[str, tuple[Quantity, Statement]]:
    found = {}
    for name, keys in change.parameters.items():
        here: Place = (*place, "parameters", name)
        cites = refs.cite(keys.cite, (*here, "cite"))
        value = refs.quantity(keys.value, (*here, "value"))
        old = policy.parameters.get(name)
        if old is None:
            refs.problems.add(
                here,
                f'"{policy.id}" has no parameter "{name}"',
                "The plan's number would change nothing.",
                near(name, policy.parameters)
                or f"Parameters: {', '.join(policy.parameters) or 'none'}.",
            )
        elif value is not None and not convertible(value.unit, old.unit):
            refs.problems.add(
                (*here, "value"),
                f'wrong unit "{value.unit}": it is "{old.unit}"',
                "The plan's number would be compared with another kind of number.",
                f'Write it in "{old.unit}".',
            )
        elif value is not None:
            line = refs.problems.tree.at(here)
            found[name] = (value, Statement(keys.says, cites, "payer", name, line=line))
    return found


def _roles(
    change: ProfilePolicyKeys, policy: Policy, problems: Problems, place: Place
) -> dict[str, Role]:
    movable = {c.id for p in policy.phases.values() for c in listed(p) if c not in p.exclusions}
    for id in change.roles:
        if id not in movable:
            problems.add(
                (*place, "roles", id),
                f'no phase of "{policy.id}" lists "{id}"',
                "The plan's rule would change nothing; an exclusion keeps its place.",
                near(id, movable) or f"Criteria: {', '.join(sorted(movable))}.",
            )
    return {id: Role(role) for id, role in change.roles.items()}


# --- applying ------------------------------------------------------------------------------


def with_profile(library: Library, name: str) -> Library:
    """The library as a plan sees it; unchanged for "". Raises when there is no such profile."""
    if not name:
        return library
    if name not in library.profiles:
        raise PolicyError(
            f'unknown profile "{name}"',
            why="Without it the plan's rules do not apply.",
            do=near(name, library.profiles)
            or f"Profiles: {', '.join(library.profiles) or 'none'}.",
        )
    profile = library.profiles[name]
    policies = {
        id: apply_profile(p, profile, library.concepts) for id, p in library.policies.items()
    }
    earlier = {
        id: tuple(_or_as_it_is(v, profile, library.concepts) for v in versions)
        for id, versions in library.earlier.items()
    }
    return replace(library, policies=policies, earlier=earlier)


def _or_as_it_is(earlier: Policy, profile: Profile, concepts: Concepts) -> Policy:
    """An earlier version with a plan's rules, where it has what they name (see `fitted`)."""
    try:
        return apply_profile(earlier, profile, concepts)
    except (PolicyError, PolicyErrors):
        return earlier


def fitted(
    profiles: Mapping[str, Profile],
    versions: Mapping[str, tuple[Policy, ...]],
    concepts: Concepts,
) -> tuple[dict[str, Profile], tuple[str, ...]]:
    """The profiles without rules that do not fit a policy as it now stands, and a note on each.

    A profile is written for the policies of its folder; a folder of one's own may replace one of
    them, and an earlier version may lack what the rule is about. Neither is its author's mistake.
    """
    fit, notes = {}, []
    for id, profile in profiles.items():
        for policy in (v for named in _named(profile) for v in versions.get(named, ())):
            current = versions[policy.id][0] is policy
            if current and not policy.replaces:
                continue  # checked when the profile was read
            try:
                _applied(policy, profile, concepts)
            except (PolicyError, PolicyErrors):
                notes.append(
                    f'the rules of profile "{id}" do not fit "{policy.id}" {policy.version}'
                    + (f" of {policy.origin}" if policy.origin else "")
                    + " and are not applied to it"
                )
                profile = _without(profile, policy.id) if current else profile
        fit[id] = profile
    return fit, tuple(notes)


def _named(profile: Profile) -> list[str]:
    return list(dict.fromkeys((*profile.parameters, *profile.roles, *profile.notes)))


def _without(profile: Profile, policy: str) -> Profile:
    return replace(
        profile,
        parameters={k: v for k, v in profile.parameters.items() if k != policy},
        roles={k: v for k, v in profile.roles.items() if k != policy},
        notes={k: v for k, v in profile.notes.items() if k != policy},
    )


def apply_profile(policy: Policy, profile: Profile, concepts: Concepts = NO_CONCEPTS) -> Policy:
    """The policy with a plan's numbers and roles, and the plan's name on every change.

    A policy that the profile does not name comes back as it is. Raises `PolicyError` for names that
    the policy does not have, and where the result would not be sound.
    """
    if not any(policy.id in of for of in (profile.parameters, profile.roles, profile.notes)):
        return policy
    return stamped(_applied(policy, profile, concepts))


def _applied(policy: Policy, profile: Profile, concepts: Concepts) -> Policy:
    parameters = profile.parameters.get(policy.id, {})
    roles = profile.roles.get(policy.id, {})
    note = profile.notes.get(policy.id)
    changed = policy
    for name, (value, statement) in parameters.items():
        changed = set_parameter(changed, name, value, statement.cite)
    for id, role in roles.items():
        changed = _with_role(changed, id, role)
    notes = [s for _, s in parameters.values()]
    notes += [_role_note(changed, id, role, profile) for id, role in roles.items()]
    changed = replace(
        changed,
        profile=profile.id,
        profile_notes=(*policy.profile_notes, *notes, *([note] if note else [])),
        references={**policy.references, **profile.references},
    )
    raise_all(check_policy(changed, concepts, lambda _: f"{profile.path}:1"))
    return changed


def set_parameter(
    policy: Policy, name: str, value: Quantity, cites: tuple[Citation, ...] = ()
) -> Policy:
    """The policy with another number in place of a parameter's, wherever criteria compare with it,
    and in their sentences. Raises `PolicyError` for a parameter that it has not."""
    old = policy.parameters.get(name)
    if old is None:
        raise PolicyError(
            f'"{policy.id}" has no parameter "{name}"',
            do=near(name, policy.parameters) or "Name one that it has.",
        )

    def bounds(given: tuple[Bound, ...]) -> tuple[Bound, ...]:
        return tuple(replace(b, limit=value) if b.parameter == name else b for b in given)

    def change(c: Criterion) -> Criterion:
        test = c.test
        if isinstance(test, Combine):
            parts = tuple(change(p) for p in test.parts)
            if parts == test.parts:
                return c
            return replace(c, test=replace(test, parts=parts), says=renumbered(c.says, old, value))
        where = replace(
            test.where,
            lasting=bounds(test.where.lasting),
            dose=bounds(test.where.dose),
            within=value if test.where.within_parameter == name else test.where.within,
        )
        new = replace(test, where=where)
        if isinstance(new, Value):
            new = replace(new, bounds=bounds(new.bounds))
        if new == test:
            return c
        cite = (*c.cite, *(x for x in cites if x not in c.cite))
        return replace(c, test=new, cite=cite, says=renumbered(c.says, old, value))

    changed = _mapped(policy, change)
    return replace(changed, parameters={**policy.parameters, name: value})


def _mapped(policy: Policy, change: Callable[[Criterion], Criterion]) -> Policy:
    """The policy with every criterion changed, wherever it stands."""

    def each(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return tuple(change(c) for c in criteria)

    def said(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(replace(s, when=change(s.when)) if s.when else s for s in statements)

    def asked(p: PhaseCriteria) -> PhaseCriteria:
        return replace(
            p,
            routes=tuple(replace(r, criteria=each(r.criteria)) for r in p.routes),
            exceptions=tuple(replace(r, criteria=each(r.criteria)) for r in p.exceptions),
            exclusions=each(p.exclusions),
            requirements=each(p.requirements),
            supporting=each(p.supporting),
        )

    return replace(
        policy,
        phases={phase: asked(p) for phase, p in policy.phases.items()},
        applies=change(policy.applies) if policy.applies else None,
        status_lines=said(policy.status_lines),
        disagreements=said(policy.disagreements),
        monitoring=said(policy.monitoring),
        safety=said(policy.safety),
        pitfalls=said(policy.pitfalls),
    )


def _with_role(policy: Policy, id: str, role: Role) -> Policy:
    if not any(c.id == id for p in policy.phases.values() for c in listed(p)):
        raise PolicyError(
            f'no phase of "{policy.id}" lists "{id}"', do="Name a criterion that a phase lists."
        )
    return replace(
        policy, phases={phase: _moved(p, id, role) for phase, p in policy.phases.items()}
    )


def _moved(asked: PhaseCriteria, id: str, role: Role) -> PhaseCriteria:
    """The phase with a criterion in another role: essential means needed by every route."""
    found = next((c for c in listed(asked) if c.id == id and c not in asked.exclusions), None)
    if found is None:
        return asked
    moved = _in_role(found, role)

    def without(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return tuple(c for c in criteria if c.id != id)

    more = (moved,) if role is Role.ESSENTIAL else ()
    routes = tuple(replace(r, criteria=without(r.criteria) + more) for r in asked.routes)
    exceptions = asked.exceptions
    if role is not Role.ESSENTIAL:
        exceptions = tuple(replace(r, criteria=without(r.criteria)) for r in exceptions)
    for route in (*routes, *exceptions):
        if not route.criteria:
            raise PolicyError(
                f'route "{route.id}" would need nothing without "{id}"',
                why="Every patient would qualify.",
                do="Leave it essential.",
            )
    of = {Role.REQUIREMENT: asked.requirements, Role.SUPPORTING: asked.supporting}
    lists = {r: without(criteria) + ((moved,) if r is role else ()) for r, criteria in of.items()}
    return replace(
        asked,
        routes=routes,
        exceptions=exceptions,
        requirements=lists[Role.REQUIREMENT],
        supporting=lists[Role.SUPPORTING],
    )


def _in_role(criterion: Criterion, role: Role) -> Criterion:
    test = criterion.test
    if isinstance(test, Combine):
        test = replace(test, parts=tuple(_in_role(p, role) for p in test.parts))
    return replace(criterion, role=role, test=test)


def _role_note(policy: Policy, id: str, role: Role, profile: Profile) -> Statement:
    criterion = next(c for p in policy.phases.values() for c in listed(p) if c.id == id)
    how = {
        Role.ESSENTIAL: "asks for this in every case",
        Role.REQUIREMENT: "asks for this before the treatment is given",
        Role.SUPPORTING: "takes this as support only",
    }[role]
    return Statement(f"{profile.title} {how}: {criterion.says}", criterion.cite, "payer", id)
