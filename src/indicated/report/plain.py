"""For a patient or family: why it came out so, what to do next, and what the words mean.

The same determinations as everywhere, with the criteria in the policy's plain words where it has
any; otherwise in the rule's own words, shown as such. The tables of the professionals follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indicated.model import Block, Concepts, Determination, Finding, Outcome, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.opening import answer, condition, first_missing
from indicated.report.phrases import clean
from indicated.report.tokens import Lexicon
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

LINES = 8  # criteria of one kind that are listed for one item; the tables below have them all
GROUPS = (MET, NOT_MET, UNKNOWN)
OPEN = (Outcome.CANNOT_DETERMINE, Outcome.CONDITIONAL)


def short_answer(desk: Desk) -> Section:
    """Each item's answer; what to send stands under what to do next."""
    return answer(desk, asks=False)


def reasons(desk: Desk) -> Section:
    """Per item: what of the rule the record shows, what speaks against it, what is not found."""
    parts = []
    for n, d in enumerate(desk.story.determinations, 1):
        if blocks := list(_reasons(desk, d)):
            parts.append(
                section(f"reasons-{n}", desk.heading("item", item=desk.words.item(d.item)), *blocks)
            )
    opening = paragraph(desk.say("reasons.opening", desk.program()))
    return section("reasons", desk.heading("reasons"), opening, parts=parts)


def _reasons(desk: Desk, d: Determination) -> Iterator[Block]:
    deciding = list(dict.fromkeys(deciding_findings(d)))
    rows: list[tuple[Sentence, ...]] = []
    for truth in GROUPS:
        found = [f for f in deciding if reads_as(d, f) is truth]
        if not found:
            continue
        rows.append((desk.label(f"label.reasons_{truth.value}"),))
        rows += [(words_of(desk, d, f), _shown(desk, f)) for f in found[:LINES]]
    if rows:
        yield table(desk.header("rule_asks", "record_shows"), rows)
        if len(deciding) > LINES:
            yield paragraph(desk.say("reasons.more", desk.program()))


def deciding_findings(d: Determination) -> Iterator[Finding]:
    """The criteria on which the outcome turned: an exclusion that is met; otherwise those of the
    way that is nearest, or of every way where none is left; and requirements not yet in place."""
    excluded = [f for f in d.exclusions if f.truth is MET]
    ways = (*d.routes, *d.exceptions)
    if excluded:
        yield from excluded
    elif d.computed is Outcome.NOT_INDICATED:
        for way in ways:
            yield from (p for p in way.parts or (way,) if p.truth is NOT_MET)
    elif ways:
        nearest = max(ways, key=_nearness)
        yield from nearest.parts or (nearest,)
        yield from (f for f in d.exclusions if f.truth is UNKNOWN)
        yield from (f for f in d.requirements if f.truth is not MET)


def _nearness(way: Finding) -> tuple[int, float]:
    parts = way.parts or (way,)
    met = sum(p.truth is MET for p in parts) / len(parts)
    return (MET, UNKNOWN, NOT_MET).index(way.truth) * -1, met


def reads_as(d: Determination, finding: Finding) -> Truth:
    """Whether a finding speaks for the request, against it, or neither: an exclusion is turned
    round, so that "shown" is never said of what is against the patient."""
    if finding not in d.exclusions or finding.truth is UNKNOWN:
        return finding.truth
    return NOT_MET if finding.truth is MET else MET


def words_of(desk: Desk, d: Determination, finding: Finding) -> Sentence:
    """The criterion in plain words, or in its own, shown as such."""
    if plain := desk.worded("says", finding, d.policy):
        by = desk.made("policy", plain, key=finding.id)
        return desk.say("reasons.says", by, says=plain)
    by = desk.made("policy", finding.says, key=finding.id)
    return desk.say("reasons.says_own", by, says=clean(finding.says))


def _shown(desk: Desk, finding: Finding) -> Sentence:
    facts = [f for leaf in finding.leaves() if leaf.truth is finding.truth for f in leaf.facts]
    told = desk.facts(facts, limit=3)
    if told:
        id = "reasons.facts" if finding.truth.known else "reasons.facts_open"
        return desk.say(id, *told.supports, facts=told.text)
    return desk.say(f"reasons.none_{finding.truth.value}", desk.program())


# --- what to do next --------------------------------------------------------------------------


def next_steps(desk: Desk) -> Section:
    """Per item what the outcome means for the reader and what to ask for; then whom to ask."""
    parts = []
    for n, d in enumerate(desk.story.determinations, 1):
        # A person's yes or "open" need not be what the record holds; a no is told like any other.
        decided = d.override is not None and d.outcome is not Outcome.NOT_INDICATED
        next = "overridden" if decided else d.outcome.value
        lead = desk.say(f"next.{next}", desk.program())
        asks = list(_asks(desk, d))
        closed = desk.story.case.chart.closed
        if asks and d.outcome in OPEN and not closed:
            asked = paragraph(desk.say("next.ask_for", desk.program()))
            blocks = [paragraph(lead), asked, listing(asks)]
        else:
            blocks = [paragraph(lead)]
        parts.append(
            section(f"next-{n}", desk.heading("item", item=desk.words.item(d.item)), *blocks)
        )
    whom = [desk.say(f"next.{id}", desk.program()) for id in ("doctor", "plan", "keep", "worse")]
    parts.append(section("next-whom", desk.heading("next_whom"), listing(whom)))
    return section("next-steps", desk.heading("next"), parts=parts)


def _asks(desk: Desk, d: Determination) -> Iterator[Sentence]:
    """What to send first, in plain words where the policy has them."""
    for missing in first_missing(d):
        same = [f for top in d.findings() for f in _nodes(top) if f.ask == missing.ask]
        said = next((w for f in same if (w := desk.worded("ask", f, d.policy))), "")
        ask = said or clean(missing.ask)
        id = "next.ask" if said else "next.ask_own"
        yield desk.say(id, desk.made("policy", ask, key=missing.id), ask=ask)
    if d.outcome is Outcome.CONDITIONAL:
        for x in d.exceptions:
            if x.truth is UNKNOWN and (text := condition(desk, d, x)):
                yield desk.say("next.ask_own", desk.made("policy", text, key=x.id), ask=text)


def _nodes(finding: Finding) -> Iterator[Finding]:
    yield finding
    for part in finding.parts:
        yield from _nodes(part)


# --- words ------------------------------------------------------------------------------------


def words_explained(desk: Desk) -> Section:
    """The terms that the sections above use, each with what it means."""
    terms = desk.story.library.terms.get(desk.language, {})
    concepts = desk.story.library.concepts
    explained = Concepts({id: concepts.by_id[id] for id in terms if id in concepts.by_id})
    lexicon = Lexicon(explained, every_kind=True)
    text = "\n".join(_texts((short_answer(desk), reasons(desk), next_steps(desk))))
    ids = dict.fromkeys(id for _, _, found in lexicon.find(text) for id in sorted(found))
    lines = []
    for id in ids:
        label, means = clean(concepts.label(id)), clean(terms[id].means)
        if means:
            by = desk.made("policy", label, means, key=id)
            lines.append(desk.say("terms.concept", by, term=label, means=means))
    lines += [desk.say(f"terms.{id}", desk.program()) for id in ("criteria", "record", "draft")]
    return section("terms", desk.heading("terms"), listing(lines))


def _texts(sections: Iterable[Section]) -> Iterator[str]:
    for each in sections:
        for block in each.blocks:
            yield from (s.text for s in block.sentences)
            yield from (s.text for row in block.rows for s in row)
        yield from _texts(each.parts)


def details(desk: Desk) -> Section:
    """Where the professionals' part begins."""
    said = paragraph(desk.say("details.opening", desk.program()))
    return section("details", desk.heading("details"), said)
