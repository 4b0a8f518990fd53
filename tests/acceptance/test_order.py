"""The order in which a record is put together, and what is beside the point in it, decide nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated import assess, load_library
from indicated.model import Assessment, Chart, Document, Finding
from indicated.serve.demo import demo_case

from .test_cases import FOLDERS, case_of

LIBRARY = load_library()
_BLOCKS = re.compile(r"\n\n(?=\S)")
# Nothing in it speaks of the patient's illnesses or treatments.
BESIDE = (
    "Appointment reminder\n\nPlease bring your insurance card and arrive early. Parking is free.",
    "Portal message\n\nThank you for the forms. The office is closed on Monday.",
    "Change of address\n\nThe patient moved to another street. New telephone number on file.",
    "Consent to release records\n\nSigned at the front desk. A copy was given.",
    "Canteen menu\n\nTuesday: soup. Wednesday: rice. Thursday: bread and cheese.",
)


CASES = {"lung-transplant": demo_case()} | {folder.name: case_of(folder) for folder in FOLDERS}


def decided(found: Assessment) -> list[object]:
    """Everything that was decided, without where the words stand."""

    def truths(finding: Finding) -> object:
        return finding.id, finding.truth, finding.state, [truths(p) for p in finding.parts]

    return [
        (d.item.treatment, d.phase, d.outcome, d.leaning, d.policy.id if d.policy else "",
         [truths(f) for f in d.findings()], d.dose.truth if d.dose else None)
        for d in found.determinations
    ]  # fmt: skip


STANDING = {name: decided(assess(case, LIBRARY)) for name, case in CASES.items()}


def shuffled(document: Document, order: st.DataObject) -> Document:
    """The document with its blocks in another order; its head stays its head.

    A block is a paragraph with what stands under it: a heading keeps its text.
    """
    head, *blocks = _BLOCKS.split(document.text)
    together: list[str] = []
    for block in blocks:
        if together and _is_heading(together[-1].splitlines()[-1]):
            together[-1] += "\n\n" + block
        elif together and not _begins_section(block):
            together[-1] += "\n\n" + block  # a paragraph under a heading stays under it
        else:
            together.append(block)
    mixed = order.draw(st.permutations(together))
    return replace(document, text="\n\n".join([head, *mixed]))


def _is_heading(line: str) -> bool:
    return line.startswith("#") or (line.endswith(":") and len(line.split()) <= 6)


def _begins_section(block: str) -> bool:
    first = block.splitlines()[0]
    return bool(_is_heading(first) or re.match(r"(?:\*\*)?[A-Z][A-Za-z /&]{1,40}(?:\*\*)?:", first))


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_order_of_documents_and_paragraphs_decides_nothing(name: str) -> None:
    case = CASES[name]

    @given(st.data())
    @settings(max_examples=6)
    def holds(data: st.DataObject) -> None:
        documents = data.draw(st.permutations(case.chart.documents))
        chart = replace(case.chart, documents=tuple(shuffled(d, data) for d in documents))
        assert decided(assess(replace(case, chart=chart), LIBRARY)) == STANDING[name]

    holds()


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("text", BESIDE)
def test_a_document_beside_the_point_decides_nothing(name: str, text: str) -> None:
    case = CASES[name]
    beside = Document("beside the point", text, written=case.as_of)
    chart = Chart((*case.chart.documents, beside), case.chart.unread, case.chart.closed)
    assert decided(assess(replace(case, chart=chart), LIBRARY)) == STANDING[name]
