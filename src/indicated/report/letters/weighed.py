"""The criteria of a determination as they are weighed: one by one, for or against the request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indicated.model import Determination, Fact, Finding
from indicated.report.letters.parts import deciding
from indicated.truth import Truth, negate

MOST_OPEN = 4  # things to send that are named for one criterion


@dataclass(frozen=True)
class Held:
    """A criterion as the determination weighs it, and whether it speaks for the request."""

    group: str
    finding: Finding
    speaks: Truth


def weighed(d: Determination) -> Iterator[Held]:
    """The criteria as they are weighed: each one of a way to qualify (of those that are met, where
    any is), each exclusion, each requirement, each that only supports."""
    for group, finding in (*deciding(d), *(("supporting", f) for f in d.supporting)):
        if group == "exclusions":
            yield Held(group, finding, negate(finding.truth))
        elif group in ("routes", "exceptions"):
            yield from (Held(group, part, part.truth) for part in finding.parts or (finding,))
        else:
            yield Held(group, finding, finding.truth)


def facts_below(finding: Finding) -> list[Fact]:
    """The facts that were looked at, each once; of a whole that is not met, those by which."""
    leaves = finding.leaves()
    same = [leaf for leaf in leaves if leaf.truth is finding.truth and leaf.facts]
    return list(dict.fromkeys(f for leaf in same or leaves for f in leaf.facts))


def open_leaves(d: Determination, finding: Finding) -> list[Finding]:
    """What is missing below a finding, as the determination asks for it."""
    wanted = {m.id for m in d.missing if m.ask}
    return [leaf for leaf in finding.leaves() if leaf.id in wanted][:MOST_OPEN]
