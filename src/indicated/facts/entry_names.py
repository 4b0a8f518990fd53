"""What a structured statement is about: by the name that a person wrote, and by its codes.

The name comes first. Where name and code disagree, what the name says is the fact, and what the
code says is one more, marked as a label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from indicated.facts.cues import listed
from indicated.facts.fold import fold, lowered
from indicated.facts.mentions import Lexicon, find_mentions
from indicated.facts.parts import Mention
from indicated.model import Coding, Concepts, Document, Entry, Fact, Mark

_DEMOGRAPHIC = frozenset({"age", "sex"})
_DOTTED = frozenset({"icd10cm", "icd10"})


@dataclass
class Reader:
    """The vocabulary, the day, and the reader of prose; with what was looked up before."""

    lex: Lexicon
    as_of: date
    prose: Callable[[Document], list[Fact]]
    names: dict[str, list[Mention]] = field(default_factory=dict)
    codes: dict[Coding, tuple[str, ...]] = field(default_factory=dict)
    said: dict[tuple[str, date], list[Fact]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)

    @property
    def concepts(self) -> Concepts:
        """The concepts of the vocabulary."""
        return self.lex.concepts

    def mentions(self, words: str) -> list[Mention]:
        """The names in the words of an entry."""
        found = self.names.get(words)
        if found is None:
            lower = lowered(words)
            found = find_mentions(words, lower, lower.replace("-", " "), self.lex)
            self.names[words] = found
        return found

    def statements(self, sentence: str, day: date | None = None) -> list[Fact]:
        """What the reader of prose makes of a sentence written on a day (default: `as_of`).

        Who the patient is stands in an entry of its own: "adult" in the name of an illness is none.
        """
        if not self.mentions(sentence):
            return []
        key = (sentence, day or self.as_of)
        found = self.said.get(key)
        if found is None:
            document = Document("entry", sentence, day or self.as_of)
            found = [f for f in self.prose(document) if f.concept not in _DEMOGRAPHIC]
            self.said[key] = found
        return found

    def by_code(self, entry: Entry) -> dict[str, Coding]:
        """The concepts that an entry's codes mean, each with its code."""
        found: dict[str, Coding] = {}
        for coding in entry.codings:
            for id in self._of(coding):
                found.setdefault(id, coding)
        return found

    def _of(self, coding: Coding) -> tuple[str, ...]:
        known = self.codes.get(coding)
        if known is None:
            code = coding.code.upper()
            if coding.system in _DOTTED and len(code) > 3 and "." not in code:
                code = f"{code[:3]}.{code[3:]}"
            ids = self.lex.by_code.get(code, ())
            known = tuple(i for i in ids if self._in_system(i, coding.system, code))
            self.codes[coding] = known
        return known

    def _in_system(self, id: str, system: str, code: str) -> bool:
        """Whether the concept has the code in that system; without a system any will do."""
        table = self.concepts[id].codes
        if not system:
            return True
        return any(c.upper() == code for c in table.get(system, ()))

    def name_of(self, id: str) -> str:
        """A name that means this concept and nothing else; its label where there is none."""
        if id not in self.called:
            concept = self.concepts[id]
            tried = [concept.label, *concept.names, *concept.abbreviations]
            plain = (n for n in tried if self._only(n, id))
            self.called[id] = next(plain, concept.label)
        return self.called[id]

    def _only(self, name: str, id: str) -> bool:
        found = self.mentions(name)
        return len(found) == 1 and found[0].concepts == (id,) and found[0].end == len(name)


def names_of(entry: Entry) -> list[str]:
    """The words of an entry, the person's own first, then what the code systems call it."""
    return list(dict.fromkeys(w for w in (entry.words, *(c.display for c in entry.codings)) if w))


def is_label(coding: Coding | None, entry: Entry) -> bool:
    """Whether what only this code says is a label."""
    return entry.label or coding is None or coding.system in listed("entries", "labels")


def by_code_too(
    facts: list[Fact], entry: Entry, reader: Reader, kinds: frozenset[str] | None = None
) -> list[Fact]:
    """The facts by name, and as labels those that only the codes would make.

    `kinds`: only codes of such concepts count. A code that is broader than the name agrees with it.
    """
    model = next((f for f in facts if Mark.CODE_ONLY not in f.marks), None)
    if model is None:
        return facts
    concepts = reader.concepts
    have = {f.concept for f in facts}
    more = []
    for id in reader.by_code(entry):
        agrees = any(concepts.is_a(named, id) for named in have)
        fits = kinds is None or concepts[id].kind in kinds
        if fits and not agrees:
            marks = model.marks | {Mark.CODE_ONLY}
            more.append(replace(model, concept=id, marks=marks, value=None, shown_by=frozenset()))
    return [*facts, *more]


def folded(words: str) -> str:
    """Words as the phrases of the cue files are compared with them.

    >>> folded("Not-tolerated (qualifier value)")
    'not tolerated qualifier value'
    """
    return " ".join(fold(words).replace("(", " ").replace(")", " ").split())
