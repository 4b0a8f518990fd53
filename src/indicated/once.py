"""What is made once for a vocabulary and kept as long as it is in use.

A vocabulary holds thousands of names, and what is made of all of them (an automaton, a table) costs
far more than reading a case with it. It is known by identity, or by having the same concepts: a
library that was loaded again, with other policies, has the same names.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar

from indicated.model import Concepts

T = TypeVar("T")
KEPT = 2  # vocabularies in use at a time: one's own, and one that is compared with it


def per_vocabulary(make: Callable[[Concepts], T]) -> Callable[[Concepts], T]:
    """The same function, which is called once for each vocabulary that is in use."""
    made: dict[int, tuple[Concepts, T]] = {}  # with the concepts: an id may be given out again

    @wraps(make)
    def known(concepts: Concepts) -> T:
        entry = made.get(id(concepts))
        if entry is not None and entry[0] is concepts:
            return entry[1]
        same = next((own for other, own in made.values() if other == concepts), None)
        built = make(concepts) if same is None else same
        while len(made) >= KEPT:
            made.pop(next(iter(made)), None)
        made[id(concepts)] = (concepts, built)
        return built

    return known


@contextmanager
def without_collection() -> Iterator[None]:
    """Without the search for garbage, which would look at every name of the vocabulary again and
    again: for work that leaves nothing in circles behind."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


__all__ = ["per_vocabulary", "without_collection"]
