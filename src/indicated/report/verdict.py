"""One requested item: its determination, the criteria held against the record, the exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicated.messages import Clause
from indicated.model import (
    Block,
    Citation,
    Determination,
    Finding,
    Outcome,
    Section,
    Sentence,
    State,
)
from indicated.report import figures
from indicated.report.desk import Desk, listing, note, paragraph, section, table
from indicated.report.dose import dose
from indicated.report.known import known
from indicated.report.opening import (
    computed,
    condition,
    conditions_of,
    decided_because,
    outcome_support,
    word,
)
from indicated.report.phrases import clean, quotable
from indicated.report.pointed import pointed
from indicated.report.standing import evidence
from indicated.report.tiles import INDENT
from indicated.truth import NOT_MET

GROUPS = ("routes", "exceptions", "exclusions", "requirements", "supporting")


def determinations(desk: Desk) -> Section:
    """A part for every requested item."""
    parts = [_item(desk, d, f"item-{n}") for n, d in enumerate(desk.story.determinations, 1)]
    nothing = [] if parts else [paragraph(desk.say("answer.nothing", desk.program()))]
    return section("determinations", desk.heading("determinations"), *nothing, parts=parts)


def _item(desk: Desk, d: Determination, id: str, heading: str = "") -> Section:
    parts: list[Section] = [
        section(f"{id}-determination", desk.heading("determination"), *_box(desk, d))
    ]
    parts.append(section(f"{id}-known", desk.heading("known"), *known(desk, d)))
    if d.policy:
        seen = (*figures.criteria(desk, d), *_criteria(desk, d), *figures.values(desk, d))
        parts.append(section(f"{id}-criteria", desk.heading("criteria"), *seen))
        if block := dose(desk, d):
            block += figures.dose(desk, d)
            parts.append(section(f"{id}-dose", desk.heading("dose"), *block))
        parts.append(section(f"{id}-evidence", desk.heading("evidence"), *evidence(desk, d.policy)))
        if d.exceptions:
            blocks = [b for x in d.exceptions for b in _exception(desk, d, x)]
            parts.append(section(f"{id}-exceptions", desk.heading("exceptions"), *blocks))
    for n, part in enumerate(d.parts, 1):
        sites = ", ".join(map(quotable, part.item.parts)) or desk.words.item(part.item)
        parts.append(_item(desk, part, f"{id}-part-{n}", desk.heading("part", part=sites)))
    for n, other in enumerate(d.beside, 1):
        title = clean(other.policy.title) if other.policy else ""
        named = desk.heading("beside", policy=title)
        parts.append(_item(desk, other, f"{id}-beside-{n}", named))
    parts = [p for p in parts if p.blocks or p.parts]
    return section(id, heading or desk.heading("item", item=desk.words.item(d.item)), parts=parts)


# --- the determination box --------------------------------------------------------------------


def _box(desk: Desk, d: Determination) -> list[Block]:
    outcome = outcome_support(desk, d)
    chip = desk.say("determination.outcome", outcome, outcome=word(desk, d))
    rows = [r for r in _box_rows(desk, d) if r]
    return [note(chip, tone=d.outcome.value), table((), rows), *_parts_table(desk, d)]


def _box_rows(desk: Desk, d: Determination) -> Iterator[tuple[Sentence, ...]]:
    outcome = outcome_support(desk, d)
    if d.override:
        yield desk.label("label.overridden"), decided_because(desk, d)
        yield desk.label("label.computed"), computed(desk, d)
    elif d.because:
        because = desk.say("determination.because", outcome, because=clean(d.because))
        yield desk.label("label.because"), because
    if d.outcome is Outcome.CONDITIONAL:
        conditions, supports = conditions_of(desk, d)
        said = desk.say("determination.condition", *supports, conditions=conditions)
        yield desk.label("label.condition"), said
    yield from pointed(desk, d)
    yield desk.label("label.phase"), _phase(desk, d)
    if d.policy:
        yield from policy_rows(desk, d)
    if d.candidates:
        yield _candidates(desk, d)
    if d.outcome is Outcome.CANNOT_DETERMINE:
        yield desk.label("label.leaning"), _leaning(desk, d)


def _candidates(desk: Desk, d: Determination) -> tuple[Sentence, Sentence]:
    """The policies of the treatment that do not fit, in one row however many they are."""
    known = {id: desk.story.library.policies.get(id) for id in d.candidates}
    names = {id: clean(policy.title) if policy else id for id, policy in known.items()}
    supports = [desk.made("policy", name, key=id) for id, name in names.items()]
    label = "label.candidates" if len(names) > 1 else "label.candidate"
    listed = "; ".join(names.values())
    return desk.label(label), desk.say("determination.candidate", *supports, policy=listed)


def _phase(desk: Desk, d: Determination) -> Sentence:
    phase = desk.m.word("phase", d.phase.value)
    why = quotable(d.item.phase_because)
    by = desk.made("request", phase, why, key=d.item.id)
    if why:
        return desk.say("determination.phase_because", by, phase=phase, because=why)
    return desk.say("determination.phase", by, phase=phase)


def policy_rows(desk: Desk, d: Determination) -> Iterator[tuple[Sentence, ...]]:
    """The policy of a determination, its version and the rules of the plan, as rows."""
    policy = d.policy
    assert policy is not None
    title, status = clean(policy.title), desk.m.word_or_own("status", policy.status)
    by = desk.made(
        "policy", title, policy.id, policy.version, status, policy.profile, key=policy.id
    )
    told = {"policy": title, "id": policy.id, "version": policy.version, "status": status}
    yield desk.label("label.policy"), desk.say("determination.policy", by, **told)
    if policy.profile:
        said = desk.say("determination.profile", by, profile=policy.profile)
        yield desk.label("label.profile"), said
    for statement in policy.profile_notes:
        rule = desk.statement(statement, policy)
        yield (
            desk.label("label.plan_rule"),
            desk.say("statement.says", *rule.supports, says=rule.text),
        )
    phase = policy.phases.get(d.phase)
    if phase and phase.duration:
        length = clean(phase.duration)
        sources = desk.cites(phase.cite, policy)
        by = desk.made("policy", length, key=policy.id)
        said = desk.say("determination.duration", by, *sources, length=length)
        yield desk.label("label.duration"), said


def _leaning(desk: Desk, d: Determination) -> Sentence:
    leaning = desk.m.word("leaning", d.leaning.value)
    because = clean(d.leaning_because)
    by = desk.made("finding", leaning, because, key=f"leaning:{d.item.id}")
    if because:
        return desk.say("determination.leaning_because", by, leaning=leaning, because=because)
    return desk.say("determination.leaning", by, leaning=leaning)


def _parts_table(desk: Desk, d: Determination) -> list[Block]:
    """A request for several sites: each with its own outcome."""
    rows = []
    for part in d.parts:
        sites = ", ".join(map(quotable, part.item.parts)) or desk.words.item(part.item)
        by = desk.made("request", sites, key=part.item.id)
        outcome = outcome_support(desk, part)
        because = clean(part.because)
        rows.append(
            (
                desk.say("part.sites", by, sites=sites),
                desk.say("determination.outcome", outcome, outcome=word(desk, part)),
                desk.say("determination.because", outcome, because=because),
            )
        )
    return [table(desk.header("part", "determination", "because"), rows)] if rows else []


# --- the criteria table -----------------------------------------------------------------------


def _criteria(desk: Desk, d: Determination) -> list[Block]:
    """What decides as one table; what rules nothing out and what only supports as a second one,
    which a page may fold away."""
    tree = Tree(desk, d)
    rows: list[tuple[Sentence, ...]] = []
    aside: list[tuple[Sentence, ...]] = []
    for group in GROUPS:
        findings: Sequence[Finding] = getattr(d, group)
        if not findings:
            continue
        idle = group == "exclusions" and all(f.truth is NOT_MET for f in findings)
        into = aside if idle or group == "supporting" else rows
        into.append((desk.label(f"label.{group}"),))
        words = "truth_exclusion" if group == "exclusions" else "truth"
        for finding in findings:
            into += tree.rows(finding, 0, words)
    if not rows and not aside:
        return [paragraph(desk.say("criteria.none", desk.program()))]
    header = desk.header("criterion", "finding", "patient", "source")
    blocks = [table(header, rows)] if rows else []
    folded = desk.heading("aside", n=str(len(aside)))
    return [*blocks, *([table(header, aside, folded=folded)] if aside else [])]


class Tree:
    """Finding trees as rows. A branch that stood once is named, and not spelled out again."""

    def __init__(self, desk: Desk, d: Determination):
        self.desk, self.d = desk, d
        self._shown: list[Finding] = []

    def has_shown(self, finding: Finding) -> bool:
        """Whether this very finding stands in a row already."""
        return finding in self._shown

    def rows(
        self, finding: Finding, depth: int, words: str, above: tuple[Citation, ...] = ()
    ) -> list[tuple[Sentence, ...]]:
        """The finding's row, and those of its parts. A parent's sources are not repeated."""
        desk = self.desk
        sources = desk.cites(
            () if finding.cite == above else finding.cite, self.d.policy, placed=True
        )
        by = desk.made("policy", finding.says, key=finding.id)
        criterion = desk.say("criteria.says", by, says=clean(finding.says))
        criterion = Sentence(INDENT * depth + criterion.text, criterion.support, criterion.id)
        again = bool(finding.parts) and finding in self._shown
        self._shown.append(finding)
        rows: list[tuple[Sentence, ...]] = [
            (
                criterion,
                _again(desk, finding, words) if again else _finding_cell(desk, finding, words),
                _patient_cell(desk, finding),
                desk.say("criteria.source", *sources) if sources else desk.label("label.nothing"),
            )
        ]
        # What only together with others rules out, or by its absence, does not say that it does.
        inner = words if finding.kind == "any" else "truth"
        for part in () if again else finding.parts:
            rows += self.rows(part, depth + 1, inner, finding.cite)
        return rows


def _again(desk: Desk, finding: Finding, words: str) -> Sentence:
    truth = desk.m.word(words, finding.truth.value)
    return desk.say("finding.above", desk.finding(finding, group=words), truth=truth)


def _finding_cell(desk: Desk, finding: Finding, words: str) -> Sentence:
    by = desk.finding(finding, group=words)
    truth = desk.m.word(words, finding.truth.value)
    state = "" if finding.state is State.SAID else desk.m.word("state", finding.state.value)
    said = [finding.why or state, finding.note]
    if finding.parts and not finding.note:
        said = []  # the rows below say why
    ours = [_bare(clean(x)) for x in said if isinstance(x, Clause) or (x and x == state)]
    policy = [_bare(clean(x)) for x in said if x and not isinstance(x, Clause) and x != state]
    id = "_".join(["finding." + ("detail" if ours else "plain"), *(["noted"] if policy else [])])
    slots = {"detail": "; ".join(ours), "note": "; ".join(policy)}
    return desk.say(id, by, truth=truth, **{k: v for k, v in slots.items() if v})


def _bare(text: str) -> str:
    return text.removesuffix(".")


def _patient_cell(desk: Desk, finding: Finding) -> Sentence:
    told = desk.facts(finding.facts)
    if told:
        return desk.say("criteria.facts", *told.supports, facts=told.text)
    if finding.parts:
        return desk.label("label.nothing")
    id = "criteria.sought" if finding.state is State.SOUGHT else "criteria.silent"
    return desk.say(id, desk.program())


# --- exceptions -------------------------------------------------------------------------------


def _exception(desk: Desk, d: Determination, exception: Finding) -> list[Block]:
    """The condition of the exception, and for each of its parts whether its trigger is met."""
    text = condition(desk, d, exception)
    by = desk.made("policy", text, key=exception.id)
    word = desk.m.word("exception_truth", exception.truth.value)
    state = desk.say("exception.state", desk.made("finding", word, key=exception.id), state=word)
    sources = desk.cites(exception.cite, d.policy)
    head = paragraph(desk.say("exception.condition", by, *sources, condition=text), state)
    lines = [_part(desk, part) for part in exception.parts or (exception,)]
    return [head, listing(lines)]


def _part(desk: Desk, part: Finding) -> Sentence:
    says = clean(part.says)
    told = desk.facts([f for leaf in part.leaves() for f in leaf.facts], limit=3)
    facts = told.supports if told else ()
    truth = desk.m.word("truth_plain", part.truth.value)
    by = desk.finding(part, group="truth_plain")
    if part.truth.known:
        if told:
            slots = {"says": says, "truth": truth, "facts": told.text}
            return desk.say("exception.trigger_facts", by, *facts, **slots)
        return desk.say("exception.trigger", by, says=says, truth=truth)
    open_leaves = [leaf for leaf in part.leaves() if leaf.ask and not leaf.truth.known]
    asks = dict.fromkeys(_bare(clean(leaf.ask)) for leaf in open_leaves)
    if asks:
        slots = {"says": says, "truth": truth, "ask": "; ".join(asks)}
        return desk.say("exception.lacking_ask", by, *map(desk.asked, open_leaves), *facts, **slots)
    return desk.say("exception.lacking", by, *facts, says=says, truth=truth)
