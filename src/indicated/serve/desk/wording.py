"""Changes of a question, made in its words: the words are changed, read again and compared.

No item is ever set beside the words of a question. A change is taken only where the changed words,
read again, say exactly what was meant; where no wording does, the person words it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from indicated.ask.cues import data, words
from indicated.errors import InputError
from indicated.model import Concept, Concepts, Phase, RequestedItem
from indicated.understood import Understood

Read = Callable[[str], Understood]
MOST = 12  # meanings and index entries shown at once
_JOINED_BEFORE = re.compile(r"(?:\s*,\s*(?:and|or)?|\s+(?:and|or|plus|with|together with))\s*$")
_JOINED_BEHIND = re.compile(r"^\s*(?:,\s*(?:and|or)?|and|or|plus|with|together with)\s+")
_PHASE_WORDS = {  # for each phase that a question can ask for
    Phase.INITIATION: ("initiation of ", "starting "),
    Phase.CONTINUATION: ("continuation of ", "continued "),
    Phase.DOSE_CHANGE: ("a dose change of ", "increasing "),
}
PHASES = tuple(p.value for p in _PHASE_WORDS)


@dataclass(frozen=True)
class Change:
    """What a person wants otherwise: remove an item, read it in another phase or as another
    treatment, or add one. `item` counts from 1; `to` is a phase or a concept's id."""

    kind: str
    item: int = 0
    to: str = ""


def changed(question: str, change: Change, read: Read, concepts: Concepts) -> str:
    """The question in words that are read as the change means it.

    Raises `InputError` where there is no such item, phase or treatment, and where no wording tried
    is read so, with everything else as it was.
    """
    items = [w.item for w in read(question).items]
    keys: list[object] = [_key(i) for i in items]
    if change.kind == "add":
        tried = _with(question, items, _treatment(change.to, concepts))
        return _first(tried, read, [*keys, None], _is(change.to), len(items))
    if change.kind not in ("remove", "phase", "meaning"):
        raise InputError("there is no such change", do="Choose remove, phase, meaning or add.")
    if not 1 <= change.item <= len(items):
        raise InputError("there is no such item in the question", do="Open the page again.")
    n = change.item - 1
    if change.kind == "remove":
        if len(items) == 1:
            raise InputError("this is all that is asked for", do="Say in words what is asked.")
        return _first(_without(question, items[n]), read, [*keys[:n], *keys[n + 1 :]])
    keys[n] = None
    if change.kind == "phase":
        if change.to not in PHASES:
            raise InputError("there is no such phase", do="Choose one that is offered.")
        phase = Phase(change.to)
        same = items[n].treatment
        return _first(
            _in_phase(question, items[n], phase), read, keys,
            lambda i: i.phase is phase and i.treatment == same, n,
        )  # fmt: skip
    concept = _treatment(change.to, concepts)
    return _first(_meaning(question, items[n], concept), read, keys, _is(change.to), n)


def _first(
    tried: Iterator[str],
    read: Read,
    keys: Sequence[object],
    fits: Callable[[RequestedItem], bool] = lambda _: True,
    at: int = -1,
) -> str:
    """The first wording that is read as it should be: `keys` in order, None where `fits` tells."""
    for text in tried:
        items = [w.item for w in read(text).items]
        same = len(items) == len(keys) and all(
            k is None or k == _key(i) for k, i in zip(keys, items, strict=True)
        )
        if same and (at < 0 or fits(items[at])):
            return text
    raise InputError(
        "no wording was found that is read so",
        why="The words of the question would then say something else as well.",
        do="Change the question in your own words, and look at how it is read.",
    )


def _key(item: RequestedItem) -> object:
    return item.treatment or item.words, item.phase, item.dose, item.every, item.codes


def _is(id: str) -> Callable[[RequestedItem], bool]:
    return lambda item: item.treatment == id


def _treatment(id: str, concepts: Concepts) -> Concept:
    if id not in concepts or concepts[id].kind not in treatment_kinds():
        raise InputError("there is no such treatment in the library", do="Choose from the index.")
    return concepts[id]


def treatment_kinds() -> tuple[str, ...]:
    """The kinds of concept that can be asked for."""
    return tuple(data("treatment_kinds"))


def _names(concept: Concept) -> list[str]:
    return list(dict.fromkeys((concept.label, *concept.names, *concept.abbreviations)))


def _stretch(question: str, item: RequestedItem, *, whole: bool) -> tuple[int, int]:
    """Where the item stands in the question; `whole`: with its dose, interval and the like."""
    sources = [s for s in item.sources if s.document == "question"]
    if whole:
        sources += [s for f in item.facts for s in f.sources if s.document == "question"]
    places = [(s.start, s.end) for s in sources if s.start is not None and s.end is not None]
    if not places:
        raise InputError("the item does not stand in the words", do="Change the words yourself.")
    start, end = min(a for a, _ in places), max(b for _, b in places)
    at = question.find(item.words, start)
    return (start, max(end, at + len(item.words))) if whole and at == start else (start, end)


def _without(question: str, item: RequestedItem) -> Iterator[str]:
    start, end = _stretch(question, item, whole=True)
    behind = question[end:]
    for begin in _begins(question, start):
        before = question[:begin]
        if _JOINED_BEFORE.search(before):
            yield _joined(_JOINED_BEFORE.sub("", before), behind)
        if _JOINED_BEHIND.search(behind):
            yield _joined(before, _JOINED_BEHIND.sub("", behind))
        yield _joined(before, behind)


def _begins(question: str, start: int) -> list[int]:
    """Where an item begins: with the words before it that tell its phase, or without them."""
    before = [
        m.start()
        for phase in _PHASE_WORDS
        for m in words("phase", phase.value).finditer(question, max(0, start - 30), start)
    ]
    return sorted({start, *before})


def _joined(before: str, behind: str) -> str:
    """Two ends of a sentence, with one space between words and none before a mark.

    >>> _joined("Is X ", " necessary?"), _joined("Is X", "?")
    ('Is X necessary?', 'Is X?')
    """
    gap = "" if re.match(r"\s*[.,;?!]", behind) else " "
    return f"{before.rstrip()}{gap}{behind.lstrip()}"


def _in_phase(question: str, item: RequestedItem, phase: Phase) -> Iterator[str]:
    start, _ = _stretch(question, item, whole=False)
    for begin in _begins(question, start):
        for said in ("", *_PHASE_WORDS[phase]):
            yield question[:begin] + said + question[start:]


def _meaning(question: str, item: RequestedItem, concept: Concept) -> Iterator[str]:
    start, end = _stretch(question, item, whole=False)
    for name in _names(concept):
        yield question[:start] + name + question[end:]
    if item.product and item.product in question:
        at = question.index(item.product)
        for name in _names(concept):
            yield question[:at] + name + question[at + len(item.product) :]


def _with(question: str, items: Sequence[RequestedItem], concept: Concept) -> Iterator[str]:
    if items:
        _, end = _stretch(question, items[-1], whole=True)
        if question.count("(", 0, end) > question.count(")", 0, end):
            end = question.find(")", end) + 1 or len(question)
        for name in _names(concept):
            yield f"{question[:end]} and {name}{question[end:]}"
    for name in _names(concept):
        yield f"{question.rstrip()} Is {name} medically necessary?"


def meanings(item: RequestedItem, concepts: Concepts) -> list[Concept]:
    """Other treatments that the words of an item could mean: what it is a kind of, its own kinds,
    and those named much alike, the closest first."""
    kinds = treatment_kinds()
    others = [c for c in concepts.by_id.values() if c.kind in kinds and c.id != item.treatment]

    def closeness(concept: Concept) -> float:
        if item.treatment and (
            concepts.is_a(concept.id, item.treatment) or concepts.is_a(item.treatment, concept.id)
        ):
            return 200.0
        said = item.words.casefold()
        return max(fuzz.ratio(said, n.casefold()) for n in _names(concept))

    near = sorted(((closeness(c), c.label, c) for c in others), key=lambda x: (-x[0], x[1]))
    return [c for score, _, c in near if score >= 70][:MOST]


def _held(said: str, name: str) -> int:
    """How well a name holds a search word: at its beginning, at a word's, or inside one."""
    if said not in name:
        return 0
    place = 3000 if name.startswith(said) else 2000 if f" {said}" in name else 1000
    return place - len(name)


def index(find: str, concepts: Concepts) -> list[Concept]:
    """The treatments of the library that a search word names, the closest first."""
    said = find.strip().casefold()
    if not said:
        return []
    kinds = treatment_kinds()
    scored = []
    for concept in concepts.by_id.values():
        if concept.kind in kinds:
            names = [n.casefold() for n in _names(concept)]
            score = max(_held(said, n) or fuzz.ratio(said, n) for n in names)
            scored.append((score, concept.label, concept))
    near = sorted(scored, key=lambda x: (-x[0], x[1]))
    return [c for score, _, c in near if score >= 75][:MOST]
