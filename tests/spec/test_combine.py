"""`all`, `any`, `none` and `at_least`: combinations of criteria, in three values."""

from __future__ import annotations

from collections.abc import Callable

Decide = Callable[..., None]


def test_all_of_several(decide: Decide) -> None:
    """One that is not met decides, whatever is unknown."""
    decide(
        "all: [{has: diabetes}, {has: fever}]",
        table="""
        name            | facts                                          | finding
        both            | diabetes @ 2025-05-01; fever @ 2025-05-01      | met
        one silent      | diabetes @ 2025-05-01                          | unknown
        one denied      | diabetes @ 2025-05-01; no fever @ 2025-05-01   | not met
        denied, silent  | no fever @ 2025-05-01                          | not met
        both silent     |                                                | unknown
    """,
    )


def test_any_of_several(decide: Decide) -> None:
    """One that is met decides; it is not met only when every one is known not to be."""
    decide(
        "any: [{has: diabetes}, {has: fever}]",
        table="""
        name            | facts                                          | finding
        one             | diabetes @ 2025-05-01                          | met
        denied, silent  | no fever @ 2025-05-01                          | unknown
        both denied     | no diabetes @ 2025-05-01; no fever @ 2025-05-01 | not met
        both silent     |                                                | unknown
    """,
    )


def test_none_of_several(decide: Decide) -> None:
    """Silence is not enough to rule out."""
    decide(
        "none: [{has: diabetes}, {has: fever}]",
        table="""
        name            | facts                                          | finding
        both denied     | no diabetes @ 2025-05-01; no fever @ 2025-05-01 | met
        one present     | diabetes @ 2025-05-01                          | not met
        one silent      | no diabetes @ 2025-05-01                       | unknown
        both silent     |                                                | unknown
    """,
    )


def test_at_least_n_of_several(decide: Decide) -> None:
    """Not met only when even the unknown ones could not make up the number."""
    decide(
        "{at_least: 2, of: [{has: diabetes}, {has: fever}, {has: pneumonia}]}",
        table="""
        name            | facts                                               | finding
        two             | diabetes; fever @ 2025-05-01                        | met
        one of three    | diabetes                                            | unknown
        two denied      | no diabetes @ 2025-05-01; no fever @ 2025-05-01     | not met
        one and a no    | diabetes; no fever @ 2025-05-01                     | unknown
        silent          |                                                     | unknown
    """,
    )


def test_combinations_of_combinations(decide: Decide) -> None:
    """A closed world inside a combination stays where it is."""
    decide(
        """
        all:
          - has: diabetes
          - none: [{has: fever, silence: absent, because: Any chart would mention it.}]
    """,
        table="""
        name            | facts                                | finding
        silent on fever | diabetes                             | met
        fever           | diabetes; fever @ 2025-05-01         | not met
        all silent      |                                      | unknown
    """,
    )
