"""How texts get a policy's statements wrong: each wording is caught, and no statement is caught."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from indicated.criteria import load_library
from indicated.evidence.claims.sources import makes, statements
from indicated.model import Policy

LIBRARY = load_library()
TABLE = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text("utf-8"))
MISTAKEN = [p for p in LIBRARY.policies.values() if any(s.mistaken for s in statements(p))]


def caught(text: str, policy: Policy) -> list[str]:
    return [s.says for s in statements(policy) if any(makes(text, m) for m in s.mistaken)]


@pytest.mark.parametrize("id", sorted(TABLE))
def test_wrong_sentences_are_caught_and_right_ones_are_not(id: str) -> None:
    policy = LIBRARY.policies[id]
    assert [t for t in TABLE[id]["wrong"] if not caught(t, policy)] == []
    assert [t for t in TABLE[id]["right"] if caught(t, policy)] == []


def test_every_policy_that_knows_a_mistake_has_its_sentences_here() -> None:
    assert {p.id for p in MISTAKEN} == set(TABLE)


def test_every_mistake_is_told_by_a_source_and_made_by_a_sentence() -> None:
    for policy in MISTAKEN:
        for statement in statements(policy):
            for mistake in statement.mistaken:
                assert statement.cite, statement.line
                assert any(makes(t, mistake) for t in TABLE[policy.id]["wrong"]), statement.line


@pytest.mark.parametrize("policy", MISTAKEN, ids=lambda p: p.id)
def test_no_statement_of_the_library_makes_a_mistake(policy: Policy) -> None:
    """Over every policy's sentences, not only its own: what is sourced is not what is wrong."""
    own = {s.says for s in statements(policy) if s.mistaken}
    said = {
        text
        for p in LIBRARY.policies.values()
        for text in (
            *(s.says for s in statements(p)),
            *(c.says for ph in p.phases.values() for r in ph.routes for c in r.criteria),
        )
    }
    wrong = {t for t in said - own if caught(t, policy) and t not in _pitfalls()}
    assert wrong == set()


def _pitfalls() -> set[str]:
    """Pitfalls name the mistake itself ("Asking for ...")."""
    return {s.says for p in LIBRARY.policies.values() for s in p.pitfalls}
