"""Which pictures an article gets, and what stands in them: where people look rather than read.

A picture is data first (`model.Figure`), taken from findings, facts, the bounds of the criteria and
the rows of the dose check; `draw.py` turns it into lines. Its caption and its alternative in words
are sentences like any other. There is no picture where there is too little to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from indicated.model import (
    Assertion,
    Block,
    Bound,
    Combine,
    Criterion,
    Determination,
    Drawn,
    Fact,
    Figure,
    Finding,
    Mark,
    Quantity,
    Sentence,
    Support,
    Value,
    When,
)
from indicated.report.desk import Desk, Told
from indicated.report.phrases import clean, quantity_text, shortened
from indicated.report.tiles import bare
from indicated.truth import MET, NOT_MET, UNKNOWN
from indicated.units import convert, convertible

GROUPS = ("routes", "exceptions", "exclusions", "requirements")  # those that decide
NODES = 26  # findings that one picture can hold and still be read
DEPTHS = (0, 1, 2, 3)
NODE_WORDS = 88  # characters of a criterion beside its sign
VALUES = 2  # pictures of values for one item
LANES = 12
EVENTS, SPREAD = 3, timedelta(days=14)  # less than this is no course in time
_SAID = (Assertion.PRESENT, Assertion.HISTORICAL)
_LANES = {  # kind of concept -> under which heading it stands on the line of time
    "disease": "illness", "organism": "illness", "event": "illness",
    "drug": "treatment", "device": "treatment", "procedure": "treatment", "service": "treatment",
}  # fmt: skip


def figure(kind: str, drawn: Iterable[Drawn], said: Sequence[Sentence], unit: str = "") -> Block:
    """A picture with its caption and its alternative in words."""
    return Block("figure", tuple(said), figure=Figure(kind, tuple(drawn), unit))


# --- the criteria, coloured by finding --------------------------------------------------------


def criteria(desk: Desk, d: Determination) -> list[Block]:
    """The findings that decide, as many levels deep as one picture can hold; only for an item
    that the question names."""
    tops = [(g, f) for g in GROUPS for f in getattr(d, g)]
    depth = max((n for n in DEPTHS if sum(_size(f, n) for _, f in tops) <= NODES), default=-1)
    if d.item.secondary or depth < 0 or len(tops) < 2:
        return []
    drawn, supports = [], []
    for group, members in groupby(tops, key=lambda pair: pair[0]):
        drawn.append(Drawn("group", desk.m.template(f"label.{group}")))
        for _, top in members:
            for level, finding, excludes in _down(top, depth, group == "exclusions"):
                node, by = _node(desk, finding, level, excludes)
                drawn.append(node)
                supports.append(by)
    nodes = [n for n in drawn if n.role == "node"]
    counts = {t: str(sum(n.tone.removeprefix("exclusion_") == t.value for n in nodes))
              for t in (MET, NOT_MET, UNKNOWN)}  # fmt: skip
    by_count = [desk.computed(n, key=f"determination:{d.item.id}") for n in counts.values()]
    told = {"met": counts[MET], "not_met": counts[NOT_MET], "unknown": counts[UNKNOWN]}
    said = desk.say("figure.criteria", *by_count, *supports, **told)
    return [figure("criteria", drawn, [said, desk.say("figure.criteria_words", desk.program())])]


def _down(
    finding: Finding, depth: int, excludes: bool = False, level: int = 0
) -> Iterator[tuple[int, Finding, bool]]:
    """The finding and those below it, to a depth: how deep each stands, and whether it alone
    rules the treatment out where it is met."""
    yield level, finding, excludes
    for part in finding.parts if level < depth else ():
        yield from _down(part, depth, excludes and finding.kind == "any", level + 1)


def _size(finding: Finding, depth: int) -> int:
    return sum(1 for _ in _down(finding, depth))


def _node(desk: Desk, finding: Finding, level: int, excludes: bool) -> tuple[Drawn, Support]:
    text = shortened(clean(finding.says).removesuffix("."), NODE_WORDS)
    by = desk.made("finding", text, finding.says, key=finding.id)
    tone = f"exclusion_{finding.truth.value}" if excludes else finding.truth.value
    return Drawn("node", text, level=level, tone=tone), by


# --- a value over time, with the limits of the criteria and the treatment ----------------------


def values(desk: Desk, d: Determination) -> list[Block]:
    """For each concept that a criterion compares with a number: its values, where two or more
    days are known. The concept with most values comes first."""
    limits: dict[str, list[Criterion]] = {}
    for criterion in _compared(d):
        assert isinstance(criterion.test, Value)
        limits.setdefault(criterion.test.concept, []).append(criterion)
    found = [(c, _measured(desk, c), asked) for c, asked in limits.items()]
    found = sorted((f for f in found if _spread(f[1])), key=lambda f: -len(f[1]))
    return [_values(desk, d, *f) for f in found[:VALUES]]


def _compared(d: Determination) -> Iterator[Criterion]:
    """The policy's criteria of this phase that hold a number against a limit."""
    phase = d.policy.phases.get(d.phase) if d.policy else None
    if phase is None:
        return
    ways = (*phase.routes, *phase.exceptions)
    rest = (*phase.exclusions, *phase.requirements, *phase.supporting)
    for top in (*(c for way in ways for c in way.criteria), *rest):
        for leaf in top.leaves():
            test = leaf.test
            assert not isinstance(test, Combine)
            if isinstance(test, Value) and test.bounds and test.versus is None:
                yield leaf


def _measured(desk: Desk, concept: str) -> list[Fact]:
    """The dated values of a concept that can stand on one scale, each day's once."""
    concepts = desk.story.library.concepts
    unit = concepts[concept].unit if concept in concepts else ""
    found: dict[tuple[When, object], Fact] = {}
    for fact in desk.story.facts.items:
        value = fact.value
        if (
            isinstance(value, Quantity) and fact.when.start and fact.assertion in _SAID
            and concepts.is_a(fact.concept, concept) and desk.reads(fact)
            and convertible(value.unit, unit) and not fact.when.assumed
        ):  # fmt: skip
            found.setdefault((fact.when, value), fact)
    return sorted(found.values(), key=lambda f: _first(f.when))


def _spread(facts: Sequence[Fact]) -> bool:
    return len({f.when for f in facts}) >= 2


def _first(when: When) -> date:
    known = when.start or when.end
    return known.earliest if known else date.min


def _values(
    desk: Desk, d: Determination, concept: str, facts: list[Fact], asked: list[Criterion]
) -> Block:
    concepts = desk.story.library.concepts
    unit, name = concepts[concept].unit, clean(concepts.label(concept))
    points = [_of_fact(desk, "point", f) for f in facts]
    given = [_of_fact(desk, "span", f) for f in _given(desk, d.item.treatment)]
    every = {
        text: (Drawn("limit", text, value=bounded.limit), desk.made("policy", text, key=c.id))
        for c in asked
        if isinstance(c.test, Value)
        for bounded in c.test.bounds
        if (text := limit_text(bounded)) and convertible(bounded.limit.unit, unit)
    }
    limits = dict(sorted(every.items(), key=lambda one: _height(one[1][0], unit)))
    named = desk.made("policy", name, key=concept)
    marks = [drawn for drawn, _ in limits.values()]
    said = [
        desk.say("figure.values", named, what=name),
        _listed(desk, "figure.points", points),
        desk.say("figure.limits", *(by for _, by in limits.values()), limits="; ".join(limits)),
    ]
    if given:
        said.append(_listed(desk, "figure.given", given))
    drawn = [x for x, _ in (*points, *given)]
    return figure("values", [*drawn, *marks], said, unit)


def _height(drawn: Drawn, unit: str) -> Decimal:
    limit = drawn.value.exact if drawn.value else None
    return convert(limit or Decimal(), drawn.value.unit if drawn.value else unit, unit)


def limit_text(bound: Bound) -> str:
    """A comparison as it is printed beside its line.

    >>> limit_text(Bound("below", Quantity.of(400, "mg/dL")))
    '< 400 mg/dL'
    """
    number, low = bound.limit.exact, bound.op in ("above", "at_least")
    if number is None:
        return ""
    ends = (number, None) if low else (None, number)
    beyond = bound.op in ("below", "above")
    return quantity_text(Quantity(ends[0], ends[1], bound.limit.unit, open=beyond))


def _given(desk: Desk, treatment: str) -> list[Fact]:
    """When the treatment itself was given, as far as the record dates it."""
    concepts = desk.story.library.concepts
    facts = [
        f for f in desk.story.facts.items
        if treatment and concepts.is_a(f.concept, treatment) and f.assertion in _SAID
        and f.when.start and not f.when.assumed and (f.therapy is None or f.therapy.taken)
    ]  # fmt: skip
    return sorted(dict.fromkeys(facts), key=lambda f: _first(f.when))


def _of_fact(desk: Desk, role: str, fact: Fact, lane: str = "") -> tuple[Drawn, Told]:
    """A fact as it is drawn, and as it is told with its citation."""
    told = desk.fact(fact)
    value = fact.value if role == "point" and isinstance(fact.value, Quantity) else None
    label = told.supports[0].label if told.supports else ""
    return Drawn(role, bare(told.text), fact.when, value, lane, label=label), told


def _listed(desk: Desk, id: str, shown: Sequence[tuple[Drawn, Told]]) -> Sentence:
    """What is drawn, in words: each fact once, with its citation."""
    told = {t.text: t for _, t in shown}
    supports = [s for t in told.values() for s in t.supports]
    return desk.say(id, *supports, facts="; ".join(told))


# --- illnesses and treatments in time ---------------------------------------------------------


def timeline(desk: Desk) -> list[Block]:
    """What the findings rest on and the record dates, in a row for each illness and treatment.

    A disease that a note merely mentions is no event of the day on which the note was written.
    """
    rows: dict[tuple[str, str], list[tuple[Drawn, Told]]] = {}
    for fact in sorted(desk.used.values(), key=lambda f: _first(f.when)):
        heading = _lane(desk, fact)
        if heading:
            name = clean(desk.story.library.concepts.label(fact.concept))
            rows.setdefault((heading, name), []).append(_of_fact(desk, "span", fact, name))
    lanes = sorted(rows.items(), key=lambda row: row[0][0])[:LANES]
    shown = [pair for _, pairs in lanes for pair in pairs]
    days = [_first(drawn.when) for drawn, _ in shown]
    if len(shown) < EVENTS or max(days) - min(days) < SPREAD:
        return []
    drawn: list[Drawn] = []
    for heading, group in groupby(lanes, key=lambda row: row[0][0]):
        drawn.append(Drawn("group", desk.m.template(f"figure.{heading}")))
        drawn += [d for _, pairs in group for d, _ in pairs]
    in_time = sorted(shown, key=lambda pair: _first(pair[0].when))
    said = [desk.say("figure.timeline", desk.program()), _listed(desk, "figure.events", in_time)]
    return [figure("timeline", drawn, said)]


def _lane(desk: Desk, fact: Fact) -> str:
    """Under which heading a fact stands in time; "" where it is no event that the record dates."""
    concepts = desk.story.library.concepts
    if fact.concept not in concepts or fact.assertion not in _SAID or fact.when.assumed:
        return ""
    if fact.when.start is None or Mark.CODE_ONLY in fact.marks:
        return ""
    kind = concepts[fact.concept].kind
    if kind == "disease" and fact.when == When.on(desk.written(fact) or date.min):
        return ""
    return _LANES.get(kind, "")


# --- the dose against every range -------------------------------------------------------------


def dose(desk: Desk, d: Determination) -> list[Block]:
    """The requested dose beside the ranges that can be held against it in its own unit."""
    asked, check = d.item.dose, d.dose
    if asked is None or check is None or not check.requested:
        return []
    rows = []
    for row in check.rows:
        amount = row.line.amount
        if amount and row.truth.known and convertible(amount.unit, asked.unit):
            name = shortened(clean(row.line.says).removesuffix("."), NODE_WORDS)
            text = desk.words.dose_line(row.line)
            by = desk.made("policy", name, text, key=d.item.id)
            tone = "decides" if row.line.decides else row.line.kind
            rows.append((Drawn("range", text, value=amount, lane=name, tone=tone), by))
    if len({quantity_text(r.value) for r, _ in rows if r.value}) < 2:
        return []  # one range only: the table says it as well
    text = clean(check.requested)
    request = Drawn("request", text, value=asked, lane=desk.m.template("figure.request"))
    by_request = desk.made("request", text, key=d.item.id)
    named = desk.words.item(d.item)
    said = desk.say("figure.dose", desk.item(d.item), by_request, *(b for _, b in rows),
                    item=named, requested=text)  # fmt: skip
    words = desk.say("figure.dose_words", desk.program())
    return [figure("dose", [request, *(r for r, _ in rows)], [said, words], asked.unit)]
