"""The sheet for a peer-to-peer call: the case, what decides, objections with their replies, what
not to claim, what to ask. One page; it is for the caller and is sent to nobody."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.model import Asserter, Fact, Finding, Mark, Outcome, Section, Sentence
from indicated.report.desk import listing, section, table
from indicated.report.letters.frame import subject, trailing
from indicated.report.letters.parts import Sheet, criteria_table, deciding, monitoring
from indicated.report.letters.weighed import Held, facts_below, open_leaves, weighed
from indicated.report.opening import (
    contradicted,
    outcome_support,
    premise_sentence,
    verdict,
    word,
)
from indicated.report.phrases import clean
from indicated.truth import MET, NOT_MET, UNKNOWN

HEAD = ("case.number", "call.time", "call.number")
MOST, FEW = 6, 4  # objections and claims that fit on a page, and differences of authorities
CLAIMED = (Asserter.LETTER, Asserter.QUESTION, Asserter.PAYER)


def peer(sheet: Sheet) -> list[Section]:
    """The sheet."""
    d = sheet.d
    rows = criteria_table(sheet, _leading(sheet), depth=1)
    objections = list(_objections(sheet))
    header = sheet.header("objection", "reply")
    not_claimed = list(dict.fromkeys(_not_claimed(sheet)))[:MOST]
    return [
        subject(sheet, HEAD, id="request"),
        section("case", sheet.heading("case"), listing(_case(sheet))),
        section("letter-criteria", sheet.heading("deciding"), *rows),
        section(
            "objections", sheet.heading("objections"),
            table(header, objections) if objections else listing([sheet.fixed("no_objection")]),
        ),
        section(
            "not-claimed", sheet.heading("not_claimed"),
            listing(not_claimed or [sheet.fixed("claim_record")]),
        ),
        section("asks", sheet.heading("ask_reviewer"), listing(_asks(sheet, d.policy is not None))),
        section("monitoring", sheet.heading("monitoring"), *monitoring(sheet)),
        *trailing(sheet),
    ]  # fmt: skip


def _case(sheet: Sheet) -> list[Sentence]:
    """The case in few lines: asked, determined, why, for how long, what stands against it."""
    desk, d = sheet.desk, sheet.d
    whole = desk.words.request(d.item)
    said = [
        desk.say("letter.request", desk.item(d.item), *desk.item_words(d.item), request=whole),
        verdict(desk, d)[0],
    ]
    if d.because:
        by = outcome_support(desk, d)
        said.append(desk.say("letter.reason", by, because=clean(d.because)))
    if d.policy and d.policy.standing:
        standing = desk.m.word_or_own("standing", d.policy.standing)
        by = desk.made("policy", standing, key=d.policy.id)
        said.append(desk.say("answer.standing", by, standing=standing))
    phase = d.policy.phases.get(d.phase) if d.policy else None
    if d.policy and phase and phase.duration:
        length = clean(phase.duration)
        by = desk.made("policy", length, key=d.policy.id)
        cited = desk.cites(phase.cite, d.policy)
        said.append(desk.say("letter.case_duration", by, *cited, length=length))
    return said


def _leading(sheet: Sheet) -> list[tuple[str, Finding]]:
    """What decides, without exclusions that are not met: nobody will argue about those."""
    return [
        (g, f) for g, f in deciding(sheet.d) if not (g == "exclusions" and f.truth is NOT_MET)
    ]  # fmt: skip


# --- objections -------------------------------------------------------------------------------


def _objections(sheet: Sheet) -> Iterator[tuple[Sentence, ...]]:
    """What a reviewer may hold against the request, each with the reply that the record carries."""
    yield from list(_weak(sheet))[:MOST]
    yield from list(_differing(sheet))[:FEW]


def _weak(sheet: Sheet) -> Iterator[tuple[Sentence, ...]]:
    """Criteria that do not speak for the request, those that decide first."""
    desk = sheet.desk
    for h in dict.fromkeys(weighed(sheet.d)):
        if h.speaks is MET:
            continue
        by = desk.made("policy", h.finding.says, key=h.finding.id)
        words = "truth_exclusion" if h.group == "exclusions" else "truth"
        told = {
            "says": clean(h.finding.says).removesuffix("."),
            "truth": desk.m.word(words, h.finding.truth.value),
        }
        found = desk.finding(h.finding, group=words)
        yield desk.say("letter.objection", by, found, **told), _reply(sheet, h)


def _reply(sheet: Sheet, h: Held) -> Sentence:
    desk = sheet.desk
    asked = open_leaves(sheet.d, h.finding)[:2]
    if h.speaks is UNKNOWN and asked:
        asks = dict.fromkeys(clean(leaf.ask).removesuffix(".") for leaf in asked)
        return desk.say("letter.reply_open", *map(desk.asked, asked), ask="; ".join(asks))
    told = desk.facts(facts_below(h.finding), limit=3)
    kind = "supporting" if h.group == "supporting" else "conceded"
    if told:
        by = (desk.program(), *told.supports)
        return desk.say(f"letter.reply_{kind}_facts", *by, facts=told.text)
    return desk.say(f"letter.reply_{kind}", desk.program())


def _differing(sheet: Sheet) -> Iterator[tuple[Sentence, ...]]:
    """Where authorities differ, and the pitfalls that the policy warns of."""
    desk, policy = sheet.desk, sheet.d.policy
    if policy is None:
        return
    for statement in policy.disagreements:
        told = desk.statement(statement, policy)
        kind = desk.m.word_or_own("authority", statement.kind)
        about = clean(statement.about).removesuffix(".")
        by = desk.made("policy", kind, about, key=policy.id)
        objection = desk.say("letter.differs", by, about=about, kind=kind)
        yield objection, desk.say("letter.says", *told.supports, says=told.text)


# --- what not to claim, what to ask ------------------------------------------------------------


def _not_claimed(sheet: Sheet) -> Iterator[Sentence]:
    """What the record contradicts, does not show, or holds only as a claim or a code."""
    desk, d = sheet.desk, sheet.d
    for premise in contradicted(desk):
        yield premise_sentence(desk, premise)
    for fact in _only_claimed(d.findings()):
        told = desk.fact(fact)
        yield desk.say("letter.only_claimed", *told.supports, fact=told.text)
    for h in weighed(d):
        if h.finding.truth is UNKNOWN and h.group != "supporting":
            says = clean(h.finding.says).removesuffix(".")
            by = desk.made("policy", h.finding.says, key=h.finding.id)
            yield desk.say("letter.unknown_claim", by, says=says)
    if d.policy:
        called = [s for s, _ in d.warnings]
        for statement in d.policy.pitfalls:
            if statement.when is None or statement in called:
                told = desk.statement(statement, d.policy)
                yield desk.say("letter.says", *told.supports, says=told.text)


def _only_claimed(findings: tuple[Finding, ...]) -> list[Fact]:
    facts = [f for top in findings for leaf in top.leaves() for f in leaf.facts]
    return [
        f for f in dict.fromkeys(facts)
        if (f.asserter in CLAIMED and not f.concept.startswith("request."))
        or Mark.CODE_ONLY in f.marks
    ]  # fmt: skip


def _asks(sheet: Sheet, judged: bool) -> list[Sentence]:
    """Questions to the reviewer; on each criterion that decides, whether it is disputed."""
    desk, d = sheet.desk, sheet.d
    said = [sheet.fixed("ask_which"), sheet.fixed("ask_version")]
    if judged and d.outcome is not Outcome.NOT_INDICATED:
        by, outcome = outcome_support(desk, d), word(desk, d)
        said.append(desk.say("letter.ask_outcome", by, outcome=outcome))
    for m in d.missing[:3]:
        what = clean(m.what).removesuffix(".")
        by = desk.made("finding", what, key=m.id)
        said.append(desk.say("letter.ask_would", by, what=what))
    said.append(sheet.fixed("ask_records"))
    return said
