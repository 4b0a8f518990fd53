"""What holds for any text at all."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from indicated.facts import read_facts
from indicated.facts.dates import find_dates
from indicated.facts.fold import fold, lowered
from indicated.facts.numbers import find_numbers
from indicated.facts.text import LONGEST, blocks, sentences
from indicated.model import Chart, Document, Facts

from .compact import AS_OF, CONCEPTS, WRITTEN, lines, read

SENTENCES = [
    row["text"]
    for rows in yaml.load(
        (Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"),
        Loader=yaml.BaseLoader,
    ).values()
    for row in rows
]
ODD = ["\u0130", "\u00df", "e\u0301", "\U0001f637", "\x00", "\x1b", "\u200b", "\ufb01", "\u2028", "\u0660\u0661",
       "\r", "\t", "\u00a0", "\u202e", "\u00b5", "(", ")", "[", "|", "\n\n", "- ", "# ", ":", ";", ">", "-> "]  # fmt: skip
PIECES = st.one_of(st.sampled_from(SENTENCES), st.sampled_from(ODD), st.text(max_size=12))
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES, max_size=8).map(" ".join)


def holds(facts: Facts, chart: Chart) -> None:
    """Every source quotes exactly what stands at its offsets."""
    for fact in facts.items:
        assert fact.sources
        for source in fact.sources:
            assert source.start is not None
            assert source.end is not None
            assert source.start < source.end
            text = chart.document(source.document).text
            assert text[source.start : source.end] == source.quote


@given(TEXTS, st.sampled_from(["note", "letter", "denial", "laboratory", "order", "question"]))
def test_every_quotation_stands_at_its_offsets(text: str, kind: str) -> None:
    chart = Chart((Document("a", text, WRITTEN, kind=kind), Document("b", text, None)))
    facts = read_facts(chart, CONCEPTS, as_of=AS_OF)
    holds(facts, chart)
    assert len(set(facts.items)) == len(facts.items)


@given(TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert read(text) == read(text)


@given(st.text(max_size=200))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(lowered(text)) == len(fold(text)) == len(text)


@given(st.text(alphabet="ab. \n-*|#:1?A", max_size=200))
def test_sentences_cover_every_letter_once_and_in_order(text: str) -> None:
    cut = [s for a, b in blocks(text) for s in sentences(text, a, b, ())]
    assert all(a < b <= c for (a, b), (c, _) in pairwise(cut))
    assert "".join("".join(text[a:b].split()) for a, b in cut) == "".join(text.split())
    assert all(b - a <= LONGEST for a, b in cut)


@given(st.text(alphabet="0123456789.,-/ %<>gmdLkc'\"toaweks", max_size=120))
def test_numbers_and_dates_stand_in_order_and_do_not_overlap(text: str) -> None:
    for found in (find_numbers(text, fold(text), []), find_dates(lowered(text), WRITTEN)):
        ends = [(f.start, f.end) for f in found]
        assert all(0 <= a < b <= len(text) for a, b in ends)
        assert all(b <= c for (_, b), (c, _) in pairwise(ends))


@given(st.sampled_from(SENTENCES), st.sampled_from(["", "\n", "  \n\n", "\u200b\n", "\ufeff"]))
def test_white_around_a_text_changes_nothing(text: str, white: str) -> None:
    assert lines(read(white + text + "\n\n")) == lines(read(text))


# --- size ------------------------------------------------------------------------------------

WORDS = [
    "no",
    "IgG",
    "495",
    "mg/dL",
    "failed",
    "topiramate",
    ",",
    ".",
    ";",
    ":",
    "(",
    ")",
    "|",
    "-",
    "->",
    "and",
    "or",
    "due",
    "to",
    "history",
    "of",
    "pneumonia",
    "3/12/2025",
    "2",
    "weeks",
    "ago",
    "[",
    "]",
    "plan",
    "requires",
    "letter",
    "states",
    "mother",
    "had",
    "moderate",
    "acute",
    "rejection",
    "L4/5",
    "<",
    ">",
    "5'4\"",
    "48-year-old",
    "x",
    "12",
    "q4wk",
    "İ",
    "ß",
    "#",
    "*",
    "\n",
]


def _soup() -> str:
    chooser = random.Random(7)
    return " ".join(chooser.choice(WORDS) for _ in range(100_000))


GARBAGE = {
    "words": _soup(),
    "digits": "1" * 1_000_000,
    "numbers": "1 " * 60_000,
    "dots": ". " * 60_000,
    "open": "(" * 1_000_000,
    "pipes": "| a | b |\n" * 20_000,
    "header": "Test  Value\n" * 20_000,
    "blanks": (" " * 5000 + "a. ") * 60,
    "colons": "a:" * 100_000,
    "letters": "a" * 1_000_000,
    "cues": "no " * 60_000,
    "values": "IgG 495, " * 6_000,
    "failures": "failed topiramate, " * 4_000,
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_megabyte_of_garbage_is_read_in_linear_time(kind: str) -> None:
    """No exception, and no more than some seconds: a sentence has a longest length."""
    text = GARBAGE[kind]
    chart = Chart((Document("a", text, WRITTEN),))
    began = time.perf_counter()
    facts = read_facts(chart, CONCEPTS, as_of=AS_OF)
    assert time.perf_counter() - began < 60
    holds(facts, chart)
