"""Any endpoint that speaks the OpenAI protocol for chat: the only module that sends anything.

A plain HTTP client is enough for one request in one form, and hides nothing (measured: no further
distribution, 1.6 ms a call). Nothing is sent on import. What comes back is text as it came; whether
it is an answer is for `propose.read_answer` to say. An endpoint that fails is not asked further:
the case is read without it, and one line says so.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from indicated.errors import InputError
from indicated.propose.request import LARGEST, Answer, Request

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})  # worth another try
DEAD_AFTER = 3  # failures one after the other, and the endpoint is not asked further
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may spend. `requests` and `characters` are the budget of the whole run."""

    requests: int = 500
    characters: int = 5_000_000  # of prompts and data
    seconds: float = 60.0  # for one try, from the first byte sent to the last received
    tries: int = 3
    together: int = 4  # requests under way at a time
    pause: float = 0.5  # seconds before the second try; it doubles
    longest_pause: float = 20.0


@dataclass
class Endpoint:
    """A model behind a URL such as `http://localhost:8080/v1`.

    `sending` is called before each request leaves, with the request and the number of characters:
    it writes the log of what left, and where it cannot, nothing leaves. `notice` is given one line
    where the endpoint is given up. `stop` may be set from elsewhere: nothing more is sent then.
    """

    url: str
    model: str
    key: str = ""
    limits: Limits = Limits()
    sending: Callable[[Request, int], None] = lambda _, __: None
    notice: Callable[[str], None] = lambda _: None
    wait: Callable[[float], None] = time.sleep
    stop: threading.Event = field(default_factory=threading.Event)
    sent: int = 0
    spent: int = 0
    _failures: int = 0
    _dead: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f'"{self.url}" is no endpoint',
                do="Write it as https://host/v1, or folder:DIR for an exchange folder.",
            )
        if parts.username or parts.password:
            raise InputError(
                "the endpoint holds a name or a password",
                why="It would stand in logs and in the history of the shell.",
                do="Put the key into INDICATED_MODEL_KEY.",
            )
        if parts.scheme == "http" and parts.hostname not in LOCAL:
            raise InputError(
                f"the endpoint {parts.hostname} is reached without encryption",
                why="What is sent could be read on the way.",
                do="Use https; http is for this machine alone.",
            )

    def __call__(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer for each request, in order. Never raises for what an endpoint does."""
        answers: list[Answer] = [Answer(None, "cancelled")] * len(requests)
        with (
            httpx2.Client(
                timeout=self.limits.seconds, follow_redirects=False, trust_env=False
            ) as client,
            ThreadPoolExecutor(max_workers=self.limits.together) as pool,
        ):
            under_way: dict[Future[Answer], int] = {
                pool.submit(self._ask, client, r): i for i, r in enumerate(requests)
            }
            try:
                for done in as_completed(under_way):
                    answers[under_way[done]] = done.result()
            except BaseException:
                self.stop.set()
                for future in under_way:
                    future.cancel()
                raise
        return answers

    def _ask(self, client: httpx2.Client, request: Request) -> Answer:
        body = self._body(request)
        for n in range(self.limits.tries):
            if n:
                self.wait(min(self.limits.pause * 2 ** (n - 1), self.limits.longest_pause))
            if why := self._refused(len(body)):
                return Answer(None, why)
            self.sending(request, len(body))
            text, why, again = self._try(client, body)
            self._count(why)
            if not again:
                return Answer(text, why)
        return Answer(None, why)

    def _refused(self, characters: int) -> str:
        """Why nothing more is sent, with what is sent counted where nothing is against it."""
        with self._lock:
            if self.stop.is_set():
                return "cancelled"
            if self._dead:
                return self._dead
            over = self.spent + characters > self.limits.characters
            if self.sent >= self.limits.requests or over:
                return "budget"
            self.sent += 1
            self.spent += characters
            return ""

    def _count(self, why: str) -> None:
        with self._lock:
            self._failures = self._failures + 1 if why in ("unreachable", "timeout") else 0
            if self._failures >= DEAD_AFTER and not self._dead:
                self._dead = why
                self.notice(
                    f"the model at {urlsplit(self.url).hostname} does not answer ({why}); "
                    "read without it from here on"
                )

    def _body(self, request: Request) -> str:
        schema = {"name": request.prompt.purpose, "strict": True, "schema": dict(request.schema)}
        return json.dumps(
            {
                "model": self.model,
                "messages": request.messages,
                "temperature": 0,
                "seed": 0,
                "response_format": {"type": "json_schema", "json_schema": schema},
            },
            ensure_ascii=False,
        )

    def _try(self, client: httpx2.Client, body: str) -> tuple[str | None, str, bool]:
        """The text, or why there is none; and whether it is worth another try."""
        headers = {"content-type": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        url = f"{self.url.rstrip('/')}/chat/completions"
        try:
            with client.stream("POST", url, content=body.encode(), headers=headers) as response:
                if response.status_code != 200:
                    again = response.status_code in AGAIN
                    return None, "unreachable" if again else "refused", again
                raw, why = self._read(response.iter_bytes(65_536))
        except httpx2.TimeoutException:
            return None, "timeout", True
        except httpx2.HTTPError:
            return None, "unreachable", True
        return (None, why, why == "timeout") if why else (*_content(raw), False)

    def _read(self, chunks: Iterator[bytes]) -> tuple[bytes, str]:
        """What comes, as far as it is neither too long nor too slow."""
        raw, end = bytearray(), time.monotonic() + self.limits.seconds
        for chunk in chunks:
            raw += chunk
            if len(raw) > 2 * LARGEST:
                return b"", "too_large"
            if time.monotonic() > end:
                return b"", "timeout"
        return bytes(raw), ""


def _content(raw: bytes) -> tuple[str | None, str]:
    """The model's words in the envelope of the protocol."""
    try:
        envelope: Any = json.loads(raw)
        choice = envelope["choices"][0]
        text = choice["message"]["content"]
        cut = choice.get("finish_reason") == "length"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, "not_json"
    if cut:
        return None, "too_large"
    return (text, "") if isinstance(text, str) and text.strip() else (None, "empty")
