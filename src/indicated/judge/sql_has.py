"""What a case has, as SQL: facts that count, denials and counts of events folded into one word a
leaf (memory.py, leaves.count)."""

from __future__ import annotations

from indicated.judge.leaves import PERSISTENT
from indicated.judge.sql import NEVER, Uses, among
from indicated.judge.sql_about import SPEAKS


def has_words(uses: Uses) -> str:
    """By case and leaf: one of `WORDS`, and whether the reference should be asked instead."""
    plain, might = "({} > 0)::INTEGER", "n_met + n_open + n_claim + n_possible"
    unsure = uses("distinct concept", " OR COALESCE(two_in_one, FALSE)")
    had = uses("counts", _counted("met_pool", "n_met", "kinds_met", uses), plain.format("n_met"))
    maybe = uses("counts", _counted("pool", might, "kinds_might", uses), plain.format(f"({might})"))
    every = "COALESCE(p.pool, [])"
    pools = f""", list_filter({every}, lambda x: x.tag <> 3 OR n_claim > 0) AS pool,
      list_filter({every}, lambda x: x.tag = 1) AS met_pool"""
    kinds = """, COALESCE(y.n_met, 0) AS kinds_met, z.two_in_one,
      COALESCE(CASE WHEN n_claim > 0 THEN y.n_all ELSE y.n_sure END, 0) AS kinds_might"""
    beside = {
        "d": "SELECT * FROM denials",
        "w": WRONG,
        "x": DISPUTED,
        "p": _gathered(uses, _pool(uses)),
        "y": uses("distinct concept", KINDS),
        "z": uses("distinct concept", TWO_IN_ONE),
    }
    joins = " ".join(
        f"LEFT JOIN ({text}) {name} ON {name}.case_id = f.case_id AND {name}.leaf = f.leaf"
        for name, text in beside.items()
        if text
    )
    return f"""
    SELECT case_id, leaf, COALESCE(doubt{unsure}, FALSE) AS unsure, {_word()} AS word
    FROM (SELECT *, {had} AS n_had, {maybe} AS n_might
    FROM (SELECT f.*, times, distinct_by, n_wanted, apart_days, apart_months,
        COALESCE(w.n_wrong, 0) AS n_wrong, COALESCE(d.n_denied, 0) AS n_denied,
        COALESCE(d.n_covered, 0) AS n_covered, COALESCE(x.disputed, FALSE) AS disputed
        {_gathered(uses, pools)} {uses("distinct concept", kinds)}
      FROM (SELECT * REPLACE (
          CASE WHEN closes AND n_claim_other = 0 THEN 0 ELSE n_claim END AS n_claim)
        FROM ({COUNTS})) f JOIN leaf l USING (leaf) {joins}))
    """


COUNTS = """SELECT case_id, leaf, bool_or(closes) AS closes, bool_or(doubt) AS doubt,
  count(*) FILTER (WHERE met) AS n_met, count(*) FILTER (WHERE open) AS n_open,
  count(*) FILTER (WHERE claim) AS n_claim,
  count(*) FILTER (WHERE claim AND asserter <> 'payer') AS n_claim_other,
  count(*) FILTER (WHERE maybe_so) AS n_possible, count(*) FILTER (WHERE sought) AS n_sought,
  count(*) FILTER (WHERE present) AS n_present
  FROM judged WHERE test = 'has' GROUP BY case_id, leaf"""


# --- gathered apart from the counts: few cases and leaves need them, and lists are slow ------

WRONG = """SELECT case_id, leaf, count(DISTINCT concept) AS n_wrong FROM judged
  WHERE present AND definite AND own GROUP BY case_id, leaf"""

# Whether something said against it speaks against every fact that counts.
SPEAKING = SPEAKS.format(
    above="COALESCE(k.above, [s.concept])", opposed_by="COALESCE(k.opposed_by, [])"
)
CONTRADICTS = f"""({SPEAKING}) AND CASE WHEN NOT d.absent THEN TRUE
  WHEN COALESCE(k.kind, '') IN {among(PERSISTENT)} OR d.ever THEN
    d.newest IS NULL OR s.newest IS NULL OR d.newest >= s.newest
  ELSE COALESCE(d.newest = s.newest, FALSE) END"""
DISPUTED = f"""SELECT case_id, leaf, bool_or(each) AS disputed
  FROM (SELECT d.case_id, d.leaf, bool_and({CONTRADICTS}) AS each
    FROM against d JOIN judged s ON s.case_id = d.case_id AND s.leaf = d.leaf
    LEFT JOIN concept k ON k.concept = s.concept
    WHERE s.met GROUP BY d.case_id, d.leaf, d.ord)
  GROUP BY case_id, leaf"""


# --- how many different concepts -----------------------------------------------------------

POOLED = "(s.met OR s.open OR s.claim OR s.maybe_so)"


def of_each_concept() -> str:
    """By case, leaf that counts concepts, and concept: what there is of it to be counted."""
    return f"""SELECT s.case_id, s.leaf, s.concept, bool_or(s.met) AS is_met,
      bool_or(s.met OR s.open OR NOT s.claim) AS is_sure
      FROM judged s JOIN leaf l USING (leaf) WHERE l.distinct_by = 'concept' AND {POOLED}
      GROUP BY s.case_id, s.leaf, s.concept"""


def beneath() -> str:
    """By leaf that counts concepts: which of its concepts is narrower than another of them."""
    return """SELECT a.leaf, a.concept, b.concept AS narrower FROM leaf_concept a
      JOIN leaf l ON l.leaf = a.leaf AND l.distinct_by = 'concept'
      JOIN leaf_concept b ON b.leaf = a.leaf AND b.concept <> a.concept
      JOIN concept k ON k.concept = b.concept AND list_contains(k.above, a.concept)"""


# A broader concept does not count beside a narrower one (leaves.count).
KINDS = """SELECT case_id, leaf,
    count(*) FILTER (WHERE is_met AND NOT COALESCE(by_met, FALSE)) AS n_met,
    count(*) FILTER (WHERE is_sure AND NOT COALESCE(by_sure, FALSE)) AS n_sure,
    count(*) FILTER (WHERE by_met IS NULL) AS n_all
  FROM of_each_concept LEFT JOIN (
    SELECT x.case_id, x.leaf, x.concept, bool_or(y.is_met) AS by_met, bool_or(y.is_sure) AS by_sure
    FROM of_each_concept x JOIN beneath b ON b.leaf = x.leaf AND b.concept = x.concept
    JOIN of_each_concept y
      ON y.case_id = x.case_id AND y.leaf = x.leaf AND y.concept = b.narrower
    GROUP BY x.case_id, x.leaf, x.concept) USING (case_id, leaf, concept)
  GROUP BY case_id, leaf"""

# Words that name two concepts may be one event of one of them: the reference looks closer.
TWO_IN_ONE = f"""SELECT case_id, leaf, bool_or(n > 1) AS two_in_one
  FROM (SELECT case_id, leaf, place, count(DISTINCT concept) AS n
    FROM (SELECT s.case_id, s.leaf, s.concept, unnest(f.places) AS place
      FROM judged s JOIN leaf l ON l.leaf = s.leaf AND l.distinct_by = 'concept'
      JOIN shaped f ON f.case_id = s.case_id AND f.ord = s.ord AND f.places IS NOT NULL
      WHERE {POOLED})
    GROUP BY case_id, leaf, place)
  GROUP BY case_id, leaf"""


# --- how many events, or classes -----------------------------------------------------------


def _gathered(uses: Uses, then: str) -> str:
    """`then` where a leaf counts what has to be gathered."""
    return uses("several", then) or uses("distinct class", then)


def _pool(uses: Uses) -> str:
    """By case and leaf that counts events, or classes: what there is to be counted."""
    days = """n: CASE WHEN f.value_unit = '{count}'
      THEN LEAST(trunc(f.value_low), 1000000000)::BIGINT END,
      a: CASE WHEN f.start_from IS NOT NULL THEN f.start_from ELSE f.end_from END,
      b: CASE WHEN f.start_from IS NOT NULL THEN f.start_to ELSE f.end_to END"""
    fields = [
        "tag: CASE WHEN s.met THEN 1 WHEN s.open THEN 2 WHEN s.claim THEN 3 ELSE 4 END",
        uses("distinct class", "classes: lc.classes"),
        uses("several", days),
    ]
    joins = [
        uses("several", "JOIN shaped f ON f.case_id = s.case_id AND f.ord = s.ord"),
        uses(
            "distinct class", "JOIN leaf_concept lc ON lc.leaf = s.leaf AND lc.concept = s.concept"
        ),
    ]
    member = "{" + ", ".join(filter(None, fields)) + "}"
    return f"""SELECT s.case_id, s.leaf, list({member}) AS pool
      FROM judged s JOIN leaf l ON l.leaf = s.leaf
      {" ".join(joins)}
      WHERE (l.distinct_by = 'class' OR (l.times > 1 AND l.distinct_by = '')) AND {POOLED}
      GROUP BY s.case_id, s.leaf"""


def _counted(pool: str, plain: str, kinds: str, uses: Uses) -> str:
    """How many of what is asked for (leaves.count)."""
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
    of_concepts = uses("distinct concept", f"WHEN distinct_by = 'concept' THEN {kinds}")
    of_classes = uses("distinct class", f"WHEN distinct_by = 'class' THEN {classes}")
    more = uses("several", f"ELSE GREATEST({counts}, {spaced}, {undated})")
    return f"""CASE {of_concepts} {of_classes}
      WHEN times = 1 THEN ({plain} > 0)::INTEGER {more} END"""


def _word() -> str:
    """`memory._has`, branch by branch."""
    denied = "(CASE WHEN n_wanted = 1 THEN n_denied > 0 ELSE n_covered = n_wanted END)"
    return f"""CASE
      WHEN n_had >= times THEN CASE WHEN disputed THEN 'disputed' ELSE 'met' END
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
