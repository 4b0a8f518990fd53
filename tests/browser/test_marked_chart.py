"""The marked chart in a real browser: with and without its script, on a desk, a phone and paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.chromium import needs_browser

from indicated import load_library
from indicated.facts import read_facts
from indicated.report.listing import Listing
from indicated.report.marked import anchor, to_marked_html
from indicated.serve.demo import AS_OF, demo_case

pytestmark = needs_browser


@pytest.fixture(scope="module")
def listing() -> Listing:
    chart, concepts = demo_case().chart, load_library().concepts
    return Listing.of(chart, read_facts(chart, concepts, as_of=AS_OF), concepts, as_of=AS_OF)


@pytest.fixture(scope="module")
def file(listing: Listing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "chart.html"
    path.write_text(to_marked_html(listing, program="indicated"), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Any, file: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1300, "height": 900})
    opened.goto(file.as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("width", [1300, 390], ids=["desk", "phone"])
def test_it_fits_loads_nothing_and_complains_of_nothing(
    browser: Any, file: Path, width: int
) -> None:
    """A script or style that the page's own policy does not name would be complained of here."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    heard: list[str] = []
    page.on("console", lambda m: heard.append(m.text))
    page.on("pageerror", lambda e: heard.append(str(e)))
    page.on("request", lambda r: heard.append(r.url) if not r.url.startswith("file:") else None)
    page.goto(file.as_uri())
    assert heard == []
    assert page.locator("#filter").is_visible()
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 1
    page.close()


def test_assertions_differ_by_more_than_colour(page: Any) -> None:
    looks = page.evaluate(
        "[...document.querySelectorAll('.keys .m:not(.many)')].map(e => { const s = getComputedStyle(e);"
        " return s.textDecorationLine + ' ' + s.textDecorationStyle; })"
    )
    assert len(looks) == 8
    assert len(set(looks)) == 8


def test_words_tell_what_was_understood_at_them(page: Any) -> None:
    mark = page.locator("main a.m.many").first
    mark.click()
    here = page.locator("#here")
    assert here.is_visible()
    assert here.locator(".fact").count() == len(str(mark.get_attribute("data-f")).split())
    assert mark.get_attribute("title").count("\n") == here.locator(".fact").count() - 1
    page.keyboard.press("Escape")
    assert not here.is_visible()
    mark.click()
    here.locator("button").focus()
    page.keyboard.press("Enter")
    assert not here.is_visible()
    assert mark.evaluate("e => e === document.activeElement"), "the reader stays where they were"


def test_the_keyboard_reaches_every_place_once(page: Any, listing: Listing) -> None:
    stops = page.evaluate(
        "[...document.querySelectorAll('main a.m')].filter(e => e.tabIndex >= 0).length"
    )
    places = {anchor(s) for f in listing.facts.items for s in f.sources if s.start is not None}
    assert len(places) / 2 < stops <= len(places) + 5
    page.locator("main a.m").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#here").is_visible()


def test_the_filter_hides_facts_and_their_marks(page: Any, listing: Listing) -> None:
    page.locator("#find").fill("igg")
    wanted = [r for g in listing.groups for r in g.rows if "igg" in f"{g.label} {g.id}".casefold()]
    assert page.locator("#list .fact:visible").count() == len(wanted)
    assert f"{len(wanted)} of {len(listing.facts.items)}" in page.locator("#shown").inner_text()
    on = page.locator("main a.m:not(.off)").evaluate_all("all => all.map(e => e.textContent)")
    assert on
    assert all("IgG" in t or "mg/dL" in t for t in on)
    page.locator("#find").fill("")
    page.locator("#filter input[value=present]").uncheck()
    absent = [f for f in listing.facts.items if f.assertion.value != "present"]
    assert page.locator("#list .fact:visible").count() == len(absent)
    assert page.locator("main a.m.as-absent:not(.off)").count() >= 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_link_opens_the_chart_at_the_words(
    browser: Any, file: Path, listing: Listing, script: bool
) -> None:
    context = browser.new_context(
        java_script_enabled=script, viewport={"width": 1300, "height": 900}
    )
    page = context.new_page()
    source = next(s for f in listing.facts.items for s in f.sources if s.document.startswith("04"))
    page.goto(f"{file.as_uri()}#{anchor(source)}")
    box = page.locator(f"#{anchor(source)}").bounding_box()
    assert 0 <= box["y"] < 900
    context.close()


def test_without_script_a_mark_leads_to_its_fact_and_back(browser: Any, file: Path) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1300, "height": 900}
    )
    page = context.new_page()
    page.goto(file.as_uri())
    assert not page.locator("#filter").is_visible()
    mark = page.locator("main a.m").nth(12)
    target = str(mark.get_attribute("href"))[1:]
    mark.click()
    fact = page.locator(f"#{target}")
    assert 0 <= fact.bounding_box()["y"] < 900
    fact.locator(".words a").first.click()
    assert 0 <= page.locator(":target").bounding_box()["y"] < 900
    context.close()


def test_it_prints(page: Any) -> None:
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 20_000
