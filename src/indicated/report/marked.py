"""The chart as one self-contained page, with every fact marked at its words.

Nothing is loaded from outside, everything is escaped, and the page works without its script, which
only filters and shows what was understood at the words in focus. Words that gave no fact stay
unmarked, and the page says what that means: nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from indicated.model import Assertion, Document, Source, When
from indicated.report.listing import Group, Listing, Row, Words, line_starts, shown

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a document that a fact rests on."""

    start: int
    end: int
    row: Row
    anchor: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as the page shows it."""

    id: str
    title: str
    about: str
    text: Markup


def anchor(source: Source) -> str:
    """The id of the place on the page where these words stand: what a link to them ends in.

    >>> anchor(Source("note.md", "IgG 495", 382, 389))
    'w-1188c3be-382-389'
    """
    if source.start is None or source.end is None:
        whole = "\n".join([source.document, source.path, source.by, str(source.at), source.quote])
        return f"w-{_short(whole)}"
    return f"w-{_short(source.document)}-{source.start}-{source.end}"


@lru_cache(maxsize=4096)
def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def to_marked_html(listing: Listing, *, program: str, article: str = "") -> str:
    """The page of a chart and its facts. `article`: the file beside it that cites its words."""
    page = Page(listing, program, article)
    return _environment().get_template("chart.html.j2").render(page=page, m=page)


class Page:
    """What the template asks of a listing."""

    def __init__(self, listing: Listing, program: str, article: str = ""):
        self.listing, self.program, self.article = listing, program, article
        self.groups: tuple[Group, ...] = listing.groups
        self._spans = _spans(self.groups)
        self._said = Counter(r.fact.assertion for g in self.groups for r in g.rows)

    def say(self, id: str, /, **slots: str) -> str:
        """Words of the page."""
        return self.listing.messages.fill(f"marked.{id}", **slots)

    @property
    def day(self) -> str:
        return self.listing.phrases.when(When.on(self.listing.as_of))

    @property
    def unread(self) -> list[str]:
        return [shown(u) for u in self.listing.chart.unread]

    @property
    def assertions(self) -> list[tuple[str, str, int]]:
        """Every assertion with its word, and how many facts make it."""
        word = self.listing.messages.word
        return [(a.value, word("assertion", a.value), self._said[a]) for a in Assertion]

    @cached_property
    def documents(self) -> tuple[Shown, ...]:
        """The documents in their order, each with its text marked."""
        return tuple(self._documents())

    def _documents(self) -> Iterator[Shown]:
        for n, document in enumerate(self.listing.chart.documents, 1):
            spans = self._spans.get(document.id, [])
            yield Shown(
                f"d{n}", shown(document.title or document.id), self._about(document, spans),
                marked(document, spans, self.say),
            )  # fmt: skip

    def _about(self, document: Document, spans: Sequence[Span]) -> str:
        written = self.listing.phrases.when(When.on(document.written)) if document.written else ""
        dated = written or self.say("undated", day=self.day)
        facts = str(len({s.row.fact.id for s in spans}))
        id = [shown(document.id)] if document.title else []  # else the id is the title shown
        said = [*id, document.kind.replace("-", " "), dated, self.say("facts_here", n=facts)]
        return ", ".join(said)

    @property
    def answers(self) -> list[tuple[str, Words]]:
        """What persons answered, each statement once: it stands in no document."""
        words = [w for g in self.groups for r in g.rows for w in r.words if w.source.by]
        return list({anchor(w.source): w for w in words}.items())

    def place(self, words: Words) -> str:
        """Where words stand, with their document."""
        return ", ".join(filter(None, [shown(words.document), words.place]))

    def anchor(self, words: Words) -> str:
        """The id of the words on this page; "" where they stand in no text that it shows."""
        source = words.source
        here = source.start is not None and self.listing.document(source.document) is not None
        return anchor(source) if here or source.by else ""


def _spans(groups: Sequence[Group]) -> dict[str, list[Span]]:
    """The marked words of each document."""
    found: dict[str, list[Span]] = {}
    for group in groups:
        for row in group.rows:
            for source in row.fact.sources:
                if source.start is not None and source.end is not None:
                    span = Span(source.start, source.end, row, anchor(source))
                    found.setdefault(source.document, []).append(span)
    return found


# --- the text, marked ----------------------------------------------------------------------


def marked(document: Document, spans: Sequence[Span], say: Say) -> Markup:
    """A document's text in which every span is marked, however they overlap, with line numbers.

    The text is cut wherever a span begins or ends and at each line; a piece belongs to every span
    that covers it.
    """
    text = document.text
    lines, pages = line_starts(text), {p: n for n, p in enumerate(document.pages, 1)}
    starts: dict[int, list[Span]] = {}
    for span in spans:
        starts.setdefault(span.start, []).append(span)
    cuts = sorted({0, len(text), *lines, *pages, *starts, *(s.end for s in spans)})
    cuts = [c for c in cuts if 0 <= c <= len(text)]
    numbers = dict(zip(lines, range(1, len(lines) + 1), strict=True))
    pieces: list[Markup] = []
    active: list[Span] = []
    begun: set[int] = set()
    for at, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        if at in pages:
            pieces.append(_PAGE.format(say("page", n=str(pages[at]))))
        if at in numbers and (at < len(text) or at == 0):
            pieces.append(_LINE.format(numbers[at]))
        active = [s for s in active if s.end > at]
        for name in dict.fromkeys(s.anchor for s in starts.get(at, ())):
            pieces.append(_AT.format(name))
        active += starts.get(at, [])
        if end > at:
            pieces.append(_piece(text[at:end], active, begun))
    return Markup("").join(pieces)


_PAGE = Markup('<span class="pg">{}</span>')
_LINE = Markup('<i class="n" data-n="{}"></i>')
_AT = Markup('<span class="at" id="{}"></span>')
_MARK = Markup('<a class="m as-{}{}" href="#{}" data-f="{}" title="{}"{}>{}</a>')
_ASIDE = Markup(' tabindex="-1"')


def _piece(text: str, active: Sequence[Span], begun: set[int]) -> Markup:
    """A piece of text as a link to what was understood of it; the closest span goes first."""
    if not active or not text.strip():
        return escape(text)
    order = sorted(active, key=lambda s: (s.end - s.start, s.row.fact.id))
    first = order[0]
    facts = list(dict.fromkeys(s.row.fact.id for s in order))
    told = "\n".join(dict.fromkeys(f"{s.row.label}, {s.row.text}" for s in order))
    again = id(first) in begun  # one stop of the keyboard for each place, not for each piece of it
    begun.add(id(first))
    return _MARK.format(
        first.row.fact.assertion.value, " many" if len(facts) > 1 else "", facts[0],
        " ".join(facts), told, _ASIDE if again else "", text,
    )  # fmt: skip


# --- the page ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _environment() -> Environment:
    folder = files("indicated").joinpath("report/templates")
    own = {n: folder.joinpath(n).read_text("utf-8") for n in ("chart.css", "chart.js")}
    template = folder.joinpath("chart.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"chart.html.j2": template}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = own["chart.css"], own["chart.js"]
    environment.globals["style"] = Markup(style)  # our own files, without any text of a chart
    environment.globals["script"] = Markup(script)
    environment.globals["policy"] = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return environment


def _digest(text: str) -> str:
    """How a page names a script or style of its own, so that no other is ever run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
