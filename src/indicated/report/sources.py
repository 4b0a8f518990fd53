"""The sources of an article as the user's collection has them: a page beside the article, to which
its citations lead. It holds text that may be licensed, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from indicated.messages import Messages, load_messages
from indicated.model import Opened, Place
from indicated.report.html import environment


def place_of(label: str) -> str:
    """The id of a source on the page.

    >>> place_of("3")
    'source-3'
    """
    return f"source-{label}"


def to_sources_html(
    opened: Mapping[str, Opened],
    *,
    program: str,
    article: str = "",
    language: str = "en",
    messages: Messages | None = None,
) -> str:
    """The page. `opened`: printed label of a reference -> its work; `article`: the file beside it
    that cites them."""
    page = _Page(messages or load_messages(language), language, opened, program, article)
    return environment().get_template("sources.html.j2").render(page=page)


@dataclass(frozen=True)
class _Page:
    """What the template asks."""

    m: Messages
    language: str
    opened: Mapping[str, Opened]
    program: str
    article: str

    def say(self, id: str, /, **slots: str) -> str:
        """Words of the page."""
        return self.m.fill(f"opened.{id}", **slots)

    @property
    def sources(self) -> list[tuple[str, str, Opened]]:
        """Label, id and source, in their order."""
        return [(label, place_of(label), source) for label, source in self.opened.items()]

    def about(self, source: Opened) -> str:
        """What the work is."""
        work = source.work
        named = [f"{kind.upper()} {value}" for kind, value in work.identifiers]
        told = (work.type, work.organisation, work.year, work.version, work.jurisdiction, *named)
        return ", ".join(t for t in told if t)

    def standing(self, source: Opened) -> str:
        """A warning, where the work does not stand."""
        status = source.work.status
        return "" if status == "current" else self.say(f"status_{status}")

    def how(self, place: Place) -> str:
        """How the passage was found."""
        return self.say(f"how_{place.how}")

    def where(self, place: Place) -> str:
        """Where it stands in the work."""
        page = place.passage.page
        told = [place.passage.section, self.say("page", n=str(page)) if page else ""]
        return ", ".join(t for t in told if t)

    def words(self, place: Place) -> Markup:
        """The passage with its marks."""
        return _marked(place.passage.text, place.marks)


def _marked(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    out, at = Markup(""), 0
    for start, end in marks:
        out += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        at = end
    return out + escape(text[at:])
