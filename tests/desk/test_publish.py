"""Signed articles that everybody may read: published, taken down, and gone when they no longer hold."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import Engine, update

from indicated import publish as publishing_story
from indicated.errors import InputError
from indicated.model import Library
from indicated.report.deidentify import Suspicion
from indicated.serve.cli import main
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import transaction
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import Publication
from tests.desk.conftest import RECORD, Clock, Place, furnished

DATABASES = ("sqlite",)
SITE = "https://desk.test/site"
NAMED = "Patient: Jane Q. Sample\nMRN: 4471923\n" + RECORD


@pytest.fixture
def place(engine: Engine, library: Library) -> Place:
    """A desk that serves what it publishes."""
    return furnished(engine, library, Clock(), settings=DeskSettings(site_address=SITE))


@pytest.fixture
def anybody(place: Place) -> TestClient:
    return place.browser()


def test_an_editor_publishes_and_everybody_reads(place: Place, anybody: TestClient) -> None:
    id = place.signed(record=NAMED)
    path = place.publish(id)
    page = anybody.get(f"/site/{path}")
    assert page.status_code == 200
    assert "Physician Person" in page.text
    assert "Sample" not in page.text
    assert page.headers["cache-control"] == "no-cache"
    assert "script" not in page.headers["content-security-policy"].replace("script-src 'self'", "")
    for file in ("", "index.html", "feed.xml", "sitemap.xml", "robots.txt", "search-data.js"):
        told = anybody.get(f"/site/{file}")
        assert told.status_code == 200, file
        assert "Sample" not in told.text
    assert path in anybody.get("/site/").text
    for nothing in ("articles/none.html", "none.html", "../desk.sqlite"):
        assert anybody.get(f"/site/{nothing}").status_code in (404, 303)
    case = place.case(id)
    assert case["published"]["address"] == f"{SITE}/{path}"  # type: ignore[index]
    acts = [line["act"] for line in case["history"]]  # type: ignore[attr-defined]
    assert acts[-1] == "publish"
    own = place.of("author").get(f"/cases/{id}/published.html")
    assert own.text == page.text


def test_what_is_published_is_what_the_editor_says_to_have_read(place: Place) -> None:
    id = place.signed()
    editor = place.of("editor")
    page = editor.get(f"/api/cases/{id}/publishing").json()["page"]
    for body, words in (
        ({"page": page}, "nobody says that the page was read"),
        ({"page": "0" * 64, "read": True}, "not the one that you read"),
    ):
        refused = editor.post(f"/api/cases/{id}/publish", json=body)
        assert refused.status_code == 400
        assert words in refused.json()["error"]["what"]
    place.publish(id)
    again = editor.post(f"/api/cases/{id}/publish", json={"page": page, "read": True})
    assert "published already" in again.json()["error"]["what"]


def test_what_is_not_signed_is_not_published(place: Place) -> None:
    id = place.ask()
    page = place.of("editor").get(f"/api/cases/{id}/publishing").json()
    assert page["refused"]["what"] == "only an approved article is published"
    body = {"page": "", "read": True}
    assert place.of("editor").post(f"/api/cases/{id}/publish", json=body).status_code == 400


def test_taken_down_its_address_says_so_and_the_reason_stays_here(
    place: Place, anybody: TestClient
) -> None:
    id = place.signed()
    path = place.publish(id)
    editor = place.of("editor")
    assert editor.post(f"/api/cases/{id}/unpublish", json={"because": " "}).status_code == 400
    down = editor.post(f"/api/cases/{id}/unpublish", json={"because": "The family asked."})
    assert down.status_code == 200
    gone = anybody.get(f"/site/{path}")
    assert gone.status_code == 410
    assert "The editor took it down on 2 Mar 2026" in gone.text
    assert "asked" not in gone.text
    assert "omalizumab" not in gone.text.casefold()
    for file in ("", "feed.xml", "sitemap.xml", "search-data.js", "site.json"):
        assert path not in anybody.get(f"/site/{file}").text
    (row,) = editor.get("/api/published").json()["rows"]
    assert (row["ended"], row["ended_because"]) == ("unpublished", "The family asked.")
    assert editor.post(f"/api/cases/{id}/unpublish", json={"because": "x"}).status_code == 400
    assert place.publish(id) == path
    assert anybody.get(f"/site/{path}").status_code == 200


def test_an_article_whose_approval_is_withdrawn_leaves_at_once(
    place: Place, anybody: TestClient
) -> None:
    id = place.signed()
    path = place.publish(id)
    assert place.decide(id, "withdraw", "physician", comment="A mistake.") == 200
    gone = anybody.get(f"/site/{path}")
    assert (gone.status_code, "Its approval was withdrawn" in gone.text) == (410, True)
    assert path not in anybody.get("/site/").text
    told = [(h["act"], h["by"]) for h in place.case(id)["history"]][-2:]  # type: ignore[attr-defined]
    assert told == [
        ("withdraw", "Physician Person (physician)"),
        ("unpublish", "Physician Person (physician)"),
    ]


def test_a_later_text_takes_the_place_of_the_published_one(
    place: Place, anybody: TestClient
) -> None:
    id = place.signed()
    path = place.publish(id)
    file = ("more.txt", b"Date: 2026-02-25\nFailed loratadine. Weight 71 kg.", "text/plain")
    place.of("author").post(f"/api/cases/{id}/documents", files=[("files", file)])
    place.work()
    assert anybody.get(f"/site/{path}").status_code == 200  # a draft takes nothing back
    page = place.of("editor").get(f"/cases/{id}/publishing").text
    assert "its newest text is draft" in page
    assert place.decide(id, "submit", "author") == 200
    assert place.decide(id, "approve", "physician") == 200
    gone = anybody.get(f"/site/{path}")
    assert (gone.status_code, "It was superseded" in gone.text) == (410, True)
    assert "The article that stands" not in gone.text
    later = place.publish(id)
    assert later != path
    gone = anybody.get(f"/site/{path}")
    assert f'href="{later.split("/")[1]}"' in gone.text


def test_two_cases_that_read_alike_have_each_their_address(
    place: Place, anybody: TestClient
) -> None:
    paths = [place.publish(place.signed()) for _ in range(2)]
    assert len(set(paths)) == 2
    assert all(p in anybody.get("/site/").text for p in paths)
    assert all(anybody.get(f"/site/{p}").status_code == 200 for p in paths)


def test_what_keeps_an_article_back_is_told_in_words(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = place.signed()
    plain = publishing_story.deidentified
    left = (Suspicion("item-1", "(name withheld)", "…seen by ••••••…"),)
    monkeypatch.setattr(
        publishing_story, "deidentified", lambda *given: replace(plain(*given), left=left)
    )
    refused = place.of("editor").get(f"/api/cases/{id}/publishing").json()["refused"]
    assert refused["what"].startswith("1 passage could tell who the patient is")
    assert refused["passages"] == [
        {"section": "item-1", "says": "(name withheld)", "excerpt": "…seen by ••••••…"}
    ]
    page = place.of("editor").get(f"/cases/{id}/publishing").text
    for words in ("It cannot be published", "…seen by ••••••…", "assess and sign it again"):
        assert words in page
    body = {"page": "x", "read": True}
    assert place.of("editor").post(f"/api/cases/{id}/publish", json=body).status_code == 400


def test_nothing_is_published_that_waits_to_be_looked_at_again(place: Place) -> None:
    from tests.desk.test_watch import edited, look, with_library

    id = place.signed()
    later = with_library(place, edited(place))
    assert look(later) == 1
    refused = later.of("editor").get(f"/api/cases/{id}/publishing").json()["refused"]
    assert refused["what"] == "the case waits to be looked at again"


def test_a_desk_that_serves_no_site_keeps_it_to_itself(place: Place, library: Library) -> None:
    path = place.publish(place.signed())
    closed = Place(replace(place.desk, settings=DeskSettings()), place.clock, place.app)
    closed.app = make_app(closed.desk)
    for address in ("/site/", f"/site/{path}", "/site"):
        assert closed.browser().get(address).status_code == 404
    page = closed.of("editor").get("/published").text
    assert "serves no site of its own" in page
    assert closed.of("editor").get("/published/site.zip").status_code == 400


@pytest.mark.parametrize("said", ["desk.example.org", "ftp://x", "https://a b"])
def test_an_address_that_is_none_is_told_when_the_desk_starts(place: Place, said: str) -> None:
    desk = replace(place.desk, settings=DeskSettings(site_address=said))
    with pytest.raises(InputError, match="no web address"):
        make_app(desk)


def test_the_site_as_a_zip_and_as_a_folder(place: Place, tmp_path: Path) -> None:
    stays, goes = place.signed(), place.signed()
    paths = [place.publish(stays), place.publish(goes)]
    place.of("editor").post(f"/api/cases/{goes}/unpublish", json={"because": "x"})
    sent = place.of("editor").get("/published/site.zip?address=https://x.test/a&language=es")
    assert sent.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(sent.content)) as held:
        assert held.testzip() is None
        files = {name: held.read(name).decode() for name in held.namelist()}
    assert "Artículos firmados" in files["index.html"]
    assert "https://x.test/a/sitemap.xml" in files["robots.txt"]
    assert "Physician Person" in files[paths[0]]
    assert "was taken down" in files[paths[1]]
    assert paths[1] not in files["index.html"]
    url = place.engine.url.render_as_string(hide_password=False)
    site = tmp_path / "site"
    given = ["desk", "publish", "--data", url, "--site-url", "https://x.test/a", "-o", str(site)]
    done = CliRunner().invoke(main, [*given, "--language", "es"])
    assert done.exit_code == 0, done.output
    assert {p.relative_to(site).as_posix(): p.read_text() for p in site.rglob("*.*")} == files


@pytest.mark.parametrize("harm", ["page", "listed", "revived"])
def test_a_published_page_that_was_altered_is_not_shown(
    place: Place, anybody: TestClient, harm: str
) -> None:
    id = place.signed()
    path = place.publish(id)
    if harm == "revived":
        place.of("editor").post(f"/api/cases/{id}/unpublish", json={"because": "x"})
        put: dict[str, object] = {"ended_at": None}
    else:
        put = {"page": "<p>Something else", "listed": {"title": "x"}}
        put = {harm: put[harm]}
    with transaction(place.engine) as db:
        db.execute(update(Publication).values(put))
    assert anybody.get(f"/site/{path}").status_code == 409
    url = place.engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(main, ["audit", "verify", "--data", url])
    assert told.exit_code == 3
    assert f"case {id}: the published page {path} is not what the desk wrote" in told.output
