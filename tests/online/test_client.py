"""The client by itself, with a clock of its own: how often it asks, how long it waits, what it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from indicated.serve.online.client import Client, Failed, Limits, Service
from indicated.serve.online.kept_answers import Answers
from tests.online.server import Asked, Reply, serving

START = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass
class Clock:
    """Time that passes only where somebody waits."""

    waited: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))

    def tick(self) -> float:
        return sum(self.waited)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.tick())


def client(clock: Clock, folder: Path | None = None, **more: object) -> Client:
    return Client(
        Answers(folder), lambda _: None, wait=clock.wait, tick=clock.tick, now=clock.now, **more  # type: ignore[arg-type]
    )  # fmt: skip


def text(_: int, raw: bytes) -> bytes:
    return raw


def test_a_service_is_asked_no_faster_than_it_allows() -> None:
    clock = Clock()
    with serving(lambda _: Reply(b"x")) as (base, _), client(clock) as asking:
        one, two = Service("One", base, 0.5), Service("Two", f"{base}/other", 0.5)
        for n in range(3):
            asking.get(one, f"a{n}", text)
        asking.get(two, "b", text)  # at the same host
    assert clock.waited == [0.5, 0.5, 0.5]


DATE = format_datetime(START + timedelta(seconds=30), usegmt=True)
WAITS = [
    ([Reply(status=429, headers={"retry-after": "7"})], [7.0]),
    ([Reply(status=503, headers={"retry-after": DATE})], [30.0]),
    ([Reply(status=503, headers={"retry-after": "soon"})], [1.0]),
    ([Reply(status=500), Reply(status=502), Reply(status=504)], [1.0, 2.0, 4.0]),
    ([Reply(b"x", cut=True), Reply(status=408)], [1.0, 2.0]),
]  # fmt: skip


@pytest.mark.parametrize(("replies", "waited"), WAITS)
def test_it_waits_as_long_as_it_is_asked_to(replies: list[Reply], waited: list[float]) -> None:
    clock, left = Clock(), list(replies)
    with (
        serving(lambda _: left.pop(0) if left else Reply(b"well")) as (base, seen),
        client(clock) as asking,
    ):
        assert asking.get(Service("One", base, 0.0), "a", text) == b"well"
    assert (clock.waited, len(seen)) == (waited, len(replies) + 1)


def test_too_large_an_answer_is_refused() -> None:
    with (
        serving(lambda _: Reply(b"x" * 200_000)) as (base, seen),
        client(Clock(), limits=Limits(bytes=100_000)) as asking,
        pytest.raises(Failed, match="more than 100,000 bytes"),
    ):
        asking.get(Service("One", base, 0.0), "a", text)
    assert len(seen) == 1


def test_a_redirect_within_the_host_is_followed_and_one_outside_is_not() -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/a":
            return Reply(status=301, headers={"location": "/b?x=1"})
        return Reply(b"here")

    with serving(script) as (base, seen), client(Clock()) as asking:
        service = Service("One", base, 0.0, {"api_key": "k"})
        assert asking.get(service, "a", text) == b"here"
    assert [(a.path, a.params.get("api_key")) for a in seen] == [("/a", "k"), ("/b", "k")]
    with serving(lambda _: Reply(b"x")) as (other, asked_there):
        to = {"location": f"{other}/b"}
        with (
            serving(lambda _: Reply(status=307, headers=to)) as (base, _),
            client(Clock()) as asking,
            pytest.raises(Failed, match="another host"),
        ):
            asking.get(Service("One", base, 0.0, {"api_key": "k"}), "a", text)
        assert asked_there == []


def test_an_answer_that_is_kept_grows_old(tmp_path: Path) -> None:
    clock = Clock()
    with (
        serving(lambda a: Reply(b"x", headers={"last-modified": DATE})) as (base, seen),
        client(clock, tmp_path) as asking,
    ):
        service = Service("One", base, 0.0)
        for wait in (0.0, 80_000.0, 10_000.0):
            clock.wait(wait)
            asking.get(service, "a", text)
    assert [a.headers.get("if-modified-since") for a in seen] == [None, DATE]


def test_a_folder_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serving(lambda _: Reply(b"x")) as (base, _), client(Clock(), tmp_path / "file") as asking:
        assert asking.get(Service("One", base, 0.0), "a", text) == b"x"


def test_an_answer_that_comes_too_slowly_is_given_up() -> None:
    clock = Clock()

    class Slow(Clock):
        def tick(self) -> float:
            clock.wait(40.0)  # each look at the clock is late
            return clock.tick()

    slow = Slow()
    with (
        serving(lambda _: Reply(b"x" * 200_000)) as (base, seen),
        client(slow, limits=Limits(tries=2)) as asking,
        pytest.raises(Failed, match="no answer within 60 seconds; asked 2 times"),
    ):
        asking.get(Service("One", base, 0.0), "a", text)
    assert len(seen) == 2
