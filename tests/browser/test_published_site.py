"""The site of signed articles in a real browser: search without a server, on a desk and a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.chromium import needs_browser

from indicated.report.site import Listed, site_files

pytestmark = needs_browser


def listed(title: str, topic: str) -> Listed:
    return Listed(
        slug=title.casefold().replace(" ", "-"), title=title, question=f"Is {title} needed?",
        language="en", reader="clinician", topics=(topic,), glances=((title, "Indicated"),),
        by="Jane Roe, MD", role="physician reviewer", at="2026-03-01T12:00:00+00:00",
        signed="a" * 64, shared="b" * 64, entry=1, entry_hash="c" * 64,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    articles = [listed("Spine imaging", "Imaging"), listed("Night oxygen", "Lungs")]
    pages = {a.path: f"<!doctype html><title>{a.title}</title>" for a in articles}
    told = site_files(articles, pages, url="https://x.example", head=(1, "c" * 64))
    for name, text in told.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_search_finds_opens_and_says_when_there_is_nothing(browser, site: Path) -> None:  # type: ignore[no-untyped-def]
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text))
    page.goto((site / "index.html").as_uri())
    page.fill("#find", "lungs")
    assert page.locator("#found li").all_inner_texts() == ["Night oxygen"]
    page.fill("#find", "unicorn")
    assert page.locator("#found li").all_inner_texts() == ["No article speaks of this."]
    page.fill("#find", "spine")
    page.press("#find", "Enter")
    page.wait_for_url("**/spine-imaging.html")
    assert said == []
    page.close()


def test_a_phone_need_not_scroll_sideways(browser, site: Path) -> None:  # type: ignore[no-untyped-def]
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto((site / "index.html").as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.close()
