"""A criterion in plain words, for nodes that carry no sentence of their own."""

from __future__ import annotations

from collections.abc import Iterable

from indicated.model import (
    Bound,
    Combine,
    Concepts,
    Criterion,
    Has,
    Qualifiers,
    Quantity,
    Relation,
    Value,
)
from indicated.units import plain, shown

_OP = {
    "below": "below",
    "at_most": "at most",
    "above": "above",
    "at_least": "at least",
}
_JOIN = {"all": " and ", "any": " or ", "none": " or ", "at_least": "; "}


def quantity_words(quantity: Quantity) -> str:
    """A quantity as a reader writes it.

    >>> quantity_words(Quantity.of("0.50", "g/kg"))
    '0.5 g/kg'
    """
    unit = shown(quantity.unit)
    if quantity.low is None and quantity.high is not None:
        number = f"{'<' if quantity.open else '≤'} {plain(quantity.high)}"
    elif quantity.high is None and quantity.low is not None:
        number = f"{'>' if quantity.open else '≥'} {plain(quantity.low)}"
    elif quantity.low is not None and quantity.high is not None:
        exact = quantity.exact is not None
        number = plain(quantity.low) + ("" if exact else f"-{plain(quantity.high)}")
        if quantity.exact == 1 and quantity.unit in ("a", "mo", "wk", "d", "h"):
            unit = unit.removesuffix("s")
    return f"{number} {unit}".strip()


def says(test: Has | Value | Combine, concepts: Concepts) -> str:
    """The test in plain words, without a full stop.

    >>> from indicated.model import Concept
    >>> known = Concepts({"igg": Concept("igg", "serum IgG", "measurement")})
    >>> says(Value("igg", "latest", (Bound("below", Quantity.of(400, "mg/dL")),)), known)
    'serum IgG below 400 mg/dL, latest'
    """
    if isinstance(test, Combine):
        return _combined(test)
    if isinstance(test, Has):
        return _has(test, concepts)
    return _value(test, concepts)


def _combined(test: Combine) -> str:
    parts = [_bare(part) for part in test.parts]
    if test.kind == "at_least":
        return f"at least {test.n} of: {'; '.join(parts)}"
    joined = _JOIN[test.kind].join(parts)
    return f"none of: {joined}" if test.kind == "none" else joined


def _bare(part: Criterion) -> str:
    text = part.says.rstrip(".")
    combined = isinstance(part.test, Combine) and part.test.kind in ("all", "any")
    return f"({text})" if combined else text


def _has(test: Has, concepts: Concepts) -> str:
    names = " or ".join(concepts.label(c) for c in test.concepts)
    pieces = [f"{'each' if test.each == 'all' else 'any'} {names}" if test.each else names]
    if test.times > 1:
        kinds = {"": "times", "concept": "different ones", "class": "different classes"}
        pieces.append(f"at least {test.times} {kinds[test.distinct]}")
    if test.apart is not None:
        pieces.append(f"{quantity_words(test.apart)} apart")
    return ", ".join([*pieces, *_qualifiers(test.where, concepts)])


def _value(test: Value, concepts: Concepts) -> str:
    name = concepts.label(test.concept)
    wanted = " and ".join(_bounds(test.bounds))
    if test.one_of:
        wanted = " or ".join(sorted(test.one_of))
    if test.versus is not None:
        kind = "change in percent" if test.versus.change == "percent" else "change"
        since = [_relation(r, concepts) for r in test.versus.relations]
        baseline = ", ".join([f"the {test.versus.pick} value", *since])
        pieces = [f"{kind} of {name} {wanted} against {baseline}"]
    else:
        pieces = [f"{name} {wanted}"]
    pieces.append({"any": "any value", "every": "every value"}.get(test.pick, test.pick))
    return ", ".join([*pieces, *_qualifiers(test.where, concepts)])


def _bounds(bounds: Iterable[Bound]) -> list[str]:
    return [f"{_OP[b.op]} {quantity_words(b.limit)}" for b in bounds]


def _relation(relation: Relation, concepts: Concepts) -> str:
    return f"{relation.kind} {concepts.label(relation.concept)}"


def _qualifiers(where: Qualifiers, concepts: Concepts) -> list[str]:
    of = {"family": "of a blood relative", "plan": "planned"}
    pieces = [of[where.said_of]] if where.said_of else []
    if where.within is not None:
        pieces.append(f"within {quantity_words(where.within)}")
    pieces += [_relation(r, concepts) for r in where.relations]
    if where.lasting:
        pieces.append(f"lasting {' and '.join(_bounds(where.lasting))}")
    if where.dose:
        pieces.append(f"dose {' and '.join(_bounds(where.dose))}")
    if where.ended_because:
        pieces.append(f"ended because of {' or '.join(sorted(where.ended_because))}")
    if where.response:
        pieces.append(f"response {' or '.join(sorted(where.response))}")
    if where.shown_by:
        pieces.append(f"shown by {' or '.join(sorted(where.shown_by))}")
    flags = {
        "at present": where.currently,
        "not too little and not too short": where.adequate,
        "at the same site": where.same_site,
    }
    return pieces + [words for words, wanted in flags.items() if wanted]
