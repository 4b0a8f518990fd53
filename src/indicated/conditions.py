"""The conditions that passages state for what is sought, and where works state different ones.

A condition counts only where it holds by itself: a sentence that names another treatment or disease
beside it says that it holds together with that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from indicated.evidence.adequacy import Sought
from indicated.evidence.asides import cue
from indicated.evidence.parts import TYPES
from indicated.evidence.people import group_mentions, groups
from indicated.facts import limits, outline
from indicated.model import Concepts, Differing, Limit, Named, Passage, Unread
from indicated.units import convert, convertible

_TREATED = ("lasting", "ended")  # conditions on a treatment: on another one than is asked for
AGE = "age"  # the concept
OF_A_LIMIT = 2  # works that are shown for one limit


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


# --- where works differ ------------------------------------------------------------------------


def differing(
    passages: Iterable[Passage], sought: Sought, concepts: Concepts
) -> tuple[Differing, ...]:
    """Measurements for which works state different limits in the same direction and for the same
    people, each with the sentences that state them: the newest first, of one year the strongest
    kind of work, and of each limit the first few. A work that states several stands beside another
    only where they share none."""
    found: dict[tuple[object, ...], dict[str, list[tuple[Passage, Limit]]]] = {}
    for passage in passages:
        for limit, start in conditions(passage, sought, concepts)[0]:
            if limit.kind == "value":
                key = (
                    limit.concept,
                    *(b.op in _UPWARD for b in limit.bounds),
                    _people(passage, limit),
                )
                told = _narrowed(passage, limit, start, concepts)
                found.setdefault(key, {}).setdefault(passage.work.id, []).append(told)
    out = []
    for key, by_work in found.items():
        apart = [
            w for w in by_work if any(_apart(by_work[w], by_work[o], concepts) for o in by_work)
        ]
        stated = [one for w in apart for one in _once(by_work[w])]
        if stated:
            newest = sorted(stated, key=lambda s: _newest(s[0]))
            out.append(Differing(str(key[0]), tuple(_few_of_each(newest))))
    return tuple(out)


def _few_of_each(stated: Sequence[Stated]) -> Iterator[Stated]:
    """The first works that state each limit: what many say alike is not told by all of them."""
    told: Counter[object] = Counter()
    for passage, limit in stated:
        told[limit.bounds] += 1
        if told[limit.bounds] <= OF_A_LIMIT:
            yield passage, limit


_UPWARD = frozenset({"at_least", "above"})
Stated = tuple[Passage, Limit]


def _people(passage: Passage, limit: Limit) -> frozenset[str]:
    """The groups of people that a passage is about; an age says which by itself."""
    if limit.concept == AGE:
        return frozenset()
    words = f"{passage.work.title}. {passage.section}. {passage.text}"
    named = {id for n in group_mentions(words) for id in n.concepts}
    return frozenset(id for id in named if not groups(id)[1])  # adults are meant unless it is said


def _narrowed(passage: Passage, limit: Limit, start: int, concepts: Concepts) -> Stated:
    """The sentence of a condition, at its own offsets."""
    told = outline(passage.text, concepts)
    end = next(b for a, b in told.sentences if a == start)
    at, text = passage.start + start, passage.text[start:end]
    return (
        replace(passage, text=text, start=at, end=at + len(text)),
        replace(limit, start=limit.start - start, end=limit.end - start),
    )


def _apart(one: Sequence[Stated], other: Sequence[Stated], concepts: Concepts) -> bool:
    return not any(same_limit(a, b, concepts) for _, a in one for _, b in other)


def same_limit(one: Limit, other: Limit, concepts: Concepts) -> bool:
    """Whether two conditions on a measurement ask for the same, in whatever units."""
    mass = concepts[one.concept].molar_mass
    pairs = list(zip(one.bounds, other.bounds, strict=False))
    if one.concept != other.concept or len(one.bounds) != len(other.bounds):
        return False
    for a, b in pairs:
        x, y = a.limit, b.limit
        assert x.exact is not None
        value = x.exact
        if x.unit != y.unit:
            if not (x.unit and y.unit and convertible(x.unit, y.unit, mass)):
                return False
            value = convert(value, x.unit, y.unit, mass)
        if a.op != b.op or value != y.exact:
            return False
    return True


def _once(stated: Sequence[Stated]) -> list[Stated]:
    """Each limit of one work once."""
    return list({limit.bounds: (passage, limit) for passage, limit in reversed(stated)}.values())[
        ::-1
    ]


def _newest(passage: Passage) -> tuple[int, int, str]:
    work = passage.work
    year = int(work.year[:4]) if work.year[:4].isdigit() else 0
    rank = TYPES.index(work.type) if work.type in TYPES else len(TYPES)
    return (-year, rank, work.id)
