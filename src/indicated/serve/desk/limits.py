"""How much a request may bring, counted while it comes in: a length that is told may be a lie."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from indicated.errors import InputError
from indicated.serve.desk.settings import DeskSettings

MEGABYTE = 1_000_000
LEAVE_OUT = "Leave out what does not matter, or give it in parts."
SMALL = 2 * MEGABYTE  # for whatever brings no files
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class TooLarge(InputError):
    """The request brings more than the desk takes."""


class TooMany(InputError):
    """More is asked in a minute than is heard."""


class Attempts:
    """At most so many in a minute of one kind: of an address, whatever the login; of a token."""

    SECONDS, KINDS = 60, 10_000

    def __init__(self, most: int) -> None:
        self.most = most
        self._seen: dict[str, deque[float]] = {}

    def allows(self, kind: str, now: float) -> bool:
        """Whether one more is heard; it counts.

        >>> slow = Attempts(20)
        >>> [slow.allows("a", 0) for _ in range(21)].count(True), slow.allows("a", 61)
        (20, True)
        """
        if len(self._seen) > self.KINDS:
            self._seen = {a: s for a, s in self._seen.items() if now - s[-1] < self.SECONDS}
        seen = self._seen.setdefault(kind, deque(maxlen=self.most))
        if len(seen) == self.most and now - seen[0] < self.SECONDS:
            return False
        seen.append(now)
        return True


def limited(settings: DeskSettings) -> Callable[[App], App]:
    """The gate before everything else."""

    def around(app: App) -> App:
        async def gate(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            most = allowed(scope["path"], settings)
            taken = 0

            async def counted() -> Message:
                nonlocal taken
                message = await receive()
                taken += len(message.get("body", b""))
                if taken > most:
                    raise TooLarge(
                        f"more than {most // MEGABYTE} MB were sent",
                        do=LEAVE_OUT,
                    )
                return message

            await app(scope, counted, send)

        return gate

    return around


def allowed(path: str, settings: DeskSettings) -> int:
    """The most bytes that a request to a path may bring.

    >>> allowed("/ask", DeskSettings()) > allowed("/sign-in", DeskSettings())
    True
    """
    files = path.removeprefix("/api").endswith(("/ask", "/documents"))
    return settings.upload_megabytes * MEGABYTE if files else SMALL
