"""What was read is inspectable: the listing, its JSON, and the chart with every fact marked."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from indicated import load_library, read_chart
from indicated.errors import ExitCode
from indicated.facts import read_facts
from indicated.model import (
    Asserter,
    Assertion,
    Chart,
    Concept,
    Concepts,
    Conflict,
    Day,
    Document,
    Fact,
    Facts,
    Mark,
    Quantity,
    Source,
    Therapy,
    When,
)
from indicated.report.facts_output import facts_schema, facts_to_json
from indicated.report.listing import Listing
from indicated.report.marked import anchor, to_marked_html
from indicated.serve.cli import main
from indicated.serve.demo import AS_OF, demo_folder

CHART = demo_folder() / "chart"
EVIL = "<script>alert(1)</script> \"&' \x1b[31m"


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


# --- a hand-made chart with everything that a source can be --------------------------------------

TEXT = f"Page one {EVIL}\nIgG 495 mg/dL and IgM.\fPage two: no cough at all.\n"
PAGED = Document(
    "scan.pdf", TEXT, date(2025, 3, 1), f"Scan {EVIL}", pages=(0, TEXT.index("\f") + 1)
)
RECORD = Document("bundle.json", "Condition: asthma\nlast line", None)
CONCEPTS = Concepts({
    c.id: c
    for c in (
        Concept("igg", "IgG", "measurement", unit="mg/dL"), Concept("cough", "cough", "symptom"),
        Concept("asthma", f"asthma {EVIL}", "disease"), Concept("testamab", "Testamab", "drug"),
    )
})  # fmt: skip


def at(document: Document, quote: str, **more: object) -> Source:
    start = document.text.index(quote)
    return Source(document.id, quote, start, start + len(quote), **more)  # type: ignore[arg-type]


ANSWER = Source(quote="IgG: 300 mg/dL", by=f"Jane Roe, {EVIL}", at=datetime(2025, 4, 1, 9, 30))
MARCH = When(Day(date(2025, 3, 1), date(2025, 3, 31)), Day(date(2025, 3, 1), date(2025, 3, 31)))
ITEMS = (
    Fact("igg", value=Quantity.of(495, "mg/dL"), when=MARCH, asserter=Asserter.LABORATORY, sources=(at(PAGED, "IgG 495 mg/dL"), at(PAGED, "IgG"))),
    Fact("igg", value=Quantity.of(300, "mg/dL"), when=When.on(date(2025, 4, 1)), asserter=Asserter.ATTESTED, sources=(ANSWER,)),
    Fact("igg", value=Quantity.of(7, ""), marks=frozenset({Mark.UNIT_MISSING, Mark.DATE_ASSUMED}), sources=(at(PAGED, "495 mg/dL and IgM"),)),
    Fact("cough", Assertion.ABSENT, when=When.on(date(2024, 1, 1), assumed=True), sources=(at(PAGED, "no cough"),)),
    Fact("asthma", sources=(at(RECORD, "asthma", path="Bundle.entry[0].resource"), Source("bundle.json", "asthma", path="Bundle.entry[7]"))),
    Fact("testamab", when=When(ongoing=True), therapy=Therapy(dose=Quantity.of(40, "mg"), response="good"),
         during=frozenset({"testamab"}), shown_by=frozenset({"test"}), sources=(at(RECORD, "last line"),)),
)  # fmt: skip
FACTS = Facts(ITEMS, (Conflict("igg", ITEMS[:2], f"IgG: two values. {EVIL}"),), 3)
LISTING = Listing.of(
    Chart((PAGED, RECORD), (f"fax.tif: a picture {EVIL}",)), FACTS, CONCEPTS, as_of=date(2025, 4, 2)
)


@pytest.fixture(scope="module")
def text() -> str:
    return "\n".join(line for _, line in LISTING.lines())


def test_facts_stand_by_concept_the_newest_first(text: str) -> None:
    concepts = re.findall(r"^\S.* \(([a-z]+)\)$", text, re.M)
    assert concepts == ["asthma", "cough", "igg", "testamab"]
    igg = text[text.index("(igg)") : text.index("(testamab)")]
    assert igg.index("300 mg/dL") < igg.index("495 mg/dL") < igg.index("no date")


@pytest.mark.parametrize(
    "line",
    [
        "  present: 495 mg/dL, Mar 2025, says the laboratory",
        "      “IgG 495 mg/dL” (scan.pdf, p. 1)",
        "      “IgG” (scan.pdf, p. 1)",
        "  absent: 1 Jan 2024 (date assumed), says the clinician",
        "      “no cough” (scan.pdf, p. 2)",
        "      “asthma” (bundle.json, Bundle.entry[0].resource)",
        "      “asthma” (bundle.json, Bundle.entry[7])",
        "      “last line” (bundle.json, line 2)",
        "  present: 40 mg, good response, shown by a test, while on Testamab, going on, start not said, says the clinician",
        "  present: 7, no date, says the clinician, unit not given, date assumed",
    ],
)
def test_each_fact_says_what_when_who_and_where(text: str, line: str) -> None:
    assert line in text.splitlines()


def test_contradictions_what_was_not_read_and_not_placed_come_last(text: str) -> None:
    tail = text[text.index("Contradictions\n") :]
    assert tail.index("two values") < tail.index("fax.tif") < tail.index("could not be placed: 3")
    assert "“IgG: 300 mg/dL” (answer of Jane Roe" in tail


def test_a_terminal_obeys_nothing_that_stands_in_a_chart(text: str) -> None:
    assert "\x1b" not in text
    assert "\x0c" not in text


# --- the command ----------------------------------------------------------------------------------


def test_the_command_lists_the_shipped_case_plainly_in_a_pipe() -> None:
    result = run("facts", CHART, "--as-of", AS_OF)
    assert result.exit_code == 0, result.output
    assert (
        "serum IgG (igg)\n  present: 495 mg/dL, 28 Oct 2025, says the laboratory" in result.stdout
    )
    assert "03-laboratory.md, line 10" in result.stdout
    assert "never a “no”" in result.stdout


@pytest.mark.parametrize(
    ("args", "sign"),
    [
        (["--html"], "<!doctype html>"),
        (["--format", "json"], '"indicated.facts/1"'),
        (["-o", "x.html"], "<!doctype html>"),
        (["-o", "x.json"], '"indicated.facts/1"'),
        (["-o", "x.txt"], "Facts of the record"),
        (["-o", "x.txt", "--html"], "<!doctype html>"),
    ],
)
def test_formats(
    args: list[str], sign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("facts", CHART, "--as-of", AS_OF, *args)
    assert result.exit_code == 0, result.output
    written = Path(args[1]).read_text("utf-8") if "-o" in args else result.stdout
    assert sign in written


def test_a_chart_that_is_not_there_says_so(tmp_path: Path) -> None:
    result = run("facts", tmp_path / "nowhere")
    assert result.exit_code == ExitCode.INPUT
    assert "Do this" in result.stderr


def test_answers_stand_beside_the_chart(tmp_path: Path) -> None:
    sheet = tmp_path / "a.yaml"
    sheet.write_text("by: A. Roe\nrole: nurse\nat: 2025-11-21\nanswers: [{concept: weight, value: 75 kg, on: 2025-11-20}]", encoding="utf-8")  # fmt: skip
    result = run("facts", CHART, "--as-of", AS_OF, "--answers", sheet)
    assert "present: 75 kg, 20 Nov 2025, answered by A. Roe, nurse on 21 Nov 2025" in result.stdout


# --- JSON -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> Listing:
    chart, concepts = read_chart(CHART), load_library().concepts
    return Listing.of(chart, read_facts(chart, concepts, as_of=AS_OF), concepts, as_of=AS_OF)


def test_the_json_keeps_its_schema_and_quotes_are_the_text(demo: Listing) -> None:
    for listing in (LISTING, demo):
        data = json.loads(json.dumps(facts_to_json(listing, program="x")))
        jsonschema.validate(data, facts_schema())
        texts = {d.id: d.text for d in listing.chart.documents}
        facts = [f for c in data["concepts"] for f in c["facts"]]
        assert {f["id"] for f in facts} == {f.id for f in listing.facts.items}
        sources = [s for f in facts for s in f["sources"]]
        assert all(
            texts[s["document"]][s["start"] : s["end"]] == s["quote"]
            for s in sources
            if s["start"] is not None
        )
    assert [s["page"] for s in sources if s["document"] == "scan.pdf"] == []


def test_the_json_says_where_by_whom_and_how_exactly() -> None:
    data = facts_to_json(LISTING, program="x")
    facts = {f["id"]: f for c in data["concepts"] for f in c["facts"]}
    igg, said, bare, cough, asthma, drug = (facts[f.id] for f in ITEMS)
    assert igg["value"] == {"value": "495", "unit": "mg/dL"}
    assert igg["start"] == {"earliest": "2025-03-01", "latest": "2025-03-31"}
    assert [s["page"] for s in igg["sources"]] == [1, 1]
    assert said["sources"][0]["attested_at"] == "2025-04-01T09:30:00"
    assert (bare["date_assumed"], bare["marks"]) == (True, ["date_assumed", "unit_missing"])
    assert (cough["date_assumed"], cough["sources"][0]["page"]) == (True, 2)
    assert [s["path"] for s in asthma["sources"]] == ["Bundle.entry[0].resource", "Bundle.entry[7]"]
    assert drug["therapy"]["dose"] == {"value": "40", "unit": "mg"}
    assert (data["unplaced"], len(data["unread"]), len(data["conflicts"])) == (3, 1, 1)


def test_the_same_chart_gives_the_same_bytes(demo: Listing) -> None:
    chart = Chart(demo.chart.documents)
    again = read_facts(chart, demo.concepts, as_of=AS_OF)
    other = Listing.of(chart, again, demo.concepts, as_of=AS_OF)
    assert facts_to_json(other, program="x") == facts_to_json(demo, program="x")
    assert to_marked_html(other, program="x") == to_marked_html(demo, program="x")


# --- the marked page --------------------------------------------------------------------------------


class Marked(HTMLParser):
    """The documents' text as a reader sees it, and which facts each character is marked with."""

    def __init__(self, page: str):
        super().__init__()
        self.text: dict[str, str] = {}
        self.facts: dict[str, list[frozenset[str]]] = {}
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self._document = ""
        self._marks: frozenset[str] = frozenset()
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [str(given["href"])] if tag == "a" else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "article":
            self._document = str(given["id"])
        if given.get("class") == "text":
            self.text[self._document], self.facts[self._document] = "", []
        if given.get("data-f"):
            self._marks = frozenset(str(given["data-f"]).split())
        if tag not in ("meta", "input", "br"):
            self._open.append(str(given.get("class") or tag))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()
        if tag == "a":
            self._marks = frozenset()

    def handle_data(self, data: str) -> None:
        if "text" in self._open and "pg" not in self._open:
            self.text[self._document] += data
            self.facts[self._document] += [self._marks] * len(data)


@pytest.fixture(scope="module")
def pages(demo: Listing) -> dict[str, tuple[Listing, str]]:
    return {
        "made": (LISTING, to_marked_html(LISTING, program="x")),
        "demo": (demo, to_marked_html(demo, program="x")),
    }


@pytest.mark.parametrize("name", ["made", "demo"])
def test_every_fact_is_marked_at_exactly_its_words(
    pages: dict[str, tuple[Listing, str]], name: str
) -> None:
    listing, page = pages[name]
    found = Marked(page)
    for n, document in enumerate(listing.chart.documents, 1):
        # HTML has no form feed or escape sign of its own; the reader sees the rest unchanged.
        assert found.text[f"d{n}"] == document.text
        wanted: list[set[str]] = [set() for _ in document.text]
        for fact in listing.facts.items:
            for source in fact.sources:
                if source.document == document.id and source.start is not None:
                    for i in range(source.start, source.end or 0):
                        wanted[i].add(fact.id)
        for char, shown, facts in zip(document.text, found.facts[f"d{n}"], wanted, strict=True):
            assert shown == facts or not char.strip()


@pytest.mark.parametrize("name", ["made", "demo"])
def test_links_ids_and_headings_hold(pages: dict[str, tuple[Listing, str]], name: str) -> None:
    listing, page = pages[name]
    found = Marked(page)
    assert len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert all(link.startswith("#") for link in found.links)
    assert found.headings[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(found.headings))
    for fact in listing.facts.items:
        assert fact.id in found.ids
        for source in fact.sources:
            if source.start is not None or source.by:
                assert anchor(source) in found.ids


def test_nothing_of_a_chart_becomes_markup_and_nothing_is_loaded(
    pages: dict[str, tuple[Listing, str]],
) -> None:
    page = pages["made"][1]
    found = Marked(page)
    assert sum(tag == "script" for tag, _ in found.tags) == 1
    assert "<script>alert" not in page
    assert not {"img", "link", "iframe", "object", "base"} & {tag for tag, _ in found.tags}
    assert not any(a in given for _, given in found.tags for a in ("src", "style", "onclick"))
    policy = next(g["content"] for t, g in found.tags if t == "meta" and "http-equiv" in g)
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in str(policy)


def test_the_page_says_what_was_not_read_and_what_no_mark_means(
    pages: dict[str, tuple[Listing, str]],
) -> None:
    page = unescape(pages["made"][1])
    assert page.index("fax.tif: a picture") < page.index("Page one")
    assert "Words without a mark gave no fact" in page
    assert "is unknown, and never a “no”" in page
    for word in (
        "present",
        "absent",
        "possible",
        "planned",
        "hypothetical",
        "in the family",
        "in the past",
    ):
        assert f">{word}</span>" in page


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=6)


@given(st.text(alphabet="ab \n<&é", min_size=1, max_size=30), spans)
def test_spans_may_overlap_in_any_way(text: str, given_spans: list[tuple[int, int]]) -> None:
    document = Document("d", text)
    facts = []
    for n, (start, length) in enumerate(given_spans):
        end = min(start + length, len(text))
        if start < end:
            source = Source("d", text[start:end], start, end)
            facts.append(Fact("igg", value=Quantity.of(n, "mg/dL"), sources=(source,)))
    listing = Listing.of(Chart((document,)), Facts(tuple(facts)), CONCEPTS, as_of=date(2025, 1, 1))
    found = Marked(to_marked_html(listing, program="x"))
    assert found.text["d1"] == text
    for i, char in enumerate(text):
        covering = {f.id for f in facts if (f.sources[0].start or 0) <= i < (f.sources[0].end or 0)}
        if found.facts["d1"][i] != covering:
            assert not char.strip()
