"""Results of structured records: numbers as values of measurements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indicated.facts.cues import alternatives
from indicated.facts.entry_names import Reader, folded, is_label, names_of
from indicated.facts.frame import Frame
from indicated.facts.parts import Mention, Number, Page, Sentence
from indicated.facts.units_of import fits, settle
from indicated.facts.value_numbers import candidates_of
from indicated.facts.values import VALUES
from indicated.model import (
    Asserter,
    Assertion,
    Concept,
    Document,
    Entry,
    Fact,
    Mark,
    Quantity,
    When,
)


def measured(entry: Entry, when: When, reader: Reader) -> list[Fact]:
    """The value that an entry states, with its unit settled as in prose."""
    if not isinstance(entry.value, Quantity):
        return []
    by_code = {i: c for i, c in reader.by_code(entry).items() if reader.concepts[i].kind in VALUES}
    by_name, whole = _by_name(entry, reader, confirmed=frozenset(by_code))
    both = [c for c in by_name if c.id in by_code]
    coded = [reader.concepts[i] for i in by_code]
    facts = []
    if both or by_name:
        sure = bool(both) or whole
        facts += _value(entry, entry.value, both or by_name, when, reader, sure=sure)
    if not both and coded and not _kin(by_name, coded, reader):
        label = bool(facts) or is_label(by_code[coded[0].id], entry)
        marks = {Mark.CODE_ONLY} if label else set()
        found = _value(entry, entry.value, coded, when, reader, sure=True)
        facts += [replace(f, marks=f.marks | marks) for f in found]
    return facts


def _by_name(entry: Entry, reader: Reader, confirmed: frozenset[str]) -> tuple[list[Concept], bool]:
    """What the name can mean that is measured, and whether the name is nothing but that."""
    for words in names_of(entry):
        for mention in reader.mentions(words):
            found = candidates_of(mention, reader.concepts)
            if not found or mention.misspelt:  # what a system calls a test is not misspelt
                continue
            if confirmed.isdisjoint(c.id for c in found) and _elsewhere(words, mention):
                return [], False
            return found, mention.end - mention.start == len(words)
    return [], False


def _elsewhere(words: str, mention: Mention) -> bool:
    """Whether the rest of the name says that something else is measured: "IgG in CSF"; or that it
    is a part of or a relation to something else: "IgG/albumin"."""
    if _related(words, mention):
        return True
    rest = folded(f"{words[: mention.start]} . {words[mention.end :]}")
    return alternatives("entries", "elsewhere").search(rest) is not None


_OVER = re.compile(r"\s*/\s*(?P<to>[a-z]{2,})")
_UNDER = re.compile(r"[^\W\d_]\s*/\s*$")


def _related(words: str, mention: Mention) -> bool:
    lower = words.lower()
    over = _OVER.match(lower, mention.end)
    own = lower[mention.start : mention.end].split()
    if over and over["to"] not in own:  # "hemoglobin A1c/hemoglobin.total" is one thing
        return True
    return _UNDER.search(lower[: mention.start]) is not None


def _kin(by_name: Sequence[Concept], coded: Sequence[Concept], reader: Reader) -> bool:
    """Whether name and code mean a thing and a kind of it."""
    is_a = reader.concepts.is_a
    return any(is_a(a.id, b.id) or is_a(b.id, a.id) for a in by_name for b in coded)


def _value(
    entry: Entry, quantity: Quantity, candidates: list[Concept], when: When, reader: Reader,
    *, sure: bool,
) -> list[Fact]:  # fmt: skip
    """One value. Without certainty what is measured, a unit that does not fit makes no fact."""
    unitless = not any(c.unit for c in candidates)  # written in one unit only, which is left out
    if unitless:
        quantity = replace(quantity, unit="")
    unit = quantity.unit
    foreign = bool(entry.written_unit) and not unitless
    if not sure and (foreign or (unit and not _any_fits(unit, candidates))):
        return []
    number = Number(0, 0, quantity, 0, foreign_unit=foreign)
    blank = _blank(reader)
    settled = settle(blank, number, candidates, adjacent=True)
    if settled is None:
        return []
    id, stated, marks, _ = settled
    printed = entry.reference.unit if entry.reference else ""
    if Mark.UNIT_MISSING in marks and printed:
        again = settle(blank, number, candidates, adjacent=True, unit=printed)
        if again and Mark.UNIT_IMPOSSIBLE not in again[2]:
            id, stated, marks = again[0], again[1], again[2] | {Mark.UNIT_INFERRED}
    return [
        Fact(id, Assertion.PRESENT, stated, when, entry.asserter or Asserter.PROVIDER, marks=marks)
    ]


def _any_fits(unit: str, candidates: Sequence[Concept]) -> bool:
    return any(fits(unit, c) or (unit == "%" and c.unit.startswith("%{")) for c in candidates)


def _blank(reader: Reader) -> Frame:
    """A sentence in which nothing stands: an entry's number has no neighbours."""
    document = Document("", "")
    page = Page(document, "", "", reader.as_of, False, (), (), (), (), ())
    return Frame(page, Sentence(0, 0), (), (), ())


def sought(entry: Entry, reader: Reader) -> list[Fact]:
    """A measurement or test that the record says has no result."""
    by_code = reader.by_code(entry)
    by_name, _ = _by_name(entry, reader, frozenset(by_code))
    kinds = VALUES | {"test"}
    ids = [c.id for c in by_name] or [i for i in by_code if reader.concepts[i].kind in kinds]
    ids = ids or _tests(entry, reader)
    if len(ids) != 1:
        return []
    asserter = entry.asserter or Asserter.PROVIDER
    return [Fact(ids[0], Assertion.NOT_DOCUMENTED, asserter=asserter)]


def _tests(entry: Entry, reader: Reader) -> list[str]:
    found = [m for words in names_of(entry) for m in reader.mentions(words)]
    ids = dict.fromkeys(c for m in found if len(m.concepts) == 1 for c in m.concepts)
    return [i for i in ids if reader.concepts[i].kind == "test"]
