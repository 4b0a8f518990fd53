"""The adequacy gate: is a passage about this intervention, this indication, this population?

Evidence about another disease, another population or another drug of the class is no evidence for
the question. Only what is `adequate` may be shown as such; everything else is "not found", never a
verdict. The names in the passage are given by whoever calls (`Outline`), so that the vocabulary of
the library decides what a word means; the words that make a name an aside are data
(`library/cues/adequacy.yaml`). In doubt a passage is not established.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indicated.evidence.asides import aside, cue, pattern
from indicated.evidence.people import group_mentions, groups, is_group
from indicated.model import Concepts, Named, Outline, Passage

Outlines = Callable[[str], Outline]  # sentences and names of a text


class Answer(StrEnum):
    """What the gate says of a passage."""

    ADEQUATE = "adequate"
    NEAR_MISS = "near_miss"  # it is about something else, and says so
    NOT_ESTABLISHED = "not_established"  # it does not say what it is about


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question is about. A population is a concept (a transplant, a pregnancy) or one of the
    groups of the cue file (children, adults). Empty: the question does not say, and any will do."""

    intervention: tuple[str, ...]
    indication: tuple[str, ...] = ()
    population: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """The gate's answer; where it is no, which of the three failed and the words that show it."""

    answer: Answer
    fails: str = ""  # intervention | indication | population
    words: str = ""  # of the passage: what it is about instead; "" where it does not say


@dataclass(frozen=True, slots=True)
class _Piece:
    """A heading or a sentence, with the names in it that are no asides."""

    text: str
    named: tuple[Named, ...]
    asides: tuple[Named, ...]
    heads: bool = False

    def words(self, of: Named) -> str:
        return self.text[of.start : of.end]


def fit(sought: Sought, passage: Passage, outlines: Outlines, concepts: Concepts) -> Fit:
    """Whether a passage is about what is sought; `outlines` gives sentences and names of a text.

    The title of the work and the headings above the passage count as what it is about. A name in
    the passage counts only where it is not an aside ("after failure of X", "patients with Y were
    excluded").
    """
    pieces = _pieces(passage, outlines, concepts)
    told = _Told(sought, pieces, concepts)
    for check in (told.intervention, told.indication, told.population):
        if (failed := check()) is not None:
            return failed
    return Fit(Answer.ADEQUATE)


def sift(
    sought: Sought, passages: Iterable[Passage], outlines: Outlines, concepts: Concepts
) -> tuple[tuple[Passage, ...], tuple[tuple[Passage, Fit], ...]]:
    """The passages that may be shown as evidence, and the near misses with what they are about.

    Nothing adequate among any number of passages means that evidence was not found.
    """
    answers = [(p, fit(sought, p, outlines, concepts)) for p in passages]
    found = tuple(p for p, f in answers if f.answer is Answer.ADEQUATE)
    return found, tuple((p, f) for p, f in answers if f.answer is Answer.NEAR_MISS)


def _pieces(passage: Passage, outlines: Outlines, concepts: Concepts) -> tuple[_Piece, ...]:
    found: list[_Piece] = []
    for head in (passage.work.title, passage.section, passage.work.population):
        found += _cut(head, outlines(head), concepts, heads=True)
    return (*found, *_cut(passage.text, outlines(passage.text), concepts, heads=False))


def _cut(text: str, outline: Outline, concepts: Concepts, *, heads: bool) -> Iterator[_Piece]:
    """The pieces of a text; names by the offsets within their own piece."""
    for start, end in outline.sentences:
        piece = text[start:end]
        here = [
            Named(n.start - start, n.end - start, n.concepts, n.negated)
            for n in (*outline.named, *group_mentions(text))
            if start <= n.start and n.end <= end
        ]
        here.sort(key=lambda n: n.start)
        said = _leading(piece, _direct(piece, here, concepts), concepts)
        yield _Piece(piece, tuple(said), tuple(n for n in here if n not in said), heads)


def _direct(piece: str, here: Sequence[Named], concepts: Concepts) -> list[Named]:
    """Without asides, and without what is joined to one ("after failure of A or B")."""
    kept: list[Named] = []
    last: dict[str, tuple[Named, bool]] = {}  # by part: the name before, and whether it is an aside
    for name in here:
        part = _part(name, concepts)
        off = aside(piece, name, part)
        if part in last:
            before, was_off = last[part]
            off = off or (
                was_off and bool(pattern("listed").fullmatch(piece, before.end, name.start))
            )
        last[part] = (name, off)
        if not off:
            kept.append(name)
    return kept


def _leading(piece: str, said: list[Named], concepts: Concepts) -> list[Named]:
    """Without treatments that only follow another one, neither joined to it nor compared."""
    kept: list[Named] = []
    first: Named | None = None
    dropped: Named | None = None
    for name in said:
        if _part(name, concepts) == "intervention":
            before = piece[: name.start]
            with_it = dropped and pattern("listed").fullmatch(piece, dropped.end, name.start)
            apart = first and not pattern("joined").search(before)
            if first and not _same(first, name, concepts) and (with_it or apart):
                dropped = name
                continue
            if not pattern("against").search(before):
                first = first or name
        kept.append(name)
    return kept


def _same(a: Named, b: Named, concepts: Concepts) -> bool:
    pairs = [(x, y) for x in a.concepts for y in b.concepts]
    return any(concepts.is_a(x, y) or concepts.is_a(y, x) for x, y in pairs)


def _part(name: Named, concepts: Concepts) -> str:
    """Which of the three a name can be."""
    kinds = {concepts[c].kind for c in name.concepts if c in concepts}
    for part in ("intervention", "indication"):
        if kinds & set(cue(f"{part}s")):
            return part
    return "population"


@dataclass(frozen=True)
class _Told:
    """What the pieces say of what is sought."""

    sought: Sought
    pieces: Sequence[_Piece]
    concepts: Concepts

    def _are(self, name: Named, ids: Sequence[str]) -> bool:
        return not name.negated and any(
            self.concepts.is_a(c, id) for c in name.concepts for id in ids
        )

    def _others(self, piece: _Piece, part: str, ids: Sequence[str]) -> list[Named]:
        """Names of that part which can mean nothing that has to do with what is sought."""
        is_a = self.concepts.is_a
        return [
            n for n in piece.named
            if _part(n, self.concepts) == part and not n.negated
            and not any(is_a(c, id) or is_a(id, c) for c in n.concepts for id in ids)
        ]  # fmt: skip

    def _with(self, ids: Sequence[str]) -> list[_Piece]:
        return [p for p in self.pieces if any(self._are(n, ids) for n in p.named)]

    def intervention(self) -> Fit | None:
        """None where the passage is about the intervention."""
        wanted = self.sought.intervention
        with_it, text = self._with(wanted), [p for p in self.pieces if not p.heads]
        others = [(p, n) for p in self.pieces for n in self._others(p, "intervention", wanted)]
        if any(not p.heads for p in with_it):
            return None
        led = [p for p in with_it if p.heads]
        if led and not any(not p.heads for p, _ in others) and text:
            return None
        return _missed("intervention", others)

    def indication(self) -> Fit | None:
        """None where the passage is about the intervention for this indication."""
        wanted = self.sought.indication
        if not wanted:
            return None
        with_it = self._with(self.sought.intervention)
        if any(self._are(n, wanted) for p in with_it for n in p.named):
            return None
        others = [(p, n) for p in with_it for n in self._others(p, "indication", wanted)]
        if others:
            return _missed("indication", others)
        named = self._with(wanted)
        beside = [
            (p, n) for p in self.pieces for n in self._others(p, "indication", wanted)
        ]  # fmt: skip
        drugs = [
            n for p in named for n in self._others(p, "intervention", self.sought.intervention)
        ]
        if named and not beside and not (drugs and not any(p.heads for p in named)):
            return None
        return _missed("indication", [] if named else beside)

    def population(self) -> Fit | None:
        """None where the passage is about every population that is sought."""
        for id in self.sought.population:
            failed = self._group(id) if is_group(id) else self._concept(id)
            if failed is not None:
                return failed
        return None if self.sought.population else self._not_people()

    def _not_people(self) -> Fit | None:
        """Where the question names no population, people are meant."""
        named = [(p, n) for p in self.pieces for n in p.named if is_group(n.concepts[0])]
        if named and all(n.concepts == ("animals",) for _, n in named):
            return _missed("population", named)
        return None

    def _group(self, id: str) -> Fit | None:
        apart, silent = groups(id)
        named = [(p, n) for p in self.pieces for n in p.named]
        if any(id in n.concepts for _, n in named):
            return None
        others = [(p, n) for p, n in named if set(n.concepts) & apart]
        if others or not silent:
            return _missed("population", others)
        return None

    def _concept(self, id: str) -> Fit | None:
        if self._with([id]):
            return None
        above = self.concepts.above(id) - {id}
        siblings = [
            (p, n) for p in self.pieces for n in p.named
            if not n.negated and any(
                self.concepts.above(c) & above and not self.concepts.is_a(id, c)
                for c in n.concepts if c in self.concepts
            )
        ]  # fmt: skip
        return _missed("population", siblings)


def _missed(part: str, others: Sequence[tuple[_Piece, Named]]) -> Fit:
    if not others:
        return Fit(Answer.NOT_ESTABLISHED, part)
    piece, name = others[0]
    return Fit(Answer.NEAR_MISS, part, piece.words(name))
