"""The story of a change of policy over many cases: whose outcome changes, by which criterion.

Both policies judge every case; nothing is estimated. A criterion is named where its own finding
differs in a case whose outcome changes; where none does, the change is in how criteria are put
together, in their roles, or in the dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist

from indicated.criteria import near, with_threshold
from indicated.effects import side
from indicated.errors import InputError
from indicated.judge.duck import Connection, text
from indicated.model import Concepts, Library, Policy, Quantity
from indicated.population import Asked, judge_table, summary

PUT_TOGETHER = "(none: how they are put together)"
EXAMPLES = 3
# A subgroup of a case from its facts, as SQL: the newest statement of it counts.
NEWEST = "COALESCE(end_to, start_to, DATE '0001-01-01')"
SUBGROUPS: Mapping[str, str] = {
    "age": "max_by(CASE WHEN value_unit = 'a' THEN concat(floor(value_low / 20)::INTEGER * 20, "
    "' to ', floor(value_low / 20)::INTEGER * 20 + 19) END, ({newest}, ord)) "
    "FILTER (concept = 'age' AND value_low IS NOT NULL AND assertion = 'present')",
    "sex": "max_by(lower(value_words), ({newest}, ord)) FILTER (concept = 'sex' "
    "AND value_words IS NOT NULL AND assertion = 'present')",
}


@dataclass(frozen=True)
class Group:
    """One subgroup: its cases, those that change, and how many are open before and after."""

    group: str
    cases: int
    changed: int
    open_before: int
    open_after: int


@dataclass(frozen=True)
class Impact:
    """What a change does to a population."""

    cases: int
    outcomes: Mapping[tuple[str, str], int]  # before, after
    criteria: Mapping[str, tuple[int, Sequence[str]]]  # found otherwise: how often, examples
    subgroups: Mapping[str, Sequence[Group]]


@dataclass(frozen=True)
class Step:
    """One value of a sweep, and how the cases come out with it."""

    value: Quantity
    outcomes: Mapping[str, int]


def share(n: int, of: int) -> tuple[float, float, float]:
    """A share with its interval of 95 %, after Wilson: it holds for few cases too.

    >>> ["%.3f" % x for x in share(0, 10)], ["%.3f" % x for x in share(5, 10)]
    (['0.000', '0.000', '0.278'], ['0.500', '0.237', '0.763'])
    """
    if not of:
        return 0.0, 0.0, 1.0
    z = NormalDist().inv_cdf(0.975)
    p, wide = n / of, 1 + z * z / of
    middle = (p + z * z / (2 * of)) / wide
    half = z * ((p * (1 - p) + z * z / (4 * of)) / of) ** 0.5 / wide
    return p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def with_thresholds(asked: Asked, settings: Iterable[tuple[str, Quantity]]) -> Asked:
    """The same question to the policy with other thresholds."""
    policy = asked.policy
    for name, value in settings:
        policy = with_threshold(policy, name, value, asked.library.concepts)
    return replace(asked, policy=policy)


def swept(
    con: Connection, asked: Asked, name: str, values: Iterable[Quantity], facts: str = "facts"
) -> Iterator[Step]:
    """How the cases come out with each value of a parameter, one after the other."""
    for value in values:
        judge_table(con, with_thresholds(asked, [(name, value)]), facts, "at_value")
        yield Step(value, summary(con, "at_value").outcomes)


def subgroup(name: str, concepts: Concepts) -> str:
    """The SQL of a subgroup: one of `SUBGROUPS`, or what the newest fact of a concept says.

    Raises `InputError` for a name that is neither.
    """
    if name in SUBGROUPS:
        return SUBGROUPS[name]
    if name not in concepts:
        raise InputError(
            f'"{name}" is no subgroup and no concept',
            do=near(name, [*SUBGROUPS, *concepts.by_id]) or f"Give {', '.join(SUBGROUPS)}.",
        )
    ids = ", ".join(text(id) for id in sorted(concepts.by_id) if concepts.is_a(id, name))
    return (
        "max_by(COALESCE(lower(value_words), assertion), ({newest}, ord)) "
        f"FILTER (concept IN ({ids}))"
    )


def one_policy(given: str, library: Library) -> tuple[Policy, Library]:
    """The policy of a path, of an id, or of ID@VERSION, and the library around it."""
    if Path(given).exists():
        found = side(Path(given))
        if len(found.policies) != 1:
            what = f"here are {len(found.policies)} policies"
            raise InputError(what, given, do="Give the file of one of them.")
        return next(iter(found.policies.values())), found.library
    id, _, version = given.partition("@")
    if id in library.policies:
        for policy in library.versions(id):
            if version in ("", policy.version):
                return policy, library
    raise InputError(
        f'there is no policy "{given}"', do="Give its file, its id, or ID@VERSION; see policy list."
    )


def impact(
    con: Connection, old: Asked, new: Asked, subgroups: Sequence[str] = (), facts: str = "facts"
) -> Impact:
    """Judge every case by both. The temporary table `changed` holds each case whose outcome
    changes: before, after, and the criteria found otherwise."""
    judge_table(con, old, facts, "before")
    judge_table(con, new, facts, "after")
    ids = [i for i in _ids(con, "before") if i in set(_ids(con, "after"))]
    leaves = _leaves(old.policy) | _leaves(new.policy)
    differ = ", ".join(
        f"CASE WHEN b.findings[{text(id)}] IS DISTINCT FROM a.findings[{text(id)}] "
        f"THEN {text(id)} END"
        for id in ids
        if id in leaves
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE compared AS SELECT case_id, b.outcome AS before, "
        f"a.outcome AS after, list_filter([{differ}]::VARCHAR[], lambda x: x IS NOT NULL) "
        "AS criteria FROM before b JOIN after a USING (case_id)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM compared WHERE before <> after"
    )
    counted = con.execute(
        "SELECT before, after, count(*) FROM compared GROUP BY ALL ORDER BY 3 DESC, 1, 2"
    ).fetchall()
    return Impact(
        cases=sum(n for _, _, n in counted),
        outcomes={(before, after): n for before, after, n in counted},
        criteria=_criteria(con),
        subgroups={
            name: _by(con, subgroup(name, new.library.concepts), facts) for name in subgroups
        },
    )


def _ids(con: Connection, table: str) -> list[str]:
    query = f"SELECT unnest(struct_keys(findings)) FROM (SELECT findings FROM {table} LIMIT 1)"
    return [id for (id,) in con.execute(query).fetchall()]


def _leaves(policy: Policy) -> set[str]:
    every = (
        c
        for phase in policy.phases.values()
        for c in (
            *(c for r in (*phase.routes, *phase.exceptions) for c in r.criteria),
            *phase.exclusions,
            *phase.requirements,
            *phase.supporting,
        )
    )
    return {leaf.id for criterion in every for leaf in criterion.leaves()}


def _criteria(con: Connection) -> dict[str, tuple[int, Sequence[str]]]:
    none = f"CASE WHEN len(criteria) = 0 THEN [{text(PUT_TOGETHER)}] ELSE criteria END"
    query = (
        f"SELECT id, count(*), list(case_id ORDER BY case_id)[:{EXAMPLES}] FROM (SELECT case_id, "
        f"unnest({none}) AS id FROM changed) GROUP BY id ORDER BY 2 DESC, 1"
    )
    return {id: (n, tuple(examples)) for id, n, examples in con.execute(query).fetchall()}


def _by(con: Connection, group: str, facts: str) -> list[Group]:
    query = (
        f"SELECT COALESCE(g, 'not stated'), count(*), count(*) FILTER (before <> after), "
        "count(*) FILTER (before = 'cannot_determine'), "
        "count(*) FILTER (after = 'cannot_determine') FROM compared LEFT JOIN "
        f"(SELECT case_id, {group.format(newest=NEWEST)} AS g FROM {facts} GROUP BY case_id) "
        "USING (case_id) GROUP BY 1 ORDER BY 1"
    )
    return [Group(*row) for row in con.execute(query).fetchall()]
