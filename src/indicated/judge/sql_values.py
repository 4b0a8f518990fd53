"""Values as SQL: which of a case's values is the pick, what has changed since the baseline, and
what comes of it (memory.py, picks.py)."""

from __future__ import annotations

from indicated.judge.sql import FAR, SAFE, every, holds

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


def changed() -> tuple[str, str]:
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

COUNTING, SURELY = "valued AND q IS NOT FALSE", "valued AND q"


def value_words() -> str:
    """By case and leaf of a value: one of `WORDS`, and whether the reference should be asked."""
    mixed = "(pick IN ('lowest', 'highest') AND one_of IS NULL AND first_unit <> last_unit)"
    by_size = "one_of IS NOT NULL AND pick IN ('lowest', 'highest')"
    return f"""
    SELECT case_id, leaf, COALESCE(doubt OR {mixed}, FALSE) AS unsure, {_word()} AS word
    FROM (SELECT *, {_chosen("members", "pick", "first_t", "first_k")} AS chosen
    FROM (SELECT f.*, COALESCE(m.members, []) AS members, l.one_of,
        CASE WHEN {by_size} THEN 'latest' ELSE pick END AS pick
      FROM ({_counts()}) f JOIN leaf l USING (leaf)
      LEFT JOIN ({_members()}) m ON m.case_id = f.case_id AND m.leaf = f.leaf))
    """


def _members() -> str:
    """By case and leaf the values of which one is the pick."""
    t, k = TURNED.format("pick"), SIZED.format("pick")
    member = MEMBER.format(sure="COALESCE(q, FALSE)", t=t, k=k, cmp="cmp")
    return f"""SELECT case_id, leaf, list({member}) AS members FROM judged
      WHERE {COUNTING} AND pick NOT IN ('any', 'every') GROUP BY case_id, leaf"""


def _counts() -> str:
    """By case and leaf: how many values count and hold, and where the first stands."""
    t, k = TURNED.format("pick"), SIZED.format("pick")
    counting, sure = COUNTING, SURELY
    return f"""SELECT case_id, leaf, bool_or(closes) AS closes,
      bool_or(doubt AND {counting}) AS doubt,
      count(*) FILTER (WHERE sought) AS n_sought, count(*) FILTER (WHERE present) AS n_present,
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
      max(value_unit) FILTER (WHERE {counting} AND num) AS last_unit
      FROM judged WHERE test = 'value' GROUP BY case_id, leaf"""


def _word() -> str:
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
