"""A case's facts folded into one word per leaf, as SQL: the statements, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from indicated.judge.leaves import THERAPIES
from indicated.judge.sql import Uses, among, holds
from indicated.judge.sql_about import SPEAKS, about, against, denials, groups, related, shaped
from indicated.judge.sql_has import beneath, has_words, of_each_concept
from indicated.judge.sql_values import VALUED, bases, changed, value_words


def judged(uses: Uses) -> str:
    """By fact and leaf: whether it counts, and for a value whether it satisfies the bounds."""
    speaks = SPEAKS.format(above="above", opposed_by="opposed_by")
    over = f"""currently AND newest IS NOT NULL AND assertion <> 'historical' AND reason = ''
      AND NOT (kind IN {among(THERAPIES)} AND end_from IS NOT NULL AND NOT ongoing)
      AND COALESCE(len(list_filter(against, lambda d: d.newest > newest AND {speaks})) > 0, FALSE)
    """
    over = uses("currently", over, "FALSE")
    change, unsure = changed()
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
    of_values = "num, cmp, value_low, value_high, value_unit, value_words, pick,"
    return f"""
    SELECT case_id, leaf, ord, concept, test, closes, doubt, q, claim, asserter, maybe_so, sought,
      present, own, newest, {uses("value", of_values)}
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
        SELECT a.*, {uses("currently", "d.against,")}
          {uses("versus", "b.base, b.unsure AS base_unsure,")}
          value_unit IS NOT NULL AND NOT doubted AS num, {over} AS over
        FROM about a
        {uses("currently", "LEFT JOIN denials d ON d.case_id = a.case_id AND d.leaf = a.leaf")}
        {uses("versus", "LEFT JOIN bases b ON b.case_id = a.case_id AND b.leaf = a.leaf")}))
    """


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
    word = (uses("has", has_words(uses)), uses("value", value_words()))
    steps = {
        "numbered": cases,
        "shaped": shaped(relevant, as_of, uses),
        "groups": groups(as_of, year_before),
        "named": uses("others", named),
        "cuts": cuts,
        "related": related_to,
        "against": f"{of_facts} {against()}",
        "denials": denials(uses),
        "bases": uses("versus", f"{of_facts} {bases()}"),
        "judged": f"{of_facts} {judged(uses)}",
        "of_each_concept": uses("distinct concept", of_each_concept()),
        "beneath": uses("distinct concept", beneath()),
        "word": " UNION ALL ".join(filter(None, word)),
    }
    return {name: text for name, text in steps.items() if text}
