"""The story of a draft with a model beside it: the model points at words of passages, and the
program's own reader says whether they state a condition, and which.

Licensed text is shown to a model inside the user's institution alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicated.conditions import beside
from indicated.evidence.adequacy import Sought
from indicated.facts import outline
from indicated.facts.limits_pointed import KNOWN, LimitGate, Pointed
from indicated.model import Concepts, Limit, Passage
from indicated.propose import Model, Request, Tally, made, read_answer
from indicated.propose.align import places
from indicated.propose.shapes import ProposedLimit, ProposedLimits

PURPOSE = "limits"
MEASURED = ("measurement", "score")  # kinds that have a number
NAMES = 6  # of a concept, beside its label

Found = tuple[Passage, Limit]


def pointed_at(
    passages: Sequence[Passage], sought: Sought, concepts: Concepts, model: Model, *, inside: bool
) -> tuple[tuple[Found, ...], Tally]:
    """The conditions that the program reads where a model pointed and that it had not read by
    itself, each in its passage; and what became of the answers."""
    tally = Tally()
    shown = [p for p in passages if inside or not p.work.licensed]
    tally.drop(PURPOSE, ["licensed"] * (len(passages) - len(shown)))
    asked = [(p, ids) for p in shown if (ids := _measured(p, concepts))]
    about = (*sought.intervention, *sought.indication)
    requests = [_request(p, ids, about, concepts, inside=inside) for p, ids in asked]
    tally.ask(PURPOSE, len(requests))
    found: dict[Found, None] = {}
    for (passage, ids), answer in zip(asked, model(requests), strict=True):
        told, why = read_answer(answer, ProposedLimits)
        tally.got(PURPOSE, why)
        if told is None:
            continue
        gate = LimitGate(passage.text, concepts, passage.section)
        for proposed in told.limits:
            limit, reason = _weighed(proposed, ids, gate)
            if limit and beside(passage, limit, sought, concepts):
                limit, reason = None, "not_plain"
            if limit is None:
                tally.drop(PURPOSE, [reason])
            elif (passage, limit) in found:
                tally.drop(PURPOSE, [KNOWN])
            else:
                found[passage, limit] = None
                tally.take(PURPOSE)
    return tuple(found), tally


def _measured(passage: Passage, concepts: Concepts) -> tuple[str, ...]:
    """What has a number and is named in a passage; () where it holds no number."""
    if not any(c.isdigit() for c in passage.text):
        return ()
    named = {c for n in outline(passage.text, concepts).named for c in n.concepts}
    return tuple(sorted(c for c in named if concepts[c].kind in MEASURED))


def _request(
    passage: Passage, ids: Sequence[str], about: Sequence[str], concepts: Concepts,
    *, inside: bool,
) -> Request:  # fmt: skip
    told = []
    for id in ids:
        c = concepts[id]
        told.append({"id": id, "label": c.label, "names": [*c.abbreviations, *c.names][:NAMES]})
    treatment, condition = map(concepts.label, about)
    data = {
        "treatment": treatment, "condition": condition, "concepts": told,
        "heading": passage.section, "text": passage.text,
    }  # fmt: skip
    return made(PURPOSE, ProposedLimits, data, identified=inside)


def _weighed(
    proposed: ProposedLimit, ids: Sequence[str], gate: LimitGate
) -> tuple[Limit | None, str]:
    """The condition at the first of the places where the quotation stands; none where it is another
    at any of them."""
    if proposed.concept not in ids:
        return None, "concept_not_asked"
    stands = places(proposed.quote, gate.text)
    if not stands:
        return None, "quotation_not_found"
    found = []
    for start, end in stands:
        said = Pointed(
            proposed.concept, proposed.comparison, proposed.value, proposed.unit or "", start, end
        )
        limit, reason = gate.weigh(said)
        if limit is None:
            return None, reason
        found.append(limit)
    return found[0], ""
