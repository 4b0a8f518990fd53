"""Who is treated, where that is no concept: groups by their words and by age in years."""

from __future__ import annotations

from collections.abc import Iterator

from indicated.evidence.asides import cue, pattern
from indicated.model import Named


def is_group(id: str) -> bool:
    """Whether an id is one of the groups of the cue file."""
    return id in cue("groups")


def groups(id: str) -> tuple[frozenset[str], bool]:
    """The groups that a group excludes, and whether it needs no word of its own."""
    entry = cue("groups", id)
    return frozenset(entry["apart"]), entry.get("unless_said") == "true"


def group_mentions(text: str) -> tuple[Named, ...]:
    """Where a text names a group of people, by its words or by an age.

    >>> [n.concepts for n in group_mentions("children aged 6 to 11 years")]
    [('children',), ('children',)]
    >>> [n.concepts for n in group_mentions("patients 12 years and older")]
    [('children', 'adults')]
    """
    by_words = [
        Named(m.start(), m.end(), (id,))
        for id in cue("groups")
        for m in pattern("groups", id, "words").finditer(text)
    ]
    return tuple(sorted([*by_words, *_ages(text)], key=lambda n: (n.start, n.concepts)))


def _ages(text: str) -> Iterator[Named]:
    grown = int(cue("adult_from"))
    for kind in ("from", "below", "between", "old"):
        for m in pattern("ages", kind).finditer(text):
            first, *last = (int(g) for g in m.groups() if g)
            most = max([first, *last])
            young = most <= grown if kind == "below" else first < grown
            adult = most > grown if kind == "below" else kind == "from" or most >= grown
            ids = ("children",) * young + ("adults",) * adult
            if ids:
                yield Named(m.start(), m.end(), ids)
