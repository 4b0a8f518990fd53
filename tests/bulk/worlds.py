"""Criteria and facts for the agreement of engines: every kind of node and every qualifier, with
nulls, ties, ranges, units, sites, several mentions of one word, and leap days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from indicated.model import (
    Asserter,
    Assertion,
    Bound,
    Combine,
    Concept,
    Concepts,
    Criterion,
    Day,
    Fact,
    Has,
    Mark,
    Qualifiers,
    Quantity,
    Relation,
    Source,
    Therapy,
    Value,
    Versus,
    When,
)

AS_OF = date(2024, 2, 29)
SITE = frozenset({"left"})


def concept(id: str, kind: str, under: str = "", opposite: str = "", **more: object) -> Concept:
    return Concept(id, id, kind, under=(under,) if under else (), opposite=opposite, **more)  # type: ignore[arg-type]


CONCEPTS = Concepts(
    {
        c.id: c
        for c in [
            concept("ill", "disease"), concept("ill-1", "disease", "ill"),
            concept("sign", "symptom"), concept("event", "event"), concept("event-1", "event", "event"),
            concept("drug", "drug"), concept("class-a", "drug", "drug"), concept("class-b", "drug", "drug"),
            concept("drug-1", "drug", "class-a"), concept("drug-2", "drug", "class-a"),
            concept("drug-3", "drug", "class-b"),
            concept("low", "state", opposite="high"), concept("high", "state", opposite="low"),
            concept("high-1", "state", "high"),
            concept("level", "measurement", unit="mg/dL", molar_mass=Decimal(180)),
            concept("weight", "measurement", unit="kg"), concept("grade", "state"),
            concept("request.place", "request"),
            concept("any", "state", kinds=("drug",)),
        ]
    }
)  # fmt: skip
NAMED = tuple(c for c in CONCEPTS.by_id if c != "any")
LEVELS, WEIGHTS = ("mg/dL", "g/L", "mmol/L", "", "kg"), ("kg", "g", "[lb_av]", "")

# Few days on purpose, so that ties, ends that meet, and anniversaries are common.
ANCHORS = [AS_OF - timedelta(days=d) for d in (-1, 0, 1, 13, 14, 28, 29, 30, 182, 365, 366, 731)]
anchors = st.sampled_from([*ANCHORS, date(2023, 2, 28), date(2020, 2, 29), date(2023, 8, 31)])
days = st.one_of(
    anchors.map(Day.of),
    anchors.map(Day.of),
    st.sampled_from([Day(date(2023, 1, 1), date(2023, 12, 31)), Day(date(2024, 2, 1), AS_OF)]),
)


def _in_order(a: Day, b: Day) -> When:
    return When(*sorted((a, b)))


whens = st.one_of(
    st.just(When()),
    days.map(lambda d: When(d, d)),
    days.map(lambda d: When(d, d)),
    days.map(lambda d: When(d, None)),
    days.map(lambda d: When(d, None, ongoing=True)),
    days.map(lambda d: When(None, d)),
    st.builds(_in_order, days, days),
    st.just(When(ongoing=True)),
)
amounts = st.sampled_from([Decimal(n) for n in ("0", "0.5", "4", "10", "10.5", "15", "20", "22")])


def quantities(units: tuple[str, ...]) -> st.SearchStrategy[Quantity]:
    """Mostly numbers of the first unit, some ranges, some of other units or of none."""
    unit = st.sampled_from([units[0]] * 6 + list(units))
    exact = st.builds(lambda n, u: Quantity(n, n, u), amounts, unit)
    between = st.builds(lambda n, m, u: Quantity(min(n, m), max(n, m), u), amounts, amounts, unit)
    below = st.builds(lambda n, u, o: Quantity(None, n, u, o), amounts, unit, st.booleans())
    above = st.builds(lambda n, u, o: Quantity(n, None, u, o), amounts, unit, st.booleans())
    return st.one_of(exact, exact, exact, exact, between, below, above)


lengths = st.one_of(st.none(), quantities(("wk", "d", "mo")), st.just(Quantity.of(6, "{count}")))
therapies = st.builds(
    Therapy,
    dose=st.one_of(st.none(), quantities(("mg", "g", "[U]", ""))),
    duration=lengths,
    response=st.sampled_from(["", "", "good", "partial", "none", "lost"]),
    ended_because=st.sampled_from(["", "", "no-response", "intolerance", "completed"]),
    taken=st.sampled_from([True, True, True, False]),
    adequate=st.sampled_from([None, True, False]),
)
words = st.sampled_from(["mild", "Severe", "SEVERE", "größer"])
counts = st.sampled_from([Quantity.of(n, "{count}") for n in (1, 2, 3)])
sources = st.sampled_from([Source("note", "x", n, n + 1) for n in range(4)] + [Source("row", "x")])


@st.composite
def facts(draw: st.DrawFn, ids: tuple[str, ...] = NAMED) -> Fact:
    id = draw(st.sampled_from(ids))
    kind = CONCEPTS[id].kind
    value: Quantity | str | None = None
    if id == "level":
        value = draw(st.one_of(quantities(LEVELS), quantities(LEVELS), st.none(), counts))
    elif id == "weight":
        value = draw(st.one_of(quantities(WEIGHTS), words))
    elif id == "grade":
        value = draw(st.one_of(words, words, quantities(WEIGHTS), st.none()))
    elif kind == "event":
        value = draw(st.one_of(st.none(), st.none(), counts))
    return Fact(
        concept=id,
        assertion=draw(
            st.sampled_from([Assertion.PRESENT] * 7 + [Assertion.ABSENT] * 3 + list(Assertion))
        ),
        value=value,
        when=draw(whens),
        asserter=draw(st.sampled_from([Asserter.PROVIDER] * 9 + list(Asserter))),
        therapy=draw(therapies) if kind == "drug" and draw(st.booleans()) else None,
        site=draw(st.sampled_from([frozenset(), SITE, frozenset({"right"})])),
        shown_by=draw(st.sampled_from([frozenset(), frozenset({"imaging"})])),
        during=draw(st.sampled_from([frozenset()] * 4 + [frozenset({"drug-1"})])),
        marks=draw(st.sampled_from([frozenset()] * 9 + [frozenset({m}) for m in Mark])),
        sources=tuple(draw(st.lists(sources, max_size=2))),
    )


# Some cases speak of little, and much of it: only there do facts contradict each other.
few = st.sampled_from([("ill", "ill-1"), ("high", "low"), ("event", "sign"), ("drug-1", "class-a")])
cases = st.one_of(
    st.lists(facts(), max_size=7), few.flatmap(lambda ids: st.lists(facts(ids), max_size=5))
)

spans = st.sampled_from(
    [
        Quantity.of(n, u)
        for n, u in ((1, "d"), (2, "wk"), (1, "mo"), (12, "mo"), (1, "a"), (36, "h"))
    ]
)
relations = st.builds(
    Relation,
    st.sampled_from(["before", "after", "since", "during"]),
    st.sampled_from(["event", "drug", "drug-1", "high"]),
    st.sampled_from(["", "", "It would be named."]),
)
some_relations = st.lists(relations, min_size=1, max_size=2).map(tuple)
OPS = ("below", "at_most", "above", "at_least")


def bounds(*limits: tuple[str, str]) -> st.SearchStrategy[tuple[Bound, ...]]:
    limit = st.sampled_from([Quantity.of(n, u) for n, u in limits])
    one = st.builds(Bound, st.sampled_from(OPS), limit)
    return st.lists(one, min_size=1, max_size=2).map(tuple)


def rarely(strategy: st.SearchStrategy[object], empty: object) -> st.SearchStrategy[object]:
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 0 else st.just(empty))


qualifiers = st.builds(
    Qualifiers,
    within=rarely(spans, None),
    relations=rarely(some_relations, ()),
    lasting=rarely(bounds(("4", "wk"), ("10", "d"), ("1", "mo")), ()),
    ended_because=rarely(
        st.sampled_from([frozenset({"no-response"}), frozenset({"completed", "intolerance"})]),
        frozenset(),
    ),
    response=rarely(st.just(frozenset({"good", "partial"})), frozenset()),
    shown_by=rarely(st.just(frozenset({"imaging"})), frozenset()),
    dose=rarely(bounds(("10", "mg"), ("0.01", "g")), ()),
    currently=rarely(st.just(True), False),
    same_site=rarely(st.just(True), False),
    adequate=rarely(st.just(True), False),
    said_of=rarely(st.sampled_from(["family", "plan"]), ""),
)
where = st.one_of(st.just(Qualifiers()), qualifiers)
has = st.builds(
    Has,
    st.lists(
        st.sampled_from((*NAMED, "any", "drug", "event")), min_size=1, max_size=2, unique=True
    ).map(tuple),
    times=st.sampled_from([1, 1, 1, 2, 3]),
    distinct=st.sampled_from(["", "", "", "concept"]),
    apart=st.one_of(st.none(), spans),
    where=where,
)
classes = st.builds(
    Has, st.just(("drug",)), times=st.integers(1, 2), distinct=st.just("class"), where=where
)
picks = st.sampled_from(["latest", "earliest", "lowest", "highest"])
versus = st.builds(Versus, picks, st.just("difference"), st.one_of(st.just(()), some_relations))
numbers = st.builds(
    Value,
    st.just("level"),
    pick=st.sampled_from(["latest", "earliest", "lowest", "highest", "any", "every"]),
    bounds=bounds(("10", "mg/dL"), ("0.1", "g/L"), ("15", "mg/dL"), ("1", "mmol/L")),
    where=where,
)
differences = st.builds(
    Value,
    st.just("level"),
    pick=st.sampled_from(["latest", "lowest", "highest", "every"]),
    bounds=bounds(("4", "mg/dL"), ("-0.05", "g/L"), ("0", "mg/dL")),
    versus=versus,
    where=where,
)
percents = st.builds(
    lambda bound, pick, base, rel, q: Value(
        "weight", pick, bound, versus=Versus(base, "percent", rel), where=q
    ),
    bounds(("50", "%"), ("-50", "%"), ("100", "%")),
    st.sampled_from(["latest", "highest", "any"]),
    picks,
    st.one_of(st.just(()), some_relations),
    where,
)
worded = st.builds(
    Value, st.sampled_from(["grade", "weight"]), pick=st.sampled_from(["latest", "earliest", "highest", "any", "every"]),
    one_of=st.sampled_from([frozenset({"severe"}), frozenset({"mild", "GRÖSSER"})]), where=where,
)  # fmt: skip
closing = st.sampled_from(
    [
        ("", ()),
        ("", ()),
        ("Any chart would say so.", ()),
        ("Said beside.", ("sign",)),
        ("Said beside.", ("low", "event")),
    ]
)
leaves = st.builds(
    lambda test, closes: Criterion("c", "c", test, silence=closes[0], given=closes[1]),
    st.one_of(has, has, has, classes, numbers, numbers, differences, percents, worded),
    closing,
)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, parts, n: Criterion("c", "c", Combine(kind, tuple(parts), min(n, len(parts)))),
        st.sampled_from(["all", "any", "none", "at_least"]),
        st.lists(inner, min_size=1, max_size=3),
        st.integers(1, 3),
    ),
    max_leaves=4,
)
