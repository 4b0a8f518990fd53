"""Take the README's picture of the shipped article: `python docs/picture.py` (needs Chromium)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from indicated import assess, load_library
from indicated.report import to_html
from indicated.serve.demo import demo_case

TARGET = Path(__file__).resolve().parent / "img" / "article.png"


def main() -> None:
    """Write the first screen of the page as a PNG."""
    page_file = Path(tempfile.mkdtemp()) / "article.html"
    page_file.write_text(to_html(assess(demo_case(), load_library()).article), encoding="utf-8")
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1180, "height": 1500})
        page.goto(page_file.as_uri())
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
