"""What each fact says to each leaf, as SQL (leaves.py, timing.py): one row a fact, then one a fact
and leaf, with every qualifier's truth."""

from __future__ import annotations

from datetime import date

from indicated.judge.compare import DOUBTED
from indicated.judge.leaves import CLAIMS, LABELS_ONLY, PERSISTENT, SAYS_SO, THERAPIES
from indicated.judge.sql import (
    EVER,
    NEVER,
    Uses,
    among,
    every,
    holds,
    listed,
    not_after,
    overlap,
    some,
)

# --- one row a fact ------------------------------------------------------------------------

# Where the words of a fact stand; none where no place is known.
PLACES = """CASE WHEN len(sources) > 0 THEN NULLIF(list_transform(list_filter(sources,
    lambda x: x.start IS NOT NULL AND x."end" IS NOT NULL),
    lambda x: concat_ws('|', x.document, x.start, x."end")), []) END"""


def shaped(facts: str, as_of: date, uses: Uses) -> str:
    """The facts seen on the day, each with its span in time, its kind and its standing. What is
    heavy to carry along (words of a source, amounts of a therapy) is there where a leaf asks."""
    day = f"DATE '{as_of}'"
    words = listed([m.value for m in LABELS_ONLY])
    doubted = listed([m.value for m in DOUBTED])
    late = "CASE WHEN start_from IS NULL THEN LEAST(a1, b1) ELSE a1 END"
    amounts = uses("dose", "therapy,") or uses("lasting", "therapy,")
    during = "COALESCE(during, []) AS during,"
    more = " ".join(
        [
            uses("site", "COALESCE(site, []) AS site,"),
            uses("shown", "COALESCE(shown_by, []) AS shown_by,"),
            uses("related", during) or uses("versus_related", during),
            uses("distinct concept", f"{PLACES} AS places,"),
        ]
    )
    return f"""
    SELECT * EXCLUDE (a0, a1, b0, b1),
      CASE WHEN spans THEN a0 END AS s0, CASE WHEN spans THEN {late} END AS s1,
      CASE WHEN spans THEN GREATEST(b0, a0) END AS e0,
      CASE WHEN spans THEN GREATEST(b1, {late}) END AS e1
    FROM (
      SELECT p.n AS case_id, f.ord, f.concept, f.assertion, f.asserter,
        value_low, value_high, value_unit, COALESCE(value_open, FALSE) AS value_open, value_words,
        start_from, start_to, end_from, end_to, COALESCE(ongoing, FALSE) AS ongoing, {amounts}
        therapy IS NOT NULL AS treated, COALESCE(NOT therapy.adequate, FALSE) AS too_little,
        COALESCE(therapy.taken, TRUE) AS taken,
        COALESCE(therapy.ended_because, '') AS reason, COALESCE(therapy.response, '') AS response,
        {more}
        COALESCE(list_has_any(marks, {doubted}), FALSE) AS doubted,
        COALESCE(c.kind, '') AS kind,
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
      FROM {facts} f JOIN numbered p ON p.case_id = f.case_id
      LEFT JOIN concept c ON c.concept = f.concept
      WHERE f.concept IS NOT NULL AND (start_from IS NULL OR start_from <= {day}))
    """


# Whom a concept is kin to, of a row k of `concept` and a fact s.
KIN = "COALESCE(k.above, [s.concept]) AS above, COALESCE(k.opposed_by, []) AS opposed_by"
SAID = among([a.value for a in SAYS_SO[""]])


def groups(as_of: date, year_before: date) -> str:
    """By case and group: whether anything of it is said, and when it happened (leaves.related)."""
    begin = f"DATE '{year_before}'"
    reach = f"""CASE
        WHEN assertion <> 'absent' THEN
          ({not_after("s0", "s1", f"DATE '{as_of}'", f"DATE '{as_of}'")})
          AND ({not_after(begin, begin, "e0", "e1")}) AND (NOT treated OR taken)
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
          FROM (SELECT s.*, g.* EXCLUDE (concept), assertion IN {SAID} AS says, {KIN}
                FROM shaped s JOIN group_concept g USING (concept)
                LEFT JOIN concept k ON k.concept = s.concept))
        GROUP BY case_id, group_no))
    """


# --- one row a fact and leaf ---------------------------------------------------------------


def related() -> str:
    """By fact and leaf: whether it stands in time as the leaf's relations ask."""
    never = "COALESCE(g.never, FALSE) OR r.silence"
    own = "s.s0 IS NULL"
    overlaps = overlap("s.", "o.")
    place = f"""CASE r.kind
      WHEN 'before' THEN CASE WHEN {own} THEN NULL
        ELSE {not_after("s.e0", "s.e1", "g.first_from", "g.first_to")} END
      WHEN 'after' THEN CASE WHEN {own} THEN NULL
        ELSE {not_after("g.first_from", "g.first_to", "s.s0", "s.s1")} END
      WHEN 'since' THEN CASE WHEN {own} THEN NULL
        ELSE {not_after("g.last_from", "g.last_to", "s.s0", "s.s1")} END
      ELSE {some(f"list_transform(g.begun, lambda o: {overlaps})")} END"""
    return f"""
    SELECT case_id, ord, leaf, use, {every("list(truth)")} AS truth
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


# What a leaf asks for -> where it is looked up.
JOINS = {
    "currently": "LEFT JOIN concept k ON k.concept = s.concept",
    "others": "LEFT JOIN named n ON n.case_id = s.case_id AND l.others",
    "given_group": "LEFT JOIN groups g ON g.case_id = s.case_id AND g.group_no = l.given_group",
    "related": "LEFT JOIN related rw ON rw.case_id = s.case_id AND rw.ord = s.ord "
    "AND rw.leaf = l.leaf AND rw.use = 'where'",
    "versus_related": "LEFT JOIN related rv ON rv.case_id = s.case_id AND rv.ord = s.ord "
    "AND rv.leaf = l.leaf AND rv.use = 'versus'",
    "bound": "LEFT JOIN cuts c_bound ON c_bound.bound = l.bound "
    "AND c_bound.unit = CASE WHEN change = 'percent' THEN '%' ELSE value_unit END",
    "dose": "LEFT JOIN cuts c_dose ON c_dose.bound = l.dose AND c_dose.unit = therapy.dose.unit",
    "lasting": "LEFT JOIN cuts c_lasting ON c_lasting.bound = l.lasting AND c_lasting.unit = "
    "CASE WHEN therapy.duration IS NOT NULL THEN therapy.duration.unit "
    "WHEN start_from IS NULL OR NOT (end_from IS NOT NULL OR ongoing) "
    "OR (one_day AND NOT treated) THEN NULL ELSE 'd' END",
}


def about(as_of: date, uses: Uses) -> str:
    """By fact and leaf: what it says to the leaf, and each qualifier's truth (leaves._checks)."""
    day = f"DATE '{as_of}'"
    within = f"({not_after('s0', 's1', day, day)}) AND ({not_after('since', 'since', 'e0', 'e1')})"
    current = f"""CASE
      WHEN assertion = 'historical' OR reason <> '' THEN FALSE
      WHEN kind IN {among(THERAPIES)} AND end_from IS NOT NULL AND NOT ongoing THEN
        CASE WHEN one_day THEN CASE WHEN end_to < {day} THEN NULL ELSE TRUE END
             ELSE CASE WHEN end_to < {day} THEN FALSE END END
      WHEN newest IS NOT NULL OR ongoing THEN TRUE END"""
    lasted = holds(
        "lasting_cuts",
        "CASE WHEN therapy.duration IS NOT NULL THEN therapy.duration.low "
        "ELSE GREATEST(e0 - s1, 0) END",
        "CASE WHEN therapy.duration IS NOT NULL THEN therapy.duration.high ELSE e1 - s0 END",
        "COALESCE(therapy.duration.open, FALSE)",
    )
    dosed = holds(
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
    each = {
        ("within", "since"): f"CASE WHEN since IS NULL THEN TRUE ELSE {within} END",
        ("rel", "related"): "CASE WHEN related THEN rel_truth ELSE TRUE END",
        ("cur", "currently"): f"CASE WHEN currently THEN {current} ELSE TRUE END",
        ("lasted", "lasting"): "CASE WHEN lasting IS NULL THEN TRUE "
        f"WHEN len(lasting_cuts) > 0 THEN {lasted} END",
        ("dosed", "dose"): "CASE WHEN dose IS NULL THEN TRUE "
        f"WHEN therapy.dose IS NOT NULL AND len(dose_cuts) > 0 THEN {dosed} END",
        ("stopped", "ended"): f"CASE WHEN ended IS NULL THEN TRUE ELSE {ended} END",
        ("responded", "response"): "CASE WHEN wanted_response IS NULL THEN TRUE "
        "WHEN response <> '' THEN list_contains(wanted_response, response) END",
        ("seen_so", "shown"): "CASE WHEN shown IS NULL OR list_has_any(shown_by, shown) THEN TRUE "
        "END",
        ("sited", "site"): "CASE WHEN wanted_site IS NULL THEN TRUE "
        "WHEN len(site) > 0 THEN list_has_any(site, wanted_site) END",
    }
    flags = ", ".join(
        name
        + uses("others", f" OR COALESCE(list_has_any(n.named, {name}_if), FALSE)")
        + f" AS {name}"
        for name in ("narrow", "wide", "opposed")
    )
    said = "COALESCE(g.said, FALSE)"
    cuts = ", ".join(
        f"{uses(asked, f'c_{asked}.cuts', '[]')} AS {name}_cuts"
        for name, asked in (("value", "bound"), ("dose", "dose"), ("lasting", "lasting"))
    )
    joins = " ".join(uses(asked, join) for asked, join in JOINS.items())
    checks = ", ".join(
        f"{uses(asked, truth, 'TRUE')} AS {name}" for (name, asked), truth in each.items()
    )
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
        {checks},
        NOT (adequate AND treated AND (too_little OR NOT taken))
          AND NOT (treated AND NOT taken AND ended IS NULL) AS fits
      FROM (
        SELECT s.*, lc.* EXCLUDE (leaf, concept, narrow, wide, opposed),
          l.* EXCLUDE (response, site), l.response AS wanted_response, l.site AS wanted_site,
          {flags}, {uses("currently", KIN + ",")} list_contains(l.says, assertion) AS say,
          {uses("related", "rw.truth", "TRUE")} AS rel_truth,
          {uses("versus_related", "rv.truth", "TRUE")} AS base_truth,
          l.silence AND (l.given_group IS NULL OR {uses("given_group", said, "FALSE")}) AS closes,
          {cuts},
          CASE WHEN reason IN ('', 'completed') AND NOT list_contains(l.ended, 'completed') THEN
            CASE WHEN s.response IN ('none', 'lost') THEN 'no-response'
                 WHEN (reason <> '' AND s.response = '')
                   OR (s.response = 'partial' AND (reason <> '' OR ongoing)) THEN '?'
                 ELSE reason END ELSE reason END AS because
        FROM shaped s JOIN leaf_concept lc USING (concept) JOIN leaf l USING (leaf)
        {joins}))
    """


REACHES = f"""CASE
  WHEN assertion <> 'absent' THEN COALESCE(q0, FALSE)
  WHEN NOT past OR kind IN {among(PERSISTENT)} THEN TRUE
  WHEN never THEN start_from IS NULL
  WHEN end_to < since THEN FALSE
  ELSE start_from IS NULL OR (end_from IS NOT NULL AND NOT one_day AND start_to <= since) END"""

# Whether what is said against it, d, speaks of a concept with these kin.
SPEAKS = """CASE WHEN d.absent THEN list_contains({above}, d.concept)
  ELSE list_contains({opposed_by}, d.concept) END"""


def against() -> str:
    """What is said against a leaf, one row a fact (leaves.about and leaves.reaches)."""
    return f"""
    SELECT case_id, leaf, ord, concept, assertion = 'absent' AS absent, newest,
      start_from IS NULL AS ever, denial, covers
    FROM about WHERE test = 'has' AND (denial OR partial) AND {REACHES}
    """


def denials(uses: Uses) -> str:
    """The same by case and leaf: how much is denied of what is asked for."""
    listed = "list({concept: concept, absent: absent, newest: newest}) AS against,"
    return f"""
    SELECT case_id, leaf, {uses("currently", listed)} count(*) FILTER (WHERE denial) AS n_denied,
      len(list_distinct(flatten(list(covers) FILTER (WHERE denial)))) AS n_covered
    FROM against GROUP BY case_id, leaf
    """
