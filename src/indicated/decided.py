"""Why it came out so, in a line for a policy's author: the criteria that decided, and what is open.

Readers get an article; this is for who has just seen a worked example come out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicated.model import Determination, Finding, Outcome
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth


def decided(d: Determination) -> str:
    """The criteria on which an outcome rests, each as it was found; supporting ones never do."""
    ways = (*d.routes, *d.exceptions)
    if excluded := _of(d.exclusions, MET):
        return _listed(excluded)
    if d.outcome is Outcome.NOT_INDICATED:
        return _listed([p for way in ways for p in _of(way.parts, NOT_MET)])
    met = [f"{way.id}: all met" for way in _of(ways, MET)]
    if d.outcome is Outcome.CONDITIONAL:
        lacking = [r for r in d.requirements if r.truth is not MET]
        return _listed(lacking if met else _open(d.exceptions), *met)
    dose = [f"dose: {d.dose.truth.value}"] if d.dose and d.dose.truth is not MET else []
    if d.outcome is Outcome.CANNOT_DETERMINE:
        return _listed(_open([*([] if met else ways), *d.exclusions]), *met, *dose)
    return _listed([], *met, *dose) or d.because


def stands(finding: Finding) -> str:
    """How a criterion was found, and why."""
    why = reason(finding)
    return f"{finding.id}: {finding.truth.value}" + (f" ({why})" if why else "")


def reason(finding: Finding) -> str:
    """Why a criterion was found so; of one put together that is open, what is unsaid below it."""
    return finding.why or (_listed(_open([finding])) if finding.parts else "")


def each(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Every finding with all of its parts, in order."""
    for finding in findings:
        yield finding
        yield from each(finding.parts)


def _of(findings: Sequence[Finding], truth: Truth) -> list[Finding]:
    return [f for f in findings if f.truth is truth]


def _open(findings: Sequence[Finding]) -> list[Finding]:
    """The leaves that keep these findings open, none under a branch that is decided already."""
    return [leaf for f in _of(findings, UNKNOWN) for leaf in (_open(f.parts) if f.parts else [f])]


def _listed(findings: Sequence[Finding], *more: str) -> str:
    return "; ".join(dict.fromkeys([*map(stands, findings), *more]))
