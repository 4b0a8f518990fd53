"""What a policy file must say for its readers, and what in it nobody would ever read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from indicated.criteria.build import Builder
from indicated.criteria.check import listed
from indicated.criteria.lines import Place, Problems
from indicated.criteria.logic import nodes
from indicated.criteria.schema import Item, Node, PhaseKeys, PolicyKeys
from indicated.model import Criterion, Policy


def check_complete(keys: PolicyKeys, policy: Policy, builder: Builder) -> None:
    """Note what is missing and what is never used."""
    problems = builder.problems
    _dates(keys, problems)
    _changes(keys, problems)
    for phase in keys.phases.model_fields_set:
        asked: PhaseKeys | None = getattr(keys.phases, phase)
        for place, item in _listed(asked, ("phases", phase)) if asked else ():
            _spoken_for(item, place, builder)
        if asked:
            _conditions(asked, ("phases", phase), problems)
    _asked_for(policy, problems)
    _ids(policy, problems)
    if keys.phases.model_fields_set and not problems.spoiled:
        _unused(keys, builder)
    _statements(keys, problems)
    if keys.dose and not any(line.decides for line in keys.dose.lines):
        problems.add(
            ("dose", "lines"),
            'no dose line has "decides: true"',
            "A requested dose would be held against nothing.",
            "Mark the line (or lines) that form the range.",
        )
    if keys.certainty and not keys.certainty_because:
        problems.add(
            ("certainty",),
            '"certainty" without "certainty_because"',
            "A grade without its reason cannot be judged.",
            "Add the reason.",
        )


def _changes(keys: PolicyKeys, problems: Problems) -> None:
    """The list of changes leads up to this version, newest first."""
    changes = keys.changes
    if changes and changes[0].version != keys.version:
        problems.add(
            ("changes", 0),
            f'the newest change is of version "{changes[0].version}", the policy "{keys.version}"',
            "Readers would not learn what this version changed.",
            "Add this version on top, or write its number there.",
        )
    for i, (newer, older) in enumerate(pairwise(changes), 1):
        if newer.date < older.date or newer.version == older.version:
            problems.add(
                ("changes", i),
                f'version "{older.version}" of {older.date} stands after "{newer.version}" of '
                f"{newer.date}",
                "A history out of order tells another story.",
                "List each version once, newest first.",
            )


def _listed(asked: PhaseKeys, place: Place) -> Iterator[tuple[Place, Item]]:
    for kind in ("routes", "exceptions"):
        for i, route in enumerate(getattr(asked, kind)):
            yield from (((*place, kind, i, "needs", j), n) for j, n in enumerate(route.needs))
    for kind in ("exclusions", "requirements", "supporting"):
        yield from (((*place, kind, i), item) for i, item in enumerate(getattr(asked, kind)))


def _conditions(asked: PhaseKeys, place: Place, problems: Problems) -> None:
    """An exception is open under a condition, and a route under none."""
    for i, route in enumerate(asked.exceptions):
        if not route.condition:
            problems.add(
                (*place, "exceptions", i),
                f'exception "{route.id}" without "condition"',
                "Open to everybody, it would be a route.",
                "State the condition or the limit in time.",
            )
    for i, route in enumerate(asked.routes):
        if route.condition:
            problems.add(
                (*place, "routes", i),
                f'route "{route.id}" with "condition"',
                "Nobody would be held to it.",
                "Move it to `exceptions`, or make the condition a criterion.",
            )


def _spoken_for(item: Item, place: Place, builder: Builder) -> None:
    """A listed criterion carries its own sentence and its sources."""
    node = item if isinstance(item, Node) else builder.nodes.get(item)
    if node is None:
        return
    where: Place = place if isinstance(item, Node) else ("criteria", item)
    name = f'"{item}"' if isinstance(item, str) else "the criterion written in place"
    for key, given, why in (
        ("says", node.says, "The article shows this sentence for it."),
        ("cite", node.cite, "A criterion without a source is one person's opinion."),
    ):
        if not given:
            builder.problems.add(where, f'missing "{key}" in {name}', why, f'Add "{key}: ...".')


def _asked_for(policy: Policy, problems: Problems) -> None:
    for criterion in _all_listed(policy):
        for leaf in criterion.leaves():
            if not leaf.ask and (leaf.given or not leaf.silence):
                problems.note(
                    criterion.line,
                    f'missing "ask" in "{criterion.id}"',
                    "When it is unknown, nobody is told what to send.",
                    'Add "ask: Send ...".',
                )


def _all_listed(policy: Policy) -> list[Criterion]:
    return [c for asked in policy.phases.values() for c in listed(asked)]


def _ids(policy: Policy, problems: Problems) -> None:
    """Two different criteria never share an id."""
    whens = (s.when for s in chain(policy.safety, policy.pitfalls, policy.monitoring) if s.when)
    tops = [*([policy.applies] if policy.applies else []), *whens, *_all_listed(policy)]
    first: dict[str, str] = {}
    for node in (n for top in tops for n in nodes(top)):
        if first.setdefault(node.id, node.line) != node.line:
            problems.note(
                node.line,
                f'duplicate id "{node.id}" (first at {first[node.id]})',
                "A finding would not say which of the two it is about.",
                "Rename one.",
            )


def _dates(keys: PolicyKeys, problems: Problems) -> None:
    to = keys.valid.to
    if to and to < keys.valid.from_:
        problems.add(
            ("valid", "to"),
            "valid.to lies before valid.from",
            "The policy would hold on no day.",
            "Exchange the two dates, or mend one.",
        )
    for id, node in keys.criteria.items():
        if to and node.in_force and node.in_force > to:
            problems.add(
                ("criteria", id, "in_force"),
                f'"{id}" is in force only after the policy ends',
                "The threshold would hold on no day.",
                "Mend it, or valid.to.",
            )


def _unused(keys: PolicyKeys, builder: Builder) -> None:
    for kind, given, used, do in (
        ("criteria", keys.criteria, builder.used, "List it in a phase, or remove it."),
        ("sources", keys.sources, builder.cited, "Cite it, or remove it."),
        ("parameters", keys.parameters, builder.set_by, "Write $name in a bound, or remove it."),
    ):
        for name in given:
            if name not in used:
                builder.problems.add(
                    (kind, name),
                    f'"{name}" in {kind} is never used: dead text',
                    "It looks as if it were in force.",
                    do,
                )


def _statements(keys: PolicyKeys, problems: Problems) -> None:
    groups: dict[str, list[int]] = {}
    for i, line in enumerate(keys.disagreements):
        groups.setdefault(line.about, []).append(i)
        if line.kind != "default" and not line.cite:
            _uncited(("disagreements", i), problems)
    for about, members in groups.items():
        if not any(keys.disagreements[i].kind == "default" for i in members):
            problems.add(
                ("disagreements", members[0]),
                f'no line of kind "default" on the disagreement "{about}"',
                "A reader learns that authorities differ, and not what is asked here.",
                "Add a line {kind: default} that says what this policy asks and why.",
            )
    for name in ("status_lines", "monitoring", "safety"):
        for i, line in enumerate(getattr(keys, name)):
            if not line.cite:
                _uncited((name, i), problems)


def _uncited(place: Place, problems: Problems) -> None:
    problems.add(
        place,
        f'missing "cite" in this line of {place[0]}',
        "No sentence is published without its source.",
        'Add "cite: [KEY]".',
    )
