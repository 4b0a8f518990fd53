"""Every word of the listing, the marked page and the answer sheet is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from indicated import assess, chart_from_text, load_library
from indicated.facts import read_facts
from indicated.messages import Messages, load_messages
from indicated.model import Case, Chart
from indicated.report.listing import Listing
from indicated.report.marked import to_marked_html
from indicated.serve.demo import demo_case
from indicated.serve.sheet import answer_sheet

from .test_facts import CONCEPTS, FACTS, LISTING

OWN = {"facts", "marked", "sheet"}
SHEETS = (
    ("Is continuing Botox for chronic migraine necessary?", "Chronic migraine."),  # against a baseline
    ("Is Botox 60 g necessary for chronic migraine?", "Chronic migraine. Weight 75 kg."),  # no such dose
    ("What a lovely day.", "Plays chess."),
)  # fmt: skip


class Counting(dict[str, str]):
    """A table of messages that remembers what was asked of it."""

    def __init__(self, table: dict[str, str]):
        super().__init__(table)
        self.used: set[str] = set()

    def __getitem__(self, id: str) -> str:
        self.used.add(id)
        return super().__getitem__(id)


def test_every_message_of_the_listing_the_page_and_the_sheet_is_used() -> None:
    counted = Counting(dict(load_messages().table))
    messages = Messages(counted)
    library = load_library()
    case = demo_case()
    empty = Listing.of(
        Chart(case.chart.documents), replace(FACTS, items=(), conflicts=(), unplaced=0), CONCEPTS,
        as_of=case.as_of, messages=messages,
    )  # fmt: skip
    full = replace(LISTING, messages=messages)
    facts = read_facts(case.chart, library.concepts, as_of=case.as_of)
    demo = Listing.of(case.chart, facts, library.concepts, as_of=case.as_of, messages=messages)
    for listing in (empty, full, demo):
        list(listing.lines())
        to_marked_html(listing, program="x", article="x.html")
    answer_sheet(assess(case, library), library, messages=messages)
    for question, chart in SHEETS:
        for closed in (False, True):
            given = Case(
                question,
                chart_from_text(f"Date: 2025-05-02\n{chart}", closed=closed),
                date(2025, 6, 1),
            )
            answer_sheet(assess(given, library), library, messages=messages)
    unused = {id for id in set(counted) - counted.used if id.split(".")[0] in OWN}
    assert sorted(unused) == []
