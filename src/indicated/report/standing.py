"""Evidence, standard of care, and regulatory status: three things kept apart."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.model import Block, Determination, Policy, Section, Sentence
from indicated.report.desk import Desk, Told, listing, paragraph, section, table
from indicated.report.phrases import clean
from indicated.truth import Truth

FEW = 3  # label rows that are shown without folding


def evidence(desk: Desk, policy: Policy) -> list[Block]:
    """How sure the evidence is and why; its studies, and which of them were not verified."""
    said = []
    if policy.certainty:
        certainty = desk.m.word_or_own("certainty", policy.certainty)
        because = clean(policy.certainty_because)
        by = desk.made("policy", certainty, because, key=policy.id)
        if because:
            told = {"certainty": certainty, "because": because}
            said.append(desk.say("evidence.certainty_because", by, **told))
        else:
            said.append(desk.say("evidence.certainty", by, certainty=certainty))
    else:
        said.append(desk.say("evidence.not_rated", desk.program()))
    studies = _of_kind(desk, policy, "evidence")
    cited = dict.fromkeys(s for t in studies for s in t.supports if s.label)
    lines = []
    if cited:
        lines.append(desk.say("evidence.studies", *cited))
    unseen = [s for s in cited if policy.references[s.key].checked != "seen"]
    if unseen:
        lines.append(desk.say("evidence.unseen", *unseen))
    return [paragraph(*said), listing(lines)]


def _of_kind(desk: Desk, policy: Policy, kind: str) -> list[Told]:
    return [desk.statement(s, policy) for s in policy.status_lines if s.kind == kind]


def standing(desk: Desk) -> Section:
    """Per policy: standing in practice; regulators' labels; where authorities disagree."""
    parts = []
    seen: dict[str, Determination] = {}
    for d in desk.story.determinations:
        if d.policy and d.policy.id not in seen:
            seen[d.policy.id] = d
    for n, d in enumerate(seen.values(), 1):
        parts.append(_policy(desk, d, f"status-{n}"))
    nothing = [] if parts else [paragraph(desk.say("practice.none", desk.program()))]
    return section("status", desk.heading("standing"), *nothing, parts=parts)


def _policy(desk: Desk, d: Determination, id: str) -> Section:
    policy = d.policy
    assert policy is not None
    rows = list(status_rows(desk, policy))
    blocks = [table((), rows), *_labels(desk, d), *_disagreements(desk, policy)]
    return section(id, desk.heading("standing_of", item=desk.words.item(d.item)), *blocks)


def status_rows(desk: Desk, policy: Policy) -> Iterator[tuple[Sentence, ...]]:
    """Standing in practice, then what the policy says of practice, regulators and evidence."""
    if policy.standing:
        word = desk.m.word_or_own("standing", policy.standing)
        by = desk.made("policy", word, key=policy.id)
        yield desk.label("label.standing"), desk.say("practice.word", by, standing=word)
    else:
        yield desk.label("label.standing"), desk.say("practice.unstated", desk.program())
    for kind in ("practice", "regulatory", "evidence"):
        for told in _of_kind(desk, policy, kind):
            yield (
                desk.label(f"label.{kind}"),
                desk.say("statement.says", *told.supports, says=told.text),
            )


def _labels(desk: Desk, d: Determination) -> list[Block]:
    """Label rows about this patient, then, folded, those on other uses of the products."""
    shown: list[tuple[Sentence, ...]] = []
    others: list[tuple[Sentence, ...]] = []
    for label, truth in d.labels:
        told = desk.label_row(label)
        word = desk.m.word("label_truth", truth.value)
        what = label.product or desk.words.concepts.label(label.ingredient)
        named = desk.made("policy", what, label.regulator, label.population, key=what)
        product = ", ".join(clean(x) for x in (what, label.population) if x)
        (shown if truth is Truth.MET else others).append(
            (
                desk.say("labels.product", named, product=product),
                desk.say("labels.regulator", named, regulator=clean(label.regulator)),
                desk.say("statement.says", *told.supports, says=told.text),
                desk.say("labels.about", desk.made("finding", word, key=label.product), about=word),
            )
        )
    header = desk.header("product", "regulator", "label_says", "about")
    folded = desk.heading("other_labels", n=str(len(others))) if len(others) > FEW else ""
    found = [table(header, shown)] if shown else []
    return [*found, table(header, others, folded=folded)] if others else found


def _disagreements(desk: Desk, policy: Policy) -> list[Block]:
    """Label, guideline, payer and this policy's own default on separate lines."""
    rows: list[tuple[Sentence, ...]] = []
    about = dict.fromkeys(s.about for s in policy.disagreements)
    for question in about:
        words = clean(question)
        by = desk.made("policy", words, key=policy.id)
        rows.append((desk.say("disagreement.about", by, about=words),))
        for statement in policy.disagreements:
            if statement.about != question:
                continue
            told = desk.statement(statement, policy)
            kind = desk.m.word_or_own("authority", statement.kind)
            kind_by = desk.made("policy", kind, key=policy.id)
            rows.append(
                (
                    desk.say("disagreement.kind", kind_by, kind=kind),
                    desk.say("statement.says", *told.supports, says=told.text),
                )
            )
    return [table(desk.header("authority", "position"), rows)] if rows else []
