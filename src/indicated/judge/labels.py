"""What regulators' labels say of a request: which rows are about it, and what follows as data.

Two things follow, as facts of the request that criteria may ask for: that the use is labelled (the
record shows an indication of the label), and whether the dose lies within the label's maximum.
That a use is *not* labelled never follows: the record may not name the labelled disease.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from indicated.errors import UnitError
from indicated.judge.compare import in_unit
from indicated.judge.leaves import about
from indicated.model import (
    Asserter,
    Assertion,
    Concepts,
    Fact,
    Facts,
    Label,
    Library,
    Quantity,
    RequestedItem,
)
from indicated.truth import MET, UNKNOWN, Truth

AGE = "age"
LABELLED = "request.labelled-use"
WITHIN = "request.within-label-maximum"
MUCH_LESS = Decimal("0.9")  # of an interval: every four weeks is not more often than monthly
Rows = tuple[tuple[Label, Truth], ...]


def labels_of(item: RequestedItem, facts: Facts, library: Library, as_of: date) -> Rows:
    """Label rows of the product or ingredient, and whether the record shows their indication."""
    concepts = library.concepts
    if not item.treatment:
        return ()
    return tuple(
        (label, _indicated_by(label, facts, concepts))
        for label in library.labels
        if concepts.is_a(item.treatment, label.ingredient)
        and (not item.product or label.product in ("", item.product, item.treatment))
        and not _of_another(label, item.treatment, concepts)
        and (label.valid_from is None or label.valid_from <= as_of)
    )


def _of_another(label: Label, treatment: str, concepts: Concepts) -> bool:
    """Whether the row is about one product of its ingredient, and the treatment is another one."""
    if not label.product or treatment == label.ingredient or treatment not in concepts:
        return False
    asked = concepts[treatment]
    names = {n.casefold() for n in (treatment, asked.label, *asked.names)}
    return label.product.casefold() not in names


def _indicated_by(label: Label, facts: Facts, concepts: Concepts) -> Truth:
    """Whether the record shows one of the label's indications, and all that the label holds it to;
    not shown is unknown."""
    shown = _indications(label, facts, concepts)
    held = all(_shown((need,), facts, concepts) for need in label.needs)
    return MET if shown and held and _of_age(label, facts, concepts) else UNKNOWN


def _of_age(label: Label, facts: Facts, concepts: Concepts) -> bool:
    """Whether no age of the record lies outside of the label's. An age that is not said is none."""
    for fact in _shown((AGE,), facts, concepts) if AGE in concepts else ():
        if not isinstance(fact.value, Quantity):
            continue
        for limit, above in ((label.from_age, True), (label.below_age, False)):
            if limit is None or limit.low is None:
                continue
            age = in_unit(fact.value, limit.unit)
            end = age.high if above else age.low
            if end is not None and (end < limit.low) is above:
                return False
    return True


def _indications(label: Label, facts: Facts, concepts: Concepts) -> list[Fact]:
    return _shown(label.indications, facts, concepts)


def _shown(ids: tuple[str, ...], facts: Facts, concepts: Concepts) -> list[Fact]:
    found = about(ids, facts.items, concepts)
    return [f for f in found.present if f.asserter is not Asserter.COMPUTED]


def label_facts(
    item: RequestedItem, rows: Rows, facts: Facts, concepts: Concepts, regulator: str = ""
) -> list[Fact]:
    """The facts of the request that follow from the rows about this patient: of the one regulator
    that counts here, else of any."""
    shown = [label for label, truth in rows if truth is MET and regulator in ("", label.regulator)]
    return [*_labelled(shown, facts, concepts), *_within(item, shown)]


def _labelled(shown: Sequence[Label], facts: Facts, concepts: Concepts) -> Iterator[Fact]:
    for label in shown[:1]:
        behind = _indications(label, facts, concepts)
        yield Fact(
            LABELLED,
            asserter=Asserter.COMPUTED,
            sources=behind[0].sources,
            formula=f"{label.regulator} label: {label.says}",
            inputs=tuple(behind[:1]),
        )


def _within(item: RequestedItem, shown: Sequence[Label]) -> Iterator[Fact]:
    """Within a maximum of one label is within; above every comparable one is above."""
    held = [h for label in shown if (h := _at_most(item, label)) is not None]
    stated = [f for f in item.facts if f.concept == "request.dose"]
    if held:
        yield Fact(
            WITHIN,
            assertion=Assertion.PRESENT if any(held) else Assertion.ABSENT,
            asserter=Asserter.COMPUTED,
            sources=stated[0].sources if stated else item.sources,
            inputs=tuple(stated[:1]),
        )


def _at_most(item: RequestedItem, label: Label) -> bool | None:
    """Whether the whole dose lies within the maximum; None where the two cannot be compared.

    A dose asked for more often than the maximum may be given counts for as much as comes together
    in that time.
    """
    if item.dose is None or label.maximum is None:
        return None
    try:
        asked, most = in_unit(item.dose, label.maximum.unit).high, label.maximum.high
    except UnitError:
        return None
    return None if asked is None or most is None else asked * _times(item, label) <= most


def _times(item: RequestedItem, label: Label) -> Decimal:
    """How many of the doses asked for come in the time of one maximum; at least one."""
    if item.every is None or label.every is None:
        return Decimal(1)
    try:
        asked, ruled = in_unit(item.every, "d").low, in_unit(label.every, "d").low
    except UnitError:
        return Decimal(1)
    if not asked or not ruled or asked > ruled * MUCH_LESS:
        return Decimal(1)
    return ruled / asked
