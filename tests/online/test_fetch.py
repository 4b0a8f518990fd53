"""`indicated evidence fetch` against services on loopback, in their shapes and in their failures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode
from indicated.review import verify
from indicated.serve.cli import main
from tests.online import server as s
from tests.online.conftest import at
from tests.online.server import Asked, Reply, Script


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["evidence", *map(str, words)])


def fetch(name: str, query: str, place: Path, *more: str) -> Result:
    return run("fetch", name, query, "--collection", place, "--online", *more)


def pubmed(asked: Asked) -> Reply:
    if asked.path.endswith("esearch.fcgi"):
        return s.esearch(["11", "12"], count=40)
    return s.efetch(*(s.record(i) for i in asked.params["id"].split(",")))


def pmc(asked: Asked) -> Reply:
    if asked.path.endswith("esearch.fcgi"):
        return s.esearch(["700", "701"])
    return s.articles(*asked.params["id"].split(","))


def dailymed(asked: Asked) -> Reply:
    if asked.path.endswith("spls.json"):
        return s.spls(1, 2)
    return s.spl(int(asked.path.split("/")[-1][7]))


def openfda(asked: Asked) -> Reply:
    return s.labels(1, 2) if "example" in asked.params["search"] else s.NO_LABEL


def trials(asked: Asked) -> Reply:
    if asked.params.get("pageToken") == "next":
        return s.data({"studies": [s.study("NCT00000002")]})
    first = [s.study("NCT00000001")]
    return s.data({"totalCount": 2, "studies": first, "nextPageToken": "next"})


SERVICES = [
    ("pubmed", pubmed, "pmid 11", ["11.xml", "12.xml"]),
    ("pmc", pmc, "pmcid PMC700", ["PMC700.xml", "PMC701.xml"]),
    ("dailymed", dailymed, f"setid {s.setid(1)}", [f"{s.setid(1)}.xml", f"{s.setid(2)}.xml"]),
    ("openfda", openfda, f"setid {s.setid(1)}", [f"{s.setid(1)}.json", f"{s.setid(2)}.json"]),
    ("trials", trials, "nct NCT00000001", ["NCT00000001.json", "NCT00000002.json"]),
]


@pytest.mark.parametrize(
    ("name", "script", "named", "files"), SERVICES, ids=[r[0] for r in SERVICES]
)
def test_what_a_service_gives_is_brought_in(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    script: Script,
    named: str,
    files: list[str],
) -> None:
    with at(monkeypatch, name, script) as seen:
        done = fetch(name, "example", place, "--limit", "2")
        assert done.exit_code == 0, done.output
        assert "2 files: 2 new works, 0 superseded" in done.stdout
        assert named in run("list", "--collection", place).stdout
        assert sorted(p.name for p in (place.with_suffix(".fetched") / name).iterdir()) == files
        asked = len(seen)
        again = fetch(name, "example", place, "--limit", "2")
        assert "2 files: 0 new works, 0 superseded, 2 files known before" in again.stdout
        assert len(seen) == asked, "what was asked within a day is not asked again"
    log = (place.parent / "log.jsonl").read_text()
    assert verify(log) == []
    assert (log.count('"role": "online"'), log.count("example") > 0) == (asked, True)


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("pubmed", lambda _: s.esearch([])),
        ("dailymed", lambda _: s.spls()),
        ("openfda", lambda _: s.NO_LABEL),
        ("trials", lambda _: s.data({"totalCount": 0, "studies": []})),
    ],
)
def test_nothing_found_is_said(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, script: Script
) -> None:
    with at(monkeypatch, name, script):
        done = fetch(name, "nonesuch", place)
    assert (done.exit_code, done.stdout) == (0, "Nothing found.\n")
    assert not place.exists()


HTML = Reply(b"<!DOCTYPE html><html><title>Sign in</title></html>")
FAILURES = [
    ("a web page", HTML, "a web page in place of XML"),
    ("cut off", Reply(s.esearch(["1"]).body, cut=True), "the answer was cut off"),
    ("half of it", Reply(s.esearch(["1"]).body[:-30]), "it is cut off or damaged"),
    ("empty", Reply(), "an empty answer"),
    ("too often", Reply(b'{"error":"API rate limit exceeded"}', 429), "it is asked too often (429)"),
    ("for an hour", Reply(b"", 429, {"retry-after": "3600"}), "asks to come back in 3600 seconds"),
    ("failing", Reply(b"oops", 500), "it has failed (500)"),
    ("refusing", Reply(b"<p>no</p>", 403), "it refused (403)\n"),
    ("refusing with words", Reply(b"no such\x1b[2J field", 400), 'it refused (400) and says "no such[2J field"'),
    ("words that steer", Reply(b"<eSearchResult><ERROR>a&#x9b;b</ERROR></eSearchResult>"), 'says "ab"'),
    ("sent on", Reply(b"", 302, {"location": "https://elsewhere.example/x"}), "to another host (elsewhere.example)"),
    ("sent on and on", Reply(b"", 302, {"location": "/api/esearch.fcgi"}), "sends the request on and on"),
    ("an error in it", Reply(b"<eSearchResult><ERROR>Invalid db name</ERROR></eSearchResult>"), "Invalid db name"),
    ("another kind", Reply(b"<eFetchResult><ERROR>down</ERROR></eFetchResult>"), 'it says "down"'),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "said"), [r[1:] for r in FAILURES], ids=[r[0] for r in FAILURES])
def test_a_failure_is_no_empty_answer(
    place: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, said: str
) -> None:
    with at(monkeypatch, "pubmed", lambda _: reply):
        done = fetch("pubmed", "example", place)
    assert done.exit_code == ExitCode.INPUT
    assert said in done.stderr
    assert "nothing is concluded from it" in done.stderr
    assert not place.exists()


def test_an_address_that_is_not_there_is_no_answer(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(monkeypatch, "openfda", lambda _: Reply(b"{}", 404)):
        done = fetch("openfda", "example", place)
    assert (done.exit_code, "there is no such address" in done.stderr) == (ExitCode.INPUT, True)
    monkeypatch.setenv("INDICATED_ONLINE_PUBMED", "http://127.0.0.1:9/api")
    dead = fetch("pubmed", "example", place)
    assert (dead.exit_code, "it cannot be reached" in dead.stderr) == (ExitCode.INPUT, True)


def test_a_run_that_fails_keeps_what_it_had_and_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = False

    def script(asked: Asked) -> Reply:
        if asked.path.endswith("2-0000-4000-8000-000000000000.xml") and not well:
            return Reply(b"", 500)
        return dailymed(asked)

    with at(monkeypatch, "dailymed", script) as seen:
        first = fetch("dailymed", "example", place)
        assert first.exit_code == ExitCode.PARTIAL
        assert "1 new works" in first.stdout
        assert "it has failed (500); asked 4 times" in first.stderr
        well, asked = True, len(seen)
        second = fetch("dailymed", "example", place)
        assert (second.exit_code, len(seen) - asked) == (0, 1)
        assert "2 files: 1 new works" in second.stdout


def test_a_record_that_changed_follows_the_one_before(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "it"

    def script(asked: Asked) -> Reply:
        if asked.path.endswith("esearch.fcgi"):
            return s.esearch(["11"])
        return s.efetch(s.record("11").replace("given it", f"given {text} " * 30))

    with at(monkeypatch, "pubmed", script):
        fetch("pubmed", "example", place)
        text = "another"
        done = fetch("pubmed", "example", place, "--again")
    assert "1 new works, 1 superseded" in done.stdout


def test_what_has_not_changed_is_not_sent_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == '"1"':
            return Reply(status=304)
        reply = trials(asked)
        return Reply(reply.body, headers={"etag": '"1"'})

    with at(monkeypatch, "trials", script) as seen:
        fetch("trials", "example", place)
        done = fetch("trials", "example", place, "--again")
        assert [a.headers.get("if-none-match") for a in seen] == [None, None, '"1"', '"1"']
    assert "2 files known before" in done.stdout


def test_keys_are_sent_and_nowhere_written(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDICATED_NCBI_KEY", "sEcReT")
    monkeypatch.setenv("INDICATED_ONLINE_EMAIL", "me@hospital.example")
    with at(monkeypatch, "pubmed", pubmed) as seen:
        done = fetch("pubmed", "example", place)
        assert [a.params["api_key"] for a in seen] == ["sEcReT", "sEcReT"]
        assert seen[0].params["email"] == "me@hospital.example"
        assert seen[0].params["tool"].startswith("indicated/")
    with at(monkeypatch, "pubmed", lambda _: Reply(b"", 403)):
        failed = fetch("pubmed", "example", place, "--again")
    written = b"".join(p.read_bytes() for p in place.parent.rglob("*") if p.is_file())
    for text in (written, (done.output + failed.output).encode()):
        assert b"sEcReT" not in text
        assert b"hospital.example" not in text


@pytest.mark.parametrize(
    ("setting", "words", "said"),
    [
        ({"INDICATED_ONLINE": ""}, ["--online"], "set INDICATED_ONLINE=yes"),
        ({"INDICATED_ONLINE": "no"}, ["--online"], "set INDICATED_ONLINE=yes"),
        ({}, [], "give --online"),
        ({"INDICATED_ONLINE": ""}, [], "give --online and set INDICATED_ONLINE=yes"),
        ({"INDICATED_ONLINE_PUBMED": "http://mirror.example/x"}, ["--online"], "without encryption"),
        ({"INDICATED_ONLINE_PUBMED": "ftp://mirror.example"}, ["--online"], "no address"),
        ({"INDICATED_ONLINE_PUBMED": "https://me:pw@mirror.example"}, ["--online"], "a name or a password"),
        ({"INDICATED_ONLINE_PROXY": "proxy"}, ["--online"], "no address of a proxy"),
        ({"INDICATED_ONLINE_CA": "/nonesuch.pem"}, ["--online"], "certificates cannot be read"),
    ],
)  # fmt: skip
def test_nothing_leaves_unless_it_is_allowed(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: dict[str, str],
    words: list[str],
    said: str,
) -> None:
    with at(monkeypatch, "pubmed", pubmed) as seen:
        for name, value in setting.items():
            monkeypatch.setenv(name, value)
        done = run("fetch", "pubmed", "example", "--collection", place, *words)
    assert (done.exit_code, seen) == (ExitCode.INPUT, [])
    assert said in done.stderr
    assert "pw@" not in done.output


def test_what_would_leave_is_shown(place: Path) -> None:
    done = run("fetch", "trials", "some words", "--collection", place)
    assert 'would leave your machine: the words "some words", to ClinicalTrials.gov' in done.stderr


@pytest.mark.parametrize("query", ["", "  ", "@note.txt", "one\ntwo", "x" * 1501])
def test_a_text_is_no_query(place: Path, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    with at(monkeypatch, "pubmed", pubmed) as seen:
        done = fetch("pubmed", query, place)
    assert (done.exit_code, seen) == (ExitCode.INPUT, [])


def test_what_cannot_be_logged_does_not_leave(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDICATED_ONLINE_LOG", str(place.parent))
    with at(monkeypatch, "pubmed", pubmed) as seen:
        done = fetch("pubmed", "example", place)
    assert (done.exit_code, seen) == (ExitCode.OUTPUT, [])


def test_a_damaged_answer_on_the_disk_is_asked_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(monkeypatch, "openfda", openfda) as seen:
        fetch("openfda", "example", place)
        (kept,) = (place.parent / "cache" / "online").iterdir()
        kept.write_bytes(kept.read_bytes()[:-5])
        assert fetch("openfda", "example", place).exit_code == 0
        assert len(seen) == 2
        assert json.loads(kept.read_bytes().partition(b"\n")[0])["status"] == 200


def test_a_name_and_a_query_of_openfda(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(monkeypatch, "openfda", openfda) as seen:
        fetch("openfda", "example", place)
        fetch("openfda", "indications_and_usage:example", place)
    assert [a.params["search"] for a in seen] == [
        'openfda.brand_name:"example" openfda.generic_name:"example"',
        "indications_and_usage:example",
    ]


def test_a_disk_that_takes_nothing_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.with_suffix(".fetched").write_text("in the way")
    with at(monkeypatch, "pubmed", pubmed):
        done = fetch("pubmed", "example", place)
    assert done.exit_code == ExitCode.OUTPUT
    assert "what was fetched cannot be kept" in done.stderr
    assert not place.exists()
