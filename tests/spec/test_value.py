"""`value`: a number compared. Which number counts, and what an unknown date or unit does to it."""

from __future__ import annotations

from collections.abc import Callable

Decide = Callable[..., None]


def test_bounds_and_their_edges(decide: Decide) -> None:
    """No measurement is not a low measurement."""
    decide(
        "{value: ahi, at_least: 15 events/h}",
        table="""
        name       | facts                              | finding
        above      | ahi = 22 events/h @ 2025-03-01     | met
        edge       | ahi = 15 events/h @ 2025-03-01     | met
        below      | ahi = 14.9 events/h @ 2025-03-01   | not met
        silent     |                                    | unknown: silent
        a limit    | ahi = < 15 events/h @ 2025-03-01   | not met
        a range    | ahi = 10-20 events/h @ 2025-03-01  | unknown: incomplete
        high range | ahi = 15-20 events/h @ 2025-03-01  | met
        no number  | ahi @ 2025-03-01                   | unknown: incomplete
        claimed    | letter ahi = 22 events/h           | unknown: claimed_only
        sought     | undocumented ahi @ 2025-03-01      | unknown: sought_and_absent
    """,
    )
    decide(
        "{value: igg, below: 400 mg/dL}",
        table="""
        name       | facts                              | finding
        below      | igg = 399 mg/dL @ 2025-03-01       | met
        edge       | igg = 400 mg/dL @ 2025-03-01       | not met
        limit      | igg = < 400 mg/dL @ 2025-03-01     | met
        over limit | igg = > 400 mg/dL @ 2025-03-01     | not met
    """,
    )
    decide(
        "{value: igg, between: [400 mg/dL, 700 mg/dL]}",
        table="""
        name       | facts                              | finding
        low end    | igg = 400 mg/dL @ 2025-03-01       | met
        high end   | igg = 700 mg/dL @ 2025-03-01       | met
        outside    | igg = 701 mg/dL @ 2025-03-01       | not met
    """,
    )


def test_units(decide: Decide) -> None:
    """Units convert only within their kind; a missing or impossible unit is never corrected."""
    decide(
        "{value: igg, below: 400 mg/dL}",
        table="""
        name        | facts                                            | finding
        g/L         | igg = 3.9 g/L @ 2025-03-01                       | met
        g/L above   | igg = 4.9 g/L @ 2025-03-01                       | not met
        molar       | igg = 20 umol/L @ 2025-03-01                     | met
        no unit     | unit-missing igg = 3.9 @ 2025-03-01              | unknown: incomplete
        impossible  | unit-impossible igg = 3.9 mg/dL @ 2025-03-01     | unknown: incomplete
        foreign     | igg = 3.9 kg @ 2025-03-01                        | unknown: incomplete
    """,
    )


def test_which_value_counts(decide: Decide) -> None:
    """Latest by default. Where a date leaves it open, every value that might count must agree."""
    decide(
        "{value: igg, below: 400 mg/dL}",
        table="""
        name           | facts                                                        | finding
        latest low     | igg = 500 mg/dL @ 2025-01-01; igg = 300 mg/dL @ 2025-03-01   | met
        latest high    | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | not met
        same day       | igg = 300 mg/dL @ 2025-03-01; igg = 500 mg/dL @ 2025-03-01   | unknown: disputed
        undated rival  | igg = 300 mg/dL; igg = 500 mg/dL @ 2025-03-01                | unknown: incomplete
        undated agrees | igg = 300 mg/dL; igg = 310 mg/dL @ 2025-03-01                | met
        only undated   | igg = 300 mg/dL                                              | met
        after as-of    | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-09-01   | met
    """,
    )
    decide(
        "{value: igg, pick: earliest, below: 400 mg/dL}",
        table="""
        name           | facts                                                        | finding
        earliest low   | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | met
    """,
    )
    decide(
        "{value: igg, pick: lowest, below: 400 mg/dL}",
        table="""
        name           | facts                                                        | finding
        one low        | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | met
        mixed units    | igg = 3 g/L @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01       | met
        none low       | igg = 450 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | not met
    """,
    )
    decide(
        "{value: igg, pick: highest, at_least: 500 mg/dL}",
        table="""
        name           | facts                                                        | finding
        one high       | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | met
        none high      | igg = 300 mg/dL @ 2025-01-01; igg = 499 mg/dL @ 2025-03-01   | not met
    """,
    )
    decide(
        "{value: igg, pick: any, below: 400 mg/dL, within: 6 months}",
        table="""
        name           | facts                                                        | finding
        one inside     | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | met
        low but stale  | igg = 300 mg/dL @ 2023-01-01; igg = 500 mg/dL @ 2025-03-01   | not met
        low, undated   | igg = 300 mg/dL; igg = 500 mg/dL @ 2025-03-01                | unknown: incomplete
        all stale      | igg = 300 mg/dL @ 2023-01-01                                 | unknown: incomplete
    """,
    )
    decide(
        "{value: igg, pick: every, below: 400 mg/dL}",
        table="""
        name           | facts                                                        | finding
        all low        | igg = 300 mg/dL @ 2025-01-01; igg = 310 mg/dL @ 2025-03-01   | met
        one high       | igg = 300 mg/dL @ 2025-01-01; igg = 500 mg/dL @ 2025-03-01   | not met
    """,
    )


def test_a_value_on_treatment_is_no_baseline(decide: Decide) -> None:
    """A baseline was drawn before the first dose. On treatment it is a trough."""
    decide(
        "{value: igg, before: infusion, below: 400 mg/dL}",
        table="""
        name             | facts                                                           | finding
        before           | igg = 300 mg/dL @ 2025-01-01; infusion @ 2025-02-01..           | met
        first-dose day   | igg = 300 mg/dL @ 2025-02-01; infusion @ 2025-02-01..           | met
        after            | igg = 300 mg/dL @ 2025-03-01; infusion @ 2025-02-01..           | unknown: incomplete
        start not said   | igg = 300 mg/dL @ 2025-03-01; infusion @ ..                     | unknown: incomplete
        start said once  | igg = 300 mg/dL @ 2025-01-01; infusion @ 2025-02-01..; infusion @ .. | met
        one dose dated   | igg = 300 mg/dL @ 2025-01-01; infusion @ 2025-02-01; infusion @ ..   | unknown: incomplete
        called a trough  | igg = 300 mg/dL @ 2025-01-01 during:infusion; infusion @ ..     | unknown: incomplete
        never given      | igg = 300 mg/dL @ 2025-03-01; no infusion @ ..2025-05-01        | met
        not on it now    | igg = 300 mg/dL @ 2025-03-01; no infusion @ 2025-05-01          | unknown: incomplete
        infusion unsaid  | igg = 300 mg/dL @ 2025-03-01                                    | unknown: incomplete
        planned only     | igg = 300 mg/dL @ 2025-03-01; planned infusion                  | unknown: incomplete
    """,
    )
    decide(
        """
        {value: igg, below: 400 mg/dL,
         before: {concept: infusion, silence: absent, because: A first request.}}
    """,
        table="""
        name             | facts                                                           | finding
        infusion unsaid  | igg = 300 mg/dL @ 2025-03-01                                    | met
        undated, unsaid  | igg = 300 mg/dL                                                 | met
        start not said   | igg = 300 mg/dL @ 2025-03-01; infusion @ ..                     | unknown: incomplete
    """,
    )


def test_change_from_a_baseline(decide: Decide) -> None:
    """A fall is negative; without a baseline there is no change."""
    decide(
        """
        {value: ahi, pick: latest, during: infusion, at_most: -7 events/h,
         versus: {pick: latest, before: infusion, as: difference}}
    """,
        table="""
        name        | facts                                                                                   | finding
        fell by 17  | ahi = 26 events/h @ 2025-01-01; ahi = 9 events/h @ 2025-05-01; infusion @ 2025-02-01.. | met
        fell by 6   | ahi = 26 events/h @ 2025-01-01; ahi = 20 events/h @ 2025-05-01; infusion @ 2025-02-01.. | not met
        no baseline | ahi = 9 events/h @ 2025-05-01; infusion @ 2025-02-01..                                 | unknown: incomplete
    """,
    )
    decide(
        """
        {value: weight, pick: latest, at_most: -5 %, versus: {pick: earliest, as: percent}}
    """,
        table="""
        name        | facts                                                   | finding
        5 percent   | weight = 100 kg @ 2025-01-01; weight = 95 kg @ 2025-05-01 | met
        4 percent   | weight = 100 kg @ 2025-01-01; weight = 96 kg @ 2025-05-01 | not met
    """,
    )


def test_words(decide: Decide) -> None:
    """Some values are words."""
    decide(
        "{value: grade, one_of: [moderate, severe]}",
        table="""
        name     | facts                                                 | finding
        moderate | grade = moderate @ 2025-05-01                         | met
        mild     | grade = mild @ 2025-05-01                             | not met
        worse    | grade = mild @ 2025-04-01; grade = severe @ 2025-05-01 | met
        silent   |                                                       | unknown: silent
    """,
    )
