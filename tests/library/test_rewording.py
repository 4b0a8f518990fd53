"""The same record in other words: ten ways to put it, and the determination stays.

The ways are data (`rewordings.yaml`). They are tried on the worked examples that tell their case in
words and are decided, one for each policy, spread over the library.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicated.chart import chart_from_text
from indicated.criteria import Example, load_examples, load_library, policy_folders, shipped
from indicated.facts import read_facts
from indicated.judge import Context, judge_policy, with_request
from indicated.model import Outcome

LIBRARY = load_library()
WAYS: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "rewordings.yaml").read_text("utf-8")
)
DECIDED = {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES, Outcome.NOT_INDICATED}
TRIED = 60
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z])|\n+")
_HEAD = re.compile(r"(?:[^\n.]*\n){0,3}?\W*(?:[Dd]ate:?\s*)?[\d/-]{6,10}\W*")


def _examples() -> list[tuple[str, Example]]:
    """One example a policy whose chart is one dated paragraph: its parts may change places."""
    found = []
    for folder in policy_folders(shipped()):
        for example in load_examples(folder, LIBRARY.concepts):
            one_note = len(re.findall(r"(?m)^\W*(?:Date:?\s*)?\d{4}-\d\d-\d\d", example.chart)) == 1
            if example.chart and one_note and example.outcome in DECIDED:
                found.append((folder.name, example))
                break
    step = max(1, len(found) // TRIED)
    return found[::step][:TRIED]


def reworded(chart: str, way: dict[str, str]) -> str:
    """The chart put in another way; what stands at its head, with the date, stays there."""
    head = _HEAD.match(chart.strip())
    top = head[0].strip() if head else ""
    body = chart.strip()[head.end() if head else 0 :]
    sentences = [s.strip() for s in _SENTENCE.split(body) if s.strip()]
    if way.get("order") == "reversed":
        sentences = [s if s.endswith((".", ";", ":")) else f"{s}." for s in reversed(sentences)]
    framed = [way.get("before", ""), *sentences, way.get("after", "")]
    lines = [s for s in framed if s]
    layout = {
        "lines": "\n".join(lines),
        "bullets": "\n".join(f"- {s}" for s in lines),
        "narrow": "\n".join(textwrap.fill(s, 60) for s in lines),
        "spaced": "\n\n".join(lines),
    }
    return f"{top} {layout.get(way.get('layout', ''), ' '.join(lines))}".strip()


def outcome(policy: str, example: Example, chart: str) -> Outcome:
    read = read_facts(chart_from_text(chart, name="n"), LIBRARY.concepts, as_of=example.as_of)
    context = Context(LIBRARY, example.as_of, "test")
    known = with_request(example.item, read, context)
    return judge_policy(LIBRARY.policies[policy], example.item, known, context).outcome


@pytest.mark.parametrize(("policy", "example"), _examples(), ids=lambda x: str(x)[:40])
def test_other_words_give_the_same_determination(policy: str, example: Any) -> None:
    plain = outcome(policy, example, example.chart)
    for way in WAYS:
        told = reworded(example.chart, way)
        assert outcome(policy, example, told) is plain, f"{way['name']}: {example.name}"


def test_enough_is_tried() -> None:
    assert len(_examples()) >= TRIED
    assert len(WAYS) >= 10
