"""Criteria as SQL over the long table of facts: Truth is a nullable BOOLEAN.

One statement judges every leaf of every case: it joins the facts with the tables of `sql_leaves`,
holds each fact against each leaf's qualifiers, and folds a case's facts into one word per leaf, as
`leaves.py`, `memory.py` and `picks.py` do it one by one. Combinations and the outcome follow as
expressions over these words. A case for which SQL cannot be certain to say the same as the
reference (units mixed in one pick, one word that names two drugs) is marked `unsure`, and is left
to the reference.

Where rows are put together, SQL's own BOOL_AND and BOOL_OR are not used: they skip what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from indicated.judge.compare import DOUBTED
from indicated.judge.leaves import CLAIMS, LABELS_ONLY, PERSISTENT, SAYS_SO, THERAPIES

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


def among(words: Iterable[str]) -> str:
    """Words as a list after IN."""
    return "(" + ", ".join(f"'{w}'" for w in sorted(words)) + ")"


def listed(words: Iterable[str]) -> str:
    """Words as a value of type VARCHAR[]."""
    return "[" + ", ".join(f"'{w}'" for w in sorted(words)) + "]"


def _not_after(a_from: str, a_to: str, b_from: str, b_to: str) -> str:
    """`timing.not_after`: met where the last of `a` is no later than the first of `b`."""
    return f"CASE WHEN {a_to} <= {b_from} THEN TRUE WHEN {a_from} > {b_to} THEN FALSE END"


def _overlap(a: str, b: str) -> str:
    first = _not_after(f"{a}s0", f"{a}s1", f"{b}e0", f"{b}e1")
    second = _not_after(f"{b}s0", f"{b}s1", f"{a}e0", f"{a}e1")
    return f"(({first}) AND ({second}))"


def _holds(cuts: str, low: str, high: str, open: str) -> str:
    """`compare.holds` for each of the bounds, and all of them together. No cuts: not comparable."""
    at = "CASE WHEN {} THEN c.edge ELSE c.beyond END"
    counts, strict = at.format(f"c.inclusive OR {open}"), at.format(f"c.inclusive AND NOT {open}")
    one = (
        f"CASE WHEN c.upper THEN CASE WHEN {high} <= {counts} THEN TRUE "
        f"WHEN NOT {low} <= {strict} THEN FALSE END "
        f"ELSE CASE WHEN {low} >= {counts} THEN TRUE "
        f"WHEN NOT {high} >= {strict} THEN FALSE END END"
    )
    return _every(f"list_transform({cuts}, lambda c: {one})")


def _every(truths: str) -> str:
    """All of a list of truths, in three values; a list that is NULL is unknown."""
    return (
        f"CASE WHEN list_contains({truths}, FALSE) THEN FALSE "
        f"WHEN len({truths}) = len(list_filter({truths}, lambda t: t IS NOT NULL)) THEN TRUE END"
    )


def _some(truths: str) -> str:
    return (
        f"CASE WHEN list_contains({truths}, TRUE) THEN TRUE "
        f"WHEN len({truths}) = len(list_filter({truths}, lambda t: t IS NOT NULL)) THEN FALSE END"
    )


# --- one row a fact ------------------------------------------------------------------------


def shaped(facts: str, as_of: date) -> str:
    """The facts seen on the day, each with its span in time, its kind and its standing."""
    day = f"DATE '{as_of}'"
    words = listed([m.value for m in LABELS_ONLY])
    doubted = listed([m.value for m in DOUBTED])
    late = "CASE WHEN start_from IS NULL THEN LEAST(a1, b1) ELSE a1 END"
    return f"""
    SELECT * EXCLUDE (a0, a1, b0, b1),
      CASE WHEN spans THEN a0 END AS s0, CASE WHEN spans THEN {late} END AS s1,
      CASE WHEN spans THEN GREATEST(b0, a0) END AS e0,
      CASE WHEN spans THEN GREATEST(b1, {late}) END AS e1
    FROM (
      SELECT f.case_id, f.ord, f.concept, f.assertion, f.asserter,
        value_low, value_high, value_unit, COALESCE(value_open, FALSE) AS value_open, value_words,
        start_from, start_to, end_from, end_to, COALESCE(ongoing, FALSE) AS ongoing, therapy,
        therapy IS NOT NULL AS treated, COALESCE(therapy.taken, TRUE) AS taken,
        COALESCE(therapy.ended_because, '') AS reason, COALESCE(therapy.response, '') AS response,
        COALESCE(site, []) AS site, COALESCE(shown_by, []) AS shown_by,
        COALESCE(during, []) AS during, sources,
        COALESCE(list_has_any(marks, {doubted}), FALSE) AS doubted,
        COALESCE(c.kind, '') AS kind, COALESCE(c.above, [f.concept]) AS above,
        COALESCE(c.opposed_by, []) AS opposed_by,
        COALESCE(c.kind, '') <> 'request' AND (
            f.asserter IN {among(CLAIMS)} OR COALESCE(list_has_any(marks, {words}), FALSE)
        ) AS bare,
        CASE WHEN end_from IS NOT NULL THEN end_to ELSE start_to END AS newest,
        start_from IS NOT NULL OR end_from IS NOT NULL OR COALESCE(ongoing, FALSE) AS spans,
        COALESCE(start_from = end_from AND start_to = end_to, FALSE) AS one_day,
        CASE WHEN start_from IS NULL THEN {EVER} ELSE start_from END AS a0,
        CASE WHEN start_from IS NULL THEN {day} ELSE start_to END AS a1,
        CASE WHEN end_from IS NOT NULL THEN end_from WHEN COALESCE(ongoing, FALSE) THEN {day}
             WHEN start_from IS NULL THEN {EVER} ELSE start_from END AS b0,
        CASE WHEN end_from IS NOT NULL THEN end_to ELSE {day} END AS b1
      FROM {facts} f LEFT JOIN concept c USING (concept)
      WHERE f.concept IS NOT NULL AND (start_from IS NULL OR start_from <= {day}))
    """


SAID = among([a.value for a in SAYS_SO[""]])


def groups(as_of: date, year_before: date) -> str:
    """By case and group: whether anything of it is said, and when it happened (leaves.related)."""
    begin = f"DATE '{year_before}'"
    reach = f"""CASE
        WHEN assertion <> 'absent' THEN
          ({_not_after("s0", "s1", f"DATE '{as_of}'", f"DATE '{as_of}'")})
          AND ({_not_after(begin, begin, "e0", "e1")}) AND (NOT treated OR taken)
        WHEN kind IN {among(PERSISTENT)} THEN TRUE
        WHEN end_to < {begin} THEN FALSE
        ELSE start_from IS NULL
          OR (end_from IS NOT NULL AND NOT one_day AND start_to <= {begin}) END"""
    kin = "list_contains(y.above, x.concept) OR list_contains(x.above, y.concept)"
    return f"""
    SELECT case_id, group_no, said, never, n_happened, begun,
      CASE WHEN len(list_filter(begun, lambda x: x.s0 IS NULL)) > 0 THEN {EVER}
           ELSE list_min(list_transform(begun, lambda x: x.s0)) END AS first_from,
      COALESCE(list_min(list_transform(begun, lambda x: x.s1)), {NEVER}) AS first_to,
      COALESCE(list_max(list_transform(begun, lambda x: x.s0)), {EVER}) AS last_from,
      CASE WHEN len(list_filter(begun, lambda x: x.s0 IS NULL)) > 0 THEN {NEVER}
           ELSE list_max(list_transform(begun, lambda x: x.s1)) END AS last_to
    FROM (
      SELECT *, list_filter(happened, lambda x: NOT (x.open AND len(list_filter(happened,
          lambda y: y.course AND ({kin}))) > 0)) AS begun
      FROM (
        SELECT case_id, group_no,
          bool_or((narrow AND says AND NOT bare) OR (given AND denied)) AS said,
          bool_or(denied AND COALESCE(reach, FALSE)) AS never,
          count(*) FILTER (WHERE narrow AND says AND (NOT treated OR taken)) AS n_happened,
          COALESCE(list({{concept: concept, above: above, s0: s0, s1: s1, e0: e0, e1: e1,
            course: start_from IS NOT NULL AND NOT one_day,
            open: start_from IS NULL AND ongoing}})
            FILTER (WHERE narrow AND says AND (NOT treated OR taken) AND NOT given), [])
            AS happened
        FROM (
          SELECT *, ((wide AND assertion = 'absent') OR (opposed AND says)) AND NOT bare AS denied,
            {reach} AS reach
          FROM (SELECT s.*, g.* EXCLUDE (concept), assertion IN {SAID} AS says
                FROM shaped s JOIN group_concept g USING (concept)))
        GROUP BY case_id, group_no))
    """


# --- one row a fact and leaf ---------------------------------------------------------------


def related() -> str:
    """By fact and leaf: whether it stands in time as the leaf's relations ask."""
    never = "COALESCE(g.never, FALSE) OR r.silence"
    own = "s.s0 IS NULL"
    overlaps = _overlap("s.", "o.")
    place = f"""CASE r.kind
      WHEN 'before' THEN CASE WHEN {own} THEN NULL
        ELSE {_not_after("s.e0", "s.e1", "g.first_from", "g.first_to")} END
      WHEN 'after' THEN CASE WHEN {own} THEN NULL
        ELSE {_not_after("g.first_from", "g.first_to", "s.s0", "s.s1")} END
      WHEN 'since' THEN CASE WHEN {own} THEN NULL
        ELSE {_not_after("g.last_from", "g.last_to", "s.s0", "s.s1")} END
      ELSE {_some(f"list_transform(g.begun, lambda o: {overlaps})")} END"""
    return f"""
    SELECT case_id, ord, leaf, use, {_every("list(truth)")} AS truth
    FROM (
      SELECT s.case_id, s.ord, r.leaf, r.use, CASE
        WHEN list_has_any(s.during, r.narrow) THEN
          CASE r.kind WHEN 'during' THEN TRUE WHEN 'before' THEN FALSE END
        WHEN COALESCE(g.n_happened, 0) = 0 THEN
          CASE WHEN {never} THEN r.kind = 'before' END
        ELSE {place} END AS truth
      FROM shaped s JOIN leaf_concept lc USING (concept) JOIN relation r USING (leaf)
      LEFT JOIN groups g ON g.case_id = s.case_id AND g.group_no = r.group_no)
    GROUP BY case_id, ord, leaf, use
    """


def about(as_of: date) -> str:
    """By fact and leaf: what it says to the leaf, and each qualifier's truth (leaves._checks)."""
    day = f"DATE '{as_of}'"
    within = (
        f"({_not_after('s0', 's1', day, day)}) AND ({_not_after('since', 'since', 'e0', 'e1')})"
    )
    current = f"""CASE
      WHEN assertion = 'historical' OR reason <> '' THEN FALSE
      WHEN kind IN {among(THERAPIES)} AND end_from IS NOT NULL AND NOT ongoing THEN
        CASE WHEN one_day THEN CASE WHEN end_to < {day} THEN NULL ELSE TRUE END
             ELSE CASE WHEN end_to < {day} THEN FALSE END END
      WHEN newest IS NOT NULL OR ongoing THEN TRUE END"""
    lasted = _holds(
        "lasting_cuts",
        "CASE WHEN therapy.duration IS NOT NULL THEN therapy.duration.low "
        "ELSE GREATEST(e0 - s1, 0) END",
        "CASE WHEN therapy.duration IS NOT NULL THEN therapy.duration.high ELSE e1 - s0 END",
        "COALESCE(therapy.duration.open, FALSE)",
    )
    dosed = _holds(
        "dose_cuts", "therapy.dose.low", "therapy.dose.high", "COALESCE(therapy.dose.open, FALSE)"
    )
    ended = """CASE
      WHEN NOT treated THEN NULL
      WHEN because = '?' THEN NULL
      WHEN because = '' AND ongoing THEN CASE WHEN response = 'good' THEN FALSE END
      WHEN because = '' THEN NULL
      ELSE list_contains(ended, because) END"""
    denied = "(wide AND assertion = 'absent') OR (opposed AND say)"
    part = "narrow AND assertion = 'absent'"
    return f"""
    SELECT *,
      within AND rel AND cur AND lasted AND dosed AND stopped AND responded AND seen_so AND sited
        AND fits AS q0,
      COALESCE(within AND rel AND cur AND lasted AND dosed, FALSE) AND stopped IS NULL AND ongoing
        AND reason = '' AND response = '' AS goes_on,
      narrow AND say AND NOT bare AS present, narrow AND say AND bare AS claim,
      narrow AND assertion = 'possible' AS maybe_so,
      (wide OR narrow) AND assertion = 'not_documented' AS sought,
      denies AND NOT bare AND ({denied}) AS denial, denies AND NOT bare AND ({part}) AS partial
    FROM (
      SELECT *,
        CASE WHEN since IS NULL THEN TRUE ELSE {within} END AS within,
        CASE WHEN related THEN rel_truth ELSE TRUE END AS rel,
        CASE WHEN currently THEN {current} ELSE TRUE END AS cur,
        CASE WHEN lasting IS NULL THEN TRUE WHEN len(lasting_cuts) > 0 THEN {lasted} END AS lasted,
        CASE WHEN dose IS NULL THEN TRUE
             WHEN therapy.dose IS NOT NULL AND len(dose_cuts) > 0 THEN {dosed} END AS dosed,
        CASE WHEN ended IS NULL THEN TRUE ELSE {ended} END AS stopped,
        CASE WHEN wanted_response IS NULL THEN TRUE
             WHEN response <> '' THEN list_contains(wanted_response, response) END AS responded,
        CASE WHEN shown IS NULL OR list_has_any(shown_by, shown) THEN TRUE END AS seen_so,
        CASE WHEN wanted_site IS NULL THEN TRUE
             WHEN len(site) > 0 THEN list_has_any(site, wanted_site) END AS sited,
        NOT (adequate AND treated AND (COALESCE(NOT therapy.adequate, FALSE) OR NOT taken))
          AND NOT (treated AND NOT taken AND ended IS NULL) AS fits
      FROM (
        SELECT s.*, lc.* EXCLUDE (leaf, concept, narrow, wide, opposed),
          l.* EXCLUDE (response, site), l.response AS wanted_response, l.site AS wanted_site,
          narrow OR COALESCE(list_has_any(n.named, narrow_if), FALSE) AS narrow,
          wide OR COALESCE(list_has_any(n.named, wide_if), FALSE) AS wide,
          opposed OR COALESCE(list_has_any(n.named, opposed_if), FALSE) AS opposed,
          list_contains(l.says, assertion) AS say, rw.truth AS rel_truth, rv.truth AS base_truth,
          l.silence AND (l.given_group IS NULL OR COALESCE(g.said, FALSE)) AS closes,
          cv.cuts AS value_cuts, cd.cuts AS dose_cuts, cl.cuts AS lasting_cuts,
          CASE WHEN reason IN ('', 'completed') AND NOT list_contains(l.ended, 'completed') THEN
            CASE WHEN s.response IN ('none', 'lost') THEN 'no-response'
                 WHEN (reason <> '' AND s.response = '')
                   OR (s.response = 'partial' AND (reason <> '' OR ongoing)) THEN '?'
                 ELSE reason END ELSE reason END AS because
        FROM shaped s JOIN leaf_concept lc USING (concept) JOIN leaf l USING (leaf)
        LEFT JOIN named n ON n.case_id = s.case_id AND l.others
        LEFT JOIN groups g ON g.case_id = s.case_id AND g.group_no = l.given_group
        LEFT JOIN related rw ON rw.case_id = s.case_id AND rw.ord = s.ord AND rw.leaf = l.leaf
          AND rw.use = 'where'
        LEFT JOIN related rv ON rv.case_id = s.case_id AND rv.ord = s.ord AND rv.leaf = l.leaf
          AND rv.use = 'versus'
        LEFT JOIN cuts cv ON cv.bound = l.bound
          AND cv.unit = CASE WHEN change = 'percent' THEN '%' ELSE value_unit END
        LEFT JOIN cuts cd ON cd.bound = l.dose AND cd.unit = therapy.dose.unit
        LEFT JOIN cuts cl ON cl.bound = l.lasting AND cl.unit =
          CASE WHEN therapy.duration IS NOT NULL THEN therapy.duration.unit
               WHEN start_from IS NULL OR NOT (end_from IS NOT NULL OR ongoing)
                 OR (one_day AND NOT treated) THEN NULL
               ELSE 'd' END))
    """


REACHES = f"""CASE
  WHEN assertion <> 'absent' THEN COALESCE(q0, FALSE)
  WHEN NOT past OR kind IN {among(PERSISTENT)} THEN TRUE
  WHEN never THEN start_from IS NULL
  WHEN end_to < since THEN FALSE
  ELSE start_from IS NULL OR (end_from IS NOT NULL AND NOT one_day AND start_to <= since) END"""

SPEAKS = """CASE WHEN d.absent THEN list_contains({0}above, d.concept)
  ELSE list_contains({0}opposed_by, d.concept) END"""


def denials() -> str:
    """By case and leaf: what is said against it (leaves.about and leaves.reaches)."""
    return f"""
    SELECT case_id, leaf, list({{concept: concept, absent: assertion = 'absent', newest: newest,
        ever: start_from IS NULL}}) AS against,
      count(*) FILTER (WHERE denial) AS n_denied,
      len(list_distinct(flatten(list(covers) FILTER (WHERE denial)))) AS n_covered
    FROM about WHERE test = 'has' AND (denial OR partial) AND {REACHES}
    GROUP BY case_id, leaf
    """


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
    by_percent = _every(f"list_transform(percent, lambda c: {one})")
    by_number = _holds("value_cuts", difference, difference, "FALSE")
    ready = f"num AND base IS NOT NULL AND {exact}"
    truth = f"""CASE WHEN COALESCE(NOT ({ready} AND {same} AND {safe}), TRUE) THEN NULL
      WHEN change = 'difference' THEN CASE WHEN len(value_cuts) > 0 THEN {by_number} END
      WHEN base.low = 0 THEN NULL
      WHEN len(percent) > 0 THEN {by_percent} END"""
    unsure = f"""{ready} AND (NOT {same} OR NOT ({safe}) OR (change = 'percent' AND base.low <> 0
      AND len(list_filter(percent, lambda c: {near} AND NOT {equal})) > 0))"""
    return truth, unsure


# --- one word a leaf -----------------------------------------------------------------------


def judged() -> str:
    """By fact and leaf: whether it counts, and for a value whether it satisfies the bounds."""
    speaks = SPEAKS.format("")
    over = f"""currently AND newest IS NOT NULL AND assertion <> 'historical' AND reason = ''
      AND NOT (kind IN {among(THERAPIES)} AND end_from IS NOT NULL AND NOT ongoing)
      AND COALESCE(len(list_filter(against, lambda d: d.newest > newest AND {speaks})) > 0, FALSE)
    """
    change, unsure = _changed()
    number = _holds("value_cuts", "value_low", "value_high", "value_open")
    compared = f"""CASE WHEN test <> 'value' THEN NULL
      WHEN one_of IS NOT NULL THEN
        CASE WHEN value_words IS NOT NULL THEN list_contains(one_of, lower(value_words)) END
      WHEN versus IS NOT NULL THEN {change}
      WHEN NOT num THEN NULL WHEN bound IS NULL THEN TRUE
      WHEN len(value_cuts) > 0 THEN {number} END"""
    doubt = f"""CASE WHEN test <> 'value' THEN unsure
      WHEN one_of IS NOT NULL THEN COALESCE(strlen(value_words) <> length(value_words), FALSE)
      WHEN versus IS NOT NULL THEN COALESCE(base_unsure, FALSE) OR COALESCE({unsure}, FALSE)
      ELSE FALSE END"""
    settled = "cur IS FALSE OR lasted IS FALSE OR dosed IS FALSE OR stopped IS FALSE"
    open = "cur IS NULL OR lasted IS NULL OR dosed IS NULL OR stopped IS NULL OR responded IS NULL"
    return f"""
    SELECT *, present AND COALESCE(q, FALSE) AS met,
      present AND q IS NULL AND NOT (closes AND goes_on AND NOT over) AS open,
      {VALUED} AS valued,
      CASE WHEN q THEN FALSE
        WHEN within IS FALSE OR rel IS FALSE THEN FALSE
        WHEN q IS NULL THEN within IS NOT NULL AND rel IS NOT NULL AND ({open})
        ELSE over OR {settled} OR responded IS FALSE OR sited IS NOT FALSE END AS definite
    FROM (
      SELECT *, q0 AND NOT over AS q, {compared} AS cmp, {doubt} AS doubt
      FROM (
        SELECT a.*, d.against, d.n_denied, d.n_covered, b.base, b.unsure AS base_unsure,
          value_unit IS NOT NULL AND NOT doubted AS num, {over} AS over
        FROM about a
        LEFT JOIN denials d ON d.case_id = a.case_id AND d.leaf = a.leaf
        LEFT JOIN bases b ON b.case_id = a.case_id AND b.leaf = a.leaf))
    """


def words() -> str:
    """By case and leaf: one of `WORDS`, and whether the reference should be asked instead."""
    in_pool = "(times > 1 OR distinct_by <> '') AND (met OR open OR claim OR maybe_so)"
    place = "concat_ws('|', x.document, x.start, x.\"end\")"
    t, k = TURNED.format("pick"), SIZED.format("pick")
    member = MEMBER.format(sure="COALESCE(q, FALSE)", t=t, k=k, cmp="cmp")
    counting = "valued AND q IS NOT FALSE"
    sure = "valued AND q"
    return f"""
    SELECT case_id, leaf, COALESCE(unsure, FALSE) AS unsure,
      CASE WHEN test = 'has' THEN {_has_word()} ELSE {_value_word()} END AS word
    FROM (SELECT *, {_counted("met_pool", "n_met")} AS n_had,
        {_counted("pool", "n_met + n_open + n_claim + n_possible")} AS n_might,
        {_chosen("members", "pick", "first_t", "first_k")} AS chosen,
        doubt OR (pick IN ('lowest', 'highest') AND one_of IS NULL AND first_unit <> last_unit)
          OR (distinct_by = 'concept' AND len(list_distinct(flatten(list_transform(pool,
            lambda p: p.places)))) <> len(list_distinct(flatten(list_transform(pool,
            lambda p: list_transform(p.places, lambda x: concat(p.concept, '|', x))))))) AS unsure
    FROM (SELECT * REPLACE (
        CASE WHEN one_of IS NOT NULL AND pick IN ('lowest', 'highest') THEN 'latest' ELSE pick END
          AS pick,
        list_filter(pool, lambda x: x.tag <> 3 OR n_claim > 0) AS pool),
        list_filter(pool, lambda x: x.tag = 1) AS met_pool
    FROM (SELECT * REPLACE (
        CASE WHEN closes AND n_claim_other = 0 THEN 0 ELSE n_claim END AS n_claim)
    FROM (
      SELECT case_id, leaf, any_value(test) AS test, any_value(times) AS times,
        any_value(distinct_by) AS distinct_by, any_value(n_wanted) AS n_wanted,
        any_value(apart_days) AS apart_days, any_value(apart_months) AS apart_months,
        any_value(pick) AS pick, any_value(one_of) AS one_of, bool_or(closes) AS closes,
        bool_or(doubt AND (test = 'has' OR ({counting}))) AS doubt,
        count(*) FILTER (WHERE met) AS n_met, count(*) FILTER (WHERE open) AS n_open,
        count(*) FILTER (WHERE claim) AS n_claim,
        count(*) FILTER (WHERE claim AND asserter <> 'payer') AS n_claim_other,
        count(*) FILTER (WHERE maybe_so) AS n_possible, count(*) FILTER (WHERE sought) AS n_sought,
        count(*) FILTER (WHERE present) AS n_present,
        len(list_distinct(list(concept) FILTER (WHERE present AND definite AND own))) AS n_wrong,
        COALESCE(any_value(n_denied), 0) AS n_denied,
        COALESCE(any_value(n_covered), 0) AS n_covered,
        any_value(against) AS against,
        list({{concept: concept, above: above, opposed_by: opposed_by, newest: newest,
          lasts: kind IN {among(PERSISTENT)}}}) FILTER (WHERE met AND against IS NOT NULL)
          AS had,
        COALESCE(list({{tag: CASE WHEN met THEN 1 WHEN open THEN 2 WHEN claim THEN 3 ELSE 4 END,
          concept: concept, above: above, classes: classes,
          n: CASE WHEN value_unit = '{{count}}' THEN trunc(value_low)::BIGINT END,
          a: CASE WHEN start_from IS NOT NULL THEN start_from ELSE end_from END,
          b: CASE WHEN start_from IS NOT NULL THEN start_to ELSE end_to END,
          places: list_transform(list_filter(COALESCE(sources, []),
            lambda x: x.start IS NOT NULL AND x."end" IS NOT NULL), lambda x: {place})
          }}) FILTER (WHERE {in_pool}), []) AS pool,
        count(*) FILTER (WHERE valued) AS n_valued,
        count(*) FILTER (WHERE claim AND (value_unit IS NOT NULL OR value_words IS NOT NULL))
          AS n_claim_valued,
        count(*) FILTER (WHERE {counting}) AS n_counting, count(*) FILTER (WHERE {sure}) AS n_sure,
        count(*) FILTER (WHERE {sure} AND num) AS n_sure_num,
        count(*) FILTER (WHERE {sure} AND cmp) AS sure_yes,
        count(*) FILTER (WHERE {sure} AND NOT cmp) AS sure_no,
        count(*) FILTER (WHERE {counting} AND cmp) AS may_yes,
        count(*) FILTER (WHERE {counting} AND NOT cmp) AS may_no,
        min({t}) FILTER (WHERE {sure}) AS first_t, min({k}) FILTER (WHERE {sure} AND num)
          AS first_k,
        min(value_unit) FILTER (WHERE {counting} AND num) AS first_unit,
        max(value_unit) FILTER (WHERE {counting} AND num) AS last_unit,
        COALESCE(list({member}) FILTER (WHERE {counting} AND pick NOT IN ('any', 'every')), [])
          AS members
      FROM judged GROUP BY case_id, leaf))))
    """


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


def statements(facts: str, as_of: date, year_before: date) -> dict[str, str]:
    """Temporary tables to be made in this order; the last, `word`, holds by case and leaf, where
    anything bears on it, its word, and whether SQL is unsure."""
    relevant = (
        f"(SELECT * FROM {facts} WHERE concept IN (SELECT concept FROM leaf_concept "
        "UNION SELECT concept FROM group_concept))"
    )
    steps = {
        "named": "SELECT case_id, list(DISTINCT concept) AS named FROM shaped GROUP BY case_id",
        "cuts": "SELECT bound, unit, list({upper: upper, inclusive: inclusive, edge: edge, "
        "beyond: beyond} ORDER BY i) AS cuts FROM cut GROUP BY bound, unit",
        "related": related(),
        "about": about(as_of),
        "denials": denials(),
        "bases": bases(),
        "judged": judged(),
    }
    named = ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in steps.items())
    return {
        "shaped": shaped(relevant, as_of),
        "groups": groups(as_of, year_before),
        "word": f"WITH {named} {words()}",
    }
