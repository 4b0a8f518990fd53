"""What facts that a model proposed may do to a determination, and the record of what they did.

They are judged like any other, with one exception: until a person has confirmed them, they carry
nothing adverse. Where they would lead to a denial, a reduction, or a condition because no route is
met, the item is judged without them, and they are shown as waiting for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from indicated.model import Determination, Fact, Facts, Finding, Mark, Outcome, Proposed
from indicated.truth import MET

OF_MODEL = frozenset({Mark.PROPOSED, Mark.CONFIRMED})
_ADVERSE = frozenset({Outcome.NOT_INDICATED, Outcome.INDICATED_WITH_CHANGES})
_GRANTED = frozenset({Outcome.INDICATED, Outcome.NO_POLICY})


def with_proposed(
    judged: Callable[[Facts], Determination], facts: Facts, *, ticks: bool, closed: bool
) -> Determination:
    """The determination over these facts. `judged` determines the item over any facts; `ticks`:
    what is proposed needs a person before it may be adverse; `closed`: in a record to which
    nothing will be added, whatever is not granted is.
    """
    full = judged(facts)
    if not any(f.marks & OF_MODEL for f in facts.items):
        return full
    bare = judged(_without(facts, OF_MODEL))
    used = _of_model(full)
    if not (ticks and adverse(full, closed=closed)):
        return replace(full, proposed=Proposed(bare.outcome, used))
    waiting = tuple(f for f in used if Mark.PROPOSED in f.marks)
    if not waiting:
        return replace(full, proposed=Proposed(bare.outcome, used))
    stands = judged(_without(facts, frozenset({Mark.PROPOSED})))
    if stands.outcome is full.outcome:  # they do not carry it
        return replace(full, proposed=Proposed(bare.outcome, used))
    return replace(
        stands, proposed=Proposed(bare.outcome, _of_model(stands), waiting, full.outcome)
    )


def waits(d: Determination, *, ticks: bool, closed: bool) -> bool:
    """Whether an item that a model proposed comes out adverse, and no person has confirmed that it
    is asked for."""
    return ticks and Mark.PROPOSED in d.item.marks and adverse(d, closed=closed)


def adverse(d: Determination, *, closed: bool) -> bool:
    """Whether anything that was asked for is denied, changed, or left without a way to it."""
    if d.outcome in _ADVERSE:
        return True
    if closed:
        return d.outcome not in _GRANTED
    ways = (*d.routes, *d.exceptions)
    return d.outcome is Outcome.CONDITIONAL and not any(w.truth is MET for w in ways)


def _without(facts: Facts, marks: frozenset[Mark]) -> Facts:
    return replace(facts, items=tuple(f for f in facts.items if not f.marks & marks))


def _of_model(d: Determination) -> tuple[Fact, ...]:
    """The proposed facts among those that the findings show, through whatever was computed."""
    shown = [f for finding in d.findings() for f in _facts(finding)]
    shown += [*d.dose.facts, *([d.dose.weight] if d.dose.weight else [])] if d.dose else []
    for other in (*d.parts, *d.beside):
        shown += _of_model(other)
    return tuple(dict.fromkeys(f for f in _inputs(shown) if f.marks & OF_MODEL))


def _facts(finding: Finding) -> Iterator[Fact]:
    yield from finding.facts
    for part in finding.parts:
        yield from _facts(part)


def _inputs(facts: Sequence[Fact]) -> Iterator[Fact]:
    for fact in facts:
        yield fact
        yield from _inputs(fact.inputs)
