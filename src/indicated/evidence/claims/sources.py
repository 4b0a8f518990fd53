"""A sentence held against the sourced sentences of the policies that fit the case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from indicated.evidence.claims.scope import Said
from indicated.evidence.claims.words import cue, negated, pattern, stems
from indicated.model import ClaimStanding, Criterion, Mistake, Policy, Remark, Statement

_FEW = 2  # words that a rule and a criterion share beside their numbers
_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")


def statements(policy: Policy) -> tuple[Statement, ...]:
    """Every sentence of a policy that has a source, or says how texts get it wrong."""
    every = (
        *policy.status_lines, *policy.disagreements, *policy.monitoring, *policy.safety,
        *policy.pitfalls,
    )  # fmt: skip
    return tuple(s for s in every if s.cite or s.mistaken)


def remarks(said: Said, policies: Sequence[Policy]) -> Iterator[Remark]:
    """The statement that the sentence mistakes; else one that says the same, or gives another
    number."""
    if said.asks:
        return
    for policy in policies:
        for statement in statements(policy):
            made = [m for m in statement.mistaken if makes(said.text, m)]
            if made and made[0].overstated:
                over = ClaimStanding.OVERSTATED
                yield Remark("says_less", over, policy=policy.id, statement=statement)
            elif made:
                against = ClaimStanding.CONTRADICTED
                yield Remark("mistaken", against, policy=policy.id, statement=statement)
    if pattern("this_patient").search(said.text):
        return  # what a source says is of nobody in particular
    sourced = [(p, s) for p in policies for s in statements(p) if s.cite]
    best = max(
        ((share(said.text, s.says), p, s) for p, s in sourced), key=lambda f: f[0], default=None
    )
    if best is None or best[0] < Decimal(cue("shared")):
        yield from _criterion(said, policies)
        return
    _, policy, statement = best
    own, theirs = numbers(said.text), numbers(statement.says)
    if own <= theirs:
        supported = ClaimStanding.SUPPORTED
        yield Remark("statement", supported, policy=policy.id, statement=statement)
    elif len(own - theirs) == 1 and own & theirs and theirs - own:
        number = ClaimStanding.NUMBER
        yield Remark("source_number", number, policy=policy.id, statement=statement)


def _criterion(said: Said, policies: Sequence[Policy]) -> Iterator[Remark]:
    """A rule that the sentence tells, where a criterion has its words and all of its numbers."""
    if not pattern("rule").search(said.text):
        return
    own, mine = stems(said.text), numbers(said.text)
    for policy in policies:
        for criterion in _criteria(policy):
            both = own & stems(criterion.says)
            told = mine and mine == numbers(criterion.says) and len(both) >= _FEW
            if told and criterion.cite and len(both) * 2 >= len(own):
                statement = Statement(criterion.says, criterion.cite)
                supported = ClaimStanding.SUPPORTED
                yield Remark("statement", supported, policy=policy.id, statement=statement)
                return


def _criteria(policy: Policy) -> list[Criterion]:
    """The criteria of every phase, with the leaves below them that have sources of their own."""
    tops = [
        c for p in policy.phases.values()
        for c in (
            *(c for r in (*p.routes, *p.exceptions) for c in r.criteria),
            *p.exclusions, *p.requirements, *p.supporting,
        )
    ]  # fmt: skip
    return list({c.id: c for top in tops for c in (top, *top.leaves())}.values())


def makes(text: str, mistake: Mistake) -> bool:
    """Whether a sentence is worded so. A denial ("does not make") is another sentence; one that is
    part of the wording itself ("no longer necessary") is not.

    >>> wrong = Mistake((("donor lung*", "graft*"), ("make*", "produce*"), ("antitrypsin",)))
    >>> makes("The donor lungs produce antitrypsin.", wrong)
    True
    >>> makes("The donor lungs do not produce antitrypsin.", wrong)
    False
    """
    found = [_any_of(group).search(text) for group in mistake.groups]
    if not all(found) or (mistake.unless and _any_of(mistake.unless).search(text)):
        return False
    places = [m.span() for m in found if m]
    rest = "".join(" " if any(a <= i < b for a, b in places) else c for i, c in enumerate(text))
    start, end = min(a for a, _ in places), max(b for _, b in places)
    stop = pattern("rest").search(text, end)  # "a donor lung does not"
    within = rest[start : stop.start() if stop else len(text)]
    return not pattern("negated").search(within) and not negated(text, start)


@lru_cache(maxsize=4096)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    def one(word: str) -> str:
        body = r"[\s-]+".join(re.escape(p) for p in re.split(r"[\s-]+", word.removesuffix("*")))
        return rf"(?<!\w){body}" + ("" if word.endswith("*") else r"s?(?!\w)")

    return re.compile("|".join(map(one, words)), re.IGNORECASE)


def share(text: str, says: str) -> Decimal:
    """The share of a sentence's words that another one has; 0 where one denies and the other does
    not, or where too few words are shared to tell."""
    own, theirs = stems(text), stems(says)
    both = own & theirs
    if len(both) < int(cue("at_least_shared")):
        return Decimal(0)
    denies = [bool(pattern("negated").search(t)) for t in (text, says)]
    return Decimal(len(both)) / len(own) if denies[0] == denies[1] else Decimal(0)


def numbers(text: str) -> set[Decimal]:
    """The numbers of a text, those of its citations apart."""
    bare = pattern("marker").sub(" ", text)
    return {Decimal(n.replace(",", "")) for n in _NUMBER.findall(bare)}
