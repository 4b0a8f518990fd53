"""The story of a policy begun from literature: the passages of one's collection that are about the
treatment and the condition, and the conditions that the program itself reads in them.

Each condition is drafted with its own words at their place; what looks like one and is not read is
left to the author. Nothing decides before the author has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from indicated.conditions import conditions
from indicated.criteria.drafted import Drafted, Open, Origin, Stated
from indicated.errors import InputError
from indicated.evidence.adequacy import Sought
from indicated.evidence.collection import Collection
from indicated.evidence.identifiers import written
from indicated.evidence.index import Index
from indicated.facts import outline
from indicated.known import adequate, telling
from indicated.model import Concepts, Limit, Passage, Unread, Work

# Conditions that are read where somebody else points, each in its passage.
Pointing = Callable[[Sequence[Passage]], Sequence[tuple[Passage, Limit]]]
_LONGEST = 80  # characters of a heading that a citation names
_INITIALS = re.compile(r"\b[A-Za-z]")


def draft(
    collection: Collection,
    treatment: str,
    condition: str,
    concepts: Concepts,
    index: Index | None = None,
    pointing: Pointing | None = None,
) -> Drafted:
    """What a collection gives for a policy on a treatment in a condition (concepts). Raises
    `InputError` where none of its passages is about both.

    `pointing` gives conditions that the program reads where a model pointed
    (`drafts_assisted.py`); the draft says so of each.
    """
    sought = Sought((treatment,), (condition,))
    found = adequate(collection, sought, concepts, index)
    if not found:
        about = f"{concepts.label(treatment)} in {concepts.label(condition)}"
        raise InputError(
            f"no passage of the collection is about {about}",
            str(collection.path),
            "A draft rests on passages that say for whom the treatment is.",
            "Bring in what you have on it (`indicated evidence import`), or start from the "
            "template: leave --from-evidence out.",
        )
    sources = _Sources(collection)
    shown = _shown(found, sought, concepts, sources)
    stated: list[tuple[Stated, tuple[str, int]]] = []
    left: list[Open] = []
    for passage in found:
        kept, unread = conditions(passage, sought, concepts)
        for limit, sentence in kept:
            place = (passage.work.id, passage.start + sentence)
            told = sources.stated(passage, limit, concepts)
            stated.append((told, place))
        left += [sources.open(passage, u, about) for u, about in unread]
    for passage, limit in pointing(found) if pointing else ():
        told = replace(sources.stated(passage, limit, concepts), pointed=True)
        stated.append((told, (passage.work.id, told.start)))
        left = [x for x in left if not _within(x, told)]
    return Drafted(
        treatment, condition, len(found), sources.listed(), shown,
        tuple(s for s, _ in stated), tuple(left), tuple(at for _, at in stated),
    )  # fmt: skip


def _within(left: Open, told: Stated) -> bool:
    return left.work == told.work and left.start < told.end and told.start < left.end


def concept_named(words: str, concepts: Concepts, kinds: Sequence[str] = ()) -> str:
    """The concept that a user names by its id or by a name. Raises `InputError` where it is none,
    or one of several."""
    wanted = " ".join(words.split()).casefold()
    among = [c for c in concepts.by_id.values() if not kinds or c.kind in kinds]
    exact = [c.id for c in among if c.id == words.strip()]
    found = exact or [
        c.id for c in among
        if wanted in {n.casefold() for n in (c.label, *c.names, *c.abbreviations)}
    ]  # fmt: skip
    if len(found) != 1:
        several = ", ".join(sorted(found))
        raise InputError(
            f'"{words}" may be one of several concepts' if found else f'no concept is "{words}"',
            why="A passage on something else would be taken for evidence.",
            do=f"Name one by its id: {several}." if found else
            "`indicated policy concepts WORD` finds it; or define it in FOLDER/concepts.",
        )  # fmt: skip
    return found[0]


def _shown(
    found: Sequence[Passage], sought: Sought, concepts: Concepts, sources: _Sources
) -> Stated:
    """The words that name what is sought, of the passage whose sentence names most of it."""
    wanted = (*sought.intervention, *sought.indication)
    best: tuple[int, Passage, int, int] | None = None
    for passage in found:
        sentence = telling(passage, sought, concepts)
        if sentence is None:
            continue
        named = [
            (n.start, n.end, id)
            for n in outline(sentence.text, concepts).named
            for id in wanted
            if not n.negated and any(concepts.is_a(c, id) for c in n.concepts)
        ]
        many = len({id for _, _, id in named})
        shift = sentence.start - passage.start
        start = shift + min((a for a, _, _ in named), default=0)
        end = shift + max((b for _, b, _ in named), default=len(sentence.text))
        if best is None or many > best[0]:
            best = (many, passage, start, end)
    assert best is not None  # an adequate passage has text
    _, passage, start, end = best
    return sources.stated(passage, Limit("named", sought.indication[0], start, end), concepts)


class _Sources:
    """The works that a draft rests on, each with a key, and the words quoted from it by place."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.works: dict[str, tuple[str, Work]] = {}
        self.quotes: dict[str, dict[str, str]] = {}

    def key(self, work: Work) -> str:
        """The key of a work: who issued it and when, as far as is known."""
        if work.id not in self.works:
            letters = "".join(_INITIALS.findall(work.organisation or work.title)).upper()[:6]
            key = base = f"{letters or 'SOURCE'}{work.year[:4]}"
            taken = {k for k, _ in self.works.values()}
            n = 2
            while key in taken:
                key, n = f"{base}-{n}", n + 1
            self.works[work.id] = (key, work)
            self.quotes[work.id] = {}
        return self.works[work.id][0]

    def stated(self, passage: Passage, limit: Limit, concepts: Concepts) -> Stated:
        """A condition with its words, which are quoted under a place of their own."""
        key = self.key(passage.work)
        words = passage.text[limit.start : limit.end]
        start, end = passage.start + limit.start, passage.start + limit.end
        place = self._place(passage, words)
        around = "" if passage.work.licensed else _around(passage, limit, concepts)
        return Stated(limit, key, place, words, passage.work.id, start, end, sentence=around)

    def open(self, passage: Passage, unread: Unread, about: str) -> Open:
        """Words that were not read, and why."""
        start, end = passage.start + unread.start, passage.start + unread.end
        words = passage.text[unread.start : unread.end]
        work = passage.work
        return Open(work.id, work.title, _locator(passage), start, end, words, unread.why, about)

    def _place(self, passage: Passage, words: str) -> str:
        quotes, base = self.quotes[passage.work.id], _locator(passage)
        place, n = base, 2
        while quotes.get(place, words) != words:
            place, n = f"{base} ({n})", n + 1
        quotes[place] = words
        return place

    def listed(self) -> tuple[Origin, ...]:
        """The sources as a draft lists them: what the collection knows of each, no more."""
        return tuple(
            Origin(
                key, work.id, work.title, work.type, work.organisation, work.year,
                "; ".join(written(i) for i in work.identifiers), work.url, work.status,
                work.licensed, tuple(self.quotes[work.id].items()),
            )
            for key, work in self.works.values()
        )  # fmt: skip


def _around(passage: Passage, limit: Limit, concepts: Concepts) -> str:
    """The sentences that a condition stands in."""
    told = outline(passage.text, concepts).sentences
    touched = [s for s in told if s[0] < limit.end and limit.start < s[1]]
    return passage.text[touched[0][0] : touched[-1][1]] if touched else ""


def _locator(passage: Passage) -> str:
    """The page of a passage, else the heading it stands under."""
    if passage.page:
        return f"p. {passage.page}"
    heading = " ".join(passage.section.rpartition(">")[2].replace("#", "").split())
    return heading[:_LONGEST].strip() or "text"
