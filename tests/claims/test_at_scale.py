"""Notes held against themselves: nothing that a record says is wrong beside that record, and a
number that is altered is found. The notes are those of tests/notes/synthetic, of which only figures
are looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from indicated.chart import read_chart
from indicated.claims import check_text
from indicated.criteria import load_library
from indicated.facts import read_facts
from indicated.model import Assertion, Case, Chart, ClaimStanding, Document, Quantity, TextCheck

NOTES = sorted((Path(__file__).parents[1] / "notes/synthetic/notes").glob("*.txt"))
LIBRARY = load_library()
WRONG = (ClaimStanding.CONTRADICTED, ClaimStanding.NUMBER, ClaimStanding.ARITHMETIC)
QUESTION = "Is IVIG medically necessary?"


def charts(step: int) -> Iterator[tuple[Chart, Document, date]]:
    for file in NOTES[::step]:
        chart = read_chart((file,))
        if len(chart.documents) == 1:
            document = chart.documents[0]
            yield chart, document, document.written or date(2025, 6, 1)


def wrong(checked: TextCheck) -> list[tuple[int, int]]:
    """Where the check calls a sentence wrong, other than by the text's own contradictions."""
    return [
        (c.source.start or 0, c.source.end or 0)
        for c in checked.claims
        if c.standing in WRONG and c.remarks[0].kind != "itself"
    ]


def test_nothing_of_a_note_is_wrong_beside_that_note() -> None:
    for chart, document, day in charts(step=10):
        assert wrong(check_text(document.text, Case(QUESTION, chart, day), LIBRARY)) == []


def altered(document: Document, day: date) -> Iterator[tuple[str, int]]:
    """The note with one of its values half as large again, and where it stands."""
    facts = read_facts(Chart((document,)), LIBRARY.concepts, as_of=day).items
    for fact in facts:
        value, source = fact.value, fact.sources[0]
        if not isinstance(value, Quantity) or not value.exact or source.start is None:
            continue
        if fact.assertion is not Assertion.PRESENT or fact.concept.startswith("request."):
            continue
        number = format(value.exact.normalize(), "f")
        places = list(re.finditer(rf"(?<![\d./-]){re.escape(number)}(?![\d./-])", source.quote))
        other = format((value.exact * Decimal("1.5")).quantize(Decimal("0.1")).normalize(), "f")
        if len(places) == 1 and other != number:
            at = source.start + places[0].start()
            yield document.text[:at] + other + document.text[at + len(number) :], at


def test_a_number_that_is_altered_is_found_and_nothing_beside_it() -> None:
    counts: Counter[str] = Counter()
    for chart, document, day in charts(step=8):
        for text, at in list(altered(document, day))[:2]:
            found = wrong(check_text(text, Case(QUESTION, chart, day), LIBRARY))
            here = [(a, b) for a, b in found if a <= at < b]
            counts["found" if here else "missed"] += 1
            counts["beside"] += len(found) - len(here)
    assert counts["found"] + counts["missed"] >= 25
    assert counts["found"] >= 0.75 * (counts["found"] + counts["missed"])
    assert counts["beside"] == 0


@pytest.mark.parametrize("length", [0, 100_000])
def test_text_that_says_nothing_claims_nothing(length: int) -> None:
    chart, _, day = next(charts(step=1))
    text = "IVIG is requested. " + "lorem ipsum dolor\n" * (length // 18)
    checked = check_text(text, Case(QUESTION, chart, day), LIBRARY)
    assert not wrong(checked)
