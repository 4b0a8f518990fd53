"""What was read, for a person to inspect: facts by concept, each with its words and their place.

Unlike an article this is not for publication: it shows the record's own words, names included, to
somebody who holds the record.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from indicated.messages import Messages, load_messages
from indicated.model import (
    Chart,
    Concepts,
    Conflict,
    Document,
    Fact,
    Facts,
    Mark,
    Quantity,
    Source,
    When,
)
from indicated.report.phrases import Phrases, quantity_text

Line = tuple[str, str]  # style, text


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a fact rests on, and where they stand."""

    source: Source
    quote: str
    document: str  # a document's id; "" for a person's answer
    place: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact, in words."""

    fact: Fact
    label: str  # of its concept
    assertion: str
    what: str  # value, treatment, site, how it was shown: what beyond the concept itself
    when: str
    said_by: str
    marks: tuple[str, ...]
    words: tuple[Words, ...]

    @property
    def text(self) -> str:
        """The fact on one line, without its concept."""
        said = ", ".join(filter(None, [self.what, self.when, self.said_by, *self.marks]))
        return f"{self.assertion}: {said}"


@dataclass(frozen=True, slots=True)
class Group:
    """The facts of one concept, newest first."""

    id: str
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Listing:
    """A chart and everything that was understood of it."""

    chart: Chart
    facts: Facts
    concepts: Concepts
    as_of: date
    messages: Messages

    @classmethod
    def of(
        cls, chart: Chart, facts: Facts, concepts: Concepts, *, as_of: date,
        messages: Messages | None = None,
    ) -> Listing:  # fmt: skip
        """The listing of what was read of a chart."""
        return cls(chart, facts, concepts, as_of, messages or load_messages())

    @cached_property
    def phrases(self) -> Phrases:
        return Phrases(self.messages, self.concepts)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Facts by concept in the order of the concepts' labels, each concept's newest first."""
        by: dict[str, list[Fact]] = {}
        for fact in self.facts.items:
            by.setdefault(fact.concept, []).append(fact)
        label = self.concepts.label
        return tuple(
            Group(
                id, shown(label(id)), tuple(self.row(f) for f in sorted(by[id], key=newest_first))
            )
            for id in sorted(by, key=lambda id: (label(id).casefold(), id))
        )

    def row(self, fact: Fact) -> Row:
        """A fact in words, with all of its sources."""
        m, p = self.messages, self.phrases
        label = self.concepts.label(fact.concept)
        value = quantity_text(fact.value) if isinstance(fact.value, Quantity) else fact.value or ""
        what = [value, *p.therapy(fact.therapy), *p.sites(fact, label)]
        what += [m.word("shown_by", way) for way in sorted(fact.shown_by)]
        what += [m.fill("facts.during", what=self.concepts.label(c)) for c in sorted(fact.during)]
        marks = [m.word("mark", k.value) for k in sorted(fact.marks) if k is not Mark.DATE_ASSUMED]
        if Mark.DATE_ASSUMED in fact.marks and not fact.when.assumed:
            marks.append(m.template("facts.date_assumed"))
        return Row(
            fact,
            shown(label),
            m.word("assertion", fact.assertion.value),
            shown(", ".join(w for w in what if w)),
            self.when(fact.when),
            shown(p.answered(fact)) or m.word("said_by", fact.asserter.value),
            tuple(marks),
            tuple(self.words(s) for s in fact.sources),
        )

    def when(self, when: When) -> str:
        """The time of a fact, with its precision; that it has none is said."""
        said = self.phrases.when(when)
        if said:
            return said
        return self.messages.template("facts.ongoing" if when.ongoing else "facts.undated")

    def words(self, source: Source) -> Words:
        """A source's words and its place: page, path or line, or the person who answered."""
        return Words(source, shown(source.quote), source.document, self.place(source))

    def place(self, source: Source) -> str:
        """Where words stand, as a person would look them up."""
        if source.by:
            at = source.at.isoformat(sep=" ", timespec="minutes") if source.at else ""
            return self.messages.fill("facts.answer", who=shown(source.by), at=at)
        page = page_of(source, self.document(source.document))
        if page:
            return self.messages.fill("words.page", n=str(page))
        if source.path:
            return shown(source.path)
        line = self.line(source)
        return self.messages.fill("facts.line", n=str(line)) if line else ""

    def line(self, source: Source) -> int | None:
        """The line of a document's text, counted from 1."""
        starts = self._lines.get(source.document)
        if starts is None or source.start is None:
            return None
        return bisect_right(starts, source.start)

    def document(self, id: str) -> Document | None:
        """The document of that id, where the chart has it."""
        return self._documents.get(id)

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {d.id: d for d in self.chart.documents}

    @cached_property
    def _lines(self) -> dict[str, list[int]]:
        return {d.id: line_starts(d.text) for d in self.chart.documents}

    # --- as text -------------------------------------------------------------------------------

    def lines(self) -> Iterator[Line]:
        """The listing line by line, each with the name of its style."""
        m = self.messages
        yield "head", m.fill("facts.heading", day=self.phrases.when(When.on(self.as_of)))
        yield "", self.counts
        yield "quiet", m.template("facts.silence")
        for group in self.groups:
            yield "", ""
            yield "concept", m.fill("facts.concept", label=group.label, id=group.id)
            for row in group.rows:
                yield row.fact.assertion.value, f"  {row.text}"
                for words in row.words:
                    yield "quiet", f"      {self.quoted(words)}"
        yield from self._conflicts()
        yield "", ""
        yield "head", m.template("facts.unread_heading")
        for unread in self.chart.unread or (m.template("facts.unread_none"),):
            yield "", f"  {shown(unread)}"
        yield "", f"  {self.unplaced}"

    def _conflicts(self) -> Iterator[Line]:
        yield "", ""
        yield "head", self.messages.template("facts.conflicts_heading")
        if not self.facts.conflicts:
            yield "", f"  {self.messages.template('facts.conflicts_none')}"
        for conflict in self.facts.conflicts:
            yield "concept", f"  {shown(conflict.says)}"
            for row in self.rows_of(conflict):
                yield row.fact.assertion.value, f"    {row.label}, {row.text}"
                for words in row.words:
                    yield "quiet", f"      {self.quoted(words)}"

    def rows_of(self, conflict: Conflict) -> tuple[Row, ...]:
        """The facts that cannot all be true."""
        return tuple(self.row(f) for f in conflict.facts)

    def quoted(self, words: Words) -> str:
        """A quotation with its document and place."""
        where = ", ".join(filter(None, [shown(words.document), words.place]))
        return self.messages.fill("facts.quoted", quote=words.quote, where=where)

    @property
    def counts(self) -> str:
        """How much was read."""
        n = {
            "documents": len(self.chart.documents),
            "facts": len(self.facts.items),
            "concepts": len(self.groups),
            "conflicts": len(self.facts.conflicts),
        }
        return self.messages.fill("facts.counts", **{k: str(v) for k, v in n.items()})

    @property
    def unplaced(self) -> str:
        """How many clinical-looking statements could not be placed."""
        if not self.facts.unplaced:
            return self.messages.template("method.all_placed")
        return self.messages.fill("method.unplaced", n=str(self.facts.unplaced))


def newest_first(fact: Fact) -> tuple[int, int, str, int]:
    """What goes on comes first, then by the latest day on which it was so, undated last."""
    when = fact.when
    day = when.end or when.start
    if when.ongoing:
        rank = 0
    else:
        rank = 1 if day else 2
    first = fact.sources[0] if fact.sources else Source()
    return rank, -(day.latest.toordinal() if day else 0), first.document, first.start or 0


def page_of(source: Source, document: Document | None) -> int | None:
    """The page on which words begin; None where the document has no pages."""
    if source.page is not None or document is None or source.start is None:
        return source.page
    return bisect_right(document.pages, source.start) if document.pages else None


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins.

    >>> line_starts("a\\nb")
    [0, 2]
    """
    starts, at = [0], text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def shown(text: str) -> str:
    """Text of a record on one line and without control signs, which a terminal would obey.

    >>> shown("a\\n b\\x1b[31m")
    'a b[31m'
    """
    flat = " ".join(text.split())
    return "".join(c for c in flat if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
