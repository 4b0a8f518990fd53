"""An article that may leave: the same sentences with identifying details withheld, checked anew.

The details found anywhere in the record are withheld everywhere in the article, in every sentence
and in the supports that it rests on; then the article is held against its supports again, and what
is still suspicious is reported, never dropped. What was withheld, and where it stood, stays behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from indicated.messages import Messages, load_messages
from indicated.model import (
    Article,
    Block,
    Case,
    Chart,
    Concepts,
    Document,
    Section,
    Sentence,
    Source,
    Support,
)
from indicated.report.cite import check_article
from indicated.report.identifying import find, structured
from indicated.report.named import Found
from indicated.report.phrases import quotable
from indicated.report.shared_days import counted
from indicated.report.tiles import variants
from indicated.report.word_lists import Words

KINDS = ("name", "date", "age", "place", "facility", "number", "contact")
LANGUAGES = ("en", "es")  # whose months `identifying` knows
NO_DAY = date.min  # the day of a shared article stands nowhere in it
_FREE = (
    "record.", "question.", "method.document", "method.unread", "method.origin", "edited.",
    "answer.overridden", "determination.overridden", "premises.struck",
)  # fmt: skip
_LIBRARY = frozenset(["literature", "policy"])  # nobody's chart


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What keeps an article from being shared, without repeating it."""

    section: str
    says: str
    excerpt: str = ""  # with every letter and digit of the suspicious words masked


@dataclass(frozen=True)
class Shared:
    """The article as it may be shared, what kinds of detail were withheld, what keeps it back."""

    article: Article
    withheld: tuple[str, ...]  # kinds
    left: tuple[Suspicion, ...] = ()


def deidentified(article: Article, case: Case, concepts: Concepts, words: Words) -> Shared:
    """The article without identifying details. Share it only where `left` is empty."""
    m = load_messages(article.language, article.reader)
    mask = Mask(case, words, m)
    sources = _Sources(article, mask)
    sections = tuple(_section(s, mask, sources, m) for s in article.sections)
    blank = replace(case, question=mask.text(quotable(case.question)), chart=sources.chart())
    answers = tuple(
        replace(f, sources=tuple(sources.new(s) for s in f.sources)) for f in case.answers
    )
    struck = tuple(replace(x, said=sources.new(x.said)) for x in case.struck)
    decided = tuple(replace(x, said=sources.new(x.said)) for x in case.overrides)
    edits = tuple(replace(x, said=sources.new(x.said)) for x in case.edits)
    shared = replace(
        article,
        title=mask.text(article.title, free=False),
        question=blank.question,
        as_of=NO_DAY,
        sections=sections,
        record=tuple((label, sources.new(s)) for label, s in article.record),
    )
    problems = check_article(
        shared,
        replace(blank, answers=answers, struck=struck, overrides=decided, edits=edits),
        concepts,
        messages=m,
    )
    left = [Suspicion(p.section, p.says) for p in problems]
    if article.language not in LANGUAGES:
        left.append(Suspicion("title", "its language is not one in which days are recognised"))
    left += _leftovers(shared, mask)
    return Shared(shared, tuple(k for k in KINDS if k in mask.met), tuple(left))


@dataclass
class Mask:
    """Withholds, in any text, what is found there and what was found anywhere in the record."""

    case: Case
    words: Words
    m: Messages
    known: re.Pattern[str] | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        texts = [d.text for d in self.case.chart.documents] + [self.case.question]
        for line in (x for text in texts for x in text.splitlines()):
            for found in find(line, self.words):
                self._learn(line[found.start : found.end], found.kind)
        for source in self.case.said:
            self._learn(source.by, "name")
        longest = sorted(self.kinds, key=len, reverse=True)
        if longest:
            body = "|".join(map(re.escape, longest))
            self.known = re.compile(rf"(?<![\w’'-])(?:{body})(?![\w-])")

    def _learn(self, words: str, kind: str) -> None:
        if kind in ("date", "age") or not words:
            return
        self.kinds.setdefault(" ".join(words.split()), kind)
        for part in re.findall(r"[^\W\d_][\w’'-]{2,}", words) if kind == "name" else ():
            if part[0].isupper() and self.words.kind(part) != "ordinary":
                self.kinds.setdefault(part, "name")  # "Doe", once "Jane Doe" was met

    def spans(self, text: str, *, free: bool) -> list[Found]:
        """What of a text is withheld; `free`: words of the record, in which anything may stand."""
        found = find(text, self.words) if free else structured(text, self.words)
        known = self.known.finditer(text) if self.known else ()
        also = [Found(*k.span(), self.kinds[k[0]]) for k in known]
        also = [a for a in also if not any(f.start < a.end and a.start < f.end for f in found)]
        return sorted(found + also)

    def text(self, text: str, *, free: bool = True) -> str:
        """The text with every detail withheld, visibly."""
        for found in reversed(self.spans(text, free=free)):
            said = text[found.start : found.end]
            self.met.add(found.kind)
            text = text[: found.start] + self._instead(said, found.kind) + text[found.end :]
        return text

    def stretches(self, text: str) -> list[tuple[int, int, str]]:
        """Every stretch of a document that is withheld, with the words that stand in its place."""
        told, at = [], 0
        for line in text.splitlines(keepends=True):
            for found in self.spans(line, free=True):
                said = line[found.start : found.end]
                told.append((at + found.start, at + found.end, self._instead(said, found.kind)))
            at += len(line)
        return told

    def _instead(self, said: str, kind: str) -> str:
        if kind == "date":
            return counted(said, self.case.as_of, self.m)
        return self.m.template(f"shared.{kind}")


class _Sources:
    """The passages that the article quotes, as a record of their own: masked, without their place
    in the chart, under numbers instead of names of files."""

    def __init__(self, article: Article, mask: Mask):
        self._mask = mask
        self._new: dict[Source, Source] = {}
        self._texts: dict[str, str] = {}
        self._ids: dict[str, str] = {"question": "question", "": ""}
        for source in _cited(article):
            self.new(source)

    def new(self, source: Source) -> Source:
        """The source that stands for one of the chart's."""
        if source not in self._new:
            self._new[source] = self._moved(source)
        return self._new[source]

    def _moved(self, source: Source) -> Source:
        if source.by:
            who = self._mask.m.template("shared.name")
            return Source(by=who, at=datetime.min.replace(tzinfo=UTC))
        quote = self._mask.text(quotable(source.quote))
        if source.document in ("", "question"):
            return Source(source.document, quote, path="question" if quote else "")
        id = self._ids.setdefault(source.document, str(len(self._ids) - 1))
        before = self._texts.get(id, "")
        start = len(before) + 1 if before else 0
        self._texts[id] = f"{before}\n{quote}" if before else quote
        return Source(id, quote, start, start + len(quote), page=source.page)

    def hold(self, source: Source, line: str) -> None:
        """Words around a passage, which are printed with it."""
        if source.document in self._texts:
            self._texts[source.document] += f"\n{line}"

    def chart(self) -> Chart:
        """The passages as documents."""
        return Chart(tuple(Document(id, text) for id, text in self._texts.items()))


def _cited(article: Article) -> Iterable[Source]:
    yield from (source for _, source in article.record)
    for sentence in article.sentences():
        for support in sentence.support:
            if support.source and support.kind in ("record", "request"):
                yield support.source


def _section(section: Section, mask: Mask, sources: _Sources, m: Messages) -> Section:
    return replace(
        section,
        heading=mask.text(section.heading, free=False),
        blocks=tuple(_block(b, mask, sources) for b in section.blocks),
        parts=tuple(_section(p, mask, sources, m) for p in section.parts),
    )


def _block(block: Block, mask: Mask, sources: _Sources) -> Block:
    """A picture is drawn to real days: its words stand instead of it."""
    return replace(
        block,
        kind="paragraph" if block.figure else block.kind,
        figure=None,
        sentences=tuple(_sentence(s, mask, sources) for s in block.sentences),
        rows=tuple(tuple(_sentence(s, mask, sources) for s in row) for row in block.rows),
    )


def _sentence(sentence: Sentence, mask: Mask, sources: _Sources) -> Sentence:
    """The sentence and its supports with the same words withheld, segment by segment."""
    new: dict[str, str] = {}
    supports = tuple(_support(s, sentence, mask, sources, new) for s in sentence.support)
    text = sentence.text
    forms: dict[str, str] = {}
    for was, now in new.items():
        for old, changed_form in zip(_forms(was), _forms(now), strict=True):
            forms.setdefault(old, changed_form)  # "21 Nov" has one form only, "day zero" three
    changed = [f for f in sorted(forms, key=len, reverse=True) if forms[f] != f]
    if changed:
        body = "|".join(map(re.escape, changed))
        text = re.sub(body, lambda found: forms[found[0]], text)
    return replace(sentence, text=text, support=supports)


def _forms(segment: str) -> tuple[str, ...]:
    """The forms of a segment in a fixed order."""
    bare = segment.removesuffix(".").rstrip()
    lower, upper = bare[:1].lower() + bare[1:], bare[:1].upper() + bare[1:]
    assert {bare, lower, upper} <= variants(segment) | {""}
    return bare, lower, upper


def _support(
    support: Support, sentence: Sentence, mask: Mask, sources: _Sources, new: dict[str, str]
) -> Support:
    if support.kind in _LIBRARY:
        return support
    free = sentence.id.startswith(_FREE)
    lines = support.text.split("\n")
    source = support.source
    if source and support.kind in ("record", "request"):
        source = sources.new(source)
    told = []
    for n, line in enumerate(lines):
        quoted = n == 0 and source is not None and not source.by
        masked = source.quote if quoted and source else mask.text(line, free=free)
        if masked != line:
            new[line] = masked
        told.append(masked)
        if source and not quoted and sentence.id.startswith("record.words"):
            sources.hold(source, masked)
    if sentence.id == "method.document":
        told = [_unhashed(x, mask, new) for x in told]
    return replace(support, text="\n".join(told), source=source)


def _unhashed(line: str, mask: Mask, new: dict[str, str]) -> str:
    """A document's hash could be tried out against likely documents."""
    if not line.startswith("sha256-"):
        return line
    mask.met.add("number")
    return new.setdefault(line, mask.m.template("shared.number"))


def _leftovers(article: Article, mask: Mask) -> Iterable[Suspicion]:
    """What would still be withheld if the finished page were read as somebody's record."""

    def below(section: Section) -> Iterable[tuple[str, str]]:
        yield section.id, section.heading
        for block in section.blocks:
            for sentence in (*block.sentences, *(s for row in block.rows for s in row)):
                kinds = {s.kind for s in sentence.support}
                if not kinds or not kinds <= _LIBRARY:
                    yield section.id, _of_the_chart(sentence)
        for part in section.parts:
            yield from below(part)

    texts = [("title", article.title), ("question", article.question)]
    for section in article.sections:
        texts += below(section)
    for place, text in texts:
        for found in mask.spans(text, free=False):
            hidden = re.sub(r"\w", "•", text[found.start : found.end])
            around = text[max(0, found.start - 20) : found.start]
            says = mask.m.template(f"shared.{found.kind}")
            yield Suspicion(place, says, f"…{re.sub(r'[A-Z0-9]', '•', around)}{hidden}…")


def _of_the_chart(sentence: Sentence) -> str:
    """A sentence without what the library wrote in it."""
    text = sentence.text
    for support in sentence.support:
        if support.kind in _LIBRARY:
            for line in filter(None, support.text.split("\n")):
                text = text.replace(line, " ")
    return text
