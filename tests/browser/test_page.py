"""What a person sees: the page in a real browser, on a desk, a phone and paper."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.chromium import needs_browser

from indicated import assess, load_library
from indicated.report import to_html
from indicated.serve.demo import demo_case

pytestmark = needs_browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "article.html"
    path.write_text(to_html(assess(demo_case(), load_library()).article), encoding="utf-8")
    return path


def open_page(browser: object, file: Path, width: int) -> tuple[object, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900})  # type: ignore[attr-defined]
    heard: list[str] = []
    page.on("console", lambda m: heard.append(m.text))
    page.on("pageerror", lambda e: heard.append(str(e)))
    page.on("request", lambda r: heard.append(r.url) if not r.url.startswith("file:") else None)
    page.goto(file.as_uri())
    return page, heard


@pytest.mark.parametrize("width", [1200, 390], ids=["desk", "phone"])
def test_it_fits_loads_nothing_and_complains_of_nothing(
    browser: object, page_file: Path, width: int
) -> None:
    page, heard = open_page(browser, page_file, width)
    assert heard == []
    assert page.title()  # type: ignore[attr-defined]
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")  # type: ignore[attr-defined]
    assert overflow <= 1, f"the page is {overflow} px wider than the screen"
    page.close()  # type: ignore[attr-defined]


def test_a_click_on_a_citation_shows_the_words_it_cites(browser: object, page_file: Path) -> None:
    page, _ = open_page(browser, page_file, 1200)
    for kind in ("a[href^='#P']", "a[href^='#R'], a[href^='#ref']"):
        link = page.locator(f"main :is({kind})").first  # type: ignore[attr-defined]
        target = link.get_attribute("href")
        link.click()
        assert page.locator(f"[id='{target[1:]}']").is_visible()  # type: ignore[attr-defined]
    page.close()  # type: ignore[attr-defined]


def test_every_link_inside_the_page_resolves_and_no_id_stands_twice(
    browser: object, page_file: Path
) -> None:
    page, _ = open_page(browser, page_file, 1200)
    dangling = page.evaluate(  # type: ignore[attr-defined]
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => id && !document.getElementById(id))"
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")  # type: ignore[attr-defined]
    assert dangling == []
    assert len(ids) == len(set(ids))
    page.close()  # type: ignore[attr-defined]


def test_headings_never_skip_a_level(browser: object, page_file: Path) -> None:
    page, _ = open_page(browser, page_file, 1200)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    )  # type: ignore[attr-defined]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    page.close()  # type: ignore[attr-defined]


def test_it_prints(browser: object, page_file: Path) -> None:
    page, _ = open_page(browser, page_file, 1200)
    pdf = page.pdf(format="A4")  # type: ignore[attr-defined]
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 20_000
    page.close()  # type: ignore[attr-defined]
