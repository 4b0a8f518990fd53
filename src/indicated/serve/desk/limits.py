"""How much a request may bring, counted while it comes in: a length that is told may be a lie."""

from __future__ import annotations

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
