"""What the findings say to each reason of a denial: answered, conceded, open, or not about them.

A reason is matched to criteria by the concepts that its words name; where it names none, by its
kind: "not medically necessary" is about everything that decides, "step therapy" about what was
tried, "not documented" about what is open. What the plan alone decides (network, authorization,
benefit) is about no criterion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indicated.model import (
    Combine,
    Concepts,
    Criterion,
    DenialReason,
    Determination,
    Finding,
    Has,
    Outcome,
)
from indicated.report.letters.parts import deciding
from indicated.report.letters.weighed import Held, weighed
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, negate

PLAN_KINDS = frozenset(["network", "authorization", "benefit"])
GOOD_STANDING = ("standard-of-care", "accepted")
# Beside one of these, "not medically necessary" is about what they name, not about everything.
SPECIFIC = frozenset(["step_therapy", "not_documented", "missing_information", "dose"])
# What the determination as a whole says to a reason about everything.
WHOLE = {
    Outcome.INDICATED: MET,
    Outcome.INDICATED_WITH_CHANGES: MET,
    Outcome.NOT_INDICATED: NOT_MET,
}
MOST = 8  # criteria that are shown for one reason


@dataclass(frozen=True)
class Answer:
    """What the record says to one reason. `standing`: the policy's standing is part of it."""

    reason: DenialReason
    verdict: str  # answered | in_part | conceded | open | not_a_criterion | unplaced
    held: tuple[Held, ...] = ()
    yielded: tuple[Finding, ...] = ()  # not met, where another way to qualify is
    standing: bool = False
    dose: bool = False


def answer(reason: DenialReason, d: Determination, concepts: Concepts) -> Answer:
    """Hold a reason against the findings."""
    if reason.kinds and PLAN_KINDS.issuperset(reason.kinds):
        return Answer(reason, "not_a_criterion")
    if d.policy is None:
        return Answer(reason, "unplaced")
    named = _named(reason, d, concepts)
    related = _related(named, d, concepts)
    held = _first(h for h in weighed(d) if _touches(h.finding, related))
    dose = d.dose is not None and "dose" in reason.kinds
    standing = "experimental" in reason.kinds and bool(d.policy.standing)
    speaks = [h.speaks for h in held if _counts(h)] or [h.speaks for h in held]
    if "not_necessary" in reason.kinds and not SPECIFIC & set(reason.kinds):
        held, speaks = _first([*held, *_whole(d)]), [*speaks, WHOLE.get(d.computed, UNKNOWN)]
    elif not (held or dose or standing or named):
        held, speaks = _by_kind(reason, d)
    if dose and d.dose:
        speaks.append(d.dose.truth)
    if standing:
        speaks.append(MET if d.policy.standing in GOOD_STANDING else NOT_MET)
    if not speaks:
        return Answer(reason, "unplaced")
    yielded = tuple(_yielded(d, related))
    verdict = _verdict([*speaks, NOT_MET] if yielded else speaks)
    return Answer(reason, verdict, held, yielded, standing, dose)


def _counts(h: Held) -> bool:
    """Whether a criterion bears on a reason beside others: what only supports decides nothing, and
    that nothing is ruled out does not make up for what is not met."""
    return h.group != "supporting" and not (h.group == "exclusions" and h.speaks is MET)


def _verdict(speaks: list[Truth]) -> str:
    if all(t is MET for t in speaks):
        return "answered"
    if any(t is MET for t in speaks):
        return "in_part"
    return "conceded" if any(t is NOT_MET for t in speaks) else "open"


# --- criteria that a reason is about ----------------------------------------------------------


def _named(reason: DenialReason, d: Determination, concepts: Concepts) -> list[str]:
    """What the reason names beside the treatment that was denied, which every denial names."""
    own = d.item.treatment
    return [c for c in reason.concepts if not (concepts.is_a(c, own) or concepts.is_a(own, c))]


def _related(named: list[str], d: Determination, concepts: Concepts) -> set[str]:
    """The leaves on what the reason names, or on something broader or narrower."""
    return {
        id
        for id, looked in _concepts_of(d).items()
        if any(concepts.is_a(k, c) or concepts.is_a(c, k) for k in looked for c in named)
    }


def _by_kind(reason: DenialReason, d: Determination) -> tuple[tuple[Held, ...], list[Truth]]:
    """Where nothing is named: what reasons of these kinds are about as a whole."""
    wanted: set[str] = set()
    if "step_therapy" in reason.kinds:
        wanted = {c.id for c in _criteria(d) if _asks_for_a_trial(c)}
    elif {"not_documented", "missing_information"} & set(reason.kinds):
        wanted = {m.id for m in d.missing}
    held = _first(h for h in weighed(d) if _touches(h.finding, wanted))
    if held:
        return held, [h.speaks for h in held]
    if {"not_documented", "missing_information", "not_necessary"} & set(reason.kinds):
        return _whole(d), [WHOLE.get(d.computed, UNKNOWN)]
    return (), []


def _asks_for_a_trial(criterion: Criterion) -> bool:
    """Whether it asks how a treatment was tried: why it ended, its effect, whether adequately."""
    test = criterion.test
    if not isinstance(test, Has):
        return False
    return bool(test.where.ended_because or test.where.response or test.where.adequate)


# --- the criteria of a determination ----------------------------------------------------------


def _whole(d: Determination) -> tuple[Held, ...]:
    """Everything that decides, each way to qualify as one finding."""
    found = (Held(g, f, negate(f.truth) if g == "exclusions" else f.truth) for g, f in deciding(d))
    return tuple(h for h in found if h.group != "exclusions" or h.speaks is not MET)


def _touches(finding: Finding, ids: Iterable[str]) -> bool:
    wanted = set(ids)
    return any(leaf.id in wanted for leaf in finding.leaves())


def _first(held: Iterable[Held]) -> tuple[Held, ...]:
    """Each criterion once, the first of them."""
    once: dict[str, Held] = {}
    for h in held:
        once.setdefault(h.finding.id, h)
    return tuple(once.values())[:MOST]


def _yielded(d: Determination, related: set[str]) -> Iterator[Finding]:
    """What the reason names and the record does not meet, while another way to qualify is met."""
    ways = (*d.routes, *d.exceptions)
    if not any(w.truth is MET for w in ways):
        return
    seen: set[str] = set()
    for leaf in (leaf for w in ways for leaf in _plain(w)):
        if leaf.id in related and leaf.id not in seen and leaf.truth is NOT_MET:
            seen.add(leaf.id)
            yield leaf


def _plain(finding: Finding) -> Iterator[Finding]:
    """The leaves that are not under a "none", where not met would be good."""
    if not finding.parts:
        yield finding
    elif finding.kind != "none":
        for part in finding.parts:
            yield from _plain(part)


def _criteria(d: Determination) -> Iterator[Criterion]:
    """The criteria of the policy's phase that look at facts."""
    phase = d.policy.phases.get(d.phase) if d.policy else None
    if phase is None:
        return
    routes = [c for r in (*phase.routes, *phase.exceptions) for c in r.criteria]
    for criterion in (*routes, *phase.exclusions, *phase.requirements, *phase.supporting):
        yield from criterion.leaves()


def _concepts_of(d: Determination) -> dict[str, tuple[str, ...]]:
    """Criterion -> the concepts it looks at."""
    found = {}
    for leaf in _criteria(d):
        test = leaf.test
        if isinstance(test, Combine):
            raise AssertionError("a leaf has no parts")
        found[leaf.id] = test.concepts if isinstance(test, Has) else (test.concept,)
    return found
