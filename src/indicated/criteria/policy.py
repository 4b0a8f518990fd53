"""One policy file as a `model.Policy`: phases with roles, dose, statements, sources."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from indicated.criteria.build import Around, Builder
from indicated.criteria.check import check_policy
from indicated.criteria.complete import check_complete
from indicated.criteria.lines import Place, Problems, Tree
from indicated.criteria.schema import (
    DoseKeys,
    DoseLineKeys,
    Item,
    PhaseKeys,
    PolicyKeys,
    RouteKeys,
    SourceKeys,
    StatementKeys,
)
from indicated.criteria.translate import validated
from indicated.model import (
    Change,
    Citation,
    Concepts,
    Criterion,
    DoseBlock,
    DoseLine,
    Mistake,
    Phase,
    PhaseCriteria,
    Policy,
    Quantity,
    Reference,
    Role,
    Route,
    Statement,
    plain_data,
)


def build_policy(tree: Tree, concepts: Concepts) -> Policy:
    """The policy of a file. Raises with everything that is wrong with it at once."""
    problems = Problems(tree)
    if not isinstance(tree.data, dict):
        problems.add(
            (),
            "a policy is keys and values, not a list or a single text",
            do='Begin with "policy: its-id".',
        )
        problems.stop()
    keys = validated(PolicyKeys, problems, tree.data)
    if keys is None:
        problems.stop()
    builder = Builder(concepts, problems, keys.sources, nodes=keys.criteria)
    policy = _policy(keys, builder)
    for id in keys.criteria:  # so that a criterion nobody lists shows its faults as well
        if id not in builder.used:
            builder.node(keys.criteria[id], ("criteria", id), Around(id, trail=(id,)))
    check_complete(keys, policy, builder)
    if not problems.errors:
        for error in check_policy(policy, concepts, tree.at):
            problems.note(error.where, error.what, error.why, error.do)
    problems.stop()
    return stamped(policy)


def stamped(policy: Policy) -> Policy:
    """The policy with its content hash: over everything but where the file and its lines lie."""
    text = json.dumps(_content(policy), sort_keys=True, ensure_ascii=False)
    return replace(policy, hash=hashlib.sha256(text.encode("utf-8")).hexdigest())


_PLACES = {"line", "path", "hash", "origin", "replaces"}
_BINDINGS = {"collection", "quotes"}  # of a source; without them a policy's hash is what it was
_BESIDE = {"mistaken"}  # how a text may be worded: no part of what the policy says
_AS_IT_IS = {str, int, bool, type(None)}


def _content(thing: Any) -> Any:
    """As `model.plain_data`, without the fields that say where something stands."""
    of = thing.__class__
    if of in _AS_IT_IS:  # nearly everything: most of loading a library was spent asking what it is
        return thing
    names = _content_fields(of)
    if names is not None:
        said = ((name, getattr(thing, name)) for name in names)
        return {name: _content(value) for name, value in said if value or name not in _BINDINGS}
    if of is tuple:
        return [_content(x) for x in thing]
    if isinstance(thing, Mapping):
        return {str(key): _content(value) for key, value in thing.items()}
    return plain_data(thing)


@cache
def _content_fields(of: type[Any]) -> tuple[str, ...] | None:
    if not is_dataclass(of):
        return None
    return tuple(f.name for f in fields(of) if f.name not in _PLACES | _BESIDE)


def references(sources: Mapping[str, SourceKeys]) -> dict[str, Reference]:
    """The sources of a file as references."""
    return {
        key: Reference(
            key=key,
            type=s.type,
            title=s.title,
            organisation=s.organisation,
            year=s.year,
            identifier=s.id,
            url=s.url,
            checked=s.checked,
            note=s.note,
            collection=s.collection,
            quotes=tuple(s.quotes.items()),
        )
        for key, s in sources.items()
    }


def _policy(keys: PolicyKeys, builder: Builder) -> Policy:
    builder.parameters, builder.parameter_cites = _parameters(keys, builder)
    for i, id in enumerate(keys.treatments):
        builder.concept(id, ("treatments", i))
    _check_scope(keys, builder)
    applies = builder.item(keys.applies, ("applies",), Around("applies")) if keys.applies else None

    def said(name: str, items: Sequence[StatementKeys]) -> tuple[Statement, ...]:
        return tuple(_statement(builder, s, (name, i)) for i, s in enumerate(items))

    return Policy(
        id=keys.policy,
        title=keys.title,
        question=keys.question,
        version=keys.version,
        status=keys.status,
        valid_from=keys.valid.from_,
        valid_to=keys.valid.to,
        treatments=tuple(keys.treatments),
        applies=applies,
        over=tuple(keys.over),
        phases=_phases(keys, builder),
        dose=_dose(keys.dose, builder),
        standing=keys.standing or "",
        certainty=keys.certainty or "",
        certainty_because=keys.certainty_because,
        status_lines=said("status_lines", keys.status_lines),
        disagreements=said("disagreements", keys.disagreements),
        monitoring=said("monitoring", keys.monitoring),
        safety=said("safety", keys.safety),
        pitfalls=said("pitfalls", keys.pitfalls),
        questions=tuple(keys.questions),
        references=references(keys.sources),
        parameters=builder.parameters,
        general=tuple(keys.general),
        goes_first=keys.goes == "first",
        changes=tuple(Change(c.version, c.date, c.says) for c in keys.changes),
        path=builder.problems.tree.file,
    )


def _check_scope(keys: PolicyKeys, builder: Builder) -> None:
    """A policy is about treatments or is general; only a general one says when it goes."""
    if bool(keys.treatments) == bool(keys.general):
        builder.problems.add(
            ("general",) if keys.general else ("treatments",),
            "a policy has either treatments or is general"
            + ("" if keys.general else ", and this one is neither"),
            "It must be clear which requests it answers.",
            "Give `treatments: [concept]`, or `general: [drug]` and the like.",
        )
    if keys.goes and not keys.general:
        builder.problems.add(
            ("goes",),
            '"goes" belongs to a general policy',
            "Between policies on the same treatment `over` says which goes before.",
            "Remove it, or name the policies that this one goes before under `over`.",
        )
    if keys.goes == "first" and keys.applies is None:
        builder.problems.add(
            ("goes",),
            'a general policy that goes first needs "applies"',
            "It would stand on top of every request of its kind.",
            "Say under `applies` what the record must show.",
        )


def _parameters(
    keys: PolicyKeys, builder: Builder
) -> tuple[dict[str, Quantity], dict[str, tuple[Citation, ...]]]:
    numbers: dict[str, Quantity] = {}
    cites: dict[str, tuple[Citation, ...]] = {}
    for name, p in keys.parameters.items():
        quantity = builder.quantity(p.value, ("parameters", name, "value"))
        if quantity is not None:
            numbers[name] = quantity
        cites[name] = builder.cite(p.cite, ("parameters", name, "cite"))
    return numbers, cites


def _statement(builder: Builder, keys: StatementKeys, place: Place) -> Statement:
    id = f"{place[0]}.{int(place[1]) + 1}.when"
    when = builder.item(keys.when, (*place, "when"), Around(id)) if keys.when else None
    if keys.mistaken and not keys.cite:
        builder.problems.add(
            (*place, "mistaken"),
            '"mistaken" on a sentence without a source',
            "A text would be called wrong on nobody's word.",
            "Give the sentence its source under `cite`, or remove `mistaken`.",
        )
    return Statement(
        keys.says,
        builder.cite(keys.cite, (*place, "cite")),
        getattr(keys, "kind", ""),
        getattr(keys, "about", ""),
        when,
        tuple(
            Mistake(tuple(map(tuple, m.words)), tuple(m.unless), m.overstated)
            for m in keys.mistaken
        ),
        builder.problems.tree.at(place),
    )


def _phases(keys: PolicyKeys, builder: Builder) -> dict[Phase, PhaseCriteria]:
    given: dict[Phase, PhaseKeys] = {
        phase: p for phase in Phase if (p := getattr(keys.phases, phase.value)) is not None
    }
    own = {p: _phase(k, builder, ("phases", p.value)) for p, k in given.items() if k.as_ is None}
    for phase, k in given.items():
        if k.as_ is None:
            continue
        place: Place = ("phases", phase.value)
        if k.model_fields_set - {"as_"}:
            builder.problems.add(
                place,
                'a phase has either "as" or criteria of its own',
                "What stands beside `as` would be read by nobody.",
                "Remove one of the two.",
            )
        if Phase(k.as_) not in own:
            builder.problems.add(
                (*place, "as"),
                f'"{k.as_}" has no criteria of its own to share',
                do=f"Name one of: {', '.join(own) or 'none has any yet'}.",
            )
        else:
            own[phase] = own[Phase(k.as_)]
    if not given:
        builder.problems.add(
            ("phases",),
            "no phase has criteria",
            "Such a policy would never answer.",
            "Write at least `initiation`.",
        )
    return {phase: own[phase] for phase in Phase if phase in own}


def _phase(keys: PhaseKeys, builder: Builder, place: Place) -> PhaseCriteria:
    def listed(name: str, items: Sequence[Item], role: Role) -> tuple[Criterion, ...]:
        found = [
            builder.item(item, (*place, name, i), Around(f"{place[1]}.{name}.{i + 1}", role=role))
            for i, item in enumerate(items)
        ]
        return tuple(c for c in found if c is not None)

    return PhaseCriteria(
        routes=_routes(keys.routes, builder, (*place, "routes")),
        exceptions=_routes(keys.exceptions, builder, (*place, "exceptions")),
        exclusions=listed("exclusions", keys.exclusions, Role.ESSENTIAL),
        requirements=listed("requirements", keys.requirements, Role.REQUIREMENT),
        supporting=listed("supporting", keys.supporting, Role.SUPPORTING),
        duration=keys.duration,
        cite=builder.cite(keys.cite, (*place, "cite")),
    )


def _routes(routes: Sequence[RouteKeys], builder: Builder, place: Place) -> tuple[Route, ...]:
    built = []
    for i, route in enumerate(routes):
        needs = [
            builder.item(item, (*place, i, "needs", j), Around(f"{route.id}.{j + 1}"))
            for j, item in enumerate(route.needs)
        ]
        built.append(
            Route(
                route.id,
                route.says,
                tuple(c for c in needs if c is not None),
                route.condition,
                route.duration,
            )
        )
    return tuple(built)


def _dose(keys: DoseKeys | None, builder: Builder) -> DoseBlock | None:
    if keys is None:
        return None
    lines = tuple(_line(line, builder, ("dose", "lines", i)) for i, line in enumerate(keys.lines))
    cites = list(builder.cite(keys.cite, ("dose", "cite")))
    for i, query in enumerate(keys.query):
        cites += builder.cite(query.cite, ("dose", "query", i, "cite"))
    return DoseBlock(
        lines,
        keys.weight,
        keys.weight_note,
        keys.ask,
        tuple(q.says for q in keys.query),
        tuple(dict.fromkeys(cites)),
        keys.unstated == "label",
    )


def _line(keys: DoseLineKeys, builder: Builder, place: Place) -> DoseLine:
    for i, id in enumerate(keys.of):
        builder.concept(id, (*place, "of", i))

    def quantity(name: str, kind: str = "") -> Quantity | None:
        return builder.quantity(getattr(keys, name), (*place, name), kind)

    return DoseLine(
        keys.says,
        keys.kind,
        quantity("amount"),
        quantity("every", "time"),
        quantity("maximum"),
        keys.jurisdiction,
        builder.cite(keys.cite, (*place, "cite")),
        keys.decides,
        quantity("query_above"),
        tuple(keys.of),
        tuple(Phase(p) for p in keys.phases),
    )
