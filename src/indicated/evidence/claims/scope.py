"""The sentences of a text: what each names, what was read from it, and whether it is about the
patient or about patients."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from indicated.evidence.claims.words import cue, negated, pattern
from indicated.model import Concepts, Document, Fact, Named, Outline, Quantity, Source

_BULLET = re.compile(r"\s*(?:[-*•‣●▪◦+]|\(?\d{1,2}[.)])\s+")
_FIGURE = re.compile(r"(?<![\w-])\d")
_LONGEST = 24  # words of a heading


@dataclass(frozen=True)
class Verdict:
    """Words of a sentence that decide, and the treatments that they decide about."""

    kind: str  # necessary | unnecessary | conditional | open | standard | ... (cue file)
    start: int
    end: int
    treatments: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """One sentence, with what stands in it. Offsets of names are its own."""

    source: Source
    named: tuple[Named, ...]
    facts: tuple[Fact, ...]  # read from it, each pointing at it alone
    above: tuple[str, ...]  # treatments named last before it
    last: bool  # nothing follows it in its block, and no full stop ends it
    under: bool  # an item of a list whose opening is general
    bullet: bool = False

    @property
    def text(self) -> str:
        """Its words."""
        return self.source.quote

    @cached_property
    def general(self) -> bool:
        """Whether it is about patients, a rule or the literature, and not about this patient."""
        if pattern("this_patient").search(self.text):
            return False
        return self.under or bool(pattern("general").search(self.text))

    @cached_property
    def acts(self) -> bool:
        """Whether it decides about this patient, whoever else it names ("Deny: ...")."""
        return not self.general or bool(pattern("acts").search(self.text))

    @cached_property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.rstrip().endswith("?")

    @cached_property
    def hedges(self) -> bool:
        """Whether it leaves open what it names, so that it claims only that."""
        return bool(pattern("hedge").search(self.text))

    @cached_property
    def heads(self) -> bool:
        """Whether it is a heading by its looks."""
        text = self.text.strip()
        words = text.split()
        if not self.last or self.bullet or _FIGURE.search(text) or len(words) > _LONGEST:
            return False
        long = [w for w in words if len(w) > 3]
        return len(words) < 3 or sum(w[0].isupper() for w in long) * 2 > len(long)

    @cached_property
    def denies(self) -> bool:
        """Whether anything in it is denied."""
        return bool(pattern("negated").search(self.text))


def said(
    document: Document, outline: Outline, facts: Sequence[Fact], concepts: Concepts
) -> tuple[Said, ...]:
    """The sentences of a text in order."""
    spans = outline.sentences
    starts = [a for a, _ in spans]
    of: list[list[Fact]] = [[] for _ in spans]
    for fact in facts:
        for source in fact.sources:
            i = bisect_right(starts, source.start or 0) - 1
            if i >= 0 and source.start is not None and source.start < spans[i][1]:
                of[i].append(replace(fact, sources=(source,)))
    out: list[Said] = []
    above: tuple[str, ...] = ()
    under = False
    for i, (begin, end) in enumerate(spans):
        bullet = _BULLET.match(document.text, begin, end)
        start = bullet.end() if bullet else begin
        named = tuple(
            Named(n.start - start, n.end - start, n.concepts, n.negated)
            for n in outline.named
            if start <= n.start and n.end <= end
        )
        words = document.text[start:end]
        line_ends = not document.text[end:].split("\n", 1)[0].strip()
        source = Source(document.id, words, start, end)
        last = line_ends and words.rstrip()[-1:] not in (".", "!", "?", ";", ",")
        under = under and bool(bullet)
        sentence = Said(source, named, tuple(of[i]), above, last, under, bool(bullet))
        out.append(sentence)
        under = under or (words.rstrip(" 0123456789").endswith(":") and sentence.general)
        treatments = tuple(dict.fromkeys(_treatments(named, concepts)))
        above = treatments or above
    return tuple(out)


def _treatments(named: Iterable[Named], concepts: Concepts) -> list[str]:
    kinds = set(cue("treatment_kinds"))
    return [
        c for n in named if not n.negated for c in n.concepts
        if c in concepts and concepts[c].kind in kinds
    ]  # fmt: skip


def doses(said: Said, concepts: Concepts) -> tuple[tuple[str, Quantity, Quantity | None], ...]:
    """The doses of a sentence with their treatment and interval: as they were read, else the one
    amount that stands beside the one treatment."""
    read = [
        (f.concept, f.therapy.dose, f.therapy.every)
        for f in said.facts if f.therapy and f.therapy.dose
    ]  # fmt: skip
    if read:
        return tuple(read)
    own = [n for n in said.named if not n.negated and _treatments([n], concepts)]
    found = [q for q in amounts(said.text) if q.unit != "kg"]
    if len(found) != 1 or len(own) > 1:
        return ()
    treatments = _treatments(own, concepts) or list(said.above[-1:])
    return tuple((t, found[0], rhythm(said.text)) for t in treatments[:1])


def amounts(text: str) -> list[Quantity]:
    """The amounts of a text that a dose or a weight may be.

    >>> [(str(q.low), q.unit) for q in amounts("60 g is 0.8 g/kg at 75 kg; IgG 495 mg/dL")]
    [('60', 'g'), ('0.8', 'g/kg'), ('75', 'kg')]
    """
    found, units = [], cue("amount_units")
    for m in pattern("amount").finditer(text):
        unit = units[m["unit"].lower()]
        low = Decimal(m["number"].replace(",", ""))
        high = Decimal(m["high"].replace(",", "")) if m["high"] else low
        found.append(Quantity(low, high, f"{unit}/kg" if m["per"] else unit))
    return found


def rhythm(text: str) -> Quantity | None:
    """The interval that a text names, where it names one."""
    found = [d for d in cue("rhythms") if pattern("rhythms", d).search(text)]
    return Quantity.of(found[0], "d") if len(found) == 1 else None


def verdicts(said: Said, concepts: Concepts, about: Sequence[str]) -> tuple[Verdict, ...]:
    """The verdicts of a sentence, each with its treatment: the one named last before it, else the
    first one behind it, else the one named last before the sentence. Only treatments of `about`
    (or kinds of them) are looked for."""
    found: list[Verdict] = []
    if said.heads and pattern("neutral_heading").search(said.text):
        return ()
    for kind in cue("verdicts"):
        for m in pattern("verdicts", kind, "words").finditer(said.text):
            turned = cue("verdicts", kind).get("turns", "")
            deny = negated(said.text, m.start())
            if deny and not turned:
                continue
            treatments = _subject(said, m.end(), concepts, about)
            if any(v.start <= m.start() < v.end for v in found):
                continue
            found.append(Verdict(turned if deny else kind, m.start(), m.end(), treatments))
    return tuple(sorted(found, key=lambda v: v.start))


def _subject(said: Said, end: int, concepts: Concepts, about: Sequence[str]) -> tuple[str, ...]:
    def related(named: Named) -> tuple[str, ...]:
        ids = _treatments([named], concepts)
        return tuple(
            id for id in ids if any(concepts.is_a(id, a) or concepts.is_a(a, id) for a in about)
        )

    before = [r for n in said.named if n.end <= end and (r := related(n))]
    behind = [r for n in said.named if n.start >= end and (r := related(n))]
    if before:
        return before[-1]
    if behind:
        return behind[0]
    above = [
        id for id in said.above if any(concepts.is_a(id, a) or concepts.is_a(a, id) for a in about)
    ]
    return tuple(above[-1:])


def verdict_treatments(
    document: Document, outline: Outline, concepts: Concepts, known: Sequence[str]
) -> tuple[str, ...]:
    """The treatments that a text gives a verdict on, of those that `known` covers, in order."""
    found: dict[str, None] = {}
    for sentence in said(document, outline, (), concepts):
        for v in verdicts(sentence, concepts, known):
            found.update(dict.fromkeys(v.treatments[:1]))
    kept = [id for id in found if id not in cue("unheld")]
    narrow = [
        id for id in kept if not any(other != id and concepts.is_a(other, id) for other in kept)
    ]  # fmt: skip
    return tuple(narrow[: int(cue("most_treatments"))])
