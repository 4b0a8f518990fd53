"""A case's facts folded into one word per leaf, as SQL (memory.py, picks.py, leaves.count)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from indicated.judge.leaves import PERSISTENT, THERAPIES
from indicated.judge.sql import FAR, NEVER, SAFE, Uses, among, every, holds
from indicated.judge.sql_about import SPEAKS, about, denials, groups, related, shaped

# --- values --------------------------------------------------------------------------------

# How a value is ordered: by time, newest or oldest first, and by size, in the pick's direction.
TURNED = """CASE WHEN {0} = 'earliest' THEN newest - DATE '1970-01-01'
  ELSE DATE '1970-01-01' - newest END"""
SIZED = f"""CASE WHEN {{0}} = 'highest' THEN COALESCE(-value_high, -{FAR})
  ELSE COALESCE(value_low, -{FAR}) END"""


def _chosen(members: str, pick: str, turned: str, sized: str) -> str:
    """The members of which one is the pick (picks.candidates); `turned` and `sized` are where the
    first one stands that counts for certain."""
    first = (
        f"list_min(list_transform(list_filter({members}, "
        f"lambda x: x.num AND x.sure AND x.k = {sized}), lambda x: x.ord))"
    )
    return f"""CASE WHEN {pick} IN ('lowest', 'highest')
      THEN list_filter({members}, lambda x: x.num
        AND (x.k < {sized} OR (x.k = {sized} AND x.ord <= {first})))
      ELSE list_filter({members}, lambda x: x.t IS NULL OR {turned} IS NULL OR x.t <= {turned}) END
    """


MEMBER = """{{ord: ord, sure: {sure}, t: {t}, k: {k}, cmp: {cmp}, num: num, low: value_low,
  high: value_high, unit: value_unit}}"""
VALUED = """test = 'value' AND present AND (value_unit IS NOT NULL OR value_words IS NOT NULL)
  AND NOT (counts_out AND COALESCE(value_unit = '{count}', FALSE))"""


def bases() -> str:
    """By case and leaf: the one baseline of a change, where there is one for certain."""
    t, k = TURNED.format("versus"), SIZED.format("versus")
    counts = f"{VALUED} AND num AND (NOT versus_related OR base_truth IS NOT FALSE)"
    sure = "(NOT versus_related OR COALESCE(base_truth, FALSE))"
    member = MEMBER.format(sure=sure, t=t, k=k, cmp="NULL::BOOLEAN")
    return f"""
    SELECT case_id, leaf, unsure OR len(chosen) > len(alike) AS unsure,
      CASE WHEN n_sure > 0 AND len(chosen) = 1 THEN chosen[1] END AS base
    FROM (SELECT *, list_distinct(list_transform(chosen,
        lambda x: {{t: x.t, low: x.low, high: x.high, unit: x.unit}})) AS alike
      FROM (SELECT case_id, leaf, n_sure,
          versus IN ('lowest', 'highest') AND first_unit <> last_unit AS unsure,
          {_chosen("members", "versus", "first_t", "first_k")} AS chosen
        FROM (SELECT case_id, leaf, any_value(versus) AS versus, list({member}) AS members,
            count(*) FILTER (WHERE {sure}) AS n_sure, min({t}) FILTER (WHERE {sure}) AS first_t,
            min({k}) FILTER (WHERE {sure}) AS first_k, min(value_unit) AS first_unit,
            max(value_unit) AS last_unit
          FROM (SELECT *, value_unit IS NOT NULL AND NOT doubted AS num FROM about)
          WHERE versus IS NOT NULL AND {counts} GROUP BY case_id, leaf)))
    """


def _changed() -> tuple[str, str]:
    """The truth of a change from the baseline, and where it is not certain (picks._change)."""
    exact = "value_low = value_high AND base.low = base.high"
    same = "value_unit = base.unit"
    safe = f"abs(value_low) < {SAFE} AND abs(base.low) < {SAFE}"
    difference = "(value_low - base.low)"
    percent = f"({difference}::DOUBLE / base.low::DOUBLE * 100)"
    near = f"abs({percent} - c.edge::DOUBLE) <= 1e-6 * GREATEST(1, abs(c.edge::DOUBLE))"
    small = [f"TRY_CAST({x} AS DECIMAL(18,6))" for x in (difference, "c.edge", "base.low")]
    whole = " AND ".join(
        f"{cast} = {x}" for cast, x in zip(small, (difference, "c.edge", "base.low"), strict=True)
    )
    equal = (
        f"COALESCE({whole} AND abs(c.edge) < 1000000 AND "
        f"{small[0]} * 100::DECIMAL(18,6) = {small[1]} * {small[2]}, FALSE)"
    )
    one = (
        f"CASE WHEN {near} THEN CASE WHEN {equal} THEN c.inclusive END "
        f"WHEN c.upper THEN {percent} < c.edge::DOUBLE ELSE {percent} > c.edge::DOUBLE END"
    )
    by_percent = every(f"list_transform(percent, lambda c: {one})")
    by_number = holds("value_cuts", difference, difference, "FALSE")
    ready = f"num AND base IS NOT NULL AND {exact}"
    truth = f"""CASE WHEN COALESCE(NOT ({ready} AND {same} AND {safe}), TRUE) THEN NULL
      WHEN change = 'difference' THEN CASE WHEN len(value_cuts) > 0 THEN {by_number} END
      WHEN base.low = 0 THEN NULL
      WHEN len(percent) > 0 THEN {by_percent} END"""
    unsure = f"""{ready} AND (NOT {same} OR NOT ({safe}) OR (change = 'percent' AND base.low <> 0
      AND len(list_filter(percent, lambda c: {near} AND NOT {equal})) > 0))"""
    return truth, unsure


# --- one word a leaf -----------------------------------------------------------------------


def judged(uses: Uses) -> str:
    """By fact and leaf: whether it counts, and for a value whether it satisfies the bounds."""
    speaks = SPEAKS.format("")
    over = f"""currently AND newest IS NOT NULL AND assertion <> 'historical' AND reason = ''
      AND NOT (kind IN {among(THERAPIES)} AND end_from IS NOT NULL AND NOT ongoing)
      AND COALESCE(len(list_filter(against, lambda d: d.newest > newest AND {speaks})) > 0, FALSE)
    """
    over = uses("has", uses("currently", over, "FALSE"), "FALSE")  # nothing denies a value
    change, unsure = _changed()
    number = holds("value_cuts", "value_low", "value_high", "value_open")
    compared = f"""CASE WHEN test <> 'value' THEN NULL
      WHEN one_of IS NOT NULL THEN
        CASE WHEN value_words IS NOT NULL THEN list_contains(one_of, lower(value_words)) END
      {uses("versus", f"WHEN versus IS NOT NULL THEN {change}")}
      WHEN NOT num THEN NULL WHEN bound IS NULL THEN TRUE
      WHEN len(value_cuts) > 0 THEN {number} END"""
    in_base = f"COALESCE(base_unsure, FALSE) OR COALESCE({unsure}, FALSE)"
    doubt = f"""CASE WHEN test <> 'value' THEN unsure
      WHEN one_of IS NOT NULL THEN COALESCE(strlen(value_words) <> length(value_words), FALSE)
      {uses("versus", f"WHEN versus IS NOT NULL THEN {in_base}")}
      ELSE FALSE END"""
    settled = "cur IS FALSE OR lasted IS FALSE OR dosed IS FALSE OR stopped IS FALSE"
    open = "cur IS NULL OR lasted IS NULL OR dosed IS NULL OR stopped IS NULL OR responded IS NULL"
    of_values = "num, cmp, value_low, value_high, value_unit, value_words, newest, pick,"
    return f"""
    SELECT case_id, leaf, ord, concept, test, closes, doubt, q, claim, asserter, maybe_so, sought,
      present, own, {uses("has", "against IS NOT NULL AS denied,")} {uses("value", of_values)}
      present AND COALESCE(q, FALSE) AS met,
      present AND q IS NULL AND NOT (closes AND goes_on AND NOT over) AS open,
      {VALUED} AS valued,
      CASE WHEN q THEN FALSE
        WHEN within IS FALSE OR rel IS FALSE THEN FALSE
        WHEN q IS NULL THEN within IS NOT NULL AND rel IS NOT NULL AND ({open})
        ELSE over OR {settled} OR responded IS FALSE OR sited IS NOT FALSE END AS definite
    FROM (
      SELECT *, q0 AND NOT over AS q, {uses("value", compared, "NULL::BOOLEAN")} AS cmp,
        {uses("value", doubt, "unsure")} AS doubt
      FROM (
        SELECT a.*, {uses("has", "d.against, d.n_denied, d.n_covered,")}
          {uses("versus", "b.base, b.unsure AS base_unsure,")}
          value_unit IS NOT NULL AND NOT doubted AS num, {over} AS over
        FROM about a
        {uses("has", "LEFT JOIN denials d ON d.case_id = a.case_id AND d.leaf = a.leaf")}
        {uses("versus", "LEFT JOIN bases b ON b.case_id = a.case_id AND b.leaf = a.leaf")}))
    """


def words(uses: Uses) -> str:
    """By case and leaf: one of `WORDS`, and whether the reference should be asked instead."""
    of_has, of_value = _has_word(), _value_word()
    shared = """doubt
      OR (distinct_by = 'concept' AND len(list_distinct(flatten(list_transform(pool,
        lambda p: p.places)))) <> len(list_distinct(flatten(list_transform(pool,
        lambda p: list_transform(p.places, lambda x: concat(p.concept, '|', x)))))))"""
    mixed = "(pick IN ('lowest', 'highest') AND one_of IS NULL AND first_unit <> last_unit)"
    plain = "({} > 0)::INTEGER"
    might = "n_met + n_open + n_claim + n_possible"
    had = uses("counts", _counted("met_pool", "n_met"), plain.format("n_met"))
    might = uses("counts", _counted("pool", might), plain.format(f"({might})"))
    by_size = "one_of IS NOT NULL AND pick IN ('lowest', 'highest')"
    kept = [
        uses("counts", "list_filter(pool, lambda x: x.tag <> 3 OR n_claim > 0) AS pool"),
        uses("value", f"CASE WHEN {by_size} THEN 'latest' ELSE pick END AS pick"),
    ]
    kept_text = ", ".join(filter(None, kept))
    lists = {
        "d": uses("has", "SELECT * FROM denials"),
        "w": uses("has", WRONG),
        "h": uses("has", HAD),
        "p": uses("counts", POOL),
        "m": uses("value", _members()),
    }
    beside = " ".join(
        f"LEFT JOIN ({text}) {name} ON {name}.case_id = f.case_id AND {name}.leaf = f.leaf"
        for name, text in lists.items()
        if text
    )
    return f"""
    SELECT case_id, leaf, COALESCE(unsure, FALSE) AS unsure,
      CASE WHEN test = 'has' THEN {uses("has", of_has, "NULL")}
           ELSE {uses("value", of_value, "NULL")} END AS word
    FROM (SELECT *, {had} AS n_had, {might} AS n_might,
        {uses("value", _chosen("members", "pick", "first_t", "first_k") + " AS chosen,")}
        {uses("counts", shared, "doubt")} {uses("value", f"OR {mixed}")} AS unsure
    FROM (SELECT * {f"REPLACE ({kept_text})" if kept_text else ""}
        {uses("counts", ", list_filter(pool, lambda x: x.tag = 1) AS met_pool")}
    FROM (SELECT * REPLACE (
        CASE WHEN closes AND n_claim_other = 0 THEN 0 ELSE n_claim END AS n_claim)
    FROM (SELECT f.*, test, times, distinct_by, n_wanted, apart_days, apart_months, pick, one_of
        {uses("has", ", " + OF_DENIALS)} {uses("counts", ", COALESCE(p.pool, []) AS pool")}
        {uses("value", ", COALESCE(m.members, []) AS members")}
    FROM leaf JOIN (
      SELECT case_id, leaf, bool_or(closes) AS closes,
        bool_or(doubt AND (test = 'has' OR (valued AND q IS NOT FALSE))) AS doubt,
        count(*) FILTER (WHERE met) AS n_met, count(*) FILTER (WHERE open) AS n_open,
        count(*) FILTER (WHERE claim) AS n_claim,
        count(*) FILTER (WHERE claim AND asserter <> 'payer') AS n_claim_other,
        count(*) FILTER (WHERE maybe_so) AS n_possible, count(*) FILTER (WHERE sought) AS n_sought,
        count(*) FILTER (WHERE present) AS n_present
        {uses("value", ", " + _of_values())}
      FROM judged GROUP BY case_id, leaf) f USING (leaf)
    {beside}))))
    """


# Lists are slow to gather, and few cases and leaves need one: each is gathered apart from the
# counts, over the rows that go into it.
OF_DENIALS = """COALESCE(w.n_wrong, 0) AS n_wrong, COALESCE(d.n_denied, 0) AS n_denied,
  COALESCE(d.n_covered, 0) AS n_covered, d.against, h.had"""
WRONG = """SELECT case_id, leaf, count(DISTINCT concept) AS n_wrong FROM judged
  WHERE present AND definite AND own GROUP BY case_id, leaf"""
HAD = f"""SELECT s.case_id, s.leaf, list({{concept: s.concept,
    above: COALESCE(k.above, [s.concept]), opposed_by: COALESCE(k.opposed_by, []),
    newest: f.newest, lasts: f.kind IN {among(PERSISTENT)}}}) AS had
  FROM judged s JOIN shaped f ON f.case_id = s.case_id AND f.ord = s.ord
  LEFT JOIN concept k ON k.concept = s.concept
  WHERE s.met AND s.denied GROUP BY s.case_id, s.leaf"""

PLACE = "concat_ws('|', x.document, x.start, x.\"end\")"
POOL = f"""SELECT s.case_id, s.leaf, list({{tag: CASE WHEN s.met THEN 1 WHEN s.open THEN 2
    WHEN s.claim THEN 3 ELSE 4 END,
    concept: s.concept, above: COALESCE(k.above, [s.concept]), classes: lc.classes,
    n: CASE WHEN f.value_unit = '{{count}}'
      THEN LEAST(trunc(f.value_low), 1000000000)::BIGINT END,
    a: CASE WHEN f.start_from IS NOT NULL THEN f.start_from ELSE f.end_from END,
    b: CASE WHEN f.start_from IS NOT NULL THEN f.start_to ELSE f.end_to END,
    places: list_transform(list_filter(COALESCE(f.sources, []),
      lambda x: x.start IS NOT NULL AND x."end" IS NOT NULL), lambda x: {PLACE})}}) AS pool
  FROM judged s JOIN leaf l ON l.leaf = s.leaf
  JOIN leaf_concept lc ON lc.leaf = s.leaf AND lc.concept = s.concept
  JOIN shaped f ON f.case_id = s.case_id AND f.ord = s.ord
  LEFT JOIN concept k ON k.concept = s.concept
  WHERE (l.times > 1 OR l.distinct_by <> '') AND (s.met OR s.open OR s.claim OR s.maybe_so)
  GROUP BY s.case_id, s.leaf"""
COUNTING, SURELY = "valued AND q IS NOT FALSE", "valued AND q"


def _members() -> str:
    """By case and leaf the values of which one is the pick."""
    t, k = TURNED.format("pick"), SIZED.format("pick")
    member = MEMBER.format(sure="COALESCE(q, FALSE)", t=t, k=k, cmp="cmp")
    return f"""SELECT case_id, leaf, list({member}) AS members FROM judged
      WHERE {COUNTING} AND pick NOT IN ('any', 'every') GROUP BY case_id, leaf"""


def _of_values() -> str:
    t, k = TURNED.format("pick"), SIZED.format("pick")
    counting, sure = COUNTING, SURELY
    return f"""
      count(*) FILTER (WHERE valued) AS n_valued,
      count(*) FILTER (WHERE claim AND (value_unit IS NOT NULL OR value_words IS NOT NULL))
        AS n_claim_valued,
      count(*) FILTER (WHERE {counting}) AS n_counting, count(*) FILTER (WHERE {sure}) AS n_sure,
      count(*) FILTER (WHERE {sure} AND num) AS n_sure_num,
      count(*) FILTER (WHERE {sure} AND cmp) AS sure_yes,
      count(*) FILTER (WHERE {sure} AND NOT cmp) AS sure_no,
      count(*) FILTER (WHERE {counting} AND cmp) AS may_yes,
      count(*) FILTER (WHERE {counting} AND NOT cmp) AS may_no,
      min({t}) FILTER (WHERE {sure}) AS first_t,
      min({k}) FILTER (WHERE {sure} AND num) AS first_k,
      min(value_unit) FILTER (WHERE {counting} AND num) AS first_unit,
      max(value_unit) FILTER (WHERE {counting} AND num) AS last_unit"""


def _counted(pool: str, plain: str) -> str:
    """How many of what is asked for (leaves.count)."""
    member = (
        f"list_filter({pool}, lambda x: len(list_filter({pool}, lambda y: "
        "y.concept <> x.concept AND list_contains(y.above, x.concept))) = 0)"
    )
    concepts = f"len(list_distinct(list_transform({member}, lambda x: x.concept)))"
    classes = f"len(list_distinct(flatten(list_transform({pool}, lambda x: x.classes))))"
    days = (
        f"list_sort(list_transform(list_filter({pool}, lambda x: x.n IS NULL AND x.a IS NOT NULL),"
        " lambda x: {a: x.a, b: x.b, n: 0}))"
    )
    gap = (
        "CASE WHEN apart_days IS NOT NULL THEN y.b + apart_days WHEN apart_months IS NOT NULL "
        "THEN (y.b + to_months(apart_months))::DATE ELSE y.b + 1 END"
    )
    spaced = (
        f"list_reduce({days}, lambda y, x: CASE WHEN y.b IS NULL OR x.a >= LEAST({gap}, {NEVER}) "
        "THEN {a: x.a, b: x.b, n: y.n + 1} ELSE y END, {a: NULL::DATE, b: NULL::DATE, n: 0}).n"
    )
    counts = f"COALESCE(list_max(list_transform({pool}, lambda x: x.n)), 0)"
    undated = f"(len(list_filter({pool}, lambda x: x.n IS NULL AND x.a IS NULL)) > 0)::INTEGER"
    return f"""CASE WHEN test <> 'has' THEN 0 WHEN distinct_by = 'concept' THEN {concepts}
      WHEN distinct_by = 'class' THEN {classes}
      WHEN times = 1 THEN ({plain} > 0)::INTEGER
      ELSE GREATEST({counts}, {spaced}, {undated}) END"""


def _has_word() -> str:
    """`memory._has`, branch by branch."""
    contradicts = f"""({SPEAKS.format("f.")}) AND CASE WHEN NOT d.absent THEN TRUE
      WHEN f.lasts OR d.ever THEN
        d.newest IS NULL OR f.newest IS NULL OR d.newest >= f.newest
      ELSE COALESCE(d.newest = f.newest, FALSE) END"""
    disputed = f"""COALESCE(len(list_filter(against, lambda d:
      len(list_filter(had, lambda f: NOT ({contradicts}))) = 0)) > 0, FALSE)"""
    denied = "(CASE WHEN n_wanted = 1 THEN n_denied > 0 ELSE n_covered = n_wanted END)"
    return f"""CASE
      WHEN n_had >= times THEN CASE WHEN {disputed} THEN 'disputed' ELSE 'met' END
      WHEN n_open > 0 THEN 'incomplete'
      WHEN n_might >= times OR (n_claim > 0 AND n_met = 0) THEN
        CASE WHEN n_claim > 0 THEN 'claimed' ELSE 'incomplete' END
      WHEN n_met > 0 THEN CASE WHEN closes THEN 'closed' ELSE 'incomplete' END
      WHEN times = 1 AND n_wrong = n_wanted THEN 'not_met'
      WHEN {denied} AND n_possible = 0 THEN 'not_met'
      WHEN n_sought > 0 AND NOT closes THEN 'sought'
      WHEN n_present > 0 AND NOT closes THEN 'incomplete'
      WHEN n_possible > 0 THEN 'incomplete'
      WHEN closes THEN 'closed' ELSE 'silent' END"""


def _value_word() -> str:
    """`memory._value` and `picks.pick`, branch by branch."""
    yes = "len(list_filter(chosen, lambda x: x.cmp))"
    no = "len(list_filter(chosen, lambda x: NOT x.cmp))"
    times = "list_transform(chosen, lambda x: x.t)"
    same_day = (
        f"len(list_filter({times}, lambda t: t IS NULL)) = 0 "
        f"AND list_min({times}) = list_max({times})"
    )
    return f"""CASE
      WHEN n_valued = 0 THEN CASE
        WHEN n_claim_valued > 0 THEN 'claimed'
        WHEN n_sought > 0 AND NOT closes THEN 'sought'
        WHEN n_present > 0 THEN 'incomplete'
        WHEN closes THEN 'closed' ELSE 'silent' END
      WHEN n_sure = 0 THEN 'incomplete'
      WHEN pick = 'any' THEN CASE WHEN sure_yes > 0 THEN 'met'
        WHEN may_no = n_counting THEN 'not_met' ELSE 'incomplete' END
      WHEN pick = 'every' THEN CASE WHEN sure_no > 0 THEN 'not_met'
        WHEN may_yes = n_counting THEN 'met' ELSE 'incomplete' END
      WHEN pick IN ('lowest', 'highest') AND n_sure_num = 0 THEN 'incomplete'
      WHEN {yes} = len(chosen) AND {yes} > 0 THEN 'met'
      WHEN {no} = len(chosen) AND {no} > 0 THEN 'not_met'
      WHEN {yes} > 0 AND {no} > 0 AND {same_day} THEN 'disputed'
      ELSE 'incomplete' END"""


def statements(
    facts: str, as_of: date, year_before: date, leaves: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Temporary tables to be made in this order; the last, `word`, holds by case and leaf, where
    anything bears on it, its word, and whether SQL is unsure."""
    uses = Uses.of(leaves)
    relevant = (
        f"(SELECT * FROM {facts} WHERE concept IN (SELECT concept FROM leaf_concept "
        "UNION SELECT concept FROM group_concept))"
    )
    cuts = (
        "SELECT bound, unit, list({upper: upper, inclusive: inclusive, edge: edge, "
        "beyond: beyond} ORDER BY i) AS cuts FROM cut GROUP BY bound, unit"
    )
    named = "SELECT case_id, list(DISTINCT concept) AS named FROM shaped GROUP BY case_id"
    related_to = uses("related", related()) or uses("versus_related", related())
    of_facts = f"WITH about AS NOT MATERIALIZED ({about(as_of, uses)})"
    # Numbers stand for the cases until the end: they are grouped and joined faster than words.
    cases = (
        "SELECT case_id, row_number() OVER ()::INTEGER AS n "
        f"FROM (SELECT DISTINCT case_id FROM {facts})"
    )
    steps = {
        "numbered": cases,
        "shaped": shaped(relevant, as_of, uses),
        "groups": groups(as_of, year_before),
        "named": uses("others", named),
        "cuts": cuts,
        "related": related_to,
        "denials": uses("has", f"{of_facts} {denials()}"),
        "bases": uses("versus", f"{of_facts} {bases()}"),
        "judged": f"{of_facts} {judged(uses)}",
        "word": words(uses),
    }
    return {name: text for name, text in steps.items() if text}
