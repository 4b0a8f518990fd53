"""What is missing, what either answer would lead to, and the fewest answers that settle a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicated.judge.outcome import DOSE, Findings, outcome_of
from indicated.model import DoseCheck, Finding, Missing, Outcome, Role, Settles, State
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, negate

Answers = frozenset[tuple[str, Truth]]
SETTLED = frozenset({Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES, Outcome.NOT_INDICATED})


def open_leaves(f: Findings) -> list[Finding]:
    """Every unknown leaf that can still change the outcome, each id once, in reading order."""
    seen: dict[str, Finding] = {}
    groups = (f.routes, f.exceptions, f.exclusions, f.requirements, f.supporting)
    for finding in (x for group in groups for x in group):
        for leaf in _open_below(finding):
            seen.setdefault(leaf.id, leaf)
    return list(seen.values())


def _open_below(finding: Finding) -> Iterable[Finding]:
    """Unknown leaves, but none under a branch that is decided already."""
    if finding.truth.known:
        return
    if not finding.parts:
        yield finding
    for part in finding.parts:
        yield from _open_below(part)


def missing(f: Findings, dose: DoseCheck | None) -> tuple[Missing, ...]:
    """Each open leaf with the outcome that either answer alone would lead to."""
    found = [
        Missing(
            leaf.id,
            leaf.says,
            leaf.ask,
            leaf.state,
            outcome_of(f, {leaf.id: MET}),
            outcome_of(f, {leaf.id: NOT_MET}),
            leaf.role,
        )
        for leaf in open_leaves(f)
    ]
    if dose is not None and dose.truth is UNKNOWN:
        found.append(
            Missing(
                DOSE,
                dose.requested,
                dose.ask,
                State.INCOMPLETE,
                outcome_of(f, {DOSE: MET}),
                outcome_of(f, {DOSE: NOT_MET}),
                Role.REQUIREMENT,
            )
        )
    return tuple(found)


def settles(f: Findings) -> tuple[Settles, ...]:
    """The fewest answers that would make it indicated, and the fewest that would make it not.

    Kleene connectives are monotone, so one answer per leaf suffices and the fewest are found from
    the leaves upward. Each proposal is checked against the outcome table before it is given.
    """
    if outcome_of(f) in SETTLED:
        return ()
    found = []
    for wanted, answers in ((True, _to_indicated(f)), (False, _to_not_indicated(f))):
        if answers is None or not answers:
            continue
        outcome = outcome_of(f, dict(answers))
        if outcome in SETTLED and (outcome is not Outcome.NOT_INDICATED) is wanted:
            order = {leaf.id: i for i, leaf in enumerate(open_leaves(f))}
            needs = sorted(answers, key=lambda a: order.get(a[0], len(order)))
            found.append(Settles(outcome, tuple(needs)))
    return tuple(found)


def cheapest(finding: Finding, wanted: Truth) -> Answers | None:
    """The fewest answers that make the finding `wanted`; None when nothing can."""
    if finding.truth.known:
        return frozenset() if finding.truth is wanted else None
    if not finding.parts:
        return frozenset({(finding.id, wanted)})
    kind = finding.kind
    if kind == "none":
        kind, wanted = "any", negate(wanted)
    every = (kind == "all") is (wanted is MET)
    if kind == "at_least":
        n = finding.n if wanted is MET else len(finding.parts) - finding.n + 1
        return _smallest(finding.parts, wanted, n)
    return _union(finding.parts, wanted) if every else _smallest(finding.parts, wanted, 1)


def _union(findings: Sequence[Finding], wanted: Truth) -> Answers | None:
    joined: Answers = frozenset()
    for finding in findings:
        answers = cheapest(finding, wanted)
        if answers is None:
            return None
        joined |= answers
    return None if _self_contradicting(joined) else joined


def _smallest(findings: Sequence[Finding], wanted: Truth, n: int) -> Answers | None:
    possible = [a for x in findings if (a := cheapest(x, wanted)) is not None]
    if len(possible) < n:
        return None
    joined: Answers = frozenset().union(*sorted(possible, key=len)[:n])
    return None if _self_contradicting(joined) else joined


def _self_contradicting(answers: Answers) -> bool:
    return len({id for id, _ in answers}) < len(answers)


def _to_indicated(f: Findings) -> Answers | None:
    common = [_union(f.exclusions, NOT_MET), _union(f.requirements, MET)]
    if f.dose is UNKNOWN:
        common.append(frozenset({(DOSE, MET)}))
    if any(c is None for c in common):
        return None
    rest: Answers = frozenset().union(*(c for c in common if c is not None))
    ways = [a | rest for r in (*f.routes, *f.exceptions) if (a := cheapest(r, MET)) is not None]
    return _fewest(ways)


def _to_not_indicated(f: Findings) -> Answers | None:
    ways = [a for x in f.exclusions if (a := cheapest(x, MET)) is not None]
    closed = _union((*f.routes, *f.exceptions), NOT_MET)
    return _fewest([*ways, *([] if closed is None else [closed])])


def _fewest(ways: Sequence[Answers]) -> Answers | None:
    def size(answers: Answers) -> tuple[int, list[str]]:
        return len(answers), sorted(id for id, _ in answers)

    return min((w for w in ways if not _self_contradicting(w)), key=size, default=None)
