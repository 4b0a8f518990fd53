"""The law of the reference engine, over generated criteria and facts: learning more never flips a
definite answer, and the order or wording of facts never matters.

Learning is hearing of something on which the record was silent: facts of concepts that no earlier
fact, nor anything related to it, speaks of. (A newer value of the same measure is not learning
more of the same state; it is another state.)
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.judge.memory import judge_criterion
from indicated.judge.record import Record
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
    Finding,
    Has,
    Qualifiers,
    Quantity,
    Relation,
    Source,
    Therapy,
    Value,
    Versus,
    When,
)
from indicated.truth import MET, NOT_MET, UNKNOWN

AS_OF = date(2025, 6, 1)
FAMILIES = {
    "a": ("a", "disease", ""), "b": ("b", "symptom", ""), "c": ("c", "event", ""),
    "d": ("d", "drug", ""), "e": ("e", "drug", ""), "m": ("m", "measurement", "g"),
    "n": ("n", "measurement", "g"), "s": ("s", "state", ""),
}  # fmt: skip
CONCEPTS = Concepts(
    {
        **{id: Concept(id, label, kind, unit=unit) for id, (label, kind, unit) in FAMILIES.items()},
        "a1": Concept("a1", "a1", "disease", under=("a",)),
        "d1": Concept("d1", "d1", "drug", under=("d",)),
        "d2": Concept("d2", "d2", "drug", under=("d",)),
        "s2": Concept("s2", "s2", "state", opposite="s"),
    }
)
ROOT = {"a1": "a", "d1": "d", "d2": "d", "s2": "s"}

days = st.dates(AS_OF - timedelta(days=900), AS_OF + timedelta(days=30))
exact_days = days.map(Day.of)
vague_days = st.integers(2023, 2025).map(lambda y: Day(date(y, 1, 1), date(y, 12, 31)))
moments = st.one_of(exact_days, vague_days)
whens = st.one_of(
    st.just(When()),
    moments.map(lambda d: When(d, d)),
    moments.map(lambda d: When(d, None, ongoing=True)),
    moments.map(lambda d: When(None, d)),
    st.just(When(ongoing=True)),
)
numbers = st.integers(0, 20).map(lambda n: Quantity.of(n, "g"))
therapies = st.one_of(
    st.none(),
    st.builds(
        Therapy,
        dose=st.one_of(st.none(), numbers),
        duration=st.one_of(st.none(), st.integers(1, 30).map(lambda n: Quantity.of(n, "wk"))),
        response=st.sampled_from(["", "good", "none"]),
        ended_because=st.sampled_from(["", "no-response", "intolerance", "declined", "completed"]),
        taken=st.booleans(),
        adequate=st.sampled_from([None, True, False]),
    ),
)


@st.composite
def facts(draw: st.DrawFn, roots: tuple[str, ...] = tuple(FAMILIES)) -> Fact:
    listed = [c for c in CONCEPTS.by_id if ROOT.get(c, c) in roots]
    concept = draw(st.sampled_from(listed + [c for c in listed if c in ("a", "m", "n")] * 2))
    return Fact(
        concept=concept,
        assertion=draw(
            st.sampled_from([Assertion.PRESENT] * 5 + [Assertion.ABSENT] * 2 + list(Assertion))
        ),
        value=draw(st.one_of(numbers, numbers, st.none())) if concept in ("m", "n") else None,
        when=draw(whens),
        asserter=draw(st.sampled_from([Asserter.PROVIDER] * 4 + list(Asserter))),
        therapy=draw(therapies) if concept[0] in "de" else None,
        shown_by=draw(st.sampled_from([frozenset(), frozenset({"imaging"})])),
        sources=(Source("doc", draw(st.text("xyz", min_size=1, max_size=3))),),
    )


spans = st.integers(1, 24).map(lambda n: Quantity.of(n, "mo"))
relations = st.builds(
    Relation, st.sampled_from(["before", "after", "since", "during"]), st.sampled_from(["c", "e"])
)
bounds = st.lists(
    st.builds(Bound, st.sampled_from(["below", "at_most", "above", "at_least"]), numbers),
    min_size=1,
    max_size=2,
).map(tuple)
lengths = st.builds(
    lambda op, n: (Bound(op, Quantity.of(n, "wk")),),
    st.sampled_from(["at_least", "at_most"]), st.integers(1, 20),
)  # fmt: skip
qualifiers = st.builds(
    Qualifiers,
    within=st.one_of(st.none(), spans),
    relations=st.one_of(st.just(()), relations.map(lambda r: (r,))),
    lasting=st.one_of(st.just(()), st.just(()), lengths),
    ended_because=st.sampled_from([frozenset(), frozenset(), frozenset({"no-response"})]),
    response=st.sampled_from([frozenset(), frozenset(), frozenset({"good"})]),
    shown_by=st.sampled_from([frozenset(), frozenset(), frozenset({"imaging"})]),
    dose=st.one_of(st.just(()), st.just(()), bounds),
    currently=st.booleans(),
    adequate=st.booleans(),
)
plain = st.one_of(st.just(Qualifiers()), st.just(Qualifiers()), qualifiers)
has = st.builds(
    Has,
    st.lists(st.sampled_from(["a", "a1", "b", "c", "d", "d1", "e", "s"]), min_size=1, max_size=2, unique=True).map(tuple),
    times=st.integers(1, 3),
    distinct=st.sampled_from(["", "", "concept", "class"]),
    apart=st.one_of(st.none(), st.just(Quantity.of(14, "d"))),
    where=plain,
)  # fmt: skip
versus = st.builds(
    Versus, st.sampled_from(["latest", "earliest", "lowest"]), st.sampled_from(["difference", "percent"]),
    st.one_of(st.just(()), relations.map(lambda r: (r,))),
)  # fmt: skip
value = st.builds(
    Value,
    st.sampled_from(["m", "n"]),
    pick=st.sampled_from(["latest", "earliest", "lowest", "highest", "any", "every"]),
    bounds=bounds,
    versus=st.one_of(st.none(), st.none(), st.none(), versus),
    where=plain,
)


def criterion(test: Has | Value | Combine) -> Criterion:
    return Criterion("c", "c", test)


leaves = st.one_of(has, value).map(criterion)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, parts, n: criterion(Combine(kind, tuple(parts), min(n, len(parts)))),
        st.sampled_from(["all", "any", "none", "at_least"]),
        st.lists(inner, min_size=1, max_size=3),
        st.integers(1, 3),
    ),
    max_leaves=6,
)


def judged(tree: Criterion, items: list[Fact]) -> Finding:
    return judge_criterion(tree, Record.seen(items, CONCEPTS, AS_OF))


@given(trees, st.sets(st.sampled_from(sorted(FAMILIES)), max_size=7), st.data())
@settings(max_examples=400, deadline=None)
def test_learning_more_never_flips_a_definite_answer(
    tree: Criterion, known: set[str], data: st.DataObject
) -> None:
    rest = tuple(sorted(set(FAMILIES) - known))
    first = data.draw(st.lists(facts(tuple(sorted(known))), max_size=6)) if known else []
    more = data.draw(st.lists(facts(rest), max_size=6))
    before, after = judged(tree, first).truth, judged(tree, [*first, *more]).truth
    assert {before, after} != {MET, NOT_MET}, "a definite answer flipped"


@given(trees, st.lists(facts(), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_facts_does_not_matter(
    tree: Criterion, items: list[Fact], random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    a, b = judged(tree, items), judged(tree, shuffled)
    assert a.truth is b.truth
    assert [leaf.state for leaf in a.leaves()] == [leaf.state for leaf in b.leaves()]


@given(trees)
def test_an_empty_record_answers_nothing(tree: Criterion) -> None:
    """Without closed worlds, only a combination of unknowns is left, and that is unknown."""
    assert judged(tree, []).truth is UNKNOWN


@given(trees, st.lists(facts(), max_size=6))
@settings(max_examples=200, deadline=None)
def test_every_definite_leaf_shows_the_facts_it_rests_on(
    tree: Criterion, items: list[Fact]
) -> None:
    for leaf in judged(tree, items).leaves():
        if leaf.truth.known:
            assert leaf.facts
        else:
            assert leaf.missing == (leaf.id,)


def test_the_generator_reaches_every_kind_of_node_and_both_answers() -> None:
    """A meta-test: the laws above would hold vacuously over a poor generator."""
    seen: Counter[str] = Counter()

    dense = st.sampled_from(["a", "c", "m"]).flatmap(
        lambda root: st.lists(facts((root,)), min_size=2, max_size=6)
    )

    @given(trees, st.one_of(st.lists(facts(), max_size=10), dense))
    @settings(max_examples=800, deadline=None, database=None, derandomize=True)
    def collect(tree: Criterion, items: list[Fact]) -> None:
        finding = judged(tree, items)
        seen[f"root {finding.truth}"] += 1
        for leaf in finding.leaves():
            seen[f"{leaf.kind} {leaf.truth}"] += 1
            seen[f"state {leaf.state}"] += 1
        stack = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node.test, Combine):
                seen[f"kind {node.test.kind}"] += 1
                stack.extend(node.test.parts)
            elif isinstance(node.test, Value):
                seen[f"pick {node.test.pick}"] += 1

    collect()
    expected = [
        *(f"root {t}" for t in (MET, NOT_MET, UNKNOWN)),
        *(f"has {t}" for t in (MET, NOT_MET, UNKNOWN)),
        *(f"value {t}" for t in (MET, NOT_MET, UNKNOWN)),
        *(f"kind {k}" for k in ("all", "any", "none", "at_least")),
        *(f"pick {p}" for p in ("latest", "earliest", "lowest", "highest", "any", "every")),
        *(f"state {s}" for s in ("said", "silent", "claimed_only", "disputed", "incomplete", "sought_and_absent")),
    ]  # fmt: skip
    assert [e for e in expected if not seen[e]] == []
