"""The outcome table and the leaning: truths in, one of six words out. No facts are looked at here.

Works on findings alone, so that every engine shares it, and so that "what if this were answered"
is the same table with some answers assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicated.judge.memory import COMBINE
from indicated.messages import clause
from indicated.model import Finding, Leaning, Outcome, State
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of, any_of

DOSE = "dose"  # the id under which the dose check is asked for
NOTHING: Mapping[str, Truth] = {}


@dataclass(frozen=True)
class Findings:
    """The findings of one phase. `dose` is None where no dose is asked about."""

    routes: tuple[Finding, ...] = ()
    exceptions: tuple[Finding, ...] = ()
    exclusions: tuple[Finding, ...] = ()
    requirements: tuple[Finding, ...] = ()
    supporting: tuple[Finding, ...] = ()
    dose: Truth | None = None


def truth_of(finding: Finding, assume: Mapping[str, Truth] = NOTHING) -> Truth:
    """The finding's truth once some of its unknown leaves are answered as assumed."""
    if not finding.parts:
        return assume.get(finding.id, finding.truth) if not finding.truth.known else finding.truth
    if finding.truth.known:
        return finding.truth
    return COMBINE[finding.kind](finding.n, [truth_of(p, assume) for p in finding.parts])


def outcome_of(f: Findings, assume: Mapping[str, Truth] = NOTHING) -> Outcome:
    """The outcome table, row by row.

    A phase without any route says nothing, least of all "no".

    >>> outcome_of(Findings())
    <Outcome.CANNOT_DETERMINE: 'cannot_determine'>
    """

    def truths(findings: Sequence[Finding]) -> list[Truth]:
        return [truth_of(x, assume) for x in findings]

    excluded = any_of(truths(f.exclusions))
    if excluded is MET:
        return Outcome.NOT_INDICATED
    routes, exceptions = truths(f.routes), truths(f.exceptions)
    if not routes and not exceptions:
        return Outcome.CANNOT_DETERMINE
    if MET in routes or MET in exceptions:
        return _qualified(f, excluded, all_of(truths(f.requirements)), assume)
    if UNKNOWN in routes:
        return Outcome.CANNOT_DETERMINE
    if UNKNOWN in exceptions:
        return Outcome.CONDITIONAL
    return Outcome.NOT_INDICATED


def _qualified(
    f: Findings, excluded: Truth, required: Truth, assume: Mapping[str, Truth]
) -> Outcome:
    """A route or exception is met; what remains is exclusions, dose and requirements."""
    dose = f.dose
    if dose is UNKNOWN:
        dose = assume.get(DOSE, UNKNOWN)
    if excluded is UNKNOWN or dose is UNKNOWN:
        return Outcome.CANNOT_DETERMINE
    if required is not MET:
        return Outcome.CONDITIONAL
    return Outcome.INDICATED_WITH_CHANGES if dose is NOT_MET else Outcome.INDICATED


# --- the leaning of an open case -----------------------------------------------------------


def leaning_of(f: Findings, *, closed: bool) -> tuple[Leaning, str]:
    """The written rule for a case that cannot be determined. Never an outcome.

    Nearest route: the open route with the largest share of essentials shown. It leans against when
    an essential of it was sought and is not there (or, in a closed record, nothing is shown at
    all), when another route is known not to be met, or when supporting criteria speak against,
    unless it is mostly shown; toward when at least as many essentials are shown or claimed as are
    open, nothing was sought in vain, no other route is known not to be met, and a supporting
    criterion speaks for it; otherwise not at all: of disputes in which one essential alone was
    open, half were decided either way.
    """
    ways = (*f.routes, *f.exceptions)
    open_routes = [r for r in ways if r.truth is UNKNOWN]
    if not open_routes:
        return Leaning.NONE, clause("leans.none")
    shown, unshown, sought = max(
        (_tally(r) for r in open_routes), key=lambda t: (t[0] - t[1], t[0])
    )
    for_, against = (sum(s.truth is t for s in f.supporting) for t in (MET, NOT_MET))
    if sought or (closed and not shown):
        return Leaning.TOWARD_NOT_INDICATED, clause("leans.against_sought")
    refused = any(r.truth is NOT_MET for r in ways)
    if shown and shown >= unshown and for_ > against and not refused:
        return Leaning.TOWARD_INDICATED, clause("leans.toward")
    if unshown > shown and against > for_:
        return Leaning.TOWARD_NOT_INDICATED, clause("leans.against_supporting")
    if unshown >= shown and refused:
        return Leaning.TOWARD_NOT_INDICATED, clause("leans.against_routes")
    return Leaning.NONE, clause("leans.none")


def _tally(route: Finding) -> tuple[int, int, int]:
    """Essentials of a route: shown or claimed, open, and sought without being found."""
    shown = sum(p.truth is MET or (p.truth is UNKNOWN and _claimed(p)) for p in route.parts)
    sought = sum(leaf.state is State.SOUGHT for leaf in route.leaves())
    return shown, len(route.parts) - shown, sought


def _claimed(finding: Finding) -> bool:
    return any(leaf.state is State.CLAIMED for leaf in finding.leaves())
