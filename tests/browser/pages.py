"""Every kind of page that the program writes, each made when a test first asks for it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path

from indicated import Case, assess, load_library, read_chart
from indicated.followup import follow_up
from indicated.letters import letter
from indicated.model import Assessment, Library, Review
from indicated.report import to_html
from indicated.report.deidentify import Shared
from indicated.report.letters import LETTERS, load_letterhead
from indicated.report.site import site_files, site_page
from indicated.serve.demo import demo_case
from indicated.serve.output import save_form
from indicated.settings import Settings

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "examples/cases/cpap-ahi-9-hypertension"
POLICIES = ("cpap-obstructive-sleep-apnea", "mri-lumbar-spine")
QUESTIONS = {
    "why": "Why is the immunoglobulin not decided?",
    "what-if": "What if her IgG was 310 mg/dL before the first infusion?",
    "missing": "What is missing and how can I get it?",
}
library: Callable[[], Library] = cache(load_library)


@cache
def shipped() -> Assessment:
    return assess(demo_case(), library())


@cache
def small(reader: str = "clinician", language: str = "en") -> Assessment:
    question = (SMALL / "question.txt").read_text("utf-8").strip()
    case = Case(question, read_chart(SMALL / "chart"), date(2026, 11, 20), id="small")
    return assess(case, library(), Settings(reader=reader, locale=language))


def _article(folder: Path, reader: str, language: str) -> None:
    name = f"article-{reader}-{language}.html"
    (folder / name).write_text(to_html(small(reader, language).article), encoding="utf-8")


def _letter(folder: Path, kind: str, language: str) -> None:
    """In English with all addresses, in Spanish with blanks to fill."""
    head = load_letterhead(ROOT / "examples/letterhead.yaml") if language == "en" else None
    denial = read_chart(SMALL / "denial.txt") if kind == "appeal" else None
    of = shipped() if kind == "request" else small()  # where something is missing
    written = letter(
        kind, of, library(), letterhead=head, denial=denial, language=language
    )  # fmt: skip
    text = to_html(written.article)
    (folder / f"letter-{kind}-{language}.html").write_text(text, encoding="utf-8")


def _answer(folder: Path, name: str) -> None:
    reply = follow_up(QUESTIONS[name], shipped(), library(), Settings())
    (folder / f"answer-{name}.html").write_text(to_html(reply.article), encoding="utf-8")


def _with_chart(folder: Path) -> None:
    """The shipped case, with the chart that it cites beside it."""
    save_form(shipped(), "html", folder / "shipped.html", library())


def _site(folder: Path) -> None:
    """A site of two signed articles, one of them in Spanish."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    pages = []
    for n, (reader, language) in enumerate((("clinician", "en"), ("patient", "es"))):
        article = small(reader, language).article
        review = Review("approve", "Jane Roe, MD", at, article.hash, role="physician")
        shared = Shared(article, ("place",) if n else ())
        pages.append(site_page(shared, ("Sleep",), review, n + 1, "c" * 64))
    texts = {p.listed.path: p.html for p in pages}
    listed = [p.listed for p in pages]
    for name, text in site_files(
        listed, texts, url="https://x.example", head=(2, "c" * 64)
    ).items():  # fmt: skip
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for page, name in zip(pages, ("article", "article-es"), strict=True):
        (folder / f"site-{name}.html").write_text(page.html, encoding="utf-8")


def _policies(folder: Path) -> None:
    """The site of the library, with two of its policies."""
    spec = importlib.util.spec_from_file_location("site_build", ROOT / "docs/site/build.py")
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    some = {id: library().policies[id] for id in POLICIES}
    builder.build(folder / "policies", replace(library(), policies=some))


def _kinds() -> Mapping[str, tuple[str, Callable[[Path], None]]]:
    kinds: dict[str, tuple[str, Callable[[Path], None]]] = {}
    for name in ("shipped", "shipped-chart"):
        kinds[name] = (f"{name}.html", _with_chart)
    for reader, language in (
        ("clinician", "en"), ("reviewer", "en"), ("student", "en"), ("patient", "en"),
        ("patient", "es"),
    ):  # fmt: skip
        name = f"article-{reader}-{language}"
        kinds[name] = (f"{name}.html", partial(_article, reader=reader, language=language))
    for kind in LETTERS:
        for language in ("en", "es"):
            name = f"letter-{kind}-{language}"
            kinds[name] = (f"{name}.html", partial(_letter, kind=kind, language=language))
    for name in QUESTIONS:
        kinds[f"answer-{name}"] = (f"answer-{name}.html", partial(_answer, name=name))
    for name in ("site-article", "site-article-es"):
        kinds[name] = (f"{name}.html", _site)
    kinds["site-index"] = ("site/index.html", _site)
    for name in ("index", "codes", f"policy-{POLICIES[0]}"):
        kinds[f"library-{name}"] = (f"policies/{name}.html", _policies)
    return kinds


KINDS = _kinds()


def page_file(folder: Path, kind: str) -> Path:
    """The page's file, written now where it is not there yet."""
    name, make = KINDS[kind]
    path = folder / name
    if not path.exists():
        make(folder)
    return path
