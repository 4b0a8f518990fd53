"""What follows from the request before criteria are judged: labels, derived values, the dose.

The stages of one case (labels.py, derive.py, dose.py) are asked once for each distinct set of
inputs that SQL finds among the cases, not once a case, so their rules stand in one place. A case
for which that may not give the same answer joins the table `left_over`, for the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from indicated.errors import IndicatedError, PolicyError
from indicated.judge.compare import DOUBTED
from indicated.judge.cutoffs import cuts
from indicated.judge.derive import derive
from indicated.judge.dose import WEIGHTS, check_dose
from indicated.judge.duck import FACT_COLUMNS, Connection, fill, text
from indicated.judge.labels import AGE, LABELLED, WITHIN, label_facts, labels_of
from indicated.judge.leaves import CLAIMS, LABELS_ONLY, SAYS_SO
from indicated.judge.sql import EVER, among, listed
from indicated.judge.sql_leaves import Kin, Leaves
from indicated.model import (
    Assertion,
    Bound,
    Concepts,
    Derived,
    DoseBlock,
    Fact,
    Facts,
    Label,
    Library,
    Quantity,
    RequestedItem,
)
from indicated.table import row_of
from indicated.truth import MET, UNKNOWN
from indicated.units import convertible, known_units

FOLLOWS = 1_000_000  # where facts that follow stand: after those of the case
AREA = "body-surface-area"
TRUTH = {"met": "TRUE", "not_met": "FALSE", "unknown": "NULL"}
NEWEST = "CASE WHEN end_from IS NOT NULL THEN end_to ELSE start_to END"


def add_what_follows(
    con: Connection,
    leaves: Leaves,
    item: RequestedItem,
    library: Library,
    facts: str,
    regulator: str,
    dosed: bool,
) -> str:
    """The name of the facts with those that follow from them (determine.with_request), as far as
    the leaves, or a dose to be checked, look at them."""
    con.execute("CREATE OR REPLACE TEMP TABLE left_over (case_id VARCHAR)")
    fill(con, "following", FACT_COLUMNS, [])
    looked_at = {row["concept"] for row in (*leaves.leaf_concept, *leaves.group_concept)}
    wanted = looked_at | ({AREA, *WEIGHTS.values()} if dosed else set())
    known = f"(SELECT * FROM {facts} UNION ALL SELECT * FROM following)"
    labels = _add_labels(con, item, library, leaves, facts, regulator, looked_at)
    derived = _bearing(wanted, library)
    places = {r["leaf"] for r in leaves.leaf if r["distinct_by"] == "concept"}
    counted = {r["concept"] for r in leaves.leaf_concept if r["leaf"] in places}
    if counted & ({d.id for d in derived} | ({LABELLED, WITHIN} if labels else set())):
        raise PolicyError("a criterion counts computed values by the words they come from")
    computed: dict[str, set[str]] = {}
    while rows := [r for d in derived for r in _derived(con, d, library, known, computed)]:
        _insert(con, rows)
    return known if labels or derived else facts


def _insert(con: Connection, rows: Iterable[Any]) -> None:
    fill(con, "more", FACT_COLUMNS, rows)
    con.execute("INSERT INTO following SELECT * FROM more")


def present(ids: Iterable[str], concepts: Concepts) -> str:
    """The condition that a fact says of one of these concepts, or a narrower one, that it is so,
    and is more than a claim (leaves.about)."""
    kin = Kin.of(concepts)
    narrow = {x for id in ids for x in kin.narrower(id)}
    asked = {x for x in narrow if x in concepts and concepts[x].kind == "request"}
    bare = (
        f"asserter IN {among(CLAIMS)} OR "
        f"COALESCE(list_has_any(marks, {listed(m.value for m in LABELS_ONLY)}), FALSE)"
    )
    says = f"assertion IN {among(a.value for a in SAYS_SO[''])}"
    more = f"(concept IN {among(asked or {''})} OR NOT ({bare}))"
    return f"({says} AND concept IN {among(narrow)} AND {more})"


CERTAIN = f"NOT COALESCE(list_has_any(marks, {listed(m.value for m in DOUBTED)}), FALSE)"


def _latest(source: str, where: str) -> str:
    """By case the latest of the facts that have an exact number; the first of equals."""
    newest = f"COALESCE({NEWEST}, {EVER})"
    return f"""SELECT case_id, first({{low: value_low, unit: value_unit, newest: {NEWEST},
        start_from: start_from, start_to: start_to, end_from: end_from, end_to: end_to,
        ongoing: ongoing, assumed: assumed}} ORDER BY {newest} DESC, ord) AS f
      FROM {source} WHERE {where} AND value_unit IS NOT NULL AND {CERTAIN}
        AND value_low = value_high GROUP BY case_id"""


# --- derived values ------------------------------------------------------------------------


def _bearing(wanted: set[str], library: Library) -> list[Derived]:
    """The formulas whose values, or what is computed from these, anything looks at."""
    kept: list[Derived] = []
    while new := [d for d in library.derived if d not in kept and d.id in wanted]:
        kept += new
        wanted = wanted | {
            x
            for d in new
            for c, _ in d.inputs.values()
            for x in Kin.of(library.concepts).narrower(c)
        }
    return [d for d in library.derived if d in kept]


def _derived(
    con: Connection, d: Derived, library: Library, known: str, computed: dict[str, set[str]]
) -> list[Any]:
    """The rows that a formula adds now (derive.derive): to cases with every input, once each."""
    concepts, done = library.concepts, computed.setdefault(d.id, set())
    source = f"(SELECT * FROM {known})"
    latest = []
    for concept, unit in d.inputs.values():
        molar = concepts[concept].molar_mass if concept in concepts else None
        units = {u for u in (*known_units(), unit) if u == unit or convertible(u, unit, molar)}
        where = f"{present([concept], concepts)} AND value_unit IN {among(units)}"
        latest.append(_latest(source, where))
    joined = " JOIN ".join(
        f"({query}) i{i}" + (" USING (case_id)" if i else "") for i, query in enumerate(latest)
    )
    columns = ", ".join(f"i{i}.f AS f{i}" for i in range(len(latest)))
    stated = f"""SELECT case_id, max(COALESCE({NEWEST}, {EVER})) AS day FROM {source}
      WHERE {present([d.id], concepts)} AND value_unit IS NOT NULL AND {CERTAIN}
        AND asserter <> 'computed' GROUP BY case_id"""
    found = con.execute(
        f"SELECT case_id, s.day, {columns} FROM {joined} LEFT JOIN ({stated}) s USING (case_id)"
    ).fetchall()
    values: dict[tuple[Any, ...], Fact | None] = {}
    rows, left = [], []
    for case, stated_on, *inputs in found:
        if case in done:
            continue
        key = tuple((i["low"], i["unit"]) for i in inputs)
        if key not in values:
            values[key] = _computed(d, key, concepts)
        fact = values[key]
        if fact is None:
            continue
        done.add(case)
        newest = max(inputs, key=lambda i: i["newest"] or date.min)
        if stated_on is not None:
            if stated_on == (newest["newest"] or date.min):
                left.append({"case_id": case})  # whether the two agree is for the reference
            continue
        try:
            row = row_of(fact, case, FOLLOWS + len(computed))
        except IndicatedError:  # more digits than the table holds
            left.append({"case_id": case})
            continue
        when = ("start_from", "start_to", "end_from", "end_to", "ongoing", "assumed")
        rows.append(row | {name: newest[name] for name in when} | {"inputs": "", "sources": []})
    _leave(con, left)
    return rows


def _computed(d: Derived, key: tuple[Any, ...], concepts: Concepts) -> Fact | None:
    """What the formula gives for these inputs."""
    inputs = tuple(
        Fact(concept, value=Quantity(low, low, unit))
        for (concept, _), (low, unit) in zip(d.inputs.values(), key, strict=True)
    )
    added = derive(Facts(inputs), (d,), concepts).items[len(inputs) :]
    return added[0] if added else None


def _leave(con: Connection, cases: Sequence[Any]) -> None:
    if cases:
        fill(con, "more_left", {"case_id": "VARCHAR"}, cases)
        con.execute("INSERT INTO left_over SELECT * FROM more_left")


# --- labels --------------------------------------------------------------------------------


def _add_labels(
    con: Connection,
    item: RequestedItem,
    library: Library,
    leaves: Leaves,
    facts: str,
    regulator: str,
    looked_at: set[str],
) -> bool:
    """Add what labels say of the request (labels.label_facts), where a leaf looks at it."""
    concepts = library.concepts
    follows = {x for c in (LABELLED, WITHIN) for x in concepts.above(c)}
    if not follows & looked_at:
        return False
    rows = labels_of(item, Facts(), library, leaves.as_of)
    labels = [label for label, _ in rows if regulator in ("", label.regulator)]
    held = {Assertion.PRESENT: [], Assertion.ABSENT: []}  # type: dict[Assertion, list[str]]
    columns = []
    for i, label in enumerate(labels):
        columns.append(f"{_shown(label, concepts)} AS l{i}")
        behind = Facts(tuple(Fact(id) for id in label.indications[:1]))
        told = label_facts(item, ((label, MET),), behind, concepts) if behind.items else []
        for fact in told:
            if fact.concept == WITHIN:
                held[fact.assertion].append(f"l{i}")
    if not labels:
        return False
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE labelled AS SELECT case_id, {', '.join(columns)} "
        f"FROM {facts} GROUP BY case_id"
    )
    some = [" OR ".join(names) or "FALSE" for names in held.values()]
    either = " OR ".join(f"l{i}" for i in range(len(labels)))
    empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in FACT_COLUMNS.items())
    for ord, concept, assertion, where in (
        (FOLLOWS - 9, LABELLED, "present", either),
        (FOLLOWS - 8, WITHIN, "present", some[0]),
        (FOLLOWS - 7, WITHIN, "absent", f"({some[1]}) AND NOT ({some[0]})"),
    ):
        con.execute(
            f"INSERT INTO following SELECT e.* REPLACE (l.case_id AS case_id, {ord} AS "
            f"ord, {text(concept)} AS concept, {text(assertion)} AS assertion, 'computed' AS "
            f"asserter) FROM labelled l, (SELECT {empty}) e WHERE {where}"
        )
    return True


def _shown(label: Label, concepts: Concepts) -> str:
    """Whether a case shows a label's indication and all that it needs, at an age of its own
    (labels._indicated_by)."""

    def shown(ids: Iterable[str]) -> str:
        return f"COALESCE(bool_or({present(ids, concepts)} AND asserter <> 'computed'), FALSE)"

    held = [shown(label.indications) if label.indications else "FALSE"]
    held += [shown([need]) for need in label.needs]
    limits = (
        (label.from_age, "below", "value_high <= "),
        (label.below_age, "at_least", "value_low >= "),
    )
    for limit, op, compared in limits if AGE in concepts else ():
        if limit is None or limit.low is None:
            continue
        edges = cuts([Bound(op, Quantity.of(limit.low, limit.unit))])
        strict = op == "below"
        by_unit = " ".join(
            f"WHEN {text(unit)} THEN {compared}{cut.beyond if strict else cut.at}"
            for unit, (cut,) in edges.items()
        )
        outside = f"COALESCE(CASE value_unit {by_unit} END, FALSE)"
        aged = f"{present([AGE], concepts)} AND asserter <> 'computed'"
        held.append(f"NOT COALESCE(bool_or({aged} AND {outside}), FALSE)")
    return "(" + " AND ".join(held) + ")"


# --- the dose ------------------------------------------------------------------------------


def check_doses(
    con: Connection,
    block: DoseBlock,
    item: RequestedItem,
    concepts: Concepts,
    as_of: date,
    known: str,
) -> None:
    """The temporary table `dosed`: by case the truth of the dose check, which hangs on the
    patient's latest weight and body surface alone."""
    ids = list(dict.fromkeys((WEIGHTS.get(block.weight, "weight"), "weight", AREA)))
    seen = f"(start_from IS NULL OR start_from <= DATE '{as_of}')"
    latest = [_latest(known, f"{present([id], concepts)} AND {seen}") for id in ids]
    sizes = "".join(f" LEFT JOIN ({query}) i{i} USING (case_id)" for i, query in enumerate(latest))
    columns = ", ".join(f"i{i}.f.low AS low{i}, i{i}.f.unit AS unit{i}" for i in range(len(ids)))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE size AS SELECT case_id, {columns} "
        f"FROM (SELECT DISTINCT case_id FROM {known}){sizes}"
    )
    keys = [f"{name}{i}" for i in range(len(ids)) for name in ("low", "unit")]
    rows = []
    for key in con.execute(f"SELECT DISTINCT {', '.join(keys)} FROM size").fetchall():
        facts = tuple(
            Fact(id, value=Quantity(low, low, unit))
            for id, low, unit in zip(ids, key[::2], key[1::2], strict=True)
            if unit is not None
        )
        row = dict(zip(keys, key, strict=True))
        try:
            checked = check_dose(block, item, facts, concepts)
            truth, left = (checked.truth if checked else UNKNOWN), False
        except IndicatedError:
            truth, left = UNKNOWN, True
        rows.append({**row, "dose": {"met": True, "not_met": False}.get(truth), "lost": left})
    number = FACT_COLUMNS["value_low"]
    kinds = {name: number if name.startswith("low") else "VARCHAR" for name in keys}
    fill(con, "checked", {**kinds, "dose": "BOOLEAN", "lost": "BOOLEAN"}, rows)
    same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM c.{name}" for name in keys)
    joined = f"FROM size s JOIN checked c ON {same}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE dosed AS SELECT case_id, dose {joined}")
    con.execute(f"INSERT INTO left_over SELECT case_id {joined} WHERE lost")
