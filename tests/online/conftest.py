"""Commands that may ask services, which stand on loopback; nobody waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indicated.serve.online import client as clients
from tests.online import server as s
from tests.online.server import Asked, Script


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INDICATED_ONLINE", "yes")
    monkeypatch.setenv("INDICATED_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("INDICATED_ONLINE_LOG", str(tmp_path / "log.jsonl"))
    monkeypatch.setattr(clients.time, "sleep", lambda _: None)
    return tmp_path / "c.sqlite"


@contextmanager
def at(monkeypatch: pytest.MonkeyPatch, name: str, script: Script) -> Iterator[list[Asked]]:
    with s.serving(script) as (base, seen):
        monkeypatch.setenv(f"INDICATED_ONLINE_{name.upper()}", f"{base}/api")
        yield seen
