"""What a criterion is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indicated.model import Concepts, Fact


@dataclass(frozen=True)
class Record:
    """What a criterion is judged on: the facts seen on `as_of`, and the site of the part judged.

    `scoping` is for the choice of a policy alone: there one mention is enough, and a contradiction
    is for the policy to judge.
    """

    facts: tuple[Fact, ...]
    concepts: Concepts
    as_of: date
    site: frozenset[str] = frozenset()
    scoping: bool = False

    @classmethod
    def seen(
        cls,
        facts: Sequence[Fact],
        concepts: Concepts,
        as_of: date,
        site: frozenset[str] = frozenset(),
    ) -> Record:
        """Only what can have been known on `as_of`: facts that begin later are not seen."""
        known = tuple(f for f in facts if f.when.start is None or f.when.start.earliest <= as_of)
        return cls(known, concepts, as_of, site)
