"""The story of a policy begun from literature: the passages of one's collection that are about the
treatment and the condition, and the conditions that the program itself reads in them.

Each condition is drafted with its own words at their place; what looks like one and is not read is
left to the author. Nothing decides before the author has.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from indicated.criteria.drafted import Drafted, Open, Origin, Stated
from indicated.errors import InputError
from indicated.evidence.adequacy import Sought
from indicated.evidence.asides import cue
from indicated.evidence.collection import Collection
from indicated.evidence.identifiers import written
from indicated.evidence.index import Index
from indicated.facts import limits, outline
from indicated.known import adequate, telling
from indicated.model import Concepts, Limit, Named, Passage, Unread, Work

# Conditions that are read where somebody else points, each in its passage.
Pointing = Callable[[Sequence[Passage]], Sequence[tuple[Passage, Limit]]]
_TREATED = ("lasting", "ended")  # conditions on a treatment: on another one than is asked for
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
            stated.append((sources.stated(passage, limit), place))
        left += [sources.open(passage, u, about) for u, about in unread]
    for passage, limit in pointing(found) if pointing else ():
        told = replace(sources.stated(passage, limit), pointed=True)
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


def conditions(
    passage: Passage, sought: Sought, concepts: Concepts
) -> tuple[list[tuple[Limit, int]], list[tuple[Unread, str]]]:
    """The conditions that a passage states for what is sought, each with where its sentence
    begins; and what looks like one, with what it is about where that is why it was left."""
    found = limits(passage.text, concepts, passage.section)
    starts = [start for start, _ in outline(passage.text, concepts).sentences]
    kept: list[tuple[Limit, int]] = []
    left = [(unread, "") for unread in found.unread]
    for limit in found.read:
        if limit.kind in _TREATED and _related(limit.concept, sought.intervention, concepts):
            left.append((Unread(limit.start, limit.end, "own"), concepts.label(limit.concept)))
        elif about := beside(passage, limit, sought, concepts, found.read):
            left.append((Unread(limit.start, limit.end, "beside"), about))
        else:
            kept.append((limit, starts[bisect_right(starts, limit.start) - 1]))
    return kept, sorted(left, key=lambda u: u[0].start)


def beside(
    passage: Passage,
    limit: Limit,
    sought: Sought,
    concepts: Concepts,
    read: Sequence[Limit] = (),
) -> str:
    """The first name of another treatment or disease in the sentences of a condition, outside of
    what is read there; "" where there is none, and the condition holds by itself."""
    told = outline(passage.text, concepts)
    touched = [s for s in told.sentences if s[0] < limit.end and limit.start < s[1]]
    start, end = touched[0][0], touched[-1][1]
    here = [x for x in (*read, limit) if start <= x.start < end]
    others = [
        n for n in told.named
        if start <= n.start and n.end <= end and _other(n, here, sought, concepts)
    ]  # fmt: skip
    return passage.text[others[0].start : others[0].end] if others else ""


def _other(name: Named, read: Sequence[Limit], sought: Sought, concepts: Concepts) -> bool:
    """Whether a name, outside of what is read, is of another treatment or disease."""
    if any(x.start <= name.start and name.end <= x.end for x in read):
        return False
    kinds = {*cue("interventions"), *cue("indications")}
    about = (*sought.intervention, *sought.indication)
    return any(concepts[c].kind in kinds for c in name.concepts if c in concepts) and not any(
        _related(c, about, concepts) for c in name.concepts
    )


def _related(id: str, others: Sequence[str], concepts: Concepts) -> bool:
    return any(concepts.is_a(id, o) or concepts.is_a(o, id) for o in others)


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
    return sources.stated(passage, Limit("named", sought.indication[0], start, end))


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

    def stated(self, passage: Passage, limit: Limit) -> Stated:
        """A condition with its words, which are quoted under a place of their own."""
        key = self.key(passage.work)
        words = passage.text[limit.start : limit.end]
        start, end = passage.start + limit.start, passage.start + limit.end
        place = self._place(passage, words)
        return Stated(limit, key, place, words, passage.work.id, start, end)

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


def _locator(passage: Passage) -> str:
    """The page of a passage, else the heading it stands under."""
    if passage.page:
        return f"p. {passage.page}"
    heading = " ".join(passage.section.rpartition(">")[2].replace("#", "").split())
    return heading[:_LONGEST].strip() or "text"
