"""The end of the article: references, patient data, how it was decided, disclaimer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from indicated.model import Mark, Policy, Reference, Section, Sentence, Source, When
from indicated.report import figures
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.phrases import clean, quotable

HASH = 16  # characters of a hash that are printed; the whole stands in the JSON output


def references(desk: Desk) -> Section:
    """Every source cited, numbered, with where in it, and how far its text was checked."""
    listed = list(desk.references)
    if not listed:
        return section(
            "references",
            desk.heading("references"),
            paragraph(desk.say("references.none", desk.program())),
        )
    counts = Counter(r.checked for r in listed)
    counted = [
        desk.say(f"references.count_{checked}", desk.computed(n), n=n)
        for checked in ("seen", "secondary", "unverified")
        if (n := str(counts[checked])) != "0"
    ]
    entries = [_entry(desk, n, r) for n, r in enumerate(listed, 1)]
    return section("references", desk.heading("references"), paragraph(*counted), listing(entries))


def _entry(desk: Desk, n: int, reference: Reference) -> Sentence:
    checked = desk.m.word("checked", reference.checked)
    entry = desk.words.reference(reference)
    places = [p for p in desk.places.get(n, ()) if p]
    at = desk.m.fill("references.places", places="; ".join(places)) if places else ""
    note = clean(reference.note)
    told = ". ".join(s.removesuffix(".") for s in (entry, note, at) if s)
    by = desk.made("literature", told, checked, key=reference.key)
    return desk.say("references.entry", by, entry=told, checked=checked)


def record(desk: Desk) -> Section:
    """Every passage of the chart that was used, in its context."""
    course = figures.timeline(desk)
    rows = [passage(desk, source) for _, source in desk.record]
    if not rows:
        return section(
            "record", desk.heading("record"), paragraph(desk.say("record.none", desk.program()))
        )
    header = desk.header("label", "words", "document", "dated")
    return section("record", desk.heading("record"), *course, table(header, rows))


_CLOSE = tuple(",.;:!?)")


def passage(desk: Desk, source: Source) -> tuple[Sentence, ...]:
    """A passage as a row: its label, its words in their context, where they stand, since when."""
    before, after = desk.context(source)
    if after and not after.startswith(_CLOSE):  # a comma stands at the word that it follows
        after = f" {after}"
    quote = quotable(source.quote)
    by = desk.source(source, "record", before, after)
    told = {"before": before, "quote": quote, "after": after}
    id = "record." + "_".join(["words", *(k for k in ("before", "after") if told[k])])
    words = desk.say(id, by, **{k: v for k, v in told.items() if v})
    title = desk.document_title(source)
    document = desk.say("record.document", desk.program(title), title=title)
    return desk.say("record.label", by), words, document, _dated(desk, source)


def _dated(desk: Desk, source: Source) -> Sentence:
    day = desk.document_day(source)
    if day is None:
        return desk.say("record.undated", desk.program())
    written = desk.words.when(When.on(day))
    return desk.say("record.dated", desk.program(written), day=written)


def cited_references(desk: Desk, numbers: Iterable[int]) -> Section:
    """Some of the sources, under the numbers that they have in the article."""
    rows = []
    for n in sorted(set(numbers)):
        reference = desk.references[n - 1]
        entry = _entry(desk, n, reference)
        rows.append((desk.say("reply.number", desk.cite(reference)), entry))
    heading = desk.heading("references")
    return section("sources-cited", heading, table(desk.header("source_number", "source"), rows))


def cited_passages(desk: Desk, labels: Iterable[str]) -> Section:
    """Some of the passages of the record, under the labels that they have in the article."""
    wanted = set(labels)
    rows = [passage(desk, source) for label, source in desk.record if label in wanted]
    header = desk.header("label", "words", "document", "dated")
    return section("record", desk.heading("record"), table(header, rows))


# --- how it was decided -----------------------------------------------------------------------


def method(desk: Desk) -> Section:
    """Policies, hashes, dates, program, and everything that could not be read or placed."""
    return section(
        "provenance", desk.heading("method"), table((), _method(desk)), listing(_limits(desk))
    )


def _method(desk: Desk) -> list[tuple[Sentence, ...]]:
    story = desk.story
    rows: list[tuple[Sentence, ...]] = []
    policies = {d.policy.id: d.policy for d in story.determinations if d.policy}
    for policy in policies.values():
        status = desk.m.word_or_own("status", policy.status)
        short = _short(policy.hash) or desk.m.word("words", "no_hash")
        by = desk.program(policy.id, policy.version, status, short)
        told = {"id": policy.id, "version": policy.version, "status": status, "hash": short}
        rows.append((desk.label("label.policy"), desk.say("method.policy", by, **told)))
        if policy.origin:
            rows.append((desk.label("label.origin"), _origin(desk, policy)))
    for document in story.case.chart.documents:
        title, short = quotable(document.title or document.kind), _short(document.hash)
        by = desk.program(title, short)
        rows.append(
            (desk.label("label.document"), desk.say("method.document", by, title=title, hash=short))
        )
    day = desk.words.when(When.on(story.case.as_of))
    facts = _short(story.facts.hash)
    n = str(len(story.facts.items))
    rows += [
        (
            desk.label("label.facts"),
            desk.say("method.facts", desk.program(n, facts), n=n, hash=facts),
        ),
        (desk.label("label.as_of"), desk.say("method.as_of", desk.program(day), day=day)),
        (
            desk.label("label.program"),
            desk.say("method.program", desk.program(), program=story.program),
        ),
    ]
    return rows


def _origin(desk: Desk, policy: Policy) -> Sentence:
    """From which folder a policy comes that is not the shipped one, and what it replaced."""
    origin, old = clean(policy.origin), policy.replaces
    by = desk.program(policy.id, policy.version, origin, old)
    told = {"id": policy.id, "version": policy.version, "origin": origin}
    if not old:
        return desk.say("method.origin", by, **told)
    return desk.say("method.replaces", by, **told, old=old)


def _short(hash: str) -> str:
    """The beginning of a hash, marked as one: sixteen digits alone could pass for a record number.

    >>> _short("0123456789012345ff"), _short("")
    ('sha256-0123456789012345', '')
    """
    return f"sha256-{hash[:HASH]}" if hash else ""


def _limits(desk: Desk) -> Iterator[Sentence]:
    chart, facts = desk.story.case.chart, desk.story.facts
    if not chart.documents:
        yield desk.say("method.no_chart", desk.program())
    yield desk.say("method.closed" if chart.closed else "method.open", desk.program())
    for unread in chart.unread:
        yield desk.say("method.unread", desk.program(unread), unread=clean(unread))
    unplaced = str(facts.unplaced)
    id = "method.unplaced" if facts.unplaced else "method.all_placed"
    slots = {"n": unplaced} if facts.unplaced else {}
    yield desk.say(id, desk.program(unplaced), **slots)
    if desk.story.case.rephrased:
        n = str(len(desk.story.case.rephrased))
        yield desk.say("method.rephrased", desk.computed(n), n=n)
    assumed = sum(f.when.assumed or Mark.DATE_ASSUMED in f.marks for f in facts.items)
    if assumed:
        day = desk.words.when(When.on(desk.story.case.as_of))
        yield desk.say("method.assumed", desk.program(str(assumed), day), n=str(assumed), day=day)


def disclaimer(desk: Desk) -> Section:
    """What this article is not."""
    said = [desk.say(f"disclaimer.{id}", desk.program()) for id in ("support", "verify", "scope")]
    return section("disclaimer", desk.heading("disclaimer"), paragraph(*said))
