"""The check of a text, as an article of its own: same desk, same rules for every sentence.

What is quoted is the text that was checked; what is said of it rests on the record, on a
determination, on a source of the library, or on arithmetic, like any sentence of the product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from indicated.messages import ENGLISH, Messages, load_messages
from indicated.model import (
    Article,
    Block,
    Claim,
    ClaimStanding,
    Determination,
    Library,
    Omission,
    Outcome,
    Remark,
    Section,
    Sentence,
    Support,
    TextCheck,
)
from indicated.report.cite import require_support
from indicated.report.desk import Desk, Story, listing, paragraph, section, table
from indicated.report.known import of_passage, printable
from indicated.report.opening import (
    conditions_of,
    first_asks,
    outcome_support,
    premise_sentence,
    word,
)
from indicated.report.phrases import clean, quotable
from indicated.report.trail import record, references

ASKS = 2  # documents that would settle an open determination
LINES = 4  # ranges of a dose that are shown
SHOWN = tuple(s for s in ClaimStanding if s is not ClaimStanding.NO_CLAIM)
WRONG = (ClaimStanding.CONTRADICTED, ClaimStanding.NUMBER, ClaimStanding.ARITHMETIC)


def write_check(
    checked: TextCheck,
    library: Library,
    *,
    language: str = ENGLISH,
    messages: Messages | None = None,
) -> Article:
    """The check as an article. Raises `SupportError` where a sentence would lack its support."""
    words = messages or load_messages(language)
    a = checked.assessment
    chart = replace(a.case.chart, documents=(*a.case.chart.documents, checked.document))
    case = replace(a.case, chart=chart)
    named = replace(library, concepts=library.named_in(language))
    story = Story(case, a.facts, a.items, a.premises, a.determinations, named, a.article.program)
    desk = Desk(story, words, language=language)
    told = [*_standings(desk, checked.claims), _omitted(desk, checked.omissions)]
    sections = (_result(desk, checked), *told, _every(desk, checked.claims))
    article = Article(
        title=_title(desk, checked),
        question=quotable(case.question),
        as_of=case.as_of,
        sections=(*sections, references(desk), record(desk), _limits(desk)),
        references=tuple(desk.references),
        record=tuple(desk.record),
        program=a.article.program,
        language=language,
        kind="check",
    )
    require_support(article, case, named.concepts, messages=words)
    return article


def _title(desk: Desk, checked: TextCheck) -> str:
    title = quotable(checked.document.title)
    return desk.heading("check", title=title) if title else desk.heading("check_untitled")


def _result(desk: Desk, checked: TextCheck) -> Section:
    """How many sentences came to what, and on which question the record was judged."""
    question = quotable(desk.story.case.question)
    asked = desk.made("request", question, key="question")
    counts = Counter(c.standing for c in checked.claims)
    lines = []
    for standing in SHOWN:
        if n := counts[standing]:
            name = desk.m.word("claim", standing.value)
            by = desk.computed(str(n), name)
            lines.append(desk.say("check.counted", by, n=str(n), standing=name))
    clean_text = [] if any(counts[s] for s in WRONG) else [desk.say("check.clean", desk.program())]
    return section(
        "check-result",
        desk.heading("check_result"),
        paragraph(desk.say("check.asked", asked, question=question), *clean_text),
        listing(lines),
        paragraph(desk.say("check.meaning", desk.program())),
    )


def _standings(desk: Desk, claims: Sequence[Claim]) -> list[Section]:
    """What is wrong first, what is supported and what was not found after it."""
    found = []
    for standing in SHOWN:
        blocks = [b for c in claims if c.standing is standing for b in _claimed(desk, c)]
        if blocks:
            id = f"check-{standing.value.replace('_', '-')}"
            found.append(section(id, desk.heading(f"check_{standing.value}"), *blocks))
    return found


def _claimed(desk: Desk, claim: Claim) -> list[Block]:
    """A sentence of the text, and below it what was found about it."""
    remarks = _together(claim.remarks)
    return [paragraph(_quoted(desk, claim)), listing(_said(desk, r) for r in remarks)]


def _together(remarks: Sequence[Remark]) -> list[Remark]:
    """What the record bears out of one sentence is told in one."""
    borne = [r for r in remarks if r.kind == "record"]
    facts = tuple(dict.fromkeys(f for r in borne for f in r.facts[:1]))
    rest = [r for r in remarks if r.kind != "record"]
    return [*rest, *(replace(r, facts=facts) for r in borne[:1])]


def _quoted(desk: Desk, claim: Claim) -> Sentence:
    by = desk.source(claim.source, "request")
    return desk.say("check.quoted", by, quote=quotable(claim.source.quote))


def _every(desk: Desk, claims: Sequence[Claim]) -> Section:
    """Every sentence in the order of the text, with its standing."""
    rows = []
    for claim in claims:
        name = desk.m.word("claim", claim.standing.value)
        by = desk.made("finding", name, key="claim")
        rows.append((_quoted(desk, claim), desk.say("check.standing", by, standing=name)))
    heading = desk.heading("check_every")
    header = desk.header("check_sentence", "check_standing")
    return section("check-every", heading, table(header, rows, folded=heading))


def _omitted(desk: Desk, omissions: Sequence[Omission]) -> Section:
    """Warnings of the policies that the record calls up and the text does not name."""
    heading = desk.heading("check_omitted")
    if not omissions:
        said = desk.say("check.omitted_none", desk.program())
        return section("check-omitted", heading, paragraph(said))
    lines = [_omission(desk, o) for o in omissions]
    means = desk.say("check.omitted_means", desk.program())
    return section("check-omitted", heading, paragraph(means), listing(lines))


def _omission(desk: Desk, o: Omission) -> Sentence:
    if o.statement is None:
        assert o.premise is not None
        return premise_sentence(desk, o.premise)
    policy = _judged(desk, o.item).policy
    assert policy is not None
    told = desk.statement(o.statement, policy)
    facts = desk.facts(o.facts, limit=3)
    if facts is None:
        return desk.say("statement.says", *told.supports, says=told.text)
    by = (*told.supports, *facts.supports)
    return desk.say("check.omitted", *by, says=told.text.removesuffix("."), facts=facts.text)


def _limits(desk: Desk) -> Section:
    said = [desk.say(f"disclaimer.{id}", desk.program()) for id in ("support", "scope")]
    return section("disclaimer", desk.heading("disclaimer"), paragraph(*said))


# --- one remark ---------------------------------------------------------------------------------


def _said(desk: Desk, r: Remark) -> Sentence:
    """A remark in words, with what carries it."""
    return WRITERS.get(r.kind, _fixed)(desk, r)


def _fixed(desk: Desk, r: Remark) -> Sentence:
    return desk.say(f"check.{r.kind}", desk.program())


def _recorded(desk: Desk, r: Remark) -> Sentence:
    told = desk.facts(r.facts)
    if told is None:
        return _absent(desk, replace(r, kind="not_found"))
    return desk.say(f"check.{r.kind}", *told.supports, record=told.text)


def _absent(desk: Desk, r: Remark) -> Sentence:
    label = clean(desk.words.concepts.label(r.about))
    return desk.say(f"check.{r.kind}", desk.program(label), what=label)


def _other(desk: Desk, r: Remark) -> Sentence:
    assert r.other is not None
    by = desk.source(r.other, "request")
    return desk.say("check.itself", by, other=quotable(r.other.quote))


def _judged(desk: Desk, item: str) -> Determination:
    return next(d for d in desk.story.determinations if d.item.id == item)


def _criteria(desk: Desk, r: Remark) -> Sentence:
    """The determination beside the text's verdict, and what it waits for where it is open."""
    d = _judged(desk, r.item)
    assert d.policy is not None
    by = (desk.titled(d.policy), outcome_support(desk, d))
    told = {"policy": desk.title(d.policy), "outcome": word(desk, d)}
    if r.kind == "criteria":
        return desk.say("check.criteria", *by, **told)
    told["because"] = clean(d.because).removesuffix(".")
    if r.kind == "criteria_open":
        if d.outcome is Outcome.CONDITIONAL:
            conditions, supports = conditions_of(desk, d)
            del told["because"]
            id = "check.criteria_conditional"
            return desk.say(id, *by, *supports, **told, conditions=conditions)
        asks = [] if desk.story.case.chart.closed else first_asks(d)[:ASKS]
        if asks:
            asked = [desk.made("policy", a, key=d.item.id) for a in asks]
            said = "; ".join(a.removesuffix(".") for a in asks)
            return desk.say("check.criteria_missing", *by, *asked, **told, asks=said)
    return desk.say(f"check.{r.kind}", *by, **told)


def _standing(desk: Desk, r: Remark) -> Sentence:
    d = _judged(desk, r.item)
    assert d.policy is not None
    name = desk.m.word_or_own("standing", d.policy.standing)
    by = desk.made("policy", name, key=d.policy.id)
    id = "check.standing_same" if r.kind == "standing" else f"check.{r.kind}"
    return desk.say(id, desk.titled(d.policy), by, policy=desk.title(d.policy), standing=name)


def _stated(desk: Desk, r: Remark) -> Sentence:
    assert r.statement is not None
    policies = {d.policy.id: d.policy for d in desk.story.determinations if d.policy}
    told = desk.statement(r.statement, policies[r.policy])
    return desk.say(f"check.{r.kind}", *told.supports, says=told.text)


def _label(desk: Desk, r: Remark) -> Sentence:
    assert r.label is not None
    told = desk.label_row(r.label)
    return desk.say(f"check.{r.kind}", *told.supports, product=r.label.product, says=told.text)


def _dose(desk: Desk, r: Remark) -> Sentence:
    policy = _judged(desk, r.item).policy
    told, supports = [], list[Support]()
    for line in r.lines[:LINES]:
        says, ruled = clean(line.says), desk.words.dose_line(line)
        supports += [desk.made("policy", says, ruled, key=r.policy), *desk.cites(line.cite, policy)]
        told.append(f"{says}, {ruled}")
    return desk.say(f"check.{r.kind}", *supports, lines="; ".join(told))


def _sum(desk: Desk, r: Remark) -> Sentence:
    words = clean(r.words)
    return desk.say(f"check.{r.kind}", desk.computed(words), sum=words)


def _passage(desk: Desk, r: Remark) -> Sentence:
    """What a passage of the user's collection says; words of a licensed copy are not printed."""
    assert r.passage is not None
    about, cited = of_passage(desk, r.passage)
    work = r.passage.work.id
    if r.passage.work.licensed or not printable(r.passage):
        by = desk.made("literature", about, key=work)
        return desk.say(f"check.{r.kind}_unquoted", by, cited, about=about)
    quote = clean(r.passage.text)
    by = desk.made("literature", about, quote, key=work)
    return desk.say(f"check.{r.kind}", by, cited, about=about, quote=quote)


WRITERS: Mapping[str, Callable[[Desk, Remark], Sentence]] = {
    **dict.fromkeys(
        ("record", "record_against", "prefix", "value_wrong", "date_wrong", "dose_wrong",
         "no_unit", "code_only", "code"), _recorded,
    ),
    **dict.fromkeys(("not_found", "label_not_found"), _absent),
    **dict.fromkeys(("criteria", "criteria_against", "criteria_open"), _criteria),
    **dict.fromkeys(("standing", "standing_against", "standing_over"), _standing),
    **dict.fromkeys(
        ("off_label", "statement", "mistaken", "says_less", "source_number"), _stated
    ),
    **dict.fromkeys(("label", "label_against"), _label),
    **dict.fromkeys(("dose_within", "dose_outside"), _dose),
    **dict.fromkeys(("sum_right", "sum_wrong"), _sum),
    **dict.fromkeys(("passage", "passage_number"), _passage),
    "itself": _other,
}  # fmt: skip
