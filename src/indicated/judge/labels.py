"""What regulators' labels say of a request: which rows are about it, and what follows as data.

Two things follow, as facts of the request that criteria may ask for: that the use is labelled (the
record shows an indication of the label), and whether the dose lies within the label's maximum.
That a use is *not* labelled never follows: the record may not name the labelled disease.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

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

LABELLED = "request.labelled-use"
WITHIN = "request.within-label-maximum"
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
        and (label.valid_from is None or label.valid_from <= as_of)
    )


def _indicated_by(label: Label, facts: Facts, concepts: Concepts) -> Truth:
    """Whether the record shows one of the label's indications; not shown is unknown."""
    return MET if _indications(label, facts, concepts) else UNKNOWN


def _indications(label: Label, facts: Facts, concepts: Concepts) -> list[Fact]:
    found = about(label.indications, facts.items, concepts)
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
    limits = [m for m in (label.maximum for label in shown) if m is not None]
    held = [h for m in limits if item.dose and (h := _at_most(item.dose, m)) is not None]
    stated = [f for f in item.facts if f.concept == "request.dose"]
    if held:
        yield Fact(
            WITHIN,
            assertion=Assertion.PRESENT if any(held) else Assertion.ABSENT,
            asserter=Asserter.COMPUTED,
            sources=stated[0].sources if stated else item.sources,
            inputs=tuple(stated[:1]),
        )


def _at_most(dose: Quantity, limit: Quantity) -> bool | None:
    """Whether the whole dose lies within the limit; None where the two cannot be compared."""
    try:
        asked, most = in_unit(dose, limit.unit), limit.high
    except UnitError:
        return None
    return None if asked.high is None or most is None else asked.high <= most
