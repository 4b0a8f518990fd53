"""The site of signed articles, as files in memory: pages, index by topic, search, feed, sitemap.

Nothing is loaded from elsewhere; the only script is the search box's own, and every page reads
well without it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from indicated.messages import ENGLISH, Messages, load_messages
from indicated.model import Concepts, Review, When
from indicated.report.deidentify import Shared
from indicated.report.html import environment
from indicated.report.page import Page
from indicated.report.phrases import Phrases

MANIFEST = "site.json"
TITLE = 60  # characters of a title in a file's name


@dataclass(frozen=True)
class Listed:
    """One article as the site lists it."""

    slug: str
    title: str
    question: str
    language: str
    reader: str
    topics: tuple[str, ...]
    glances: tuple[tuple[str, str], ...]  # item, outcome
    by: str
    role: str
    at: str
    signed: str  # hash of the text that was signed
    shared: str  # hash of the text on the page
    entry: int
    entry_hash: str
    page: str = ""  # SHA-256 of the page's file

    @property
    def path(self) -> str:
        """The page's file."""
        return f"articles/{self.slug}.html"


@dataclass(frozen=True)
class SitePage:
    """An article's place in the lists, and its page."""

    listed: Listed
    html: str


def site_page(
    shared: Shared, topics: tuple[str, ...], review: Review, entry: int, entry_hash: str
) -> SitePage:
    """A signed article without identifying details, as a page that carries who signed what."""
    article = shared.article
    m = load_messages(article.language, article.reader)
    role = m.word("role", review.role)
    day = Phrases(m, Concepts({})).when(When.on(review.at.date()))
    signed = m.fill("site.signed_short", who=review.by, role=role, day=day)
    page = Page(article, state="approved", signed=signed, messages=m)
    page.day = m.template("shared.zero")
    kinds = ", ".join(m.word("withheld", kind) for kind in shared.withheld)
    notes = [
        m.template("site.deidentified"),
        m.fill("site.withheld", kinds=kinds) if kinds else "",
        m.fill("site.hash_signed", hash=review.article_hash),
        m.fill("site.hash_shared", hash=article.hash),
        m.fill("site.entry", n=str(entry), hash=entry_hash),
    ]
    template = environment().get_template("shared.html.j2")
    html = template.render(page=page, article=article, notes=[n for n in notes if n])
    listed = Listed(
        slug=f"{_slug(article.title)}-{article.hash[:10]}",
        title=article.title,
        question=article.question,
        language=article.language,
        reader=article.reader.value,
        topics=topics,
        glances=tuple((g.heading, g.outcome) for g in page.glances()),
        by=review.by,
        role=role,
        at=review.at.isoformat(timespec="seconds"),
        signed=review.article_hash,
        shared=article.hash,
        entry=entry,
        entry_hash=entry_hash,
        page=hashlib.sha256(html.encode("utf-8")).hexdigest(),
    )
    return SitePage(listed, html)


def _day(x: Listed, m: Messages) -> str:
    """The day on which it was approved, in the words of the page."""
    return Phrases(m, Concepts({})).when(When.on(date.fromisoformat(x.at[:10])))


def _slug(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold().split(": ", 1)[-1]).strip("-")
    return words[:TITLE].rsplit("-", 1)[0] if len(words) > TITLE else words or "article"


@lru_cache(maxsize=1)
def _site_environment() -> Environment:
    own: Environment = environment().overlay()
    folder = files("indicated").joinpath("report/templates")
    own.globals["site_style"] = Markup(folder.joinpath("site.css").read_text(encoding="utf-8"))
    return own


def site_files(
    listed: Sequence[Listed],
    pages: Mapping[str, str],
    *,
    url: str,
    head: tuple[int, str],
    language: str = ENGLISH,
) -> dict[str, str]:
    """Every file of the site by its path, its own pages in that language. `pages` holds the
    articles' pages by path, `head` the number and the hash of the last entry of the log."""
    m = load_messages(language)
    url = url.rstrip("/")
    newest = sorted(listed, key=lambda x: (x.at, x.slug), reverse=True)
    topics = {
        topic: [x for x in newest if topic in x.topics]
        for topic in sorted({t for x in newest for t in x.topics}, key=str.casefold)
    }
    told = {"listed": newest, "topics": topics, "m": m, "url": url, "head": head,
            "language": language, "day": lambda x: _day(x, m)}  # fmt: skip

    def render(name: str) -> str:
        return _site_environment().get_template(name).render(**told)

    words = [{"path": x.path, "title": x.title, "words": _words(x)} for x in newest]
    data = json.dumps(words, ensure_ascii=False, indent=0).replace("<", "\\u003c")
    script = files("indicated").joinpath("report/templates/site.js").read_text(encoding="utf-8")
    kept = {"format": "indicated-site", "version": 1, "url": url, "head": list(head)}
    manifest = {**kept, "articles": [asdict(x) for x in newest]}
    return {
        **pages,
        "index.html": render("site.html.j2"),
        "search-data.js": f"const PAGES = {data};\n",
        "search.js": script,
        "feed.xml": render("feed.xml.j2"),
        "sitemap.xml": render("sitemap.xml.j2"),
        "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {url}/sitemap.xml\n",
        MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1) + "\n",
    }


def gone_page(x: Listed, how: str, on: date, later: Listed | None = None) -> str:
    """What stands at the address of an article that was taken down: when and why (superseded,
    withdrawn, unpublished), and nothing of what it said. `later` stands in its place."""
    m = load_messages(x.language)
    return (
        _site_environment()
        .get_template("gone.html.j2")
        .render(
            m=m,
            language=x.language,
            how=how,
            day=Phrases(m, Concepts({})).when(When.on(on)),
            later=later and later.path.removeprefix("articles/"),
        )
    )


def listed_of(kept: Mapping[str, Any]) -> Listed:
    """How the site lists an article, as it was kept in JSON.

    Raises `KeyError` or `TypeError` for what is none.
    """
    glances = tuple((item, outcome) for item, outcome in kept["glances"])
    return Listed(**{**kept, "topics": tuple(kept["topics"]), "glances": glances})


def _words(x: Listed) -> str:
    told = (x.title, x.question, *x.topics, *(f"{i} {o}" for i, o in x.glances), x.reader, x.by)
    return " ".join(told).casefold()
