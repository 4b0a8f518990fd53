"""The outcome table, row by row; the leaning; the fewest answers that settle a case."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicated.judge.outcome import DOSE, Findings, leaning_of, outcome_of, truth_of
from indicated.judge.settle import cheapest, missing, open_leaves, settles
from indicated.model import DoseCheck, Finding, Leaning, Outcome, Role, State
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth

T, F, U = MET, NOT_MET, UNKNOWN


def leaf(id: str, truth: Truth, state: State = State.SAID) -> Finding:
    return Finding(id, f"{id} is so.", truth, Role.ESSENTIAL, "has", state=state, ask=f"Send {id}.")


def tree(kind: str, *parts: Finding, id: str = "node", n: int = 0) -> Finding:
    from indicated.judge.memory import COMBINE

    truth = COMBINE[kind](n, [p.truth for p in parts])
    return Finding(id, f"{id}.", truth, Role.ESSENTIAL, kind, parts=parts, n=n)


def phase(
    routes: str = "", exceptions: str = "", exclusions: str = "", requirements: str = "",
    dose: Truth | None = None,
) -> Findings:  # fmt: skip
    """Findings from letters: T met, F not met, U unknown."""
    letters = {"T": T, "F": F, "U": U}

    def several(name: str, word: str) -> tuple[Finding, ...]:
        return tuple(leaf(f"{name}{i}", letters[c]) for i, c in enumerate(word))

    return Findings(
        tuple(tree("all", x, id=f"r-{x.id}") for x in several("route", routes)),
        tuple(tree("all", x, id=f"r-{x.id}") for x in several("exception", exceptions)),
        several("exclusion", exclusions),
        several("requirement", requirements),
        dose=dose,
    )


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        # an exclusion is met: whatever else holds
        (phase("T", exclusions="T"), "not_indicated"),
        (phase("U", exclusions="T"), "not_indicated"),
        # a route met, no exclusion unknown, requirements met, dose within or none asked
        (phase("T"), "indicated"),
        (phase("FT", exclusions="F", requirements="TT", dose=T), "indicated"),
        (phase("F", "T"), "indicated"),
        # ... dose outside
        (phase("T", dose=F), "indicated_with_changes"),
        # ... a requirement unknown or not yet met
        (phase("T", requirements="U"), "conditional"),
        (phase("T", requirements="F"), "conditional"),
        (phase("T", requirements="F", dose=F), "conditional"),
        # every route not met, an exception unknown
        (phase("FF", "U"), "conditional"),
        # something essential unknown
        (phase("U"), "cannot_determine"),
        (phase("FU", "F"), "cannot_determine"),
        (phase("T", exclusions="U"), "cannot_determine"),
        (phase("T", dose=U), "cannot_determine"),
        # every route and exception not met
        (phase("FF", "F"), "not_indicated"),
        (phase("F"), "not_indicated"),
        # no route at all is no "no"
        (phase(), "cannot_determine"),
    ],
)
def test_the_outcome_table(given_: Findings, expected: str) -> None:
    assert outcome_of(given_) == expected


letters = st.text("TFU", max_size=3)
phases = st.builds(phase, letters, letters, letters, letters, st.sampled_from([None, T, F, U]))


@given(phases)
def test_unknown_never_becomes_a_denial(f: Findings) -> None:
    """A denial needs a met exclusion, or a contrary fact in every route and every exception."""
    if outcome_of(f) is Outcome.NOT_INDICATED:
        excluded = any(x.truth is T for x in f.exclusions)
        refuted = all(x.truth is F for x in (*f.routes, *f.exceptions))
        assert excluded or refuted


@given(phases, st.data())
def test_learning_more_never_flips_a_definite_outcome(f: Findings, data: st.DataObject) -> None:
    """Answering what is open may complete an indication, but never turns yes into no or no into yes."""
    before = outcome_of(f)
    ids = [x.id for x in open_leaves(f)] + [DOSE]
    assume = {id: data.draw(st.sampled_from([T, F])) for id in ids if data.draw(st.booleans())}
    after = outcome_of(f, assume)
    if before is Outcome.NOT_INDICATED:
        assert after is before
    if before in (Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES):
        assert after is not Outcome.NOT_INDICATED


@given(phases)
def test_every_proposal_really_settles_and_nothing_smaller_does(f: Findings) -> None:
    for proposal in settles(f):
        assert outcome_of(f, dict(proposal.needs)) is proposal.outcome
        positive = proposal.outcome is not Outcome.NOT_INDICATED
        ids = [x.id for x in open_leaves(f)] + ([DOSE] if f.dose is U else [])
        wanted = (
            {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES}
            if positive
            else {Outcome.NOT_INDICATED}
        )
        for smaller in _assignments(ids, len(proposal.needs) - 1):
            assert outcome_of(f, smaller) not in wanted


def _assignments(ids: list[str], size: int) -> list[dict[str, Truth]]:
    from itertools import combinations

    return [
        dict(zip(chosen, answers, strict=True))
        for chosen in combinations(ids, max(size, 0))
        for answers in product([T, F], repeat=max(size, 0))
    ]


def test_missing_says_what_either_answer_leads_to() -> None:
    f = phase("U", requirements="T")
    (only,) = missing(f, None)
    assert (only.id, only.ask) == ("route0", "Send route0.")
    assert (only.if_met, only.if_not_met) == (Outcome.INDICATED, Outcome.NOT_INDICATED)


def test_a_dose_that_cannot_be_checked_is_missing_too() -> None:
    check = DoseCheck(U, "60 g every 4 weeks", None, (), ask="Send the weight.")
    (only,) = missing(phase("T", dose=U), check)
    assert (only.id, only.ask) == (DOSE, "Send the weight.")
    assert (only.if_met, only.if_not_met) == (Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES)


def test_leaves_of_a_decided_branch_are_not_asked_for() -> None:
    decided = tree("any", leaf("a", T), leaf("b", U), id="decided")
    f = Findings(routes=(tree("all", decided, leaf("c", U)),))
    assert [x.id for x in open_leaves(f)] == ["c"]


def test_the_cheapest_way_through_a_tree() -> None:
    wide = tree("all", leaf("a", U), leaf("b", U), id="wide")
    narrow = leaf("c", U)
    assert cheapest(tree("any", wide, narrow), T) == {("c", T)}
    assert cheapest(tree("any", wide, narrow), F) == {("a", F), ("c", F)} or cheapest(
        tree("any", wide, narrow), F
    ) == {("b", F), ("c", F)}
    assert cheapest(tree("none", narrow), T) == {("c", F)}
    assert cheapest(tree("at_least", wide, narrow, leaf("d", U), n=2), T) == {("c", T), ("d", T)}
    assert cheapest(tree("at_least", leaf("a", U), leaf("b", U), leaf("c", T), n=2), F) == {
        ("a", F),
        ("b", F),
    }
    assert cheapest(leaf("x", F), T) is None


def test_assumptions_never_overrule_what_is_known() -> None:
    assert truth_of(leaf("a", F), {"a": T}) is F


@pytest.mark.parametrize(
    ("parts", "supporting", "closed", "expected"),
    [
        ([leaf("a", T), leaf("b", T), leaf("c", U)], "", False, Leaning.NONE),
        ([leaf("a", T), leaf("b", T), leaf("c", U)], "T", False, Leaning.TOWARD_INDICATED),
        ([leaf("a", T), leaf("b", U, State.CLAIMED), leaf("c", U)], "T", False, Leaning.TOWARD_INDICATED),
        ([leaf("a", T), leaf("b", U)], "T", False, Leaning.TOWARD_INDICATED),
        ([leaf("a", T), leaf("b", U)], "", False, Leaning.NONE),
        ([leaf("a", T), leaf("b", T), leaf("c", U, State.SOUGHT)], "T", False, Leaning.TOWARD_NOT_INDICATED),
        ([leaf("a", T), leaf("b", U)], "F", False, Leaning.NONE),
        ([leaf("a", U), leaf("b", U)], "", False, Leaning.NONE),
        ([leaf("a", U, State.SOUGHT), leaf("b", U)], "", False, Leaning.TOWARD_NOT_INDICATED),
        ([leaf("a", U), leaf("b", U)], "F", False, Leaning.TOWARD_NOT_INDICATED),
        ([leaf("a", U), leaf("b", U)], "", True, Leaning.TOWARD_NOT_INDICATED),
    ],
)  # fmt: skip
def test_the_leaning_of_an_open_case(
    parts: list[Finding], supporting: str, closed: bool, expected: Leaning
) -> None:
    letters = {"T": T, "F": F, "U": U}
    f = Findings(
        routes=(tree("all", *parts),),
        supporting=tuple(leaf(f"s{i}", letters[c]) for i, c in enumerate(supporting)),
    )
    leaning, because = leaning_of(f, closed=closed)
    assert leaning is expected
    assert because


def test_a_way_that_is_known_not_to_be_met_weighs_against_an_open_one() -> None:
    refused = tree("all", leaf("x", F), id="refused")
    one = Findings(routes=(refused, tree("all", leaf("a", U), id="open")))
    assert leaning_of(one, closed=False)[0] is Leaning.TOWARD_NOT_INDICATED
    mostly = tree("all", leaf("a", T), leaf("b", T), leaf("c", U), id="open")
    assert leaning_of(Findings(routes=(refused, mostly)), closed=False)[0] is Leaning.NONE
