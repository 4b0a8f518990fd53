"""What the user's collection says on a request that no policy is about: quotations, no verdict."""

from __future__ import annotations

from indicated.model import (
    Block,
    Determination,
    Differing,
    Limit,
    Passage,
    Reference,
    Sentence,
    Support,
)
from indicated.report.desk import Desk, listing, paragraph, table
from indicated.report.phrases import clean, quotable
from indicated.report.privacy import identifiers, placeholders


def known(desk: Desk, d: Determination) -> list[Block]:
    """Nothing where no collection was asked."""
    if d.known is None:
        return []
    if not d.known.sought:
        return [paragraph(desk.say("known.unasked", desk.program()))]
    group = desk.m.table
    names = [
        group.get(f"known_group.{id}") or clean(desk.story.library.concepts.label(id))
        for id in d.known.sought
    ]
    sought = ", ".join(names)
    by = desk.program(sought)
    passages = [p for p in d.known.passages if printable(p)]
    if not passages:
        return [paragraph(desk.say("known.none", by, sought=sought))]
    said = [_said(desk, p) for p in passages]
    found = paragraph(desk.say("known.found", by, sought=sought))
    return [found, listing(said), *(b for x in d.known.differing for b in _differing(desk, x))]


def _differing(desk: Desk, x: Differing) -> list[Block]:
    """The limits that works state for one measurement, side by side."""
    stated = [(p, limit) for p, limit in x.stated if printable(p)]
    if len(stated) < 2:
        return []
    measure = clean(desk.story.library.concepts.label(x.concept))
    said = desk.say("known.differ", desk.program(measure), measure=measure)
    rows = [(_limited(desk, limit, p), _said(desk, p)) for p, limit in stated]
    return [paragraph(said), table(desk.header("known_limit", "known_work"), rows)]


def _limited(desk: Desk, limit: Limit, passage: Passage) -> Sentence:
    """A limit in words of our own, which a licensed copy does not keep back."""
    told = [
        desk.m.fill(f"known_limit.{b.op}", amount=desk.words.quantity(b.limit))
        for b in limit.bounds
    ]
    words = ", ".join(told)
    by = desk.made("literature", words, key=passage.work.id)
    return desk.say("known.limit", by, of_passage(desk, passage)[1], limit=words)


def _said(desk: Desk, passage: Passage) -> Sentence:
    about, cited = of_passage(desk, passage)
    if passage.work.licensed:
        by = desk.made("literature", about, key=passage.work.id)
        return desk.say("known.licensed", by, cited, about=about)
    quote = clean(passage.text)
    by = desk.made("literature", about, quote, key=passage.work.id)
    return desk.say("known.passage", by, cited, about=about, quote=quote)


def of_passage(desk: Desk, passage: Passage) -> tuple[str, Support]:
    """What a passage's work is, in a few words, and its citation, which opens the passage."""
    work = passage.work
    named = ", ".join(f"{kind.upper()} {value}" for kind, value in work.identifiers)
    reference = Reference(
        key=work.id, type=work.type, title=work.title, organisation=work.organisation,
        year=work.year, identifier=named, url=work.url, checked="seen", collection=work.id,
        quotes=((_place(passage), passage.text),),
    )  # fmt: skip
    cited = desk.cite(reference, _place(passage))
    doubt = desk.m.word("known_status", work.status) if work.status != "current" else ""
    told = [work.type or desk.m.word("known_status", "untyped"), work.year, work.grade, doubt]
    return clean(", ".join(t for t in told if t)), cited


def _place(passage: Passage) -> str:
    """Where in the work: its heading, else its page."""
    return passage.section or (f"p. {passage.page}" if passage.page else "")


def printable(passage: Passage) -> bool:
    """Whether it can be quoted whole: nothing in it looks like a person's data or a blank."""
    text = clean(passage.text)
    return not (
        quotable(passage.text) != text or placeholders(text) or identifiers(text, literature=True)
    )
