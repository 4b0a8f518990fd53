"""Which words are words, and which are names: what `identifying` holds a capital letter against.

Words of the library (policies, concepts, messages) that stand there in small letters are ordinary;
so are English words that no census lists as a name. A name that no list knows is still an unknown
word, so nobody's name has to be in a list to be withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from unicodedata import combining, normalize

import yaml

from indicated.errors import InputError
from indicated.model import Library

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
ENGLISH = "library/identifying/en.yaml"


@dataclass(frozen=True)
class Words:
    """Words in small letters, by what they are."""

    ordinary: frozenset[str]  # stand in small letters in the library
    clinical: frozenset[str]  # stand in a name of a concept
    english: frozenset[str]
    given: frozenset[str]
    surnames: frozenset[str]
    cues: Mapping[str, frozenset[str]]

    @cached_property
    def names(self) -> frozenset[str]:
        """Given names and surnames."""
        return self.given | self.surnames

    def kind(self, word: str) -> str:
        """ordinary | english (a word that the library never needs) | either (a word and a name) |
        name | unknown.

        A compound is as strange as its strangest part.
        """
        parts = [w for w in re.split(r"[-’']", unaccented(word.casefold())) if len(w) > 1]
        found = {self._kind(w) for w in parts}
        return next((k for k in ("name", "unknown", "either", "english") if k in found), "ordinary")

    def _kind(self, word: str) -> str:
        named = word in self.names
        if word in self.ordinary:
            return "ordinary"
        if word in self.english:
            return "either" if named else "english"
        return "name" if named else "unknown"


@lru_cache(maxsize=2)
def cue_words(path: str = ENGLISH) -> Mapping[str, frozenset[str]]:
    """The words by which identifying details are known, by list."""
    loaded = yaml.safe_load(files("indicated").joinpath(path).read_text(encoding="utf-8"))
    return {
        name: frozenset(unaccented(a or b) for a, b in re.findall(r'"([^"]+)"|(\S+)', text))
        for name, text in loaded.items()
    }


def words_of(library: Library) -> Words:
    """The words of a library, of English and of the census. Takes a second: keep what it gives."""
    small: set[str] = set()
    for text in _texts(library.policies.values()):
        small |= {w for w in _WORD.findall(text) if w == w.casefold()}
    clinical: set[str] = set()
    for concept in library.concepts.by_id.values():
        for name in (concept.label, *concept.names, *concept.abbreviations):
            clinical |= {w.casefold() for w in _WORD.findall(name)}
            small |= {w for w in _WORD.findall(name) if w == w.casefold()}
    given, surnames = _census()
    return Words(
        frozenset(small), frozenset(clinical), _english(), given, surnames, cue_words()
    )  # fmt: skip


def unaccented(text: str) -> str:
    """As the census writes it.

    >>> unaccented("zoë")
    'zoe'
    """
    return "".join(c for c in normalize("NFKD", text) if not combining(c))


def _texts(things: Iterable[object]) -> set[str]:
    """Every text that stands anywhere in the things, once."""
    left, found = list(things), set[str]()
    while left:
        thing = left.pop()
        if isinstance(thing, str):
            found.add(thing)
        elif isinstance(thing, Mapping):
            left += thing.values()
        elif isinstance(thing, (tuple, list, frozenset)):
            left += thing
        elif is_dataclass(thing):
            left += [getattr(thing, f) for f in thing.__dataclass_fields__]
    return found


@cache
def _english() -> frozenset[str]:
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    return frozenset(text.read_text(encoding="utf-8-sig").split()[::2])


@cache
def _census() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and surnames of the United States census, from the package `names`."""
    try:
        folder = files("names")
    except ModuleNotFoundError:
        raise InputError(
            "sharing needs the package `names`",
            why="Names of persons are known by the lists of the census, among other things.",
            do='Install it: pip install "indicated[sharing]".',
        ) from None
    read = {
        name: frozenset(
            line.split()[0].casefold()
            for line in folder.joinpath(f"dist.{name}").read_text("utf-8").splitlines()
            if line.strip()
        )
        for name in ("female.first", "male.first", "all.last")
    }
    return read["female.first"] | read["male.first"], read["all.last"]
