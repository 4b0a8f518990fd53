"""Criteria as SQL over the long table of facts: Truth is a nullable BOOLEAN.

One statement judges every leaf of every case: it joins the facts with the tables of `sql_leaves`,
holds each fact against each leaf's qualifiers, and folds a case's facts into one word per leaf, as
`leaves.py`, `memory.py` and `picks.py` do it one by one. Combinations and the outcome follow as
expressions over these words. A case for which SQL cannot be certain to say the same as the
reference (units mixed in one pick, one word that names two drugs) is marked `unsure`, and is left
to the reference.

Where truths are put together, SQL's own BOOL_AND and BOOL_OR are not used: they skip the unknown.
This module holds the vocabulary; `sql_about` says of each fact what it says to a leaf, `sql_words`
folds that into words, `sql_tree` goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

EVER, NEVER = "DATE '0001-01-01'", "DATE '9999-12-31'"
FAR = "10000000000000000000000000::DECIMAL(38,12)"  # beyond every number that the table holds
SAFE = "1e10"  # differences of numbers below it are exact

# word for a leaf -> its truth, and the state of the record
WORDS: Mapping[str, tuple[bool | None, str]] = {
    "met": (True, "said"),
    "not_met": (False, "said"),
    "closed": (False, "closed_world"),
    "disputed": (None, "disputed"),
    "incomplete": (None, "incomplete"),
    "claimed": (None, "claimed_only"),
    "sought": (None, "sought_and_absent"),
    "silent": (None, "silent"),
}

LEAF_COLUMNS = {
    "leaf": "INTEGER", "test": "VARCHAR", "silence": "BOOLEAN", "given_group": "INTEGER",
    "says": "VARCHAR[]", "denies": "BOOLEAN", "past": "BOOLEAN", "never": "BOOLEAN",
    "since": "DATE", "related": "BOOLEAN", "currently": "BOOLEAN", "lasting": "INTEGER",
    "dose": "INTEGER", "ended": "VARCHAR[]", "response": "VARCHAR[]", "shown": "VARCHAR[]",
    "site": "VARCHAR[]", "adequate": "BOOLEAN", "n_wanted": "INTEGER", "times": "INTEGER",
    "distinct_by": "VARCHAR", "apart_days": "INTEGER", "apart_months": "INTEGER", "pick": "VARCHAR",
    "one_of": "VARCHAR[]", "bound": "INTEGER", "counts_out": "BOOLEAN", "versus": "VARCHAR",
    "change": "VARCHAR", "versus_related": "BOOLEAN", "others": "BOOLEAN",
    "percent": "STRUCT(upper BOOLEAN, inclusive BOOLEAN, edge DECIMAL(38,12))[]",
}  # fmt: skip
TABLES: Mapping[str, Mapping[str, str]] = {
    "leaf": LEAF_COLUMNS,
    "leaf_concept": {
        "leaf": "INTEGER", "concept": "VARCHAR", "narrow": "BOOLEAN", "wide": "BOOLEAN",
        "opposed": "BOOLEAN", "covers": "INTEGER[]", "own": "BOOLEAN", "classes": "VARCHAR[]",
        "unsure": "BOOLEAN", "narrow_if": "VARCHAR[]", "wide_if": "VARCHAR[]",
        "opposed_if": "VARCHAR[]",
    },
    "group_concept": {
        "group_no": "INTEGER", "concept": "VARCHAR", "given": "BOOLEAN", "narrow": "BOOLEAN",
        "wide": "BOOLEAN", "opposed": "BOOLEAN",
    },
    "relation": {
        "leaf": "INTEGER", "use": "VARCHAR", "kind": "VARCHAR", "group_no": "INTEGER",
        "silence": "BOOLEAN", "narrow": "VARCHAR[]",
    },
    "cut": {
        "bound": "INTEGER", "i": "INTEGER", "unit": "VARCHAR", "upper": "BOOLEAN",
        "inclusive": "BOOLEAN", "edge": "DECIMAL(38,12)", "beyond": "DECIMAL(38,12)",
    },
    "concept": {
        "concept": "VARCHAR", "kind": "VARCHAR", "above": "VARCHAR[]", "opposed_by": "VARCHAR[]",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Uses:
    """What any of the leaves asks for. What none asks for is left out of the statement, which is
    then shorter to plan and to run, and says the same."""

    asked: Collection[str]

    @classmethod
    def of(cls, leaves: Iterable[Mapping[str, Any]]) -> Uses:
        """The columns in which any leaf asks for something."""
        asked = {
            name
            for row in leaves
            for name, asks in row.items()
            if asks is not None and asks is not False  # 0 is a number of a group
        }
        tests = {row["test"] for row in leaves}
        counted = {f"distinct {row['distinct_by']}" for row in leaves if row["distinct_by"]}
        counted |= {"several" for row in leaves if row["times"] > 1 and not row["distinct_by"]}
        return cls(asked | tests | counted | ({"counts"} if counted else set()))

    def __call__(self, name: str, then: str, otherwise: str = "") -> str:
        """`then` where a leaf asks for it."""
        return then if name in self.asked else otherwise


def among(words: Iterable[str]) -> str:
    """Words as a list after IN."""
    return "(" + ", ".join(f"'{w}'" for w in sorted(words)) + ")"


def listed(words: Iterable[str]) -> str:
    """Words as a value of type VARCHAR[]."""
    return "[" + ", ".join(f"'{w}'" for w in sorted(words)) + "]"


def not_after(a_from: str, a_to: str, b_from: str, b_to: str) -> str:
    """`timing.not_after`: met where the last of `a` is no later than the first of `b`."""
    return f"CASE WHEN {a_to} <= {b_from} THEN TRUE WHEN {a_from} > {b_to} THEN FALSE END"


def overlap(a: str, b: str) -> str:
    """`timing.overlaps`, of two prefixes of columns s0, s1, e0, e1."""
    first = not_after(f"{a}s0", f"{a}s1", f"{b}e0", f"{b}e1")
    second = not_after(f"{b}s0", f"{b}s1", f"{a}e0", f"{a}e1")
    return f"(({first}) AND ({second}))"


def holds(cuts: str, low: str, high: str, open: str) -> str:
    """`compare.holds` for each of the bounds, and all of them together. No cuts: not comparable."""
    at = "CASE WHEN {} THEN c.edge ELSE c.beyond END"
    counts, strict = at.format(f"c.inclusive OR {open}"), at.format(f"c.inclusive AND NOT {open}")
    one = (
        f"CASE WHEN c.upper THEN CASE WHEN {high} <= {counts} THEN TRUE "
        f"WHEN NOT {low} <= {strict} THEN FALSE END "
        f"ELSE CASE WHEN {low} >= {counts} THEN TRUE "
        f"WHEN NOT {high} >= {strict} THEN FALSE END END"
    )
    return every(f"list_transform({cuts}, lambda c: {one})")


def every(truths: str) -> str:
    """All of a list of truths, in three values; a list that is NULL is unknown."""
    return (
        f"CASE WHEN list_contains({truths}, FALSE) THEN FALSE "
        f"WHEN len({truths}) = len(list_filter({truths}, lambda t: t IS NOT NULL)) THEN TRUE END"
    )


def some(truths: str) -> str:
    """Any of a list of truths, in three values."""
    return (
        f"CASE WHEN list_contains({truths}, TRUE) THEN TRUE "
        f"WHEN len({truths}) = len(list_filter({truths}, lambda t: t IS NOT NULL)) THEN FALSE END"
    )
