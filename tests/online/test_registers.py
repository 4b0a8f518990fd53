"""`indicated evidence check --online` against registers on loopback: what they say, what they do not
say, and that nobody concludes from silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indicated.criteria import load_library
from indicated.errors import ExitCode
from indicated.evidence.collection import Collection
from indicated.evidence.existence import agree
from indicated.evidence.parts import Found, Piece
from indicated.model import Reference, Work
from indicated.serve.cli import main
from tests.evidence.test_links import policy
from tests.online import server as s
from tests.online.conftest import at
from tests.online.server import Asked, Reply

TITLE = "Example treatment of example disease"
RETRACTED = '<PublicationType UI="D016441">Retracted Publication</PublicationType>'
PMIDS = {
    "1": s.record("1", f"{TITLE}."),
    "2": s.record("2", f"RETRACTED: {TITLE}.", types=RETRACTED),
    "3": s.record("3", "Something else altogether, in rats."),
    "6": s.record("6", f"RETRACTED: {TITLE}, of somebody else in rats.", types=RETRACTED),
}
SUMMARIES = {"5": {"uid": "5", "title": f"{TITLE}."}, "900": {"uid": "900", "title": TITLE}}


def ncbi(asked: Asked) -> Reply:
    ids = asked.params["id"].split(",")
    if asked.path.endswith("efetch.fcgi"):
        return s.efetch(*(PMIDS[i] for i in ids if i in PMIDS))
    error = "cannot get document summary"
    said = {i: SUMMARIES.get(i, {"uid": i, "error": error}) for i in ids if i != "7"}
    return s.data({"header": {"type": "esummary"}, "result": {"uids": list(said), **said}})


def registers(asked: Asked) -> Reply:
    """All in one server; each is asked at a path of its own."""
    id = asked.path.partition("/10.1000/")[2]
    match asked.path.split("/")[1:3]:
        case ["doi", "handles"]:
            there = id in ("there", "elsewhere", "gone")
            body = {"responseCode": 1 if there else 100, "handle": f"10.1000/{id}"}
            return Reply(json.dumps(body).encode(), 200 if there else 404)
        case ["crossref", "works"]:
            if id == "elsewhere":
                return Reply(b"Resource not found.", 404)
            message = {"title": [TITLE], "subtitle": ["a trial"]}
            gone = {"updated-by": [{"type": "correction"}, {"type": "retraction"}]}
            return s.data({"status": "ok", "message": message | (gone if id == "gone" else {})})
        case ["trials", "studies"]:
            known = asked.params["filter.ids"] == "NCT00000001"
            return s.data({"studies": [s.study("NCT00000001", TITLE)] if known else []})
        case ["dailymed", "spls.json"]:
            return s.spls(*([1] if asked.params["setid"] == s.setid(1) else []))
    return ncbi(asked)


@contextmanager
def asking(monkeypatch: pytest.MonkeyPatch, **others: s.Script) -> Iterator[list[Asked]]:
    with ExitStack() as stack, s.serving(registers) as (base, seen):
        for name in ("pubmed", "pmc", "trials", "dailymed", "doi", "crossref"):
            monkeypatch.setenv(f"INDICATED_ONLINE_{name.upper()}", f"{base}/{name}")
        for name, script in others.items():
            stack.enter_context(at(monkeypatch, name, script))
        yield seen


def filled(place: Path, *named: tuple[str, str], title: str = TITLE) -> list[str]:
    with Collection(place, create=True) as collection:
        return [
            collection.add(
                Found(Work("", title, identifiers=(n,)), (Piece(f"Text of {n[1]}. " * 30),))
            ).id
            for n in named
        ]


def check(
    place: Path, monkeypatch: pytest.MonkeyPatch, *sources: Reference, online: bool = True
) -> Result:
    library = replace(
        load_library(), policies={"p": policy(*sources)}, labels=(), derived=(), profiles={}
    )
    monkeypatch.setattr("indicated.serve.looking.library_of", lambda _: library)
    flag = ["--online"] if online else []
    return CliRunner().invoke(main, ["evidence", "check", "--collection", str(place), *flag])


ROWS = [
    (("pmid", "1"), "1 exist, 0 do not exist", 0),
    (("pmid", "3"), f'title differs: pmid 3 (work WORK): stated: "{TITLE}"; PubMed: "Something else', 4),
    (("pmid", "4"), "does not exist: pmid 4 (work WORK): PubMed has none", 4),
    (("pmid", "5"), "1 exist, 0 do not exist", 0),  # it was left out, and its summary is there
    (("pmid", "7"), "no answer: 1 pmid: its register said nothing of it", 0),
    (("pmcid", "PMC900"), "1 exist, 0 do not exist", 0),
    (("pmcid", "PMC901"), "does not exist: pmcid PMC901", 4),
    (("nct", "NCT00000001"), "1 exist, 0 do not exist", 0),
    (("nct", "NCT00000009"), "does not exist: nct NCT00000009", 4),
    (("setid", s.setid(1)), "title differs: setid", 4),
    (("setid", s.setid(9)), "does not exist: setid", 4),
    (("doi", "10.1000/there"), "1 exist, 0 do not exist", 0),
    (("doi", "10.1000/elsewhere"), "exists, but its register gives no title to compare: 1 doi", 0),
    (("doi", "10.1000/nowhere"), "does not exist: doi 10.1000/nowhere (work WORK): doi.org has none", 4),
    (("isbn", "9780306406157"), "not asked: 1 isbn: there is no register of it", 0),
]  # fmt: skip


@pytest.mark.parametrize(("named", "said", "code"), ROWS, ids=[" ".join(r[0]) for r in ROWS])
def test_what_a_register_says(
    place: Path, monkeypatch: pytest.MonkeyPatch, named: tuple[str, str], said: str, code: int
) -> None:
    (id,) = filled(place, named)
    with asking(monkeypatch):
        done = check(place, monkeypatch)
    assert said.replace("WORK", id[:8]) in done.stdout
    assert done.exit_code == code, done.output
    assert "nothing was marked as checked" in done.stdout


@pytest.mark.parametrize("named", [("pmid", "2"), ("doi", "10.1000/pm.2"), ("doi", "10.1000/gone")])
def test_a_retraction_marks_the_work(
    place: Path, monkeypatch: pytest.MonkeyPatch, named: tuple[str, str]
) -> None:
    (id,) = filled(place, named)
    source = Reference("R", "trial", TITLE, identifier="PMID 2", checked="seen")
    with asking(monkeypatch):
        done = check(place, monkeypatch, source)
    assert re.search(
        r"^retracted: pmid 2 \((work \w+, )?p\): PubMed; \"RETRACTED: ", done.stdout, re.M
    )
    assert ("; 1 works marked" in done.stdout, done.exit_code) == (True, ExitCode.POLICY)
    with Collection(place) as collection:
        assert collection.work(id).status == "retracted"
        assert collection.because(collection.work(id)) in ("said by PubMed", "said by Crossref")


def test_a_work_is_not_marked_by_a_record_of_another_title(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id,) = filled(place, ("pmid", "6"), title="Immune globulin in another disease")
    with asking(monkeypatch):
        done = check(place, monkeypatch)
    assert "title differs: pmid 6" in done.stdout
    with Collection(place) as collection:
        assert collection.work(id).status == "current"


def test_what_an_author_could_confirm(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place, ("pmid", "1"))
    one = Reference("A", "trial", f"{TITLE} (Table 3)", identifier="PMID 1")
    two = Reference("B", "trial", TITLE, identifier="doi:10.1000/there", checked="seen")
    with asking(monkeypatch):
        done = check(place, monkeypatch, one, two)
    confirmed = [t for t in done.stdout.splitlines() if t.startswith("an author could confirm")]
    assert confirmed == [
        f'an author could confirm: pmid 1 (p): PubMed has "{TITLE}.", stated as unverified'
    ]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"", 500),
        Reply(b"<html>Sign in</html>"),
        Reply(b'{"error": "Invalid uid"}'),
        Reply(b"<PubmedArticleSet>"),
        Reply(b"no", 404),
    ],
)
def test_a_register_that_fails_is_not_a_no(
    place: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    filled(place, ("pmid", "1"), ("pmid", "4"), ("doi", "10.1000/there"), ("nct", "NCT00000009"))
    fails: s.Script = lambda _: reply  # noqa: E731
    with asking(monkeypatch, pubmed=fails, doi=fails, trials=fails):
        done = check(place, monkeypatch)
    assert done.exit_code == ExitCode.PARTIAL, done.output
    assert "0 do not exist" in done.stdout
    assert "no answer: 2 pmid: PubMed did not give what was asked for" in done.stdout


def test_one_failure_costs_one_identifier_and_several_end_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_on(*bad: str) -> s.Script:
        return lambda a: Reply(b"", 400) if a.path.split(".")[-1] in bad else registers(
            Asked(a.path.replace("/api/", "/doi/").replace("10.1000/x.a", "10.1000/there"), {}, {})
        )  # fmt: skip

    filled(place, *(("doi", f"10.1000/x.{n}") for n in "abcde"))
    with asking(monkeypatch, doi=fails_on("b")) as seen:
        done = check(place, monkeypatch)
    assert (
        "no answer: 1 doi: doi.org did not give what was asked for: it refused (400)" in done.stdout
    )
    assert "3 do not exist" in done.stdout, seen
    with asking(monkeypatch), at(monkeypatch, "doi", fails_on(*"abcde")) as asked:
        done = check(place, monkeypatch)
    assert ("no answer: 5 doi" in done.stdout, len(asked)) == (True, 3)
    assert done.stderr.count("error:") == 1


def test_nothing_is_asked_without_the_word(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place, ("pmid", "1"))
    with asking(monkeypatch) as seen:
        assert check(place, monkeypatch, online=False).exit_code == 0
        monkeypatch.delenv("INDICATED_ONLINE")
        refused = check(place, monkeypatch)
    assert (refused.exit_code, seen) == (ExitCode.INPUT, [])
    assert "identifiers (PMID, PMCID, DOI, NCT number, set id)" in refused.stderr


@pytest.mark.parametrize(
    ("stated", "known", "same"),
    [
        (TITLE, f"<i>{TITLE}</i>.", True),
        (TITLE, f"Retracted article: {TITLE}", True),
        (TITLE, f"{TITLE}: a randomised trial of two doses", True),
        (f"{TITLE} (recommendation 4)", TITLE, True),
        ("Caf&eacute; treatment of the disease", "Café treatment of the disease.", True),
        (
            "Treatment of example disease in adults",
            "Treatment of example disease in infants",
            False,
        ),
        (TITLE, f"{TITLE} in children", False),
        (TITLE, f"{TITLE}: five years", True),
        (TITLE, f"{TITLE}. 5-year results", False),
        ("The example disease", "Example disease.", True),
        ("Post-operative care of the adult", "Postoperative care of the adult", True),
        ("Hypertension in women of all ages", "Hypotension in women of all ages", False),
        ("Stroke with atrial fibrillation", "Stroke without atrial fibrillation", False),
        ("Guideline on example disease, 2019", "Guideline on example disease, 2023", False),
        ("Pain", "Pain in the neck, its causes", False),
        (TITLE, "", False),
    ],
)
def test_titles(stated: str, known: str, same: bool) -> None:
    assert agree(stated, known) is same
    assert agree(known, stated) is same or "(" in stated
