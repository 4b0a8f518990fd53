"""Every shipped policy can be told to a patient, in each language: its title, and each criterion
that decides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indicated import load_library
from indicated.model import Policy
from indicated.units import written_numbers

LIBRARY = load_library()


def deciding(policy: Policy) -> Iterator[str]:
    """The criteria that an article for patients may show: all but the supporting ones."""
    for phase in policy.phases.values():
        for route in (*phase.routes, *phase.exceptions):
            yield from (c.id for c in route.criteria)
        yield from (c.id for c in (*phase.exclusions, *phase.requirements))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("id", sorted(LIBRARY.policies))
def test_a_policy_has_plain_words_for_all_that_decides(id: str, language: str) -> None:
    policy = LIBRARY.policies[id]
    wording, english = LIBRARY.wording(policy, language), LIBRARY.wording(policy, "en")
    assert wording is not None, f"it has no words/{language}.yaml"
    assert english is not None
    assert wording.title
    assert sorted({c for c in deciding(policy) if c not in wording.says}) == []
    assert sorted(set(english.ask) - set(wording.ask)) == []


def test_every_concept_has_a_name_in_spanish_with_its_numbers() -> None:
    named = {id: term.label for id, term in LIBRARY.terms["es"].items() if term.label}
    assert sorted(set(LIBRARY.concepts.by_id) - set(named)) == []
    others = {
        id: label
        for id, label in named.items()
        if written_numbers(label) != written_numbers(LIBRARY.concepts.label(id))
    }
    assert others == {}
