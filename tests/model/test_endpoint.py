"""The endpoint: what it is sent, what may come back, and that nothing it does stops a run."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from indicated.errors import InputError, OutputError
from indicated.propose import Answer
from indicated.serve.model.chosen import chosen, endpoint
from indicated.serve.model.endpoint import Endpoint, Limits
from indicated.serve.model.sent import Sent
from tests.conftest import shipped_library
from tests.model.endpoint import Script, data_of, said, serving
from tests.model.test_exchange import EMPTY, request

QUICK = Limits(seconds=5.0, tries=2, pause=0.0)


def ask(
    script: Script, n: int = 1, limits: Limits = QUICK, **more: Any
) -> tuple[list[Answer], Any]:
    with serving(script) as (url, seen):
        asked = Endpoint(url, "tiny", limits=limits, wait=lambda _: None, **more)
        return asked([request(f"text {i}") for i in range(n)]), seen


def test_a_request_is_sent_as_the_protocol_wants_it() -> None:
    [answer], [body] = ask(lambda _: said(EMPTY), key="secret")
    assert answer == Answer(EMPTY)
    assert (body["_path"], body["_key"]) == ("/v1/chat/completions", "Bearer secret")
    assert (body["model"], body["temperature"]) == ("tiny", 0)
    assert body["response_format"]["json_schema"]["strict"] is True
    assert data_of(body) == {"text": "text 0", "concepts": []}


def test_answers_stand_in_the_order_of_the_requests() -> None:
    def late(body: dict[str, Any]) -> tuple[int, bytes]:
        n = int(data_of(body)["text"].split()[1])
        time.sleep(0.02 * (5 - n))
        return said(json.dumps(n))

    assert [a.text for a in ask(late, 5)[0]] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((500, b"{}"), "unreachable"), ((429, b""), "unreachable"), ((401, b"no"), "refused"),
        ((302, b""), "refused"), ((200, b""), "not_json"), ((200, b"{"), "not_json"),
        ((200, b'{"choices": []}'), "not_json"), ((200, b"[]"), "not_json"), ((200, b"[" * 100_000), "not_json"),
        (said(None), "empty"), (said("  "), "empty"), (said("{", "length"), "too_large"),
        ((200, b"x" * 10_000_000), "too_large"),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_bad_reply_is_no_answer_with_its_reason(reply: tuple[int, bytes], why: str) -> None:
    answers, seen = ask(lambda _: reply)
    assert answers == [Answer(None, why)]
    assert len(seen) == (2 if why == "unreachable" else 1)


def test_a_second_try_may_succeed() -> None:
    replies = iter([(503, b""), said(EMPTY)])
    assert ask(lambda _: next(replies))[0] == [Answer(EMPTY)]


def test_an_endpoint_that_hangs_is_given_up_with_one_line() -> None:
    told: list[str] = []
    free = threading.Event()

    def hang(_: dict[str, Any]) -> tuple[int, bytes]:
        free.wait(10)
        return said(EMPTY)

    limits = Limits(seconds=0.2, tries=1, together=1)
    try:
        answers, seen = ask_hanging(hang, limits, told, free)
    finally:
        free.set()
    assert [a.why for a in answers] == ["timeout"] * 8
    assert len(seen) == 3
    assert told == [
        "the model at 127.0.0.1 does not answer (timeout); read without it from here on"
    ]


def ask_hanging(script: Script, limits: Limits, told: list[str], free: threading.Event) -> Any:
    with serving(script) as (url, seen):
        asked = Endpoint(url, "tiny", limits=limits, notice=told.append)
        answers = asked([request(f"text {i}") for i in range(8)])
        free.set()
        return answers, seen


def test_nobody_listens() -> None:
    with serving(lambda _: said(EMPTY)) as (url, _):
        pass
    told: list[str] = []
    asked = Endpoint(url, "tiny", limits=QUICK, notice=told.append, wait=lambda _: None)
    answers = asked([request(f"text {i}") for i in range(9)])
    assert {a.why for a in answers} == {"unreachable"}
    assert len(told) == 1


@pytest.mark.parametrize("limits", [Limits(requests=2), Limits(characters=6000)])
def test_the_budget_ends_it(limits: Limits) -> None:
    answers, seen = ask(lambda _: said(EMPTY), 6, limits)
    assert 0 < len(seen) < 6
    assert [a.why for a in answers].count("budget") == 6 - len(seen)


def test_cancelled_before_it_begins_nothing_leaves() -> None:
    stop = threading.Event()
    stop.set()
    answers, seen = ask(lambda _: said(EMPTY), 3, stop=stop)
    assert ([a.why for a in answers], seen) == (["cancelled"] * 3, [])


def test_what_cannot_be_logged_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sending = Sent(tmp_path / "file" / "log", "x", inside=False)
    with serving(lambda _: said(EMPTY)) as (url, seen):
        with pytest.raises(OutputError):
            Endpoint(url, "tiny", sending=sending)([request()])
        assert seen == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host/v1", "is no endpoint"), ("localhost:8080", "is no endpoint"), ("https://", "is no endpoint"),
        ("https://me:pw@host/v1", "holds a name or a password"), ("http://example.org/v1", "without encryption"),
    ],
)  # fmt: skip
def test_what_is_no_endpoint_is_said_to_be_none(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        endpoint(url, environment={"INDICATED_MODEL_LOG": "unused"})


def test_nothing_is_asked_where_nothing_is_said() -> None:
    assert chosen("", shipped_library()) is None
