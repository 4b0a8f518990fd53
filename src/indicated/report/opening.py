"""The first page: the question, what was understood by it, the review note, the direct answer."""

from __future__ import annotations

from collections import Counter

from indicated.model import (
    Block,
    Determination,
    Finding,
    Mark,
    Missing,
    Outcome,
    Premise,
    Reader,
    RequestedItem,
    Section,
    Sentence,
    Support,
    When,
)
from indicated.report.desk import Desk, listing, paragraph, section
from indicated.report.phrases import clean, quotable
from indicated.report.pointed import waiting
from indicated.truth import MET, NOT_MET, UNKNOWN

ASKED = 4  # documents asked for first, in the answer and the summary


def question(desk: Desk) -> Section:
    """The question as asked, and the items read out of it."""
    asked = quotable(desk.story.case.question)
    support = desk.made("request", asked, key="question")
    items = []
    for item in desk.story.items:
        whole = desk.words.request(item)
        by = (desk.item(item), *desk.item_words(item))
        items.append(desk.say(f"question.{_found(item)}", *by, request=whole))
    items += waiting(desk)
    understood = items or [desk.say("question.none", desk.program())]
    return section(
        "question",
        desk.heading("question"),
        paragraph(desk.say("question.asked", support, question=asked)),
        listing(understood),
    )


def _found(item: RequestedItem) -> str:
    """How an item was found: the mark that a model left on it, or where it stands."""
    marks = sorted(m.value for m in item.marks & {Mark.PROPOSED, Mark.CONFIRMED})
    return marks[0] if marks else "secondary" if item.secondary else "item"


def review(desk: Desk) -> Section:
    """As of which day, by what, and how far the criteria themselves were reviewed."""
    day = desk.words.when(When.on(desk.story.case.as_of))
    said = [desk.say("review.as_of", desk.program(day), day=day, program=desk.story.program)]
    drafts = {
        d.policy.id: d.policy
        for d in desk.story.determinations
        if d.policy and d.policy.status != "reviewed"
    }
    for kind in dict.fromkeys(p.status for p in drafts.values()):
        of_kind = [p for p in drafts.values() if p.status == kind]
        status = desk.m.word_or_own("status", kind)
        supports = [desk.titled(p, status) for p in of_kind]
        titles = "; ".join(desk.title(p) for p in of_kind)
        said.append(desk.say("review.policies", *supports, policies=titles, status=status))
    return section("review", desk.heading("review"), paragraph(*said))


# --- the direct answer ------------------------------------------------------------------------


def answer(desk: Desk, *, asks: bool = True) -> Section:
    """A short paragraph for each item, with what to send first, and one for the premise that does
    not hold."""
    said = [block for d in desk.story.determinations for block in _answered(desk, d, asks)]
    if not said:
        said = [paragraph(desk.say("answer.nothing", desk.program()))]
    wrong = contradicted(desk)
    if wrong:
        premise = [premise_sentence(desk, wrong[0])]
        if len(wrong) > 1:
            n = str(len(wrong) - 1)
            premise.append(desk.say("answer.more_premises", desk.computed(n), n=n))
        said.append(paragraph(*premise))
    return section("direct-answer", desk.heading("answer"), *said)


def _answered(desk: Desk, d: Determination, asked: bool) -> list[Block]:
    """One item's answer, and what to send first where it is open and more can come."""
    asks = first_asks(d) if asked else []
    if d.outcome is not Outcome.CANNOT_DETERMINE or not asks or desk.story.case.chart.closed:
        return [paragraph(*verdict(desk, d))]
    settle = desk.say("answer.settle", desk.program())
    lines = [
        desk.say("answer.ask", desk.made("policy", a, key=d.item.id), ask=a.removesuffix("."))
        for a in asks
    ]
    return [paragraph(*verdict(desk, d), settle), listing(lines)]


def first_asks(d: Determination) -> list[str]:
    """What to ask for first: what settles the outcome with the fewest answers."""
    return [clean(m.ask) for m in first_missing(d)]


def first_missing(d: Determination) -> list[Missing]:
    """What is missing that settles the outcome with the fewest answers, each thing to send once."""
    by_id = {m.id: m for m in d.missing if m.ask}
    wanted = [id for s in d.settles for id, _ in s.needs] + [m.id for m in d.missing]
    first: dict[str, Missing] = {}
    for id in wanted:
        if id in by_id:
            first.setdefault(clean(by_id[id].ask), by_id[id])
    return list(first.values())[:ASKED]


def verdict(desk: Desk, d: Determination) -> list[Sentence]:
    """The determination in words: one sentence, and one more where a condition must be named."""
    name, item = desk.words.item(d.item), desk.item(d.item)
    outcome = outcome_support(desk, d)
    if d.override:
        return overridden(desk, d)
    if d.policy is None:
        return [desk.say("answer.no_policy", item, outcome, item=name, outcome=word(desk, d))]
    title = desk.title(d.policy)
    policy = desk.titled(d.policy)
    told = {"item": name, "clause": clause(desk, d), "policy": title}
    if d.outcome is Outcome.CANNOT_DETERMINE:
        said = [desk.say("answer.open", item, policy, outcome, **told)]
    elif d.outcome is Outcome.CONDITIONAL:
        conditions, supports = conditions_of(desk, d)
        by = (item, policy, outcome, *supports)
        said = [desk.say("answer.conditional", *by, **told, conditions=conditions)]
    else:
        said = [desk.say("answer.decided", item, policy, outcome, **told)]
    said += _which_criteria(desk, d)
    if d.outcome is Outcome.INDICATED_WITH_CHANGES and d.dose and d.dose.fits:
        fits = clean(d.dose.fits)
        said.append(desk.say("answer.fits", desk.computed(fits, key=d.item.id), fits=fits))
    if d.outcome is Outcome.NOT_INDICATED:
        request = desk.words.request(d.item)
        said.append(
            desk.say("answer.as_requested", item, *desk.item_words(d.item), request=request)
        )
        if still := open_conditions(desk, d):
            said.append(_open_exception(desk, still))
        for text, support in asked_otherwise(desk, d):
            said.append(desk.say("answer.asked_otherwise", support, condition=_bare(text)))
    if d.policy.profile:
        profile = clean(d.policy.profile)
        support = desk.made("policy", profile, key=d.policy.id)
        said.append(desk.say("answer.profile", support, profile=profile))
    if d.policy.standing:
        standing = desk.m.word_or_own("standing", d.policy.standing)
        support = desk.made("policy", standing, key=d.policy.id)
        said.append(desk.say("answer.standing", support, standing=standing))
    return said


def overridden(desk: Desk, d: Determination) -> list[Sentence]:
    """What a person decided and why, and that the criteria give something else."""
    assert d.override is not None
    reason = desk.source(d.override.said)
    told = {"item": desk.words.item(d.item), "clause": clause(desk, d)}
    told["because"] = quotable(d.override.said.quote)
    said = desk.say(
        "answer.overridden", desk.item(d.item), outcome_support(desk, d), reason, **told
    )
    return [said, computed(desk, d)]


def decided_because(desk: Desk, d: Determination) -> Sentence:
    """The reason of a person who decided, in their words."""
    assert d.override is not None
    because = quotable(d.override.said.quote)
    return desk.say("determination.overridden", desk.source(d.override.said), because=because)


def computed(desk: Desk, d: Determination) -> Sentence:
    """What the criteria alone give, where a person decided otherwise."""
    word = desk.outcome_word(d.computed)
    by = desk.made("finding", word, key=f"computed:{d.item.id}")
    if d.policy is None:
        return desk.say("answer.computed_bare", by, outcome=word)
    title = desk.title(d.policy)
    return desk.say("answer.computed", by, desk.titled(d.policy), policy=title, outcome=word)


def _which_criteria(desk: Desk, d: Determination) -> list[Sentence]:
    """Whether the criteria are general ones, and what a second policy on the same item gives."""
    said = []
    if d.policy and d.policy.general and not d.beside:
        said.append(desk.say("answer.general", desk.program()))
    for other in d.beside:
        if d.policy is None or other.policy is None:
            continue
        ruled = d.policy.goes_first or other.policy.goes_first
        title = desk.title(other.policy)
        by = desk.titled(other.policy)
        told = {"policy": title, "clause": clause(desk, other)}
        id = "answer.beside" if ruled else "answer.other_condition"
        said.append(desk.say(id, by, outcome_support(desk, other), **told))
    return said


def word(desk: Desk, d: Determination) -> str:
    """The outcome for readers."""
    return desk.outcome_word(d.outcome)


def clause(desk: Desk, d: Determination) -> str:
    """The outcome as the end of a sentence about the item."""
    closed = f"clause_closed.{d.outcome.value}"
    if desk.story.case.chart.closed and closed in desk.m.table:
        return desk.m.template(closed)
    return desk.m.word("clause", d.outcome.value)


def outcome_support(desk: Desk, d: Determination) -> Support:
    """The determination itself: its outcome and the reason it gives."""
    key = f"determination:{d.item.id}"
    words = () if d.outcome is Outcome.NO_POLICY else (clause(desk, d),)
    return desk.made("finding", word(desk, d), d.because, *words, key=key)


def conditions_of(desk: Desk, d: Determination) -> tuple[str, list[Support]]:
    """On what a conditional determination depends: requirements still open, or an exception."""
    waiting = [r for r in d.requirements if r.truth is not MET]
    if waiting and any(r.truth is MET for r in (*d.routes, *d.exceptions)):
        still = [(clean(r.says), desk.made("finding", r.says, key=r.id)) for r in waiting]
    else:
        still = open_conditions(desk, d) or [(clean(d.because), outcome_support(desk, d))]
    return "; ".join(text.removesuffix(".") for text, _ in still), [s for _, s in still]


def _open_exception(desk: Desk, still: list[tuple[str, Support]]) -> Sentence:
    conditions = "; ".join(text.removesuffix(".") for text, _ in still)
    return desk.say("answer.exception_open", *(s for _, s in still), conditions=conditions)


def open_conditions(desk: Desk, d: Determination) -> list[tuple[str, Support]]:
    """The conditions of exceptions that the record neither shows nor rules out."""
    return [
        (text, desk.made("policy", text, key=x.id))
        for x in d.exceptions
        if x.truth is UNKNOWN and (text := condition(desk, d, x))
    ]


def asked_otherwise(desk: Desk, d: Determination) -> list[tuple[str, Support]]:
    """Exceptions that only the wording of the request closes: nothing of the patient is against
    them, and part of them is met. Another request could be judged on their condition."""
    return [
        (text, desk.made("policy", text, key=x.id))
        for x in d.exceptions
        if x.truth is NOT_MET
        and any(p.truth is MET for p in x.parts)
        and all(_of_the_request(p) for p in x.parts if p.truth is NOT_MET)
        and (text := condition(desk, d, x))
    ]


def _of_the_request(part: Finding) -> bool:
    """Whether what decided a criterion was the request itself, and nothing of the patient."""
    facts = [f for leaf in part.leaves() if leaf.truth.known for f in leaf.facts]
    return bool(facts) and all(f.concept.startswith("request.") for f in facts)


def _bare(text: str) -> str:
    return text.removesuffix(".")


def condition(desk: Desk, d: Determination, exception: Finding) -> str:
    """The stated condition of an exception, for a patient in plain words where it has any; its own
    sentence where the policy states none."""
    if desk.reader is Reader.PATIENT and (plain := desk.worded("says", exception, d.policy)):
        return plain
    phase = d.policy.phases.get(d.phase) if d.policy else None
    for route in phase.exceptions if phase else ():
        if route.id == exception.id:
            return clean(route.condition or route.says)
    return clean(exception.says)


# --- premises ---------------------------------------------------------------------------------


def contradicted(desk: Desk) -> list[Premise]:
    """Premises that the record contradicts; those whose facts the findings rest on come first."""
    weight: Counter[str] = Counter()
    for d in desk.story.determinations:
        for finding in d.findings():
            for leaf in finding.leaves():
                weight.update(f.concept for f in leaf.facts)
    wrong = [p for p in desk.story.premises if p.standing == "contradicted"]
    return sorted(wrong, key=lambda p: -sum(weight[f.concept] for f in p.record))


def premise_sentence(desk: Desk, premise: Premise) -> Sentence:
    """What the question takes for granted, and what the record says instead."""
    record = desk.facts(premise.record, limit=3)
    supports = record.supports if record else ()
    if premise.says:
        says = quotable(premise.says)
        own = desk.made("request", says, key=premise.fact.id)
        return desk.say("answer.premise_says", own, *supports, says=says)
    told = desk.fact(premise.fact, bare=True)
    if record is None:
        return desk.say("answer.premise_alone", *told.supports, premise=told.text)
    return desk.say(
        "answer.premise", *told.supports, *supports, premise=told.text, record=record.text
    )
