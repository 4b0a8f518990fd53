"""Take the deciding fact away: an answer may stay or open up, and only ever turns into its opposite
where a leaf closes the world for a written reason, or where another fact of the record now decides.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from library_helpers import FOLDERS, LIBRARY, judged, less_one

from indicated.criteria import Folder, load_examples
from indicated.model import Determination, Fact, Finding, Outcome, State

YES = {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES}
NO = {Outcome.NOT_INDICATED}


def leaves(d: Determination) -> Iterator[Finding]:
    for finding in d.findings():
        yield from finding.leaves()


def opposite(before: Outcome, after: Outcome) -> bool:
    return (before in YES and after in NO) or (before in NO and after in YES)


def explained(before: Determination, after: Determination, gone: Fact) -> bool:
    """Whether a leaf that used the fact closes the world now, or another fact decides it."""
    now = {leaf.id: leaf for leaf in leaves(after)}
    used = [leaf for leaf in leaves(before) if any(f.concept == gone.concept for f in leaf.facts)]
    return any(
        now[leaf.id].state is State.CLOSED or (now[leaf.id].truth.known and now[leaf.id].facts)
        for leaf in used
        if leaf.id in now
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_without_a_fact_an_answer_does_not_turn_by_silence(folder: Folder) -> None:
    decided = 0
    for example in load_examples(folder, LIBRARY.concepts):
        before = judged(example, example.facts, folder.name)
        if before.outcome not in YES | NO:
            continue
        decided += 1
        for gone, rest in less_one(example):
            after = judged(example, rest, folder.name)
            if opposite(before.outcome, after.outcome):
                assert explained(before, after, gone), f"{example.name} without {gone.concept}"
    assert decided
