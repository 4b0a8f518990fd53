"""Names and codes of the library's treatments in a text, with their places.

All kinds of concept are looked for and the longest name wins, so that "growth hormone peak" is a
measurement and never the drug; only then are the treatments picked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

import ahocorasick

from indicated.ask.cues import data
from indicated.model import Concept, Concepts, Facts
from indicated.once import per_vocabulary

CODE = re.compile(
    r"(?<![\w.$#/,-])(?:\d{4}[A-Z]|[A-CEGHJ-MP-V]\d{4}|\d{5})"
    r"(?:\s?-\s?(?:\d{5}|[A-Z]\d{4})|-(?:\d{2}|[A-Z]{2})(?:/[A-Z]{2})?)?(?![\w.,]\d|\w)"
)
LONGEST_RANGE = 20  # codes; a longer "range" is two numbers with a dash


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named at a place. `brand` is the product name, where the name is one."""

    concept: str
    start: int
    end: int
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A procedure or supply code at a place, without its modifier."""

    code: str
    start: int
    end: int


def is_treatment(id: str, concepts: Concepts) -> bool:
    """Whether the concept is of a kind that can be asked for."""
    return id in concepts and concepts[id].kind in data("treatment_kinds")


def mentions(text: str, concepts: Concepts) -> tuple[Mention, ...]:
    """Every treatment that the text names, in order, longest name first where names overlap."""
    return tuple(m for m in everything(text, concepts) if is_treatment(m.concept, concepts))


def everything(text: str, concepts: Concepts) -> tuple[Mention, ...]:
    """Every concept that the text names: a disease or a value as well as a treatment."""
    flat = _flat(text)
    hits: list[Mention] = []
    for name in _table(concepts).held_by(flat):
        hits += [
            Mention(name.concept, m.start(), m.end(), name.brand)
            for m in _name_pattern(name.text, name.exact).finditer(text)
        ]
    depth = {h.concept: -len(concepts.above(h.concept)) for h in hits}
    hits.sort(key=lambda h: (h.start - h.end, h.start, depth[h.concept], h.concept))
    taken: list[Mention] = []
    for hit in hits:
        if all(hit.end <= t.start or hit.start >= t.end for t in taken):
            taken.append(hit)
    return tuple(sorted(taken, key=lambda m: m.start))


def with_facts(found: tuple[Mention, ...], facts: Facts, concepts: Concepts) -> tuple[Mention, ...]:
    """Add treatments that the facts reader placed by a short quotation and names did not find."""
    more = list(found)
    for fact in facts.items:
        if not is_treatment(fact.concept, concepts):
            continue
        for s in fact.sources:
            if s.start is None or s.end is None or len(s.quote.split()) > 6:
                continue
            if all(s.end <= m.start or s.start >= m.end for m in more):
                more.append(Mention(fact.concept, s.start, s.end))
    return tuple(sorted(more, key=lambda m: m.start))


def codes(text: str, start: int = 0, end: int | None = None) -> tuple[Code, ...]:
    """The procedure codes in a stretch of text; a range gives each of its codes.

    >>> [c.code for c in codes("CPT 64493-64495, E0748 and 31254-LT")]
    ['64493', '64494', '64495', 'E0748', '31254']
    """
    out: list[Code] = []
    for m in CODE.finditer(text, start, len(text) if end is None else end):
        head, _, tail = m[0].replace(" ", "").partition("-")
        out += [Code(c, m.start(), m.end()) for c in _expand(head, tail)]
    return tuple(out)


def concept_of_code(code: str, concepts: Concepts) -> str:
    """The treatment that carries the code; the broadest one when several do, "" when none does."""
    carriers = [
        c.id
        for c in concepts.by_id.values()
        if is_treatment(c.id, concepts)
        and any(code in c.codes.get(system, ()) for system in data("code_systems"))
    ]
    carriers.sort(key=lambda id: (len(concepts.above(id)), id))
    return carriers[0] if carriers else ""


def related(a: str, b: str, concepts: Concepts) -> bool:
    """Whether one concept is the other or a kind of it."""
    return concepts.is_a(a, b) or concepts.is_a(b, a)


def ingredient(id: str, concepts: Concepts) -> tuple[str, str]:
    """What a product is judged as, and the product's name: ("immunoglobulin", "Privigen").

    A product is a drug or device whose label is a proper name ("Privigen", "Gammagard S/D") and
    which stands under exactly one treatment. Anything else is judged as it stands.
    """
    product, at = "", id
    while True:
        concept = concepts[at]
        parents = [p for p in concept.under if is_treatment(p, concepts)]
        if concept.kind not in data("product_kinds") or not _proper(concept.label):
            return at, product
        if len(parents) != 1:
            return id, ""
        product, at = product or concept.label, parents[0]


def _expand(head: str, tail: str) -> Iterator[str]:
    yield head
    if len(tail) != len(head) or (head[0].isalpha() and head[0] != tail[0]):
        return
    letter, first, last = ("", head, tail) if head[0].isdigit() else (head[0], head[1:], tail[1:])
    if first.isdigit() and last.isdigit() and int(first) < int(last) < int(first) + LONGEST_RANGE:
        for n in range(int(first) + 1, int(last) + 1):
            yield f"{letter}{n:0{len(first)}d}"


def _flat(text: str) -> str:
    if "-" not in text and " ".join(text.split()) == text:
        return text.casefold()  # as most names are written
    return re.sub(r"[\s-]+", " ", text).casefold()


@dataclass(frozen=True, slots=True)
class _Name:
    concept: str
    text: str
    flat: str
    exact: bool
    brand: str


@dataclass(frozen=True, slots=True)
class _Table:
    """Every name, and an automaton that tells which of them a text holds at all."""

    names: tuple[_Name, ...]
    automaton: Any

    def held_by(self, flat: str) -> list[_Name]:
        """The names that stand somewhere in a text, in the order of the vocabulary."""
        if not len(self.automaton):
            return []
        numbers = {n for _, held in self.automaton.iter(flat) for n in held}
        return [self.names[n] for n in sorted(numbers)]


@per_vocabulary
def _table(concepts: Concepts) -> _Table:
    names = _names(concepts)
    held: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        held.setdefault(name.flat, []).append(number)
    automaton = ahocorasick.Automaton()
    for flat, numbers in held.items():
        automaton.add_word(flat, tuple(numbers))
    automaton.make_automaton()
    return _Table(names, automaton)


def _names(concepts: Concepts) -> tuple[_Name, ...]:
    found = []
    for c in concepts.by_id.values():
        for name in dict.fromkeys((c.label, *c.names)):
            if len(name) > 2:
                found.append(_Name(c.id, name, _flat(name), False, _brand(name, c)))
        found += [_Name(c.id, name, _flat(name), True, "") for name in c.abbreviations]
    return tuple(found)


@lru_cache(maxsize=4096)
def _name_pattern(name: str, exact: bool) -> re.Pattern[str]:
    inner = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", name) if part)
    return re.compile(rf"(?<![\w])(?:{inner})s?(?![\w])", 0 if exact else re.IGNORECASE)


def _proper(name: str) -> bool:
    """A name written as names of products are: no word begins in lower case, not all capitals."""
    return any(c.islower() for c in name) and not any(w[0].islower() for w in name.split())


def _brand(name: str, concept: Concept) -> str:
    if concept.kind not in data("product_kinds") or name not in concept.names:
        return ""
    kept = takewhile(lambda word: not word[0].islower() and "%" not in word, name.split())
    brand = " ".join(kept)
    return brand if _proper(brand) and name != concept.label else ""
