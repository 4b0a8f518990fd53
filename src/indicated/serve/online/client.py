"""What asks public services: the only module of the program that fetches anything from them.

Each service is asked no faster than it allows, one request at a time. An answer is taken only where
it is what was asked for; anything else - a sign-in page, half a file, another host - is an error
that says so, never an empty answer. Nothing is sent on import.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from indicated import __version__
from indicated.errors import InputError
from indicated.serve.online.kept_answers import Answer, Answers

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})  # worth another try
MOVED = frozenset({301, 302, 303, 307, 308})
MOST_MOVES = 3
T = TypeVar("T")


class Failed(InputError):
    """A service did not give what was asked for."""


class Unfit(Exception):
    """An answer that is not what was asked for; its one argument says what it is."""


@dataclass(frozen=True, slots=True)
class Service:
    """A public service: its name, its base address, and how often it may be asked."""

    name: str
    base: str
    pause: float  # seconds between two requests at least
    secret: Mapping[str, str] = field(default_factory=dict)  # sent, never kept, logged or shown


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take."""

    seconds: float = 60.0  # for one try, from the first byte sent to the last received
    bytes: int = 100_000_000
    tries: int = 4
    pause: float = 1.0  # seconds before the second try; it doubles
    longest_pause: float = 120.0  # a service that asks for more is left alone
    fresh: float = 86_400.0  # seconds for which an answer that is kept is not asked for again


@dataclass
class Client:
    """`with Client(...) as client: client.get(...)`.

    `sending` is called with each request before it leaves, without its keys: it writes the log, and
    where it cannot, nothing leaves. `again`: answers that are kept are asked for anew, where the
    service can say that nothing has changed by that alone. Clock and pauses are passed in.
    """

    answers: Answers
    sending: Callable[[str], None]
    limits: Limits = Limits()
    again: bool = False
    proxy: str = ""
    certificates: str = ""  # a file of those to trust beside the system's
    wait: Callable[[float], None] = lambda seconds: time.sleep(seconds)
    tick: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sent: int = 0
    _asked: dict[str, float] = field(default_factory=dict)
    _client: httpx2.Client | None = None

    def __enter__(self) -> Client:
        self._client = httpx2.Client(
            timeout=self.limits.seconds, follow_redirects=False, trust_env=False,
            proxy=self.proxy or None, verify=_trusted(self.certificates),
            headers={"user-agent": f"indicated/{__version__}"},
        )  # fmt: skip
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client:
            self._client.close()

    def get(
        self,
        service: Service,
        path: str,
        reading: Callable[[int, bytes], T],
        params: Mapping[str, str] | None = None,
        *,
        takes: Collection[int] = (200,),
    ) -> T:
        """What `reading` makes of an answer's status and body. Raises `Failed`.

        `reading` raises `Unfit` for what is not what was asked for: that is not kept, and counts as
        a try. `takes`: the statuses that are an answer.
        """
        url = address(service, path, params)
        kept = self.answers.get(url)
        now = self.now().timestamp()
        if kept and not self.again and 0 <= now - kept.at < self.limits.fresh:
            try:
                return reading(kept.status, kept.body)
            except Unfit:
                kept = None  # an earlier program read it otherwise
        why = ""
        for n in range(self.limits.tries):
            answer, why, pause = self._try(service, url, kept, takes)
            if answer is not None:
                try:
                    read = reading(answer.status, answer.body)
                except Unfit as unfit:
                    why, kept = str(unfit), None
                else:
                    self.answers.keep(answer)
                    return read
            if pause is None:
                raise _failed(service, url, why)
            if n + 1 < self.limits.tries:
                self.wait(max(pause, min(self.limits.pause * 2**n, self.limits.longest_pause)))
        raise _failed(service, url, f"{why}; asked {self.limits.tries} times")

    def _try(
        self, service: Service, url: str, kept: Answer | None, takes: Collection[int]
    ) -> tuple[Answer | None, str, float | None]:
        """An answer, or why there is none; and how long to wait at least before another try, None
        where none is worth it."""
        headers = _conditions(kept)
        at = url
        for _ in range(MOST_MOVES + 1):
            try:
                response, body, why = self._send(service, at, headers)
            except httpx2.TimeoutException:
                return None, f"no answer within {self.limits.seconds:g} seconds", 0.0
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.DecodingError):
                return None, "the answer was cut off", 0.0
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                return None, f"it cannot be reached ({type(error).__name__})", 0.0
            if why:
                return None, why, None
            if response.status_code not in MOVED:
                return self._told(response, body, url, kept, takes)
            to = urljoin(at, response.headers.get("location", ""))
            if _host(to) != _host(at):
                name = urlsplit(to).hostname or "nowhere"
                return None, f"it sends the request on to another host ({name}); not followed", None
            at = to
        return None, "it sends the request on and on", None

    def _send(
        self, service: Service, url: str, headers: Mapping[str, str]
    ) -> tuple[httpx2.Response, bytes, str]:
        """One request, when its service may be asked, and what came as far as it is within the
        limits."""
        if self._client is None:
            raise RuntimeError("the client is used within `with`")
        self._pace(service)
        self.sending(url)
        self.sent += 1
        full = url
        if service.secret:
            full += ("&" if urlsplit(url).query else "?") + urlencode(service.secret)
        body, end = bytearray(), self.tick() + self.limits.seconds
        with self._client.stream("GET", full, headers=dict(headers)) as response:
            for chunk in response.iter_bytes(65_536):
                body += chunk
                if len(body) > self.limits.bytes:
                    return response, b"", f"more than {self.limits.bytes:,} bytes"
                if self.tick() > end:
                    raise httpx2.ReadTimeout("too slow")
        return response, bytes(body), ""

    def _told(
        self,
        response: httpx2.Response,
        body: bytes,
        url: str,
        kept: Answer | None,
        takes: Collection[int],
    ) -> tuple[Answer | None, str, float | None]:
        status, now = response.status_code, self.now().timestamp()
        if status == 304 and kept:
            return replace(kept, at=now), "", 0.0
        if status in takes:
            head = response.headers
            etag, modified = head.get("etag", ""), head.get("last-modified", "")
            return Answer(url, status, body, now, etag, modified), "", 0.0
        if status not in AGAIN:
            return None, f"it refused ({status}){_said(body)}", None
        pause = self._asked_to_wait(response.headers.get("retry-after", ""))
        said = "it is asked too often (429)" if status == 429 else f"it has failed ({status})"
        if pause > self.limits.longest_pause:
            return None, f"{said} and asks to come back in {pause:.0f} seconds", None
        return None, said, pause

    def _asked_to_wait(self, said: str) -> float:
        """Seconds of a `Retry-After`, which is a number or a date; 0 where it says nothing."""
        if said.strip().isdigit():
            return float(said)
        try:
            at = parsedate_to_datetime(said)
        except (ValueError, TypeError):
            return 0.0
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - self.now()).total_seconds())

    def _pace(self, service: Service) -> None:
        """Wait until a service may be asked again; those at one host share their pauses."""
        host, now = _host(service.base), self.tick()
        since = now - self._asked.get(host, -service.pause)
        if since < service.pause:
            self.wait(service.pause - since)
        self._asked[host] = self.tick()


def address(service: Service, path: str, params: Mapping[str, str] | None = None) -> str:
    """Where a request goes, without what is secret of it.

    >>> address(Service("x", "https://host/v2/", 1.0), "studies", {"query.term": "a b"})
    'https://host/v2/studies?query.term=a+b'
    """
    return f"{service.base.rstrip('/')}/{path}{'?' + urlencode(params) if params else ''}"


def _conditions(kept: Answer | None) -> dict[str, str]:
    """Headers by which a service may say that what is kept still holds."""
    if kept is None:
        return {}
    said = {"if-none-match": kept.etag, "if-modified-since": kept.modified}
    return {k: v for k, v in said.items() if v}


def _said(body: bytes) -> str:
    """What a service says of its refusal, where it says that in a few words and not as a page."""
    text = " ".join(body[:2_000].decode("utf-8", "replace").split())
    plain = "".join(ch for ch in text if ch.isprintable())
    return f' and says "{plain}"' if 0 < len(plain) <= 300 and not plain.startswith("<") else ""


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _failed(service: Service, url: str, why: str) -> Failed:
    return Failed(
        "".join(
            ch
            for ch in f"{service.name} did not give what was asked for: {why}"
            if ch.isprintable()
        ),
        url.partition("?")[0],
        "What it would have said is not known; nothing is concluded from it.",
        "Run it again later, or check the address of the service in the settings (docs/settings.md)"
        "; what came before is kept and not asked for again.",
    )


def _trusted(file: str) -> ssl.SSLContext | bool:
    if not file:
        return True
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=file)
    except (OSError, ssl.SSLError):
        raise InputError(
            "the file of certificates cannot be read", file, do="Give a file of them in PEM form."
        ) from None
    return context
