"""Any text as a follow-up question: an answer whose every sentence is supported, or none at all."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicated.model import FollowUpKind, Mark

from .cases import FOLDERS, put, questions, standing

WORDS = sorted({w for row in questions("open") for w in row["q"].split()})
LOOSE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
QUESTION = st.sampled_from([row["q"] for row in questions("open")])
CASES = st.sampled_from(sorted(FOLDERS))
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(CASES, LOOSE | st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_words_are_answered_with_support_or_not_at_all(name: str, asked: str) -> None:
    """`write_reply` refuses a sentence without support, so an answer at all is a supported one."""
    before = standing(name)
    reply = put(name, asked)
    if reply.follow_up.kind is FollowUpKind.NOTHING:
        assert not reply.determinations
    assert all(Mark.HYPOTHETICAL in f.marks for f in reply.follow_up.assumed)
    assert standing(name) is before


@FEW
@given(CASES, st.lists(QUESTION | LOOSE, min_size=2, max_size=4))
def test_any_conversation_goes_on(name: str, asked: list[str]) -> None:
    reply = put(name, asked[-1], asked[:-1])
    assert reply.article.kind == "answer"
    assert reply.follow_up.words == asked[-1]
