"""What a source or a passage of the record is, how far it was checked, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicated.model import Reference, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph, section
from indicated.report.phrases import clean, quotable
from indicated.report.reply import Answered
from indicated.report.tiles import INDENT


def source(desk: Desk, told: Answered) -> list[Section]:
    """A source: what it is, how far it was checked, and what rests on it here; or a passage."""
    label = told.follow_up.label
    if label.startswith("P"):
        return _passage(desk, told, label)
    article = told.standing.article
    n = int(label)
    if not 1 <= n <= len(article.references):
        count = str(len(article.references))
        said = desk.say("reply.no_source", desk.program(count), n=count)
        return [section("source", desk.heading("reply_source", n=label), paragraph(said))]
    ref = article.references[n - 1]
    rests = list(dict.fromkeys(_resting(told, label)))
    none = paragraph(desk.say("reply.rests_none", desk.program()))
    return [
        section("source", desk.heading("reply_source", n=label), listing(_about(desk, ref))),
        section("rests", desk.heading("reply_rests"), listing(rests) if rests else none),
    ]


def _about(desk: Desk, ref: Reference) -> Iterator[Sentence]:
    by, listed = desk.cite(ref), desk.words.reference(ref)
    yield desk.say("statement.says", by, says=listed)
    own = desk.made("literature", ref.type, ref.year, key=ref.key)
    yield desk.say("reply.source_type", own, type=ref.type)
    if ref.year:
        yield desk.say("reply.source_year", own, year=ref.year)
    checked = desk.m.word("checked", ref.checked)
    how = desk.made("literature", checked, key=ref.key)
    yield desk.say("reply.source_checked", how, checked=checked)
    if ref.note:
        noted = desk.made("literature", clean(ref.note), key=ref.key)
        yield desk.say("reply.source_note", noted, note=clean(ref.note))
    yield desk.say("reply.source_text", desk.program())


def _resting(told: Answered, label: str) -> Iterator[Sentence]:
    """The sentences of the article that cite it; of a table's row, what the row is about."""

    def of(sections: Sequence[Section]) -> Iterator[Sentence]:
        for s in sections:
            if s.id in ("references", "record"):
                continue
            for block in s.blocks:
                yield from (x for x in block.sentences if cites(x))
                yield from (r[0] for r in block.rows if any(map(cites, r)))
            yield from of(s.parts)

    def cites(sentence: Sentence) -> bool:
        return any(s.label == label for s in sentence.support)

    for sentence in of(told.standing.article.sections):
        yield Sentence(sentence.text.lstrip(INDENT), sentence.support, sentence.id)


def _passage(desk: Desk, told: Answered, label: str) -> list[Section]:
    heading = desk.heading("reply_passage", label=label)
    known = dict(desk.record)
    if label not in known:
        count = str(len(known))
        said = desk.say("reply.no_passage", desk.program(count), n=count)
        return [section("passage", heading, paragraph(said))]
    quote = quotable(known[label].quote)
    by = desk.source(known[label])
    read = [f for f in told.standing.facts.items if known[label] in f.sources]
    lines = [desk.say("record.words", by, quote=quote)]
    for fact in read:
        phrase = desk.fact(fact)
        lines.append(desk.say("reply.read_as", *phrase.supports, fact=phrase.text))
    rests = list(dict.fromkeys(_resting(told, label)))
    parts = [section("rests", desk.heading("reply_rests"), listing(rests))] if rests else []
    return [section("passage", heading, listing(lines)), *parts]
