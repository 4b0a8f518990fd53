"""Every kind of page, for everybody: WCAG 2.2 A and AA as far as a program can tell.

axe-core comes with the package axe-playwright-python; what it does not look at is measured in
looks.js: every text's contrast in both themes and on paper, the keyboard, 320 px, larger text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.browser.pages import KINDS, page_file, shipped
from tests.chromium import needs_browser

pytestmark = needs_browser
LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARTICLES = [k for k in KINDS if k.startswith(("article", "shipped", "letter", "answer", "site-a"))]
# One page of each template, where every page of it is alike.
EACH = ["shipped", "shipped-chart", "article-patient-es", "letter-appeal-en", "answer-what-if",
        "site-article", "site-index", "library-index", "library-policy-cpap-obstructive-sleep-apnea"]  # fmt: skip
LONG = "shipped"  # ten times as long as article-clinician-en, and made of the same
# https://www.w3.org/TR/WCAG22/#text-spacing: what a reader may set without losing words.
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
    " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
)
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def show(browser: Any, folder: Path) -> Iterator[Open]:
    """Opens a page. Its own policy on scripts is set aside, so that the test's can measure."""
    contexts = []

    def opened(kind: str, *, width: int = 1280, **more: Any) -> Any:
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, bypass_csp=True, **more))
        page = contexts[-1].new_page()
        page.goto(page_file(folder, kind).as_uri())
        if more.get("java_script_enabled", True):
            page.evaluate(LOOKS)
        return page

    yield opened
    for context in contexts:
        context.close()


def axe(page: Any, run: dict[str, Any], *, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds: the rule, how grave, and where."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    options = {"runOnly": run, "rules": {rule: {"enabled": False} for rule in without}}
    told = page.evaluate(
        "options => axe.run({...options, resultTypes: ['violations']})", options
    )  # fmt: skip
    return [
        f"{v['id']} ({v['impact']}): {n['target']}" for v in told["violations"] for n in v["nodes"]
    ]


@pytest.mark.parametrize("kind", [k for k in KINDS if k != LONG])
def test_axe_finds_nothing(show: Open, kind: str) -> None:
    """Letters in Spanish look as those in English do: what is slow is asked of those."""
    again = kind.startswith("letter") and kind.endswith("es")
    without = ("color-contrast", "target-size") if again else ()
    assert axe(show(kind), {"type": "tag", "values": WCAG}, without=without) == []


@pytest.mark.parametrize("kind", [*(k for k in EACH if k != LONG), "article-clinician-en"])
def test_axe_finds_nothing_on_a_phone_in_the_dark(show: Open, kind: str) -> None:
    """The rules that the size and the colours decide."""
    rules = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
    page = show(kind, width=320, color_scheme="dark")
    assert axe(page, {"type": "rule", "values": rules}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_stands_out_and_nothing_is_cut_off(show: Open, kind: str) -> None:
    page = show(kind)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("looks.contrast()") == [], scheme
    page.emulate_media(media="print")  # of a reader whose screen is dark
    assert page.evaluate("looks.contrast(true)") == [], "print"
    page.emulate_media(media="screen", color_scheme="light")
    assert page.evaluate("looks.structure()") == []
    for width in (1280, 740, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("looks.fits()") == [], f"{width} px"
    page.add_style_tag(content=SPACING)
    assert page.evaluate("looks.fits()") == [], "320 px, wider spacing"


@pytest.mark.parametrize("kind", EACH)
@pytest.mark.parametrize("width", [1500, 1280])
def test_text_of_twice_the_size_fits(show: Open, kind: str, width: int) -> None:
    """As a reader sets it in the browser; 1280 px is then as wide as 640."""
    page = show(kind, width=width)
    browser = page.context.new_cdp_session(page)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
    assert page.evaluate("looks.fits()") == []


@pytest.mark.parametrize("kind", EACH)
def test_the_keyboard_reaches_everything_in_order_and_leaves(show: Open, kind: str) -> None:
    page = show(kind, reduced_motion="reduce")
    stops = page.evaluate("looks.stops().length")
    reached = []
    for n in range(min(stops, 150)):  # long articles go on with more of the same
        page.keyboard.press("Tab")
        at = page.evaluate("looks.focus()")
        assert at is not None, f"stop {n} of {stops} is nowhere"
        assert at["ring"], at["name"]
        assert at["seen"], at["name"]
        reached.append(at["place"])
    assert reached == list(range(len(reached)))
    if stops <= 150:
        page.keyboard.press("Tab")
        assert (page.evaluate("looks.focus()") or {"place": 0})["place"] == 0, "a trap"


@pytest.mark.parametrize("kind", EACH)
def test_the_first_stop_skips_to_the_page(show: Open, kind: str) -> None:
    page = show(kind)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_what_is_folded_opens_with_the_keyboard(show: Open) -> None:
    page = show("shipped")
    fold = page.locator("details.fold").first
    assert not fold.locator("table").is_visible()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.locator("table").is_visible()
    page.keyboard.press("Space")
    assert not fold.locator("table").is_visible()


def test_paper_shows_what_is_folded_and_no_list_of_links(show: Open) -> None:
    import pypdfium2

    page = show("shipped")
    words = page.locator("details.fold tbody th").first.text_content().strip().split()
    file = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    try:
        sheets = [" ".join(s.get_textpage().get_text_range().split()) for s in file]
    finally:
        file.close()
    text = " ".join(sheets)
    assert " ".join(words[:4]) in text
    head = " ".join(page.locator(".criteria thead th").all_text_contents()[:4])
    assert sum(head in sheet for sheet in sheets) > 5, "it comes again on the next page"
    assert not any(sheet.endswith(head) for sheet in sheets), "a head without its table"
    assert page.locator(".toc a").first.text_content() in text  # a heading of the article
    assert page.locator("#toc-heading").text_content() not in text
    assert page.locator(".skip").text_content() not in text


@pytest.mark.parametrize("kind", ARTICLES)
def test_it_says_its_language_and_that_of_words_quoted(show: Open, kind: str) -> None:
    page = show(kind, java_script_enabled=False)
    language = "es" if kind.endswith("-es") else "en"
    assert page.locator("html").get_attribute("lang") == language
    marked = page.locator("main [lang]").evaluate_all("all => all.map(e => e.lang)")
    assert set(marked) == ({"en"} if language == "es" else set())


def test_a_list_says_the_language_of_what_it_lists(show: Open) -> None:
    page = show("site-index")
    assert page.locator('.entries > li > a[lang="es"]').count() == 1
    assert page.locator(".entries > li > a:not([lang])").count() == 1


@pytest.mark.parametrize("kind", EACH)
def test_without_script_the_same_can_be_read(show: Open, kind: str) -> None:
    bare = show(kind, java_script_enabled=False).locator("main").inner_text()
    assert bare == show(kind).locator("main").inner_text()


@pytest.mark.parametrize("kind", EACH)
def test_nothing_moves_for_who_wants_no_motion(show: Open, kind: str) -> None:
    page = show(kind, reduced_motion="reduce")
    moving = (
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e); return"
    )
    moving += " s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0 ||"
    assert page.evaluate(f"{moving} s.scrollBehavior === 'smooth'; }}).length") == 0


# --- citations ----------------------------------------------------------------------------------


def comes_into_sight(page: Any, target: Any) -> None:
    """Fails where it does not; a browser that is busy scrolls late."""
    seen = (
        "e => { const top = e.getBoundingClientRect().top; return -1 <= top && top < innerHeight; }"
    )
    page.wait_for_function(seen, arg=target.element_handle())


@pytest.mark.parametrize("kind", ["P", "ref"])
def test_a_citation_leads_to_its_source_and_the_source_back(show: Open, kind: str) -> None:
    page = show("shipped", reduced_motion="reduce")
    links = "main a.rec" if kind == "P" else "main a.lit"
    first = page.locator(f"{links}[id]").first
    place, source = first.get_attribute("id"), first.get_attribute("href")
    first.click()
    listed = page.locator(f"[id='{source[1:]}']")
    comes_into_sight(page, listed)
    listed.locator("xpath=ancestor-or-self::*[self::tr or self::li][1]").locator(
        "a.back"
    ).first.click()
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#{place}"
    comes_into_sight(page, first)


def test_every_source_that_is_cited_leads_back_to_a_citation_of_it(show: Open) -> None:
    page = show("shipped")
    astray = page.evaluate(
        "[...document.querySelectorAll('a.back')].filter(a => {"
        " const row = a.closest('tr'), listed = a.closest('[id^=ref-]') || row.querySelector('th[id]');"
        " const cited = document.getElementById(decodeURIComponent(a.hash.slice(1)));"
        " return !cited || cited.getAttribute('href') !== '#' + listed.id; }).length"
    )
    assert astray == 0
    assert page.locator("a.back").count() > len(shipped().article.references) / 2


def test_a_citation_of_the_record_opens_the_chart_at_its_words(show: Open) -> None:
    page = show("shipped")
    row = page.locator("#record tbody tr", has=page.locator("a.chart")).first
    quoted = row.locator("mark").first.text_content()
    row.locator("a.chart").click()
    page.wait_for_url("**/shipped-chart.html#w-*")
    at = page.locator(":target")
    comes_into_sight(page, at.locator("xpath=following-sibling::*[1]"))
    beside = at.evaluate("e => e.closest('.text').textContent")
    assert " ".join(quoted.strip("“”").split()) in " ".join(beside.split())
    page.go_back()
    page.wait_for_url("**/shipped.html")
