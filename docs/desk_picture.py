"""Draw the picture of the review desk: docs/img/desk.png. Needs Chromium and the extra [dev]."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.chromium import CHROMIUM, QUIET  # noqa: E402
from tests.desk.conftest import PASSWORD, Clock, furnished  # noqa: E402
from tests.desk.served import Served  # noqa: E402

from indicated.criteria import load_library  # noqa: E402
from indicated.serve.desk.database import engine_of, migrate  # noqa: E402


def main() -> None:
    """Ask about the shipped case, open the words of a citation, and take a picture."""
    with TemporaryDirectory() as folder, sync_playwright() as play:
        engine = engine_of(f"sqlite:///{folder}/desk.sqlite")
        migrate(engine)
        served = Served(furnished(engine, load_library(), Clock(), secure=False))
        id = served.place.of("author").post("/api/ask/example", json={}).json()["id"]
        served.place.work()
        served.place.decide(id, "submit", "author")
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 1000}, device_scale_factor=1.5)
        page.goto(f"{served.url}/sign-in")
        page.get_by_label("Login").fill("physician")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{served.url}/cases/{id}")
        article, chart = (
            page.wait_for_selector(f"iframe[name={name}]").content_frame()
            for name in ("article", "chart")
        )
        article.locator("a.rec[target=chart]").first.click()
        chart.wait_for_url("**#w-*")
        article.locator("#direct-answer").scroll_into_view_if_needed()
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(500)
        page.screenshot(path=ROOT / "docs" / "img" / "desk.png")
        browser.close()
        served.end()


if __name__ == "__main__":
    main()
