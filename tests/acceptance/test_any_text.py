"""Whatever somebody types: an article or a clear error, never a crash, never an unsupported sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated import Case, assess, chart_from_text, load_library
from indicated.model import Library, Outcome
from indicated.report import to_html, to_json, to_markdown

LIBRARY = load_library()
NAMES = sorted({n for c in LIBRARY.concepts.by_id.values() for n in (*c.names, *c.abbreviations)})
WORDS = [
    "no", "denies", "history of", "possible", "if", "failed", "due to nausea", "since 2024-01-05",
    "on", "mother had", "per appeal letter", "not documented", "12", "495 mg/dL", "60 g", "0.4 g/kg",
    "every 4 weeks", "weekly", "(700-1600)", "3/5/2025", "May 2024", "three weeks ago", "bilateral",
    "left", "L4/5", ".", ",", ";", ":", "\n", "\n- ", "| a | b |\n|---|---|\n| 1 | 2 |", "é", "µg",
    "İ", "Dr. Smith", "MRN 0012345678", "<script>alert(1)</script>", "[@patient data@]", "**x**",
]  # fmt: skip
pieces = st.one_of(st.sampled_from(NAMES), st.sampled_from(WORDS), st.text(max_size=6))
texts = st.lists(pieces, max_size=25).map(" ".join)
asked = st.one_of(
    texts.filter(str.strip), st.sampled_from(NAMES).map(lambda n: f"Is {n} medically necessary?")
)


@given(asked, texts)
@settings(max_examples=150)
def test_any_question_on_any_chart_gives_a_supported_article(question: str, chart: str) -> None:
    case = Case(question, chart_from_text(chart), date(2025, 6, 1))
    found = assess(case, LIBRARY)  # raises when a sentence is not supported
    texts = {d.id: d.text for d in found.case.chart.documents} | {"question": question}
    for fact in found.facts.items:
        for source in fact.sources:
            if source.start is not None:
                assert texts[source.document][source.start : source.end] == source.quote
    page, data = to_html(found.article), to_json(found)
    assert "<script>alert" not in page
    assert "[@" not in to_markdown(found.article).replace("\\", "")
    assert data["determinations"] is not None


@pytest.mark.parametrize("policy", sorted(p.id for p in LIBRARY.policies.values() if p.treatments))
def test_silence_on_everything_denies_nothing(policy: str) -> None:
    """A chart that speaks of something else is silent on the treatment's criteria."""
    label = LIBRARY.concepts.label(LIBRARY.policies[policy].treatments[0])
    case = Case(
        f"Is {label} medically necessary?", chart_from_text("Plays chess."), date(2025, 6, 1)
    )
    outcomes = {d.outcome for d in assess(case, LIBRARY).determinations}
    assert outcomes <= {Outcome.CANNOT_DETERMINE, Outcome.NO_POLICY}


def test_the_library_is_frozen_by_use() -> None:
    """Assessing changes nothing that the next assessment would see."""
    fresh: Library = load_library()
    assert fresh.hash == LIBRARY.hash
