"""Whether the identifiers of works and of cited sources exist, and under the title that is stated.

What a register says is given; nothing is asked here. That a record exists under its title does not
say that it holds what a policy cites from it, so nothing is ever marked as checked by this.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from indicated.evidence.collection import Collection
from indicated.evidence.identifiers import Identifier
from indicated.evidence.parts import Notice
from indicated.evidence.query import words_of
from indicated.evidence.shipped import Cited
from indicated.model import Work

EXISTS, MISSING, DIFFERS, UNKNOWN = "exists", "does not exist", "title differs", "not known"
NO_REGISTER = "there is no register of it"
FEWEST = 4  # words of a title that may stand without its subtitle
_TAG = re.compile(r"<[^<>]{1,200}>")
_APART = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")  # "(Table 3)", which a policy adds
_FALLEN = re.compile(r"^\W*(?:retracted(?: article)?|withdrawn(?: article)?)\s*[:.-]\s*", re.I)
_SUBTITLE = re.compile(r"[:;.?!–—]\s|\s-\s")  # begins behind this
_ARTICLES = frozenset({"a", "an", "the"})
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
        told = Told(None, "", why=NO_REGISTER)
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
    """Whether two titles are one: the same words, whatever the signs, the case and the markup. One
    may lack a subtitle without numbers. Words that are merely alike are not the same: hypertension
    is not hypotension. Of a label, the product's name must stand in the register's title.

    >>> agree("Rituximab in lupus: a trial", "<i>Rituximab</i> in Lupus - a Trial.")
    True
    >>> agree("Care of pain in adults", "Care of pain in adults: part 2")
    False
    >>> agree("Exampla, prescribing information", "EXAMPLA (EXAMPLINE) TABLET [MAKER]", label=True)
    True
    """
    if label:
        name, whole = words_of(_NAME.split(stated)[0]), words_of(known)
        return bool(name) and any(whole[n : n + len(name)] == name for n in range(len(whole)))
    one, two = _plain(stated), _plain(known)
    return _same(one, two) or _same(_APART.sub("", one), two)


def _same(one: str, two: str) -> bool:
    words = [_words(one), _words(two)]
    if not all(words):
        return False
    if "".join(words[0]) == "".join(words[1]):  # "post-operative" is "postoperative"
        return True
    numbers = [sorted(w for w in said if any(c.isdigit() for c in w)) for said in words]
    mains = [_words(_SUBTITLE.split(title)[0]) for title in (one, two)]
    return numbers[0] == numbers[1] and any(
        len(main) >= FEWEST and main == whole
        for main, whole in ((mains[0], words[1]), (mains[1], words[0]))
    )


def _words(title: str) -> tuple[str, ...]:
    words = words_of(title)
    return words[1:] if words[:1] and words[0] in _ARTICLES else words


def _plain(title: str) -> str:
    """A title without markup and without what is put before it when it is retracted."""
    return _FALLEN.sub("", _TAG.sub("", html.unescape(title))).strip()


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
