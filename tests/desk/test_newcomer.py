"""A newcomer: from the first `indicated serve` to a signed, published article, by what pages say."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

from tests.chromium import needs_browser
from tests.desk.conftest import PASSWORD
from tests.desk.test_serving import PROGRAM, free_port

pytestmark = needs_browser
PATIENCE = 300_000  # milliseconds; the worker reads the library first


@contextmanager
def begun(data: Path, port: int) -> Iterator[list[str]]:
    """`indicated serve` at a terminal where nobody has an account yet. Gives what it said."""
    ours, its = pty.openpty()
    command = [*PROGRAM, "serve", "--data", str(data), "--port", str(port)]
    process = Popen(
        command, stdin=its, stdout=its, stderr=its, start_new_session=True, env=os.environ.copy()
    )
    os.close(its)
    said = [""]

    def until(words: str) -> None:
        while words not in said[0]:
            said[0] += os.read(ours, 4096).decode()

    try:
        for prompt, typed in (
            ("Login: ", "ann"),
            ("signed: ", "Ann Ode"),
            ("Password: ", PASSWORD),
        ):
            until(prompt)
            os.write(ours, f"{typed}\n".encode())
        until("The review desk is at")
        yield said
    finally:
        process.terminate()
        process.wait()
        os.close(ours)


def signed_in(browser: Any, url: str, login: str, password: str) -> Any:
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Queue").wait_for()
    return page


def test_from_the_first_start_to_a_published_article(browser: Any, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with begun(tmp_path / "desk", port) as said:
        assert "Make yours; it gives out the others." in said[0]
        assert PASSWORD not in said[0]
        ann = signed_in(browser, url, "ann", PASSWORD)
        ann.get_by_role("button", name="Ask about the shipped example").click()
        ann.get_by_role("heading", name="What is missing").wait_for()
        ann.get_by_role("button", name="Submit for review").click()
        ann.get_by_text("It waits for a reviewer or a physician").wait_for()
        ann.get_by_role("link", name="Make an account for them").click()
        ann.get_by_label("Login").fill("jane")
        ann.get_by_label("Name as it is signed").fill("Jane Roe, MD")
        ann.get_by_label("First password").fill("another long password")
        roles = ann.locator("form", has=ann.get_by_label("First password"))
        roles.get_by_label("decides cases, denials as well").check()
        roles.get_by_label("publishes what is signed").check()
        ann.get_by_role("button", name="Add").click()
        ann.get_by_role("rowheader", name="Jane Roe").wait_for()

        jane = signed_in(browser, url, "jane", "another long password")
        jane.get_by_role("rowheader").get_by_role("link").first.click()
        jane.get_by_label("I have no conflict of interest").check()
        jane.get_by_role("button", name="Approve and sign").click()
        jane.get_by_role("link", name="Publish it").click()
        preview = jane.frame_locator("iframe[title='The page as it would be published']")
        preview.get_by_text("Jane Roe").first.wait_for()
        jane.get_by_label("I have read this page").check()
        jane.get_by_role("button", name="Publish").click()
        jane.get_by_text("Published by Jane Roe").wait_for()
        jane.get_by_role("link", name="Published", exact=True).first.click()
        jane.get_by_label("The site will stand at").fill("https://articles.example.org")
        with jane.expect_download() as download:
            jane.get_by_role("button", name="Download it as a zip").click()
        assert download.value.suggested_filename == "site.zip"

        ann.goto(url)
        ann.get_by_role("rowheader").get_by_role("link").first.click()
        ann.get_by_role("link", name="The page as everybody reads it").click()
        assert "Jane Roe, MD" in ann.content()
        for page in (ann, jane):
            page.context.close()
