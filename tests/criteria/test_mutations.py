"""Whatever is done to a policy's text, its author gets an error of ours or a policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.criteria import load_examples
from indicated.criteria.lines import parse_tree
from indicated.criteria.policy import build_policy
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Concepts

from .conftest import POLICY

LINES = (POLICY / "policy.yaml").read_text(encoding="utf-8").splitlines()
EXAMPLES = (POLICY / "examples.yaml").read_text(encoding="utf-8").splitlines()
WORDS = [
    "", "[]", "{}", "~", "- x", "all: []", "has: age", "value: bluein", "  - {has: }",
    "$cough-days",
    "18 kg", "-1", "2026-02-30", "&a", "*a", "!!python/object:os.system x", "<<: {a: b}", "? x",
    "{a: {b: {c: []}}}", "as: initiation", "none: [adult]", "of: [cough]", "at_least: 99", "[[]]",
    "'", '"', "|", "\t", ": :", "needs: [[]]", "99999999999999999999 mg/dL", "1e400 mg", "NaN",
    "\x85",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, lines: list[str]) -> str:
    """Some lines removed, repeated, moved, replaced, or with a word put in the place of another."""
    text = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text) - 1))
        kind = draw(
            st.sampled_from(["drop", "repeat", "swap", "replace", "value", "cut", "indent"])
        )
        word = draw(st.sampled_from(WORDS) | st.text(max_size=6))
        if kind == "drop":
            del text[at]
        elif kind == "repeat":
            text.insert(draw(st.integers(0, len(text))), text[at])
        elif kind == "swap":
            other = draw(st.integers(0, len(text) - 1))
            text[at], text[other] = text[other], text[at]
        elif kind == "replace":
            text[at] = word
        elif kind == "value":
            text[at] = text[at].partition(":")[0] + ": " + word
        elif kind == "cut":
            text[at] = text[at][: draw(st.integers(0, len(text[at])))]
        else:
            text[at] = " " * draw(st.integers(1, 6)) + text[at]
        if not text:
            text = [""]
    return "\n".join(text)


def errors_of(load: Callable[[], object]) -> list[PolicyError]:
    """What a loader refuses a text for; [] when it reads it. Anything else it raises fails."""
    try:
        assert load()
    except PolicyErrors as several:
        return several.errors
    except PolicyError as one:
        return [one]
    return []


@settings(max_examples=300, deadline=None)
@given(mutated(LINES))
def test_a_mutated_policy_is_refused_or_read(concepts: Concepts, text: str) -> None:
    errors = errors_of(lambda: build_policy(parse_tree(text, "mutated.yaml"), concepts))
    assert all(e.where.startswith("mutated.yaml:") and e.what for e in errors)
    lines = [int(e.where.rpartition(":")[2]) for e in errors]
    assert lines == sorted(lines)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | mutated(EXAMPLES).map(lambda t: t.encode("utf-8", "replace")))
def test_mutated_examples_are_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, concepts: Concepts, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.yaml"
    path.write_bytes(content)
    assert all(e.what for e in errors_of(lambda: load_examples(path, concepts)))
