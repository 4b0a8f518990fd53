"""`sign`, `log verify` and `publish`: only what was signed leaves, and nothing that names anybody."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from indicated.errors import ExitCode
from indicated.messages import load_messages
from indicated.serve.cli import main

CHART = """\
Patient Name: Marisol Quisenberry   MRN: 48213377   DOB: 03/14/1963
Date of service: 10/28/2025
Seen at Thistlewood Memorial Hospital, Waynesville, NC.

Mrs. Quisenberry lives in Waynesville with her husband Tunde. She has common variable immunodeficiency.
IgG 295 mg/dL on 10/02/2025. Weight 68 kg. Marisol reports four pneumonias since March 2024.
Pneumonia 04/11/2025 and again on 07/19/2025, confirmed by chest X-ray; treated by Dr. Kovalenko.
Poor response to pneumococcal vaccine. Start IVIG 30 g every 4 weeks.
Call 919-555-0188 with questions. Quisenberry agrees with the plan.
"""
NAMING = re.compile(
    r"quisenberry|marisol|waynesville|kovalenko|thistlewood|tunde|48213377|555-0188"
    r"|\d+/\d+/20\d\d|2[18] (?:Oct|Nov) 2025|2025-1[01]-\d\d|Mar(?:ch)? 2024|1963",
    re.I,
)
URL = "https://articles.example/site"


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def sign(record: Path, log: Path, by: str = "Jane Roe, MD", role: str = "physician") -> Result:
    return run("sign", record, "--by", by, "--role", role, "--log", log)


def publish(folder: Path, *records: Path) -> Result:
    log = folder / "log.jsonl"
    return run("publish", *records, "--log", log, "--site-url", URL, "-o", folder / "site")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("cases")
    (folder / "chart.txt").write_text(CHART, encoding="utf-8")
    texts = {}
    for reader in ("clinician", "patient"):
        file = folder / f"{reader}.json"
        result = run(
            "assess", "Is IVIG 30 g every 4 weeks medically necessary for CVID, as of 10/28/2025?",
            "--chart", folder / "chart.txt", "--as-of", "2025-11-21", "--reader", reader,
            "--save", file,
        )  # fmt: skip
        assert result.exit_code == 0, result.output
        texts[reader] = file.read_text(encoding="utf-8")
    return texts


@pytest.fixture
def record(saved: dict[str, str], tmp_path: Path) -> Path:
    for reader, text in saved.items():
        (tmp_path / f"{reader}.json").write_text(text, encoding="utf-8")
    return tmp_path / "clinician.json"


def files(site: Path) -> dict[str, str]:
    return {
        str(f.relative_to(site)): f.read_text(encoding="utf-8")
        for f in site.rglob("*")
        if f.is_file()
    }


def test_a_signed_article_becomes_a_site_that_names_nobody(record: Path) -> None:
    folder = record.parent
    assert sign(record, folder / "log.jsonl").exit_code == 0
    assert publish(folder, record).exit_code == 0
    told = files(folder / "site")
    assert set(told) > {"index.html", "feed.xml", "sitemap.xml", "robots.txt", "search.js"}
    for name, text in told.items():
        assert not NAMING.search(text), f"{name} tells who the patient is"
    [page] = [t for n, t in told.items() if n.startswith("articles/")]
    entry = json.loads((folder / "log.jsonl").read_text(encoding="utf-8"))
    assert "Approved: Jane Roe, MD, physician reviewer" in page
    assert entry["article"] in page
    assert entry["hash"] in page
    assert "serum IgG 295 mg/dL, day -50" in page
    assert "Answered as of day zero" in page


def test_nothing_is_fetched_and_feed_and_sitemap_are_sound(record: Path) -> None:
    folder = record.parent
    sign(record, folder / "log.jsonl")
    publish(folder, record)
    told = files(folder / "site")
    for text in (t for n, t in told.items() if n.endswith(".html")):
        loads = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', text)
        assert all(x.startswith(("data:", "search", "feed.xml")) for x in loads)
        assert "default-src 'none'" in text
    feed = ElementTree.fromstring(told["feed.xml"])
    atom = "{http://www.w3.org/2005/Atom}"
    [link] = [x.get("href") for x in feed.iterfind(f"{atom}entry/{atom}link")]
    assert link is not None
    assert link.removeprefix(f"{URL}/") in told
    assert link in told["sitemap.xml"]
    ElementTree.fromstring(told["sitemap.xml"])


def test_an_unsigned_article_is_refused_and_nothing_is_written(record: Path) -> None:
    folder = record.parent
    sign(record, folder / "log.jsonl")
    result = publish(folder, record, folder / "patient.json")
    assert result.exit_code == ExitCode.INPUT
    assert "patient.json: the article is not approved: it is draft" in result.output
    assert not (folder / "site").exists()


def test_a_site_grows_and_a_withdrawn_article_is_taken_down(record: Path) -> None:
    folder = record.parent
    log = folder / "log.jsonl"
    sign(record, log)
    publish(folder, record)
    sign(folder / "patient.json", log)
    assert publish(folder, folder / "patient.json").exit_code == 0
    assert len(list((folder / "site" / "articles").iterdir())) == 2
    run(
        "sign", record, "--act", "withdraw", "--by", "Jane Roe", "--role", "physician", "--log", log
    )
    result = publish(folder)
    assert result.exit_code == 0
    assert "taken down: articles/" in result.output
    assert len(list((folder / "site" / "articles").iterdir())) == 1


def test_the_index_speaks_the_language_asked_for_and_marks_articles_in_another(
    record: Path,
) -> None:
    sign(record, record.parent / "log.jsonl")
    assert publish(record.parent, record).exit_code == 0
    english = files(record.parent / "site")["index.html"]
    assert publish(record.parent, "--language", "es").exit_code == 0
    spanish = files(record.parent / "site")["index.html"]
    assert '<html lang="en">' in english
    assert ' lang="en">' not in english.replace('<html lang="en">', "")
    assert '<html lang="es">' in spanish
    assert spanish.count(' lang="en">') == 3  # its title twice, and its outcomes
    words = [load_messages(x).table for x in ("en", "es")]
    for id in ("title", "skip", "all", "search", "search_hint", "by_topic", "feed", "disclaimer"):
        for page, own, other in ((english, *words), (spanish, *reversed(words))):
            assert own[f"site.{id}"] in page
            assert other[f"site.{id}"] not in page


def test_an_altered_page_and_a_cut_log_are_refused(record: Path) -> None:
    folder = record.parent
    log = folder / "log.jsonl"
    sign(record, log)
    publish(folder, record)
    [page] = (folder / "site" / "articles").iterdir()
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("IgG", "IgM", 1), encoding="utf-8")
    result = publish(folder)
    assert result.exit_code == ExitCode.INPUT
    assert "the page is not as it was published" in result.output
    page.write_text(text, encoding="utf-8")
    log.write_text("", encoding="utf-8")
    result = publish(folder)
    assert result.exit_code == ExitCode.INPUT
    assert "the log does not hold entry 1" in result.output


def test_a_folder_of_somebody_else_is_left_alone(record: Path) -> None:
    folder = record.parent
    sign(record, folder / "log.jsonl")
    (folder / "site").mkdir()
    (folder / "site" / "thesis.txt").write_text("mine", encoding="utf-8")
    result = publish(folder, record)
    assert result.exit_code == ExitCode.INPUT
    assert (folder / "site" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_the_log_is_verified_and_breaks_are_named(record: Path) -> None:
    log = record.parent / "log.jsonl"
    head = sign(record, log).stdout.split()[-1]
    assert f"whole: 1 entries; head {head}" in run("log", "verify", log, "--head", head).stdout
    log.write_text(log.read_text(encoding="utf-8").replace("Jane", "Joan"), encoding="utf-8")
    result = run("log", "verify", log)
    assert result.exit_code == ExitCode.INPUT
    assert "log.jsonl:1: altered: entry 1 does not agree with its own hash" in result.stdout


def test_the_author_does_not_approve(record: Path) -> None:
    log = record.parent / "log.jsonl"
    given = ("--by", "Ann Ode", "--role", "author", "--log", log)
    assert run("sign", record, "--act", "submit", *given).exit_code == 0
    result = sign(record, log, "Ann Ode", "physician")
    assert result.exit_code == ExitCode.INPUT
    assert "may not approve" in result.output
