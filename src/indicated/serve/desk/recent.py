"""What was made lately and is asked for again: so many things, the oldest forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """At most `most` things by their keys. Several threads may ask: what two ask for at once is
    made once, and the other waits for it; whoever asks for something else does not.

    >>> squares = Recent[int](2)
    >>> [squares.get(n, lambda n=n: n * n) for n in (1, 2, 1, 3)]
    [1, 4, 1, 9]
    >>> squares.get(2, lambda: 0), squares.get(3, lambda: 0)
    (0, 9)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is held under a key; made where nothing is. What `make` raises is raised, and made
        anew the next time."""
        with self._lock:
            if key in self._held:
                return self._again(key)
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if key in self._held:
                    return self._again(key)
            try:
                made = make()
                with self._lock:
                    self._held[key] = made
                    while len(self._held) > self._most:
                        self._held.popitem(last=False)
                return made
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _again(self, key: Hashable) -> T:
        self._held.move_to_end(key)
        return self._held[key]
