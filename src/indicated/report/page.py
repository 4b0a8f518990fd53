"""An article as a page sees it: headings with levels, rows in groups, sentences cut at citations.

Shared by the renderings. Nothing here escapes or marks up; each rendering does that itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from indicated.messages import ENGLISH, Messages, load_messages
from indicated.model import Article, Block, Concepts, Section, Sentence, When
from indicated.report.phrases import Phrases
from indicated.report.privacy import blanks
from indicated.report.tiles import INDENT, LABEL

STATES = ("draft", "under_review", "approved")
UNSEEN = {"secondary": "†", "unverified": "‡"}  # printed after the number of such a reference
LISTS = ("references", "record")  # where citations lead
LETTERHEAD = "letterhead"  # the section that stands above the title of a letter
_SUBJECT = ("member.name", "member.id", "case.number")
_OWN_TITLES = ("question.", "review.", "answer.", "reasons.opening")
_TONES = {"✓": "met", "✗": "not-met", "?": "unknown", "■": "not-met", "□": "met"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a sentence: words, words quoted, or a citation."""

    kind: str  # text | quote | lead | blank | record | literature
    text: str
    label: str = ""
    mark: str = ""
    place: str = ""  # the id of this place, to which its source leads back
    language: str = ""  # of words quoted, where it is not the article's


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under one heading."""

    heading: Sentence | None
    rows: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """One item's heading and outcome, for the top of the page."""

    id: str
    heading: str
    outcome: str
    tone: str


def blocks_of(section: Section) -> Iterator[Block]:
    """The blocks of a section and of its parts, in order."""
    yield from section.blocks
    for part in section.parts:
        yield from blocks_of(part)


def sentences_of(section: Section) -> Iterator[Sentence]:
    """The sentences and cells of a section and of its parts, in order."""
    for block in blocks_of(section):
        yield from block.sentences
        for row in block.rows:
            yield from row


def letters(n: int) -> str:
    """The letter of a place that cites a source.

    >>> letters(1), letters(26), letters(27)
    ('a', 'z', 'aa')
    """
    more, place = divmod(n - 1, 26)
    return (letters(more) if more else "") + chr(ord("a") + place)


def _place_id(label: str, n: int) -> str:
    return f"at-{label}" if n == 1 else f"at-{label}-{n}"


class Page:
    """An article with what a rendering asks of it."""

    def __init__(
        self,
        article: Article,
        *,
        state: str,
        signed: str,
        messages: Messages | None,
        chart: Mapping[str, str] | None = None,
        pane: str = "",
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self.sources = sources or {}  # label of a reference -> where its passages stand
        self.chart = chart or {}  # printed label -> where its words stand in a page of the chart
        self.pane = pane  # the frame beside this page in which the chart is shown, if there is one
        self.m = messages or load_messages(article.language, article.reader)
        if state not in STATES:
            raise ValueError(f"state is one of {', '.join(STATES)}")
        self.article, self.state, self.states = article, state, STATES
        slots = {"signed": signed} if state == "approved" else {}
        self.banner = self.m.fill(f"banner.{state}", **slots)
        self.day = Phrases(self.m, Concepts({})).when(When.on(article.as_of))
        self.hash = article.hash[:16]
        self._checked = [r.checked for r in article.references]

    def say(self, id: str, /, **slots: str) -> str:
        """Words around the article."""
        return self.m.fill(f"page.{id}", **slots)

    def runs(self, sentence: Sentence) -> tuple[Run, ...]:
        """The sentence without indentation, cut at its own citations and quotations."""
        text = sentence.text
        while text.startswith(INDENT):
            text = text.removeprefix(INDENT)
        own = {s.label for s in sentence.support if s.label}
        found: list[Run] = []
        placed: set[str] = set()
        last = 0
        if self.tone(sentence):  # the finding itself stands out from its reason
            last = text.find(":") if ":" in text else len(text)
            found.append(Run("lead", text[:last]))
        for match in LABEL.finditer(text):
            if match[1] in own:
                found += self._words(text[last : match.start()], sentence)
                place = self._place(match[1], sentence)
                found.append(self._citation(match, "" if match[1] in placed else place))
                placed.add(match[1])
                last = match.end()
        return (*found, *self._words(text[last:], sentence))

    def _citation(self, match: re.Match[str], place: str) -> Run:
        label, inner = match[1], match[0][1:-1]
        if label.startswith("P"):
            return Run("record", inner, label, place=place)
        checked = self._checked[int(label) - 1] if int(label) <= len(self._checked) else ""
        return Run("literature", inner, label, UNSEEN.get(checked, ""), place)

    def _place(self, label: str, sentence: Sentence) -> str:
        citing = self._citing.get(label, {})
        return _place_id(label, citing[id(sentence)]) if id(sentence) in citing else ""

    @cached_property
    def _citing(self) -> dict[str, dict[int, int]]:
        """Each printed label with the sentences that cite it, numbered from one in their order; the
        lists at the end apart."""
        cited = [s for s in self.article.sections if s.id not in LISTS]
        said = [s for section in cited for s in sentences_of(section)]
        once = Counter(map(id, said))
        found: dict[str, dict[int, int]] = {}
        for sentence in said:
            own = {s.label for s in sentence.support if s.label}
            for match in LABEL.finditer(sentence.text):
                if once[id(sentence)] == 1 and match[1] in own:
                    citing = found.setdefault(match[1], {})
                    citing.setdefault(id(sentence), len(citing) + 1)
        return found

    def cited(self, label: str) -> str:
        """The id of the place that first cites it; "" where none does."""
        return _place_id(label, 1) if label in self._citing else ""

    def backs(self, label: str) -> tuple[tuple[str, str], ...]:
        """A letter and the id of the place, for each that cites it, where more than one does."""
        count = len(self._citing.get(label, ()))
        places = range(1, count + 1) if count > 1 else ()
        return tuple((letters(n), _place_id(label, n)) for n in places)

    @cached_property
    def tips(self) -> dict[str, str]:
        """By printed label what the list at the end says of it, in one line: what a citation shows
        where a pointer rests on it."""
        found: dict[str, str] = {}
        for section in self.article.sections:
            for block in section.blocks if section.id in LISTS else ():
                for row in block.rows:
                    cells = [LABEL.sub("", cell.text).strip() for cell in row[1:]]
                    found[row[0].support[0].label] = " · ".join(filter(None, cells))
                for n, sentence in enumerate(block.sentences, 1):
                    if section.id == "references":
                        found[str(n)] = sentence.text
        return found

    @cached_property
    def targets(self) -> frozenset[str]:
        """The labels that a rendering can lead to: those listed at the end."""
        ids = {s.id for s in self.article.sections}
        record = {label for label, _ in self.article.record} if "record" in ids else set()
        listed = range(1, len(self.article.references) + 1) if "references" in ids else ()
        return frozenset(record | {str(n) for n in listed})

    def _words(self, text: str, sentence: Sentence) -> Iterator[Run]:
        for n, piece in enumerate(re.split(r"(“[^”]*”)", text)):
            if n % 2:
                yield Run("quote", piece, language=self._language(piece.strip("“”"), sentence))
            elif piece:
                yield Run("blank" if blanks(piece) else "text", piece)

    def _language(self, quoted: str, sentence: Sentence) -> str:
        """English, in which records and policies are quoted, where the article is in another
        language; what is put in quotation marks in the answer may be a title in that language."""
        if self.article.language == ENGLISH:
            return ""
        record = any(s.kind == "record" and quoted in s.text for s in sentence.support)
        titles = {s.text.partition("\n")[0]: s.language for s in sentence.support if s.language}
        for title, language in titles.items():
            if title in quoted:
                return language
        return "" if sentence.id.startswith(_OWN_TITLES) and not record else ENGLISH

    def groups(self, block: Block) -> tuple[Group, ...]:
        """A table's rows; a row of one cell heads those that follow it."""
        groups: list[Group] = []
        rows: list[tuple[Sentence, ...]] = []
        heading: Sentence | None = None
        for row in block.rows:
            if len(row) == 1:
                if rows or heading:
                    groups.append(Group(heading, tuple(rows)))
                heading, rows = row[0], []
            else:
                rows.append(row)
        return (*groups, Group(heading, tuple(rows)))

    @staticmethod
    def depth(sentence: Sentence) -> int:
        """How deep a criterion stands in its tree."""
        depth, text = 0, sentence.text
        while text.startswith(INDENT):
            depth, text = depth + 1, text.removeprefix(INDENT)
        return depth

    @staticmethod
    def tone(sentence: Sentence) -> str:
        """The finding that a cell opens with: met, not-met, unknown, or none."""
        return _TONES.get(sentence.text[:1], "") if sentence.id.startswith("finding.") else ""

    def icon(self, tone: str) -> str:
        """The sign of an outcome, so that colour never stands alone."""
        return self.m.word("icon", tone)

    @property
    def letter(self) -> bool:
        """Whether it is sent as a letter or form: without contents, and only marked as a draft."""
        return self.article.kind != "article"

    @cached_property
    def titled(self) -> str:
        """The id of the section after which the title stands; "" where it stands first."""
        first = self.article.sections[0].id if self.letter and self.article.sections else ""
        return first if first == LETTERHEAD else ""

    @cached_property
    def subject(self) -> str:
        """What a letter is about, in one line for the pages that follow the first."""
        filled = {
            support.key: sentence.text
            for sentence in self.article.sentences()
            if sentence.id == "letter.field"
            for support in sentence.support
        }
        named = (filled[key] for key in _SUBJECT if key in filled)
        return self.say("re", subject="; ".join([self.article.title, *named]))

    @cached_property
    def figures(self) -> tuple[Block, ...]:
        """Every block with a picture, in order."""

        every = (b for section in self.article.sections for b in blocks_of(section))
        return tuple(b for b in every if b.figure)

    def figure_name(self, block: Block) -> str:
        """The id of a picture on the page."""
        place = next(n for n, b in enumerate(self.figures, 1) if b is block)  # two may be equal
        return f"figure-{place}"

    def glances(self) -> tuple[Glance, ...]:
        """Every item with its outcome."""
        return tuple(
            Glance(section.id, section.heading, block.sentences[0].text, block.tone)
            for top in self.article.sections
            if top.id == "determinations"
            for section in top.parts
            for part in section.parts[:1]
            for block in part.blocks
            if block.kind == "note"
        )

    def marks(self) -> tuple[tuple[str, str], ...]:
        """The signs after reference numbers that this article uses, with their meaning."""
        names = {"secondary": "legend_unseen", "unverified": "legend_unverified"}
        return tuple((UNSEEN[c], self.say(names[c])) for c in UNSEEN if c in self._checked)
