"""Whether the identifiers of works and of cited sources exist, and under the title that is stated.

What a register says is given; nothing is asked here. That a record exists under its title does not
say that it holds what a policy cites from it, so nothing is ever marked as checked by this.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from indicated.evidence.collection import Collection
from indicated.evidence.identifiers import Identifier
from indicated.evidence.parts import Notice
from indicated.evidence.query import words_of
from indicated.evidence.shipped import Cited
from indicated.model import Work

EXISTS, MISSING, DIFFERS, UNKNOWN = "exists", "does not exist", "title differs", "not asked"
ALIKE = 92  # of 100, with the same numbers: a word spelled otherwise, an article left out
FEWEST = 4  # words of a title that may stand for a longer one which begins with it
_TAG = re.compile(r"<[^<>]{1,200}>")
_APART = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")  # "(Table 3)", which a policy adds
_FALLEN = re.compile(r"^\W*(?:retracted(?: article)?|withdrawn(?: article)?)\s*[:.-]\s*", re.I)
_NAME = re.compile(r"[,(\[;:]")  # ends the name of a product in the title of a label


@dataclass(frozen=True, slots=True)
class Stated:
    """An identifier with the title that is stated for it, and where that is."""

    named: Identifier
    title: str
    by: tuple[str, ...]  # "work 3f2a61c0", or policies and the like
    checked: str = ""  # as the library says of its source


@dataclass(frozen=True, slots=True)
class Told:
    """What a register says of an identifier. `exists` is None where it is not known."""

    exists: bool | None
    register: str
    titles: tuple[str, ...] = ()
    status: str = "current"
    same: tuple[Identifier, ...] = ()  # other identifiers of the same work
    why: str = ""  # it is not known


@dataclass(frozen=True, slots=True)
class Held:
    """A stated identifier held against what its register says."""

    stated: Stated
    verdict: str
    told: Told
    compared: bool = False  # there were two titles to compare


def stated(works: Iterable[Work], sources: Iterable[Cited]) -> tuple[Stated, ...]:
    """Every identifier of works and sources; the same under the same title is one."""
    found: dict[tuple[Identifier, str], Stated] = {}
    for title, named, by, checked in (*_of_works(works), *_of_sources(sources)):
        before = found.get((named, title))
        by = (*(before.by if before else ()), *by)
        checked = (before.checked if before else "") or checked
        found[named, title] = Stated(named, title, by, checked)
    return tuple(sorted(found.values(), key=lambda s: s.named))


def _of_works(works: Iterable[Work]) -> Iterator[tuple[str, Identifier, tuple[str, ...], str]]:
    for work in works:
        yield from ((work.title, n, (f"work {work.id[:8]}",), "") for n in work.identifiers)


def _of_sources(cited: Iterable[Cited]) -> Iterator[tuple[str, Identifier, tuple[str, ...], str]]:
    for source in cited:
        r = source.reference
        yield from ((r.title, n, source.used_by, r.checked) for n in source.identifiers)


def held(things: Iterable[Stated], told: Mapping[Identifier, Told]) -> tuple[Held, ...]:
    """Each held against what was told of it; what nothing was told of was not asked."""
    return tuple(_held(s, told.get(s.named)) for s in things)


def _held(one: Stated, told: Told | None) -> Held:
    if told is None:
        told = Told(None, "", why="no register is asked for it")
    if told.exists is None:
        return Held(one, UNKNOWN, told)
    if not told.exists:
        return Held(one, MISSING, told)
    titles = [t for t in told.titles if words_of(t)]
    if not titles or not words_of(one.title):
        return Held(one, EXISTS, told)
    same = any(agree(one.title, t, label=one.named[0] == "setid") for t in titles)
    return Held(one, EXISTS if same else DIFFERS, told, compared=True)


def agree(stated: str, known: str, *, label: bool = False) -> bool:
    """Whether two titles are one: signs, case and markup aside, with the same numbers; one may
    begin with the other. Of a label, the product's name must stand in the register's title.

    >>> agree("Rituximab in lupus: a trial", "<i>Rituximab</i> in Lupus - a Trial.")
    True
    >>> agree("Care of pain, part 1", "Care of pain, part 2")
    False
    >>> agree("Exampla, prescribing information", "EXAMPLA (EXAMPLINE) TABLET [MAKER]", label=True)
    True
    """
    if label:
        name, whole = words_of(_NAME.split(stated)[0]), words_of(known)
        return bool(name) and any(whole[n : n + len(name)] == name for n in range(len(whole)))
    one, two = _plain(stated), _plain(known)
    return _same(one, two) or _same(_plain(_APART.sub("", stated)), two)


def _same(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    short, long = sorted((one, two), key=len)
    if len(short) >= FEWEST and long[: len(short)] == short:
        return True
    numbers = [sorted(w for w in words if any(c.isdigit() for c in w)) for words in (one, two)]
    return numbers[0] == numbers[1] and fuzz.ratio(" ".join(one), " ".join(two)) >= ALIKE


def _plain(title: str) -> tuple[str, ...]:
    return tuple(words_of(_FALLEN.sub("", _TAG.sub("", html.unescape(title)))))


def heed(collection: Collection, found: Iterable[Held]) -> tuple[str, ...]:
    """Mark the works that do not stand by what a register says of them, wherever they are; gives
    the ids of those whose status changed."""
    before = {w.id: w.status for w in collection.works()}
    with collection.changing():
        for one in found:
            if one.verdict == EXISTS and one.compared and one.told.status != "current":
                for kind, value in dict.fromkeys((one.stated.named, *one.told.same)):
                    collection.heed(Notice(kind, value, one.told.status, one.told.register))
    return tuple(w.id for w in collection.works() if before[w.id] != w.status)
