"""Pictures show what the supports say, and nothing else; and they are the same on any day."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indicated.assess import assess
from indicated.chart import read_chart
from indicated.criteria import load_library
from indicated.messages import load_messages
from indicated.model import Article, Assessment, Block, Case, Drawn, Finding, Quantity, Section
from indicated.report import to_html
from indicated.report.cite import check_article
from indicated.report.draw import INKS, svg
from indicated.serve.demo import demo_case

LIBRARY = load_library()


@pytest.fixture(scope="module")
def shipped() -> Assessment:
    return assess(demo_case(), LIBRARY)


@pytest.fixture(scope="module")
def course() -> Assessment:
    """A chart with dated infections and a treatment that began and ended."""
    folder = Path(__file__).parents[2] / "examples/cases/cll-infections-igg-380"
    question = (folder / "question.txt").read_text(encoding="utf-8").strip()
    return assess(Case(question, read_chart(folder / "chart"), date(2026, 11, 20)), LIBRARY)


def figures(article: Article) -> list[Block]:
    def of(section: Section) -> Iterator[Block]:
        yield from (b for b in section.blocks if b.figure)
        for part in section.parts:
            yield from of(part)

    return [b for s in article.sections for b in of(s)]


def drawn(article: Article, kind: str, role: str) -> list[Drawn]:
    found = [b.figure for b in figures(article) if b.figure and b.figure.kind == kind]
    return [d for figure in found for d in figure.drawn if d.role == role]


def test_the_shipped_case_has_a_handful_of_pictures(shipped: Assessment) -> None:
    kinds = [b.figure.kind for b in figures(shipped.article) if b.figure]
    assert kinds == ["criteria", "values", "values", "dose"]


def test_points_are_the_dated_values_of_the_record(shipped: Assessment) -> None:
    facts = {(f.when, f.value) for f in shipped.facts.items if isinstance(f.value, Quantity)}
    points = drawn(shipped.article, "values", "point")
    assert points
    record = dict(shipped.article.record)
    for point in points:
        assert (point.when, point.value) in facts
        assert point.label in record
        source = record[point.label]
        assert any(source in f.sources and f.value == point.value for f in shipped.facts.items)


def test_limits_are_those_of_the_policy(shipped: Assessment) -> None:
    bounds = set()
    for d in shipped.determinations:
        phase = d.policy.phases.get(d.phase) if d.policy else None
        for way in (*phase.routes, *phase.exceptions) if phase else ():
            for criterion in way.criteria:
                for leaf in criterion.leaves():
                    bounds |= {b.limit for b in getattr(leaf.test, "bounds", ())}
        for criterion in (*phase.exclusions, *phase.supporting) if phase else ():
            for leaf in criterion.leaves():
                bounds |= {b.limit for b in getattr(leaf.test, "bounds", ())}
    limits = drawn(shipped.article, "values", "limit")
    assert limits
    assert {d.value for d in limits} <= bounds


def test_signs_are_the_findings_of_the_determination(shipped: Assessment) -> None:
    def every(finding: Finding) -> Iterator[Finding]:
        yield finding
        for part in finding.parts:
            yield from every(part)

    findings = {
        (f.says.removesuffix("."), f.truth.value)
        for d in shipped.determinations
        for top in d.findings()
        for f in every(top)
    }
    nodes = drawn(shipped.article, "criteria", "node")
    assert len(nodes) > 10
    for node in nodes:
        words, tone = node.text.removesuffix(" …"), node.tone.removeprefix("exclusion_")
        assert any(says.startswith(words) and truth == tone for says, truth in findings)


def test_ranges_are_those_of_the_dose_check(shipped: Assessment) -> None:
    first = shipped.determinations[0]
    assert first.dose
    amounts = [row.line.amount for row in first.dose.rows]
    assert [d.value for d in drawn(shipped.article, "dose", "range")] == amounts
    assert [d.value for d in drawn(shipped.article, "dose", "request")] == [first.item.dose]


def test_the_course_in_time_holds_the_dated_illnesses_and_treatments(course: Assessment) -> None:
    spans = drawn(course.article, "timeline", "span")
    lanes = [(d.lane, d.when.start.earliest if d.when.start else None) for d in spans]
    assert lanes == [
        ("chronic lymphocytic leukaemia", date(2021, 5, 14)),
        ("bacterial sinusitis", date(2025, 11, 18)),
        ("pneumonia", date(2026, 2, 9)),
        ("pneumonia", date(2026, 6, 22)),
        ("antibiotic prophylaxis against bacterial infection", date(2026, 3, 2)),
    ]
    assert spans[-1].when.end
    assert spans[-1].when.end.latest == date(2026, 7, 6)
    assert "stopped for lack of response" in spans[-1].text
    (block,) = (b for b in figures(course.article) if b.figure and b.figure.kind == "timeline")
    words = " ".join(s.text for s in block.sentences)
    assert all(f"{d.text} [{d.label}]" in words for d in spans), "the words tell what is drawn"


def test_the_course_is_drawn_a_sign_for_a_day_and_a_bar_for_a_stretch(course: Assessment) -> None:
    (block,) = (b for b in figures(course.article) if b.figure and b.figure.kind == "timeline")
    text = svg(block, load_messages(), "f")
    for word in ("Illnesses and findings", "Treatments and procedures", "pneumonia", ">2026<"):
        assert word in text
    assert text.count(f"stroke: {INKS['data']}; stroke-width: 5") == 2
    root = ElementTree.fromstring(text)
    assert sum(e.tag.endswith("}use") and INKS["data"] in str(e.attrib) for e in root.iter()) == 3
    assert block.sentences[0].text in to_html(course.article)


@pytest.mark.parametrize("change", ["text", "value", "label"])
def test_a_picture_that_shows_something_else_is_refused(shipped: Assessment, change: str) -> None:
    article = shipped.article

    def spoil(section: Section) -> Section:
        blocks = []
        for block in section.blocks:
            if block.figure and block.figure.kind == "values":
                one = block.figure.drawn[0]
                value = Quantity.of(700, "mg/dL")
                bad = {"text": "serum IgG 700 mg/dL, 17 Jun 2025", "value": value, "label": "P1"}
                one = replace(one, **{change: bad[change]})  # type: ignore[arg-type]
                figure = replace(block.figure, drawn=(one, *block.figure.drawn[1:]))
                block = replace(block, figure=figure)
            blocks.append(block)
        return replace(section, blocks=tuple(blocks), parts=tuple(map(spoil, section.parts)))

    spoilt = replace(article, sections=tuple(map(spoil, article.sections)))
    case = shipped.case
    assert check_article(article, case, LIBRARY.concepts) == []
    problems = check_article(spoilt, case, LIBRARY.concepts)
    assert {p.rule for p in problems} == {"figure"}


def test_a_drawing_is_sound_named_and_the_same_each_time(shipped: Assessment) -> None:
    messages = load_messages()
    for n, block in enumerate(figures(shipped.article)):
        for outlines in (False, True):
            text = svg(block, messages, f"f{n}", outlines=outlines)
            assert text == svg(block, messages, f"f{n}", outlines=outlines)
            root = ElementTree.fromstring(text)
            assert root.attrib["role"] == "img"
            names = {e.attrib["id"]: "".join(e.itertext()) for e in root.iter() if "id" in e.attrib}
            title, told = root.attrib["aria-labelledby"].split()
            assert names[title] == block.sentences[0].text
            assert names[told] == " ".join(s.text for s in block.sentences[1:])
            assert all(id.startswith(f"f{n}-") for id in names)


def test_the_numbers_of_the_points_stand_in_the_drawing(shipped: Assessment) -> None:
    for block in figures(shipped.article):
        assert block.figure
        text = svg(block, load_messages(), "f")
        for point in block.figure.drawn:
            if point.role == "point" and isinstance(point.value, Quantity):
                assert f">{point.value.exact}<" in text
            if point.role in ("limit", "range", "request"):
                assert point.text.replace("<", "&lt;") in text


def test_the_page_puts_its_own_colours_in(shipped: Assessment) -> None:
    page = to_html(shipped.article)
    drawings = page[page.index("<svg") :]
    assert drawings.count("<svg") == 4
    style, body = page.split("</style>", 1)
    assert not any(ink in body for ink in INKS.values())
    for name in INKS:
        assert style.count(f"--fig-{name}:") == 3  # light, dark, paper


def test_without_the_extra_the_words_of_a_picture_stay(
    shipped: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicated.report.html.can_draw", lambda: False)
    page = to_html(shipped.article)
    assert "<svg" not in page
    assert page.count("<figcaption>") == 4
