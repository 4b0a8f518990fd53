"""What is sought, in words: which of them belong together, and what else they are called.

Words in quotation marks must stand there as they are. The others are taken as names of concepts
where they are some, with everything else that the concept and its kinds are called; a word that is
no name stands for itself. Nothing in a query is a sign of a language: any text is a query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indicated.cue_files import cue
from indicated.model import Concept, Concepts
from indicated.once import per_vocabulary

Phrase = tuple[str, ...]  # words that stand one after the other
LONGEST = 8  # words of a name of a concept
MOST = 20  # ways of saying one thing: a class of medicines has hundreds of names
WORDS = 64  # of a query that are looked at
SURE = 4  # letters from which on an abbreviation is known in small letters too
TELLING = 3  # letters of an abbreviation that is sought in place of a name
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"[\"“”„](.*?)[\"“”„]")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is sought: any of its phrases will do."""

    phrases: tuple[Phrase, ...]  # the words of the query first
    concepts: tuple[str, ...] = ()
    literal: bool = False  # it was in quotation marks, and must be there


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought."""

    terms: tuple[Term, ...]
    loose: tuple[str, ...] = ()  # single words of the names, for what says it in another order

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Every phrase of every term."""
        return tuple(dict.fromkeys(p for t in self.terms for p in t.phrases))


def words_of(text: str) -> Phrase:
    """The words of a text, without accents and in small letters.

    >>> words_of("Guillain-Barré, FEV1 (24%)")
    ('guillain', 'barre', 'fev1', '24')
    """
    plain = unicodedata.normalize("NFD", text)
    letters = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return tuple(_WORD.findall(letters.lower()))


def query_of(text: str, concepts: Concepts | None = None) -> Query:
    """What a text seeks."""
    text = text[:4_000]
    quoted = [words_of(q) for q in _QUOTED.findall(text)]
    terms = [Term((q,), literal=True) for q in quoted if q]
    rest = _QUOTED.sub(" ", text)
    names = _names(concepts) if concepts else {}
    written = [w for word in _WORD.findall(rest)[:WORDS] for w in [(word, words_of(word))]]
    flat = [(as_written, w) for as_written, parts in written for w in parts]
    stop = frozenset(cue("search", "stop"))
    at = 0
    while at < len(flat):
        length, ids = _longest(flat, at, names)
        words = tuple(w for _, w in flat[at : at + length])
        if ids and concepts:
            terms.append(Term(_called(words, ids, concepts), ids))
        elif words[0] not in stop:
            terms.append(Term((words,)))
        at += length
    return Query(tuple(dict.fromkeys(terms)), _loose(terms, concepts, stop))


def _loose(
    terms: Iterable[Term], concepts: Concepts | None, stop: frozenset[str]
) -> tuple[str, ...]:
    """The words of every name that was sought, and of what its concept and those above are called
    first."""
    if concepts is None:
        return ()
    found: dict[str, None] = {}
    for term in terms:
        for id in term.concepts:
            for near in (id, *concepts[id].under):
                found |= dict.fromkeys(words_of(concepts.label(near)))
            found |= dict.fromkeys(term.phrases[0])
    return tuple(w for w in found if len(w) >= TELLING and w not in stop)


@dataclass(frozen=True, slots=True)
class _Name:
    ids: tuple[str, ...] = ()
    exact: tuple[tuple[str, str], ...] = ()  # short abbreviation as written -> id


def _longest(
    flat: list[tuple[str, str]], at: int, names: Mapping[Phrase, _Name]
) -> tuple[int, tuple[str, ...]]:
    """How many words the longest name takes that begins here, and the concepts it names."""
    for length in range(min(LONGEST, len(flat) - at), 0, -1):
        part = flat[at : at + length]
        name = names.get(tuple(w for _, w in part))
        if name is None:
            continue
        written = "".join(dict.fromkeys(a for a, _ in part))
        ids = (*name.ids, *(id for form, id in name.exact if form == written))
        if ids:
            return length, tuple(dict.fromkeys(ids))
    return 1, ()


def _called(words: Phrase, ids: Iterable[str], concepts: Concepts) -> tuple[Phrase, ...]:
    """Everything that the concepts are called, then their kinds."""
    found = dict.fromkeys([words])
    for id in ids:
        found |= dict.fromkeys(_forms(concepts[id]))
    kinds = _kinds(concepts)
    for id in ids:
        for kind in kinds.get(id, ()):
            found |= dict.fromkeys(_forms(concepts[kind]))
    return tuple(found)[:MOST]


def _forms(concept: Concept) -> list[Phrase]:
    # "MS" is a disease and a thousandth of a second: it is taken at its word, never added
    told = (a for a in concept.abbreviations if len(a) >= TELLING)
    texts = (concept.label, *concept.names, *told)
    return [f for t in texts if (f := words_of(t))]


@per_vocabulary
def _kinds(concepts: Concepts) -> Mapping[str, tuple[str, ...]]:
    """Concept -> every narrower one."""
    below: dict[str, list[str]] = {}
    for id in concepts.by_id:
        for above in concepts.above(id) - {id}:
            below.setdefault(above, []).append(id)
    return {id: tuple(sorted(kinds)) for id, kinds in below.items()}


@per_vocabulary
def _names(concepts: Concepts) -> Mapping[Phrase, _Name]:
    """Every name of every concept. A short abbreviation counts as it is written alone: "MS"."""
    ids: dict[Phrase, dict[str, None]] = {}
    exact: dict[Phrase, dict[tuple[str, str], None]] = {}
    stop = frozenset(cue("search", "stop"))
    for id, concept in concepts.by_id.items():
        for text in (concept.label, *concept.names):
            if (form := words_of(text)) and (len(form) > 1 or form[0] not in stop):
                ids.setdefault(form, {})[id] = None
        for text in concept.abbreviations:
            form = words_of(text)
            if len(text) >= SURE and form:
                ids.setdefault(form, {})[id] = None
            elif form:
                exact.setdefault(form, {})[("".join(_WORD.findall(text)), id)] = None
    return {
        form: _Name(tuple(ids.get(form, ())), tuple(exact.get(form, ())))
        for form in ids.keys() | exact.keys()
    }
