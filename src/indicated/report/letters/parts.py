"""What the bodies of letters share: fields with their marked blanks, codes, criteria.

Sentences on the case come from the article's own functions, so that a letter can say nothing that
the article does not support; what is added here are fields of the letterhead and fixed words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from indicated.model import (
    Article,
    Assertion,
    Block,
    DenialReason,
    Determination,
    Finding,
    Sentence,
    When,
)
from indicated.report.desk import Desk, listing, paragraph, table
from indicated.report.letters.letterhead import Letterhead
from indicated.report.phrases import clean
from indicated.report.verdict import Tree
from indicated.truth import MET, NOT_MET, negate

BLANK = "letter_blank."
CODE_SYSTEMS = ("hcpcs", "cpt", "icd10pcs")
DIAGNOSIS_SYSTEM = "icd10cm"
FEW_CODES = 8
DEEP, WIDEST = 4, 4  # levels of criteria that a letter spells out, and branches side by side


@dataclass(frozen=True)
class Sheet:
    """What one letter is written from."""

    desk: Desk
    letterhead: Letterhead
    determinations: tuple[Determination, ...]
    reasons: tuple[DenialReason, ...] = ()

    @property
    def d(self) -> Determination:
        """The determination that a letter on one item is about."""
        return self.determinations[0]

    @property
    def item(self) -> str:
        """The name of that item."""
        return self.desk.words.item(self.d.item)

    def heading(self, id: str, /, **slots: str) -> str:
        """The heading of a part of a letter."""
        return self.desk.m.fill(f"letter_heading.{id}", **slots)

    def header(self, *ids: str) -> tuple[str, ...]:
        """The heads of a table's columns."""
        return tuple(self.desk.m.template(f"letter_header.{id}") for id in ids)

    def label(self, id: str) -> Sentence:
        """A row label: fixed words."""
        return self.desk.label(f"letter_label.{id}")

    def fixed(self, id: str) -> Sentence:
        """A sentence of fixed words: what the sender does, asks or grants."""
        return self.desk.say(f"letter.{id}", self.desk.program())

    def rows(self, keys: Iterable[str]) -> list[tuple[Sentence, ...]]:
        """Fields of the letterhead with their labels."""
        return [(self.label(_id(key)), self.field(key)) for key in keys]

    def lines(self, *keys: str) -> list[Sentence]:
        """Fields of the letterhead, a sentence for each of their lines."""
        return [s for key in keys for s in self._each(key)]

    def _each(self, key: str) -> Iterator[Sentence]:
        for line in self.letterhead.lines(key):
            yield Sentence(line, (self.desk.made("form", line, key=key),), "letter.field")
        if not self.letterhead.lines(key):
            yield self.field(key)

    def field(self, key: str) -> Sentence:
        """What the letterhead says, exactly as it stands there; otherwise a marked blank."""
        lines = self.letterhead.lines(key)
        if not lines:
            return self.desk.label(f"{BLANK}{_id(key)}")
        by = self.desk.made("form", *lines, key=key)
        return Sentence(", ".join(lines), (by,), "letter.field")


def _id(key: str) -> str:
    return key.replace(".", "_")


def blanks(article: Article) -> tuple[str, ...]:
    """What a person must still fill in before the letter may leave."""
    return tuple(dict.fromkeys(s.text for s in article.sentences() if s.id.startswith(BLANK)))


# --- what is asked for ------------------------------------------------------------------------


def requested(sheet: Sheet, *, granted: bool = True) -> list[tuple[Sentence, ...]]:
    """The request as rows: what, codes, and unless it is denied from when, for how long."""
    desk, d = sheet.desk, sheet.d
    whole = desk.words.request(d.item)
    asked = desk.say("letter.request", desk.item(d.item), *desk.item_words(d.item), request=whole)
    rows: list[tuple[Sentence, ...]] = [(sheet.label("request"), asked)]
    rows += [(sheet.label("codes"), s) for s in codes(desk, d)]
    if not granted:
        return rows
    day = desk.words.when(When.on(d.as_of))
    rows.append((sheet.label("from"), desk.say("letter.dated", desk.program(day), day=day)))
    rows.append((sheet.label("duration"), duration(sheet)))
    return rows


def duration(sheet: Sheet) -> Sentence:
    """For how long the policy's approval runs; that it says nothing, where it does not."""
    desk, d = sheet.desk, sheet.d
    phase = d.policy.phases.get(d.phase) if d.policy else None
    if d.policy is None or phase is None or not phase.duration:
        return sheet.fixed("no_duration")
    length = clean(phase.duration)
    by = desk.made("policy", length, key=d.policy.id)
    return desk.say("letter.duration", by, *desk.cites(phase.cite, d.policy), length=length)


def codes(desk: Desk, d: Determination) -> Iterator[Sentence]:
    """Codes that the library lists: of the item, and of the conditions that the findings rest on.
    Which of them is billed, the sender decides."""
    for said in filter(None, map(clean, d.item.codes)):
        yield desk.say("letter.code_asked", desk.made("request", said, key=d.item.id), code=said)
    concepts = desk.story.library.concepts
    listed: list[tuple[str, tuple[str, ...]]] = [(d.item.treatment, CODE_SYSTEMS)]
    listed += [(id, (DIAGNOSIS_SYSTEM,)) for id in _conditions(d)]
    for id, systems in listed:
        known = concepts[id].codes if id in concepts else {}
        for system in systems:
            held = known.get(system, ())
            if held:
                yield _codes(desk, id, system, held)


def _codes(desk: Desk, id: str, system: str, held: Sequence[str]) -> Sentence:
    name = clean(desk.story.library.concepts.label(id))
    word = desk.m.word("letter_system", system)
    some = ", ".join(held[:FEW_CODES])
    by = desk.made("program", name, word, some, key=id)
    return desk.say("letter.codes", by, name=name, system=word, codes=some)


def _conditions(d: Determination) -> list[str]:
    """Concepts of what the record says is present, where a criterion looked at it."""
    found: dict[str, None] = {}
    for finding in (*d.routes, *d.exceptions, *d.requirements):
        for leaf in finding.leaves():
            for fact in leaf.facts:
                if fact.assertion is Assertion.PRESENT and fact.concept != d.item.treatment:
                    found.setdefault(fact.concept)
    return list(found)


# --- criteria ---------------------------------------------------------------------------------


def deciding(d: Determination) -> list[tuple[str, Finding]]:
    """What the determination rests on: the ways that are met, or all where none is; then what
    rules out, and what must be in place."""
    ways = [("routes", f) for f in d.routes] + [("exceptions", f) for f in d.exceptions]
    met = [w for w in ways if w[1].truth is MET]
    rest = [("exclusions", f) for f in d.exclusions]
    return [*(met or ways), *rest, *(("requirements", f) for f in d.requirements)]


def supporting(d: Determination) -> list[tuple[str, Finding]]:
    """What strengthens or weakens the case, met or not."""
    return [("supporting", f) for f in d.supporting]


def essence(finding: Finding, depth: int, *, rules_out: bool = False) -> Finding:
    """The finding with those branches alone that make it what it is, `depth` levels down.

    Of alternatives one of which is met, those that are met; of criteria that must all be met and
    are not, those that are not. A branch that is cut off keeps the facts that were looked at below
    it. The article shows the whole tree; nothing here changes a finding.
    """
    if not finding.parts:
        return finding
    decides = _deciding_parts(finding)
    if (
        depth == 0
        or not decides
        or len(decides) > WIDEST
        or (rules_out and finding.truth is NOT_MET)
    ):
        return _cut(finding, decides or finding.parts)
    return replace(finding, parts=tuple(essence(p, depth - 1) for p in decides))


def _cut(finding: Finding, below: Sequence[Finding]) -> Finding:
    """The finding without its branches, with the facts looked at there; where there are none, with
    the state of the record that all of them share."""
    leaves = [leaf for part in below for leaf in part.leaves()]
    facts = tuple(dict.fromkeys(f for leaf in leaves for f in leaf.facts))
    states = {(leaf.state, leaf.why) for leaf in leaves}
    if facts or len(states) > 1 or finding.why:
        return replace(finding, parts=(), facts=facts)
    ((state, why),) = states
    return replace(finding, parts=(), state=state, why=why)


def _deciding_parts(finding: Finding) -> tuple[Finding, ...]:
    """The parts by which a finding is met, not met or unknown."""
    parts, truth = finding.parts, finding.truth
    if finding.kind == "none":
        truth = negate(truth)
        return () if truth is NOT_MET else tuple(p for p in parts if p.truth is truth)
    return tuple(p for p in parts if p.truth is truth) or parts


def criteria_table(
    sheet: Sheet,
    findings: Sequence[tuple[str, Finding]],
    *,
    grouped: bool = True,
    depth: int = DEEP,
) -> list[Block]:
    """Findings as rows: criterion, finding, the patient's data, source; none when there are none.
    Only what makes each finding what it is, `depth` levels down."""
    desk = sheet.desk
    tree = Tree(desk, sheet.d)
    rows: list[tuple[Sentence, ...]] = []
    above = ""
    for group, finding in findings:
        if grouped and group != above:
            rows.append((desk.label(f"label.{group}"),))
            above = group
        rules_out = group == "exclusions"
        short = essence(finding, depth, rules_out=rules_out)
        rows += tree.rows(short, 0, "truth_exclusion" if rules_out else "truth")
    header = desk.header("criterion", "finding", "patient", "source")
    return [table(header, rows)] if rows else []


def monitoring(sheet: Sheet) -> list[Block]:
    """The follow-up plan: what the policy lists; that it lists nothing, where it does not."""
    desk, policy = sheet.desk, sheet.d.policy
    lines = []
    for statement in policy.monitoring if policy else ():
        told = desk.statement(statement, policy) if policy else None
        if told:
            lines.append(desk.say("letter.says", *told.supports, says=told.text))
    if not lines:
        return [paragraph(sheet.fixed("no_monitoring"))]
    return [paragraph(sheet.fixed("monitoring")), listing(lines)]


def only(sheet: Sheet, d: Determination) -> Sheet:
    """The sheet for one of its determinations."""
    return replace(sheet, determinations=(d,))
