"""Which other treatments the plan asks for first: a rule about the request, never history.

"The plan requires failure of A and B" and "formulary alternatives: A, B" name what a step-therapy
or formulary rule is about. Whether any of it was tried is for the facts to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indicated.ask.asked import sentences
from indicated.ask.cues import data, pattern
from indicated.ask.mentions import Mention, is_treatment, mentions, related
from indicated.model import Asserter, Concepts, Document, Fact, Source

ALTERNATIVE = "request.alternative"
RULE = "request.rule"


def alternatives(
    documents: Iterable[Document], treatment: str, concepts: Concepts
) -> tuple[Fact, ...]:
    """The treatments that a plan's rule names, each once, at its words; never the one asked for."""
    found: dict[str, Fact] = {}
    for document in documents:
        for m in _named(document.text, concepts):
            own = treatment and related(m.concept, treatment, concepts)
            if own or concepts[m.concept].kind not in data("alternatives", "kinds"):
                continue
            source = Source(document.id, document.text[m.start : m.end], m.start, m.end)
            stated = Fact(ALTERNATIVE, value=m.concept, asserter=Asserter.PAYER, sources=(source,))
            found.setdefault(m.concept, stated)
    return tuple(found.values())


def plan_rules(documents: Iterable[Document]) -> tuple[Fact, ...]:
    """The kinds of rule of a plan that the texts speak of, each once, at its first words.

    >>> [f.value for f in plan_rules([Document(id="n", text="The drug is non-formulary.")])]
    ['formulary']
    """
    found: dict[str, Fact] = {}
    for document in documents:
        for kind in data("plan_rules"):
            m = pattern("plan_rules", kind).search(document.text)
            if m and kind not in found:
                source = Source(document.id, m[0], *m.span())
                found[kind] = Fact(RULE, value=kind, asserter=Asserter.PAYER, sources=(source,))
    return tuple(found.values())


def _named(text: str, concepts: Concepts) -> Iterator[Mention]:
    cues = (pattern("alternatives", "before"), pattern("alternatives", "behind"))
    if not any(cue.search(text) for cue in cues):
        return
    named = [m for m in mentions(text, concepts) if is_treatment(m.concept, concepts)]
    for sentence in sentences(text):
        inside = [m for m in named if sentence.holds(m.start)]
        for cue in pattern("alternatives", "before").finditer(text, sentence.start, sentence.end):
            yield from _list_after(text, cue.end(), inside)
        for cue in pattern("alternatives", "behind").finditer(text, sentence.start, sentence.end):
            yield from _list_before(text, cue.start(), inside)


def _list_after(text: str, at: int, named: list[Mention]) -> Iterator[Mention]:
    first = pattern("alternatives", "lead")
    for m in (m for m in named if m.start >= at):
        if not first.fullmatch(text, at, m.start):
            return
        yield m
        at, first = m.end, pattern("alternatives", "between")


def _list_before(text: str, at: int, named: list[Mention]) -> Iterator[Mention]:
    first: re.Pattern[str] = pattern("alternatives", "gap")
    for m in reversed([m for m in named if m.end <= at]):
        if not first.fullmatch(text, m.end, at):
            return
        yield m
        at, first = m.start, pattern("alternatives", "between")
