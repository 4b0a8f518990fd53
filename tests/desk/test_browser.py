"""The desk as people see it: the way of a newcomer, and every page for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indicated.model import Library
from indicated.propose import Exchange
from indicated.serve.desk.database import engine_of, migrate, transaction
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Progress
from tests.browser.test_accessible import WCAG, axe
from tests.chromium import needs_browser
from tests.desk.conftest import PASSWORD, Clock, furnished
from tests.desk.served import Served
from tests.model.test_asked_beside import CPAP as CPAP_TOO
from tests.model.test_asked_beside import HOME, reply
from tests.model.test_assisted import AHI, CPAP, FEW, answer

pytestmark = needs_browser


@pytest.fixture(scope="module")
def served(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("desk")
    engine = engine_of(f"sqlite:///{folder / 'desk.sqlite'}")
    migrate(engine)
    model = {"model": f"folder:{folder / 'answers'}", "model_inside": "on"}
    settings = DeskSettings(site_address="https://desk.test/site", **model)
    running = Served(furnished(engine, library, Clock(), secure=False, settings=settings))
    yield running
    running.end()


@pytest.fixture
def sign_in(browser: Any, served: Served) -> Iterator[Any]:
    contexts = []

    def signed(login: str, **more: Any) -> Any:
        contexts.append(browser.new_context(bypass_csp=True, **more))
        page = contexts[-1].new_page()
        served.place.clock.on(seconds=4)  # twenty attempts a minute are heard
        page.goto(f"{served.url}/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").press("Enter")
        page.get_by_role("button", name="Sign out").wait_for()
        return page

    yield signed
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def case(served: Served) -> str:
    """The shipped case, asked and read."""
    asked = served.place.of("author").post("/api/ask/example", json={})
    served.place.work()
    return str(asked.json()["id"])


def test_a_newcomer_gets_from_the_question_to_the_published_page(
    served: Served, sign_in: Any
) -> None:
    author = sign_in("other")
    author.get_by_role("button", name="Ask about the shipped example").click()
    author.get_by_text("The record is being read").wait_for()
    served.place.work()
    author.get_by_role("heading", name="What is missing").wait_for()  # the page comes by itself
    article, chart = (
        author.wait_for_selector(f"iframe[name={name}]").content_frame()
        for name in ("article", "chart")
    )
    citation = article.locator("a.rec[target=chart]").first
    words = citation.get_attribute("href").split("#")[1]
    citation.click()
    chart.wait_for_url(f"**#{words}")
    assert chart.locator(f"#{words}").is_visible()
    author.get_by_label("Question").fill("What is missing?")
    author.get_by_role("button", name="Ask", exact=True).click()
    author.get_by_role("heading", name="What is missing?").wait_for()
    author.get_by_role("button", name="Submit for review").click()
    author.get_by_text("Under review").first.wait_for()

    physician = sign_in("physician")
    physician.get_by_role("link", name="alpha-1").first.click()
    physician.get_by_role("button", name="Approve and sign").click()
    physician.get_by_text("nothing is said about a conflict", exact=False).wait_for()
    physician.go_back()
    physician.get_by_label("I have no conflict of interest").check()
    physician.get_by_role("button", name="Approve and sign").click()
    physician.get_by_text("Approved by Physician Person").wait_for()
    physician.get_by_role("link", name="The page as it would be published").wait_for()

    editor = sign_in("editor")
    editor.goto(physician.url)
    editor.get_by_role("link", name="Publish it").click()
    editor.get_by_label("I have read this page").check()
    editor.get_by_role("button", name="Publish", exact=True).click()
    editor.get_by_text("Published by Editor Person").wait_for()
    page = editor.frame_locator("iframe[title='The page as it is published']")
    page.get_by_text("Physician Person").first.wait_for()


def test_drawn_files_and_a_reader_that_changes_by_itself(
    sign_in: Any, served: Served, case: str
) -> None:
    page = sign_in("author")
    page.goto(f"{served.url}/cases/{case}")
    page.get_by_label("Reader").select_option("patient")
    page.frame("article").wait_for_url("**reader=patient**")
    page.goto(f"{served.url}/ask")
    page.evaluate(
        """() => { const t = new DataTransfer(); t.items.add(new File(["x"], "a.txt"));
        const box = document.querySelector("[data-drop]");
        box.dispatchEvent(new DragEvent("drop", {dataTransfer: t, bubbles: true, cancelable: true})); }"""
    )
    assert page.evaluate("document.querySelector('[type=file]').files[0].name") == "a.txt"


def test_reading_and_deciding_need_no_script(sign_in: Any, served: Served, case: str) -> None:
    page = sign_in("author", java_script_enabled=False)
    page.goto(f"{served.url}/cases/{case}")
    page.get_by_role("button", name="Submit for review").click()
    page.goto(f"{served.url}/cases/{case}")
    assert page.get_by_text("Under review").first.is_visible()


def test_asking_on_and_another_reader_leave_one_where_one_is(
    sign_in: Any, served: Served, case: str
) -> None:
    page = sign_in("author")
    page.goto(f"{served.url}/cases/{case}")
    page.evaluate("window.stayed = true")
    page.get_by_label("Question").fill("What is missing?")
    page.get_by_label("Question").press("Enter")
    page.wait_for_selector("iframe[title='Answer to: What is missing?']")
    assert page.evaluate("window.stayed")
    assert page.evaluate("document.activeElement.textContent") == "What is missing?"
    page.get_by_label("Question").fill("Why?")  # and once more on the same page
    page.get_by_label("Question").press("Enter")
    page.wait_for_selector("iframe[title='Answer to: Why?']")
    frame = page.frame("article")
    frame.evaluate("document.getElementById('item-1-criteria').scrollIntoView()")
    page.get_by_label("Reader").select_option("reviewer")
    frame.wait_for_url("**reader=reviewer**")
    top = "document.getElementById('item-1-criteria')?.getBoundingClientRect().top"
    frame.wait_for_function(f"() => Math.abs({top}) < 80", polling=100)


def test_waiting_is_told_in_place_and_ends_by_itself(sign_in: Any, served: Served) -> None:
    page = sign_in("other")
    page.goto(f"{served.url}/ask")
    page.get_by_label("Question").fill("Is omalizumab necessary for chronic urticaria?")
    page.evaluate(
        """() => { const t = new DataTransfer();
        for (const n of ["a", "b"]) t.items.add(new File([`${n}: urticaria`], `${n}.txt`));
        document.querySelector("[data-drop]").dispatchEvent(
            new DragEvent("drop", {dataTransfer: t, bubbles: true, cancelable: true})); }"""
    )
    page.get_by_role("button", name="Assess at once").press("Enter")
    page.get_by_text("It waits for a worker: 2 documents.").wait_for()
    page.evaluate("window.stayed = true")
    id = page.url.rsplit("/", 1)[1]
    with transaction(served.place.engine) as db:
        db.get_one(Progress, id).stage, db.get_one(Progress, id).read = "documents", 1
    page.get_by_text("The documents are read: 1 of 2.").wait_for()
    assert page.evaluate("window.stayed")
    served.place.work()
    page.get_by_role("heading", name="What is missing").wait_for()
    assert page.get_by_role("link", name="b.txt").count() == 1


def test_what_is_asked_is_corrected_by_keyboard_and_without_script(
    sign_in: Any, served: Served
) -> None:
    page = sign_in("other", java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(f"{served.url}/ask")
    page.get_by_label("Question").fill("Is omalizumab and IVIG necessary for zibble syndrome?")
    page.get_by_role("button", name="Show how it is read").press("Enter")
    assert page.get_by_text("Not read:").is_visible()
    page.get_by_role("button", name="Take out omalizumab").press("Enter")
    page.get_by_label("Treatment, test or service").fill("dupilumab")
    page.get_by_label("Treatment, test or service").press("Enter")
    page.get_by_role("button", name="Add to the question").press("Enter")
    words = "Is IVIG and dupilumab necessary for zibble syndrome?"
    assert page.locator("blockquote").inner_text() == words
    page.get_by_role("button", name="Yes, assess this").press("Enter")
    assert page.get_by_text("The record is being read").is_visible()


# What runs over the side of the page, for whoever reads a failure.
OVER = """() => [...document.querySelectorAll("body *")].filter(
    e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 90))"""
PAGES = {
    "/": "physician", "/ask": "author", "/cases/{case}/asked?find=iv": "author", "/cases/{case}": "physician",
    "/cases/{case}/facts": "physician", "/cases/{pointed}/facts": "author", "/cases/{case}/text?n=12": "physician", "/me": "author", "/me/tokens": "author",
    "/users": "administrator", "/keeping": "administrator", "/ledger?verify=true": "auditor", "/statistics": "editor",
    "/cases/{case}/compare": "author", "/cases/{case}/history": "author", "/cases/{case}/criteria": "physician", "/?policy=x&by=author": "physician", "/statistics/metrics": "auditor", "/policies?find=omalizumab": "author", "/published": "editor",
    "/cases/{case}/publishing": "editor", "/cases/{signed}/publishing": "editor", "/cases/{published}/publishing": "editor", "/site/": "editor", "/nowhere": "author",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(served: Served) -> dict[str, str]:
    """Cases by where they stand on the way to everybody."""
    published = served.place.signed()
    served.place.publish(published)
    pointed = proposed(served, *POINTED)
    return {"signed": served.place.signed(), "published": published, "pointed": pointed}


POINTED = (HOME + "\n" + CPAP, "Date: 2025-11-05\n" + AHI)


def proposed(served: Served, question: str, record: str) -> str:
    """A case in which a model pointed at a value of the record."""
    place = served.place
    case = place.ask(question=question, record=record)
    exchange = Exchange(Path(place.desk.settings.model.removeprefix("folder:")))
    for waits in list(exchange.pending()):
        asked = waits.prompt.purpose == "question"
        exchange.record(waits, reply([CPAP_TOO]) if asked else answer(FEW))
    assert place.of("author").post(f"/api/cases/{case}/model", json={}).status_code == 200
    place.work()
    assert "Proposed by a model:" in place.of("author").get(f"/cases/{case}/facts").text
    return case


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_everybody(
    sign_in: Any, served: Served, case: str, made: dict[str, str], path: str
) -> None:
    """axe finds nothing; on a phone nothing runs over the side; in the dark it can be read."""
    run = {"type": "tag", "values": WCAG}
    page = sign_in(PAGES[path], viewport={"width": 1280, "height": 900})
    page.goto(served.url + path.format(case=case, **made))
    assert axe(page, run) == []
    for width, scheme in ((390, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert axe(page, {"type": "rule", "values": ["color-contrast", "target-size"]}) == []
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (path, width, page.evaluate(OVER))


def test_a_person_confirms_what_a_model_pointed_at(sign_in: Any, served: Served) -> None:
    case = proposed(served, CPAP, POINTED[1])
    page = sign_in("author")
    page.goto(f"{served.url}/cases/{case}/facts")
    page.get_by_text("Proposed by a model:").first.click()
    page.get_by_role("button", name="The words say so: confirm").first.press("Enter")
    page.get_by_text("The record is being read").wait_for()
    served.place.work()
    page.goto(f"{served.url}/cases/{case}")
    assert page.get_by_text("A model pointed at it, and a person confirmed it").is_visible()


def test_the_keyboard_reaches_every_control(sign_in: Any, served: Served, case: str) -> None:
    page = sign_in("physician")
    page.goto(f"{served.url}/cases/{case}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    stops = page.evaluate(
        """() => [...document.querySelectorAll(
            "a[href], button, input:not([type=hidden]), select, textarea, summary"
        )].filter(e => e.checkVisibility()).filter(e => e.tabIndex < 0).length"""
    )
    assert stops == 0


def test_paper_holds_no_controls(sign_in: Any, served: Served, case: str, tmp_path: Path) -> None:
    page = sign_in("physician")
    page.goto(f"{served.url}/cases/{case}")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert len(page.pdf()) > 10_000
    for path in ("/", f"/cases/{case}/criteria", f"/cases/{case}/text"):
        page.goto(served.url + path)
        assert page.locator("button:visible, input:visible, select:visible").count() == 0
    page.goto(f"{served.url}/cases/{case}/criteria")  # what is folded away stands on paper
    folded = page.locator(".tree details:not([open])")
    assert folded.count() > 0
    assert folded.locator(".about").first.is_visible()
