"""Where the words of a proposal stand, and what the program's own reader reads there."""

from __future__ import annotations

from typing import Literal, Protocol

from indicated.facts.parts import Span
from indicated.facts.proposed import Gate, Proposal
from indicated.model import Assertion, Fact
from indicated.propose.align import places
from indicated.propose.pieces import Piece


class Statement(Protocol):
    """A statement that a model proposes, of a document or of the question."""

    @property
    def assertion(self) -> str: ...
    @property
    def subject(self) -> Literal["patient", "someone_else"]: ...
    @property
    def value(self) -> str | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...
    @property
    def quote(self) -> str: ...


def pointed(proposed: Statement, concept: str, piece: Piece, gate: Gate) -> tuple[Fact | None, str]:
    """The fact at the first of the places where the quotation stands, or why there is none; none
    where it is another at any of them: the same words may be denied elsewhere."""
    stands = places(proposed.quote, piece.shown.text)
    if not stands:
        return None, "quotation_not_found"
    facts = []
    for at in stands:
        proposal = _placed(proposed, concept, piece, at)
        if isinstance(proposal, str):
            return None, proposal
        weighed = gate.weigh(proposal)
        if weighed.fact is None:
            return None, weighed.reason
        facts.append(weighed.fact)
    return facts[0], ""


def _placed(proposed: Statement, concept: str, piece: Piece, at: tuple[int, int]) -> Proposal | str:
    """The proposal with its words found in one place of the document, or why it is none."""

    def origin(stretch: tuple[int, int]) -> Span:
        return Span(*piece.origin(*stretch))

    found: dict[str, Span | None] = {}
    low, high = at
    for part, said in (("value", proposed.value), ("date", proposed.date)):
        stands = places(said, piece.shown.text, *at) if said is not None else []
        if said is not None and len(stands) != 1:
            return f"{part}_not_in_quotation" if not stands else f"{part}_stands_twice"
        found[part] = origin(stands[0]) if stands else None
        if part == "value" and stands:
            low, high = stands[0][1], min(high, stands[0][1] + 20)
    if proposed.unit is not None:
        stands = places(proposed.unit, piece.shown.text, low, high)
        if not stands or proposed.value is None:
            return "unit_not_in_quotation"
        found["unit"] = origin(stands[0])
    of_other = proposed.subject == "someone_else"
    assertion = Assertion.FAMILY if of_other else Assertion(proposed.assertion)
    return Proposal(concept, assertion, origin(at), **found)
