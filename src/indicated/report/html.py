"""One self-contained page: no script, nothing fetched, readable on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from indicated.messages import Messages
from indicated.model import Article, Block
from indicated.report.draw import INKS, can_draw, svg
from indicated.report.page import Page

_TEMPLATES = (
    "article.html.j2",
    "macros.html.j2",
    "shared.html.j2",
    "site.html.j2",
    "gone.html.j2",
    "feed.xml.j2",
    "sitemap.xml.j2",
    "sources.html.j2",
)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of pages, strict and escaping."""
    folder = files("indicated").joinpath("report/templates")
    loader = DictLoader({n: folder.joinpath(n).read_text(encoding="utf-8") for n in _TEMPLATES})
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = folder.joinpath("article.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)  # our own file, without user text
    environment.filters["web"] = _web
    environment.filters["picture"] = _picture
    environment.filters["whole"] = _whole
    return environment


def _picture(block: Block, page: Page) -> Markup:
    """The drawing, in the page's own colours; "" where nothing can draw it, and the words stay.

    The text in it was escaped when it was drawn.
    """
    if not can_draw():
        return Markup("")
    drawn = svg(block, page.m, page.figure_name(block))
    for name, ink in INKS.items():
        drawn = drawn.replace(ink, f"var(--fig-{name})")
    return Markup(drawn)


def _web(url: str) -> str:
    """The address where it is one of the web, otherwise "": nothing else may become a link."""
    return url if url.startswith(("https://", "http://")) else ""


def _whole(text: str) -> Markup:
    """Text in which "alpha-1" is not broken at the end of a line."""
    pieces = re.split(r"(\S+-\d\S*)", text)
    whole = Markup('<span class="whole">{}</span>')
    return Markup("").join(whole.format(p) if n % 2 else p for n, p in enumerate(pieces))


def to_html(
    article: Article,
    *,
    state: str = "draft",
    signed: str = "",
    messages: Messages | None = None,
    chart: Mapping[str, str] | None = None,
    pane: str = "",
    sources: Mapping[str, str] | None = None,
) -> str:
    """The article as a page. `signed` says who approved it and when, for the approved state;
    `chart` where the words of a printed label stand in a page of the chart beside this one, and
    `pane` the name of the frame in which that page is open, so that a citation opens it there;
    `sources` where the passages behind a reference's label stand in a page of sources beside it."""
    page = Page(
        article, state=state, signed=signed, messages=messages, chart=chart, pane=pane,
        sources=sources,
    )  # fmt: skip
    return environment().get_template("article.html.j2").render(page=page, article=article)
