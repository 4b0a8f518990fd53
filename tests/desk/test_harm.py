"""Whoever means harm: what they write, send, alter or guess, and what comes of it."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import select, text, update

from indicated.serve.cli import main
from indicated.serve.desk import accounts, routes_case, whole
from indicated.serve.desk.database import transaction
from indicated.serve.desk.permissions import Role
from indicated.serve.desk.tables import Blob, Talk, Version
from tests.desk.conftest import PASSWORD, QUESTION, RECORD, START, Place

DATABASES = ("sqlite",)
NASTY = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>" onmouseover="alert(3) {{7*7}}'


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with what they carry."""

    def __init__(self, page: str):
        super().__init__()
        self.harm: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if any(name.startswith("on") for name in held) or held.get("src") == "x":
            self.harm.append(f"{tag} {held}")

    def handle_data(self, data: str) -> None:
        if "alert(1)" in data and self.cdata_elem == "script":
            self.harm.append(data)


def person(place: Place, login: str, name: str, roles: list[Role]) -> TestClient:
    with transaction(place.engine) as db:
        accounts.add_user(
            db, login, name, PASSWORD, roles, at=place.clock(), settings=place.desk.settings
        )
    return place.sign_in(login)


def test_what_people_write_is_words_on_every_page(place: Place) -> None:
    """In the question, the record, names of files and persons, comments, reasons and answers."""
    browser = person(place, "nasty", f"Doctor {NASTY}", list(Role))
    asked = browser.post(
        "/api/ask",
        data={"question": f"{QUESTION} {NASTY}", "record": f"{RECORD}{NASTY}\n"},
        files=[("files", (f"a{NASTY}.txt", f"{RECORD}{NASTY}".encode(), "text/plain"))],
    )
    case = asked.json()["id"]
    place.work()
    version = place.case(case)["version"]
    answer = {"concept": "chronic-urticaria", "answer": "present"}
    for path, body in (
        ("question", {"question": f"Why? {NASTY}"}),
        ("extend", {"because": NASTY}),
        ("decide", {"act": "submit", "article": version["article_hash"], "comment": NASTY}),  # type: ignore[index]
        ("answer", answer),
        ("strike", {"answer": 1, "because": NASTY}),
        ("assign", {"login": "nasty"}),
    ):
        done = browser.post(f"/api/cases/{case}/{path}", json=body)
        assert done.status_code == 200, (path, done.text)
    place.work()
    talk = 1
    seen = 0
    for entrance in place.app.state.entrances:  # type: ignore[attr-defined]
        if entrance.method != "GET":
            continue
        path = entrance.path.replace("{case}", case).replace("{n}", "1").replace("{form}", "md")
        page = browser.get(path.replace("{talk}", str(talk)), params={"find": NASTY, "state": "x"})
        page = page if page.status_code == 200 else browser.get(path.replace("{talk}", str(talk)))
        if page.headers["content-type"].startswith("text/html"):
            seen += 1
            assert Elements(page.text).harm == [], path
            assert "Doctor 49" not in page.text
    assert seen >= 10
    for path in (f"/sign-in?to=/{NASTY}", f"/{NASTY}", f"/cases/{NASTY}"):
        assert Elements(browser.get(path, follow_redirects=True).text).harm == [], path
        assert Elements(place.browser().get(path, follow_redirects=True).text).harm == [], path


def test_the_parser_of_these_tests_sees_what_would_run() -> None:
    assert len(Elements(f'<p title="{NASTY}">{NASTY}</p>').harm) >= 2


STATEMENTS = (
    "' OR '1'='1",
    "'; DROP TABLE cases; --",
    '" OR 1=1 --',
    "%' UNION SELECT 1 --",
    "1) OR (1=1",
)


def test_words_are_no_statement_wherever_they_are_sent(place: Place) -> None:
    """In every parameter of every page: nobody sees more by it, and every table stands."""
    case = place.ask("author")
    other = place.of("other")
    api: dict[str, Any] = place.app.openapi()  # type: ignore[attr-defined]
    tried = 0
    for path, told in api["paths"].items():
        parameters = told.get("get", {}).get("parameters", [])
        for parameter in parameters:
            for words in STATEMENTS:
                filled, query = path, {}
                for p in parameters:
                    value = (
                        words
                        if p["name"] == parameter["name"]
                        else {"case": case}.get(p["name"], "1")
                    )
                    if p["in"] == "path":
                        filled = filled.replace("{" + p["name"] + "}", value)
                    elif p["name"] == parameter["name"]:
                        query[p["name"]] = value
                answer = other.get(filled, params=query)
                tried += 1
                assert answer.status_code < 500, filled
                assert case not in answer.text.replace(filled, ""), filled
    assert tried > 50
    for words in STATEMENTS:
        assert (
            place.browser().post("/sign-in", data={"login": words, "password": words}).status_code
            == 401
        )
    assert place.case(case)["state"] == "draft"


NAMES = (
    "../../../etc/passwd", "..", "/etc/passwd", "C:\\Windows\\x.txt", "....//x.txt", "%2e%2e%2fx.txt",
    "a\r\nSet-Cookie: a=b\r\n.txt", 'a"; filename="b.html', "é" * 400 + ".txt", "\u202etxt.exe", ".", "CON.txt",
)  # fmt: skip


def test_a_file_name_leads_nowhere_and_into_no_header(place: Place) -> None:
    browser = place.of("author")
    asked: dict[str, str] = {}
    for name in NAMES:
        files = [("files", (name, f"{RECORD} {name}".encode(), "text/plain"))]
        answer = browser.post("/api/ask", data={"question": QUESTION}, files=files)
        assert answer.status_code == 200, name
        asked[name] = answer.json()["id"]
    place.work()
    for name, id in asked.items():
        case = place.case(id)
        assert case["state"] in ("draft", "trouble"), name
        kept = case["documents"][0]["name"]  # type: ignore[index]
        assert not {"/", "\\"} & set(kept), name
        file = browser.get(f"/cases/{id}/documents/1")
        told = file.headers["content-disposition"]
        assert told.startswith(f'attachment; filename="{id}-document-1.'), name
        assert told.count('"') == 2, name
        assert told.isascii(), name
        assert "set-cookie" not in file.headers, name


def test_a_way_with_dots_leads_nowhere(place: Place) -> None:
    case = place.ask()
    browser = place.of("author")
    for path in (
        f"/cases/{case}/versions/1/file/..%2f..%2fdesk.sqlite",
        f"/cases/{case}/versions/1/file/../../../../desk.sqlite",
        f"/cases/..%2f{case}",
        f"/cases/{case}/documents/..%2f1",
        "/static/..%2f..%2fapp.py",
        "/..%2f..%2fetc/passwd",
    ):
        answer = browser.get(path)
        assert answer.status_code in (404, 422), path
        assert b"SQLite" not in answer.content


# --- bombs ---------------------------------------------------------------------------------------


def packed(names: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in names.items():
            file.writestr(name, content)
    return held.getvalue()


def nested(depth: int) -> bytes:
    content = packed({"note.txt": b"Urticaria."})
    for n in range(depth):
        content = packed({f"{n}.zip": content})
    return content


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><ClinicalDocument xmlns='urn:hl7-org:v3'><title>&j;</title></ClinicalDocument>"
)
OUTSIDE_FILE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<ClinicalDocument xmlns='urn:hl7-org:v3'><title>&a;</title></ClinicalDocument>"
)
BOMBS = {
    "nested.zip": nested(30), "many.zip": packed({f"{n}.txt": b"x" for n in range(1_500)}),
    "out.zip": packed({"../../../tmp/indicated-was-here.txt": b"x", "/etc/indicated.txt": b"y"}),
    "laughs.xml": LAUGHS, "outside.xml": OUTSIDE_FILE,
    "deep.json": b'{"resourceType":' + b"[" * 50_000, "deep.html": b"<div>" * 10_000,
}  # fmt: skip


def test_a_file_that_means_harm_is_told_and_ends_nothing(place: Place) -> None:
    from pathlib import Path

    for name, content in BOMBS.items():
        asked = place.of("author").post(
            "/api/ask",
            data={"question": QUESTION},
            files=[("files", (name, content, "application/octet-stream"))],
        )
        assert asked.status_code == 200, name
        place.work()
        case = place.case(asked.json()["id"])
        assert case["state"] in ("draft", "trouble"), name
        assert "defect" not in str(case["trouble"]), (name, case["trouble"])
        assert "root:" not in json.dumps(case)
    assert not Path(tempfile.gettempdir(), "indicated-was-here.txt").exists()
    assert not Path("/etc/indicated.txt").exists()
    assert place.of("author").get("/health").status_code == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" * 1_000_000),
        ("application/json", b'{"a":' * 100_000),
        ("application/json", b"\xff\xfe\x00"),
        ("application/json", b'{"login": "\\ud800", "name": "x", "password": "x", "roles": []}'),
        ("application/json", b'{"login": "a\\u0000b", "name": "x", "password": "x", "roles": []}'),
        ("application/json", b'{"login": 1' + b"0" * 100_000 + b"}"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 50_000),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"x"),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(50_000))),
        ("application/x-www-form-urlencoded", b"login=%00%ff&name=%ed%a0%80"),
    ],
)
def test_a_body_that_is_none_is_refused(place: Place, kind: str, body: bytes) -> None:
    """Deep, endless, cut off, of a huge field, of no encoding at all: told, and never a failure."""
    for path in ("/api/users", "/api/ask", "/users", "/sign-in"):
        browser = place.of("administrator" if "users" in path else "author")
        answer = browser.post(path, content=body, headers={"content-type": kind})
        assert 400 <= answer.status_code < 500, (path, answer.text)


# --- guessing and riding along -------------------------------------------------------------------


def test_a_login_that_does_not_exist_costs_as_much(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One password is held against one hash, whoever is named: the time tells nothing."""
    really, work = accounts._hasher(), []

    class Counting:
        hash = really.hash

        def verify(self, password: str, kept: str) -> bool:
            work.append(kept.rsplit("$", 2)[0])  # how it is hashed: the same cost for all
            return really.verify(password, kept)

    accounts._nobody.cache_clear()
    monkeypatch.setattr(accounts, "_hasher", Counting)
    pages = set()
    place.of("administrator").post(
        "/api/users/change", json={"login": "editor", "roles": ["editor"], "active": False}
    )
    work.clear()
    for login in ("author", "no-such-login", "editor", NASTY, "x" * 100):
        answer = place.browser().post("/sign-in", data={"login": login, "password": "wrong"})
        pages.add((answer.status_code, answer.text))
    accounts._nobody.cache_clear()
    assert len(pages) == 1
    assert len(work) == 5
    assert len(set(work)) == 1


def test_no_act_is_done_for_another_site(place: Place) -> None:
    """Every act needs the page's own token, and comes from the desk's own pages."""
    browser = person(place, "all", "All", list(Role))
    csrf = browser.headers.pop("x-csrf-token")
    acts = [e.path for e in place.app.state.entrances if e.method == "POST"]  # type: ignore[attr-defined]
    assert len(acts) > 12
    for act in acts:
        for path in (act, f"/api{act}"):
            path = path.replace("{case}", "0" * 10)
            for headers in (
                {}, {"x-csrf-token": "guessed"}, {"x-csrf-token": csrf, "origin": "https://evil.test"},
            ):  # fmt: skip
                answer = browser.post(path, headers=headers)
                assert answer.status_code == 403, (path, headers)
    stranger = browser.post("/sign-out", headers={"origin": "https://evil.test"})
    assert stranger.status_code == 403
    assert browser.get("/me").status_code == 200


@pytest.mark.parametrize(
    "to",
    [
        "/\t/evil.test",
        "/%09/evil.test",
        "/\\evil.test",
        "///evil.test",
        "javascript:alert(1)",
        "\\\\evil.test",
        "/\n/evil.test",
    ],
)
def test_a_way_back_stays_on_the_desk(place: Place, to: str) -> None:
    form = {"login": "author", "password": PASSWORD, "to": to}
    where = place.browser().post("/sign-in", data=form).headers["location"]
    assert where in ("/", "/%09/evil.test")  # the last is a page of the desk's own


# --- an altered database -------------------------------------------------------------------------


def altered(place: Place, column: str) -> str:
    """A case of which somebody has changed one thing in the database."""
    case = place.ask()
    place.decide(case, "submit", "author")
    with transaction(place.engine) as db:
        version = db.scalars(select(Version).where(Version.case_id == case)).one()
        if column == "outcomes":
            made: Any = [{**o, "outcome": "indicated"} for o in version.outcomes] + [{}]
        elif column == "article":
            made = version.article.replace("urticaria", "psoriasis")
            assert made != version.article
        else:
            made = getattr(version, column) + " "
        db.execute(update(Version).where(Version.id == version.id).values({column: made}))
    return case


@pytest.mark.parametrize("column", ["article", "outcomes", "record", "chart", "data"])
def test_a_version_that_was_altered_is_neither_shown_nor_signed(place: Place, column: str) -> None:
    case = altered(place, column)
    with transaction(place.engine, writes=False) as db:
        hash = db.scalars(select(Version.article_hash)).one()
    browser = place.of("physician")
    body = {"act": "approve", "article": hash, "no_conflict": True}
    refused = browser.post(f"/api/cases/{case}/decide", json=body)
    assert refused.status_code == 409
    assert "is not what the desk wrote" in refused.json()["error"]["what"]
    base = f"/cases/{case}"
    pages = [
        f"{base}/versions/1/{p}"
        for p in ("article.html", "article-chart.html", "data.json", "file/md")
    ]
    for path in (base, *pages):
        assert browser.get(path).status_code == 409, path
    assert browser.post(f"/api{base}/question", json={"question": "Why?"}).status_code == 409
    url = place.engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(main, ["audit", "verify", "--data", url])
    assert told.exit_code == 3
    assert f"case {case}: version 1 is not what the desk wrote" in told.output


def test_an_approval_put_into_the_database_is_seen(place: Place) -> None:
    """The state alone is no signature: that stands in the ledger."""
    case = place.ask()
    with transaction(place.engine) as db:
        db.execute(text("UPDATE cases SET state = 'approved'"))
    assert place.case(case)["signed"] == ""
    public = place.of("author").get(f"/cases/{case}/public.html")
    assert public.status_code == 400, public.text[:300]


def test_a_document_that_was_altered_is_not_handed_out(place: Place) -> None:
    case = place.ask()
    with transaction(place.engine) as db:
        db.execute(update(Blob).values(bytes=b"Something else."))
    answer = place.of("author").get(f"/cases/{case}/documents/1")
    assert answer.status_code == 409
    assert b"Something else" not in answer.content


def test_a_version_from_before_there_were_seals_is_held_to_its_text(place: Place) -> None:
    from indicated.serve.desk import work

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "sealed", lambda because, _: because)
        case = place.ask()
    assert place.of("author").get(f"/cases/{case}/versions/1/article.html").status_code == 200
    with transaction(place.engine) as db:
        db.execute(update(Version).values(article_hash="0" * 64))
    assert place.of("author").get(f"/cases/{case}").status_code == 409
    assert place.clock() == START


@pytest.mark.parametrize("how", ["question", "turn", "by", "put in"])
def test_a_talk_that_was_altered_is_named_and_not_shown(place: Place, how: str) -> None:
    case = place.ask()
    author = place.of("author")
    asked = author.post(f"/api/cases/{case}/question", json={"question": "What is missing?"})
    talk = asked.json()["talk"]
    assert author.get(f"/cases/{case}/talks/{talk}").status_code == 200
    with transaction(place.engine, writes=False) as db:
        assert whole.altered(db) == []
        kept = db.get_one(Talk, talk)
    with transaction(place.engine) as db:
        if how == "put in":
            later = START + timedelta(hours=1)
            new = Talk(
                version_id=kept.version_id, by=kept.by, at=later, question="Why?", turn=kept.turn
            )
            db.add(new)
            db.flush()
            talk = new.id
        else:
            db.execute(update(Talk).values({how: getattr(kept, how) + " "}))
    for path in (f"/cases/{case}/talks/{talk}", f"/cases/{case}"):
        assert author.get(path).status_code == 409
    with transaction(place.engine, writes=False) as db:
        assert whole.altered(db) == [f"case {case}: question {talk} is not what the desk wrote"]


def test_a_talk_from_before_there_were_seals_is_held_to_who_asked(place: Place) -> None:
    case = place.ask()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes_case, "sealed_talk", lambda _: "")
        asked = place.of("author").post(f"/api/cases/{case}/question", json={"question": "Why?"})
    page = f"/cases/{case}/talks/{asked.json()['talk']}"
    assert place.of("author").get(page).status_code == 200
    with transaction(place.engine) as db:
        db.execute(update(Talk).values(by="Somebody Else"))
    assert place.of("author").get(page).status_code == 409
