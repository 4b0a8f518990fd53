"""What a follow-up question refers to: an item of the case, criteria, a document, a number.

Everything is looked up in the case at hand. A name that could mean two things means neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from indicated.ask.follow_words import bag, data, pattern, words_of
from indicated.ask.mentions import Mention, everything, is_treatment, related
from indicated.model import (
    Assessment,
    Concepts,
    Determination,
    Finding,
    Has,
    Library,
    Quantity,
    RequestedItem,
    Value,
)

MOST = 8  # criteria that one question can be about
CLEARLY = 0.6  # of the best score: what the next source must stay below
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_ENTRY = re.compile(r"\w+(?:\.\d+)*")
Span = tuple[int, int]


@dataclass(frozen=True)
class Scene:
    """The case that a question is asked about, as far as words can refer to it."""

    standing: Assessment
    library: Library

    @property
    def concepts(self) -> Concepts:
        return self.library.concepts

    @property
    def items(self) -> tuple[RequestedItem, ...]:
        return tuple(d.item for d in self.standing.determinations)

    @cached_property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """Every criterion with the id of its item, the broader ones first."""
        found: dict[tuple[str, str], tuple[str, Finding]] = {}
        for d in self.standing.determinations:
            for finding in _levels(d):
                found.setdefault((d.item.id, finding.id), (d.item.id, finding))
        return tuple(found.values())

    @cached_property
    def about(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Of each criterion (by its sentence): its words, and the concepts that it names."""
        return {
            f.says: (
                frozenset(words_of(f.says)),
                frozenset(m.concept for m in everything(f.says, self.concepts)),
            )
            for _, f in self.findings
        }

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The concepts that this case speaks of: its facts and its policies' criteria."""
        found = {f.concept for f in self.standing.facts.items}
        for d in self.standing.determinations:
            phase = d.policy.phases.get(d.phase) if d.policy else None
            if phase is None:
                continue
            routes = (*phase.routes, *phase.exceptions)
            criteria = (*phase.exclusions, *phase.requirements, *phase.supporting)
            for c in (*(c for r in routes for c in r.criteria), *criteria):
                for leaf in c.leaves():
                    if isinstance(leaf.test, Has):
                        found |= set(leaf.test.concepts)
                    elif isinstance(leaf.test, Value):
                        found.add(leaf.test.concept)
        return frozenset(found)


def _levels(d: Determination) -> Iterator[Finding]:
    """The findings of an item level by level, and those of its parts and second policies."""
    level = d.findings()
    while level:
        yield from level
        level = tuple(p for f in level for p in f.parts)
    for other in (*d.parts, *d.beside):
        yield from _levels(other)


def left_over(text: str, used: Iterable[Span], *own: str) -> list[str]:
    """The words of a text that nothing accounts for: not used, no filler, not of these kinds."""
    spans = list(used)
    allowed = bag("filler").union(*(bag("own", kind) for kind in own))
    return [
        word
        for m in _WORD.finditer(text)
        if not any(a <= m.start() < b for a, b in spans)
        for word in words_of(m[0])
        if word not in allowed
    ]


# --- items ------------------------------------------------------------------------------------


def items_named(text: str, scene: Scene) -> tuple[tuple[str, ...], list[Span]]:
    """The items that a question names, in its order, with the words that name them."""
    found: list[tuple[int, str]] = []
    used: list[Span] = []
    for m in everything(text, scene.concepts):
        ids = [i.id for i in scene.items if i.treatment and _same(m, i, scene.concepts)]
        if len(ids) == 1:
            found.append((m.start, ids[0]))
            used.append((m.start, m.end))
    for match in _WORD.finditer(text):
        if any(a <= match.start() < b for a, b in used):
            continue
        if len(ids := _by_word(match[0].casefold(), scene)) == 1:
            found.append((match.start(), ids[0]))
            used.append(match.span())
    for match in pattern("item_words").finditer(text):
        n = int(
            data("ordinals")[(match["ordinal"] or match["paired"] or match["alone"]).casefold()]
        )
        if n <= len(scene.items):
            found.append((match.start(), scene.items[n - 1].id))
            used.append(match.span())
    return tuple(dict.fromkeys(id for _, id in sorted(found))), used


def _same(mention: Mention, item: RequestedItem, concepts: Concepts) -> bool:
    return is_treatment(mention.concept, concepts) and related(
        mention.concept, item.treatment, concepts
    )


def _by_word(word: str, scene: Scene) -> list[str]:
    """The items that a single word can only mean: one of its name, or of its kind."""
    if word in bag("filler"):
        return []
    named = [
        i.id
        for i in scene.items
        if word in words_of(f"{scene.concepts.label(i.treatment)} {i.product} {i.words}")
    ]
    kinds = [k for k, names in data("item_kinds").items() if word in names]
    return named or [i.id for i in scene.items if i.kind in kinds]


def other_treatment(text: str, scene: Scene) -> tuple[str, list[Span]]:
    """The one treatment that a question names and the case does not ask for; "" where none."""
    found = [
        m
        for m in everything(text, scene.concepts)
        if is_treatment(m.concept, scene.concepts)
        and not any(_same(m, i, scene.concepts) for i in scene.items)
    ]
    ids = list(dict.fromkeys(m.concept for m in found))
    return (ids[0], [(m.start, m.end) for m in found]) if len(ids) == 1 else ("", [])


# --- criteria ---------------------------------------------------------------------------------


def criteria_about(
    text: str, used: Iterable[Span], scene: Scene, within: tuple[str, ...] = ()
) -> tuple[str, ...] | None:
    """The criteria that the words left over speak of: all of these words, or none is meant.

    None where the words name something that no criterion speaks of; () where no word is left.
    """
    spans = list(used)
    named = [
        m for m in everything(text, scene.concepts) if not any(a <= m.start < b for a, b in spans)
    ]
    spans += [(m.start, m.end) for m in named]
    words = left_over(text, spans, "all", "why", "measure")
    if not named and not words:
        return ()
    hits = [
        f.id
        for item, f in scene.findings
        if (not within or item in within) and _speaks_of(f, named, words, text, scene)
    ]
    return tuple(dict.fromkeys(hits))[:MOST] or None


def criteria_named(
    text: str, used: Iterable[Span], scene: Scene, within: tuple[str, ...] = ()
) -> tuple[str, ...] | None:
    """The criteria on what a question names, whatever its other words say; () where it names
    nothing else than items, None where it names what no criterion speaks of."""
    spans = list(used)
    named = [
        m for m in everything(text, scene.concepts) if not any(a <= m.start < b for a, b in spans)
    ]
    if not named:
        return ()
    hits = [
        f.id
        for item, f in scene.findings
        if (not within or item in within) and _speaks_of(f, named, [], text, scene)
    ]
    if hits or not within:
        return tuple(dict.fromkeys(hits))[:MOST] or None
    return criteria_named(text, used, scene)


def _speaks_of(
    finding: Finding, named: list[Mention], words: list[str], text: str, scene: Scene
) -> bool:
    said, concepts = scene.about[finding.says]
    facts = {f.concept for f in finding.facts}

    def names(m: Mention) -> bool:
        if any(related(m.concept, c, scene.concepts) for c in concepts | facts):
            return True
        inside = [w for w in words_of(text[m.start : m.end]) if w not in bag("filler")]
        return bool(inside) and all(any(alike(w, s) for s in said) for w in inside)

    return all(map(names, named)) and all(any(alike(w, s) for s in said) for w in words)


def alike(a: str, b: str) -> bool:
    """Whether two words have one stem.

    >>> alike("smoking", "smokes"), alike("infections", "infection"), alike("care", "cancer")
    (True, True, False)
    """
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    same = next(
        (i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short)
    )
    return same >= 4 and len(short) - same <= 3 and len(long) - same <= 3


# --- sources ------------------------------------------------------------------------------------


def source_named(text: str, scene: Scene) -> str:
    """The number of the one source, or the label of the passage, that a question means: by its
    number, or by words that stand in the record of no other ("the NICE guidance"); "" where it
    could be one of several."""
    match = pattern("source").search(text)
    if match is not None:
        said = match["n"] or match["bracket"] or match["ordinal"] or match["passage"]
        label: str = {**data("numbers"), **data("ordinals")}.get(said.casefold(), said.upper())
        return label
    passed = bag("filler") | bag("own", "source") | bag("own", "all")
    words = {w for w in _entry_words(text) if w not in passed}
    entries = [
        _entry_words(f"{r.title} {r.organisation} {r.year} {r.identifier}")
        | {_initials(r.organisation), _initials(r.title)}
        for r in scene.standing.article.references
    ]
    held = {w: sum(w in entry for entry in entries) for w in words}
    scores = [sum(1 / held[w] for w in words if w in entry) for entry in entries]
    best = max(scores, default=0.0)
    if best < 1 or sum(s > best * CLEARLY for s in scores) != 1:
        return ""
    return str(scores.index(best) + 1)


def _initials(name: str) -> str:
    """What a name is cut down to.

    >>> _initials("New England Journal of Medicine")
    'nejm'
    """
    return "".join(w[0] for w in _WORD.findall(name) if w[0].isupper()).casefold()


def _entry_words(text: str) -> set[str]:
    return {w.casefold() for w in _ENTRY.findall(text)}


# --- numbers --------------------------------------------------------------------


def weight_in(text: str) -> tuple[Quantity | None, list[Span]]:
    """The body weight that a text names.

    >>> weight_in("at 68 kg")[0].unit, weight_in("150 lb")[0].unit
    ('kg', '[lb_av]')
    """
    match = pattern("weight").search(text)
    if match is None:
        return None, []
    unit = data("units")[match["unit"].casefold()]
    return Quantity.of(match["number"], unit), [match.span()]
