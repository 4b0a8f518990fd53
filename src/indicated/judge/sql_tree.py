"""From the words of leaves to the truth of criteria, the outcome and what is missing, in SQL.

A criterion's truth is a nullable BOOLEAN, and SQL's AND, OR and NOT are Kleene's. The outcome is
looked up in a list that the outcome rules themselves fill (`outcome.outcome_of`), so there is one
set of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from indicated.judge.outcome import DOSE, Findings, outcome_of
from indicated.judge.sql import WORDS
from indicated.judge.sql_leaves import Leaves
from indicated.model import Combine, Criterion, Finding, Has, PhaseCriteria, Role, Route
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

TRUTH_OF = " ".join(
    f"WHEN '{word}' THEN {str(truth).upper()}"
    for word, (truth, _) in WORDS.items()
    if truth is not None
)
TRUTHS = (MET, NOT_MET, UNKNOWN)  # in the order of their numbers in SQL


def verdict(leaves: Leaves) -> str:
    """One row a case, with the word of every leaf: what nothing bears on is silent, or closed."""
    given = sorted({row["given_group"] for row in leaves.leaf} - {None})
    said = "".join(f", bool_or(said) FILTER (group_no = {g}) AS said_{g}" for g in given)
    words = "".join(
        f", COALESCE(max(word) FILTER (leaf = {row['leaf']}), {_default(row)}) AS w{row['leaf']}"
        for row in leaves.leaf
    )
    return f"""
    SELECT c.case_id, COALESCE(bool_or(unsure), FALSE) AS unsure,
      COALESCE(list(leaf) FILTER (unsure), []) AS unsure_of{words}
    FROM numbered c LEFT JOIN word w ON w.case_id = c.n
    LEFT JOIN (SELECT case_id{said} FROM groups GROUP BY case_id) g ON g.case_id = c.n
    GROUP BY c.case_id
    """


def _default(row: Mapping[str, Any]) -> str:
    """The word of a leaf on which nothing bears."""
    group = row["given_group"]
    if not row["silence"] or group is None:
        return "'closed'" if row["silence"] else "'silent'"
    return f"CASE WHEN bool_or(said_{group}) THEN 'closed' ELSE 'silent' END"


def truth_of(criterion: Criterion, leaves: Leaves) -> str:
    """A criterion's truth over a row of `verdict`."""
    test = criterion.test
    if not isinstance(test, Combine):
        return f"(CASE w{leaves.number(criterion)} {TRUTH_OF} END)"
    return combined(test.kind, test.n, [truth_of(part, leaves) for part in test.parts])


def combined(kind: str, n: int, parts: Sequence[str]) -> str:
    """all | any | none | at_least `n` of these truths.

    >>> combined("none", 0, ["a", "b"])
    '(NOT (a OR b))'
    """
    if kind == "all":
        return f"({' AND '.join(parts)})" if parts else "TRUE"
    if kind in ("any", "none"):
        some = f"({' OR '.join(parts)})" if parts else "FALSE"
        return some if kind == "any" else f"(NOT {some})"
    met = " + ".join(f"(CASE WHEN {p} THEN 1 ELSE 0 END)" for p in parts)
    possible = " + ".join(f"(CASE WHEN NOT {p} THEN 0 ELSE 1 END)" for p in parts)
    return f"(CASE WHEN {met} >= {n} THEN TRUE WHEN {possible} < {n} THEN FALSE END)"


# --- a phase of a policy -------------------------------------------------------------------


@dataclass
class Tree:
    """The criteria of a phase as columns, layer upon layer: a node's column is made from those of
    its parts. `named` holds, for each list that requests may name, every concept that one does."""

    leaves: Leaves
    named: Mapping[tuple[str, ...], Sequence[str]] = field(default_factory=dict)
    layers: list[list[str]] = field(default_factory=lambda: [[]])
    truths: dict[str, str] = field(default_factory=dict)  # criterion id -> its column
    open: dict[str, list[str]] = field(default_factory=dict)  # leaf id -> where it is missing
    columns: int = 0

    def add(self, criterion: Criterion) -> str:
        """The column of a criterion; its leaves are missing where it and all above are unknown."""
        return self._node(criterion, ())[0]

    def add_route(self, route: Route) -> str:
        """The column of a route: all of its criteria."""
        return self.add(Criterion(route.id, route.says, Combine("all", route.criteria)))

    def _node(self, criterion: Criterion, above: tuple[str, ...]) -> tuple[str, int]:
        """The column of a node, and the layer it stands in."""
        column = f"n{self.columns}"
        self.columns += 1
        test = criterion.test
        self.truths.setdefault(criterion.id, column)
        if isinstance(test, Combine):
            parts = [self._node(part, (*above, column)) for part in test.parts]
            made = combined(test.kind, test.n, [name for name, _ in parts])
            return column, self._put(1 + max((at for _, at in parts), default=0), made, column)
        if isinstance(test, Has) and test.each:
            return column, self._each(criterion, test, column, above)
        self._missing(criterion.id, (*above, column))
        return column, self._put(0, truth_of(criterion, self.leaves), column)

    def _put(self, layer: int, made: str, column: str) -> int:
        while len(self.layers) <= layer:
            self.layers.append([])
        self.layers[layer].append(f"{made} AS {column}")
        return layer

    def _missing(self, id: str, unknown: tuple[str, ...], also: str = "TRUE") -> None:
        where = " AND ".join([f"{name} IS NULL" for name in unknown] + [also])
        self.open.setdefault(id, []).append(f"({where})")

    def _each(self, criterion: Criterion, test: Has, column: str, above: tuple[str, ...]) -> int:
        """A leaf over what the request names (expand.py): the leaf itself where nothing is."""
        named = f"COALESCE({asked_column(self.named, test.concepts)}, [])"
        plain = replace(criterion, test=replace(test, each=""))
        neutral = "TRUE" if test.each == "all" else "FALSE"
        alone, parts = f"{column}_", []
        self._put(0, truth_of(plain, self.leaves), alone)
        self._missing(criterion.id, (*above, alone), f"len({named}) = 0")
        for i, id in enumerate(self.named[test.concepts]):
            part, own = f"{column}_{i}", f"list_contains({named}, '{id}')"
            asked = replace(plain, test=replace(test, concepts=(id,), each=""))
            self._put(0, truth_of(asked, self.leaves), part)
            self._missing(f"{criterion.id}.{id}", (*above, column, part), own)
            parts.append(f"(CASE WHEN {own} THEN {part} ELSE {neutral} END)")
        whole = combined(test.each, 0, parts)
        return self._put(1, f"CASE WHEN len({named}) = 0 THEN {alone} ELSE {whole} END", column)


def asked_column(named: Mapping[tuple[str, ...], Sequence[str]], concepts: tuple[str, ...]) -> str:
    """The column that holds what a case's request names of a list."""
    return f"asked_{list(named).index(concepts)}"


def lists_of(phase: PhaseCriteria) -> list[tuple[str, ...]]:
    """The lists of a request over which leaves of the phase go."""
    return list(
        dict.fromkeys(
            leaf.test.concepts
            for criterion in criteria_of(phase)
            for leaf in criterion.leaves()
            if isinstance(leaf.test, Has) and leaf.test.each
        )
    )


def criteria_of(phase: PhaseCriteria) -> Iterator[Criterion]:
    """Every criterion of a phase at its top, routes' own first."""
    for route in (*phase.routes, *phase.exceptions):
        yield from route.criteria
    yield from (*phase.exclusions, *phase.requirements, *phase.supporting)


@dataclass(frozen=True)
class Judgement:
    """The SQL of a phase: one row a case, with `outcome`, `missing` and a column per criterion."""

    text: str
    truths: Mapping[str, str]  # criterion id -> its column


def judgement(phase: PhaseCriteria, tree: Tree, dosed: bool) -> Judgement:
    """Outcome and findings over `verdict`. `dosed`: there is a dose to check, in `dose`."""
    routes = [tree.add_route(r) for r in phase.routes]
    exceptions = [tree.add_route(r) for r in phase.exceptions]
    excluded = [tree.add(c) for c in phase.exclusions]
    required = [tree.add(c) for c in phase.requirements]
    for criterion in phase.supporting:
        tree.add(criterion)
    kinds = (("any", excluded), ("any", routes), ("any", exceptions), ("all", required))
    truths = [combined(kind, 0, columns) for kind, columns in kinds]
    truths += ["dose"] if dosed else []
    left = "unsure OR case_id IN (SELECT case_id FROM left_over) AS unsure"
    text = f"SELECT * REPLACE ({left}) FROM verdict LEFT JOIN asked USING (case_id)"
    text += " LEFT JOIN dosed USING (case_id)" if dosed else ""
    for layer in tree.layers:
        text = f"SELECT *{''.join(', ' + column for column in layer)} FROM ({text})"
    missing = [
        f"CASE WHEN {' OR '.join(places)} THEN '{id}' END" for id, places in tree.open.items()
    ]
    missing += [f"CASE WHEN dose IS NULL THEN '{DOSE}' END"] if dosed else []
    listed = f"list_filter([{', '.join(missing)}], lambda x: x IS NOT NULL)" if missing else "[]"
    text = f"SELECT *, {_outcome(phase, truths)} AS outcome, {listed} AS missing FROM ({text})"
    return Judgement(text, tree.truths)


def _outcome(phase: PhaseCriteria, truths: Sequence[str]) -> str:
    """The outcome of every combination of truths, as the rules give it, and which one is asked."""
    found = [
        outcome_of(
            Findings(
                exclusions=_one(of[0]),
                routes=_one(of[1]) if phase.routes else (),
                exceptions=_one(of[2]) if phase.exceptions else (),
                requirements=_one(of[3]),
                dose=of[4] if len(of) > 4 else None,
            )
        ).value
        for of in product(TRUTHS, repeat=len(truths))
    ]
    place = "0"
    for truth in truths:
        place = f"({place}) * 3 + (CASE WHEN {truth} THEN 0 WHEN NOT {truth} THEN 1 ELSE 2 END)"
    return f"[{', '.join(repr(outcome) for outcome in found)}][({place}) + 1]"


def _one(truth: Truth) -> tuple[Finding, ...]:
    return (Finding("", "", truth, Role.ESSENTIAL, "has"),)
