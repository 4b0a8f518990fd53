"""What every test shares: generative tests are never judged by the clock of a shared machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from indicated.criteria import load_library
from indicated.model import Library
from indicated.serve import options
from tests.chromium import CHROMIUM, launched

settings.register_profile(
    "indicated", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("indicated")


@cache
def shipped_library() -> Library:
    return load_library()


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in tests leave the user's folders alone, and share one reading of the library."""

    def load(*, extra: tuple[Path, ...] = (), **_: object) -> Library:
        return load_library(extra=extra) if extra else shipped_library()

    monkeypatch.setenv("INDICATED_CACHE", "off")
    monkeypatch.setattr(options, "load_library", load)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless browser for all tests of pages."""
    yield from launched()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run that could look at no page says so at its end."""
    if CHROMIUM is None:
        terminalreporter.write_line("NO PAGE WAS LOOKED AT: there is no Chromium on this machine.")
