"""A text gone through sentence by sentence: what holds, what does not, what was not found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicated.evidence.claims import citing, judged, literature, patient, sources, sums
from indicated.evidence.claims.record import Record
from indicated.evidence.claims.scope import Said, Verdict, said, verdicts
from indicated.evidence.claims.words import cue, negated, pattern, stems
from indicated.model import (
    Assertion,
    Claim,
    ClaimStanding,
    Conflict,
    Determination,
    Document,
    Fact,
    Mark,
    Omission,
    Outline,
    Policy,
    Premise,
    Remark,
)
from indicated.truth import MET

# The worst of what was found about a sentence is what it is called.
ORDER = (
    ClaimStanding.CONTRADICTED,
    ClaimStanding.NUMBER,
    ClaimStanding.ARITHMETIC,
    ClaimStanding.OVERSTATED,
    ClaimStanding.NO_SOURCE,
    ClaimStanding.NOT_FOUND,
    ClaimStanding.SUPPORTED,
)
_MILD = frozenset({ClaimStanding.SUPPORTED, ClaimStanding.NOT_FOUND})
_TELLS = ("dose_verdict", "amount", "measure")  # words that make a sentence a claim
WRONG = frozenset({ClaimStanding.CONTRADICTED, ClaimStanding.NUMBER, ClaimStanding.ARITHMETIC})


@dataclass(frozen=True)
class Held:
    """What a text is held against, and the stages' ways of comparing."""

    record: Record
    judged: judged.Judged
    derive: sums.Derive
    unfilled: Callable[[str], bool]  # is something in these words left to fill in?
    premises: Sequence[Premise]  # of the question
    slips: Sequence[tuple[Fact, tuple[Fact, ...]]]  # wrong prefixes: the text's word, the record's
    conflicts: Callable[[Sequence[Fact]], Sequence[Conflict]]  # between statements of one text
    literature: literature.Literature | None = None  # of the user's own collection


def check(
    document: Document, outline: Outline, facts: Sequence[Fact], held: Held
) -> tuple[tuple[Claim, ...], tuple[Omission, ...]]:
    """Every sentence with its standing, and the warnings that the text leaves out.

    A sentence is called wrong only where something in the record, the library or the text itself
    stands against it; what nothing bears out is `not_found`.
    """
    sentences = said(document, outline, facts, held.record.concepts)
    listed = citing.sources_listed(sentences)
    about = [d.item.treatment for d in held.judged.determinations if d.item.treatment]
    policies = _policies(held.judged.determinations)
    own = [f for s in sentences if not (s.general or s.heads or s.asks) for f in s.facts]
    text = _Text(held, policies, listed, held.conflicts([f for f in own if _held(f)]))
    claims = tuple(text.claim(s, verdicts(s, held.record.concepts, about)) for s in sentences)
    unsaid = _unsaid(document.text, held.premises)
    return claims, (*unsaid, *_omitted(sentences, held))


def _policies(determinations: Sequence[Determination]) -> tuple[Policy, ...]:
    found = {d.policy.id: d.policy for d in determinations if d.policy}
    return tuple(found.values())


def _held(fact: Fact) -> bool:
    return fact.concept not in (*cue("unheld"), *cue("not_against_itself"))


@dataclass(frozen=True)
class _Text:
    """What every sentence of one text is held against."""

    held: Held
    policies: Sequence[Policy]
    listed: int  # sources that the text lists
    conflicts: Sequence[Conflict]

    def claim(self, s: Said, decides: Sequence[Verdict]) -> Claim:
        """The sentence with what was found about it, the worst first."""
        distinct = tuple(dict.fromkeys(self._remarks(s, decides)))
        wrong = {r.about for r in distinct if r.standing in WRONG and r.about}
        kept = [r for r in distinct if r.standing not in _MILD or r.about not in wrong]
        order = {standing: i for i, standing in enumerate(ORDER)}
        kept.sort(key=lambda r: order[r.standing])
        if s.asks and not any(r.standing in (*WRONG, ClaimStanding.NO_SOURCE) for r in kept):
            return Claim(s.source, ClaimStanding.NO_CLAIM)
        return Claim(s.source, _standing(s, decides, kept), tuple(kept))

    def _remarks(self, s: Said, decides: Sequence[Verdict]) -> Iterator[Remark]:
        held = self.held
        yield from citing.remarks(s, held.unfilled, self.listed)
        yield from _slips(s, held)
        yield from _itself(s, self.conflicts)
        yield from patient.remarks(s, held.record, decides)
        yield from judged.remarks(s, decides, held.judged)
        yield from sums.remarks(s, held.derive, held.record.facts)
        stated = tuple(sources.remarks(s, self.policies))
        yield from stated
        borne = any(r.standing is ClaimStanding.SUPPORTED for r in stated)
        yield from literature.remarks(s, held.literature, borne=borne)
        yield from _overstated(s, held)


def _standing(s: Said, decides: Sequence[Verdict], found: Sequence[Remark]) -> ClaimStanding:
    """The worst that was found. Where that is support, it must bear out most of the sentence."""
    if not found:
        told = bool(s.named or decides or any(pattern(c).search(s.text) for c in _TELLS))
        claims = told and not s.heads and not pattern("list_heading").match(s.text)
        return ClaimStanding.NOT_FOUND if claims else ClaimStanding.NO_CLAIM
    worst = found[0].standing
    borne = not decides and _borne_out(s, found)  # a verdict is not borne out by facts alone
    whole = any(r.kind != "record" for r in found) or borne
    return worst if worst is not ClaimStanding.SUPPORTED or whole else ClaimStanding.NOT_FOUND


def _borne_out(s: Said, found: Sequence[Remark]) -> bool:
    """Whether the words that the record bears out are most of the sentence's own."""
    quotes = [x.quote for r in found for f in r.facts for x in f.sources]
    about = {r.about for r in found}
    absent = any(f.assertion is Assertion.ABSENT for f in s.facts if f.concept in about)
    if s.denies and not absent:
        return False  # what it denies is not what the record was found to say
    quotes += [x.quote for f in s.facts if f.concept in about for x in f.sources]
    own, borne = stems(s.text), stems(" ".join(quotes))
    return not own or len(own & borne) >= len(own) * Decimal(cue("covered"))


def _slips(s: Said, held: Held) -> Iterator[Remark]:
    start, end = s.source.start or 0, s.source.end or 0
    for fact, record in held.slips:
        if any(start <= (x.start or 0) < end for x in fact.sources):
            yield Remark("prefix", ClaimStanding.CONTRADICTED, fact.concept, record[:2])


def _itself(s: Said, conflicts: Sequence[Conflict]) -> Iterator[Remark]:
    """What another sentence of the same text says against this one."""
    start, end = s.source.start or 0, s.source.end or 0
    for conflict in conflicts:
        first, *others = conflict.facts
        here = any(start <= (x.start or 0) < end for x in first.sources)
        there = [x for f in others for x in f.sources]
        if here and there:
            yield Remark("itself", ClaimStanding.CONTRADICTED, conflict.concept, other=there[0])


def _overstated(s: Said, held: Held) -> Iterator[Remark]:
    """ "D80.1 confirms": a code is a label, whatever verb stands behind it."""
    certain, code = (pattern(p).search(s.text) for p in ("certain", "code"))
    if not (certain and code) or s.asks or s.hedges or negated(s.text, certain.start()):
        return
    coded = [f for f in s.facts if Mark.CODE_ONLY in f.marks]
    backed = tuple(
        f for f in held.record.facts
        if coded and f.concept == coded[0].concept and Mark.CODE_ONLY in f.marks
    )  # fmt: skip
    if coded or pattern("proving_code").search(s.text):
        kind = "code" if backed else "code_bare"
        yield Remark(kind, ClaimStanding.OVERSTATED, facts=backed[:1])


def _omitted(sentences: Sequence[Said], held: Held) -> Iterator[Omission]:
    """Warnings whose condition the record meets, and of which the text names nothing."""
    told_of = {w for s in sentences for w in stems(s.text)}
    told: set[str] = set()
    for d in held.judged.determinations:
        for statement, finding in d.warnings:
            if finding is None or finding.truth is not MET or d.policy is None:
                continue
            if statement.says in told or _covered(statement.says, told_of):
                continue
            told.add(statement.says)
            facts = tuple(dict.fromkeys(f for leaf in finding.leaves() for f in leaf.facts))
            yield Omission(statement, d.policy.id, d.item.id, facts)


def _unsaid(text: str, premises: Sequence[Premise]) -> Iterator[Omission]:
    """Premises of the question that the record contradicts, where the text has not the words of
    both."""
    plain = " ".join(text.casefold().split())
    for premise in premises:
        quotes = [
            [" ".join(s.quote.casefold().rstrip("?.,; ").split()) for s in f.sources[:1]]
            for f in (premise.fact, *premise.record[:1])
        ]
        told = all(any(q and q in plain for q in each) for each in quotes)
        if premise.standing == "contradicted" and premise.record and not told:
            yield Omission(None, premise=premise)


def _covered(says: str, told_of: set[str]) -> bool:
    """Whether the text names what a warning warns of: half of its words."""
    own = stems(says)
    return len(own & told_of) * 2 >= len(own)
